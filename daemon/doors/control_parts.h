/* What the files of the control socket share: the door itself, one client, and
 * one call of it. */
#ifndef DOORS_CONTROL_PARTS_H
#define DOORS_CONTROL_PARTS_H

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <sys/queue.h>
#include <sys/stat.h>

#include "doors/control.h"
#include "doors/control_role.h"
#include "doors/line.h"
#include "doors/upload.h"

struct call;

/* One connection. */
struct client {
	TAILQ_ENTRY(client) link;
	struct control     *control;
	struct bufferevent *bev;
	struct event       *turn;	/* goes on, on the loop's next turn */
	struct caller       caller;
	struct call        *call;	/* under way */
	struct upload       upload;
	bool                uploading;	/* its chunk of 0 is still to come */
	bool                skipping;	/* a line too long, to its end */
	bool                eof;	/* will send nothing more */
	bool                closing;	/* when its answers are taken */
	bool                dead;	/* at once */
};

/* One request under way. */
struct call {
	struct request request;		/* first, so that it is found */
	struct client *client;		/* NULL: it hung up */
	bool           wants_lines;	/* asked for the upload */
	bool           paused;
	bool           begun;		/* `OK` is out */
};

TAILQ_HEAD(clients, client);

struct control {
	struct house           *house;
	struct event_base      *base;
	struct evconnlistener  *listener;
	struct event           *watch;	/* for those who hang up unheard */
	struct clients          clients;
	size_t                  count;
	int64_t                 connections;
	struct control_roles    roles;
	char                    version[64];
	char                    path[112];
	dev_t                   device;	/* of the socket's file */
	ino_t                   inode;
	bool                    stopping;
};

/* A client on the connected socket FD, greeted; the client owns FD. */
struct client *client_new(struct control *, int fd, const struct caller *);

/* Closes the connection; whoever works for it is told. */
void client_free(struct client *);

/* Sends an error as the whole reply. */
void client_refuse(struct client *, const struct lift_error *);

/* Goes on with it on the loop's next turn. */
void client_later(struct client *);

/* True when it neither has a request under way nor an answer to take. */
bool client_idle(const struct client *);

/* True when the peer has closed both ways. */
bool client_has_left(const struct client *);

/* Finds the verb of a line and begins its call, or answers at once. */
void client_begin(struct client *, struct lift_text line);

/* Reads on in what the client uploads. */
enum upload_step client_upload(struct client *);

/* Sends one chunk. */
void client_chunk(struct client *, struct lift_text);

/* Sends a whole answer. */
void client_answer(struct client *, struct lift_text);

/* Gives the call what it waits for: room, or lines. True when it has done
 * something and may do more. */
bool call_work(struct call *);

/* Ends the call of a client that hung up. */
void call_gone(struct call *);

/* Ends a call with an error of the door's, and tells its verb. */
void call_break(struct call *, const struct lift_error *);

/* True when it waits for lines of an upload, and none are there. */
bool call_is_starved(const struct call *);

#endif
