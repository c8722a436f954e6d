/* Users are looked up when the lists are read, not when somebody connects: a
 * directory service that is slow must not hold up the loop. The name of a
 * connecting user is for the audit, and comes from the same call the system's
 * own tools make. */
#include "doors/control_role.h"

#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "doors/control.h"
#include "house/desk.h"

enum { PASSWD_ROOM = 4096 };

static bool
user_read(const char *word, uid_t *ret_uid)
{
	char room[PASSWD_ROOM];
	struct passwd entry, *found = NULL;
	unsigned long number = 0;
	const char *c = word;

	for (; *c >= '0' && *c <= '9' && number < UINT32_MAX; c++)
		number = number * 10 + (unsigned long)(*c - '0');
	if (*word != '\0' && *c == '\0' && number < UINT32_MAX) {
		*ret_uid = (uid_t)number;
		return true;
	}
	if (getpwnam_r(word, &entry, room, sizeof(room), &found) != 0 ||
	    found == NULL)
		return false;
	*ret_uid = found->pw_uid;
	return true;
}

static bool
roles_add(struct control_roles *r, const struct lift_texts *users,
    enum lift_role role, struct lift_error *err)
{
	for (size_t i = 0; i < users->count; i++) {
		struct control_uid *to = &r->uids[r->count];
		if (!user_read(users->items[i], &to->uid))
			return lift_fail(err, LIFT_E_INPUT, "control.%ss names "
			    "\"%s\", who is no user of this machine",
			    role_name(role), users->items[i]);
		to->role = role;
		r->count++;
	}
	return true;
}

bool
control_roles_read(const struct control_settings *s,
    struct control_roles *ret_roles, struct lift_error *err)
{
	size_t room = s->admins.count + s->operators.count +
	    s->observers.count;
	struct control_roles r = {
		.uids = memory_take((room + 1) * sizeof(*r.uids)),
		.everybody = s->observers.count == 0,
	};

	if (!roles_add(&r, &s->admins, LIFT_ADMIN, err) ||
	    !roles_add(&r, &s->operators, LIFT_OPERATOR, err) ||
	    !roles_add(&r, &s->observers, LIFT_OBSERVER, err)) {
		control_roles_done(&r);
		return false;
	}
	*ret_roles = r;
	return true;
}

void
control_roles_done(struct control_roles *r)
{
	memory_give(r->uids);
	*r = (struct control_roles){ 0 };
}

static bool
role_of(const struct control_roles *r, uid_t uid, enum lift_role *ret_role)
{
	bool found = r->everybody;

	*ret_role = LIFT_OBSERVER;
	if (uid == 0 || uid == geteuid()) {
		*ret_role = LIFT_ADMIN;
		return true;
	}
	for (size_t i = 0; i < r->count; i++) {
		if (r->uids[i].uid != uid)
			continue;
		found = true;
		if (r->uids[i].role > *ret_role)
			*ret_role = r->uids[i].role;
	}
	return found;
}

bool
control_caller(const struct control_roles *r, int fd,
    struct caller *ret_caller, struct lift_error *err)
{
	char room[PASSWD_ROOM];
	struct passwd entry, *found = NULL;
	struct ucred peer;
	socklen_t size = sizeof(peer);

	*ret_caller = (struct caller){ .role = LIFT_OBSERVER,
		.door = "control" };
	strcpy(ret_caller->actor, "uid:?");
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
		return lift_fail(err, LIFT_E_DENIED,
		    "the system does not tell who you are");
	getpwuid_r(peer.uid, &entry, room, sizeof(room), &found);
	snprintf(ret_caller->actor, sizeof(ret_caller->actor), "uid:%u%s%.40s",
	    (unsigned)peer.uid, found != NULL ? " " : "",
	    found != NULL ? found->pw_name : "");
	if (!role_of(r, peer.uid, &ret_caller->role))
		return lift_fail(err, LIFT_E_DENIED, "%s may not use the "
		    "control socket; control.observers, operators or admins "
		    "in liftd.yaml must name you", ret_caller->actor);
	return true;
}

bool
control_role_lower(struct lift_text name, enum lift_role highest,
    enum lift_role *ret_role, struct lift_error *err)
{
	for (enum lift_role r = LIFT_OBSERVER; r <= LIFT_ADMIN; r++) {
		if (!lift_text_equal(name, lift_text(role_name(r))))
			continue;
		if (r > highest)
			return lift_fail(err, LIFT_E_DENIED, "you are %s here "
			    "and cannot become %s", role_name(highest),
			    role_name(r));
		*ret_role = r;
		return true;
	}
	return lift_fail(err, LIFT_E_USAGE, "role is \"%.*s\", must be one of "
	    "observer, ingest, operator and admin",
	    name.size > 40 ? 40 : (int)name.size, name.data);
}
