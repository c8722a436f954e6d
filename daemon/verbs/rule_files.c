/* Files come as an upload, a JSON object {"name", "text"} a line, or {"name",
 * "bytes"} for one that is no text; without an upload the daemon's own rules
 * directory is meant. */
#include "verbs/rule_files.h"

#include "base/json.h"
#include "house/house_parts.h"

enum { FILES_BYTES = 64 << 20 };

static int
digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ?
	    c - 'a' + 10 : -1;
}

/* Bytes written as two digits each; false when they are not. */
static bool
bytes_read(struct arena *arena, struct lift_text digits,
    struct lift_text *ret_bytes)
{
	char *bytes = arena_take(arena, digits.size / 2 + 1);

	for (size_t i = 0; i + 1 < digits.size; i += 2) {
		int high = digit(digits.data[i]), low = digit(digits.data[i + 1]);
		if (high < 0 || low < 0)
			return false;
		bytes[i / 2] = (char)(high << 4 | low);
	}
	*ret_bytes = (struct lift_text){ bytes, digits.size / 2 };
	return digits.size % 2 == 0;
}

static void
file_line(struct request *r, struct lift_text line)
{
	struct rule_files *in = r->state;
	struct lift_text key, value;

	if (in->error.code != LIFT_E_NONE)
		return;
	in->bytes += line.size;
	if (in->count == RULE_FILES_MOST || in->bytes > FILES_BYTES) {
		lift_fail(&in->error, LIFT_E_INPUT, "there are more rule files "
		    "than %d, or more than %d MB of them", RULE_FILES_MOST,
		    FILES_BYTES >> 20);
		return;
	}
	struct json_reader json = json_reader_of(arena_text(r->arena, line),
	    r->arena);
	struct generation_file *f = &in->files[in->count++];
	bool ok = json_enter(&json, JSON_OBJECT);
	while (ok && json_key(&json, &key)) {
		ok = json_take_string(&json, &value);
		if (lift_text_equal(key, LIFT_TEXT_OF("name")))
			f->name = value;
		else if (lift_text_equal(key, LIFT_TEXT_OF("bytes")))
			ok = ok && bytes_read(r->arena, value, &f->text);
		else
			f->text = value;
	}
	if (!ok || !json_done(&json))
		lift_fail(&in->error, LIFT_E_INPUT, "line %zu of the upload "
		    "is no rule file: {\"name\": ..., \"text\": ...}",
		    in->count);
}

static void
files_end(struct request *r)
{
	struct rule_files *in = r->state;

	r->line = NULL;
	r->lines_end = NULL;
	if (in->error.code != LIFT_E_NONE)
		request_fail(r, &in->error);
	else
		in->then(r);
}

const struct rule_files *
rule_files(const struct request *r)
{
	return r->state;
}

void
rule_files_gather(struct request *r, void (*then)(struct request *))
{
	struct rule_files *in = arena_take(r->arena, sizeof(*in));
	const struct generation_file *files;
	struct lift_error err;

	in->then = then;
	r->state = in;
	if (request_argument(r, "files").type != LIFT_NULL) {
		r->line = file_line;
		r->lines_end = files_end;
		r->door->upload(r, false);
		return;
	}
	if (!rulebook_read(r->arena, r->house->places.rules, &files,
	    &in->count, &err)) {
		request_fail(r, &err);
		return;
	}
	if (in->count > RULE_FILES_MOST)
		in->count = RULE_FILES_MOST;
	if (in->count > 0)
		memcpy(in->files, files, in->count * sizeof(*files));
	then(r);
}
