/* Refused: has an option whose fallback cannot be read. */
#include "body.h"

struct settings {
	int64_t window;
};

static const struct lift_option options[] = {
	LIFT_OPTION_SPAN(struct settings, window, .fallback = "soon",
	    .meaning = "how long a window is"),
	LIFT_END
};

static void
unsound_abort(void *self)
{
	(void)self;
}

BODY_SOUND("option-unsound"), .open = body_open, .close = body_close,
	.prepare = body_prepare, .commit = body_commit,
	.abort = unsound_abort, .options = options,
	.settings_size = sizeof(struct settings),
};
