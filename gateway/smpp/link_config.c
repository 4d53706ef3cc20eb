#include <stdlib.h>
#include <string.h>

#include "link_parts.h"

void
link_config_free(struct smpp_link_config *c)
{
	char *password = (char *)(uintptr_t)c->password;

	if (password != NULL)
		explicit_bzero(password, strlen(password));
	free(password);
	free((void *)(uintptr_t)c->host);
	free((void *)(uintptr_t)c->system_id);
	free((void *)(uintptr_t)c->system_type);
	free((void *)(uintptr_t)c->blocked);
}

static void
or_default(unsigned *value, unsigned otherwise)
{
	if (*value == 0)
		*value = otherwise;
}

static void
fill_defaults(struct smpp_link_config *c)
{
	or_default(&c->window, 100);
	or_default(&c->delivers_max, 2000);
	or_default(&c->response_timeout_ms, 60000);
	or_default(&c->wire_timeout_ms, 1000);
	or_default(&c->enquire_interval_ms, 30000);
	or_default(&c->enquire_timeout_ms, 10000);
	or_default(&c->connect_timeout_ms, 10000);
	or_default(&c->bind_timeout_ms, 15000);
	or_default(&c->reconnect_min_ms, 1000);
	or_default(&c->reconnect_max_ms, 60000);
	or_default(&c->already_bound_ms, 20000);
	or_default(&c->refused_ms, 300000);
	or_default(&c->throttle_min_ms, 500);
	or_default(&c->throttle_max_ms, 30000);
}

bool
link_config_copy(struct smpp_link_config *to, const struct smpp_link_config *from)
{
	uint32_t *blocked = NULL;

	*to = *from;
	to->ca_file = to->cert_file = to->key_file = NULL;
	if (from->blocked_n > 0 && (blocked = calloc(from->blocked_n, sizeof *blocked)) != NULL)
		memcpy(blocked, from->blocked, from->blocked_n * sizeof *blocked);
	to->blocked = blocked;
	to->host = strdup(from->host);
	to->system_id = strdup(from->system_id);
	to->password = strdup(from->password);
	to->system_type = strdup(from->system_type != NULL ? from->system_type : "");
	fill_defaults(to);
	return to->host != NULL && to->system_id != NULL && to->password != NULL &&
	       to->system_type != NULL && (blocked != NULL || from->blocked_n == 0);
}

const char *
link_config_fault(const struct smpp_link_config *c)
{
	if (c->host == NULL || c->host[0] == '\0' || c->port == 0)
		return "host and port are needed";
	if (c->system_id == NULL || strlen(c->system_id) > 15)
		return "system_id is needed, of at most 15 characters";
	if (c->password == NULL || strlen(c->password) > 31)
		return "a password is needed, of at most 31 characters";
	if (c->system_type != NULL && strlen(c->system_type) > 12)
		return "system_type may have at most 12 characters";
	if (c->window > 10000)
		return "window may be at most 10000";
	return NULL;
}
