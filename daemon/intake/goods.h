/* A shop's catalogue in a file: a table (CSV, the names of the fields first)
 * or YAML (a list of products, or `products:` with one). Each product becomes
 * the arguments of `products.put`, and, if the file says of a promotion, of
 * `promotions.put`; so whoever looks at products later has one source. */
#ifndef INTAKE_GOODS_H
#define INTAKE_GOODS_H

#include "base/arena.h"
#include "base/text.h"

enum { GOODS_MOST = 200000, GOODS_BYTES = 64 << 20 };

/* A product of the file; both are JSON objects. */
struct good {
	uint64_t         line;
	struct lift_text product;	/* arguments of products.put */
	struct lift_text promotion;	/* of promotions.put; or empty */
};

/* Who is told of what is wrong: the line, the field (empty: the whole line)
 * and what would be right. */
typedef void goods_wrong(void *context, uint64_t line, const char *field,
    const char *problem);

/* The products of a file, in the arena; prices that name no currency are in
 * CURRENCY (empty: each must). What is wrong is told, all of it; then, and for
 * a file without products, the answer is NULL. */
const struct good *goods_read(struct arena *, struct lift_text file,
    struct lift_text currency, goods_wrong *, void *context,
    size_t *ret_count);

#endif
