/* The tables put together. The whole table is made once and never changes. */
#include "verbs/verbs.h"

#include <pthread.h>
#include <stdlib.h>

enum { VERBS_MOST = 96 };

static const struct desk_verb *const tables[] = { courier_verbs, event_verbs,
	explain_verbs, job_verbs, product_verbs, rule_verbs, service_verbs,
	shopper_verbs, status_verbs, store_verbs, trial_verbs, watch_verbs };

static int
by_name(const void *a, const void *b)
{
	const struct desk_verb *const *x = a, *const *y = b;

	return strcmp((*x)->verb.name, (*y)->verb.name);
}

static struct {
	const struct desk_verb *rows[VERBS_MOST];
	struct lift_verb        verbs[VERBS_MOST + 1];
} whole;

static void
whole_make(void)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct desk_verb *v = tables[i]; v->verb.name; v++)
			if (n < VERBS_MOST)
				whole.rows[n++] = v;
	qsort(whole.rows, n, sizeof(whole.rows[0]), by_name);
	for (size_t i = 0; i < n; i++)
		whole.verbs[i] = whole.rows[i]->verb;
}

const struct lift_verb *
verbs_table(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, whole_make);
	return whole.verbs;
}

void (*verbs_begin(const struct lift_verb *v))(struct request *)
{
	return whole.rows[v - whole.verbs]->begin;
}
