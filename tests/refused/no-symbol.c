/* Refused: exports nothing. */
#include "body.h"

extern int something_else;
__attribute__((visibility("default"))) int something_else = 1;
/* The header says what a plugin is; this is none. */
extern void *(*const no_symbol_uses)(const struct lift_host *, const void *,
    struct lift_error *);
void *(*const no_symbol_uses)(const struct lift_host *, const void *,
    struct lift_error *) = body_open;
