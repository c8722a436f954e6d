/* Each entry goes to both sandboxes; what fires inside of the range goes into
 * the tally. */
#include "replay/backtest.h"

#include "base/json.h"
#include "replay/backtest_tally.h"

struct run;

struct side {
	struct run        *run;
	enum backtest_side side;
	struct sandbox    *sandbox;
};

struct run {
	const struct backtest *setup;
	struct side            sides[SIDES];
	struct backtest_tally *tally;
	bool                   is_inside;	/* of the range */
	int64_t                warm;	/* what reached us before is told of,
					 * not folded */
	uint64_t               entries, warm_entries;
	int64_t                first, last;	/* times of the range */
};

/* ---- firings ------------------------------------------------------------- */

/* Of the topic `fired`, whose table is the engine's. */
static struct lift_text
field_text(const struct effect *e, const char *name, const struct world *w)
{
	int at = field_find(e->topic->fields, lift_text(name));

	if (at < 0 || e->values[at].type == LIFT_NULL)
		return (struct lift_text){ "", 0 };
	if (e->values[at].type == LIFT_PRODUCT)
		return world_name(w, LIFT_PRODUCT, e->values[at].id);
	return (struct lift_text){ e->values[at].text, e->values[at].size };
}

static void
run_effect(void *context, const struct effect *e)
{
	struct side *s = context;
	struct run *r = s->run;

	if (!r->is_inside || e->topic->source != TOPIC_ENGINE ||
	    strcmp(e->topic->name, "fired") != 0)
		return;
	const struct world *w = engine_world(sandbox_engine(s->sandbox));
	struct firing f = { .id = lift_text(e->id), .time = e->time,
		.hook = field_text(e, "hook", w),
		.product = field_text(e, "product", w),
		.cause = field_text(e, "cause", w), .reasons = e->reasons };
	backtest_tally_note(r->tally, s->side, &f);
}

/* ---- entries ------------------------------------------------------------- */

static bool
is_after(const struct run *r, const struct lift_entry *e)
{
	const struct backtest *b = r->setup;

	return (b->to_time != 0 && e->received > b->to_time) ||
	    (b->to_seq != 0 && e->seq > b->to_seq);
}

static bool
is_before(const struct run *r, const struct lift_entry *e)
{
	const struct backtest *b = r->setup;

	return e->seq < b->from_seq ||
	    (b->from_time != 0 && e->received < b->from_time);
}

/* What is told of the shop, however long ago. */
static bool
is_told(const struct lift_entry *e)
{
	return e->kind == LIFT_ENTRY_CALL || e->kind == LIFT_ENTRY_SOURCE ||
	    e->kind == LIFT_ENTRY_BOOT || e->kind == LIFT_ENTRY_IDENTITY;
}

static void
both_fold(struct run *r, const struct lift_entry *e)
{
	for (unsigned i = 0; i < SIDES; i++) {
		struct lift_entry copy = *e;
		engine_mute(sandbox_engine(r->sides[i].sandbox),
		    !r->is_inside);
		sandbox_fold(r->sides[i].sandbox, &copy);
	}
}

static bool
run_entry(void *context, struct lift_entry *e)
{
	struct run *r = context;

	if (is_after(r, e))
		return false;
	r->is_inside = !is_before(r, e);
	if (r->is_inside) {
		if (r->entries++ == 0)
			r->first = e->received;
		r->last = e->received;
	} else if (e->received >= r->warm) {
		r->warm_entries++;
	} else if (!is_told(e)) {
		return true;
	}
	both_fold(r, e);
	return true;
}

/* ---- where it begins ----------------------------------------------------- */

static bool
keep_time(void *context, struct lift_entry *e)
{
	*(int64_t *)context = e->received;
	return false;
}

/* The time at which the range begins, also where it is given by seq. */
static bool
range_start(const struct backtest *b, struct store_reader *reader,
    int64_t *ret_time, struct lift_error *err)
{
	struct replay_range first = { .from = b->from_seq };

	if (b->from_time != 0) {
		*ret_time = b->from_time;
		return true;
	}
	*ret_time = 0;
	return replay_each(reader, &first, keep_time, ret_time, err);
}

static bool
warm_find(struct run *r, struct store_reader *reader, struct lift_error *err)
{
	const struct backtest *b = r->setup;
	int64_t start;

	r->warm = INT64_MIN;
	if (b->warm == WARM_ALL)
		return true;
	if (!range_start(b, reader, &start, err))
		return false;
	r->warm = start - (b->warm == WARM_SPAN ? b->warm_span :
	    b->engine->watermark.lateness);
	return true;
}

/* ---- the whole ----------------------------------------------------------- */

static bool
side_open(struct run *r, enum backtest_side side,
    const struct backtest_rules *rules, struct findings *findings,
    struct lift_error *err)
{
	const struct backtest *b = r->setup;
	struct side *s = &r->sides[side];
	struct sandbox_setup setup = { .roster = b->roster,
		.engine = b->engine, .daemon_verbs = b->daemon_verbs,
		.sources = b->sources, .files = rules->files,
		.file_count = rules->count, .number = side + 1,
		.outside = { .context = s, .effect = run_effect } };

	s->run = r;
	s->side = side;
	s->sandbox = sandbox_new(&setup, findings, err);
	if (s->sandbox == NULL)
		return false;
	const struct generation *g = engine_generation(sandbox_engine(
	    s->sandbox));
	for (size_t i = 0; i < g->hook_count; i++)
		backtest_tally_hook(r->tally, lift_text(g->hooks[i].name));
	return true;
}

static bool
run_go(struct run *r, struct store_reader *reader, struct findings *findings,
    struct lift_error *err)
{
	const struct backtest *b = r->setup;
	struct replay_range range = { .to = b->to_seq, .cancel = b->cancel,
		.progress = b->progress, .context = b->context };

	if (b->from_time != 0 && b->to_time != 0 && b->to_time < b->from_time)
		return lift_fail(err, LIFT_E_USAGE,
		    "the range ends before it begins");
	return side_open(r, SIDE_BEFORE, &b->before, findings, err) &&
	    side_open(r, SIDE_AFTER, &b->after, findings, err) &&
	    warm_find(r, reader, err) &&
	    replay_each(reader, &range, run_entry, r, err);
}

bool
backtest_run(const struct backtest *setup, struct store_reader *reader,
    struct findings *findings, struct text *json, struct lift_error *err)
{
	struct run r = { .setup = setup,
		.tally = backtest_tally_new(setup->examples) };
	bool ok = run_go(&r, reader, findings, err);

	if (ok) {
		text_byte(json, '{');
		json_member_whole(json, "entries", (int64_t)r.entries);
		json_member_whole(json, "warm_entries",
		    (int64_t)r.warm_entries);
		if (r.entries > 0) {
			json_member_time(json, "from", r.first);
			json_member_time(json, "to", r.last);
		}
		backtest_tally_write(r.tally, json);
		text_byte(json, '}');
	}
	for (unsigned i = 0; i < SIDES; i++)
		sandbox_free(r.sides[i].sandbox);
	backtest_tally_free(r.tally);
	return ok;
}
