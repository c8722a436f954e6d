/* Refused: declares a topic twice. */
#include "body.h"

static const struct lift_topic topics[] = {
	{ "word", body_fields, true, "a word was said" },
	{ "word", body_fields, true, "a word was said again" },
	LIFT_END
};

BODY_SOUND("topic-twice"), .open = body_open, .close = body_close,
	.topics = topics,
};
