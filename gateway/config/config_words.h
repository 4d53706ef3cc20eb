/* config_words.h - the words replies are read by: those Dunlin carries and the lender's own
 *
 * The files of schedule/words/ are embedded, and beside them the tables they compile to, made by
 * cmake/words_image.c when Dunlin is built: reading with them needs no work at all.
 * HOME/words/LANG.yaml has the same form and adds to them (schedule/words/README.md): the languages
 * it names are compiled again, all entries together, the others are shared with those Dunlin
 * carries.  Every mistake is complained of with file, line and column.
 *
 * Ownership: the caller frees the words with reply_words_free.
 * Thread: any; blocks on the disk.
 */
#ifndef GATEWAY_CONFIG_WORDS_H
#define GATEWAY_CONFIG_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct complaints;
struct reply_words;

/* Those Dunlin carries, one for the process and never freed.  Without memory it aborts. */
const struct reply_words *config_words_shipped(void);

/* Has the home folder words of its own? */
bool config_words_own(const char *home);

/* `home` NULL: only what is embedded.  Mistakes leave their entry out; NULL without memory. */
struct reply_words *config_words_load(const char *home, struct complaints *complaints);

/* One file alone, held in memory, as HOME/words/NAME.  For fuzzing and tests. */
struct reply_words *config_words_parse(const char *name, const char *text, size_t len,
				       struct complaints *complaints);

/* The embedded tables; NULL in the program that makes them, where all is compiled. */
const void *config_words_image(void);

#endif
