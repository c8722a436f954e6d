/* The engine's state as a stream of bytes: what a snapshot holds and what a
 * digest is taken of. Numbers go as they lie in memory; a snapshot belongs to
 * the build and the machine kind that wrote it, and says so in its header. */
#ifndef ENGINE_STATE_H
#define ENGINE_STATE_H

#include <liftd/plugin.h>

/* Takes what is put. */
struct state_out {
	void (*write)(void *context, const void *data, size_t size);
	void  *context;
};

/* What is left to take; `failed` once more was asked for than there was. */
struct state_in {
	const char *at, *end;
	bool        failed;
};

/* Appends SIZE bytes. */
static inline void
state_put(struct state_out *s, const void *data, size_t size)
{
	s->write(s->context, data, size);
}

/* Appends one number. */
static inline void
state_put_whole(struct state_out *s, int64_t v)
{
	state_put(s, &v, sizeof(v));
}

/* Appends a length and the text. */
static inline void
state_put_text(struct state_out *s, struct lift_text t)
{
	uint32_t size = (uint32_t)t.size;

	state_put(s, &size, sizeof(size));
	state_put(s, t.data, t.size);
}

/* Takes SIZE bytes; zeros and false when there are not as many. */
static inline bool
state_take(struct state_in *s, void *data, size_t size)
{
	if ((size_t)(s->end - s->at) < size || s->failed) {
		s->failed = true;
		memset(data, 0, size);
		return false;
	}
	if (size > 0)
		memcpy(data, s->at, size);
	s->at += size;
	return true;
}

/* Takes one number; 0 when there is none. */
static inline int64_t
state_take_whole(struct state_in *s)
{
	int64_t v;

	state_take(s, &v, sizeof(v));
	return v;
}

/* Takes a text, borrowed from the stream; empty when there is none. */
static inline struct lift_text
state_take_text(struct state_in *s)
{
	uint32_t size = 0;

	if (!state_take(s, &size, sizeof(size)) ||
	    (size_t)(s->end - s->at) < size) {
		s->failed = true;
		return (struct lift_text){ "", 0 };
	}
	struct lift_text t = { s->at, size };
	s->at += size;
	return t;
}

#endif
