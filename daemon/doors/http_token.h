/* Who asks over HTTP: tokens, their roles and their rates, and peers who try
 * too many wrong ones. */
#ifndef DOORS_HTTP_TOKEN_H
#define DOORS_HTTP_TOKEN_H

#include <liftd/plugin.h>

struct http_tokens;

/* A row of `tokens:` in liftd.yaml. */
struct http_token_row {
	const char *name;
	int         role;	/* place in http_token_roles */
	const char *secret;
	int64_t     rate;	/* requests a second; 0: any */
};

/* The words for `role:`, ended by NULL, and what they stand for. */
extern const char *const http_token_roles[];
enum lift_role http_token_role(int place);

/* A token's standing with its rate: for the fields of an answer. */
struct http_quota {
	int64_t rate;		/* 0: none */
	int64_t left;		/* requests that it may make at once */
	int64_t wait;		/* seconds until it may again; 0: now */
};

/* The rows as a list that knows nothing of the secrets but their digests.
 * Freed with http_tokens_free. Fails for two of one name or one secret, and
 * for a secret of less than 16 bytes. */
struct http_tokens *http_tokens_new(const struct http_token_row *,
    size_t count, struct lift_error *);

/* Frees the list; takes NULL. */
void http_tokens_free(struct http_tokens *);

/* True when there is none. */
bool http_tokens_none(const struct http_tokens *);

/* Finds the token with this secret, in a time that does not depend on it. A
 * place in the list, or -1. */
int http_tokens_find(const struct http_tokens *, struct lift_text secret);

/* The place in the list of the token that has PLACE in another list: the same
 * secret, whatever it is called now. -1 when it is gone, or PLACE is -1. */
int http_tokens_place(const struct http_tokens *, const struct http_tokens *was,
    int place);

/* Name and role of the token at PLACE. */
const char *http_tokens_name(const struct http_tokens *, int place,
    enum lift_role *ret_role);

/* Counts a request of the token at PLACE at the time NOW; false when it has to
 * wait. */
bool http_tokens_spend(struct http_tokens *, int place, int64_t now,
    struct http_quota *ret_quota);

struct http_strikes;

/* A memory of peers who came with wrong tokens; freed with
 * http_strikes_free. */
struct http_strikes *http_strikes_new(void);

/* Frees it; takes NULL. */
void http_strikes_free(struct http_strikes *);

/* Notes a wrong token from ADDRESS. */
void http_strikes_add(struct http_strikes *, const char *address, int64_t now);

/* How many seconds ADDRESS has to wait before another token of it is looked
 * at; 0: none. */
int64_t http_strikes_wait(const struct http_strikes *, const char *address,
    int64_t now);

#endif
