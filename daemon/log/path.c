/* The ways through the tables, as a list, and the statements made from it. */
#include "log/path.h"

#include "base/text.h"

/* Columns by their place in log/table.c. */
const struct path paths[PATHS] = {
	[PATH_ENTRIES] = { TABLE_ENTRIES, -1, { 0, -1 } },
	[PATH_EFFECTS] = { TABLE_EFFECTS, -1, { 0, 1 } },
	[PATH_EFFECTS_TOPIC] = { TABLE_EFFECTS, 4, { 0, 1 } },
	[PATH_EFFECTS_ID] = { TABLE_EFFECTS, 3, { 0, 1 } },
	[PATH_LETTERS] = { TABLE_LETTERS, -1, { 0, -1 } },
	[PATH_CURSORS] = { TABLE_CURSORS, -1, { 0, -1 } },
	[PATH_CURSORS_NAME] = { TABLE_CURSORS, 0, { 0, -1 } },
	[PATH_SHOPPERS] = { TABLE_SHOPPERS, -1, { 0, -1 } },
	[PATH_TRAITS] = { TABLE_TRAITS, -1, { 0, 1 } },
	[PATH_RUNS] = { TABLE_RUNS, -1, { 1, 0 } },
	[PATH_RUNS_JOB] = { TABLE_RUNS, 0, { 1, 0 } },
	[PATH_KEPT] = { TABLE_KEPT, -1, { 0, -1 } },
	[PATH_KEPT_NAME] = { TABLE_KEPT, 0, { 0, -1 } },
	[PATH_GAPS] = { TABLE_GAPS, -1, { 0, -1 } },
};

struct store_query
path_query(struct arena *arena, const struct store_query *query)
{
	struct store_query q = *query;

	q.topic = arena_text(arena, query->topic);
	q.id = arena_text(arena, query->id);
	q.key = arena_text(arena, query->key);
	q.job = arena_text(arena, query->job);
	if (q.to_time == 0)
		q.to_time = INT64_MAX;
	if (q.from_time == 0)
		q.from_time = INT64_MIN;
	if (q.to_seq == 0 || q.to_seq > INT64_MAX)
		q.to_seq = INT64_MAX;
	if (q.from_seq > INT64_MAX)
		q.from_seq = INT64_MAX;
	return q;
}

static int64_t
larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

bool
path_has_range(enum table_name table)
{
	return table == TABLE_ENTRIES || table == TABLE_EFFECTS;
}

void
path_bounds(enum table_name table, const struct store_query *q, int64_t first,
    int64_t last, int64_t *ret_lowest, int64_t *ret_highest)
{
	int64_t lowest = PATH_LOWEST, highest = PATH_HIGHEST;

	if (path_has_range(table)) {
		lowest = larger((int64_t)q->from_seq, first);
		/* Without a first seq there is nothing. */
		highest = first == 0 ? -1 : smaller((int64_t)q->to_seq, last);
	} else if (table == TABLE_RUNS) {
		lowest = larger(lowest, q->from_time);
		highest = smaller(highest, q->to_time);
	} else if (table == TABLE_LETTERS || table == TABLE_SHOPPERS ||
	    table == TABLE_TRAITS) {
		lowest = larger(lowest, (int64_t)q->from_seq);
	}
	if (table == TABLE_TRAITS)
		highest = smaller(highest, (int64_t)q->to_seq);
	*ret_lowest = lowest;
	*ret_highest = highest;
}

static enum path_name
path_given(struct lift_text text, enum path_name with,
    enum path_name without, struct lift_text *ret_fixed)
{
	*ret_fixed = text;
	return text.size > 0 ? with : without;
}

enum path_name
path_choose(enum table_name table, const struct store_query *query,
    struct lift_text *ret_fixed)
{
	*ret_fixed = LIFT_TEXT_OF("");
	switch (table) {
	case TABLE_ENTRIES:
		return PATH_ENTRIES;
	case TABLE_EFFECTS:
		if (query->id.size > 0)
			return path_given(query->id, PATH_EFFECTS_ID,
			    PATH_EFFECTS, ret_fixed);
		return path_given(query->topic, PATH_EFFECTS_TOPIC,
		    PATH_EFFECTS, ret_fixed);
	case TABLE_LETTERS:
		return PATH_LETTERS;
	case TABLE_CURSORS:
		return path_given(query->key, PATH_CURSORS_NAME, PATH_CURSORS,
		    ret_fixed);
	case TABLE_SHOPPERS:
		return PATH_SHOPPERS;
	case TABLE_TRAITS:
		return PATH_TRAITS;
	case TABLE_RUNS:
		return path_given(query->job, PATH_RUNS_JOB, PATH_RUNS,
		    ret_fixed);
	case TABLE_KEPT:
		return path_given(query->key, PATH_KEPT_NAME, PATH_KEPT,
		    ret_fixed);
	default:
		return PATH_GAPS;
	}
}

const struct column *
path_key(const struct path *path, int i)
{
	if (path->keys[i] < 0)
		return NULL;
	return &tables[path->table].columns[path->keys[i]];
}

bool
path_is_numbered(const struct path *path)
{
	return !column_is_text(path_key(path, 0));
}

void
path_sql(const struct path *path, bool down, char sign, struct text *sql)
{
	const struct table *table = &tables[path->table];
	const char *first = path_key(path, 0)->name;
	const struct column *key = path_key(path, 1);
	const char *order = down ? "DESC" : "ASC";

	text_string(sql, "SELECT ");
	for (unsigned i = 0; i < table->count; i++)
		text_form(sql, "%s,", table->columns[i].name);
	text_form(sql, "sum FROM %s WHERE ", table->name);
	if (path->fixed >= 0)
		text_form(sql, "%s = %c5 AND ",
		    table->columns[path->fixed].name, sign);
	/* A single number is met exactly, so that the search for its neighbour
	 * does not touch a page that is damaged. */
	if (key == NULL)
		text_form(sql, "%s %c%s %c1 AND %s %c= %c3 ORDER BY %s %s",
		    first, down ? '<' : '>', path_is_numbered(path) ? "=" : "",
		    sign, first, down ? '>' : '<', sign, first, order);
	else
		text_form(sql, "(%s,%s) %c (%c1,%c2) AND %s %c= %c3 ORDER BY "
		    "%s %s,%s %s", first, key->name, down ? '<' : '>', sign,
		    sign, first, down ? '>' : '<', sign, first, order,
		    key->name, order);
	text_form(sql, " LIMIT %c4", sign);
}

void
path_mark_at(bool down, int64_t at, struct mark *mark)
{
	mark->whole[0] = at;
	mark->whole[1] = down ? INT64_MAX : INT64_MIN;
	text_clear(&mark->text);
	mark->is_end = down;
}

void
path_mark_behind(const struct path *path, bool down, const void *row,
    struct mark *mark)
{
	bool is_lone = path->keys[1] < 0;

	for (int i = 0; i < 2 && path->keys[i] >= 0; i++) {
		const struct column *key = path_key(path, i);

		if (!column_is_text(key)) {
			mark->whole[i] = column_whole(key, row) +
			    (is_lone ? (down ? -1 : 1) : 0);
			continue;
		}
		text_clear(&mark->text);
		text_add(&mark->text, column_text(key, row).data,
		    column_text(key, row).size);
		mark->is_end = false;
	}
}
