/* driver_tables.h - the tables behind driver.h: one row a maker, one a +CMS ERROR */
#ifndef MODEM_DRIVER_TABLES_H
#define MODEM_DRIVER_TABLES_H

#include "driver.h"

/* The last one is generic, and has no field that is NULL but those where NULL means none. */
extern const struct driver driver_tables[];
extern const size_t driver_tables_n;

/* 3GPP TS 27.005 3.2.5, 24.011 annex E, 23.040 9.2.3.22. */
extern const struct driver_error driver_common_errors[];
extern const size_t driver_common_errors_n;

/* What any modem may say at any moment. NULL at the end. */
extern const char *const driver_common_unsolicited[];

#endif
