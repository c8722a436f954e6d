/* Refused: was built for another ABI. */
#include "body.h"

BODY(LIFT_PLUGIN_MAGIC, 99, sizeof(struct lift_plugin), "wrong-abi"),
	.summary = "is broken on purpose", .open = body_open,
	.close = body_close,
};
