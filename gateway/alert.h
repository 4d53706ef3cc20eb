/* alert.h - a text to the owner when something needs a person
 *
 * Class `alert`, to alerts.to: a route down for ten minutes, a modem out for as long, a SIM's
 * balance low, the daily digest at alerts.daily. Each
 * cause at most once an hour; also when `live` is false; exempt from windows and caps.
 *
 * Thread: the loop's.
 */
#ifndef GATEWAY_ALERT_H
#define GATEWAY_ALERT_H

#include "gateway/base/clock.h"
#include "gateway/config/config.h"
#include "gateway/send/channel.h"
#include "store/writer.h"

struct alert;
typedef void alert_queued(void *ctx); /* there is an alert to send */
typedef void alert_closed(void *ctx);

int alert_open(struct alert **out, uv_loop_t *loop, struct writer *writer,
	       const struct clock *clock, alert_queued *queued, void *ctx);
void alert_use(struct alert *a, struct config *config);

/* A route went up or down; ten minutes of real time down make an alert. */
void alert_route(struct alert *a, const char *route, bool up, const char *reason);

/* A modem is out or back, or a balance was read: logged, and what needs a person is told. */
void alert_modem(struct alert *a, const char *route, const struct channel_notice *notice);

void alert_close(struct alert *a, alert_closed *closed);

#endif
