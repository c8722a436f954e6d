/* From a peer's uid to what it may do. */
#ifndef DOORS_CONTROL_ROLE_H
#define DOORS_CONTROL_ROLE_H

#include <sys/types.h>

#include "house/request.h"

struct control_settings;

struct control_uid {
	uid_t          uid;
	enum lift_role role;
};

struct control_roles {
	struct control_uid *uids;
	size_t              count;
	bool                everybody;	/* may look */
};

/* Reads the lists of users. Freed with control_roles_done. Fails for a user
 * whom this machine does not know, with *ret_roles untouched. */
bool control_roles_read(const struct control_settings *,
    struct control_roles *ret_roles, struct lift_error *);

/* Frees what the roles hold. */
void control_roles_done(struct control_roles *);

/* Whom the peer of the connected socket FD is, with the highest role it has.
 * Fails when it has none. RET_CALLER is filled as far as possible even then. */
bool control_caller(const struct control_roles *, int fd,
    struct caller *ret_caller, struct lift_error *);

/* The role of that name, if it is not above HIGHEST. */
bool control_role_lower(struct lift_text name, enum lift_role highest,
    enum lift_role *ret_role, struct lift_error *);

#endif
