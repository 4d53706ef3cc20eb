/* bench_policy [ROUNDS]: what the contact policy costs, deciding account-days under the rules a
 * lender has: the base and a preset (`ph`, then `strict`), with a month of contacts of one person.
 * The floor is what any decision must do at least: find the local day and time of an instant.
 * Prints
 *     PRESET CASE ns N floor_ns N ratio N      CPU nanoseconds for one decision */
#include "gateway/base/complaint.h"
#include "gateway/config/config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CONTACTS 12
#define DAY_MS   INT64_C(86400000)

static double
cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static struct config *
load(const char *preset)
{
	struct complaints complaints = {0};
	struct config *config = NULL;
	char text[256];

	snprintf(text, sizeof text,
		 "lender: {name: x, country: PH, currency: PHP, timezone: America/New_York}\n"
		 "routes: {paper: {type: file}}\npolicy: {preset: %s}\n",
		 preset);
	if (config_parse(text, strlen(text), &config, &complaints) != 0) {
		fprintf(stderr, "bench_policy: %s\n", complaints.items[0].text);
		exit(3);
	}
	complaint_clear(&complaints);
	return config;
}

/* Keeps the compiler from leaving work out. */
static volatile int64_t sink;

static double
floor_of(const struct civil_zone *zone, int64_t from, int rounds)
{
	double start = cpu_ns();
	int64_t sum = 0;

	for (int i = 0; i < rounds; i++)
		sum += civil_local(zone, from + i % 365 * DAY_MS).second;
	sink = sum;
	return (cpu_ns() - start) / rounds;
}

static double
decisions(const struct policy *p, struct policy_question q, int64_t from, int rounds)
{
	double start = cpu_ns();
	int64_t sum = 0;

	for (int i = 0; i < rounds; i++) {
		q.at = from + i % 28 * DAY_MS;
		sum += policy_decide(p, &q).until;
	}
	sink = sum;
	return (cpu_ns() - start) / rounds;
}

int
main(int argc, char **argv)
{
	static const char *const presets[] = {"ph", "strict"};
	int rounds = argc > 1 ? atoi(argv[1]) : 2000000;
	struct policy_contact contacts[CONTACTS];
	int64_t from = INT64_C(1788278400000); /* 2026-09-01T12:00 in New York */

	if (rounds < 1)
		return 2;
	for (int i = 0; i < CONTACTS; i++)
		contacts[i] = (struct policy_contact){.at = from + i * 2 * DAY_MS + i * 600000,
						      .account = 1,
						      .number = 1,
						      .channel = (uint8_t)(i % 3 == 0),
						      .counts = i % 3 == 0 ? POLICY_CALL_ANSWERED
									   : POLICY_TEXT};
	for (size_t k = 0; k < sizeof presets / sizeof *presets; k++) {
		struct config *config = load(presets[k]);
		const struct civil_zone *zone = &config->lender.zone;
		struct policy_question q = {
		    .account = 1, .number = 1, .zone = zone, .texted = true, .contacts = contacts};
		double least = floor_of(zone, from, rounds);

		for (int c = 0; c < 2 * CAMPAIGN_VOICES; c++) {
			double ns;

			q.channel = (enum campaign_channel)(c / 2);
			q.n_contacts = c % 2 == 0 ? 0 : CONTACTS;
			ns = decisions(&config->policy, q, from, rounds);
			printf("%-7s %-4s %2zu contacts  ns %.0f  floor_ns %.1f  ratio %.0f\n",
			       presets[k], campaign_channel_word(q.channel), q.n_contacts, ns,
			       least, ns / least);
		}
		config_unref(config);
	}
	return 0;
}
