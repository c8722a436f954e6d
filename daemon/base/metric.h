/* Numbers that an operator may watch: counters, gauges and histograms of
 * seconds, in Prometheus' text form. A registry belongs to a daemon; metrics
 * are made once and kept as pointers, so that counting is one addition. */
#ifndef BASE_METRIC_H
#define BASE_METRIC_H

#include <stdatomic.h>

#include "base/text.h"

struct metrics;

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

enum { METRIC_BUCKETS = 22 };

struct metric {
	_Atomic int64_t  value;		/* counter and gauge */
	_Atomic int64_t  micros;	/* histogram: the sum */
	_Atomic int64_t  buckets[METRIC_BUCKETS + 1];
};

/* A new, empty registry, freed with metrics_free. */
struct metrics *metrics_new(void);

/* Frees the registry and its metrics; takes NULL. */
void metrics_free(struct metrics *);

/* The metric of that name and labels (`job="nightly"`, or NULL), made at 0 when
 * it is new. The name is without the prefix `liftd_`. A name has one kind and
 * one meaning. Thread: loop only. */
struct metric *metric_of(struct metrics *, enum metric_kind, const char *name,
    const char *labels, const char *meaning);

/* Adds to a counter or gauge. Thread: any. */
static inline void
metric_add(struct metric *m, int64_t by)
{
	atomic_fetch_add_explicit(&m->value, by, memory_order_relaxed);
}

/* Sets a gauge. Thread: any. */
static inline void
metric_set(struct metric *m, int64_t to)
{
	atomic_store_explicit(&m->value, to, memory_order_relaxed);
}

/* The value of a counter or gauge. Thread: any. */
static inline int64_t
metric_value(struct metric *m)
{
	return atomic_load_explicit(&m->value, memory_order_relaxed);
}

/* Notes a span of microseconds in a histogram. Thread: any. */
void metric_note(struct metric *, int64_t micros);

/* The span below which PART (0 to 1) of what was noted lies, from the buckets,
 * in microseconds; 0 when nothing was noted. */
int64_t metric_quantile(struct metric *, double part);

/* Appends all metrics in Prometheus' text format 0.0.4. Gauges whose name ends
 * in `_seconds` are kept in microseconds and printed in seconds. */
void metrics_write(struct metrics *, struct text *);

#endif
