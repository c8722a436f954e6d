/* Two tables, and what no table can say. */
#include "couriers/courier_settings.h"

#include <stdio.h>

#include "couriers/post.h"

static const char *const model_drivers[] = { "offline", "gemini", "vertex",
	NULL };

const struct lift_option model_options[] = {
	LIFT_OPTION_CHOICE(struct model_settings, driver,
	    .fallback = "offline", .choices = model_drivers, .restart = true,
	    .meaning = "who answers what plugins ask a model: nobody "
	    "(offline), the Gemini API with a key, or Vertex with an account"),
	LIFT_OPTION_TEXT(struct model_settings, model, .fallback = "",
	    .restart = true,
	    .meaning = "the model's name, such as gemini-2.5-flash"),
	LIFT_OPTION_TEXT(struct model_settings, key, .fallback = "",
	    .secret = true, .restart = true,
	    .meaning = "the key of the Gemini API"),
	LIFT_OPTION_TEXT(struct model_settings, project, .fallback = "",
	    .restart = true, .meaning = "the project that Vertex bills"),
	LIFT_OPTION_TEXT(struct model_settings, location,
	    .fallback = "global", .restart = true,
	    .meaning = "where Vertex computes, such as europe-west4"),
	LIFT_OPTION_TEXT(struct model_settings, credentials, .fallback = "",
	    .restart = true,
	    .meaning = "the file of a service account, for Vertex; none: the "
	    "account of the machine, which must be one of Google's"),
	LIFT_OPTION_TEXT(struct model_settings, endpoint, .fallback = "",
	    .restart = true,
	    .meaning = "another server than Google's, such as a proxy: https, "
	    "or http on this machine"),
	LIFT_OPTION_TEXT(struct model_settings, authority, .fallback = "",
	    .restart = true,
	    .meaning = "a file in PEM with the authorities that the model's "
	    "server is verified by, instead of the system's"),
	LIFT_OPTION_NUMBER(struct model_settings, temperature,
	    .fallback = "0.2", .lowest = "0", .highest = "2", .restart = true,
	    .meaning = "how freely the model writes"),
	LIFT_OPTION_COUNT(struct model_settings, tokens, .fallback = "2048",
	    .lowest = "16", .highest = "65536", .restart = true,
	    .meaning = "how long an answer of the model may be, in tokens"),
	LIFT_OPTION_SPAN(struct model_settings, timeout, .fallback = "60s",
	    .lowest = "100ms", .highest = "10m", .restart = true,
	    .meaning = "how long the model may take to answer"),
	LIFT_OPTION_COUNT(struct model_settings, rate, .fallback = "60",
	    .lowest = "1", .highest = "100000", .restart = true,
	    .meaning = "how many requests the model gets in a minute; others "
	    "wait"),
	LIFT_OPTION_COUNT(struct model_settings, retries, .fallback = "4",
	    .lowest = "0", .highest = "20", .restart = true,
	    .meaning = "how often a request to the model is made again before "
	    "it counts as failed"),
	LIFT_OPTION_SPAN(struct model_settings, cache, .fallback = "1h",
	    .lowest = "0s", .highest = "30d", .restart = true,
	    .meaning = "how long the same request gets the same answer without "
	    "a call"),
	LIFT_OPTION_SPAN(struct model_settings, oldest, .fallback = "10m",
	    .lowest = "1s", .highest = "7d", .restart = true,
	    .meaning = "a request to the model that is older than this when "
	    "its turn comes is not made any more"),
	LIFT_END
};

const struct lift_option webhook_options[] = {
	LIFT_OPTION_TEXT(struct webhook_settings, name,
	    .meaning = "names the webhook, and its place in the log: a new "
	    "name begins with what happens from then on"),
	LIFT_OPTION_TEXT(struct webhook_settings, url,
	    .meaning = "where it is sent to by POST, such as "
	    "https://shop.example/liftd"),
	LIFT_OPTION_TEXT(struct webhook_settings, secret, .fallback = "",
	    .secret = true,
	    .meaning = "what X-Liftd-Signature is made with; none: it is not "
	    "signed"),
	LIFT_OPTION_TEXT(struct webhook_settings, authority, .fallback = "",
	    .meaning = "a file in PEM with the authorities that the receiver "
	    "is verified by, instead of the system's"),
	LIFT_OPTION_TEXTS(struct webhook_settings, topics, .fallback = "[]",
	    .highest = "32",
	    .meaning = "topics whose effects it is sent, in order, each at "
	    "least once"),
	LIFT_OPTION_BOOL(struct webhook_settings, requests,
	    .fallback = "false",
	    .meaning = "whether it answers what plugins ask the courier "
	    "`webhook`; one webhook may"),
	LIFT_OPTION_SPAN(struct webhook_settings, timeout, .fallback = "10s",
	    .lowest = "100ms", .highest = "10m",
	    .meaning = "how long the receiver may take to answer"),
	LIFT_OPTION_COUNT(struct webhook_settings, rate, .fallback = "0",
	    .lowest = "0", .highest = "1000000",
	    .meaning = "how many calls it gets in a minute; 0: any"),
	LIFT_OPTION_SPAN(struct webhook_settings, give_up, .fallback = "1h",
	    .lowest = "1s", .highest = "30d",
	    .meaning = "how long one effect is tried before it goes to the "
	    "dead letters, and the next one has its turn"),
	LIFT_OPTION_SPAN(struct webhook_settings, oldest, .fallback = "10m",
	    .lowest = "1s", .highest = "7d",
	    .meaning = "a plugin's request that is older than this when its "
	    "turn comes is not made any more"),
	LIFT_END
};

/* ---- what goes together -------------------------------------------------- */

static void
model_check(struct findings *f, const struct node *n,
    const struct model_settings *m)
{
	const char *driver = model_drivers[m->driver];

	if (m->endpoint[0] != '\0' && !post_is_safe(m->endpoint))
		node_finding(f, FINDING_OPTION_CHOICE, n, "endpoint is \"%s\", "
		    "must be https, or http on this machine", m->endpoint);
	if (m->driver == MODEL_OFFLINE)
		return;
	if (m->model[0] == '\0')
		node_finding(f, FINDING_OPTION_MISSING, n, "the driver %s "
		    "needs a model, such as gemini-2.5-flash", driver);
	if (m->driver == MODEL_GEMINI && m->key[0] == '\0')
		node_finding(f, FINDING_OPTION_MISSING, n, "the driver gemini "
		    "needs a key, such as \"${file:gemini.key}\"");
	if (m->driver == MODEL_VERTEX && m->project[0] == '\0')
		node_finding(f, FINDING_OPTION_MISSING, n,
		    "the driver vertex needs a project");
}

static bool
is_taken(const char *name)
{
	return strcmp(name, "model") == 0 || strcmp(name, "webhook") == 0 ||
	    strcmp(name, "others") == 0;
}

static bool
is_name(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n < 48 && strspn(name, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == n;
}

static void
webhook_check(struct findings *f, const struct node *n,
    const struct webhook_settings *all, size_t place)
{
	const struct webhook_settings *w = &all[place];

	/* What is missing altogether has been said. */
	if (w->name == NULL || w->url == NULL)
		return;
	if (!is_name(w->name) || is_taken(w->name))
		node_finding(f, FINDING_OPTION_CHOICE, n, "the webhook's name "
		    "is \"%s\", must be letters, digits, dots and dashes, and "
		    "none of model, webhook and others", w->name);
	if (!post_is_url(w->url))
		node_finding(f, FINDING_OPTION_CHOICE, n, "url of the webhook "
		    "\"%s\" must begin with https:// or http://", w->name);
	if (w->topics.count == 0 && !w->requests)
		node_finding(f, FINDING_OPTION_MISSING, n, "the webhook \"%s\" "
		    "has neither topics nor `requests: true`, so it would "
		    "never be called", w->name);
	for (size_t i = 0; i < place; i++) {
		if (all[i].name != NULL && strcmp(all[i].name, w->name) == 0)
			node_finding(f, FINDING_RULE_TWICE, n,
			    "there are two webhooks \"%s\"", w->name);
		if (all[i].requests && w->requests)
			node_finding(f, FINDING_OPTION_CHOICE, n, "webhooks "
			    "\"%s\" and \"%s\" both answer requests, one can",
			    all[i].name, w->name);
	}
}

void
courier_settings_check(struct findings *f, const struct node *root,
    const struct model_settings *m, const struct lift_rows *webhooks)
{
	const struct node *models = root ? node_get(root, "models") : NULL,
	    *list = root ? node_get(root, "webhooks") : NULL;

	if (models != NULL)
		model_check(f, models, m);
	for (size_t i = 0; list != NULL && i < webhooks->count; i++)
		webhook_check(f, list, webhooks->items, i);
}
