/* One operation for each route. Paths that several methods share are one item,
 * so each path is written when its first route comes, with all that have it. */
#include "doors/openapi.h"

#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "doors/http_parts.h"
#include "intake/event.h"

/* A route as the tables have it. */
struct operation {
	const char                   *route;
	const struct vocabulary_verb *verb;	/* or a page */
	const struct http_page       *page;
};

struct operations {
	struct operation *items;
	size_t            count;
};

static struct operations
operations_of(const struct vocabulary *v)
{
	struct operations o = { NULL, 0 };
	size_t room = 0;

	for (const struct http_page *p = http_pages; p->route != NULL; p++) {
		o.items = memory_grow(o.items, o.count, &room,
		    sizeof(*o.items));
		o.items[o.count++] = (struct operation){ p->route, NULL, p };
	}
	for (size_t i = 0; i < v->verb_count; i++) {
		if (v->verbs[i].verb->route == NULL)
			continue;
		o.items = memory_grow(o.items, o.count, &room,
		    sizeof(*o.items));
		o.items[o.count++] = (struct operation){
			v->verbs[i].verb->route, &v->verbs[i], NULL };
	}
	return o;
}

/* ---- schemas ------------------------------------------------------------- */

/* How each type looks in JSON. Amounts and ids come as texts or numbers. */
static const char *const schemas[] = {
	[LIFT_NULL] = "{}",
	[LIFT_BOOL] = "{\"type\":\"boolean\"}",
	[LIFT_INT] = "{\"type\":\"integer\",\"format\":\"int64\"}",
	[LIFT_NUMBER] = "{\"type\":\"number\"}",
	[LIFT_TEXT] = "{\"type\":\"string\"}",
	[LIFT_TIME] = "{\"type\":\"string\",\"format\":\"date-time\"}",
	[LIFT_SPAN] = "{\"type\":\"string\",\"pattern\":"
	    "\"^([0-9]+(us|ms|s|m|h|d|w))+$\"}",
	[LIFT_MONEY] = "{\"type\":[\"number\",\"string\"],\"minimum\":0,"
	    "\"pattern\":\"^[0-9]+([.][0-9]+)? [A-Z]{3}$\"}",
	[LIFT_PRODUCT] = "{\"type\":\"string\"}",
	[LIFT_PROMOTION] = "{\"type\":\"string\"}",
	[LIFT_SHOPPER] = "{\"type\":\"string\"}",
	[LIFT_LIST] = "{\"type\":[\"array\",\"string\"],\"items\":{\"type\":"
	    "\"string\"}}",
	[LIFT_MAP] = "{\"type\":\"object\"}",
	[LIFT_JSON] = "{\"type\":[\"object\",\"array\"]}",
};

static const char *const examples[] = {
	[LIFT_BOOL] = "true", [LIFT_INT] = "20", [LIFT_NUMBER] = "0.5",
	[LIFT_TEXT] = "\"SKU-7\"",
	[LIFT_TIME] = "\"2026-11-20T15:16:17.123Z\"",
	[LIFT_SPAN] = "\"15m\"", [LIFT_MONEY] = "19.99",
	[LIFT_PRODUCT] = "\"SKU-7\"", [LIFT_PROMOTION] = "\"P-17\"",
	[LIFT_SHOPPER] = "\"u-12\"", [LIFT_LIST] = "[\"SKU-7\"]",
	[LIFT_MAP] = "{}", [LIFT_JSON] = "{}",
};

static void
raw_member(struct text *t, const char *name, const char *json)
{
	json_name(t, name);
	text_string(t, json);
}

/* The schema of a field, with what it means; what may be null says so. A
 * document that is answered may be of any kind, one that is taken is an
 * object. */
static void
field_schema(struct text *t, const struct lift_field *f, bool nullable,
    bool answered)
{
	const char *schema = answered && f->type == LIFT_JSON ? "{}" :
	    schemas[f->type];

	if (nullable)
		text_form(t, "{\"anyOf\":[%s,{\"type\":\"null\"}]", schema);
	else
		text_add(t, schema, strlen(schema) - 1);
	json_member_string(t, "description", f->meaning);
	text_byte(t, '}');
}

static void
object_schema(struct text *t, const struct lift_field *fields, bool closed,
    bool (*wanted)(const void *, const char *), const void *context)
{
	text_string(t, "{\"type\":\"object\",\"properties\":{");
	for (const struct lift_field *f = fields; f != NULL && f->name; f++)
		if (wanted == NULL || wanted(context, f->name)) {
			json_name(t, f->name);
			field_schema(t, f, f->optional, !closed);
		}
	text_string(t, "},\"required\":[");
	for (const struct lift_field *f = fields; f != NULL && f->name; f++)
		if (!f->optional && (wanted == NULL ||
		    wanted(context, f->name))) {
			json_comma(t);
			json_string(t, lift_text(f->name));
		}
	text_string(t, closed ? "],\"additionalProperties\":false}" : "]}");
}

/* ---- operations ---------------------------------------------------------- */

static bool
in_path(const char *route, const char *name)
{
	size_t size = strlen(name);
	const char *at = route;

	while ((at = strchr(at, '{')) != NULL) {
		at++;
		if (strncmp(at, name, size) == 0 && at[size] == '}')
			return true;
	}
	return false;
}

static bool
in_body(const void *route, const char *name)
{
	return !in_path(route, name);
}

static bool
has_body(const char *route)
{
	return *route == 'P';	/* POST, PUT, PATCH */
}

/* The door calls a list's `after` its cursor. */
static const char *
query_name(const char *name)
{
	return strcmp(name, "after") == 0 ? "cursor" : name;
}

static void
parameter(struct text *t, const char *name, const char *in, bool required,
    const struct lift_field *f)
{
	json_comma(t);
	text_byte(t, '{');
	json_member_string(t, "name", name);
	json_member_string(t, "in", in);
	json_member_bool(t, "required", required);
	json_name(t, "schema");
	field_schema(t, f, false, false);
	if (examples[f->type] != NULL)
		raw_member(t, "example", examples[f->type]);
	text_byte(t, '}');
}

static void
verb_parameters(struct text *t, const struct operation *o)
{
	static const struct lift_field key = { "Idempotency-Key", LIFT_TEXT,
		true, "a word of your own: the same again is done once" };
	const struct lift_verb *v = o->verb->verb;

	json_name(t, "parameters");
	text_byte(t, '[');
	for (const struct lift_field *f = v->arguments; f != NULL && f->name;
	    f++) {
		if (in_path(o->route, f->name))
			parameter(t, f->name, "path", true, f);
		else if (!has_body(o->route))
			parameter(t, query_name(f->name), "query",
			    !f->optional, f);
	}
	if (v->acts)
		parameter(t, key.name, "header", false, &key);
	text_byte(t, ']');
}

static void
verb_example(struct text *t, const struct operation *o)
{
	text_byte(t, '{');
	for (const struct lift_field *f = o->verb->verb->arguments;
	    f != NULL && f->name; f++)
		if (!in_path(o->route, f->name) && examples[f->type] != NULL)
			raw_member(t, f->name, examples[f->type]);
	text_byte(t, '}');
}

static void
verb_body(struct text *t, const struct operation *o)
{
	if (!has_body(o->route))
		return;
	json_name(t, "requestBody");
	text_string(t, "{\"content\":{\"application/json\":{\"schema\":");
	object_schema(t, o->verb->verb->arguments, true, in_body, o->route);
	json_name(t, "example");
	verb_example(t, o);
	text_string(t, "}}}");
}

static void
verb_answer(struct text *t, const struct operation *o)
{
	const struct lift_verb *v = o->verb->verb;
	bool paged = strncmp(strchr(o->route, ' ') + 1, "/api/v1/", 8) == 0;

	if (v->one) {
		object_schema(t, v->answers, false, NULL, NULL);
		return;
	}
	if (paged)
		text_string(t, "{\"type\":\"object\",\"required\":[\"items\","
		    "\"next\"],\"properties\":{\"next\":{\"type\":[\"string\","
		    "\"null\"],\"description\":\"the cursor of the next page\"},"
		    "\"items\":");
	text_string(t, "{\"type\":\"array\",\"items\":");
	object_schema(t, v->answers, false, NULL, NULL);
	text_string(t, paged ? "}}}" : "}");
}

/* A list can be had in other forms. */
static void
verb_content(struct text *t, const struct operation *o)
{
	static const char *const others[] = { "text/csv", "text/plain",
		"application/x-ndjson" };

	json_name(t, "content");
	text_string(t, "{\"application/json\":{\"schema\":");
	verb_answer(t, o);
	text_byte(t, '}');
	for (unsigned i = 0; i < 3; i++) {
		json_name(t, others[i]);
		text_string(t, "{\"schema\":{\"type\":\"string\"}}");
	}
	text_byte(t, '}');
}

static void
page_parameters(struct text *t, const struct http_page *p)
{
	json_name(t, "parameters");
	text_byte(t, '[');
	for (const struct lift_field *f = p->arguments; f && f->name; f++)
		parameter(t, f->name, "query", !f->optional, f);
	text_byte(t, ']');
}

/* One that streams and has no type becomes another protocol. */
static bool
is_upgrade(const struct operation *o)
{
	return o->page != NULL && o->page->streams && o->page->type == NULL;
}

static void
page_content(struct text *t, const struct http_page *p)
{
	json_name(t, "content");
	text_byte(t, '{');
	json_name(t, p->type != NULL ? p->type : "application/json");
	text_string(t, "{\"schema\":");
	text_string(t, p->answers != NULL ? p->answers : p->streams ? "{}" :
	    "{\"type\":\"string\"}");
	text_string(t, "}}");
}

static void
problem(struct text *t, int status, const char *meaning)
{
	char code[8];

	snprintf(code, sizeof(code), "%d", status);
	json_name(t, code);
	text_byte(t, '{');
	json_member_string(t, "description", meaning);
	text_string(t, ",\"content\":{\"application/problem+json\":{\"schema\":"
	    "{\"$ref\":\"#/components/schemas/problem\"}}}}");
}

/* What any request may be answered with, whatever it asks for. */
static void
problems(struct text *t, const struct operation *o)
{
	problem(t, 400, "the request is off");
	problem(t, 401, "a token is needed");
	problem(t, 403, "the token's role does not allow it");
	problem(t, 408, "the request did not arrive in time");
	problem(t, 429, "too many requests of this token");
	if (is_upgrade(o))
		problem(t, 426, "it is no WebSocket of version 13");
	if (o->verb != NULL)
		problem(t, 404, "there is no such thing");
	if (has_body(o->route)) {
		problem(t, 413, "the body is too large");
		problem(t, 415, "the body's encoding is not known");
		problem(t, 417, "what is expected cannot be done");
	}
	if (has_body(o->route) || (o->verb != NULL && o->verb->verb->acts))
		problem(t, 422, "it does not hold");
	if (o->verb != NULL && o->verb->verb->acts)
		problem(t, 409, "this was done already, or is under way");
	if (o->page == NULL || !o->page->open)
		problem(t, 503, "nothing can be stored now");
}

static void
responses(struct text *t, const struct operation *o)
{
	bool empty = o->verb != NULL && o->verb->verb->one &&
	    o->verb->verb->answers == NULL;

	json_name(t, "responses");
	text_byte(t, '{');
	json_name(t, empty ? "204" : is_upgrade(o) ? "101" : "200");
	text_byte(t, '{');
	json_member_string(t, "description", "done");
	if (is_upgrade(o))
		;	/* what follows is no HTTP */
	else if (o->page != NULL)
		page_content(t, o->page);
	else if (!empty)
		verb_content(t, o);
	text_byte(t, '}');
	problems(t, o);
	if (o->page != NULL && o->page->open) {
		json_name(t, "503");
		text_byte(t, '{');
		json_member_string(t, "description", "not now");
		page_content(t, o->page);
		text_byte(t, '}');
	}
	text_byte(t, '}');
}

/* `POST /api/v1/events` is `post.api.v1.events`. */
static void
page_id(struct text *t, const char *route)
{
	json_name(t, "operationId");
	text_byte(t, '"');
	for (const char *c = route; *c != '\0'; c++)
		if (*c == '/' || *c == ' ')
			text_string(t, *c == '/' && c[-1] == ' ' ? "" : ".");
		else if (*c != '{' && *c != '}')
			text_byte(t, *c >= 'A' && *c <= 'Z' ?
			    (char)(*c | 0x20) : *c);
	text_byte(t, '"');
}

static void
operation_write(struct text *t, const struct operation *o)
{
	char method[8];

	snprintf(method, sizeof(method), "%.*s",
	    (int)(strchr(o->route, ' ') - o->route), o->route);
	for (char *c = method; *c != '\0'; c++)
		*c |= 0x20;
	json_name(t, method);
	text_byte(t, '{');
	if (o->verb != NULL) {
		json_member_string(t, "operationId", o->verb->verb->name);
		json_member_string(t, "summary", o->verb->verb->meaning);
		verb_parameters(t, o);
		verb_body(t, o);
	} else {
		page_id(t, o->route);
		page_parameters(t, o->page);
		json_member_string(t, "summary", o->page->meaning);
		if (o->page->takes != NULL)
			raw_member(t, "requestBody", o->page->takes);
	}
	json_name(t, "tags");
	text_form(t, "[\"%s\"]", o->verb != NULL ? o->verb->owner : "liftd");
	if (o->page != NULL && o->page->open)
		raw_member(t, "security", "[{}]");
	responses(t, o);
	text_byte(t, '}');
}

/* ---- the document -------------------------------------------------------- */

static const char *
path_of(const struct operation *o)
{
	return strchr(o->route, ' ') + 1;
}

static void
paths_write(struct text *t, const struct operations *all)
{
	for (size_t i = 0; i < all->count; i++) {
		const char *path = path_of(&all->items[i]);
		size_t before = 0;
		while (strcmp(path_of(&all->items[before]), path) != 0)
			before++;
		if (before < i)
			continue;
		json_name(t, path);
		text_byte(t, '{');
		for (size_t k = i; k < all->count; k++)
			if (strcmp(path_of(&all->items[k]), path) == 0)
				operation_write(t, &all->items[k]);
		text_byte(t, '}');
	}
}

/* Up to the schema of an event. */
static const char components[] =
    "{\"securitySchemes\":{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"},"
    "\"key\":{\"type\":\"http\",\"scheme\":\"basic\"}},\"schemas\":{"
    "\"problem\":{\"type\":\"object\",\"required\":[\"type\",\"title\","
    "\"status\"],\"properties\":{\"type\":{\"type\":\"string\"},"
    "\"title\":{\"type\":\"string\"},\"status\":{\"type\":"
    "\"integer\"},\"detail\":{\"type\":\"string\"},"
    "\"instance\":{\"type\":\"string\"},\"errors\":{\"type\":\"array\","
    "\"items\":{\"type\":\"object\",\"required\":[\"pointer\",\"message\"],"
    "\"properties\":{\"pointer\":{\"type\":\"string\"},"
    "\"message\":{\"type\":\"string\"},\"index\":{\"type\":\"integer\"}}}}}},"
    "\"event\":";

void
openapi_write(struct text *t, const struct vocabulary *v, const char *version)
{
	struct operations all = operations_of(v);

	text_string(t, "{\"openapi\":\"3.1.0\",\"info\":{");
	json_member_string(t, "title", "liftd");
	json_member_string(t, "version", version);
	json_member_string(t, "description", "Sees every shopper event of a "
	    "shop and answers with decisions. Errors are problem+json; "
	    "X-Request-ID is echoed.");
	text_string(t, "},\"security\":[{},{\"token\":[]},{\"key\":[]}],"
	    "\"paths\":{");
	paths_write(t, &all);
	text_byte(t, '}');
	raw_member(t, "components", components);
	event_schema(t);
	text_string(t, "}}}\n");
	memory_give(all.items);
}
