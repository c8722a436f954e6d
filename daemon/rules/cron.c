/* Schedules. Each field is a set of bits. The next run is looked for stretch by
 * stretch of the zone: inside of one, clocks on the wall run evenly, so that
 * daylight saving is only a matter of what happens where two of them meet. */
#include "rules/cron.h"

#include "base/instant.h"

enum field { MINUTE, HOUR, DAY, MONTH, WEEKDAY, FIELDS };

#define BITS(low, high)	\
	((~UINT64_C(0) >> (63 - (high))) & (~UINT64_C(0) << (low)))

static const char *const month_names[] = { "JAN", "FEB", "MAR", "APR", "MAY",
	"JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC", NULL };
static const char *const weekday_names[] = { "SUN", "MON", "TUE", "WED", "THU",
	"FRI", "SAT", NULL };

static const struct field_form {
	const char        *name;
	int                low, high;	/* 7 is Sunday as well */
	const char *const *names;
} forms[FIELDS] = {
	[MINUTE] = { "minute", 0, 59, NULL },
	[HOUR] = { "hour", 0, 23, NULL },
	[DAY] = { "day of the month", 1, 31, NULL },
	[MONTH] = { "month", 1, 12, month_names },
	[WEEKDAY] = { "day of the week", 0, 7, weekday_names },
};

static const struct word {
	const char *name, *fields;
} words[] = {
	{ "@hourly", "0 * * * *" },
	{ "@daily", "0 0 * * *" },
	{ "@midnight", "0 0 * * *" },
	{ "@weekly", "0 0 * * 0" },
	{ "@monthly", "0 0 1 * *" },
	{ "@yearly", "0 0 1 1 *" },
	{ "@annually", "0 0 1 1 *" },
};
enum { WORDS = sizeof(words) / sizeof(words[0]) };

/* ---- reading --------------------------------------------------------- */

struct reader {
	const char        *first, *at, *end;
	struct lift_error *err;
};

/* Puts a sentence about the place AT. */
LIFT_PRINTF(3, 4) static bool
wrong(struct reader *r, const char *at, const char *form, ...)
{
	char sentence[300];
	va_list ap;

	va_start(ap, form);
	vsnprintf(sentence, sizeof(sentence), form, ap);
	va_end(ap);
	lift_fail(r->err, LIFT_E_INPUT, "%s", sentence);
	r->err->column = (uint32_t)(at - r->first) + 1;
	return false;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
mark(struct reader *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

static int
shown(size_t size)
{
	return size < 40 ? (int)size : 40;
}

static bool
read_digits(struct reader *r, const char *what, int *ret_value)
{
	const char *first = r->at;
	int v = 0;

	while (r->at < r->end && is_digit(*r->at)) {
		v = v > 9999 ? v : v * 10 + (*r->at - '0');
		r->at++;
	}
	*ret_value = v;
	return r->at > first || wrong(r, first, "the %s lacks a number", what);
}

static bool
read_name(struct reader *r, const struct field_form *f, int *ret_value)
{
	const char *first = r->at;

	while (r->at < r->end && is_letter(*r->at))
		r->at++;
	size_t size = (size_t)(r->at - first);
	for (int i = 0; f->names != NULL && f->names[i] != NULL; i++)
		if (size == 3 && strncasecmp(first, f->names[i], 3) == 0) {
			*ret_value = i + f->low;
			return true;
		}
	if (size == 1 && (*first == 'L' || *first == 'W'))
		return wrong(r, first, "\"%c\" is not part of cron's five "
		    "fields, name the days instead", *first);
	if (f->names == NULL)
		return wrong(r, first, "the %s \"%.*s\" is no number", f->name,
		    shown(size), first);
	return wrong(r, first, "the %s \"%.*s\" is not known, the names are "
	    "%s to %s", f->name, shown(size), first,
	    f->names == month_names ? "JAN" : "MON",
	    f->names == month_names ? "DEC" : "SUN");
}

static bool
read_value(struct reader *r, const struct field_form *f, int *ret_value)
{
	const char *first = r->at;

	if (r->at < r->end && is_letter(*r->at))
		return read_name(r, f, ret_value);
	if (r->at < r->end && strchr("?#LW-", *r->at) != NULL)
		return wrong(r, first, "\"%c\" has no place here, the %s is a "
		    "number from %d to %d or \"*\"", *r->at, f->name, f->low,
		    f->high);
	if (!read_digits(r, f->name, ret_value))
		return false;
	if (*ret_value < f->low || *ret_value > f->high)
		return wrong(r, first, "the %s is %.*s, must lie between %d "
		    "and %d", f->name, shown((size_t)(r->at - first)), first,
		    f->low, f->high);
	return true;
}

/* `*`, `5`, `1-5`, each with `/2` behind it. */
static bool
read_range(struct reader *r, const struct field_form *f, uint64_t *bits)
{
	const char *first = r->at;
	int low = f->low, high = f->high, step = 1;
	bool star = mark(r, '*');

	if (!star) {
		if (!read_value(r, f, &low))
			return false;
		high = low;
		if (mark(r, '-') && !read_value(r, f, &high))
			return false;
		if (high < low && f == &forms[WEEKDAY] && high == 0)
			high = 7;
		if (high < low)
			return wrong(r, first, "the range \"%.*s\" ends before "
			    "it begins", shown((size_t)(r->at - first)), first);
	} else if (f == &forms[WEEKDAY]) {
		high = 6;
	}
	const char *slash = r->at;
	if (mark(r, '/')) {
		bool single = !star && memchr(first, '-',
		    (size_t)(slash - first)) == NULL;
		if (!read_digits(r, "step", &step))
			return false;
		if (step < 1 || step > f->high)
			return wrong(r, slash + 1, "the step is %d, must lie "
			    "between 1 and %d", step, f->high);
		if (single)
			return wrong(r, slash, "a step needs a range before "
			    "it, such as \"*/%d\" or \"%d-%d/%d\"", step, low,
			    f->high, step);
	}
	for (int v = low; v <= high; v += step)
		*bits |= UINT64_C(1) << v;
	return true;
}

static bool
read_field(struct reader *r, enum field which, struct cron *c, uint64_t *bits)
{
	const struct field_form *f = &forms[which];

	if (r->at == r->end)
		return wrong(r, r->at, "the %s is missing, a schedule has five "
		    "fields: minute, hour, day, month, weekday", f->name);
	c->stars[which] = *r->at == '*';
	*bits = 0;
	do {
		if (!read_range(r, f, bits))
			return false;
	} while (mark(r, ','));
	if (r->at == r->end || is_blank(*r->at))
		return true;
	if (*r->at == '#' || *r->at == 'L' || *r->at == 'W' || *r->at == '?')
		return wrong(r, r->at, "\"%c\" is not part of cron's five "
		    "fields, name the days instead", *r->at);
	return wrong(r, r->at, "the %s goes on with a character that has no "
	    "place here, expected \",\", \"-\", \"/\" or a space", f->name);
}

static void
skip_blanks(struct reader *r)
{
	while (r->at < r->end && is_blank(*r->at))
		r->at++;
}

/* Whether some month has the day. Without a day of the week, the days alone
 * decide. */
static bool
comes_ever(const struct cron *c)
{
	static const int longest[] = { 0, 31, 29, 31, 30, 31, 30, 31, 31, 30,
		31, 30, 31 };

	if (!c->stars[DAY] && !c->stars[WEEKDAY])
		return true;
	for (int m = 1; m <= 12; m++)
		if (c->months >> m & 1 && c->days & BITS(1, longest[m]))
			return true;
	return false;
}

static bool
read_fields(struct reader *r, struct cron *c)
{
	uint64_t bits[FIELDS];
	const char *day = r->at;

	for (int i = 0; i < FIELDS; i++) {
		skip_blanks(r);
		if (i == DAY)
			day = r->at;
		if (!read_field(r, (enum field)i, c, &bits[i]))
			return false;
	}
	skip_blanks(r);
	if (r->at < r->end)
		return wrong(r, r->at, "a schedule has five fields, this is "
		    "the sixth; seconds and years have none");
	c->minutes = bits[MINUTE];
	c->hours = (uint32_t)bits[HOUR];
	c->days = (uint32_t)bits[DAY];
	c->months = (uint32_t)bits[MONTH];
	c->weekdays = (uint32_t)(bits[WEEKDAY] | (bits[WEEKDAY] >> 7 & 1)) &
	    0x7f;
	return comes_ever(c) || wrong(r, day, "this day never comes: none of "
	    "the months is long enough");
}

static bool
read_word(struct reader *r, struct cron *c)
{
	struct lift_text t = { r->at, (size_t)(r->end - r->at) };
	const struct word *best = &words[0];
	unsigned least = 100;

	for (unsigned i = 0; i < WORDS; i++) {
		struct lift_text w = lift_text(words[i].name);
		unsigned d = text_distance(t, w, 20);
		if (d < least) {
			least = d;
			best = &words[i];
		}
	}
	if (least > 2)
		return wrong(r, r->at, "\"%.*s\" is not known, the words are "
		    "@hourly, @daily, @weekly, @monthly and @yearly",
		    shown(t.size), t.data);
	if (least > 0)
		return wrong(r, r->at, "\"%.*s\" is not known, the nearest "
		    "word is \"%s\"", shown(t.size), t.data, best->name);
	r->at = best->fields;
	r->end = r->at + strlen(r->at);
	return read_fields(r, c);
}

static bool
read_every(struct reader *r, struct cron *c)
{
	skip_blanks(r);
	struct lift_text t = { r->at, (size_t)(r->end - r->at) };

	if (!span_read(t, &c->every))
		return wrong(r, r->at, "\"%.*s\" is no span, expected one like "
		    "30s, 5m or 2h", shown(t.size), t.data);
	if (c->every < LIFT_SECOND || c->every > 366 * LIFT_DAY ||
	    c->every % LIFT_SECOND != 0)
		return wrong(r, r->at, "the span is %.*s, must lie between 1s "
		    "and 366d in whole seconds", shown(t.size), t.data);
	return true;
}

bool
cron_read(struct lift_text t, struct cron *ret_cron, struct lift_error *err)
{
	static const char every[] = "every";
	struct cron c = { 0 };
	const char *data = t.data ? t.data : "";
	struct reader r = { data, data, data + t.size, err };
	bool good;

	skip_blanks(&r);
	while (r.end > r.at && is_blank(r.end[-1]))
		r.end--;
	if (r.at == r.end)
		return wrong(&r, r.at, "the schedule is empty, expected five "
		    "fields like \"15 2 * * *\"");
	size_t size = (size_t)(r.end - r.at), word = sizeof(every) - 1;
	if (*r.at == '@') {
		good = read_word(&r, &c);
	} else if (size > word && memcmp(r.at, every, word) == 0 &&
	    is_blank(r.at[word])) {
		r.at += word;
		good = read_every(&r, &c);
	} else {
		good = read_fields(&r, &c);
	}
	if (good)
		*ret_cron = c;
	return good;
}

/* ---- the next run ---------------------------------------------------- */

/* What the longest wait can be: 29 February on a given weekday, across a year
 * like 2100. */
#define CRON_LONGEST	(INT64_C(86400) * 366 * 41)

static bool
day_matches(const struct cron *c, const struct civil *d)
{
	bool day = c->days >> d->day & 1;
	bool weekday = c->weekdays >> d->weekday & 1;

	if (c->stars[DAY] || c->stars[WEEKDAY])
		return day && weekday;
	return day || weekday;
}

static int64_t
next_month(const struct civil *d)
{
	return d->month == 12 ? civil_days(d->year + 1, 1, 1) * 86400 :
	    civil_days(d->year, d->month + 1, 1) * 86400;
}

/* The first matching time on a clock without zone, at AT or later but before
 * END; END when there is none. */
static int64_t
local_next(const struct cron *c, int64_t at, int64_t end)
{
	at += ((-at) % 60 + 60) % 60;
	while (at < end) {
		struct civil d = civil_of(at);
		int64_t midnight = at - d.hour * 3600 - d.minute * 60;
		if (!(c->months >> d.month & 1)) {
			at = next_month(&d);
			continue;
		}
		uint32_t hours = c->hours >> d.hour;
		if (!day_matches(c, &d) || hours == 0) {
			at = midnight + 86400;
			continue;
		}
		uint64_t minutes = c->minutes >> d.minute;
		if ((hours & 1) && minutes != 0)
			return at + 60 * __builtin_ctzll(minutes) < end ?
			    at + 60 * __builtin_ctzll(minutes) : end;
		/* On to the next hour; it is looked at again from its start. */
		hours >>= 1;
		at = hours == 0 ? midnight + 86400 : midnight + 3600 *
		    (d.hour + 1 + __builtin_ctz(hours));
	}
	return end;
}

/* Where the stretch begins for this schedule, on the wall: a fold is skipped
 * by all that do not run in both. */
static int64_t
local_start(const struct cron *c, const struct zone *z,
    const struct zone_stretch *s, int64_t from)
{
	int64_t start = from + s->offset;

	if (s->from == INT64_MIN || c->stars[MINUTE] || c->stars[HOUR])
		return start;
	int64_t before = s->from + zone_offset(z, s->from - 1);
	return start > before ? start : before;
}

static int64_t
zone_next(const struct cron *c, const struct zone *z, int64_t from)
{
	int64_t last = from + CRON_LONGEST;
	/* The second before counts: clocks may go forward at FROM itself. */
	struct zone_stretch s = zone_stretch(z, from - 1);

	for (;;) {
		int64_t until = s.until < last ? s.until : last;
		int64_t end = until + s.offset;
		int64_t at = local_next(c, local_start(c, z, &s, from), end);
		if (at < end)
			return at - s.offset;
		if (until == last)
			return CRON_NEVER;
		struct zone_stretch next = zone_stretch(z, s.until);
		int64_t landing = s.until + next.offset;
		if (!c->stars[HOUR] && landing > end &&
		    local_next(c, end, landing) < landing)
			return s.until;
		from = s.until;
		s = next;
	}
}

int64_t
cron_next(const struct cron *c, const struct zone *z, int64_t after)
{
	if (after > INT64_MAX - 2 * CRON_LONGEST * LIFT_SECOND ||
	    after < INT64_MIN + 2 * CRON_LONGEST * LIFT_SECOND)
		return CRON_NEVER;
	if (c->every > 0) {
		int64_t rest = after % c->every;
		return after - rest + (rest < 0 ? 0 : c->every);
	}
	int64_t seconds = after / LIFT_SECOND - (after % LIFT_SECOND < 0);
	int64_t at = zone_next(c, z, seconds + 1);
	return at == CRON_NEVER ? at : at * LIFT_SECOND;
}

/* ---- in words -------------------------------------------------------- */

static const char *const months_long[] = { "", "January", "February", "March",
	"April", "May", "June", "July", "August", "September", "October",
	"November", "December" };
static const char *const weekdays_long[] = { "Sunday", "Monday", "Tuesday",
	"Wednesday", "Thursday", "Friday", "Saturday" };

/* The step of a set that a `*` with a step has made; 0 for any other one. */
static int
step_of(uint64_t bits, int low, int high)
{
	for (int step = 1; step <= high - low; step++) {
		uint64_t made = 0;
		for (int v = low; v <= high; v += step)
			made |= UINT64_C(1) << v;
		if (made == bits)
			return step;
	}
	return 0;
}

static void
write_value(struct text *t, const char *const *names, int v)
{
	if (names != NULL)
		text_string(t, names[v]);
	else
		text_whole(t, v);
}

/* `1 to 5, 8 and 10`. */
static void
write_set(struct text *t, uint64_t bits, const char *const *names)
{
	bool first = true;

	while (bits != 0) {
		int low = __builtin_ctzll(bits), high = low;
		while (high < 63 && bits >> (high + 1) & 1)
			high++;
		if (high == low + 1)
			high = low;
		bits &= ~BITS(low, high);
		if (!first)
			text_string(t, bits ? ", " : " and ");
		first = false;
		write_value(t, names, low);
		if (high > low) {
			text_string(t, " to ");
			write_value(t, names, high);
		}
	}
}

static void
write_times(struct text *t, const struct cron *c)
{
	bool first = true;
	uint64_t rest = c->minutes & (c->minutes - 1);
	int minute = __builtin_ctzll(c->minutes);

	if (rest == 0 && __builtin_popcount(c->hours) <= 6) {
		text_string(t, "at ");
		for (int h = 0; h < 24; h++) {
			if (!(c->hours >> h & 1))
				continue;
			if (!first)
				text_string(t, c->hours >> h == 1 ? " and " :
				    ", ");
			first = false;
			text_form(t, "%02d:%02d", h, minute);
		}
		return;
	}
	int step = step_of(c->minutes, 0, 59);
	if (step == 1) {
		text_string(t, "every minute");
	} else if (step > 1) {
		text_form(t, "every %d minutes", step);
	} else {
		text_string(t, "at minute ");
		write_set(t, c->minutes, NULL);
	}
	step = step_of(c->hours, 0, 23);
	if (step > 1) {
		text_form(t, " of every %d%s hour", step, step == 2 ? "nd" :
		    step == 3 ? "rd" : "th");
	} else if (step == 0) {
		text_string(t, " in hour ");
		write_set(t, c->hours, NULL);
	} else if (rest == 0 || step_of(c->minutes, 0, 59) == 0) {
		text_string(t, " of every hour");
	}
}

static void
write_days(struct text *t, const struct cron *c)
{
	bool days = c->days != (uint32_t)BITS(1, 31);
	bool weekdays = c->weekdays != 0x7f;
	bool both = !c->stars[DAY] && !c->stars[WEEKDAY];

	if (days) {
		text_string(t, " on day ");
		write_set(t, c->days, NULL);
		text_string(t, " of the month");
	}
	if (weekdays) {
		text_string(t, !days ? " on " : both ? " and on each " :
		    " if it is a ");
		write_set(t, c->weekdays, weekdays_long);
	}
	if (c->months != (uint32_t)BITS(1, 12)) {
		text_string(t, " in ");
		write_set(t, c->months, months_long);
	} else if (!days && !weekdays && __builtin_popcount(c->hours) <= 6) {
		text_string(t, " every day");
	}
}

void
cron_write(struct text *t, const struct cron *c)
{
	if (c->every > 0) {
		text_string(t, "every ");
		span_write(t, c->every);
		return;
	}
	write_times(t, c);
	write_days(t, c);
}
