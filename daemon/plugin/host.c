/* The functions behind struct lift_host. The struct is the first member of its
 * owner, so that a plugin's pointer leads back to engine and place. */
#include "plugin/host.h"

#include "base/memory.h"
#include "base/money.h"

struct host {
	struct lift_host lend;		/* first: see host_of */
	struct engine   *engine;
	unsigned         place;
	const char      *name;
};

static const struct host *
host_of(const struct lift_host *h)
{
	return (const struct host *)h;
}

static const struct lift_product *
host_product(const struct lift_host *h, uint32_t id)
{
	return world_product(engine_world(host_of(h)->engine), id);
}

static const struct lift_promotion *
host_promotion(const struct lift_host *h, uint32_t id)
{
	return world_promotion(engine_world(host_of(h)->engine), id);
}

static const struct lift_shopper *
host_shopper(const struct lift_host *h, uint32_t token)
{
	return world_shopper(engine_world(host_of(h)->engine), token);
}

static struct lift_text
host_product_name(const struct lift_host *h, uint32_t id)
{
	return world_name(engine_world(host_of(h)->engine), LIFT_PRODUCT, id);
}

static struct lift_text
host_promotion_name(const struct lift_host *h, uint32_t id)
{
	return world_name(engine_world(host_of(h)->engine), LIFT_PROMOTION,
	    id);
}

static uint32_t
host_product_find(const struct lift_host *h, struct lift_text name)
{
	return world_product_find(engine_world(host_of(h)->engine), name);
}

static uint32_t
host_promotion_find(const struct lift_host *h, struct lift_text name)
{
	return world_promotion_find(engine_world(host_of(h)->engine), name);
}

static uint32_t
host_products(const struct lift_host *h)
{
	return world_products(engine_world(host_of(h)->engine));
}

static void
host_emit(const struct lift_host *h, const struct lift_effect *e)
{
	engine_emit(host_of(h)->engine, host_of(h)->place, e,
	    (struct lift_text){ "", 0 });
}

static void
host_emit_because(const struct lift_host *h, const struct lift_effect *e,
    struct lift_text reasons)
{
	engine_emit(host_of(h)->engine, host_of(h)->place, e, reasons);
}

static uint64_t
host_random(const struct lift_host *h)
{
	return engine_random(host_of(h)->engine);
}

static void
host_log(const struct lift_host *h, enum lift_level level, const char *form,
    ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, form);
	vsnprintf(line, sizeof(line), form, ap);
	va_end(ap);
	engine_log(host_of(h)->engine, level, host_of(h)->name, line);
}

static void
host_count(const struct lift_host *h, const char *name, int64_t by)
{
	engine_count(host_of(h)->engine, host_of(h)->place, name, by);
}

static void
host_put(void *snapshot, const void *data, size_t size)
{
	state_put(snapshot, data, size);
}

static bool
host_take(void *snapshot, void *data, size_t size)
{
	return state_take(snapshot, data, size);
}

static bool
host_call(const struct lift_host *h, const char *verb,
    const struct lift_value *values, unsigned count, struct lift_error *err)
{
	return engine_call(host_of(h)->engine, verb, values, count, err);
}

static void
host_request(const struct lift_host *h, struct lift_text courier,
    struct lift_text body, char ret_id[LIFT_REQUEST_ID])
{
	engine_request(host_of(h)->engine, host_of(h)->place, courier, body,
	    ret_id);
}

static unsigned
host_digits(const struct lift_host *h, uint32_t currency)
{
	(void)h;
	return (unsigned)currency_exponent(currency);
}

static uint64_t
host_changes(const struct lift_host *h)
{
	return world_changes(engine_world(host_of(h)->engine));
}

struct host *
host_new(struct engine *en, unsigned place, const char *name)
{
	struct host *h = memory_take(sizeof(*h));

	h->engine = en;
	h->place = place;
	h->name = name;
	h->lend = (struct lift_host){
		.size = sizeof(h->lend),
		.product = host_product, .promotion = host_promotion,
		.shopper = host_shopper,
		.product_name = host_product_name,
		.promotion_name = host_promotion_name,
		.product_find = host_product_find,
		.promotion_find = host_promotion_find,
		.products = host_products, .emit = host_emit,
		.random = host_random, .log = host_log, .count = host_count,
		.argument = call_argument, .entry = call_entry,
		.reply = call_reply, .put = host_put, .take = host_take,
		.call = host_call, .request = host_request,
		.digits = host_digits, .emit_because = host_emit_because,
		.changes = host_changes,
	};
	return h;
}

void
host_free(struct host *h)
{
	memory_give(h);
}

const struct lift_host *
host_lend(const struct host *h)
{
	return &h->lend;
}
