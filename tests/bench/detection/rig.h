/* The plugin itself in a shop of its own: a host as small as it can be, so that
 * what is measured is what ships. */
#ifndef BENCH_DETECTION_RIG_H
#define BENCH_DETECTION_RIG_H

#include <liftd/plugin.h>

extern const struct lift_plugin lift_plugin;

/* A pair as the plugin lists it. */
struct rig_pair {
	uint32_t promotion, product;
	int64_t  actual, fired_at;
	double   predicted, log_evidence, doubt, share_low, share_high,
	         anomaly;
	bool     has_fired, still_true;
};

struct rig {
	struct lift_host       host;
	void                  *self;
	struct lift_product   *products;	/* by id, from 1 */
	struct lift_promotion *promotions;
	uint32_t               product_count, promotion_count;
	char                 (*names)[16];
	char                 (*promotion_names)[64];
	uint32_t              *put_on;		/* its product, by promotion */
	uint32_t               promotion_room;
	uint64_t               seq, stats, alerts, entries;
	int64_t                time;		/* of the newest entry */
	int64_t                advance_ns, slice_ns;	/* of this window, and
							 * the longest slice */
	struct rig_pair       *pairs;
	uint32_t               pair_count, pair_room;
	struct lift_entry      call;
};

/* Settings as the plugin has them unless its rules say otherwise, with changes
 * in the form "name=value,..."; kept until the end. */
const void *rig_settings(const char *changes);

/* Opens a shop with so many products and promotions, all unknown. */
struct rig *rig_open(const void *settings, uint32_t products,
    uint32_t promotions);
void rig_close(struct rig *);

/* Says that something was put: the catalogue is read again. */
void rig_put(struct rig *, int64_t time);

/* UNITS of PRODUCT are bought at TIME, at 10.00 or at PRICE. */
void rig_buy(struct rig *, uint32_t product, int64_t units, int64_t time);
void rig_buy_at(struct rig *, uint32_t product, int64_t units, int64_t time,
    int64_t price);

/* The watermark reaches TIME; late entries are taken for LATENESS. */
void rig_reach(struct rig *, int64_t time, int64_t lateness);

/* Lists all pairs into `pairs`. */
void rig_list(struct rig *);

/* Nanoseconds of this thread on a processor: others may use it as well. */
int64_t rig_clock(void);

#endif
