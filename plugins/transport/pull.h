/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_TRANSPORT_PULL_H
#define PLUGINS_TRANSPORT_PULL_H

#include "core/plugin/plugin.h"

/* What the transports that fetch have in common. */

/* An alarm of the board that is raised when its text changes and ended once. Zero-initialise, set name. */
struct pull_alarm
{
  const char *name;
  char text[256]; /* "": it does not stand */
};

void pull_alarm_raise (struct pull_alarm *alarm, const struct sf_inlet *inlet, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));
void pull_alarm_end (struct pull_alarm *alarm, const struct sf_inlet *inlet);

#endif
