/* Times and spans to text and back. The calendar arithmetic counts years from
 * March, so that the leap day is the last day of a year. */
#include "base/instant.h"

int64_t
civil_days(int64_t year, int month, int day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t of_era = year - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 +
	    day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	    of_year - 719468;
}

struct civil
civil_of(int64_t seconds)
{
	int64_t days = seconds / 86400, rest = seconds % 86400;

	if (rest < 0) {
		rest += 86400;
		days--;
	}
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (int)((5 * doy + 2) / 153);
	struct civil c = {
		.day = (int)(doy - (153 * mp + 2) / 5 + 1),
		.month = mp < 10 ? mp + 3 : mp - 9,
		.hour = (int)(rest / 3600), .minute = (int)(rest / 60 % 60),
		.second = (int)(rest % 60),
		.weekday = (int)(((days % 7) + 11) % 7),
	};
	c.year = yoe + era * 400 + (c.month <= 2);
	c.yearday = (int)(days - civil_days(c.year, 1, 1));
	return c;
}

static bool
digits(const char **at, const char *end, int count, int *ret_value)
{
	int v = 0;

	if (end - *at < count)
		return false;
	for (int i = 0; i < count; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		v = v * 10 + (**at - '0');
	}
	*ret_value = v;
	return true;
}

static bool
mark(const char **at, const char *end, char c)
{
	if (*at == end || **at != c)
		return false;
	(*at)++;
	return true;
}

static bool
read_date(const char **at, const char *end, int *y, int *m, int *d)
{
	static const int most[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };

	if (!digits(at, end, 4, y) || !mark(at, end, '-') ||
	    !digits(at, end, 2, m) || !mark(at, end, '-') ||
	    !digits(at, end, 2, d))
		return false;
	if (*m < 1 || *m > 12 || *d < 1)
		return false;
	bool leap = *y % 4 == 0 && (*y % 100 != 0 || *y % 400 == 0);
	return *d <= most[*m - 1] + (*m == 2 && leap);
}

static bool
read_fraction(const char **at, const char *end, int64_t *ret_micros)
{
	int64_t unit = 100000, v = 0;
	const char *first = *at;

	for (; *at < end && **at >= '0' && **at <= '9'; (*at)++) {
		v += unit * (**at - '0');
		unit /= 10;
	}
	*ret_micros = v;
	return *at > first;
}

static bool
read_zone(const char **at, const char *end, int64_t *ret_seconds)
{
	int h, m, sign;

	if (mark(at, end, 'Z') || mark(at, end, 'z')) {
		*ret_seconds = 0;
		return true;
	}
	if (mark(at, end, '+'))
		sign = 1;
	else if (mark(at, end, '-'))
		sign = -1;
	else
		return false;
	if (!digits(at, end, 2, &h) || !mark(at, end, ':') ||
	    !digits(at, end, 2, &m) || h > 23 || m > 59)
		return false;
	*ret_seconds = sign * (h * 3600 + m * 60);
	return true;
}

bool
instant_read(struct lift_text t, int64_t *ret_time)
{
	const char *at = t.data, *end = t.data + t.size;
	int y, mo, d, h = 0, mi = 0, s = 0;
	int64_t micros = 0, zone = 0;

	if (!read_date(&at, end, &y, &mo, &d))
		return false;
	if (at < end) {
		if (*at != 'T' && *at != 't' && *at != ' ')
			return false;
		at++;
		if (!digits(&at, end, 2, &h) || !mark(&at, end, ':') ||
		    !digits(&at, end, 2, &mi) || !mark(&at, end, ':') ||
		    !digits(&at, end, 2, &s) || h > 23 || mi > 59 || s > 60)
			return false;
		if (mark(&at, end, '.') && !read_fraction(&at, end, &micros))
			return false;
		if (!read_zone(&at, end, &zone) || at != end)
			return false;
	}
	int64_t days = civil_days(y, mo, d);
	*ret_time = (days * 86400 + h * 3600 + mi * 60 + s - zone) *
	    LIFT_SECOND + micros;
	return true;
}

void
instant_write(struct text *t, int64_t time)
{
	int64_t seconds = time / LIFT_SECOND, micros = time % LIFT_SECOND;

	if (micros < 0) {
		micros += LIFT_SECOND;
		seconds--;
	}
	struct civil c = civil_of(seconds);
	text_form(t, "%04d-%02d-%02dT%02d:%02d:%02d", (int)c.year, c.month,
	    c.day, c.hour, c.minute, c.second);
	if (micros % LIFT_MILLI != 0)
		text_form(t, ".%06d", (int)micros);
	else if (micros != 0)
		text_form(t, ".%03d", (int)(micros / LIFT_MILLI));
	text_byte(t, 'Z');
}

static const struct unit {
	const char *name;
	int64_t     span;
} units[] = {
	{ "w", 7 * LIFT_DAY }, { "d", LIFT_DAY }, { "h", LIFT_HOUR },
	{ "m", LIFT_MINUTE }, { "s", LIFT_SECOND }, { "ms", LIFT_MILLI },
	{ "us", LIFT_MICRO },
};
enum { UNITS = sizeof(units) / sizeof(units[0]) };

static const struct unit *
unit_find(const char *at, size_t size)
{
	for (unsigned i = 0; i < UNITS; i++)
		if (strlen(units[i].name) == size &&
		    memcmp(units[i].name, at, size) == 0)
			return &units[i];
	return NULL;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
span_read(struct lift_text t, int64_t *ret_span)
{
	const char *at = t.data, *end = t.data + t.size;
	int64_t sum = 0;

	if (t.size == 0)
		return false;
	while (at < end) {
		int64_t v = 0, part;
		const char *first = at;
		for (; at < end && is_digit(*at); at++)
			if (__builtin_mul_overflow(v, 10, &v) ||
			    __builtin_add_overflow(v, *at - '0', &v))
				return false;
		const char *name = at;
		while (at < end && !is_digit(*at))
			at++;
		const struct unit *u = unit_find(name, (size_t)(at - name));
		if (name == first || u == NULL ||
		    __builtin_mul_overflow(v, u->span, &part) ||
		    __builtin_add_overflow(sum, part, &sum))
			return false;
	}
	*ret_span = sum;
	return true;
}

void
span_write(struct text *t, int64_t span)
{
	if (span == 0) {
		text_string(t, "0s");
		return;
	}
	uint64_t left = span < 0 ? -(uint64_t)span : (uint64_t)span;
	if (span < 0)
		text_byte(t, '-');
	for (unsigned i = 0; i < UNITS; i++) {
		uint64_t unit = (uint64_t)units[i].span;
		if (left < unit)
			continue;
		text_form(t, "%llu%s", (unsigned long long)(left / unit),
		    units[i].name);
		left %= unit;
	}
}
