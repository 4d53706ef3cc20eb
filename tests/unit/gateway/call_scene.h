/* call_scene.h - borrowers who are due to be called, for tests of calls through the store
 *
 * Everybody owes PHP 1,000 since 8 September, got a text the day before, and has check digits but
 * The step +7/call is of today. */
#ifndef TESTS_UNIT_GATEWAY_CALL_SCENE_H
#define TESTS_UNIT_GATEWAY_CALL_SCENE_H

#include "lender.h"

#include "gateway/call/calling.h"
#include "gateway/call/handover_call.h"

#define SCENE_SCRIPT                                                                               \
	"start: who\nstop: bye\ntrouble: bye\nsilent: bye\nwrong: bye\nsteps:\n"                   \
	"  who: {menu: {1: verify, 3: not_me}, say: {en: \"{{name}}? Press 1.\"}}\n"               \
	"  verify: {check: true, say: {en: \"Your year of birth?\"}, right: debt, wrong: bye}\n"   \
	"  debt: {say: {en: \"{{amount}} was due.\"}, next: when}\n"                               \
	"  when: {gather: days, say: {en: \"In how many days?\"}, confirm: {en: "                  \
	"\"{{promise_date}}? Press 1.\"}, next: promised}\n"                                       \
	"  promised: {outcome: promise, next: bye}\n"                                              \
	"  not_me: {outcome: wrong_person, next: bye}\n"                                           \
	"  bye: {end: true, say: {en: \"Goodbye.\"}}\n"

struct fixture {
	struct lender *l;
	struct facts *facts, *kept;
	struct compose *compose;
	int64_t now;
	struct handover_call job;
	struct brief *brief;
};

static inline int
scene_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct complaints complaints = {0};
	void *l;

	lender_setup(&l);
	f->l = l;
	f->now = TEN_O_CLOCK;
	home_write(&f->l->home, "scripts/ask.yaml", SCENE_SCRIPT);
	home_write(&f->l->home, "campaigns/overdue.yaml",
		   "steps:\n  - {day: [6, 10], sms: reminder}\n  - {day: 7, call: ask}\n"
		   "at: \"10:00\"\nlate: {within: 3}\n");
	home_write(&f->l->home, "dunlin.yaml",
		   "lender: {name: Sunrise, contact: \"+63285550100\", country: PH, currency: PHP, "
		   "timezone: Asia/Manila, languages: [en]}\n"
		   "policy: {preset: base}\nroutes:\n  sticks:\n    type: modem\n"
		   "    ports: [/tmp/none]\n    voice: true\n    audio: {/tmp/none: \"alsa:x\"}\n"
		   "    audio_speed: 10\n");
	config_unref(f->l->config);
	assert_int_equal(config_load(f->l->home.path, &f->l->config, &complaints), 0);
	complaint_clear(&complaints);
	f->l->env.config = f->l->config;
	lender_do(f->l, "UPDATE account_row SET secret = '1990' WHERE account <> "
			"(SELECT id FROM account WHERE ref = 'A-2')");
	lender_do(f->l,
		  "INSERT INTO message (account, person, due, step, class, direction, number, "
		  "status, at, created_at, handed_at) SELECT id, person, 20704, '+6/sms', 0, 0, "
		  "'+639170000000', 4, 0, 0, 1789351200000 FROM account");
	assert_non_null(f->compose = compose_new());
	assert_non_null(f->facts = facts_new(f->l->config));
	*state = f;
	return 0;
}

static inline int
scene_teardown(void **state)
{
	struct fixture *f = *state;
	void *l = f->l;

	brief_free(f->brief);
	if (f->kept != NULL)
		facts_free(f->kept);
	facts_free(f->facts);
	compose_free(f->compose);
	lender_teardown(&l);
	free(f);
	return 0;
}

static inline int64_t
plan(struct fixture *f, const char *ref)
{
	char sql[400];

	snprintf(
	    sql, sizeof sql,
	    "INSERT INTO call (account, person, due, campaign, step, try, class, direction, "
	    "script, route, status, rank, at, created_at) SELECT id, person, 20704, 'overdue', "
	    "'+7/call', 1, 0, 0, 'ask', 'sticks', 0, 2, %lld, 0 FROM account WHERE ref = '%s'",
	    (long long)f->now, ref);
	lender_do(f->l, sql);
	return lender_count(f->l, "SELECT max(id) FROM call");
}

static inline struct handover_call *
job(struct fixture *f)
{
	f->job = (struct handover_call){.config = f->l->config,
					.facts = &f->kept,
					.route = &f->l->config->routes[0],
					.now = f->now,
					.pool = {.sim = {{.id = 1, .room = 1}}, .n = 1}};
	return &f->job;
}

/* One job as the writer does it, and what it returns. */
#define WRITE(f, work, expected)                                                                   \
	do {                                                                                       \
		assert_int_equal(store_begin((f)->l->s), 0);                                       \
		assert_int_equal(store_refresh((f)->l->s), 0);                                     \
		assert_int_equal(work, expected);                                                  \
		assert_int_equal(store_commit((f)->l->s), 0);                                      \
	} while (0)

static inline void
run(struct fixture *f, int (*work)(struct store *, void *), void *ctx)
{
	WRITE(f, work(f->l->s, ctx), 0);
}

/* True: one may go, and is in f->brief. */
static inline bool
look(struct fixture *f)
{
	run(f, handover_call_look, job(f));
	brief_free(f->brief);
	f->brief = f->job.brief;
	return f->brief != NULL;
}

static inline bool
start(struct fixture *f, int64_t row)
{
	struct brief *said = f->brief;

	job(f);
	f->job.expect = said;
	f->job.row = row;
	f->job.sim = 1;
	run(f, handover_call_start, &f->job);
	if (f->job.brief != NULL) {
		brief_free(said);
		f->brief = f->job.brief;
	}
	return f->job.started;
}

static inline int64_t
of_call(struct fixture *f, int64_t id, const char *column)
{
	char sql[96];

	snprintf(sql, sizeof sql, "SELECT %s FROM call WHERE id = %lld", column, (long long)id);
	return lender_count(f->l, sql);
}

static inline int64_t
begun(struct fixture *f, const char *ref)
{
	int64_t id = plan(f, ref);

	assert_true(look(f));
	assert_true(start(f, id));
	return id;
}

static inline struct calling
talk(struct fixture *f, int64_t id)
{
	return (struct calling){.config = f->l->config,
				.facts = f->facts,
				.compose = f->compose,
				.now = f->now,
				.id = id,
				.brief = f->brief};
}

static inline int
keep(struct fixture *f, int64_t id, enum script_outcome_kind kind, int32_t day)
{
	struct script_outcome o = {.kind = (uint8_t)kind, .day = day, .amount = -1};
	struct calling c = talk(f, id);
	int rc;

	assert_int_equal(store_begin(f->l->s), 0);
	rc = calling_keep(f->l->s, &c, &o);
	assert_int_equal(store_commit(f->l->s), 0);
	return rc;
}

/* Who answers proves who it is, and promises all for the 20th. */
static inline int64_t
promised(struct fixture *f, const char *ref)
{
	int64_t id = begun(f, ref);

	assert_int_equal(keep(f, id, SCRIPT_RIGHT_PARTY, SCRIPT_NO_DAY), 0);
	assert_int_equal(keep(f, id, SCRIPT_PROMISE, lender_day("2026-09-20")), 0);
	return id;
}

static inline void
over(struct fixture *f, int64_t id, enum calls_outcome outcome)
{
	struct calling_end end = {.outcome = outcome, .cause = "test"};
	struct calling c = talk(f, id);

	WRITE(f, calling_over(f->l->s, &c, &end), 0);
}

#endif
