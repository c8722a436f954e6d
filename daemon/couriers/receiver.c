/* A call of a webhook. Its id travels along, so that a receiver that gets an
 * effect twice can tell. */
#include "couriers/receiver.h"

#include "base/clock.h"
#include "couriers/webhook.h"

enum { ANSWER_MOST = 64 << 10, WAIT_MOST_S = 300 };

static void
judge(struct load *l, const struct post_answer *a)
{
	bool again;

	l->wait = a->retry_after < WAIT_MOST_S * LIFT_SECOND ?
	    a->retry_after : WAIT_MOST_S * LIFT_SECOND;
	l->halts = true;
	if (a->result == POST_ENDED || a->result == POST_WRONG) {
		l->verdict = a->result == POST_ENDED ? LOAD_ENDED : LOAD_LOST;
		l->error = a->error;
	} else if (a->result != POST_ANSWERED) {
		/* A certificate too is renewed one day. */
		l->verdict = LOAD_AGAIN;
		l->error = a->error;
	} else if (webhook_read(a->status, text_view(&a->body), &again,
	    &l->error)) {
		l->verdict = LOAD_CARRIED;
	} else {
		l->trouble = a->status < 200 || a->status > 299;
		l->verdict = again ? LOAD_AGAIN : LOAD_LOST;
	}
}

static void
receiver_carry(void *self, struct load *l)
{
	const struct webhook_settings *s = self;
	struct text body = { 0 }, key = { 0 }, mark = { 0 };
	struct post_answer a;

	webhook_body(&body, &l->effect);
	text_form(&key, "Idempotency-Key: %.*s", (int)l->effect.id.size,
	    l->effect.id.data);
	text_string(&mark, "X-Liftd-Signature: ");
	if (s->secret[0] != '\0')
		webhook_sign(&mark, s->secret, clock_now() / LIFT_SECOND,
		    text_view(&body));
	const char *headers[] = { "Content-Type: application/json", key.data,
		s->secret[0] != '\0' ? mark.data : NULL, NULL };
	struct post_request p = { .url = s->url, .headers = headers,
		.body = text_view(&body), .cuts = true, .timeout = s->timeout,
		.most = ANSWER_MOST, .authority = s->authority,
		.end = l->end };
	post_send(l->line, &p, &a);
	judge(l, &a);
	text_done(&a.body);
	text_done(&mark);
	text_done(&key);
	text_done(&body);
}

struct carrier
receiver_carrier(const struct webhook_settings *s)
{
	return (struct carrier){ .self = (void *)s, .carry = s != NULL ?
		receiver_carry : NULL, .absent =
		"liftd.yaml has no webhook with `requests: true`" };
}
