/* <liftd/plugin.h>: all that a plugin sees of liftd.
 *
 * The life of one entry
 * ---------------------
 * Everything that happens to a shop reaches liftd as an entry of one log: a
 * shopper viewed something, an operator changed a price, a second went by, a
 * model answered. The daemon gives the entry its seq, hands it to each plugin
 * in the order of the `plugins:` line, and stores it; all in one batch, and
 * nobody outside sees anything of it before that batch is committed.
 *
 * A plugin meets an entry in `entry`. It may read the world (products,
 * promotions) through the host, change its own state, and emit effects: rows
 * of a topic that it has declared. An effect may match a rule's hook, and the
 * hook may call a verb, of this plugin or of another, before `entry` of the
 * next plugin runs. Hooks on the entry itself run when all plugins have seen
 * it. Everything here is deterministic: the same log gives the
 * same effects, today and in a replay. So there is no clock (take the time
 * from the entry and from `struct lift_moment`), no randomness but the host's,
 * which is seeded from the seq, no file, no socket, and no thread. What is
 * slow is emitted as a request; its answer comes back as an entry.
 *
 * Time moves by the watermark: no entry older than it is expected any more.
 * When it moves, the daemon calls `advance`, where a plugin judges the windows
 * that have ended: at most `slice` units of work a call, and true when nothing
 * is left, so that no entry ever waits behind a thousand windows.
 * An entry that comes later than the watermark, but not later than the allowed
 * lateness, is handed over as usual: revise the window, and emit the effect
 * again with the next revision. One that comes later still has `is_late` set:
 * it belongs into histories, and changes no window.
 *
 * A shopper is a token, and two tokens can turn out to be one shopper: somebody
 * who looked around without a name logs in. Then comes an entry of the kind
 * LIFT_ENTRY_IDENTITY that has `merged` set. Add what you keep of `merged` to
 * what you keep of `shopper`, and drop it: no entry after this one has the
 * token `merged` again, also none that happened before and comes late. Sums,
 * least and greatest times can be merged so that the order of arrival does not
 * show; keep what you know of a shopper in such a form. A merge of what is
 * merged already has `merged` 0, and a merge is never undone.
 *
 * The life of one batch job
 * -------------------------
 * At a scheduled moment (which is an entry as well) the daemon runs a verb, or
 * a query whose rows go into a verb. `verb` is called with the arguments of
 * its table, already checked for type, count and role. A verb that changes
 * state has `acts` set: its call is an entry, and `verb` runs in the fold. A
 * verb that only reads is called between two entries and answers through
 * `reply`.
 *
 * What plugins have to do with each other
 * ---------------------------------------
 * A plugin can hear the topics of others: it names them in `hears`, and each
 * such effect comes to `heard`, breadth first, before the hooks on it. A topic
 * whose plugin is not there is never heard, which is no mistake: a shop need
 * not run them all. With `call` it does what an acting verb does, of the world
 * or of another plugin, inside the same entry. With `request` it asks the
 * outside; a courier carries that after the commit, and what comes of it is an
 * entry of the kind LIFT_ENTRY_ANSWER.
 *
 * A plugin that makes events up (virtual shoppers) is a source like a door,
 * beside the fold: `pace` says that it wants to produce, and `produce` hands
 * events over, between two entries and never in a replay. The daemon makes
 * entries of them, and ticks, and lets no simulation pass the clock of the
 * wall. `produce` reads what the fold knows, so that what an entry changed is
 * seen by the next turn; what it changes itself must be nothing that `save`
 * saves or `entry` reads. Such a memory begins anew with each start.
 *
 * Who owns what
 * -------------
 * Whatever is handed to a plugin is borrowed for the call. What a plugin hands
 * to the host is copied by the host. A plugin has no file-scope state: all of
 * it hangs off the instance that `open` returned, since a second engine with
 * other rules (a backtest, a rule test) may live in the same process.
 *
 * Diary of the ABI
 *	1  2026-11-21  first
 *	1  2026-11-22  entries of who a shopper is, `merged` at the end
 *	2  2026-11-23  `hears`, `call`, `request`, `pace` and `produce`
 */
#ifndef LIFTD_PLUGIN_H
#define LIFTD_PLUGIN_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define LIFT_PLUGIN_MAGIC	0x5446494cu	/* "LIFT" */
#define LIFT_PLUGIN_ABI		2

#define LIFT_PRINTF(f, a)	__attribute__((format(printf, f, a)))

/* Spans and times are microseconds; times count from 1970 in UTC. */
#define LIFT_MICRO		INT64_C(1)
#define LIFT_MILLI		(1000 * LIFT_MICRO)
#define LIFT_SECOND		(1000 * LIFT_MILLI)
#define LIFT_MINUTE		(60 * LIFT_SECOND)
#define LIFT_HOUR		(60 * LIFT_MINUTE)
#define LIFT_DAY		(24 * LIFT_HOUR)

/* ---- errors ---------------------------------------------------------- */

enum lift_errno {
	LIFT_E_NONE,
	LIFT_E_USAGE,		/* the caller's words are off */
	LIFT_E_INPUT,		/* data that does not hold */
	LIFT_E_MISSING,		/* nothing of that name */
	LIFT_E_DENIED,		/* the role does not allow it */
	LIFT_E_BUSY,		/* not as things stand; with `again`: not
				 * now */
	LIFT_E_LATE,		/* the time was up */
	LIFT_E_STORE,		/* the store or the disk said no */
	LIFT_E_SYSTEM,		/* the operating system said no */
	LIFT_E_BUG		/* our own mistake */
};

/* One mistake: a code, a place and a sentence. Owned by the caller, on its
 * stack; never allocated, so that reporting a lack of memory cannot fail. */
struct lift_error {
	enum lift_errno code;
	bool            again;		/* worth trying later */
	uint32_t        line, column;	/* 0 where there is no place */
	char            file[96];
	char            text[400];
};

/* Puts a sentence into ERR and returns false: no capital, no full stop, the
 * thing in quotes, and what would be right. */
LIFT_PRINTF(3, 4) static inline bool
lift_fail(struct lift_error *err, enum lift_errno code, const char *form, ...)
{
	va_list ap;

	*err = (struct lift_error){ .code = code };
	va_start(ap, form);
	int n = vsnprintf(err->text, sizeof(err->text), form, ap);
	va_end(ap);
	if (n >= (int)sizeof(err->text))
		memcpy(err->text + sizeof(err->text) - 4, "...", 4);
	return false;
}

/* ---- values ---------------------------------------------------------- */

/* Bytes that somebody else owns; not ended by a zero. */
struct lift_text {
	const char *data;
	size_t      size;
};

#define LIFT_TEXT_OF(s)	((struct lift_text){ (s), sizeof(s) - 1 })

static inline struct lift_text
lift_text(const char *s)
{
	return (struct lift_text){ s, s ? strlen(s) : 0 };
}

static inline bool
lift_text_equal(struct lift_text a, struct lift_text b)
{
	return a.size == b.size &&
	    (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* An amount in minor units. The currency is its three letters, packed with
 * the first one lowest; 0 where there is none. */
struct lift_money {
	int64_t  minor;
	uint32_t currency;
};

/* What a field of a topic or an argument of a verb can be. */
enum lift_type {
	LIFT_NULL,
	LIFT_BOOL,
	LIFT_INT,
	LIFT_NUMBER,
	LIFT_TEXT,
	LIFT_TIME,		/* microseconds since 1970, UTC */
	LIFT_SPAN,		/* microseconds */
	LIFT_MONEY,
	LIFT_PRODUCT,		/* an interned id; 0 is none */
	LIFT_PROMOTION,
	LIFT_SHOPPER,
	LIFT_LIST,
	LIFT_MAP,
	LIFT_JSON,		/* a JSON document as text */
	LIFT_UPLOAD,		/* argument only: lines that follow the call */
	LIFT_FILES		/* argument only: files that follow the call */
};

struct lift_pair;

/* A value of sixteen bytes. What it points to is borrowed. */
struct lift_value {
	uint8_t  type;			/* enum lift_type */
	uint32_t size;			/* of text, list, map; or currency */
	union {
		bool                     yes;
		int64_t                  whole;	/* also time, span, money */
		double                   number;
		uint32_t                 id;
		const char              *text;	/* also JSON */
		const struct lift_value *items;
		const struct lift_pair  *pairs;
	};
};

struct lift_pair {
	struct lift_value key, value;
};

#define LIFT_VALUE_NULL		((struct lift_value){ .type = LIFT_NULL })
#define LIFT_VALUE_BOOL(v)	\
	((struct lift_value){ .type = LIFT_BOOL, .yes = (v) })
#define LIFT_VALUE_INT(v)	\
	((struct lift_value){ .type = LIFT_INT, .whole = (v) })
#define LIFT_VALUE_NUMBER(v)	\
	((struct lift_value){ .type = LIFT_NUMBER, .number = (v) })
#define LIFT_VALUE_TIME(v)	\
	((struct lift_value){ .type = LIFT_TIME, .whole = (v) })
#define LIFT_VALUE_SPAN(v)	\
	((struct lift_value){ .type = LIFT_SPAN, .whole = (v) })
#define LIFT_VALUE_MONEY(m, c)	\
	((struct lift_value){ .type = LIFT_MONEY, .size = (c), .whole = (m) })
#define LIFT_VALUE_PRODUCT(v)	\
	((struct lift_value){ .type = LIFT_PRODUCT, .id = (v) })
#define LIFT_VALUE_PROMOTION(v)	\
	((struct lift_value){ .type = LIFT_PROMOTION, .id = (v) })
#define LIFT_VALUE_SHOPPER(v)	\
	((struct lift_value){ .type = LIFT_SHOPPER, .id = (v) })

static inline struct lift_value
lift_value_text(struct lift_text t)
{
	return (struct lift_value){ .type = LIFT_TEXT,
		.size = (uint32_t)t.size, .text = t.data };
}

/* ---- tables ---------------------------------------------------------- */

/* The last row of each table is all zero. */
#define LIFT_END		{ .name = NULL }

/* What an option can be, and the type of the struct member that takes it. */
enum lift_option_kind {
	LIFT_OPTION_END,
	LIFT_OPTION_BOOL,	/* bool */
	LIFT_OPTION_COUNT,	/* int64_t, a whole number */
	LIFT_OPTION_RATIO,	/* double, `0.8` or `80%` */
	LIFT_OPTION_NUMBER,	/* double */
	LIFT_OPTION_SPAN,	/* int64_t, microseconds, `90s`, `5m`, `30d` */
	LIFT_OPTION_SIZE,	/* int64_t, bytes, `20 GB` */
	LIFT_OPTION_MONEY,	/* struct lift_money */
	LIFT_OPTION_TEXT,	/* const char * */
	LIFT_OPTION_CHOICE,	/* int, the place of the word in `choices` */
	LIFT_OPTION_TEXTS,	/* struct lift_texts */
	LIFT_OPTION_GROUP,	/* a struct of its own, described by `rows` */
	LIFT_OPTION_LIST,	/* struct lift_rows: structs described by `rows` */
	LIFT_OPTION_ANY		/* const void *: a tree node, for the daemon's
				 * own tables */
};

struct lift_texts {
	const char *const *items;
	size_t             count;
};

struct lift_rows {
	const void *items;
	size_t      count;
};

/* One option: a YAML key and the struct member that takes its value. */
struct lift_option {
	const char                *name;
	enum lift_option_kind      kind;
	size_t                     offset;
	const char                *fallback;	/* as one would write it; NULL:
						 * must be given */
	const char                *lowest, *highest;
	const char *const         *choices;	/* ended by NULL */
	const struct lift_option  *rows;
	size_t                     row_size;	/* of a list's struct */
	bool                       restart;	/* a reload does not apply it */
	bool                       secret;	/* `file:` or `env:`, masked */
	const char                *meaning;
};

/* Each macro fails to compile when the member has another type. */
#define LIFT_OPTION_ROW(k, type, s, m, ...)				\
	{ .name = #m, .kind = (k),					\
	  .offset = offsetof(s, m) + 0 * sizeof(				\
	      (char[_Generic(&((s *)0)->m, type *: 1)]){ 0 }),		\
	  __VA_ARGS__ }
#define LIFT_OPTION_BOOL(s, m, ...)	\
	LIFT_OPTION_ROW(LIFT_OPTION_BOOL, bool, s, m, __VA_ARGS__)
#define LIFT_OPTION_COUNT(s, m, ...)	\
	LIFT_OPTION_ROW(LIFT_OPTION_COUNT, int64_t, s, m, __VA_ARGS__)
#define LIFT_OPTION_RATIO(s, m, ...)	\
	LIFT_OPTION_ROW(LIFT_OPTION_RATIO, double, s, m, __VA_ARGS__)
#define LIFT_OPTION_NUMBER(s, m, ...)	\
	LIFT_OPTION_ROW(LIFT_OPTION_NUMBER, double, s, m, __VA_ARGS__)
#define LIFT_OPTION_SPAN(s, m, ...)	\
	LIFT_OPTION_ROW(LIFT_OPTION_SPAN, int64_t, s, m, __VA_ARGS__)
#define LIFT_OPTION_SIZE(s, m, ...)	\
	LIFT_OPTION_ROW(LIFT_OPTION_SIZE, int64_t, s, m, __VA_ARGS__)
#define LIFT_OPTION_MONEY(s, m, ...)	\
	LIFT_OPTION_ROW(LIFT_OPTION_MONEY, struct lift_money, s, m, __VA_ARGS__)
#define LIFT_OPTION_TEXT(s, m, ...)	\
	LIFT_OPTION_ROW(LIFT_OPTION_TEXT, const char *, s, m, __VA_ARGS__)
#define LIFT_OPTION_CHOICE(s, m, ...)	\
	LIFT_OPTION_ROW(LIFT_OPTION_CHOICE, int, s, m, __VA_ARGS__)
#define LIFT_OPTION_TEXTS(s, m, ...)	\
	LIFT_OPTION_ROW(LIFT_OPTION_TEXTS, struct lift_texts, s, m, __VA_ARGS__)
/* For a key that is no C name, such as `do`. */
#define LIFT_OPTION_NAMED(s, m, key, k, type, ...)			\
	{ .name = (key), .kind = (k),					\
	  .offset = offsetof(s, m) + 0 * sizeof(				\
	      (char[_Generic(&((s *)0)->m, type *: 1)]){ 0 }),		\
	  __VA_ARGS__ }
/* The offsets in `rows` count from the start of the group's own struct. A
 * group without fallback must be given if something in it must. Bounds of
 * lists and texts are of their count. */
#define LIFT_OPTION_LIST(s, m, ...)	\
	LIFT_OPTION_ROW(LIFT_OPTION_LIST, struct lift_rows, s, m, __VA_ARGS__)
#define LIFT_OPTION_GROUP(s, m, ...)	\
	{ .name = #m, .kind = LIFT_OPTION_GROUP, .offset = offsetof(s, m), \
	  __VA_ARGS__ }

/* A field of a topic, or an argument of a verb. */
struct lift_field {
	const char    *name;
	enum lift_type type;
	bool           optional;
	const char    *meaning;
};

/* A named stream of effects. */
struct lift_topic {
	const char              *name;
	const struct lift_field *fields;
	bool                     durable;	/* kept in the store */
	const char              *meaning;
};

enum lift_role {
	LIFT_OBSERVER,
	LIFT_INGEST,
	LIFT_OPERATOR,
	LIFT_ADMIN
};

struct lift_call;

/* Something that can be asked or told: `NOUN.VERB`. */
struct lift_verb {
	const char              *name;
	const struct lift_field *arguments;
	enum lift_role           role;
	bool                     acts;		/* changes state: an entry */
	const char              *route;		/* `GET /alerts/{id}` */
	const char              *meaning;
	/* Does it. Fails with a sentence; then nothing has changed. */
	bool (*run)(void *self, struct lift_call *, struct lift_error *);
	/* The topics that an acting verb may emit at once, ended by NULL; or
	 * NULL: none. Hooks that would call each other in a circle are found
	 * by it when rules are loaded. */
	const char *const *emits;
	bool one;		/* answers with one object, not a list */
	/* The members of what it answers with, in order; `optional` may be null
	 * or left out. What has a route must say. */
	const struct lift_field *answers;
	/* What it shows changes with effects and acting verbs of its plugin and
	 * with nothing else: then it is answered without waiting for the commit
	 * of entries that told nothing. */
	bool told;
};

/* ---- entries --------------------------------------------------------- */

enum lift_entry_kind {
	LIFT_ENTRY_NONE,
	LIFT_ENTRY_INTERACTION,	/* a shopper did something */
	LIFT_ENTRY_TICK,	/* the clock, at least once a second */
	LIFT_ENTRY_MOMENT,	/* a job is due */
	LIFT_ENTRY_CALL,	/* an acting verb */
	LIFT_ENTRY_ANSWER,	/* what came back from outside */
	LIFT_ENTRY_RULES,	/* a rule generation came into use */
	LIFT_ENTRY_BOOT,	/* a daemon started: build and plugin set */
	LIFT_ENTRY_SOURCE,	/* a source began or ended */
	LIFT_ENTRY_IDENTITY	/* who a shopper is; perhaps a merge */
};

/* Interactions known by number; a shop's own types get numbers after these. */
enum lift_interaction {
	LIFT_OTHER,
	LIFT_VIEW, LIFT_CLICK, LIFT_SEARCH, LIFT_IMPRESSION,
	LIFT_ADD_TO_CART, LIFT_REMOVE_FROM_CART, LIFT_SAVE_FOR_LATER,
	LIFT_PURCHASE, LIFT_RETURN, LIFT_WISHLIST, LIFT_PAGE, LIFT_REVIEW,
	LIFT_ROOM_PLANNER, LIFT_AR_VIEW, LIFT_STOCK_CHECK,
	LIFT_INTERACTIONS
};

/* One record of the log. An interaction concerns at most one product: a
 * purchase of several lines comes as several entries with one `order`. */
struct lift_entry {
	uint64_t         seq;
	struct lift_text id;
	int64_t          time;		/* when it happened */
	int64_t          received;	/* when it reached us */
	uint8_t          kind;		/* enum lift_entry_kind */
	bool             is_late;	/* changes no window any more */
	uint16_t         type;		/* of an interaction */
	uint32_t         source;
	uint32_t         shopper;	/* a token; 0 is none */
	uint32_t         product;	/* interned by the engine; 0 is none */
	uint32_t         promotion;
	uint32_t         currency;
	int32_t          position;	/* from 1; 0 is none */
	uint32_t         generation;	/* of the rules in use */
	int64_t          quantity;
	int64_t          price;		/* minor units; see `has_price` */
	bool             has_price;
	struct lift_text type_name, product_name, promotion_name;
	struct lift_text session, store, query, order;
	struct lift_text properties;	/* JSON object, or empty */
	struct lift_text body;		/* of the other kinds: JSON */
	uint32_t         merged;	/* of LIFT_ENTRY_IDENTITY: the token
					 * that `shopper` takes in; 0 is none */
};

/* Where the engine's time stands. */
struct lift_moment {
	int64_t now;		/* of the newest tick */
	int64_t watermark;	/* nothing older is expected */
	int64_t horizon;	/* what is older than this is late for good */
};

/* ---- what the world looks like ------------------------------------------- */

struct lift_product {
	uint32_t          id;
	bool              is_known;	/* put by somebody, not just mentioned */
	struct lift_text  name, title, category, brand;
	struct lift_money price, cost;
	struct lift_text  attributes;	/* JSON object of typed scalars */
	struct lift_value tags;		/* a list of texts */
};

struct lift_promotion {
	uint32_t          id;
	bool              is_known;
	struct lift_text  name, title;
	struct lift_money price;
	int64_t           start, end;	/* INT64_MAX: open */
	bool              is_stopped;
	uint32_t          product_count;
	const uint32_t   *products;
	struct lift_value tags;		/* a list of texts */
	struct lift_value stores;	/* likewise; empty: in all */
};

/* What the world knows of a shopper: never who it is. */
struct lift_shopper {
	int64_t  first_seen, last_seen;
	uint32_t interactions, purchases;
	int64_t  quantity;		/* bought, less what came back */
};

/* ---- the host -------------------------------------------------------- */

enum lift_level { LIFT_ERR = 3, LIFT_WARNING = 4, LIFT_NOTICE = 5,
	LIFT_INFO = 6, LIFT_DEBUG = 7 };

/* An effect as a plugin hands it over. VALUES are in the order of the
 * topic's fields. An effect with an IDENTITY (such as key, window, revision)
 * has its id from that and its time, one without from the entry. */
struct lift_effect {
	unsigned                 topic;		/* place in the topic table */
	int64_t                  time;
	struct lift_text         key;
	struct lift_text         identity;
	const struct lift_value *values;
};

struct lift_host;

enum { LIFT_REQUEST_ID = 33 };	/* an id and its end */

/* What the daemon lends to a plugin. Additions come at the end. All of it may
 * be called from `open` on, on the engine's thread only. */
struct lift_host {
	size_t size;

	/* The product or promotion with this interned id; NULL if none. The
	 * answer is good until the plugin returns. */
	const struct lift_product *(*product)(const struct lift_host *,
	    uint32_t id);
	const struct lift_promotion *(*promotion)(const struct lift_host *,
	    uint32_t id);
	const struct lift_shopper *(*shopper)(const struct lift_host *,
	    uint32_t token);
	/* The name of a product or promotion that has an interned id, also of
	 * one that was only mentioned. */
	struct lift_text (*product_name)(const struct lift_host *, uint32_t id);
	struct lift_text (*promotion_name)(const struct lift_host *,
	    uint32_t id);
	/* The interned id of a product's name; 0 if it is not known. */
	uint32_t (*product_find)(const struct lift_host *, struct lift_text);
	uint32_t (*promotion_find)(const struct lift_host *, struct lift_text);
	/* How many products there are: their ids are 1 to that. */
	uint32_t (*products)(const struct lift_host *);

	/* Emits an effect; hooks see it before this returns to the engine's
	 * next step, breadth first. Only in `entry`, `advance` and an acting
	 * verb. */
	void (*emit)(const struct lift_host *, const struct lift_effect *);

	/* Sixty-four seeded bits: the same in each replay. */
	uint64_t (*random)(const struct lift_host *);

	/* One line to the log, under the plugin's name. */
	void (*log)(const struct lift_host *, enum lift_level,
	    const char *form, ...) LIFT_PRINTF(3, 4);

	/* Adds to one of the plugin's counters, made when first named. */
	void (*count)(const struct lift_host *, const char *name, int64_t by);

	/* The argument of a call, in the place of the verb's table; of type
	 * LIFT_NULL when it was left out. */
	struct lift_value (*argument)(const struct lift_call *, unsigned place);
	/* The entry that carries an acting call; NULL for a reading one. */
	const struct lift_entry *(*entry)(const struct lift_call *);
	/* Answers with one row: COUNT names and their values. A verb may call
	 * it any number of times. */
	void (*reply)(struct lift_call *, const char *const *names,
	    const struct lift_value *values, unsigned count);

	/* Appends to a snapshot, or takes from one: false when what is left is
	 * shorter than asked for. */
	void (*put)(void *snapshot, const void *data, size_t size);
	bool (*take)(void *snapshot, void *data, size_t size);

	/* Calls a verb that acts, inside the entry that is being folded: COUNT
	 * values in the order of its arguments, those that are left out of type
	 * LIFT_NULL. What it answers is not seen. Fails as the verb does; then
	 * nothing has changed. */
	bool (*call)(const struct lift_host *, const char *verb,
	    const struct lift_value *values, unsigned count,
	    struct lift_error *);

	/* Asks the outside through a courier, such as `model`; BODY is JSON as
	 * that courier wants it. RET_ID gets the request's id, by which the
	 * answer is known: an entry of the kind LIFT_ENTRY_ANSWER, perhaps
	 * much later, perhaps never. Only where emitting is allowed. */
	void (*request)(const struct lift_host *, struct lift_text courier,
	    struct lift_text body, char ret_id[LIFT_REQUEST_ID]);

	/* How many digits a currency has behind the point: 2 for EUR. */
	unsigned (*digits)(const struct lift_host *, uint32_t currency);

	/* Emits with the reasons, which `explain` shows: a tree of conditions
	 * as JSON, each with `when` (a text), `verdict` (true, false or null),
	 * and `values` (an object) or `parts` (a list of conditions). */
	void (*emit_because)(const struct lift_host *,
	    const struct lift_effect *, struct lift_text reasons);

	/* Another number when any product or promotion was put, stopped or
	 * deleted since: what was read of them before may be kept while it is
	 * the same. It says nothing from one start to the next. */
	uint64_t (*changes)(const struct lift_host *);
};

/* ---- hearing and producing ----------------------------------------------- */

/* An effect of another plugin. */
struct lift_heard {
	unsigned                 place;		/* in `hears` */
	int64_t                  time;
	struct lift_text         id, key;
	const struct lift_field *fields;	/* of the topic */
	const struct lift_value *values;	/* in their order */
};

/* The value of the field NAME; of type LIFT_NULL when there is no such field
 * or it was left out. */
static inline struct lift_value
lift_heard_value(const struct lift_heard *h, const char *name)
{
	for (unsigned i = 0; h->fields[i].name != NULL; i++)
		if (strcmp(h->fields[i].name, name) == 0)
			return h->values[i];
	return LIFT_VALUE_NULL;
}

/* An event that a plugin made up, as a shop would send it. */
struct lift_event {
	int64_t          time;
	uint16_t         type;		/* enum lift_interaction */
	bool             has_price;
	uint32_t         currency;
	int32_t          position;	/* from 1; 0 is none */
	int64_t          quantity, price;
	struct lift_text id, shopper, product, promotion, session, query,
	                 store, order;
	struct lift_text properties;	/* JSON object, or empty */
};

/* How a plugin wants to produce. */
struct lift_pace {
	struct lift_text source;	/* its name in the log */
	int64_t          from;		/* where it stands: nothing older will
					 * be produced */
	double           speed;		/* seconds a second; 0: as fast as it
					 * goes */
	bool             history;	/* a backfill, no simulation */
};

/* One turn of producing. */
struct lift_stage {
	int64_t  until;		/* what happens before this */
	unsigned most;		/* at most so many events */
	int64_t  reached;	/* for the plugin to set: nothing before it will
				 * come any more */
	/* Hands over an event, in order of time; it is copied. */
	void   (*event)(struct lift_stage *, const struct lift_event *);
};

/* ---- the descriptor ------------------------------------------------------ */

struct lift_plugin {
	uint32_t    magic;	/* is this ours at all? */
	uint16_t    abi;	/* do we mean the same by each field? */
	uint16_t    size;	/* of this struct, as the plugin was built */
	const char *name;	/* the file's name without .so */
	const char *summary;	/* one sentence */

	const struct lift_option *options;
	size_t                    settings_size;
	const struct lift_topic  *topics;
	const struct lift_verb   *verbs;
	uint32_t                  state_version;	/* of `save` */

	/* Opens an instance. SETTINGS hold until `commit` gives others. NULL
	 * with a sentence when it cannot. */
	void *(*open)(const struct lift_host *, const void *settings,
	    struct lift_error *);
	void (*close)(void *self);

	/* A reload: all plugins prepare, then all commit, or all abort and
	 * nothing has changed. */
	bool (*prepare)(void *self, const void *settings, struct lift_error *);
	void (*commit)(void *self, const void *settings);
	void (*abort)(void *self);

	/* One entry of the log. */
	void (*entry)(void *self, const struct lift_entry *,
	    const struct lift_moment *);
	/* The watermark has moved: does at most SLICE units of work, returns
	 * true when nothing is left to do. */
	bool (*advance)(void *self, const struct lift_moment *, unsigned slice);

	/* The whole state, in an order that depends on nothing but the log. */
	void (*save)(void *self, void *snapshot);
	bool (*load)(void *self, void *snapshot, uint32_t version,
	    struct lift_error *);

	/* Topics of other plugins, ended by NULL, and what happens when one of
	 * them has an effect. */
	const char *const *hears;
	void (*heard)(void *self, const struct lift_heard *,
	    const struct lift_moment *);

	/* True while it wants to produce, with how. */
	bool (*pace)(void *self, struct lift_pace *);
	/* Produces: at most what the stage allows. */
	void (*produce)(void *self, struct lift_stage *);
};

/* Writes the first fields of a descriptor, and makes it the one symbol that
 * the DSO exports. */
#define LIFT_PLUGIN(plugin_name)					\
	extern const struct lift_plugin lift_plugin;			\
	__attribute__((visibility("default")))				\
	const struct lift_plugin lift_plugin = {			\
		.magic = LIFT_PLUGIN_MAGIC,				\
		.abi = LIFT_PLUGIN_ABI,					\
		.size = sizeof(struct lift_plugin),			\
		.name = plugin_name,

#define LIFT_PLUGIN_END	}

#endif
