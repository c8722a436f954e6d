/* Memory of the plugin: arrays that grow. */
#include "detection.h"

#include <stdlib.h>

void *
sure(void *at)
{
	if (at == NULL)
		abort();
	return at;
}

void *
grown(void *items, uint32_t count, uint32_t *room, size_t size)
{
	uint32_t more;

	if (count < *room)
		return items;
	more = count + count / 2 + 16;
	items = sure(realloc(items, more * size));
	memset((char *)items + *room * size, 0, (more - *room) * size);
	*room = more;
	return items;
}

void *
clean(void *at, size_t size)
{
	return memset(at, 0, size);
}
