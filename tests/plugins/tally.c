/* tally: how often each product was viewed, bought and so on in each minute,
 * and what it brought in. The smallest plugin that has a window, an option, a
 * topic, verbs and a state: plugins/README.md walks through it.
 *
 * A window is a list of pages of 256 products, each made when one of its
 * products is first met, so that neither many products nor few cost more than
 * they must. */
#include <liftd/plugin.h>

#include <stdlib.h>

enum { PAGE = 256 };

struct settings {
	int64_t window;
	bool    purchases_only;
};

struct cell {
	int64_t  quantity, revenue;	/* minor units */
	uint32_t count, revision;	/* revision: the next one's number */
	uint32_t currency;
};

struct window {
	struct window *next;		/* later ones follow */
	int64_t        start;
	struct cell  **pages;
	uint32_t       page_count;
	uint32_t       judged;		/* products below this one are */
	bool           is_judged;
};

struct tally {
	const struct lift_host *host;
	const struct settings  *settings;
	struct window          *windows, *newest;	/* by start */
};

enum { TALLY };

static const struct lift_option options[] = {
	LIFT_OPTION_SPAN(struct settings, window, .fallback = "1m",
	    .lowest = "1s", .highest = "1d", .restart = true,
	    .meaning = "how long a window is"),
	LIFT_OPTION_BOOL(struct settings, purchases_only, .fallback = "false",
	    .meaning = "counts purchases and nothing else"),
	LIFT_END
};

static const struct lift_field tally_fields[] = {
	{ "product", LIFT_PRODUCT, .meaning = "the product" },
	{ "window", LIFT_TIME, .meaning = "when the window began" },
	{ "revision", LIFT_INT, .meaning = "0 at first, 1 more each time" },
	{ "count", LIFT_INT, .meaning = "interactions in the window" },
	{ "quantity", LIFT_INT, .meaning = "pieces bought" },
	{ "revenue", LIFT_MONEY, .meaning = "what they brought in" },
	LIFT_END
};

static const struct lift_topic topics[] = {
	{ "tally", tally_fields, true,
	  "what happened to a product in a window" },
	LIFT_END
};

/* ---- windows ------------------------------------------------------------- */

static void *
sure(void *at)
{
	if (at == NULL)
		abort();
	return at;
}

static int64_t
window_start(const struct tally *t, int64_t time)
{
	int64_t span = t->settings->window, rest = time % span;

	return time - rest - (rest < 0 ? span : 0);
}

static struct window *
window_at(struct tally *t, int64_t start)
{
	struct window **at = &t->windows, *w;

	if (t->newest != NULL && t->newest->start == start)
		return t->newest;
	if (t->newest != NULL && t->newest->start < start)
		at = &t->newest->next;
	while (*at != NULL && (*at)->start < start)
		at = &(*at)->next;
	if (*at != NULL && (*at)->start == start)
		return *at;
	w = sure(calloc(1, sizeof(*w)));
	w->start = start;
	w->next = *at;
	*at = w;
	if (w->next == NULL)
		t->newest = w;
	return w;
}

static struct cell *
cell_at(struct window *w, uint32_t product)
{
	uint32_t page = product / PAGE;

	if (page >= w->page_count) {
		uint32_t count = (page + 8) * 2;
		w->pages = sure(realloc(w->pages, count * sizeof(*w->pages)));
		memset(w->pages + w->page_count, 0,
		    (count - w->page_count) * sizeof(*w->pages));
		w->page_count = count;
	}
	if (w->pages[page] == NULL)
		w->pages[page] = sure(calloc(PAGE, sizeof(struct cell)));
	return &w->pages[page][product % PAGE];
}

static void
window_free(struct window *w)
{
	for (uint32_t i = 0; i < w->page_count; i++)
		free(w->pages[i]);
	free(w->pages);
	free(w);
}

static void
windows_free(struct tally *t)
{
	struct window *next;

	for (struct window *w = t->windows; w != NULL; w = next) {
		next = w->next;
		window_free(w);
	}
	t->windows = t->newest = NULL;
}

static void
window_emit(struct tally *t, struct window *w, uint32_t product,
    struct cell *c)
{
	struct lift_text name = t->host->product_name(t->host, product);
	char identity[320];
	int n = snprintf(identity, sizeof(identity), "%.*s %lld %u",
	    (int)name.size, name.data, (long long)w->start, c->revision);
	struct lift_value values[] = {
		LIFT_VALUE_PRODUCT(product), LIFT_VALUE_TIME(w->start),
		LIFT_VALUE_INT(c->revision), LIFT_VALUE_INT(c->count),
		LIFT_VALUE_INT(c->quantity),
		LIFT_VALUE_MONEY(c->revenue, c->currency),
	};

	c->revision++;
	t->host->emit(t->host, &(struct lift_effect){
		.topic = TALLY, .time = w->start + t->settings->window,
		.key = name, .identity = { identity, (size_t)n },
		.values = values });
}

/* ---- what the daemon calls ----------------------------------------------- */

static void
tally_entry(void *self, const struct lift_entry *e,
    const struct lift_moment *moment)
{
	struct tally *t = self;
	bool bought = e->type == LIFT_PURCHASE;

	(void)moment;
	if (e->kind != LIFT_ENTRY_INTERACTION || e->is_late || !e->product ||
	    (t->settings->purchases_only && !bought))
		return;
	struct window *w = window_at(t, window_start(t, e->time));
	struct cell *c = cell_at(w, e->product);
	c->count++;
	if (bought) {
		c->quantity += e->quantity;
		if (c->currency == 0)
			c->currency = e->currency;
		/* Two currencies have no sum: the first one counts. */
		if (c->currency == e->currency)
			c->revenue += e->quantity * e->price;
	}
	if (w->is_judged || e->product < w->judged)
		window_emit(t, w, e->product, c);
}

/* Judges at most SLICE products of a window. */
static unsigned
window_judge(struct tally *t, struct window *w, unsigned slice)
{
	uint32_t most = w->page_count * PAGE;

	for (; w->judged < most && slice > 0; w->judged++) {
		struct cell *page = w->pages[w->judged / PAGE];
		if (page == NULL) {
			w->judged += PAGE - 1;
			continue;
		}
		struct cell *c = &page[w->judged % PAGE];
		if (c->count == 0 || c->revision > 0)
			continue;
		window_emit(t, w, w->judged, c);
		slice--;
	}
	if (w->judged >= most) {
		w->is_judged = true;
		/* Not `most`, which depends on how the pages grew. */
		w->judged = UINT32_MAX;
	}
	return slice;
}

static void
window_drop_first(struct tally *t)
{
	struct window *w = t->windows;

	t->windows = w->next;
	if (t->windows == NULL)
		t->newest = NULL;
	window_free(w);
}

static bool
tally_advance(void *self, const struct lift_moment *moment, unsigned slice)
{
	struct tally *t = self;
	int64_t span = t->settings->window;

	for (struct window *w = t->windows;
	    w != NULL && w->start + span <= moment->watermark; w = w->next) {
		if (!w->is_judged)
			slice = window_judge(t, w, slice);
		if (!w->is_judged)
			return false;
	}
	while (t->windows != NULL && t->windows->is_judged &&
	    t->windows->start + span <= moment->horizon)
		window_drop_first(t);
	return true;
}

static void *
tally_open(const struct lift_host *host, const void *settings,
    struct lift_error *err)
{
	struct tally *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		lift_fail(err, LIFT_E_SYSTEM, "no memory for the tally");
		return NULL;
	}
	t->host = host;
	t->settings = settings;
	return t;
}

static void
tally_close(void *self)
{
	windows_free(self);
	free(self);
}

static bool
tally_prepare(void *self, const void *settings, struct lift_error *err)
{
	const struct tally *t = self;
	const struct settings *s = settings;

	if (s->window != t->settings->window && t->windows != NULL)
		return lift_fail(err, LIFT_E_INPUT, "window cannot change "
		    "while windows are open, start liftd again with it");
	return true;
}

static void
tally_commit(void *self, const void *settings)
{
	struct tally *t = self;

	t->settings = settings;
}

static void
tally_abort(void *self)
{
	(void)self;
}

/* ---- snapshots ----------------------------------------------------------- */

static void
put(struct tally *t, void *snapshot, int64_t v)
{
	t->host->put(snapshot, &v, sizeof(v));
}

static int64_t
take(struct tally *t, void *snapshot)
{
	int64_t v;

	t->host->take(snapshot, &v, sizeof(v));
	return v;
}

static void
window_save(struct tally *t, struct window *w, void *snapshot)
{
	put(t, snapshot, w->start);
	put(t, snapshot, w->judged);
	put(t, snapshot, w->is_judged);
	for (uint32_t i = 0; i < w->page_count; i++) {
		if (w->pages[i] == NULL)
			continue;
		put(t, snapshot, i);
		t->host->put(snapshot, w->pages[i],
		    PAGE * sizeof(struct cell));
	}
	put(t, snapshot, -1);
}

static void
tally_save(void *self, void *snapshot)
{
	struct tally *t = self;

	for (struct window *w = t->windows; w != NULL; w = w->next) {
		put(t, snapshot, 1);
		window_save(t, w, snapshot);
	}
	put(t, snapshot, 0);
}

static bool
window_load(struct tally *t, void *snapshot)
{
	struct window *w = window_at(t, take(t, snapshot));

	w->judged = (uint32_t)take(t, snapshot);
	w->is_judged = take(t, snapshot) != 0;
	for (;;) {
		int64_t page = take(t, snapshot);
		if (page == -1)
			return true;
		if (page < 0 || page > UINT32_MAX / PAGE - 1)
			return false;
		struct cell *c = cell_at(w, (uint32_t)page * PAGE);
		if (!t->host->take(snapshot, c, PAGE * sizeof(*c)))
			return false;
	}
}

static bool
tally_load(void *self, void *snapshot, uint32_t version,
    struct lift_error *err)
{
	struct tally *t = self;

	if (version != 1)
		return lift_fail(err, LIFT_E_STORE, "the tally's state has "
		    "version %u, this plugin reads version 1", version);
	windows_free(t);
	while (take(t, snapshot) == 1)
		if (!window_load(t, snapshot))
			return lift_fail(err, LIFT_E_STORE,
			    "the tally's state ends too early");
	return true;
}

/* ---- verbs --------------------------------------------------------------- */

static const struct lift_field show_arguments[] = {
	{ "product", LIFT_TEXT, .meaning = "the product's id" },
	LIFT_END
};

static bool
tally_show(void *self, struct lift_call *call, struct lift_error *err)
{
	static const char *const names[] = { "window", "count", "quantity",
		"revenue", "revisions" };
	struct tally *t = self;
	struct lift_value v = t->host->argument(call, 0);
	struct lift_text name = { v.text, v.size };
	uint32_t id = t->host->product_find(t->host, name);

	if (id == 0)
		return lift_fail(err, LIFT_E_MISSING,
		    "nothing was ever heard of product \"%.*s\"",
		    (int)name.size, name.data);
	for (struct window *w = t->windows; w != NULL; w = w->next) {
		if (id / PAGE >= w->page_count || !w->pages[id / PAGE])
			continue;
		const struct cell *c = &w->pages[id / PAGE][id % PAGE];
		struct lift_value row[] = {
			LIFT_VALUE_TIME(w->start), LIFT_VALUE_INT(c->count),
			LIFT_VALUE_INT(c->quantity),
			LIFT_VALUE_MONEY(c->revenue, c->currency),
			LIFT_VALUE_INT(c->revision) };
		if (c->count > 0)
			t->host->reply(call, names, row, 5);
	}
	return true;
}

static bool
tally_reset(void *self, struct lift_call *call, struct lift_error *err)
{
	(void)call;
	(void)err;
	windows_free(self);
	return true;
}

static const struct lift_verb verbs[] = {
	{ "tally.reset", NULL, LIFT_OPERATOR, true, NULL,
	  "forgets all open windows", tally_reset },
	{ "tally.show", show_arguments, LIFT_OBSERVER, false, NULL,
	  "shows a product's windows that are still kept", tally_show },
	LIFT_END
};

LIFT_PLUGIN("tally")
	.summary = "counts and sums per product and minute",
	.options = options,
	.settings_size = sizeof(struct settings),
	.topics = topics,
	.verbs = verbs,
	.state_version = 1,
	.open = tally_open,
	.close = tally_close,
	.prepare = tally_prepare,
	.commit = tally_commit,
	.abort = tally_abort,
	.entry = tally_entry,
	.advance = tally_advance,
	.save = tally_save,
	.load = tally_load,
LIFT_PLUGIN_END;
