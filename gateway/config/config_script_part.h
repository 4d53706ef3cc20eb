/* config_script_part.h - one script while it is read; shared by config_script*.c alone */
#ifndef GATEWAY_CONFIG_SCRIPT_PART_H
#define GATEWAY_CONFIG_SCRIPT_PART_H

#include "config.h"
#include "config_script.h"
#include "gateway/base/arena.h"
#include "gateway/base/complaint.h"
#include "gateway/base/yaml.h"

struct script_reading {
	struct yaml_reader yaml; /* `user` is this struct */
	struct arena scratch;    /* the tree of YAML */
	const struct config *config;
	const struct catalog_columns *columns;
	const char *source; /* the file's text, to find places in */
	struct script script;
	struct script_step *steps; /* script.steps */
	bool *bad;                 /* steps with mistakes, of which the proof says nothing more */
	const char **names;        /* of all steps, NULL at the end: for hints */
	int first, between, tries; /* seconds, rounds: of steps that say nothing themselves */
	bool discreet;
	size_t told; /* complaints before the proof began */
};

/* config_script_step.c: one step of the mapping, into r->steps[i]. */
void config_script_read_step(struct script_reading *r, const struct yaml_node *key, size_t i);
struct script_jump config_script_jump(struct script_reading *r, const struct yaml_node *node);

/* config_script_text.c: a prompt in all its languages; nothing when complained of. */
void config_script_read_prompt(struct script_reading *r, const struct yaml_node *node,
			       const char *what, struct script_prompt *out);
/* The index of a language tag of the script, or -1, complained of. */
int config_script_language(struct script_reading *r, const struct yaml_node *node);

/* config_script_debt.c: the first word, in the language or in English, that speaks of a debt. */
bool config_script_names_debt(const char *language, const char *text, size_t len, size_t *at,
			      size_t *word);

#endif
