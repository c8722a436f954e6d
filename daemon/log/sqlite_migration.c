/* The schema, by numbered migrations from schema/sqlite/. A file that is not
 * ours and a schema from a newer liftd are refused, never guessed at. */
#include "log/sqlite.h"

#include "base/clock.h"
#include "base/text.h"

struct migration {
	int                number;
	const char        *name;
	const char *const *lines;	/* ended by NULL */
};

/* Made from schema/sqlite/ by contrib/embed-sql. */
#include "sqlite_migrations.inc"

#define MIGRATIONS	((int)(sizeof(migrations) / sizeof(migrations[0])))

int
sqlite_schema_known(void)
{
	return MIGRATIONS;
}

static bool
sqlite_schema_identify(const struct sqlite *link, int64_t *ret_schema,
    bool *ret_is_new, struct lift_error *err)
{
	int64_t owner, schema, things;

	if (!sqlite_number(link, "PRAGMA application_id", &owner, err) ||
	    !sqlite_number(link, "PRAGMA user_version", &schema, err) ||
	    !sqlite_number(link, "SELECT count(*) FROM sqlite_schema",
	    &things, err))
		return false;
	*ret_is_new = owner == 0 && schema == 0 && things == 0;
	*ret_schema = schema;
	if (*ret_is_new)
		return true;
	if (owner != SQLITE_LIFTD)
		return lift_fail(err, LIFT_E_STORE, "'%s' is not a store of "
		    "liftd: its application id is 0x%08llx, must be 0x%08x; "
		    "choose another state directory", link->file,
		    (unsigned long long)owner, (unsigned)SQLITE_LIFTD);
	if (schema > MIGRATIONS)
		return lift_fail(err, LIFT_E_STORE, "'%s' has schema %lld, "
		    "this liftd knows up to %d; start the newer liftd that "
		    "wrote it, or restore a copy from before the upgrade",
		    link->file, (long long)schema, MIGRATIONS);
	return true;
}

bool
sqlite_schema_look(const struct sqlite *link, struct lift_error *err)
{
	int64_t schema;
	bool is_new;

	return sqlite_schema_identify(link, &schema, &is_new, err);
}

bool
sqlite_schema_check(const struct sqlite *link, struct lift_error *err)
{
	int64_t schema;
	bool is_new;

	if (!sqlite_schema_identify(link, &schema, &is_new, err))
		return false;
	if (schema < MIGRATIONS)
		return lift_fail(err, LIFT_E_STORE, "'%s' has schema %lld, "
		    "must be %d; start liftd once, it migrates the file",
		    link->file, (long long)schema, MIGRATIONS);
	return true;
}

static void
sqlite_migration_sql(const struct migration *m, struct text *sql)
{
	text_string(sql, "BEGIN IMMEDIATE;\n");
	if (m->number == 1)
		text_string(sql, "CREATE TABLE migrations (number INTEGER "
		    "PRIMARY KEY, name TEXT NOT NULL, applied INTEGER NOT "
		    "NULL) STRICT;\n");
	for (const char *const *line = m->lines; *line != NULL; line++)
		text_string(sql, *line);
	text_form(sql, "INSERT INTO migrations VALUES (%d, '%s', %lld);\n",
	    m->number, m->name, (long long)clock_now());
	text_form(sql, "PRAGMA application_id=%d;\nPRAGMA user_version=%d;\n"
	    "COMMIT;\n", SQLITE_LIFTD, m->number);
}

bool
sqlite_schema_raise(const struct sqlite *link, struct lift_error *err)
{
	struct text sql = { 0 };
	int64_t schema;
	bool is_new, good;

	good = sqlite_schema_identify(link, &schema, &is_new, err);
	for (int i = (int)(good ? schema : 0); good && i < MIGRATIONS; i++) {
		text_clear(&sql);
		sqlite_migration_sql(&migrations[i], &sql);
		good = sqlite_run(link, sql.data, err);
		if (!good && !sqlite3_get_autocommit(link->db))
			sqlite3_exec(link->db, "ROLLBACK", NULL, NULL, NULL);
	}
	text_done(&sql);
	return good;
}
