/* Seats, and the instances that sit on them. */
#include "plugin/roster.h"

#include "base/arena.h"
#include "base/memory.h"
#include "plugin/host.h"

struct roster {
	struct arena              *arena;
	const char                *directory;	/* NULL: they are linked in */
	struct roster_seat        *seats;
	const struct lift_plugin **plugins;
	const char               **missing;
	size_t                     count, plugin_count;
};

static struct roster *
roster_room(size_t count)
{
	struct roster *r = memory_take(sizeof(*r));

	r->arena = arena_new();
	r->seats = arena_array(r->arena, struct roster_seat, count + 1);
	r->plugins = arena_array(r->arena, const struct lift_plugin *,
	    count + 1);
	r->missing = arena_array(r->arena, const char *, count + 1);
	r->count = count;
	return r;
}

static bool
declares(const struct lift_plugin *p, const char *name)
{
	for (const struct lift_topic *t = p->topics; t && t->name; t++)
		if (strcmp(t->name, name) == 0)
			return true;
	for (const struct lift_verb *v = p->verbs; v && v->name; v++)
		if (strcmp(v->name, name) == 0)
			return true;
	return false;
}

/* One name, one meaning: rules could not tell two apart. */
static bool
name_is_free(const struct roster *r, const char *plugin, const char *name,
    struct lift_error *err)
{
	const char *owner = engine_owns(lift_text(name)) ? "liftd" : NULL;

	for (size_t i = 0; i < r->plugin_count && owner == NULL; i++)
		if (declares(r->plugins[i], name))
			owner = r->plugins[i]->name;
	if (owner == NULL)
		return true;
	return lift_fail(err, LIFT_E_INPUT, "plugin \"%s\" declares \"%s\", "
	    "which is %s's already", plugin, name, owner);
}

static bool
names_are_free(const struct roster *r, const struct lift_plugin *p,
    struct lift_error *err)
{
	for (size_t i = 0; i < r->plugin_count; i++)
		if (r->plugins[i] == p)
			return lift_fail(err, LIFT_E_INPUT,
			    "plugin \"%s\" stands twice in `plugins:`",
			    p->name);
	for (const struct lift_topic *t = p->topics; t && t->name; t++)
		if (!name_is_free(r, p->name, t->name, err))
			return false;
	for (const struct lift_verb *v = p->verbs; v && v->name; v++)
		if (!name_is_free(r, p->name, v->name, err))
			return false;
	return true;
}

static bool
is_seated(const struct roster *r, const char *name)
{
	for (size_t i = 0; i < r->plugin_count; i++)
		if (strcmp(r->plugins[i]->name, name) == 0)
			return true;
	return false;
}

struct roster *
roster_new(const char *directory, const struct lift_texts *names)
{
	struct roster *r = roster_room(names->count);
	size_t missing = 0;

	r->directory = arena_string(r->arena, directory);
	for (size_t i = 0; i < names->count; i++) {
		struct roster_seat *s = &r->seats[i];
		s->name = arena_string(r->arena, names->items[i]);
		/* Before it is opened: what replaces it from now on differs. */
		s->mark = loader_look(directory, s->name);
		s->plugin = loader_open(directory, s->name, &s->error);
		if (s->plugin != NULL &&
		    !names_are_free(r, s->plugin, &s->error))
			s->plugin = NULL;
		if (s->plugin != NULL) {
			r->plugins[r->plugin_count++] = s->plugin;
			continue;
		}
		s->state = s->error.code == LIFT_E_MISSING ? SEAT_ABSENT :
		    SEAT_REFUSED;
		if (!is_seated(r, s->name))
			r->missing[missing++] = s->name;
	}
	return r;
}

struct roster *
roster_of(const struct lift_plugin *const *plugins, size_t count)
{
	struct roster *r = roster_room(count);

	for (size_t i = 0; i < count; i++) {
		r->seats[i].name = plugins[i]->name;
		r->seats[i].plugin = plugins[i];
		r->plugins[r->plugin_count++] = plugins[i];
	}
	return r;
}

void
roster_free(struct roster *r)
{
	if (r == NULL)
		return;
	arena_free(r->arena);
	memory_give(r);
}

const struct roster_seat *
roster_seats(const struct roster *r, size_t *ret_count)
{
	*ret_count = r->count;
	return r->seats;
}

const struct lift_plugin *const *
roster_plugins(const struct roster *r, size_t *ret_count)
{
	*ret_count = r->plugin_count;
	return r->plugins;
}

const char *const *
roster_missing(const struct roster *r)
{
	return r->missing;
}

bool
roster_is_current(const struct roster *r, struct lift_error *err)
{
	for (size_t i = 0; i < r->count && r->directory != NULL; i++) {
		const struct roster_seat *s = &r->seats[i];
		struct loader_mark now = loader_look(r->directory, s->name);
		if (memcmp(&now, &s->mark, sizeof(now)) != 0)
			return lift_fail(err, LIFT_E_SYSTEM, "plugin \"%s\" "
			    "has changed in %s since liftd started: restart "
			    "it", s->name, r->directory);
	}
	return true;
}

const char *
seat_state_name(enum seat_state state)
{
	switch (state) {
	case SEAT_OPEN: return "open";
	case SEAT_ABSENT: return "absent";
	case SEAT_REFUSED: return "refused";
	case SEAT_FAILED: return "failed";
	}
	return "open";
}

struct company {
	struct engine *engine;
	size_t         count;
	struct {
		const struct lift_plugin *plugin;
		void                     *self;
		struct host              *host;
	} members[];
};

static void
seat_failed(struct roster *r, const struct lift_plugin *p,
    const struct lift_error *err)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->seats[i].plugin == p) {
			r->seats[i].state = SEAT_FAILED;
			r->seats[i].error = *err;
		}
}

struct company *
company_open(struct engine *en, struct roster *r, const struct generation *g)
{
	struct company *c = memory_take(sizeof(*c) + r->plugin_count *
	    sizeof(c->members[0]));

	c->engine = en;
	c->count = r->plugin_count;
	for (unsigned i = 0; i < c->count; i++) {
		struct lift_error err = { 0 };
		const struct lift_plugin *p = r->plugins[i];
		c->members[i].plugin = p;
		c->members[i].host = host_new(en, i, p->name);
		c->members[i].self = p->open(host_lend(c->members[i].host),
		    g->settings[i], &err);
		if (c->members[i].self == NULL)
			seat_failed(r, p, &err);
		engine_attach(en, i, c->members[i].self);
	}
	return c;
}

void
company_close(struct company *c)
{
	if (c == NULL)
		return;
	for (unsigned i = 0; i < c->count; i++) {
		engine_attach(c->engine, i, NULL);
		if (c->members[i].self != NULL)
			c->members[i].plugin->close(c->members[i].self);
		host_free(c->members[i].host);
	}
	memory_give(c);
}
