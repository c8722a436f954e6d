/* Secrets are compared by their SHA-256, all of them each time, so that the
 * time it takes says nothing about how much of one was right. */
#include "doors/http_token.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"

enum { SECRET_LEAST = 16, STRIKES_MOST = 10, STRIKES_ROOM = 1024 };

const char *const http_token_roles[] = { "ingest", "read", "operate", "admin",
	NULL };

static const enum lift_role roles[] = { LIFT_INGEST, LIFT_OBSERVER,
	LIFT_OPERATOR, LIFT_ADMIN };

enum lift_role
http_token_role(int place)
{
	return roles[place];
}

struct token {
	char           name[48];
	enum lift_role role;
	unsigned char  digest[SHA256_DIGEST_LENGTH];
	int64_t        rate, filled;	/* when it was counted last */
	double         left;
};

struct http_tokens {
	struct token *items;
	size_t        count;
};

/* ---- the list -------------------------------------------------------- */

static bool
token_read(struct http_tokens *t, const struct http_token_row *row,
    struct lift_error *err)
{
	struct token *token = &t->items[t->count];
	size_t size = strlen(row->secret);

	if (size < SECRET_LEAST)
		return lift_fail(err, LIFT_E_INPUT, "the secret of token "
		    "\"%s\" has %zu characters, must have at least %d",
		    row->name, size, SECRET_LEAST);
	if (strlen(row->name) >= sizeof(token->name))
		return lift_fail(err, LIFT_E_INPUT, "the token's name \"%s\" "
		    "is longer than %zu characters", row->name,
		    sizeof(token->name) - 1);
	strcpy(token->name, row->name);
	token->role = roles[row->role];
	token->rate = row->rate;
	token->left = (double)row->rate;
	SHA256((const unsigned char *)row->secret, size, token->digest);
	for (size_t i = 0; i < t->count; i++) {
		if (strcmp(t->items[i].name, token->name) == 0)
			return lift_fail(err, LIFT_E_INPUT,
			    "there are two tokens \"%s\"", token->name);
		if (memcmp(t->items[i].digest, token->digest,
		    sizeof(token->digest)) == 0)
			return lift_fail(err, LIFT_E_INPUT, "tokens \"%s\" and "
			    "\"%s\" have one secret, must have one each",
			    t->items[i].name, token->name);
	}
	t->count++;
	return true;
}

struct http_tokens *
http_tokens_new(const struct http_token_row *rows, size_t count,
    struct lift_error *err)
{
	struct http_tokens *t = memory_take(sizeof(*t));

	t->items = memory_take((count + 1) * sizeof(*t->items));
	for (size_t i = 0; i < count; i++)
		if (!token_read(t, &rows[i], err)) {
			http_tokens_free(t);
			return NULL;
		}
	return t;
}

void
http_tokens_free(struct http_tokens *t)
{
	if (t == NULL)
		return;
	memory_give(t->items);
	memory_give(t);
}

bool
http_tokens_none(const struct http_tokens *t)
{
	return t->count == 0;
}

static int
digest_find(const struct http_tokens *t,
    const unsigned char digest[SHA256_DIGEST_LENGTH])
{
	int found = -1;

	for (size_t i = 0; i < t->count; i++)
		if (CRYPTO_memcmp(digest, t->items[i].digest,
		    SHA256_DIGEST_LENGTH) == 0)
			found = (int)i;
	return found;
}

int
http_tokens_find(const struct http_tokens *t, struct lift_text secret)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];

	SHA256((const unsigned char *)secret.data, secret.size, digest);
	return digest_find(t, digest);
}

int
http_tokens_place(const struct http_tokens *t, const struct http_tokens *was,
    int place)
{
	return place < 0 ? -1 : digest_find(t, was->items[place].digest);
}

const char *
http_tokens_name(const struct http_tokens *t, int place,
    enum lift_role *ret_role)
{
	*ret_role = t->items[place].role;
	return t->items[place].name;
}

/* ---- rates ----------------------------------------------------------- */

bool
http_tokens_spend(struct http_tokens *t, int place, int64_t now,
    struct http_quota *ret_quota)
{
	struct token *token = &t->items[place];
	double rate = (double)token->rate;

	*ret_quota = (struct http_quota){ .rate = token->rate };
	if (token->rate == 0)
		return true;
	if (now > token->filled)
		token->left += (double)(now - token->filled) / 1e6 * rate;
	if (token->left > rate || token->filled == 0)
		token->left = rate;
	token->filled = now;
	bool ok = token->left >= 1;
	if (ok)
		token->left -= 1;
	ret_quota->left = (int64_t)token->left;
	ret_quota->wait = ok ? 0 : 1;
	return ok;
}

/* ---- strikes --------------------------------------------------------- */

/* Peers share a slot when their addresses hash alike; the window is short. */
struct http_strikes {
	struct strike {
		int64_t  began;
		unsigned count;
	} slots[STRIKES_ROOM];
};

struct http_strikes *
http_strikes_new(void)
{
	return memory_take(sizeof(struct http_strikes));
}

void
http_strikes_free(struct http_strikes *s)
{
	memory_give(s);
}

static size_t
slot_of(const char *address)
{
	return hash_bytes(address, strlen(address)) % STRIKES_ROOM;
}

void
http_strikes_add(struct http_strikes *s, const char *address, int64_t now)
{
	struct strike *k = &s->slots[slot_of(address)];

	if (now - k->began > LIFT_MINUTE)
		*k = (struct strike){ now, 0 };
	k->count++;
}

int64_t
http_strikes_wait(const struct http_strikes *s, const char *address,
    int64_t now)
{
	const struct strike *k = &s->slots[slot_of(address)];
	int64_t left = k->began + LIFT_MINUTE - now;

	return k->count < STRIKES_MOST || left <= 0 ? 0 :
	    left / LIFT_SECOND + 1;
}
