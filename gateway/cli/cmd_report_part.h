/* cmd_report_part.h - what the files of `dunlin report` share; nobody else includes it */
#ifndef GATEWAY_CLI_CMD_REPORT_PART_H
#define GATEWAY_CLI_CMD_REPORT_PART_H

#include "gateway/report/reporting.h"
#include "jsonl.h"
#include "show.h"

#define REPORT_SHARE 48 /* "583  95%" */

/* A report as it was asked for. */
struct report_call {
	struct show show;
	struct reporting_query q;
	struct report_words *words;
	bool csv, json;
	const char *override_reason; /* of the policy; in every report; NULL: none */
};

/* ---- records, for programs: CSV lines under a header, or JSON objects ---- */

struct report_record {
	FILE *out;
	bool csv;
	const char *const *key;
	size_t n, at;
	struct jsonl j;
	int error;
};

/* Writes the header of CSV.  Keys are borrowed. */
void report_record_open(struct report_record *r, FILE *out, bool csv, const char *const *keys,
			size_t n);
/* Values in the order of the keys; behind the last one the record is complete. */
void report_record_text(struct report_record *r, const char *text); /* NULL: absent */
void report_record_int(struct report_record *r, int64_t value);
void report_record_share(struct report_record *r, double share); /* 0..1, four decimals */
void report_record_bool(struct report_record *r, bool value);
void report_record_null(struct report_record *r);
/* CLI_DONE, or CLI_FAILED with the words printed. */
int report_record_close(struct report_record *r);

/* ---- sections, for people ---- */

void report_heading(FILE *out, const char *text);
/* "583  95%"; the number alone when there is nothing to compare with. */
const char *report_share(int64_t n, int64_t of, char out[REPORT_SHARE]);
/* "1,250" */
const char *report_count(int64_t n, char out[32]);

/* The total in a few lines, one group as a table, hours with bars.  Tables are sorted. */
int report_show_total(const struct report_call *c, const struct report_table *t, FILE *out);
int report_show_groups(const struct report_call *c, const struct report_table *t, FILE *out);
int report_show_hours(const struct report_call *c, const struct report_table *t, FILE *out);
/* Their records: one header for all tables. */
int report_record_groups(const struct report_call *c, const struct report_table *tables, size_t n,
			 FILE *out);

int report_show_curve(const struct report_curve *curve, FILE *out);
int report_record_curve(const struct report_call *c, const struct report_curve *curve, FILE *out);

/* Rules that moved, held or ended, and promises by what became of them: read and shown, as a table
 * or as records.  The exit status. */
int report_rules_section(const struct report_call *c, FILE *out);
int report_promises_section(const struct report_call *c, FILE *out);
int report_calls_section(const struct report_call *c, FILE *out);

/* Reading the store failed: prints why, returns CLI_FAILED. */
int report_failed(const struct report_call *c, int rc);

#endif
