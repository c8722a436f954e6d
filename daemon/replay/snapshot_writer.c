/* Writing a snapshot. A failure is kept until commit, so that whoever saves a
 * plugin's state need not look after each append. */
#include "replay/snapshot_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/memory.h"
#include "replay/snapshot_layout.h"

#define WRITER_BUFFER	((size_t)256 << 10)

struct writer_item {
	char     name[SNAPSHOT_NAME + 1];
	size_t   name_size;
	uint32_t version;
	uint64_t seq, offset, size, sum;
};

struct snapshot_writer {
	char              *state, *name, *beside;
	int                fd;
	bool               is_open;		/* a section */
	struct lift_error  trouble;
	uint64_t           offset;		/* of the buffer's end */
	uint64_t           header_sum;
	XXH3_state_t      *sum;			/* of the section */
	struct writer_item items[SNAPSHOT_SECTIONS];
	size_t             count;
	size_t             used;
	unsigned char      buffer[WRITER_BUFFER];
};

static void
writer_fail(struct snapshot_writer *w, const char *doing)
{
	if (w->trouble.code != LIFT_E_NONE)
		return;
	lift_fail(&w->trouble, LIFT_E_SYSTEM, "snapshot '%s' cannot be %s: %s",
	    w->name, doing, strerror(errno));
	w->trouble.again = true;
}

static void
writer_flush(struct snapshot_writer *w)
{
	size_t at = 0;

	while (at < w->used && w->trouble.code == LIFT_E_NONE) {
		ssize_t n = write(w->fd, w->buffer + at, w->used - at);

		if (n > 0)
			at += (size_t)n;
		else if (n == 0 || errno != EINTR)
			writer_fail(w, "written");
	}
	w->used = 0;
}

static void
writer_add(struct snapshot_writer *w, const void *data, size_t size)
{
	const char *at = data;

	w->offset += size;
	while (size > 0) {
		size_t part = WRITER_BUFFER - w->used;

		if (part > size)
			part = size;
		memcpy(w->buffer + w->used, at, part);
		w->used += part;
		at += part;
		size -= part;
		if (w->used == WRITER_BUFFER)
			writer_flush(w);
	}
}

static void
writer_header(struct snapshot_writer *w, uint64_t seq, struct lift_text build)
{
	unsigned char header[LAYOUT_HEADER + SNAPSHOT_BUILD], *at = header;
	size_t size = build.size < SNAPSHOT_BUILD ? build.size :
	    SNAPSHOT_BUILD;

	memcpy(at, LAYOUT_MAGIC, 8);
	at = layout_put(at + 8, SNAPSHOT_FORMAT, 4);
	at = layout_put(at, LAYOUT_HEADER + size, 4);
	at = layout_put(at, seq, 8);
	at = layout_put(at, size, 2);
	if (size > 0)
		memcpy(at, build.data, size);
	w->header_sum = hash_bytes(header, LAYOUT_HEADER + size);
	writer_add(w, header, LAYOUT_HEADER + size);
}

static void
writer_free(struct snapshot_writer *w)
{
	if (w->fd >= 0)
		close(w->fd);
	XXH3_freeState(w->sum);
	memory_give(w->state);
	memory_give(w->name);
	memory_give(w->beside);
	memory_give(w);
}

static char *
writer_path(const char *state, uint64_t seq, const char *suffix)
{
	struct text path = { 0 };

	text_form(&path, "%s/snapshot-%020" PRIu64 "%s", state, seq, suffix);
	return path.data;
}

struct snapshot_writer *
snapshot_writer_new(const char *state, uint64_t seq, struct lift_text build,
    struct lift_error *err)
{
	struct snapshot_writer *w = memory_take(sizeof(*w));

	w->state = memory_string(state);
	w->name = writer_path(state, seq, LAYOUT_SUFFIX);
	w->beside = writer_path(state, seq, LAYOUT_BESIDE);
	w->sum = XXH3_createState();
	w->fd = open(w->beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (w->fd >= 0 && w->sum != NULL) {
		writer_header(w, seq, build);
		return w;
	}
	writer_fail(w, "made");
	*err = w->trouble;
	writer_free(w);
	return NULL;
}

/* What follows is kept as our own mistake. */
static void
writer_misused(struct snapshot_writer *w, const char *what)
{
	if (w->trouble.code == LIFT_E_NONE)
		lift_fail(&w->trouble, LIFT_E_BUG, "snapshot '%s': %s",
		    w->name, what);
}

void
snapshot_section_begin(struct snapshot_writer *w, struct lift_text name,
    uint32_t version, uint64_t seq)
{
	struct writer_item *item = &w->items[w->count];

	if (w->is_open || w->count == SNAPSHOT_SECTIONS ||
	    name.size == 0 || name.size > SNAPSHOT_NAME) {
		writer_misused(w, "a section is open, too many, or misnamed");
		return;
	}
	for (size_t i = 0; i < w->count; i++)
		if (lift_text_equal(name, (struct lift_text){
		    w->items[i].name, w->items[i].name_size }))
			writer_misused(w, "a section comes twice");
	memcpy(item->name, name.data, name.size);
	item->name_size = name.size;
	item->version = version;
	item->seq = seq;
	item->offset = w->offset;
	XXH3_64bits_reset(w->sum);
	w->is_open = true;
}

void
snapshot_section_append(struct snapshot_writer *w, const void *data,
    size_t size)
{
	if (!w->is_open) {
		writer_misused(w, "bytes outside of a section");
		return;
	}
	if (size == 0)
		return;
	XXH3_64bits_update(w->sum, data, size);
	writer_add(w, data, size);
}

void
snapshot_section_end(struct snapshot_writer *w)
{
	struct writer_item *item = &w->items[w->count];

	if (!w->is_open) {
		writer_misused(w, "no section to end");
		return;
	}
	item->size = w->offset - item->offset;
	item->sum = XXH3_64bits_digest(w->sum);
	w->count++;
	w->is_open = false;
}

static void
writer_contents(struct snapshot_writer *w, struct text *contents)
{
	for (size_t i = 0; i < w->count; i++) {
		const struct writer_item *item = &w->items[i];
		unsigned char head[LAYOUT_ITEM], *at = head;

		at = layout_put(at, item->version, 4);
		at = layout_put(at, item->seq, 8);
		at = layout_put(at, item->offset, 8);
		at = layout_put(at, item->size, 8);
		at = layout_put(at, item->sum, 8);
		layout_put(at, item->name_size, 2);
		text_add(contents, head, sizeof(head));
		text_add(contents, item->name, item->name_size);
	}
}

static void
writer_footer(struct snapshot_writer *w, struct hash128 digest)
{
	unsigned char footer[LAYOUT_FOOTER], *at = footer;
	struct text contents = { 0 };
	uint64_t offset = w->offset;

	writer_contents(w, &contents);
	if (contents.size > 0)
		writer_add(w, contents.data, contents.size);
	at = layout_put(at, digest.low, 8);
	at = layout_put(at, digest.high, 8);
	at = layout_put(at, offset, 8);
	at = layout_put(at, contents.size, 8);
	at = layout_put(at, w->count, 8);
	at = layout_put(at, hash_text(text_view(&contents)), 8);
	at = layout_put(at, w->header_sum, 8);
	at = layout_put(at, w->offset + LAYOUT_FOOTER, 8);
	memcpy(at, LAYOUT_END, 8);
	layout_put(at + 8, hash_bytes(footer, LAYOUT_FOOTER - 8), 8);
	writer_add(w, footer, sizeof(footer));
	text_done(&contents);
}

/* A rename is on the disk when its directory is. */
static void
writer_name(struct snapshot_writer *w)
{
	int dir;

	if (fsync(w->fd) != 0) {
		writer_fail(w, "flushed");
		return;
	}
	if (rename(w->beside, w->name) != 0) {
		writer_fail(w, "named");
		return;
	}
	dir = open(w->state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || fsync(dir) != 0)
		writer_fail(w, "flushed");
	if (dir >= 0)
		close(dir);
}

bool
snapshot_writer_commit(struct snapshot_writer *w, struct hash128 digest,
    struct lift_error *err)
{
	bool good;

	if (w->is_open)
		writer_misused(w, "the last section has not ended");
	writer_footer(w, digest);
	writer_flush(w);
	if (w->trouble.code == LIFT_E_NONE)
		writer_name(w);
	good = w->trouble.code == LIFT_E_NONE;
	if (!good) {
		*err = w->trouble;
		unlink(w->beside);
	}
	writer_free(w);
	return good;
}
