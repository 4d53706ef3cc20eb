#include "daemon_say.h"

#include "gateway/base/log.h"

#include <uv.h>

void
daemon_say_held(void *ctx, enum reason reason)
{
	(void)ctx;
	if (reason == REASON_NONE)
		log_plain(LOG_INFO, "sending_resumed");
	else
		log_event(LOG_WARN, "sending_held", log_str("reason", reason_word(reason)),
			  log_str("why", reason_what(reason)));
}

void
daemon_say_failed(void *ctx, int status)
{
	(void)ctx;
	log_event(LOG_ERROR, "store_failed", log_str("why", uv_strerror(status)),
		  log_str("next", status == UV_ENOSPC
				      ? "free some disk space; sending waits, nothing is lost"
				      : "check the disk; sending waits, nothing is lost"));
}
