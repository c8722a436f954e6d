/* Offsets out of TZif tables. Times before the table have the zone's first
 * type; times after it follow the POSIX rule of the footer, of which there may
 * be one with summer time "backwards" (Dublin, where winter is the exception),
 * with turns at odd hours of another day, or none. */
#include "rules/zone.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/instant.h"
#include "rules/zone_rule.h"

enum {
	ZONE_FILE_MOST = 256 * 1024,
	ZONE_NAME_MOST = 64,
	ZONE_WIDEST = 26 * 3600,	/* no offset reaches this, RFC 8536 */
	ZONE_HEADER = 44
};

struct zone {
	struct lift_text name;
	size_t           turns;
	int64_t         *times;
	int32_t         *offsets;	/* one more than turns: [0] is before */
	bool             has_rule;
	struct zone_rule rule;
};

/* ---- TZif ------------------------------------------------------------ */

struct header {
	uint32_t isut, isstd, leap, time, type, text;
	int      width;			/* of a time in the block */
};

static int64_t
big_endian(const unsigned char *at, int width)
{
	uint64_t v = width == 4 && at[0] & 0x80 ? ~UINT64_C(0) : 0;

	for (int i = 0; i < width; i++)
		v = v << 8 | at[i];
	return (int64_t)v;
}

static bool
header_read(struct lift_text t, int width, struct header *h)
{
	const unsigned char *at = (const unsigned char *)t.data;

	if (t.size < ZONE_HEADER || memcmp(at, "TZif", 4) != 0)
		return false;
	uint32_t *counts[] = { &h->isut, &h->isstd, &h->leap, &h->time,
		&h->type, &h->text };
	for (int i = 0; i < 6; i++) {
		int64_t v = big_endian(at + 20 + 4 * i, 4);
		if (v < 0 || v > ZONE_FILE_MOST)
			return false;
		*counts[i] = (uint32_t)v;
	}
	h->width = width;
	return h->type > 0;
}

/* The size of the block that a header announces. */
static size_t
header_covers(const struct header *h)
{
	size_t width = (size_t)h->width;

	return h->time * (width + 1) + h->type * 6 + h->text +
	    h->leap * (width + 4) + h->isstd + h->isut;
}

static struct lift_text
text_after(struct lift_text t, size_t skip)
{
	return (struct lift_text){ t.data + skip, t.size - skip };
}

static bool
type_offset(const unsigned char *types, const struct header *h, unsigned type,
    int32_t *ret_offset)
{
	if (type >= h->type)
		return false;
	int64_t v = big_endian(types + 6 * type, 4);
	if (v <= -ZONE_WIDEST || v >= ZONE_WIDEST)
		return false;
	*ret_offset = (int32_t)v;
	return true;
}

static bool
block_read(struct arena *a, struct zone *z, const struct header *h,
    struct lift_text block)
{
	const unsigned char *times = (const unsigned char *)block.data;
	const unsigned char *indices = times + h->time * (size_t)h->width;
	const unsigned char *types = indices + h->time;

	z->turns = h->time;
	z->times = arena_array(a, int64_t, h->time + 1);
	z->offsets = arena_array(a, int32_t, h->time + 1);
	if (!type_offset(types, h, 0, &z->offsets[0]))
		return false;
	for (size_t i = 0; i < h->time; i++) {
		z->times[i] = big_endian(times + i * (size_t)h->width,
		    h->width);
		if (i > 0 && z->times[i] <= z->times[i - 1])
			return false;
		if (!type_offset(types, h, indices[i], &z->offsets[i + 1]))
			return false;
	}
	return true;
}

static bool
footer_read(struct zone *z, struct lift_text t)
{
	const char *end;

	if (t.size < 2 || t.data[0] != '\n')
		return false;
	t = text_after(t, 1);
	if ((end = memchr(t.data, '\n', t.size)) == NULL)
		return false;
	t.size = (size_t)(end - t.data);
	z->has_rule = t.size > 0;
	return !z->has_rule || zone_rule_read(t, &z->rule);
}

static bool
file_read(struct arena *a, struct zone *z, struct lift_text t,
    const char **ret_trouble)
{
	struct header h;
	int version;

	*ret_trouble = "is damaged";
	if (!header_read(t, 4, &h))
		return false;
	version = t.data[4];
	if (version != 0) {
		/* The first block is for readers that know 32 bits only. */
		size_t skip = ZONE_HEADER + header_covers(&h);
		if (t.size < skip)
			return false;
		t = text_after(t, skip);
		if (!header_read(t, 8, &h))
			return false;
	}
	t = text_after(t, ZONE_HEADER);
	if (t.size < header_covers(&h) || !block_read(a, z, &h, t))
		return false;
	*ret_trouble = "counts leap seconds, which liftd does not";
	if (h.leap > 0)
		return false;
	*ret_trouble = "has a footer that is no POSIX rule";
	return version == 0 || footer_read(z, text_after(t, header_covers(&h)));
}

struct zone *
zone_read(struct arena *a, struct lift_text name, struct lift_text bytes,
    struct lift_error *err)
{
	struct zone *z = arena_take(a, sizeof(*z));
	const char *trouble;

	z->name = arena_text(a, name);
	if (file_read(a, z, bytes, &trouble))
		return z;
	lift_fail(err, LIFT_E_INPUT, "the file of the time zone \"%.*s\" %s",
	    (int)name.size, name.data, trouble);
	return NULL;
}

/* ---- the nearest name ------------------------------------------------ */

struct search {
	char     wanted[ZONE_NAME_MOST];	/* in small letters */
	char     best[ZONE_NAME_MOST];
	unsigned distance;
};

static void
small_letters(char *to, const char *from, size_t size)
{
	for (size_t i = 0; i < size; i++)
		to[i] = from[i] >= 'A' && from[i] <= 'Z' ?
		    (char)(from[i] - 'A' + 'a') : from[i] == ' ' ? '_' :
		    from[i];
	to[size] = '\0';
}

/* People write `London` as often as they mistype it, so that the last part of
 * a name counts as much as the whole. */
static void
search_offer(struct search *s, const char *name)
{
	char small[ZONE_NAME_MOST];
	size_t size = strlen(name);

	if (size >= sizeof(small))
		return;
	small_letters(small, name, size);
	unsigned d = text_distance(lift_text(small), lift_text(s->wanted), 3);
	const char *city = strrchr(small, '/');
	if (city != NULL) {
		/* Of a short word, half would be guessed. */
		unsigned c = strlen(city + 1) < 5 ? 9 : text_distance(
		    lift_text(city + 1), lift_text(s->wanted), 3);
		d = c < d ? c : d;
	}
	if (d > s->distance || (d == s->distance && s->best[0] != '\0' &&
	    strcmp(name, s->best) > 0))
		return;
	s->distance = d;
	memcpy(s->best, name, size + 1);
}

static void
search_folder(struct search *s, const char *folder, const char *under,
    int depth)
{
	char path[4096], name[ZONE_NAME_MOST];
	struct dirent *e;
	struct stat st;
	DIR *d;

	snprintf(path, sizeof(path), "%s/%s", folder, under);
	if (depth > 3 || (d = opendir(path)) == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		/* Small letters and dots: tables, and the copies in `posix`
		 * and `right`. */
		if (e->d_name[0] < 'A' || e->d_name[0] > 'Z' ||
		    snprintf(name, sizeof(name), "%s%s%s", under,
		    under[0] ? "/" : "", e->d_name) >= (int)sizeof(name) ||
		    fstatat(dirfd(d), e->d_name, &st, 0) != 0)
			continue;
		if (S_ISDIR(st.st_mode))
			search_folder(s, folder, name, depth + 1);
		else
			search_offer(s, name);
	}
	closedir(d);
}

static void
unknown(const char *folder, struct lift_text name, struct lift_error *err)
{
	struct search s = { .distance = name.size < 6 ? 1 : 2 };

	if (name.size < sizeof(s.wanted)) {
		small_letters(s.wanted, name.data, name.size);
		search_folder(&s, folder, "", 0);
	}
	if (s.best[0] != '\0')
		lift_fail(err, LIFT_E_INPUT, "there is no time zone "
		    "\"%.*s\", the nearest name is \"%s\"", (int)name.size,
		    name.data, s.best);
	else
		lift_fail(err, LIFT_E_INPUT, "there is no time zone "
		    "\"%.*s\", a name is like \"Europe/London\", \"UTC\" or "
		    "\"+02:00\"", (int)(name.size < 80 ? name.size : 80),
		    name.data);
}

/* ---- opening --------------------------------------------------------- */

static struct zone *
zone_fixed(struct arena *a, struct lift_text name, int32_t offset)
{
	struct zone *z = arena_take(a, sizeof(*z));

	z->name = arena_text(a, name);
	z->times = arena_array(a, int64_t, 1);
	z->offsets = arena_array(a, int32_t, 1);
	z->offsets[0] = offset;
	return z;
}

static bool
read_fixed(struct lift_text t, int32_t *ret_offset)
{
	static const char form[] = "+00:00";
	int v[6];

	if (t.size != 6 || (t.data[0] != '+' && t.data[0] != '-') ||
	    t.data[3] != ':')
		return false;
	for (int i = 1; i < 6; i++) {
		v[i] = t.data[i] - form[i];
		if (v[i] < 0 || v[i] > 9)
			return false;
	}
	int hours = v[1] * 10 + v[2], minutes = v[4] * 10 + v[5];
	if (hours > 23 || minutes > 59)
		return false;
	int32_t offset = hours * 3600 + minutes * 60;
	*ret_offset = t.data[0] == '-' ? -offset : offset;
	return true;
}

/* Names come from rule files, so they must not lead out of the folder. */
static bool
is_safe(struct lift_text name)
{
	if (name.size == 0 || name.size >= ZONE_NAME_MOST ||
	    name.data[0] == '/' || name.data[0] == '.')
		return false;
	for (size_t i = 0; i < name.size; i++) {
		char c = name.data[i];
		bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+';
		if (!word && (c != '/' || i + 1 == name.size))
			return false;
	}
	return true;
}

/* The bytes of a regular file; false with errno when there are none. */
static bool
slurp(struct arena *a, const char *path, struct lift_text *ret_bytes)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return false;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size > ZONE_FILE_MOST) {
		close(fd);
		errno = ENOENT;
		return false;
	}
	size_t size = (size_t)st.st_size, have = 0;
	char *data = arena_take(a, size + 1);
	while (have < size) {
		ssize_t n = read(fd, data + have, size - have);
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	close(fd);
	*ret_bytes = (struct lift_text){ data, have };
	return true;
}

struct zone *
zone_open_in(struct arena *a, const char *folder, struct lift_text name,
    struct lift_error *err)
{
	char path[4096];
	struct lift_text bytes;
	int32_t offset;

	if (lift_text_equal(name, lift_text("UTC")))
		return zone_fixed(a, name, 0);
	if (read_fixed(name, &offset))
		return zone_fixed(a, name, offset);
	if (!is_safe(name) || snprintf(path, sizeof(path), "%s/%.*s", folder,
	    (int)name.size, name.data) >= (int)sizeof(path) ||
	    !slurp(a, path, &bytes)) {
		unknown(folder, name, err);
		return NULL;
	}
	return zone_read(a, name, bytes, err);
}

struct zone *
zone_open(struct arena *a, struct lift_text name, struct lift_error *err)
{
	return zone_open_in(a, ZONE_FOLDER, name, err);
}

/* ---- questions ------------------------------------------------------- */

struct lift_text
zone_name(const struct zone *z)
{
	return z->name;
}

/* How many turns of the table have happened by a time. */
static size_t
turns_until(const struct zone *z, int64_t utc)
{
	size_t low = 0, high = z->turns;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (z->times[middle] <= utc)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct zone_stretch
zone_stretch(const struct zone *z, int64_t utc)
{
	size_t n = turns_until(z, utc);
	struct zone_stretch s = {
		.from = n > 0 ? z->times[n - 1] : INT64_MIN,
		.until = n < z->turns ? z->times[n] : INT64_MAX,
		.offset = z->offsets[n],
	};

	if (n < z->turns || !z->has_rule)
		return s;
	struct zone_stretch r = zone_rule_stretch(&z->rule, utc);
	if (r.from < s.from)
		r.from = s.from;
	return r;
}

int32_t
zone_offset(const struct zone *z, int64_t utc)
{
	return zone_stretch(z, utc).offset;
}

enum zone_fit
zone_utc(const struct zone *z, int64_t local, int64_t *ret_first,
    int64_t *ret_second)
{
	int64_t hits[2], gap = local - zone_offset(z, local);
	struct zone_stretch s = zone_stretch(z, local - ZONE_WIDEST);
	int count = 0;

	for (;;) {
		int64_t utc = local - s.offset;
		if (utc >= s.from && utc < s.until && count < 2)
			hits[count++] = utc;
		if (s.until > local + ZONE_WIDEST)
			break;
		struct zone_stretch next = zone_stretch(z, s.until);
		if (utc >= s.until && local - next.offset < s.until)
			gap = s.until;
		s = next;
	}
	*ret_first = count > 0 ? hits[0] : gap;
	*ret_second = count > 0 ? hits[count - 1] : gap;
	return count == 0 ? ZONE_GAP : count == 1 ? ZONE_ONCE : ZONE_FOLD;
}
