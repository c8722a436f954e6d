/* What it costs: 100,000 products, 1,000 live promotions with ten candidates
 * each, a thousand entries a second. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dice.h"
#include "rig.h"

enum { MANY = 100000, LIVE = 1000, SHELF = 11, A_MINUTE = 60000,
	MINUTES = 100 };

static const int64_t begins = INT64_C(1767225600) * LIFT_SECOND;

static long
resident_kb(void)
{
	FILE *in = fopen("/proc/self/status", "r");
	char line[256];
	long kb = 0;

	while (in != NULL && fgets(line, sizeof(line), in) != NULL)
		if (strncmp(line, "VmRSS:", 6) == 0)
			kb = atol(line + 6);
	if (in != NULL)
		fclose(in);
	return kb;
}

static void
shop_make(struct rig *r)
{
	static char names[MANY / SHELF + 1][12];
	static uint32_t on[LIVE + 1];

	for (uint32_t i = 1; i <= MANY; i++) {
		snprintf(names[i / SHELF], 12, "C%u", i / SHELF);
		r->products[i] = (struct lift_product){ .id = i,
			.is_known = true,
			.category = lift_text(names[i / SHELF]),
			.price = { 1000, 'E' | 'U' << 8 | 'R' << 16 } };
	}
	for (uint32_t j = 1; j <= LIVE; j++) {
		on[j] = j * SHELF;
		r->promotions[j] = (struct lift_promotion){ .id = j,
			.is_known = true, .product_count = 1,
			.products = &on[j], .price = { 700, 'E' | 'U' << 8 |
			'R' << 16 }, .start = begins + 30 * LIFT_MINUTE,
			.end = INT64_MAX };
	}
}

/* Best sellers sell most, as they do. */
static uint32_t
product_draw(struct dice *d)
{
	double u = dice_even(d);

	return 1 + (uint32_t)(MANY * u * u * u);
}

int
bench_scale(int seeds, int first, const char *changes, const char *data)
{
	static uint32_t bought[A_MINUTE];
	struct dice dice = { (uint64_t)first };
	long before = resident_kb();
	struct rig *r = rig_open(rig_settings(changes), MANY, LIVE);
	double entry = 0, close = 0, worst = 0;

	(void)seeds, (void)data;
	shop_make(r);
	long shop = resident_kb() - before;
	for (int64_t m = 0; m < MINUTES; m++) {
		for (int k = 0; k < A_MINUTE; k++)
			bought[k] = product_draw(&dice);
		int64_t at = rig_clock();
		for (int k = 0; k < A_MINUTE; k++)
			rig_buy(r, bought[k], 1, begins + m * LIFT_MINUTE +
			    k * (LIFT_MINUTE / A_MINUTE));
		entry += (double)(rig_clock() - at);
		rig_reach(r, begins + (m + 1) * LIFT_MINUTE, LIFT_HOUR);
		if (m < MINUTES / 2) {
			r->slice_ns = 0;
			continue;
		}
		double ms = (double)r->advance_ns / 1e6;
		close += ms / (MINUTES / 2);
		worst = ms > worst ? ms : worst;
	}
	printf("scale: %d products, %d live promotions of ten candidates, %d "
	    "entries a minute\n  entries        %.2f million/s (goal 1)\n"
	    "  a minute closes in %.1f ms of processor time, at worst %.1f "
	    "ms (goal 50); longest slice %.2f ms (goal 5)\n  told a minute  %llu rows\n  memory"
	    "         %.0f MB (goal 150), beside %.0f MB of the bench's own\n",
	    MANY, LIVE, A_MINUTE, (double)MINUTES * A_MINUTE / entry * 1e3,
	    close, worst, (double)r->slice_ns / 1e6,
	    (unsigned long long)(r->stats / MINUTES),
	    (double)(resident_kb() - before - shop) / 1024,
	    (double)shop / 1024);
	rig_close(r);
	return 0;
}
