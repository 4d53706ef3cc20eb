/* dunlin-words IMAGE SOURCE - compiles the words of SOURCE/schedule/words, which it has inside
 * itself, and writes the tables to the file IMAGE.  Part of the build alone: a mistake in the words
 * fails it, with file, line and column. */
#include "gateway/base/complaint.h"
#include "gateway/config/config_words.h"
#include "schedule/reply_words.h"

#include <stdio.h>
#include <stdlib.h>

const void *
config_words_image(void)
{
	return NULL;
}

static int
write_file(const char *path, const void *bytes, size_t size)
{
	FILE *f = fopen(path, "wb");
	size_t n = f != NULL ? fwrite(bytes, 1, size, f) : 0;

	if (f == NULL || fclose(f) != 0 || n != size) {
		perror(path);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	struct complaints complaints = {0};
	struct reply_words *words;
	int status = EXIT_FAILURE;
	size_t size;
	void *image;

	if (argc != 3)
		return EXIT_FAILURE;
	words = config_words_load(NULL, &complaints);
	complaint_print(stderr, &complaints, argv[2]);
	if (complaints.n == 0 && words != NULL && reply_words_save(words, &image, &size)) {
		status = write_file(argv[1], image, size);
		free(image);
	}
	reply_words_free(words);
	complaint_clear(&complaints);
	return status;
}
