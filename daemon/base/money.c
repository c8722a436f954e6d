/* Decimals to minor units and back. The exponents that differ from two are
 * those of ISO 4217 as published in 2025. */
#include "base/money.h"

#define PACK(a, b, c) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16)

static const struct { uint32_t currency; int exponent; } exponents[] = {
	{ PACK('B','H','D'), 3 }, { PACK('B','I','F'), 0 },
	{ PACK('C','L','F'), 4 }, { PACK('C','L','P'), 0 },
	{ PACK('D','J','F'), 0 }, { PACK('G','N','F'), 0 },
	{ PACK('I','Q','D'), 3 }, { PACK('I','S','K'), 0 },
	{ PACK('J','O','D'), 3 }, { PACK('J','P','Y'), 0 },
	{ PACK('K','M','F'), 0 }, { PACK('K','R','W'), 0 },
	{ PACK('K','W','D'), 3 }, { PACK('L','Y','D'), 3 },
	{ PACK('O','M','R'), 3 }, { PACK('P','Y','G'), 0 },
	{ PACK('R','W','F'), 0 }, { PACK('T','N','D'), 3 },
	{ PACK('U','G','X'), 0 }, { PACK('U','Y','I'), 0 },
	{ PACK('U','Y','W'), 4 }, { PACK('V','N','D'), 0 },
	{ PACK('V','U','V'), 0 }, { PACK('X','A','F'), 0 },
	{ PACK('X','O','F'), 0 }, { PACK('X','P','F'), 0 },
};

static const int64_t powers[] = { 1, 10, 100, 1000, 10000 };

uint32_t
currency_pack(struct lift_text code)
{
	if (code.size != 3)
		return 0;
	for (int i = 0; i < 3; i++)
		if (code.data[i] < 'A' || code.data[i] > 'Z')
			return 0;
	return PACK(code.data[0], code.data[1], code.data[2]);
}

void
currency_name(uint32_t currency, char ret_name[4])
{
	for (int i = 0; i < 3; i++)
		ret_name[i] = (char)(currency >> (8 * i) & 0xff);
	ret_name[3] = '\0';
}

int
currency_exponent(uint32_t currency)
{
	if (currency == PACK('E','U','R') || currency == 0)
		return 2;
	for (size_t i = 0; i < sizeof(exponents) / sizeof(exponents[0]); i++)
		if (exponents[i].currency == currency)
			return exponents[i].exponent;
	return 2;
}

/* A JSON number taken apart: its digits without leading zeros, and the power
 * of ten of the last one. */
struct decimal {
	bool    minus;
	int64_t digits;
	int     power;
};

static bool
decimal_digit(struct decimal *d, char c, int *zeros)
{
	/* Zeros are held back, so that 1.50000000000000000000 still fits. */
	if (c == '0') {
		++*zeros;
		return true;
	}
	for (; *zeros > 0; --*zeros)
		if (__builtin_mul_overflow(d->digits, 10, &d->digits))
			return false;
	return !__builtin_mul_overflow(d->digits, 10, &d->digits) &&
	    !__builtin_add_overflow(d->digits, c - '0', &d->digits);
}

static bool
decimal_exponent(const char *at, const char *end, int *ret_power)
{
	int v = 0, sign = 1;

	if (at < end && (*at == '+' || *at == '-'))
		sign = *at++ == '-' ? -1 : 1;
	if (at == end)
		return false;
	for (; at < end; at++) {
		if (*at < '0' || *at > '9' || v > 1000)
			return false;
		v = v * 10 + (*at - '0');
	}
	*ret_power = sign * v;
	return true;
}

static bool
decimal_read(struct lift_text t, struct decimal *d)
{
	const char *at = t.data, *end = t.data + t.size;
	int zeros = 0, power = 0;
	bool dot = false, any = false;

	*d = (struct decimal){ 0 };
	if (at < end && *at == '-') {
		d->minus = true;
		at++;
	}
	for (; at < end && *at != 'e' && *at != 'E'; at++) {
		if (*at == '.' && !dot && any) {
			dot = true;
			continue;
		}
		if (*at < '0' || *at > '9' || !decimal_digit(d, *at, &zeros))
			return false;
		any = true;
		d->power -= dot;
	}
	if (at < end && !decimal_exponent(at + 1, end, &power))
		return false;
	d->power += power + zeros;
	return any;
}

bool
money_read(struct lift_text number, uint32_t currency, int64_t *ret_minor)
{
	struct decimal d;

	if (!decimal_read(number, &d))
		return false;
	int shift = d.power + currency_exponent(currency);
	int64_t v = d.digits;
	if (v == 0)
		shift = 0;
	if (shift < 0 || shift > 18)
		return false;
	for (; shift > 0; shift--)
		if (__builtin_mul_overflow(v, 10, &v))
			return false;
	*ret_minor = d.minus ? -v : v;
	return true;
}

void
money_write(struct text *t, int64_t minor, uint32_t currency)
{
	int e = currency_exponent(currency);
	uint64_t u = minor < 0 ? -(uint64_t)minor : (uint64_t)minor;
	uint64_t p = (uint64_t)powers[e];

	if (minor < 0)
		text_byte(t, '-');
	text_form(t, "%llu", (unsigned long long)(u / p));
	if (e > 0)
		text_form(t, ".%0*llu", e, (unsigned long long)(u % p));
}

double
money_major(int64_t minor, uint32_t currency)
{
	return (double)minor / (double)powers[currency_exponent(currency)];
}
