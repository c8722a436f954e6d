/* The entries that say who a shopper is: `{"shopper": 7, "merge": 3}`, tokens
 * both. The door has looked before whether the two can be one; here the same
 * answer comes out of the same log, whatever was folded in between. */
#include "engine/engine_parts.h"

#include "base/json.h"

/* The tokens of a body; 0 for what is not there. */
static void
tokens_read(struct engine *en, struct lift_text body, uint32_t *ret_shopper,
    uint32_t *ret_merge, bool *ret_known)
{
	struct json_reader r = json_reader_of(body, en->scratch);
	struct lift_text key, digits;
	int64_t v;

	en->scratch_used = true;
	*ret_shopper = *ret_merge = 0;
	*ret_known = false;
	if (!json_enter(&r, JSON_OBJECT))
		return;
	while (json_key(&r, &key)) {
		if (lift_text_equal(key, LIFT_TEXT_OF("known")) &&
		    json_peek(&r) == JSON_TRUE)
			*ret_known = true;
		if (json_peek(&r) != JSON_NUMBER) {
			json_skip(&r, NULL);
			continue;
		}
		if (!json_take_number(&r, &digits) ||
		    !json_whole(digits, &v) || v < 0 || v > TOKEN_MOST)
			continue;
		if (lift_text_equal(key, LIFT_TEXT_OF("shopper")))
			*ret_shopper = (uint32_t)v;
		else if (lift_text_equal(key, LIFT_TEXT_OF("merge")))
			*ret_merge = (uint32_t)v;
	}
}

void
identity_fold(struct engine *en, struct lift_entry *e)
{
	uint32_t shopper, merge;
	bool known;

	tokens_read(en, e->body, &shopper, &merge, &known);
	if (shopper == 0)
		return;
	uint32_t merged = persons_of(en->persons, merge);
	if (known)
		persons_know(en->persons, shopper);
	e->shopper = persons_of(en->persons, shopper);
	e->merged = 0;
	if (!persons_merge(en->persons, merge, shopper))
		return;
	e->merged = merged;
	world_merge(en->world, merged, e->shopper);
}
