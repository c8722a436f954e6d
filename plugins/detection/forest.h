/* An isolation forest: how far a row of numbers lies from the others, said by
 * how few cuts part it from them. Rows come one at a time; the forest keeps a
 * sample of them and plants its trees anew from that, in turn. The same seed
 * and the same rows give the same scores. It knows no labels and has no
 * thresholds of its own: a second opinion, which decides nothing. */
#ifndef DETECTION_FOREST_H
#define DETECTION_FOREST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct forest;

enum {
	FOREST_COLUMNS_MOST = 64,
	FOREST_TREES_MOST = 1024,
	FOREST_SAMPLE_MOST = 512,
};

/* A forest of rows with so many COLUMNS, which has seen none yet; each of its
 * TREES will be planted from SAMPLE rows. NULL if one of them is 0 (SAMPLE: 1)
 * or beyond its limit, or if there is no memory. */
struct forest *forest_new(unsigned columns, unsigned trees, unsigned sample,
    uint64_t seed);

/* Gives back what the forest has; NULL is taken. */
void forest_free(struct forest *);

/* ROW (as many numbers as columns; NaN where one is missing) is known: it may
 * stay in the sample, and now and then a tree is planted anew. */
void forest_note(struct forest *, const float *row);

/* COUNT rows, one after another in ROWS, are known, and all trees are planted
 * once: sooner done than to note each of them. */
void forest_fit(struct forest *, const float *rows, size_t count);

/* How odd ROW is, from 0 to 1: near a half for what is like the others, near
 * 1 for what the first cuts part from them. A missing number counts as the
 * usual one of its column. A half as long as no tree is planted. */
double forest_score(const struct forest *, const float *row);

/* The scores of COUNT rows, one after another in ROWS. */
void forest_scores(const struct forest *, const float *rows, size_t count,
    double *ret_scores);

/* The score that this SHARE of the rows in the sample is beyond, 1 if there
 * are none: a bar for what to call odd if such a share is taken to be. */
double forest_bar(const struct forest *, double share);

/* How many bytes of memory the forest has: no more with more rows. */
size_t forest_size(const struct forest *);

/* How many bytes forest_put writes. */
size_t forest_room(const struct forest *);

/* All that the forest is, as bytes. */
void forest_put(const struct forest *, void *bytes);

/* The forest that was put into these bytes; it goes on as the other would.
 * NULL if they are not whole, or of another build's form. */
struct forest *forest_take(const void *bytes, size_t size);

#endif
