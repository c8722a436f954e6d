/* Reading what is to be sent. A file of rules is at most as long as a line of
 * the wire, so one of them is held at a time. */
#include "ctl/ctl_upload.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"

enum { UPLOAD_PART = 64 * 1024, UPLOAD_FILE = 1 << 20 };

struct ctl_upload {
	char           *path;
	int             fd;		/* of lines */
	bool            is_files, is_folder, is_over;
	struct dirent **names;		/* of a folder */
	int             count, at;
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
	return u->is_files ? -1 : u->fd;
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

/* One read; a slow pipe gives small chunks. */
static bool
lines_fill(struct ctl_upload *u, struct text *out, struct lift_error *err)
{
	char part[UPLOAD_PART];
	ssize_t n;

	do
		n = read(u->fd, part, sizeof(part));
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return true;
	if (n < 0)
		return path_fail(u->path, err);
	chunk_add(out, (struct lift_text){ part, (size_t)n });
	u->is_over = n == 0;
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

/* JSON holds characters only: what is none goes as it is, two digits a byte,
 * so that the daemon can say what is wrong with it. */
static void
content_write(struct text *line, struct lift_text content)
{
	if (utf8_valid(content)) {
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
	memory_give(u->path);
	memory_give(u);
}
