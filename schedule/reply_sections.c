/* The keys of a word file, and what stands behind each. */
#include "reply_sections.h"

#include "reply_part.h"

#include <string.h>

static const char *const whole_keys[] = {"stop", "start", "help", "no", "paid", NULL};
static const char *const weekday_keys[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL};
static const char *const month_keys[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul",
					 "aug", "sep", "oct", "nov", "dec", NULL};
/* in the order of reply_cause_word */
static const char *const cause_keys[] = {"unstated", "job_loss", "no_income", "salary_late",
					 "illness",  "family",   "business",  "disaster",
					 "expenses", "theft",    NULL};
/* in the order of enum reply_special */
static const char *const special_keys[] = {"bereavement", "illness",   "legal",
					   "self_harm",   "complaint", NULL};

static const struct {
	const char *key;
	int class;
} classes[] = {
    {"event", REPLY_CLASS_EVENT},
    {"not_event", REPLY_NOT(REPLY_CLASS_EVENT)},
    {"aside", REPLY_CLASS_ASIDE},
    {"not_aside", REPLY_NOT(REPLY_CLASS_ASIDE)},
    {"stop", REPLY_CLASS_STOP},
    {"wrong_number", REPLY_CLASS_WRONG},
    {"dispute", REPLY_CLASS_DISPUTE},
    {"paid", REPLY_CLASS_PAID},
    {"commit", REPLY_CLASS_COMMIT},
    {"pay", REPLY_CLASS_PAY},
    {"cannot", REPLY_CLASS_CANNOT},
    {"refuse", REPLY_CLASS_REFUSE},
    {"unsure", REPLY_CLASS_UNSURE},
    {"question", REPLY_CLASS_QUESTION},
    {"request", REPLY_CLASS_REQUEST},
    {"salary", REPLY_CLASS_SALARY},
    {"rest", REPLY_CLASS_REST},
    {"until", REPLY_CLASS_UNTIL},
    {"after", REPLY_CLASS_AFTER},
    {"not_stop", REPLY_NOT(REPLY_CLASS_STOP)},
    {"not_wrong_number", REPLY_NOT(REPLY_CLASS_WRONG)},
    {"not_dispute", REPLY_NOT(REPLY_CLASS_DISPUTE)},
    {"not_paid", REPLY_NOT(REPLY_CLASS_PAID)},
    {"not_commit", REPLY_NOT(REPLY_CLASS_COMMIT)},
    {"not_pay", REPLY_NOT(REPLY_CLASS_PAY)},
    {"not_cannot", REPLY_NOT(REPLY_CLASS_CANNOT)},
    {"not_refuse", REPLY_NOT(REPLY_CLASS_REFUSE)},
    {"not_unsure", REPLY_NOT(REPLY_CLASS_UNSURE)},
    {"not_question", REPLY_NOT(REPLY_CLASS_QUESTION)},
    {"not_request", REPLY_NOT(REPLY_CLASS_REQUEST)},
    {"not_salary", REPLY_NOT(REPLY_CLASS_SALARY)},
    {"not_rest", REPLY_NOT(REPLY_CLASS_REST)},
    {"not_until", REPLY_NOT(REPLY_CLASS_UNTIL)},
    {"not_after", REPLY_NOT(REPLY_CLASS_AFTER)},
    {"not_hardship", REPLY_NOT(REPLY_CLASS_HARDSHIP)},
    {"not_special", REPLY_NOT(REPLY_CLASS_SPECIAL)},
    {"not_date", REPLY_NOT(REPLY_CLASS_DATE)},
    {"not_amount", REPLY_NOT(REPLY_CLASS_AMOUNT)},
    {"in_days", REPLY_CLASS_IN_DAYS},
    {"in_weeks", REPLY_CLASS_IN_WEEKS},
    {"in_hours", REPLY_CLASS_IN_HOURS},
    {"in_months", REPLY_CLASS_IN_MONTHS},
    {"next_weekday", REPLY_CLASS_NEXT_WEEKDAY},
    {"next_week_weekday", REPLY_CLASS_NEXT_WEEK_WEEKDAY},
    {"this_week_weekday", REPLY_CLASS_THIS_WEEK_WEEKDAY},
    {"day_of_month", REPLY_CLASS_DAY_OF_MONTH},
    {"day_next_month", REPLY_CLASS_DAY_NEXT_MONTH},
    {"month_day", REPLY_CLASS_MONTH_DAY},
    {"month_end", REPLY_CLASS_MONTH_END},
    {"next_month_end", REPLY_CLASS_NEXT_MONTH_END},
    {"end_of_month", REPLY_CLASS_END_OF_MONTH},
    {"next_week", REPLY_CLASS_NEXT_WEEK},
    {"next_month", REPLY_CLASS_NEXT_MONTH},
    {"vague", REPLY_CLASS_VAGUE},
    {"past", REPLY_CLASS_PAST},
    {"measure", REPLY_CLASS_MEASURE},
};

#define N_CLASSES (sizeof classes / sizeof classes[0])

static const char *const sign_keys[] = {"event",       "not_event",    "aside",
					"not_aside",   "stop",         "wrong_number",
					"dispute",     "paid",         "commit",
					"pay",         "cannot",       "refuse",
					"unsure",      "question",     "request",
					"salary",      "rest",         "until",
					"after",       "not_stop",     "not_wrong_number",
					"not_dispute", "not_paid",     "not_commit",
					"not_pay",     "not_cannot",   "not_refuse",
					"not_unsure",  "not_question", "not_request",
					"not_salary",  "not_rest",     "not_hardship",
					"not_until",   "not_after",    "not_special",
					"not_date",    "not_amount",   NULL};

static const char *const date_keys[] = {"in_days",
					"in_weeks",
					"in_hours",
					"in_months",
					"next_weekday",
					"next_week_weekday",
					"this_week_weekday",
					"day_of_month",
					"day_next_month",
					"month_day",
					"month_end",
					"next_month_end",
					"end_of_month",
					"next_week",
					"next_month",
					"vague",
					"past",
					"measure",
					NULL};

const struct reply_section_row reply_section_rows[] = {
    {"also", REPLY_LIST, REPLY_USE_ALSO, 0, 0, NULL},
    {"mix", REPLY_LIST, REPLY_USE_MIX, 0, 0, NULL},
    {"hide", REPLY_LIST, REPLY_USE_HIDE, 0, 0, NULL},
    {"space_groups", REPLY_FLAG, REPLY_USE_FLAG, 0, 0, NULL},
    {"multiplier_first", REPLY_FLAG, REPLY_USE_FLAG, 1, 0, NULL},
    {"trailing_digit", REPLY_FLAG, REPLY_USE_FLAG, 2, 0, NULL},
    {"fold", REPLY_MAP, REPLY_USE_FOLD, 0, 0, NULL},
    {"same", REPLY_MAP, REPLY_USE_SAME, 0, 0, NULL},
    {"sets", REPLY_MAP, REPLY_USE_SETS, 0, 0, NULL},
    {"common", REPLY_LIST, REPLY_USE_WORDS, REPLY_SET_COMMON, 0, NULL},
    {"polite", REPLY_LIST, REPLY_USE_WORDS, REPLY_SET_POLITE, 0, NULL},
    {"around", REPLY_LIST, REPLY_USE_WORDS, REPLY_SET_AROUND, 0, NULL},
    {"names", REPLY_LIST, REPLY_USE_WORDS, REPLY_SET_NAMES, 0, NULL},
    {"breaks", REPLY_LIST, REPLY_USE_WORDS, REPLY_SET_BREAKS, 0, NULL},
    {"numbers", REPLY_MAP, REPLY_USE_VALUED, REPLY_SET_NUMBERS, 0, NULL},
    {"ordinals", REPLY_MAP, REPLY_USE_VALUED, REPLY_SET_ORDINALS, 0, NULL},
    {"number_joiners", REPLY_LIST, REPLY_USE_WORDS, REPLY_SET_JOINERS, 0, NULL},
    {"apart", REPLY_LIST, REPLY_USE_WORDS, REPLY_SET_APART, 0, NULL},
    {"multipliers", REPLY_MAP, REPLY_USE_VALUED, REPLY_SET_MULTIPLIERS, 0, NULL},
    {"money", REPLY_LIST, REPLY_USE_WORDS, REPLY_SET_MONEY, 0, NULL},
    {"references", REPLY_LIST, REPLY_USE_WORDS, REPLY_SET_REFERENCES, 0, NULL},
    {"whole", REPLY_MAP, REPLY_USE_KEYED, REPLY_SET_WHOLE, 0, whole_keys},
    {"whole_here", REPLY_MAP, REPLY_USE_KEYED, REPLY_SET_WHOLE_HERE, 0, whole_keys},
    {"signs", REPLY_MAP, REPLY_USE_CLASSES, 0, 0, sign_keys},
    {"hardship", REPLY_MAP, REPLY_USE_CAUSE, REPLY_CLASS_HARDSHIP, 0, cause_keys},
    {"special", REPLY_MAP, REPLY_USE_CAUSE, REPLY_CLASS_SPECIAL, 1, special_keys},
    {"days", REPLY_MAP, REPLY_USE_CLASS, REPLY_CLASS_DAYS, 0, NULL},
    {"swing", REPLY_MAP, REPLY_USE_CLASS, REPLY_CLASS_SWING, 0, NULL},
    {"weekdays", REPLY_MAP, REPLY_USE_KEYED, REPLY_SET_WEEKDAYS, 0, weekday_keys},
    {"months", REPLY_MAP, REPLY_USE_KEYED, REPLY_SET_MONTHS, 1, month_keys},
    {"dates", REPLY_MAP, REPLY_USE_CLASSES, 0, 0, date_keys},
};

const size_t reply_n_sections = sizeof reply_section_rows / sizeof reply_section_rows[0];

int
reply_class_of(const char *key)
{
	for (size_t i = 0; i < N_CLASSES; i++)
		if (strcmp(classes[i].key, key) == 0)
			return classes[i].class;
	return -1;
}

int
reply_key_of(const char *const *keys, const char *key)
{
	for (int i = 0; keys[i] != NULL; i++)
		if (strcmp(keys[i], key) == 0)
			return i;
	return -1;
}

const char *
reply_cause_word(int cause)
{
	return cause >= 0 && cause < 10 ? cause_keys[cause] : NULL;
}

const char *
reply_special_word(enum reply_special special)
{
	return special == REPLY_SPECIAL_NONE ? NULL : special_keys[special - 1];
}

static const struct reply_section_row *
row_of(const char *name)
{
	for (size_t i = 0; i < reply_n_sections; i++)
		if (strcmp(reply_section_rows[i].name, name) == 0)
			return &reply_section_rows[i];
	return NULL;
}

bool
reply_words_section(const char *name, enum reply_section *kind)
{
	const struct reply_section_row *row = row_of(name);

	if (row != NULL)
		*kind = row->kind;
	return row != NULL;
}

const char *const *
reply_words_keys(const char *section)
{
	const struct reply_section_row *row = row_of(section);

	return row != NULL ? row->keys : NULL;
}

const char *
reply_words_name(size_t index)
{
	return index < reply_n_sections ? reply_section_rows[index].name : NULL;
}
