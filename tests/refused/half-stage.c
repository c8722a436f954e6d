/* Refused: wants to produce and cannot. */
#include "body.h"

static bool
half_pace(void *self, struct lift_pace *pace)
{
	(void)self, (void)pace;
	return true;
}

BODY_SOUND("half-stage"), .open = body_open, .close = body_close,
	.pace = half_pace,
};
