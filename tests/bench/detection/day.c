/* The shop day: what is found, how soon, and how often in vain; beside a plain
 * test at the end and the prototype's rule. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "law.h"
#include "world.h"

struct score {
	double found, missed, false_ones;
	double false_share;	/* summed over worlds */
	int    worlds;
};

static bool
is_eaten(const struct fate *f)
{
	return f->keeps < 1;
}

static void
score_add(struct score *s, double found, double missed, double false_ones)
{
	s->found += found;
	s->missed += missed;
	s->false_ones += false_ones;
	if (found + false_ones > 0)
		s->false_share += false_ones / (found + false_ones);
	s->worlds++;
}

static double
score_f1(const struct score *s)
{
	return s->found > 0 ? 2 * s->found / (2 * s->found + s->missed +
	    s->false_ones) : 0;
}

static void
score_print(const char *name, const struct score *s, double minutes)
{
	double told = s->found + s->false_ones, all = s->found + s->missed;

	printf("  %-44s %6.3f %6.3f %6.3f %7.4f", name,
	    told > 0 ? s->found / told : 1, all > 0 ? s->found / all : 1,
	    score_f1(s), s->false_share / s->worlds);
	if (isfinite(minutes))
		printf(" %7.0f", minutes);
	printf("\n");
}

/* ---- times ------------------------------------------------------------- */

struct times {
	double *items;
	size_t  count, room;
};

static void
times_add(struct times *t, double x)
{
	if (t->count == t->room) {
		t->room = t->room * 2 + 256;
		t->items = realloc(t->items, t->room * sizeof(*t->items));
	}
	t->items[t->count++] = x;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double
median(struct times *t)
{
	if (t->count == 0)
		return NAN;
	qsort(t->items, t->count, sizeof(*t->items), by_size);
	return t->items[t->count / 2];
}

/* ---- peers ------------------------------------------------------------- */

/* Each pair's number, the smaller the more suspicious. */
typedef double measure(const struct fate *);

static double
normal_chance(const struct fate *f)
{
	double spread = f->expected > 0 ? f->wide / f->expected : 1;

	return f->predicted > 0 ? law_normal((f->actual - f->predicted) /
	    sqrt(f->predicted * spread)) : 1;
}

/* The doubt of one who knows the law, the levels, and how many are eaten how
 * deeply. */
static double
oracle_doubt(const struct fate *f)
{
	double top = 0, sum = 0;

	for (int d = 0; d < 4; d++)
		top = f->oracle[d] > top ? f->oracle[d] : top;
	for (int d = 0; d < 4; d++)
		sum += 0.2 / 4 * exp(f->oracle[d] - top);
	return 0.8 * exp(-top) / (0.8 * exp(-top) + sum);
}

static double
worst_minute(const struct fate *f)
{
	return 1 - f->worst;
}

/* All pairs below a bar. */
static void
bar_score(const struct fate *all, measure *m, double bar, struct score *ret)
{
	double found = 0, missed = 0, false_ones = 0;

	for (int k = 0; k < PAIRS; k++) {
		bool told = m(&all[k]) <= bar;
		found += told && is_eaten(&all[k]);
		missed += !told && is_eaten(&all[k]);
		false_ones += told && !is_eaten(&all[k]);
	}
	score_add(ret, found, missed, false_ones);
}

/* Benjamini and Hochberg's bar at ALPHA. */
static double
step_bar(const struct fate *all, double alpha)
{
	double p[PAIRS], bar = -1;

	for (int k = 0; k < PAIRS; k++)
		p[k] = normal_chance(&all[k]);
	qsort(p, PAIRS, sizeof(*p), by_size);
	for (int k = 0; k < PAIRS; k++)
		if (p[k] <= alpha * (k + 1) / PAIRS)
			bar = p[k];
	return bar;
}

/* The bar below which the mean doubt is at most ALPHA. */
static double
oracle_bar(const struct fate *all, double alpha)
{
	double p[PAIRS], bar = -1, sum = 0;

	for (int k = 0; k < PAIRS; k++)
		p[k] = oracle_doubt(&all[k]);
	qsort(p, PAIRS, sizeof(*p), by_size);
	for (int k = 0; k < PAIRS; k++) {
		sum += p[k];
		if (sum <= alpha * (k + 1))
			bar = p[k];
	}
	return bar;
}

/* The bar that does best, with hindsight. */
static double
best_bar(const struct fate *all, measure *m)
{
	double best = -1, bar = 0;

	for (int k = 0; k < PAIRS; k += 7) {
		struct score s = { 0 };
		bar_score(all, m, m(&all[k]), &s);
		if (score_f1(&s) > best) {
			best = score_f1(&s);
			bar = m(&all[k]);
		}
	}
	return bar;
}

/* ---- ours -------------------------------------------------------------- */

struct tally {
	struct score end, early, detectable, plain, oracle, minute,
	    minute_fixed;
	struct score depth_end[4], depth_early[4];
	struct times time, ratio, ratio_wide, depth_time[4], depth_ratio[4];
	double       covered, eaten;
	uint64_t     others;
};

static int
depth_of(const struct fate *f)
{
	for (int k = 0; k < 4; k++)
		if (f->keeps <= world_depths[k] + 1e-9)
			return k;
	return -1;
}

static void
early_note(struct tally *t, const struct fate *f, int depth)
{
	double at = (double)f->fired_at;

	times_add(&t->time, at);
	times_add(&t->depth_time[depth], at);
	if (!isfinite(f->bound))
		return;
	times_add(&t->ratio, at / f->bound);
	times_add(&t->ratio_wide, at / (isfinite(f->bound_wide) ?
	    f->bound_wide : HOURS * 60));
	times_add(&t->depth_ratio[depth], at / f->bound);
}

static void
world_count(struct tally *t, const struct fate *all)
{
	double end[3] = { 0 }, early[3] = { 0 }, able[3] = { 0 };
	double by[4][4] = { { 0 } };

	for (int k = 0; k < PAIRS; k++) {
		const struct fate *f = &all[k];
		bool told = f->stands;
		bool soon = f->fired_at >= 0 &&
		    f->fired_at < f->end - f->start;
		int which = is_eaten(f) ? (told ? 0 : 1) : 2;
		end[which] += which < 2 || told;
		early[is_eaten(f) ? (soon ? 0 : 1) : 2] += is_eaten(f) || soon;
		if (!is_eaten(f)) {
			able[2] += told;
			continue;
		}
		if (isfinite(f->bound))
			able[which]++;
		int d = depth_of(f);
		by[d][which]++;
		by[d][2 + !soon]++;
		t->eaten++;
		t->covered += f->low <= 1 - f->keeps && 1 - f->keeps <= f->high;
		if (soon)
			early_note(t, f, d);
	}
	score_add(&t->end, end[0], end[1], end[2]);
	score_add(&t->early, early[0], early[1], early[2]);
	score_add(&t->detectable, able[0], able[1], able[2]);
	for (int d = 0; d < 4; d++) {
		score_add(&t->depth_end[d], by[d][0], by[d][1], 0);
		score_add(&t->depth_early[d], by[d][2], by[d][3], 0);
	}
	bar_score(all, normal_chance, step_bar(all, 0.05), &t->plain);
	bar_score(all, oracle_doubt, oracle_bar(all, 0.05), &t->oracle);
	bar_score(all, worst_minute, best_bar(all, worst_minute), &t->minute);
	bar_score(all, worst_minute, 0.7, &t->minute_fixed);

}

static void
depths_print(struct tally *t)
{
	printf("  keeps      found early   found by the end   median minutes"
	    "   times the bound\n");
	for (int d = 0; d < 4; d++) {
		struct score *e = &t->depth_early[d], *z = &t->depth_end[d];
		printf("  %3.0f %%      %11.3f   %16.3f   %14.0f   %15.2f\n",
		    100 * world_depths[d], e->found / (e->found + e->missed),
		    z->found / (z->found + z->missed),
		    median(&t->depth_time[d]), median(&t->depth_ratio[d]));
	}
}

/* The plugin's own mode of the prototype, in a few worlds. */
static void
ratio_print(int seeds, int first, const struct world *plain,
    struct fate all[PAIRS])
{
	struct tally t = { 0 };
	const void *settings = rig_settings("decision=ratio");

	for (int k = 0; k < seeds && k < 3; k++) {
		world_run(plain, (uint64_t)(first + k), settings, all);
		world_count(&t, all);
	}
	score_print("decision: ratio, 0.7 and 0.3, in 3 worlds", &t.early,
	    median(&t.time));
}

int
bench_day(int seeds, int first, const char *changes, const char *data)
{
	static const struct world plain = { .name = "shop day" };
	static struct fate all[PAIRS];
	struct tally t = { 0 };
	const void *settings = rig_settings(changes);

	(void)data;
	for (int k = 0; k < seeds; k++) {
		t.others += world_run(&plain, (uint64_t)(first + k), settings,
		    all);
		world_count(&t, all);
	}
	printf("shop day, %d worlds from seed %d: %d products, %d promotions "
	    "of %d h, %d candidates each\n  %-44s %6s %6s %6s %7s %7s\n",
	    seeds, first, PRODUCTS, PROMOTIONS, HOURS, CANDIDATES, "",
	    "prec.", "recall", "F1", "false", "minutes");
	score_print("prototype: one minute below 70 %", &t.minute_fixed, 1);
	ratio_print(seeds, first, &plain, all);
	score_print("one minute, best threshold with hindsight", &t.minute,
	    1);
	score_print("plain: normal test at the end, BH 5 %", &t.plain,
	    HOURS * 60);
	score_print("detection, while the promotion runs", &t.early,
	    median(&t.time));
	score_print("detection, with the judgement at the end", &t.end,
	    median(&t.time));
	score_print("bound: one who knows law, levels and shares",
	    &t.oracle, HOURS * 60);
	score_print("detection, pairs that the bound allows",
	    &t.detectable, NAN);
	printf("  median of time over the information bound: %.2f (Poisson's), "
	    "%.2f (the true law's)\n", median(&t.ratio),
	    median(&t.ratio_wide));
	printf("  share lost lies in its 95 %% interval: %.3f of victims\n",
	    t.covered / t.eaten);
	depths_print(&t);
	printf("  goals: false at most 0.05, F1 at least 0.92, 60 minutes at "
	    "most, 1.5 times the bound at most\n");
	return 0;
}

/* ---- nothing planted --------------------------------------------------- */

int
bench_placebo(int seeds, int first, const char *changes, const char *data)
{
	static const struct world placebo = { .name = "placebo",
		.placebo = true };
	static struct fate all[PAIRS];
	const void *settings = rig_settings(changes);
	int early = 0, late = 0, hit = 0, hit_late = 0;

	(void)data;
	for (int k = 0; k < seeds; k++) {
		int before = early, before_late = late;
		world_run(&placebo, (uint64_t)(first + k), settings, all);
		for (int i = 0; i < PAIRS; i++) {
			bool told = all[i].fired_at >= 0;
			bool soon = told &&
			    all[i].fired_at < all[i].end - all[i].start;
			early += soon;
			late += all[i].stands;
		}
		hit += early > before;
		hit_late += late > before_late;
	}
	printf("placebo, %d worlds from seed %d, nothing planted: %d told "
	    "while promotions run, %d stand at the end\n  worlds with any: %.3f "
	    "told, %.3f standing (promised: at most 0.05)\n  a pair: %.6f "
	    "told, %.6f standing\n", seeds, first, early, late,
	    (double)hit / seeds, (double)hit_late / seeds,
	    (double)early / seeds / PAIRS, (double)late / seeds / PAIRS);
	return 0;
}

/* ---- other worlds ------------------------------------------------------ */

static const struct world worlds[] = {
	{ .name = "as planned" },
	{ .name = "heavier tails (log-normal, 0.6)", .heavy = 0.6 },
	{ .name = "levels drift by day (6 %)", .drift = 0.06 },
	{ .name = "slump of the shop, three hours", .slump = true },
	{ .name = "two hours of which nothing is known", .outage = true },
	{ .name = "one in ten out of stock, two hours", .empty = true },
	{ .name = "price feed doubles prices, two hours", .feed = true },
	{ .name = "two promotions on each shelf", .overlap = true },
	{ .name = "nobody says which promotions are on", .silent = true },
	{ .name = "all of it", .heavy = 0.6, .drift = 0.06, .slump = true,
	  .outage = true, .empty = true, .feed = true },
};

int
bench_foreign(int seeds, int first, const char *changes, const char *data)
{
	static struct fate all[PAIRS];
	const void *settings = rig_settings(changes);

	(void)data;
	printf("foreign worlds, %d of each\n  %-44s %6s %6s %6s %7s %7s\n",
	    seeds, "", "prec.", "recall", "F1", "false", "minutes");
	for (size_t w = 0; w < sizeof(worlds) / sizeof(*worlds); w++) {
		struct tally t = { 0 };
		for (int k = 0; k < seeds; k++) {
			t.others += world_run(&worlds[w],
			    (uint64_t)(first + k), settings, all);
			world_count(&t, all);
		}
		score_print(worlds[w].name, &t.end, median(&t.time));
		score_print("  plain: normal test at the end, BH 5 %",
		    &t.plain, HOURS * 60);
		if (t.others > 0)
			printf("    blamed on the other promotion of the "
			    "shelf: %llu, of %.0f found\n",
			    (unsigned long long)t.others, t.end.found);
	}
	return 0;
}
