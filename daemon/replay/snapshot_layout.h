/* Where things lie in a snapshot's file, for its writer and its reader. */
#ifndef REPLAY_SNAPSHOT_LAYOUT_H
#define REPLAY_SNAPSHOT_LAYOUT_H

#include <liftd/plugin.h>

#define LAYOUT_MAGIC	"liftsnap"
#define LAYOUT_END	"liftdone"
#define LAYOUT_HEADER	26	/* magic 8, format 4, size 4, seq 8, build 2+ */
#define LAYOUT_ITEM	38	/* version 4, seq 8, offset 8, size 8, sum 8,
				 * name 2+ */
#define LAYOUT_FOOTER	80	/* digest 16, contents 8 8 8 8, header 8,
				 * file 8, end 8, own sum 8 */
#define LAYOUT_SUFFIX	".lift"
#define LAYOUT_BESIDE	".lift.new"

/* Writes the low SIZE bytes of NUMBER at AT; returns where the next one
 * goes. */
static inline unsigned char *
layout_put(unsigned char *at, uint64_t number, int size)
{
	for (int i = 0; i < size; i++, number >>= 8)
		*at++ = (unsigned char)number;
	return at;
}

/* Reads a number of SIZE bytes at *AT and moves it on. */
static inline uint64_t
layout_take(const unsigned char **at, int size)
{
	uint64_t number = 0;

	for (int i = size; i-- > 0; )
		number = number << 8 | (*at)[i];
	*at += size;
	return number;
}

#endif
