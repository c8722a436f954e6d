/* `liftd demo`: a shop with virtual shoppers in a scratch folder, offline, in
 * which a promotion eats its own shelf. */
#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

/* Plays the demo as the words say, with the rules and plugins in these folders
 * unless the words name others. Returns the exit status: 0 when all was seen
 * that there is to see, or when somebody ended it; 1 when not; 2 for words that
 * are off. */
int demo_run(int argc, char **argv, const char *rules, const char *plugins);

#endif
