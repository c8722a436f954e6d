/* A sheet of text that grows, and JSON on it. */
#ifndef DETECTION_SHEET_H
#define DETECTION_SHEET_H

#include <liftd/plugin.h>

struct sheet {
	char  *data;
	size_t size, room;
};

/* Appends, as printf does. */
LIFT_PRINTF(2, 3) void sheet_form(struct sheet *, const char *form, ...);

/* Appends TEXT as a JSON string. */
void sheet_string(struct sheet *, struct lift_text);

/* Appends `"NAME": `, after a comma where something stands before it. */
void sheet_name(struct sheet *, const char *name);

/* Appends a member with a number, rounded to DIGITS after the point; null if
 * it is none. */
void sheet_number(struct sheet *, const char *name, double value, int digits);

/* Appends a member that is a time, as liftd writes times. */
void sheet_time(struct sheet *, const char *name, int64_t time);

/* The text so far. */
struct lift_text sheet_text(const struct sheet *);

/* Frees it. */
void sheet_done(struct sheet *);

/* X rounded to DIGITS after the point, the same on each machine. */
double rounded(double x, int digits);

#endif
