/* Records of reports: CSV as RFC 4180 has it, or JSON lines. */
#include "cmd_report_part.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <uv.h>

/* A field is quoted where it must be. */
static void
put_field(FILE *out, const char *text)
{
	size_t len = strlen(text);

	if (len == strcspn(text, ",\"\r\n") &&
	    (len == 0 || (text[0] != ' ' && text[len - 1] != ' '))) {
		fputs(text, out);
		return;
	}
	putc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	putc('"', out);
}

void
report_record_open(struct report_record *r, FILE *out, bool csv, const char *const *keys, size_t n)
{
	*r = (struct report_record){.out = out, .csv = csv, .key = keys, .n = n};
	for (size_t i = 0; csv && i < n; i++)
		fprintf(out, "%s%s", keys[i], i + 1 < n ? "," : "\r\n");
}

static const char *
begin(struct report_record *r)
{
	assert(r->at < r->n);
	if (!r->csv && r->at == 0)
		jsonl_open(&r->j, NULL, '{');
	return r->key[r->at];
}

static void
end(struct report_record *r)
{
	int rc = 0;

	r->at = (r->at + 1) % r->n;
	if (r->csv) {
		fputs(r->at == 0 ? "\r\n" : ",", r->out);
		return;
	}
	if (r->at != 0)
		return;
	jsonl_close(&r->j, '}');
	jsonl_line(&r->j);
	rc = jsonl_write(&r->j, r->out);
	if (r->error == 0)
		r->error = rc;
}

void
report_record_text(struct report_record *r, const char *text)
{
	const char *key = begin(r);

	if (!r->csv)
		jsonl_text(&r->j, key, text);
	else if (text != NULL)
		put_field(r->out, text);
	end(r);
}

void
report_record_int(struct report_record *r, int64_t value)
{
	const char *key = begin(r);

	if (!r->csv)
		jsonl_int(&r->j, key, value);
	else
		fprintf(r->out, "%" PRId64, value);
	end(r);
}

void
report_record_share(struct report_record *r, double share)
{
	const char *key = begin(r);
	char text[32];

	snprintf(text, sizeof text, "%.4f", share);
	if (!r->csv)
		jsonl_raw(&r->j, key, text);
	else
		fputs(text, r->out);
	end(r);
}

void
report_record_bool(struct report_record *r, bool value)
{
	const char *key = begin(r);

	if (!r->csv)
		jsonl_bool(&r->j, key, value);
	else
		fputs(value ? "true" : "false", r->out);
	end(r);
}

void
report_record_null(struct report_record *r)
{
	report_record_text(r, NULL);
}

int
report_record_close(struct report_record *r)
{
	assert(r->at == 0);
	jsonl_clear(&r->j);
	if (r->error == 0 && (fflush(r->out) != 0 || ferror(r->out)))
		r->error = UV_EIO;
	if (r->error == 0)
		return CLI_DONE;
	return cli_fail(CLI_FAILED, "the output could not be written: %s", uv_strerror(r->error));
}
