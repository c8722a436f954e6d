/* Refused: calls itself otherwise than its file. */
#include "body.h"

BODY_SOUND("somebody-else"), .open = body_open, .close = body_close,
};
