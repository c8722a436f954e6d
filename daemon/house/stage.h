/* The stage: where plugins that make events up have their turns. */
#ifndef HOUSE_STAGE_H
#define HOUSE_STAGE_H

struct house;
struct stage;

/* From now on plugins that want to produce do so, in turns on the loop. The
 * gate must be there. Freed with stage_free. */
struct stage *stage_new(struct house *);

/* Ends that; takes NULL. Free it before the gate is finished. */
void stage_free(struct stage *);

#endif
