/* An intern table with gaps where somebody was forgotten. */
#include "intake/identity.h"

#include "base/intern.h"
#include "base/memory.h"

struct identity {
	struct intern *ids;
};

struct identity *
identity_new(void)
{
	struct identity *i = memory_take(sizeof(*i));

	i->ids = intern_new();
	return i;
}

void
identity_free(struct identity *i)
{
	if (i == NULL)
		return;
	intern_free(i->ids);
	memory_give(i);
}

void
identity_reserve(struct identity *i, uint32_t token)
{
	while (intern_count(i->ids) < token)
		intern_skip(i->ids);
}

bool
identity_load(struct identity *i, struct store_reader *reader,
    struct lift_error *err)
{
	struct store_shopper s;

	if (!store_shoppers(reader, err))
		return false;
	err->code = LIFT_E_NONE;
	while (store_next_shopper(reader, &s, err)) {
		identity_reserve(i, s.token - 1);
		if (s.id.size > 0)
			intern_put(i->ids, s.id);
		else
			identity_reserve(i, s.token);
	}
	return err->code == LIFT_E_NONE;
}

uint32_t
identity_token(struct identity *i, struct lift_text id, bool *ret_new)
{
	uint32_t before = intern_count(i->ids);

	*ret_new = false;
	if (id.size == 0)
		return 0;
	uint32_t token = intern_put(i->ids, id);
	*ret_new = token > before;
	return token;
}

uint32_t
identity_find(const struct identity *i, struct lift_text id)
{
	return id.size > 0 ? intern_find(i->ids, id) : 0;
}

struct lift_text
identity_id(const struct identity *i, uint32_t token)
{
	return intern_name(i->ids, token);
}

void
identity_forget(struct identity *i, uint32_t token)
{
	intern_forget(i->ids, token);
}

uint32_t
identity_count(const struct identity *i)
{
	return intern_count(i->ids);
}
