/* Refused: can be saved and not loaded. */
#include "body.h"

static void
half_save(void *self, void *snapshot)
{
	(void)self, (void)snapshot;
}

BODY_SOUND("half-state"), .open = body_open, .close = body_close,
	.save = half_save,
};
