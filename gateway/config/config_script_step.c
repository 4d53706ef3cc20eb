/* One step of a script: what kind it is, and the keys that kind has. */
#include "config_script_part.h"
#include "gateway/base/money.h"
#include "schedule/reply_sections.h"

#include <string.h>

#define BIT(kind)  (1U << (kind))
#define ALL_KINDS  (BIT(SCRIPT_KINDS) - 1)
#define QUESTIONS  (BIT(SCRIPT_MENU) | BIT(SCRIPT_GATHER) | BIT(SCRIPT_CHECK))
#define KEPT       (BIT(SCRIPT_OUTCOME) | BIT(SCRIPT_PERSON) | BIT(SCRIPT_RECORD))
#define DAYS_MAX   366
#define DIGITS_MAX 12 /* keys of one number */

/* Everything a step may say; node by node, since what it means depends on the kind. */
enum key {
	KEY_SAY,
	KEY_NEXT,
	KEY_RIGHT,
	KEY_WRONG,
	KEY_SILENT,
	KEY_FAILED,
	KEY_CONFIRM,
	KEY_WAIT,
	KEY_HELP,
	KEY_FIRST,
	KEY_BETWEEN,
	KEY_TRIES,
	KEY_WHOLE,
	KEY_LENGTH,
	KEY_MIN,
	KEY_MAX,
	KEY_CAUSE,
	KEY_MENU, /* from here on: what kind it is */
	KEY_GATHER,
	KEY_CHECK,
	KEY_RECORD,
	KEY_LANGUAGE,
	KEY_OUTCOME,
	KEY_PERSON,
	KEY_END,
	KEYS
};

struct raw_step {
	const struct yaml_node *of[KEYS];
};

#define AT(key) .offset = offsetof(struct raw_step, of[key])
static const struct yaml_key step_keys[] = {
    {"say", YAML_NODE, AT(KEY_SAY)},         {"next", YAML_NODE, AT(KEY_NEXT)},
    {"right", YAML_NODE, AT(KEY_RIGHT)},     {"wrong", YAML_NODE, AT(KEY_WRONG)},
    {"silent", YAML_NODE, AT(KEY_SILENT)},   {"failed", YAML_NODE, AT(KEY_FAILED)},
    {"confirm", YAML_NODE, AT(KEY_CONFIRM)}, {"wait", YAML_NODE, AT(KEY_WAIT)},
    {"help", YAML_NODE, AT(KEY_HELP)},       {"first", YAML_NODE, AT(KEY_FIRST)},
    {"between", YAML_NODE, AT(KEY_BETWEEN)}, {"tries", YAML_NODE, AT(KEY_TRIES)},
    {"whole", YAML_NODE, AT(KEY_WHOLE)},     {"length", YAML_NODE, AT(KEY_LENGTH)},
    {"min", YAML_NODE, AT(KEY_MIN)},         {"max", YAML_NODE, AT(KEY_MAX)},
    {"cause", YAML_NODE, AT(KEY_CAUSE)},     {"menu", YAML_NODE, AT(KEY_MENU)},
    {"gather", YAML_NODE, AT(KEY_GATHER)},   {"check", YAML_NODE, AT(KEY_CHECK)},
    {"record", YAML_NODE, AT(KEY_RECORD)},   {"language", YAML_NODE, AT(KEY_LANGUAGE)},
    {"outcome", YAML_NODE, AT(KEY_OUTCOME)}, {"person", YAML_NODE, AT(KEY_PERSON)},
    {"end", YAML_NODE, AT(KEY_END)},         {0}};

/* In which kinds of step each has a meaning. */
static const unsigned meant_in[KEY_MENU] = {
    [KEY_SAY] = ALL_KINDS & ~BIT(SCRIPT_LANGUAGE),
    [KEY_NEXT] = ALL_KINDS & ~(BIT(SCRIPT_MENU) | BIT(SCRIPT_CHECK) | BIT(SCRIPT_END)),
    [KEY_RIGHT] = BIT(SCRIPT_CHECK),
    [KEY_WRONG] = QUESTIONS,
    [KEY_SILENT] = QUESTIONS | BIT(SCRIPT_RECORD),
    [KEY_FAILED] = KEPT,
    [KEY_CONFIRM] = BIT(SCRIPT_GATHER),
    [KEY_WAIT] = BIT(SCRIPT_PERSON),
    [KEY_HELP] = QUESTIONS,
    [KEY_FIRST] = QUESTIONS,
    [KEY_BETWEEN] = QUESTIONS & ~BIT(SCRIPT_MENU),
    [KEY_TRIES] = QUESTIONS,
    [KEY_WHOLE] = ALL_KINDS & ~BIT(SCRIPT_LANGUAGE),
    [KEY_LENGTH] = BIT(SCRIPT_GATHER),
    [KEY_MIN] = BIT(SCRIPT_GATHER),
    [KEY_MAX] = BIT(SCRIPT_GATHER),
    [KEY_CAUSE] = BIT(SCRIPT_OUTCOME),
};

static const char *const gathers[] = {"date", "days", "amount", "digits", NULL};

/* Outcomes a step may note; the others come by themselves. */
static const char *const outcomes[] = {"promise",      "paid",    "dispute", "cannot_pay",
				       "wrong_person", "details", "stop",    NULL};
static const uint8_t outcome_kinds[] = {SCRIPT_PROMISE,    SCRIPT_PAID,         SCRIPT_DISPUTE,
					SCRIPT_CANNOT_PAY, SCRIPT_WRONG_PERSON, SCRIPT_DETAILS,
					SCRIPT_STOP};

/* --- jumps ---------------------------------------------------------------------------------- */

struct script_jump
config_script_jump(struct script_reading *r, const struct yaml_node *node)
{
	struct script_jump jump = {.step = SCRIPT_NOWHERE};

	if (node == NULL || !yaml_text(&r->yaml, node, "a step's name", &jump.name))
		return jump;
	jump.line = node->line;
	jump.col = node->col;
	return jump;
}

/* The index of a menu's key, or -1, complained of. */
static int
menu_key(struct script_reading *r, const struct yaml_node *key)
{
	char c = key->len == 1 ? key->text[0] : '\0';

	if (c == '9')
		yaml_wrong(&r->yaml, key,
			   "key 9 ends calls and texts at every menu; what is said then stands "
			   "under the script's own `stop`");
	else if (c == '#')
		yaml_wrong(&r->yaml, key,
			   "`#` ends what is typed and is no choice: take 0 to 8 or *");
	else if (c == '*')
		return SCRIPT_STAR;
	else if (c >= '0' && c <= '8')
		return c - '0';
	else
		yaml_wrong(&r->yaml, key, "a menu's keys are 0 to 8 and *, not `%.20s`", key->text);
	return -1;
}

static void
read_menu(struct script_reading *r, const struct yaml_node *node, struct script_step *s)
{
	if (node->kind != YAML_MAP) {
		if (node->kind != YAML_WRONG)
			yaml_wrong(&r->yaml, node,
				   "`menu` leads from keys to steps: {1: STEP, 2: STEP}");
		return;
	}
	for (const struct yaml_node *k = node->first; k != NULL; k = k->next) {
		int key = menu_key(r, k);

		if (key >= 0)
			s->key[key] = config_script_jump(r, k->value);
	}
}

/* --- what is gathered ----------------------------------------------------------------------- */

/* One bound of what may be typed. */
static void
read_bound(struct script_reading *r, const struct yaml_node *node, const char *what,
	   const struct script_step *s, int64_t *out)
{
	const struct config_lender *lender = &r->config->lender;
	const char *text;
	char why[MONEY_WHY];
	int days;

	if (node == NULL)
		return;
	if (s->gather == SCRIPT_DATE || s->gather == SCRIPT_DAYS) {
		if (yaml_int(&r->yaml, node, what, 0, DAYS_MAX, &days))
			*out = days;
	} else if (yaml_text(&r->yaml, node, what, &text)) {
		int digits = s->gather == SCRIPT_AMOUNT ? lender->digits : 0;
		int64_t value;

		if (money_parse(text, strlen(text), digits, &value, why) != 0)
			yaml_wrong(&r->yaml, node, "`%s`: %s", what, why);
		else if (value < 0)
			yaml_wrong(&r->yaml, node, "`%s` cannot be negative", what);
		else
			*out = value;
	}
}

/* `length: 4` or `length: [4, 8]`. */
static void
read_length(struct script_reading *r, const struct yaml_node *node, struct script_step *s)
{
	const struct yaml_node *last = node;

	if (s->gather == SCRIPT_DATE || s->gather == SCRIPT_AMOUNT) {
		yaml_wrong(&r->yaml, node, "`length` is of `gather: digits` and `gather: days`");
		return;
	}
	if (node->kind == YAML_LIST && node->n == 2) {
		last = node->first->next;
		node = node->first;
	}
	yaml_int(&r->yaml, node, "length", 1, DIGITS_MAX, &s->min_keys);
	yaml_int(&r->yaml, last, "length", 1, DIGITS_MAX, &s->max_keys);
	if (s->min_keys > s->max_keys)
		yaml_wrong(&r->yaml, last, "`length`: the second is less than the first");
}

static void
read_gather(struct script_reading *r, const struct raw_step *raw, struct script_step *s)
{
	const struct yaml_node *at = raw->of[KEY_GATHER];
	int word = SCRIPT_DATE;

	if (!yaml_word(&r->yaml, at, "gather", gathers, &word))
		return;
	s->gather = (uint8_t)word;
	s->min_keys = 1;
	s->max_keys = word == SCRIPT_DAYS ? 2 : DIGITS_MAX;
	read_bound(r, raw->of[KEY_MIN], "min", s, &s->min);
	read_bound(r, raw->of[KEY_MAX], "max", s, &s->max);
	if (s->min >= 0 && s->max >= 0 && s->min > s->max)
		yaml_wrong(&r->yaml, raw->of[KEY_MIN],
			   "`min` is more than `max`: nothing can be typed");
	if (raw->of[KEY_LENGTH] != NULL)
		read_length(r, raw->of[KEY_LENGTH], s);
	config_script_read_prompt(r, raw->of[KEY_CONFIRM], "confirm", &s->prompts[SCRIPT_CONFIRM]);
}

/* --- the other kinds ------------------------------------------------------------------------ */

static void
read_outcome(struct script_reading *r, const struct raw_step *raw, struct script_step *s)
{
	const struct yaml_node *cause = raw->of[KEY_CAUSE];
	const char *causes[16] = {NULL};
	int word = 0;

	if (yaml_word(&r->yaml, raw->of[KEY_OUTCOME], "outcome", outcomes, &word))
		s->outcome = outcome_kinds[word];
	if (cause == NULL)
		return;
	for (int i = 0; i < 15 && reply_cause_word(i) != NULL; i++)
		causes[i] = reply_cause_word(i);
	if (s->outcome != SCRIPT_CANNOT_PAY)
		yaml_wrong(&r->yaml, cause, "`cause` belongs to `outcome: cannot_pay`");
	else if (yaml_word(&r->yaml, cause, "cause", causes, &word))
		s->cause = causes[word];
}

/* `check: true`: there is no other value. */
static void
read_true(struct script_reading *r, const struct yaml_node *node, const char *what)
{
	bool yes = true;

	if (yaml_bool(&r->yaml, node, what, &yes) && !yes)
		yaml_wrong(&r->yaml, node, "`%s: true`, or leave it out", what);
}

static void
read_record(struct script_reading *r, const struct yaml_node *node, struct script_step *s)
{
	int seconds = 30;

	yaml_int(&r->yaml, node, "record", 5, 120, &seconds);
	s->max_ms = seconds * 1000;
}

static void
read_kind(struct script_reading *r, const struct raw_step *raw, struct script_step *s)
{
	switch ((enum script_kind)s->kind) {
	case SCRIPT_MENU: read_menu(r, raw->of[KEY_MENU], s); break;
	case SCRIPT_GATHER: read_gather(r, raw, s); break;
	case SCRIPT_CHECK: read_true(r, raw->of[KEY_CHECK], "check"); break;
	case SCRIPT_RECORD: read_record(r, raw->of[KEY_RECORD], s); break;
	case SCRIPT_LANGUAGE: {
		int language = config_script_language(r, raw->of[KEY_LANGUAGE]);

		s->language = language >= 0 ? language : 0;
		break;
	}
	case SCRIPT_OUTCOME: read_outcome(r, raw, s); break;
	case SCRIPT_PERSON:
		read_true(r, raw->of[KEY_PERSON], "person");
		config_script_read_prompt(r, raw->of[KEY_WAIT], "wait", &s->prompts[SCRIPT_WAIT]);
		break;
	case SCRIPT_END: read_true(r, raw->of[KEY_END], "end"); break;
	default: break;
	}
}

/* --- all of it ------------------------------------------------------------------------------ */

/* What makes the step what it is; two such keys are a mistake. */
static enum script_kind
find_kind(struct script_reading *r, const struct raw_step *raw)
{
	int found = -1;

	for (int k = KEY_MENU; k < KEYS; k++) {
		if (raw->of[k] == NULL)
			continue;
		if (found >= 0)
			yaml_wrong(&r->yaml, raw->of[k],
				   "a step does one thing: `%s` or `%s`, and the other in the next",
				   step_keys[found].name, step_keys[k].name);
		else
			found = k;
	}
	return found < 0 ? SCRIPT_SAY : (enum script_kind)(SCRIPT_MENU + found - KEY_MENU);
}

static void
refuse_meaningless(struct script_reading *r, const struct raw_step *raw, enum script_kind kind)
{
	for (int k = 0; k < KEY_MENU; k++)
		if (raw->of[k] != NULL && (meant_in[k] & BIT(kind)) == 0)
			yaml_wrong(&r->yaml, raw->of[k],
				   "`%s` has no meaning in a step that is `%s`", step_keys[k].name,
				   script_kind_word(kind));
}

/* `help` is a text, or a list of them, each said after one more failure. */
static void
read_helps(struct script_reading *r, const struct yaml_node *node, struct script_step *s)
{
	const struct yaml_node *item = node;

	if (node == NULL)
		return;
	if (node->kind == YAML_LIST)
		item = node->first;
	for (; item != NULL && s->n_helps < SCRIPT_HELPS; item = item->next) {
		config_script_read_prompt(r, item, "help", &s->prompts[SCRIPT_HELP + s->n_helps]);
		s->n_helps += s->prompts[SCRIPT_HELP + s->n_helps].texts != NULL;
		if (node->kind != YAML_LIST)
			return;
	}
	if (item != NULL)
		yaml_wrong(&r->yaml, item, "at most %d helps; the last is said again and again",
			   SCRIPT_HELPS);
}

static void
read_patience(struct script_reading *r, const struct raw_step *raw, struct script_step *s)
{
	int first = r->first, between = r->between;

	s->tries = r->tries;
	if (raw->of[KEY_FIRST] != NULL)
		yaml_int(&r->yaml, raw->of[KEY_FIRST], "first", 1, 20, &first);
	if (raw->of[KEY_BETWEEN] != NULL)
		yaml_int(&r->yaml, raw->of[KEY_BETWEEN], "between", 1, 10, &between);
	if (raw->of[KEY_TRIES] != NULL)
		yaml_int(&r->yaml, raw->of[KEY_TRIES], "tries", 1, 5, &s->tries);
	if (raw->of[KEY_WHOLE] != NULL)
		yaml_bool(&r->yaml, raw->of[KEY_WHOLE], "whole", &s->whole);
	s->first_ms = first * 1000;
	s->between_ms = between * 1000;
}

/* Letters, digits, `_` and `-`: the name is also that of recordings. */
static void
check_name(struct script_reading *r, const struct yaml_node *key)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";

	if (strspn(key->text, good) != key->len || key->len > 32)
		yaml_wrong(&r->yaml, key,
			   "a step's name is small letters, digits, `_` and `-`, at most 32");
}

void
config_script_read_step(struct script_reading *r, const struct yaml_node *key, size_t i)
{
	size_t errors = r->yaml.complaints->errors;
	struct script_step *s = &r->steps[i];
	struct raw_step raw = {0};

	*s = (struct script_step){.name = arena_text(r->yaml.arena, key->text, key->len),
				  .line = key->line,
				  .col = key->col,
				  .min = -1,
				  .max = -1};
	check_name(r, key);
	if (key->value->kind == YAML_MAP)
		yaml_fill(&r->yaml, key->value, key, "a step", step_keys, &raw);
	else if (key->value->kind != YAML_WRONG)
		yaml_wrong(&r->yaml, key, "a step is a mapping, such as {say: ..., next: STEP}");
	s->kind = (uint8_t)find_kind(r, &raw);
	refuse_meaningless(r, &raw, (enum script_kind)s->kind);
	config_script_read_prompt(r, raw.of[KEY_SAY], "say", &s->prompts[SCRIPT_MAIN]);
	read_helps(r, raw.of[KEY_HELP], s);
	read_patience(r, &raw, s);
	read_kind(r, &raw, s);
	s->next = config_script_jump(r, raw.of[KEY_NEXT]);
	s->right = config_script_jump(r, raw.of[KEY_RIGHT]);
	s->wrong = config_script_jump(r, raw.of[KEY_WRONG]);
	s->silent = config_script_jump(r, raw.of[KEY_SILENT]);
	s->failed = config_script_jump(r, raw.of[KEY_FAILED]);
	r->bad[i] = r->yaml.complaints->errors > errors || key->value->kind == YAML_WRONG;
}
