#include "start_air.h"

#include "gateway/pool/air.h"
#include "smpp/receipt_id.h"
#include "store/outbox.h"
#include "store/sim.h"

#include <sodium.h>
#include <stdio.h>
#include <uv.h>

#define FLIGHT 256 /* two a SIM at most */

static int
accept_part(struct store *s, const struct outbox_row *row, int part, int reference, int64_t now)
{
	struct sim_row sim;
	char id[64] = "", key[SMPP_ID_SIZE] = "";
	int rc = sim_get(s, row->sim, &sim);

	if (rc != 0)
		return rc;
	if (reference >= 0)
		snprintf(id, sizeof id, "%s%s:%d", sim.iccid[0] != '\0' ? "" : "i",
			 sim.iccid[0] != '\0' ? sim.iccid : sim.imsi, reference);
	receipt_id_key(id, key);
	return outbox_accepted(s, row->id, row->account, part, part == row->segments, row->route,
			       id, key, now);
}

/* The rest of a text that has begun is nobody's to send again: that stays in doubt. */
static int
settle_one(struct store *s, const struct air *air, int64_t run, int64_t id, int64_t now)
{
	struct outbox_row row;
	int part = 0, reference = -1, rc = outbox_get(s, id, &row), begun = 0;
	sqlite3_stmt *st;

	if (rc != 0)
		return rc;
	st = store_get(s, STORE_PARTS_OF);
	store_bind_int(st, 1, id);
	while ((rc = store_step(s, st)) == 1)
		begun++;
	if (rc == 0)
		switch (air_fate(air, run, row.sim, id, &part, &reference)) {
		case AIR_ACCEPTED:
			rc = part == begun + 1 ? accept_part(s, &row, part, reference, now) : 0;
			break;
		case AIR_UNSENT:
			rc = begun == 0 ? outbox_requeue(s, id, row.account, now, now, "unsent",
							 "the daemon ended before it left")
					: 0;
			break;
		case AIR_DOUBT: break;
		}
	outbox_row_clear(&row);
	return rc;
}

int
start_air_recover(struct store *s, const char *home, int64_t now, int64_t *run)
{
	int64_t last = store_meta_int(s, META_AIR, 0), ids[FLIGHT];
	bool doubtful = store_meta_int(s, META_RESTORED, 0) != 0;
	struct air *air = doubtful ? NULL : air_open(home);
	sqlite3_stmt *st = store_get(s, STORE_SIM_FLIGHT);
	int n = 0, rc = 0;

	while (n < FLIGHT && (rc = store_step(s, st)) == 1)
		ids[n++] = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	rc = rc < 0 ? rc : 0;
	for (int i = 0; i < n && rc == 0 && air != NULL; i++)
		rc = settle_one(s, air, last, ids[i], now);
	air_close(air);
	randombytes_buf(run, sizeof *run);
	*run = (*run & INT64_MAX) | 1;
	return rc != 0 ? rc : store_meta_set_int(s, META_AIR, *run);
}
