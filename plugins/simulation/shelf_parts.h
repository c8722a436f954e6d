/* What the files of the shelf share: its room, and what follows from what was
 * put there. */
#ifndef SIMULATION_SHELF_PARTS_H
#define SIMULATION_SHELF_PARTS_H

#include "shelf.h"

/* A shelf with room for so many, all of it empty; NULL without memory. */
struct shelf *shelf_room(uint32_t items, uint32_t families);

/* A copy of a text that lives as long as the shelf; NULL without memory. */
const char *shelf_text(struct shelf *, const char *);

/* Gives an item its id, or its title; false without memory. */
bool shelf_name(struct shelf *, uint32_t number, const char *id);
bool shelf_title(struct shelf *, uint32_t number, const char *title);

/* Puts an item into a family, which has room. */
void shelf_add(struct shelf *, uint32_t number, uint32_t family);

/* Makes up how a family is needed, stocked and returned, from SEED. */
void shelf_habits(struct shelf *, uint32_t family, uint64_t seed);

/* Works out what follows when all is there: utilities, tiers, weights. */
void shelf_settle(struct shelf *);

#endif
