/* prompt_text.c - phrases copied and checked; names, paths and keys */
#include "prompt_part.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- copies: measured first, then laid out behind each other ---- */

static size_t
string_size(const char *s)
{
	return s != NULL ? strlen(s) + 1 : 0;
}

static size_t
phrase_size(const struct prompt_phrase *p)
{
	size_t n = p->n * sizeof *p->items + string_size(p->language) + string_size(p->voice);
	for (size_t i = 0; i < p->n; i++)
		n += string_size(p->items[i].text) + string_size(p->items[i].name);
	return n;
}

static const char *
lay_string(char **at, const char *s)
{
	size_t n = string_size(s);
	if (n == 0)
		return NULL;
	const char *copy = memcpy(*at, s, n);
	*at += n;
	return copy;
}

struct prompt_phrase *
prompt_copy(const struct prompt_phrase *phrases, size_t n)
{
	size_t size = n * sizeof *phrases, items = 0;
	for (size_t i = 0; i < n; i++) {
		size += phrase_size(&phrases[i]);
		items += phrases[i].n;
	}
	struct prompt_phrase *copy = malloc(size > 0 ? size : 1);
	if (copy == NULL)
		return NULL;
	struct prompt_item *item = (struct prompt_item *)(copy + n);
	char *text = (char *)(item + items);
	for (size_t i = 0; i < n; i++) {
		copy[i] = phrases[i];
		copy[i].items = item;
		copy[i].language = lay_string(&text, phrases[i].language);
		copy[i].voice = lay_string(&text, phrases[i].voice);
		for (size_t k = 0; k < phrases[i].n; k++, item++) {
			*item = phrases[i].items[k];
			item->text = lay_string(&text, phrases[i].items[k].text);
			item->name = lay_string(&text, phrases[i].items[k].name);
		}
	}
	return copy;
}

/* ---- names ---- */

static bool
is_name(const char *name, size_t n)
{
	return n > 0 && n < PROMPT_NAME && name[0] != '.' && memchr(name, '/', n) == NULL;
}

static bool
are_words(const char *words)
{
	for (const char *p = words; *p != '\0';) {
		size_t n = strcspn(p, " ");
		if (!is_name(p, n))
			return false;
		p += n + (p[n] == ' ');
	}
	return words[0] != '\0';
}

static int
check_item(const struct prompt_item *item)
{
	if (item->kind != PROMPT_TEXT)
		return item->text != NULL && are_words(item->text) ? 0 : UV_EINVAL;
	if (item->name != NULL && !is_name(item->name, strlen(item->name)))
		return UV_EINVAL;
	if (item->text == NULL)
		return item->name != NULL ? 0 : UV_EINVAL;
	return item->text[0] != '\0' ? 0 : UV_EINVAL;
}

int
prompt_check(const struct prompt_phrase *phrase)
{
	const char *language = phrase->language;
	if (language == NULL || !is_name(language, strlen(language)) ||
	    strlen(language) >= PROMPT_LANG)
		return UV_EINVAL;
	size_t all = 0;
	for (size_t i = 0; i < phrase->n; i++) {
		const struct prompt_item *item = &phrase->items[i];
		if (check_item(item) != 0)
			return UV_EINVAL;
		if (item->kind != PROMPT_EACH && item->text != NULL)
			all += strlen(item->text) + 1;
	}
	return all <= VOICE_LONG ? 0 : UV_EINVAL;
}

int
prompt_path(const char *recordings, const char *language, const char *name, bool word, char *buf,
	    size_t cap)
{
	if (!is_name(language, strlen(language)) || !is_name(name, strlen(name)))
		return UV_EINVAL;
	int n =
	    snprintf(buf, cap, "%s/%s/%s%s.wav", recordings, language, word ? "words/" : "", name);
	return n >= 0 && (size_t)n < cap ? 0 : UV_ENAMETOOLONG;
}

bool
prompt_has_sound(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++)
		if (*p >= 0x80 || (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
		    (*p >= 'A' && *p <= 'Z'))
			return true;
	return false;
}

/* ---- keys ---- */

int
prompt_recording_key(const char *language, const char *name, bool word, char *key)
{
	int n = snprintf(key, PROMPT_KEY, "%s/%s%s", language, word ? "words/" : "", name);
	return n < PROMPT_KEY ? 0 : UV_ENAMETOOLONG;
}

int
prompt_said_key(const char *voice, const char *text, size_t n, char *key)
{
	int len = snprintf(key, PROMPT_KEY, "\x01%s\x01%.*s", voice, (int)n, text);
	return len < PROMPT_KEY ? 0 : UV_ENAMETOOLONG;
}

static bool
ends_sentence(const char *text, size_t len)
{
	while (len > 0 && text[len - 1] == ' ')
		len--;
	return len > 0 && strchr(".!?", text[len - 1]) != NULL;
}

/* The items as one sentence: a space between them, but none before a sign that ends a clause. After
 * a full stop the voice pauses only before a capital. */
int
prompt_whole_text(const struct prompt_phrase *phrase, char *text)
{
	size_t len = 0;
	text[0] = '\0';
	for (size_t i = 0; i < phrase->n; i++) {
		const struct prompt_item *item = &phrase->items[i];
		if (item->kind == PROMPT_EACH || item->text == NULL)
			continue;
		bool close = len == 0 || strchr(".,;:!?)", item->text[0]) != NULL;
		bool capital = ends_sentence(text, len);
		int n = snprintf(text + len, VOICE_LONG + 1 - len, "%s%s", close ? "" : " ",
				 item->text);
		if (n < 0 || (size_t)n >= VOICE_LONG + 1 - len)
			return UV_EINVAL;
		char *first = text + len + !close;
		if (capital && *first >= 'a' && *first <= 'z')
			*first = (char)(*first - 'a' + 'A');
		len += (size_t)n;
	}
	return 0;
}
