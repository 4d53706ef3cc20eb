/* PortAudio writes a line of its own source to standard error whenever a card fails under it, ten
 * for one that is unplugged, and has no way to be told not to. A call that ends so says "the sound
 * card is gone" through its line, which is what people can use. So its lines, and no others, are
 * left out; it writes each with one printf. On line_sound's thread. */
#include "line_part.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static FILE *real, *ours;

static bool
is_portaudios(const char *text, size_t n)
{
	static const char begin[] = "Expression '", middle[] = "' failed in 'src/hostapi/";

	return n >= sizeof begin && memcmp(text, begin, sizeof begin - 1) == 0 &&
	       memmem(text, n, middle, sizeof middle - 1) != NULL;
}

static ssize_t
on_write(void *cookie, const char *text, size_t n)
{
	size_t at = 0;

	(void)cookie;
	if (is_portaudios(text, n))
		return (ssize_t)n;
	while (at < n) {
		ssize_t written = write(STDERR_FILENO, text + at, n - at);

		if (written > 0)
			at += (size_t)written;
		else if (written < 0 && errno != EINTR)
			return 0;
	}
	return (ssize_t)n;
}

void
line_hush_begin(void)
{
	cookie_io_functions_t how = {.write = on_write};

	if (ours != NULL || (ours = fopencookie(NULL, "w", how)) == NULL)
		return;
	setvbuf(ours, NULL, _IONBF, 0);
	real = stderr;
	stderr = ours;
}

/* PortAudio's threads have ended. */
void
line_hush_end(void)
{
	if (ours == NULL)
		return;
	stderr = real;
	fclose(ours);
	ours = NULL;
}
