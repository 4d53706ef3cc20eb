#include "population.h"

#include "dice.h"
#include "seen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum behaviour {
	SILENT,
	PROMISE,
	PAID,
	STOP,
	WRONG,
	QUESTION,
	UNCLEAR,
	LONG_REPLY,
	UCS2,
	DUPLICATE,
	DISPUTE,
	HARDSHIP,
	BEHAVIOURS,
};

static const char *const names[BEHAVIOURS] = {"silent", "promise",   "paid",    "stop",
					      "wrong",  "question",  "unclear", "long",
					      "ucs2",   "duplicate", "dispute", "hardship"};

static const unsigned default_shares[BEHAVIOURS] = {0, 30, 8, 4, 2, 6, 5, 2, 2, 2, 2, 2};

/* What each kind of borrower writes; which of them is the number's hash. */
static const char *const promises[] = {
    "I will pay on friday",
    "tomorrow",
    "pay 500 on 25th",
    "ok po bukas magbabayad ako",
    "will settle on the 15th",
    "I can pay 1,000 next monday",
    "end of month",
    "in 3 days",
    NULL,
};
static const char *const paid[] = {
    "already paid", "I paid yesterday 500", "bayad na po ako", "paid this morning, ref GC8837261",
    NULL,
};
static const char *const stops[] = {
    "STOP",
    "Please stop texting me",
    "Tigilan nyo na po ang pagtext",
    "ya no me manden mensajes por favor",
    "tolong jangan kirim sms lagi",
    "别再给我发短信了",
    NULL,
};
static const char *const wrongs[] = {"wrong number", "you have the wrong person",
				     "hindi ako si Maria, wrong number po", NULL};
static const char *const questions[] = {"how much do I owe?", "who is this", "where can I pay?",
					"can I pay by gcash?", NULL};
static const char *const unclear[] = {
    "ok", "K.", "you people are thieves", "????", "asdf", "this weekend maybe", NULL};
static const char *const longs[] = {
    "Good day po. I am sorry for the delay, my salary came late this month and my mother was in "
    "the hospital, we had to pay for the medicines first. I will pay the whole amount on friday "
    "when I get my salary, please do not charge more penalty, I always paid on time before this.",
    "Hello, I already talked to your agent last week and she told me that I can pay in two parts. "
    "The first part I will bring to your office tomorrow morning, and the second part at the end "
    "of the month. Please confirm that you have this in your records so that I am not called "
    "again.",
    NULL,
};
static const char *const ucs2[] = {
    "明天还", "我会在星期五付款", "कल भुगतान करूँगा", "Bukas po 😊 promise", "我已经付了", NULL};

static const char *const disputes[] = {"I never took this loan",
				       "that is not my debt, check your records",
				       "hindi po sa akin ang utang na yan", NULL};
static const char *const hardships[] = {"I lost my job and cannot pay now",
					"wala po talaga akong pera ngayon",
					"no money, my child is sick", NULL};

static const char *const *const texts[BEHAVIOURS] = {
    [PROMISE] = promises,   [PAID] = paid,        [STOP] = stops,         [WRONG] = wrongs,
    [QUESTION] = questions, [UNCLEAR] = unclear,  [LONG_REPLY] = longs,   [UCS2] = ucs2,
    [DUPLICATE] = promises, [DISPUTE] = disputes, [HARDSHIP] = hardships,
};

/* A number from the borrowers file; open addressing by hash. */
struct named {
	uint64_t hash;
	enum behaviour behaviour;
	char *text; /* instead of one of the behaviour's */
};

/* A number that has answered. */
struct memory {
	uint64_t hash;
	uint64_t replies;
	bool ours_next; /* the next text it gets is our answer */
};

struct population {
	uint64_t seed;
	uint64_t delay;
	uint64_t most_replies;
	bool everybody;
	unsigned shares[BEHAVIOURS];
	struct named *named;
	size_t named_room;
	size_t named_used;
	struct memory *memory;
	size_t memory_room;
	size_t memory_used;
};

static uint64_t
hash_number(const char *number)
{
	number += *number == '+';
	uint64_t h = dice_hash(0, number, strlen(number));
	return h ? h : 1;
}

static int
find_behaviour(const char *word, size_t n)
{
	for (int i = 0; i < BEHAVIOURS; i++)
		if (strlen(names[i]) == n && strncmp(names[i], word, n) == 0)
			return i;
	return -1;
}

/* `promise=35,paid=8`: what is not named keeps its share only if nothing is. */
static bool
read_shares(struct population *p, const char *list)
{
	unsigned total = 0;
	memset(p->shares, 0, sizeof p->shares);
	while (*list) {
		size_t n = strcspn(list, "=");
		int behaviour = find_behaviour(list, n);
		if (behaviour < 0 || !list[n])
			return false;
		char *end;
		unsigned long share = strtoul(list + n + 1, &end, 10);
		if (end == list + n + 1 || share > 100 || (*end && *end != ','))
			return false;
		p->shares[behaviour] = (unsigned)share;
		total += behaviour == SILENT ? 0 : (unsigned)share;
		list = end + (*end == ',');
	}
	return total <= 100;
}

static struct named *
find_named(const struct population *p, uint64_t hash)
{
	if (!p->named_room)
		return NULL;
	size_t i = hash & (p->named_room - 1);
	while (p->named[i].hash && p->named[i].hash != hash)
		i = (i + 1) & (p->named_room - 1);
	return &p->named[i];
}

static void
add_named(struct population *p, struct named one)
{
	if (p->named_used * 2 >= p->named_room) {
		struct population bigger = {.named_room = p->named_room ? p->named_room * 2 : 256};
		bigger.named = calloc(bigger.named_room, sizeof *bigger.named);
		if (!bigger.named)
			abort();
		for (size_t i = 0; i < p->named_room; i++)
			if (p->named[i].hash)
				*find_named(&bigger, p->named[i].hash) = p->named[i];
		free(p->named);
		p->named = bigger.named;
		p->named_room = bigger.named_room;
	}
	struct named *place = find_named(p, one.hash);
	p->named_used += !place->hash;
	free(place->text);
	*place = one;
}

/* `NUMBER: BEHAVIOUR` or `NUMBER: "TEXT"`, quotes around the number allowed, # comments. */
static bool
read_line(struct population *p, char *line)
{
	line[strcspn(line, "\r\n")] = 0;
	line += strspn(line, " \t\"'-");
	if (!*line || *line == '#')
		return true;
	size_t n = strspn(line, "+0123456789");
	char *value = strchr(line + n, ':');
	if (!n || !value)
		return false;
	line[n] = 0;
	value += 1 + strspn(value + 1, " \t");
	struct named one = {.hash = hash_number(line)};
	if (*value == '"' || *value == '\'') {
		char *end = strrchr(value + 1, *value);
		if (!end)
			return false;
		*end = 0;
		one.behaviour = UNCLEAR;
		one.text = strdup(value + 1);
	} else {
		int behaviour = find_behaviour(value, strcspn(value, " \t#"));
		if (behaviour < 0)
			return false;
		one.behaviour = (enum behaviour)behaviour;
	}
	add_named(p, one);
	return true;
}

static bool
read_file(struct population *p, const char *path)
{
	FILE *file = fopen(path, "r");
	if (!file) {
		perror(path);
		return false;
	}
	char *line = NULL;
	size_t room = 0;
	unsigned n = 0;
	bool good = true;
	while (good && getline(&line, &room, file) > 0) {
		n++;
		good = read_line(p, line);
	}
	if (!good)
		fprintf(stderr, "%s:%u: error: want `NUMBER: BEHAVIOUR` or `NUMBER: \"TEXT\"`\n",
			path, n);
	free(line);
	fclose(file);
	return good;
}

struct population *
population_new(const struct options *o)
{
	struct population *p = calloc(1, sizeof *p);
	if (!p)
		abort();
	p->seed = o->seed;
	p->delay = o->reply_delay;
	p->most_replies = o->replies;
	p->everybody = o->population;
	memcpy(p->shares, default_shares, sizeof p->shares);
	if (o->shares && !read_shares(p, o->shares)) {
		fputs(
		    "dunlin-sim: --shares: want BEHAVIOUR=PERCENT,... of silent promise paid stop "
		    "wrong question unclear long ucs2 duplicate dispute hardship, at most 100 "
		    "together\n",
		    stderr);
	} else if (!o->borrowers || read_file(p, o->borrowers)) {
		return p;
	}
	population_free(p);
	return NULL;
}

void
population_free(struct population *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->named_room; i++)
		free(p->named[i].text);
	free(p->named);
	free(p->memory);
	free(p);
}

static struct memory *
find_memory(struct memory *at, size_t room, uint64_t hash)
{
	size_t i = hash & (room - 1);
	while (at[i].hash && at[i].hash != hash)
		i = (i + 1) & (room - 1);
	return &at[i];
}

static struct memory *
recall(struct population *p, uint64_t hash)
{
	if (p->memory_used * 2 >= p->memory_room) {
		size_t room = p->memory_room ? p->memory_room * 2 : 4096;
		struct memory *at = calloc(room, sizeof *at);
		if (!at)
			abort();
		for (size_t i = 0; i < p->memory_room; i++)
			if (p->memory[i].hash)
				*find_memory(at, room, p->memory[i].hash) = p->memory[i];
		free(p->memory);
		p->memory = at;
		p->memory_room = room;
	}
	struct memory *place = find_memory(p->memory, p->memory_room, hash);
	p->memory_used += !place->hash;
	place->hash = hash;
	return place;
}

static enum behaviour
behaviour_of(const struct population *p, uint64_t hash, const struct named *named)
{
	if (named && named->hash)
		return named->behaviour;
	if (!p->everybody)
		return SILENT;
	uint64_t at = dice_mix(p->seed, DICE_PERSON, hash) % 100;
	for (unsigned i = PROMISE; i < BEHAVIOURS; i++) {
		if (at < p->shares[i])
			return (enum behaviour)i;
		at -= p->shares[i];
	}
	return SILENT;
}

bool
population_hear(struct population *p, const char *number, struct population_reply *reply)
{
	uint64_t hash = hash_number(number);
	const struct named *named = find_named(p, hash);
	enum behaviour b = behaviour_of(p, hash, named);
	if (b == SILENT)
		return false;
	struct memory *memory = recall(p, hash);
	if (memory->ours_next || memory->replies >= p->most_replies) {
		memory->ours_next = false;
		return false;
	}
	memory->ours_next = true;
	memory->replies++;
	uint64_t throw = dice_mix(p->seed, DICE_WORDS, hash + memory->replies);
	unsigned count = 0;
	for (const char *const *t = texts[b]; *t; t++)
		count++;
	reply->text = named && named->hash && named->text ? named->text : texts[b][throw % count];
	reply->count = b == DUPLICATE ? 2 : 1;
	reply->delay = dice_around(p->seed, DICE_DELAY_REPLY, hash + memory->replies, p->delay);
	reply->stop = b == STOP;
	return true;
}
