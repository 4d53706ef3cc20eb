/*
 * Message ids in the forms operators give them. A message is a number; its id is one of several
 * spellings of that number, and a receipt may spell it another way than the answer did.
 */
#ifndef SIM_IDS_H
#define SIM_IDS_H

#include "options.h"

enum { IDS_ROOM = 72 };

/* Writes the id with its NUL. */
void ids_format(enum option_ids form, uint64_t number, char id[IDS_ROOM]);

/* The number a spelling stands for, by the same form; false if it is no such spelling. */
bool ids_parse(enum option_ids form, const char *id, uint64_t *number);

#endif
