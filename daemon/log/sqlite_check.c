/* What an operator asks about the file: what it is, and whether it is whole.
 * Rows have been compared with their sums before `check` gets here; what is
 * left is the tree that they hang in, and the indexes. */
#include "log/sqlite.h"

#include <sys/stat.h>

#include "base/text.h"

/* The size of FILE with SUFFIX; 0 when it is not there. */
static long long
sqlite_size(const char *file, const char *suffix)
{
	struct text path = { 0 };
	struct stat st;
	bool there;

	text_form(&path, "%s%s", file, suffix);
	there = stat(path.data, &st) == 0;
	text_done(&path);
	return there ? (long long)st.st_size : 0;
}

static void
sqlite_quote(struct text *text, const char *word)
{
	text_byte(text, '"');
	for (; *word != '\0'; word++) {
		if (*word == '"' || *word == '\\')
			text_byte(text, '\\');
		if ((unsigned char)*word < 0x20)
			text_form(text, "\\u%04x", (unsigned)*word);
		else
			text_byte(text, *word);
	}
	text_byte(text, '"');
}

bool
sqlite_reader_describe(void *reader, struct text *text,
    struct lift_error *err)
{
	const struct sqlite *link = sqlite_reader_link(reader);
	int64_t schema;

	if (!sqlite_number(link, "PRAGMA user_version", &schema, err))
		return false;
	text_string(text, "\"driver\":\"sqlite\",\"file\":");
	sqlite_quote(text, link->file);
	text_form(text, ",\"bytes\":%lld,\"wal_bytes\":%lld,\"schema\":%lld,"
	    "\"durability\":\"%s\"", sqlite_size(link->file, ""),
	    sqlite_size(link->file, "-wal"), (long long)schema,
	    link->durability == STORE_POWER ? "power" : "process");
	return true;
}

bool
sqlite_reader_check(void *reader, struct lift_error *err)
{
	const struct sqlite *link = sqlite_reader_link(reader);
	sqlite3_stmt *check = sqlite_prepare(link,
	    "PRAGMA integrity_check(1)", err);
	const char *answer;
	bool good = false;

	if (check == NULL)
		return false;
	if (sqlite3_step(check) != SQLITE_ROW) {
		sqlite_fault(link, err);
	} else {
		answer = (const char *)sqlite3_column_text(check, 0);
		good = answer != NULL && strcmp(answer, "ok") == 0;
		if (!good)
			sqlite_damaged(link, answer ? answer : "no memory",
			    err);
	}
	sqlite3_finalize(check);
	return good;
}
