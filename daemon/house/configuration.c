/* liftd.yaml, at the start and again when the daemon is told that it has
 * changed. The second time all or nothing comes into use, but for the options
 * that take a restart: those stay as they were, and are named. */
#include "house/house_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/money.h"

static bool
config_text(const struct house *h, struct arena *arena, struct lift_text *ret,
    bool *ret_there, struct lift_error *err)
{
	const char *path = h->places.config;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	*ret_there = fd >= 0;
	if (fd < 0 && errno == ENOENT && !h->places.config_given) {
		logger_line(LIFT_NOTICE, "liftd",
		    "there is no %s, all options have their defaults", path);
		return true;
	}
	if (fd < 0 || fstat(fd, &st) != 0 || st.st_size > 4 << 20) {
		if (fd >= 0)
			close(fd);
		return lift_fail(err, LIFT_E_INPUT, "%s cannot be read: %s",
		    path, fd < 0 ? strerror(errno) : "it is no small file");
	}
	char *data = arena_take(arena, (size_t)st.st_size + 1);
	ssize_t n = read(fd, data, (size_t)st.st_size);
	close(fd);
	*ret = (struct lift_text){ data, n > 0 ? (size_t)n : 0 };
	return true;
}

/* Reads the file into SETTINGS, which point into the arena. */
static bool
read_into(const struct house *h, struct arena *arena,
    struct settings *settings, struct lift_text *ret_text,
    struct lift_error *err)
{
	struct findings *findings = findings_new(arena);
	struct text report = { 0 };
	bool there;

	*ret_text = (struct lift_text){ "", 0 };
	if (!config_text(h, arena, ret_text, &there, err))
		return false;
	if (settings_read(arena, h->places.config, there ? ret_text : NULL,
	    findings, settings))
		return true;
	findings_write(&report, findings);
	fputs(report.data, stderr);
	text_done(&report);
	return lift_fail(err, LIFT_E_INPUT, "%s does not check",
	    h->places.config);
}

bool
house_settings(struct house *h, struct lift_error *err)
{
	return read_into(h, h->arena, &h->settings, &h->settings_text, err);
}

/* ---- again --------------------------------------------------------------- */

struct http_settings
house_http_settings(const struct house *h, const struct settings *settings)
{
	struct http_settings s = settings_http(settings);

	if (h->places.listen != NULL)
		s.listen = h->places.listen;
	return s;
}

struct control_settings
house_control_settings(const struct house *h, const struct settings *s)
{
	return (struct control_settings){ h->places.control, LIFTD_BUILD,
		s->control.admins, s->control.operators, s->control.observers,
		s->control.connections };
}

/* Both doors take the new settings, or none does. */
static bool
doors_change(struct house *h, const struct settings *fresh,
    struct lift_error *err)
{
	struct control_settings to = house_control_settings(h, fresh),
	    back = house_control_settings(h, &h->settings);
	struct http_settings http = house_http_settings(h, fresh);
	struct lift_error unheard;

	if (!control_roles(h->control, &to, err))
		return false;
	if (h->http == NULL || http_change(h->http, &http, err))
		return true;
	control_roles(h->control, &back, &unheard);
	return false;
}

static bool
change(struct house *h, struct arena *arena, struct text *ret_kept,
    struct lift_error *err)
{
	struct settings fresh;
	struct lift_text text;

	if (!read_into(h, arena, &fresh, &text, err))
		return false;
	settings_keep(&fresh, &h->settings, ret_kept);
	if (!doors_change(h, &fresh, err))
		return false;
	gate_change(h->gate, fresh.ahead,
	    currency_pack(lift_text(fresh.currency)));
	h->settings = fresh;
	return true;
}

bool
house_settings_again(struct house *h, struct lift_error *err)
{
	struct arena *arena = arena_new();
	struct text kept = { 0 };
	bool ok = change(h, arena, &kept, err);

	h->settings_error = ok ? (struct lift_error){ 0 } : *err;
	if (ok)
		logger_line(LIFT_NOTICE, "liftd", "the settings were read "
		    "again%s%s", kept.size > 0 ? "; these take a restart: " :
		    "", kept.size > 0 ? kept.data : "");
	else
		logger_line(LIFT_ERR, "liftd", "%s; the settings in use go on",
		    err->text);
	text_done(&kept);
	/* What stays as it was at the start lies in the house's own arena. */
	if (ok) {
		arena_free(h->settings_arena);
		h->settings_arena = arena;
	} else {
		arena_free(arena);
	}
	return ok;
}
