/* Runs the files of JSONTestSuite, which are read from the folder that is the
 * argument: what begins with y must be accepted, with n refused, and of what
 * begins with i is printed what becomes of it. Each file goes through the
 * reader, and through a delivery, whole and in pieces of each small size, as
 * if it were a body of events: what the reader accepts must come out of it as
 * the same items, and what it refuses must not come out as if it were whole. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/json.h"
#include "intake/delivery.h"

enum { FILE_MOST = 1 << 20, PIECE_MOST = 20 };

struct tally {
	unsigned files, failed, accepted, refused, either;
};

/* What came out of a delivery. */
struct outcome {
	uint64_t sum, count;
	bool     is_whole;	/* it ended well, and each event is JSON */
};

static bool
is_json(struct lift_text t, const char **ret_problem)
{
	struct arena *a = arena_new();
	struct json_reader r = json_reader_of(t, a);
	bool ok = json_skip(&r, NULL) && json_done(&r);

	*ret_problem = r.problem;
	arena_free(a);
	return ok && *ret_problem == NULL;
}

static uint64_t
sum_of(uint64_t sum, struct lift_text t)
{
	return hash_mix(sum, hash_text(t));
}

static bool
event_count(void *context, const struct delivered *e, struct lift_error *err)
{
	struct outcome *o = context;
	const char *problem;

	(void)err;
	o->is_whole &= is_json(e->json, &problem);
	o->sum = sum_of(o->sum, e->json);
	o->count++;
	return true;
}

static void
event_refused(void *context, const struct delivered *e,
    const struct lift_error *err)
{
	struct outcome *o = context;

	(void)e;
	(void)err;
	o->is_whole = false;
	o->count++;
}

static struct outcome
deliver(struct lift_text body, size_t size)
{
	struct outcome o = { .is_whole = true };
	struct delivery_taker taker = { event_count, event_refused, &o };
	struct delivery *d = delivery_new(DELIVERY_ANY, &taker);
	struct lift_error err;
	bool ok = true;

	for (size_t at = 0; ok && at < body.size; at += size) {
		size_t n = body.size - at < size ? body.size - at : size;
		ok = delivery_take(d, (struct lift_text){ body.data + at, n },
		    &err);
	}
	ok = delivery_end(d, &err) && ok;
	o.is_whole &= ok;
	delivery_free(d);
	return o;
}

/* What has to come out of what the reader accepts: the items of a list, or the
 * value itself without the blanks around it. */
static struct outcome
expected(struct lift_text body)
{
	struct outcome o = { .is_whole = true };
	struct arena *a = arena_new();
	struct json_reader r = json_reader_of(body, a);
	struct lift_text raw;

	if (json_peek(&r) != JSON_ARRAY) {
		json_skip(&r, &raw);
		o.sum = sum_of(o.sum, raw);
		o.count = 1;
	} else {
		json_enter(&r, JSON_ARRAY);
		for (; json_item(&r) && json_skip(&r, &raw); o.count++)
			o.sum = sum_of(o.sum, raw);
	}
	arena_free(a);
	return o;
}

/* Blanks behind what is no list stay with it. */
static struct lift_text
without_blanks(struct lift_text body)
{
	while (body.size > 0 && memchr(" \t\r\n",
	    body.data[body.size - 1], 4) != NULL)
		body.size--;
	return body;
}

static bool
delivery_agrees(struct lift_text body, bool accepted)
{
	body = without_blanks(body);
	struct outcome whole = deliver(body, body.size + 1);
	bool ok = true;

	if (accepted) {
		struct outcome e = expected(body);
		ok = whole.is_whole && whole.count == e.count &&
		    whole.sum == e.sum;
	} else {
		ok = !whole.is_whole;
	}
	for (size_t size = 1; size <= PIECE_MOST; size++) {
		struct outcome o = deliver(body, size);
		ok &= o.is_whole == whole.is_whole &&
		    o.count == whole.count && o.sum == whole.sum;
	}
	return ok;
}

static void
run_body(const char *name, struct lift_text body, struct tally *t)
{
	const char *problem;
	bool ok = is_json(body, &problem);
	bool right = name[0] == 'i' || ok == (name[0] == 'y');

	t->files++;
	t->accepted += name[0] == 'y' && ok;
	t->refused += name[0] == 'n' && !ok;
	t->either += name[0] == 'i';
	if (name[0] == 'i')
		printf("%-52s %s%s\n", name, ok ? "accepted" : "refused: ",
		    ok ? "" : problem);
	if (!right)
		printf("FAIL %s: is %s%s\n", name, ok ? "accepted" :
		    "refused: ", ok ? "" : problem);
	if (!delivery_agrees(body, ok)) {
		printf("FAIL %s: a delivery of it differs\n", name);
		right = false;
	}
	t->failed += !right;
}

static bool
run_file(const char *folder, const char *name, struct tally *t)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *f = fopen(path, "r");
	char *data = malloc(FILE_MOST);
	if (f == NULL || data == NULL) {
		printf("FAIL %s: cannot be read\n", path);
		free(data);
		if (f != NULL)
			fclose(f);
		return false;
	}
	size_t size = fread(data, 1, FILE_MOST, f);
	fclose(f);
	/* A copy of its own size, so that reading beyond it is seen. */
	char *exact = malloc(size + (size == 0));
	if (exact != NULL) {
		memcpy(exact, data, size);
		run_body(name, (struct lift_text){ exact, size }, t);
	}
	free(exact);
	free(data);
	return exact != NULL;
}

static int
is_case(const struct dirent *d)
{
	return d->d_name[0] != '\0' && strchr("yni", d->d_name[0]) != NULL &&
	    d->d_name[1] == '_';
}

int
main(int argc, char **argv)
{
	struct dirent **names;
	struct tally t = { 0 };
	bool ok = true;

	if (argc != 2) {
		fprintf(stderr, "usage: suite FOLDER\n");
		return 2;
	}
	int count = scandir(argv[1], &names, is_case, alphasort);
	if (count <= 0) {
		printf("FAIL %s: holds no case\n", argv[1]);
		return 1;
	}
	for (int i = 0; i < count; i++) {
		ok &= run_file(argv[1], names[i]->d_name, &t);
		free(names[i]);
	}
	free(names);
	printf("%u files: %u of y accepted, %u of n refused, %u of i as "
	    "above, %u failed\n", t.files, t.accepted, t.refused, t.either,
	    t.failed);
	return t.failed > 0 || !ok;
}
