/* intake.h - taking lists in: rows staged aside, shown to everyone by one flip
 *
 * An import carries an id above META_VISIBLE.  Every row it writes has since = id and every row it
 * replaces gets until = id, so nobody sees any of it until intake_finish() moves META_VISIBLE.
 *
 *   begin -> rows ... rows -> sweep ... -> meet ... -> finish      (visible)
 *                 \________________________________-> clean ...    (as if it had never been)
 *
 * Each arrow is one call inside a transaction of the caller's and does a bounded amount of work:
 * the daemon makes each a job of its writer, a program that has the store for itself puts many in
 * one transaction.  One import loads at a time.
 *
 *   rows    adds rows of the file.  A row the store has already changes nothing.
 *   sweep   walks the open amounts to count those the file did not name and, by mode, to close
 *           them.  Open: something is left to pay.  Closing writes a version with nothing left
 *           (`given` 0), so that what was paid on it does not flow on to another amount.
 *   meet    joins persons that turned out to be one.
 *   undo    stages the rows an import had replaced, flips, then puts the originals back in place:
 *           their `since` decides which payments an amount_left already contains.
 *
 * What the file has named is kept in a temporary table of the connection (only rows that were known
 * already need it), so all calls of one import must use the same connection.
 *
 * Money is in minor units of the account's currency, days count from 1970-01-01.
 * Errors: 0 or negative, of the store.  Thread: the one that has the store.
 */
#ifndef GATEWAY_STORE_INTAKE_H
#define GATEWAY_STORE_INTAKE_H

#include "store.h"

enum intake_kind { INTAKE_ACCOUNTS, INTAKE_PAYMENTS, INTAKE_UNDO };
enum intake_mode {
	INTAKE_UPDATE,   /* only amounts in the file are touched */
	INTAKE_REPLACE,  /* the file is the whole schedule of the accounts it names */
	INTAKE_COMPLETE, /* ... of the lender */
};

/* "accounts", "payments"; "update", ...; -1 when the word is none. */
const char *intake_kind_word(enum intake_kind kind);
const char *intake_mode_word(enum intake_mode mode);
int intake_kind_of(const char *word);
int intake_mode_of(const char *word);

/* What accounts.csv says of an account.  NULL: the file has no such column, what is known stays;
 * "": the column says nothing.  Name, phones and currency must be said. */
enum intake_text {
	INTAKE_NAME,
	INTAKE_PHONES, /* E.164, separated by ';' */
	INTAKE_CURRENCY,
	INTAKE_LANGUAGE,
	INTAKE_TIMEZONE,
	INTAKE_PRODUCT,
	INTAKE_SEGMENT,
	INTAKE_RISK,
	INTAKE_CAUSE,
	INTAKE_PERSON_ID,
	INTAKE_SECRET,
	INTAKE_EXTRA,
	INTAKE_TEXTS
};

enum intake_outcome {
	INTAKE_TAKEN,    /* it changed something */
	INTAKE_KNOWN,    /* the store has it already */
	INTAKE_REPEATED, /* refused: an earlier row of the file has the same account and due day */
	INTAKE_CURRENCY_DIFFERS, /* refused: the account is in another currency, see `detail` */
	INTAKE_NO_ACCOUNT,       /* refused: a payment of an account nobody knows */
	INTAKE_DIGITS,           /* refused: more decimals than the currency in `detail` has */
	INTAKE_REFERENCE,        /* refused: the account has another payment of that reference */
	INTAKE_ERASED,           /* refused: the account's personal data were erased by law */
};

/* The amounts of payments come in ten-thousandths: only the store knows the account's currency. */
#define INTAKE_SCALE 10000

/* One row of a file.  Texts are borrowed for the call. */
struct intake_row {
	int line;
	const char *account; /* account_id */
	bool shield; /* a row of this account was refused: nothing else is set, and none of the
			account's amounts is closed for not being in the file */
	const char *text[INTAKE_TEXTS];
	int32_t due;                 /* day */
	int64_t billed, given;       /* given: amount_left, or -1 */
	int32_t paid_on;             /* payments: day */
	int64_t amount;              /* payments: in 1/INTAKE_SCALE of the major unit */
	const char *reference;       /* payments: NULL when there is none */
	enum intake_outcome outcome; /* out */
	bool fresh;                  /* out: the account is new */
	bool differs;   /* out: an earlier row of the file said other things of the account, and
			   that one counts */
	char detail[8]; /* out: a currency */
};

struct intake_counts {
	int64_t taken, known, refused; /* rows */
	int64_t fresh;                 /* new accounts */
	int64_t differs;               /* rows that contradict an earlier one of their account */
	int64_t open;                  /* sweep: amounts open before this import */
	int64_t missing;               /* sweep: of these, not in the file */
	int64_t closed;                /* sweep: of these, closed */
};

/* Decimal digits of a currency, 0..4, or negative: money_digits(). */
typedef int intake_digits(const char *currency);

struct intake_buffer;

struct intake {
	int64_t id;
	enum intake_kind kind;
	enum intake_mode mode;
	int64_t at;
	int64_t last; /* highest account there was when it began; 0 after intake_load() */
	intake_digits *digits;
	struct intake_buffer *buffer; /* NULL: none */
};

/* For a program that has the store for itself, outside a transaction: keeps memory small whatever
 * the file's size, until the store is closed. */
int intake_alone(struct store *s);

/* For the same: numbers of new accounts are gathered over many calls
 * of intake_rows and written in order, which makes a big import several times faster.  Flushed by
 * the caller before the transaction ends. */
int intake_buffer_new(struct intake_buffer **out);
void intake_buffer_free(struct intake_buffer *b); /* NULL is allowed */
int intake_buffer_flush(struct store *s, struct intake_buffer *b);

/* Where a walk over all accounts stands; begin with zeros. */
struct intake_walk {
	int64_t after; /* accounts up to this one are done */
	bool done;
};

/* Begins an import: UV_EBUSY while intake_pending(). */
int intake_begin(struct store *s, enum intake_kind kind, enum intake_mode mode, const char *file,
		 const char *actor, int64_t at, intake_digits *digits, struct intake *out);
/* Finds a loading import again; UV_ENOENT when it is not loading. */
int intake_load(struct store *s, int64_t id, intake_digits *digits, struct intake *out);
/* The import that is loading, or 0. */
int64_t intake_loading(struct store *s);
/* Something is loading or left behind, or an undo is not settled: nothing new can begin. */
bool intake_pending(struct store *s);

int intake_rows(struct store *s, const struct intake *in, struct intake_row *rows, size_t n,
		struct intake_counts *counts);

/* Sweeps accounts up to `last` and as many as have about `budget` rows. */
int intake_sweep(struct store *s, const struct intake *in, struct intake_walk *walk, int64_t last,
		 int budget, struct intake_counts *counts);
/* Joins at most `budget` pairs of persons, and then forgets what the file named. */
int intake_meet(struct store *s, int budget, bool *more);

struct intake_finish {
	int64_t rows, refused; /* of the file */
	const char *digest;    /* of the file, hexadecimal, or NULL */
	const char *actor;
	int64_t now;
};
/* Makes it visible and writes the event. */
int intake_finish(struct store *s, const struct intake *in, const struct intake_finish *f);

/* Removes an import that loads or was left behind, about `budget` rows at a call, and ends what an
 * undo has left to do.  walk->done when nothing is left.  Also when there is nothing to do. */
int intake_clean(struct store *s, struct intake_walk *walk, int budget);

enum intake_undo_phase {
	INTAKE_UNDO_STAGE,  /* aside */
	INTAKE_UNDO_SETTLE, /* visible; the rows are put where they were */
	INTAKE_UNDO_DONE
};
enum intake_undo_answer {
	INTAKE_UNDO_OK,
	INTAKE_UNDO_UNKNOWN, /* there is no such import */
	INTAKE_UNDO_ALREADY,
	INTAKE_UNDO_LATER, /* a later list of accounts stands on it: `id` says which */
};
struct intake_undo {
	int64_t target; /* the import to undo */
	int64_t id;     /* the id the undo has itself */
	int64_t rows;   /* rows taken back so far */
	enum intake_kind kind;
	enum intake_undo_phase phase;
	struct intake_walk walk;
};
/* Fills in `u` for undo->target: 0 with an answer; UV_EBUSY while
 * intake_pending(). */
int intake_undo_begin(struct store *s, struct intake_undo *u, const char *actor, int64_t now,
		      enum intake_undo_answer *answer);
/* Is `u`, as it came back from outside, an undo under way? */
bool intake_undo_holds(struct store *s, const struct intake_undo *u);
int intake_undo_step(struct store *s, struct intake_undo *u, const char *actor, int64_t now,
		     int budget);

/* The list of imports, newest first, begun at `since` or later: `each` for every one. */
struct intake_listed {
	int64_t id, at, taken, known, refused, closed;
	const char *kind, *mode, *file, *actor;
	bool undone;
};
typedef void intake_each(void *ctx, const struct intake_listed *row);
int intake_list(struct store *s, int64_t since, int64_t limit, intake_each *each, void *ctx);

#endif
