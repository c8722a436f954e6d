/* Refused: has options that a reload cannot change. */
#include "body.h"

struct settings {
	int64_t window;
};

static const struct lift_option options[] = {
	LIFT_OPTION_SPAN(struct settings, window, .fallback = "1m",
	    .meaning = "how long a window is"),
	LIFT_END
};

BODY_SOUND("option-stuck"), .open = body_open, .close = body_close,
	.options = options, .settings_size = sizeof(struct settings),
};
