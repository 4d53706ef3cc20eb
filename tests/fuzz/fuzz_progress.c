/* What a stick says about calls: any line is read as something, within bounds. */
#include "modem/progress.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *line = malloc(len + 1);
	struct progress p;

	if (line == NULL)
		return 0;
	memcpy(line, data, len);
	line[len] = '\0';
	progress_parse(line, &p);
	if (p.kind < PROGRESS_NONE || p.kind > PROGRESS_ASK || p.cause < -1 || p.cause > 127 ||
	    p.cause == 0 || p.incoming < -1 || p.incoming > 1 ||
	    memchr(p.number, '\0', sizeof p.number) == NULL)
		abort();
	if (p.kind == PROGRESS_KEY && (p.key == '\0' || !strchr("0123456789*#ABCD", p.key)))
		abort();
	if (progress_cause(line) > 127)
		abort();
	free(line);
	return 0;
}
