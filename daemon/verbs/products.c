/* Products out of a file. It is read whole, and when anything is wrong with it
 * nothing is put; else each product becomes a call of `products.put`, as if
 * somebody had typed it, so that the log has what any reader needs. */
#include "verbs/verbs.h"

#include "base/json.h"
#include "base/memory.h"
#include "house/house_parts.h"
#include "intake/goods.h"

enum { PROBLEMS_SHOWN = 100 };

/* A file on its way. It outlives its request when the caller hangs up while
 * calls are under way. */
struct arrival {
	struct house      *house;
	struct request    *request;	/* NULL: the caller hung up */
	struct arena      *arena;
	struct text        file;
	struct lift_text   currency, actor, door, id;
	const struct good *goods;
	size_t             count, at, waiting, problems;
	uint64_t           products, promotions;
	bool               is_paused, is_long;
};

static void
arrival_free(struct arrival *a)
{
	text_done(&a->file);
	arena_free(a->arena);
	memory_give(a);
}

static void
problem_row(struct arrival *a, uint64_t line, const char *field,
    const char *problem)
{
	struct text row = { 0 };

	if (++a->problems > PROBLEMS_SHOWN || a->request == NULL)
		return;
	text_byte(&row, '{');
	json_member_whole(&row, "line", (int64_t)line);
	json_member_string(&row, "field", field);
	json_member_string(&row, "problem", problem);
	text_byte(&row, '}');
	request_row(a->request, text_view(&row));
	text_done(&row);
}

static void
arrival_wrong(void *context, uint64_t line, const char *field,
    const char *problem)
{
	problem_row(context, line, field, problem);
}

/* ---- putting ------------------------------------------------------------- */

static void
arrival_end(struct arrival *a)
{
	struct request *r = a->request;
	struct text row = { 0 };
	bool ok = a->problems == 0;

	if (r != NULL && ok) {
		text_form(&row, "{\"products\":%llu,\"promotions\":%llu}",
		    (unsigned long long)a->products,
		    (unsigned long long)a->promotions);
		request_row(r, text_view(&row));
		text_done(&row);
	}
	if (r != NULL) {
		r->gone = NULL;
		r->state = NULL;
	}
	arrival_free(a);
	if (r != NULL)
		request_end(r, ok ? REPLY_YES : REPLY_NO);
}

/* What one call is about, until it is answered. */
struct arrival_call {
	struct arrival *arrival;
	uint64_t        line;
	uint64_t       *counts;
};

static void
call_answered(void *context, const struct lift_error *error,
    struct lift_text rows)
{
	struct arrival_call *c = context;
	struct arrival *a = c->arrival;

	(void)rows;
	if (error != NULL)
		problem_row(a, c->line, "", error->text);
	else
		++*c->counts;
	a->waiting--;
	if (a->waiting == 0 && a->at == a->count && !a->is_paused)
		arrival_end(a);
}

static void
call_put(struct arrival *a, const struct good *g, const char *verb,
    struct lift_text arguments, uint64_t *counts)
{
	struct arrival_call *c = arena_take(a->arena, sizeof(*c));
	struct text body = { 0 };
	struct lift_error err;

	*c = (struct arrival_call){ a, g->line, counts };
	text_byte(&body, '{');
	json_member_string(&body, "verb", verb);
	json_name(&body, "arguments");
	text_add(&body, arguments.data, arguments.size);
	json_member_text(&body, "actor", a->actor);
	json_member_text(&body, "door", a->door);
	json_member_text(&body, "request", a->id);
	text_byte(&body, '}');
	a->waiting++;
	if (!gate_call(a->house->gate, text_view(&body), LIFT_TEXT_OF(""),
	    call_answered, c, &err)) {
		a->waiting--;
		problem_row(a, g->line, "", err.text);
	}
	text_done(&body);
}

/* As many as the gate takes; goes on when it takes more. */
static void
arrival_put(void *context)
{
	struct arrival *a = context;

	a->is_paused = true;
	while (a->at < a->count && !gate_is_full(a->house->gate)) {
		const struct good *g = &a->goods[a->at++];
		call_put(a, g, "products.put", g->product, &a->products);
		if (g->promotion.size > 0)
			call_put(a, g, "promotions.put", g->promotion,
			    &a->promotions);
	}
	if (a->at < a->count) {
		gate_when_open(a->house->gate, arrival_put, a);
		return;
	}
	a->is_paused = false;
	if (a->waiting == 0)
		arrival_end(a);
}

/* ---- the file ------------------------------------------------------------ */

static void
arrival_gone(struct request *r)
{
	struct arrival *a = r->state;

	a->request = NULL;
	if (a->goods == NULL)
		arrival_free(a);
}

static void
arrival_line(struct request *r, struct lift_text line)
{
	struct arrival *a = r->state;

	a->is_long |= a->file.size + line.size > GOODS_BYTES;
	if (a->is_long)
		return;
	text_add(&a->file, line.data, line.size);
	text_byte(&a->file, '\n');
}

static void
arrival_read(struct request *r)
{
	struct arrival *a = r->state;

	r->line = NULL;
	r->lines_end = NULL;
	if (a->is_long)
		problem_row(a, 0, "", "the file has more than 64 MB, must be "
		    "sent in parts");
	else
		a->goods = goods_read(a->arena, text_view(&a->file),
		    a->currency, arrival_wrong, a, &a->count);
	if (a->goods == NULL)
		arrival_end(a);
	else
		arrival_put(a);
}

static void
import_begin(struct request *r)
{
	struct arrival *a = memory_take(sizeof(*a));

	a->house = r->house;
	a->request = r;
	a->arena = arena_new();
	a->currency = arena_text(a->arena, request_text(r, "currency", ""));
	a->actor = lift_text(arena_string(a->arena, r->caller.actor));
	a->door = lift_text(r->caller.door);
	a->id = lift_text(arena_string(a->arena, r->caller.id));
	r->state = a;
	r->gone = arrival_gone;
	r->line = arrival_line;
	r->lines_end = arrival_read;
	r->door->upload(r, false);
}

static const struct lift_field import_arguments[] = {
	{ "file", LIFT_UPLOAD, .meaning = "a table (CSV) or YAML with a "
	    "product a line, or -; fields: product, name, category, brand, "
	    "price, cost, currency, family, price_sensitivity, sells, "
	    "discount, promotion, promotion_price, promotion_start, "
	    "promotion_end" },
	{ "currency", LIFT_TEXT, true, "of prices that name none, such as "
	    "EUR" },
	LIFT_END
};

static const struct lift_field import_answers[] = {
	{ "products", LIFT_INT, true, "put into the world" },
	{ "promotions", LIFT_INT, true, "likewise" },
	{ "line", LIFT_INT, true, "of the file, where something is wrong" },
	{ "field", LIFT_TEXT, true, "that is wrong; empty: the whole line" },
	{ "problem", LIFT_TEXT, true, "what is wrong; then nothing is put" },
	LIFT_END
};

const struct desk_verb product_verbs[] = {
	{ { "products.import", import_arguments, LIFT_OPERATOR, false, NULL,
	    "puts the products and promotions of a file, or says what is "
	    "wrong with it", .answers = import_answers }, import_begin },
	{ LIFT_END, NULL }
};
