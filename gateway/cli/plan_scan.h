/* plan_scan.h - who can have a step in some days: a first, quick look over every amount due
 *
 * A step of day k may show up on the local days k .. k + plan_reach() + 1 after its due date.  So
 * one pass over the amounts in force, in the order they are stored, tells which accounts may
 * matter; only their persons are then loaded and asked about properly.  It finds too many rather
 * than too few.
 */
#ifndef GATEWAY_CLI_PLAN_SCAN_H
#define GATEWAY_CLI_PLAN_SCAN_H

#include "gateway/config/config.h"
#include "gateway/store/store.h"

#define PLAN_SCAN_DAYS 366 /* of one plan, at most */

struct plan_scan {
	int64_t *person; /* each once, in the order found */
	size_t n, cap;
	int64_t amounts; /* looked at */
};

/* 0, UV_ENOMEM, or negative of the store.  Begin zeroed, end with plan_scan_clear(). */
int plan_scan_run(struct plan_scan *scan, struct store *s, const struct config *config,
		  int32_t from, int32_t to);
void plan_scan_clear(struct plan_scan *scan);

#endif
