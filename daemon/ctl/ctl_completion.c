/* What could come next, read off the daemon's tables. */
#include "ctl/ctl_completion.h"

#include "base/arena.h"
#include "base/text.h"
#include "ctl/ctl_verb.h"

static const struct {
	const char *shell, *script;
} scripts[] = {
	{ "bash",
	"_liftctl()\n"
	"{\n"
	"	local IFS=$'\\n'\n"
	"	COMPREPLY=($(liftctl complete -- "
	"\"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null))\n"
	"}\n"
	"complete -o default -F _liftctl liftctl\n" },
	{ "zsh",
	"#compdef liftctl\n"
	"_liftctl()\n"
	"{\n"
	"	local -a found\n"
	"	found=(${(f)\"$(liftctl complete -- "
	"\"${(@)words[2,CURRENT]}\" 2>/dev/null)\"})\n"
	"	if (( $#found )); then\n"
	"		compadd -a found\n"
	"	else\n"
	"		_files\n"
	"	fi\n"
	"}\n"
	"compdef _liftctl liftctl\n" },
	{ "fish",
	"function __liftctl\n"
	"	set -l words (commandline -opc) (commandline -ct)\n"
	"	liftctl complete -- $words[2..-1] 2>/dev/null\n"
	"end\n"
	"complete -c liftctl -a '(__liftctl)'\n" },
};

const char *
ctl_completion_script(const char *shell)
{
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
		if (strcmp(scripts[i].shell, shell) == 0)
			return scripts[i].script;
	return NULL;
}

/* What is being completed. */
struct guess {
	FILE             *out;
	const char       *words[CTL_WORDS];	/* no options among them */
	size_t            count;
	struct lift_text  last;
	struct text       shown;		/* a line each */
};

static void
guess_show(struct guess *g, const char *before, struct lift_text word)
{
	struct text line = { 0 };

	text_string(&line, before);
	text_add(&line, word.data, word.size);
	if (line.size >= g->last.size &&
	    memcmp(line.data, g->last.data, g->last.size) == 0) {
		text_byte(&line, '\n');
		const char *old = g->shown.data;
		const char *at = old ? strstr(old, line.data) : NULL;
		if (at == NULL || (at > old && at[-1] != '\n')) {
			fwrite(line.data, 1, line.size, g->out);
			text_add(&g->shown, line.data, line.size);
		}
	}
	text_done(&line);
}

static void
guess_argument(struct guess *g, const struct ctl_verb *v)
{
	for (size_t i = 0; i < v->count; i++)
		if (!v->arguments[i].is_lines && !v->arguments[i].is_files)
			guess_show(g, "--", v->arguments[i].name);
}

static void
guess_verb(struct guess *g, const struct ctl_verb *v)
{
	const char *dot = memchr(v->name.data, '.', v->name.size);
	size_t n = dot != NULL ? (size_t)(dot - v->name.data) : v->name.size;
	struct lift_text noun = { v->name.data, n };

	if (g->count == 0)
		guess_show(g, "", noun);
	else if (ctl_verb_words(v, g->words, g->count) > 0) {
		if (g->last.size > 0 && g->last.data[0] == '-')
			guess_argument(g, v);
	} else if (g->count == 1 && dot != NULL &&
	    lift_text_equal(noun, lift_text(g->words[0])))
		guess_show(g, "", (struct lift_text){ dot + 1,
		    v->name.size - n - 1 });
}

static void
guess_options(struct guess *g)
{
	for (size_t i = 0; ctl_option_names[i] != NULL; i++)
		guess_show(g, "", lift_text(ctl_option_names[i]));
}

/* Takes over the words before the last that are no options. */
static void
guess_words(struct guess *g, const char *const *words, size_t count)
{
	g->last = count > 0 ? lift_text(words[count - 1]) : lift_text("");
	for (size_t i = 0; i + 1 < count; i++) {
		const char *w = words[i];
		if (strcmp(w, "-s") == 0 || strcmp(w, "--socket") == 0)
			i++;
		else if (w[0] != '-')
			g->words[g->count++] = w;
	}
}

void
ctl_completion_print(FILE *out, struct lift_text verbs,
    const char *const *words, size_t count)
{
	struct guess g = { .out = out };
	struct arena *arena = arena_new();
	struct ctl_verb v;

	guess_words(&g, words, count);
	while (verbs.size > 0) {
		const char *end = memchr(verbs.data, '\n', verbs.size);
		size_t n = end != NULL ? (size_t)(end - verbs.data) :
		    verbs.size;
		if (ctl_verb_read(arena, (struct lift_text){ verbs.data, n },
		    &v))
			guess_verb(&g, &v);
		n += end != NULL;
		verbs.data += n;
		verbs.size -= n;
	}
	if (g.count == 0) {
		guess_show(&g, "", lift_text("help"));
		guess_show(&g, "", lift_text("completion"));
	}
	if (g.last.size > 0 && g.last.data[0] == '-')
		guess_options(&g);
	arena_free(arena);
	text_done(&g.shown);
}
