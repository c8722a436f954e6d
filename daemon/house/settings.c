/* The table of liftd.yaml. */
#include "house/settings.h"

#include "base/money.h"
#include "rules/document.h"
#include "rules/option.h"

static const char *const drivers[] = { "sqlite", "postgres", NULL };
static const char *const durabilities[] = { "process", "power", NULL };

static const struct lift_option store_options[] = {
	{ .name = "driver", .kind = LIFT_OPTION_CHOICE, .fallback = "sqlite",
	  .choices = drivers, .restart = true,
	  .meaning = "what keeps the log: sqlite is a file in the state "
	  "directory, postgres a database of its own on a server" },
	{ .name = "dsn", .kind = LIFT_OPTION_TEXT, .fallback = "",
	  .offset = offsetof(struct settings, store.dsn) -
	  offsetof(struct settings, store), .secret = true, .restart = true,
	  .meaning = "where the database is, for postgres: "
	  "postgresql://user:password@host/database" },
	LIFT_END
};

static const struct lift_option retention_options[] = {
	{ .name = "entries", .kind = LIFT_OPTION_SPAN, .fallback = "90d",
	  .lowest = "1h",
	  .meaning = "how long entries and effects are kept, if snapshots "
	  "allow" },
	LIFT_END
};

static const struct lift_option snapshot_options[] = {
	{ .name = "every", .kind = LIFT_OPTION_SPAN, .fallback = "15m",
	  .lowest = "1s", .highest = "7d",
	  .meaning = "a snapshot is due this long after the one before" },
	{ .name = "entries", .kind = LIFT_OPTION_COUNT, .fallback = "5000000",
	  .lowest = "1000", .offset = sizeof(int64_t),
	  .meaning = "or after so many entries, whichever comes first" },
	LIFT_END
};

static const struct lift_option dedupe_options[] = {
	{ .name = "ids", .kind = LIFT_OPTION_COUNT, .fallback = "1048576",
	  .lowest = "1024", .highest = "268435456", .restart = true,
	  .meaning = "how many ids are remembered, 40 bytes each" },
	{ .name = "span", .kind = LIFT_OPTION_SPAN, .fallback = "1d",
	  .lowest = "1m", .offset = sizeof(int64_t), .restart = true,
	  .meaning = "how long an id is remembered" },
	LIFT_END
};

#define MEMBER(m) (offsetof(struct settings, control.m) - \
	offsetof(struct settings, control))
static const struct lift_option control_options[] = {
	{ .name = "admins", .kind = LIFT_OPTION_TEXTS, .fallback = "[]",
	  .offset = MEMBER(admins),
	  .meaning = "users who may do everything, by name or number; root and "
	  "liftd's own user always may" },
	{ .name = "operators", .kind = LIFT_OPTION_TEXTS, .fallback = "[]",
	  .offset = MEMBER(operators),
	  .meaning = "users who may operate, by name or number" },
	{ .name = "observers", .kind = LIFT_OPTION_TEXTS, .fallback = "[]",
	  .offset = MEMBER(observers),
	  .meaning = "users who may look; empty means everybody who can open "
	  "the socket" },
	{ .name = "connections", .kind = LIFT_OPTION_COUNT, .fallback = "256",
	  .lowest = "4", .highest = "10000", .offset = MEMBER(connections),
	  .meaning = "how many clients may be connected at once" },
	LIFT_END
};

#undef MEMBER
#define MEMBER(m) (offsetof(struct settings, http.m) - \
	offsetof(struct settings, http))
static const struct lift_option http_options[] = {
	{ .name = "certificate", .kind = LIFT_OPTION_TEXT, .fallback = "",
	  .offset = MEMBER(certificate),
	  .meaning = "a file in PEM with the certificate and its chain; with it "
	  "the door speaks TLS only" },
	{ .name = "key", .kind = LIFT_OPTION_TEXT, .fallback = "",
	  .offset = MEMBER(key),
	  .meaning = "a file in PEM with the certificate's key" },
	{ .name = "origins", .kind = LIFT_OPTION_TEXTS, .fallback = "[]",
	  .offset = MEMBER(origins),
	  .meaning = "web pages that may call, such as https://shop.example; "
	  "`*` for all" },
	{ .name = "connections", .kind = LIFT_OPTION_COUNT,
	  .fallback = "12000", .lowest = "4", .highest = "1000000",
	  .offset = MEMBER(connections),
	  .meaning = "how many clients may be connected at once" },
	{ .name = "body", .kind = LIFT_OPTION_SIZE, .fallback = "8 MB",
	  .lowest = "64 kB", .highest = "1 GB", .offset = MEMBER(body),
	  .meaning = "the largest body of a request; events sent one a line or "
	  "as an array may be more" },
	{ .name = "deadline", .kind = LIFT_OPTION_SPAN, .fallback = "20s",
	  .lowest = "1s", .highest = "1h", .offset = MEMBER(deadline),
	  .meaning = "when a request must have arrived, and for each 16 kB of "
	  "its body a second more; and how long an answer may lie untaken" },
	{ .name = "idle", .kind = LIFT_OPTION_SPAN, .fallback = "75s",
	  .lowest = "1s", .highest = "1d", .offset = MEMBER(idle),
	  .meaning = "how long a connection may stay open between requests" },
	LIFT_END
};

static const struct lift_option token_options[] = {
	LIFT_OPTION_TEXT(struct http_token_row, name,
	    .meaning = "names the token in the log, in sources and in audits"),
	LIFT_OPTION_CHOICE(struct http_token_row, role,
	    .choices = http_token_roles,
	    .meaning = "what its bearer may do: ingest brings events and reads "
	    "nothing, read looks, operate acts, admin does all"),
	LIFT_OPTION_TEXT(struct http_token_row, secret, .secret = true,
	    .meaning = "what is sent as `Authorization: Bearer`, at least 16 "
	    "characters"),
	LIFT_OPTION_COUNT(struct http_token_row, rate, .fallback = "0",
	    .lowest = "0", .highest = "1000000",
	    .meaning = "how many requests a second it may make; 0: any"),
	LIFT_END
};

const struct lift_option settings_options[] = {
	LIFT_OPTION_GROUP(struct settings, store, .rows = store_options,
	    .fallback = "{}", .meaning = "where the log is kept"),
	LIFT_OPTION_CHOICE(struct settings, durability,
	    .fallback = "process", .choices = durabilities, .restart = true,
	    .meaning = "what an acknowledged entry survives: the death of the "
	    "process, or loss of power"),
	LIFT_OPTION_GROUP(struct settings, retention,
	    .rows = retention_options, .fallback = "{}",
	    .meaning = "how long things are kept"),
	LIFT_OPTION_GROUP(struct settings, snapshots,
	    .rows = snapshot_options, .fallback = "{}",
	    .meaning = "when the state is written down, so that a start is "
	    "short"),
	LIFT_OPTION_GROUP(struct settings, dedupe, .rows = dedupe_options,
	    .fallback = "{}",
	    .meaning = "how long an id that comes again is known"),
	LIFT_OPTION_SPAN(struct settings, disorder, .fallback = "10s",
	    .lowest = "0s", .highest = "1d", .restart = true,
	    .meaning = "how long a window waits for events that come out of "
	    "order"),
	LIFT_OPTION_SPAN(struct settings, allowed_lateness,
	    .fallback = "1h", .lowest = "0s", .highest = "30d",
	    .restart = true,
	    .meaning = "how long a window can still be revised"),
	LIFT_OPTION_SPAN(struct settings, idle_source, .fallback = "30s",
	    .lowest = "1s", .highest = "1d", .restart = true,
	    .meaning = "when a silent source no longer holds windows open"),
	LIFT_OPTION_SPAN(struct settings, ahead, .fallback = "10m",
	    .lowest = "1s", .highest = "1d",
	    .meaning = "how far ahead of now a live event may claim to be"),
	LIFT_OPTION_SIZE(struct settings, waiting, .fallback = "256 MB",
	    .lowest = "1 MB", .restart = true,
	    .meaning = "live entries that may wait while a backfill runs"),
	LIFT_OPTION_TEXT(struct settings, currency, .fallback = "EUR",
	    .meaning = "of prices that come without one"),
	LIFT_OPTION_GROUP(struct settings, control,
	    .rows = control_options, .fallback = "{}",
	    .meaning = "who may do what through the control socket"),
	LIFT_OPTION_TEXT(struct settings, listen,
	    .fallback = "127.0.0.1:8420", .restart = true,
	    .meaning = "the address of the HTTP door; none: there is no such "
	    "door"),
	LIFT_OPTION_GROUP(struct settings, http, .rows = http_options,
	    .fallback = "{}", .meaning = "the HTTP door"),
	LIFT_OPTION_LIST(struct settings, tokens, .rows = token_options,
	    .row_size = sizeof(struct http_token_row), .fallback = "[]",
	    .highest = "1000",
	    .meaning = "who may use the HTTP door; without any it answers to "
	    "this machine alone"),
	LIFT_OPTION_TEXTS(struct settings, plugins, .fallback = "[]",
	    .restart = true,
	    .meaning = "the plugins to load, in the order in which they see an "
	    "entry"),
	LIFT_OPTION_GROUP(struct settings, models, .rows = model_options,
	    .fallback = "{}", .meaning = "the model that plugins may ask"),
	LIFT_OPTION_LIST(struct settings, webhooks, .rows = webhook_options,
	    .row_size = sizeof(struct webhook_settings), .fallback = "[]",
	    .highest = "32", .restart = true,
	    .meaning = "systems of the shop's own that are told what happens"),
	LIFT_END
};

bool
settings_read(struct arena *arena, const char *file,
    const struct lift_text *text, struct findings *findings,
    struct settings *s)
{
	struct option_sources sources = reference_sources(".");
	struct option_binder binder = { arena, findings, &sources, 0 };
	const struct node *root = NULL;
	size_t errors = findings_count(findings, FINDING_ERROR);

	*s = (struct settings){ 0 };
	if (text != NULL) {
		const struct document *d = document_read(arena, file, *text,
		    NULL, findings);
		root = d != NULL ? d->root : NULL;
		if (root != NULL && root->kind == NODE_TEXT && root->size == 0)
			root = NULL;
	}
	option_bind(&binder, root, settings_options, s);
	if (currency_pack(lift_text(s->currency)) == 0 && root != NULL)
		node_finding(findings, FINDING_OPTION_CHOICE,
		    node_get(root, "currency"), "currency is \"%s\", must be "
		    "three capital letters such as EUR", s->currency);
	if (strcmp(drivers[s->store.driver], "postgres") == 0 &&
	    (s->store.dsn == NULL || s->store.dsn[0] == '\0'))
		node_finding(findings, FINDING_OPTION_MISSING,
		    node_get(root, "store"), "the driver postgres needs a dsn, "
		    "such as \"${file:dsn}\"");
	courier_settings_check(findings, root, &s->models, &s->webhooks);
	return findings_count(findings, FINDING_ERROR) == errors;
}

static const size_t sizes[] = {
	[LIFT_OPTION_BOOL] = sizeof(bool),
	[LIFT_OPTION_COUNT] = sizeof(int64_t),
	[LIFT_OPTION_RATIO] = sizeof(double),
	[LIFT_OPTION_NUMBER] = sizeof(double),
	[LIFT_OPTION_SPAN] = sizeof(int64_t),
	[LIFT_OPTION_SIZE] = sizeof(int64_t),
	[LIFT_OPTION_MONEY] = sizeof(struct lift_money),
	[LIFT_OPTION_TEXT] = sizeof(const char *),
	[LIFT_OPTION_CHOICE] = sizeof(int),
	[LIFT_OPTION_TEXTS] = sizeof(struct lift_texts),
	[LIFT_OPTION_LIST] = sizeof(struct lift_rows),
};

static bool is_same(const struct lift_option *, const void *, const void *);

static bool
rows_are_same(const struct lift_option *o, const struct lift_rows *x,
    const struct lift_rows *y)
{
	for (size_t i = 0; i < x->count && x->count == y->count; i++)
		for (const struct lift_option *r = o->rows; r->name; r++) {
			size_t at = i * o->row_size + r->offset;
			if (!is_same(r, (const char *)x->items + at,
			    (const char *)y->items + at))
				return false;
		}
	return x->count == y->count;
}

static bool
is_same(const struct lift_option *o, const void *a, const void *b)
{
	const struct lift_texts *x = a, *y = b;

	if (o->kind == LIFT_OPTION_LIST)
		return rows_are_same(o, a, b);
	if (o->kind == LIFT_OPTION_TEXT)
		return strcmp(*(const char *const *)a,
		    *(const char *const *)b) == 0;
	if (o->kind != LIFT_OPTION_TEXTS)
		return memcmp(a, b, sizes[o->kind]) == 0;
	for (size_t i = 0; i < x->count && x->count == y->count; i++)
		if (strcmp(x->items[i], y->items[i]) != 0)
			return false;
	return x->count == y->count;
}

static void
keep_rows(const struct lift_option *rows, char *fresh, const char *old,
    struct text *ret_kept)
{
	for (const struct lift_option *o = rows; o->name != NULL; o++) {
		if (o->kind == LIFT_OPTION_GROUP)
			keep_rows(o->rows, fresh + o->offset, old + o->offset,
			    ret_kept);
		if (!o->restart || o->kind == LIFT_OPTION_GROUP)
			continue;
		if (!is_same(o, fresh + o->offset, old + o->offset))
			text_form(ret_kept, "%s%s", ret_kept->size > 0 ?
			    ", " : "", o->name);
		memcpy(fresh + o->offset, old + o->offset, sizes[o->kind]);
	}
}

void
settings_keep(struct settings *fresh, const struct settings *old,
    struct text *ret_kept)
{
	keep_rows(settings_options, (char *)fresh, (const char *)old,
	    ret_kept);
}

struct http_settings
settings_http(const struct settings *s)
{
	return (struct http_settings){ .listen = s->listen,
		.certificate = s->http.certificate, .key = s->http.key,
		.origins = s->http.origins,
		.connections = s->http.connections, .body = s->http.body,
		.deadline = s->http.deadline, .idle = s->http.idle,
		.tokens = s->tokens.items, .token_count = s->tokens.count };
}

struct store_settings
settings_store(const struct settings *s, const char *state)
{
	return (struct store_settings){ drivers[s->store.driver], state,
		s->durability == 0 ? STORE_PROCESS : STORE_POWER,
		s->store.dsn };
}
