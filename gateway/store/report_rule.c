#include "report_rule.h"

#include "store_ask.h"

#define QUARTER_MS 900000

int
report_rule_note(struct store *s, int64_t now, enum report_rule_what what, enum reason reason,
		 const char *rule)
{
	return store_set(s, STORE_REPORT_RULE_ADD, as_int(now - now % QUARTER_MS), as_int(what),
			 as_int(reason), as_text(rule != NULL ? rule : ""));
}

int
report_rules(struct store *s, int64_t since, int64_t until, report_rule_cb *each, void *ctx)
{
	sqlite3_stmt *st = store_ask(s, STORE_REPORT_RULES, as_int(since), as_int(until));
	int rc;

	while ((rc = store_step(s, st)) == 1) {
		rc = each(ctx, (enum reason)sqlite3_column_int(st, 0), store_text(st, 1),
			  (enum report_rule_what)sqlite3_column_int(st, 2),
			  sqlite3_column_int64(st, 3));
		if (rc != 0)
			break;
	}
	sqlite3_reset(st);
	return rc;
}
