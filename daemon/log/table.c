/* The list of the store's tables, and the way from a struct to its columns and
 * back. The kind of a column follows from its member's type, so that the list
 * cannot disagree with the struct. */
#include "log/table.h"

#include "base/hash.h"

#define KIND(s, m) _Generic(((s *)0)->m,				\
	uint8_t: COLUMN_U8,						\
	uint32_t: COLUMN_U32,						\
	uint64_t: COLUMN_U64,						\
	int64_t: COLUMN_I64,						\
	struct lift_text: COLUMN_WORDS)
#define COLUMN(s, m)	{ #m, KIND(s, m), offsetof(s, m) }
#define BYTES(s, m)							\
	{ #m, KIND(s, m) == COLUMN_WORDS ? COLUMN_BYTES : -1, offsetof(s, m) }

#define ENTRY(m)	COLUMN(struct store_entry, m)
#define EFFECT(m)	COLUMN(struct store_effect, m)
#define LETTER(m)	COLUMN(struct store_letter, m)
#define RUN(m)		COLUMN(struct store_run, m)

const struct table tables[TABLES] = {
	[TABLE_ENTRIES] = { "entries", sizeof(struct store_entry), false, 1, 7, {
		ENTRY(seq), ENTRY(kind), ENTRY(time), ENTRY(received),
		ENTRY(id), ENTRY(key), BYTES(struct store_entry, body) } },
	[TABLE_EFFECTS] = { "effects", sizeof(struct store_effect), false, 2, 8, {
		EFFECT(seq), EFFECT(ordinal), EFFECT(time), EFFECT(id),
		EFFECT(topic), EFFECT(key), EFFECT(body), EFFECT(reasons) } },
	[TABLE_LETTERS] = { "letters", sizeof(struct store_letter), false, 1, 5, {
		LETTER(number), LETTER(received), LETTER(source),
		LETTER(reason), BYTES(struct store_letter, body) } },
	[TABLE_CURSORS] = { "cursors", sizeof(struct store_cursor), true, 1, 2, {
		COLUMN(struct store_cursor, name),
		COLUMN(struct store_cursor, seq) } },
	[TABLE_SHOPPERS] = { "shoppers", sizeof(struct store_shopper), true,
		1, 2, {
		COLUMN(struct store_shopper, token),
		COLUMN(struct store_shopper, id) } },
	[TABLE_TRAITS] = { "traits", sizeof(struct store_trait), true, 2, 3, {
		COLUMN(struct store_trait, token),
		COLUMN(struct store_trait, name),
		COLUMN(struct store_trait, value) } },
	[TABLE_RUNS] = { "runs", sizeof(struct store_run), true, 2, 7, {
		RUN(job), RUN(planned), RUN(started), RUN(ended),
		RUN(attempt), RUN(state), RUN(detail) } },
	[TABLE_KEPT] = { "kept", sizeof(struct table_kept), true, 1, 2, {
		COLUMN(struct table_kept, name),
		BYTES(struct table_kept, value) } },
	[TABLE_GAPS] = { "gaps", sizeof(struct table_gap), true, 1, 2, {
		COLUMN(struct table_gap, first),
		COLUMN(struct table_gap, last) } },
};

int64_t
column_whole(const struct column *c, const void *row)
{
	const void *at = (const char *)row + c->offset;

	switch (c->kind) {
	case COLUMN_U8:
		return *(const uint8_t *)at;
	case COLUMN_U32:
		return *(const uint32_t *)at;
	case COLUMN_U64:
		return (int64_t)*(const uint64_t *)at;
	case COLUMN_I64:
		return *(const int64_t *)at;
	default:
		return 0;
	}
}

bool
column_set_whole(const struct column *c, void *row, int64_t whole)
{
	void *at = (char *)row + c->offset;

	switch (c->kind) {
	case COLUMN_U8:
		*(uint8_t *)at = (uint8_t)whole;
		return whole >= 0 && whole <= UINT8_MAX;
	case COLUMN_U32:
		*(uint32_t *)at = (uint32_t)whole;
		return whole >= 0 && whole <= UINT32_MAX;
	case COLUMN_U64:
		*(uint64_t *)at = (uint64_t)whole;
		return whole >= 0;
	case COLUMN_I64:
		*(int64_t *)at = whole;
		return true;
	default:
		return false;
	}
}

void
column_set_text(const struct column *c, void *row, struct lift_text text)
{
	*(struct lift_text *)(void *)((char *)row + c->offset) = text;
}

/* hash_mix is a bijection in each of its arguments: a change in one column
 * alone can fail to show only by a collision of XXH3 itself. */
int64_t
table_sum(const struct table *table, const void *row)
{
	uint64_t sum = table->count;

	for (unsigned i = 0; i < table->count; i++) {
		const struct column *c = &table->columns[i];

		sum = hash_mix(sum, column_is_text(c) ?
		    hash_text(column_text(c, row)) :
		    (uint64_t)column_whole(c, row));
	}
	return (int64_t)sum;
}
