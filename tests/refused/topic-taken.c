/* Refused: declares a topic that is the daemon's own. */
#include "body.h"

static const struct lift_topic topics[] = {
	{ "fired", body_fields, true, "a word was said" },
	LIFT_END
};

BODY_SOUND("topic-taken"), .open = body_open, .close = body_close,
	.topics = topics,
};
