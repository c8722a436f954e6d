/* Refused: says nothing of itself. */
#include "body.h"

BODY(LIFT_PLUGIN_MAGIC, LIFT_PLUGIN_ABI, sizeof(struct lift_plugin),
    "no-summary"), .open = body_open, .close = body_close,
};
