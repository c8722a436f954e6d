/* How long it takes to check and load ten thousand hooks, and what they hold
 * in memory, against libyaml's bare loading of the same text in the same run:
 * nobody can read a rule file faster than that. */
#include <sys/resource.h>
#include <time.h>
#include <yaml.h>

#include "engine/engine.h"

enum { HOOKS = 10000, ROUNDS = 5 };

extern const struct lift_plugin lift_plugin;

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Hooks as a shop would have them: conditions of some length, lists, and
 * templates in what they call. */
static void
write_rules(struct text *t)
{
	text_string(t, "version: 1\ndefaults: { currency: EUR }\nlists:\n");
	for (int i = 0; i < 100; i++)
		text_form(t, "  list-%d: [SKU-%d, SKU-%d, SKU-%d]\n", i, i,
		    i + 100, i + 200);
	text_string(t, "hooks:\n");
	for (int i = 0; i < HOOKS; i++) {
		text_form(t, "  - name: hook-%d\n"
		    "    description: What happens to product %d\n"
		    "    on: purchase\n"
		    "    when: product.id == \"SKU-%d\" && price > %d.50 && "
		    "product.category in [\"Office\", \"Lighting\"]\n"
		    "    mode: %s\n", i, i, i, i % 97,
		    i % 10 == 0 ? "act" : "shadow");
		if (i % 10 == 0)
			text_string(t, "    do:\n      - promotions.stop: "
			    "{ id: \"${promotion.id}\" }\n");
	}
}

static double
bare(const struct text *rules)
{
	yaml_parser_t parser;
	yaml_document_t document;
	double began = now();

	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser,
	    (const unsigned char *)rules->data, rules->size);
	if (!yaml_parser_load(&parser, &document))
		exit(1);
	yaml_document_delete(&document);
	yaml_parser_delete(&parser);
	return now() - began;
}

static double
load(const struct generation_context *context, const struct text *rules,
    size_t *ret_held)
{
	struct generation_file file = { LIFT_TEXT_OF("bench.yaml"),
		text_view(rules) };
	struct arena *arena = arena_new();
	struct findings *findings = findings_new(arena);
	struct text report = { 0 };
	double began = now();
	struct generation *g = generation_load(context, &file, 1, findings);
	double took = now() - began;

	if (g == NULL || g->hook_count != HOOKS) {
		findings_write(&report, findings);
		fputs(report.data ? report.data : "hooks are missing\n",
		    stderr);
		exit(1);
	}
	*ret_held = arena_held(g->arena);
	generation_free(g);
	arena_free(arena);
	return took;
}

static long
largest_kb(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

int
main(void)
{
	struct engine_settings settings = { .watermark = { LIFT_SECOND,
		LIFT_SECOND, LIFT_SECOND }, .seen_count = 1024,
		.seen_span = LIFT_DAY, .slice = 64 };
	struct engine_outside outside = { 0 };
	const struct lift_plugin *plugins[] = { &lift_plugin };
	struct engine *en = engine_new(&settings, &outside, plugins, 1, NULL);
	struct generation_context context = { engine_vocabulary(en), NULL,
		NULL };
	struct text rules = { 0 };
	double least = 1e9, least_bare = 1e9;
	size_t held = 0;

	write_rules(&rules);
	long before = largest_kb();
	for (int i = 0; i < ROUNDS; i++) {
		double took = load(&context, &rules, &held);
		least = took < least ? took : least;
	}
	long after = largest_kb();
	for (int i = 0; i < ROUNDS; i++) {
		double took = bare(&rules);
		least_bare = took < least_bare ? took : least_bare;
	}
	printf("hooks: %d of %.1f MB checked and loaded in %.3f s, libyaml "
	    "alone %.3f s, ratio %.2f; arena %.1f MB, at most %.1f MB more "
	    "than before\n", HOOKS, (double)rules.size / 1e6, least,
	    least_bare, least / least_bare, (double)held / 1e6,
	    (double)(after - before) / 1e3);
	text_done(&rules);
	engine_free(en);
	return 0;
}
