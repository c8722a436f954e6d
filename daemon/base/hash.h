/* Hashes of bytes (xxHash's XXH3): 64 bits for tables, 128 for identities and
 * digests. Good against accidents, not against an enemy. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <liftd/plugin.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct hash128 {
	uint64_t low, high;
};

/* The 64-bit hash of SIZE bytes. */
static inline uint64_t
hash_bytes(const void *data, size_t size)
{
	return XXH3_64bits(data, size);
}

/* The 64-bit hash of a text. */
static inline uint64_t
hash_text(struct lift_text t)
{
	return XXH3_64bits(t.data, t.size);
}

/* The 128-bit hash of SIZE bytes. */
static inline struct hash128
hash_wide(const void *data, size_t size)
{
	XXH128_hash_t h = XXH3_128bits(data, size);

	return (struct hash128){ h.low64, h.high64 };
}

/* True when both hashes are the same. */
static inline bool
hash128_equal(struct hash128 a, struct hash128 b)
{
	return a.low == b.low && a.high == b.high;
}

/* One number mixed into another, well enough for a table. */
static inline uint64_t
hash_mix(uint64_t a, uint64_t b)
{
	uint64_t x = a ^ (b + UINT64_C(0x9e3779b97f4a7c15) + (a << 6));

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

#endif
