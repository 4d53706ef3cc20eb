/* hold {account, reason [, from] [, until]}, release {account [, reason]}: when nothing is to go.
 *
 * What has to do with one debt (dispute, placed, a word of the lender's own) holds that account;
 * what has to do with a life (hardship, breathing_space, complaint, bereavement) holds every
 * account of the person.  Of several holds each counts by itself; one whose last day is over has
 * ended, and needs no release. */
#include "command_parts.h"
#include "gateway/base/complaint.h"
#include "gateway/store/borrower.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define WORD_MAX 31

static const struct {
	const char *word;
	bool person; /* every account of the person */
} words[] = {{"hardship", true},  {"dispute", false}, {"breathing_space", true},
	     {"complaint", true}, {"placed", false},  {"bereavement", true},
	     {"other", false}};

#define WORDS sizeof words / sizeof *words

static bool
is_of_person(const char *word)
{
	for (size_t i = 0; i < WORDS; i++)
		if (strcmp(words[i].word, word) == 0)
			return words[i].person;
	return strcmp(word, "awaiting_person") == 0;
}

/* A day as people write it: 1, 0. */
static int
day_of(const json_t *request, const char *key, json_t *reply, int32_t *day)
{
	const char *text = command_word(request, key);

	if (text == NULL || civil_parse_date(text, strlen(text), day) == 0)
		return 1;
	return command_refuse(reply, COMMAND_WRONG, "`%s` is not a day: write it as 2026-09-15",
			      text);
}

/* The reason: one of the known words, or one word of the lender's own that is no slip of those. */
static int
word_of(const json_t *request, json_t *reply, const char **word)
{
	const char *known[WORDS + 1], *near;

	for (size_t i = 0; i < WORDS; i++)
		known[i] = words[i].word;
	known[WORDS] = NULL;
	*word = command_word(request, "reason");
	if (*word == NULL || **word == '\0' || strlen(*word) > WORD_MAX ||
	    strcspn(*word, " \t\r\n") != strlen(*word))
		return command_refuse(reply, COMMAND_WRONG,
				      "the reason is one word of at most %d letters: hardship, "
				      "dispute, breathing_space, complaint, bereavement, placed or "
				      "other",
				      WORD_MAX);
	near = complaint_nearest(*word, known);
	if (near != NULL && strcmp(near, *word) != 0)
		return command_refuse(reply, COMMAND_WRONG, "`%s`: did you mean `%s`?", *word,
				      near);
	return 1;
}

/* ---- hold ---- */

struct span {
	int32_t from, until; /* INT32_MIN: today; INT32_MAX: until released */
	bool by_rule;        /* the policy says how long */
};

/* 1, 0. */
static int
span_of(const struct command_env *env, const json_t *request, json_t *reply, const char *word,
	int32_t today, struct span *span)
{
	char until[11];
	int days;

	if (span->from == INT32_MIN)
		span->from = today;
	if (span->from < today)
		return command_refuse(reply, COMMAND_REFUSED,
				      "--from %s is over: leave it out to begin now",
				      command_word(request, "from"));
	days = policy_hold_days(&env->config->policy, word);
	if (span->until == INT32_MAX && days > 0) {
		span->until = span->from + days;
		span->by_rule = true;
	}
	if (span->until > span->from)
		return 1;
	civil_format_date(span->until, until);
	return command_refuse(
	    reply, COMMAND_REFUSED,
	    "%s is no day after the hold begins: --until names the first free day", until);
}

/* Puts it on one account of the person, whose own zone says when a day begins. */
static int
put(struct store *s, struct command_env *env, struct borrower_hold hold, const struct span *span,
    const struct facts_account *a, int64_t *id)
{
	hold.account = a->id;
	hold.until = span->until;
	if (span->from > civil_local(a->zone, env->now).day)
		hold.from = civil_instant(a->zone, span->from, 0);
	command_replan(env, a->id);
	return borrower_hold(s, &hold, env->now, id);
}

static int
say_held(json_t *reply, const struct command_borrower *b, const char *word, const struct span *span,
	 size_t n)
{
	char from[11], until[11], others[64] = "";

	civil_format_date(span->from, from);
	if (span->until != INT32_MAX)
		civil_format_date(span->until, until);
	if (n > 1)
		snprintf(others, sizeof others, " and %zu more of the same person", n - 1);
	return command_say(
	    reply, "%s%s %s on hold (%s)%s%s%s%s%s", b->account->ref, others, n > 1 ? "are" : "is",
	    word, span->from > b->today ? " from " : "", span->from > b->today ? from : "",
	    span->until == INT32_MAX ? " until released" : "; the first free day is ",
	    span->until == INT32_MAX ? "" : until,
	    span->by_rule ? ", as the contact rules say" : "");
}

int
command_hold(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	struct borrower_hold hold = {.reason = REASON_HOLD, .actor = command_actor(request)};
	struct span span = {INT32_MIN, INT32_MAX, false};
	struct command_borrower b;
	int64_t id = 0, first = 0;
	size_t n = 0;
	int rc;

	if ((rc = day_of(request, "from", reply, &span.from)) != 1 ||
	    (rc = day_of(request, "until", reply, &span.until)) != 1 ||
	    (rc = word_of(request, reply, &hold.word)) != 1 ||
	    (rc = command_borrower(s, env, request, reply, &b)) != 1)
		return rc;
	if ((rc = span_of(env, request, reply, hold.word, b.today, &span)) == 1) {
		rc = 0;
		for (size_t i = 0; i < facts_count(b.facts) && rc == 0; i++) {
			if (i != b.index && !is_of_person(hold.word))
				continue;
			rc = put(s, env, hold, &span, facts_account(b.facts, i), &id);
			first = i == b.index ? id : first;
			n++;
		}
		if (rc == 0) {
			json_object_set_new(reply, "hold", json_integer(first));
			json_object_set_new(reply, "accounts", json_integer((json_int_t)n));
			rc = say_held(reply, &b, hold.word, &span, n);
		}
	}
	command_borrower_end(&b);
	return rc;
}

/* ---- release ---- */

/* Holds of one word.  How many, or negative. */
static int
release_word(struct store *s, struct command_env *env, const struct command_borrower *b,
	     const char *word, const char *actor)
{
	int all = 0, n;

	for (size_t i = 0; i < facts_count(b->facts); i++) {
		int64_t id = facts_account(b->facts, i)->id;

		if (i != b->index && !is_of_person(word))
			continue;
		if ((n = borrower_release_word(s, id, word, actor, env->now)) < 0)
			return n;
		if (n > 0)
			command_replan(env, id);
		all += n;
	}
	return all;
}

/* Every hold of the account, and on the person's other accounts those that are the person's. */
static int
release_all(struct store *s, struct command_env *env, const struct command_borrower *b,
	    const char *actor)
{
	int all = borrower_release(s, b->id, REASON_COUNT, actor, env->now), n;

	for (size_t i = 0; i < WORDS && all >= 0; i++)
		if (words[i].person) {
			n = release_word(s, env, b, words[i].word, actor);
			all = n < 0 ? n : all + n;
		}
	if (all >= 0) {
		n = release_word(s, env, b, "awaiting_person", actor);
		all = n < 0 ? n : all + n;
	}
	return all;
}

int
command_release(struct store *s, struct command_env *env, const json_t *request, json_t *reply)
{
	const char *word = command_word(request, "reason"), *actor = command_actor(request);
	struct command_borrower b;
	int rc = command_borrower(s, env, request, reply, &b), n;

	if (rc != 1)
		return rc;
	n = word != NULL ? release_word(s, env, &b, word, actor) : release_all(s, env, &b, actor);
	if (n < 0) {
		rc = n;
	} else if (n == 0) {
		rc = command_refuse(reply, COMMAND_REFUSED, "nothing%s%s holds %s",
				    word != NULL ? " called " : "", word != NULL ? word : "",
				    b.account->ref);
	} else {
		command_replan(env, b.id);
		json_object_set_new(reply, "released", json_integer(n));
		rc = command_say(reply, "%s is free%s%s: %d hold%s ended", b.account->ref,
				 word != NULL ? " of " : "", word != NULL ? word : "", n,
				 n == 1 ? "" : "s");
	}
	command_borrower_end(&b);
	return rc;
}
