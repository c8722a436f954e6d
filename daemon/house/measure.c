/* The numbers of the whole, at the moment when somebody asks for them: what is
 * counted as it happens stands in the registry already. */
#include "house/house_parts.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"

static void
gauge(struct house *h, const char *name, const char *meaning, int64_t value)
{
	metric_set(metric_of(h->metrics, METRIC_GAUGE, name, NULL, meaning),
	    value);
}

/* Of the embedded store alone: a server's disk is the server's to watch. */
static void
measure_file(struct house *h, const char *name, const char *labels)
{
	char path[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", h->places.state, name);
	if (stat(path, &st) == 0)
		metric_set(metric_of(h->metrics, METRIC_GAUGE, "store_bytes",
		    labels, "size of the embedded store's files"),
		    (int64_t)st.st_size);
}

static void
measure_log(struct house *h)
{
	uint64_t seq = gate_seq(h->gate), stored = gate_committed(h->gate);
	const char *const *names = roster_missing(h->roster);
	int64_t missing = 0;

	while (names != NULL && names[missing] != NULL)
		missing++;

	gauge(h, "log_seq", "seq of the newest entry", (int64_t)seq);
	gauge(h, "log_uncommitted_entries",
	    "entries that are folded and not yet stored",
	    (int64_t)(seq - stored));
	gauge(h, "snapshot_tail_entries",
	    "entries behind the newest snapshot, which a start would fold",
	    (int64_t)(stored - h->snapshot_seq));
	gauge(h, "shoppers", "shoppers with a number",
	    (int64_t)identity_count(h->identity));
	gauge(h, "plugins_missing", "plugins that are refused or failed",
	    missing);
}

/* ---- the process, by the names that all exporters use -------------------- */

static int64_t
status_kilobytes(const char *name)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[128];
	int64_t kilobytes = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			kilobytes = strtoll(line + strlen(name), NULL, 10);
	if (f != NULL)
		fclose(f);
	return kilobytes;
}

static int64_t
open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	int64_t n = -3;		/* the two dots, and this one */

	while (d != NULL && readdir(d) != NULL)
		n++;
	if (d != NULL)
		closedir(d);
	return n > 0 ? n : 0;
}

static void
process_line(struct text *t, const char *name, const char *kind,
    const char *meaning, double value)
{
	text_form(t, "# HELP process_%s %s\n# TYPE process_%s %s\n"
	    "process_%s ", name, meaning, name, kind, name);
	json_number(t, value);
	text_byte(t, '\n');
}

static void
process_write(const struct house *h, struct text *t)
{
	struct rusage u = { 0 };
	struct rlimit files = { 0 };

	getrusage(RUSAGE_SELF, &u);
	getrlimit(RLIMIT_NOFILE, &files);
	process_line(t, "cpu_seconds_total", "counter", "time on processors",
	    (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6);
	process_line(t, "resident_memory_bytes", "gauge", "memory in use",
	    (double)status_kilobytes("VmRSS:") * 1024);
	process_line(t, "virtual_memory_bytes", "gauge", "addresses in use",
	    (double)status_kilobytes("VmSize:") * 1024);
	process_line(t, "open_fds", "gauge", "open files and sockets",
	    (double)open_files());
	process_line(t, "max_fds", "gauge", "as many as may be open",
	    (double)files.rlim_cur);
	process_line(t, "start_time_seconds", "gauge", "when it was started",
	    (double)h->started / 1e6);
}

void
house_metrics(struct house *h, struct text *t)
{
	char labels[96];

	snprintf(labels, sizeof(labels), "version=\"%s\"", LIFTD_BUILD);
	metric_set(metric_of(h->metrics, METRIC_GAUGE, "build_info", labels,
	    "1, with the version"), 1);
	measure_log(h);
	couriers_measure(h->couriers);
	measure_file(h, "liftd.db", "file=\"liftd.db\"");
	measure_file(h, "liftd.db-wal", "file=\"liftd.db-wal\"");
	metrics_write(h->metrics, t);
	process_write(h, t);
}
