/*
 * calendar_list - filling the list of holidays of calendar.h. Only calendar_ics.c uses it.
 *
 * Ownership and thread: as struct calendar_holidays.
 */
#ifndef GATEWAY_CALENDAR_LIST_H
#define GATEWAY_CALENDAR_LIST_H

#include "calendar.h"

/*
 * Adds a day, in any order; `dated` when its entry stands for this date and not for a rule. -E2BIG
 * past 20,000 days (years of every day), -ENOMEM.
 */
int calendar_list_add(struct calendar_holidays *h, int32_t day, const char *name, bool dated);

/* Sorts what was added and leaves each day once, with the first name in the alphabet. */
void calendar_list_sort(struct calendar_holidays *h);

#endif
