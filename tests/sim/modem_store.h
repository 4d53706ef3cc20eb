/* Texts kept on a SIM or in a modem: places that fill and are emptied one by one. Pure. */
#ifndef SIM_MODEM_STORE_H
#define SIM_MODEM_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 27.005 3.1, <stat> in PDU mode. */
enum modem_stat { STAT_UNREAD, STAT_READ, STAT_UNSENT, STAT_SENT, STAT_ALL };

struct modem_place {
	char *hex;    /* from malloc; NULL: free */
	unsigned len; /* octets of its TPDU */
	enum modem_stat stat;
};

struct modem_store {
	struct modem_place *places;
	size_t size;
	size_t used;
};

void modem_store_init(struct modem_store *store, size_t size);
void modem_store_fini(struct modem_store *store);

/* Copies the digits to the first free place. Its number from 0, or -1 when it is full. */
int modem_store_put(struct modem_store *store, const char *hex, unsigned len, enum modem_stat stat);

/* NULL where there is nothing. */
struct modem_place *modem_store_at(struct modem_store *store, int i);
void modem_store_drop(struct modem_store *store, int i);

#endif
