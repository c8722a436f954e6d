/* The members of the house, for the files that live in it and for the verbs
 * about the daemon. */
#ifndef HOUSE_HOUSE_PARTS_H
#define HOUSE_HOUSE_PARTS_H

#include <event2/event.h>

#include "base/logger.h"
#include "base/metric.h"
#include "couriers/couriers.h"
#include "doors/control.h"
#include "doors/http.h"
#include "engine/engine.h"
#include "house/desk.h"
#include "house/feed.h"
#include "house/gate.h"
#include "house/house.h"
#include "house/rulebook.h"
#include "house/scribe.h"
#include "house/stage.h"
#include "intake/identity.h"
#include "plugin/roster.h"
#include "schedule/schedule.h"

struct house {
	struct house_places     places;
	struct arena           *arena;		/* of settings and places */
	struct settings         settings;
	struct arena           *settings_arena;	/* of those read again */
	struct lift_text        settings_text;	/* of the start: what a fold
						 * depends on stays as it was */
	struct option_sources   sources;	/* of secrets in rules */
	struct metrics         *metrics;
	struct event_base      *base;
	struct store           *store;
	struct store_reader    *reader;		/* the loop's own */
	struct roster          *roster;
	struct engine          *engine;
	struct company         *company;
	struct identity        *identity;
	struct feed            *feed;
	struct gate            *gate;
	struct couriers        *couriers;
	struct rulebook        *rulebook;
	struct schedule        *schedule;
	struct generation      *scheduled;	/* the one that it goes by */
	struct control         *control;
	struct http            *http;		/* NULL: none */
	uint64_t                seed;

	struct event           *tick, *watchdog, *jobs, *stop, *interrupt,
	                       *hup, *child;
	struct stage           *stage;
	struct scribe          *scribe;		/* at work; or NULL */
	uint64_t                snapshot_seq;	/* of the newest */
	uint64_t                snapshot_older;	/* of the one before */
	int64_t                 snapshot_time, prune_time, started;
	int64_t                 snapshot_wait;	/* after a failure */
	int64_t                 drain_until;
	bool                    stopping, pruning;
	bool                    copying;	/* the log: nothing is pruned */
	unsigned                errands;	/* that run now */
	struct lift_error       settings_error;	/* of the newest reading */
	struct lift_error       snapshot_error;	/* of the newest attempt */
	struct metric          *ticks, *snapshot_metric, *lag;
};

/* Reads liftd.yaml, or takes the defaults when it need not be there; findings
 * go to standard error. */
bool house_settings(struct house *, struct lift_error *);

/* Reads liftd.yaml again and puts into use what does not take a restart; all
 * of it or nothing. What was wrong is logged, and stays in settings_error. */
bool house_settings_again(struct house *, struct lift_error *);

/* The doors' settings, with what the command line says. */
struct http_settings house_http_settings(const struct house *,
    const struct settings *);
struct control_settings house_control_settings(const struct house *,
    const struct settings *);

/* Makes engine, plugins' instances and identity, and brings them to where the
 * log ends. */
bool recover(struct house *, struct lift_error *);

/* Makes engine and plugins' instances; nothing is folded yet. */
bool recover_engine(struct house *, struct lift_error *);

/* Brings what recover_engine has made to where the log ends: the newest good
 * snapshot, whose seq is in snapshot_seq, 0 for none, and the entries after. */
bool recover_state(struct house *, struct lift_error *);

/* The installation's seed, from the store; 0 when it has none yet. */
bool recover_seed(struct house *, struct lift_error *);

/* Makes an engine and folds the whole log, no snapshot asked. */
bool recover_from_log(struct house *, struct lift_error *);

/* The settings that an engine of this house has: for sandboxes too. */
struct engine_settings house_engine_settings(const struct house *);

/* What checking rules needs to know in this house. */
struct generation_context house_rule_context(const struct house *);

/* The keeper: ticks, snapshots, retention, watchdog. */
bool keeper_start(struct house *);
void keeper_stop(struct house *);

/* A scribe is at work on a snapshot. Fails: LIFT_E_BUSY when one already was. */
bool keeper_snapshot(struct house *, struct lift_error *);

/* Writes a snapshot in this process: at the end, when nobody waits. */
bool keeper_snapshot_here(struct house *, struct lift_error *);

/* The clerk: starts jobs and hears how they ended. */
bool clerk_start(struct house *, struct lift_error *);
void clerk_stop(struct house *);

/* The schedule goes by the rules in use. */
void clerk_rules(struct house *);

/* Sets the clerk's timer anew, after something has changed. */
void clerk_look(struct house *);

/* Stops in order, as SIGTERM does. */
void house_stop(struct house *);

/* Errands that run beside the loop are counted: the house stops when they have
 * ended. */
void house_errand_begun(struct house *);
void house_errand_ended(struct house *);

/* Appends all numbers in Prometheus' text form: those of the registry, and of
 * the process. */
void house_metrics(struct house *, struct text *);

/* Why the house is not as it should be: sentences, one a line; empty when all
 * is well. */
void house_complaints(struct house *, struct text *);

#endif
