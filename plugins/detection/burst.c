/* Bursts: purchases that somebody asked for, to show what happens. Each carries
 * the burst's id among its properties; the alert of the promotion that they ran
 * for shows it, so that nobody takes a show for the shop. */
#include "detection.h"

/* Copies a member of PROPERTIES that is a text; empty if there is none, or if
 * it is too long to be ours. */
static void
member_copy(struct lift_text properties, const char *name, char *ret,
    size_t room)
{
	struct lift_text t = json_member(properties, name);

	while (t.size > 0 && t.data[t.size - 1] == ' ')
		t.size--;
	ret[0] = '\0';
	if (t.size < 2 || t.data[0] != '"' || t.size - 2 >= room ||
	    memchr(t.data, '\\', t.size) != NULL)
		return;
	memcpy(ret, t.data + 1, t.size - 2);
	ret[t.size - 2] = '\0';
}

static struct burst *
burst_find(struct detection *d, const char *id, uint32_t promotion)
{
	for (uint32_t k = 0; k < BURSTS; k++)
		if (d->bursts[k].promotion == promotion &&
		    strcmp(d->bursts[k].id, id) == 0)
			return &d->bursts[k];
	return NULL;
}

void
burst_note(struct detection *d, const struct lift_entry *e)
{
	struct burst b = { .promotion = e->promotion, .time = e->time };

	if (e->type != LIFT_PURCHASE || e->promotion == 0 ||
	    e->properties.size == 0)
		return;
	member_copy(e->properties, "burst_id", b.id, sizeof(b.id));
	if (b.id[0] == '\0')
		return;
	struct burst *known = burst_find(d, b.id, e->promotion);
	if (known == NULL) {
		known = &d->bursts[d->burst_count++ % BURSTS];
		member_copy(e->properties, "demo_queued_at", b.queued,
		    sizeof(b.queued));
		clean(known, sizeof(*known));
		*known = b;
	}
	known->events++;
	known->time = e->time < known->time ? e->time : known->time;
}

const struct burst *
burst_of(const struct detection *d, uint32_t promotion, int64_t since)
{
	const struct burst *newest = NULL;

	for (uint32_t k = 0; k < BURSTS; k++) {
		const struct burst *b = &d->bursts[k];
		if (b->events > 0 && b->promotion == promotion &&
		    b->time >= since && (newest == NULL ||
		    b->time > newest->time))
			newest = b;
	}
	return newest;
}
