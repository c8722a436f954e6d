/* What the files that face the daemon share: what verbs have set (the fold's
 * part, saved), and the producer beside it (never saved, begun anew). */
#ifndef SIMULATION_H
#define SIMULATION_H

#include <liftd/plugin.h>

#include "branch.h"
#include "queue.h"
#include "retail.h"
#include "scenario.h"
#include "street.h"

struct settings {
	bool        enabled;
	double      rate, season;
	const char *currency;
};

/* A simulation as it was told to be, and what came of it. */
struct run {
	bool     is_running, is_paused;
	bool     is_present;		/* it has caught up with the clock */
	uint32_t number;		/* how many were started */
	uint32_t scenario;		/* place in the table */
	uint64_t seed;
	double   rate;			/* 0: that of the options */
	double   season;		/* below 0: likewise */
	double   speed;
	int64_t  from, until;		/* until 0: open */
	int64_t  begin;			/* of the promotions */
	int64_t  fast;			/* until then it hurries; 0: not */
	int64_t  stands;		/* nothing older comes any more */
	uint32_t products, shoppers, promotions;
	uint32_t stocked;		/* products put so far */
	uint32_t source;		/* in the log; 0: not known yet */
	uint64_t events, purchases, units, returns;
	uint32_t bursts;		/* ever asked for */
	bool     is_own;		/* plays the products of the shop */
	uint32_t currency;		/* of these; 0: that of the options */
	uint32_t stores;		/* 0: the web and an app */
};

enum { BURSTS_MOST = 32, BURST_ID = 16, BURST_NOTE = 112 };

/* A burst that is asked for, until the last of its purchases is in the log. */
struct burst_order {
	uint32_t serial, size, bought;
	uint32_t promotion, item;
	char     id[BURST_ID];
	char     note[BURST_NOTE];	/* properties of its events */
};

enum { PREFIX = 14 };

/* The producer: where the shoppers are. */
struct producer {
	struct street *street;
	uint32_t       run;		/* it belongs to */
	double         rate;
	uint64_t       catalogue;	/* changes of the world that the market
					 * knows; 0: none */
	char           prefix[PREFIX];	/* of the ids of its events */
	uint32_t       burst_last;	/* serial of the newest it began */
	uint32_t      *ids;		/* by item: interned; 0: not yet */
	uint32_t      *items;		/* by interned id: item, from 1 */
	uint32_t       item_room;
};

/* The retailer's history: what it was told, and how far it has come. */
struct history {
	struct retail world;
	bool          is_running;
	uint32_t      number;		/* how often it was told */
	uint32_t      source;		/* in the log; 0: not known yet */
	int64_t       stands;
	uint64_t      events;
};

struct crowd;

struct simulation {
	const struct lift_host *host;
	const struct settings  *settings;
	struct run              run;
	struct shelf           *shelf;	/* of the run; NULL before the first */
	struct burst_order      bursts[BURSTS_MOST];
	unsigned                burst_count;
	struct producer         producer;
	struct history          history;
	struct crowd           *crowd;		/* beside the fold, as the
						 * producer */
	uint32_t                crowd_of;	/* number of its history */
};

static inline struct lift_text
item_id(const struct item *it)
{
	return (struct lift_text){ it->id, it->id_size };
}

extern const struct lift_verb simulation_verbs[];

/* The words for enum sensitivity. */
extern const char *const mind_names[MIND_LEVELS];

/* The shelf of a run: WHOSE products are `made` (or empty) or those of the
 * `world`; SIZED when somebody said how many. The run has their number and
 * currency then. NULL with a sentence when these cannot be played. */
struct shelf *catalogue_choose(struct simulation *, struct lift_text whose,
    bool sized, struct run *, struct lift_error *);

/* The shelf into a snapshot, and back: NULL when it does not hold. */
void catalogue_save(const struct simulation *, void *snapshot);
struct shelf *catalogue_load(struct simulation *, void *snapshot);

/* Puts at most SLICE of the run's products and promotions into the world; true
 * when all are there. Only in the fold. */
bool simulation_stock(struct simulation *, unsigned slice);

/* True while the shop is paused, or switched off by the options. */
bool simulation_rests(const struct simulation *);

/* The rate that is in force, in events a minute. */
double simulation_rate(const struct simulation *);

/* The currency of the catalogue, packed. */
uint32_t simulation_currency(const struct simulation *);

/* As `pace` and `produce`, for the retailer. */
bool history_pace(struct simulation *, struct lift_pace *);
void history_produce(struct simulation *, struct lift_stage *);

/* Sends the retailer's customers home; takes NULL. */
void crowd_free(struct crowd *);

/* The verbs of the retailer. */
bool simulate_generate(void *self, struct lift_call *, struct lift_error *);
bool simulate_table(void *self, struct lift_call *, struct lift_error *);
bool simulate_check(void *self, struct lift_call *, struct lift_error *);

/* As the plugin's `pace`. */
bool simulation_pace(void *self, struct lift_pace *);

/* As the plugin's `produce`. */
void simulation_produce(void *self, struct lift_stage *);

/* Sends the shoppers home and forgets them. */
void producer_close(struct producer *);

/* True when ID is that of an event of shoppers, or of the retailer. */
bool simulation_made(const struct simulation *, struct lift_text id);
bool history_made(struct lift_text id);

/* Writes TIME as 2026-11-20T15:16:17Z. */
void date_write(int64_t time, char ret[24]);

/* Reads such a time, or a span before NOW such as -7d. Fails with a
 * sentence. */
bool date_read(struct lift_text, int64_t now, int64_t *ret,
    struct lift_error *);

#endif
