/* How fast an event goes from JSON to entries, against two floors of the same
 * run and the same bytes: jansson making its tree and nothing else, and
 * jansson with the fields picked out of the tree and read as we read them.
 *
 * The events are those of a shop's day: views more than anything else, each
 * with its own id, time, shopper, product and price; fields that do not apply
 * are left out or null, and what is under `properties` fills them up to about
 * 240 bytes. One in eight has a letter beyond ASCII, one in sixteen an escape.
 * They come as JavaScript writes them, and once more with the blanks of the
 * contract's example, which makes them longer.
 *
 * Then the same events as bodies of a request, as lines and as a list, in
 * pieces as they come from a socket: cut into events and decoded, against the
 * same events decoded from where they lie.
 *
 *	decode [ROUNDS]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/instant.h"
#include "base/money.h"
#include "engine/entry.h"
#include "intake/delivery.h"
#include "intake/event.h"

#include "decode.h"

enum { SIZE = 240, SPREAD = 16, PIECE = 16384 };

#define EUR	('E' | 'U' << 8 | 'R' << 16)
#define BEGIN	INT64_C(1795187777000000)	/* 2026-11-20T15:16:17Z */

static void
bench_die(const char *what)
{
	fprintf(stderr, "decode: %s\n", what);
	exit(1);
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static uint32_t
draw(uint64_t *state, uint32_t below)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)((*state >> 33) % below);
}

/* ---- the events ---------------------------------------------------------- */

struct shop {
	uint64_t    state;
	const char *blank;	/* behind a colon or a comma */
	struct text *t;
};

static void
member(struct shop *s, const char *name)
{
	char last = s->t->data[s->t->size - 1];

	if (last != '{')
		text_form(s->t, ",%s", s->blank);
	text_form(s->t, "\"%s\":%s", name, s->blank);
}

static void
word(struct shop *s, const char *name, const char *prefix, uint32_t below)
{
	member(s, name);
	text_form(s->t, "\"%s%u\"", prefix, draw(&s->state, below));
}

static void
write_price(struct shop *s)
{
	static const char *const currencies[] = { "EUR", "EUR", "USD", "SEK" };

	member(s, "price");
	text_form(s->t, "%u.%02u", draw(&s->state, 300),
	    draw(&s->state, 100));
	member(s, "currency");
	text_form(s->t, "\"%s\"", currencies[draw(&s->state, 4)]);
}

/* What does not apply is left out by some senders and null from others. */
static void
write_rest(struct shop *s, bool is_search)
{
	if (draw(&s->state, 3) == 0)
		word(s, "promotion", "P-", 900);
	member(s, "store");
	text_string(s->t, draw(&s->state, 3) ? "\"web\"" : "\"app\"");
	if (is_search) {
		word(s, "query", "desk lamp ", 50);
	} else if (draw(&s->state, 4) == 0) {
		member(s, "query");
		text_string(s->t, "null");
	}
	if (is_search || draw(&s->state, 8) == 0) {
		member(s, "position");
		text_whole(s->t, 1 + draw(&s->state, 40));
	}
}

static void
write_properties(struct shop *s, size_t until)
{
	static const char *const names[] = { "lamp", "desk", "caf\xc3\xa9",
		"chair", "shelf", "rug", "mirror", "sofa" };

	member(s, "properties");
	text_byte(s->t, '{');
	member(s, "on");
	text_form(s->t, "\"%s", names[draw(&s->state, 8)]);
	if (draw(&s->state, 16) == 0)
		text_string(s->t, "\\u002f");
	while (s->t->size + 3 < until)
		text_byte(s->t, "abcdefghi-/ klmnopqr0"
		    [draw(&s->state, 21)]);
	text_string(s->t, "\"}}");
}

static void
write_event(struct shop *s, uint64_t number)
{
	static const char *const types[] = { "view", "view", "view", "view",
		"view", "click", "impression", "search", "add_to_cart",
		"purchase", "wishlist", "remove_from_cart" };
	size_t from = s->t->size;
	const char *type = types[draw(&s->state, 12)];

	text_byte(s->t, '{');
	member(s, "id");
	text_form(s->t, "\"e-%06x%05x\"", (unsigned)number,
	    draw(&s->state, 1 << 20));
	member(s, "type");
	text_form(s->t, "\"%s\"", type);
	member(s, "time");
	text_byte(s->t, '"');
	instant_write(s->t, BEGIN + (int64_t)number * 1700 * LIFT_MILLI / 10);
	text_byte(s->t, '"');
	word(s, "shopper", "u-", 9000);
	word(s, "session", "s-", 40000);
	word(s, "product", "SKU-", 50000);
	if (type[0] == 'p' || type[0] == 'a' || draw(&s->state, 3) == 0) {
		member(s, "quantity");
		text_whole(s->t, 1 + draw(&s->state, 12));
	}
	write_price(s);
	write_rest(s, type[0] == 's');
	write_properties(s, from + SIZE - SPREAD +
	    draw(&s->state, 2 * SPREAD + 1));
}

static struct events *
events_new(const char *blank)
{
	struct events *events = calloc(1, sizeof(*events));
	size_t ends[EVENTS + 1] = { 0 };

	if (events == NULL)
		bench_die("no memory");
	struct shop s = { .state = 7, .blank = blank, .t = &events->lines };
	for (unsigned i = 0; i < EVENTS; i++) {
		write_event(&s, i);
		text_byte(s.t, '\n');
		ends[i + 1] = s.t->size;
	}
	for (unsigned i = 0; i < EVENTS; i++) {
		struct lift_text t = { s.t->data + ends[i],
			ends[i + 1] - ends[i] - 1 };
		events->of[i] = t;
		text_form(&events->list, "%c%.*s", i == 0 ? '[' : ',',
		    (int)t.size, t.data);
	}
	text_byte(&events->list, ']');
	return events;
}

static void
events_free(struct events *events)
{
	text_done(&events->lines);
	text_done(&events->list);
	free(events);
}

/* ---- the ways ------------------------------------------------------------ */

static const struct event_context context = { .received = BEGIN,
	.ahead = LIFT_DAY, .currency = EUR };

static void
decode_one(struct lift_text json, struct arena *arena, struct sum *sum)
{
	struct lift_error err;
	struct event event;

	arena_clear(arena);
	if (!event_read(json, arena, &context, &event, &err)) {
		sum->refused++;
		return;
	}
	const struct lift_entry *e = &event.entries[0];
	sum->time += e->time;
	sum->price += e->price;
	sum->quantity += e->quantity;
	sum->type += e->type;
	sum->bytes += e->id.size + event.shopper.size + e->session.size +
	    e->product_name.size + e->promotion_name.size + e->store.size +
	    e->query.size;
}

static struct sum
decode(const struct events *events)
{
	struct arena *arena = arena_new();
	struct sum sum = { 0 };

	for (unsigned i = 0; i < EVENTS; i++)
		decode_one(events->of[i], arena, &sum);
	arena_free(arena);
	return sum;
}

struct taking {
	struct arena *arena;
	struct sum    sum;
};

static bool
take_event(void *of, const struct delivered *e, struct lift_error *err)
{
	struct taking *t = of;

	(void)err;
	decode_one(e->json, t->arena, &t->sum);
	return true;
}

static void
take_refused(void *of, const struct delivered *e, const struct lift_error *err)
{
	struct taking *t = of;

	(void)e;
	(void)err;
	t->sum.refused++;
}

static struct sum
deliver(const struct text *body)
{
	struct taking t = { arena_new(), { 0 } };
	struct delivery_taker taker = { take_event, take_refused, &t };
	struct delivery *d = delivery_new(DELIVERY_ANY, &taker);
	struct lift_error err;

	for (size_t at = 0; at < body->size; at += PIECE) {
		size_t left = body->size - at;
		delivery_take(d, (struct lift_text){ body->data + at,
		    left < PIECE ? left : PIECE }, &err);
	}
	if (!delivery_end(d, &err))
		bench_die(err.text);
	delivery_free(d);
	arena_free(t.arena);
	return t.sum;
}

static struct sum
deliver_lines(const struct events *events)
{
	return deliver(&events->lines);
}

static struct sum
deliver_list(const struct events *events)
{
	return deliver(&events->list);
}

/* ---- figures ------------------------------------------------------------- */

static const struct way {
	const char  *name;
	struct sum (*run)(const struct events *);
	bool         reads;	/* the fields, and not just the tree */
} ways[] = {
	{ "event_read", decode, true },
	{ "jansson, tree alone", jansson_tree, false },
	{ "jansson, fields picked", jansson_picked, true },
	{ "as lines in pieces", deliver_lines, true },
	{ "as a list in pieces", deliver_list, true },
};
enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

static bool
is_same(const struct sum sums[WAYS])
{
	for (int i = 0; i < WAYS; i++)
		if (sums[i].refused > 0 || (ways[i].reads &&
		    memcmp(&sums[i], &sums[0], sizeof(sums[i])) != 0))
			return false;
	return true;
}

/* The ways in turns; the best of each counts. */
static bool
compare(const char *title, const struct events *events, int rounds)
{
	double least[WAYS], size = (double)events->lines.size / EVENTS - 1;
	struct sum sums[WAYS];

	for (int i = 0; i < WAYS; i++)
		least[i] = 1e9;
	for (int round = 0; round < rounds; round++)
		for (int i = 0; i < WAYS; i++) {
			double began = now();
			sums[i] = ways[i].run(events);
			double took = now() - began;
			least[i] = took < least[i] ? took : least[i];
		}
	for (int i = 0; i < WAYS; i++)
		printf("decode, %s (%.0f bytes): %-22s %6.3f M events/s, "
		    "%4.0f ns, %5.0f MB/s, ratio %.2f\n", title, size,
		    ways[i].name, EVENTS / least[i] / 1e6,
		    least[i] / EVENTS * 1e9, EVENTS * size / least[i] / 1e6,
		    least[i] / least[0]);
	bool same = is_same(sums);
	if (!same)
		printf("decode, %s: BUT THEY DIFFER\n", title);
	return same;
}

static void
print_machine(void)
{
	FILE *f = fopen("/proc/cpuinfo", "r");
	char line[256];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "model name", 10) == 0) {
			fputs(line, stdout);
			break;
		}
	if (f != NULL)
		fclose(f);
}

int
main(int argc, char **argv)
{
	static const struct { const char *title, *blank; } forms[] = {
		{ "compact", "" }, { "with blanks", " " } };
	int rounds = argc > 1 ? atoi(argv[1]) : 40;
	bool same = true;

	print_machine();
	for (unsigned i = 0; i < 2; i++) {
		struct events *events = events_new(forms[i].blank);
		same &= compare(forms[i].title, events, rounds);
		events_free(events);
	}
	return !same;
}
