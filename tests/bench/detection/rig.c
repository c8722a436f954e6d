/* A host as small as it can be. Settings are read from the plugin's own option
 * table, so that a bench runs with what ships. */
#include "rig.h"

#include <stdlib.h>
#include <time.h>

#define EUR	('E' | 'U' << 8 | 'R' << 16)

int64_t
rig_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- settings ---------------------------------------------------------- */

static double
scaled(const char *word)
{
	char *end;
	double x = strtod(word, &end);

	switch (*end) {
	case 's': return x * (double)LIFT_SECOND;
	case 'm': return x * (double)LIFT_MINUTE;
	case 'h': return x * (double)LIFT_HOUR;
	case 'd': return x * (double)LIFT_DAY;
	case '%': return x / 100;
	}
	return x;
}

static void
option_set(const struct lift_option *o, char *at, const char *word)
{
	int choice = 0;

	switch (o->kind) {
	case LIFT_OPTION_BOOL:
		*(bool *)at = strcmp(word, "true") == 0;
		break;
	case LIFT_OPTION_COUNT: case LIFT_OPTION_SPAN:
		*(int64_t *)at = (int64_t)scaled(word);
		break;
	case LIFT_OPTION_RATIO: case LIFT_OPTION_NUMBER:
		*(double *)at = scaled(word);
		break;
	case LIFT_OPTION_TEXT:
		*(const char **)at = word;
		break;
	case LIFT_OPTION_CHOICE:
		while (o->choices[choice] && strcmp(o->choices[choice], word))
			choice++;
		*(int *)at = choice;
		break;
	default:
		break;
	}
}

static void
options_set(const struct lift_option *rows, char *base, const char *name,
    const char *word)
{
	for (const struct lift_option *o = rows; o->name != NULL; o++) {
		if (o->kind == LIFT_OPTION_GROUP)
			options_set(o->rows, base + o->offset, name, word);
		else if (name == NULL && o->fallback != NULL)
			option_set(o, base + o->offset, o->fallback);
		else if (name != NULL && strcmp(o->name, name) == 0)
			option_set(o, base + o->offset, word);
	}
}

const void *
rig_settings(const char *changes)
{
	char *settings = calloc(1, lift_plugin.settings_size);
	char *copy = strdup(changes), *rest = copy, *word;

	options_set(lift_plugin.options, settings, NULL, NULL);
	while ((word = strsep(&rest, ",")) != NULL) {
		char *value = strchr(word, '=');
		if (value == NULL)
			continue;
		*value++ = '\0';
		options_set(lift_plugin.options, settings, word, value);
	}
	return settings;
}

/* ---- the host ---------------------------------------------------------- */

static struct rig *
rig_of(const struct lift_host *h)
{
	return (struct rig *)(uintptr_t)h;
}

static const struct lift_product *
host_product(const struct lift_host *h, uint32_t id)
{
	struct rig *r = rig_of(h);

	return id > 0 && id <= r->product_count && r->products[id].is_known ?
	    &r->products[id] : NULL;
}

static const struct lift_promotion *
host_promotion(const struct lift_host *h, uint32_t id)
{
	struct rig *r = rig_of(h);

	return id > 0 && id <= r->promotion_count &&
	    r->promotions[id].is_known ? &r->promotions[id] : NULL;
}

static struct lift_text
host_product_name(const struct lift_host *h, uint32_t id)
{
	struct rig *r = rig_of(h);

	return lift_text(id > 0 && id <= r->product_count ? r->names[id] : "");
}

static struct lift_text
host_promotion_name(const struct lift_host *h, uint32_t id)
{
	struct rig *r = rig_of(h);

	return lift_text(id > 0 && id <= r->promotion_count ?
	    r->promotion_names[id] : "");
}

static uint32_t
host_products(const struct lift_host *h)
{
	return rig_of(h)->product_count;
}

static unsigned
host_digits(const struct lift_host *h, uint32_t currency)
{
	(void)h, (void)currency;
	return 2;
}

static void
host_emit(const struct lift_host *h, const struct lift_effect *e)
{
	struct rig *r = rig_of(h);

	if (e->topic == 0)
		r->stats++;
	else
		r->alerts++;
}

static void
host_emit_because(const struct lift_host *h, const struct lift_effect *e,
    struct lift_text reasons)
{
	(void)reasons;
	host_emit(h, e);
}

static void
host_count(const struct lift_host *h, const char *name, int64_t by)
{
	(void)h, (void)name, (void)by;
}

/* What the plugin puts and stops by itself has room behind what the bench put;
 * a product's name is a letter and its number. */
static bool
promotion_put(struct rig *r, const struct lift_value *v)
{
	uint32_t id = r->promotion_count + 1;

	if (id > r->promotion_room)
		return false;
	r->put_on[id] = (uint32_t)atoi(v[2].items[0].text + 1);
	snprintf(r->promotion_names[id], 64, "%.*s", (int)v[0].size,
	    v[0].text);
	r->promotions[id] = (struct lift_promotion){ .id = id,
		.is_known = true, .start = v[4].whole, .end = INT64_MAX,
		.product_count = 1, .products = &r->put_on[id],
		.price = { v[3].whole, EUR } };
	r->promotion_count = id;
	return true;
}

static bool
host_call(const struct lift_host *h, const char *verb,
    const struct lift_value *values, unsigned count, struct lift_error *err)
{
	struct rig *r = rig_of(h);

	(void)count, (void)err;
	if (strcmp(verb, "promotions.put") == 0)
		return promotion_put(r, values);
	for (uint32_t id = 1; id <= r->promotion_count; id++)
		if (strlen(r->promotion_names[id]) == values[0].size &&
		    memcmp(r->promotion_names[id], values[0].text,
		    values[0].size) == 0)
			r->promotions[id].end = r->time;
	return true;
}

/* A bench asks one thing only, with no arguments. */
static struct lift_value
host_argument(const struct lift_call *call, unsigned place)
{
	(void)call, (void)place;
	return LIFT_VALUE_NULL;
}

static uint32_t
number_of(const struct lift_value *v)
{
	char word[16] = "";

	memcpy(word, v->text + 1, v->size - 1 < 15 ? v->size - 1 : 15);
	return (uint32_t)atoi(word);
}

static uint32_t
promotion_of(const struct rig *r, const struct lift_value *v)
{
	for (uint32_t id = r->promotion_count; id > 0; id--)
		if (strlen(r->promotion_names[id]) == v->size &&
		    memcmp(r->promotion_names[id], v->text, v->size) == 0)
			return id;
	return 0;
}

static void
pair_set(struct rig *r, struct rig_pair *p, const char *name,
    const struct lift_value *v)
{
	if (strcmp(name, "promotion") == 0)
		p->promotion = promotion_of(r, v);
	else if (strcmp(name, "product") == 0)
		p->product = number_of(v);
	else if (strcmp(name, "actual") == 0)
		p->actual = v->whole;
	else if (strcmp(name, "predicted") == 0)
		p->predicted = v->number;
	else if (strcmp(name, "log_evidence") == 0)
		p->log_evidence = v->number;
	else if (strcmp(name, "share_low") == 0)
		p->share_low = v->number;
	else if (strcmp(name, "share_high") == 0)
		p->share_high = v->number;
	else if (strcmp(name, "chance_unharmed") == 0)
		p->doubt = v->number;
	else if (strcmp(name, "fired_at") == 0)
		p->fired_at = v->type == LIFT_TIME ? v->whole : 0;
	else if (strcmp(name, "anomaly") == 0)
		p->anomaly = v->type == LIFT_NUMBER ? v->number : 0;
	else if (strcmp(name, "still_true") == 0)
		p->still_true = v->yes;
	else if (strcmp(name, "has_fired") == 0)
		p->has_fired = v->yes;
}

static void
host_reply(struct lift_call *call, const char *const *names,
    const struct lift_value *values, unsigned count)
{
	struct rig *r = (struct rig *)(void *)call;

	if (r->pair_count == r->pair_room) {
		r->pair_room = r->pair_room * 2 + 1024;
		r->pairs = realloc(r->pairs, r->pair_room *
		    sizeof(*r->pairs));
	}
	struct rig_pair *p = &r->pairs[r->pair_count++];
	*p = (struct rig_pair){ 0 };
	for (unsigned k = 0; k < count; k++)
		pair_set(r, p, names[k], &values[k]);
}

/* ---- the shop ---------------------------------------------------------- */

struct rig *
rig_open(const void *settings, uint32_t products, uint32_t promotions)
{
	struct rig *r = calloc(1, sizeof(*r));
	struct lift_error err;

	r->host = (struct lift_host){ .size = sizeof(r->host),
		.product = host_product, .promotion = host_promotion,
		.product_name = host_product_name,
		.promotion_name = host_promotion_name,
		.products = host_products, .emit = host_emit,
		.emit_because = host_emit_because,
		.count = host_count, .digits = host_digits,
		.argument = host_argument, .reply = host_reply,
		.call = host_call };
	r->product_count = products;
	r->promotion_count = promotions;
	r->products = calloc(products + 1, sizeof(*r->products));
	r->promotion_room = 4 * promotions + 1000;
	r->promotions = calloc(r->promotion_room + 1, sizeof(*r->promotions));
	r->put_on = calloc(r->promotion_room + 1, sizeof(*r->put_on));
	r->names = calloc(products + 1, sizeof(*r->names));
	r->promotion_names = calloc(r->promotion_room + 1,
	    sizeof(*r->promotion_names));
	for (uint32_t k = 1; k <= products; k++)
		snprintf(r->names[k], 16, "S%u", k);
	for (uint32_t k = 1; k <= promotions; k++)
		snprintf(r->promotion_names[k], 64, "P%u", k);
	r->self = lift_plugin.open(&r->host, settings, &err);
	return r;
}

void
rig_close(struct rig *r)
{
	lift_plugin.close(r->self);
	free(r->products);
	free(r->promotions);
	free(r->names);
	free(r->promotion_names);
	free(r->put_on);
	free(r->pairs);
	free(r);
}

void
rig_put(struct rig *r, int64_t time)
{
	struct lift_moment moment = { time, time, time };
	struct lift_entry e = { .kind = LIFT_ENTRY_CALL, .time = time };

	lift_plugin.entry(r->self, &e, &moment);
}

void
rig_buy_at(struct rig *r, uint32_t product, int64_t units, int64_t time,
    int64_t price)
{
	struct lift_moment moment = { time, time, time };
	struct lift_entry e = { .kind = LIFT_ENTRY_INTERACTION,
		.type = LIFT_PURCHASE, .time = time, .product = product,
		.quantity = units, .price = price, .has_price = true,
		.currency = EUR, .seq = ++r->seq };

	r->entries++;
	r->time = time;
	lift_plugin.entry(r->self, &e, &moment);
}

void
rig_buy(struct rig *r, uint32_t product, int64_t units, int64_t time)
{
	rig_buy_at(r, product, units, time, 1000);
}

void
rig_reach(struct rig *r, int64_t time, int64_t lateness)
{
	struct lift_moment moment = { time, time, time - lateness };
	int64_t began = rig_clock(), from = began;
	bool done;

	do {
		done = lift_plugin.advance(r->self, &moment, 64);
		int64_t now = rig_clock();
		r->slice_ns = now - from > r->slice_ns ? now - from :
		    r->slice_ns;
		from = now;
	} while (!done);
	r->advance_ns = from - began;
}

void
rig_list(struct rig *r)
{
	const struct lift_verb *v = lift_plugin.verbs;
	struct lift_error err;

	while (strcmp(v->name, "pairs.list") != 0)
		v++;
	r->pair_count = 0;
	v->run(r->self, (struct lift_call *)(void *)r, &err);
}
