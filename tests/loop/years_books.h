/* years_books.h - the books of the judge of years_judge.h: what was imported, and what is owed
 *
 * They are the judge's own (who stopped, whose number is wrong, holds, promises, money), filled by
 * the test that lives with the product.  It never asks the product's plan, policy or debts.
 *
 * Where the contract leaves a choice the judge asks for the least.  Money it cannot follow (a
 * reversal of what a list had closed) makes an account `murky`: then it says nothing of debts.
 */
#ifndef TESTS_LOOP_YEARS_BOOKS_H
#define TESTS_LOOP_YEARS_BOOKS_H

#include "years_rules.h"

#define J_ACCOUNTS 40
#define J_PHONES   3
#define J_DUES     96
#define J_ZONES    2 /* of one account */

struct j_due {
	int32_t due;
	int64_t billed, left;
	bool stated, closed;
};

struct j_account {
	char ref[16];
	bool listed;
	char phone[J_PHONES][24];
	int n_phones;
	size_t zone[J_ZONES];
	int n_zones;
	int person_id; /* 0: none */
	int person;    /* root of who is one person */
	int product, segment, risk;
	struct j_due due[J_DUES];
	int n_dues;
	int64_t credit, pending;
	bool murky, unclear;
	int64_t id; /* the product's, 0: not known yet */
	bool stopped;
	int32_t known_since;
};

struct j_row {
	int account;
	int phone[J_PHONES], n_phones; /* indexes of numbers */
	size_t zone[J_ZONES];
	int n_zones;
	int person_id, product, segment, risk;
	int32_t due;
	int64_t billed, given; /* given -1: the list does not say */
	int64_t amount;        /* payments */
	int key;
};

enum j_mode { J_UPDATE, J_REPLACE, J_COMPLETE };

struct j_import {
	int64_t id, at;
	bool payments, undone, repeats; /* repeats: holds payments known before */
	enum j_mode mode;
	struct j_row *row;
	int n;
};

struct j_hold {
	int64_t id, from;
	int account;
	int32_t until; /* first free local day at the earliest */
	char word[32];
	bool released;
};

struct j_promise {
	int64_t id, at;
	int account;
	int32_t day;
	bool pauses, plan;
	int status; /* as the product has it */
};

struct j_contact {
	int64_t at, message; /* message 0: outside the gateway */
	int account;
	int channel;
	bool reached, failed, back; /* back: known not to have left */
	bool counts;                /* for caps: campaign or manual */
};

struct j_said {
	int account;
	int32_t due;
	char step[24];
	int64_t message;
	bool back;
};

struct j_answer {
	int64_t to, message, at;
	int number;
	bool back;
};

struct j_number {
	char text[24];
	bool stopped, dead;
};

struct judge {
	struct j_policy policy;
	struct j_account account[J_ACCOUNTS];
	int n_accounts;
	struct j_number *number;
	int n_numbers;
	struct j_import *import;
	int n_imports;
	struct j_hold *hold;
	int n_holds;
	struct j_promise *promise;
	int n_promises;
	struct j_contact *contact;
	int n_contacts;
	struct j_said *said;
	int n_said;
	struct j_answer *answer;
	int n_answers;
	bool paused, paused_campaign[16];
	int64_t now;
	int violations, digits;
	uint64_t seed;
	int64_t texts;
};

#define J_PUSH(list, n)                                                                            \
	(((n) & ((n)-1)) == 0                                                                      \
	     ? (void)((list) = realloc((list), ((n) == 0 ? 1 : 2 * (size_t)(n)) * sizeof *(list))) \
	     : (void)0,                                                                            \
	 memset(&(list)[n], 0, sizeof *(list)), &(list)[(n)++])

#define J_WRONG(j, ...)                                                                            \
	do {                                                                                       \
		struct j_time t_ = j_local(0, (j)->now);                                           \
		fprintf(                                                                           \
		    stderr, "VIOLATION seed %" PRIu64 " at %" PRId64 " (Manila %s %02d:%02d): ",   \
		    (j)->seed, (j)->now, j_date(t_.day), t_.second / 3600, t_.second / 60 % 60);   \
		fprintf(stderr, __VA_ARGS__);                                                      \
		fputc('\n', stderr);                                                               \
		(j)->violations++;                                                                 \
	} while (0)

static inline int
j_number(struct judge *j, const char *text)
{
	struct j_number *n;

	for (int i = 0; i < j->n_numbers; i++)
		if (strcmp(j->number[i].text, text) == 0)
			return i;
	n = J_PUSH(j->number, j->n_numbers);
	snprintf(n->text, sizeof n->text, "%s", text);
	return j->n_numbers - 1;
}

static inline struct j_number *
j_number_of(struct judge *j, const char *text)
{
	int i = j_number(j, text); /* the list may move */

	return &j->number[i];
}

static inline bool
j_uses(const struct j_account *a, const char *number)
{
	for (int i = 0; i < a->n_phones; i++)
		if (strcmp(a->phone[i], number) == 0)
			return true;
	return false;
}

/* ---- money ---- */

static inline void
j_fill(struct j_account *a, int64_t money)
{
	for (int i = 0; i < a->n_dues && money > 0; i++) {
		struct j_due *d = &a->due[i];
		int64_t part = d->left < money ? d->left : money;

		d->left -= part;
		money -= part;
	}
	a->credit += money;
}

/* The newest cleared money opens again. */
static inline void
j_open_again(struct j_account *a, int64_t money)
{
	int64_t part = a->credit < money ? a->credit : money;

	a->credit -= part;
	money -= part;
	for (int i = a->n_dues - 1; i >= 0 && money > 0; i--) {
		struct j_due *d = &a->due[i];

		if (d->closed || d->stated)
			a->murky = true;
		part = d->billed - d->left < money ? d->billed - d->left : money;
		d->left += part;
		money -= part;
	}
	if (money > 0)
		a->murky = true;
}

static inline void
j_book(struct j_account *a)
{
	int64_t sum = a->pending;

	a->pending = 0;
	if (sum > 0)
		j_fill(a, sum);
	else if (sum < 0)
		j_open_again(a, -sum);
}

static inline void
j_take_row(struct judge *j, struct j_account *a, const struct j_row *r)
{
	struct j_due *d = NULL;
	int64_t credit;
	int at = a->n_dues;

	a->listed = true;
	a->n_phones = r->n_phones;
	for (int i = 0; i < r->n_phones; i++)
		memcpy(a->phone[i], j->number[r->phone[i]].text, sizeof a->phone[i]);
	memcpy(a->zone, r->zone, sizeof a->zone);
	a->n_zones = r->n_zones;
	a->person_id = r->person_id;
	a->product = r->product;
	a->segment = r->segment;
	a->risk = r->risk;
	for (int i = 0; i < a->n_dues; i++)
		if (a->due[i].due == r->due)
			d = &a->due[i];
	if (d != NULL && d->billed == r->billed && !d->closed &&
	    (r->given < 0 ? !d->stated : d->stated && d->left == r->given))
		return;
	if (d == NULL) {
		while (at > 0 && a->due[at - 1].due > r->due)
			at--;
		memmove(&a->due[at + 1], &a->due[at], (size_t)(a->n_dues - at) * sizeof *a->due);
		a->n_dues++;
		d = &a->due[at];
		*d = (struct j_due){.due = r->due, .billed = r->billed, .left = r->billed};
	} else {
		d->closed = false;
		d->billed = r->billed;
		d->left = r->billed;
	}
	d->stated = r->given >= 0;
	if (d->stated) {
		d->left = r->given;
		a->credit = 0; /* the list contains what came before */
		return;
	}
	credit = a->credit;
	a->credit = 0;
	j_fill(a, credit);
}

static inline bool
j_names(const struct j_import *im, int account, int32_t due, bool any_due)
{
	for (int i = 0; i < im->n; i++)
		if (im->row[i].account == account && (any_due || im->row[i].due == due))
			return true;
	return false;
}

static inline void
j_close_rest(struct judge *j, const struct j_import *im)
{
	for (int i = 0; i < j->n_accounts; i++) {
		struct j_account *a = &j->account[i];

		if (!a->listed || (im->mode == J_REPLACE && !j_names(im, i, 0, true)))
			continue;
		for (int k = 0; k < a->n_dues; k++)
			if (a->due[k].left > 0 && !j_names(im, i, a->due[k].due, false)) {
				a->due[k].left = 0;
				a->due[k].closed = true;
			}
	}
}

static inline void
j_take(struct judge *j, const struct j_import *im)
{
	for (int i = 0; i < j->n_accounts && !im->payments; i++)
		if (im->mode == J_COMPLETE || j_names(im, i, 0, true))
			j_book(&j->account[i]);
	for (int i = 0; i < im->n; i++) {
		struct j_account *a = &j->account[im->row[i].account];

		if (im->payments)
			a->pending += im->row[i].amount;
		else
			j_take_row(j, a, &im->row[i]);
	}
	if (!im->payments && im->mode != J_UPDATE)
		j_close_rest(j, im);
}

static inline int
j_root(struct judge *j, int a)
{
	while (j->account[a].person != a)
		a = j->account[a].person;
	return a;
}

/* Accounts that share a person_id or a number are one person. */
static inline void
j_join(struct judge *j)
{
	for (int i = 0; i < j->n_accounts; i++)
		j->account[i].person = i;
	for (int i = 0; i < j->n_accounts; i++)
		for (int k = 0; k < i; k++) {
			const struct j_account *a = &j->account[i], *b = &j->account[k];
			bool same = a->person_id != 0 && a->person_id == b->person_id;

			for (int p = 0; p < a->n_phones; p++)
				same = same || j_uses(b, a->phone[p]);
			if (same && a->listed && b->listed)
				j->account[j_root(j, i)].person = j_root(j, k);
		}
	for (int i = 0; i < j->n_accounts; i++)
		j->account[i].person = j_root(j, i);
}

static inline bool
j_same_person(const struct judge *j, int a, int b)
{
	return j->account[a].person == j->account[b].person;
}

/* What the lists say now, from the first to the last that was not taken back. */
static inline void
j_replay(struct judge *j)
{
	for (int i = 0; i < j->n_accounts; i++) {
		struct j_account *a = &j->account[i];

		a->listed = false;
		a->n_dues = a->n_phones = a->person_id = 0;
		a->credit = a->pending = 0;
		a->murky = a->unclear;
	}
	for (int i = 0; i < j->n_imports; i++)
		if (!j->import[i].undone)
			j_take(j, &j->import[i]);
	j_join(j);
}

/* Payments that are taken back after a list that closed what it did not name: was what they had
 * paid closed by it?  The contract does not say. */
static inline void
j_unclear(struct judge *j, const struct j_import *undone)
{
	for (const struct j_import *im = undone + 1; im < j->import + j->n_imports; im++)
		for (int i = 0; i < undone->n && undone->payments && im->mode != J_UPDATE; i++)
			j->account[undone->row[i].account].unclear = true;
}

static inline void
j_imported(struct judge *j, const struct j_import *im)
{
	*J_PUSH(j->import, j->n_imports) = *im;
	j_take(j, im);
	j_join(j);
}

/* What is owed, as of a local day. */
struct j_debt {
	bool murky;
	int oldest; /* index of the oldest unpaid, -1: nothing is owed */
	int64_t arrears, due_now, balance, left;
	int32_t due;
};

static inline struct j_debt
j_owes(const struct judge *j, int account, int32_t today)
{
	struct j_account a = j->account[account];
	struct j_debt d = {.oldest = -1};

	j_book(&a);
	d.murky = a.murky;
	for (int i = 0; i < a.n_dues; i++) {
		int64_t left = a.due[i].left;

		d.balance += left; /* of everything; a small remainder is only not asked for */
		if (left <= 0 || left < j->policy.ignore_below)
			continue;
		if (d.oldest < 0) {
			d.oldest = i;
			d.due = a.due[i].due;
			d.left = left;
		}
		d.arrears += a.due[i].due < today ? left : 0;
		d.due_now += a.due[i].due <= today ? left : 0;
	}
	return d;
}

static inline void
j_free(struct judge *j)
{
	for (int i = 0; i < j->n_imports; i++)
		free(j->import[i].row);
	free(j->import);
	free(j->number);
	free(j->hold);
	free(j->promise);
	free(j->contact);
	free(j->said);
	free(j->answer);
}

#endif
