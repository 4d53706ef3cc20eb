/* reply_words.h - the words that replies are read by, built once and then never changed (pure)
 *
 * Somebody else reads the files of schedule/words/ and the lender's words/ (gateway/config_words
 * does) and hands every entry to a builder; building compiles them into tables that reply_read
 * walks in microseconds.  The form of the files, the pattern syntax and what each key means stand
 * in schedule/words/README.md; this is how they arrive:
 *
 *     sections are the top keys of a file; each is of one kind
 *         REPLY_LIST    polite: [please, sir]            put(lang, "polite", "", "please")
 *         REPLY_MAP     signs: {stop: ["stop * text"]}   put(lang, "signs", "stop", "stop * text")
 *         REPLY_FLAG    space_groups: true               put(lang, "space_groups", "", "true")
 *
 * A pattern is parsed into alternatives of flat sequences; an element of a sequence is a set of
 * phrases, a gap, an edge of a clause or a refusal.  All phrases of a language lie in one trie over
 * its dictionary, so each place of a text is looked up once, whatever the number of patterns.
 *
 * Words can also be saved as an image: bytes that a program carries and opens without any work.
 *
 * Ownership: the builder copies what it is given.  reply_words_build takes the builder whole.
 * Errors: mistakes are told to `wrong`, with the caller's `where` of the entry and the byte in it,
 * and the entry is left out.  Without memory put and build return -ENOMEM and NULL.
 * Thread: building, one at a time; struct reply_words may be read by all at once.
 */
#ifndef SCHEDULE_REPLY_WORDS_H
#define SCHEDULE_REPLY_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct reply_words;
struct reply_builder;

enum reply_section { REPLY_LIST, REPLY_MAP, REPLY_FLAG };

/* The kind of a section in *kind, false when there is none of that name. */
bool reply_words_section(const char *name, enum reply_section *kind);
/* The names of the sections, one by one; NULL past the end. */
const char *reply_words_name(size_t index);
/* The keys of a map, NULL at the end; or NULL when they are free (sets) or numbers (days). */
const char *const *reply_words_keys(const char *section);

/* `offset`: the byte of the entry's text where the mistake is. */
typedef void reply_wrong(void *user, int where, size_t offset, const char *what);

struct reply_builder *reply_builder_new(void);
void reply_builder_free(struct reply_builder *builder); /* NULL is fine */

/* Builds upon other words, before any entry is put: a language of theirs that gets no entry is
 * taken over as it is, one that gets some must get all of its own again.  `base` outlives what is
 * built. 0 or -ENOMEM. */
int reply_builder_base(struct reply_builder *builder, const struct reply_words *base);

/* One entry for the language `tag` (BCP 47).  What is wrong with section or key is told in *what
 * and answered with -EINVAL; what is wrong with the text comes out at building. */
int reply_builder_put(struct reply_builder *builder, const char *tag, const char *section,
		      const char *key, const char *text, int where, const char **what);

/* Compiles and frees the builder.  NULL only without memory: entries that are wrong are left out.
 */
struct reply_words *reply_words_build(struct reply_builder *builder, reply_wrong *wrong,
				      void *user);
void reply_words_free(struct reply_words *words); /* NULL is fine */

/* All tables in one block, for programs whose types have the same layout; the caller frees it.
 * False without memory. */
bool reply_words_save(const struct reply_words *words, void **image, size_t *size);
/* The words of an image, which lies at a multiple of 8 and outlives them.  NULL without memory, or
 * when a program of another layout made it. */
struct reply_words *reply_words_open(const void *image);

/* The tags of the languages, in the order they first came; NULL past the end. */
const char *reply_words_language(const struct reply_words *words, size_t index);

#endif
