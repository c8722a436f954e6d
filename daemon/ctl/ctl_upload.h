/* What is sent after a request: a file or standard input as it is, or the
 * files of a folder as JSON lines; in chunks, in constant memory. A file of
 * lines that is packed by gzip is sent unpacked. */
#ifndef CTL_UPLOAD_H
#define CTL_UPLOAD_H

#include "base/text.h"

struct ctl_upload;

/* Opens PATH for sending; `-` is standard input. IS_FILES: a file, or all
 * *.yaml of a folder in order, a line {"name", "text"} each. Freed with
 * ctl_upload_free. Fails for what cannot be read. */
struct ctl_upload *ctl_upload_open(const char *path, bool is_files,
    struct lift_error *);

/* The descriptor to wait for before ctl_upload_fill; -1 when there is nothing
 * to wait for. */
int ctl_upload_descriptor(const struct ctl_upload *);

/* Appends the next chunk, at the end the chunk of 0. Fails when reading does;
 * then nothing may be sent any more, for half an upload is none. */
bool ctl_upload_fill(struct ctl_upload *, struct text *, struct lift_error *);

/* True when the chunk of 0 has been appended. */
bool ctl_upload_is_over(const struct ctl_upload *);

/* How many bytes the file has, 0 when that is not known, and how many of them
 * were read. */
int64_t ctl_upload_size(const struct ctl_upload *);
int64_t ctl_upload_read(const struct ctl_upload *);

/* What the file at PATH is known by when it comes again: a digest of its size
 * and of its first and last 64 KiB, as they lie there. False for what is no
 * file that can be read twice. */
bool ctl_upload_identity(const char *path, char ret_identity[40]);

/* Closes and frees it; takes NULL. */
void ctl_upload_free(struct ctl_upload *);

#endif
