/* Distribution functions, without state: the same answer on each call, in each
 * thread and in each replay. */
#ifndef LAW_H
#define LAW_H

/* The logarithm of the gamma function of X > 0, without the global sign that
 * lgamma(3) writes. */
double law_log_gamma(double x);

/* The share of a standard normal below Z. */
double law_normal(double z);

/* The point of a standard normal with the share P below, 0 < P < 1. */
double law_normal_point(double p);

/* The share of a gamma law with this SHAPE and scale 1 below X. */
double law_gamma(double shape, double x);

/* The point of a gamma law with SHAPE and scale 1 that has the share P below;
 * good to a few parts in a thousand from shape 0.5 on. */
double law_gamma_point(double shape, double p);

/* The share of a beta law with shapes A and B below X, 0 <= X <= 1. */
double law_beta(double a, double b, double x);

/* The share at or below COUNT of a negative binomial law with SHAPE and MEAN;
 * COUNT need not be whole. */
double law_counts(double shape, double mean, double count);

/* Half of the share at COUNT and all of that below: for counts so small that
 * a step matters. */
double law_counts_middle(double shape, double mean, double count);

#endif
