/* courier: sends parcels that nobody will ever see. It has an option of each
 * kind that rule files can get wrong, a secret among them, and a verb whose
 * effect may call the hook that called it. */
#include <liftd/plugin.h>

#include <stdlib.h>

struct route {
	const char *to;
	int64_t     days;
};

struct settings {
	const char       *key;
	struct lift_money fee;
	double            discount;
	int64_t           parcels, weight;
	int               speed;
	struct lift_texts depots;
	struct { int64_t open, close; } hours;
	struct lift_rows  routes;
};

enum { PARCEL };

static const char *const speeds[] = { "slow", "usual", "express", NULL };

static const struct lift_option hour_options[] = {
	{ .name = "open", .kind = LIFT_OPTION_COUNT, .fallback = "8",
	  .lowest = "0", .highest = "23", .meaning = "when it opens" },
	{ .name = "close", .kind = LIFT_OPTION_COUNT, .fallback = "18",
	  .offset = sizeof(int64_t), .lowest = "1", .highest = "24",
	  .meaning = "when it closes" },
	LIFT_END
};

static const struct lift_option route_options[] = {
	LIFT_OPTION_TEXT(struct route, to, .meaning = "the country"),
	LIFT_OPTION_COUNT(struct route, days, .fallback = "3",
	    .lowest = "1", .highest = "60", .meaning = "how long it takes"),
	LIFT_END
};

static const struct lift_option options[] = {
	LIFT_OPTION_TEXT(struct settings, key, .fallback = "", .secret = true,
	    .meaning = "opens the courier's door"),
	LIFT_OPTION_MONEY(struct settings, fee, .fallback = "4.90 EUR",
	    .meaning = "what a parcel costs"),
	LIFT_OPTION_RATIO(struct settings, discount, .fallback = "10%",
	    .lowest = "0", .highest = "1", .meaning = "for many parcels"),
	LIFT_OPTION_COUNT(struct settings, parcels, .fallback = "50",
	    .lowest = "1", .highest = "1000", .meaning = "parcels a van"),
	LIFT_OPTION_SIZE(struct settings, weight, .fallback = "2 MB",
	    .meaning = "how large a label may be"),
	LIFT_OPTION_CHOICE(struct settings, speed, .fallback = "usual",
	    .choices = speeds, .meaning = "how fast parcels go"),
	LIFT_OPTION_TEXTS(struct settings, depots, .fallback = "[main]",
	    .lowest = "1", .highest = "3", .meaning = "where vans stand"),
	LIFT_OPTION_GROUP(struct settings, hours, .rows = hour_options,
	    .fallback = "{}", .meaning = "when the depots are open"),
	LIFT_OPTION_LIST(struct settings, routes, .fallback = "[]",
	    .rows = route_options, .row_size = sizeof(struct route),
	    .meaning = "where parcels may go"),
	LIFT_END
};

static const struct lift_field parcel_fields[] = {
	{ "product", LIFT_PRODUCT, .meaning = "what is in it" },
	{ "note", LIFT_TEXT, .meaning = "what stands on it" },
	LIFT_END
};

static const struct lift_topic topics[] = {
	{ "parcel", parcel_fields, true, "a parcel was sent" },
	LIFT_END
};

static void *
courier_open(const struct lift_host *host, const void *settings,
    struct lift_error *err)
{
	(void)settings, (void)err;
	return (void *)(uintptr_t)host;
}

static void
courier_close(void *self)
{
	(void)self;
}

static bool
courier_prepare(void *self, const void *settings, struct lift_error *err)
{
	(void)self, (void)settings, (void)err;
	return true;
}

static void
courier_commit(void *self, const void *settings)
{
	(void)self, (void)settings;
}

static void
courier_abort(void *self)
{
	(void)self;
}

static const struct lift_field send_arguments[] = {
	{ "product", LIFT_TEXT, .meaning = "what is sent" },
	{ "note", LIFT_TEXT, true, "what stands on the parcel" },
	{ "pieces", LIFT_INT, true, "how many" },
	LIFT_END
};

static const char *const sent[] = { "parcel", NULL };

static bool
courier_send(void *self, struct lift_call *call, struct lift_error *err)
{
	const struct lift_host *host = self;
	struct lift_value product = host->argument(call, 0);
	struct lift_value note = host->argument(call, 1);
	struct lift_text name = { product.text, product.size };
	uint32_t id = host->product_find(host, name);
	const struct lift_entry *e = host->entry(call);

	if (id == 0)
		return lift_fail(err, LIFT_E_MISSING, "there is no product "
		    "\"%.*s\" to send", (int)name.size, name.data);
	struct lift_value values[] = { LIFT_VALUE_PRODUCT(id), note };
	host->emit(host, &(struct lift_effect){ .topic = PARCEL,
		.time = e->time, .key = name, .identity = e->id,
		.values = values });
	return true;
}

static const struct lift_verb verbs[] = {
	{ "courier.send", send_arguments, LIFT_OPERATOR, true, NULL,
	  "sends a parcel", courier_send, .emits = sent },
	LIFT_END
};

LIFT_PLUGIN("courier")
	.summary = "sends parcels, for tests of rule files",
	.options = options,
	.settings_size = sizeof(struct settings),
	.topics = topics,
	.verbs = verbs,
	.open = courier_open,
	.close = courier_close,
	.prepare = courier_prepare,
	.commit = courier_commit,
	.abort = courier_abort,
LIFT_PLUGIN_END;
