/* What a SIM's plan allows: texts a minute, hour and day, and different numbers. Pure. */
#ifndef SIM_MODEM_QUOTA_H
#define SIM_MODEM_QUOTA_H

#include "seen.h"

struct modem_quota {
	uint64_t *times; /* milliseconds of each text that counts, oldest first */
	size_t used;
	size_t room;
	struct seen numbers;
	bool blocked;
};

struct modem_quota_limits {
	uint64_t minute, hour, day, recipients; /* 0: none */
};

/* Whether one more text to this number is beyond them. */
bool modem_quota_over(const struct modem_quota *quota, const struct modem_quota_limits *limits,
		      uint64_t now, const char *number);
void modem_quota_count(struct modem_quota *quota, uint64_t now, const char *number);
void modem_quota_fini(struct modem_quota *quota);

#endif
