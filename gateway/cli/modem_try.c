#include "modem_try.h"

#include "gateway/base/clock.h"

#include <stdio.h>
#include <string.h>

struct modem_try_loop {
	uv_loop_t loop;
	uv_timer_t deadline;
	struct modem_try *all;
	size_t n, open;
	unsigned report_ms;
	bool closing;
};

static void on_deadline(uv_timer_t *timer);

static void
on_closed(void *ctx)
{
	struct modem_try *t = ctx;

	t->modem = NULL;
	if (--t->loop->open == 0)
		uv_close((uv_handle_t *)&t->loop->deadline, NULL);
}

static void
shut(struct modem_try *t)
{
	if (t->closing || t->modem == NULL)
		return;
	t->closing = true;
	t->info = *modem_info(t->modem);
	modem_close(t->modem, 2000, on_closed, t);
}

/* All have come to rest: nothing more is waited for. */
static void
finish(struct modem_try_loop *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (!l->all[i].done)
			return;
	on_deadline(&l->deadline);
}

static void
rest(struct modem_try *t)
{
	if (!t->done) {
		t->done = true;
		t->info = *modem_info(t->modem);
	}
	finish(t->loop);
}

static void
on_deadline(uv_timer_t *timer)
{
	struct modem_try_loop *l = timer->data;

	if (l->closing)
		return;
	l->closing = true;
	for (size_t i = 0; i < l->n; i++)
		shut(&l->all[i]);
}

static void
send_text(struct modem_try *t)
{
	struct sms_options options = {.plain = SMS_GSM7, .max_parts = 1};
	static struct sms_parts parts; /* of one command, on one thread */
	struct modem_submit s = {.cookie = 1, .pdu = {.number = t->to, .report = true}};

	if (sms_split(t->text, strlen(t->text), &options, 0, &parts) != 0 || t->may(t->ctx) != 0) {
		t->refused = true;
		rest(t);
		return;
	}
	s.pdu.encoding = parts.encoding;
	s.pdu.data = parts.octets;
	s.pdu.len = parts.part[0].len;
	if (modem_submit(t->modem, &s) != 0) {
		t->refused = true;
		rest(t);
		return;
	}
	t->to = NULL;
	uv_timer_start(&t->loop->deadline, on_deadline, 130000, 0);
}

static void
on_state(void *ctx, const struct modem_info *info)
{
	struct modem_try *t = ctx;

	if (t->closing)
		return;
	if (info->state == MODEM_READY && t->to != NULL)
		send_text(t);
	else if (info->state == MODEM_READY && t->text == NULL)
		rest(t);
	else if (info->state == MODEM_ASIDE || info->state == MODEM_LOST)
		rest(t);
}

/* Nobody else waits for this report. */
static void
reported(struct modem_try *t)
{
	t->reported = true;
	modem_confirm(t->modem, t->early);
	rest(t);
}

static void
on_answer(void *ctx, const struct modem_answer *a)
{
	struct modem_try *t = ctx;

	t->answered = true;
	t->answer = *a;
	snprintf(t->why, sizeof t->why, "%s", a->why);
	t->answer.why = t->why;
	if (t->closing)
		return;
	if (a->outcome != MODEM_ACCEPTED || modem_info(t->modem)->reports == MODEM_REPORTS_NONE)
		rest(t);
	else if (t->early.n != 0 && t->reference == a->reference)
		reported(t);
	else
		uv_timer_start(&t->loop->deadline, on_deadline, t->loop->report_ms, 0);
}

static void
on_incoming(void *ctx, const struct modem_incoming *in)
{
	struct modem_try *t = ctx;

	if (t->closing || in->pdu == NULL || in->pdu->kind != PDU_REPORT || t->text == NULL ||
	    pdu_fate(in->pdu->status) == PDU_PENDING)
		return;
	if (t->answered && in->pdu->reference != t->answer.reference)
		return;
	/* It may be faster than the answer that says which it belongs to. */
	t->status = in->pdu->status;
	t->reference = in->pdu->reference;
	t->early = in->token;
	if (t->answered)
		reported(t);
}

static void
on_pin(void *ctx, const struct modem_info *info)
{
	struct modem_try *t = ctx;
	char key[32] = "";

	if (info->identity.iccid[0] != '\0')
		snprintf(key, sizeof key, "%s", info->identity.iccid);
	else if (info->identity.imei[0] != '\0')
		snprintf(key, sizeof key, "e%s", info->identity.imei);
	modem_pin(t->modem, t->pin != NULL && key[0] != '\0' && info->pin_left != 1
				? t->pin(t->ctx, key)
				: NULL);
}

static void
on_said(void *ctx, char direction, const char *text)
{
	struct modem_try *t = ctx;

	if (t->recorder != NULL)
		recorder_add(t->recorder, clock_system(), direction, text);
}

static const struct modem_events events = {.state = on_state,
					   .pin = on_pin,
					   .answer = on_answer,
					   .incoming = on_incoming,
					   .said = on_said};

int
modem_try_run(struct modem_try *all, size_t n, unsigned ms, unsigned report_ms)
{
	struct modem_try_loop l = {.all = all, .n = n, .report_ms = report_ms};

	uv_loop_init(&l.loop);
	uv_timer_init(&l.loop, &l.deadline);
	l.deadline.data = &l;
	uv_timer_start(&l.deadline, on_deadline, ms, 0);
	for (size_t i = 0; i < n; i++) {
		struct modem_config config = {
		    .path = all[i].path, .vid = all[i].vid, .pid = all[i].pid};

		all[i].loop = &l;
		all[i].recorder = recorder_new();
		if (modem_open(&all[i].modem, &l.loop, &config, &events, &all[i]) == 0)
			l.open++;
		else
			all[i].done = true;
	}
	if (l.open == 0)
		uv_close((uv_handle_t *)&l.deadline, NULL);
	uv_run(&l.loop, UV_RUN_DEFAULT);
	return uv_loop_close(&l.loop);
}
