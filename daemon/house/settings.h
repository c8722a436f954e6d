/* liftd.yaml as a struct, by one table: the manual page, `--describe options`
 * and the check of the file come from it. */
#ifndef HOUSE_SETTINGS_H
#define HOUSE_SETTINGS_H

#include <liftd/plugin.h>

#include "base/arena.h"
#include "couriers/courier_settings.h"
#include "doors/http.h"
#include "log/store.h"
#include "rules/finding.h"

struct settings {
	struct {
		int         driver;
		const char *dsn;
	} store;
	int                durability;
	struct {
		int64_t entries;
	} retention;
	struct {
		int64_t every, entries;
	} snapshots;
	struct {
		int64_t ids, span;
	} dedupe;
	int64_t            disorder, allowed_lateness, idle_source, ahead;
	int64_t            waiting;
	const char        *currency;
	struct {
		struct lift_texts admins, operators, observers;
		int64_t           connections;
	} control;
	const char        *listen;
	struct {
		const char       *certificate, *key;
		struct lift_texts origins;
		int64_t           connections, body, deadline, idle;
	} http;
	struct lift_rows   tokens;	/* of struct http_token_row */
	struct lift_texts  plugins;
	struct model_settings models;
	struct lift_rows   webhooks;	/* of struct webhook_settings */
};

/* The options of liftd.yaml. */
extern const struct lift_option settings_options[];

/* Fills SETTINGS from the text of a file, FILE being its name for findings; a
 * NULL text means all fallbacks. What it points to lies in the arena. */
bool settings_read(struct arena *, const char *file,
    const struct lift_text *text, struct findings *, struct settings *);

/* Puts back into FRESH what OLD has of each option that takes a restart, and
 * appends the names of those that differ. */
void settings_keep(struct settings *fresh, const struct settings *old,
    struct text *ret_kept);

/* The store's settings among them, for the state directory STATE. */
struct store_settings settings_store(const struct settings *,
    const char *state);

/* The HTTP door's settings among them. */
struct http_settings settings_http(const struct settings *);

#endif
