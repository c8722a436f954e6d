/* The names that other systems have for what shoppers do, and the fields of
 * ours that their properties feed. Names are compared as words: case and what
 * stands between the words do not count. */
#include "rules/generation_parts.h"

#include <stdlib.h>

enum { TYPE_MOST = 64 };

#define EVENT_WAYS(member, key, ...)					\
	LIFT_OPTION_NAMED(struct event_row, ways[member], key,		\
	    LIFT_OPTION_TEXTS, struct lift_texts, __VA_ARGS__)

const struct lift_option event_options[] = {
	LIFT_OPTION_TEXT(struct event_row, name,
	    .meaning = "what the other system calls the event; case, spaces, "
	    "_ and - do not count"),
	LIFT_OPTION_TEXTS(struct event_row, also, .fallback = "[]",
	    .meaning = "more names of it"),
	LIFT_OPTION_TEXT(struct event_row, type,
	    .meaning = "what it is here: view, purchase or a type of your own"),
	EVENT_WAYS(EVENT_PRODUCT, "product",
	    .fallback = "[product_id, productId, item_id, product.id, sku]",
	    .meaning = "where the product's id is; the first property that is "
	    "there counts, a.b is b in a"),
	EVENT_WAYS(EVENT_QUANTITY, "quantity", .fallback = "[quantity]",
	    .meaning = "where the quantity is"),
	EVENT_WAYS(EVENT_PRICE, "price",
	    .fallback = "[price, product.priceInfo.price]",
	    .meaning = "where the price of one piece is"),
	EVENT_WAYS(EVENT_CURRENCY, "currency", .fallback =
	    "[currency, currencyCode, purchaseTransaction.currencyCode]",
	    .meaning = "where the currency of the price is"),
	EVENT_WAYS(EVENT_PROMOTION, "promotion",
	    .fallback = "[promotion_id, promotionId]",
	    .meaning = "where the promotion's id is"),
	EVENT_WAYS(EVENT_POSITION, "position", .fallback = "[position, index]",
	    .meaning = "where the place in the list is"),
	EVENT_WAYS(EVENT_ORDER, "order", .fallback =
	    "[order_id, orderId, transaction_id, purchaseTransaction.id]",
	    .meaning = "where the order's id is"),
	EVENT_WAYS(EVENT_QUERY, "query",
	    .fallback = "[query, search_term, searchQuery]",
	    .meaning = "where the words are that were searched for"),
	EVENT_WAYS(EVENT_SESSION, "session",
	    .fallback = "[session_id, sessionId]",
	    .meaning = "where the visit's id is, unless the context has it"),
	EVENT_WAYS(EVENT_STORE, "store", .fallback = "[store, affiliation]",
	    .meaning = "where the shop or channel is"),
	EVENT_WAYS(EVENT_ITEMS, "items", .fallback = "[]",
	    .meaning = "where the list of products is, if each makes an entry "
	    "of its own"),
	LIFT_OPTION_COUNT(struct event_row, first_position, .fallback = "1",
	    .lowest = "0", .highest = "1",
	    .meaning = "the place of the first in a list: 1, or 0 as in GA4"),
	LIFT_END
};

void
event_word(struct text *t, struct lift_text name)
{
	size_t from = t->size;
	bool gap = false;

	for (size_t i = 0; i < name.size; i++) {
		unsigned char c = (unsigned char)name.data[i];
		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c | 0x20);
		if (c < 0x80 && !(c >= 'a' && c <= 'z') &&
		    !(c >= '0' && c <= '9')) {
			gap = true;
			continue;
		}
		if (gap && t->size > from)
			text_byte(t, '_');
		gap = false;
		text_byte(t, (char)c);
	}
}

/* ---- checking ------------------------------------------------------------ */

/* A type of one's own that is nearly one of those known is a slip, as a rule;
 * it is still a type. */
static void
type_warn(struct making *m, const struct node *n)
{
	const struct vocabulary *v = m->context->vocabulary;
	const char *near = NULL;

	for (size_t i = 0; i < v->topic_count; i++) {
		if (v->topics[i].source != TOPIC_INTERACTION)
			continue;
		unsigned d = text_distance(node_text(n),
		    lift_text(v->topics[i].name), 1);
		if (d == 0)
			return;
		if (d == 1)
			near = v->topics[i].name;
	}
	if (near == NULL)
		return;
	struct finding *f = making_fail(m, FINDING_RULE_EVENT_TYPE, n,
	    "\"%s\" becomes a type of your own", n->text);
	findings_hint(m->findings, f, "did you mean %s?", near);
}

static bool
type_check(struct making *m, const struct node *n)
{
	struct text word = { 0 };

	event_word(&word, node_text(n));
	bool ok = n->size > 0 && n->size <= TYPE_MOST &&
	    lift_text_equal(node_text(n), text_view(&word));
	if (!ok && n->size > 0) {
		struct finding *f = making_fail(m, FINDING_RULE_EVENT, n,
		    "type \"%.80s\" is made of small letters, digits and \"_\""
		    ", with at most %d characters", n->text, TYPE_MOST);
		if (word.size > 0 && word.size <= TYPE_MOST)
			findings_hint(m->findings, f, "write %s", word.data);
	}
	text_done(&word);
	if (ok)
		type_warn(m, n);
	return ok;
}

/* A way that begins or ends with a dot, or has two, leads nowhere. */
static void
ways_check(struct making *m, const struct node *row)
{
	for (const struct lift_option *o = event_options;
	    o->kind != LIFT_OPTION_END; o++) {
		const struct node *list = node_get(row, o->name);
		if (o->kind != LIFT_OPTION_TEXTS || list == NULL ||
		    list->kind != NODE_LIST || strcmp(o->name, "also") == 0)
			continue;
		for (const struct node *n = list->first; n; n = n->next) {
			size_t size = n->size;
			if (n->kind != NODE_TEXT || (size > 0 &&
			    n->text[0] != '.' && n->text[size - 1] != '.' &&
			    strstr(n->text, "..") == NULL))
				continue;
			making_fail(m, FINDING_RULE_EVENT, n, "\"%.80s\" is no "
			    "way to a property, write its name, or names with "
			    "a dot between them", n->text);
		}
	}
}

/* ---- making -------------------------------------------------------------- */

/* Adds the row under one of its names; N is where the name stands. */
static void
name_add(struct making *m, const struct rule_file *f,
    const struct event_row *row, const struct node *n)
{
	struct text word = { 0 };

	event_word(&word, node_text(n));
	struct generation_event e = { .type = lift_text(row->type),
		.key = arena_text(m->g->arena, text_view(&word)),
		.first_position = row->first_position, .file = f->name,
		.line = n->line };
	memcpy(e.ways, row->ways, sizeof(e.ways));
	text_done(&word);
	if (e.key.size == 0) {
		if (n->size > 0 || n->is_quoted)
			making_fail(m, FINDING_RULE_EVENT, n, "name \"%.60s\" "
			    "has no letter and no digit", n->text);
		return;
	}
	for (size_t i = 0; i < m->event_count; i++) {
		if (!lift_text_equal(m->events[i].key, e.key))
			continue;
		making_fail(m, FINDING_RULE_TWICE, n, "event \"%.60s\" stands "
		    "in %s:%u already", n->text, m->events[i].file,
		    m->events[i].line);
		return;
	}
	m->events[m->event_count++] = e;
}

static void
event_make(struct making *m, const struct rule_file *f,
    const struct event_row *row, const struct node *n)
{
	const struct node *name = node_get(n, "name");
	const struct node *type = node_get(n, "type");
	const struct node *also = node_get(n, "also");

	if (name == NULL || type == NULL || name->kind != NODE_TEXT ||
	    type->kind != NODE_TEXT || !type_check(m, type))
		return;
	ways_check(m, n);
	name_add(m, f, row, name);
	if (also == NULL || also->kind != NODE_LIST)
		return;
	for (const struct node *a = also->first; a != NULL; a = a->next)
		if (a->kind == NODE_TEXT)
			name_add(m, f, row, a);
}

void
making_events(struct making *m, const struct rule_file *f)
{
	const struct event_row *rows = f->events.items;
	const struct node *list = node_get(f->root, "events"), *n;
	size_t i = 0;

	if (list == NULL || list->kind != NODE_LIST)
		return;
	for (n = list->first; n != NULL && i < f->events.count;
	    n = n->next, i++)
		if (n->kind == NODE_MAP)
			event_make(m, f, &rows[i], n);
}

static int
key_order(struct lift_text a, struct lift_text b)
{
	int d = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);

	return d != 0 ? d : (a.size > b.size) - (a.size < b.size);
}

static int
event_order(const void *a, const void *b)
{
	const struct generation_event *x = a, *y = b;

	return key_order(x->key, y->key);
}

size_t
making_events_room(const struct rule_file *f)
{
	const struct event_row *rows = f->events.items;
	size_t room = 0;

	for (size_t i = 0; i < f->events.count; i++)
		room += 1 + rows[i].also.count;
	return room;
}

void
making_events_done(struct making *m)
{
	struct option_binder binder = { m->g->arena, m->findings, NULL, 0 };
	struct generation_event *any = arena_array(m->g->arena,
	    struct generation_event, 1);
	struct event_row row;

	qsort(m->events, m->event_count, sizeof(*m->events), event_order);
	m->g->events = m->events;
	m->g->event_count = m->event_count;
	option_bind(&binder, NULL, event_options, &row);
	memcpy(any->ways, row.ways, sizeof(any->ways));
	any->first_position = row.first_position;
	m->g->any_event = any;
}

/* ---- asking -------------------------------------------------------------- */

const struct generation_event *
generation_event(const struct generation *g, struct lift_text word)
{
	struct generation_event wanted = { .key = word };
	const struct generation_event *found = g->event_count == 0 ? NULL :
	    bsearch(&wanted, g->events, g->event_count, sizeof(*g->events),
	    event_order);

	return found != NULL ? found : g->any_event;
}
