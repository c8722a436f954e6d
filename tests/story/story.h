/* What the parts of the story runner share. A story is run by a child process
 * in which the whole house lives; what must outlive `kill and restart` lies in
 * memory that the runner shares with its children. */
#ifndef TESTS_STORY_H
#define TESTS_STORY_H

#include "house/house_parts.h"

enum { STORY_EFFECTS = 1000, STORY_LINES = 200, STORY_JOBS = 16,
	STORY_MOST = 500, STORY_WORD = 1024, WORDS_MOST = 6 };

/* Something that came of a step, and that an expectation must mention. */
struct story_effect {
	char topic[40], json[1000];
	bool mentioned;
};

struct story_log {
	char text[500];
	int  level;
	bool mentioned;
};

struct story_job {
	char     name[104];
	unsigned mentioned;		/* runs that were expected */
};

struct story {
	/* The text. */
	char     title[200], file[200];
	unsigned count, next;		/* lines; the one that is next */
	struct {
		unsigned number;
		char     text[400];
	} lines[STORY_MOST];

	/* What goes on over a restart. */
	int64_t             now, began;
	unsigned            events, expectations;
	bool                disk_full;
	struct story_effect effects[STORY_EFFECTS];
	unsigned            effect_count;
	struct story_log    logs[STORY_LINES];
	unsigned            log_count;
	struct story_job    jobs[STORY_JOBS];
	unsigned            job_count;

	/* Of the newest event, reload and question. */
	int  event;			/* enum gate_result */
	char event_error[400];
	bool event_open;		/* refused, and not mentioned yet */
	bool reload_ok, reload_open;
	char reload_text[4000];
	enum reply_verdict verdict;
	bool reply_open;		/* no or an error, not mentioned yet */
	char reply[16000];

	/* How it ended. */
	enum { STORY_OVER, STORY_RESTART, STORY_FAILED } end;
	char why[2000];
	char folder[200], directory[200];	/* of the story; scratch */
	const char *plugins;
};

/* Of this process's story; NULL before there is one. */
extern struct story *story;

/* Of the child's house; set when its door opens. */
extern struct house *story_house;

/* Remembers why the story fails; false. */
bool story_fail(const char *form, ...) LIFT_PRINTF(1, 2);

/* What the words in capitals of a sentence stand for. */
struct words {
	char     word[WORDS_MOST][STORY_WORD];
	unsigned count;
	int64_t  span;
};

/* True when the line is such a sentence, whose words are then known. */
bool words_match(const char *sentence, const char *line,
    struct words *ret_words);

/* Runs one line. False when it fails, or when the house must end for what it
 * says (then `end` of the story tells). */
bool step_run(const char *line);

/* The language, for people. */
void steps_print(void);

/* True for a line that must be known before the house starts. */
bool step_is_early(const char *line);

/* Lets all that was asked for happen, as far as the disk allows. */
void turn_settle(void);

/* Moves the clocks, and lets happen what goes by them. */
void turn_after(int64_t span);

/* Asks the desk as liftctl would. */
void turn_ask(const char *words);

/* A message of Segment's API comes in, as an event does. */
bool turn_message(const char *json);

/* The whole of the rest of the story; called from inside the house. */
void turn_story(void);

/* Watches all that comes of entries, from now on. */
void turn_watch(void);

#endif
