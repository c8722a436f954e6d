/* Refused: calls into the daemon, which exports nothing. */
#include "body.h"

extern void liftd_has_no_such_function(void);

static void
undefined_close(void *self)
{
	(void)self;
	liftd_has_no_such_function();
}

BODY_SOUND("undefined"), .open = body_open, .close = undefined_close,
};
