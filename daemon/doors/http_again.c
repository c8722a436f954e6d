/* A ring of keys, oldest first, and a table of places by hash. Few requests
 * bring a key, so a chain of places with one hash is short. */
#include "doors/http_again.h"

#include <string.h>

#include "base/memory.h"

enum { TABLE = AGAIN_ROOM * 2 };

struct kept {
	struct hash128 key;
	uint64_t       request;
	int64_t        began;
	int            status;		/* 0: under way */
	const char    *type;
	char          *body;
	size_t         size;
	unsigned       next;		/* place + 1 with this hash; 0: none */
	bool           used;
};

struct http_again {
	struct kept kept[AGAIN_ROOM];
	unsigned    table[TABLE];	/* place + 1; 0: none */
	unsigned    oldest;		/* the place that is taken next */
};

struct http_again *
http_again_new(void)
{
	return memory_take(sizeof(struct http_again));
}

void
http_again_free(struct http_again *a)
{
	if (a == NULL)
		return;
	for (unsigned i = 0; i < AGAIN_ROOM; i++)
		memory_give(a->kept[i].body);
	memory_give(a);
}

/* Where the number of the place of KEY stands, or where it would. */
static unsigned *
place_of(struct http_again *a, struct hash128 key)
{
	unsigned *at = &a->table[key.low % TABLE];

	while (*at != 0 && !hash128_equal(a->kept[*at - 1].key, key))
		at = &a->kept[*at - 1].next;
	return at;
}

static void
forget(struct http_again *a, struct kept *k)
{
	unsigned *at = place_of(a, k->key);

	*at = k->next;
	memory_give(k->body);
	*k = (struct kept){ .used = false };
}

static enum again_state
answer_of(const struct kept *k, uint64_t request,
    struct again_answer *ret_answer)
{
	if (k->request != request)
		return AGAIN_OTHER;
	if (k->status == 0)
		return AGAIN_RUNS;
	*ret_answer = (struct again_answer){ k->status, k->type,
		{ k->body, k->size } };
	return AGAIN_DONE;
}

enum again_state
http_again_begin(struct http_again *a, struct hash128 key, uint64_t request,
    int64_t now, struct again_answer *ret_answer)
{
	unsigned *at = place_of(a, key);

	if (*at != 0 && now - a->kept[*at - 1].began < LIFT_DAY)
		return answer_of(&a->kept[*at - 1], request, ret_answer);
	if (*at != 0)
		forget(a, &a->kept[*at - 1]);
	struct kept *k = &a->kept[a->oldest];
	if (k->used)
		forget(a, k);
	*k = (struct kept){ .key = key, .request = request, .began = now,
		.used = true };
	*place_of(a, key) = a->oldest + 1;
	a->oldest = (a->oldest + 1) % AGAIN_ROOM;
	return AGAIN_NEW;
}

void
http_again_end(struct http_again *a, struct hash128 key,
    const struct again_answer *answer)
{
	unsigned place = *place_of(a, key);

	if (place == 0)
		return;		/* others have taken its room */
	struct kept *k = &a->kept[place - 1];
	if (answer->status >= 500 || answer->status == 429 ||
	    answer->body.size > AGAIN_BODY) {
		forget(a, k);
		return;
	}
	k->status = answer->status;
	k->type = answer->type;
	k->size = answer->body.size;
	k->body = memory_raw(k->size + 1);
	memcpy(k->body, answer->body.data, k->size);
}
