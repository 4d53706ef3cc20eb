/* voices: who speaks a language for which there is no voice of its own */
#include "config_parts.h"
#include "gateway/base/language.h"
#include "ivr/voice.h"

#include <string.h>

/* As espeak-ng names its voices. */
static bool
is_voice(const char *text)
{
	return text[0] != '\0' && strlen(text) < VOICE_NAME &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+") ==
		   strlen(text);
}

void
config_read_voices(struct config_parts *p, const struct yaml_node *node)
{
	struct config_voice *list;
	size_t n = 0;

	if (node == NULL || node->kind == YAML_WRONG || yaml_is_null(node))
		return;
	if (node->kind != YAML_MAP) {
		yaml_wrong(&p->yaml, node, "`voices` holds a language and a voice each: {fil: id}");
		return;
	}
	list = arena_array(p->arena, node->n + 1, sizeof *list);
	for (const struct yaml_node *k = node->first; k != NULL; k = k->next) {
		struct config_voice *v = &list[n];
		char tag[LANGUAGE_TEXT];

		if (!yaml_text(&p->yaml, k->value, k->text, &v->voice))
			continue;
		if (language_canonical(k->text, k->len, tag) != 0)
			yaml_wrong(&p->yaml, k, "`%.40s` is no language, such as `fil` or `es-CO`",
				   k->text);
		else if (!is_voice(v->voice))
			yaml_wrong(&p->yaml, k->value,
				   "`%.40s` is no voice: `espeak-ng --voices` lists them",
				   v->voice);
		else {
			v->at = (struct config_place){k->value->line, k->value->col};
			list[n++].language = arena_text(p->arena, tag, strlen(tag));
		}
	}
	p->config->voices = list;
	p->config->n_voices = n;
}

const char *
config_voice(const struct config *config, const char *language)
{
	for (size_t i = 0; i < config->n_voices; i++)
		if (strcmp(config->voices[i].language, language) == 0)
			return config->voices[i].voice;
	return NULL;
}
