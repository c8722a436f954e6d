/* Runs CEL's own conformance tests, which are read from the folder that is the
 * argument. What the subset leaves out is skipped by the rules of `skips`,
 * each with its reason; all else has to pass. */
#include <stdlib.h>

#include "rules/expression_tree.h"
#include "textproto.h"

enum { VARIABLES_MOST = 8 };

static const char *const files[] = { "basic", "comparisons", "conversions",
	"fields", "fp_math", "integer_math", "lists", "logic", "macros",
	"macros2", "namespace", "parse", "plumbing", "string", "timestamps" };
enum { FILES = sizeof(files) / sizeof(files[0]) };

/* ---- what is skipped, and why ------------------------------------------ */

struct test {
	const char         *file;
	struct lift_text    section, name, expr;
	const struct field *field;
	struct arena       *arena;
};

static bool
mentions(struct lift_text t, const char *word)
{
	return t.size > 0 &&
	    memmem(t.data, t.size, word, strlen(word)) != NULL;
}

static bool
has_container(const struct test *t)
{
	return field_text(t->field, "container").size > 0;
}

static bool
has_message(const struct test *t)
{
	static const char *const words[] = { "TestAllTypes", "BoolValue",
		"BytesValue", "DoubleValue", "FloatValue", "Int32Value",
		"Int64Value", "StringValue", "UInt32Value", "UInt64Value",
		"google.protobuf.Value{", "google.protobuf.Any{" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (mentions(t->expr, words[i]))
			return true;
	return false;
}

static const struct skip {
	const char *reason;
	bool      (*applies)(const struct test *);
} skips[] = {
	{ "builds or reads a protobuf message", has_message },
	{ "resolves names in a container", has_container },
};
enum { SKIPS = sizeof(skips) / sizeof(skips[0]) };

/* ---- values ------------------------------------------------------------ */

/* The kind of a Value message: its one field. */
static const struct field *
value_field(const struct field *value)
{
	return value == NULL ? NULL : value->first;
}

static bool
is_kind(const struct field *f, const char *name)
{
	return f != NULL && lift_text_equal(f->name, lift_text(name));
}

static double
double_of(struct lift_text t)
{
	char copy[64];

	snprintf(copy, sizeof(copy), "%.*s", (int)t.size, t.data);
	return strtod(copy, NULL);
}

static bool same(struct env *, const struct operand *, const struct field *);

static bool
same_list(struct env *env, const struct operand *o, const struct field *list)
{
	struct walk w = walk_begin(*o);
	const struct field *f = field_get(list, "values");

	for (; f != NULL; f = field_again(f))
		if (!walk_next(&w, env->frame->scratch) ||
		    !same(env, &w.value, f))
			return false;
	return !walk_next(&w, env->frame->scratch);
}

static bool
same_entry(struct env *env, const struct operand *o,
    const struct field *entry)
{
	struct walk w = walk_begin(*o);

	while (walk_next(&w, env->frame->scratch))
		if (same(env, &w.key, field_get(entry, "key")) &&
		    same(env, &w.value, field_get(entry, "value")))
			return true;
	return false;
}

static bool
same_map(struct env *env, const struct operand *o, const struct field *map)
{
	const struct field *f = field_get(map, "entries");
	uint32_t n = 0;

	for (; f != NULL; f = field_again(f), n++)
		if (!same_entry(env, o, f))
			return false;
	return n == operand_count(o);
}

static bool
same_moment(const struct operand *o, const struct field *object)
{
	const struct field *f = object->first;
	int64_t seconds = atoll(field_text(f, "seconds").data);
	uint32_t nanos = (uint32_t)atoll(field_text(f, "nanos").data);

	return o->whole == seconds && o->size == nanos;
}

/* Whether the operand is what the Value message says, kind included. */
static bool
same(struct env *env, const struct operand *o, const struct field *value)
{
	const struct field *f = value_field(value);
	struct lift_text v = f == NULL ? (struct lift_text){ 0 } : f->value;

	if (is_kind(f, "int64_value"))
		return o->kind == KIND_INT &&
		    o->whole == strtoll(v.data, NULL, 0);
	if (is_kind(f, "uint64_value"))
		return o->kind == KIND_UINT &&
		    o->natural == strtoull(v.data, NULL, 0);
	if (is_kind(f, "double_value"))
		return o->kind == KIND_DOUBLE && (o->number == double_of(v) ||
		    (isnan(o->number) && isnan(double_of(v))));
	if (is_kind(f, "string_value") || is_kind(f, "bytes_value"))
		return o->kind == (is_kind(f, "string_value") ? KIND_STRING :
		    KIND_BYTES) && lift_text_equal(operand_view(o), v);
	if (is_kind(f, "bool_value"))
		return o->kind == KIND_BOOL && o->yes == (*v.data == 't');
	if (is_kind(f, "null_value"))
		return o->kind == KIND_NULL;
	if (is_kind(f, "list_value"))
		return o->kind == KIND_LIST && same_list(env, o, f);
	if (is_kind(f, "map_value"))
		return o->kind == KIND_MAP && same_map(env, o, f);
	if (is_kind(f, "type_value"))
		return o->kind == KIND_TYPE && lift_text_equal(v,
		    lift_text(kind_name(o->form, o->object)));
	if (is_kind(f, "object_value"))
		return (o->kind == KIND_TIME || o->kind == KIND_SPAN) &&
		    same_moment(o, f);
	return false;
}

/* ---- bindings ---------------------------------------------------------- */

static struct lift_value
value_of(struct arena *arena, const struct field *value)
{
	const struct field *f = value_field(value);
	uint32_t n = 0;

	if (is_kind(f, "int64_value"))
		return LIFT_VALUE_INT(atoll(f->value.data));
	if (is_kind(f, "double_value"))
		return LIFT_VALUE_NUMBER(double_of(f->value));
	if (is_kind(f, "string_value"))
		return lift_value_text(f->value);
	if (is_kind(f, "bool_value"))
		return LIFT_VALUE_BOOL(*f->value.data == 't');
	if (is_kind(f, "list_value")) {
		struct lift_value *items = arena_array(arena,
		    struct lift_value, 16);
		const struct field *i = field_get(f, "values");
		for (; i != NULL && n < 16; i = field_again(i))
			items[n++] = value_of(arena, i);
		return (struct lift_value){ .type = LIFT_LIST, .size = n,
			.items = items };
	}
	if (is_kind(f, "map_value")) {
		struct lift_pair *pairs = arena_array(arena,
		    struct lift_pair, 16);
		const struct field *e = field_get(f, "entries");
		for (; e != NULL && n < 16; e = field_again(e), n++) {
			pairs[n].key = value_of(arena, field_get(e, "key"));
			pairs[n].value = value_of(arena,
			    field_get(e, "value"));
		}
		return (struct lift_value){ .type = LIFT_MAP, .size = n,
			.pairs = pairs };
	}
	return LIFT_VALUE_NULL;
}

/* The literal of a value that the values of plugins do not have; NULL. */
static const char *
literal_of(struct arena *arena, const struct field *value)
{
	const struct field *f = value_field(value);

	if (is_kind(f, "uint64_value"))
		return arena_form(arena, "%.*su", (int)f->value.size,
		    f->value.data);
	if (is_kind(f, "bytes_value")) {
		struct text t = { 0 };
		for (size_t i = 0; i < f->value.size; i++)
			text_form(&t, "\\x%02x", (unsigned char)
			    f->value.data[i]);
		char *s = arena_form(arena, "b'%s'", t.data ? t.data : "");
		text_done(&t);
		return s;
	}
	if (is_kind(f, "object_value") && f->first != NULL &&
	    mentions(f->first->name, "google.protobuf.Duration"))
		return arena_form(arena, "duration('%.*s.%09llds')",
		    (int)field_text(f->first, "seconds").size,
		    field_text(f->first, "seconds").data,
		    atoll(field_text(f->first, "nanos").data));
	return NULL;
}

static enum lift_type
type_of_declaration(const struct field *type)
{
	struct lift_text primitive = field_text(type, "primitive");

	if (field_get(type, "list_type") != NULL)
		return LIFT_LIST;
	if (field_get(type, "map_type") != NULL)
		return LIFT_MAP;
	if (mentions(primitive, "UINT64") || mentions(primitive, "BYTES"))
		return LIFT_JSON;
	if (mentions(primitive, "INT64"))
		return LIFT_INT;
	if (mentions(primitive, "DOUBLE"))
		return LIFT_NUMBER;
	if (mentions(primitive, "STRING"))
		return LIFT_TEXT;
	if (mentions(primitive, "BOOL"))
		return LIFT_BOOL;
	return LIFT_JSON;
}

struct world {
	struct lift_field variables[VARIABLES_MOST + 1];
	struct lift_value values[VARIABLES_MOST];
	unsigned          count;
	struct lift_text  source;
};

static struct lift_field *
variable(struct test *t, struct world *w, struct lift_text name)
{
	unsigned i = 0;

	for (; i < w->count; i++)
		if (lift_text_equal(name, lift_text(w->variables[i].name)))
			return &w->variables[i];
	if (w->count == VARIABLES_MOST)
		abort();
	w->variables[w->count].name = arena_text(t->arena, name).data;
	w->variables[w->count].type = LIFT_JSON;
	return &w->variables[w->count++];
}

/* Makes the source `[LITERAL].map(KEY, SOURCE)[0]`. */
static void
wrap(struct test *t, struct world *w, const char *literal,
    struct lift_text key)
{
	struct text out = { 0 };

	text_form(&out, "[%s].map(%.*s, ", literal, (int)key.size, key.data);
	text_add(&out, w->source.data, w->source.size);
	text_string(&out, ")[0]");
	w->source = arena_text(t->arena, text_view(&out));
	text_done(&out);
}

/* Declares and binds. A value that plugins do not have (uint, bytes, a span
 * with nanoseconds) is bound by a macro around the expression instead. */
static void
bind(struct test *t, struct world *w)
{
	const struct field *f = field_get(t->field, "type_env");

	w->source = t->expr;
	for (; f != NULL; f = field_again(f))
		variable(t, w, field_text(f, "name"))->type =
		    type_of_declaration(field_get(field_get(f, "ident"),
		    "type"));
	f = field_get(t->field, "bindings");
	for (; f != NULL; f = field_again(f)) {
		struct lift_text key = field_text(f, "key");
		const struct field *value = field_get(field_get(f, "value"),
		    "value");
		const char *literal = literal_of(t->arena, value);
		if (literal != NULL)
			wrap(t, w, literal, key);
		else {
			struct lift_field *v = variable(t, w, key);
			w->values[v - w->variables] = value_of(t->arena,
			    value);
		}
	}
}

/* ---- running ----------------------------------------------------------- */

static bool
verdict(struct test *t, const struct operand *o, struct env *env)
{
	const struct field *value = field_get(t->field, "value");

	if (field_get(t->field, "eval_error") != NULL)
		return o->kind == KIND_ERROR;
	if (value == NULL)	/* the default of the test's schema */
		return o->kind == KIND_BOOL && o->yes;
	return same(env, o, value);
}

static bool
run(struct test *t)
{
	struct world w = { 0 };
	struct expression_problem problem = { 0 };
	struct text got = { 0 };
	struct env env;

	bind(t, &w);
	struct expression_scope scope = { .variables = w.variables,
		.is_unchecked = lift_text_equal(field_text(t->field,
		    "disable_check"), LIFT_TEXT_OF("true")) };
	struct expression_frame frame = { .values = w.values,
		.scratch = t->arena };
	struct expression *e = expression_compile(t->arena, &scope, w.source,
	    &problem);
	if (e == NULL) {
		printf("FAIL %s/%.*s/%.*s: %.*s\n     refused: %s\n", t->file,
		    (int)t->section.size, t->section.data, (int)t->name.size,
		    t->name.data, (int)w.source.size, w.source.data,
		    problem.message);
		return false;
	}
	struct operand o = expression_run(e, &frame, &env);
	if (verdict(t, &o, &env))
		return true;
	operand_json(&o, &env, &got);
	printf("FAIL %s/%.*s/%.*s: %.*s\n     got %s %s\n", t->file,
	    (int)t->section.size, t->section.data, (int)t->name.size,
	    t->name.data, (int)w.source.size, w.source.data,
	    kind_name(o.kind, o.form),
	    o.kind == KIND_ERROR ? o.text : got.data);
	text_done(&got);
	return false;
}

struct tally {
	unsigned passed, failed, skipped, by_reason[SKIPS];
};

static void
run_test(struct test *t, struct tally *tally)
{
	for (unsigned i = 0; i < SKIPS; i++)
		if (skips[i].applies(t)) {
			tally->by_reason[i]++;
			tally->skipped++;
			return;
		}
	if (run(t))
		tally->passed++;
	else
		tally->failed++;
}

static bool
read_file(const char *folder, const char *name, struct text *ret)
{
	char path[1024], block[65536];
	size_t n;

	snprintf(path, sizeof(path), "%s/%s.textproto", folder, name);
	FILE *f = fopen(path, "r");
	if (f == NULL)
		return false;
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		text_add(ret, block, n);
	fclose(f);
	return true;
}

static void
run_file(const char *name, const struct field *first, struct tally *tally)
{
	struct field all = { .first = first };
	const struct field *s = field_get(&all, "section");

	for (; s != NULL; s = field_again(s)) {
		const struct field *f = field_get(s, "test");
		for (; f != NULL; f = field_again(f)) {
			struct test t = { .file = name, .field = f,
				.section = field_text(s, "name"),
				.name = field_text(f, "name"),
				.expr = field_text(f, "expr"),
				.arena = arena_new() };
			run_test(&t, tally);
			arena_free(t.arena);
		}
	}
}

static bool
run_named(const char *folder, const char *name, struct tally *all)
{
	struct text text = { 0 };
	struct lift_error err;
	struct tally one = { 0 };
	struct arena *arena = arena_new();

	if (!read_file(folder, name, &text)) {
		printf("FAIL %s: cannot be read in %s\n", name, folder);
		return false;
	}
	const struct field *f = textproto_read(arena, text_view(&text), &err);
	if (f == NULL)
		printf("FAIL %s: %s\n", name, err.text);
	else
		run_file(name, f, &one);
	printf("%-14s %4u passed %4u failed %4u skipped\n", name, one.passed,
	    one.failed, one.skipped);
	all->passed += one.passed;
	all->failed += one.failed;
	all->skipped += one.skipped;
	for (unsigned i = 0; i < SKIPS; i++)
		all->by_reason[i] += one.by_reason[i];
	arena_free(arena);
	text_done(&text);
	return f != NULL;
}

int
main(int argc, char **argv)
{
	struct tally all = { 0 };
	bool is_good = true;

	if (argc < 2) {
		fprintf(stderr, "usage: conformance FOLDER [FILE...]\n");
		return 2;
	}
	if (argc == 2)
		for (unsigned i = 0; i < FILES; i++)
			is_good &= run_named(argv[1], files[i], &all);
	for (int i = 2; i < argc; i++)
		is_good &= run_named(argv[1], argv[i], &all);
	for (unsigned i = 0; i < SKIPS; i++)
		printf("skipped %4u: %s\n", all.by_reason[i],
		    skips[i].reason);
	printf("%u passed, %u failed, %u skipped\n", all.passed, all.failed,
	    all.skipped);
	return all.failed > 0 || !is_good;
}
