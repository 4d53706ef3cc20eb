#include "callers.h"

#include "dice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER = 24 };

struct entry {
	char number[NUMBER]; /* digits, no plus; "" for a share */
	double share;
	struct caller_plan plan;
	bool used; /* by a call to the number, and another one stands behind it; or set anew */
};

struct callers {
	uint64_t seed;
	struct entry *entries;
	size_t n;
};

const char *
callers_add(struct callers *c, const char *line)
{
	const char *colon = strchr(line, ':');
	struct entry entry = {.share = 1};
	if (!colon)
		return "a caller is `NUMBER: WORDS`, `N%: WORDS` or `*: WORDS`";
	const char *wrong = caller_plan_read(colon + 1, &entry.plan);
	if (wrong)
		return wrong;
	char *end;
	double share = strtod(line, &end);
	line += *line == '+';
	size_t digits = strspn(line, "0123456789");
	if (*end == '%')
		entry.share = share / 100;
	else if (digits > 0 && digits < NUMBER && line + digits == colon)
		memcpy(entry.number, line, digits);
	else if (*line != '*')
		return "a caller is `NUMBER: WORDS`, `N%: WORDS` or `*: WORDS`";
	c->entries = realloc(c->entries, (c->n + 1) * sizeof *c->entries);
	if (!c->entries)
		abort();
	c->entries[c->n++] = entry;
	return NULL;
}

const char *
callers_set(struct callers *c, const char *number, const char *words)
{
	char line[1024];
	size_t before = c->n;
	snprintf(line, sizeof line, "%s: %s", number, words);
	const char *wrong = callers_add(c, line);
	if (wrong)
		return wrong;
	for (size_t i = 0; i < before; i++)
		if (strcmp(c->entries[i].number, c->entries[before].number) == 0)
			c->entries[i].used = true;
	return NULL;
}

static bool
read_file(struct callers *c, const char *path)
{
	char line[1024];
	FILE *file = fopen(path, "r");
	unsigned number = 0;
	bool fine = true;
	if (!file) {
		perror(path);
		return false;
	}
	while (fine && fgets(line, sizeof line, file)) {
		char *at = line + strspn(line, " \t");
		number++;
		at[strcspn(at, "\r\n")] = 0;
		if (*at == 0 || *at == '#')
			continue;
		const char *wrong = callers_add(c, at);
		if (wrong)
			fprintf(stderr, "%s:%u: %s\n", path, number, wrong);
		fine = !wrong;
	}
	fclose(file);
	return fine;
}

struct callers *
callers_new(uint64_t seed, const char *file, const char *otherwise)
{
	struct callers *c = calloc(1, sizeof *c);
	char line[1024];
	if (!c)
		abort();
	c->seed = seed;
	bool fine = !file || read_file(c, file);
	if (fine && otherwise) {
		snprintf(line, sizeof line, "*: %s", otherwise);
		const char *wrong = callers_add(c, line);
		if (wrong)
			fprintf(stderr, "dunlin-sim: --call: %s\n", wrong);
		fine = !wrong;
	}
	if (fine)
		return c;
	callers_free(c);
	return NULL;
}

void
callers_free(struct callers *c)
{
	if (!c)
		return;
	free(c->entries);
	free(c);
}

/* The first line of the number that is not used up. */
static struct entry *
named(struct callers *c, const char *number)
{
	struct entry *found = NULL;
	for (size_t i = 0; i < c->n; i++) {
		struct entry *entry = &c->entries[i];
		if (strcmp(entry->number, number) != 0)
			continue;
		if (entry->used)
			continue;
		if (found) { /* another stands behind it */
			found->used = true;
			return found;
		}
		found = entry;
	}
	return found;
}

void
callers_called(struct callers *c, const char *number, struct caller_plan *out)
{
	number += *number == '+';
	struct entry *entry = named(c, number);
	uint64_t hash = dice_hash(0, number, strlen(number));
	double throw = (double)(dice_mix(c->seed, DICE_PERSON, hash) >> 11) / (double)(1ull << 53),
	       sum = 0;
	for (size_t i = 0; i < c->n && !entry; i++) {
		if (*c->entries[i].number || c->entries[i].used)
			continue;
		sum += c->entries[i].share;
		if (throw < sum)
			entry = &c->entries[i];
	}
	if (entry)
		*out = entry->plan;
	else
		caller_plan_read("no-answer", out);
}
