/* recordings.h - what a lender must record where no voice speaks a language of his scripts
 *
 * espeak-ng has no voice for some languages, Filipino among them.  A call in one is possible with a
 * voice that comes near (`voices: {fil: id}`) or with recordings of all that may be said: the texts
 * of the scripts, piece by piece, and the words of numbers, dates and amounts.
 *
 * Thread: any but a loop that others need: reads files, and asks espeak-ng which voices it has.
 */
#ifndef GATEWAY_RECORDINGS_H
#define GATEWAY_RECORDINGS_H

#include "gateway/base/complaint.h"
#include "gateway/config/config.h"

/* An error for each voice of `voices:` that espeak-ng does not have.  A warning for each file that
 * is missing below recordings/, for what cannot be recorded, and for each file that is there and is
 * not played: it is no sound, or nothing says it. */
void recordings_check(const struct config *config, struct complaints *complaints);

#endif
