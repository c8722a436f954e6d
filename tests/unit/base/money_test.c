/* Amounts are exact, or refused. */
#include "run.h"

#include "base/money.h"

static uint32_t
currency(const char *code)
{
	return currency_pack(lift_text(code));
}

static void
reads(const char *number, const char *code, int64_t expected)
{
	int64_t minor = -77;

	ck_assert_msg(money_read(lift_text(number), currency(code), &minor),
	    "%s %s", number, code);
	ck_assert_msg(minor == expected, "%s %s is %lld", number, code,
	    (long long)minor);
}

static void
refuses(const char *number, const char *code)
{
	int64_t minor = -77;

	ck_assert_msg(!money_read(lift_text(number), currency(code), &minor),
	    "%s %s", number, code);
	ck_assert_int_eq(minor, -77);
}

START_TEST(decimals_become_minor_units_exactly)
{
	reads("19.99", "EUR", 1999);
	reads("0.1", "EUR", 10);
	reads("-3", "EUR", -300);
	reads("-0", "EUR", 0);
	reads("0.00000000", "EUR", 0);
	reads("12.500000000000000000000000", "EUR", 1250);
	reads("1.5e2", "EUR", 15000);
	reads("150E-2", "EUR", 150);
	reads("1200", "JPY", 1200);
	reads("1200.0", "JPY", 1200);
	reads("1.234", "KWD", 1234);
	reads("1.2345", "CLF", 12345);
	reads("92233720368547758.07", "EUR", INT64_MAX);
}
END_TEST

START_TEST(what_does_not_fit_is_refused)
{
	refuses("19.999", "EUR");
	refuses("0.5", "JPY");
	refuses("92233720368547758.08", "EUR");
	refuses("1e30", "EUR");
	refuses("1e-9", "EUR");
	refuses("1e99999999999", "EUR");
	refuses("", "EUR");
	refuses("-", "EUR");
	refuses(".5", "EUR");
	refuses("1.2.3", "EUR");
	refuses("1e", "EUR");
	refuses("12 EUR", "EUR");
}
END_TEST

START_TEST(what_is_written_can_be_read_back)
{
	static const int64_t amounts[] = { 0, 1, 9, 10, 99, 100, 12345, -1,
		-100, INT64_MAX, INT64_MIN + 1 };
	static const char *const codes[] = { "EUR", "JPY", "KWD", "CLF" };
	struct text t = { 0 };

	for (unsigned i = 0; i < 11 * 4; i++) {
		text_clear(&t);
		money_write(&t, amounts[i / 4], currency(codes[i % 4]));
		reads(t.data, codes[i % 4], amounts[i / 4]);
	}
	text_clear(&t);
	money_write(&t, -5, currency("EUR"));
	ck_assert_str_eq(t.data, "-0.05");
	text_done(&t);
}
END_TEST

START_TEST(a_currency_is_three_capital_letters)
{
	char name[4];

	currency_name(currency("SEK"), name);
	ck_assert_str_eq(name, "SEK");
	ck_assert_uint_eq(currency("eur"), 0);
	ck_assert_uint_eq(currency("EURO"), 0);
	ck_assert_uint_eq(currency(""), 0);
	ck_assert_int_eq(currency_exponent(currency("EUR")), 2);
	ck_assert_int_eq(currency_exponent(currency("JPY")), 0);
	ck_assert_int_eq(currency_exponent(currency("TND")), 3);
	ck_assert_double_eq(money_major(1999, currency("EUR")), 19.99);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("money");

	tcase_add_test(tests, decimals_become_minor_units_exactly);
	tcase_add_test(tests, what_does_not_fit_is_refused);
	tcase_add_test(tests, what_is_written_can_be_read_back);
	tcase_add_test(tests, a_currency_is_three_capital_letters);
	return run_tests(tests, "money");
}
