/* Whatever an operator delivers, all the way into a store: every PDU is a text, a part, a copy or a
 * receipt; nobody is answered who did not write, nor more often than the rules say; what is left of
 * long texts comes out a day later, and what is rolled back leaves nothing.
 *
 * Input: PDUs, each a flags octet, two octets of length and the body of a deliver_sm or data_sm.
 */
#include "gateway/base/complaint.h"
#include "gateway/config/config_words.h"
#include "gateway/hear/inbox.h"
#include "gateway/store/event.h"
#include "gateway/store/event_verify.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW  INT64_C(1789437600000) /* 2026-09-15T10:00+08:00 */
#define HOUR INT64_C(3600000)
#define PDUS 64

/* Before the first input, which is timed. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	config_words_shipped();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char yaml[] = "lender: {name: Sunrise, contact: \"+63285550100\", country: PH,\n"
			   "  currency: PHP, timezone: Asia/Manila, languages: [en, fil]}\n"
			   "policy: {preset: base}\n"
			   "test_numbers: [\"+639170000099\"]\n"
			   "routes:\n  paper: {type: file, path: sent.jsonl}\n";

/* Three accounts of two persons, and a text of two parts that is on its way. */
static const char rows[] =
    "INSERT INTO meta VALUES ('visible', 1);"
    "INSERT INTO account (id, ref, person, since, born, special) VALUES (1, 'A-1', 1, 1, 1, 1), "
    "(2, 'A-2', 2, 1, 1, 1), (3, 'A-3', 2, 1, 1, 1);"
    "INSERT INTO account_row (account, since, name, phones, currency) VALUES "
    "(1, 1, 'Ana', '+639170000001', 'PHP'), (2, 1, 'Ben', '+639170000002', 'PHP'),"
    "(3, 1, 'Ben', '+639170000002;+639170000003', 'PHP');"
    "INSERT INTO person_key VALUES ('n+639170000001', 1), ('n+639170000002', 2),"
    "('n+639170000003', 2);"
    "INSERT INTO amount VALUES (1, 20704, 1, NULL, 100000, -1), (2, 20704, 1, NULL, 5000, -1);"
    "INSERT INTO message (id, account, person, class, direction, number, route, status, segments, "
    "at, created_at) VALUES (1, 1, 1, 0, 0, '+639170000001', 'paper', 3, 2, 1, 1);"
    "INSERT INTO part VALUES (1, 1, 3, 'paper', '77', '77', NULL), (1, 2, 3, 'paper', '78', '78', "
    "NULL)";

static struct store *store;
static struct inbox_tools tools;
static struct settle_tools learned;
static struct inbox_recent recent;
static struct config *config;

static void
begin(void)
{
	char path[] = "/tmp/fuzz-inbox-XXXXXX", db[64], error[256];
	struct complaints complaints = {0};

	if (mkdtemp(path) == NULL)
		abort();
	snprintf(db, sizeof db, "%s/dunlin.db", path);
	if (store_open(&store, db, STORE_CREATE, error) != 0 ||
	    sqlite3_exec(store->db, rows, NULL, NULL, NULL) != SQLITE_OK ||
	    config_parse(yaml, sizeof yaml - 1, &config, &complaints) != 0)
		abort();
	complaint_clear(&complaints);
	/* The open file stays, its name does not. */
	unlink(db);
	snprintf(db, sizeof db, "%s/dunlin.db-wal", path);
	unlink(db);
	snprintf(db, sizeof db, "%s/dunlin.db-shm", path);
	unlink(db);
	rmdir(path);
	if ((tools.compose = compose_new()) == NULL)
		abort();
	tools.settle = &learned;
}

static int64_t
count(const char *sql)
{
	sqlite3_stmt *st;
	int64_t n;

	if (sqlite3_prepare_v2(store->db, sql, -1, &st, NULL) != SQLITE_OK ||
	    sqlite3_step(st) != SQLITE_ROW)
		abort();
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

static void
read_pdus(struct inbox *in, const uint8_t *data, size_t size)
{
	while (size >= 3 && in->n < PDUS) {
		static const enum sms_encoding encodings[] = {SMS_GSM7, SMS_UCS2, SMS_LATIN1,
							      SMS_ASCII};
		struct smpp_deliver d;
		struct channel_incoming incoming = {.deliver = &d,
						    .encoding = encodings[data[0] & 3],
						    .packed = (data[0] & 7) == 4};
		size_t len = (size_t)data[1] << 8 | data[2];

		len = len < size - 3 ? len : size - 3;
		/* A copy of its own, so that reading past its end is seen. */
		uint8_t *body = malloc(len + 1);

		if (body == NULL)
			abort();
		memcpy(body, data + 3, len);
		body = realloc(body, len > 0 ? len : 1);
		if (smpp_deliver_read(body, len, (data[0] & 8) != 0, &d) == 0)
			assert(inbox_add(in, &recent, "paper", &incoming, in->true_now) == 0);
		free(body);
		data += 3 + len;
		size -= 3 + len;
	}
}

static void
check_rows(const struct inbox *in)
{
	struct event_verdict v;

	assert(in->texts + in->copies <= in->n && in->receipts <= in->n);
	/* Each text is there once, with a reading and its octets in the chain. */
	assert(count("SELECT count(*) FROM message WHERE direction = 1") ==
	       count("SELECT count(*) FROM inbox"));
	assert(count("SELECT count(*) FROM event WHERE kind = 'received'") ==
	       count("SELECT count(*) FROM inbox"));
	assert(
	    count("SELECT count(*) FROM event WHERE kind = 'received' AND NOT json_valid(data)") ==
	    0);
	/* Answers: to who wrote, one for each text, three a number, none to short codes. */
	assert(
	    count("SELECT count(*) FROM message a WHERE a.class = 1 AND NOT EXISTS (SELECT 1 FROM "
		  "message m WHERE m.id = a.answers AND m.sender = a.number)") == 0);
	assert(count("SELECT count(*) FROM message WHERE class = 1") ==
	       count("SELECT count(DISTINCT answers) FROM message WHERE class = 1"));
	assert(
	    count("SELECT coalesce(max(n), 0) FROM (SELECT count(*) n FROM message WHERE class = 1 "
		  "GROUP BY number)") <= 3);
	assert(count("SELECT count(*) FROM message WHERE class = 1 AND length(number) < 8") == 0);
	/* Only one borrower is told money. */
	assert(
	    count("SELECT count(*) FROM message WHERE class = 1 AND body LIKE '%PHP%' AND number "
		  "<> '+639170000001' AND number <> '+639170000003'") == 0);
	assert(count("SELECT count(*) FROM promise WHERE status = 0") <= 3);
	assert(event_verify(store, &v) == 0 && v.bad_seq == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct inbox in = {.tools = &tools, .now = NOW, .true_now = NOW};
	size_t texts;

	if (store == NULL)
		begin();
	memset(&recent, 0, sizeof recent);
	memset(&learned, 0, sizeof learned);
	in.config = config;
	read_pdus(&in, data, size);
	assert(store_begin(store) == 0);
	assert(inbox_work(store, &in) == 0);
	check_rows(&in);
	texts = in.texts;
	in.now = in.true_now = NOW + 25 * HOUR;
	assert(inbox_give_up(store, &in) == 0);
	assert(in.texts >= texts);
	assert(count("SELECT count(*) FROM fragment") == 0);
	assert(settle_sweep(store, &learned, in.now, in.true_now) == 0);
	assert(store->orphans == count("SELECT count(*) FROM orphan"));
	store_rollback(store);
	inbox_clear(&in);
	return 0;
}
