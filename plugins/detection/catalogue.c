/* What the catalogue says of a product, for those who read of it in an alert:
 * where it stands, what it costs beside what is promoted, how many are left.
 * The stock is what the shop puts under `stock` among the attributes. */
#include "detection.h"

#include <math.h>

static void
text_write(struct sheet *s, const char *name, struct lift_text t)
{
	if (t.size == 0)
		return;
	sheet_name(s, name);
	sheet_string(s, t);
}

void
catalogue_write(const struct detection *d, uint32_t product, double promo,
    struct sheet *s)
{
	const struct lift_product *p = d->host->product(d->host, product);

	if (p == NULL)
		return;
	text_write(s, "category", p->category);
	text_write(s, "brand", p->brand);
	if (p->price.currency != 0)
		sheet_number(s, "price", (double)p->price.minor / pow(10,
		    d->host->digits(d->host, p->price.currency)), 4);
	if (p->price.currency != 0 && promo > 0)
		sheet_number(s, "price_gap", (double)p->price.minor / promo -
		    1, 4);
	double stock = json_number_member(p->attributes, "stock");
	if (!isnan(stock))
		sheet_number(s, "stock", stock, 2);
}
