/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/notify.h"

#include "core/base/text.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* A name that begins with '@' is of Linux's abstract space. */
static void
say (const char *text)
{
  const char *path = getenv ("NOTIFY_SOCKET");
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  size_t length = path ? strlen (path) : 0;
  if (length < 2 || length >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@'))
    return;
  memcpy (address.sun_path, path, length);
  if (path[0] == '@')
    address.sun_path[0] = '\0';
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return;
  socklen_t size = (socklen_t) (offsetof (struct sockaddr_un, sun_path) + length);
  sendto (fd, text, strlen (text), MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *) &address, size);
  close (fd);
}

void
sf_notify_ready (void)
{
  say ("READY=1");
}

void
sf_notify_reloading (void)
{
  struct timespec now;
  char text[80];
  clock_gettime (CLOCK_MONOTONIC, &now);
  snprintf (text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
            (int64_t) now.tv_sec * 1000000 + now.tv_nsec / 1000);
  say (text);
}

void
sf_notify_stopping (void)
{
  say ("STOPPING=1");
}

void
sf_notify_alive (void)
{
  say ("WATCHDOG=1");
}

int64_t
sf_notify_alive_every_ms (void)
{
  const char *every = getenv ("WATCHDOG_USEC"), *process = getenv ("WATCHDOG_PID");
  int64_t every_us = 0, pid = 0;
  if (!every || !sf_text_parse_int (sf_span_of (every), &every_us) || every_us <= 0)
    return 0;
  if (process && sf_text_parse_int (sf_span_of (process), &pid) && pid != getpid ())
    return 0;
  return every_us / 2000 > 0 ? every_us / 2000 : 1;
}
