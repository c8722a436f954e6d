/* How a test of the base runs its cases. */
#ifndef UNIT_BASE_RUN_H
#define UNIT_BASE_RUN_H

#include <check.h>

/* Runs the cases: 0 when all of them held. */
static inline int
run_tests(TCase *tests, const char *name)
{
	Suite *suite = suite_create(name);
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 60);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

#endif
