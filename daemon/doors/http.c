/* The HTTP door itself: its address, who may connect, its time, and the end. */
#include "doors/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/thread.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/logger.h"
#include "base/memory.h"
#include "doors/http_live.h"
#include "house/house_parts.h"

enum { BACKLOG = 1024, SWEEPS = 10 /* until each was looked at */ };

/* ---- the address --------------------------------------------------------- */

/* libevent's own reader of addresses takes no port of 0, which is any. */
static bool
address_read(const char *listen, struct sockaddr_storage *ret, int *ret_size,
    struct lift_error *err)
{
	const char *colon = strrchr(listen, ':');
	char host[80] = "", *end = NULL;
	unsigned long port = 0;

	if (colon != NULL && (size_t)(colon - listen) < sizeof(host)) {
		memcpy(host, listen, (size_t)(colon - listen));
		port = strtoul(colon + 1, &end, 10);
	}
	*ret_size = (int)sizeof(*ret);
	if (end == NULL || end == colon + 1 || *end != '\0' || port > 65535 ||
	    evutil_parse_sockaddr_port(host, (struct sockaddr *)ret,
	    ret_size) != 0)
		return lift_fail(err, LIFT_E_INPUT, "listen is \"%s\", must "
		    "be a number and a port such as 127.0.0.1:8420 or "
		    "[::1]:8420", listen);
	if (ret->ss_family == AF_INET6)
		((struct sockaddr_in6 *)ret)->sin6_port =
		    htons((uint16_t)port);
	else
		((struct sockaddr_in *)ret)->sin_port = htons((uint16_t)port);
	return true;
}

static bool
is_loopback(const struct sockaddr *a)
{
	const struct sockaddr_in *four = (const void *)a;
	const struct sockaddr_in6 *six = (const void *)a;

	if (a->sa_family == AF_INET)
		return ntohl(four->sin_addr.s_addr) >> 24 == 127;
	return a->sa_family == AF_INET6 &&
	    IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

static void
address_write(const struct sockaddr *a, char *to, size_t room, bool port)
{
	char host[INET6_ADDRSTRLEN] = "?";
	const struct sockaddr_in *four = (const void *)a;
	const struct sockaddr_in6 *six = (const void *)a;
	bool is_six = a->sa_family == AF_INET6;

	evutil_inet_ntop(a->sa_family, is_six ? (const void *)&six->sin6_addr :
	    (const void *)&four->sin_addr, host, sizeof(host));
	if (!port)
		snprintf(to, room, "%s", host);
	else
		snprintf(to, room, is_six ? "[%s]:%u" : "%s:%u", host,
		    (unsigned)ntohs(is_six ? six->sin6_port : four->sin_port));
}

/* ---- TLS ----------------------------------------------------------------- */

static bool
tls_fail(const char *what, const char *path, struct lift_error *err)
{
	const char *why = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return lift_fail(err, LIFT_E_INPUT, "%s \"%s\" cannot be used: %s",
	    what, path, why != NULL ? why : "it is no file in PEM");
}

static bool
tls_make(const struct http_settings *s, SSL_CTX **ret_tls,
    struct lift_error *err)
{
	*ret_tls = NULL;
	if (*s->certificate == '\0' && *s->key == '\0')
		return true;
	if (*s->certificate == '\0' || *s->key == '\0')
		return lift_fail(err, LIFT_E_INPUT, "http.certificate and "
		    "http.key belong together, only one is given");
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	bool ok = false;
	SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
	if (SSL_CTX_use_certificate_chain_file(tls, s->certificate) != 1)
		tls_fail("http.certificate", s->certificate, err);
	else if (SSL_CTX_use_PrivateKey_file(tls, s->key,
	    SSL_FILETYPE_PEM) != 1)
		tls_fail("http.key", s->key, err);
	else if (SSL_CTX_check_private_key(tls) != 1)
		tls_fail("http.key is not that of http.certificate:", s->key,
		    err);
	else
		ok = true;
	if (ok)
		*ret_tls = tls;
	else
		SSL_CTX_free(tls);
	return ok;
}

/* ---- connections --------------------------------------------------------- */

static void
turn_away(evutil_socket_t fd)
{
	static const char body[] = "{\"type\":\"about:blank\",\"title\":"
	    "\"Service Unavailable\",\"status\":503,\"detail\":\"as many are "
	    "connected as http.connections in liftd.yaml allows; try again "
	    "later\"}\n";
	char answer[512];
	int size = snprintf(answer, sizeof(answer), "HTTP/1.1 503 Service "
	    "Unavailable\r\nContent-Type: application/problem+json\r\n"
	    "Connection: close\r\nRetry-After: 5\r\nContent-Length: %zu\r\n"
	    "\r\n%s", sizeof(body) - 1, body);
	ssize_t n = write(fd, answer, (size_t)size);

	(void)n;
	evutil_closesocket(fd);
}

static void
accepted(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *address, int size, void *context)
{
	struct http *h = context;
	char name[48];

	(void)listener;
	(void)size;
	if ((int64_t)h->count >= h->limits.connections) {
		metric_add(h->refusals, 1);
		if (h->tls != NULL)
			evutil_closesocket(fd);
		else
			turn_away(fd);
		return;
	}
	address_write(address, name, sizeof(name), false);
	link_new(h, fd, name, is_loopback(address));
}

/* Most likely no descriptor is left: the next sweep tries again. */
static void
accept_failed(struct evconnlistener *listener, void *context)
{
	(void)context;
	logger_line(LIFT_WARNING, "http", "no connection can be taken: %s",
	    strerror(errno));
	evconnlistener_disable(listener);
}

static void
on_sweep(evutil_socket_t fd, short what, void *context)
{
	struct http *h = context;
	int64_t now = clock_monotonic();
	struct link *l;

	(void)fd;
	(void)what;
	/* A part of them at a time: there may be very many. */
	for (size_t n = h->count / SWEEPS + 1; n > 0 && h->count > 0; n--) {
		l = TAILQ_FIRST(&h->links);
		TAILQ_REMOVE(&h->links, l, link);
		TAILQ_INSERT_TAIL(&h->links, l, link);
		link_watch(l, now);
	}
	if (h->listener != NULL)
		evconnlistener_enable(h->listener);
}

/* ---- beginning and end --------------------------------------------------- */

static bool
http_listen(struct http *h, const struct sockaddr_storage *a, int size,
    struct lift_error *err)
{
	struct sockaddr_storage got;
	socklen_t room = sizeof(got);

	h->listener = evconnlistener_new_bind(h->base, accepted, h,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE,
	    BACKLOG, (const struct sockaddr *)a, size);
	if (h->listener == NULL)
		return lift_fail(err, LIFT_E_SYSTEM, "liftd cannot listen on "
		    "%s: %s; `listen:` in liftd.yaml names another address, or "
		    "none", h->address, strerror(errno));
	evconnlistener_set_error_cb(h->listener, accept_failed);
	if (getsockname(evconnlistener_get_fd(h->listener),
	    (struct sockaddr *)&got, &room) == 0)
		address_write((struct sockaddr *)&got, h->address,
		    sizeof(h->address), true);
	return true;
}

static void
http_measure(struct http *h)
{
	h->metrics = h->house->metrics;
	h->connections = metric_of(h->metrics, METRIC_GAUGE,
	    "http_connections", NULL, "open connections");
	h->refusals = metric_of(h->metrics, METRIC_COUNTER,
	    "http_refused_total", NULL, "requests and connections that had no "
	    "route, no room or no sense");
	h->wrong = metric_of(h->metrics, METRIC_COUNTER,
	    "http_wrong_tokens_total", NULL, "tokens that are none of ours");
}

static char *
origins_pack(const struct lift_texts *texts)
{
	struct text t = { 0 };

	for (size_t i = 0; i < texts->count; i++)
		text_add(&t, texts->items[i], strlen(texts->items[i]) + 1);
	text_byte(&t, '\0');
	return t.data;
}

/* Whoever came with a token has its place in the list that is used now. */
static void
tokens_use(struct http *h, struct http_tokens *tokens)
{
	struct http_tokens *was = h->tokens;
	struct link *l;

	h->tokens = tokens;
	TAILQ_FOREACH(l, &h->links, link)
		if (l->exchange != NULL)
			l->exchange->token = http_tokens_place(tokens, was,
			    l->exchange->token);
	live_tokens(h->live, was);
	http_tokens_free(was);
}

bool
http_change(struct http *h, const struct http_settings *s,
    struct lift_error *err)
{
	struct http_tokens *tokens = http_tokens_new(s->tokens,
	    s->token_count, err);
	SSL_CTX *tls;

	if (tokens == NULL)
		return false;
	if (http_tokens_none(tokens) && !h->loopback) {
		lift_fail(err, LIFT_E_INPUT, "listen is \"%s\", which others "
		    "can reach, and there are no `tokens:`; give some, or "
		    "listen on 127.0.0.1", h->address);
		http_tokens_free(tokens);
		return false;
	}
	if (!tls_make(s, &tls, err)) {
		http_tokens_free(tokens);
		return false;
	}
	tokens_use(h, tokens);
	if (h->tls != NULL)
		SSL_CTX_free(h->tls);
	memory_give(h->origins);
	h->tls = tls;
	h->origins = origins_pack(&s->origins);
	h->limits = *s;
	return true;
}

struct http *
http_new(struct house *house, struct event_base *base,
    const struct http_settings *s, struct lift_error *err)
{
	static const struct timeval often = { 0, 500000 / SWEEPS };
	struct sockaddr_storage a;
	int size;

	if (!address_read(s->listen, &a, &size, err))
		return NULL;
	struct http *h = memory_take(sizeof(*h));
	h->house = house;
	h->base = base;
	h->loopback = is_loopback((struct sockaddr *)&a);
	h->strikes = http_strikes_new();
	h->again = http_again_new();
	TAILQ_INIT(&h->links);
	snprintf(h->address, sizeof(h->address), "%s", s->listen);
	http_measure(h);
	if (!http_change(h, s, err) || !http_listen(h, &a, size, err)) {
		http_free(h);
		return NULL;
	}
	h->sweep = event_new(base, -1, EV_PERSIST, on_sweep, h);
	event_add(h->sweep, &often);
	return h;
}

const char *
http_address(const struct http *h)
{
	return h->address;
}

void
http_stop(struct http *h)
{
	struct link *l;

	if (h == NULL || h->stopped != 0)
		return;
	h->stopped = clock_monotonic();
	if (h->listener != NULL)
		evconnlistener_free(h->listener);
	h->listener = NULL;
	live_stop(h->live);
	TAILQ_FOREACH(l, &h->links, link)
		link_later(l);
}

bool
http_idle(const struct http *h)
{
	const struct link *l;

	if (h == NULL)
		return true;
	TAILQ_FOREACH(l, &h->links, link)
		if (link_is_busy(l))
			return false;
	return live_idle(h->live);
}

void
http_free(struct http *h)
{
	if (h == NULL)
		return;
	while (!TAILQ_EMPTY(&h->links))
		link_free(TAILQ_FIRST(&h->links));
	live_free(h->live);
	if (h->listener != NULL)
		evconnlistener_free(h->listener);
	if (h->sweep != NULL)
		event_free(h->sweep);
	routes_free(h);
	http_tokens_free(h->tokens);
	http_strikes_free(h->strikes);
	http_again_free(h->again);
	if (h->tls != NULL)
		SSL_CTX_free(h->tls);
	memory_give(h->origins);
	memory_give(h);
}
