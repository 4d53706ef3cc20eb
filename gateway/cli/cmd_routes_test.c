/* dunlin routes test NAME: does this route open? */
#include "cli.h"
#include "client.h"

#include "gateway/send/channel.h"

#include <string.h>

#define TRY_MS 20000

struct trial {
	struct channel *channel;
	uv_timer_t deadline;
	const char *name;
	char reason[160];
	bool up, closing;
};

static void
on_closed(void *ctx)
{
	struct trial *t = ctx;

	t->channel = NULL;
}

static void
end(struct trial *t)
{
	if (t->closing)
		return;
	t->closing = true;
	uv_close((uv_handle_t *)&t->deadline, NULL);
	t->channel->ops->close(t->channel, 2000, on_closed);
}

static void
on_state(void *ctx, enum channel_state state, const char *reason)
{
	struct trial *t = ctx;

	if (t->closing)
		return;
	snprintf(t->reason, sizeof t->reason, "%s", reason);
	t->up = state == CHANNEL_UP;
	if (state != CHANNEL_CONNECTING)
		end(t);
}

static void
on_deadline(uv_timer_t *timer)
{
	end(timer->data);
}

/* Nothing is submitted, so none of these is expected; what comes in meanwhile is left to the
 * operator, who delivers it again to the daemon. */
static void
on_room(void *ctx)
{
	(void)ctx;
}

static void
on_answer(void *ctx, const struct channel_answer *answer)
{
	(void)ctx;
	(void)answer;
}

static void
on_incoming(void *ctx, const struct channel_incoming *incoming)
{
	struct trial *t = ctx;

	if (t->channel != NULL)
		t->channel->ops->acknowledge(t->channel, incoming->token, false);
}

static void
on_asked(void *ctx, uint64_t cookie, const struct receipt *receipt)
{
	(void)ctx;
	(void)cookie;
	(void)receipt;
}

static const struct channel_events events = {.state = on_state,
					     .room = on_room,
					     .answer = on_answer,
					     .incoming = on_incoming,
					     .asked = on_asked};

static int
try_route(struct config *config, const struct config_route *route)
{
	struct channel_needs needs = {.config = config};
	struct trial t = {.name = route->name};
	char why[160] = "";
	uv_loop_t loop;
	int rc;

	uv_loop_init(&loop);
	needs.loop = &loop;
	if ((rc = channel_open(&t.channel, &needs, route, &events, &t, why)) != 0) {
		uv_loop_close(&loop);
		return cli_fail(CLI_FAILED, "%s: %s", route->name,
				why[0] != '\0' ? why : uv_strerror(rc));
	}
	uv_timer_init(&loop, &t.deadline);
	t.deadline.data = &t;
	uv_timer_start(&t.deadline, on_deadline, TRY_MS, 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	if (!t.up)
		return cli_fail(CLI_FAILED, "%s does not open: %s", route->name,
				t.reason[0] != '\0' ? t.reason : "no answer in 20 seconds");
	if (route->type == CONFIG_ROUTE_SMPP)
		printf("%s: bound to %s:%d as %s, and unbound again. Nothing was sent.\n",
		       route->name, route->smpp.host, route->smpp.port, route->smpp.system_id);
	else
		printf("%s: %s can be written.\n", route->name, route->path);
	return CLI_DONE;
}

int
cli_routes_test(const struct cli_call *call)
{
	struct client *client;
	struct config *config;
	int status = client_open(&client, call->home), i;

	if (status != CLI_DONE)
		return status;
	if ((status = client_config(client, &config)) != CLI_DONE)
		goto out;
	if ((i = config_route_index(config, call->argv[0])) < 0) {
		status =
		    cli_fail(CLI_REFUSED, "there is no route `%s` in dunlin.yaml", call->argv[0]);
	} else if (client_serving(client)) {
		status = cli_fail(CLI_REFUSED,
				  "the daemon holds the routes: `dunlin routes` shows how %s "
				  "does, or stop it to try the route alone",
				  call->argv[0]);
	} else {
		status = try_route(config, &config->routes[i]);
	}
out:
	client_close(client);
	return status;
}
