/* POSIX zone rules with the extension of RFC 8536: hours of a turn may be
 * negative or past a day. Without explicit turns POSIX leaves the dates to the
 * implementation; a TZif footer always has them, so they are required here. */
#include "rules/zone_rule.h"

#include "base/instant.h"

struct reader {
	const char *at, *end;
};

static bool
mark(struct reader *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
number(struct reader *r, int most, int *ret_value)
{
	int v = 0;
	const char *first = r->at;

	for (; r->at < r->end && is_digit(*r->at); r->at++) {
		v = v * 10 + (*r->at - '0');
		if (v > most)
			return false;
	}
	*ret_value = v;
	return r->at > first;
}

/* `GMT` or `<+0330>`. */
static bool
name(struct reader *r)
{
	const char *first = r->at;

	if (mark(r, '<')) {
		while (r->at < r->end && *r->at != '>')
			r->at++;
		return mark(r, '>');
	}
	while (r->at < r->end && ((*r->at >= 'A' && *r->at <= 'Z') ||
	    (*r->at >= 'a' && *r->at <= 'z')))
		r->at++;
	return r->at - first >= 3;
}

/* `[+-]h[:m[:s]]`. */
static bool
clock_time(struct reader *r, int most, int32_t *ret_seconds)
{
	int h, m = 0, s = 0, sign = 1;

	if (mark(r, '-'))
		sign = -1;
	else
		mark(r, '+');
	if (!number(r, most, &h))
		return false;
	if (mark(r, ':')) {
		if (!number(r, 59, &m))
			return false;
		if (mark(r, ':') && !number(r, 59, &s))
			return false;
	}
	*ret_seconds = sign * (h * 3600 + m * 60 + s);
	return true;
}

static bool
turn(struct reader *r, struct zone_turn *t)
{
	bool good;

	if (mark(r, 'M')) {
		t->form = TURN_WEEKDAY;
		good = number(r, 12, &t->month) && t->month > 0 &&
		    mark(r, '.') && number(r, 5, &t->week) && t->week > 0 &&
		    mark(r, '.') && number(r, 6, &t->day);
	} else if (mark(r, 'J')) {
		t->form = TURN_JULIAN;
		good = number(r, 365, &t->day) && t->day > 0;
	} else {
		t->form = TURN_DAY;
		good = number(r, 365, &t->day);
	}
	t->time = 2 * 3600;
	return good && (!mark(r, '/') || clock_time(r, 167, &t->time));
}

bool
zone_rule_read(struct lift_text text, struct zone_rule *ret_rule)
{
	struct reader r = { text.data, text.data + text.size };
	struct zone_rule z = { 0 };
	int32_t west;

	if (!name(&r) || !clock_time(&r, 24, &west))
		return false;
	/* POSIX counts westward. */
	z.standard = -west;
	if (r.at < r.end) {
		z.has_summer = true;
		z.summer = z.standard + 3600;
		if (!name(&r))
			return false;
		if (r.at < r.end && *r.at != ',') {
			if (!clock_time(&r, 24, &west))
				return false;
			z.summer = -west;
		}
		if (!mark(&r, ',') || !turn(&r, &z.start) ||
		    !mark(&r, ',') || !turn(&r, &z.end) || r.at != r.end)
			return false;
	}
	*ret_rule = z;
	return true;
}

static bool
is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* The day of a turn, counted from 1970. */
static int64_t
turn_day(const struct zone_turn *t, int64_t year)
{
	int64_t first = civil_days(year, 1, 1);

	if (t->form == TURN_DAY)
		return first + t->day;
	if (t->form == TURN_JULIAN)
		return first + t->day - 1 + (t->day >= 60 && is_leap(year));
	first = civil_days(year, t->month, 1);
	int weekday = civil_of(first * 86400).weekday;
	int64_t day = first + (t->day - weekday + 7) % 7 + 7 * (t->week - 1);
	int64_t next = t->month == 12 ? civil_days(year + 1, 1, 1) :
	    civil_days(year, t->month + 1, 1);
	return day < next ? day : day - 7;
}

/* The time of one of the year's turns: the clock that tells when to turn is
 * the one that shows the offset before. */
static int64_t
turn_at(const struct zone_rule *z, bool starts, int64_t year)
{
	const struct zone_turn *t = starts ? &z->start : &z->end;

	return turn_day(t, year) * 86400 + t->time -
	    (starts ? z->standard : z->summer);
}

struct zone_stretch
zone_rule_stretch(const struct zone_rule *z, int64_t utc)
{
	struct zone_stretch s = { INT64_MIN, INT64_MAX, z->standard };

	if (!z->has_summer)
		return s;
	/* A turn may fall into a neighbouring year. Where both meet, as in a
	 * zone with summer all the year, the start comes last. */
	int64_t year = civil_of(utc).year;
	for (int64_t y = year - 1; y <= year + 1; y++)
		for (int i = 0; i < 2; i++) {
			int64_t at = turn_at(z, i == 1, y);
			if (at <= utc && at >= s.from) {
				s.from = at;
				s.offset = i == 1 ? z->summer : z->standard;
			} else if (at > utc && at < s.until) {
				s.until = at;
			}
		}
	return s;
}
