/* From the YAML of a test case to events and expectations. An event becomes
 * the JSON that a shop would send, so that what is wrong with it is said in
 * the words that a shop would read. */
#include "replay/ruletest_parts.h"

#include "base/instant.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/money.h"

struct test_row {
	const char *name, *start;
	int         mode;
	int64_t     after;
	const void *given, *events, *expect;
};

static const char *const test_modes[] = { "written", "act", NULL };

static const struct lift_option test_options[] = {
	LIFT_OPTION_TEXT(struct test_row, name,
	    .meaning = "what the rules promise, in a sentence"),
	LIFT_OPTION_TEXT(struct test_row, start,
	    .fallback = "2026-01-05T09:00:00Z",
	    .meaning = "when the test begins"),
	LIFT_OPTION_CHOICE(struct test_row, mode, .fallback = "written",
	    .choices = test_modes,
	    .meaning = "act makes hooks act that are in shadow or alert"),
	{ .name = "given", .kind = LIFT_OPTION_ANY, .fallback = "{}",
	  .offset = offsetof(struct test_row, given),
	  .meaning = "the products and promotions there are" },
	{ .name = "events", .kind = LIFT_OPTION_ANY, .fallback = "[]",
	  .offset = offsetof(struct test_row, events),
	  .meaning = "what happens, and when" },
	LIFT_OPTION_SPAN(struct test_row, after, .fallback = "0s",
	    .lowest = "0s", .highest = "400d",
	    .meaning = "how much time passes after the last event"),
	{ .name = "expect", .kind = LIFT_OPTION_ANY, .fallback = "[]",
	  .offset = offsetof(struct test_row, expect),
	  .meaning = "what must have come of it" },
	LIFT_END
};

void
trial_finding(struct trial *t, const struct node *n, const char *form, ...)
{
	char sentence[400];
	va_list ap;

	va_start(ap, form);
	vsnprintf(sentence, sizeof(sentence), form, ap);
	va_end(ap);
	node_finding(t->findings, FINDING_TEST_CASE, n, "%s", sentence);
}

/* ---- JSON ---------------------------------------------------------------- */

static bool
is_number(struct lift_text word)
{
	struct json_reader r = json_reader_of(word, NULL);
	struct lift_text digits;

	return json_take_number(&r, &digits) && json_done(&r);
}

static void
json_scalar(struct text *to, const struct node *n)
{
	enum node_word word = node_word(n);

	if (word == NODE_WORD_NULL)
		text_string(to, "null");
	else if (word == NODE_WORD_BOOL)
		text_string(to, n->text[0] == 't' || n->text[0] == 'T' ?
		    "true" : "false");
	else if (word != NODE_WORD_TEXT && is_number(node_text(n)))
		text_add(to, n->text, n->size);
	else
		json_string(to, node_text(n));
}

void
trial_json(struct text *to, const struct node *n)
{
	if (n->kind == NODE_TEXT) {
		json_scalar(to, n);
		return;
	}
	text_byte(to, n->kind == NODE_LIST ? '[' : '{');
	for (const struct node *i = n->first; i != NULL; i = i->next) {
		if (n->kind == NODE_MAP)
			json_name(to, i->key->text);
		else
			json_comma(to);
		trial_json(to, i);
	}
	text_byte(to, n->kind == NODE_LIST ? ']' : '}');
}

/* ---- calls --------------------------------------------------------------- */

static void
argument_json(struct trial *t, const struct lift_field *f,
    const struct node *n, struct text *to)
{
	struct lift_text word = node_text(n);
	int64_t span;
	char code[4];

	if (n->kind != NODE_TEXT || f->type == LIFT_BOOL ||
	    f->type == LIFT_INT || f->type == LIFT_NUMBER ||
	    f->type == LIFT_JSON) {
		trial_json(to, n);
	} else if (f->type == LIFT_TIME && span_read(word, &span)) {
		text_byte(to, '"');
		instant_write(to, t->start + span);
		text_byte(to, '"');
	} else if (f->type == LIFT_MONEY && is_number(word)) {
		currency_name(t->currency, code);
		text_form(to, "\"%s %s\"", n->text, code);
	} else {
		json_string(to, word);
	}
}

static void
arguments_json(struct trial *t, const struct lift_verb *v,
    const struct node *map, struct text *to)
{
	text_byte(to, '{');
	for (const struct node *n = map ? map->first : NULL; n; n = n->next) {
		int at = field_find(v->arguments, node_text(n->key));
		if (at < 0) {
			const char *near = field_nearest(v->arguments,
			    node_text(n->key));
			trial_finding(t, n->key, "%s has no argument \"%s\"%s"
			    "%s", v->name, n->key->text,
			    near ? ", perhaps you mean " : "",
			    near ? near : "");
			continue;
		}
		json_name(to, n->key->text);
		argument_json(t, &v->arguments[at], n, to);
	}
	text_byte(to, '}');
}

static const struct vocabulary_verb *
verb_of(struct trial *t, const struct node *n, struct lift_text name)
{
	const struct vocabulary *v = t->vocabulary;

	for (size_t i = 0; i < v->verb_count; i++) {
		if (!lift_text_equal(name, lift_text(v->verbs[i].verb->name)))
			continue;
		if (v->verbs[i].verb->acts && !v->verbs[i].outside)
			return &v->verbs[i];
		trial_finding(t, n, "\"%.*s\" changes nothing in the log, a "
		    "test calls verbs that do", (int)name.size, name.data);
		return NULL;
	}
	trial_finding(t, n, "there is no verb \"%.*s\"", (int)name.size,
	    name.data);
	return NULL;
}

static struct trial_event *
event_add(struct trial *t, const struct node *n)
{
	t->events = memory_grow(t->events, t->event_count, &t->event_room,
	    sizeof(*t->events));
	struct trial_event *e = &t->events[t->event_count++];
	*e = (struct trial_event){ .node = n, .place = t->event_count };
	return e;
}

static void
call_add(struct trial *t, const struct node *at, struct lift_text verb,
    const struct node *arguments, int64_t when)
{
	const struct vocabulary_verb *v = verb_of(t, at, verb);
	struct text body = { 0 };

	if (v == NULL)
		return;
	if (arguments != NULL && arguments->kind != NODE_MAP) {
		trial_finding(t, arguments, "expects the arguments of %s as "
		    "a map", v->verb->name);
		return;
	}
	text_byte(&body, '{');
	json_member_string(&body, "verb", v->verb->name);
	json_name(&body, "arguments");
	arguments_json(t, v->verb, arguments, &body);
	text_byte(&body, '}');
	struct trial_event *e = event_add(t, at);
	e->is_call = true;
	e->at = e->arrives = when;
	e->json = arena_text(t->arena, text_view(&body));
	text_done(&body);
}

/* ---- given --------------------------------------------------------------- */

static void
given_list(struct trial *t, const struct node *list, const char *verb)
{
	if (list != NULL && list->kind != NODE_LIST) {
		trial_finding(t, list, "expects a list");
		return;
	}
	for (const struct node *n = list ? list->first : NULL; n; n = n->next)
		call_add(t, n, lift_text(verb), n, 0);
}

static void
given_read(struct trial *t, const struct node *given)
{
	static const struct lift_option rows[] = {
		{ .name = "products", .kind = LIFT_OPTION_ANY,
		  .fallback = "[]", .meaning = "arguments of products.put" },
		{ .name = "promotions", .kind = LIFT_OPTION_ANY,
		  .fallback = "[]", .offset = sizeof(void *),
		  .meaning = "arguments of promotions.put" },
		LIFT_END
	};
	struct option_binder binder = { t->arena, t->findings, NULL, 0 };
	struct { const void *products, *promotions; } g = { NULL, NULL };

	if (given == NULL || !option_bind(&binder, given, rows, &g))
		return;
	given_list(t, g.products, "products.put");
	given_list(t, g.promotions, "promotions.put");
}

/* ---- events -------------------------------------------------------------- */

/* The keys of an event that are the test's, not the shop's. */
struct timing {
	int64_t            at, every, arrives;
	int64_t            times;
	bool               has_arrives;
	const struct node *call, *with, *id;
};

static void
span_take(struct trial *t, const struct node *n, int64_t *ret)
{
	if (n->kind != NODE_TEXT || !span_read(node_text(n), ret))
		trial_finding(t, n, "%s is no span, must be like 0s, 90s or "
		    "5m", n->key->text);
}

static void
times_take(struct trial *t, const struct node *n, int64_t most, int64_t *ret)
{
	int64_t v;

	if (n->kind == NODE_TEXT && node_word(n) == NODE_WORD_WHOLE &&
	    json_whole(node_text(n), &v) && v >= 0 && v <= most)
		*ret = v;
	else
		trial_finding(t, n, "times must be a whole number from 0 to "
		    "%lld", (long long)most);
}

/* True when the key was one of the test's own. */
static bool
timing_take(struct trial *t, const struct node *n, struct timing *ret)
{
	const char *key = n->key->text;

	if (strcmp(key, "at") == 0) {
		span_take(t, n, &ret->at);
	} else if (strcmp(key, "every") == 0) {
		span_take(t, n, &ret->every);
	} else if (strcmp(key, "arrives") == 0) {
		span_take(t, n, &ret->arrives);
		ret->has_arrives = true;
	} else if (strcmp(key, "times") == 0) {
		times_take(t, n, TRIAL_EVENTS_MOST, &ret->times);
	} else if (strcmp(key, "call") == 0) {
		ret->call = n;
	} else if (strcmp(key, "with") == 0) {
		ret->with = n;
	} else if (strcmp(key, "time") == 0) {
		trial_finding(t, n->key, "an event of a test has no time but "
		    "a span after the start, such as `at: 90s`");
	} else {
		if (strcmp(key, "id") == 0)
			ret->id = n;
		return false;
	}
	return true;
}

/* `price: 49.90 EUR` is a price and its currency. */
static void
price_json(struct text *to, const struct node *n)
{
	const char *blank = strchr(n->text, ' ');

	if (blank == NULL) {
		json_name(to, "price");
		trial_json(to, n);
		return;
	}
	struct lift_text number = { n->text, (size_t)(blank - n->text) };
	json_name(to, "price");
	if (is_number(number))
		text_add(to, number.data, number.size);
	else
		json_string(to, node_text(n));
	json_member_string(to, "currency", blank + 1);
}

static void
member_json(struct text *to, const struct node *n)
{
	static const char *const typed[] = { "quantity", "position",
		"properties", "items", NULL };
	const char *key = n->key->text;
	unsigned i = 0;

	if (strcmp(key, "price") == 0 && n->kind == NODE_TEXT) {
		price_json(to, n);
		return;
	}
	json_name(to, key);
	while (typed[i] != NULL && strcmp(typed[i], key) != 0)
		i++;
	if (typed[i] != NULL || n->kind != NODE_TEXT)
		trial_json(to, n);
	else
		json_string(to, node_text(n));
}

static void
event_repeat(struct trial *t, const struct node *n, const struct timing *when,
    struct lift_text members)
{
	struct text json = { 0 };

	for (int64_t i = 0; i < when->times; i++) {
		if (t->event_count >= TRIAL_EVENTS_MOST) {
			trial_finding(t, n, "a test has at most %d events",
			    TRIAL_EVENTS_MOST);
			break;
		}
		text_clear(&json);
		text_byte(&json, '{');
		text_add(&json, members.data, members.size);
		if (when->id == NULL)
			json_member_string(&json, "id", arena_form(t->arena,
			    "event-%zu", t->event_count + 1));
		text_byte(&json, '}');
		struct trial_event *e = event_add(t, n);
		e->at = when->at + i * when->every;
		e->arrives = when->has_arrives ?
		    when->arrives + i * when->every : e->at;
		e->json = arena_text(t->arena, text_view(&json));
	}
	text_done(&json);
}

static void
event_read_node(struct trial *t, const struct node *map, int64_t *at)
{
	struct timing when = { .at = *at, .times = 1 };
	struct text members = { 0 };

	for (const struct node *n = map->first; n != NULL; n = n->next)
		if (!timing_take(t, n, &when))
			member_json(&members, n);
	if (when.call != NULL && members.size > 0)
		trial_finding(t, when.call, "a call has `at`, `call` and "
		    "`with`, and nothing of an event");
	else if (when.call != NULL)
		call_add(t, when.call, node_text(when.call), when.with,
		    when.at);
	else if (when.times > 1 && when.id != NULL)
		trial_finding(t, when.id, "an id stands once, and this event "
		    "comes %lld times", (long long)when.times);
	else if (when.times > 1 && when.every <= 0)
		trial_finding(t, map, "comes %lld times: say how far apart "
		    "with `every: 10s`", (long long)when.times);
	else
		event_repeat(t, map, &when, text_view(&members));
	*at = when.at;
	if (when.times > 1)
		*at += when.every * (when.times - 1);
	text_done(&members);
}

static void
events_read(struct trial *t, const struct node *list)
{
	int64_t at = 0;

	if (list == NULL || (list->kind == NODE_TEXT && list->size == 0))
		return;
	if (list->kind != NODE_LIST) {
		trial_finding(t, list, "expects a list of events");
		return;
	}
	for (const struct node *n = list->first; n != NULL; n = n->next) {
		if (n->kind == NODE_MAP)
			event_read_node(t, n, &at);
		else
			trial_finding(t, n, "expects an event like "
			    "{ at: 0s, type: view, product: LAMP-1 }");
	}
}

/* ---- expectations -------------------------------------------------------- */

static const struct vocabulary_topic *
topic_of(struct trial *t, const struct node *n)
{
	const struct vocabulary *v = t->vocabulary;
	const char *near = NULL;
	unsigned least = 4;

	for (size_t i = 0; i < v->topic_count; i++) {
		unsigned d = text_distance(node_text(n),
		    lift_text(v->topics[i].name), 3);
		if (d == 0 && v->topics[i].source != TOPIC_INTERACTION)
			return &v->topics[i];
		if (d == 0) {
			trial_finding(t, n, "\"%s\" is what shoppers do; a "
			    "test expects what comes of it", n->text);
			return NULL;
		}
		if (d < least && v->topics[i].source != TOPIC_INTERACTION) {
			least = d;
			near = v->topics[i].name;
		}
	}
	trial_finding(t, n, "there is no topic \"%s\"%s%s", n->text,
	    near ? ", perhaps you mean " : "", near ? near : "");
	return NULL;
}

static void
expectation_fields(struct trial *t, struct trial_expectation *x,
    const struct node *map)
{
	const struct lift_field *table = x->topic->fields;
	struct trial_field *fields = arena_array(t->arena, struct trial_field,
	    map->size + 1);

	x->fields = fields;
	for (const struct node *n = map->first; n != NULL; n = n->next) {
		int at = field_find(table, node_text(n->key));
		if (at < 0 && strcmp(n->key->text, "times") == 0) {
			x->has_times = true;
			times_take(t, n, INT32_MAX, &x->times);
			continue;
		}
		if (at < 0) {
			const char *near = field_nearest(table,
			    node_text(n->key));
			trial_finding(t, n->key, "topic \"%s\" has no field "
			    "\"%s\"%s%s", x->topic->name, n->key->text,
			    near ? ", perhaps you mean " : "",
			    near ? near : "");
			continue;
		}
		struct trial_field *f = &fields[x->field_count];
		*f = (struct trial_field){ .place = (unsigned)at, .node = n };
		if (trial_field_read(t, &table[at], f))
			x->field_count++;
	}
}

static void
expectation_read(struct trial *t, const struct node *n)
{
	struct trial_expectation *x = &t->expectations[t->expectation_count];
	const struct node *value = n->kind == NODE_MAP ? n->first : NULL;

	if (value == NULL || n->size != 1) {
		trial_finding(t, n, "expects one topic with its fields, like "
		    "`fired: { hook: NAME, times: 1 }`, or `none: fired`");
		return;
	}
	bool none = strcmp(value->key->text, "none") == 0;
	if (none ? value->kind != NODE_TEXT : value->kind != NODE_MAP &&
	    value->size > 0) {
		trial_finding(t, value, none ? "expects the name of a topic" :
		    "expects the fields that must match, as a map");
		return;
	}
	*x = (struct trial_expectation){ .node = value->key,
		.has_times = none, .topic = topic_of(t, none ? value :
		value->key) };
	if (x->topic == NULL)
		return;
	t->expectation_count++;
	if (value->kind == NODE_MAP)
		expectation_fields(t, x, value);
}

static void
expectations_read(struct trial *t, const struct node *list)
{
	if (list == NULL || list->size == 0) {
		node_finding(t->findings, FINDING_TEST_IDLE, t->test->node,
		    "test \"%s\" expects nothing, say what must come of it "
		    "under `expect:`", t->test->name);
		return;
	}
	if (list->kind != NODE_LIST) {
		trial_finding(t, list, "expects a list of expectations");
		return;
	}
	t->expectations = arena_array(t->arena, struct trial_expectation,
	    list->size);
	for (const struct node *n = list->first; n != NULL; n = n->next)
		expectation_read(t, n);
}

/* ---- the whole ----------------------------------------------------------- */

static uint32_t
file_currency(const struct trial *t)
{
	const struct document *d = node_document(t->test->node);
	const struct node *n = node_get(d->root, "defaults");
	uint32_t currency = 0;

	if (n != NULL && (n = node_get(n, "currency")) != NULL &&
	    n->kind == NODE_TEXT)
		currency = currency_pack(node_text(n));
	return currency != 0 ? currency : t->setup->currency;
}

void
trial_read_head(struct trial *t)
{
	const struct node *n = t->test->node;
	const struct node *mode = n->kind == NODE_MAP ?
	    node_get(n, "mode") : NULL;

	t->currency = file_currency(t);
	t->act = mode != NULL && mode->kind == NODE_TEXT &&
	    strcmp(mode->text, "act") == 0;
}

void
trial_read(struct trial *t)
{
	struct option_binder binder = { t->arena, t->findings, NULL, 0 };
	struct test_row row = { 0 };
	const struct node *n = t->test->node;

	if (n->kind != NODE_MAP) {
		trial_finding(t, n, "expects a test with `name`, `events` and "
		    "`expect`");
		return;
	}
	option_bind(&binder, n, test_options, &row);
	if (row.start == NULL ||
	    !instant_read(lift_text(row.start), &t->start))
		trial_finding(t, node_get(n, "start"), "start must be a time "
		    "like 2026-01-05T09:00:00Z");
	t->after = row.after;
	given_read(t, row.given);
	events_read(t, row.events);
	expectations_read(t, row.expect);
}
