/* The schema, by numbered migrations from schema/postgres/. Tables that are not
 * ours and a schema from a newer liftd are refused, never guessed at. A comment
 * on the table `migrations` says that the tables are liftd's. */
#include "log/postgres.h"

#include "base/clock.h"

struct migration {
	int                number;
	const char        *name;
	const char *const *lines;	/* ended by NULL */
};

/* Made from schema/postgres/ by contrib/embed-sql. */
#include "postgres_migrations.inc"

#define MIGRATIONS	((int)(sizeof(migrations) / sizeof(migrations[0])))
#define MARK		"the log of liftd"

int
postgres_schema_known(void)
{
	return MIGRATIONS;
}

/* The name of a table that stands in our way, or nothing. */
static bool
schema_stranger(struct postgres *link, char name[64], struct lift_error *err)
{
	struct text sql = { 0 };
	bool good;

	text_string(&sql, "SELECT relname FROM pg_class WHERE relnamespace = "
	    "current_schema()::regnamespace AND relname IN ('migrations'");
	for (int t = 0; t < TABLES; t++)
		text_form(&sql, ",'%s'", tables[t].name);
	text_string(&sql, ") LIMIT 1");
	good = postgres_word(link, sql.data, name, 64, err);
	text_done(&sql);
	return good;
}

static bool
schema_identify(struct postgres *link, int64_t *ret_schema,
    struct lift_error *err)
{
	char mark[40] = "", name[64] = "", space[64] = "";
	int64_t schema = 0;

	if (!postgres_word(link, "SELECT current_schema()", space,
	    sizeof(space), err))
		return false;
	if (space[0] == '\0')
		return lift_fail(err, LIFT_E_STORE, "%s has no schema for user "
		    "'%s'; make one: `CREATE SCHEMA AUTHORIZATION %s`",
		    link->place, link->user, link->user);
	if (!postgres_word(link, "SELECT obj_description(to_regclass("
	    "'migrations'), 'pg_class')", mark, sizeof(mark), err))
		return false;
	if (strcmp(mark, MARK) != 0) {
		if (!schema_stranger(link, name, err))
			return false;
		*ret_schema = 0;
		return name[0] == '\0' || lift_fail(err, LIFT_E_STORE,
		    "%s holds another program's table '%s'; give liftd a "
		    "database of its own", link->place, name);
	}
	if (!postgres_number(link, "SELECT max(number) FROM migrations",
	    &schema, err))
		return false;
	*ret_schema = schema;
	return schema <= MIGRATIONS || lift_fail(err, LIFT_E_STORE, "%s has "
	    "schema %lld, this liftd knows up to %d; start the newer liftd "
	    "that wrote it, or restore a dump from before the upgrade",
	    link->place, (long long)schema, MIGRATIONS);
}

bool
postgres_schema_check(struct postgres *link, struct lift_error *err)
{
	int64_t schema;

	if (!schema_identify(link, &schema, err))
		return false;
	return schema == MIGRATIONS || lift_fail(err, LIFT_E_STORE, "%s has "
	    "schema %lld, must be %d; start liftd once, it migrates the "
	    "tables", link->place, (long long)schema, MIGRATIONS);
}

static void
migration_sql(const struct migration *m, struct text *sql)
{
	text_string(sql, "BEGIN;\n");
	if (m->number == 1)
		text_string(sql, "CREATE TABLE migrations (number bigint "
		    "PRIMARY KEY, name text NOT NULL, applied bigint NOT "
		    "NULL);\nCOMMENT ON TABLE migrations IS '" MARK "';\n");
	for (const char *const *line = m->lines; *line != NULL; line++)
		text_string(sql, *line);
	text_form(sql, "INSERT INTO migrations VALUES (%d, '%s', %lld);\n"
	    "COMMIT;\n", m->number, m->name, (long long)clock_now());
}

bool
postgres_schema_raise(struct postgres *link, struct lift_error *err)
{
	struct text sql = { 0 };
	int64_t schema;
	bool good;

	good = schema_identify(link, &schema, err);
	for (int i = (int)(good ? schema : 0); good && i < MIGRATIONS; i++) {
		text_clear(&sql);
		migration_sql(&migrations[i], &sql);
		good = postgres_run(link, sql.data, err);
	}
	text_done(&sql);
	return good;
}
