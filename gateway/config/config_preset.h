/* config_preset.h - sets of contact rules: those of the program, and the lender's own presets/
 *
 * The program carries one YAML file for each place whose rules are known (schedule/presets/), made
 * of who says so, how sure that is and when it was looked at, and rules as config_rules.h has them.
 * presets/NAME.yaml of a home has the same form and may `inherits: [ph]`; it may not take the name
 * of one of the program's.
 *
 * Thread: any.
 */
#ifndef GATEWAY_CONFIG_PRESET_H
#define GATEWAY_CONFIG_PRESET_H

#include "config.h"

struct arena;

/* Every preset the program carries, by name; `arena` holds what they point to. */
const struct config_preset *config_presets_known(struct arena *arena, size_t *n);

/* Warns of presets in force that nobody looked at for more than twelve months. */
void config_presets_review(const struct config *config, int32_t today,
			   struct complaints *complaints);

#endif
