/* Refused: names topics that it wants to hear, and does not listen. */
#include "body.h"

static const char *const half_hears[] = { "alert", NULL };

BODY_SOUND("half-hearing"), .open = body_open, .close = body_close,
	.hears = half_hears,
};
