/* What the control socket promises to those who connect, on a real socket with
 * a fake desk behind it. Client and door share the process and the loop. */
#include <check.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/logger.h"
#include "desk_fake.h"
#include "doors/control.h"
#include "doors/upload.h"

#define GREETING "liftd 1 9.9\n"

struct door {
	char                    dir[64], path[80];
	struct control_settings settings;
	struct house            house;
	struct control         *control;
	struct lift_error       err;
	struct text             heard;
	bool                    ended;		/* the daemon closed */
};

static void
silence(void *context, enum lift_level level, const char *line)
{
	(void)context;
	(void)level;
	(void)line;
}

static void
door_begin(struct door *d)
{
	*d = (struct door){ .ended = false };
	signal(SIGPIPE, SIG_IGN);
	logger_divert(silence, NULL);
	strcpy(d->dir, "/tmp/liftd-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(d->dir));
	snprintf(d->path, sizeof(d->path), "%s/s", d->dir);
	d->settings = (struct control_settings){ .path = d->path,
		.version = "9.9", .connections = 8 };
	d->house.base = event_base_new();
	d->control = control_new(&d->house, d->house.base, &d->settings,
	    &d->err);
	ck_assert_msg(d->control != NULL, "%s", d->err.text);
}

static void
door_end(struct door *d)
{
	control_free(d->control);
	event_base_free(d->house.base);
	text_done(&d->heard);
	ck_assert_int_ne(access(d->path, F_OK), 0);
	ck_assert_int_eq(rmdir(d->dir), 0);
}

static int
knock(const struct door *d)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(a.sun_path, d->path);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void
turn(struct door *d)
{
	event_base_loop(d->house.base, EVLOOP_NONBLOCK);
}

/* Lets the loop run for a while. */
static void
run(struct door *d, int ms)
{
	int64_t until = clock_monotonic() + ms * LIFT_MILLI;

	while (clock_monotonic() < until)
		turn(d);
}

static void
hear_some(struct door *d, int fd)
{
	ssize_t n = recv(fd, text_room(&d->heard, 65536), 65536, 0);

	if (n > 0)
		d->heard.size += (size_t)n;
	else if (n == 0 || errno != EAGAIN)
		d->ended = true;
	d->heard.data[d->heard.size] = '\0';
}

/* Runs until the client has heard WORDS at the end of all it heard. */
static void
hear(struct door *d, int fd, const char *words)
{
	int64_t until = clock_monotonic() + 10 * LIFT_SECOND;
	size_t n = strlen(words);

	while (clock_monotonic() < until && !d->ended) {
		turn(d);
		hear_some(d, fd);
		if (d->heard.size >= n && strcmp(d->heard.data +
		    d->heard.size - n, words) == 0)
			return;
	}
	ck_abort_msg("heard \"%s\", not \"%s\"", d->heard.data, words);
}

/* Runs until the daemon closes. */
static void
hear_end(struct door *d, int fd)
{
	int64_t until = clock_monotonic() + 10 * LIFT_SECOND;

	while (clock_monotonic() < until && !d->ended) {
		turn(d);
		hear_some(d, fd);
	}
	ck_assert(d->ended);
}

/* Sends all of it, with the loop running in between. */
static void
say_bytes(struct door *d, int fd, const char *bytes, size_t size)
{
	int64_t until = clock_monotonic() + 20 * LIFT_SECOND;

	while (size > 0 && clock_monotonic() < until) {
		ssize_t n = send(fd, bytes, size, MSG_NOSIGNAL);
		turn(d);
		if (n <= 0)
			continue;
		bytes += n;
		size -= (size_t)n;
	}
	ck_assert_uint_eq(size, 0);
}

static void
say(struct door *d, int fd, const char *words)
{
	say_bytes(d, fd, words, strlen(words));
}

/* Says it on a new connection, hears the reply, which must be this. */
static void
dialogue(struct door *d, const char *words, const char *reply)
{
	struct text whole = { 0 };
	int fd = knock(d);

	text_clear(&d->heard);
	d->ended = false;
	text_form(&whole, "%s%s", GREETING, reply);
	say(d, fd, words);
	hear(d, fd, whole.data);
	ck_assert_str_eq(d->heard.data, whole.data);
	close(fd);
	run(d, 2);
	text_done(&whole);
}

START_TEST(a_greeting_names_protocol_and_version)
{
	struct door d;

	door_begin(&d);
	int fd = knock(&d);
	hear(&d, fd, GREETING);
	struct stat st;
	ck_assert_int_eq(stat(d.path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0660);
	close(fd);
	door_end(&d);
}
END_TEST

START_TEST(requests_are_answered_in_order_also_when_they_come_at_once)
{
	struct door d;

	door_begin(&d);
	dialogue(&d, "status\n\n  \r\n@json status\r\nnumbers.list 1\n",
	    "OK\n18\nstate\tgood\nseq\t17\n0\n"
	    "OK\n26\n{\"state\":\"good\",\"seq\":17}\n0\n"
	    "OK\n18\nn\tname\n0\tnumber 0\n0\n");
	ck_assert_uint_eq(d.house.begun, 3);
	int fd = knock(&d);
	text_clear(&d.heard);
	for (int i = 0; i < 2000; i++)
		say(&d, fd, "status\n");
	say(&d, fd, "quit\n");
	hear_end(&d, fd);
	ck_assert_uint_eq(d.house.begun, 2003);
	ck_assert_uint_eq(d.heard.size, strlen(GREETING) + 2000 *
	    strlen("OK\n18\nstate\tgood\nseq\t17\n0\n"));
	close(fd);
	door_end(&d);
}
END_TEST

START_TEST(an_error_is_a_code_and_a_sentence)
{
	struct door d;

	door_begin(&d);
	dialogue(&d, "fail\n", "ERR 3\n18\nthe store said no\n0\n");
	dialogue(&d, "fail later\n",
	    "OK\n15\nhalf an answer\n0 3 the store said no\n");
	dialogue(&d, "deny\n", "OK\n28\nfinding\tn\na\\tb\t1\n"
	    "\t2\tx=[1,2]\n0 1\n");
	dialogue(&d, "numbers --limit 3\n", "ERR 2\n27\nnumbers wants one "
	    "of: list\n0\n");
	dialogue(&d, "statsu\n", "ERR 2\n53\nthere is no verb \"statsu\"; "
	    "perhaps you mean \"status\"\n0\n");
	dialogue(&d, "numbers\n", "ERR 2\n27\nnumbers wants one of: list\n"
	    "0\n");
	dialogue(&d, "say \"x\n", "ERR 2\n40\na double quote is opened and "
	    "not closed\n0\n");
	dialogue(&d, "@json\n", "ERR 2\n45\nthe request names no verb; "
	    "\"help\" lists them\n0\n");
	door_end(&d);
}
END_TEST

START_TEST(a_role_can_be_lowered_and_not_raised)
{
	struct door d;

	door_begin(&d);
	dialogue(&d, "@as=observer forget\n",
	    "ERR 4\n20\nforget is for admin\n0\n");
	ck_assert_int_eq(d.house.role, LIFT_OBSERVER);
	dialogue(&d, "@id=r-7 status\n",
	    "OK\n18\nstate\tgood\nseq\t17\n0\n");
	ck_assert_int_eq(d.house.role, LIFT_ADMIN);
	ck_assert_str_eq(d.house.id, "r-7");
	ck_assert_int_eq(strncmp(d.house.actor, "uid:", 4), 0);
	int fd = knock(&d);
	text_clear(&d.heard);
	say(&d, fd, "@as=king status\n");
	hear(&d, fd, "\n0\n");
	ck_assert_ptr_nonnull(strstr(d.heard.data, "ERR 2\n"));
	close(fd);
	door_end(&d);
}
END_TEST

/* In a child: connects as nobody, asks, and tells the code it got. */
static int
stranger(const struct door *d, const char *words)
{
	char reply[4096];
	size_t size = 0;
	ssize_t n;

	if (setuid(65534) != 0)
		return 99;
	int fd = knock(d);
	fcntl(fd, F_SETFL, 0);
	send(fd, words, strlen(words), MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	while (size + 1 < sizeof(reply) && (n = recv(fd, reply + size,
	    sizeof(reply) - 1 - size, 0)) > 0)
		size += (size_t)n;
	reply[size] = '\0';
	const char *err = strstr(reply, "ERR ");
	return err != NULL ? atoi(err + 4) :
	    strstr(reply, "OK\n") != NULL ? 0 : 98;
}

static int
stranger_status(struct door *d, const char *words)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(stranger(d, words));
	while (waitpid(child, &status, WNOHANG) == 0)
		turn(d);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(the_peers_uid_decides)
{
	static const char *const nobody[] = { "65534" }, *const root[] =
	    { "0" };
	struct door d;

	if (geteuid() != 0)
		return;
	door_begin(&d);
	chmod(d.dir, 0755);
	chmod(d.path, 0666);
	ck_assert_int_eq(stranger_status(&d, "status\n"), 0);
	ck_assert_int_eq(stranger_status(&d, "say x\n"), 4);
	d.settings.operators = (struct lift_texts){ nobody, 1 };
	ck_assert(control_roles(d.control, &d.settings, &d.err));
	ck_assert_int_eq(stranger_status(&d, "say x\n"), 0);
	ck_assert_int_eq(stranger_status(&d, "forget\n"), 4);
	d.settings.operators = (struct lift_texts){ NULL, 0 };
	d.settings.observers = (struct lift_texts){ root, 1 };
	ck_assert(control_roles(d.control, &d.settings, &d.err));
	ck_assert_int_eq(stranger_status(&d, "status\n"), 4);
	door_end(&d);
}
END_TEST

START_TEST(a_user_who_is_none_is_refused)
{
	static const char *const users[] = { "0", "nobody-by-that-name" };
	struct door d;

	door_begin(&d);
	d.settings.admins = (struct lift_texts){ users, 2 };
	ck_assert(!control_roles(d.control, &d.settings, &d.err));
	ck_assert_str_eq(d.err.text, "control.admins names "
	    "\"nobody-by-that-name\", who is no user of this machine");
	door_end(&d);
}
END_TEST

START_TEST(a_list_of_any_length_costs_a_reader_nothing_but_time)
{
	struct door d;
	size_t heard = 0;

	door_begin(&d);
	int fd = knock(&d);
	say(&d, fd, "numbers list 100000\n");
	for (;;) {
		turn(&d);
		text_clear(&d.heard);
		hear_some(&d, fd);
		heard += d.heard.size;
		if (d.heard.size >= 3 && strcmp(d.heard.data + d.heard.size -
		    3, "\n0\n") == 0 && d.house.rows == 100000)
			break;
	}
	ck_assert_uint_gt(heard, 1800000);
	close(fd);
	door_end(&d);
}
END_TEST

START_TEST(a_client_that_never_reads_has_bounded_memory)
{
	struct door d;

	door_begin(&d);
	int fd = knock(&d);
	say(&d, fd, "numbers list 100000000\n");
	run(&d, 100);
	unsigned long rows = d.house.rows;
	ck_assert_uint_gt(rows, 1000);
	ck_assert_uint_lt(rows, 100000);
	run(&d, 50);
	ck_assert_uint_eq(d.house.rows, rows);
	/* The others do not notice. */
	dialogue(&d, "fail\n", "ERR 3\n18\nthe store said no\n0\n");
	close(fd);
	run(&d, 20);
	ck_assert_uint_eq(d.house.gone, 1);
	/* Nor does one cost more that asks again and again. */
	fd = knock(&d);
	for (int i = 0; i < 100000 && send(fd, "help\n", 5, MSG_NOSIGNAL) > 0;
	    i++)
		turn(&d);
	run(&d, 50);
	close(fd);
	run(&d, 20);
	door_end(&d);
}
END_TEST

START_TEST(a_verb_that_asks_nobody_for_room_is_cut_off)
{
	struct door d;

	door_begin(&d);
	int fd = knock(&d);
	say(&d, fd, "flood\n");
	hear_end(&d, fd);
	ck_assert_uint_lt(d.heard.size, 80u << 20);
	close(fd);
	door_end(&d);
}
END_TEST

START_TEST(an_upload_is_split_into_lines_wherever_its_chunks_end)
{
	struct door d;

	door_begin(&d);
	dialogue(&d, "@jsonl echo\n5\none\nt3\nwo\n3\n\n3x0\nstatus\n",
	    "OK\n56\n{\"line\":\"one\"}\n{\"line\":\"two\"}\n"
	    "{\"line\":\"\"}\n{\"line\":\"3x\"}\n0\n"
	    "OK\n18\nstate\tgood\nseq\t17\n0\n");
	dialogue(&d, "echo\n0\n", "OK\n0\n");
	dialogue(&d, "files check\nstatus\n", "OK\n9\nno files\n0\n"
	    "OK\n18\nstate\tgood\nseq\t17\n0\n");
	dialogue(&d, "@upload files check\n2\na\n0\n",
	    "OK\n7\nline\na\n0\n");
	door_end(&d);
}
END_TEST

START_TEST(a_line_of_the_upload_has_a_limit)
{
	static char line[UPLOAD_LINE + 2];
	char words[100];
	struct door d;

	door_begin(&d);
	memset(line, 'x', sizeof(line));
	int fd = knock(&d);
	snprintf(words, sizeof(words), "swallow\n%d\n", UPLOAD_LINE + 1);
	say(&d, fd, words);
	line[UPLOAD_LINE] = '\n';
	say_bytes(&d, fd, line, UPLOAD_LINE + 1);
	snprintf(words, sizeof(words), "%d\n", UPLOAD_LINE + 2);
	say(&d, fd, words);
	line[UPLOAD_LINE] = 'x';
	line[UPLOAD_LINE + 1] = '\n';
	say_bytes(&d, fd, line, UPLOAD_LINE + 2);
	say(&d, fd, "3\nend0\n");
	hear(&d, fd, "OK\n18\nlines\t2\nrefused\t2\n0\n");
	snprintf(words, sizeof(words), "echo\n%d\n", UPLOAD_LINE + 2);
	say(&d, fd, words);
	say_bytes(&d, fd, line, UPLOAD_LINE + 2);
	say(&d, fd, "2\nx\n0\nstatus\n");
	hear(&d, fd, "line 1 of the upload is longer than 8392704 bytes\n0\n"
	    "OK\n18\nstate\tgood\nseq\t17\n0\n");
	close(fd);
	door_end(&d);
}
END_TEST

START_TEST(an_upload_behind_a_refused_request_is_no_request)
{
	struct door d;

	door_begin(&d);
	dialogue(&d, "@upload ehco2\n7\nstatus\n0\nfail\n",
	    "ERR 2\n43\nthere is no verb \"ehco2\"; \"help\" lists all\n0\n"
	    "ERR 3\n18\nthe store said no\n0\n");
	dialogue(&d, "@upload fail\n7\nstatus\n0\nfail\n",
	    "ERR 2\n21\nfail takes no upload\n0\n"
	    "ERR 3\n18\nthe store said no\n0\n");
	dialogue(&d, "echo\n14\nstop\nstatus\nno0\nfail\n",
	    "OK\n10\nline\nstop\n0 1\nERR 3\n18\nthe store said no\n0\n");
	door_end(&d);
}
END_TEST

START_TEST(half_an_upload_is_none)
{
	struct door d;

	door_begin(&d);
	int fd = knock(&d);
	say(&d, fd, "echo\n100\nhalf");
	run(&d, 10);
	shutdown(fd, SHUT_WR);
	hear_end(&d, fd);
	ck_assert_ptr_nonnull(strstr(d.heard.data, "ERR 2\n"));
	ck_assert_ptr_nonnull(strstr(d.heard.data,
	    "the upload ended before its chunk of 0"));
	ck_assert_uint_eq(d.house.gone, 1);
	close(fd);
	d.ended = false;
	fd = knock(&d);
	say(&d, fd, "echo\nno chunk\n");
	hear_end(&d, fd);
	ck_assert_ptr_nonnull(strstr(d.heard.data, "is no chunk"));
	ck_assert_uint_eq(d.house.gone, 2);
	close(fd);
	door_end(&d);
}
END_TEST

START_TEST(a_client_that_says_no_more_still_hears_its_answers)
{
	struct door d;

	door_begin(&d);
	int fd = knock(&d);
	say(&d, fd, "late\nfail\nstatus");
	shutdown(fd, SHUT_WR);
	hear_end(&d, fd);
	ck_assert_str_eq(d.heard.data, GREETING "OK\n8\nat last\n0\n"
	    "ERR 3\n18\nthe store said no\n0\n"
	    "OK\n18\nstate\tgood\nseq\t17\n0\n");
	close(fd);
	door_end(&d);
}
END_TEST

START_TEST(who_hangs_up_is_not_worked_for_any_more)
{
	struct door d;

	door_begin(&d);
	int fd = knock(&d);
	say(&d, fd, "stream\n");
	hear(&d, fd, "begun\n");
	close(fd);
	run(&d, 20);
	ck_assert_uint_eq(d.house.gone, 1);
	/* Also when it had said before that it says no more. */
	fd = knock(&d);
	say(&d, fd, "stream\n");
	shutdown(fd, SHUT_WR);
	hear(&d, fd, "begun\n");
	close(fd);
	run(&d, 1200);
	ck_assert_uint_eq(d.house.gone, 2);
	/* What cannot be stopped ends unheard. */
	fd = knock(&d);
	say(&d, fd, "late\n");
	run(&d, 5);
	close(fd);
	run(&d, 40);
	ck_assert_uint_eq(d.house.orphans, 1);
	door_end(&d);
}
END_TEST

START_TEST(a_request_longer_than_64_kib_is_refused_and_the_next_is_not)
{
	static char words[200000];
	struct door d;

	door_begin(&d);
	memset(words, 'x', sizeof(words));
	words[sizeof(words) - 1] = '\n';
	int fd = knock(&d);
	say_bytes(&d, fd, words, sizeof(words));
	say(&d, fd, "status\n");
	hear(&d, fd, "the request is longer than 65536 bytes\n0\n"
	    "OK\n18\nstate\tgood\nseq\t17\n0\n");
	close(fd);
	door_end(&d);
}
END_TEST

START_TEST(a_dead_daemons_socket_is_replaced_and_a_living_ones_is_not)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	char other[100], longest[300];
	struct door d;

	door_begin(&d);
	ck_assert_ptr_null(control_new(&d.house, d.house.base, &d.settings,
	    &d.err));
	ck_assert_ptr_nonnull(strstr(d.err.text, "another daemon answers at"));
	snprintf(other, sizeof(other), "%s/other", d.dir);
	d.settings.path = other;
	strcpy(a.sun_path, other);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	close(fd);
	struct control *second = control_new(&d.house, d.house.base,
	    &d.settings, &d.err);
	ck_assert_msg(second != NULL, "%s", d.err.text);
	control_free(second);
	fd = open(other, O_CREAT | O_WRONLY, 0600);
	close(fd);
	ck_assert_ptr_null(control_new(&d.house, d.house.base, &d.settings,
	    &d.err));
	ck_assert_ptr_nonnull(strstr(d.err.text, "is no socket"));
	unlink(other);
	memset(longest, 'l', sizeof(longest));
	longest[299] = '\0';
	d.settings.path = longest;
	ck_assert_ptr_null(control_new(&d.house, d.house.base, &d.settings,
	    &d.err));
	ck_assert_ptr_nonnull(strstr(d.err.text, "must have less than 108"));
	door_end(&d);
}
END_TEST

START_TEST(one_client_too_many_is_told_so)
{
	struct door d;
	int fds[9];

	door_begin(&d);
	for (int i = 0; i < 9; i++)
		fds[i] = knock(&d);
	hear_end(&d, fds[8]);
	ck_assert_ptr_nonnull(strstr(d.heard.data, "ERR 3\n"));
	ck_assert_ptr_nonnull(strstr(d.heard.data,
	    "8 clients are connected"));
	for (int i = 0; i < 9; i++)
		close(fds[i]);
	run(&d, 10);
	dialogue(&d, "fail\n", "ERR 3\n18\nthe store said no\n0\n");
	door_end(&d);
}
END_TEST

START_TEST(a_stop_lets_what_is_under_way_end)
{
	struct door d;

	door_begin(&d);
	int idle = knock(&d), busy = knock(&d);
	say(&d, busy, "late\nstatus\n");
	run(&d, 5);
	ck_assert(!control_idle(d.control));
	control_stop(d.control);
	ck_assert_int_ne(access(d.path, F_OK), 0);
	ck_assert(!control_idle(d.control));
	hear_end(&d, busy);
	ck_assert_str_eq(d.heard.data, GREETING "OK\n8\nat last\n0\n");
	ck_assert(control_idle(d.control));
	d.ended = false;
	hear_end(&d, idle);
	close(idle);
	close(busy);
	door_end(&d);
}
END_TEST

START_TEST(help_and_tables_come_from_the_verbs)
{
	struct door d;

	door_begin(&d);
	int fd = knock(&d);
	say(&d, fd, "help\n");
	hear(&d, fd, "help NOUN VERB tells more of one\n0\n");
	ck_assert_ptr_nonnull(strstr(d.heard.data,
	    "  say TEXT [--times TIMES] [--in_full]"));
	text_clear(&d.heard);
	say(&d, fd, "help say\n");
	hear(&d, fd, "0\n");
	ck_assert_ptr_nonnull(strstr(d.heard.data, "for: operator"));
	text_clear(&d.heard);
	say(&d, fd, "verbs numbers list\n");
	hear(&d, fd, "\n0\n");
	ck_assert_str_eq(strchr(d.heard.data, '{'), "{\"name\":"
	    "\"numbers.list\",\"owner\":\"test\",\"role\":\"observer\","
	    "\"acts\":false,\"one\":false,\"meaning\":\"lists numbers\","
	    "\"arguments\":[{\"name\":\"count\",\"type\":\"whole number\","
	    "\"optional\":true,\"meaning\":\"how many\"}]}\n0\n");
	close(fd);
	door_end(&d);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("control");
	Suite *suite = suite_create("control");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_greeting_names_protocol_and_version);
	tcase_add_test(tests,
	    requests_are_answered_in_order_also_when_they_come_at_once);
	tcase_add_test(tests, an_error_is_a_code_and_a_sentence);
	tcase_add_test(tests, a_role_can_be_lowered_and_not_raised);
	tcase_add_test(tests, the_peers_uid_decides);
	tcase_add_test(tests, a_user_who_is_none_is_refused);
	tcase_add_test(tests,
	    a_list_of_any_length_costs_a_reader_nothing_but_time);
	tcase_add_test(tests, a_client_that_never_reads_has_bounded_memory);
	tcase_add_test(tests, a_verb_that_asks_nobody_for_room_is_cut_off);
	tcase_add_test(tests,
	    an_upload_is_split_into_lines_wherever_its_chunks_end);
	tcase_add_test(tests, a_line_of_the_upload_has_a_limit);
	tcase_add_test(tests,
	    an_upload_behind_a_refused_request_is_no_request);
	tcase_add_test(tests, half_an_upload_is_none);
	tcase_add_test(tests,
	    a_client_that_says_no_more_still_hears_its_answers);
	tcase_add_test(tests, who_hangs_up_is_not_worked_for_any_more);
	tcase_add_test(tests,
	    a_request_longer_than_64_kib_is_refused_and_the_next_is_not);
	tcase_add_test(tests,
	    a_dead_daemons_socket_is_replaced_and_a_living_ones_is_not);
	tcase_add_test(tests, one_client_too_many_is_told_so);
	tcase_add_test(tests, a_stop_lets_what_is_under_way_end);
	tcase_add_test(tests, help_and_tables_come_from_the_verbs);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
