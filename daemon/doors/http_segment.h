/* Segment's tracking API, so that its libraries and RudderStack's work with
 * liftd as their host: `POST /v1/track` and its like, one message each, and
 * `POST /v1/batch`. Paths may have a prefix. The write key is a token's secret,
 * as the user name of `Authorization: Basic`, or `writeKey` in the body.
 *
 * The answer leaves when all is stored for good. A library repeats a request
 * after 5xx and 429, and drops it after any other 4xx: so a batch with some bad
 * messages in it is answered with 200 and lists these by index, and they go to
 * the dead letters; 400 is for a body of which nothing can be kept. */
#ifndef DOORS_HTTP_SEGMENT_H
#define DOORS_HTTP_SEGMENT_H

#include "doors/http_parts.h"

/* The two of the pages. */
void http_segment_ready(struct exchange *);
void http_segment_gone(struct exchange *);

extern const char http_segment_takes[], http_segment_takes_batch[],
    http_segment_answers[];

#define HTTP_SEGMENT_ROW(path, body, what)				\
	{ .route = "POST /v1/" path, .role = LIFT_INGEST,		\
	  .key_in_body = true, .prefixed = true, .meaning = what,	\
	  .takes = body, .answers = http_segment_answers,	\
	  .ready = http_segment_ready, .gone = http_segment_gone }
#define HTTP_SEGMENT_PAGE(path, what)					\
	HTTP_SEGMENT_ROW(path, http_segment_takes, what)
#define HTTP_SEGMENT_LIST(path, what)					\
	HTTP_SEGMENT_ROW(path, http_segment_takes_batch, what)

/* The rows of the list of pages; the short paths are what browsers use. */
#define HTTP_SEGMENT_PAGES						\
	HTTP_SEGMENT_PAGE("track", "stores what a shopper did, as Segment's "\
	    "track"),							\
	HTTP_SEGMENT_PAGE("identify", "says who a shopper is, as Segment's "\
	    "identify"),						\
	HTTP_SEGMENT_PAGE("page", "stores the view of a page, as Segment's "\
	    "page"),							\
	HTTP_SEGMENT_PAGE("screen", "stores the view of an app's screen, as "\
	    "Segment's screen"),					\
	HTTP_SEGMENT_PAGE("group", "stores what group a shopper belongs to, "\
	    "as Segment's group"),					\
	HTTP_SEGMENT_PAGE("alias", "makes one shopper of two ids, as "	\
	    "Segment's alias"),						\
	HTTP_SEGMENT_LIST("batch", "stores a list of Segment's messages"), \
	HTTP_SEGMENT_LIST("import", "likewise, for what happened long ago"), \
	HTTP_SEGMENT_PAGE("t", "track, for browsers"),			\
	HTTP_SEGMENT_PAGE("i", "identify, for browsers"),		\
	HTTP_SEGMENT_PAGE("p", "page, for browsers"),			\
	HTTP_SEGMENT_PAGE("s", "screen, for browsers"),			\
	HTTP_SEGMENT_PAGE("g", "group, for browsers"),			\
	HTTP_SEGMENT_PAGE("a", "alias, for browsers"),			\
	HTTP_SEGMENT_LIST("b", "batch, for browsers")

#endif
