/* years_lists.h - the lists a lender imports: accounts, payments, reversals, and what is taken back
 */
#ifndef TESTS_LOOP_YEARS_LISTS_H
#define TESTS_LOOP_YEARS_LISTS_H

#include "years_life.h"

static inline void
print_money(FILE *out, const struct life *f, int64_t minor)
{
	if (f->l.digits == 2)
		fprintf(out, "%s%" PRId64 ".%02d", minor < 0 ? "-" : "",
			(minor < 0 ? -minor : minor) / 100,
			(int)((minor < 0 ? -minor : minor) % 100));
	else
		fprintf(out, "%" PRId64, minor);
}

static inline int64_t
random_money(struct life *f, int64_t least, int64_t most)
{
	return least + (int64_t)roll(&f->dice, (uint32_t)(most - least + 1));
}

static inline struct j_row
row_of(const struct life *f, int account)
{
	const struct j_account *a = &f->j.account[account];
	struct j_row r = {.account = account,
			  .n_phones = a->n_phones,
			  .n_zones = a->n_zones,
			  .person_id = a->person_id,
			  .product = a->product,
			  .segment = a->segment,
			  .risk = a->risk,
			  .given = -1};

	for (int i = 0; i < a->n_phones; i++)
		r.phone[i] = j_number((struct judge *)(uintptr_t)&f->j, a->phone[i]);
	memcpy(r.zone, a->zone, sizeof r.zone);
	return r;
}

static inline void
new_number(struct life *f, struct j_row *r)
{
	char text[24];

	if (f->j.n_numbers > 8 && one_in(&f->dice, 10)) { /* somebody else's too */
		r->phone[r->n_phones++] = (int)roll(&f->dice, (uint32_t)f->j.n_numbers);
	} else {
		snprintf(text, sizeof text, f->l.place.number, 1000000 + roll(&f->dice, 8999999));
		r->phone[r->n_phones++] = j_number(&f->j, text);
	}
	for (int i = 0; i < r->n_phones - 1; i++)
		if (r->phone[i] == r->phone[r->n_phones - 1])
			r->n_phones--;
}

static inline void
new_zone(struct life *f, struct j_row *r)
{
	r->n_zones = 1;
	r->zone[0] = one_in(&f->dice, 4) ? roll(&f->dice, J_ZONE_COUNT) : f->l.place.zone;
	if (one_in(&f->dice, 8)) {
		r->zone[1] = roll(&f->dice, J_ZONE_COUNT);
		r->n_zones += r->zone[1] != r->zone[0];
	}
}

static inline struct j_row
new_account(struct life *f)
{
	struct j_row r = {.account = f->j.n_accounts++, .given = -1};
	int phones = one_in(&f->dice, 3) ? 2 + (int)roll(&f->dice, 2) : 1;

	snprintf(f->j.account[r.account].ref, 16, "A-%d", r.account);
	while (r.n_phones < phones)
		new_number(f, &r);
	new_zone(f, &r);
	r.person_id = one_in(&f->dice, 4) ? 1 + (int)roll(&f->dice, 4) : 0;
	r.product = (int)roll(&f->dice, 3);
	r.segment = (int)roll(&f->dice, 2);
	r.risk = (int)roll(&f->dice, 2);
	return r;
}

/* Something the list says of a borrower is another now. */
static inline void
change_row(struct life *f, struct j_row *r)
{
	switch (roll(&f->dice, 8)) {
	case 6:
	case 0:
		r->n_phones = 0;
		/* fall through */
	case 1:
		if (r->n_phones < J_PHONES)
			new_number(f, r);
		break;
	case 2: new_zone(f, r); break;
	case 3: r->person_id = (int)roll(&f->dice, 5); break;
	case 4: r->segment = !r->segment; break;
	default: r->risk = !r->risk; break;
	}
}

static inline void
write_rows(struct life *f, const struct j_import *im, const char *path)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	if (im->payments)
		fputs("account_id,paid_on,amount,reference\n", out);
	else
		fprintf(out,
			"account_id,name,phone,due_date,amount_due,%scurrency,language,timezone,"
			"product,segment,risk,person_id\n",
			f->l.states_left ? "amount_left," : "");
	for (int i = 0; i < im->n; i++) {
		const struct j_row *r = &im->row[i];
		const char *ref = f->j.account[r->account].ref;

		if (im->payments) {
			fprintf(out, "%s,%s,", ref, j_date(r->due));
			print_money(out, f, r->amount);
			fprintf(out, ",r%d\n", r->key);
			continue;
		}
		fprintf(out, "%s,Ana,", ref);
		for (int k = 0; k < r->n_phones; k++)
			fprintf(out, "%s%s", k > 0 ? ";" : "", f->j.number[r->phone[k]].text);
		fprintf(out, ",%s,", j_date(r->due));
		print_money(out, f, r->billed);
		fputc(',', out);
		if (f->l.states_left) {
			print_money(out, f, r->given);
			fputc(',', out);
		}
		fprintf(out, "%s,%s,%s%s%s,%s,%s,%s,", f->l.place.currency,
			languages[r->account % (int)LANGUAGES], j_zone_names[r->zone[0]],
			r->n_zones > 1 ? ";" : "", r->n_zones > 1 ? j_zone_names[r->zone[1]] : "",
			products[r->product], segments[r->segment], risks[r->risk]);
		if (r->person_id != 0)
			fprintf(out, "P%d", r->person_id);
		fputc('\n', out);
	}
	fclose(out);
}

static inline void
take_list(struct life *f, struct j_import *im)
{
	char path[128];
	struct importing job = {.f = f,
				.kind = im->payments ? INTAKE_PAYMENTS : INTAKE_ACCOUNTS,
				.mode = (enum intake_mode)im->mode,
				.path = path};

	if (im->n == 0) {
		free(im->row);
		return;
	}
	snprintf(path, sizeof path, "%s/list.csv", f->home.path);
	write_rows(f, im, path);
	assert_int_equal(run_job(f, import_work, &job), 0);
	im->id = job.id;
	im->at = f->now;
	j_imported(&f->j, im);
	find_ids(f);
	pass(f);
	wake(f);
}

/* Rows of an account for a list: what is open, and the next amount when its time comes near. */
static inline void
list_account(struct life *f, struct j_import *im, int account, bool whole)
{
	struct j_account a = f->j.account[account];
	int32_t today = today_of(f, account), last;
	struct j_row r = row_of(f, account), *to;
	bool changed = one_in(&f->dice, 15), owing = false;

	if (!a.listed)
		return;
	j_book(&a);
	if (changed)
		change_row(f, &r);
	for (int i = 0; i < a.n_dues; i++) {
		bool last_one = i == a.n_dues - 1 && changed && !owing;

		if (a.due[i].closed || (!last_one && a.due[i].left <= 0) ||
		    (!whole && !last_one && !one_in(&f->dice, 3)))
			continue;
		owing = true;
		to = J_PUSH(im->row, im->n);
		*to = r;
		to->due = a.due[i].due;
		to->billed = a.due[i].billed;
		to->given = f->l.states_left ? a.due[i].left : -1;
	}
	last = a.n_dues > 0 ? a.due[a.n_dues - 1].due : today;
	if (a.n_dues < J_DUES - 4 && last < today + 12) {
		to = J_PUSH(im->row, im->n);
		*to = r;
		to->due = last + (one_in(&f->dice, 2) ? 14 : 30);
		if (to->due < today - 30)
			to->due = today + 5;
		to->billed = random_money(f, 10000, 200000);
		to->given = !f->l.states_left       ? -1
			    : a.credit < to->billed ? to->billed - a.credit
						    : 0;
	}
	/* every row of an account must say the same of it */
	for (int i = 0; i < im->n; i++)
		if (im->row[i].account == account) {
			struct j_row same = r;

			same.due = im->row[i].due;
			same.billed = im->row[i].billed;
			same.given = im->row[i].given;
			im->row[i] = same;
		}
}

static inline void
import_accounts(struct life *f)
{
	struct j_import im = {.mode = one_in(&f->dice, 4)   ? J_COMPLETE
				      : one_in(&f->dice, 6) ? J_REPLACE
							    : J_UPDATE};
	int n = f->j.n_accounts;

	for (int i = 0; i < n; i++)
		if (im.mode == J_COMPLETE ? !one_in(&f->dice, 60) : one_in(&f->dice, 2))
			list_account(f, &im, i, im.mode != J_UPDATE);
	n = f->j.n_imports == 0 ? 8 + (int)roll(&f->dice, 18) : (int)one_in(&f->dice, 3);
	while (n-- > 0 && f->j.n_accounts < J_ACCOUNTS) {
		struct j_row r = new_account(f), *to;

		for (int i = 0; i < 1 + (int)roll(&f->dice, 3); i++) {
			to = J_PUSH(im.row, im.n);
			*to = r;
			to->due = j_local(f->l.place.zone, f->now).day - 40 + 30 * i +
				  (int32_t)roll(&f->dice, 25);
			to->billed = random_money(f, 10000, 200000);
			to->given = f->l.states_left ? to->billed : -1;
		}
	}
	take_list(f, &im);
}

/* A payment known before, or a reversal of one. */
static inline bool
again(struct life *f, struct j_import *im)
{
	const struct j_import *old = &f->j.import[roll(&f->dice, (uint32_t)f->j.n_imports)];
	const struct j_row *r;

	if (!old->payments || old->undone)
		return false;
	r = &old->row[roll(&f->dice, (uint32_t)old->n)];
	if (r->amount <= 0 || !f->j.account[r->account].listed)
		return false;
	struct j_row back = *r;

	back.amount = -r->amount;
	back.key = ++f->reference;
	*J_PUSH(im->row, im->n) = back;
	return true;
}

static inline void
import_payments(struct life *f)
{
	struct j_import im = {.payments = true};

	for (int i = 0; i < f->j.n_accounts; i++) {
		struct j_debt d = j_owes(&f->j, i, today_of(f, i));
		struct j_row r = {.account = i, .due = today_of(f, i) - (int32_t)roll(&f->dice, 4)};

		if (!f->j.account[i].listed || f->j.account[i].id == 0 || d.oldest < 0 ||
		    !one_in(&f->dice, d.due <= r.due ? 9 : 30))
			continue;
		switch (roll(&f->dice, 6)) {
		case 0: r.amount = d.left / 2 + 1; break;
		case 1: r.amount = d.balance; break;
		case 2: r.amount = d.balance + 5000; break;
		case 3: r.amount = d.due_now > 0 ? d.due_now : d.left; break;
		case 4: r.amount = d.left > 50 ? d.left - 50 : d.left; break;
		default: r.amount = d.left; break;
		}
		r.key = ++f->reference;
		*J_PUSH(im.row, im.n) = r;
	}
	if (one_in(&f->dice, 12) && f->j.n_imports > 0)
		again(f, &im);
	take_list(f, &im);
}

/* The import is taken back, where the product agrees that it can be. */
static inline void
undo_import(struct life *f)
{
	int back = 1 + (int)roll(&f->dice, 4);
	struct j_import *im;
	json_t *reply;

	if (f->j.n_imports <= back + 1)
		return;
	im = &f->j.import[f->j.n_imports - back];
	if (im->undone)
		return;
	reply = command_reply_of(
	    f, json_pack("{s:s, s:I}", "command", "import-undo", "import", (json_int_t)im->id), 0);
	if (reply == NULL)
		return;
	while (reply != NULL && !json_is_true(json_object_get(reply, "done"))) {
		json_object_set_new(reply, "command", json_string("import-undo"));
		json_object_del(reply, "status");
		im->undone = true;
		reply = command_reply_of(f, reply, MAY_JUDGE);
		assert_non_null(reply);
	}
	json_decref(reply);
	/* Lists after it changed nothing, else the product had refused: they go with it. */
	for (struct j_import *later = im + 1; later < f->j.import + f->j.n_imports; later++)
		later->undone = later->undone || (!im->payments && !later->payments);
	j_unclear(&f->j, im);
	j_replay(&f->j);
	pass(f);
	wake(f);
}

#endif
