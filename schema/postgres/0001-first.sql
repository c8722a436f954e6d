-- The first schema: the tables of the SQLite schema with their columns in the
-- same order, so that daemon/log/table.c lists both. Numbers are bigint even
-- where less would do: one binary form for all of them. Texts compare by bytes
-- (COLLATE "C"), as in SQLite, whatever the locale of the database.

-- The log. No index but the key.
CREATE TABLE entries (
	seq      bigint PRIMARY KEY,
	kind     bigint NOT NULL,
	time     bigint NOT NULL,
	received bigint NOT NULL,
	id       text COLLATE "C" NOT NULL,
	key      text COLLATE "C" NOT NULL,
	body     bytea NOT NULL,
	sum      bigint NOT NULL
);

-- What the fold made of the log.
CREATE TABLE effects (
	seq      bigint NOT NULL,
	ordinal  bigint NOT NULL,
	time     bigint NOT NULL,
	id       text COLLATE "C" NOT NULL,
	topic    text COLLATE "C" NOT NULL,
	key      text COLLATE "C" NOT NULL,
	body     text COLLATE "C" NOT NULL,
	reasons  text COLLATE "C" NOT NULL,
	sum      bigint NOT NULL,
	PRIMARY KEY (seq, ordinal)
);

CREATE INDEX effects_topic ON effects (topic, seq, ordinal);
CREATE INDEX effects_id ON effects (id, seq, ordinal);

-- Input that was refused.
CREATE TABLE letters (
	number   bigint PRIMARY KEY,
	received bigint NOT NULL,
	source   text COLLATE "C" NOT NULL,
	reason   text COLLATE "C" NOT NULL,
	body     bytea NOT NULL,
	sum      bigint NOT NULL
);

-- How far each courier and consumer is.
CREATE TABLE cursors (
	name     text COLLATE "C" PRIMARY KEY,
	seq      bigint NOT NULL,
	sum      bigint NOT NULL
);

-- The one place that knows who a token is; a row can be erased.
CREATE TABLE shoppers (
	token    bigint PRIMARY KEY,
	id       text COLLATE "C" NOT NULL,
	sum      bigint NOT NULL
);

-- The runs of jobs.
CREATE TABLE runs (
	job      text COLLATE "C" NOT NULL,
	planned  bigint NOT NULL,
	started  bigint NOT NULL,
	ended    bigint NOT NULL,
	attempt  bigint NOT NULL,
	state    text COLLATE "C" NOT NULL,
	detail   text COLLATE "C" NOT NULL,
	sum      bigint NOT NULL,
	PRIMARY KEY (job, planned)
);

CREATE INDEX runs_planned ON runs (planned, job);

-- Named values that are not history.
CREATE TABLE kept (
	name     text COLLATE "C" PRIMARY KEY,
	value    bytea NOT NULL,
	sum      bigint NOT NULL
);

-- Ranges of the log that a salvage could not save. Any other hole is damage.
CREATE TABLE gaps (
	first    bigint PRIMARY KEY,
	last     bigint NOT NULL,
	sum      bigint NOT NULL
);
