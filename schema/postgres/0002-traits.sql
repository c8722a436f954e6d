-- What a shop says of a shopper: a name, an address. Like the ids it is nowhere
-- else, so that it can be erased. A value is JSON.
CREATE TABLE traits (
	token    bigint NOT NULL,
	name     text COLLATE "C" NOT NULL,
	value    text COLLATE "C" NOT NULL,
	sum      bigint NOT NULL,
	PRIMARY KEY (token, name)
);
