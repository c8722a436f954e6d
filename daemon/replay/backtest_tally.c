/* A table of firings that one side has and the other has not yet. A firing
 * that finds its other half leaves the table and counts for both. */
#include "replay/backtest_tally.h"

#include "base/hash.h"
#include "base/intern.h"
#include "base/json.h"
#include "base/memory.h"

enum { WAITING_MOST = 1 << 21, REASONS_MOST = 4096 };

/* One block, its texts behind it. */
struct example {
	struct hash128   id;
	struct lift_text id_text, product, cause, reasons;
	int64_t          time;
	struct example  *next;
};

struct tally_hook {
	uint64_t        fired[SIDES], both;
	struct example *first[SIDES], **last[SIDES];
	unsigned        examples[SIDES];
};

struct waiting {
	struct hash128 id;
	uint32_t       hook;		/* from 1; 0: empty, or given up */
	uint8_t        side, is_used;
};

struct backtest_tally {
	unsigned           most;
	struct intern     *names;
	struct tally_hook *hooks;	/* by number */
	size_t             count, room;
	struct waiting    *slots;
	uint64_t           mask;
	size_t             used;	/* slots, those given up too */
	bool               is_full;
};

struct backtest_tally *
backtest_tally_new(unsigned examples)
{
	struct backtest_tally *t = memory_take(sizeof(*t));

	t->most = examples;
	t->names = intern_new();
	t->mask = 1023;
	t->slots = memory_take((t->mask + 1) * sizeof(*t->slots));
	return t;
}

static void
examples_free(struct example *e)
{
	for (struct example *next; e != NULL; e = next) {
		next = e->next;
		memory_give(e);
	}
}

void
backtest_tally_free(struct backtest_tally *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->count; i++)
		for (unsigned side = 0; side < SIDES; side++)
			examples_free(t->hooks[i].first[side]);
	intern_free(t->names);
	memory_give(t->hooks);
	memory_give(t->slots);
	memory_give(t);
}

static uint32_t
hook_number(struct backtest_tally *t, struct lift_text name)
{
	uint32_t n = intern_put(t->names, name);

	while (t->count <= n) {
		t->hooks = memory_grow(t->hooks, t->count, &t->room,
		    sizeof(*t->hooks));
		t->hooks[t->count++] = (struct tally_hook){ .both = 0 };
	}
	return n;
}

void
backtest_tally_hook(struct backtest_tally *t, struct lift_text name)
{
	hook_number(t, name);
}

/* ---- what waits ---------------------------------------------------------- */

static struct waiting *
slot_of(struct backtest_tally *t, struct hash128 id)
{
	uint64_t at = id.low & t->mask;

	while (t->slots[at].is_used && (t->slots[at].id.low != id.low ||
	    t->slots[at].id.high != id.high))
		at = (at + 1) & t->mask;
	return &t->slots[at];
}

/* Makes the table anew without those that were given up, larger if need be. */
static void
slots_grow(struct backtest_tally *t)
{
	struct waiting *old = t->slots;
	uint64_t mask = t->mask, live = 0;

	for (uint64_t i = 0; i <= mask; i++)
		live += old[i].hook != 0;
	if (live * 4 > mask)
		t->mask = mask * 2 + 1;
	t->slots = memory_take((t->mask + 1) * sizeof(*t->slots));
	t->used = live;
	for (uint64_t i = 0; i <= mask; i++)
		if (old[i].hook != 0)
			*slot_of(t, old[i].id) = old[i];
	memory_give(old);
}

/* ---- examples ------------------------------------------------------------ */

static struct lift_text
piece(char **at, struct lift_text from)
{
	struct lift_text t = { *at, from.size };

	if (from.size > 0)
		memcpy(*at, from.data, from.size);
	*at += from.size;
	return t;
}

static void
example_add(struct backtest_tally *t, struct tally_hook *h,
    enum backtest_side side, const struct firing *f, struct hash128 id)
{
	struct lift_text reasons = f->reasons;

	if (h->examples[side] >= t->most)
		return;
	if (reasons.size > REASONS_MOST)
		reasons.size = 0;
	struct example *e = memory_take(sizeof(*e) + f->id.size +
	    f->product.size + f->cause.size + reasons.size);
	char *at = (char *)(e + 1);
	e->id = id;
	e->id_text = piece(&at, f->id);
	e->product = piece(&at, f->product);
	e->cause = piece(&at, f->cause);
	e->reasons = piece(&at, reasons);
	e->time = f->time;
	if (h->first[side] == NULL)
		h->last[side] = &h->first[side];
	*h->last[side] = e;
	h->last[side] = &e->next;
	h->examples[side]++;
}

/* The firing has found its other half: it is no example of a difference. Most
 * do, and at once, so nothing of them may be kept. */
static void
example_drop(struct tally_hook *h, enum backtest_side side, struct hash128 id)
{
	struct example **at = &h->first[side];

	for (struct example *e; (e = *at) != NULL; at = &e->next) {
		if (e->id.low != id.low || e->id.high != id.high)
			continue;
		*at = e->next;
		if (e->next == NULL)
			h->last[side] = at;
		memory_give(e);
		h->examples[side]--;
		return;
	}
}

/* Where a new one may wait; NULL when there is no room for it. */
static struct waiting *
slot_take(struct backtest_tally *t, struct hash128 id)
{
	if (t->used >= WAITING_MOST)
		slots_grow(t);
	/* A little room would mean to sweep the table again and again. */
	if (t->used > WAITING_MOST / 4 * 3)
		t->is_full = true;
	if (t->is_full)
		return NULL;
	if (t->used * 2 > t->mask)
		slots_grow(t);
	struct waiting *w = slot_of(t, id);
	t->used += !w->is_used;
	return w;
}

void
backtest_tally_note(struct backtest_tally *t, enum backtest_side side,
    const struct firing *f)
{
	uint32_t n = hook_number(t, f->hook);
	struct tally_hook *h = &t->hooks[n];
	struct hash128 id = hash_wide(f->id.data, f->id.size);
	struct waiting *w = slot_of(t, id);

	h->fired[side]++;
	if (w->is_used && w->hook != 0 && w->side != side) {
		h->both++;
		w->hook = 0;
		example_drop(h, (enum backtest_side)w->side, id);
		return;
	}
	if (w->is_used && w->hook != 0)
		return;
	w = slot_take(t, id);
	if (w == NULL)
		return;
	*w = (struct waiting){ id, n, (uint8_t)side, true };
	example_add(t, h, side, f, id);
}

/* ---- the report ---------------------------------------------------------- */

static void
examples_write(const struct tally_hook *h, enum backtest_side side,
    struct text *json)
{
	text_byte(json, '[');
	for (const struct example *e = h->first[side]; e; e = e->next) {
		json_comma(json);
		text_byte(json, '{');
		json_member_text(json, "id", e->id_text);
		json_member_time(json, "time", e->time);
		if (e->product.size > 0)
			json_member_text(json, "product", e->product);
		json_member_text(json, "cause", e->cause);
		if (e->reasons.size > 0) {
			json_name(json, "reasons");
			text_add(json, e->reasons.data, e->reasons.size);
		}
		text_byte(json, '}');
	}
	text_byte(json, ']');
}

static void
hook_write(const struct backtest_tally *t, uint32_t n, struct text *json)
{
	const struct tally_hook *h = &t->hooks[n];

	json_comma(json);
	text_byte(json, '{');
	json_member_text(json, "hook", intern_name(t->names, n));
	json_member_whole(json, "before", (int64_t)h->fired[SIDE_BEFORE]);
	json_member_whole(json, "after", (int64_t)h->fired[SIDE_AFTER]);
	json_member_whole(json, "both", (int64_t)h->both);
	json_member_whole(json, "only_before",
	    (int64_t)(h->fired[SIDE_BEFORE] - h->both));
	json_member_whole(json, "only_after",
	    (int64_t)(h->fired[SIDE_AFTER] - h->both));
	json_name(json, "examples_before");
	examples_write(h, SIDE_BEFORE, json);
	json_name(json, "examples_after");
	examples_write(h, SIDE_AFTER, json);
	text_byte(json, '}');
}

void
backtest_tally_write(struct backtest_tally *t, struct text *json)
{
	json_member_bool(json, "is_exact", !t->is_full);
	json_name(json, "hooks");
	text_byte(json, '[');
	for (uint32_t n = 1; n < t->count; n++)
		hook_write(t, n, json);
	text_byte(json, ']');
}
