/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/pull.h"

#include "core/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
pull_alarm_raise (struct pull_alarm *alarm, const struct sf_inlet *inlet, const char *format, ...)
{
  char text[sizeof alarm->text];
  va_list args;
  va_start (args, format);
  vsnprintf (text, sizeof text, format, args);
  va_end (args);
  text[sf_text_utf8_prefix ((const uint8_t *) text, strlen (text))] = '\0';
  if (!strcmp (text, alarm->text))
    return;
  memcpy (alarm->text, text, sizeof text);
  inlet->trouble (inlet->ctx, alarm->name, alarm->text);
}

void
pull_alarm_end (struct pull_alarm *alarm, const struct sf_inlet *inlet)
{
  if (!alarm->text[0])
    return;
  alarm->text[0] = '\0';
  inlet->trouble (inlet->ctx, alarm->name, NULL);
}
