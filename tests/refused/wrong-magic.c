/* Refused: begins with another magic. */
#include "body.h"

BODY(0x12345678, LIFT_PLUGIN_ABI, sizeof(struct lift_plugin), "wrong-magic"),
	.summary = "is broken on purpose", .open = body_open,
	.close = body_close,
};
