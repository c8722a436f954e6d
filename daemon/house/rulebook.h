/* The rule files of the installation: read, checked, put into use, and what
 * became of the newest try. A set that does not check changes nothing: the one
 * before goes on, and everybody is told. */
#ifndef HOUSE_RULEBOOK_H
#define HOUSE_RULEBOOK_H

#include "rules/generation.h"

struct house;
struct rulebook;

/* What became of a try to load rules. */
struct rulebook_result {
	bool             ok;
	size_t           errors, warnings;
	uint32_t         number;	/* of the generation in use */
	const char      *problem;	/* other than findings; or NULL */
	struct lift_text findings;	/* as prose */
	struct lift_text json;		/* as an array */
	int64_t          time;
};

/* A rulebook for the house. Freed with rulebook_free. */
struct rulebook *rulebook_new(struct house *);

/* Frees it; takes NULL. */
void rulebook_free(struct rulebook *);

/* Reads all *.yaml files of a directory, sorted by name, into the arena. Fails
 * when it or one of them cannot be read. A directory that does not exist is an
 * empty one. */
bool rulebook_read(struct arena *, const char *directory,
    const struct generation_file **ret_files, size_t *ret_count,
    struct lift_error *);

/* Likewise one file. */
bool rulebook_read_file(struct arena *, const char *path,
    const struct generation_file **ret_files, size_t *ret_count,
    struct lift_error *);

/* The first load, after recovery: the directory's files if they check and
 * differ from what is in use; otherwise the last good ones go on. False when
 * there is nothing to go on with. */
bool rulebook_start(struct rulebook *, struct lift_error *);

/* Checks these files and puts them into use, by an entry of the log. */
const struct rulebook_result *rulebook_load(struct rulebook *,
    const struct generation_file *, size_t count);

/* rulebook_load of the directory's files. */
const struct rulebook_result *rulebook_reload(struct rulebook *);

/* What became of the newest try. */
const struct rulebook_result *rulebook_result(const struct rulebook *);

/* True when the directory's files are not those in use. */
bool rulebook_has_drifted(struct rulebook *);

/* For the engine: the generation that a RULES entry names; the one that was
 * just checked if it is that. */
struct generation *rulebook_generation(void *house, const struct lift_entry *);

#endif
