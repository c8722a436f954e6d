/* Refused: has a descriptor of another size. */
#include "body.h"

BODY(LIFT_PLUGIN_MAGIC, LIFT_PLUGIN_ABI, 24, "wrong-size"),
	.summary = "is broken on purpose", .open = body_open,
	.close = body_close,
};
