/* The reader of replies, sentence by sentence.  Today is Tuesday 2026-09-15, pesos. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/config/config_words.h"
#include "schedule/civil.h"
#include "schedule/reply.h"

static struct reply_context
context(void)
{
	return (struct reply_context){.language = "en",
				      .today = civil_day(2026, 9, 15),
				      .currency = "PHP",
				      .digits = 2,
				      .balance = 500000};
}

static struct reply_reading
read_as(const char *text, const char *language)
{
	struct reply_context c = context();
	struct reply_reading r;

	c.language = language;
	reply_read(config_words_shipped(), text, strlen(text), &c, &r);
	return r;
}

static int wrong;

static void
expect_intent(const char *text, const char *language, enum reply_intent intent)
{
	struct reply_reading r = read_as(text, language);

	if (r.intent == intent)
		return;
	wrong++;
	print_error("\"%s\": %s (%s)\n", text, reply_intent_word(r.intent),
		    r.n_cues ? r.cues[0] : "");
}

static void
expect_all(const char *const *texts, size_t n, enum reply_intent intent)
{
	wrong = 0;
	for (size_t i = 0; i < n; i++)
		expect_intent(texts[i], "en", intent);
	assert_int_equal(wrong, 0);
}

#define EXPECT_ALL(intent, ...)                                                                    \
	do {                                                                                       \
		static const char *const texts[] = {__VA_ARGS__};                                  \
		expect_all(texts, sizeof texts / sizeof texts[0], intent);                         \
	} while (0)

static void
stop_words_are_whole_messages(void **state)
{
	(void)state;
	EXPECT_ALL(REPLY_STOP, "STOP", "stop", "Stop.", " STOP!! ", "stop please", "Pls stop",
		   "STOPPP", "stopp", "STOP STOP", "Stop all", "STOPALL", "END", "Cancel",
		   "UNSUBSCRIBE", "Quit", "REVOKE", "OPT OUT", "opt-out", "OPTOUT", "stop thanks",
		   "\xef\xbc\xb3\xef\xbc\xb4\xef\xbc\xaf\xef\xbc\xb0" /* full-width */,
		   "\xe2\x80\x9cSTOP\xe2\x80\x9d", "STOP \xf0\x9f\x98\xa1", "S\xc2\xadTOP");
	wrong = 0;
	expect_intent("BAJA", "es", REPLY_STOP);
	expect_intent("ARR\xc3\x8aT", "fr", REPLY_STOP);
	expect_intent("\xe9\x80\x80\xe8\xae\xa2", "zh", REPLY_STOP);
	expect_intent("td", "zh-CN", REPLY_STOP);
	expect_intent("T", "zh", REPLY_STOP);
	expect_intent("alto", "es-MX", REPLY_STOP);
	expect_intent("itigil po", "fil", REPLY_STOP);
	expect_intent("STOP", "sw", REPLY_STOP);
	expect_intent("BERHENTI", "id", REPLY_STOP);
	/* the same letters in another language */
	expect_intent("td", "id", REPLY_OTHER);
	expect_intent("T", "en", REPLY_OTHER);
	expect_intent("alto", "it", REPLY_OTHER);
	expect_intent("acha", "hi", REPLY_OTHER);
	expect_intent("band", "en", REPLY_OTHER);
	assert_int_equal(wrong, 0);
}

static void
stop_may_be_said_in_any_reasonable_manner(void **state)
{
	(void)state;
	EXPECT_ALL(REPLY_STOP, "Please stop texting me", "stop messaging me please",
		   "stop sending me these", "STOP CONTACTING ME", "quit texting me",
		   "do not text me again", "Don't text me any more", "dont message me ever again",
		   "don\xe2\x80\x99t send me any more texts", "please do not contact me",
		   "no more messages please", "no more texts", "take me off your list",
		   "remove me from this list", "remove my number", "please delete my number",
		   "unsubscribe me", "I want to unsubscribe", "opt me out", "I want to opt out",
		   "leave me alone", "I don't want these messages",
		   "i dont want to get any more sms", "I do not wish to receive your messages",
		   "never text me again", "can you stop texting me?", "stop with the messages",
		   "stop spamming me", "I paid yesterday so stop texting me",
		   "stop sending messages to this number", "lose my number", "I revoke my consent",
		   "stop harassing me", "Kindly stop sending reminders", "Stop.I paid already",
		   "STOP, wrong person", "stop it", "I no longer wish to receive texts",
		   "please cease all communication", "cancel my subscription", "end these messages",
		   "take my number off your system");
}

static void
words_that_only_look_like_stop(void **state)
{
	(void)state;
	EXPECT_ALL(REPLY_OTHER, "why did you stop my account", "I stopped by the bank",
		   "can you stop by my house", "will stop by your office to text you the receipt",
		   "stop adding interest", "please stop charging me fees", "did you cancel my loan",
		   "stop calling my mother, call me", "don't call me, text me",
		   "stop calling me at work", "please don't text me at night",
		   "do not text my wife", "stop texting me until I am back", "only text please",
		   "i don't text", "why don't you text me the amount", "don't stop",
		   "stop messaging my office", "message not received", "I did not get your message",
		   "you did not send me the account number", "stop texting so late");
}

static void
start_help_and_no(void **state)
{
	(void)state;
	EXPECT_ALL(REPLY_START, "START", "unstop", "Start please");
	EXPECT_ALL(REPLY_HELP, "HELP", "info", "help please", "AYUDA");
	EXPECT_ALL(REPLY_NO, "NO", "no.", "No thanks", "nope");
	assert_string_equal(reply_intent_word(REPLY_NO), "other");
}

static void
wrong_numbers_disputes_and_hardship(void **state)
{
	(void)state;
	EXPECT_ALL(REPLY_WRONG_NUMBER, "wrong number", "Wrong no.", "you have the wrong person",
		   "I am not James", "this is not Maria", "this isn't Peter",
		   "nobody here by that name", "I don't know this person", "not Mr Cruz",
		   "this is no longer his number", "the owner changed, new owner here",
		   "this number doesn't belong to John anymore", "no John here",
		   "there is no one called Peter here", "I bought this line recently");
	EXPECT_ALL(REPLY_DISPUTE, "I don't owe you anything", "never took a loan",
		   "this is not my loan", "the amount is wrong", "I never borrowed from you",
		   "this is a scam", "wrong amount", "i didn't take any loan",
		   "you have the wrong amount", "I don't have a loan with you",
		   "someone used my name");
	EXPECT_ALL(REPLY_HARDSHIP, "I lost my job", "no money", "I can't pay",
		   "I cannot afford it right now", "business is bad", "unable to pay at the moment",
		   "I have no work since June", "I don't have money", "I can't pay on Friday");
	EXPECT_ALL(REPLY_OTHER, "my father died", "I am in hospital, will pay on Friday",
		   "talk to my lawyer", "I will kill myself", "I'm not paying",
		   "I'm not able to talk");
}

static void
paid_is_past_and_not_denied(void **state)
{
	struct reply_reading r;

	(void)state;
	EXPECT_ALL(REPLY_PAID, "paid", "Already paid", "I have paid", "I've sent it",
		   "payment done", "done", "paid yesterday", "I paid on Friday", "just paid",
		   "payment was made this morning", "I transferred the money last night",
		   "it has been paid", "sent via GCash today", "I paid already, check",
		   "settled last week");
	EXPECT_ALL(REPLY_OTHER, "not paid yet", "I haven't paid", "did not pay", "when is it paid?",
		   "have you sent the receipt?", "was it paid?", "I never paid");
	r = read_as("Paid Php 1,250.50 yesterday ref 998812", "en");
	assert_int_equal(r.intent, REPLY_PAID);
	assert_int_equal(r.amount, 125050);
	assert_int_equal(r.date, REPLY_NO_DATE);
}

struct promise {
	const char *text;
	const char *date; /* "": a promise without a day */
	int64_t amount;
};

static void
expect_promises(const struct promise *list, size_t n, bool month_first)
{
	struct reply_context c = context();

	wrong = 0;
	c.month_first = month_first;
	for (size_t i = 0; i < n; i++) {
		struct reply_reading r;
		char date[11] = "";
		reply_read(config_words_shipped(), list[i].text, strlen(list[i].text), &c, &r);
		if (r.date != REPLY_NO_DATE)
			civil_format_date(r.date, date);
		if (r.intent == REPLY_PROMISE && strcmp(date, list[i].date) == 0 &&
		    r.amount == list[i].amount)
			continue;
		wrong++;
		print_error("\"%s\": %s \"%s\" %lld\n", list[i].text, reply_intent_word(r.intent),
			    date, (long long)r.amount);
	}
	assert_int_equal(wrong, 0);
}

static void
promises_have_the_day_of_paying(void **state)
{
	static const struct promise list[] = {
	    {"tomorrow", "2026-09-16", -1},
	    {"Tmrw po", "2026-09-16", -1},
	    {"I will pay today", "2026-09-15", -1},
	    {"tonight", "2026-09-15", -1},
	    {"will pay now", "2026-09-15", -1},
	    {"the day after tomorrow", "2026-09-17", -1},
	    {"Friday", "2026-09-18", -1},
	    {"on tuesday", "2026-09-22", -1},
	    {"I'll pay this Friday", "2026-09-18", -1},
	    {"next monday", "2026-09-21", -1},
	    {"I will pay next friday", "", -1},
	    {"25", "2026-09-25", -1},
	    {"on the 25th", "2026-09-25", -1},
	    {"by the 10th", "2026-10-10", -1},
	    {"pay on 15th", "2026-09-15", -1},
	    {"I'll pay on the 5th of next month", "2026-10-05", -1},
	    {"in 3 days", "2026-09-18", -1},
	    {"in two weeks", "2026-09-29", -1},
	    {"give me 5 days", "2026-09-20", -1},
	    {"within 48 hours", "2026-09-17", -1},
	    {"3 days from now", "2026-09-18", -1},
	    {"will pay 12 October", "2026-10-12", -1},
	    {"Oct 12th", "2026-10-12", -1},
	    {"the 1st of October", "2026-10-01", -1},
	    {"will pay 12/10", "2026-10-12", -1},
	    {"paying on 2026-09-30", "2026-09-30", -1},
	    {"30/09/2026 I will settle", "2026-09-30", -1},
	    {"end of month", "2026-09-30", -1},
	    {"in a week", "2026-09-22", -1},
	    {"kindly give me till 20th", "2026-09-20", -1},
	    {"I need until the 30th", "2026-09-30", -1},
	    {"within this week", "", -1},
	    {"I'll clear it at the end of the month", "2026-09-30", -1},
	    {"by end of next month", "2026-10-31", -1},
	    {"month end", "2026-09-30", -1},
	    {"I will pay soon", "", -1},
	    {"will pay next week", "", -1},
	    {"next week", "", -1},
	    {"I'll pay when I get my salary", "", -1},
	    {"will pay on payday", "", -1},
	    {"I will pay", "", -1},
	    {"give me a few days, I will send it", "", -1},
	    {"I can't pay today, I will pay on Friday", "2026-09-18", -1},
	    {"can't pay until friday", "2026-09-18", -1},
	    {"lost my job but I will pay on the 30th", "2026-09-30", -1},
	    {"my salary comes on the 25th, I will pay on the 26th", "2026-09-26", -1},
	    {"I will pay on the 25th when my salary comes", "2026-09-25", -1},
	    {"I will pay in 2030", "", -1},
	};

	(void)state;
	expect_promises(list, sizeof list / sizeof list[0], false);
}

static void
promises_have_the_amount_to_come(void **state)
{
	static const struct promise list[] = {
	    {"will pay 500 tomorrow", "2026-09-16", 50000},
	    {"P1,500 on Friday", "2026-09-18", 150000},
	    {"I'll send Php2000 on the 20th", "2026-09-20", 200000},
	    {"1.5k on friday", "2026-09-18", 150000},
	    {"2k tomorrow", "2026-09-16", 200000},
	    {"will pay two thousand pesos on Friday", "2026-09-18", 200000},
	    {"\xe2\x82\xb1"
	     "700 Tuesday",
	     "2026-09-22", 70000},
	    {"paid 500, rest 700 Tuesday", "2026-09-22", 70000},
	    {"I paid 500 yesterday, will pay the balance on Friday", "2026-09-18", -1},
	    {"half on friday", "2026-09-18", -1},
	    {"I will pay on friday at 5pm", "2026-09-18", -1},
	    {"will pay at 10:30 tomorrow", "2026-09-16", -1},
	    {"will pay 12,50 tomorrow", "2026-09-16", 1250},
	    {"will pay 900000 tomorrow", "2026-09-16", -1},
	    {"will pay 20 on 25", "2026-09-25", 2000},
	};

	(void)state;
	expect_promises(list, sizeof list / sizeof list[0], false);
}

static void
dollar_lenders_write_the_month_first(void **state)
{
	static const struct promise list[] = {{"will pay 10/12", "2026-10-12", -1},
					      {"will pay 25/9", "2026-09-25", -1}};

	(void)state;
	expect_promises(list, sizeof list / sizeof list[0], true);
}

static void
what_is_not_certain_waits_for_a_person(void **state)
{
	(void)state;
	EXPECT_ALL(REPLY_OTHER, "maybe friday", "I get paid on the 30th", "I thought I paid",
		   "I think I can pay Friday", "I'll try to pay on Friday", "can I pay on Friday?",
		   "call me tomorrow", "if I get paid on Friday I will see",
		   "I will not pay tomorrow", "won't pay", "how much do I owe?", "ok", "yes",
		   "who is this", "hello", "I am travelling until friday",
		   "what if I pay 500 on friday?", "", " ", "?!", "see you on friday",
		   "send me the account number", "can you send the bank details", "\xff\xfe\xfa",
		   "thanks", "I should have some news tomorrow");
}

static void
long_and_broken_texts_are_read_to_an_end(void **state)
{
	static char text[70000];
	struct reply_context c = context();
	struct reply_reading r;

	(void)state;
	memset(text, 'a', sizeof text);
	reply_read(config_words_shipped(), text, sizeof text, &c, &r);
	assert_int_equal(r.intent, REPLY_OTHER);
	for (size_t i = 0; i + 8 < sizeof text; i += 8)
		memcpy(text + i, "will pay", 8);
	for (size_t i = 8; i < sizeof text; i += 9)
		text[i] = ' ';
	reply_read(config_words_shipped(), text, sizeof text, &c, &r);
	assert_int_equal(r.intent, REPLY_OTHER);
	reply_read(config_words_shipped(), "tomorrow", 2, &c, &r);
	assert_int_equal(r.intent, REPLY_OTHER);
	c.language = NULL;
	reply_read(config_words_shipped(), "STOP", 4, &c, &r);
	assert_int_equal(r.intent, REPLY_STOP);
	assert_true(r.n_cues == 1 && r.cues[0][0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(stop_words_are_whole_messages),
	    cmocka_unit_test(stop_may_be_said_in_any_reasonable_manner),
	    cmocka_unit_test(words_that_only_look_like_stop),
	    cmocka_unit_test(start_help_and_no),
	    cmocka_unit_test(wrong_numbers_disputes_and_hardship),
	    cmocka_unit_test(paid_is_past_and_not_denied),
	    cmocka_unit_test(promises_have_the_day_of_paying),
	    cmocka_unit_test(promises_have_the_amount_to_come),
	    cmocka_unit_test(dollar_lenders_write_the_month_first),
	    cmocka_unit_test(what_is_not_certain_waits_for_a_person),
	    cmocka_unit_test(long_and_broken_texts_are_read_to_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
