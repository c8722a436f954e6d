/* Reading a request's head, by hand: libevent's own reader takes folded lines,
 * bare line feeds and two lengths, gives its refusals as HTML, and has no word
 * for when a request began to arrive, which a deadline needs. */
#include "doors/http_head.h"

#include <string.h>
#include <strings.h>

/* ---- characters ------------------------------------------------------ */

static bool
is_token(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || (c != '\0' &&
	    strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool
is_token_text(struct lift_text t)
{
	for (size_t i = 0; i < t.size; i++)
		if (!is_token((unsigned char)t.data[i]))
			return false;
	return t.size > 0;
}

static bool
is_same(struct lift_text t, const char *word)
{
	return t.size == strlen(word) &&
	    strncasecmp(t.data, word, t.size) == 0;
}

static struct lift_text
trim(struct lift_text t)
{
	while (t.size > 0 && (*t.data == ' ' || *t.data == '\t')) {
		t.data++;
		t.size--;
	}
	while (t.size > 0 && (t.data[t.size - 1] == ' ' ||
	    t.data[t.size - 1] == '\t'))
		t.size--;
	return t;
}

/* The next item of a list; false at its end. */
static bool
list_next(struct lift_text *list, struct lift_text *ret_item)
{
	if (list->size == 0)
		return false;
	const char *comma = memchr(list->data, ',', list->size);
	size_t n = comma ? (size_t)(comma - list->data) : list->size;
	*ret_item = trim((struct lift_text){ list->data, n });
	n += comma != NULL;
	*list = (struct lift_text){ list->data + n, list->size - n };
	return true;
}

bool
http_list_has(struct lift_text list, const char *word)
{
	struct lift_text item;

	while (list_next(&list, &item))
		if (is_same(item, word))
			return true;
	return false;
}

/* ---- the first line -------------------------------------------------- */

static bool
take_word(struct lift_text *line, struct lift_text *ret_word)
{
	const char *space = memchr(line->data, ' ', line->size);
	size_t n = space ? (size_t)(space - line->data) : line->size;

	*ret_word = (struct lift_text){ line->data, n };
	n += space != NULL;
	*line = (struct lift_text){ line->data + n, line->size - n };
	return ret_word->size > 0;
}

/* `http://host/path` is for proxies, and yet every server must take it. */
static struct lift_text
origin_form(struct lift_text target)
{
	for (size_t n = 7; n <= 8; n++) {
		const char *scheme = n == 7 ? "http://" : "https://";
		if (target.size < n || strncasecmp(target.data, scheme, n) != 0)
			continue;
		const char *slash = memchr(target.data + n, '/',
		    target.size - n);
		if (slash == NULL)
			return LIFT_TEXT_OF("/");
		return (struct lift_text){ slash, target.size -
		    (size_t)(slash - target.data) };
	}
	return target;
}

static int
read_target(struct lift_text target, struct http_head *head,
    struct lift_error *err)
{
	if (target.size > HTTP_TARGET_MOST) {
		lift_fail(err, LIFT_E_USAGE, "the request's address has %zu "
		    "bytes, must have at most %d", target.size,
		    HTTP_TARGET_MOST);
		return 414;
	}
	for (size_t i = 0; i < target.size; i++) {
		unsigned char c = (unsigned char)target.data[i];
		if (c > 0x20 && c < 0x7f)
			continue;
		lift_fail(err, LIFT_E_USAGE, "the request's address holds the "
		    "byte 0x%02x, which must be written as %%%02X", c, c);
		return 400;
	}
	target = origin_form(target);
	if (*target.data != '/' && !is_same(target, "*")) {
		lift_fail(err, LIFT_E_USAGE,
		    "the request's address must begin with a slash");
		return 400;
	}
	const char *mark = memchr(target.data, '?', target.size);
	size_t n = mark ? (size_t)(mark - target.data) : target.size;
	head->path = (struct lift_text){ target.data, n };
	n += mark != NULL;
	head->query = (struct lift_text){ target.data + n, target.size - n };
	return 0;
}

static int
read_first(struct lift_text line, struct http_head *head,
    struct lift_error *err)
{
	struct lift_text target, version = { "", 0 };

	if (!take_word(&line, &head->method) || !is_token_text(head->method) ||
	    !take_word(&line, &target) || !take_word(&line, &version) ||
	    line.size > 0 || version.size != 8 ||
	    memcmp(version.data, "HTTP/", 5) != 0) {
		lift_fail(err, LIFT_E_USAGE, "the first line is no request, "
		    "must be like \"GET /health HTTP/1.1\"");
		return 400;
	}
	if (memcmp(version.data + 5, "1.", 2) != 0 ||
	    (version.data[7] != '0' && version.data[7] != '1')) {
		lift_fail(err, LIFT_E_USAGE, "the request is in %.8s, must be "
		    "in HTTP/1.1 or HTTP/1.0", version.data);
		return 505;
	}
	head->minor = (unsigned)(version.data[7] - '0');
	head->keep = head->minor == 1;
	return read_target(target, head, err);
}

/* ---- the fields ------------------------------------------------------ */

static bool
is_value(struct lift_text v)
{
	for (size_t i = 0; i < v.size; i++) {
		unsigned char c = (unsigned char)v.data[i];
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static int
read_field(struct lift_text line, struct http_head *head,
    struct lift_error *err)
{
	const char *colon = memchr(line.data, ':', line.size);
	struct lift_text name = { line.data,
		colon ? (size_t)(colon - line.data) : 0 };

	if (!is_token_text(name)) {
		lift_fail(err, LIFT_E_USAGE, "line %u of the fields is not "
		    "like \"Name: value\"; a value cannot go on in the next "
		    "line", head->count + 1);
		return 400;
	}
	struct lift_text value = trim((struct lift_text){ colon + 1,
		line.size - name.size - 1 });
	if (!is_value(value)) {
		lift_fail(err, LIFT_E_USAGE, "field \"%.*s\" holds a control "
		    "character", (int)(name.size > 60 ? 60 : name.size),
		    name.data);
		return 400;
	}
	if (head->count == HTTP_FIELDS_MOST) {
		lift_fail(err, LIFT_E_USAGE, "the request has more than %d "
		    "fields", HTTP_FIELDS_MOST);
		return 431;
	}
	head->fields[head->count++] = (struct http_field){ name, value };
	return 0;
}

static unsigned
field_count(const struct http_head *head, const char *name)
{
	unsigned n = 0;

	for (unsigned i = 0; i < head->count; i++)
		n += is_same(head->fields[i].name, name);
	return n;
}

struct lift_text
http_head_field(const struct http_head *head, const char *name)
{
	for (unsigned i = 0; i < head->count; i++)
		if (is_same(head->fields[i].name, name))
			return head->fields[i].value;
	return (struct lift_text){ NULL, 0 };
}

/* ---- what the fields mean for the body and the connection -------------- */

static int
read_length(struct http_head *head, struct lift_error *err)
{
	struct lift_text t = http_head_field(head, "content-length");

	if (t.data == NULL)
		return 0;
	bool ok = field_count(head, "content-length") == 1 && t.size > 0 &&
	    t.size < 19;
	for (size_t i = 0; ok && i < t.size; i++) {
		ok = t.data[i] >= '0' && t.data[i] <= '9';
		head->length = head->length * 10 +
		    (uint64_t)(t.data[i] - '0');
	}
	if (ok)
		return 0;
	lift_fail(err, LIFT_E_USAGE, "Content-Length must be given once and "
	    "be a whole number");
	return 400;
}

static int
read_encoding(struct http_head *head, struct lift_error *err)
{
	struct lift_text t = http_head_field(head, "transfer-encoding");

	if (t.data == NULL)
		return 0;
	if (http_head_field(head, "content-length").data != NULL ||
	    head->minor == 0) {
		lift_fail(err, LIFT_E_USAGE, "a request has Content-Length or, "
		    "in HTTP/1.1, Transfer-Encoding, not both");
		return 400;
	}
	if (!is_same(t, "chunked") ||
	    field_count(head, "transfer-encoding") != 1) {
		lift_fail(err, LIFT_E_USAGE, "Transfer-Encoding is \"%.*s\", "
		    "must be \"chunked\"", (int)(t.size > 40 ? 40 : t.size),
		    t.data);
		return 501;
	}
	head->chunked = true;
	return 0;
}

static int
read_expect(struct http_head *head, struct lift_error *err)
{
	struct lift_text t = http_head_field(head, "expect");

	if (t.data == NULL || head->minor == 0)
		return 0;
	head->expects = is_same(t, "100-continue");
	if (head->expects)
		return 0;
	lift_fail(err, LIFT_E_USAGE, "Expect is \"%.*s\", must be "
	    "\"100-continue\"", (int)(t.size > 40 ? 40 : t.size), t.data);
	return 417;
}

static int
read_host(struct http_head *head, struct lift_error *err)
{
	unsigned n = field_count(head, "host");

	if (n == 1 || (n == 0 && head->minor == 0))
		return 0;
	lift_fail(err, LIFT_E_USAGE, "a request has the field Host once, this "
	    "one has it %u times", n);
	return 400;
}

static void
read_connection(struct http_head *head)
{
	for (unsigned i = 0; i < head->count; i++) {
		const struct http_field *f = &head->fields[i];
		if (!is_same(f->name, "connection"))
			continue;
		if (http_list_has(f->value, "close"))
			head->keep = false;
		else if (http_list_has(f->value, "keep-alive"))
			head->keep = true;
		if (http_list_has(f->value, "upgrade"))
			head->upgrades = true;
	}
}

/* ---- the head -------------------------------------------------------- */

size_t
http_head_end(struct lift_text bytes, size_t from)
{
	size_t at = from > 3 ? from - 3 : 0;

	while (at + 4 <= bytes.size) {
		const char *cr = memchr(bytes.data + at, '\r',
		    bytes.size - at - 3);
		if (cr == NULL)
			return 0;
		at = (size_t)(cr - bytes.data);
		if (memcmp(cr, "\r\n\r\n", 4) == 0)
			return at + 4;
		at++;
	}
	return 0;
}

/* The next line, without its end; false for a line feed or a carriage return
 * that stands alone. */
static bool
take_line(struct lift_text *rest, struct lift_text *ret_line)
{
	const char *lf = memchr(rest->data, '\n', rest->size);
	size_t n = lf ? (size_t)(lf - rest->data) : 0;

	if (n == 0 || lf[-1] != '\r' ||
	    memchr(rest->data, '\r', n - 1) != NULL)
		return false;
	*ret_line = (struct lift_text){ rest->data, n - 1 };
	*rest = (struct lift_text){ lf + 1, rest->size - n - 1 };
	return true;
}

static int
read_lines(struct lift_text rest, struct http_head *head,
    struct lift_error *err)
{
	struct lift_text line;
	int status = 0;

	for (bool first = true; status == 0; first = false) {
		if (!take_line(&rest, &line)) {
			lift_fail(err, LIFT_E_USAGE, "a line of the request "
			    "must end with a carriage return and a line feed");
			return 400;
		}
		if (line.size == 0 && !first)
			break;
		status = first ? read_first(line, head, err) :
		    read_field(line, head, err);
	}
	return status;
}

int
http_head_read(struct lift_text bytes, struct http_head *ret_head,
    struct lift_error *err)
{
	int (*const steps[])(struct http_head *, struct lift_error *) = {
		read_host, read_length, read_encoding, read_expect };

	ret_head->count = 0;
	ret_head->length = 0;
	ret_head->chunked = ret_head->expects = ret_head->upgrades = false;
	int status = read_lines(bytes, ret_head, err);
	for (unsigned i = 0; status == 0 && i < 4; i++)
		status = steps[i](ret_head, err);
	if (status == 0)
		read_connection(ret_head);
	return status;
}
