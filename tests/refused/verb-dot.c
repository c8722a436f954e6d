/* Refused: declares a verb without a noun. */
#include "body.h"

static const struct lift_verb verbs[] = {
	{ "say", NULL, LIFT_OBSERVER, false, NULL, "says a word", body_run },
	LIFT_END
};

BODY_SOUND("verb-dot"), .open = body_open, .close = body_close,
	.verbs = verbs,
};
