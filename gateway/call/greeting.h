/* greeting.h - what somebody hears who calls a SIM of ours and is no borrower that can be asked:
 * who we are and where to reach us, no name and no debt
 *
 * A script of one step in the lender's first language, in ten languages, else English.
 *
 * Pure.
 */
#ifndef GATEWAY_GREETING_H
#define GATEWAY_GREETING_H

#include "gateway/base/arena.h"
#include "gateway/config/config.h"
#include "gateway/config/config_script.h"

const struct config_script *greeting_make(struct arena *arena, const struct config *config);

#endif
