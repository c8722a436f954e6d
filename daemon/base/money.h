/* Amounts of money: whole minor units with a currency, exact at each step. At
 * the doors they are decimals in major units. */
#ifndef BASE_MONEY_H
#define BASE_MONEY_H

#include <liftd/plugin.h>

#include "base/text.h"

/* The packed form of a three-letter code; 0 when it is none of ISO 4217's
 * form. */
uint32_t currency_pack(struct lift_text code);

/* Writes the three letters and a zero. */
void currency_name(uint32_t currency, char ret_name[4]);

/* How many decimals the currency has: yen 0, euro 2, dinar 3. */
int currency_exponent(uint32_t currency);

/* Reads a JSON number as minor units, exactly: false when it has more decimals
 * than the currency or does not fit, with *ret_minor untouched. */
bool money_read(struct lift_text number, uint32_t currency,
    int64_t *ret_minor);

/* Appends minor units as a decimal in major units. */
void money_write(struct text *, int64_t minor, uint32_t currency);

/* Minor units as a double in major units, for expressions and display. */
double money_major(int64_t minor, uint32_t currency);

#endif
