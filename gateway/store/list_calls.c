/* The list of calls: see list.h */
#include "list_part.h"

#include <uv.h>

static int
read_call(struct list_walk *w, sqlite3_stmt *st)
{
	struct list_call *c;
	int64_t at[LIST_TIMES];

	if (!list_times(w, st, 25, at))
		return 0;
	if ((c = list_add(w, sizeof *c)) == NULL)
		return UV_ENOMEM;
	*c = (struct list_call){
	    .id = sqlite3_column_int64(st, 0),
	    .owner = list_owner_of(w, st),
	    .due = sqlite3_column_int(st, 4),
	    .campaign = list_keep(w, st, 5),
	    .step = list_keep(w, st, 6),
	    .try = sqlite3_column_int(st, 7),
	    .class = sqlite3_column_int(st, 8),
	    .direction = sqlite3_column_int(st, 9),
	    .number = list_keep(w, st, 10),
	    .route = list_keep(w, st, 11),
	    .script = list_keep(w, st, 12),
	    .language = list_keep(w, st, 13),
	    .status = sqlite3_column_int(st, 14),
	    .reason = sqlite3_column_int(st, 15),
	    .outcome = sqlite3_column_type(st, 16) != SQLITE_NULL ? sqlite3_column_int(st, 16) : -1,
	    .cause = list_keep(w, st, 17),
	    .keys = list_keep(w, st, 18),
	    .heard = list_keep(w, st, 19),
	    .recording = list_keep(w, st, 20),
	    .message = list_keep(w, st, 21),
	    .actor = list_keep(w, st, 22),
	    .verified = sqlite3_column_int(st, 23) != 0,
	    .promised = sqlite3_column_type(st, 24) != SQLITE_NULL,
	    .promise_day = sqlite3_column_int(st, 24),
	    .at = at[0],
	    .created_at = at[1],
	    .started_at = at[2],
	    .answered_at = at[3],
	    .ended_at = at[4]};
	return 0;
}

int
list_calls(struct list_walk *w, const struct list_call **rows)
{
	int n = list_page(w, STORE_LIST_CALLS, STORE_LIST_CALLS_OF, read_call);

	*rows = w->rows;
	return n;
}
