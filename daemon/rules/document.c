/* From YAML to the tree, by way of libyaml's own tree of a document. libyaml
 * knows no limits, takes duplicate keys, and lets an alias point to a list
 * that it is part of. So the text is handed over in small pieces, and the
 * growth looked at before each one; the rest is checked while its tree is
 * copied into ours. */
#include "rules/document.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

#include "base/memory.h"
#include "rules/document_error.h"

enum {
	PIECE = 2048,			/* bytes between two looks */
	LINE_MOST = 1024,		/* bytes of a source line */
	FEW_KEYS = 16			/* compared each with each */
};

/* ---- places in the source -------------------------------------------- */

struct lift_text
document_cut(struct lift_text t, size_t size)
{
	if (t.size <= size)
		return t;
	while (size > 0 && ((unsigned char)t.data[size] & 0xc0) == 0x80)
		size--;
	return (struct lift_text){ t.data, size };
}

/* The length of the line break at a place, 0 when there is none. YAML 1.1
 * counts three characters of Unicode as breaks, and so does libyaml. */
static size_t
break_at(const char *at, const char *end)
{
	size_t left = (size_t)(end - at);

	if (*at == '\n')
		return 1;
	if (*at == '\r')
		return left > 1 && at[1] == '\n' ? 2 : 1;
	if (left > 1 && memcmp(at, "\xc2\x85", 2) == 0)
		return 2;
	if (left > 2 && (memcmp(at, "\xe2\x80\xa8", 3) == 0 ||
	    memcmp(at, "\xe2\x80\xa9", 3) == 0))
		return 3;
	return 0;
}

struct lift_text
document_line(const struct document *d, uint32_t line)
{
	const char *at = d->source.data, *end = at + d->source.size;
	const char *first = at;
	uint32_t n = 1;

	while (at < end) {
		size_t size = break_at(at, end);
		if (size > 0 && n == line)
			break;
		at += size > 0 ? size : 1;
		if (size > 0) {
			first = at;
			n++;
		}
	}
	if (n != line || line == 0)
		return (struct lift_text){ "", 0 };
	return document_cut((struct lift_text){ first, (size_t)(at - first) },
	    LINE_MOST);
}

/* The place itself; or where the text ends, if the place lies behind that: a
 * caret in an empty line below the file shows nothing. */
static yaml_mark_t
in_text(const struct document *d, const yaml_mark_t *at)
{
	struct lift_text line = document_line(d, (uint32_t)at->line + 1);
	yaml_mark_t last = { 0, at->line, 0 };

	if (line.size > 0 || (line.data != NULL && d->source.size > 0 &&
	    line.data >= d->source.data &&
	    line.data < d->source.data + d->source.size))
		return *at;
	while (line.size == 0 && last.line > 0)
		line = document_line(d, (uint32_t)last.line--);
	for (size_t i = 0; i < line.size; i++)
		last.column += ((unsigned char)line.data[i] & 0xc0) != 0x80;
	return last;
}

/* Adds a finding about a place, given as libyaml counts: from 0. */
LIFT_PRINTF(4, 5) static struct finding *
found(const struct document_reader *r, enum finding_code code,
    const yaml_mark_t *at, const char *form, ...)
{
	char message[600];
	va_list ap;

	va_start(ap, form);
	vsnprintf(message, sizeof(message), form, ap);
	va_end(ap);
	yaml_mark_t mark = in_text(r->document, at);
	struct finding_place place = {
		.file = r->document->file,
		.line = (uint32_t)mark.line + 1,
		.column = (uint32_t)mark.column + 1,
		.end_column = (uint32_t)mark.column + 2,
		.source = document_line(r->document, (uint32_t)mark.line + 1),
	};
	return findings_add(r->findings, code, &place, "%s", message);
}

/* ---- bytes ----------------------------------------------------------- */

/* The length of the character at AT; 0 when it is none of UTF-8. */
static size_t
character(const unsigned char *at, size_t left)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t size = at[0] < 0x80 ? 1 : at[0] >> 5 == 6 ? 2 :
	    at[0] >> 4 == 14 ? 3 : at[0] >> 3 == 30 ? 4 : 0;

	if (size < 2)
		return size;
	if (size > left)
		return 0;
	uint32_t v = at[0] & (0x7fu >> size);
	for (size_t i = 1; i < size; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (at[i] & 0x3f);
	}
	return v < least[size] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000) ?
	    0 : size;
}

static bool
is_control(const unsigned char *at)
{
	return (at[0] < 0x20 && at[0] != '\t' && at[0] != '\n' &&
	    at[0] != '\r') || at[0] == 0x7f ||
	    (at[0] == 0xc2 && at[1] < 0xa0 && at[1] != 0x85);
}

static bool
check_bytes(const struct document_reader *r)
{
	const char *at = r->document->source.data;
	const char *end = at + r->document->source.size;
	yaml_mark_t mark = { 0 };

	while (at < end) {
		const unsigned char *byte = (const unsigned char *)at;
		size_t size = character(byte, (size_t)(end - at));
		if (size == 0) {
			found(r, FINDING_FILE_NOT_UTF8, &mark, "the byte "
			    "0x%02x is not UTF-8, save the file as UTF-8",
			    byte[0]);
			return false;
		}
		if (is_control(byte)) {
			found(r, FINDING_YAML_SYNTAX, &mark, "there is a "
			    "control character here, which YAML does not take");
			return false;
		}
		size_t end_of_line = break_at(at, end);
		at += end_of_line > 0 ? end_of_line : size;
		mark.line += end_of_line > 0;
		mark.column = end_of_line > 0 ? 0 : mark.column + 1;
	}
	return true;
}

/* libyaml's way to ask for more text; 0 makes it stop. */
static int
feed(void *self, unsigned char *to, size_t room, size_t *ret_size)
{
	struct document_reader *r = self;
	yaml_document_t *d = r->parser.document;
	ptrdiff_t depth = r->parser.flow_level +
	    (r->parser.indents.top - r->parser.indents.start);

	if (d != NULL && d->nodes.top - d->nodes.start > r->limits.nodes)
		r->stop = FINDING_YAML_NODES;
	/* A list under a key may have two indents; what is let through here is
	 * measured exactly later. */
	if (depth > 2 * (ptrdiff_t)r->limits.depth + 2)
		r->stop = FINDING_YAML_DEEP;
	if (r->stop != FINDING_CODES)
		return 0;
	size_t size = room < PIECE ? room : PIECE;
	if (size > r->rest.size)
		size = r->rest.size;
	memcpy(to, r->rest.data, size);
	r->rest.data += size;
	r->rest.size -= size;
	*ret_size = size;
	return 1;
}

/* ---- the tree -------------------------------------------------------- */

struct builder {
	struct document_reader *reader;
	struct arena           *arena;
	unsigned char          *busy;	/* nodes that are being copied */
	unsigned                nodes;
};

static void
too_much(const struct document_reader *r, enum finding_code code,
    const yaml_mark_t *at)
{
	if (code == FINDING_YAML_DEEP)
		found(r, code, at, "lists and maps are nested more than %u "
		    "deep", r->limits.depth);
	else
		found(r, code, at, "the file holds more than %u values, "
		    "counting what aliases stand for", r->limits.nodes);
}

static const yaml_node_t *
yaml_at(const struct builder *b, int index)
{
	return b->reader->tree.nodes.start + index - 1;
}

static void
check_tag(const struct builder *b, const yaml_node_t *y)
{
	const char *usual = y->type == YAML_SCALAR_NODE ? YAML_STR_TAG :
	    y->type == YAML_SEQUENCE_NODE ? YAML_SEQ_TAG : YAML_MAP_TAG;

	if (y->tag != NULL && strcmp((const char *)y->tag, usual) != 0)
		found(b->reader, FINDING_YAML_TAG, &y->start_mark, "tags such "
		    "as \"!name\" are not used here, take it off");
}

static struct node *
node_new(struct builder *b, const yaml_node_t *y, const struct node *parent)
{
	struct node *n = arena_take(b->arena, parent != NULL ? sizeof(*n) :
	    sizeof(struct document_root));

	n->parent = parent;
	n->line = (uint32_t)y->start_mark.line + 1;
	n->column = (uint32_t)y->start_mark.column + 1;
	n->end_line = (uint32_t)y->end_mark.line + 1;
	n->end_column = (uint32_t)y->end_mark.column + 1;
	n->kind = y->type == YAML_SCALAR_NODE ? NODE_TEXT :
	    y->type == YAML_SEQUENCE_NODE ? NODE_LIST : NODE_MAP;
	if (n->kind == NODE_TEXT) {
		n->size = (uint32_t)y->data.scalar.length;
		n->text = arena_copy(b->arena, y->data.scalar.value, n->size);
		n->is_quoted = y->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	}
	check_tag(b, y);
	return n;
}

/* Whether one more node may be copied; says so when not. */
static bool
may_copy(struct builder *b, int index, unsigned depth)
{
	const yaml_node_t *y = yaml_at(b, index);
	const struct document_reader *r = b->reader;

	if (b->busy[index - 1]) {
		found(r, FINDING_YAML_ALIAS, &y->start_mark, "an alias in here "
		    "stands for the whole that it is part of");
		return false;
	}
	bool deep = depth > r->limits.depth && y->type != YAML_SCALAR_NODE;
	if (!deep && ++b->nodes <= r->limits.nodes)
		return true;
	too_much(r, deep ? FINDING_YAML_DEEP : FINDING_YAML_NODES,
	    &y->start_mark);
	return false;
}

static struct node *build(struct builder *, int index,
    const struct node *parent, unsigned depth);

static bool
build_list(struct builder *b, const yaml_node_t *y, struct node *list,
    unsigned depth)
{
	const struct node **last = &list->first;

	for (yaml_node_item_t *i = y->data.sequence.items.start;
	    i < y->data.sequence.items.top; i++) {
		struct node *n = build(b, *i, list, depth + 1);
		if (n == NULL)
			return false;
		*last = n;
		last = &n->next;
		list->size++;
	}
	return true;
}

/* The node of a key; NULL, with a finding, when it cannot be one. */
static struct node *
build_key(struct builder *b, int index, const struct node *map)
{
	const yaml_node_t *y = yaml_at(b, index);

	if (y->type != YAML_SCALAR_NODE) {
		struct finding *f = found(b->reader, FINDING_YAML_KEY,
		    &y->start_mark, "a %s cannot be a key, a key is a simple "
		    "text", y->type == YAML_MAPPING_NODE ? "map" : "list");
		if (y->type == YAML_MAPPING_NODE &&
		    y->data.mapping.style == YAML_FLOW_MAPPING_STYLE)
			findings_hint(b->reader->findings, f, "a text that "
			    "begins with a brace needs quotes around it");
		return NULL;
	}
	struct node *key = node_new(b, y, map);
	key->is_key = true;
	b->nodes++;
	if (!key->is_quoted && lift_text_equal(node_text(key), lift_text("<<")))
		found(b->reader, FINDING_YAML_MERGE, &y->start_mark, "merge "
		    "keys (\"<<\") are not part of YAML 1.2, write the keys "
		    "out");
	return key;
}

static bool
build_map(struct builder *b, const yaml_node_t *y, struct node *map,
    unsigned depth)
{
	const struct node **last = &map->first;

	for (yaml_node_pair_t *p = y->data.mapping.pairs.start;
	    p < y->data.mapping.pairs.top; p++) {
		struct node *key = build_key(b, p->key, map);
		if (key == NULL)
			continue;
		struct node *n = build(b, p->value, map, depth + 1);
		if (n == NULL)
			return false;
		n->key = key;
		key->first = n;
		*last = n;
		last = &n->next;
		map->size++;
	}
	return true;
}

/* ---- duplicate keys -------------------------------------------------- */

static void
duplicate(struct builder *b, const struct node *first, const struct node *again)
{
	struct lift_text name = document_cut(node_text(again), 60);
	struct finding *f = found(b->reader, FINDING_YAML_DUPLICATE,
	    &(yaml_mark_t){ 0, again->line - 1, again->column - 1 },
	    "the key \"%.*s\" stands twice in one map, first in line %u",
	    (int)name.size, name.data, first->line);

	if (f != NULL && again->end_line == again->line)
		f->place.end_column = again->end_column;
}

static int
compare_keys(const void *one, const void *two)
{
	const struct node *a = *(const struct node *const *)one;
	const struct node *b = *(const struct node *const *)two;
	size_t size = a->size < b->size ? a->size : b->size;
	int order = memcmp(a->text, b->text, size);

	if (order != 0)
		return order;
	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->column < b->column ? -1 : a->column > b->column;
}

static void
check_many_keys(struct builder *b, const struct node *map)
{
	const struct node **keys = memory_raw(map->size * sizeof(keys[0]));
	size_t count = 0, first = 0;

	for (const struct node *n = map->first; n != NULL; n = n->next)
		keys[count++] = n->key;
	qsort(keys, count, sizeof(keys[0]), compare_keys);
	for (size_t i = 1; i < count; i++) {
		if (lift_text_equal(node_text(keys[i]), node_text(keys[first])))
			duplicate(b, keys[first], keys[i]);
		else
			first = i;
	}
	memory_give(keys);
}

static void
check_keys(struct builder *b, const struct node *map)
{
	if (map->size > FEW_KEYS) {
		check_many_keys(b, map);
		return;
	}
	for (const struct node *n = map->first; n != NULL; n = n->next)
		for (const struct node *m = map->first; m != n; m = m->next)
			if (lift_text_equal(node_text(n->key),
			    node_text(m->key))) {
				duplicate(b, m->key, n->key);
				break;
			}
}

/* The copy of a node and of all below it; NULL, with a finding, when a limit
 * is reached. */
static struct node *
build(struct builder *b, int index, const struct node *parent, unsigned depth)
{
	bool good = true;

	if (!may_copy(b, index, depth))
		return NULL;
	const yaml_node_t *y = yaml_at(b, index);
	struct node *n = node_new(b, y, parent);
	if (parent == NULL)
		((struct document_root *)(void *)n)->document =
		    b->reader->document;
	b->busy[index - 1] = true;
	if (n->kind == NODE_LIST) {
		good = build_list(b, y, n, depth);
	} else if (n->kind == NODE_MAP) {
		good = build_map(b, y, n, depth);
		check_keys(b, n);
	}
	b->busy[index - 1] = false;
	return good ? n : NULL;
}

static const struct node *
build_root(struct document_reader *r, struct arena *a)
{
	size_t count = (size_t)(r->tree.nodes.top - r->tree.nodes.start);
	struct builder b = { .reader = r, .arena = a };

	if (count == 0) {
		struct document_root *root = arena_take(a, sizeof(*root));
		root->document = r->document;
		root->node.line = root->node.column = 1;
		root->node.end_line = root->node.end_column = 1;
		root->node.text = "";
		return &root->node;
	}
	b.busy = memory_take(count);
	const struct node *root = build(&b, 1, NULL, 1);
	memory_give(b.busy);
	return root;
}

/* ---- reading --------------------------------------------------------- */

static void
report(struct document_reader *r)
{
	struct document_complaint c;

	if (r->stop != FINDING_CODES) {
		too_much(r, r->stop, &r->parser.mark);
		return;
	}
	document_complaint(r, &c);
	struct finding *f = found(r, c.code, &c.at, "%s", c.sentence);
	if (c.hint != NULL)
		findings_hint(r->findings, f, "%s", c.hint);
}

static bool
is_alone(struct document_reader *r)
{
	yaml_document_t more;

	if (!yaml_parser_load(&r->parser, &more)) {
		report(r);
		return false;
	}
	if (yaml_document_get_root_node(&more) != NULL)
		found(r, FINDING_YAML_MANY, &more.start_mark, "a second "
		    "document begins here, a file holds one");
	yaml_document_delete(&more);
	return true;
}

static const struct node *
read_tree(struct document_reader *r, struct arena *a)
{
	const struct node *root = NULL;

	if (!yaml_parser_initialize(&r->parser)) {
		found(r, FINDING_FILE_UNREADABLE, &(yaml_mark_t){ 0 },
		    "there is no memory left to read the file");
		return NULL;
	}
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input(&r->parser, feed, r);
	if (!yaml_parser_load(&r->parser, &r->tree)) {
		report(r);
	} else {
		root = build_root(r, a);
		if (root != NULL && !is_alone(r))
			root = NULL;
		yaml_document_delete(&r->tree);
	}
	yaml_parser_delete(&r->parser);
	return root;
}

static void
skip_order_mark(struct lift_text *t)
{
	if (t->size >= 3 && memcmp(t->data, "\xef\xbb\xbf", 3) == 0) {
		t->data += 3;
		t->size -= 3;
	}
}

const struct document *
document_read(struct arena *a, const char *file, struct lift_text source,
    const struct document_limits *limits, struct findings *findings)
{
	struct document *d = arena_take(a, sizeof(*d));
	struct document_reader r = {
		.document = d, .findings = findings, .stop = FINDING_CODES,
		.limits = limits != NULL ? *limits : DOCUMENT_LIMITS,
	};

	if (source.data == NULL)
		source.data = "";
	skip_order_mark(&source);
	d->file = arena_string(a, file);
	d->source = r.rest = source;
	if (source.size > r.limits.bytes) {
		findings_add(findings, FINDING_FILE_TOO_LARGE,
		    &(struct finding_place){ .file = file }, "the file has "
		    "%zu bytes, must have at most %zu", source.size,
		    r.limits.bytes);
		return NULL;
	}
	if (!check_bytes(&r))
		return NULL;
	d->root = read_tree(&r, a);
	return d->root != NULL ? d : NULL;
}

/* The bytes of a file, one more than MOST at the most; false with errno. */
static bool
slurp(struct arena *a, const char *file, size_t most,
    struct lift_text *ret_bytes)
{
	struct stat st;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return false;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		errno = EINVAL;
		return false;
	}
	size_t size = (size_t)st.st_size, have = 0;
	size = size > most ? most + 1 : size;
	char *data = arena_take(a, size + 1);
	ssize_t n = 1;
	while (have < size && (n = read(fd, data + have, size - have)) > 0)
		have += (size_t)n;
	close(fd);
	*ret_bytes = (struct lift_text){ data, have };
	return n >= 0;
}

const struct document *
document_open(struct arena *a, const char *file,
    const struct document_limits *limits, struct findings *findings)
{
	struct lift_text bytes;
	size_t most = limits != NULL ? limits->bytes : DOCUMENT_LIMITS.bytes;

	if (!slurp(a, file, most, &bytes)) {
		findings_add(findings, FINDING_FILE_UNREADABLE,
		    &(struct finding_place){ .file = file }, "the file cannot "
		    "be read: %s", errno == EINVAL ? "it is no regular file" :
		    strerror(errno));
		return NULL;
	}
	return document_read(a, file, bytes, limits, findings);
}
