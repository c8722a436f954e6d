-- What a shop says of a shopper: a name, an address. Like the ids it is nowhere
-- else, so that it can be erased. A value is JSON.
CREATE TABLE traits (
	token    INTEGER NOT NULL,
	name     TEXT NOT NULL,
	value    TEXT NOT NULL,
	sum      INTEGER NOT NULL,
	PRIMARY KEY (token, name)
) STRICT, WITHOUT ROWID;
