/* letterbox.h - borrowers who write, for tests of what becomes of it: PDUs in, rows out
 *
 * Beside lender.h's people.  It is ten o'clock; each text of write_to_us() comes six seconds later.
 */
#ifndef TESTS_UNIT_GATEWAY_LETTERBOX_H
#define TESTS_UNIT_GATEWAY_LETTERBOX_H

#include "lender.h"

#include "gateway/hear/inbox.h"

#define NOW    TEN_O_CLOCK
#define SECOND INT64_C(1000)
#define A1     "639170000001" /* as operators write it */
#define TWIN   "639170000004"

struct fixture {
	struct lender *l;
	struct inbox_tools tools;
	struct settle_tools settle;
	struct inbox_recent *recent;
	int64_t now;
	/* of the last batch */
	size_t texts, receipts, copies, replan;
	bool answers;
};

static inline int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	void *l;

	lender_setup(&l);
	f->l = l;
	f->recent = calloc(1, sizeof *f->recent);
	f->tools = (struct inbox_tools){.compose = compose_new(), .settle = &f->settle};
	f->now = NOW;
	*state = f;
	return 0;
}

static inline int
teardown(void **state)
{
	struct fixture *f = *state;
	void *l = f->l;

	if (f->tools.facts != NULL)
		facts_free(f->tools.facts);
	compose_free(f->tools.compose);
	lender_teardown(&l);
	free(f->recent);
	free(f);
	return 0;
}

/* ---- PDUs ---- */

static inline struct smpp_deliver
pdu(const char *from, const char *octets)
{
	struct smpp_deliver d = {.octets = (const uint8_t *)octets, .len = strlen(octets)};

	snprintf(d.source, sizeof d.source, "%s", from);
	snprintf(d.dest, sizeof d.dest, "28550");
	return d;
}

static inline void
deliver_all(struct fixture *f, const struct smpp_deliver *list, size_t n,
	    enum sms_encoding encoding)
{
	struct inbox in = {
	    .config = f->l->config, .tools = &f->tools, .now = f->now, .true_now = f->now};

	for (size_t i = 0; i < n; i++) {
		struct channel_incoming incoming = {.deliver = &list[i], .encoding = encoding};

		assert_int_equal(inbox_add(&in, f->recent, "paper", &incoming, f->now), 0);
	}
	assert_int_equal(store_begin(f->l->s), 0);
	assert_int_equal(inbox_work(f->l->s, &in), 0);
	assert_int_equal(store_commit(f->l->s), 0);
	for (size_t i = 0; i < in.n; i++)
		inbox_answered(f->recent, &in.items[i], f->now);
	f->texts = in.texts;
	f->receipts = in.receipts;
	f->copies = in.copies;
	f->answers = in.answers;
	f->replan = in.n_replan;
	inbox_clear(&in);
}

static inline void
deliver(struct fixture *f, struct smpp_deliver d)
{
	deliver_all(f, &d, 1, SMS_GSM7);
}

/* A borrower writes: words of the basic alphabet's ASCII part. */
static inline void
write_to_us(struct fixture *f, const char *from, const char *words)
{
	f->now += 6 * SECOND; /* nobody types faster */
	deliver(f, pdu(from, words));
	assert_int_equal(f->texts, 1);
}

/* ---- what it left ---- */

static inline int64_t
count(struct fixture *f, const char *sql)
{
	return lender_count(f->l, sql);
}

static inline int64_t
answers(struct fixture *f)
{
	return count(f, "SELECT count(*) FROM message WHERE class = 1");
}

/* The last answer, or "". */
static inline const char *
last_answer(struct fixture *f)
{
	static char body[1100];
	sqlite3_stmt *st;

	body[0] = '\0';
	assert_int_equal(sqlite3_prepare_v2(f->l->s->db,
					    "SELECT body FROM message WHERE class = 1 "
					    "ORDER BY id DESC LIMIT 1",
					    -1, &st, NULL),
			 SQLITE_OK);
	if (sqlite3_step(st) == SQLITE_ROW)
		snprintf(body, sizeof body, "%s", store_text(st, 0));
	sqlite3_finalize(st);
	return body;
}

static inline void
expect_text(struct fixture *f, const char *text)
{
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_prepare_v2(f->l->s->db,
					    "SELECT body FROM message WHERE direction = 1 "
					    "ORDER BY id DESC LIMIT 1",
					    -1, &st, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	assert_string_equal(store_text(st, 0), text);
	sqlite3_finalize(st);
}

static inline void
expect_handled(struct fixture *f, int handled)
{
	assert_int_equal(count(f, "SELECT handled FROM inbox ORDER BY message DESC LIMIT 1"),
			 handled);
}

/* Open holds of a reason. */
static inline int64_t
holds(struct fixture *f, enum reason reason)
{
	char sql[96];

	snprintf(sql, sizeof sql,
		 "SELECT count(*) FROM hold WHERE released_at IS NULL AND reason = %d",
		 (int)reason);
	return count(f, sql);
}

static inline int64_t
tasks(struct fixture *f, const char *reason)
{
	char sql[96];

	snprintf(sql, sizeof sql, "SELECT count(*) FROM task WHERE reason = '%s'", reason);
	return count(f, sql);
}

#endif
