#include "channel_pool.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TICK_MS   1000
#define LIST_MS   30000 /* what is plugged in is listed anew, notice or not */
#define SETTLE_MS 1500  /* after a notice: all ports of a stick are there by then */
#define PORTS     64

struct stick *
pool_stick_new(struct pool *p, const char *path)
{
	struct stick *st = calloc(1, sizeof *st), **end = &p->sticks;

	if (st == NULL || (st->recorder = recorder_new()) == NULL) {
		free(st);
		return NULL;
	}
	st->pool = p;
	st->vid = st->pid = -1;
	st->out_since = uv_now(p->loop);
	snprintf(st->path, sizeof st->path, "%s", path);
	snprintf(st->info.reason, sizeof st->info.reason, "not opened yet");
	uv_timer_init(p->loop, &st->timer);
	st->timer.data = st;
	p->handles++;
	while (*end != NULL)
		end = &(*end)->next;
	*end = st;
	return st;
}

static struct stick *
stick_at(struct pool *p, const char *path)
{
	for (struct stick *st = p->sticks; st != NULL; st = st->next)
		if (strcmp(st->path, path) == 0)
			return st;
	return NULL;
}

/* USB ports alone: what hangs on others is not ours to talk to unless the lender says so. */
static void
list_ports(struct pool *p)
{
	static struct serial_port port[PORTS]; /* loop thread only */
	int n = serial_list(port, PORTS);

	for (struct stick *st = p->sticks; st != NULL; st = st->next)
		st->listed = false;
	for (int i = 0; i < n; i++) {
		struct stick *st;

		if (port[i].vid < 0)
			continue;
		if ((st = stick_at(p, port[i].path)) == NULL &&
		    (st = pool_stick_new(p, port[i].path)) == NULL)
			return;
		st->listed = true;
		st->vid = port[i].vid;
		st->pid = port[i].pid;
		snprintf(st->usb, sizeof st->usb, "%s", port[i].usb);
	}
}

/* One port of a stick at a time: the one that answers stays, the others are let be. */
static bool
hole_taken(const struct stick *st)
{
	for (const struct stick *other = st->pool->sticks; other != NULL; other = other->next)
		if (other != st && other->modem != NULL && st->usb[0] != '\0' &&
		    strcmp(other->usb, st->usb) == 0)
			return true;
	return false;
}

void
pool_ports_look(struct pool *p)
{
	uint64_t now = uv_now(p->loop);

	if (p->route->modem.n_ports == 0 && now >= p->list_at) {
		list_ports(p);
		p->list_at = now + LIST_MS;
	}
	for (struct stick *st = p->sticks; st != NULL; st = st->next) {
		if (st->modem != NULL || !st->listed || now < st->open_at || hole_taken(st))
			continue;
		if (access(st->path, F_OK) == 0) {
			stick_open(st);
		} else {
			st->info.state = MODEM_LOST;
			snprintf(st->info.reason, sizeof st->info.reason,
				 "there is no such port: is the stick plugged in?");
		}
	}
}

static void
on_tick(uv_timer_t *timer)
{
	struct pool *p = timer->data;

	if (p->closing)
		return;
	pool_ports_look(p);
	for (struct stick *st = p->sticks; st != NULL; st = st->next) {
		if (st->close_at != 0 && uv_now(p->loop) >= st->close_at)
			stick_shut(st, 0);
		stick_ask_balance(st);
		if (st->rest_until != 0 && uv_now(p->loop) >= st->rest_until) {
			st->rest_until = 0;
			p->base.events->room(p->base.ctx);
		}
	}
	pool_look_at_sims(p);
	pool_judge(p);
}

static void
on_dev(uv_fs_event_t *event, const char *name, int events, int status)
{
	struct pool *p = event->data;

	(void)events;
	if (status == 0 && (name == NULL || strncmp(name, "tty", 3) == 0))
		p->list_at = uv_now(p->loop) + SETTLE_MS;
}

int
pool_ports_open(struct pool *p)
{
	const struct config_modem *m = &p->route->modem;

	uv_timer_init(p->loop, &p->tick);
	uv_fs_event_init(p->loop, &p->dev);
	p->tick.data = p->dev.data = p;
	p->handles += 2;
	for (size_t i = 0; i < m->n_ports; i++) {
		struct stick *st = pool_stick_new(p, m->ports[i]);

		if (st != NULL)
			st->listed = true;
	}
	if (m->n_ports == 0) /* without it the timer alone looks */
		uv_fs_event_start(&p->dev, on_dev, "/dev", 0);
	return uv_timer_start(&p->tick, on_tick, 0, TICK_MS);
}
