/* notify.h - tells systemd how the daemon is (sd_notify(3)), when NOTIFY_SOCKET names its socket
 *
 * One datagram each; without the variable nothing happens.  Never blocks, never fails.
 */
#ifndef GATEWAY_NOTIFY_H
#define GATEWAY_NOTIFY_H

void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);

#endif
