/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_CLI_NOTIFY_H
#define SF_CORE_CLI_NOTIFY_H

#include <stdint.h>

/* Tell systemd of the state of the service (sd_notify(3)): datagrams to the socket that NOTIFY_SOCKET names; without it,
   nothing happens. Any thread. */
void sf_notify_ready (void);
void sf_notify_reloading (void);
void sf_notify_stopping (void);
void sf_notify_alive (void);
/* How often sf_notify_alive is due, by WATCHDOG_USEC and WATCHDOG_PID: half of what systemd waits; 0: never. */
int64_t sf_notify_alive_every_ms (void);

#endif
