/* Times as people type them: an instant, or a span before now. */
#include "simulation.h"

/* Days since 1970 of a date: years that begin in March have their odd day
 * last. */
static int64_t
days_of(int64_t year, int64_t month, int64_t day)
{
	year -= month <= 2;
	int64_t era = year / 400, of_era = year % 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 +
	    day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	    of_year - 719468;
}

void
date_write(int64_t time, char ret[24])
{
	int64_t second = time / LIFT_SECOND, z = second / 86400 + 719468;
	int64_t of_day = second % 86400, era = z / 146097, of = z % 146097;
	int64_t years = (of - of / 1460 + of / 36524 - of / 146096) / 365;
	int64_t of_year = of - (365 * years + years / 4 - years / 100);
	int64_t mp = (5 * of_year + 2) / 153;
	unsigned day = (unsigned)(of_year - (153 * mp + 2) / 5 + 1) % 32;
	unsigned month = (unsigned)(mp < 10 ? mp + 3 : mp - 9) % 13;

	snprintf(ret, 24, "%04u-%02u-%02uT%02u:%02u:%02uZ",
	    (unsigned)(years + era * 400 + (month <= 2)) % 10000, month, day,
	    (unsigned)(of_day / 3600), (unsigned)(of_day / 60 % 60),
	    (unsigned)(of_day % 60));
}

static bool
number_take(const char **at, const char *end, unsigned most, int64_t *ret)
{
	const char *from = *at;
	int64_t n = 0;

	while (*at < end && **at >= '0' && **at <= '9' && *at < from + most)
		n = n * 10 + (*(*at)++ - '0');
	*ret = n;
	return *at > from;
}

/* -90s, -5m, -2h, -7d */
static bool
span_before(const char *at, const char *end, int64_t now, int64_t *ret)
{
	static const char units[] = "smhd";
	static const int64_t sizes[] = { LIFT_SECOND, LIFT_MINUTE, LIFT_HOUR,
		LIFT_DAY };
	int64_t n;

	at++;
	if (!number_take(&at, end, 6, &n) || at + 1 != end)
		return false;
	const char *unit = memchr(units, *at, sizeof(units) - 1);
	if (unit == NULL)
		return false;
	*ret = now - n * sizes[unit - units];
	return *ret > 0;
}

/* 2026-11-20, with or without T15:16:17 behind it, and with or without Z. */
static bool
instant_of(const char *at, const char *end, int64_t *ret)
{
	static const char marks[] = "--T::";
	int64_t part[6] = { 0 };
	unsigned n = 0;

	for (; n < 6; n++) {
		if (!number_take(&at, end, n == 0 ? 4 : 2, &part[n]))
			return false;
		if (n == 5 || at == end || *at != marks[n])
			break;
		at++;
	}
	at += at < end && *at == 'Z';
	if ((n != 2 && n != 5) || at != end || part[0] < 1970 ||
	    part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > 31 ||
	    part[3] > 23 || part[4] > 59 || part[5] > 59)
		return false;
	*ret = (days_of(part[0], part[1], part[2]) * 86400 + part[3] * 3600 +
	    part[4] * 60 + part[5]) * LIFT_SECOND;
	return true;
}

bool
date_read(struct lift_text t, int64_t now, int64_t *ret,
    struct lift_error *err)
{
	const char *end = t.data + t.size;

	if (t.size > 0 && *t.data == '-' ? span_before(t.data, end, now, ret) :
	    instant_of(t.data, end, ret))
		return true;
	return lift_fail(err, LIFT_E_USAGE, "from is \"%.*s\", must be a time "
	    "like 2026-11-20T15:16:17Z or a span before now like -7d",
	    t.size > 60 ? 60 : (int)t.size, t.data);
}
