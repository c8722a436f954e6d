/* Calls: a verb with its arguments, from an entry, a hook or a question. */
#include "engine/engine_parts.h"

#include "base/json.h"

struct lift_value
call_argument(const struct lift_call *call, unsigned place)
{
	return place < call->count ? call->values[place] : LIFT_VALUE_NULL;
}

const struct lift_entry *
call_entry(const struct lift_call *call)
{
	return call->entry;
}

static void
reply_value(struct lift_call *call, const struct lift_value *v)
{
	if (v->type == LIFT_PRODUCT || v->type == LIFT_PROMOTION)
		json_string(call->rows, world_name(call->world,
		    (enum lift_type)v->type, v->id));
	else
		value_write(call->rows, v);
}

void
call_reply(struct lift_call *call, const char *const *names,
    const struct lift_value *values, unsigned count)
{
	if (call->rows == NULL)
		return;
	text_byte(call->rows, '{');
	for (unsigned i = 0; i < count; i++) {
		json_name(call->rows, names[i]);
		reply_value(call, &values[i]);
	}
	text_string(call->rows, "}\n");
}

/* A verb's answer is a plugin's word: "no" without a sentence gets one, and a
 * sentence beside "yes" is dropped. */
static bool
verb_run(const struct lift_verb *v, void *self, struct lift_call *call,
    struct lift_error *err)
{
	err->code = LIFT_E_NONE;
	if (v->run(self, call, err)) {
		err->code = LIFT_E_NONE;
		return true;
	}
	if (err->code == LIFT_E_NONE)
		lift_fail(err, LIFT_E_BUG,
		    "\"%s\" was not done and does not say why", v->name);
	return false;
}

bool
call_run(struct engine *en, const struct vocabulary_verb *v,
    struct lift_call *call, struct lift_error *err)
{
	if (v->outside)
		return lift_fail(err, LIFT_E_USAGE,
		    "\"%s\" works on the daemon, not on the log",
		    v->verb->name);
	if (v->verb->acts)
		en->told[v->plugin + 1] = en->seq;
	if (v->plugin < 0)
		return verb_run(v->verb, en, call, err);
	void *self = en->seats[v->plugin].self;
	if (self == NULL) {
		lift_fail(err, LIFT_E_BUSY, "plugin \"%s\" is not running, "
		    "see `liftctl plugins list`", v->owner);
		err->again = true;
		return false;
	}
	return verb_run(v->verb, self, call, err);
}

bool
engine_ask(struct engine *en, const struct vocabulary_verb *v,
    const struct lift_value *values, struct text *rows, struct lift_error *err)
{
	struct lift_call call = { NULL, values,
		fields_count(v->verb->arguments), rows, en->world };

	if (v->verb->acts)
		return lift_fail(err, LIFT_E_BUG,
		    "\"%s\" acts, it is called by an entry", v->verb->name);
	return call_run(en, v, &call, err);
}

const struct vocabulary_verb *
verb_find(const struct engine *en, struct lift_text name)
{
	for (size_t i = 0; i < en->vocabulary.verb_count; i++)
		if (lift_text_equal(name, lift_text(en->verbs[i].verb->name)))
			return &en->verbs[i];
	return NULL;
}

/* Reads `{"verb": ..., "arguments": {...}, ...}`; who called and through which
 * door stands there for the audit and is passed over. */
static const struct vocabulary_verb *
body_read(struct engine *en, struct lift_text body, struct lift_value *values,
    struct lift_error *err)
{
	struct json_reader r = json_reader_of(body, en->scratch);
	struct lift_text key, name = { "", 0 }, raw = LIFT_TEXT_OF("{}");

	if (!json_enter(&r, JSON_OBJECT)) {
		lift_fail(err, LIFT_E_INPUT, "the call is no JSON object");
		return NULL;
	}
	while (json_key(&r, &key)) {
		bool ok = lift_text_equal(key, LIFT_TEXT_OF("verb")) ?
		    json_take_string(&r, &name) : lift_text_equal(key,
		    LIFT_TEXT_OF("arguments")) ? json_skip(&r, &raw) :
		    json_skip(&r, NULL);
		if (!ok)
			break;
	}
	const struct vocabulary_verb *v = verb_find(en, name);
	if (v == NULL) {
		lift_fail(err, LIFT_E_MISSING, "there is no verb \"%.*s\"",
		    (int)name.size, name.data);
		return NULL;
	}
	r = json_reader_of(raw, en->scratch);
	return arguments_take(&r, v->verb->arguments, values, err) ? v : NULL;
}

void
call_fold(struct engine *en, struct lift_entry *e)
{
	struct lift_value values[ARGUMENTS_MOST];
	struct lift_error err = { 0 };
	struct text rows = { 0 };
	struct engine_result result = { .entry = e };

	en->scratch_used = true;
	const struct vocabulary_verb *v = body_read(en, e->body, values, &err);
	if (v != NULL && v->outside) {
		if (!en->muted && en->outside.outside_call != NULL)
			en->outside.outside_call(en->outside.context, e, v,
			    values);
		return;
	}
	struct lift_call call = { e, values,
		v ? fields_count(v->verb->arguments) : 0, &rows, en->world };
	if (v != NULL)
		call_run(en, v, &call, &err);
	effects_drain(en);
	result.error = err.code != LIFT_E_NONE ? &err : NULL;
	result.rows = text_view(&rows);
	if (en->outside.called != NULL)
		en->outside.called(en->outside.context, &result);
	text_done(&rows);
}
