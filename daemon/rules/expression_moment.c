/* Times and spans inside expressions: seconds and nanoseconds, within the
 * ranges of CEL (the years 1 to 9999; spans of about 292 years), and the
 * accessors that take them apart in a time zone. */
#include "base/instant.h"
#include "rules/expression_tree.h"
#include "rules/zone.h"

/* Nanoseconds of any time or span, and sums of two of them. */
__extension__ typedef __int128 wide;

#define MOMENT_FIRST	INT64_C(-62135596800)
#define MOMENT_LAST	INT64_C(253402300799)
#define BILLION		INT64_C(1000000000)

static const char moment_range[] = "the timestamp is out of range";
static const char span_range[] = "the duration is out of range";
static const char moment_form[] =
    "the timestamp is not of the form 2026-01-31T10:00:00Z";
static const char span_form[] = "the duration is not of the form 1h30m";

struct operand
moment_at(const struct term *t, int64_t seconds, uint32_t nanos)
{
	if (seconds < MOMENT_FIRST || seconds > MOMENT_LAST)
		return operand_fail(t, moment_range);
	return (struct operand){ .kind = KIND_TIME, .whole = seconds,
		.size = nanos };
}

/* A span of so many nanoseconds; they have to fit into 64 bits. */
static const char *
span_of(wide nanos, struct operand *ret)
{
	if (nanos > INT64_MAX || nanos < INT64_MIN)
		return span_range;
	int64_t n = (int64_t)nanos, seconds = n / BILLION, rest = n % BILLION;
	if (rest < 0) {
		rest += BILLION;
		seconds--;
	}
	*ret = (struct operand){ .kind = KIND_SPAN, .whole = seconds,
		.size = (uint32_t)rest };
	return NULL;
}

static wide
nanos_of(const struct operand *o)
{
	return (wide)o->whole * BILLION + o->size;
}

/* ---- reading and writing ----------------------------------------------- */

/* The nanoseconds after the dot of a time that has been read. */
static uint32_t
read_nanos(struct lift_text t)
{
	const char *dot = memchr(t.data, '.', t.size);
	uint32_t nanos = 0, unit = 100000000;

	if (dot == NULL)
		return 0;
	for (dot++; *dot >= '0' && *dot <= '9' && unit > 0; dot++) {
		nanos += unit * (uint32_t)(*dot - '0');
		unit /= 10;
	}
	return nanos;
}

const char *
moment_read(struct lift_text t, struct operand *ret)
{
	int64_t micros;

	if (t.size < 20 || t.data[10] != 'T' || t.data[17] == '6' ||
	    !instant_read(t, &micros))
		return moment_form;
	struct operand o = { .kind = KIND_TIME, .size = read_nanos(t) };
	micros -= o.size / 1000;
	o.whole = micros / LIFT_SECOND;
	if (o.whole < MOMENT_FIRST || o.whole > MOMENT_LAST)
		return moment_range;
	*ret = o;
	return NULL;
}

static const struct unit {
	const char *name;
	int64_t     nanos;
} units[] = {
	{ "h", 3600 * BILLION }, { "m", 60 * BILLION }, { "s", BILLION },
	{ "ms", 1000000 }, { "us", 1000 }, { "\xc2\xb5s", 1000 },
	{ "\xce\xbcs", 1000 }, { "ns", 1 },
};

static int64_t
unit_nanos(const char *at, size_t size)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].name) == size &&
		    memcmp(units[i].name, at, size) == 0)
			return units[i].nanos;
	return 0;
}

static bool
is_digit(const char *at, const char *end)
{
	return at < end && *at >= '0' && *at <= '9';
}

/* Reads one number with its unit; NULL or what is wrong. */
static const char *
read_part(const char **at, const char *end, wide *sum)
{
	wide whole = 0, fraction = 0, scale = 1;
	const char *first = *at;

	for (; is_digit(*at, end); (*at)++)
		if ((whole = whole * 10 + (**at - '0')) > INT64_MAX)
			return span_range;
	bool has_digits = *at > first;
	if (*at < end && **at == '.')
		for ((*at)++; is_digit(*at, end); (*at)++) {
			has_digits = true;
			if (scale < BILLION * BILLION) {
				fraction = fraction * 10 + (**at - '0');
				scale *= 10;
			}
		}
	const char *name = *at;
	while (*at < end && !is_digit(*at, end) && **at != '.')
		(*at)++;
	int64_t nanos = unit_nanos(name, (size_t)(*at - name));
	if (nanos == 0 || !has_digits)
		return span_form;
	*sum += whole * nanos + fraction * nanos / scale;
	return *sum > (wide)INT64_MAX + 1 ? span_range : NULL;
}

const char *
span_operand_read(struct lift_text t, struct operand *ret)
{
	const char *at = t.data, *end = t.data + t.size, *wrong;
	wide sum = 0;
	bool is_minus = t.size > 0 && *at == '-';

	if (t.size > 0 && (*at == '-' || *at == '+'))
		at++;
	if (at == end)
		return span_form;
	if (end - at == 1 && *at == '0')
		return span_of(0, ret);
	while (at < end)
		if ((wrong = read_part(&at, end, &sum)) != NULL)
			return wrong;
	return span_of(is_minus ? -sum : sum, ret);
}

static void
write_nanos(uint32_t nanos, struct text *out)
{
	char form[16];
	int size = snprintf(form, sizeof(form), ".%09u", (unsigned)nanos);

	if (nanos == 0)
		return;
	while (form[size - 1] == '0')
		size--;
	text_add(out, form, (size_t)size);
}

static void
span_write_seconds(const struct operand *o, struct text *out)
{
	wide nanos = nanos_of(o);

	if (nanos < 0) {
		text_byte(out, '-');
		nanos = -nanos;
	}
	text_whole(out, (int64_t)(nanos / BILLION));
	write_nanos((uint32_t)(nanos % BILLION), out);
	text_byte(out, 's');
}

void
moment_write(const struct operand *o, struct text *out)
{
	if (o->kind == KIND_SPAN) {
		span_write_seconds(o, out);
		return;
	}
	struct civil c = civil_of(o->whole);
	text_form(out, "%04d-%02d-%02dT%02d:%02d:%02d", (int)c.year, c.month,
	    c.day, c.hour, c.minute, c.second);
	write_nanos(o->size, out);
	text_byte(out, 'Z');
}

/* ---- arithmetic -------------------------------------------------------- */

struct operand
moment_sum(const struct term *t, const struct operand *a,
    const struct operand *b, int sign)
{
	wide nanos = nanos_of(a) + sign * nanos_of(b);
	struct operand o;

	if (a->kind != b->kind) {
		wide seconds = nanos / BILLION, rest = nanos % BILLION;
		if (rest < 0) {
			rest += BILLION;
			seconds--;
		}
		if (seconds < MOMENT_FIRST || seconds > MOMENT_LAST)
			return operand_fail(t, moment_range);
		return moment_at(t, (int64_t)seconds, (uint32_t)rest);
	}
	const char *wrong = span_of(nanos, &o);
	return wrong != NULL ? operand_fail(t, wrong) : o;
}

/* ---- accessors --------------------------------------------------------- */

static bool
two_digits(const char *at, int most, int *ret)
{
	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
		return false;
	*ret = (at[0] - '0') * 10 + at[1] - '0';
	return *ret <= most;
}

bool
zone_read_fixed(struct lift_text name, int32_t *ret_offset)
{
	const char *at = name.data;
	int sign = 1, hours, minutes;

	if (name.size == 0 || lift_text_equal(name, LIFT_TEXT_OF("UTC"))) {
		*ret_offset = 0;
		return true;
	}
	if (*at == '-' || *at == '+') {
		sign = *at++ == '-' ? -1 : 1;
		name.size--;
	}
	if (name.size != 5 || at[2] != ':' || !two_digits(at, 23, &hours) ||
	    !two_digits(at + 3, 59, &minutes))
		return false;
	*ret_offset = sign * (hours * 3600 + minutes * 60);
	return true;
}

/* One part of a date: what accessor gives it. */
static int64_t
part_of(char letter, const struct civil *c, uint32_t nanos)
{
	switch (letter) {
	case 'Y':
		return c->year;
	case 'M':
		return c->month - 1;
	case 'D':
		return c->day;
	case 'd':
		return c->day - 1;
	case 'w':
		return c->weekday;
	case 'y':
		return c->yearday;
	case 'h':
		return c->hour;
	case 'm':
		return c->minute;
	case 's':
		return c->second;
	default:
		return nanos / 1000000;
	}
}

static const struct accessor {
	const char *name;
	char        letter;
} accessors[] = {
	{ "getFullYear", 'Y' }, { "getMonth", 'M' }, { "getDate", 'D' },
	{ "getDayOfMonth", 'd' }, { "getDayOfWeek", 'w' },
	{ "getDayOfYear", 'y' }, { "getHours", 'h' }, { "getMinutes", 'm' },
	{ "getSeconds", 's' }, { "getMilliseconds", 'f' },
};

static char
accessor_letter(struct lift_text name)
{
	for (size_t i = 0; i < sizeof(accessors) / sizeof(accessors[0]); i++)
		if (lift_text_equal(name, lift_text(accessors[i].name)))
			return accessors[i].letter;
	return 'f';
}

struct operand
moment_part(const struct term *t, struct env *env,
    const struct operand *arguments)
{
	int64_t seconds = arguments[0].whole;
	int32_t offset = 0;

	(void)env;
	if (t->extra != NULL)
		offset = zone_offset(t->extra, seconds);
	else if (t->count > 1 &&
	    !zone_read_fixed(operand_view(&arguments[1]), &offset))
		return operand_fail(t,
		    "the name of a time zone has to be written as a literal");
	struct civil c = civil_of(seconds + offset);
	return OPERAND_INT(part_of(accessor_letter(t->name), &c,
	    arguments[0].size));
}

struct operand
span_part(const struct term *t, struct env *env,
    const struct operand *arguments)
{
	wide nanos = nanos_of(&arguments[0]);

	(void)env;
	switch (accessor_letter(t->name)) {
	case 'h':
		return OPERAND_INT((int64_t)(nanos / (3600 * BILLION)));
	case 'm':
		return OPERAND_INT((int64_t)(nanos / (60 * BILLION)));
	case 's':
		return OPERAND_INT((int64_t)(nanos / BILLION));
	default:
		return OPERAND_INT((int64_t)(nanos / 1000000 % 1000));
	}
}
