/* What rule files may name: topics, verbs and plugins, as the plugins that are
 * open and the daemon itself have declared them. The engine builds it, the
 * checker reads it. */
#ifndef RULES_VOCABULARY_H
#define RULES_VOCABULARY_H

#include <liftd/plugin.h>

#include "rules/expression.h"

enum vocabulary_source {
	TOPIC_INTERACTION,	/* entries of shoppers: all, or of one type */
	TOPIC_ENGINE,		/* effects of the engine itself */
	TOPIC_PLUGIN		/* effects of a plugin */
};

struct vocabulary_topic {
	const char              *name;
	const struct lift_field *fields;
	const char              *owner;		/* plugin, or "liftd" */
	const char              *meaning;
	enum vocabulary_source   source;
	uint16_t                 type;		/* of interaction; 0: any */
	bool                     durable;
};

struct vocabulary_verb {
	const struct lift_verb *verb;
	const char             *owner;
	int                     plugin;		/* its place; -1: not one */
	bool                    outside;	/* works on the daemon, not in
						 * the fold: no hook calls it */
};

struct vocabulary {
	const struct vocabulary_topic   *topics;
	size_t                           topic_count;
	const struct vocabulary_verb    *verbs;
	size_t                           verb_count;
	const struct lift_plugin *const *plugins;
	size_t                           plugin_count;
	const struct expression_object  *objects;
	size_t                           object_count;
};

/* How many rows a table of fields has before its end. */
static inline unsigned
fields_count(const struct lift_field *fields)
{
	unsigned n = 0;

	while (fields != NULL && fields[n].name != NULL)
		n++;
	return n;
}

#endif
