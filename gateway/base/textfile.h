/* textfile.h - a small file a person wrote, read whole
 *
 * Only regular files are read (a pipe in the home folder must not block the daemon), up to a cap,
 * and only UTF-8 without control characters is text.  What is wrong is complained about under the
 * name the person knows.
 *
 * Ownership: the text lives in the caller's arena, with a NUL behind.
 * Errors: 0; -EINVAL the content is no text or too long; -ENOENT and other errnos of opening and
 * reading.  All but -ENOENT are complained about.
 * Thread: any; blocks on the disk.
 */
#ifndef GATEWAY_TEXTFILE_H
#define GATEWAY_TEXTFILE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct complaints;

struct textfile {
	const char *text; /* without a byte order mark */
	size_t len;
	bool open_to_others; /* group or others may read the file */
};

/* `path` is opened, `file` is what complaints call it; at most `max` bytes. */
int textfile_read(struct arena *arena, const char *path, const char *file, size_t max,
		  struct textfile *out, struct complaints *complaints);

/* The files a person keeps in the folder `path`, in the order of their names: what is hidden, and
 * what editors leave behind, is passed over.  How many; or a negative errno, of which all but
 * -ENOENT is complained about (complaints may be NULL). */
int textfile_list(struct arena *arena, const char *path, const char *file,
		  const char *const **names, struct complaints *complaints);
/* The length of NAME in NAME.yaml, for the ending ".yaml"; 0: the file is called otherwise. */
size_t textfile_stem(const char *name, const char *ending);

/* Complains about every character that is no UTF-8 or no text: control characters other than tab
 * and line ends, and the line separators U+0085, U+2028 and U+2029, which programs count as lines
 * and people do not see.  0 or -EINVAL. */
int textfile_check(const char *text, size_t len, const char *file, struct complaints *complaints);

#endif
