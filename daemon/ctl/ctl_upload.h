/* What is sent after a request: a file or standard input as it is, or the
 * files of a folder as JSON lines; in chunks, in constant memory. */
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

/* Closes and frees it; takes NULL. */
void ctl_upload_free(struct ctl_upload *);

#endif
