/* A sandbox: a second engine in the same process, with instances of its own of
 * each plugin and with rules of its own. Nothing that happens in it leaves it
 * but through the callbacks of its setup: for rule tests, for backtests, and to
 * look at a log again.
 *
 * Thread: any one; a sandbox shares nothing with the engine beside it but
 * descriptors, which never change. */
#ifndef REPLAY_SANDBOX_H
#define REPLAY_SANDBOX_H

#include "engine/engine.h"
#include "plugin/roster.h"

struct sandbox;

/* What a sandbox is made of. All of it is borrowed until sandbox_free, but for
 * the files. */
struct sandbox_setup {
	const struct roster           *roster;
	const struct engine_settings  *engine;
	const struct lift_verb        *daemon_verbs;	/* NULL: none */
	const struct option_sources   *sources;	/* NULL: no references */
	const struct generation_file  *files;	/* its rules */
	size_t                         file_count;
	uint32_t                       number;	/* of its generation */
	bool                           follow;	/* rules met in the log come
						 * into use; else they are
						 * passed over */
	bool                           force_act;	/* hooks in shadow or
							 * alert act too */
	/* Where effects, calls and log lines go; `generation` is not used. */
	struct engine_outside          outside;
};

/* A sandbox that has folded nothing. NULL with findings when the rules do not
 * check, and with a sentence when a plugin cannot be opened or refuses its
 * settings: a sandbox without one of them would say something else than the
 * engine does. */
struct sandbox *sandbox_new(const struct sandbox_setup *, struct findings *,
    struct lift_error *);

/* Closes the instances and frees the sandbox; takes NULL. */
void sandbox_free(struct sandbox *);

/* Folds one entry. */
void sandbox_fold(struct sandbox *, struct lift_entry *);

/* The digest of its state. */
struct hash128 sandbox_digest(struct sandbox *);

/* Its engine, to look at and to ask; for replay_range. */
struct engine *sandbox_engine(struct sandbox *);

#endif
