#include "columns.h"

#include <string.h>
#include <uv.h>

int
columns_known(struct store *s, char *names[COLUMNS_MAX])
{
	sqlite3_stmt *st = store_get(s, STORE_COLUMNS_KNOWN);
	int n = 0, rc;

	store_bind_int(st, 1, COLUMNS_MAX);
	while ((rc = store_step(s, st)) == 1 && n < COLUMNS_MAX) {
		if ((names[n] = strdup(store_text(st, 0))) == NULL) {
			sqlite3_reset(st);
			return UV_ENOMEM;
		}
		n++;
	}
	return rc < 0 ? rc : n;
}
