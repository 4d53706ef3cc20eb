#include "excerpt.h"

#include <ctype.h>
#include <string.h>

#define ENOUGH 4 /* letters and digits in common that are no accident */

/* ASCII only, whatever the locale. */
static bool
counts(char c)
{
	return (unsigned char)c < 0x80 && isalnum((unsigned char)c);
}

/* Steps over what does not count.  A letter outside ASCII stops: nobody knows how it was written.
 */
static const char *
next(const char *p)
{
	while (*p != '\0' && !counts(*p) && *p != EXCERPT_BLANK && (unsigned char)*p < 0x80)
		p++;
	return p;
}

/* Words, and all of them can be read: two at least, as operators put one of their own ("none", a
 * number, an id, the text in base 64) where the excerpt should be. */
static bool
is_words(const char *excerpt)
{
	int letters = 0, words = 0;
	bool inside = false;

	for (const char *p = excerpt; *p != '\0'; p++) {
		if (*p == EXCERPT_BLANK)
			return false;
		letters += isalpha((unsigned char)*p) != 0;
		words += counts(*p) && !inside;
		inside = *p != ' ' && (inside || counts(*p));
	}
	return words >= 2 && letters >= ENOUGH;
}

/* Does the text go on as the excerpt says?  *common: letters and digits in which they agree. */
static enum excerpt_says
compare_at(const char *excerpt, const char *body, int *common)
{
	const char *e = next(excerpt), *b = next(body);

	for (*common = 0; counts(*e) && counts(*b); ++*common) {
		if (tolower((unsigned char)*e) != tolower((unsigned char)*b))
			return EXCERPT_OTHER;
		e = next(e + 1);
		b = next(b + 1);
	}
	if (*b == '\0' && counts(*e))
		return EXCERPT_OTHER; /* it goes on where the text is over */
	/* A text shorter than that is known by all of it. */
	return *common >= ENOUGH || (*common > 0 && *e == '\0' && *b == '\0') ? EXCERPT_THIS
									      : EXCERPT_NOTHING;
}

/* Where in a long text a part begins is not known here. */
static enum excerpt_says
compare_anywhere(const char *excerpt, const char *body)
{
	enum excerpt_says says = EXCERPT_OTHER;
	int common;

	for (const char *p = body; *p != '\0'; p++) {
		if ((unsigned char)*p >= 0x80) {
			says = EXCERPT_NOTHING; /* it may be in what cannot be compared */
			continue;
		}
		if (counts(*p) && compare_at(excerpt, p, &common) == EXCERPT_THIS &&
		    common >= ENOUGH)
			return EXCERPT_THIS;
	}
	return says;
}

enum excerpt_says
excerpt_compare(const char *excerpt, const char *body, bool parts)
{
	enum excerpt_says says;
	int common;

	if (body[0] == '\0' || !counts(*next(excerpt)))
		return EXCERPT_NOTHING;
	says = parts ? compare_anywhere(excerpt, body) : compare_at(excerpt, body, &common);
	return says == EXCERPT_OTHER && !is_words(excerpt) ? EXCERPT_NOTHING : says;
}
