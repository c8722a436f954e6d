/* What a webhook is sent and how it is signed. No network here. */
#ifndef COURIERS_WEBHOOK_H
#define COURIERS_WEBHOOK_H

#include "base/text.h"
#include "couriers/retry.h"
#include "log/store.h"

/* Appends the body: the effect's row as `/ws` sends it. */
void webhook_body(struct text *, const struct store_effect *);

/* Appends `t=SECONDS,v1=HEX`: the HMAC-SHA256 with SECRET of SECONDS, a full
 * stop and the body. */
void webhook_sign(struct text *, const char *secret, int64_t seconds,
    struct lift_text body);

/* What a receiver's answer to a request says. True for a status of 2xx, unless
 * its body is JSON with `ok` false, whose `error` is then the reason. RET_AGAIN
 * says whether the same call may work later. */
bool webhook_read(long status, struct lift_text body, bool *ret_again,
    struct lift_error *);

#endif
