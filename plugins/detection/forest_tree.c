/* The trees of the forest: how one grows, and the ways through them. Which
 * columns it may cut follows from its place; all it sees are extended rows. */
#include "forest_parts.h"

#include <math.h>

/* One tree that grows: the rows that are left to it, in an order in which
 * those of a branch lie side by side. */
struct growth {
	struct forest *forest;
	struct tree *tree;
	unsigned low, count;	/* the columns it may cut */
	uint16_t rows[STAY];
	float values[STAY];
};

struct branch {
	uint16_t node, from, count, depth;
};

double
usual_way(unsigned count)
{
	double n = count;

	if (count < 3)
		return count == 2;
	return 2 * (log(n - 1) + 0.57721566490153286) - 2 * (n - 1) / n;
}

/* Takes out the numbers of one column, and finds the ends of them. */
static bool
look(struct growth *g, const struct branch *b, unsigned column, float ends[2])
{
	const float *numbers = g->forest->rows + (size_t)column * APART;
	float low = INFINITY, high = -INFINITY;

	for (unsigned i = 0; i < b->count; i++) {
		float v = numbers[g->rows[b->from + i]];

		g->values[i] = v;
		low = v < low ? v : low;
		high = v > high ? v : high;
	}
	ends[0] = low;
	ends[1] = high;
	return low < high;
}

/* Some column in which the rows of the branch differ; false if there is
 * none. */
static bool
find_column(struct growth *g, const struct branch *b, unsigned *ret_column,
    float ends[2])
{
	uint32_t start = draw_below(g->forest, g->count);

	for (unsigned i = 0; i < g->count; i++) {
		if (look(g, b, g->low + start, ends)) {
			*ret_column = g->low + start;
			return true;
		}
		start = start + 1 < g->count ? start + 1 : 0;
	}
	return false;
}

/* Cuts evenly drawn between the ends. */
static four
draw_cuts(struct forest *f, const float ends[2])
{
	uint64_t bits[2] = { draw(f), draw(f) };
	four cuts;

	for (unsigned k = 0; k < CUTS; k++) {
		uint32_t half = (uint32_t)(bits[k / 2] >> (k % 2 * 32));

		cuts[k] = ends[0] +
		    (float)(half >> 8) * 0x1p-24F * (ends[1] - ends[0]);
	}
	return cuts;
}

/* The cut that parts the numbers best; the upper end, which parts the greatest
 * from the rest, if rounding left each on the lower one. Numbers that are not
 * negative have the order of their bits, which are compared without a guess. */
static float
best_cut(const float *values, unsigned count, four cuts, const float ends[2])
{
	four_whole below = { 0 }, is_cut, gains;
	four sums = { 0 }, n, apart;
	float all = (float)count, sum = 0;
	int32_t most = 0;
	unsigned best = CUTS;

	for (unsigned i = 0; i < count; i++) {
		four v = { values[i], values[i], values[i], values[i] };
		four_whole is_below = v < cuts;

		below -= is_below;
		sums += (four)(is_below & (four_whole)v);
		sum += values[i];
	}
	n = (four){ (float)below[0], (float)below[1], (float)below[2],
		(float)below[3] };
	apart = sums - n * (sum / all);
	is_cut = (n > 0) & (n < all);
	gains = (four_whole)(apart * apart / (n * (all - n))) & is_cut;
	for (unsigned k = 0; k < CUTS; k++) {
		best = gains[k] > most ? k : best;
		most = gains[k] > most ? gains[k] : most;
	}
	return best < CUTS ? cuts[best] : ends[1];
}

/* Puts the rows below the cut in front, and says how many they are. */
static unsigned
part(struct growth *g, const struct branch *b, float at)
{
	uint16_t *rows = g->rows + b->from;
	unsigned below = 0;

	for (unsigned i = 0; i < b->count; i++) {
		uint16_t row = rows[i];

		rows[i] = rows[below];
		rows[below] = row;
		below += g->values[i] < at;
	}
	return below;
}

/* All ways on from here have the length of this one. */
static void
end_branch(struct growth *g, const struct branch *b)
{
	float way = (float)(b->depth + usual_way(b->count));
	unsigned below = DEPTH - b->depth;

	for (unsigned k = 0; k < 1U << below; k++)
		g->tree->ways[(b->node << below) - LEAVES + k] = way;
}

/* Of two rows any cut makes leaves, so the middle does. Recursion goes no
 * deeper than DEPTH. */
static void
grow(struct growth *g, struct branch b)
{
	struct branch lower = b, upper = b;
	unsigned column;
	float ends[2], at;

	if (b.count < 2 || b.depth == DEPTH ||
	    !find_column(g, &b, &column, ends)) {
		end_branch(g, &b);
		return;
	}
	at = b.count == 2 ? (ends[0] + ends[1]) / 2 : best_cut(g->values,
	    b.count, draw_cuts(g->forest, ends), ends);
	if (!(at > ends[0]))
		at = ends[1];
	lower.node = (uint16_t)(b.node * 2);
	upper.node = (uint16_t)(b.node * 2 + 1);
	lower.count = (uint16_t)part(g, &b, at);
	upper.from = (uint16_t)(b.from + lower.count);
	upper.count = (uint16_t)(b.count - lower.count);
	lower.depth = upper.depth = (uint16_t)(b.depth + 1);
	g->tree->nodes[b.node] = (struct node){ at, column };
	grow(g, lower);
	grow(g, upper);
}

/* Which columns a tree may cut follows from its place. */
static void
choose_kind(struct growth *g, unsigned tree)
{
	unsigned columns = g->forest->trunk.columns;

	g->low = 0;
	g->count = columns;
	if (columns > 1 && tree % 3 == 1) {
		g->low = columns;
		g->count = PAIRS;
	} else if (columns > 1 && tree % 3 == 2) {
		g->low = columns + PAIRS;
		g->count = SLANTS;
	}
}

void
plant(struct forest *f, unsigned tree)
{
	unsigned kept = f->trunk.kept, sample = lesser(f->trunk.sample, kept);
	struct growth g = { .forest = f, .tree = &f->trees[tree] };

	choose_kind(&g, tree);
	for (unsigned i = 0; i < kept; i++)
		g.rows[i] = (uint16_t)i;
	for (unsigned i = 0; i < sample; i++) {
		unsigned other = i + draw_below(f, kept - i);
		uint16_t row = g.rows[i];

		g.rows[i] = g.rows[other];
		g.rows[other] = row;
	}
	grow(&g, (struct branch){ .node = 1, .count = (uint16_t)sample });
}

static inline unsigned
step(const struct tree *tree, unsigned at, const float *row)
{
	const struct node *n = &tree->nodes[at];

	return at * 2 + 1 - (row[n->column] < n->at);
}

/* SUM and the ways through COUNT trees, walked at the same time: a walk waits
 * for memory at each step, several wait together. */
static inline __attribute__((always_inline)) double
walk_trees(const struct tree *trees, unsigned count, const float *row,
    double sum)
{
	unsigned at[ABREAST];

	for (unsigned k = 0; k < count; k++)
		at[k] = 1;
#pragma GCC unroll 16
	for (unsigned i = 0; i < DEPTH; i++)
#pragma GCC unroll 16
		for (unsigned k = 0; k < count; k++)
			at[k] = step(&trees[k], at[k], row);
	for (unsigned k = 0; k < count; k++)
		sum += (double)trees[k].ways[at[k] - LEAVES];
	return sum;
}

double
walk_row(const struct forest *f, const float *row)
{
	unsigned trees = f->trunk.trees, t = 0;
	double sum = 0;

	for (; t + ABREAST <= trees; t += ABREAST)
		sum = walk_trees(f->trees + t, ABREAST, row, sum);
	for (; t < trees; t++)
		sum = walk_trees(f->trees + t, 1, row, sum);
	return sum / trees;
}

/* The ways of some rows in one tree are in SUMS too. */
static inline void
walk_rows(const struct tree *tree, const float *rows, double *sums)
{
	unsigned at[ABREAST];

	for (unsigned k = 0; k < ABREAST; k++)
		at[k] = 1;
#pragma GCC unroll 16
	for (unsigned i = 0; i < DEPTH; i++)
#pragma GCC unroll 16
		for (unsigned k = 0; k < ABREAST; k++)
			at[k] = step(tree, at[k], rows + k * WIDTH_MOST);
	for (unsigned k = 0; k < ABREAST; k++)
		sums[k] += (double)tree->ways[at[k] - LEAVES];
}

void
walk_block(const struct forest *f, const float *rows, double ret_ways[BLOCK])
{
	unsigned trees = f->trunk.trees;

	for (unsigned i = 0; i < BLOCK; i++)
		ret_ways[i] = 0;
	for (unsigned t = 0; t < trees; t++)
		for (unsigned i = 0; i < BLOCK; i += ABREAST)
			walk_rows(&f->trees[t], rows + (size_t)i * WIDTH_MOST,
			    ret_ways + i);
	for (unsigned i = 0; i < BLOCK; i++)
		ret_ways[i] /= trees;
}
