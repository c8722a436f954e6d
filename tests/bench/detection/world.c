/* Worlds for the bench. What a product sells in a minute: its rate, by the
 * hour of the day, by the traffic of the shop, by chance; and where a promotion
 * eats it, only a part of that. */
#include "world.h"

#include <math.h>
#include <stdlib.h>

#include "dice.h"

#define SHAPE	8.0
/* What the bound allows as false alarms: as many as 1 in 125 pairs. */
#define ALPHA	0.008

const double world_depths[4] = { 0.3, 0.5, 0.7, 0.85 };

/* Promotions begin in the daytime; between these hours a plain test at the end
 * finds as much as was published of it (F1 0.919). */
enum { START_FIRST = 540, START_SPAN = 360 };

enum { DAY = 1440, HISTORY = 7 * DAY };

static const int64_t begins = INT64_C(1767225600) * LIFT_SECOND;

struct scene {
	const struct world *world;
	struct dice         dice;
	struct rig         *rig;
	double              rate[PRODUCTS + 1], level[PRODUCTS + 1];
	double              traffic, mean;	/* log of the one; of profile */
	struct fate        *fates;
	double              gained[PAIRS], gained_wide[PAIRS];
	int                 pair_of[PRODUCTS + 1][2];
	int                 promotion_of[PRODUCTS + 1];	/* on it; or 0 */
	int64_t             slump_at, outage_at, feed_at;
	int64_t             empty_at[PRODUCTS + 1];
};

static double
profile(int64_t minute)
{
	double h = (double)(minute % DAY) / 60;

	return 0.35 + 1.3 * exp(-0.5 * pow((h - 19) / 3.5, 2)) +
	    0.9 * exp(-0.5 * pow((h - 12) / 3, 2));
}

/* ---- making ------------------------------------------------------------ */

static void
rates_make(struct scene *s)
{
	for (int i = 1; i <= PRODUCTS; i++) {
		double r = 0.6 * exp(dice_normal(&s->dice));
		s->rate[i] = r < 0.05 ? 0.05 : r > 20 ? 20 : r;
		s->level[i] = 1;
	}
}

static void
shelves_make(struct scene *s, const int *order)
{
	static char names[PRODUCTS + 1][12];
	int wide = s->world->overlap ? 2 * (CANDIDATES + 1) : CANDIDATES + 1;

	for (int k = 0; k < PRODUCTS; k++) {
		int i = order[k];
		snprintf(names[i], sizeof(names[i]), "C%d", k / wide);
		s->rig->products[i] = (struct lift_product){ .id = (uint32_t)i,
			.is_known = true, .category = lift_text(names[i]),
			.price = { 1000, 'E' | 'U' << 8 | 'R' << 16 },
			.cost = { 400, 'E' | 'U' << 8 | 'R' << 16 } };
	}
}

static double
keeps_of(struct scene *s, int candidate)
{
	if (s->world->placebo)
		return 1;
	return candidate < 2 ? world_depths[dice_below(&s->dice, 4)] :
	    candidate == 2 ? 1.3 : 1;
}

/* Each promotion is on the first product of its stretch of ORDER. In the world
 * of overlaps two of them share a shelf, and the candidates of both. */
static void
promotions_make(struct scene *s, const int *order)
{
	static uint32_t on[PROMOTIONS + 1];
	int64_t start = 0;

	for (int j = 0; j < PROMOTIONS; j++) {
		int64_t first = START_FIRST +
		    dice_below(&s->dice, START_SPAN);
		start = s->world->overlap && j % 2 == 1 ? start + 60 +
		    dice_below(&s->dice, 120) : first;
		on[j] = (uint32_t)order[j * (CANDIDATES + 1)];
		s->promotion_of[on[j]] = j + 1;
		s->rig->promotions[j + 1] = (struct lift_promotion){
			.id = (uint32_t)j + 1, .is_known = !s->world->silent,
			.start = begins + (HISTORY + start) * LIFT_MINUTE,
			.end = begins + (HISTORY + start + HOURS * 60) *
			    LIFT_MINUTE, .price = { 700, 'E' | 'U' << 8 |
			    'R' << 16 }, .product_count = 1,
			.products = &on[j] };
		for (int c = 0; c < CANDIDATES; c++) {
			int i = order[j * (CANDIDATES + 1) + 1 + c];
			s->fates[j * CANDIDATES + c] = (struct fate){
				.promotion = (uint32_t)j + 1,
				.product = (uint32_t)i, .rate = s->rate[i],
				.keeps = keeps_of(s, c), .fired_at = -1,
				.start = HISTORY + start, .bound = INFINITY,
				.bound_wide = INFINITY,
				.end = HISTORY + start + HOURS * 60 };
			s->pair_of[i][0] = j * CANDIDATES + c + 1;
		}
	}
}

static void
scene_make(struct scene *s)
{
	static int order[PRODUCTS];

	for (int k = 0; k < PRODUCTS; k++)
		order[k] = k + 1;
	for (int k = PRODUCTS - 1; k > 0; k--) {
		int j = (int)dice_below(&s->dice, (unsigned)k + 1);
		int keep = order[k];
		order[k] = order[j];
		order[j] = keep;
	}
	for (int m = 0; m < DAY; m++)
		s->mean += profile(m) / DAY;
	rates_make(s);
	shelves_make(s, order);
	promotions_make(s, order);
	s->slump_at = HISTORY + 600 + dice_below(&s->dice, 240);
	s->outage_at = HISTORY + 600 + dice_below(&s->dice, 240);
	s->feed_at = HISTORY + 600 + dice_below(&s->dice, 240);
	for (int i = 1; i <= PRODUCTS; i++)
		s->empty_at[i] = dice_below(&s->dice, 10) == 0 ?
		    HISTORY + 480 + (int)dice_below(&s->dice, 600) : -1;
}

/* ---- a minute ---------------------------------------------------------- */

static double
shop_factor(struct scene *s, int64_t minute)
{
	const double keep = exp(-1.0 / 30);

	s->traffic = keep * s->traffic + 0.1 * sqrt(1 - keep * keep) *
	    dice_normal(&s->dice);
	double f = profile(minute) / s->mean * exp(s->traffic);
	if (s->world->slump && minute >= s->slump_at &&
	    minute < s->slump_at + 180)
		f *= 0.5;
	return f;
}

static void
levels_drift(struct scene *s)
{
	for (int i = 1; i <= PRODUCTS; i++)
		s->level[i] = exp(s->world->drift * dice_normal(&s->dice));
}

static void
bound_note(double *gained, double more, double *bound, double minutes)
{
	*gained += more;
	if (*gained >= log(1 / ALPHA) && !isfinite(*bound))
		*bound = minutes;
}

/* What is known to the truth of a pair, and to the detector of one minute. */
static void
fate_note(struct scene *s, struct fate *f, double mean, int64_t units,
    int64_t minute)
{
	ptrdiff_t k = f - s->fates;
	double q = f->keeps, more = mean * (q * log(q) + 1 - q);
	double minutes = (double)(minute - f->start + 1);

	f->expected += mean;
	f->wide += mean + mean * mean / SHAPE;
	bound_note(&s->gained[k], more, &f->bound, minutes);
	/* Kullback and Leibler's distance of the law that varies. */
	double wide = q * mean * log(q) + (q * mean + SHAPE) *
	    log((mean + SHAPE) / (q * mean + SHAPE));
	bound_note(&s->gained_wide[k], wide, &f->bound_wide, minutes);
	for (int d = 0; d < 4; d++) {
		double r = world_depths[d];
		f->oracle[d] += (double)units * log(r) + ((double)units +
		    SHAPE) * log((mean + SHAPE) / (r * mean + SHAPE));
	}
	double lost = mean > 0 ? (mean - (double)units) / mean : 0;
	f->worst = lost > f->worst ? lost : f->worst;
}

static int64_t
units_of(struct scene *s, int i, double mean)
{
	return s->world->heavy > 0 ? dice_heavy(&s->dice, mean,
	    s->world->heavy) : dice_counts(&s->dice, mean, SHAPE);
	(void)i;
}

/* What is paid, and how many more are bought, while PRODUCT is on promotion. A
 * promotion that is announced is known by that alone. */
static int64_t
price_at(const struct scene *s, int product, int64_t minute, double *ret_more)
{
	int j = s->promotion_of[product];
	const struct fate *f = &s->fates[(j - 1) * CANDIDATES];

	*ret_more = 1;
	if (!s->world->silent || j == 0 || minute < f->start ||
	    minute >= f->end)
		return 1000;
	*ret_more = 2;
	return 700;
}

static void
product_sell(struct scene *s, int i, int64_t minute, double factor)
{
	double mean = s->rate[i] * s->level[i] * factor, kept = 1, more;
	int64_t price = price_at(s, i, minute, &more);
	struct fate *f = NULL;

	if (s->pair_of[i][0] != 0) {
		f = &s->fates[s->pair_of[i][0] - 1];
		if (minute < f->start || minute >= f->end)
			f = NULL;
		else
			kept = f->keeps;
	}
	if (s->world->empty && s->empty_at[i] >= 0 &&
	    minute >= s->empty_at[i] && minute < s->empty_at[i] + 120)
		kept = 0;
	int64_t units = kept > 0 ? units_of(s, i, mean * kept * more) : 0;
	if (f != NULL)
		fate_note(s, f, mean, units, minute);
	if (units > 0 && !(s->world->outage && minute >= s->outage_at &&
	    minute < s->outage_at + 120))
		rig_buy_at(s->rig, (uint32_t)i, units,
		    begins + minute * LIFT_MINUTE + LIFT_SECOND, price);
}

static void
feed_change(struct scene *s, int64_t minute)
{
	bool on = minute == s->feed_at, off = minute == s->feed_at + 120;

	if (!s->world->feed || (!on && !off))
		return;
	for (int i = 1; i <= PRODUCTS; i++)
		s->rig->products[i].price.minor = on && i % 2 == 0 ? 2000 :
		    1000;
	rig_put(s->rig, begins + minute * LIFT_MINUTE);
}

static void
minute_run(struct scene *s, int64_t minute)
{
	double factor = shop_factor(s, minute);

	if (minute % DAY == 0 && s->world->drift > 0)
		levels_drift(s);
	feed_change(s, minute);
	for (int i = 1; i <= PRODUCTS; i++)
		product_sell(s, i, minute, factor);
	rig_reach(s->rig, begins + (minute + 1) * LIFT_MINUTE, LIFT_HOUR);
}

/* ---- a world ----------------------------------------------------------- */

static struct fate *
fate_of(struct scene *s, const struct rig_pair *p)
{
	uint32_t on = s->rig->promotions[p->promotion].products[0];
	unsigned first = ((unsigned)s->promotion_of[on] - 1) * CANDIDATES;

	for (unsigned c = 0; s->promotion_of[on] != 0 && c < CANDIDATES; c++) {
		struct fate *f = &s->fates[first + c];
		if (f->product == p->product)
			return f;
	}
	return NULL;
}

static void
fates_read(struct scene *s, uint64_t *ret_foreign)
{
	rig_list(s->rig);
	for (uint32_t k = 0; k < s->rig->pair_count; k++) {
		const struct rig_pair *p = &s->rig->pairs[k];
		struct fate *f = fate_of(s, p);
		if (f == NULL) {
			*ret_foreign += p->still_true;
			continue;
		}
		f->actual = (double)p->actual;
		f->predicted = p->predicted;
		f->doubt = p->doubt;
		f->evidence = p->log_evidence;
		f->anomaly = p->anomaly;
		f->stands = p->still_true;
		f->low = p->share_low;
		f->high = p->share_high;
		if (p->has_fired)
			f->fired_at = (p->fired_at - begins) / LIFT_MINUTE -
			    f->start;
	}
}

uint64_t
world_run(const struct world *world, uint64_t seed, const void *settings,
    struct fate ret[PAIRS])
{
	struct scene *s = calloc(1, sizeof(*s));
	uint64_t foreign = 0;

	s->world = world;
	s->dice.state = seed * 7919 + 1;
	s->fates = ret;
	s->rig = rig_open(settings, PRODUCTS, PROMOTIONS);
	scene_make(s);
	for (int64_t m = 0; m < HISTORY + DAY; m++)
		minute_run(s, m);
	fates_read(s, &foreign);
	rig_close(s->rig);
	free(s);
	return foreign;
}
