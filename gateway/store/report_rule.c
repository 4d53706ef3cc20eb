#include "report_rule.h"

#define QUARTER_MS 900000

int
report_rule_note(struct store *s, int64_t now, enum report_rule_what what, enum reason reason,
		 const char *rule)
{
	sqlite3_stmt *st = store_get(s, STORE_REPORT_RULE_ADD);

	store_bind_int(st, 1, now - now % QUARTER_MS);
	store_bind_int(st, 2, what);
	store_bind_int(st, 3, reason);
	store_bind_text(st, 4, rule != NULL ? rule : "");
	return store_do(s, st);
}

int
report_rules(struct store *s, int64_t since, int64_t until, report_rule_cb *each, void *ctx)
{
	sqlite3_stmt *st = store_get(s, STORE_REPORT_RULES);
	int rc;

	store_bind_int(st, 1, since);
	store_bind_int(st, 2, until);
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
