/* Fuzzes the reader of snapshots. The sums stop most of what a fuzzer makes up,
 * so the input is read twice: as it is, and with the sums of footer, contents
 * and header put right, to get behind them. */
#include <stdlib.h>

#include "base/memory.h"
#include "replay/snapshot_file.h"
#include "replay/snapshot_layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_read(const unsigned char *data, size_t size)
{
	struct lift_error err;
	struct snapshot_file *f = snapshot_file_borrow((struct lift_text){
	    (const char *)data, size }, "fuzz", &err);
	uint64_t sum = 0;

	if (f == NULL)
		return;
	/* Touch all that is promised. */
	for (size_t i = 0; i < snapshot_file_count(f); i++)
		sum ^= hash_text(snapshot_file_at(f, i)->bytes) ^
		    hash_text(snapshot_file_at(f, i)->name);
	if (sum == 1 && snapshot_file_build(f).size == 1)
		abort();
	snapshot_file_close(f);
}

/* Makes the sums fit what they stand over, where it lies inside. */
static void
fuzz_mend(unsigned char *data, size_t size)
{
	unsigned char *footer = data + size - LAYOUT_FOOTER;
	const unsigned char *at = footer + 16;
	uint64_t start = size - LAYOUT_FOOTER;
	uint64_t contents = layout_take(&at, 8) % (start + 1);
	uint64_t header;

	at = data + 12;
	header = layout_take(&at, 4) % (start + 1);
	memcpy(data, LAYOUT_MAGIC, 8);
	layout_put(data + 8, SNAPSHOT_FORMAT, 4);
	layout_put(data + 12, header, 4);
	layout_put(footer + 16, contents, 8);
	layout_put(footer + 24, start - contents, 8);
	layout_put(footer + 40, hash_bytes(data + contents,
	    start - contents), 8);
	layout_put(footer + 48, hash_bytes(data, header), 8);
	layout_put(footer + 56, size, 8);
	memcpy(footer + 64, LAYOUT_END, 8);
	layout_put(footer + 72, hash_bytes(footer, LAYOUT_FOOTER - 8), 8);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *copy;

	fuzz_read(data, size);
	if (size < LAYOUT_HEADER + LAYOUT_FOOTER)
		return 0;
	copy = memory_raw(size);
	memcpy(copy, data, size);
	fuzz_mend(copy, size);
	fuzz_read(copy, size);
	memory_give(copy);
	return 0;
}
