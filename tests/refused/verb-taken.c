/* Refused: declares a verb that is the daemon's own. */
#include "body.h"

static const struct lift_verb verbs[] = {
	{ "products.put", NULL, LIFT_OBSERVER, false, NULL, "says a word",
	  body_run },
	LIFT_END
};

BODY_SOUND("verb-taken"), .open = body_open, .close = body_close,
	.verbs = verbs,
};
