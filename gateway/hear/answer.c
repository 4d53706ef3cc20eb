#include "answer_words.h"

#include "gateway/base/phone.h"
#include "gateway/store/borrower.h"
#include "gateway/store/intray.h"
#include "templates/template.h"

#include <string.h>
#include <uv.h>

#define MS_PER_DAY 86400000LL

/* The lender's own words, where there are any. */
static const char *const templates[] = {
    [ANSWER_PROMISE] = "answer-promise",     [ANSWER_WHICH_DAY] = "answer-which-day",
    [ANSWER_STOPPED] = "answer-stop",        [ANSWER_STARTED] = "answer-start",
    [ANSWER_HELP] = "answer-help",           [ANSWER_PAID] = "answer-paid",
    [ANSWER_WITHDRAWN] = "answer-withdrawn", [ANSWER_DETAILS] = "answer-details",
};

/* As people write it: whole amounts without decimals. */
static void
say_amount(const struct locale *locale, const struct answer *a, char out[LOCALE_TEXT])
{
	int64_t amount = a->amount, major = 1;
	int digits = a->account->digits;

	for (int i = 0; i < digits; i++)
		major *= 10;
	if (amount % major == 0) {
		amount /= major;
		digits = 0;
	}
	locale_money(locale, amount, digits, a->account->currency, out, LOCALE_TEXT);
}

/* In whose words, and in which language: the lender's in the borrower's language, ours in it, the
 * lender's in the lender's first language, ours in English. */
struct voice {
	const struct catalog_text *own; /* NULL: `words` */
	const char *words, *language;
};

static struct voice
voice_for(const struct config *config, const struct answer *a)
{
	const char *language = a->account != NULL ? a->account->language
			       : a->language != NULL && a->language[0] != '\0'
				   ? a->language
				   : config->lender.languages[0];
	struct voice v = {.own = catalog_find(config->catalog, templates[a->kind], language,
					      config->lender.languages[0])};

	v.words = answer_words(a->kind, language);
	v.language = language;
	if (v.own != NULL && (v.words == NULL || answer_words(a->kind, v.own->language) == v.words))
		v.language = v.own->language;
	else
		v.own = NULL;
	if (v.own == NULL && v.words == NULL) {
		v.words = answer_words(a->kind, "en");
		v.language = "en";
	}
	return v;
}

/* The lender's own words about a debt may hold every field a reminder may. */
static int
render_details(struct compose *compose, const struct config *config, const struct answer *a,
	       char *out, size_t cap)
{
	struct compose_text text;
	enum reason why;
	char fault[256];

	if (compose_render(compose, config, a->account, a->row, templates[a->kind], NULL, &text,
			   &why, fault) != 0 ||
	    text.len >= cap)
		return UV_EINVAL;
	memcpy(out, text.text, text.len + 1);
	return 0;
}

/* Renders the lender's template of that name, or the built-in words. */
static int
render(struct compose *compose, const struct config *config, const struct answer *a, char *out,
       size_t cap)
{
	struct voice voice = voice_for(config, a);
	const struct locale *locale = compose_locale(compose, config, voice.language);
	char money[LOCALE_TEXT] = "", date[LOCALE_TEXT] = "";
	struct template *builtin = NULL;
	int rc;

	if (a->kind == ANSWER_DETAILS && voice.own != NULL && a->amount >= 0)
		return render_details(compose, config, a, out, cap);
	if (a->kind == ANSWER_PROMISE || a->kind == ANSWER_DETAILS) {
		locale_date(locale, a->day, LOCALE_DATE_SHORT, date, sizeof date);
		if (a->amount >= 0 && a->account != NULL)
			say_amount(locale, a, money);
	}
	struct template_field list[] = {
	    {"lender", config->lender.name},
	    {"contact", config->lender.contact},
	    {"amount", money[0] != '\0' ? money : NULL},
	    {"date", date},
	    {"name", a->account != NULL && a->account->name[0] != '\0' ? a->account->name : NULL}};
	struct template_fields fields = {.list = list, .n = sizeof list / sizeof *list};

	if (voice.own == NULL &&
	    (rc = template_parse(&builtin, voice.words, strlen(voice.words), NULL)) != 0)
		return rc;
	rc = template_render(voice.own != NULL ? voice.own->body : builtin,
			     template_fields_view(&fields), TEMPLATE_TEXT, NULL, out, cap, NULL,
			     NULL);
	template_free(builtin);
	return rc;
}

/* The route it came over when that one sends, else the best for the number. */
static const char *
route_for(const struct config *config, const struct answer *a)
{
	int came = config_route_index(config, a->route);

	if (came >= 0 && config_route_match(config, &config->routes[came], a->to) >= 0)
		return config->routes[came].name;
	return config_best_route_name(config, a->to);
}

int
answer_queue(struct store *s, struct compose *compose, const struct config *config,
	     const struct answer *a, int64_t now)
{
	char text[1024];
	struct outbox_row row = {.class = CLASS_ANSWER,
				 .rank = RANK_ANSWER,
				 .number = (char *)(uintptr_t)a->to,
				 .body = text,
				 .route = (char *)(uintptr_t)route_for(config, a),
				 .at = now,
				 .not_after = now + ANSWER_WITHIN_MS,
				 .answers = a->message,
				 .person = a->person,
				 .account = a->account != NULL ? a->account->id : 0};
	int64_t id;
	int n, rc;

	/* Who asked for silence hears of that, and of nothing else but what they ask. */
	if (a->kind != ANSWER_STOPPED && a->kind != ANSWER_STARTED && a->kind != ANSWER_HELP &&
	    (borrower_opted_out(s, a->to) || (a->account != NULL && a->account->opted_out)))
		return 0;
	if (!phone_is_e164(a->to) || (!config->live && !config_is_test(config, a->to)))
		return 0;
	if ((n = intray_answers(s, a->to, now - MS_PER_DAY)) < 0)
		return n;
	if (n >= ANSWERS_A_DAY || row.route[0] == '\0')
		return 0;
	if (render(compose, config, a, text, sizeof text) != 0 || text[0] == '\0')
		return 0; /* the lender's own words do not fit: silence rather than half a text */
	rc = outbox_add(s, &row, now, &id);
	return rc != 0 ? rc : 1;
}
