/* The fields of an alert: once for the topic, once for what the verbs answer
 * with, which have more behind them. */
#ifndef DETECTION_ALERT_ROWS_H
#define DETECTION_ALERT_ROWS_H

#define ALERT_ROWS \
	{ "alert_id", LIFT_TEXT, .meaning = "its id, of promotion and " \
	    "start" }, \
	{ "revision", LIFT_INT, .meaning = "1 at first, 1 more each time" }, \
	{ "status", LIFT_TEXT, .meaning = "pending, strategy_generated, " \
	    "action_taken, resolved, dismissed or expired" }, \
	{ "severity", LIFT_TEXT, .meaning = "low, medium or high, by the " \
	    "lower bound of the loss" }, \
	{ "promo_id", LIFT_PROMOTION, .meaning = "the promotion" }, \
	{ "product_id", LIFT_PRODUCT, .meaning = "the product on promotion" }, \
	{ "product_name", LIFT_TEXT, .meaning = "what shoppers call it" }, \
	{ "original_price", LIFT_NUMBER, true, "its full price" }, \
	{ "promo_price", LIFT_NUMBER, true, "its price on promotion" }, \
	{ "currency", LIFT_TEXT, .meaning = "of the prices" }, \
	{ "discount_percentage", LIFT_NUMBER, true, "off the full price" }, \
	{ "alert_timestamp", LIFT_TIME, .meaning = "when this revision was " \
	    "made" }, \
	{ "actual_sales", LIFT_INT, .meaning = "pieces of the victims sold" }, \
	{ "predicted_sales", LIFT_NUMBER, true, "pieces expected of them" }, \
	{ "sales_difference", LIFT_NUMBER, true, "pieces missing" }, \
	{ "loss_percentage", LIFT_NUMBER, true, "of what was expected" }, \
	{ "loss_amount", LIFT_NUMBER, true, "pieces missing, at the " \
	    "promotion's price" }, \
	{ "confidence", LIFT_NUMBER, true, "chance that at least one victim " \
	    "is one" }, \
	{ "summary", LIFT_TEXT, .meaning = "all of it in a sentence" }, \
	{ "victims", LIFT_JSON, .meaning = "products that are eaten, a " \
	    "list" }, \
	{ "evidence", LIFT_JSON, .meaning = "the tests with their values" }, \
	{ "net", LIFT_JSON, .meaning = "lift, cannibalized, halo, " \
	    "pull_forward and net in units and margin, with bounds" }, \
	{ "promotion", LIFT_PROMOTION, .meaning = "the promotion again, for " \
	    "conditions such as promotion.tags" }, \
	{ "started", LIFT_TIME, .meaning = "when the promotion began" }, \
	{ "store", LIFT_TEXT, true, "where, if stores are looked at apart" }, \
	{ "burst_id", LIFT_TEXT, true, "the newest burst that ran for it" }, \
	{ "demo_queued_at", LIFT_TEXT, true, "when that was asked for" }, \
	{ "burst_event_count", LIFT_INT, true, "purchases of it so far" }, \
	{ "catalogue", LIFT_JSON, .meaning = "of the product on promotion: " \
	    "category, brand, price, stock" }

#endif
