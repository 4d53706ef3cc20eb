/* voice_text.c - what may be handed to espeak-ng */
#include "voice_part.h"

#include <stdlib.h>
#include <string.h>

bool
voice_text_is_name(const char *name)
{
	size_t n =
	    strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-+_");
	return n > 0 && n < VOICE_NAME && name[n] == '\0' && name[0] != '-';
}

/* The length of a well-formed character (RFC 3629 4), or 0. */
static size_t
character(const unsigned char *p)
{
	static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = p[0] < 0x80       ? 1
		   : p[0] >> 5 == 6  ? 2
		   : p[0] >> 4 == 14 ? 3
		   : p[0] >> 3 == 30 ? 4
				     : 0;
	unsigned c = n == 1 ? p[0] : p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	return n > 0 && c >= least[n] && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff) ? n : 0;
}

char *
voice_text_clean(const char *text, int *error)
{
	size_t len = strlen(text);
	*error = len == 0 || len > VOICE_LONG ? UV_EINVAL : 0;
	for (size_t i = 0, n; i < len && *error == 0; i += n)
		if ((n = character((const unsigned char *)text + i)) == 0)
			*error = UV_EINVAL;
	char *copy = *error == 0 ? strdup(text) : NULL;
	if (*error == 0 && copy == NULL)
		*error = UV_ENOMEM;
	for (char *p = copy; p != NULL && *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f || *p == '[' || *p == ']')
			*p = ' ';
	return copy;
}
