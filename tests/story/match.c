/* A sentence of the table against a line of a story. */
#include <ctype.h>
#include <stdlib.h>

#include "story/story.h"

static const char *
word_end(const char *at)
{
	while (*at != '\0' && *at != ' ')
		at++;
	return at;
}

static bool
take(struct words *w, const char *from, const char *to)
{
	if (w->count == WORDS_MOST || to - from >= STORY_WORD)
		return false;
	memcpy(w->word[w->count], from, (size_t)(to - from));
	w->word[w->count++][to - from] = '\0';
	return true;
}

/* `30 minutes`, `1 second`, `2 days`. */
static const char *
take_span(struct words *w, const char *at)
{
	static const struct { const char *name; int64_t span; } units[] = {
		{ "second", LIFT_SECOND }, { "minute", LIFT_MINUTE },
		{ "hour", LIFT_HOUR }, { "day", LIFT_DAY },
	};
	char *end;
	long n = strtol(at, &end, 10);

	if (end == at || *end != ' ')
		return NULL;
	const char *unit = end + 1, *stop = word_end(unit);
	for (size_t i = 0; i < 4; i++) {
		size_t size = strlen(units[i].name);
		size_t have = (size_t)(stop - unit);
		if (strncmp(unit, units[i].name, size) != 0 ||
		    (have != size && !(have == size + 1 && unit[size] == 's')))
			continue;
		w->span = n * units[i].span;
		return stop;
	}
	return NULL;
}

/* One word of a sentence against the story; where it goes on, or NULL. */
static const char *
match_word(const char *word, size_t size, const char *at, struct words *w)
{
	const char *end = word_end(at);

	if (size == 4 && memcmp(word, "REST", 4) == 0)
		return take(w, at, at + strlen(at)) ? at + strlen(at) : NULL;
	if (size == 4 && memcmp(word, "SPAN", 4) == 0)
		return take_span(w, at);
	if (word[0] == '"') {
		end = at[0] == '"' ? strrchr(at + 1, '"') : NULL;
		return end != NULL && end > at && take(w, at + 1, end) ?
		    end + 1 : NULL;
	}
	if (isupper((unsigned char)word[0]))
		return end > at && take(w, at, end) ? end : NULL;
	return (size_t)(end - at) == size && memcmp(word, at, size) == 0 ?
	    end : NULL;
}

bool
words_match(const char *sentence, const char *line, struct words *ret_words)
{
	*ret_words = (struct words){ .count = 0 };
	while (*sentence != '\0') {
		const char *end = word_end(sentence);
		line += strspn(line, " ");
		line = match_word(sentence, (size_t)(end - sentence), line,
		    ret_words);
		if (line == NULL)
			return false;
		sentence = end + strspn(end, " ");
	}
	return line[strspn(line, " ")] == '\0';
}
