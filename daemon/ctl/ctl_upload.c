/* Reading what is to be sent. Of files of rules one is held at a time. What
 * begins as gzip does is unpacked on the way: a part of it is unpacked into
 * several chunks, so that a small file cannot fill the memory. */
#include "ctl/ctl_upload.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"

enum {
	UPLOAD_PART = 64 * 1024,
	UPLOAD_UNPACKED = 256 * 1024,
	UPLOAD_FILE = 4 << 20		/* what liftd takes */
};

/* The file's beginning decides; a pipe may give one byte at first. */
enum packing { UNKNOWN, PLAIN, GZIP };

struct ctl_upload {
	char           *path;
	int             fd;		/* of lines */
	bool            is_files, is_folder, is_over;
	struct dirent **names;		/* of a folder */
	int             count, at;
	int64_t         size, read;	/* in bytes of the file; 0: unknown */
	enum packing    packing;
	z_stream        zip;
	bool            zip_over;	/* a member of the gzip has ended */
	char            part[UPLOAD_PART];
	size_t          left;		/* of it, not yet used */
};

static int
is_rules(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 5 && d->d_name[0] != '.' &&
	    strcmp(d->d_name + n - 5, ".yaml") == 0;
}

static bool
path_fail(const char *path, struct lift_error *err)
{
	return lift_fail(err, LIFT_E_INPUT, "\"%s\" cannot be read: %s",
	    path, strerror(errno));
}

static int
path_open(const char *path)
{
	return strcmp(path, "-") == 0 ? dup(STDIN_FILENO) :
	    open(path, O_RDONLY | O_CLOEXEC);
}

static bool
upload_begin(struct ctl_upload *u, struct lift_error *err)
{
	struct stat st;

	if (strcmp(u->path, "-") != 0 && stat(u->path, &st) != 0)
		return path_fail(u->path, err);
	u->is_folder = strcmp(u->path, "-") != 0 && S_ISDIR(st.st_mode);
	if (!u->is_folder) {
		u->fd = path_open(u->path);
		if (u->fd >= 0 && fstat(u->fd, &st) == 0 &&
		    S_ISREG(st.st_mode))
			u->size = st.st_size;
		return u->fd >= 0 || path_fail(u->path, err);
	}
	if (!u->is_files)
		return lift_fail(err, LIFT_E_INPUT,
		    "\"%s\" is a folder, must be a file", u->path);
	u->count = scandir(u->path, &u->names, is_rules, alphasort);
	if (u->count < 0)
		return path_fail(u->path, err);
	return u->count > 0 || lift_fail(err, LIFT_E_INPUT,
	    "there is no *.yaml in \"%s\"", u->path);
}

struct ctl_upload *
ctl_upload_open(const char *path, bool is_files, struct lift_error *err)
{
	struct ctl_upload *u = memory_take(sizeof(*u));

	u->path = memory_string(path);
	u->fd = -1;
	u->is_files = is_files;
	if (upload_begin(u, err))
		return u;
	ctl_upload_free(u);
	return NULL;
}

int
ctl_upload_descriptor(const struct ctl_upload *u)
{
	return u->is_files || (u->packing == GZIP && u->left > 0) ? -1 : u->fd;
}

bool
ctl_upload_is_over(const struct ctl_upload *u)
{
	return u->is_over;
}

static void
chunk_add(struct text *out, struct lift_text bytes)
{
	text_form(out, "%zu\n", bytes.size);
	text_add(out, bytes.data, bytes.size);
}

/* ---- gzip ---------------------------------------------------------------- */

static bool
gzip_fail(const struct ctl_upload *u, const char *what, struct lift_error *err)
{
	return lift_fail(err, LIFT_E_INPUT, "\"%s\" is damaged gzip: %s, in "
	    "its first %lld bytes", u->path, what, (long long)u->read);
}

/* Unpacks what it can of the part; members may follow each other. */
static bool
gzip_fill(struct ctl_upload *u, struct text *out, struct lift_error *err)
{
	char unpacked[UPLOAD_UNPACKED];

	u->zip.next_out = (Bytef *)unpacked;
	u->zip.avail_out = sizeof(unpacked);
	if (u->zip_over && inflateReset(&u->zip) != Z_OK)
		return gzip_fail(u, "it cannot be begun", err);
	u->zip_over = false;
	int code = inflate(&u->zip, Z_NO_FLUSH);
	if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
		return gzip_fail(u, u->zip.msg != NULL ? u->zip.msg :
		    "it ends in the middle", err);
	u->zip_over = code == Z_STREAM_END;
	/* With room left over, all that could be unpacked was. */
	u->left = u->zip.avail_in > 0 ? u->zip.avail_in :
	    u->zip.avail_out == 0;
	size_t n = sizeof(unpacked) - u->zip.avail_out;
	if (n > 0)
		chunk_add(out, (struct lift_text){ unpacked, n });
	return true;
}

/* Takes the part that was read. */
static bool
gzip_take(struct ctl_upload *u, size_t size, struct text *out,
    struct lift_error *err)
{
	if (size == 0) {
		if (!u->zip_over)
			return gzip_fail(u, "it ends in the middle", err);
		chunk_add(out, LIFT_TEXT_OF(""));
		u->is_over = true;
		return true;
	}
	u->zip.next_in = (Bytef *)u->part;
	u->zip.avail_in = (uInt)size;
	return gzip_fill(u, out, err);
}

/* ---- lines --------------------------------------------------------------- */

/* Decides by the first two bytes; until these are there, they are kept. */
static void
packing_decide(struct ctl_upload *u, size_t size, bool is_end)
{
	const unsigned char *p = (const unsigned char *)u->part;

	if (u->packing != UNKNOWN || (size < 2 && !is_end))
		return;
	/* 16: with the head of gzip. */
	u->packing = size >= 2 && p[0] == 0x1f && p[1] == 0x8b &&
	    inflateInit2(&u->zip, 16 + MAX_WBITS) == Z_OK ? GZIP : PLAIN;
}

/* Reads behind what is kept of the part; *RET_SIZE are in it then. False when
 * nothing came, or reading failed (then ERR has a code). */
static bool
part_read(struct ctl_upload *u, size_t *ret_size, bool *ret_end,
    struct lift_error *err)
{
	size_t kept = u->packing == UNKNOWN ? u->left : 0;
	ssize_t n;

	do
		n = read(u->fd, u->part + kept, sizeof(u->part) - kept);
	while (n < 0 && errno == EINTR);
	err->code = LIFT_E_NONE;
	if (n < 0)
		return errno != EAGAIN && path_fail(u->path, err);
	u->read += n;
	*ret_size = kept + (size_t)n;
	*ret_end = n == 0;
	return true;
}

/* One read; a slow pipe gives small chunks. */
static bool
lines_fill(struct ctl_upload *u, struct text *out, struct lift_error *err)
{
	size_t size = 0;
	bool is_end = false;

	if (u->packing == GZIP && u->left > 0)
		return gzip_fill(u, out, err);
	if (!part_read(u, &size, &is_end, err))
		return err->code == LIFT_E_NONE;
	packing_decide(u, size, is_end);
	u->left = u->packing == UNKNOWN ? size : 0;
	if (u->packing == UNKNOWN)
		return true;
	if (u->packing == GZIP)
		return gzip_take(u, size, out, err);
	if (size > 0)
		chunk_add(out, (struct lift_text){ u->part, size });
	if (is_end)
		chunk_add(out, LIFT_TEXT_OF(""));
	u->is_over = is_end;
	return true;
}

static bool
file_read(int fd, const char *path, struct text *to, struct lift_error *err)
{
	ssize_t n;

	while ((n = read(fd, text_room(to, UPLOAD_PART), UPLOAD_PART)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return path_fail(path, err);
		to->size += (size_t)n;
		if (to->size > UPLOAD_FILE)
			return lift_fail(err, LIFT_E_INPUT, "\"%s\" is larger "
			    "than %d bytes", path, UPLOAD_FILE);
	}
	return true;
}

/* True when JSON would be longer than two digits a byte. */
static bool
is_controls(struct lift_text t)
{
	size_t size = 0;

	for (size_t i = 0; i < t.size; i++) {
		unsigned char c = (unsigned char)t.data[i];
		size += c == '\n' || c == '\t' || c == '\r' || c == '"' ||
		    c == '\\' ? 2 : c < ' ' || c == 0x7f ? 6 : 1;
	}
	return size > 2 * t.size;
}

/* JSON holds characters only: what is none goes as it is, two digits a byte,
 * so that the daemon can say what is wrong with it. */
static void
content_write(struct text *line, struct lift_text content)
{
	if (utf8_valid(content) && !is_controls(content)) {
		json_member_text(line, "text", content);
		return;
	}
	json_name(line, "bytes");
	text_byte(line, '"');
	for (size_t i = 0; i < content.size; i++)
		text_form(line, "%02x", (unsigned char)content.data[i]);
	text_byte(line, '"');
}

static bool
file_fill(const char *path, int fd, struct text *out, struct lift_error *err)
{
	struct text content = { 0 }, line = { 0 };
	bool ok = fd >= 0 ? file_read(fd, path, &content, err) :
	    path_fail(path, err);

	if (ok) {
		const char *slash = strrchr(path, '/');
		text_byte(&line, '{');
		json_member_string(&line, "name", slash ? slash + 1 : path);
		content_write(&line, text_view(&content));
		text_string(&line, "}\n");
		chunk_add(out, text_view(&line));
	}
	text_done(&content);
	text_done(&line);
	return ok;
}

static bool
folder_fill(struct ctl_upload *u, struct text *out, struct lift_error *err)
{
	struct text path = { 0 };
	size_t n = strlen(u->path);

	text_form(&path, "%s%s%s", u->path,
	    n > 0 && u->path[n - 1] == '/' ? "" : "/",
	    u->names[u->at]->d_name);
	int fd = path_open(path.data);
	bool ok = file_fill(path.data, fd, out, err);
	if (fd >= 0)
		close(fd);
	text_done(&path);
	return ok;
}

bool
ctl_upload_fill(struct ctl_upload *u, struct text *out, struct lift_error *err)
{
	if (!u->is_files)
		return lines_fill(u, out, err);
	if (u->at < (u->is_folder ? u->count : 1)) {
		bool ok = u->is_folder ? folder_fill(u, out, err) :
		    file_fill(u->path, u->fd, out, err);
		u->at++;
		return ok;
	}
	text_string(out, "0\n");
	u->is_over = true;
	return true;
}

int64_t
ctl_upload_size(const struct ctl_upload *u)
{
	return u->size;
}

int64_t
ctl_upload_read(const struct ctl_upload *u)
{
	return u->read;
}

bool
ctl_upload_identity(const char *path, char ret_identity[40])
{
	enum { ENDS = 64 * 1024 };
	struct text bytes = { 0 };
	struct stat st;
	int fd = strcmp(path, "-") == 0 ? -1 : path_open(path);
	bool ok = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);

	for (int i = 0; i < 2 && ok; i++) {
		off_t from = i == 1 && st.st_size > ENDS ? st.st_size - ENDS :
		    0;
		ssize_t n = pread(fd, text_room(&bytes, ENDS), ENDS, from);
		ok = n >= 0;
		bytes.size += ok ? (size_t)n : 0;
	}
	if (fd >= 0)
		close(fd);
	if (ok) {
		text_form(&bytes, "%lld", (long long)st.st_size);
		struct hash128 h = hash_wide(bytes.data, bytes.size);
		snprintf(ret_identity, 40, "f-%016llx%08llx",
		    (unsigned long long)h.high,
		    (unsigned long long)(h.low & 0xffffffff));
	}
	text_done(&bytes);
	return ok;
}

void
ctl_upload_free(struct ctl_upload *u)
{
	if (u == NULL)
		return;
	if (u->fd >= 0)
		close(u->fd);
	for (int i = 0; i < u->count; i++)
		free(u->names[i]);
	free(u->names);
	if (u->packing == GZIP)
		inflateEnd(&u->zip);
	memory_give(u->path);
	memory_give(u);
}
