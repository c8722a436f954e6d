/* RS256 by OpenSSL. Whoever needs a token while it is being fetched waits for
 * the one call. */
#include "couriers/google.h"

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "couriers/retry.h"

#define SCOPE "https://www.googleapis.com/auth/cloud-platform"
#define GRANT "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"

enum { FILE_MOST = 64 << 10, TOKEN_MOST = 64 << 10, EARLY_S = 240,
	LIFE_S = 3600 };

struct google {
	pthread_mutex_t   lock;
	struct arena     *arena;
	struct lift_text  email, key_id, uri, key_text, kind;
	EVP_PKEY         *key;		/* NULL: the metadata server */
	const char       *url;
	const char       *authority;
	struct post_line *line;
	struct text       token;
	int64_t           until;	/* on the monotonic clock */
};

/* ---- the file ------------------------------------------------------------ */

static bool
file_read(const char *path, struct text *t, struct lift_error *err)
{
	FILE *f = fopen(path, "re");
	size_t n = 0;

	if (f != NULL) {
		n = fread(text_room(t, FILE_MOST), 1, FILE_MOST, f);
		t->size += n;
		fclose(f);
	}
	if (n == 0 || n == FILE_MOST)
		return lift_fail(err, LIFT_E_INPUT, "the credentials in %s "
		    "cannot be read, must be a service account's file in JSON",
		    path);
	return true;
}

static bool
file_parse(struct google *g, struct lift_text text)
{
	static const char *const names[] = { "type", "client_email",
		"private_key_id", "private_key", "token_uri" };
	struct lift_text *const to[] = { &g->kind, &g->email, &g->key_id,
		&g->key_text, &g->uri };
	struct json_reader r = json_reader_of(text, g->arena);
	struct lift_text key;
	bool ok = json_enter(&r, JSON_OBJECT);

	while (ok && json_key(&r, &key)) {
		size_t i = 0;
		while (i < 5 && !lift_text_equal(key, lift_text(names[i])))
			i++;
		ok = i < 5 && json_peek(&r) == JSON_STRING ?
		    json_take_string(&r, to[i]) : json_skip(&r, NULL);
		if (ok && i < 5)
			*to[i] = arena_text(g->arena, *to[i]);
	}
	return ok && json_done(&r) && g->email.size > 0 &&
	    lift_text_equal(g->kind, LIFT_TEXT_OF("service_account"));
}

static void
host_of(const char *url, char room[256])
{
	CURLU *u = curl_url();
	char *host = NULL;

	room[0] = '\0';
	if (curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK)
		snprintf(room, 256, "%s", host);
	curl_free(host);
	curl_url_cleanup(u);
}

/* A file from elsewhere could name a server that collects assertions. */
static bool
is_trusted(const char *url, const char *endpoint)
{
	static const char google[] = ".googleapis.com";
	char host[256], own[256];

	host_of(url, host);
	host_of(endpoint, own);
	size_t size = strlen(host), tail = sizeof(google) - 1;
	if (!post_is_safe(url))
		return false;
	return (size > tail && strcmp(host + size - tail, google) == 0) ||
	    (own[0] != '\0' && strcmp(host, own) == 0);
}

static bool
file_use(struct google *g, const char *path, const char *endpoint,
    struct lift_error *err)
{
	struct text t = { 0 };
	bool ok = file_read(path, &t, err);

	if (ok && !file_parse(g, text_view(&t)))
		ok = lift_fail(err, LIFT_E_INPUT, "the credentials in %s are "
		    "not those of a service account", path);
	OPENSSL_cleanse(t.data, t.size);
	text_done(&t);
	if (!ok)
		return false;
	if (g->uri.size == 0)
		g->uri = LIFT_TEXT_OF("https://oauth2.googleapis.com/token");
	g->url = arena_copy(g->arena, g->uri.data, g->uri.size);
	BIO *pem = BIO_new_mem_buf(g->key_text.data, (int)g->key_text.size);
	g->key = PEM_read_bio_PrivateKey(pem, NULL, NULL, NULL);
	BIO_free(pem);
	if (g->key == NULL)
		return lift_fail(err, LIFT_E_INPUT, "the private key in %s "
		    "cannot be read, must be PEM", path);
	if (!is_trusted(g->url, endpoint))
		return lift_fail(err, LIFT_E_INPUT, "the token_uri in %s is "
		    "\"%s\", must be https at googleapis.com or at the host of "
		    "`endpoint:`", path, g->url);
	return true;
}

static void
metadata_use(struct google *g)
{
	const char *host = getenv("GCE_METADATA_HOST");

	g->url = arena_form(g->arena, "http://%s/computeMetadata/v1/instance/"
	    "service-accounts/default/token?scopes=" SCOPE,
	    host != NULL && *host != '\0' ? host : "169.254.169.254");
}

struct google *
google_new(const char *path, const char *endpoint, const char *authority,
    struct lift_error *err)
{
	struct google *g = memory_take(sizeof(*g));

	pthread_mutex_init(&g->lock, NULL);
	g->arena = arena_new();
	g->authority = arena_string(g->arena, authority);
	g->line = post_line_new();
	if (path[0] == '\0') {
		metadata_use(g);
	} else if (!file_use(g, path, endpoint, err)) {
		google_free(g);
		return NULL;
	}
	return g;
}

void
google_free(struct google *g)
{
	if (g == NULL)
		return;
	EVP_PKEY_free(g->key);
	post_line_free(g->line);
	if (g->token.data != NULL)
		OPENSSL_cleanse(g->token.data, g->token.size);
	text_done(&g->token);
	arena_free(g->arena);
	pthread_mutex_destroy(&g->lock);
	memory_give(g);
}

/* ---- the assertion ------------------------------------------------------- */

static void
base64url(struct text *t, const void *data, size_t size)
{
	char *room = text_room(t, (size + 2) / 3 * 4 + 1);
	int n = EVP_EncodeBlock((unsigned char *)room, data, (int)size);

	while (n > 0 && room[n - 1] == '=')
		n--;
	for (int i = 0; i < n; i++)
		room[i] = room[i] == '+' ? '-' : room[i] == '/' ? '_' : room[i];
	t->size += (size_t)n;
	room[n] = '\0';
}

static bool
rs256(EVP_PKEY *key, struct lift_text what, struct text *to)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char mark[1024];
	size_t size = sizeof(mark);
	bool ok = EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestSign(ctx, mark, &size, (const unsigned char *)what.data,
	    what.size) == 1;

	EVP_MD_CTX_free(ctx);
	if (ok)
		base64url(to, mark, size);
	return ok;
}

bool
google_jwt(const struct google *g, int64_t seconds, struct text *t)
{
	struct text head = { 0 }, claims = { 0 };
	size_t from = t->size;

	text_byte(&head, '{');
	json_member_string(&head, "alg", "RS256");
	json_member_string(&head, "typ", "JWT");
	if (g->key_id.size > 0)
		json_member_text(&head, "kid", g->key_id);
	text_byte(&head, '}');
	text_byte(&claims, '{');
	json_member_text(&claims, "iss", g->email);
	json_member_string(&claims, "scope", SCOPE);
	json_member_text(&claims, "aud", g->uri);
	json_member_whole(&claims, "iat", seconds);
	json_member_whole(&claims, "exp", seconds + LIFE_S);
	text_byte(&claims, '}');
	base64url(t, head.data, head.size);
	text_byte(t, '.');
	base64url(t, claims.data, claims.size);
	struct text to_sign = { 0 };
	text_add(&to_sign, t->data + from, t->size - from);
	text_byte(t, '.');
	bool ok = g->key != NULL && rs256(g->key, text_view(&to_sign), t);
	text_done(&to_sign);
	text_done(&head);
	text_done(&claims);
	return ok;
}

/* ---- the token ----------------------------------------------------------- */

static bool
token_take(struct google *g, struct lift_text body)
{
	struct arena *arena = arena_new();
	struct json_reader r = json_reader_of(body, arena);
	struct lift_text key, token = { "", 0 }, digits;
	int64_t life = 0;
	bool ok = json_enter(&r, JSON_OBJECT);

	while (ok && json_key(&r, &key)) {
		if (lift_text_equal(key, LIFT_TEXT_OF("access_token")))
			ok = json_take_string(&r, &token);
		else if (lift_text_equal(key, LIFT_TEXT_OF("expires_in")))
			ok = json_take_number(&r, &digits) &&
			    json_whole(digits, &life);
		else
			ok = json_skip(&r, NULL);
	}
	ok = ok && json_done(&r) && token.size > 0;
	if (ok) {
		text_clear(&g->token);
		text_add(&g->token, token.data, token.size);
		int64_t left = life > 2 * EARLY_S ? life - EARLY_S : life / 2;
		g->until = clock_monotonic() + left * LIFT_SECOND;
	}
	arena_free(arena);
	return ok;
}

static bool
token_fetch(struct google *g, const post_end *end, bool *ret_again,
    struct lift_error *err)
{
	static const char *const form[] = {
		"Content-Type: application/x-www-form-urlencoded", NULL };
	static const char *const flavor[] = { "Metadata-Flavor: Google", NULL };
	bool meta = g->key == NULL;
	struct text body = { 0 };
	struct post_answer a;

	text_string(&body, "grant_type=" GRANT "&assertion=");
	if (!meta && !google_jwt(g, clock_now() / LIFT_SECOND, &body)) {
		text_done(&body);
		*ret_again = false;
		return lift_fail(err, LIFT_E_INPUT,
		    "the service account's key does not sign");
	}
	struct post_request p = { .url = g->url,
		.headers = meta ? flavor : form, .body = text_view(&body),
		.reads = meta, .direct = meta,
		.timeout = (meta ? 3 : 20) * LIFT_SECOND, .most = TOKEN_MOST,
		.authority = g->authority, .end = end };
	post_send(g->line, &p, &a);
	*ret_again = a.result == POST_UNREACHED || a.result == POST_ENDED ||
	    (a.result == POST_ANSWERED && retry_status(a.status));
	bool ok = a.result == POST_ANSWERED && a.status == 200 &&
	    token_take(g, text_view(&a.body));
	if (!ok && a.result == POST_ANSWERED)
		lift_fail(err, LIFT_E_DENIED, "no token for the model: the "
		    "token endpoint answers %ld", a.status);
	else if (!ok)
		lift_fail(err, a.error.code, "no token for the model: %.300s",
		    a.error.text);
	text_done(&a.body);
	text_done(&body);
	return ok;
}

bool
google_token(struct google *g, const post_end *end, struct text *t,
    bool *ret_again, struct lift_error *err)
{
	bool ok = true;

	pthread_mutex_lock(&g->lock);
	if (g->token.size == 0 || clock_monotonic() >= g->until)
		ok = token_fetch(g, end, ret_again, err);
	if (ok)
		text_add(t, g->token.data, g->token.size);
	pthread_mutex_unlock(&g->lock);
	return ok;
}

void
google_forget(struct google *g)
{
	pthread_mutex_lock(&g->lock);
	text_clear(&g->token);
	pthread_mutex_unlock(&g->lock);
}
