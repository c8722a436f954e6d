/* The JSON Schema of a rule file: the option tables in draft 7, with the words
 * of this daemon where a table only says "text". */
#include "rules/generation.h"

#include "base/json.h"

static void
words(struct text *t, const struct vocabulary *v)
{
	json_name(t, "topic");
	text_string(t, "{\"enum\":[");
	for (size_t i = 0; i < v->topic_count; i++) {
		json_comma(t);
		json_string(t, lift_text(v->topics[i].name));
	}
	text_string(t, "]}");
	json_name(t, "plugin");
	text_string(t, "{\"enum\":[");
	for (size_t i = 0; i < v->plugin_count; i++) {
		json_comma(t);
		json_string(t, lift_text(v->plugins[i]->name));
	}
	text_string(t, "]}");
}

/* Options of a plugin are checked when the file says whose they are. */
static void
plugin_options(struct text *t, const struct vocabulary *v)
{
	json_name(t, "allOf");
	text_string(t, "[{\"$ref\":\"#/definitions/file\"}");
	for (size_t i = 0; i < v->plugin_count; i++) {
		const struct lift_plugin *p = v->plugins[i];
		if (p->options == NULL)
			continue;
		json_comma(t);
		text_string(t, "{\"if\":{\"properties\":{\"plugin\":{"
		    "\"const\":");
		json_string(t, lift_text(p->name));
		text_string(t, "}},\"required\":[\"plugin\"]},\"then\":{"
		    "\"properties\":{\"options\":");
		option_schema(t, p->options);
		text_string(t, "}}}");
	}
	text_byte(t, ']');
}

void
generation_schema(struct text *t, const struct vocabulary *v)
{
	text_byte(t, '{');
	json_member_string(t, "$schema",
	    "http://json-schema.org/draft-07/schema#");
	json_member_string(t, "title", "rule file of liftd");
	json_name(t, "definitions");
	text_byte(t, '{');
	words(t, v);
	json_name(t, "file");
	option_schema(t, rule_file_options);
	text_byte(t, '}');
	plugin_options(t, v);
	text_byte(t, '}');
}
