/* JSON out: the commas come from what was written last, so that a caller names
 * its members one after the other and thinks of nothing else. */
#include "base/json.h"

#include <math.h>
#include <stdlib.h>

#include "base/instant.h"
#include "base/utf8.h"

void
json_comma(struct text *t)
{
	char last = t->size > 0 ? t->data[t->size - 1] : '{';

	if (last != '{' && last != '[' && last != ':' && last != ',' &&
	    last != '\n')
		text_byte(t, ',');
}

void
json_name(struct text *t, const char *name)
{
	json_comma(t);
	json_string(t, lift_text(name));
	text_byte(t, ':');
}

static void
string_escape(struct text *t, unsigned char c)
{
	static const char plain[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (const char *p = plain; *p != '\0'; p += 2)
		if ((unsigned char)*p == c) {
			text_byte(t, '\\');
			text_byte(t, p[1]);
			return;
		}
	text_form(t, "\\u%04x", c);
}

void
json_string(struct text *t, struct lift_text s)
{
	/* An empty text may be none at all, which nothing can be added to. */
	const char *at = s.data ? s.data : "", *end = at + s.size, *from = at;

	text_byte(t, '"');
	while (at < end) {
		const char *first = at;
		uint32_t c = utf8_next(&at, end);
		bool bad = c == UTF8_BAD && at - first == 1;
		if (!bad && c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
			continue;
		text_add(t, from, (size_t)(first - from));
		if (bad)
			text_string(t, "\xef\xbf\xbd");
		else
			string_escape(t, (unsigned char)c);
		from = at;
	}
	text_add(t, from, (size_t)(at - from));
	text_byte(t, '"');
}

void
json_number(struct text *t, double v)
{
	char form[40];

	if (!isfinite(v)) {
		text_string(t, "null");
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(form, sizeof(form), "%.*g", digits, v);
		if (strtod(form, NULL) == v)
			break;
	}
	text_string(t, form);
}

void
json_member_text(struct text *t, const char *name, struct lift_text v)
{
	json_name(t, name);
	json_string(t, v);
}

void
json_member_string(struct text *t, const char *name, const char *v)
{
	json_member_text(t, name, lift_text(v));
}

void
json_member_whole(struct text *t, const char *name, int64_t v)
{
	json_name(t, name);
	text_whole(t, v);
}

void
json_member_number(struct text *t, const char *name, double v)
{
	json_name(t, name);
	json_number(t, v);
}

void
json_member_bool(struct text *t, const char *name, bool v)
{
	json_name(t, name);
	text_string(t, v ? "true" : "false");
}

void
json_member_time(struct text *t, const char *name, int64_t micros)
{
	json_name(t, name);
	text_byte(t, '"');
	instant_write(t, micros);
	text_byte(t, '"');
}
