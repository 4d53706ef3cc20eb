/* Number words as people of each language say them; that every one of them is among the words a
 * lender is told to record; that ICU's silent English is found out. */
#include "templates/spoken.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const languages[] = {
    "en", "en-US", "en-IN", "fr",  "es", "es-CO", "pt", "ru", "uk", "ar", "hi",     "sw",
    "am", "id",    "vi",    "fil", "th", "my",    "km", "ta", "ne", "zh", "zh-Hant"};
#define LANGUAGES (sizeof languages / sizeof *languages)

#define TUESDAY 20711 /* 2026-09-15 */
#define FIRST   20697 /* 2026-09-01, a Tuesday too */

static struct spoken *
opened(const char *language)
{
	struct spoken *s;
	char why[SPOKEN_WHY];
	if (spoken_open(&s, language, why) != 0)
		fail_msg("%s: %s", language, why);
	return s;
}

static void
test_amounts(void **state)
{
	(void)state;
	static const struct {
		const char *language;
		int64_t minor;
		int digits;
		const char *currency, *said;
	} cases[] = {
	    {"en", 125000, 2, "PHP", "one thousand two hundred fifty Philippine pesos"},
	    {"en", 125050, 2, "PHP",
	     "one thousand two hundred fifty Philippine pesos and fifty centavos"},
	    {"en", 100, 2, "PHP", "one Philippine peso"},
	    {"en", 1, 2, "USD", "one cent"},
	    {"en", 0, 2, "USD", "zero US dollars"},
	    {"en", 5000, 0, "VND", "five thousand Vietnamese dong"},
	    {"en", 1250050, 3, "KWD",
	     "one thousand two hundred fifty point zero five Kuwaiti dinars"},
	    {"en-IN", 12345600, 2, "INR",
	     "one lakh twenty three thousand four hundred fifty six Indian rupees"},
	    {"es", 100, 2, "MXN", "un peso mexicano"},
	    {"es", 100, 2, "INR", "una rupia india"},
	    {"es", 20000, 2, "INR", "doscientas rupias indias"},
	    {"es", 99999999900, 2, "MXN",
	     "novecientos noventa y nueve millones novecientos noventa y nueve mil novecientos "
	     "noventa y nueve pesos mexicanos"},
	    {"es", 100000000, 2, "MXN", "un millón de pesos mexicanos"},
	    {"es", 50, 2, "MXN", "cincuenta centavos"},
	    {"fr", 100000000, 2, "EUR", "un million d'euros"},
	    {"fr", 20100, 2, "INR", "deux cent une roupies indiennes"},
	    {"pt", 200, 2, "BRL", "dois Reais brasileiros"},
	    {"ru", 100, 2, "RUB", "один российский рубль"},
	    {"ru", 200, 2, "RUB", "два российских рубля"},
	    {"ru", 2102, 2, "RUB", "двадцать один российский рубль две копейки"},
	    {"ru", 20100, 2, "INR", "двести одна индийская рупия"},
	    {"ru", 125050, 2, "PHP",
	     "одна тысяча двести пятьдесят запятая пять филиппинского песо"},
	    {"uk", 502, 2, "UAH", "п'ять українських гривень дві копійки"},
	    {"uk", 200, 2, "UAH", "дві українські гривні"},
	    {"sw", 125050, 2, "KES",
	     "shilingi za Kenya elfu moja mia mbili na hamsini na senti hamsini"},
	    {"ar", 525, 2, "EGP", "خمسة جنيهات مصرية وخمسة وعشرون قرش"},
	    {"hi", 10000000, 2, "INR", "एक लाख भारतीय रुपए"},
	    {"am", 2500, 2, "ETB", "ሃያ አምስት የኢትዮጵያ ብር"},
	    {"am", 11100, 2, "ETB", "መቶ አስራ አንድ የኢትዮጵያ ብር"},
	    {"fil", 2100, 2, "PHP", "dalawáng pû't isá piso ng Pilipinas"},
	    {"th", 2125, 2, "THB", "ยี่ สิบ เอ็ด บาทไทย ยี่ สิบ ห้า สตางค์"},
	    {"my", 250000, 2, "MMK", "နှစ် ထောင့် ငါး ရာ မြန်မာ ကျပ်"},
	    {"km", 1500, 2, "KHR", "ដប់ ប្រាំ រៀល កម្ពុជា"},
	    {"id", 15000000, 2, "IDR", "seratus lima puluh ribu Rupiah Indonesia"},
	    {"vi", 1005, 0, "VND", "một nghìn không trăm lẻ năm Đồng Việt Nam"},
	    {"zh", 125050, 2, "CNY", "一 千 二 百 五 十 点 五 人民币"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[SPOKEN_TEXT];
		struct spoken *s = opened(cases[i].language);
		assert_int_equal(spoken_amount(s, cases[i].minor, cases[i].digits,
					       cases[i].currency, text, sizeof text),
				 0);
		assert_string_equal(text, cases[i].said);
		spoken_close(s);
	}
}

static void
test_dates(void **state)
{
	(void)state;
	static const struct {
		const char *language;
		int32_t day;
		const char *said;
	} cases[] = {
	    {"en", TUESDAY, "Tuesday the fifteenth of September"},
	    {"en-US", TUESDAY, "Tuesday September fifteenth"},
	    {"en", 20728, "Friday the second of October"},
	    {"fr", FIRST, "mardi premier septembre"},
	    {"fr", TUESDAY, "mardi quinze septembre"},
	    {"es", FIRST, "martes primero de septiembre"},
	    {"es", FIRST + 1, "miércoles dos de septiembre"},
	    {"pt", TUESDAY, "terça feira quinze de setembro"},
	    {"ru", TUESDAY, "вторник пятнадцатое сентября"},
	    {"uk", TUESDAY, "вівторок п'ятнадцяте вересня"},
	    {"ar", TUESDAY, "الثلاثاء الخامس عشر من سبتمبر"},
	    {"sw", TUESDAY, "Jumanne tarehe kumi na tano Septemba"},
	    {"fil", TUESDAY, "Martes ika labíng limá ng Setyembre"},
	    {"id", TUESDAY, "Selasa tanggal lima belas September"},
	    {"vi", TUESDAY, "Thứ Ba ngày mười lăm tháng chín"},
	    {"th", TUESDAY, "วันอังคาร ที่ สิบ ห้า กันยายน"},
	    {"zh", TUESDAY, "九 月 十 五 日 星期二"},
	    {"hi", -1, "बुधवार इकतीस दिसंबर"},
	};
	char text[SPOKEN_TEXT];
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct spoken *s = opened(cases[i].language);
		assert_int_equal(spoken_date(s, cases[i].day, text, sizeof text), 0);
		assert_string_equal(text, cases[i].said);
		spoken_close(s);
	}
	struct spoken *s = opened("en");
	assert_int_equal(spoken_date(s, 2932897, text, sizeof text), -ERANGE);
	assert_string_equal(text, "");
	spoken_close(s);
}

static void
test_digits(void **state)
{
	(void)state;
	char text[SPOKEN_TEXT];
	struct spoken *s = opened("en");
	assert_int_equal(spoken_digits(s, "+63 (917) 0-5", text, sizeof text), 0);
	assert_string_equal(text, "six three nine one seven zero five");
	assert_int_equal(spoken_digits(s, "12a", text, sizeof text), -EINVAL);
	assert_string_equal(text, "");
	assert_int_equal(spoken_digits(s, "+-", text, sizeof text), -EINVAL);
	assert_int_equal(spoken_digits(s, "", text, sizeof text), -EINVAL);
	spoken_close(s);
}

static void
test_silent_english_is_refused(void **state)
{
	(void)state;
	static const char *const unknown[] = {"bn", "ur", "te", "si",      "ha", "yo",
					      "zu", "uz", "lo", "hi-Latn", "xx"};
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
		struct spoken *s;
		char why[SPOKEN_WHY];
		assert_int_equal(spoken_open(&s, unknown[i], why), -ENOENT);
		assert_null(s);
		assert_non_null(strstr(why, unknown[i]));
	}
	struct spoken *s;
	assert_int_equal(spoken_open(&s, "no such tag", NULL), -EINVAL);
	assert_int_equal(spoken_open(&s, "", NULL), -EINVAL);
}

static void
test_bounds(void **state)
{
	(void)state;
	char text[SPOKEN_TEXT], small[12];
	struct spoken *s = opened("tl");
	assert_int_equal(spoken_count(s, 1, text, sizeof text), 0);
	assert_string_equal(text, "isá");
	assert_int_equal(spoken_count(s, -1, text, sizeof text), -ERANGE);
	assert_int_equal(spoken_count(s, SPOKEN_MOST, text, sizeof text), 0);
	assert_int_equal(spoken_count(s, SPOKEN_MOST + 1LL, text, sizeof text), -ERANGE);
	assert_int_equal(spoken_amount(s, -1, 2, "PHP", text, sizeof text), -ERANGE);
	assert_int_equal(spoken_amount(s, SPOKEN_MOST * 100LL + 99, 2, "PHP", text, sizeof text),
			 0);
	assert_int_equal(spoken_amount(s, SPOKEN_MOST * 100LL + 100, 2, "PHP", text, sizeof text),
			 -ERANGE);
	assert_int_equal(spoken_amount(s, INT64_MAX, 0, "PHP", text, sizeof text), -ERANGE);
	assert_int_equal(spoken_amount(s, 1, 2, "php", text, sizeof text), -EINVAL);
	assert_int_equal(spoken_amount(s, 1, 2, "PHPX", text, sizeof text), -EINVAL);
	assert_int_equal(spoken_amount(s, 1, 2, "QQQ", text, sizeof text), -EINVAL);
	assert_int_equal(spoken_count(s, 123456789, small, sizeof small), -ENOBUFS);
	assert_string_equal(small, "");
	spoken_close(s);
}

/* ---- every word that is said is one that was listed ---- */

#define LISTED 512

struct listed {
	char words[LISTED][SPOKEN_WORD];
	unsigned kinds[LISTED];
	int n;
};

static bool
is_listed(const struct listed *l, unsigned kinds, const char *word, size_t n)
{
	for (int i = 0; i < l->n; i++)
		if (strlen(l->words[i]) == n && memcmp(l->words[i], word, n) == 0)
			return (l->kinds[i] & kinds) != 0;
	return false;
}

static void
on_word(void *ctx, unsigned kinds, const char *word)
{
	struct listed *l = ctx;
	assert_true(l->n < LISTED);
	assert_true(strlen(word) < SPOKEN_WORD);
	assert_null(strpbrk(word, " /\\.,-\"\n"));
	assert_true(word[0] != '\0' && word[0] != '\'');
	assert_false(is_listed(l, ~0u, word, strlen(word)));
	l->kinds[l->n] = kinds;
	strcpy(l->words[l->n++], word);
}

static void
assert_listed(const struct listed *l, unsigned kinds, const char *language, const char *text)
{
	assert_true(text[0] != '\0');
	for (const char *p = text; *p != '\0';) {
		size_t n = strcspn(p, " ");
		assert_true(n > 0);
		if (!is_listed(l, kinds, p, n))
			fail_msg("%s: \"%.*s\" of \"%s\" is not listed", language, (int)n, p, text);
		p += n + (p[n] == ' ');
	}
}

/* Some of each length, so that short numbers come as often as long ones. */
static int64_t
any_number(unsigned *seed)
{
	*seed = *seed * 1103515245 + 12345;
	unsigned high = *seed >> 8;
	*seed = *seed * 1103515245 + 12345;
	int64_t below = 10;
	for (unsigned i = high % 9; i > 0; i--)
		below *= 10;
	return (int64_t)((high >> 4) * 4096 + (*seed >> 20)) % below;
}

static void
check_language(const char *language, const char *currency, int digits, unsigned seed)
{
	static struct listed l;
	char text[SPOKEN_TEXT];
	l.n = 0;
	struct spoken *s = opened(language);
	assert_int_equal(spoken_words(s, currency, digits, on_word, &l), 0);
	assert_true(l.n > 20 && l.n < 300);
	for (int i = 0; i < 1000; i++) {
		int64_t n = any_number(&seed);
		assert_int_equal(spoken_count(s, n, text, sizeof text), 0);
		assert_listed(&l, 1u << SPOKEN_NUMBER, language, text);
		int64_t minor = digits == 0 ? n : n * 100 + (i % 4 == 0 ? 0 : (n + i) % 100);
		assert_int_equal(spoken_amount(s, minor, digits, currency, text, sizeof text), 0);
		assert_listed(&l, SPOKEN_AMOUNTS, language, text);
	}
	for (int32_t day = TUESDAY; day < TUESDAY + 400; day++) {
		assert_int_equal(spoken_date(s, day, text, sizeof text), 0);
		assert_listed(&l, SPOKEN_DATES, language, text);
	}
	assert_int_equal(spoken_digits(s, "0123456789", text, sizeof text), 0);
	assert_listed(&l, 1u << SPOKEN_NUMBER, language, text);
	spoken_close(s);
}

static void
test_every_word_is_listed(void **state)
{
	(void)state;
	for (size_t i = 0; i < LANGUAGES; i++)
		check_language(languages[i], "PHP", 2, 1);
	check_language("es", "INR", 2, 2);
	check_language("pt", "INR", 2, 2);
	check_language("uk", "INR", 2, 2);
	check_language("ru", "RUB", 2, 3);
	check_language("uk", "UAH", 2, 4);
	check_language("ar", "EGP", 2, 5);
	check_language("fr", "EUR", 2, 6);
	check_language("vi", "VND", 0, 7);
	check_language("th", "THB", 2, 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_amounts), cmocka_unit_test(test_dates),
	    cmocka_unit_test(test_digits),  cmocka_unit_test(test_silent_english_is_refused),
	    cmocka_unit_test(test_bounds),  cmocka_unit_test(test_every_word_is_listed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
