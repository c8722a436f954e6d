/* Strings of JSON. Bytes above 0x7f go through as they are: what comes in has
 * been checked for UTF-8 at the door. */
#include "base/json.h"

void
json_string(struct text *t, struct lift_text s)
{
	static const char hex[] = "0123456789abcdef";

	text_byte(t, '"');
	for (size_t i = 0; i < s.size; i++) {
		unsigned char c = (unsigned char)s.data[i];
		const char *short_form = c == '"' ? "\\\"" :
		    c == '\\' ? "\\\\" : c == '\n' ? "\\n" :
		    c == '\t' ? "\\t" : c == '\r' ? "\\r" : NULL;
		if (short_form != NULL) {
			text_string(t, short_form);
		} else if (c < 0x20 || c == 0x7f) {
			text_string(t, "\\u00");
			text_byte(t, hex[c >> 4]);
			text_byte(t, hex[c & 15]);
		} else {
			text_byte(t, (char)c);
		}
	}
	text_byte(t, '"');
}
