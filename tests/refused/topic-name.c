/* Refused: declares a topic that is no word. */
#include "body.h"

static const struct lift_topic topics[] = {
	{ "A Word", body_fields, true, "a word was said" },
	LIFT_END
};

BODY_SOUND("topic-name"), .open = body_open, .close = body_close,
	.topics = topics,
};
