/* The floor of the HTTP benches: libevent's own HTTP server, which answers each
 * request with a constant and does nothing else. Prints its port. */
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>

static void
answer(struct evhttp_request *request, void *context)
{
	static const char body[] = "{\"stored\":1,\"known\":0,\"refused\":0}\n";
	struct evbuffer *out = evbuffer_new();

	(void)context;
	evhttp_add_header(evhttp_request_get_output_headers(request),
	    "Content-Type", "application/json");
	evbuffer_add(out, body, sizeof(body) - 1);
	evhttp_send_reply(request, 200, NULL, out);
	evbuffer_free(out);
}

int
main(void)
{
	struct event_base *base = event_base_new();
	struct evhttp *http = evhttp_new(base);
	struct evhttp_bound_socket *bound = evhttp_bind_socket_with_handle(
	    http, "127.0.0.1", 0);
	struct sockaddr_in a;
	socklen_t size = sizeof(a);

	signal(SIGPIPE, SIG_IGN);
	if (bound == NULL || getsockname(evhttp_bound_socket_get_fd(bound),
	    (struct sockaddr *)&a, &size) != 0)
		return 1;
	evhttp_set_gencb(http, answer, NULL);
	printf("%u\n", (unsigned)ntohs(a.sin_port));
	fflush(stdout);
	event_base_dispatch(base);
	return 0;
}
