/* Numbers that an operator may watch. */
#include "run.h"

#include "base/metric.h"

START_TEST(a_metric_is_made_once)
{
	struct metrics *m = metrics_new();
	struct metric *a = metric_of(m, METRIC_COUNTER, "runs_total",
	    "job=\"a\"", "runs");
	struct metric *b = metric_of(m, METRIC_COUNTER, "runs_total",
	    "job=\"b\"", "runs");

	ck_assert_ptr_ne(a, b);
	ck_assert_ptr_eq(a, metric_of(m, METRIC_COUNTER, "runs_total",
	    "job=\"a\"", "runs"));
	metric_add(a, 3);
	metric_add(a, 4);
	ck_assert_int_eq(metric_value(a), 7);
	ck_assert_int_eq(metric_value(b), 0);
	metrics_free(m);
	metrics_free(NULL);
}
END_TEST

START_TEST(the_text_is_what_prometheus_reads)
{
	struct metrics *m = metrics_new();
	struct text t = { 0 };

	metric_add(metric_of(m, METRIC_COUNTER, "runs_total", "job=\"a\"",
	    "runs of jobs"), 2);
	metric_set(metric_of(m, METRIC_GAUGE, "lag_seconds", NULL, "lag"),
	    1500000);
	metric_set(metric_of(m, METRIC_GAUGE, "entries", NULL, "entries"),
	    -3);
	metrics_write(m, &t);
	ck_assert_str_eq(t.data,
	    "# HELP liftd_runs_total runs of jobs\n"
	    "# TYPE liftd_runs_total counter\n"
	    "liftd_runs_total{job=\"a\"} 2\n"
	    "# HELP liftd_lag_seconds lag\n"
	    "# TYPE liftd_lag_seconds gauge\n"
	    "liftd_lag_seconds 1.5\n"
	    "# HELP liftd_entries entries\n"
	    "# TYPE liftd_entries gauge\n"
	    "liftd_entries -3\n");
	text_done(&t);
	metrics_free(m);
}
END_TEST

START_TEST(a_histogram_counts_upward_to_its_sum)
{
	struct metrics *m = metrics_new();
	struct metric *h = metric_of(m, METRIC_HISTOGRAM, "commit_seconds",
	    NULL, "commits");
	struct text t = { 0 };

	ck_assert_int_eq(metric_quantile(h, 0.5), 0);
	for (int i = 0; i < 90; i++)
		metric_note(h, 1000);
	for (int i = 0; i < 10; i++)
		metric_note(h, 1000000);
	ck_assert_int_ge(metric_quantile(h, 0.5), 1000);
	ck_assert_int_lt(metric_quantile(h, 0.5), 5000);
	ck_assert_int_ge(metric_quantile(h, 0.99), 1000000);
	metric_note(h, INT64_C(1) << 50);
	metrics_write(m, &t);
	ck_assert_ptr_nonnull(strstr(t.data,
	    "liftd_commit_seconds_bucket{le=\"+Inf\"} 101\n"));
	ck_assert_ptr_nonnull(strstr(t.data,
	    "liftd_commit_seconds_count 101\n"));
	text_done(&t);
	metrics_free(m);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("metric");

	tcase_add_test(tests, a_metric_is_made_once);
	tcase_add_test(tests, the_text_is_what_prometheus_reads);
	tcase_add_test(tests, a_histogram_counts_upward_to_its_sum);
	return run_tests(tests, "metric");
}
