/* Tokens for Google's services: of a service account (a signed JWT, exchanged
 * at its token endpoint), or of the metadata server of a machine of Google's.
 * One token is kept and used until it is nearly over. */
#ifndef COURIERS_GOOGLE_H
#define COURIERS_GOOGLE_H

#include "couriers/post.h"

struct google;

/* Reads a service account's file; an empty path means the metadata server.
 * ENDPOINT (may be empty) is a server of one's own, whose host may give tokens
 * too. Fails when the file is not one, or sends its key elsewhere. Freed with
 * google_free. */
struct google *google_new(const char *path, const char *endpoint,
    const char *authority, struct lift_error *);

/* Frees it; takes NULL. */
void google_free(struct google *);

/* Appends a token that is still good for a while. Waits when there is none and
 * one must be fetched; *ret_again says whether that may work later.
 * Thread: any. */
bool google_token(struct google *, const post_end *, struct text *ret_token,
    bool *ret_again, struct lift_error *);

/* The token is no good any more: the next call fetches another. Thread: any. */
void google_forget(struct google *);

/* Appends the JWT that asks for a token at SECONDS; false without a key that
 * signs. */
bool google_jwt(const struct google *, int64_t seconds, struct text *);

#endif
