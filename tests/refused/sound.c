/* Refused: not at all; it is what the others are compared with. */
#include "body.h"

BODY_SOUND("sound"), .open = body_open, .close = body_close,
};
