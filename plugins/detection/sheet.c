/* Text and JSON for alerts and answers. */
#include "sheet.h"

#include <math.h>
#include <stdlib.h>

static void
sheet_reach(struct sheet *s, size_t more)
{
	if (s->size + more + 1 <= s->room)
		return;
	s->room = (s->size + more + 1) * 2;
	s->data = realloc(s->data, s->room);
	if (s->data == NULL)
		abort();
}

void
sheet_form(struct sheet *s, const char *form, ...)
{
	va_list ap;

	va_start(ap, form);
	int n = vsnprintf(NULL, 0, form, ap);
	va_end(ap);
	sheet_reach(s, (size_t)n);
	va_start(ap, form);
	vsnprintf(s->data + s->size, s->room - s->size, form, ap);
	va_end(ap);
	s->size += (size_t)n;
}

void
sheet_string(struct sheet *s, struct lift_text t)
{
	sheet_form(s, "\"");
	for (size_t i = 0; i < t.size; i++) {
		unsigned char c = (unsigned char)t.data[i];
		if (c == '"' || c == '\\')
			sheet_form(s, "\\%c", c);
		else if (c < 0x20)
			sheet_form(s, "\\u%04x", c);
		else {
			sheet_reach(s, 1);
			s->data[s->size++] = (char)c;
			s->data[s->size] = '\0';
		}
	}
	sheet_form(s, "\"");
}

void
sheet_name(struct sheet *s, const char *name)
{
	char last = s->size > 0 ? s->data[s->size - 1] : '{';

	if (last != '{' && last != '[')
		sheet_form(s, ",");
	sheet_form(s, "\"%s\":", name);
}

double
rounded(double x, int digits)
{
	static const double tens[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6 };
	double y = nearbyint(x * tens[digits]) / tens[digits];

	return y == 0 ? 0 : y;
}

void
sheet_number(struct sheet *s, const char *name, double value, int digits)
{
	sheet_name(s, name);
	if (!isfinite(value)) {
		sheet_form(s, "null");
		return;
	}
	sheet_form(s, "%.15g", rounded(value, digits));
}

/* Civil from days, by eras of 400 years that begin in March. */
static void
date_of(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t in = days - era * 146097;
	int64_t year = (in - in / 1460 + in / 36524 - in / 146096) / 365;
	int64_t day = in - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * day + 2) / 153;

	*ret_day = (int)(day - (153 * month + 2) / 5 + 1);
	*ret_month = (int)(month < 10 ? month + 3 : month - 9);
	*ret_year = (int)(year + era * 400 + (*ret_month <= 2));
}

void
sheet_time(struct sheet *s, const char *name, int64_t time)
{
	int64_t days = time / LIFT_DAY - (time % LIFT_DAY < 0);
	int64_t rest = time - days * LIFT_DAY;
	int year, month, day;

	date_of(days, &year, &month, &day);
	sheet_name(s, name);
	sheet_form(s, "\"%04d-%02d-%02dT%02d:%02d:%02dZ\"", year, month, day,
	    (int)(rest / LIFT_HOUR), (int)(rest / LIFT_MINUTE % 60),
	    (int)(rest / LIFT_SECOND % 60));
}

struct lift_text
sheet_text(const struct sheet *s)
{
	return (struct lift_text){ s->data != NULL ? s->data : "", s->size };
}

void
sheet_done(struct sheet *s)
{
	free(s->data);
	*s = (struct sheet){ 0 };
}
