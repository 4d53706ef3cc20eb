/* Which characters make a text expensive, and what its author could write instead.
 *
 * One curly quote turns 160 characters a segment into 70. This tells the author; nothing here, or
 * anywhere else, changes a text by itself.
 *
 * Pure; any thread.
 */
#ifndef MODEM_SMS_COSTLY_H
#define MODEM_SMS_COSTLY_H

#include "sms.h"

/* One character (UTF-8, NUL-terminated) that the plain alphabet does not have. `instead` is
 * what to write: a text of the plain alphabet, "" to leave it out, or NULL when nothing short says
 * the same (a letter of another script). Both are valid during the call only. */
typedef void (*sms_costly_cb)(void *context, const char *character, const char *instead);

/* Calls back for each different character of text that forces UCS-2, in order of appearance. None
 * when the text does not go as UCS-2. Returns how many, or -EILSEQ. */
int sms_costly(const char *text, size_t len, const struct sms_options *options, sms_costly_cb found,
	       void *context);

#endif
