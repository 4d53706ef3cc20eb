#include "greeting.h"

#include "gateway/base/language.h"

#include <string.h>

static const struct {
	const char *language, *text;
} words[] = {
    {"en", "Hello. This is {{lender}}. You can reach us at {{contact:digits}}. Goodbye."},
    {"es",
     "Hola. Le habla {{lender}}. Puede comunicarse con nosotros al {{contact:digits}}. Adiós."},
    {"pt", "Olá. Aqui é {{lender}}. Pode falar connosco pelo {{contact:digits}}. Até logo."},
    {"fr", "Bonjour. Ici {{lender}}. Vous pouvez nous joindre au {{contact:digits}}. Au revoir."},
    {"id",
     "Halo. Ini {{lender}}. Anda dapat menghubungi kami di {{contact:digits}}. Terima kasih."},
    {"fil",
     "Kumusta po. Ito po ang {{lender}}. Matatawagan po kami sa {{contact:digits}}. Paalam po."},
    {"sw", "Habari. Hapa ni {{lender}}. Unaweza kutupigia kwa {{contact:digits}}. Kwaheri."},
    {"hi", "नमस्ते। यह {{lender}} है। आप हमें {{contact:digits}} पर कॉल कर सकते हैं। धन्यवाद।"},
    {"zh", "您好，这里是{{lender}}。您可以拨打{{contact:digits}}与我们联系。再见。"},
};

/* The words of a language, of its base (es-CO: es), else the first. */
static size_t
choose(const char *language)
{
	char tag[LANGUAGE_TEXT];

	if (language_canonical(language, strlen(language), tag) != 0)
		return 0;
	do
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			if (strcmp(words[i].language, tag) == 0)
				return i;
	while (language_widen(tag) == 0);
	return 0;
}

const struct config_script *
greeting_make(struct arena *arena, const struct config *config)
{
	size_t i = choose(config->lender.languages[0]);
	struct config_script *all = arena_alloc(arena, sizeof *all);
	struct script_step *step = arena_alloc(arena, sizeof *step);
	struct script_text *text = arena_alloc(arena, sizeof *text);
	struct script_piece *pieces = arena_array(arena, SCRIPT_PIECES, sizeof *pieces);
	const struct script_jump nowhere = {.step = SCRIPT_NOWHERE};
	struct script_text_fault fault;

	*text = (struct script_text){.source = words[i].text, .pieces = pieces};
	script_text_parse(text->source, pieces, &text->n, &fault);
	*step = (struct script_step){.name = "greeting",
				     .kind = SCRIPT_END,
				     .prompts = {[SCRIPT_MAIN] = {.texts = text}},
				     .language = -1,
				     .min = -1,
				     .max = -1};
	*all = (struct config_script){.name = "",
				      .file = "",
				      .script = {.name = "greeting",
						 .languages = &words[i].language,
						 .n_languages = 1,
						 .steps = step,
						 .n = 1,
						 .start = {.name = "greeting"},
						 .longest_ms = 60000}};
	script_link(&all->script, step, &nowhere, &nowhere);
	return all;
}
