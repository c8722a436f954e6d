/* Refused: has prepare and commit, and no abort. */
#include "body.h"

BODY_SOUND("half-reload"), .open = body_open, .close = body_close,
	.prepare = body_prepare, .commit = body_commit,
};
