/* What the parts of the bench have in common. */
#ifndef BENCH_DETECTION_BENCH_H
#define BENCH_DETECTION_BENCH_H

/* Each takes how many worlds to make, the first one's seed, changes of
 * settings, and where data lies; and returns an exit status. */
int bench_day(int seeds, int first, const char *changes, const char *data);
int bench_placebo(int seeds, int first, const char *changes,
    const char *data);
int bench_foreign(int seeds, int first, const char *changes,
    const char *data);
int bench_anomaly(int seeds, int first, const char *changes,
    const char *data);
int bench_surrogate(int seeds, int first, const char *changes,
    const char *data);
int bench_impact(int seeds, int first, const char *changes,
    const char *data);
int bench_scale(int seeds, int first, const char *changes, const char *data);

#endif
