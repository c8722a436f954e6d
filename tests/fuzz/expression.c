/* Any bytes as an expression over a small scope, and as a template: compiling
 * and evaluating must end, in memory that is ours. The first byte chooses
 * whether types are checked. */
#include "rules/template.h"

static const struct lift_field variables[] = {
	{ .name = "type", .type = LIFT_TEXT },
	{ .name = "price", .type = LIFT_MONEY, .optional = true },
	{ .name = "count", .type = LIFT_INT },
	{ .name = "time", .type = LIFT_TIME },
	{ .name = "product", .type = LIFT_PRODUCT },
	{ .name = "properties", .type = LIFT_JSON },
	{ .name = "tags", .type = LIFT_LIST },
	LIFT_END
};

static const struct lift_field product_fields[] = {
	{ .name = "id", .type = LIFT_TEXT },
	{ .name = "price", .type = LIFT_MONEY },
	LIFT_END
};

static const struct expression_object objects[] = {
	{ LIFT_PRODUCT, product_fields },
};

static struct lift_value
object(void *context, enum lift_type type, uint32_t id, unsigned field)
{
	(void)context, (void)type, (void)id;
	return field == 0 ? lift_value_text(LIFT_TEXT_OF("P1")) :
	    LIFT_VALUE_MONEY(2490, 0);
}

static void
run(const struct expression *e, const struct expression_frame *f)
{
	struct text json = { 0 };
	struct lift_value v;
	struct lift_error err;

	expression_test(e, f);
	expression_value(e, f, &v, &err);
	expression_reasons(e, f, &json);
	text_done(&json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct lift_value tags[] = {
		lift_value_text(LIFT_TEXT_OF("auto")), LIFT_VALUE_INT(3) };
	const struct lift_value values[] = {
		lift_value_text(LIFT_TEXT_OF("purchase")),
		LIFT_VALUE_MONEY(2490, 0), LIFT_VALUE_INT(-7),
		LIFT_VALUE_TIME(1234567890123456), LIFT_VALUE_PRODUCT(1),
		{ .type = LIFT_JSON, .size = (uint32_t)size,
			.text = (const char *)data },
		{ .type = LIFT_LIST, .size = 2, .items = tags },
	};
	struct arena *arena = arena_new();
	struct expression_scope scope = { .variables = variables,
		.objects = objects, .object_count = 1 };
	struct expression_frame frame = { .values = values, .object = object,
		.scratch = arena, .steps = 5000 };
	struct expression_problem problem;
	struct text out = { 0 };
	struct lift_error err;

	if (size > 0) {
		struct lift_text text = { (const char *)data + 1, size - 1 };
		scope.is_unchecked = data[0] & 1;
		struct expression *e = expression_compile(arena, &scope, text,
		    &problem);
		if (e != NULL)
			run(e, &frame);
		struct template *t = template_compile(arena, &scope, text,
		    &problem);
		if (t != NULL)
			template_write(t, &frame, &out, &err);
	}
	text_done(&out);
	arena_free(arena);
	return 0;
}
