SQLITE_MIGRATIONS = %D%/sqlite/0001-first.sql %D%/sqlite/0002-traits.sql
POSTGRES_MIGRATIONS = %D%/postgres/0001-first.sql \
	%D%/postgres/0002-traits.sql
EXTRA_DIST += $(SQLITE_MIGRATIONS) $(POSTGRES_MIGRATIONS)
schemadir = $(pkgdatadir)
dist_schema_DATA = %D%/liftd-rules.schema.json
