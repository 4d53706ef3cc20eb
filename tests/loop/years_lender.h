/* years_lender.h - random lenders: rules, campaigns, routes and borrowers, written as people write
 * them */
#ifndef TESTS_LOOP_YEARS_LENDER_H
#define TESTS_LOOP_YEARS_LENDER_H

#include "years_judge.h"

#include "../unit/gateway/home.h"

/* ---- dice ---- */

struct dice {
	uint64_t state;
};

static inline uint32_t
roll(struct dice *d, uint32_t n)
{
	d->state += UINT64_C(0x9e3779b97f4a7c15);
	uint64_t z = d->state;

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)(((z ^ z >> 31) >> 32) * n >> 32);
}

static inline bool
one_in(struct dice *d, uint32_t n)
{
	return roll(d, n) == 0;
}

/* ---- places ---- */

struct place {
	const char *country, *currency, *language, *preset, *number; /* of numbers: a format */
	size_t zone;
};

static const struct place places[] = {
    {"PH", "PHP", "fil", "ph", "+63917%07u", 0}, {"US", "USD", "en", "us-regf", "+1212%07u", 1},
    {"CL", "CLP", "es", "cl", "+569%08u", 2},    {"CO", "COP", "es", "co", "+57300%07u", 3},
    {"TH", "THB", "en", "th", "+6681%07u", 4},   {"KR", "KRW", "en", "kr", "+8210%08u", 5},
    {"ID", "IDR", "id", "id", "+62812%08u", 6},  {"BR", "BRL", "pt", "br", "+5511%09u", 7},
    {"GB", "GBP", "en", "uk", "+447%09u", 8},    {"IN", "INR", "hi", "in", "+9198%08u", 9},
    {"KE", "KES", "sw", "ke", "+2547%08u", 10},  {"MX", "MXN", "es", "mx", "+5255%08u", 11},
    {"AU", "AUD", "en", "au", "+614%08u", 12},
};
#define PLACES (sizeof places / sizeof *places)

static const char *const products[] = {"payday", "salary", "device"};
static const char *const segments[] = {"early", "loyal"};
static const char *const risks[] = {"low", "high"};
static const char *const languages[] = {"en", "es", "fil", "hi", "id", "sw", "zh", "pt"};
#define LANGUAGES (sizeof languages / sizeof *languages)

/* ---- campaigns ---- */

struct l_step {
	int day, channel;
	bool wants_promise; /* when: {promise: open} */
	char when[96], name[24];
};

struct l_campaign {
	char name[24];
	int priority;
	unsigned products, segments, risks, buckets; /* bit sets; 0: any */
	int64_t least;                               /* amount: {min}, 0: any */
	int kept;                                    /* kept_streak, 0: not asked */
	struct l_step step[16];
	int n_steps;
	int at, late; /* minutes; at -1: best */
	int promised; /* 0 built-in, 1 a template, 2 none */
};

#define CAMPAIGNS 5
struct l_book {
	struct l_campaign campaign[CAMPAIGNS]; /* as they are asked: priority, then name */
	int n;
};

static const int bucket_bounds[] = {0, 30, 60, 90}; /* of dunlin.yaml when it says nothing */

static inline int
bucket_of(int day)
{
	int b = 0;

	while (b < 4 && day > bucket_bounds[b])
		b++;
	return b;
}

static const char *const channel_words[] = {"sms",   "call",  "task",     "letter",
					    "visit", "email", "outsource"};

static inline void
random_when(struct dice *d, struct l_step *s)
{
	static const char *const all[] = {
	    "{replied: no}",    "{replied: yes}",   "{promise: none}", "{promise: broken}",
	    "{promise: open}",  "{delivered: yes}", "{delivered: no}", "{part_paid: no}",
	    "{part_paid: yes}", "{promise: kept}",  "{answered: no}"};

	s->when[0] = '\0';
	if (!one_in(d, 5))
		return;
	snprintf(s->when, sizeof s->when, "%s", all[roll(d, sizeof all / sizeof *all)]);
	s->wants_promise = strcmp(s->when, "{promise: open}") == 0;
}

static inline void
random_steps(struct dice *d, struct l_campaign *c)
{
	int wanted = 3 + (int)roll(d, 12);

	c->n_steps = 0;
	for (int tries = 0; tries < 60 && c->n_steps < wanted; tries++) {
		struct l_step *s = &c->step[c->n_steps];
		bool twice = false;
		uint32_t kind = roll(d, 20);

		*s = (struct l_step){.day = one_in(d, 8) ? 30 + (int)roll(d, 90)
							 : (int)roll(d, 40) - 6,
				     .channel = kind < 14   ? J_SMS
						: kind < 15 ? J_CALL
							    : J_TASK + (int)roll(d, 5)};
		for (int i = 0; i < c->n_steps; i++)
			twice =
			    twice || (c->step[i].day == s->day && c->step[i].channel == s->channel);
		if (twice)
			continue;
		random_when(d, s);
		snprintf(s->name, sizeof s->name, "%s",
			 s->channel == J_SMS ? (one_in(d, 3) ? "firm" : "reminder")
			 : s->channel == J_LETTER || s->channel == J_EMAIL ? "firm"
									   : "work");
		c->n_steps++;
	}
}

static inline void
random_book(struct dice *d, struct l_book *b)
{
	b->n = 1 + (int)roll(d, 4);
	for (int i = 0; i < b->n; i++) {
		struct l_campaign *c = &b->campaign[i];
		bool last = i == b->n - 1;

		memset(c, 0, sizeof *c);
		snprintf(c->name, sizeof c->name, "c%d", i);
		c->priority = 10 * (i + 1);
		if (!last || one_in(d, 4)) {
			if (one_in(d, 2))
				c->products = 1 + roll(d, 6);
			if (one_in(d, 4))
				c->segments = 1 + roll(d, 2);
			if (one_in(d, 5))
				c->risks = 1 + roll(d, 2);
			if (one_in(d, 3))
				c->buckets = 1 + roll(d, 30);
			if (one_in(d, 6))
				c->least = 50000 + roll(d, 100000);
			if (one_in(d, 6))
				c->kept = 1 + (int)roll(d, 3);
		}
		random_steps(d, c);
		c->at = one_in(d, 6) ? -1 : (5 + (int)roll(d, 18)) * 60 + (int)roll(d, 4) * 15;
		c->late = (int)roll(d, 6);
		c->promised = (int)roll(d, 3);
	}
}

static inline void
print_set(FILE *f, const char *key, unsigned set, const char *const *words, const char **comma)
{
	const char *inner = "";

	if (set == 0)
		return;
	fprintf(f, "%s%s: [", *comma, key);
	for (int i = 0; i < 5; i++)
		if (set & 1U << i) {
			if (words != NULL)
				fprintf(f, "%s%s", inner, words[i]);
			else
				fprintf(f, "%sM%d", inner, i);
			inner = ", ";
		}
	fputs("]", f);
	*comma = ", ";
}

static inline void
write_campaign(const struct home *home, const struct l_campaign *c, int digits)
{
	char *text, path[40];
	const char *comma = "";
	size_t size;
	FILE *f = open_memstream(&text, &size);

	fprintf(f, "priority: %d\n", c->priority);
	if (c->products | c->segments | c->risks | c->buckets || c->least || c->kept) {
		fputs("select: {", f);
		print_set(f, "product", c->products, products, &comma);
		print_set(f, "segment", c->segments, segments, &comma);
		print_set(f, "risk", c->risks, risks, &comma);
		print_set(f, "bucket", c->buckets, NULL, &comma);
		if (c->least != 0) {
			fprintf(f, "%samount: {min: \"%" PRId64 "\"}", comma,
				digits == 2 ? c->least / 100 : c->least);
			comma = ", ";
		}
		if (c->kept != 0)
			fprintf(f, "%skept_streak: %d", comma, c->kept);
		fputs("}\n", f);
	}
	fputs("steps:\n", f);
	for (int i = 0; i < c->n_steps; i++) {
		const struct l_step *s = &c->step[i];

		fprintf(f, "  - {day: %d, %s: %s%s%s}\n", s->day, channel_words[s->channel],
			s->channel == J_SMS && s->day < 0 ? "soon" : s->name,
			s->when[0] != '\0' ? ", when: " : "", s->when);
	}
	if (c->at < 0)
		fputs("at: best\n", f);
	else
		fprintf(f, "at: \"%02d:%02d\"\n", c->at / 60, c->at % 60);
	fprintf(f, "late: {within: %d}\n", c->late);
	if (c->promised == 1)
		fputs("promised: {sms: promise-day}\n", f);
	else if (c->promised == 2)
		fputs("promised: no\n", f);
	fclose(f);
	snprintf(path, sizeof path, "campaigns/%s.yaml", c->name);
	home_write(home, path, text);
	free(text);
}

/* ---- the lender ---- */

struct lending {
	struct place place;
	int digits;
	char presets[64];
	struct l_book book;
	bool states_left; /* lists say what is left */
	bool two_routes;
	int stale_after;
};

/* What is left of the lender's hours where a preset has others. */
static inline void
clip(struct j_hours h[2], const struct j_hours by[2])
{
	for (int i = 0; i < 2; i++) {
		h[i].from = h[i].from < by[0].from ? by[0].from : h[i].from;
		h[i].to = h[i].to > by[0].to ? by[0].to : h[i].to;
		if (h[i].from >= h[i].to)
			h[i] = (struct j_hours){0, 0};
	}
	if (h[0].to == 0) {
		h[0] = h[1];
		h[1] = (struct j_hours){0, 0};
	}
}

static inline void
random_own_hours(struct dice *d, struct j_policy *p)
{
	memset(&p->own, 0, sizeof p->own);
	p->own.name = "lender";
	p->narrow = one_in(d, 2);
	for (int day = 0; day < 7; day++) {
		if (day == 6 || (day == 5 && one_in(d, 2)))
			continue;
		p->own.day[day][0] = (struct j_hours){9 * 60, 12 * 60};
		p->own.day[day][1] = (struct j_hours){13 * 60, 18 * 60};
	}
	if (one_in(d, 3))
		p->own.day[7][0] = (struct j_hours){10 * 60, 12 * 60};
	for (int l = 0; l < p->n_layers; l++)
		for (int day = 0; day < 8; day++)
			if (day < 7 || p->layer[l]->holiday)
				clip(p->own.day[day], p->layer[l]->day[day]);
	p->own.holiday = p->own.day[7][0].to != 0;
}

/* Presets by chance, the place's own the most. */
static inline void
random_presets(struct dice *d, struct lending *l, struct j_policy *p)
{
	int n = one_in(d, 5) ? 2 : 1;
	char *out = l->presets;

	p->layer[0] = &j_base;
	p->n_layers = 1;
	out += sprintf(out, "[");
	for (int i = 0; i < n; i++) {
		const struct j_rules *r = &j_places[roll(d, J_PLACES)];

		if (i == 0 && !one_in(d, 3))
			for (size_t k = 0; k < J_PLACES; k++)
				if (strcmp(j_places[k].name, l->place.preset) == 0)
					r = &j_places[k];
		if (i == 1 && r == p->layer[1])
			break;
		p->layer[p->n_layers++] = r;
		out += sprintf(out, "%s%s", i > 0 ? ", " : "", r->name);
	}
	sprintf(out, "]");
}

static inline void
random_policy(struct dice *d, struct lending *l, struct j_policy *p)
{
	memset(p, 0, sizeof *p);
	random_presets(d, l, p);
	random_own_hours(d, p);
	p->live = true;
	p->ignore_below = one_in(d, 2) ? 0 : l->digits == 2 ? 100 : 1;
	p->ahead = one_in(d, 2) ? 31 : 7;
	p->grace = (int)roll(d, 3);
	p->tolerance = one_in(d, 2) ? 5 : 0;
	l->stale_after = one_in(d, 5) ? 3 : 0;
}

/* Holidays: the same few days each year, and a run of three in some years. */
static inline void
write_holidays(const struct home *home, struct dice *d, struct j_policy *p, int32_t first)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	fputs("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", f);
	p->n_holidays = 0;
	for (int32_t day = first; p->n_holidays < 240; day += 9 + (int32_t)roll(d, 40)) {
		const char *date = j_date(day);

		p->holiday[p->n_holidays++] = day;
		fprintf(f,
			"BEGIN:VEVENT\r\nSUMMARY:h\r\nDTSTART;VALUE=DATE:%.4s%.2s%.2s\r\nEND:"
			"VEVENT\r\n",
			date, date + 5, date + 8);
	}
	fputs("END:VCALENDAR\r\n", f);
	fclose(f);
	home_write(home, "holidays/h.ics", text);
	free(text);
}

static inline void
write_hours(FILE *f, const struct j_rules *r)
{
	static const char *const names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", "hol"};
	const char *comma = "";

	for (int day = 0; day < 8; day++) {
		const struct j_hours *h = r->day[day];

		if (h[0].to == 0)
			continue;
		fprintf(f, "%s%s: \"%02d:%02d-%02d:%02d", comma, names[day], h[0].from / 60,
			h[0].from % 60, h[0].to / 60, h[0].to % 60);
		if (h[1].to != 0)
			fprintf(f, ",%02d:%02d-%02d:%02d", h[1].from / 60, h[1].from % 60,
				h[1].to / 60, h[1].to % 60);
		fputs("\"", f);
		comma = ", ";
	}
}

static inline void
write_lender(const struct home *home, const struct lending *l, const struct j_policy *p)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	fprintf(f,
		"lender:\n  name: Sunrise\n  contact: \"+63285550100\"\n  country: %s\n"
		"  currency: %s\n  timezone: %s\n  languages: [en, %s]\nlive: true\n",
		l->place.country, l->place.currency, j_zone_names[l->place.zone],
		strcmp(l->place.language, "en") == 0 ? "es" : l->place.language);
	fprintf(f, "policy:\n  preset: %s\n  holidays: [holidays/h.ics]\n", l->presets);
	if (p->ignore_below > 0)
		fprintf(f, "  ignore_below: \"1%s\"\n", l->digits == 2 ? ".00" : "");
	if (l->stale_after > 0)
		fprintf(f, "  stale_after: %d\n", l->stale_after);
	if (p->narrow) {
		fputs("  windows: {sms: {", f);
		write_hours(f, &p->own);
		fputs("}}\n", f);
	}
	fprintf(f, "promises: {ahead: %d, grace: %d, tolerance: %d}\n", p->ahead, p->grace,
		p->tolerance);
	fputs("routes:\n", f);
	for (int i = 0; i <= l->two_routes; i++)
		fprintf(f,
			"  link%d: {type: smpp, host: 127.0.0.1, port: %d, system_id: x, "
			"password_file: pass, source: \"28550\", replies: true, window: 50, "
			"failover: true, price: \"0.35\"}\n",
			i, 2775 + i);
	fclose(f);
	home_write(home, "dunlin.yaml", text);
	home_write(home, "pass", "secret");
	free(text);
}

static inline void
write_templates(const struct home *home)
{
	static const char *const names[] = {"reminder", "firm", "soon", "promise-day"};
	char path[64], text[400];

	for (size_t k = 0; k < LANGUAGES; k++)
		for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
			snprintf(path, sizeof path, "templates/%s.%s.txt", names[i], languages[k]);
			snprintf(text, sizeof text,
				 "{{lender}} (%s): [{{amount}}|{{balance}}|{{amount_oldest}}] for "
				 "{{name}}. Reply STOP to stop texts to this number.",
				 names[i]);
			home_write(home, path, text);
		}
	home_write(home, "scripts/work.yaml",
		   "start: bye\ntrouble: bye\nsteps: {bye: {end: true}}\n");
}

static inline void
write_rules(const struct home *home, const struct lending *l, const struct j_policy *p)
{
	char path[128];

	write_lender(home, l, p);
	for (int i = 0; i < CAMPAIGNS; i++) {
		snprintf(path, sizeof path, "%s/campaigns/c%d.yaml", home->path, i);
		unlink(path);
	}
	for (int i = 0; i < l->book.n; i++)
		write_campaign(home, &l->book.campaign[i], l->digits);
}

#endif
