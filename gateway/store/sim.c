#include "sim.h"

#include "outbox.h"
#include "store_ask.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#define HOUR_MS 3600000LL
#define MANY    1000000000 /* no limit */

/* ---- SIMs ---- */

int
sim_seen(struct store *s, const struct sim_facts *facts, int64_t now, int64_t *id)
{
	char key[32];
	int rc;

	if (facts->iccid[0] == '\0' && facts->imsi[0] == '\0')
		return UV_EINVAL;
	snprintf(key, sizeof key, "%s%s", facts->iccid[0] != '\0' ? "" : "i",
		 facts->iccid[0] != '\0' ? facts->iccid : facts->imsi);
	if ((rc = store_set(s, STORE_SIM_SEEN, as_text(key), as_text(facts->route),
			    as_text(facts->iccid), as_text(facts->imsi), as_text(facts->imei),
			    as_text(facts->number[0] != '\0' ? facts->number : key),
			    as_int(now))) != 0)
		return rc;
	rc = store_one(s, store_ask(s, STORE_SIM_ID, as_text(key)), id);
	return rc == 1 ? 0 : rc < 0 ? rc : UV_ENOENT;
}

int
sim_get(struct store *s, int64_t id, struct sim_row *out)
{
	sqlite3_stmt *st = store_ask(s, STORE_SIM_GET, as_int(id));
	int rc = store_step(s, st);

	if (rc != 1)
		return rc < 0 ? rc : UV_ENOENT;
	*out = (struct sim_row){.seen_at = sqlite3_column_int64(st, 5),
				.has_minor = sqlite3_column_type(st, 7) != SQLITE_NULL,
				.balance_minor = sqlite3_column_int64(st, 7),
				.balance_at = sqlite3_column_int64(st, 8)};
	snprintf(out->route, sizeof out->route, "%s", store_text(st, 0));
	snprintf(out->iccid, sizeof out->iccid, "%s", store_text(st, 1));
	snprintf(out->imsi, sizeof out->imsi, "%s", store_text(st, 2));
	snprintf(out->imei, sizeof out->imei, "%s", store_text(st, 3));
	snprintf(out->address, sizeof out->address, "%s", store_text(st, 4));
	snprintf(out->balance, sizeof out->balance, "%s", store_text(st, 6));
	sqlite3_reset(st);
	return 0;
}

int
sim_lately(struct store *s, const char *route, int64_t since, int64_t *ids, int cap)
{
	return store_ids(s, store_ask(s, STORE_SIMS_LATELY, as_text(route), as_int(since)), ids,
			 cap);
}

/* ---- allowances ---- */

static int64_t
day_start(const struct civil_zone *zone, int64_t now)
{
	return civil_instant(zone, civil_local(zone, now).day, 0);
}

static int32_t
month_first(const struct civil_zone *zone, int64_t now, int months)
{
	int year, month, day;

	civil_date(civil_local(zone, now).day, &year, &month, &day);
	month += months;
	return civil_day(year + (month - 1) / 12, (month - 1) % 12 + 1, 1);
}

static int64_t
month_start(const struct civil_zone *zone, int64_t now)
{
	return civil_instant(zone, month_first(zone, now, 0), 0);
}

int64_t
sim_month_end(const struct civil_zone *zone, int64_t now)
{
	return civil_instant(zone, month_first(zone, now, 1), 0);
}

static int
used_since(struct store *s, int64_t sim, int64_t since, int *n, int64_t *first)
{
	sqlite3_stmt *st = store_ask(s, STORE_SIM_USED, as_int(sim), as_int(since - 1));
	int rc = store_step(s, st);

	if (rc != 1)
		return rc < 0 ? rc : UV_EIO;
	*n = sqlite3_column_int(st, 0);
	if (first != NULL)
		*first = sqlite3_column_int64(st, 1);
	sqlite3_reset(st);
	return 0;
}

static int
rest(int limit, int used)
{
	return limit == 0 ? MANY : used < limit ? limit - used : 0;
}

static int
least(int a, int b)
{
	return a < b ? a : b;
}

int
sim_use(struct store *s, int64_t sim, const struct sim_limits *limits, int64_t now,
	struct sim_use *out)
{
	int64_t first = 0, month = month_start(limits->zone, now);
	int rc;

	*out = (struct sim_use){0};
	if ((rc = used_since(s, sim, now - HOUR_MS + 1, &out->hour, &first)) != 0 ||
	    (rc = used_since(s, sim, day_start(limits->zone, now), &out->day, NULL)) != 0 ||
	    (limits->per_month > 0 && (rc = used_since(s, sim, month, &out->month, NULL)) != 0))
		return rc;
	out->left_today =
	    least(rest(limits->per_day, out->day), rest(limits->per_month, out->month));
	out->left = least(out->left_today, rest(limits->per_hour, out->hour));
	if (out->left > 0)
		return 0;
	if (rest(limits->per_month, out->month) == 0)
		out->frees_at = sim_month_end(limits->zone, now);
	else if (out->left_today == 0)
		out->frees_at =
		    civil_instant(limits->zone, civil_local(limits->zone, now).day + 1, 0);
	else
		out->frees_at = first + HOUR_MS;
	return 0;
}

int64_t
sim_turn(const struct sim_use *use, const struct sim_limits *limits, int64_t now, int n)
{
	int hourly = limits->per_hour > 0 ? limits->per_hour : MANY;
	int daily = limits->per_day > 0 ? limits->per_day : MANY;
	int32_t today = civil_local(limits->zone, now).day;
	int64_t at = use->frees_at > now ? use->frees_at : now + 1;
	int64_t turn = at + n / hourly * HOUR_MS;

	/* What today's allowance still holds goes hour by hour, the rest so on each later day. */
	if (n < use->left_today && turn < civil_instant(limits->zone, today + 1, 0))
		return turn;
	n = n >= use->left_today ? n - use->left_today : 0;
	if (use->left_today > 0 || at <= now + 1)
		at = civil_instant(limits->zone, today + 1, 0);
	today = civil_local(limits->zone, at).day;
	return civil_instant(limits->zone, today + n / daily, 0) + n % daily / hourly * HOUR_MS;
}

int
sim_may_meet(struct store *s, int64_t sim, const char *number, const struct sim_limits *limits,
	     int64_t now)
{
	sqlite3_stmt *st;
	int rc, may;

	if (limits->recipients == 0)
		return 1;
	st = store_ask(s, STORE_SIM_MET, as_text(number), as_int(sim),
		       as_int(month_start(limits->zone, now) - 1));
	if ((rc = store_step(s, st)) != 1)
		return rc < 0 ? rc : UV_EIO;
	may = sqlite3_column_int(st, 1) != 0 || sqlite3_column_int(st, 0) < limits->recipients;
	sqlite3_reset(st);
	return may;
}

int
sim_met(struct store *s, int64_t sim, const struct sim_limits *limits, int64_t now,
	void (*on_number)(void *ctx, const char *number), void *ctx)
{
	sqlite3_stmt *st = store_ask(s, STORE_SIM_MET_WHO, as_int(sim),
				     as_int(month_start(limits->zone, now) - 1));
	int n = 0, rc;

	for (; (rc = store_step(s, st)) == 1; n++)
		on_number(ctx, store_text(st, 0));
	return rc < 0 ? rc : n;
}

/* ---- who stays with which ---- */

int
sim_of_number(struct store *s, const char *number, int64_t *sim)
{
	return store_figure(s, store_ask(s, STORE_SIM_OF_NUMBER, as_text(number)), sim);
}

int
sim_of_address(struct store *s, const char *address, int64_t *sim)
{
	return store_figure(s, store_ask(s, STORE_SIM_OF_ADDRESS, as_text(address)), sim);
}

int
sim_came_by(struct store *s, int64_t message, int64_t sim)
{
	return store_set(s, STORE_SIM_CAME_BY, as_some(sim), as_int(message));
}

int
sim_assign(struct store *s, int64_t message, int64_t sim)
{
	return store_set(s, STORE_SIM_ASSIGN, as_some(sim), as_int(message));
}

int
sim_let_go(struct store *s, int64_t sim)
{
	return store_set(s, STORE_SIM_LET_GO, as_int(sim));
}

int
sim_let_go_others(struct store *s, const char *route, const char *sims)
{
	return store_set(s, STORE_SIM_LET_GO_OTHERS, as_text(sims), as_text(route));
}

int
sim_fresh(struct store *s, const char *route, int64_t now)
{
	return store_set(s, STORE_SIM_FRESH, as_int(now), as_text(route), as_int(REASON_QUOTA));
}

int
sim_waiting(struct store *s, int64_t sim, int64_t now)
{
	int64_t n;
	int rc = store_figure(
	    s, store_ask(s, STORE_SIM_WAITING, as_int(sim), as_int(REASON_QUOTA), as_int(now)), &n);

	return rc < 0 ? rc : (int)n;
}

int
sim_due(struct store *s, const char *route, int rank, int64_t sim, bool own, int64_t now,
	int64_t *ids, int cap)
{
	/* Numbered by first use: the statement for its own begins with the SIM. */
	sqlite3_stmt *st = own ? store_ask(s, STORE_QUEUE_DUE_OWN, as_int(sim), as_text(route),
					   as_int(rank), as_int(now), as_int(cap))
			       : store_ask(s, STORE_QUEUE_DUE_SIM, as_text(route), as_int(rank),
					   as_int(now), as_int(sim), as_int(cap));

	return store_ids(s, st, ids, cap);
}

int
sim_next(struct store *s, const char *route, const char *sims, int64_t *at)
{
	*at = INT64_MAX;
	for (int rank = RANK_ANSWER; rank <= RANK_CAMPAIGN; rank++) {
		int64_t next;
		int rc = store_one(s,
				   store_ask(s, STORE_QUEUE_NEXT_SIMS, as_text(route), as_int(rank),
					     as_text(sims)),
				   &next);

		if (rc < 0)
			return rc;
		if (rc == 1 && next < *at)
			*at = next;
	}
	return 0;
}

/* ---- PIN and balance ---- */

static void
pin_digest(const char *key, const char *pin, uint8_t out[32])
{
	crypto_generichash(out, 32, (const uint8_t *)pin, strlen(pin), (const uint8_t *)key,
			   strlen(key) >= crypto_generichash_KEYBYTES_MIN ? strlen(key) : 0);
}

int
sim_pin_try(struct store *s, const char *key, const char *pin, int64_t now)
{
	sqlite3_stmt *st = store_get(s, STORE_SIM_PIN_GET);
	uint8_t digest[32];
	bool good;
	int rc;

	pin_digest(key, pin, digest);
	store_bind_text(st, 1, key);
	sqlite3_bind_blob(st, 2, digest, 32, SQLITE_STATIC);
	if ((rc = store_step(s, st)) < 0)
		return rc;
	if (rc == 1) {
		good = sqlite3_column_int(st, 0) != 0;
		sqlite3_reset(st);
		if (!good)
			return 0;
	}
	st = store_get(s, STORE_SIM_PIN_SET);
	store_bind_text(st, 1, key);
	sqlite3_bind_blob(st, 2, digest, 32, SQLITE_STATIC);
	store_bind_int(st, 3, now);
	rc = store_do(s, st);
	return rc < 0 ? rc : 1;
}

int
sim_pin_good(struct store *s, const char *key)
{
	return store_set(s, STORE_SIM_PIN_GOOD, as_text(key));
}

int
sim_balance(struct store *s, int64_t sim, const char *text, const int64_t *minor, int64_t now)
{
	return store_set(s, STORE_SIM_BALANCE, as_text(text),
			 minor != NULL ? as_int(*minor) : as_null(), as_int(now), as_int(sim));
}
