/* Blocking libcurl, a handle a line. */
#include "couriers/post.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <strings.h>

#include "base/clock.h"
#include "base/memory.h"

enum { CONNECT_MS = 10000 };

struct post_line {
	CURL *curl;
};

/* A call that is being made. */
struct under_way {
	struct post_line   *line;
	const struct post_request  *post;
	struct post_answer *answer;
	bool                is_long;
};

/* ---- where it goes ------------------------------------------------------- */

static CURLU *
url_parse(const char *url)
{
	CURLU *u = curl_url();

	if (u != NULL && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK)
		return u;
	curl_url_cleanup(u);
	return NULL;
}

static void
url_part(CURLU *u, CURLUPart part, char room[256])
{
	char *value = NULL;

	room[0] = '\0';
	if (u != NULL && curl_url_get(u, part, &value, 0) == CURLUE_OK)
		snprintf(room, 256, "%s", value);
	curl_free(value);
}

bool
post_is_url(const char *url)
{
	CURLU *u = url_parse(url);
	char scheme[256], host[256];

	url_part(u, CURLUPART_SCHEME, scheme);
	url_part(u, CURLUPART_HOST, host);
	curl_url_cleanup(u);
	return host[0] != '\0' && (strcmp(scheme, "https") == 0 ||
	    strcmp(scheme, "http") == 0);
}

bool
post_is_safe(const char *url)
{
	CURLU *u = url_parse(url);
	char scheme[256], host[256];

	url_part(u, CURLUPART_SCHEME, scheme);
	url_part(u, CURLUPART_HOST, host);
	curl_url_cleanup(u);
	return strcmp(scheme, "https") == 0 || strcmp(host, "localhost") == 0 ||
	    strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0;
}

/* ---- the call ------------------------------------------------------------ */

static size_t
on_body(char *data, size_t one, size_t size, void *context)
{
	struct under_way *w = context;
	struct text *body = &w->answer->body;
	size_t left = w->post->most - body->size;

	(void)one;
	if (size > left && !w->post->cuts) {
		w->is_long = true;
		return 0;
	}
	text_add(body, data, size < left ? size : left);
	return size;
}

/* Asked at least once a second while a call is under way. */
static int
on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c,
    curl_off_t d)
{
	struct under_way *w = context;
	int64_t end = w->post->end != NULL ? atomic_load(w->post->end) : 0;

	(void)a;
	(void)b;
	(void)c;
	(void)d;
	if (end == 0 || clock_monotonic() < end)
		return 0;
	/* A resolver that still waits is not waited for. */
	curl_easy_setopt(w->line->curl, CURLOPT_QUICK_EXIT, 1L);
	return 1;
}

static enum post_result
result_of(CURLcode code, const struct under_way *w)
{
	if (w->is_long)
		return POST_LONG;
	switch (code) {
	case CURLE_OK:
		return POST_ANSWERED;
	case CURLE_ABORTED_BY_CALLBACK:
		return POST_ENDED;
	case CURLE_PEER_FAILED_VERIFICATION: case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CACERT_BADFILE: case CURLE_SSL_ISSUER_ERROR:
		return POST_UNSAFE;
	case CURLE_URL_MALFORMAT: case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_OUT_OF_MEMORY: case CURLE_BAD_FUNCTION_ARGUMENT:
		return POST_WRONG;
	default:
		return POST_UNREACHED;
	}
}

static void
result_say(struct post_answer *a, const struct post_request *p,
    CURLcode code, const char *detail)
{
	CURLU *u = url_parse(p->url);
	const char *why = detail[0] != '\0' ? detail : curl_easy_strerror(code);
	char host[256];

	url_part(u, CURLUPART_HOST, host);
	curl_url_cleanup(u);
	if (a->result == POST_LONG)
		lift_fail(&a->error, LIFT_E_INPUT, "the answer of %s is longer "
		    "than %zu bytes", host, p->most);
	else if (a->result == POST_ENDED)
		lift_fail(&a->error, LIFT_E_BUSY, "the call to %s was given up "
		    "because liftd stops", host);
	else if (code == CURLE_OPERATION_TIMEDOUT)
		lift_fail(&a->error, LIFT_E_LATE, "%s did not answer within "
		    "%.3g s", host, (double)p->timeout / LIFT_SECOND);
	else
		lift_fail(&a->error, LIFT_E_SYSTEM, "%s cannot be %s: %s", host,
		    a->result == POST_UNSAFE ? "trusted" : "reached", why);
}

static struct curl_slist *
headers_list(const struct post_request *p)
{
	struct curl_slist *list = NULL;

	for (size_t i = 0; p->headers != NULL && p->headers[i] != NULL; i++)
		list = curl_slist_append(list, p->headers[i]);
	/* Nobody waits for a "100 Continue". */
	return curl_slist_append(list, "Expect:");
}

static void
options_set(CURL *c, const struct post_request *p, struct under_way *w)
{
	curl_easy_setopt(c, CURLOPT_URL, p->url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "liftd/" PACKAGE_VERSION);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS,
	    (long)(p->timeout / LIFT_MILLI));
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, w);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, w);
	if (p->direct)
		curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
	if (p->authority != NULL && p->authority[0] != '\0')
		curl_easy_setopt(c, CURLOPT_CAINFO, p->authority);
	if (p->reads)
		return;
	curl_easy_setopt(c, CURLOPT_POST, 1L);
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, p->body.data);
	curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
	    (curl_off_t)p->body.size);
}

void
post_send(struct post_line *line, const struct post_request *p,
    struct post_answer *a)
{
	struct under_way w = { line, p, a, false };
	struct curl_slist *headers = headers_list(p);
	char detail[CURL_ERROR_SIZE] = "";
	curl_off_t wait = 0;
	CURL *c = line->curl;

	*a = (struct post_answer){ .result = POST_WRONG };
	curl_easy_reset(c);
	options_set(c, p, &w);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, detail);
	CURLcode code = curl_easy_perform(c);
	a->result = result_of(code, &w);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &a->status);
	curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &wait);
	a->retry_after = wait > 0 && wait < 1000000 ? wait * LIFT_SECOND : 0;
	if (a->result != POST_ANSWERED)
		result_say(a, p, code, detail);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, NULL);
	curl_slist_free_all(headers);
}

struct post_line *
post_line_new(void)
{
	struct post_line *line = memory_take(sizeof(*line));

	line->curl = curl_easy_init();
	if (line->curl == NULL)
		abort();
	return line;
}

void
post_line_free(struct post_line *line)
{
	if (line == NULL)
		return;
	curl_easy_cleanup(line->curl);
	memory_give(line);
}
