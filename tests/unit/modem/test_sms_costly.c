/* The advice to an author: complete, in order, and itself never costly. */
#include "modem/sms_costly.h"
#include "modem/utf8.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct sms_options gsm = {.plain = SMS_GSM7};

struct advice {
	char text[4000]; /* "char>instead " for each, "char>? " for none */
	const struct sms_options *options;
};

static void
on_costly(void *context, const char *character, const char *instead)
{
	struct advice *advice = context;
	size_t len = strlen(advice->text);
	struct sms_size size;

	snprintf(advice->text + len, sizeof advice->text - len, "%s>%s ", character,
		 instead ? instead : "?");
	if (instead) {
		assert_int_equal(sms_measure(instead, strlen(instead), advice->options, &size), 0);
		assert_int_not_equal(size.encoding, SMS_UCS2);
	}
}

static void
assert_advice(const char *text, struct sms_options options, int count, const char *want)
{
	struct advice advice = {.options = &options};

	assert_int_equal(sms_costly(text, strlen(text), &options, on_costly, &advice), count);
	assert_string_equal(advice.text, want);
}

static void
names_what_forced_ucs2(void **state)
{
	const struct sms_options latin1 = {.plain = SMS_LATIN1};
	const struct sms_options ascii = {.plain = SMS_ASCII};

	(void)state;
	assert_advice("Pay PHP 500 {today} at 10€, ñandú?", gsm, 1, "ú>u ");
	assert_advice("Pay today @ 5€", gsm, 0, "");
	assert_advice("“Pay” – it’s ₱500… now\xC2\xA0ok “x”", gsm, 7,
		      "“>\" ”>\" –>- ’>' ₱>PHP …>... \xC2\xA0>  ");
	assert_advice("á ç í Č ő ệ Đ ș", gsm, 8, "á>a ç>c í>i Č>C ő>o ệ>e Đ>D ș>s ");
	assert_advice("ＰＡＹ！？", gsm, 5, "Ｐ>P Ａ>A Ｙ>Y ！>! ？>? ");
	assert_advice("ok👍🏽\xE2\x80\x8B\xE2\x80\x8D!", gsm, 4,
		      "👍> 🏽> \xE2\x80\x8B> \xE2\x80\x8D> ");
	assert_advice("ж₹", gsm, 2, "ж>? ₹>INR ");
	assert_advice("€é", latin1, 1, "€>EUR ");
	assert_advice("£ñ{", ascii, 2, "£>GBP ñ>n ");
}

static void
with_national_tables(void **state)
{
	const struct sms_options tr = {.plain = SMS_GSM7, .shift = GSM7_TURKISH};
	const struct sms_options pt = {.plain = SMS_GSM7, .shift = GSM7_PORTUGUESE};

	(void)state;
	assert_advice("ödeme günü geçti, şimdi", tr, 0, "");
	assert_advice("ödeme günü geçti, “şimdi”", tr, 2, "“>\" ”>\" ");
	assert_advice("não é “já”", pt, 2, "“>\" ”>\" ");
}

/* Whatever the character and the link, what is advised fits that link. */
static void
advice_always_fits(void **state)
{
	static const enum sms_encoding plains[] = {SMS_GSM7, SMS_LATIN1, SMS_ASCII};

	(void)state;
	for (size_t i = 0; i < sizeof plains / sizeof *plains; i++) {
		struct sms_options options = {.plain = plains[i]};

		for (uint32_t c = 1; c <= 0x1FFFF; c = c == 0xD7FF ? 0xE000 : c + 1) {
			struct advice advice = {.options = &options};
			char text[5];
			size_t len = utf8_put(c, text);

			assert_in_range(sms_costly(text, len, &options, on_costly, &advice), 0, 1);
		}
	}
	assert_int_equal(sms_costly("\xFF", 1, &gsm, on_costly, NULL), -EILSEQ);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_what_forced_ucs2),
	    cmocka_unit_test(with_national_tables),
	    cmocka_unit_test(advice_always_fits),
	};

	return cmocka_run_group_tests_name("sms_costly", tests, NULL, NULL);
}
