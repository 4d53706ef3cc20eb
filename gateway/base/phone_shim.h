/*
 * phone_shim - libphonenumber for C. Only phone.c includes this.
 *
 * Nothing is thrown out of here and nothing is printed. Thread: any; the first call of any makes
 * the library's tables, which stay until the process ends.
 */
#ifndef GATEWAY_PHONE_SHIM_H
#define GATEWAY_PHONE_SHIM_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum phone_shim {
	PHONE_SHIM_VALID,
	PHONE_SHIM_UNKNOWN_RANGE, /* the right length, in no range the library knows */
	PHONE_SHIM_TOO_SHORT,     /* for its country; `out` is written for these too */
	PHONE_SHIM_TOO_LONG,
	PHONE_SHIM_NO_COUNTRY, /* no country code and no usable region; `out` is empty from here on
				*/
	PHONE_SHIM_NO_NUMBER,
	PHONE_SHIM_FAILED, /* no memory */
};

/* Reads `text` as written in `region` ("ZZ" = none) and writes E.164, cut to `size`. */
enum phone_shim phone_shim_parse(const char *text, const char *region, char *out, size_t size);

/* 1 when `text`, digits alone, is a valid number of the region without the 0 that people there
 * write before it. */
int phone_shim_lacks_zero(const char *text, const char *region);

#ifdef __cplusplus
}
#endif

#endif
