/* What the files of the strategy plugin share.
 *
 * An alert is heard and read into figures (facts.c). What could be done is
 * weighed (weigh.c) with what was learned of earlier actions (learn.c), put
 * into words (prose.c), and told (tell.c). Where a model writes, it is asked
 * for better words (model.c); until they come, and whenever they do not, ours
 * stand. */
#ifndef STRATEGY_STRATEGY_PARTS_H
#define STRATEGY_STRATEGY_PARTS_H

#include <liftd/plugin.h>

#include "strategy/learn.h"
#include "strategy/prose.h"
#include "strategy/weigh.h"

enum { STRATEGY_OPTIONS = 3 };

enum writer { WRITER_OFFLINE, WRITER_MODEL };

struct settings {
	int     writer;
	double  exploration;
	double  largest_step;
	int64_t model_every;
	double  grows;
	int64_t keep;
};

/* An alert in figures. */
struct facts {
	char    *alert, *product, *promotion, *worst;
	char     currency[4];
	uint32_t promotion_id, product_id;
	unsigned severity, victims;
	double   full, price, discount;
	double   actual, predicted, loss_percent, loss_low, loss_amount;
	double   hours, confidence;
	char    *category;		/* of the victim that lost most; NULL */
	double   worst_price, worst_gap;	/* 0: not known; percent */
	double   stock, worst_stock;	/* NAN: not known */
	bool     has_net;
	struct weigh_figure units[5], margin[5];	/* by enum part */
};

/* The parts of a balance, in the order of `units` and `margin`. */
enum part { PART_LIFT, PART_CANNIBALIZED, PART_HALO, PART_PULL, PART_NET };

/* What was proposed for one alert. */
struct strategy {
	char    *alert;
	char     id[300];
	uint32_t promotion, revision;
	uint8_t  severity, context;
	char     cause[24];
	double   loss;			/* percent, when it was made */
	int64_t  time;
	struct weigh_option options[STRATEGY_OPTIONS];
	double   expected[WEIGH_ACTIONS];	/* of stake, for learning */
	double   stake;			/* margin an hour */
	char    *explanation;
	char    *details[STRATEGY_OPTIONS];
	char    *written_by;
	char     request[LIFT_REQUEST_ID];
	int64_t  asked;			/* when the model was asked last */
};

struct strategies {
	const struct lift_host *host;
	const struct settings  *settings;
	struct learn            learn;
	struct strategy        *items;
	size_t                  count, room;
};

extern const char *const weigh_action_names[];
extern const struct lift_field strategy_fields[];

/* Memory or the end. */
void *strategy_sure(void *);

/* A text of one's own, ended by a zero. */
char *strategy_text(struct lift_text);

/* ---- facts.c ---- */

/* Reads an alert. False when it has no id. Ended with facts_done. */
bool facts_read(const struct strategies *, const struct lift_heard *,
    struct facts *);
void facts_done(struct facts *);

/* The figures to weigh: margins an hour. */
struct weigh_case facts_weigh(const struct strategies *,
    const struct facts *);

/* The same as words are made of. Borrows from both. */
struct prose_case facts_prose(const struct facts *,
    const struct weigh_case *);

/* ---- tell.c ---- */

/* Makes or renews the strategy for an alert, if there is reason to. */
void strategy_make(struct strategies *, const struct facts *, int64_t time);

/* The strategy of this alert; NULL if there is none. */
struct strategy *strategy_find(struct strategies *, struct lift_text alert);

/* Tells it as it stands. */
void strategy_tell(struct strategies *, struct strategy *, int64_t time);

/* Tells a caller. */
void strategy_reply(struct strategies *, struct lift_call *,
    const struct strategy *);

/* Frees what it holds. */
void strategy_done(struct strategy *);

/* ---- model.c ---- */

/* Asks the model for words. */
void model_ask(struct strategies *, struct strategy *,
    const struct facts *, int64_t time);

/* Hears an answer. */
void model_answer(struct strategies *, const struct lift_entry *);

/* ---- keep.c ---- */

/* The whole state into a snapshot, and back. */
void keep_save(struct strategies *, void *snapshot);
bool keep_load(struct strategies *, void *snapshot, struct lift_error *);

#endif
