/* A snapshot's file: STATE/snapshot-<seq, 20 digits>.lift, a container of named
 * sections that is whole or refused. All numbers are little-endian.
 *
 *	header	  "liftsnap", format, size of the header, seq, build id
 *	sections  the bytes of each, end to end
 *	contents  for each: version, seq, offset, size, XXH3, name
 *	footer	  the state's digest; offset, size, count and XXH3 of the
 *		  contents; XXH3 of the header; size of the file; "liftdone";
 *		  XXH3 of the footer
 *
 * Every byte is under one of the sums: a file that is cut or has a flipped bit
 * is refused, with the section and offset where it is hurt. A writer writes
 * beside, flushes, and renames, so that a name stands for a whole file. */
#ifndef REPLAY_SNAPSHOT_FILE_H
#define REPLAY_SNAPSHOT_FILE_H

#include "base/hash.h"
#include "base/text.h"

#define SNAPSHOT_FORMAT		1
#define SNAPSHOT_SECTIONS	64	/* at most */
#define SNAPSHOT_NAME		63	/* bytes of a section's name */
#define SNAPSHOT_BUILD		255	/* bytes of a build id */

/* One section: NAME's state in its own VERSION, as of its own SEQ. */
struct snapshot_section {
	struct lift_text name;
	uint32_t         version;
	uint64_t         seq;
	struct lift_text bytes;
};

struct snapshot_writer;
struct snapshot_file;

/* ---- writing --------------------------------------------------------- */

/* Begins a snapshot as of SEQ in a file beside its final name. Give the writer
 * to snapshot_writer_commit.
 * Fails: LIFT_E_SYSTEM: the file cannot be made. */
struct snapshot_writer *snapshot_writer_new(const char *state, uint64_t seq,
    struct lift_text build, struct lift_error *);

/* Begins a section; the one before must have ended. A failure from here on is
 * kept, and said by snapshot_writer_commit. */
void snapshot_section_begin(struct snapshot_writer *, struct lift_text name,
    uint32_t version, uint64_t seq);

/* Appends to the section. */
void snapshot_section_append(struct snapshot_writer *, const void *data,
    size_t size);

/* Ends the section. */
void snapshot_section_end(struct snapshot_writer *);

/* The snapshot has its name, and is on the disk; DIGEST is the state's. Frees
 * the writer. On failure nothing of it is left, and `again` is set. */
bool snapshot_writer_commit(struct snapshot_writer *, struct hash128 digest,
    struct lift_error *);

/* Deletes what is older than the two newest good snapshots, and what writers
 * that died have left; no writer may be at work. Returns how many files. */
unsigned snapshot_sweep(const char *state);

/* Deletes only what writers that died have left; no writer may be at work.
 * Returns how many files. */
unsigned snapshot_sweep_leftovers(const char *state);

/* ---- reading --------------------------------------------------------- */

/* A snapshot with every sum compared, closed with snapshot_file_close.
 * Fails: LIFT_E_STORE: cut, damaged, of another format; with the file, the
 * section and the offset. */
struct snapshot_file *snapshot_file_open(const char *path,
    struct lift_error *);

/* The same over bytes that the caller keeps; NAME is for sentences. */
struct snapshot_file *snapshot_file_borrow(struct lift_text bytes,
    const char *name, struct lift_error *);

/* Closes the file, and its sections' bytes go; takes NULL. */
void snapshot_file_close(struct snapshot_file *);

/* The newest good snapshot in the directory. NULL with err->code none when
 * there is no good one. Each damaged one is passed over, and said in a line
 * of REPORT. */
struct snapshot_file *snapshot_file_newest(const char *state,
    struct text *report, struct lift_error *);

/* The seq that the snapshot is as of. */
uint64_t snapshot_file_seq(const struct snapshot_file *);

/* The id of the build that wrote it. */
struct lift_text snapshot_file_build(const struct snapshot_file *);

/* The digest of the state that it holds. */
struct hash128 snapshot_file_digest(const struct snapshot_file *);

/* How many sections there are. */
size_t snapshot_file_count(const struct snapshot_file *);

/* The section at PLACE, borrowed until the file is closed. */
const struct snapshot_section *snapshot_file_at(const struct snapshot_file *,
    size_t place);

/* The section of that name; NULL when there is none. */
const struct snapshot_section *snapshot_file_find(
    const struct snapshot_file *, struct lift_text name);

#endif
