/* What the forest and its trees have in common; nobody else needs it. */
#ifndef DETECTION_FOREST_PARTS_H
#define DETECTION_FOREST_PARTS_H

#include "forest.h"

enum {
	PAIRS = 64,		/* directions of two columns */
	SLANTS = 32,		/* directions of all columns */
	CUTS = 4,		/* tried at a node */
	DEPTH = 8,		/* every walk has so many steps */
	LEAVES = 1 << DEPTH,
	STAY = 512,		/* rows in the sample of the stream */
	APART = STAY + 16,	/* columns, lest they share lines of the cache */
	MEMORY = 8,		/* times STAY: rows back that it reaches to */
	TURN = 16,		/* rows between two trees */
	ABREAST = 16,		/* trees or rows walked at a time */
	BLOCK = 64,		/* rows scored tree by tree */
	FEW = 32,		/* rows before there is a first tree */
	QUARTERED = 256,	/* rows that say what a column is like */
	WIDTH_MOST = FOREST_COLUMNS_MOST + PAIRS + SLANTS,
	FORM = 0x46a70003,	/* of the bytes; other forms, other numbers */
};

typedef float four __attribute__((vector_size(16)));
typedef int32_t four_whole __attribute__((vector_size(16)));

/* A cut: what is below AT goes to the node of twice the number, all else to
 * the one after that. */
struct node {
	float at;
	uint32_t column;
};

/* All cuts of a tree, from number 1 on, and the lengths of the ways through
 * them. A way that ends sooner says the same below whatever is cut there. */
struct tree {
	struct node nodes[LEAVES];
	float ways[LEAVES];
};

/* What is put and taken as it stands; arrays follow. */
struct trunk {
	uint32_t form, columns, trees, sample;
	uint32_t kept;		/* rows in the sample of the stream */
	uint32_t turn;		/* the tree that is next */
	uint64_t seed, drawn;	/* the numbers drawn so far */
	uint64_t noted;
	uint64_t again;		/* NOTED at which all is planted anew */
	uint32_t is_planted, filler;
};

struct forest {
	struct trunk trunk;
	unsigned width;		/* of an extended row */
	float usual[FOREST_COLUMNS_MOST];	/* of each column */
	float spread[FOREST_COLUMNS_MOST];	/* one by it; 0 if none */
	uint16_t pair[PAIRS][2];
	float pair_weight[PAIRS][2];
	four slant[FOREST_COLUMNS_MOST][SLANTS / 4];
	float *raw;		/* the sample of the stream, as noted */
	float *rows;		/* the same, extended; column by column */
	struct tree *trees;
};

/* Sixty-four bits of chance, which follow from the seed and how many were
 * drawn before. */
static inline uint64_t
draw(struct forest *f)
{
	uint64_t x = f->trunk.seed +
	    ++f->trunk.drawn * UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* A whole number below BELOW, which is at least 1. */
static inline uint32_t
draw_below(struct forest *f, uint32_t below)
{
	return (uint32_t)(((draw(f) >> 32) * below) >> 32);
}

/* A row of the sample, as noted. */
static inline float *
raw_at(const struct forest *f, unsigned row)
{
	return f->raw + (size_t)row * f->trunk.columns;
}

static inline unsigned
lesser(uint64_t a, uint64_t b)
{
	return (unsigned)(a < b ? a : b);
}

/* How many cuts it takes on average to isolate one of COUNT rows: that of a
 * search in a tree of them that fails. */
double usual_way(unsigned count);

/* The tree of this place has grown anew, from extended rows of the sample. */
void plant(struct forest *, unsigned tree);

/* The mean way of an extended row through all trees. */
double walk_row(const struct forest *, const float *row);

/* The same of BLOCK extended rows, WIDTH_MOST apart, tree by tree: a tree is at
 * hand as long as it is needed. */
void walk_block(const struct forest *, const float *rows,
    double ret_ways[BLOCK]);

#endif
