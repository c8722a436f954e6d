-- The first schema. Each table ends in `sum`, the XXH3 of its row: SQLite has
-- no checksum of its own, and a bit that flips inside a body goes unnoticed.
-- Times are microseconds since 1970. The PostgreSQL schema has these columns
-- in this order, and daemon/log/table.c lists them.

-- The log. No index but the key: it is written far more often than searched,
-- and de-duplication happens in memory.
CREATE TABLE entries (
	seq      INTEGER PRIMARY KEY,
	kind     INTEGER NOT NULL,
	time     INTEGER NOT NULL,
	received INTEGER NOT NULL,
	id       TEXT NOT NULL,
	key      TEXT NOT NULL,
	body     BLOB NOT NULL,
	sum      INTEGER NOT NULL
) STRICT;

-- What the fold made of the log.
CREATE TABLE effects (
	seq      INTEGER NOT NULL,
	ordinal  INTEGER NOT NULL,
	time     INTEGER NOT NULL,
	id       TEXT NOT NULL,
	topic    TEXT NOT NULL,
	key      TEXT NOT NULL,
	body     TEXT NOT NULL,
	reasons  TEXT NOT NULL,
	sum      INTEGER NOT NULL,
	PRIMARY KEY (seq, ordinal)
) STRICT, WITHOUT ROWID;

-- The primary key follows by itself: this serves `topic since seq`.
CREATE INDEX effects_topic ON effects (topic);
CREATE INDEX effects_id ON effects (id);

-- Input that was refused.
CREATE TABLE letters (
	number   INTEGER PRIMARY KEY,
	received INTEGER NOT NULL,
	source   TEXT NOT NULL,
	reason   TEXT NOT NULL,
	body     BLOB NOT NULL,
	sum      INTEGER NOT NULL
) STRICT;

-- How far each courier and consumer is.
CREATE TABLE cursors (
	name     TEXT PRIMARY KEY NOT NULL,
	seq      INTEGER NOT NULL,
	sum      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The one place that knows who a token is; a row can be erased.
CREATE TABLE shoppers (
	token    INTEGER PRIMARY KEY,
	id       TEXT NOT NULL,
	sum      INTEGER NOT NULL
) STRICT;

-- The runs of jobs.
CREATE TABLE runs (
	job      TEXT NOT NULL,
	planned  INTEGER NOT NULL,
	started  INTEGER NOT NULL,
	ended    INTEGER NOT NULL,
	attempt  INTEGER NOT NULL,
	state    TEXT NOT NULL,
	detail   TEXT NOT NULL,
	sum      INTEGER NOT NULL,
	PRIMARY KEY (job, planned)
) STRICT, WITHOUT ROWID;

CREATE INDEX runs_planned ON runs (planned);

-- Named values that are not history.
CREATE TABLE kept (
	name     TEXT PRIMARY KEY NOT NULL,
	value    BLOB NOT NULL,
	sum      INTEGER NOT NULL
) STRICT;

-- Ranges of the log that a salvage could not save. Any other hole is damage.
CREATE TABLE gaps (
	first    INTEGER PRIMARY KEY,
	last     INTEGER NOT NULL,
	sum      INTEGER NOT NULL
) STRICT;
