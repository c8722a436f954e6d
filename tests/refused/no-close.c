/* Refused: cannot be closed. */
#include "body.h"

BODY_SOUND("no-close"), .open = body_open,
};
