/* Refused: is sound, and cannot be opened. */
#include "body.h"

static void *
fails_open(const struct lift_host *host, const void *settings,
    struct lift_error *err)
{
	(void)host, (void)settings;
	lift_fail(err, LIFT_E_SYSTEM, "the moon is not in the right phase");
	return NULL;
}

BODY_SOUND("fails-open"), .open = fails_open, .close = body_close,
};
