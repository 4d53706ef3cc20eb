/* dunlin reply-explain */
#include "gateway/base/language.h"
#include "gateway/base/money.h"
#include "rows.h"
#include "schedule/reply.h"
#include "show.h"

#include <string.h>

/* What the options say, else the lender's own. */
static int
read_context(struct show *s, struct reply_context *c, char language[LANGUAGE_TEXT])
{
	const struct config_lender *lender = &s->config->lender;
	const char *tag = cli_option(s->call, NULL, "language");
	const char *on = cli_option(s->call, NULL, "on");
	const char *currency = cli_option(s->call, NULL, "currency");
	const char *balance = cli_option(s->call, NULL, "balance");
	char why[MONEY_WHY];
	int status;

	*c = (struct reply_context){.today = show_today(s),
				    .currency = currency != NULL ? currency : lender->currency,
				    .balance = -1};
	if (tag == NULL)
		tag = lender->languages[0];
	if (language_canonical(tag, strlen(tag), language) != 0)
		return cli_usage(s->call, "--language takes a language such as en or fil, not `%s`",
				 tag);
	c->language = language;
	if (on != NULL && (status = show_day(s->call, "on", on, &c->today)) != CLI_DONE)
		return status;
	if ((c->digits = money_digits(c->currency)) < 0)
		return cli_usage(s->call, "--currency takes a code such as PHP, not `%s`",
				 c->currency);
	if (balance != NULL &&
	    money_parse(balance, strlen(balance), c->digits, &c->balance, why) != 0)
		return cli_usage(s->call, "--balance: %s", why);
	c->month_first = strcmp(c->currency, "USD") == 0;
	return CLI_DONE;
}

static void
print_json(const struct reply_reading *r, const struct reply_context *c, struct rows *rows)
{
	struct jsonl *j = &rows->j;

	jsonl_open(j, NULL, '{');
	jsonl_text(j, "intent", reply_intent_word(r->intent));
	if (r->date != REPLY_NO_DATE)
		jsonl_day(j, "promise_date", r->date);
	else
		jsonl_null(j, "promise_date");
	if (r->amount >= 0)
		jsonl_int(j, "amount_minor", r->amount);
	else
		jsonl_null(j, "amount_minor");
	jsonl_text(j, "currency", c->currency);
	jsonl_text(j, "language", r->language[0] != '\0' ? r->language : c->language);
	if (r->cause != NULL)
		jsonl_text(j, "cause", r->cause);
	else
		jsonl_null(j, "cause");
	if (r->special != REPLY_SPECIAL_NONE)
		jsonl_text(j, "special", reply_special_word(r->special));
	else
		jsonl_null(j, "special");
	jsonl_open(j, "cues", '[');
	for (size_t i = 0; i < r->n_cues; i++)
		jsonl_text(j, NULL, r->cues[i]);
	jsonl_close(j, ']');
	jsonl_close(j, '}');
	jsonl_line(j);
}

static const char *
meaning(enum reply_intent intent)
{
	static const char *const words[REPLY_INTENTS] = {
	    [REPLY_OTHER] = "not understood for certain: it waits for a person",
	    [REPLY_PROMISE] = "a promise to pay: noted, echoed, and texts pause",
	    [REPLY_PAID] = "says it is paid: three days to find the payment",
	    [REPLY_STOP] = "asks for no more texts: they end at once",
	    [REPLY_START] = "asks for texts again",
	    [REPLY_HELP] = "asks who this is and what to do",
	    [REPLY_WRONG_NUMBER] = "the number is somebody else's: it is not used again",
	    [REPLY_DISPUTE] = "disputes the debt: held until released, and a task",
	    [REPLY_HARDSHIP] = "cannot pay: held until released, and a task",
	    [REPLY_NO] = "takes a promise back that was just echoed, else it waits for a person"};

	return words[intent];
}

static void
print_people(const struct reply_reading *r, const struct reply_context *c)
{
	char money[ROWS_MONEY], day[11];

	printf("%s: %s\n", reply_intent_word(r->intent), meaning(r->intent));
	if (r->date != REPLY_NO_DATE) {
		civil_format_date(r->date, day);
		printf("date    %s\n", day);
	}
	if (r->amount >= 0)
		printf("amount  %s\n", rows_money_text(r->amount, c->currency, money));
	if (r->cause != NULL)
		printf("cause   %s\n", r->cause);
	if (r->special != REPLY_SPECIAL_NONE)
		printf("special %s: a person reads it at once\n", reply_special_word(r->special));
	printf("read as %s\n", r->language[0] != '\0' ? r->language : c->language);
	for (size_t i = 0; i < r->n_cues; i++)
		printf("cue     %s\n", r->cues[i]);
}

int
cli_reply_explain(const struct cli_call *call)
{
	char language[LANGUAGE_TEXT];
	struct reply_reading reading;
	struct reply_context context;
	struct rows rows;
	struct show s;
	int status = show_open(&s, call);

	if (status != CLI_DONE)
		return status;
	if ((status = read_context(&s, &context, language)) == CLI_DONE) {
		reply_read(config_words(s.config), call->argv[0], strlen(call->argv[0]), &context,
			   &reading);
		if (call->json) {
			rows_open(&rows, stdout, true, NULL, 0);
			print_json(&reading, &context, &rows);
			status = rows_close(&rows, NULL);
		} else {
			print_people(&reading, &context);
		}
	}
	show_close(&s);
	return status;
}
