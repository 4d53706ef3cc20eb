/* voice_name.c - which of espeak-ng's voices a language has */
#include "voice_part.h"

#include <stdio.h>
#include <string.h>

/* Tags that espeak-ng would take otherwise than people mean them. */
static const char *const others[][2] = {
    {"en-us", "en-us"}, {"en-ph", "en-us"}, {"pt", "pt-br"}, {"pt-pt", "pt"}, {"zh", "cmn"},
    {"zh-hans", "cmn"}, {"zh-hant", "cmn"}, {"nb", "nb"},    {"no", "nb"},
};

/* Languages of lenders that espeak-ng 1.51 has no voice for. Another one it lacks is found when it
 * is asked. */
static const char *const lacking[] = {"fil", "tl", "ceb", "ilo", "km", "lo", "ha", "yo", "ig",
				      "zu",  "xh", "so",  "rw",  "lg", "mg", "jv", "su"};

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Letters, digits and hyphens, beginning with two or three letters. */
static bool
is_tag(const char *tag)
{
	size_t letters = strspn(tag, "abcdefghijklmnopqrstuvwxyz");
	size_t all = strspn(tag, "abcdefghijklmnopqrstuvwxyz0123456789-");
	return (letters == 2 || letters == 3) && tag[all] == '\0' &&
	       (tag[letters] == '\0' || tag[letters] == '-');
}

int
voice_of(const char *language, char name[VOICE_NAME])
{
	size_t n = strlen(language);
	name[0] = '\0';
	if (n >= VOICE_NAME)
		return UV_EINVAL;
	char tag[VOICE_NAME];
	for (size_t i = 0; i <= n; i++)
		tag[i] = language[i] == '_' ? '-' : lower(language[i]);
	if (!is_tag(tag))
		return UV_EINVAL;
	size_t bare = strcspn(tag, "-");
	for (size_t i = 0; i < sizeof lacking / sizeof *lacking; i++)
		if (strlen(lacking[i]) == bare && memcmp(lacking[i], tag, bare) == 0)
			return UV_ENOTSUP;
	snprintf(name, VOICE_NAME, "%s", tag);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strcmp(others[i][0], tag) == 0)
			snprintf(name, VOICE_NAME, "%s", others[i][1]);
	return 0;
}

void
voice_lacking(const char *language, char why[VOICE_WHY])
{
	snprintf(why, VOICE_WHY,
		 "espeak-ng has no voice for the language \"%.20s\": record what is said in "
		 "recordings/%.20s/ (`dunlin check` lists the files), or name the voice of another "
		 "language for it",
		 language, language);
}
