/* Rows, signatures and answers. */
#include "couriers/webhook.h"

#include <openssl/hmac.h>

#include "base/json.h"
#include "house/feed_row.h"

enum { SAID_MOST = 200 };

void
webhook_body(struct text *t, const struct store_effect *e)
{
	feed_row_effect(t, e);
	text_add(t, e->body.data, e->body.size);
	text_byte(t, '}');
}

void
webhook_sign(struct text *t, const char *secret, int64_t seconds,
    struct lift_text body)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	struct text signed_text = { 0 };
	unsigned size = 0;

	text_form(&signed_text, "%lld.", (long long)seconds);
	text_add(&signed_text, body.data, body.size);
	HMAC(EVP_sha256(), secret, (int)strlen(secret),
	    (const unsigned char *)signed_text.data, signed_text.size, mac,
	    &size);
	text_form(t, "t=%lld,v1=", (long long)seconds);
	for (unsigned i = 0; i < size; i++)
		text_form(t, "%02x", mac[i]);
	text_done(&signed_text);
}

/* True when the body is an object with `ok` false. */
static bool
says_no(struct arena *arena, struct lift_text body, struct lift_text *ret_why)
{
	struct json_reader r = json_reader_of(body, arena);
	struct lift_text key;
	bool yes = true, ok = json_peek(&r) == JSON_OBJECT &&
	    json_enter(&r, JSON_OBJECT);

	while (ok && json_key(&r, &key)) {
		if (lift_text_equal(key, LIFT_TEXT_OF("ok")) &&
		    json_peek(&r) == JSON_FALSE)
			ok = json_take_bool(&r, &yes);
		else if (lift_text_equal(key, LIFT_TEXT_OF("error")) &&
		    json_peek(&r) == JSON_STRING)
			ok = json_take_string(&r, ret_why);
		else
			ok = json_skip(&r, NULL);
	}
	return ok && json_done(&r) && !yes;
}

bool
webhook_read(long status, struct lift_text body, bool *ret_again,
    struct lift_error *err)
{
	struct lift_text why = LIFT_TEXT_OF("");

	*ret_again = retry_status(status);
	if (status < 200 || status > 299)
		return lift_fail(err, LIFT_E_SYSTEM, "the receiver answers "
		    "%ld", status);
	struct arena *arena = arena_new();
	bool no = says_no(arena, body, &why);
	if (no && why.size > 0)
		lift_fail(err, LIFT_E_INPUT, "the receiver says no: %.*s",
		    (int)(why.size < SAID_MOST ? why.size : SAID_MOST),
		    why.data);
	else if (no)
		lift_fail(err, LIFT_E_INPUT, "the receiver says no");
	arena_free(arena);
	return !no;
}
