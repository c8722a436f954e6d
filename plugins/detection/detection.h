/* What the files of this plugin share. The way of a window:
 *
 *	entry ──► window (sums of whole numbers, a cell a product)
 *	            │ the watermark passes its end
 *	            ▼
 *	campaign: which promotions are on, which products they could eat
 *	lull:     windows in which the whole shop is silent are no time
 *	demand:   traffic, and with it the window's exposure
 *	stage:    each cell is told (`windowed_stats`), each pair is weighed
 *	verdict:  which pairs stand, among all that are looked at
 *	alert:    one a promotion, revised
 *	            │ the allowed lateness has passed as well
 *	            ▼
 *	demand:   levels, season and scatter learn from what is firm now
 *
 * All that is learned is learned from firm windows, in order; what is younger
 * counts by sums of whole numbers and by exposures that are summed anew each
 * time. So the figures do not depend on the order of arrival inside the allowed
 * lateness. Only the moment at which something is told does. */
#ifndef DETECTION_H
#define DETECTION_H

#include <liftd/plugin.h>

#include "baseline.h"
#include "elasticity.h"
#include "forest.h"
#include "pair.h"
#include "sheet.h"
#include "verdict.h"

enum {
	PAGE = 32,		/* products a page of an open window */
	WEEK_PARTS = 672,	/* quarters of an hour */
	DAY_PARTS = 96,
	STRETCH = 16		/* blocks in a long stretch */
};

#define NONE	UINT32_MAX

/* ---- settings ---------------------------------------------------------- */

enum stores { STORES_TOGETHER, STORES_APART };

enum control { CONTROL_POSTERIOR, CONTROL_E_BH, CONTROL_E_LOND };

struct cutoffs {
	double share, amount;	/* of the lower bound of the loss; 0: not */
};

/* Of what was expected in a window: told below the one part, or when the
 * candidates together have lost more than the other. */
struct ratio {
	double kept, moved;
};

enum decision { DECISION_EVIDENCE, DECISION_RATIO };

struct severity {
	struct cutoffs medium, high;
};

struct settings {
	int64_t         window, block, memory, traffic, dip;
	double          error;
	int64_t         candidates;
	const char     *substitutes, *complements;
	int             stores;
	int             control;
	double          alarm, verdict;
	int             decision;
	struct ratio    ratio;
	double          grows;
	double          sure;
	bool            unannounced;
	double          cheaper;
	struct severity severity;
	int64_t         alerts;
	int64_t         expires;
};

/* ---- windows ----------------------------------------------------------- */

/* What happened to a product in a window. */
struct cell {
	int64_t  revenue;		/* minor units */
	uint32_t units, views, purchases;
	uint16_t returns, revision;	/* revision: the next one's number */
};

/* A product that was looked at and not bought, in a window that is judged. */
struct glance {
	uint32_t product;
	uint16_t views, revision;
};

/* A window: pages while it is open; when it is judged, its cells in order, and
 * apart from them, since they are most, the mere glances. */
struct window {
	struct window *next;		/* later ones follow */
	int64_t        number;
	struct cell  **pages;
	uint32_t       page_count;
	uint32_t      *ids;		/* of `cells`, rising */
	struct cell   *cells;
	uint32_t       count, room;
	struct glance *glances;		/* by product, rising */
	uint32_t       glance_count;
	uint32_t       told;		/* products below this one are */
	bool           is_judged;
	int64_t        units;		/* of all products */
	int64_t        pressed_units;	/* of those that are exposed */
	double         controls;	/* the others' levels, summed */
	double         season;
	double         exposure;	/* season times traffic */
	double         sum;		/* of exposures up to this window */
};

/* A run of windows without a sale, as one goes through it. */
struct lull {
	double   missed;		/* expected in it so far */
	uint32_t is_told, is_short;	/* is_short: as far as is known */
};

/* ---- products and shelves ---------------------------------------------- */

/* How a product is sold, to see a promotion that nobody announced. */
struct sale {
	float    usual;			/* price, minor units; 0: unknown */
	float    lately;		/* what was paid in the last few */
	float    units, paid;		/* of the run that began at `from` */
	float    rise;			/* evidence that it sells more */
	int64_t  from;			/* number of a window */
	double   seen;			/* sum of exposures when `rise` was */
	uint32_t promotion;		/* the one that was put; 0: none */
	bool     is_on;
};

/* A price of the catalogue has changed: what is sold since of what the level
 * before would have sold. USUAL is 0 where nothing is watched. */
struct watch {
	float   usual, mean, shape;
	float   units, expected;
	int64_t from;			/* number of a block */
};

/* A product as the baseline knows it. */
struct item {
	struct level level;
	float    stretch_units, stretch_expected;
	float    seen_units, seen_expected;	/* by the crowd */
	uint32_t shelf;			/* NONE until the catalogue was read */
	uint32_t next;			/* on the same shelf */
	uint32_t pair;			/* the first that looks at it */
	uint32_t currency;
	int64_t  frozen_from, frozen_until;	/* numbers of windows between
					 * which it does not learn */
	float    price;			/* minor units, as last read */
	struct slope slope;		/* of its elasticity */
	struct watch watch;
	struct sale sale;
};

/* Products that may stand in for each other. */
struct shelf {
	char    *name;
	size_t   size;
	uint32_t first, last;		/* products */
	uint32_t count;
	double   level_sum, sum_new;	/* of those with a level */
	uint32_t level_count, count_new;
	struct slope slope;
};

/* ---- campaigns and pairs ----------------------------------------------- */

enum part { PART_PROMOTED, PART_CANDIDATE, PART_COMPLEMENT };

/* A product that a promotion is on, that it could eat, or that goes with it. */
struct pair {
	uint32_t       campaign, product;
	uint32_t       next;		/* of the same product; or free */
	uint8_t        part;
	bool           is_used, has_fired, is_true, is_given_up, has_begun;
	int64_t        start, end;	/* numbers of windows; end: open is
					 * INT64_MAX */
	int64_t        through;		/* the last window that is counted */
	int64_t        units, dip_units;
	int64_t        base;		/* windows from here to the start count
					 * beside `level` */
	int64_t        base_units;
	double         base_sum;	/* sum of exposures before `base` */
	double         began, ended;	/* before `start`, before `end` */
	struct level   level;		/* before `base` */
	struct outlook outlook;
	double         exposure, dip_exposure;
	float          price;		/* when it started */
	double         factor;		/* what its new price would do */
	double         repriced;	/* sum of exposures up to which it is
					 * in `adjusted` */
	double         adjusted;	/* exposure that prices of its own add */
	float          paid;		/* what was usual when it started */
	int64_t        silent_from;	/* first window of a run with nothing
					 * sold; INT64_MAX: none */
	double         silent_sum;	/* sum of exposures before it */
	bool           is_alone_again;	/* after the end */
	bool           is_joined;	/* another promotion pressed as well */
	int64_t        alone_units;	/* until then */
	double         alone;		/* exposure until then */
	double         under_units;	/* sold under another promotion alone,*/
	double         under;		/* in so much exposure */
	double         out;		/* exposure while it was out of stock */
	struct weighed weighed;
	double         doubt;		/* chance that it is not eaten */
	double         step;		/* what e-LOND wants, as a log */
	int64_t        fired_at;	/* time */
};

enum campaign_state { CAMPAIGN_LIVE, CAMPAIGN_DIP, CAMPAIGN_OVER };

/* A promotion as this plugin sees it, one episode. */
struct campaign {
	uint32_t  promotion;
	uint8_t   state;
	bool      just_ended;
	int64_t   started;		/* time */
	int64_t   start, end;		/* numbers of windows */
	uint32_t *pairs;		/* promoted, candidates, complements */
	uint32_t  pair_count;
	uint32_t  promoted, complements;	/* so many, and from where on */
	int64_t   price;		/* minor units */
	uint32_t  currency;
	uint32_t  alert;		/* NONE */
};

/* ---- bursts ------------------------------------------------------------ */

enum { BURSTS = 64 };		/* the newest that are known */

/* Purchases of one show, of one promotion. */
struct burst {
	char     id[40], queued[32];
	uint32_t promotion, events;
	int64_t  time;			/* of the first one */
};

/* ---- alerts ------------------------------------------------------------ */

enum alert_status {
	ALERT_PENDING, ALERT_STRATEGY, ALERT_ACTION, ALERT_RESOLVED,
	ALERT_DISMISSED, ALERT_EXPIRED, ALERT_STATUSES
};

/* What may happen to an alert. */
enum alert_event {
	EVENT_STRATEGY, EVENT_ACTION, EVENT_DISMISS, EVENT_UNDO,
	EVENT_MEASURED, EVENT_EXPIRE, ALERT_EVENTS
};

/* Topics of others, in the order of `hears`. */
enum hears { HEARS_STRATEGY, HEARS_ACTION, HEARS_FEEDBACK };

/* The fields of the topic `alert`. */
enum { ALERT_FIELDS = 29 };

/* Text that the alert keeps. */
struct note {
	char  *data;
	size_t size;
};

/* One promotion and episode that eats its shelf. */
struct alert {
	char     id[256];
	uint32_t promotion, product;
	uint32_t campaign;		/* NONE when it is over */
	uint32_t revision;
	uint8_t  status;
	uint8_t  severity;
	uint32_t victims;
	int64_t  started, time;
	int64_t  closed;		/* when it was closed; 0: it is not */
	double   original_price, promo_price, discount;
	uint32_t currency;
	int64_t  actual;
	double   predicted, loss_low, loss_amount, share, share_low;
	double   told_loss;
	double   confidence;
	struct burst burst;		/* the newest that ran for it */
	struct note summary, victims_json, evidence, net, strategy,
	    feedback, action, reasons, catalogue;
};

/* All of them, for those who save, load and free. */
enum { ALERT_NOTES = 9 };

/* ---- the instance ------------------------------------------------------ */

/* Where the judging of a window stands. */
enum phase { PHASE_IDLE, PHASE_FIRM, PHASE_SHELVES, PHASE_CAMPAIGNS,
	PHASE_TRAFFIC,
	PHASE_CELLS, PHASE_PAIRS, PHASE_SHARES, PHASE_VERDICT, PHASE_ALERTS,
	PHASE_PACK };

struct block {
	int64_t   number;
	uint32_t *units;		/* by product */
	uint32_t  room;
	double    exposure, controls;	/* controls: expected, unseasoned */
	int64_t   control_units;
	uint32_t  windows, awake;	/* awake: in no lull */
};

struct detection {
	const struct lift_host *host;
	const struct settings  *settings;
	struct detection       *whole;	/* NULL: this is it */
	struct lift_text        store;	/* of a part */
	struct detection      **parts;	/* by store, in order of names */
	uint32_t                part_count, part_room;

	struct window *windows, *newest;	/* by number */
	int64_t        next;		/* the window to judge next */
	int64_t        firm;		/* the first window that is not firm */
	bool           has_begun, has_judged;
	int64_t        now;		/* of the newest tick */
	int64_t        lateness;	/* in windows */

	struct item   *items;		/* by id, from 1 */
	uint32_t       item_count, item_room;
	struct shelf  *shelves;
	uint32_t       shelf_count, shelf_room;
	uint32_t      *shelf_index, shelf_mask;
	bool           catalogue_stale;

	struct block   block;
	uint32_t       block_at;	/* products below this one are folded */
	bool           block_full;
	struct bucket  week[WEEK_PARTS], day[DAY_PARTS];
	struct bucket  open_week[WEEK_PARTS];	/* shares in no lull */
	struct bucket  open_day[DAY_PARTS];
	double         lately;		/* season's factor of the last block */
	struct scatter scatter;
	struct traffic traffic;		/* of firm windows */
	struct lull    lull;		/* at the end of firm windows */
	double         firm_sum;	/* of their exposures */
	double         level_sum, level_sum_new;
	uint32_t       level_count, level_count_new;

	struct campaign *campaigns;
	uint32_t         campaign_count, campaign_room, live;
	struct pair     *pairs;
	uint32_t         pair_count, pair_room, pair_free;
	uint32_t        *pressed;	/* products, rising */
	uint32_t         pressed_count, pressed_room;
	bool             pressed_stale;
	uint32_t         promotion_count;
	uint32_t        *seen;		/* by promotion: its campaign + 1 */
	int64_t         *seen_start;	/* and the start of that episode */
	uint32_t         seen_room;
	struct shares    memory;	/* what ended pairs were */
	struct shares    shares;	/* with those that run */
	double           certain;	/* as many of them are not luck */
	struct ledger    ledger;
	struct slope     slope;		/* of the shop's elasticity */
	uint64_t         prices_learned;
	struct forest   *crowd;		/* NULL while there is none */
	uint64_t         crowd_rows;	/* it has met */
	double           crowd_bar;	/* CROWD_SHARE of it are odder */
	struct burst     bursts[BURSTS];
	uint32_t         burst_count;	/* all there ever were */
	uint64_t         tests, alarms;	/* for e-LOND */
	double           bar;		/* of e-BH, as a log */

	struct alert  *alerts;
	uint32_t       alert_count, alert_room;
	uint64_t       alerts_dropped, actions_today;
	int64_t        action_day;

	enum phase     phase;
	struct window *judged;		/* the window of `phase` */
	uint32_t       at;
};

/* ---- memory.c ---------------------------------------------------------- */

/* AT, or the end of the process when it is NULL: a fold that lacks memory
 * cannot go on. */
void *sure(void *at);

/* ITEMS with room for one more than COUNT of SIZE bytes each; new ones are
 * zero. */
void *grown(void *items, uint32_t count, uint32_t *room, size_t size);

/* AT, all zero: also what lies between its members, which goes into digests. */
void *clean(void *at, size_t size);

/* ---- window.c ---------------------------------------------------------- */

/* The number of the window that TIME lies in. */
int64_t window_number(const struct detection *, int64_t time);

/* The window with this NUMBER, made if it is not there. */
struct window *window_at(struct detection *, int64_t number);

/* The window with this NUMBER; NULL if there is none. */
struct window *window_find(const struct detection *, int64_t number);

/* The cell of PRODUCT, made if it is not there. */
struct cell *window_cell(struct window *, uint32_t product);

/* The cell of PRODUCT; NULL if there is none, or nothing but glances. */
const struct cell *window_look(const struct window *, uint32_t product);

/* Turns the pages of W into a list. */
void window_pack(struct window *);

/* Frees the first window, or all. */
void window_drop_first(struct detection *);
void windows_free(struct detection *);

/* Counts an interaction, also in a window that is judged: then it is told again
 * with the next revision, and the pairs that look at the product know. */
void window_count(struct detection *, const struct lift_entry *);

/* Emits what is known of PRODUCT in W. */
void window_tell(struct detection *, struct window *, uint32_t product,
    struct cell *);

/* ---- shelf.c ----------------------------------------------------------- */

/* The item of PRODUCT, with room made up to it. */
struct item *item_at(struct detection *, uint32_t product);

/* What is taken for granted of a product of this shelf. */
struct prior item_prior(const struct detection *, const struct item *);

/* True if PRODUCT says of itself that it goes with what stands on SHELF. */
bool shelf_goes_with(const struct detection *, uint32_t shelf,
    uint32_t product);

/* Puts at most SLICE products where the catalogue says they stand; true when
 * all are. */
bool shelves_read(struct detection *, unsigned *slice);

/* The text of the member NAME of a flat JSON object, quotes and all; empty if
 * there is none. */
struct lift_text json_member(struct lift_text json, const char *name);

/* The number that the member NAME is; NAN if it is none. */
double json_number_member(struct lift_text json, const char *name);

/* Frees all shelves. */
void shelves_free(struct detection *);

/* ---- demand.c ---------------------------------------------------------- */

/* Lets firm what is older than the window to be judged next less the allowed
 * lateness, and learns from it; true when that is done. */
bool demand_firm(struct detection *, unsigned *slice);

/* The season's factor for the window with this NUMBER. */
double demand_season(const struct detection *, int64_t number);

/* The same, less by how often a lull is met at that time of the week. */
double demand_open(const struct detection *, int64_t number);

/* Sums exposures anew over windows that are not firm, up to the one that is
 * judged. */
void demand_expose(struct detection *);

/* The sum of exposures before the window with this NUMBER. */
double demand_before(const struct detection *, int64_t number);

/* Notes in PAIR what is known of its product before `start`. */
void demand_base(const struct detection *, struct pair *);

/* The outlook of PAIR as its sums stand. */
struct outlook demand_outlook(const struct detection *, const struct pair *);

/* ---- lull.c ------------------------------------------------------------ */

/* Goes on to the next window, W: true when it lies in a lull. */
bool lull_step(const struct detection *, struct lull *,
    const struct window *);

/* ---- campaign.c -------------------------------------------------------- */

/* Begins and ends campaigns by what the world says; true when all promotions
 * were looked at. */
bool campaigns_look(struct detection *, unsigned *slice);

/* The products that are exposed in the window that is judged, summed up. */
void campaigns_press(struct detection *);

/* True if a promotion is on PRODUCT or could eat it, or did lately. */
bool campaign_presses(const struct detection *, uint32_t product,
    int64_t number);

/* The price in force of PRODUCT. */
struct lift_money campaign_price(const struct detection *, uint32_t product);

/* UNITS more were sold of PRODUCT in window NUMBER, after the pairs that look
 * at it had taken that in. */
void campaign_late(struct detection *, uint32_t product, int64_t number,
    int64_t units);

/* Frees all. */
void campaigns_free(struct detection *);

/* ---- store.c ----------------------------------------------------------- */

/* The part that is the store NAME, made if it is not there; NULL if there are
 * too many. */
struct detection *store_part(struct detection *, struct lift_text name);

/* True if a promotion holds in this store; in the whole it does if it holds
 * anywhere. */
bool store_runs(const struct detection *, const struct lift_promotion *);

/* True if this is a whole whose stores are looked at apart: alerts are theirs. */
bool stores_are_apart(const struct detection *);

/* The part that has the alert ID; the whole if none has. */
struct detection *store_of_alert(struct detection *, struct lift_text id);

/* Those that have alerts and pairs to show, one after the other: AT is 0 at
 * first; NULL behind the last. */
struct detection *store_next(struct detection *, uint32_t *at);

/* Frees all parts. */
void stores_free(struct detection *);

/* ---- unannounced.c ----------------------------------------------------- */

/* Takes how PRODUCT was sold in the window that is judged; puts a promotion
 * when it is on one that nobody announced, and stops it when it is over. */
void unannounced_look(struct detection *, uint32_t product,
    const struct cell *);

/* ---- trial.c ----------------------------------------------------------- */

/* Takes the window that is judged into PAIR, and weighs it. */
void trial_weigh(struct detection *, struct pair *);

/* The doubt of a pair whose promotion runs, without the credit that luck may
 * have lent. */
double trial_doubt(const struct detection *, const struct pair *);

/* The log evidence from which on a pair stands whatever is known of others:
 * e-BH's where that is wanted, else that for an endless stream. */
double trial_guarantee(const struct detection *, const struct pair *);

/* Learns from all pairs how common it is to be eaten. */
void trial_share(struct detection *);

/* Which pairs stand, among all; true when all are decided. */
bool trial_decide(struct detection *, unsigned *slice);

/* A pair is told as eaten from TIME on. */
void pair_fire(struct detection *, struct pair *, int64_t time);

/* Remembers what became of the pairs of C, which is over for good. */
void trial_close(struct detection *, const struct campaign *);

/* ---- burst.c ----------------------------------------------------------- */

/* Counts a purchase that belongs to a burst. */
void burst_note(struct detection *, const struct lift_entry *);

/* The newest burst for PROMOTION that began at SINCE or later; NULL if there is
 * none. */
const struct burst *burst_of(const struct detection *, uint32_t promotion,
    int64_t since);

/* ---- crowd.c ----------------------------------------------------------- */

/* The part of the crowd that is called odd. */
#define CROWD_SHARE	0.1

/* Takes a firm block of PRODUCT, which no promotion touches, and looks at it
 * when its turn has come. */
void crowd_meet(struct detection *, uint32_t product, double units,
    double expected);

/* How odd a pair looks beside products that no promotion touches, from 0 to 1;
 * NAN while too little is known of it or of them. */
double crowd_score(const struct detection *, const struct pair *);

/* The score that CROWD_SHARE of the crowd reach. */
double crowd_bar(const struct detection *);

/* ---- price.c ----------------------------------------------------------- */

/* Learns from a promotion that is over. */
void price_campaign(struct detection *, const struct campaign *);

/* The catalogue's price of an item is about to become PRICE. */
void price_changed(struct detection *, struct item *, float price);

/* Takes a firm block of an item that no promotion touches. */
void price_block(struct detection *, struct item *, double units,
    double exposure);

/* What is known of how demand of an item follows its price. */
struct elasticity price_elasticity(const struct detection *,
    const struct item *);

/* ---- ratio.c ----------------------------------------------------------- */

/* Which pairs the prototype's rule tells; true when all were looked at. */
bool ratio_decide(struct detection *, unsigned *slice);

/* ---- catalogue.c ------------------------------------------------------- */

/* Writes members that the catalogue has of PRODUCT: category, brand, price, how
 * far that lies above PROMO (minor units; 0: none), stock. */
void catalogue_write(const struct detection *, uint32_t product, double promo,
    struct sheet *);

/* ---- alert.c ----------------------------------------------------------- */

/* Opens or revises the alert of campaign C if there is something new. */
void alert_consider(struct detection *, uint32_t campaign, bool is_end);

/* Where EVENT leads an alert that is FROM; ALERT_STATUSES: nowhere. */
enum alert_status alert_next(enum alert_status from, enum alert_event event,
    bool has_strategy);

/* The fields of A as the topic has them; CURRENCY is where one of them
 * lies. */
void alert_values(const struct detection *, const struct alert *,
    struct lift_value ret[ALERT_FIELDS], char currency[4]);

/* Emits the next revision of A as of TIME. */
void alert_tell(struct detection *, struct alert *, int64_t time);

/* The alert with this ID; NULL if there is none. */
struct alert *alert_find(const struct detection *, struct lift_text id);

/* What others say of alerts. */
void alert_heard(struct detection *, const struct lift_heard *);

/* The text of A in this PLACE; NULL behind the last one. */
struct note *alert_note(struct alert *, unsigned place);

/* Closes what is over and unanswered for long. */
void alerts_age(struct detection *, int64_t now);

/* Frees all. */
void alerts_free(struct detection *);

extern const char *const alert_status_names[], *const alert_severity_names[];

/* ---- account.c --------------------------------------------------------- */

/* Puts into A what its campaign amounts to now: sums over the victims, with
 * bounds, and the texts. */
void account_make(struct detection *, struct alert *);

/* ---- reason.c ---------------------------------------------------------- */

/* One thing that must hold for a pair to be told, with what was found. */
struct condition {
	const char *what;
	bool        holds;
	double      value, bound;	/* NAN: none */
	const char *remark;
};

/* Tells all conditions of a pair, in their order. */
void pair_reasons(const struct detection *, const struct pair *,
    void (*told)(void *context, const struct condition *), void *context);

/* Writes why a campaign is told as one that eats: a tree of conditions with
 * values, in full for pairs that have fired, in a line for others that have
 * some evidence. */
void reasons_write(const struct detection *, const struct campaign *,
    struct sheet *);

/* ---- explain.c --------------------------------------------------------- */

extern const struct lift_verb detection_verbs[];

/* ---- state.c ----------------------------------------------------------- */

enum { STATE_VERSION = 8 };

void detection_save(void *self, void *snapshot);
bool detection_load(void *self, void *snapshot, uint32_t version,
    struct lift_error *);

/* Frees what the state holds. */
void detection_clear(struct detection *);

/* ---- detection.c ------------------------------------------------------- */

enum { TOPIC_STATS, TOPIC_ALERT };

extern const struct lift_field detection_alert_fields[];

#endif
