/* What a broken plugin has in common with a sound one. */
#ifndef REFUSED_BODY_H
#define REFUSED_BODY_H

#include <liftd/plugin.h>

static inline void *
body_open(const struct lift_host *host, const void *settings,
    struct lift_error *err)
{
	(void)settings, (void)err;
	return (void *)(uintptr_t)host;
}

static inline void
body_close(void *self)
{
	(void)self;
}

static inline bool
body_prepare(void *self, const void *settings, struct lift_error *err)
{
	(void)self, (void)settings, (void)err;
	return true;
}

static inline void
body_commit(void *self, const void *settings)
{
	(void)self, (void)settings;
}

static inline bool
body_run(void *self, struct lift_call *call, struct lift_error *err)
{
	(void)self, (void)call, (void)err;
	return true;
}

static const struct lift_field body_fields[] = {
	{ "word", LIFT_TEXT, .meaning = "a word" },
	LIFT_END
};

/* A descriptor whose head can be anything. */
#define BODY(m, a, s, n)						\
	extern const struct lift_plugin lift_plugin;			\
	__attribute__((visibility("default")))				\
	const struct lift_plugin lift_plugin = {			\
		.magic = (m), .abi = (a), .size = (s), .name = n

#define BODY_SOUND(n)							\
	BODY(LIFT_PLUGIN_MAGIC, LIFT_PLUGIN_ABI,			\
	    sizeof(struct lift_plugin), n),				\
	.summary = "is broken on purpose"

#endif
