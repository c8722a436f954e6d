/* What a product will sell, at a price: one question, or many at once. */
#ifndef DETECTION_PREDICT_H
#define DETECTION_PREDICT_H

#include "detection.h"

/* ---- predict.c --------------------------------------------------------- */

enum { PREDICT_PRODUCT, PREDICT_PROMOTION, PREDICT_AVERAGE, PREDICT_PRICE,
	PREDICT_FROM, PREDICT_SPAN, PREDICT_LEVEL, PREDICT_ARGUMENTS };
enum { PREDICT_ANSWERS = 16, PREDICT_VERSION = 64 };

extern const struct lift_field predict_arguments[], predict_answers[];

/* Which model predicts: how many blocks and prices it has learned from. */
void predict_version(const struct detection *, char ret[PREDICT_VERSION]);

/* The units that are predicted for the arguments of predict.sales. */
bool predict_units(const struct detection *, const struct lift_value *,
    double *ret, struct lift_error *);

/* The verb predict.sales. */
bool predict_sales(void *self, struct lift_call *, struct lift_error *);

/* ---- predict_batch.c --------------------------------------------------- */

extern const struct lift_field predict_instances[], predict_many_answers[],
    predict_batch_answers[];

/* The verbs predict.many and predict.batch. */
bool predict_many(void *self, struct lift_call *, struct lift_error *);
bool predict_batch(void *self, struct lift_call *, struct lift_error *);

#endif
