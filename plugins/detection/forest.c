/* The isolation forest. A row is put on a common footing (each column less its
 * median, by its usual spread) and extended by sums of two columns and of all,
 * in directions drawn once. A tree then cuts one number at a time, be it a
 * column or such a sum: so plain and slanting cuts cost the same, and a node
 * has eight bytes. All trees have the same form, which no node need tell. Of a
 * few cuts drawn at random the one is taken that parts its rows best (greatest
 * variance between the sides), which isolates what is odd sooner than a single
 * one. A third of the trees cut columns, a third sums of two, a third sums of
 * all; what a row gets is the mean over trees. */
#include "forest_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The sum of twelve even numbers is near enough to the normal law. */
static float
draw_normal(struct forest *f)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += (double)(draw(f) >> 11) * 0x1p-53;
	return (float)sum;
}

/* ---- rows ---------------------------------------------------------------- */

static void
draw_directions(struct forest *f)
{
	unsigned columns = f->trunk.columns;

	for (unsigned p = 0; p < PAIRS; p++) {
		uint32_t one = draw_below(f, columns), other = one;

		if (columns > 1)
			other = (one + 1 + draw_below(f, columns - 1)) % columns;
		f->pair[p][0] = (uint16_t)one;
		f->pair[p][1] = (uint16_t)other;
		f->pair_weight[p][0] = draw_normal(f);
		f->pair_weight[p][1] = draw_normal(f);
	}
	for (unsigned c = 0; c < columns; c++)
		for (unsigned p = 0; p < SLANTS; p++)
			f->slant[c][p / 4][p % 4] = draw_normal(f);
}

/* The number of a column on the common footing; a missing one is the usual
 * one, and what is endless is only very far. */
static float
footing(const struct forest *f, unsigned column, float value)
{
	float v = (value - f->usual[column]) * f->spread[column];

	if (isnan(v))
		return 0;
	return v > 1e15F ? 1e15F : v < -1e15F ? -1e15F : v;
}

static void
extend(const struct forest *f, const float *row, float *ret_row)
{
	unsigned columns = f->trunk.columns;
	float *pairs = ret_row + columns, *slants = pairs + PAIRS;
	four sums[SLANTS / 4] = { 0 };

	for (unsigned c = 0; c < columns; c++)
		ret_row[c] = footing(f, c, row[c]);
	for (unsigned p = 0; p < PAIRS; p++)
		pairs[p] = ret_row[f->pair[p][0]] * f->pair_weight[p][0] +
		    ret_row[f->pair[p][1]] * f->pair_weight[p][1];
	for (unsigned c = 0; c < columns; c++)
		for (unsigned p = 0; p < SLANTS / 4; p++)
			sums[p] += f->slant[c][p] * ret_row[c];
	memcpy(slants, sums, sizeof(sums));
}

static int
by_size(const void *one, const void *other)
{
	float a = *(const float *)one, b = *(const float *)other;

	return (a > b) - (a < b);
}

/* The middle and the spread of a column of the sample: median and quarters,
 * since the odd rows would pull at a mean and stretch a deviation; that of the
 * deviation only where more than half of the rows are the same. */
static void
learn_column(struct forest *f, unsigned column)
{
	float values[QUARTERED];
	unsigned count = 0, kept = f->trunk.kept;
	unsigned step = (kept + QUARTERED - 1) / QUARTERED;
	double sum = 0, square = 0, quarters;

	f->usual[column] = f->spread[column] = 0;
	for (unsigned i = 0; i < kept; i += step) {
		float v = f->raw[(size_t)i * f->trunk.columns + column];

		if (isfinite(v))
			values[count++] = v;
	}
	if (count == 0)
		return;
	qsort(values, count, sizeof(*values), by_size);
	for (unsigned i = 0; i < count; i++)
		sum += values[i];
	for (unsigned i = 0; i < count; i++)
		square += pow(values[i] - sum / count, 2);
	quarters = ((double)values[count * 3 / 4] - values[count / 4]) / 1.349;
	if (!(quarters > 0))
		quarters = sqrt(square / count);
	f->usual[column] = values[count / 2];
	if (quarters > 1e-30)
		f->spread[column] = (float)(1 / quarters);
}

static void
learn_columns(struct forest *f)
{
	for (unsigned c = 0; c < f->trunk.columns; c++)
		learn_column(f, c);
}

static void
extend_at(struct forest *f, unsigned place)
{
	float row[WIDTH_MOST];

	extend(f, raw_at(f, place), row);
	for (unsigned c = 0; c < f->width; c++)
		f->rows[(size_t)c * APART + place] = row[c];
}

static void
extend_all(struct forest *f)
{
	for (unsigned i = 0; i < f->trunk.kept; i++)
		extend_at(f, i);
}

/* ---- the forest --------------------------------------------------------- */

/* What columns are like is learned anew too, so all trees must be. The next
 * time is when there are twice as many rows, or the sample is another. */
static void
plant_all(struct forest *f)
{
	learn_columns(f);
	extend_all(f);
	for (unsigned t = 0; t < f->trunk.trees; t++)
		plant(f, t);
	f->trunk.is_planted = true;
	f->trunk.again = f->trunk.noted + lesser(f->trunk.noted, MEMORY * STAY);
}

struct forest *
forest_new(unsigned columns, unsigned trees, unsigned sample, uint64_t seed)
{
	struct forest *f;

	if (columns - 1 >= FOREST_COLUMNS_MOST ||
	    trees - 1 >= FOREST_TREES_MOST || sample < 2 ||
	    sample > FOREST_SAMPLE_MOST)
		return NULL;
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		return NULL;
	f->trunk = (struct trunk){ .form = FORM, .columns = columns,
		.trees = trees, .sample = sample, .seed = seed, .again = FEW };
	f->width = columns + PAIRS + SLANTS;
	f->raw = calloc(STAY, columns * sizeof(float));
	f->rows = calloc(APART, f->width * sizeof(float));
	f->trees = calloc(trees, sizeof(*f->trees));
	if (f->raw == NULL || f->rows == NULL || f->trees == NULL) {
		forest_free(f);
		return NULL;
	}
	draw_directions(f);
	return f;
}

void
forest_free(struct forest *f)
{
	if (f == NULL)
		return;
	free(f->raw);
	free(f->rows);
	free(f->trees);
	free(f);
}

/* Where in the sample the newest row goes; STAY if nowhere. */
static unsigned
draw_place(struct forest *f)
{
	if (f->trunk.kept < STAY)
		return f->trunk.kept++;
	return lesser(STAY,
	    draw_below(f, lesser(f->trunk.noted, MEMORY * STAY)));
}

void
forest_note(struct forest *f, const float *row)
{
	unsigned place;

	f->trunk.noted++;
	place = draw_place(f);
	if (place < STAY) {
		memcpy(raw_at(f, place), row,
		    f->trunk.columns * sizeof(*row));
		if (f->trunk.is_planted)
			extend_at(f, place);
	}
	if (f->trunk.noted == f->trunk.again) {
		plant_all(f);
	} else if (f->trunk.is_planted && f->trunk.noted % TURN == 0) {
		plant(f, f->trunk.turn);
		f->trunk.turn = (f->trunk.turn + 1) % f->trunk.trees;
	}
}

/* Of the rows each is as likely to be taken as any other. */
void
forest_fit(struct forest *f, const float *rows, size_t count)
{
	size_t columns = f->trunk.columns, wanted = lesser(count, STAY);

	if (count == 0)
		return;
	f->trunk.kept = 0;
	f->trunk.noted = count;
	for (size_t i = 0; f->trunk.kept < wanted; i++) {
		double chance = (double)(draw(f) >> 11) * 0x1p-53;

		if (chance * (double)(count - i) <
		    (double)(wanted - f->trunk.kept))
			memcpy(raw_at(f, f->trunk.kept++), rows + i * columns,
			    columns * sizeof(*rows));
	}
	plant_all(f);
}

static bool
can_score(const struct forest *f)
{
	return f->trunk.is_planted && f->trunk.kept > 1;
}

/* What a mean way says: a half if it is as long as the usual one. */
static double
score_of(const struct forest *f, double way)
{
	return exp2(-way /
	    usual_way(lesser(f->trunk.sample, f->trunk.kept)));
}

double
forest_score(const struct forest *f, const float *row)
{
	float extended[WIDTH_MOST];

	if (!can_score(f))
		return 0.5;
	extend(f, row, extended);
	return score_of(f, walk_row(f, extended));
}

void
forest_scores(const struct forest *f, const float *rows, size_t count,
    double *ret_scores)
{
	unsigned columns = f->trunk.columns;
	float extended[BLOCK * WIDTH_MOST];
	size_t i = 0;

	for (; can_score(f) && i + BLOCK <= count; i += BLOCK) {
		for (unsigned k = 0; k < BLOCK; k++)
			extend(f, rows + (i + k) * columns,
			    extended + (size_t)k * WIDTH_MOST);
		walk_block(f, extended, ret_scores + i);
		for (unsigned k = 0; k < BLOCK; k++)
			ret_scores[i + k] = score_of(f, ret_scores[i + k]);
	}
	for (; i < count; i++)
		ret_scores[i] = forest_score(f, rows + i * columns);
}

static int
by_score(const void *one, const void *other)
{
	double a = *(const double *)one, b = *(const double *)other;

	return (a > b) - (a < b);
}

double
forest_bar(const struct forest *f, double share)
{
	unsigned kept = f->trunk.kept, rank;
	double scores[STAY];

	if (!can_score(f))
		return 1;
	forest_scores(f, f->raw, kept, scores);
	qsort(scores, kept, sizeof(*scores), by_score);
	share = share < 0 ? 0 : share > 1 ? 1 : share;
	rank = (unsigned)ceil((1 - share) * kept - 1e-9);
	return scores[rank > 0 ? rank - 1 : 0];
}

/* ---- bytes --------------------------------------------------------------- */

static size_t
raw_size(const struct forest *f)
{
	return (size_t)f->trunk.kept * f->trunk.columns * sizeof(float);
}

static size_t
trees_size(const struct forest *f)
{
	return f->trunk.trees * sizeof(*f->trees);
}

size_t
forest_size(const struct forest *f)
{
	return sizeof(*f) + trees_size(f) +
	    (STAY * f->trunk.columns + APART * f->width) * sizeof(float);
}

size_t
forest_room(const struct forest *f)
{
	return sizeof(f->trunk) + sizeof(f->usual) + sizeof(f->spread) +
	    raw_size(f) + trees_size(f);
}

static void
put(char **at, const void *data, size_t size)
{
	memcpy(*at, data, size);
	*at += size;
}

static void
take(const char **at, void *data, size_t size)
{
	memcpy(data, *at, size);
	*at += size;
}

void
forest_put(const struct forest *f, void *bytes)
{
	char *at = bytes;

	put(&at, &f->trunk, sizeof(f->trunk));
	put(&at, f->usual, sizeof(f->usual));
	put(&at, f->spread, sizeof(f->spread));
	put(&at, f->raw, raw_size(f));
	put(&at, f->trees, trees_size(f));
}

static bool
is_sound(const struct forest *f, const struct tree *tree)
{
	for (unsigned k = 0; k < LEAVES; k++)
		if (!isfinite(tree->nodes[k].at) ||
		    !isfinite(tree->ways[k]) ||
		    tree->nodes[k].column >= f->width)
			return false;
	return true;
}

static bool
are_sound(const struct forest *f)
{
	for (unsigned t = 0; t < f->trunk.trees; t++)
		if (!is_sound(f, &f->trees[t]))
			return false;
	return true;
}

static bool
is_right(const struct trunk *t)
{
	return t->form == FORM && t->kept <= STAY && t->turn < t->trees &&
	    t->is_planted <= 1 && t->kept <= t->noted &&
	    t->again > t->noted && (!t->is_planted || t->kept > 0);
}

struct forest *
forest_take(const void *bytes, size_t size)
{
	const char *at = bytes;
	struct trunk trunk;
	struct forest *f;

	if (size < sizeof(trunk))
		return NULL;
	take(&at, &trunk, sizeof(trunk));
	if (!is_right(&trunk))
		return NULL;
	f = forest_new(trunk.columns, trunk.trees, trunk.sample, trunk.seed);
	if (f == NULL)
		return NULL;
	f->trunk = trunk;
	if (size != forest_room(f)) {
		forest_free(f);
		return NULL;
	}
	take(&at, f->usual, sizeof(f->usual));
	take(&at, f->spread, sizeof(f->spread));
	take(&at, f->raw, raw_size(f));
	take(&at, f->trees, trees_size(f));
	if (!are_sound(f)) {
		forest_free(f);
		return NULL;
	}
	extend_all(f);
	return f;
}
