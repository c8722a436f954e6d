/* Refused: cannot be opened. */
#include "body.h"

BODY_SOUND("no-open"), .close = body_close,
};
