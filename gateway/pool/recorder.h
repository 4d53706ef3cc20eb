/* recorder.h - the last of what was said on a modem's wire, with numbers masked
 *
 * A ring of RECORDER_SIZE octets of whole lines, each "HH:MM:SS.mmm < line". Digits that may be a
 * telephone number, and all but the head of a PDU, are stars before they are kept: what is not in
 * the ring cannot leak from it.
 *
 * Ownership: recorder_new/_free. Thread: its owner's.
 */
#ifndef GATEWAY_RECORDER_H
#define GATEWAY_RECORDER_H

#include <stddef.h>
#include <stdint.h>

#define RECORDER_SIZE 65536

struct recorder;

struct recorder *recorder_new(void); /* NULL: no memory */
void recorder_free(struct recorder *r);

/* '>' written, '<' read, '!' a remark. true_now: the system's clock. */
void recorder_add(struct recorder *r, int64_t true_now, char direction, const char *line);

/* All that is kept, oldest first, ending in a zero: the caller frees it; NULL: no memory. */
char *recorder_text(const struct recorder *r);

/* Writes it to HOME/modems/NAME.log, which takes the place of an older one. 0 or negative. */
int recorder_save(const struct recorder *r, const char *home, const char *name);

/* One line masked, in `out`. */
void recorder_mask(const char *line, char *out, size_t cap);

#endif
