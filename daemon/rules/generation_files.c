/* A set of rule files as JSON: what the entry of a reload carries, what a
 * snapshot and the store keep, and what the digest of a generation is of. */
#include "rules/generation.h"

#include "base/hash.h"
#include "base/json.h"
#include "base/memory.h"

void
generation_digest(const struct generation_file *files, size_t count,
    char ret_digest[33])
{
	struct text all = { 0 };

	generation_files_write(&all, files, count, 0);
	struct hash128 h = hash_wide(all.data, all.size);
	text_done(&all);
	snprintf(ret_digest, 33, "%016llx%016llx", (unsigned long long)h.high,
	    (unsigned long long)h.low);
}

void
generation_files_write(struct text *t, const struct generation_file *files,
    size_t count, uint32_t number)
{
	text_byte(t, '{');
	json_member_whole(t, "generation", number);
	json_name(t, "files");
	text_byte(t, '[');
	for (size_t i = 0; i < count; i++) {
		json_comma(t);
		text_byte(t, '{');
		json_member_text(t, "name", files[i].name);
		json_member_text(t, "text", files[i].text);
		text_byte(t, '}');
	}
	text_string(t, "]}");
}

static bool
file_take(struct json_reader *r, struct generation_file *f)
{
	struct lift_text key;

	*f = (struct generation_file){ { "", 0 }, { "", 0 } };
	if (!json_enter(r, JSON_OBJECT))
		return false;
	while (json_key(r, &key)) {
		bool ok = lift_text_equal(key, LIFT_TEXT_OF("name")) ?
		    json_take_string(r, &f->name) :
		    lift_text_equal(key, LIFT_TEXT_OF("text")) ?
		    json_take_string(r, &f->text) : json_skip(r, NULL);
		if (!ok)
			return false;
	}
	return r->problem == NULL;
}

static bool
files_take(struct json_reader *r, const struct generation_file **ret_files,
    size_t *ret_count)
{
	struct generation_file *files = NULL;
	size_t count = 0, room = 0;
	bool ok = json_enter(r, JSON_ARRAY);

	while (ok && json_item(r)) {
		files = memory_grow(files, count, &room, sizeof(*files));
		ok = file_take(r, &files[count]);
		count += ok;
	}
	struct generation_file *kept = arena_array(r->arena,
	    struct generation_file, count + 1);
	if (count > 0)
		memcpy(kept, files, count * sizeof(*files));
	memory_give(files);
	*ret_files = kept;
	*ret_count = count;
	return ok && r->problem == NULL;
}

bool
generation_files_read(struct lift_text json, struct arena *arena,
    const struct generation_file **ret_files, size_t *ret_count,
    struct lift_error *err)
{
	struct json_reader r = json_reader_of(json, arena);
	struct lift_text key;
	bool ok = json_enter(&r, JSON_OBJECT);

	*ret_count = 0;
	while (ok && json_key(&r, &key))
		ok = lift_text_equal(key, LIFT_TEXT_OF("files")) ?
		    files_take(&r, ret_files, ret_count) :
		    json_skip(&r, NULL);
	if (ok && json_done(&r))
		return true;
	return lift_fail(err, LIFT_E_INPUT, "this is no set of rule files: %s",
	    r.problem ? r.problem : "something else is expected");
}

uint32_t
generation_number(struct lift_text json)
{
	struct json_reader r = json_reader_of(json, NULL);
	struct lift_text key, digits;
	int64_t number;

	/* The writer puts it first. */
	if (json_enter(&r, JSON_OBJECT) && json_key(&r, &key) &&
	    lift_text_equal(key, LIFT_TEXT_OF("generation")) &&
	    json_take_number(&r, &digits) && json_whole(digits, &number))
		return (uint32_t)number;
	return 0;
}
