#include "dial.h"

#include <stdio.h>

static void try_next(struct dial *d);

static void
finish(struct dial *d, int status)
{
	if (d->addresses != NULL)
		uv_freeaddrinfo(d->addresses);
	d->addresses = NULL;
	d->done(d->ctx, status);
}

static void
on_tcp_closed(uv_handle_t *handle)
{
	struct dial *d = handle->data;

	d->tcp_open = false;
	if (d->cancelled)
		finish(d, UV_ECANCELED);
	else
		try_next(d);
}

static void
on_connected(uv_connect_t *request, int status)
{
	struct dial *d = request->data;

	if (d->cancelled)
		return; /* the handle is being closed, and that is what finishes */
	if (status == 0) {
		finish(d, 0);
		return;
	}
	d->error = status;
	uv_close((uv_handle_t *)d->tcp, on_tcp_closed);
}

static int
connect_to(struct dial *d, const struct sockaddr *address)
{
	int error = uv_tcp_init(d->loop, d->tcp);

	if (error != 0)
		return error;
	d->tcp->data = d;
	d->tcp_open = true;
	d->connecting.data = d;
	return uv_tcp_connect(&d->connecting, d->tcp, address, on_connected);
}

static void
try_next(struct dial *d)
{
	while (d->left > 0) {
		struct addrinfo *address = d->next;
		int error;

		d->left--;
		d->next = address->ai_next != NULL ? address->ai_next : d->addresses;
		error = connect_to(d, address->ai_addr);
		if (error == 0)
			return;
		d->error = error;
		if (d->tcp_open) {
			uv_close((uv_handle_t *)d->tcp, on_tcp_closed);
			return;
		}
	}
	finish(d, d->error);
}

static void
on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *addresses)
{
	struct dial *d = request->data;

	d->addresses = addresses;
	if (d->cancelled || status != 0) {
		finish(d, d->cancelled ? UV_ECANCELED : status);
		return;
	}
	for (struct addrinfo *a = addresses; a != NULL; a = a->ai_next)
		d->left++;
	d->next = addresses;
	for (unsigned skip = d->turn % d->left; skip > 0; skip--)
		d->next = d->next->ai_next;
	try_next(d);
}

int
dial_begin(struct dial *d, uv_loop_t *loop, uv_tcp_t *tcp, const char *host, uint16_t port,
	   unsigned turn, dial_done *done, void *ctx)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	char service[8];

	*d = (struct dial){.loop = loop, .tcp = tcp, .turn = turn, .done = done, .ctx = ctx};
	d->resolving.data = d;
	snprintf(service, sizeof service, "%u", port);
	return uv_getaddrinfo(loop, &d->resolving, on_resolved, host, service, &hints);
}

void
dial_cancel(struct dial *d)
{
	d->cancelled = true;
	if (d->tcp_open && !uv_is_closing((uv_handle_t *)d->tcp))
		uv_close((uv_handle_t *)d->tcp, on_tcp_closed);
	else
		uv_cancel(
		    (uv_req_t *)&d->resolving); /* if it runs already, its end is waited for */
}

const char *
dial_words(int status)
{
	/* libuv has a code for each of the resolver's troubles; people need one sentence. */
	if (status <= UV_EAI_ADDRFAMILY && status >= UV_EAI_SOCKTYPE)
		return "the host name cannot be resolved";
	return uv_strerror(status);
}
