/* Who asks, by token; without tokens, by where from. The role is checked by
 * the desk for verbs, and here for pages, by the same rule. */
#include "doors/http_parts.h"

#include <event2/util.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/memory.h"
#include "house/desk.h"

/* ---- browsers ----------------------------------------------------------- */

/* `https://shop.example` and `shop.example:8420` alike: what is behind the
 * scheme. */
static struct lift_text
authority_of(struct lift_text origin)
{
	for (size_t i = 0; i + 2 < origin.size; i++)
		if (memcmp(origin.data + i, "://", 3) == 0)
			return (struct lift_text){ origin.data + i + 3,
				origin.size - i - 3 };
	return origin;
}

bool
caller_origin(const struct http *h, struct lift_text origin)
{
	for (const char *o = h->origins; *o != '\0'; o += strlen(o) + 1)
		if (strcmp(o, "*") == 0 || (strlen(o) == origin.size &&
		    strncasecmp(o, origin.data, origin.size) == 0))
			return true;
	return false;
}

bool
caller_page(const struct exchange *x)
{
	struct lift_text host = http_head_field(&x->head, "host");
	struct lift_text origin = http_head_field(&x->head, "origin");

	return origin.data == NULL || caller_origin(x->http, origin) ||
	    (host.data != NULL && lift_text_equal(authority_of(origin),
	    host));
}

static bool
is_loopback_name(struct lift_text host)
{
	static const char *const names[] = { "localhost", "127.0.0.1",
		"[::1]" };

	for (unsigned i = 0; i < 3; i++) {
		size_t n = strlen(names[i]);
		if (host.size >= n &&
		    strncasecmp(host.data, names[i], n) == 0 &&
		    (host.size == n || host.data[n] == ':'))
			return true;
	}
	return false;
}

/* Without tokens all depends on that it is a program of this machine that
 * asks. A page in a browser here is none: it has an origin, and may have got
 * here by a name that only looks like somebody else's. */
static int
check_local(struct exchange *x, struct lift_error *err)
{
	struct lift_text host = http_head_field(&x->head, "host");
	struct lift_text origin = http_head_field(&x->head, "origin");

	if (host.data != NULL && !is_loopback_name(host)) {
		lift_fail(err, LIFT_E_DENIED, "without `tokens:` liftd answers "
		    "to localhost, 127.0.0.1 and [::1] only, not to \"%.*s\"",
		    (int)(host.size > 80 ? 80 : host.size), host.data);
		return 403;
	}
	if (!caller_page(x)) {
		lift_fail(err, LIFT_E_DENIED, "pages of \"%.*s\" may not call; "
		    "`http: { origins: [...] }` in liftd.yaml names those that "
		    "may", (int)(origin.size > 80 ? 80 : origin.size),
		    origin.data);
		return 403;
	}
	x->request.caller.role = LIFT_OPERATOR;
	snprintf(x->request.caller.actor, sizeof(x->request.caller.actor),
	    "http:%.40s", x->link->address);
	return 0;
}

/* ---- tokens ------------------------------------------------------------- */

/* `Basic` has name and password in base64; Segment's libraries send the key as
 * the name. */
static bool
basic_name(struct exchange *x, struct lift_text word, struct lift_text *ret)
{
	char *out = arena_take(x->request.arena, word.size + 4);
	unsigned bits = 0, have = 0;
	size_t n = 0;

	for (size_t i = 0; i < word.size && word.data[i] != '='; i++) {
		static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		    "abcdefghijklmnopqrstuvwxyz0123456789+/";
		const char *at = strchr(alphabet, word.data[i]);
		if (at == NULL || *at == '\0')
			return false;
		bits = bits << 6 | (unsigned)(at - alphabet);
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		out[n++] = (char)(bits >> have);
		bits &= (1U << have) - 1;
	}
	const char *colon = memchr(out, ':', n);
	*ret = (struct lift_text){ out, colon ? (size_t)(colon - out) : n };
	return ret->size > 0;
}

static bool
secret_of(struct exchange *x, struct lift_text *ret_secret)
{
	struct lift_text t = http_head_field(&x->head, "authorization");

	if (t.size > 7 && strncasecmp(t.data, "Bearer ", 7) == 0) {
		*ret_secret = (struct lift_text){ t.data + 7, t.size - 7 };
		return true;
	}
	if (t.size > 6 && strncasecmp(t.data, "Basic ", 6) == 0)
		return basic_name(x, (struct lift_text){ t.data + 6,
		    t.size - 6 }, ret_secret);
	/* A browser cannot set a field on these two. */
	return t.data == NULL && x->route->page != NULL &&
	    x->route->page->streams &&
	    exchange_query(x, "token", ret_secret);
}

static int
check_wait(struct exchange *x, struct lift_error *err)
{
	x->quota.wait = http_strikes_wait(x->http->strikes, x->link->address,
	    clock_monotonic());
	if (x->quota.wait == 0)
		return 0;
	lift_fail(err, LIFT_E_DENIED, "too many wrong tokens came from %s; "
	    "the next is looked at in %lld seconds", x->link->address,
	    (long long)x->quota.wait);
	return 429;
}

static int
check_rate(struct exchange *x, int place, struct lift_error *err)
{
	if (http_tokens_spend(x->http->tokens, place, clock_monotonic(),
	    &x->quota))
		return 0;
	lift_fail(err, LIFT_E_BUSY, "token \"%s\" may make %lld requests a "
	    "second", x->request.caller.actor + strlen("token:"),
	    (long long)x->quota.rate);
	return 429;
}

int
caller_secret(struct exchange *x, struct lift_text secret,
    struct lift_error *err)
{
	struct caller *c = &x->request.caller;
	int status = check_wait(x, err);

	if (status != 0)
		return status;
	int place = http_tokens_find(x->http->tokens, secret);
	if (place < 0) {
		http_strikes_add(x->http->strikes, x->link->address,
		    clock_monotonic());
		metric_add(x->http->wrong, 1);
		lift_fail(err, LIFT_E_DENIED, "the token is none of those in "
		    "`tokens:`");
		return 401;
	}
	x->token = place;
	snprintf(c->actor, sizeof(c->actor), "token:%s", http_tokens_name(
	    x->http->tokens, place, &c->role));
	return check_rate(x, place, err);
}

static int
check_token(struct exchange *x, struct lift_error *err)
{
	const struct http_page *page = x->route->page;
	struct lift_text secret;

	if (secret_of(x, &secret))
		return caller_secret(x, secret, err);
	if (page != NULL && (page->open || page->key_in_body)) {
		x->request.caller.role = LIFT_OBSERVER;
		strcpy(x->request.caller.actor, "nobody");
		return 0;
	}
	lift_fail(err, LIFT_E_DENIED, "a token is needed, as in "
	    "\"Authorization: Bearer SECRET\"");
	return 401;
}

int
caller_role(struct exchange *x, struct lift_error *err)
{
	const struct http_page *page = x->route->page;

	if (page == NULL || page->open ||
	    role_allows(x->request.caller.role, page->role))
		return 0;
	lift_fail(err, LIFT_E_DENIED, "%s needs the role %s, %s has %s",
	    page->route, role_name(page->role), x->request.caller.actor,
	    role_name(x->request.caller.role));
	return 403;
}

const char *
caller_source(const struct exchange *x)
{
	enum lift_role role;

	return x->token < 0 ? "http" : http_tokens_name(x->http->tokens,
	    x->token, &role);
}

int
caller_check(struct exchange *x, struct lift_error *err)
{
	int status = http_tokens_none(x->http->tokens) ?
	    check_local(x, err) : check_token(x, err);

	if (status == 0 && x->route->page != NULL &&
	    x->route->page->key_in_body && x->token < 0 &&
	    !http_tokens_none(x->http->tokens))
		return 0;	/* the page looks for it in the body */
	return status != 0 ? status : caller_role(x, err);
}
