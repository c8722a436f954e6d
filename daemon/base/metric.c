/* The registry: a list in the order in which names were first used, families
 * together. Buckets go from 10 microseconds, where commits and folds are, to an
 * hour, where jobs are. */
#include "base/metric.h"

#include "base/json.h"
#include "base/memory.h"

static const int64_t bounds[METRIC_BUCKETS] = {
	10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000,
	100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000, 60000000,
	600000000, 3600000000
};

struct sample {
	struct sample *next;
	char          *labels;
	struct metric  metric;
};

struct family {
	struct family   *next;
	char            *name, *meaning;
	enum metric_kind kind;
	struct sample   *samples;
};

struct metrics {
	struct family *families, **last;
};

struct metrics *
metrics_new(void)
{
	struct metrics *m = memory_take(sizeof(*m));

	m->last = &m->families;
	return m;
}

static void
family_free(struct family *f)
{
	struct sample *next;

	for (struct sample *s = f->samples; s != NULL; s = next) {
		next = s->next;
		memory_give(s->labels);
		memory_give(s);
	}
	memory_give(f->name);
	memory_give(f->meaning);
	memory_give(f);
}

void
metrics_free(struct metrics *m)
{
	struct family *next;

	if (m == NULL)
		return;
	for (struct family *f = m->families; f != NULL; f = next) {
		next = f->next;
		family_free(f);
	}
	memory_give(m);
}

static struct family *
family_of(struct metrics *m, enum metric_kind kind, const char *name,
    const char *meaning)
{
	struct family *f;

	for (f = m->families; f != NULL; f = f->next)
		if (strcmp(f->name, name) == 0)
			return f;
	f = memory_take(sizeof(*f));
	f->name = memory_string(name);
	f->meaning = memory_string(meaning);
	f->kind = kind;
	*m->last = f;
	m->last = &f->next;
	return f;
}

struct metric *
metric_of(struct metrics *m, enum metric_kind kind, const char *name,
    const char *labels, const char *meaning)
{
	struct family *f = family_of(m, kind, name, meaning);
	struct sample **at = &f->samples;

	for (; *at != NULL; at = &(*at)->next)
		if (strcmp((*at)->labels, labels ? labels : "") == 0)
			return &(*at)->metric;
	*at = memory_take(sizeof(**at));
	(*at)->labels = memory_string(labels ? labels : "");
	return &(*at)->metric;
}

void
metric_note(struct metric *m, int64_t micros)
{
	unsigned i = 0;

	while (i < METRIC_BUCKETS && micros > bounds[i])
		i++;
	atomic_fetch_add_explicit(&m->buckets[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&m->micros, micros, memory_order_relaxed);
}

int64_t
metric_quantile(struct metric *m, double part)
{
	int64_t all = 0, sum = 0;

	for (unsigned i = 0; i <= METRIC_BUCKETS; i++)
		all += m->buckets[i];
	if (all == 0)
		return 0;
	for (unsigned i = 0; i < METRIC_BUCKETS; i++) {
		sum += m->buckets[i];
		if ((double)sum >= part * (double)all)
			return bounds[i];
	}
	return bounds[METRIC_BUCKETS - 1];
}

static void
histogram_write(struct text *t, const char *name, struct sample *s)
{
	const char *labels = s->labels, *comma = *labels ? "," : "";
	int64_t sum = 0;

	for (unsigned i = 0; i <= METRIC_BUCKETS; i++) {
		sum += s->metric.buckets[i];
		text_form(t, "liftd_%s_bucket{%s%sle=\"", name, labels, comma);
		if (i < METRIC_BUCKETS)
			json_number(t, (double)bounds[i] / 1e6);
		else
			text_string(t, "+Inf");
		text_form(t, "\"} %lld\n", (long long)sum);
	}
	const char *open = *labels ? "{" : "", *close = *labels ? "}" : "";
	text_form(t, "liftd_%s_sum%s%s%s ", name, open, labels, close);
	json_number(t, (double)s->metric.micros / 1e6);
	text_form(t, "\nliftd_%s_count%s%s%s %lld\n", name, open, labels,
	    close, (long long)sum);
}

static void
sample_write(struct text *t, const struct family *f, struct sample *s)
{
	const char *open = *s->labels ? "{" : "";
	const char *close = *s->labels ? "}" : "";
	size_t n = strlen(f->name);

	if (f->kind == METRIC_HISTOGRAM) {
		histogram_write(t, f->name, s);
		return;
	}
	text_form(t, "liftd_%s%s%s%s ", f->name, open, s->labels, close);
	if (n > 8 && strcmp(f->name + n - 8, "_seconds") == 0)
		json_number(t, (double)s->metric.value / 1e6);
	else
		text_whole(t, s->metric.value);
	text_byte(t, '\n');
}

void
metrics_write(struct metrics *m, struct text *t)
{
	static const char *const kinds[] = { "counter", "gauge", "histogram" };

	for (struct family *f = m->families; f != NULL; f = f->next) {
		text_form(t, "# HELP liftd_%s %s\n# TYPE liftd_%s %s\n",
		    f->name, f->meaning, f->name, kinds[f->kind]);
		for (struct sample *s = f->samples; s != NULL; s = s->next)
			sample_write(t, f, s);
	}
}
