/* Reading snapshots. Nothing in the file is believed before its sum has been
 * compared, and no offset before it has been held against the file's size:
 * sections must lie end to end between header and contents, so that no byte
 * is outside all sums. */
#include "replay/snapshot_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "replay/snapshot_layout.h"

struct snapshot_file {
	char                   *name;
	void                   *map;		/* NULL when borrowed */
	const unsigned char    *data;
	size_t                  size;
	uint64_t                seq;
	struct lift_text        build;
	struct hash128          digest;
	uint64_t                header_sum;
	uint64_t                contents_at, contents_size, contents_sum;
	size_t                  count;
	struct snapshot_section sections[SNAPSHOT_SECTIONS];
};

/* ---- one file -------------------------------------------------------- */

static bool
file_damaged(const struct snapshot_file *f, const char *part, size_t offset,
    struct lift_error *err)
{
	return lift_fail(err, LIFT_E_STORE, "snapshot '%s' is damaged: %s at "
	    "offset %zu is not what was written; an older snapshot will do",
	    f->name, part, offset);
}

static bool
file_footer(struct snapshot_file *f, struct lift_error *err)
{
	size_t start = f->size - LAYOUT_FOOTER;
	const unsigned char *at = f->data + start;
	const unsigned char *sum = f->data + f->size - 8;
	uint64_t size;

	if (layout_take(&sum, 8) != hash_bytes(at, LAYOUT_FOOTER - 8))
		return file_damaged(f, "the footer", start, err);
	f->digest.low = layout_take(&at, 8);
	f->digest.high = layout_take(&at, 8);
	f->contents_at = layout_take(&at, 8);
	f->contents_size = layout_take(&at, 8);
	f->count = layout_take(&at, 8);
	f->contents_sum = layout_take(&at, 8);
	f->header_sum = layout_take(&at, 8);
	size = layout_take(&at, 8);
	if (memcmp(at, LAYOUT_END, 8) != 0 || size != f->size ||
	    f->count > SNAPSHOT_SECTIONS || f->contents_at > start ||
	    f->contents_size != start - f->contents_at)
		return file_damaged(f, "the footer", start, err);
	return true;
}

static bool
file_header(struct snapshot_file *f, size_t *ret_size,
    struct lift_error *err)
{
	const unsigned char *at;
	uint64_t format, size, build;

	if (f->size < LAYOUT_HEADER + LAYOUT_FOOTER ||
	    memcmp(f->data, LAYOUT_MAGIC, 8) != 0)
		return lift_fail(err, LIFT_E_STORE, "'%s' is no snapshot, or "
		    "a cut one: it has %zu bytes and must begin with '%s'",
		    f->name, f->size, LAYOUT_MAGIC);
	at = f->data + 8;
	format = layout_take(&at, 4);
	if (format != SNAPSHOT_FORMAT)
		return lift_fail(err, LIFT_E_STORE, "snapshot '%s' has format "
		    "%" PRIu64 ", must be %d", f->name, format,
		    SNAPSHOT_FORMAT);
	size = layout_take(&at, 4);
	f->seq = layout_take(&at, 8);
	build = layout_take(&at, 2);
	if (size != LAYOUT_HEADER + build || size > f->size - LAYOUT_FOOTER)
		return file_damaged(f, "the header", 0, err);
	f->build = (struct lift_text){ (const char *)at, build };
	*ret_size = size;
	return true;
}

/* One item of the contents at *AT, and the section that it stands for, which
 * begins at *OFFSET. Moves both on. */
static bool
file_item(struct snapshot_file *f, struct snapshot_section *section,
    const unsigned char **at, uint64_t *offset, struct lift_error *err)
{
	const unsigned char *end = f->data + f->size - LAYOUT_FOOTER;
	uint64_t start, size, sum, name;
	char part[SNAPSHOT_NAME + 16];

	if (end - *at < LAYOUT_ITEM)
		return file_damaged(f, "the contents", f->contents_at, err);
	section->version = (uint32_t)layout_take(at, 4);
	section->seq = layout_take(at, 8);
	start = layout_take(at, 8);
	size = layout_take(at, 8);
	sum = layout_take(at, 8);
	name = layout_take(at, 2);
	if (name > SNAPSHOT_NAME || (uint64_t)(end - *at) < name ||
	    start != *offset || size > f->contents_at - start)
		return file_damaged(f, "the contents", f->contents_at, err);
	section->name = (struct lift_text){ (const char *)*at, name };
	section->bytes = (struct lift_text){ (const char *)f->data + start,
		size };
	*at += name;
	*offset += size;
	if (hash_text(section->bytes) == sum)
		return true;
	snprintf(part, sizeof(part), "section '%.*s'", (int)name,
	    section->name.data);
	return file_damaged(f, part, start, err);
}

static bool
file_read(struct snapshot_file *f, struct lift_error *err)
{
	const unsigned char *at;
	uint64_t offset;
	size_t header = 0;

	if (!file_header(f, &header, err) || !file_footer(f, err))
		return false;
	if (hash_bytes(f->data, header) != f->header_sum)
		return file_damaged(f, "the header", 0, err);
	at = f->data + f->contents_at;
	if (f->contents_at < header ||
	    hash_bytes(at, f->contents_size) != f->contents_sum)
		return file_damaged(f, "the contents", f->contents_at, err);
	offset = header;
	for (size_t i = 0; i < f->count; i++)
		if (!file_item(f, &f->sections[i], &at, &offset, err))
			return false;
	if (offset != f->contents_at ||
	    at != f->data + f->size - LAYOUT_FOOTER)
		return file_damaged(f, "the contents", f->contents_at, err);
	return true;
}

struct snapshot_file *
snapshot_file_borrow(struct lift_text bytes, const char *name,
    struct lift_error *err)
{
	struct snapshot_file *f = memory_take(sizeof(*f));

	f->name = memory_string(name);
	f->data = (const unsigned char *)bytes.data;
	f->size = bytes.size;
	if (file_read(f, err))
		return f;
	snapshot_file_close(f);
	return NULL;
}

/* Maps the file; an empty one is left to file_header. */
static bool
file_map(const char *path, struct lift_text *ret_bytes,
    struct lift_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map;

	if (fd < 0 || fstat(fd, &st) != 0) {
		lift_fail(err, LIFT_E_STORE, "snapshot '%s' cannot be opened: "
		    "%s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	*ret_bytes = (struct lift_text){ NULL, 0 };
	map = st.st_size == 0 ? NULL : mmap(NULL, (size_t)st.st_size,
	    PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return lift_fail(err, LIFT_E_STORE, "snapshot '%s' cannot be "
		    "mapped: %s", path, strerror(errno));
	if (map != NULL)
		*ret_bytes = (struct lift_text){ map, (size_t)st.st_size };
	return true;
}

struct snapshot_file *
snapshot_file_open(const char *path, struct lift_error *err)
{
	struct snapshot_file *f;
	struct lift_text bytes;

	if (!file_map(path, &bytes, err))
		return NULL;
	f = snapshot_file_borrow(bytes, path, err);
	if (f != NULL)
		f->map = (void *)(uintptr_t)bytes.data;
	else if (bytes.size > 0)
		munmap((void *)(uintptr_t)bytes.data, bytes.size);
	return f;
}

void
snapshot_file_close(struct snapshot_file *f)
{
	if (f == NULL)
		return;
	if (f->map != NULL)
		munmap(f->map, f->size);
	memory_give(f->name);
	memory_give(f);
}

uint64_t
snapshot_file_seq(const struct snapshot_file *f)
{
	return f->seq;
}

struct lift_text
snapshot_file_build(const struct snapshot_file *f)
{
	return f->build;
}

struct hash128
snapshot_file_digest(const struct snapshot_file *f)
{
	return f->digest;
}

size_t
snapshot_file_count(const struct snapshot_file *f)
{
	return f->count;
}

const struct snapshot_section *
snapshot_file_at(const struct snapshot_file *f, size_t place)
{
	return &f->sections[place];
}

const struct snapshot_section *
snapshot_file_find(const struct snapshot_file *f, struct lift_text name)
{
	for (size_t i = 0; i < f->count; i++)
		if (lift_text_equal(f->sections[i].name, name))
			return &f->sections[i];
	return NULL;
}

/* ---- the files of a directory ---------------------------------------- */

static bool
name_ends(const char *name, const char *suffix)
{
	size_t size = strlen(name), end = strlen(suffix);

	return size >= end && strcmp(name + size - end, suffix) == 0;
}

static int
name_is_snapshot(const struct dirent *entry)
{
	return strncmp(entry->d_name, "snapshot-", 9) == 0 &&
	    strlen(entry->d_name) == 9 + 20 + strlen(LAYOUT_SUFFIX) &&
	    name_ends(entry->d_name, LAYOUT_SUFFIX);
}

static int
name_is_leftover(const struct dirent *entry)
{
	return strncmp(entry->d_name, "snapshot-", 9) == 0 &&
	    name_ends(entry->d_name, LAYOUT_BESIDE);
}

/* Twenty digits each: the order of names is that of seqs. */
static int
name_newer(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*b)->d_name, (*a)->d_name);
}

static struct snapshot_file *
file_open_in(const char *state, const char *name, struct lift_error *err)
{
	struct text path = { 0 };
	struct snapshot_file *f;

	text_form(&path, "%s/%s", state, name);
	f = snapshot_file_open(path.data, err);
	text_done(&path);
	return f;
}

static bool
file_delete_in(const char *state, const char *name)
{
	struct text path = { 0 };
	bool gone;

	text_form(&path, "%s/%s", state, name);
	gone = unlink(path.data) == 0;
	text_done(&path);
	return gone;
}

static void
names_free(struct dirent **names, int count)
{
	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
}

struct snapshot_file *
snapshot_file_newest(const char *state, struct text *report,
    struct lift_error *err)
{
	struct snapshot_file *found = NULL;
	struct dirent **names;
	struct lift_error why;
	int count = scandir(state, &names, name_is_snapshot, name_newer);

	*err = (struct lift_error){ .code = LIFT_E_NONE };
	if (count < 0) {
		lift_fail(err, LIFT_E_SYSTEM, "the state directory '%s' "
		    "cannot be read: %s", state, strerror(errno));
		return NULL;
	}
	for (int i = 0; i < count && found == NULL; i++) {
		found = file_open_in(state, names[i]->d_name, &why);
		if (found == NULL)
			text_form(report, "%s\n", why.text);
	}
	names_free(names, count);
	return found;
}

/* A damaged one does not count among the two, and goes with what is older. */
unsigned
snapshot_sweep(const char *state)
{
	struct dirent **names;
	struct lift_error ignored;
	unsigned good = 0, swept = snapshot_sweep_leftovers(state);
	int count = scandir(state, &names, name_is_snapshot, name_newer);

	for (int i = 0; i < count; i++) {
		struct snapshot_file *f;

		if (good == 2) {
			swept += file_delete_in(state, names[i]->d_name);
			continue;
		}
		f = file_open_in(state, names[i]->d_name, &ignored);
		good += f != NULL;
		snapshot_file_close(f);
	}
	if (count >= 0)
		names_free(names, count);
	return swept;
}

unsigned
snapshot_sweep_leftovers(const char *state)
{
	struct dirent **names;
	unsigned swept = 0;
	int count = scandir(state, &names, name_is_leftover, name_newer);

	for (int i = 0; i < count; i++)
		swept += file_delete_in(state, names[i]->d_name);
	if (count >= 0)
		names_free(names, count);
	return swept;
}
