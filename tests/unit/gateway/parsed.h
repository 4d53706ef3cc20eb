/* parsed.h - one dunlin.yaml read from memory, and what was complained of */
#ifndef TESTS_UNIT_GATEWAY_PARSED_H
#define TESTS_UNIT_GATEWAY_PARSED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/complaint.h"
#include "gateway/config/config.h"

#define LENDER                                                                                     \
	"lender: {name: Sunrise Lending, country: PH, currency: PHP, timezone: Asia/Manila}\n"
#define ROUTE "routes: {paper: {type: file}}\n"
/* One that places calls. */
#define VOICE_ROUTE                                                                                \
	"routes: {s: {type: modem, ports: [/tmp/none], voice: true, audio: {/tmp/none: "           \
	"\"tty:/tmp/none.pcm\"}}}\n"
#define SMPP(extra) "routes: {a: {type: smpp, host: localhost, system_id: x, " extra "}}\n"

/* One dunlin.yaml read from memory. */
struct parsed {
	struct config *config;
	struct complaints complaints;
	int rc;
};

static inline struct parsed
parse(const char *text)
{
	struct parsed p = {.rc = 0};

	p.rc = config_parse(text, strlen(text), &p.config, &p.complaints);
	return p;
}

static inline void
drop(struct parsed *p)
{
	config_unref(p->config);
	complaint_clear(&p->complaints);
}

/* `extra` beside a good lender and route has exactly this one complaint. */
static inline void
assert_complaint(const char *extra, bool warning, const char *word)
{
	char text[2048];
	struct parsed p;

	snprintf(text, sizeof(text), LENDER "%s%s", strstr(extra, "routes:") == NULL ? ROUTE : "",
		 extra);
	p = parse(text);
	if (p.complaints.n != 1)
		fail_msg("%zu complaints about: %s (first: %s)", p.complaints.n, extra,
			 p.complaints.n > 0 ? p.complaints.items[0].text : "none");
	assert_int_equal(p.complaints.items[0].warning, warning);
	if (strstr(p.complaints.items[0].text, word) == NULL)
		fail_msg("`%s` lacks `%s`", p.complaints.items[0].text, word);
	assert_true((p.config != NULL) == warning);
	drop(&p);
}

static inline struct parsed
good(const char *extra)
{
	char text[2048];
	struct parsed p;

	snprintf(text, sizeof(text), LENDER "%s%s", strstr(extra, "routes:") == NULL ? ROUTE : "",
		 extra);
	p = parse(text);
	if (p.complaints.n > 0)
		fail_msg("%s: %s", extra, p.complaints.items[0].text);
	assert_int_equal(p.rc, 0);
	return p;
}

#endif
