/* The parts of a message that are not the event's own: who, when, which id,
 * and what of the context is kept. Addresses, coordinates and device ids of
 * people are not: what is logged cannot be erased. */
#include "intake/segment.h"

#include "base/hash.h"
#include "base/instant.h"
#include "intake/mapping.h"

/* So far may two clocks be apart and count as the same. */
#define SKEW_LEAST	LIFT_SECOND

/* What is kept of a context; the rest is about a person or of no use. */
static const char *const context_kept[] = { "app", "campaign", "library",
	"locale", "os", "page", "referrer", "screen", "timezone" };

enum { CONTEXT_KEPT = sizeof(context_kept) / sizeof(context_kept[0]) };

struct reading {
	const struct segment_context *context;
	struct arena                 *arena;
	struct member                *message;
	struct lift_text              type;
	struct segment               *segment;
	struct lift_error            *err;
};

static struct lift_text
text_of(const struct reading *r, const char *name)
{
	return member_text(member_find(r->message, lift_text(name)),
	    r->arena);
}

/* ---- when ---------------------------------------------------------------- */

static bool
time_of(const struct reading *r, const char *name, struct lift_text t,
    int64_t *ret_time)
{
	if (t.size == 0 || instant_read(t, ret_time))
		return true;
	return lift_fail(r->err, LIFT_E_INPUT, "%s is \"%.*s\", must be like "
	    "\"2026-11-20T15:16:17.123Z\"", name,
	    t.size > 80 ? 80 : (int)t.size, t.data);
}

static bool
read_time(struct reading *r)
{
	int64_t received = r->context->received, time = received, sent;
	struct lift_text original = text_of(r, "originalTimestamp");
	struct lift_text sent_at = text_of(r, "sentAt");
	bool is_original = original.size > 0;

	if (!is_original)
		original = text_of(r, "timestamp");
	if (sent_at.size == 0)
		sent_at = r->context->sent_at;
	if (!time_of(r, is_original ? "originalTimestamp" : "timestamp",
	    original, &time))
		return false;
	/* A clock that cannot say when it sent is not corrected. */
	if (original.size > 0 && sent_at.size > 0 &&
	    instant_read(sent_at, &sent) &&
	    (received - sent > SKEW_LEAST || sent - received > SKEW_LEAST))
		time = received - (sent - time);
	r->segment->time = time > received ? received : time;
	return true;
}

/* ---- which and who ------------------------------------------------------- */

static void
read_id(struct reading *r, struct lift_text json)
{
	struct lift_text id = text_of(r, "messageId");
	/* A message that says when it happened is the same one if it comes
	 * again; another one may be a second like it. */
	bool dated = text_of(r, "timestamp").size > 0 ||
	    text_of(r, "originalTimestamp").size > 0;
	struct { struct hash128 h; int64_t received; uint64_t position; } in = {
		hash_wide(json.data, json.size),
		dated ? 0 : r->context->received,
		dated ? 0 : r->context->position };
	struct hash128 h = hash_wide(&in, sizeof(in));

	r->segment->id = id.size > 0 ? id : lift_text(arena_form(r->arena,
	    "s-%016llx%08llx", (unsigned long long)h.high,
	    (unsigned long long)(h.low & 0xffffffff)));
}

static bool
check_id(const struct reading *r, const char *name, struct lift_text id)
{
	if (id.size > 200)
		return lift_fail(r->err, LIFT_E_INPUT, "%s has %zu bytes, must "
		    "have at most 200", name, id.size);
	if (id.size > 0 && memchr(id.data, '\0', id.size) != NULL)
		return lift_fail(r->err, LIFT_E_INPUT, "%s holds a zero byte, "
		    "must be plain text", name);
	return true;
}

static bool
read_who(struct reading *r)
{
	struct segment *s = r->segment;
	struct lift_text anonymous = text_of(r, "anonymousId");
	bool alias = lift_text_equal(r->type, LIFT_TEXT_OF("alias"));

	s->user = text_of(r, "userId");
	s->is_known = s->user.size > 0;
	s->other = alias ? text_of(r, "previousId") : anonymous;
	if (!check_id(r, "messageId", s->id) ||
	    !check_id(r, "userId", s->user) || !check_id(r, alias ?
	    "previousId" : "anonymousId", s->other))
		return false;
	if (alias && (s->user.size == 0 || s->other.size == 0))
		return lift_fail(r->err, LIFT_E_INPUT, "alias needs a "
		    "previousId and the userId that it becomes");
	if (s->is_known)
		return true;
	s->user = s->other;
	s->other = (struct lift_text){ "", 0 };
	return s->user.size > 0 || lift_fail(r->err, LIFT_E_INPUT,
	    "userId and anonymousId are missing, must have one of them");
}

/* ---- the context --------------------------------------------------------- */

static const struct member *
context_member(struct member *own, struct member *shared, const char *name)
{
	const struct member *m = member_find(own, lift_text(name));

	return m != NULL ? m : member_find(shared, lift_text(name));
}

static struct member *
member_new(struct reading *r, const char *key, struct lift_text raw)
{
	struct member *m = arena_take(r->arena, sizeof(*m));

	m->key = lift_text(key);
	m->raw = raw;
	m->kind = JSON_OBJECT;	/* all that matters is that it is not null */
	return m;
}

static bool
is_empty(const struct member *m)
{
	return m == NULL || (m->raw.size == 2 && (m->kind == JSON_STRING ||
	    m->kind == JSON_OBJECT || m->kind == JSON_ARRAY));
}

/* The context as a property; NULL when there is nothing to keep of it. Also
 * finds the session, which RudderStack's libraries put there. */
static struct member *
read_context(struct reading *r, struct lift_text *ret_session)
{
	const struct member *m, *context = member_find(r->message,
	    LIFT_TEXT_OF("context"));
	struct member *own = NULL, *shared = NULL, *kept = NULL;
	struct text t = { 0 };
	struct lift_error err;

	if (context != NULL)
		members_read(context->raw, r->arena, &own, &err);
	if (r->context->shared.size > 0)
		members_read(r->context->shared, r->arena, &shared, &err);
	*ret_session = member_text(context_member(own, shared, "sessionId"),
	    r->arena);
	for (unsigned i = 0; i < CONTEXT_KEPT; i++) {
		m = context_member(own, shared, context_kept[i]);
		if (is_empty(m))
			continue;
		json_name(&t, context_kept[i]);
		text_add(&t, m->raw.data, m->raw.size);
	}
	if (t.size > 0)
		kept = member_new(r, "context", lift_text(arena_form(r->arena,
		    "{%.*s}", (int)t.size, t.data)));
	text_done(&t);
	return kept;
}

/* ---- events -------------------------------------------------------------- */

/* What the message has beside its properties and is kept as if it were one. */
static struct member *
read_extra(struct reading *r, struct lift_text *ret_session)
{
	static const char *const kept[] = { "event", "name", "category",
		"groupId", "traits" };
	struct member *first = read_context(r, ret_session);
	bool group = lift_text_equal(r->type, LIFT_TEXT_OF("group"));

	for (unsigned i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		/* Traits are a group's or a person's. */
		if (!group && strcmp(kept[i], "traits") == 0)
			continue;
		const struct member *m = member_find(r->message,
		    lift_text(kept[i]));
		if (is_empty(m))
			continue;
		struct member *n = member_new(r, kept[i], m->raw);
		n->next = first;
		first = n;
	}
	return first;
}

/* What the message is called: a track by its event, another by its type. */
static bool
read_name(struct reading *r, struct text *ret_word)
{
	struct lift_text name = r->type;

	if (lift_text_equal(r->type, LIFT_TEXT_OF("track"))) {
		name = text_of(r, "event");
		if (name.size == 0)
			return lift_fail(r->err, LIFT_E_INPUT, "event is "
			    "missing, must be what the shopper did, such as "
			    "\"Order Completed\"");
	}
	event_word(ret_word, name);
	return ret_word->size > 0 || lift_fail(r->err, LIFT_E_INPUT,
	    "event is \"%.*s\", must have a letter or a digit",
	    name.size > 80 ? 80 : (int)name.size, name.data);
}

static bool
has_way(struct reading *r, const struct mapping *m, enum event_field field)
{
	struct lift_texts ways = m->event->ways[field];
	struct member *top;

	for (size_t i = 0; i < ways.count; i++)
		if (member_text(member_at(m->properties, lift_text(
		    ways.items[i]), r->arena, &top), r->arena).size > 0)
			return true;
	return false;
}

static bool
event_write(struct reading *r, struct text *t, struct lift_text word)
{
	const struct member *properties = member_find(r->message,
	    LIFT_TEXT_OF("properties"));
	struct mapping m = { .arena = r->arena,
		.event = generation_event(r->context->rules, word),
		.currency = r->context->currency };
	struct lift_text session;

	if (properties != NULL && properties->kind != JSON_OBJECT)
		return lift_fail(r->err, LIFT_E_INPUT, "properties are %.*s, "
		    "must be an object", properties->raw.size > 60 ? 60 :
		    (int)properties->raw.size, properties->raw.data);
	if (properties != NULL && !members_read(properties->raw, r->arena,
	    &m.properties, r->err))
		return false;
	m.extra = read_extra(r, &session);
	text_byte(t, '{');
	json_member_text(t, "id", r->segment->id);
	json_member_text(t, "type", m.event->type.size > 0 ? m.event->type :
	    word);
	json_member_time(t, "time", r->segment->time);
	json_member_text(t, "shopper", r->segment->user);
	if (session.size > 0 && !has_way(r, &m, EVENT_SESSION))
		json_member_text(t, "session", session);
	if (!mapping_write(t, &m, r->err))
		return false;
	text_byte(t, '}');
	return true;
}

static bool
read_event(struct reading *r)
{
	struct text word = { 0 }, t = { 0 };
	bool ok = read_name(r, &word) && event_write(r, &t, text_view(&word));

	if (ok)
		r->segment->event = arena_text(r->arena, text_view(&t));
	text_done(&word);
	text_done(&t);
	return ok;
}

/* ---- who somebody is ----------------------------------------------------- */

static bool
read_identify(struct reading *r)
{
	const struct member *m = member_find(r->message,
	    LIFT_TEXT_OF("traits"));

	r->segment->kind = SEGMENT_IDENTIFY;
	if (m == NULL)
		return true;
	r->segment->traits = m->raw;
	return m->kind == JSON_OBJECT || lift_fail(r->err, LIFT_E_INPUT,
	    "traits are %.*s, must be an object",
	    m->raw.size > 60 ? 60 : (int)m->raw.size, m->raw.data);
}

static bool
read_alias(struct reading *r)
{
	r->segment->kind = SEGMENT_ALIAS;
	return true;
}

/* ---- messages ------------------------------------------------------------ */

static const struct form {
	const char *type;
	bool      (*read)(struct reading *);
} forms[] = {
	{ "alias", read_alias }, { "group", read_event },
	{ "identify", read_identify }, { "page", read_event },
	{ "screen", read_event }, { "track", read_event },
};

static const struct form *
form_find(struct reading *r)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (lift_text_equal(r->type, lift_text(forms[i].type)))
			return &forms[i];
	lift_fail(r->err, LIFT_E_INPUT, "type is \"%.*s\", must be track, "
	    "identify, page, screen, group or alias",
	    r->type.size > 60 ? 60 : (int)r->type.size, r->type.data);
	return NULL;
}

bool
segment_read(struct lift_text json, struct arena *arena,
    const struct segment_context *context, struct segment *ret_segment,
    struct lift_error *err)
{
	struct segment s = { .kind = SEGMENT_EVENT };
	struct reading r = { .context = context, .arena = arena,
		.segment = &s, .err = err, .type = context->type };

	if (json.size > SEGMENT_SIZE_MOST)
		return lift_fail(err, LIFT_E_INPUT, "the message has %zu "
		    "bytes, must have at most %d", json.size,
		    SEGMENT_SIZE_MOST);
	if (!members_read(json, arena, &r.message, err))
		return false;
	if (r.message == NULL)
		return lift_fail(err, LIFT_E_INPUT, "a message is a JSON "
		    "object with a type and a userId or an anonymousId");
	if (r.type.size == 0)
		r.type = text_of(&r, "type");
	const struct form *form = form_find(&r);
	if (form == NULL)
		return false;
	read_id(&r, json);
	if (!read_who(&r) || !read_time(&r) || !form->read(&r))
		return false;
	*ret_segment = s;
	return true;
}

bool
segment_body_read(struct lift_text json, struct arena *arena,
    struct segment_body *ret_body, struct lift_error *err)
{
	struct member *first;

	if (!members_read(json, arena, &first, err))
		return false;
	if (first == NULL)
		return lift_fail(err, LIFT_E_INPUT, "the body is a JSON object "
		    "with something in it");
	const struct member *batch = member_find(first, LIFT_TEXT_OF("batch"));
	const struct member *shared = member_find(first,
	    LIFT_TEXT_OF("context"));
	if (batch != NULL && batch->kind != JSON_ARRAY)
		return lift_fail(err, LIFT_E_INPUT, "batch is %.*s, must be a "
		    "list of messages", batch->raw.size > 60 ? 60 :
		    (int)batch->raw.size, batch->raw.data);
	*ret_body = (struct segment_body){
		.key = member_text(member_find(first,
		    LIFT_TEXT_OF("writeKey")), arena),
		.sent_at = member_text(member_find(first,
		    LIFT_TEXT_OF("sentAt")), arena),
	};
	if (shared != NULL)
		ret_body->shared = shared->raw;
	if (batch != NULL)
		ret_body->batch = batch->raw;
	return true;
}
