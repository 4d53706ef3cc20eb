/* The makers' tables: who is recognised as what, and what their errors mean. */
#include "modem/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
recognised(void **state)
{
	static const struct {
		const char *maker, *model, *name;
		int vid;
	} rows[] = {
	    {"huawei", "E3372", "huawei", -1},
	    {"Huawei Technologies Co., Ltd.", "E173", "huawei", 0x12d1},
	    {"ZTE INCORPORATED", "MF180", "zte", 0x19d2},
	    {"Quectel", "EC25", "quectel", 0x2c7c},
	    {"SIMCOM_Ltd", "SIMCOM_SIM800C", "simcom", -1},
	    {"SIMCOM INCORPORATED", "SIMCOM_SIM7600E", "simcom7600", 0x1e0e},
	    {"SIMCOM INCORPORATED", "SIM7600E-H", "simcom7600", 0x1e0e},
	    {"WAVECOM MODEM", "MULTIBAND 900E 1800", "wavecom", 0x067b},
	    {"Sierra Wireless, Incorporated", "MC7455", "wavecom", 0x1199},
	    {"u-blox", "SARA-U270", "ublox", 0x1546},
	    {"Telit", "LE910", "telit", 0x1bc7},
	    {"", "", "huawei", 0x12d1},
	    {"Acme", "M1", "generic", 0x067b},
	    {"", "", "generic", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(
		    driver_find(rows[i].maker, rows[i].model, rows[i].vid, -1)->name, rows[i].name);
}

/* No table restarts a Huawei or ZTE stick by AT+CFUN=1,1: it may come back as a CD drive. */
static void
whole_and_safe(void **state)
{
	(void)state;
	for (size_t i = 0; driver_at(i) != NULL; i++) {
		struct driver whole;
		bool usb_disk = strcmp(driver_at(i)->name, "huawei") == 0 ||
				strcmp(driver_at(i)->name, "zte") == 0;

		driver_whole(driver_at(i), &whole);
		assert_ptr_equal(driver_named(whole.name), driver_at(i));
		assert_non_null(whole.init);
		assert_non_null(whole.cnmi[0]);
		assert_non_null(whole.iccid[0]);
		assert_non_null(whole.cmms);
		assert_non_null(whole.radio_off);
		assert_non_null(whole.radio_on);
		assert_string_equal(whole.reset[0], "ATZ");
		for (const char *const *reset = whole.reset; usb_disk && *reset != NULL; reset++)
			assert_null(strstr(*reset, "1,1"));
	}
}

static void
errors(void **state)
{
	static const struct {
		const char *driver;
		int code;
		enum driver_verdict verdict;
	} rows[] = {
	    {"generic", 1, DRIVER_NUMBER},     {"generic", 28, DRIVER_NUMBER},
	    {"generic", 50, DRIVER_NUMBER},    {"generic", 21, DRIVER_LATER},
	    {"generic", 38, DRIVER_LATER},     {"generic", 41, DRIVER_LATER},
	    {"generic", 42, DRIVER_LATER},     {"generic", 47, DRIVER_LATER},
	    {"generic", 310, DRIVER_SIM},      {"generic", 316, DRIVER_SIM},
	    {"generic", 322, DRIVER_FULL},     {"generic", 500, DRIVER_RESET},
	    {"wavecom", 512, DRIVER_LATER},    {"ublox", 512, DRIVER_ABORTED},
	    {"simcom", 512, DRIVER_ABORTED},   {"wavecom", 38, DRIVER_LATER},
	    {"generic", 9999, DRIVER_UNKNOWN}, {"generic", 521, DRIVER_UNKNOWN},
	    {"generic", 511, DRIVER_LATER},    {"generic", -1, DRIVER_LATER},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct driver_error *error =
		    driver_error(driver_named(rows[i].driver), rows[i].code);

		assert_int_equal(error->verdict, rows[i].verdict);
		assert_true(error->text[0] != '\0');
	}
}

static void
unsolicited(void **state)
{
	(void)state;
	assert_true(driver_unsolicited(driver_named("huawei"), "^RSSI:17"));
	assert_true(driver_unsolicited(driver_named("wavecom"), "+WIND: 4"));
	assert_false(driver_unsolicited(driver_named("generic"), "+WIND: 4"));
	assert_true(driver_unsolicited(driver_named("generic"), "+CMTI: \"SM\",1"));
	assert_false(driver_unsolicited(driver_named("generic"), "352099001761481"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(recognised),
	    cmocka_unit_test(whole_and_safe),
	    cmocka_unit_test(errors),
	    cmocka_unit_test(unsolicited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
