/* Clocks: live, offline, and what an offline one has left, of which one is in
 * force; and the sources. The
 * least over the sources is looked for only when the source that was the least
 * has moved, so an entry costs a comparison. */
#include "engine/watermark.h"

#include "base/memory.h"

static const int64_t NEVER = INT64_MIN / 2;

struct source {
	char   *name;
	size_t  size;
	int64_t greatest;	/* event time, as far as it counts */
	int64_t least;		/* of an offline source */
	int64_t heard;		/* the clock when it spoke last */
	uint8_t class;
	bool    open, idle;
};

struct clock {
	int64_t now;		/* of the newest tick */
	int64_t mark;		/* the watermark */
	int64_t start;		/* the first time it ever showed */
};

/* A stretch of time that a backfill has told all about. */
struct stretch {
	int64_t from, to;
};

enum { STRETCHES_MOST = 64 };

/* What a tick adds at most to time that is nobody's. */
static const int64_t STEP_MOST = 10 * LIFT_SECOND;

struct watermark {
	struct watermark_settings settings;
	struct stretch            told[STRETCHES_MOST];	/* by `from` */
	uint32_t                  told_count;
	struct source            *sources;
	size_t                    room;
	uint32_t                  count;	/* numbers are below this */
	uint32_t                  offline;	/* the open one */
	bool                      heard;	/* a live source */
	struct clock              live, off;
	struct clock              last;	/* as an offline source left it */
	int64_t                   last_most;	/* its mark stops there */
};

struct watermark *
watermark_new(const struct watermark_settings *settings)
{
	struct watermark *w = memory_take(sizeof(*w));

	w->settings = *settings;
	w->live = w->off = w->last = (struct clock){ NEVER, NEVER, NEVER };
	return w;
}

void
watermark_free(struct watermark *w)
{
	if (w == NULL)
		return;
	for (uint32_t i = 0; i < w->count; i++)
		memory_give(w->sources[i].name);
	memory_give(w->sources);
	memory_give(w);
}

static struct source *
source_at(struct watermark *w, uint32_t number)
{
	while (w->count <= number) {
		w->sources = memory_grow(w->sources, w->count, &w->room,
		    sizeof(*w->sources));
		w->sources[w->count++] = (struct source){ .greatest = NEVER,
			.heard = NEVER, .least = INT64_MAX };
	}
	return &w->sources[number];
}

static void
source_name(struct source *s, struct lift_text name)
{
	memory_give(s->name);
	s->name = memory_raw(name.size + 1);
	memcpy(s->name, name.data, name.size);
	s->name[name.size] = '\0';
	s->size = name.size;
}

void
watermark_open(struct watermark *w, uint32_t number, enum source_class class,
    struct lift_text name)
{
	struct source *s = source_at(w, number);

	source_name(s, name);
	s->class = (uint8_t)class;
	s->open = true;
	s->idle = false;
	s->greatest = NEVER;
	s->least = INT64_MAX;
	if (class != SOURCE_LIVE) {
		w->offline = number;
		w->off.now = NEVER;
		w->off.mark = NEVER;
	}
}

/* Joins stretch number I with those behind it that it reaches. */
static void
told_join(struct watermark *w, uint32_t i)
{
	struct stretch *s = w->told;

	while (i + 1 < w->told_count && s[i + 1].from <= s[i].to) {
		if (s[i + 1].to > s[i].to)
			s[i].to = s[i + 1].to;
		memmove(&s[i + 1], &s[i + 2],
		    (--w->told_count - i - 1) * sizeof(*s));
	}
}

/* When there are too many, the two oldest become one with what lies between:
 * who fills such a gap later is told that it is late. */
static void
told_add(struct watermark *w, int64_t from, int64_t to)
{
	struct stretch *s = w->told;
	uint32_t i = 0;

	if (w->told_count == STRETCHES_MOST) {
		s[0].to = s[1].to;
		memmove(&s[1], &s[2], (--w->told_count - 1) * sizeof(*s));
	}
	while (i < w->told_count && s[i].from < from)
		i++;
	memmove(&s[i + 1], &s[i], (w->told_count++ - i) * sizeof(*s));
	s[i] = (struct stretch){ from, to };
	told_join(w, i > 0 && s[i - 1].to >= from ? i - 1 : i);
}

static bool
is_told(const struct watermark *w, int64_t time)
{
	for (uint32_t i = 0; i < w->told_count; i++)
		if (time >= w->told[i].from && time <= w->told[i].to)
			return true;
	return false;
}

static void
rest_begin(struct watermark *w)
{
	w->last = w->off;
	w->last_most = w->off.mark + w->settings.lateness;
}

void
watermark_end(struct watermark *w, uint32_t number)
{
	struct source *s = source_at(w, number);

	s->open = false;
	if (w->offline != number)
		return;
	w->offline = 0;
	if (w->off.mark != NEVER)
		rest_begin(w);
	if (s->greatest != NEVER)
		told_add(w, s->least, s->greatest);
}

enum source_class
watermark_class(const struct watermark *w, uint32_t number)
{
	return number < w->count ?
	    (enum source_class)w->sources[number].class : SOURCE_LIVE;
}

uint32_t
watermark_offline(const struct watermark *w)
{
	return w->offline;
}

struct lift_text
watermark_name(const struct watermark *w, uint32_t number)
{
	if (number >= w->count || w->sources[number].name == NULL)
		return (struct lift_text){ "", 0 };
	return (struct lift_text){ w->sources[number].name,
		w->sources[number].size };
}

static void
clock_raise(struct clock *c, int64_t to)
{
	if (to <= c->mark)
		return;
	if (c->start == NEVER || to < c->start)
		c->start = to;
	c->mark = to;
}

/* The least greatest-time over the live sources that count; NEVER if none. */
static int64_t
least_live(struct watermark *w)
{
	int64_t least = INT64_MAX;

	for (uint32_t i = 0; i < w->count; i++) {
		struct source *s = &w->sources[i];
		if (!s->open || s->idle || s->class != SOURCE_LIVE ||
		    s->greatest == NEVER)
			continue;
		if (s->greatest < least)
			least = s->greatest;
	}
	return least == INT64_MAX ? NEVER : least;
}

void
watermark_note(struct watermark *w, const struct lift_entry *e)
{
	struct source *s = source_at(w, e->source);
	int64_t time = e->time;

	if (s->class == SOURCE_LIVE && time > e->received)
		time = e->received;
	s->idle = false;
	s->open = true;
	s->heard = w->live.now > e->received ? w->live.now : e->received;
	if (time < s->least)
		s->least = time;
	if (time <= s->greatest)
		return;
	s->greatest = time;
	if (s->class != SOURCE_LIVE) {
		if (e->source != w->offline)
			return;
		/* Its entries are its clock: ticks of its own may lack. */
		if (time > w->off.now)
			w->off.now = time;
		clock_raise(&w->off, time - w->settings.disorder);
		return;
	}
	w->heard = true;
	int64_t least = least_live(w);
	if (least != NEVER)
		clock_raise(&w->live, least - w->settings.disorder);
}

static void
live_tick(struct watermark *w, int64_t time)
{
	for (uint32_t i = 0; i < w->count; i++) {
		struct source *s = &w->sources[i];
		if (s->open && s->class == SOURCE_LIVE && !s->idle &&
		    s->heard < time - w->settings.idle)
			s->idle = true;
	}
	int64_t least = least_live(w);
	clock_raise(&w->live, (least == NEVER ? time : least) -
	    w->settings.disorder);
}

/* Time goes on from where an offline source left it. */
static void
rest_tick(struct watermark *w, int64_t passed)
{
	int64_t left = w->last_most - w->last.mark;

	if (w->last.mark == NEVER)
		return;
	passed = passed < STEP_MOST ? passed : STEP_MOST;
	passed = passed < left ? passed : left;
	w->last.now += passed;
	w->last.mark += passed;
}

void
watermark_tick(struct watermark *w, int64_t time)
{
	struct clock *c = w->offline != 0 ? &w->off : &w->live;

	if (time <= c->now)
		return;
	if (w->offline == 0 && !w->heard)
		rest_tick(w, time - c->now);
	c->now = time;
	if (w->offline != 0)
		clock_raise(c, time - w->settings.disorder);
	else
		live_tick(w, time);
}

const char *
watermark_late(const struct watermark *w, int64_t time)
{
	int64_t lateness = w->settings.lateness;

	if (w->offline == 0)
		return time < w->live.mark - lateness ?
		    "older than the watermark less the allowed lateness" : NULL;
	if (time < w->off.mark - lateness)
		return "older than this source's watermark less the allowed "
		    "lateness";
	if (is_told(w, time))
		return "an earlier backfill has told of this time already";
	if (w->heard && time >= w->live.start &&
	    time < w->live.mark - lateness)
		return "the live stream has judged this time already";
	return NULL;
}

static const struct clock *
clock_in_force(const struct watermark *w)
{
	if (w->offline != 0)
		return &w->off;
	return !w->heard && w->last.mark != NEVER ? &w->last : &w->live;
}

struct lift_moment
watermark_moment(const struct watermark *w)
{
	const struct clock *c = clock_in_force(w);

	return (struct lift_moment){ .now = c->now, .watermark = c->mark,
		.horizon = c->mark - w->settings.lateness };
}

void
watermark_save(const struct watermark *w, struct state_out *out)
{
	state_put(out, &w->live, sizeof(w->live));
	state_put(out, &w->off, sizeof(w->off));
	state_put(out, &w->last, sizeof(w->last));
	state_put_whole(out, w->last_most);
	state_put_whole(out, w->heard);
	state_put_whole(out, w->offline);
	state_put_whole(out, w->told_count);
	state_put(out, w->told, w->told_count * sizeof(*w->told));
	state_put_whole(out, w->count);
	for (uint32_t i = 0; i < w->count; i++) {
		const struct source *s = &w->sources[i];
		state_put_text(out, watermark_name(w, i));
		state_put_whole(out, s->greatest);
		state_put_whole(out, s->least);
		state_put_whole(out, s->heard);
		state_put_whole(out, s->class | s->open << 8 | s->idle << 9);
	}
}

bool
watermark_load(struct watermark *w, struct state_in *in)
{
	state_take(in, &w->live, sizeof(w->live));
	state_take(in, &w->off, sizeof(w->off));
	state_take(in, &w->last, sizeof(w->last));
	w->last_most = state_take_whole(in);
	w->heard = state_take_whole(in) != 0;
	w->offline = (uint32_t)state_take_whole(in);
	w->told_count = (uint32_t)state_take_whole(in);
	if (w->told_count > STRETCHES_MOST)
		return false;
	state_take(in, w->told, w->told_count * sizeof(*w->told));
	int64_t count = state_take_whole(in);
	for (int64_t i = 0; i < count && !in->failed; i++) {
		struct source *s = source_at(w, (uint32_t)i);
		source_name(s, state_take_text(in));
		s->greatest = state_take_whole(in);
		s->least = state_take_whole(in);
		s->heard = state_take_whole(in);
		int64_t bits = state_take_whole(in);
		s->class = (uint8_t)bits;
		s->open = bits >> 8 & 1;
		s->idle = bits >> 9 & 1;
	}
	return !in->failed;
}
