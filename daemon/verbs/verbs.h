/* The verbs about the daemon itself: a file for each noun, a table at the end
 * of each file. (Verbs about the shop live with what they change: products and
 * promotions in engine/catalogue.c, all others in their plugins.) */
#ifndef VERBS_VERBS_H
#define VERBS_VERBS_H

#include "house/desk.h"

/* The tables; each ends with a row without a name. */
extern const struct desk_verb courier_verbs[];
extern const struct desk_verb event_verbs[];
extern const struct desk_verb explain_verbs[];
extern const struct desk_verb job_verbs[];
extern const struct desk_verb product_verbs[];
extern const struct desk_verb rule_verbs[];
extern const struct desk_verb service_verbs[];
extern const struct desk_verb shopper_verbs[];
extern const struct desk_verb status_verbs[];
extern const struct desk_verb store_verbs[];
extern const struct desk_verb trial_verbs[];
extern const struct desk_verb watch_verbs[];

/* All of them as one table, sorted by name. */
const struct lift_verb *verbs_table(void);

/* The function of a row of that table. */
void (*verbs_begin(const struct lift_verb *))(struct request *);

#endif
