/* What systemd is told: ready, reloading, stopping, alive. A datagram to a
 * socket that the environment names, and nothing when it names none. */
#ifndef HOUSE_NOTIFY_H
#define HOUSE_NOTIFY_H

#include <liftd/plugin.h>

/* Sends `STATE`, several lines of VAR=value, if somebody listens. Waits for at
 * most a second when the listener has a full queue. */
void notify_send(const char *state);

/* Likewise without any waiting: for what is sent again and again. */
void notify_beat(const char *state);

/* `READY=1` with a status line. */
void notify_ready(const char *status);

/* `RELOADING=1` with the monotonic time, as newer systemds want it. */
void notify_reloading(void);

/* `STOPPING=1`. */
void notify_stopping(void);

/* How often `WATCHDOG=1` must be sent, in microseconds; 0 when nobody watches
 * this process. */
int64_t notify_watchdog(void);

#endif
