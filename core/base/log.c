/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/log.h"

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/base/time.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum
{
  SINKS = 4,
  LEVELS = SF_LOG_ERROR + 1,
  MESSAGE_BYTES = 4096,
  DAY_S = 86400
};

struct sink
{
  int fd;
  enum sf_log_form form;
  enum sf_log_level level;
  int64_t day; /* Beijing day whose date the sink has shown */
};

struct sf_log
{
  pthread_mutex_t mutex; /* guards the sinks and line */
  struct sink sinks[SINKS];
  int sinks_count;
  struct sf_strbuf line;
  atomic_long counts[LEVELS];
};

struct sf_log *
sf_log_new (void)
{
  struct sf_log *log = sf_mem_calloc (1, sizeof *log);
  if (log && pthread_mutex_init (&log->mutex, NULL) != 0)
    {
      sf_mem_free (log);
      return NULL;
    }
  return log;
}

void
sf_log_free (struct sf_log *log)
{
  if (!log)
    return;
  pthread_mutex_destroy (&log->mutex);
  sf_strbuf_finish (&log->line);
  sf_mem_free (log);
}

int
sf_log_add_sink (struct sf_log *log, int fd, enum sf_log_form form, enum sf_log_level level)
{
  int result = -1;
  pthread_mutex_lock (&log->mutex);
  if (log->sinks_count < SINKS)
    {
      log->sinks[log->sinks_count++] = (struct sink){ .fd = fd, .form = form, .level = level, .day = INT64_MIN };
      result = 0;
    }
  pthread_mutex_unlock (&log->mutex);
  return result;
}

static const char *
level_name (enum sf_log_level level)
{
  static const char *const names[LEVELS] = { "debug", "info", "warning", "error" };
  return names[level];
}

static void
format_json (struct sf_strbuf *line, int64_t now_s, enum sf_log_level level, const char *component, const char *message)
{
  struct sf_json json = { .out = line };
  sf_json_begin_object (&json);
  sf_json_put_time (&json, "time", now_s);
  sf_json_put_string (&json, "level", level_name (level));
  sf_json_put_string (&json, "component", component);
  sf_json_put_string (&json, "message", message);
  sf_json_end_object (&json);
  sf_strbuf_add (line, "\n");
}

/* Control characters are written as \n or \x1b, so that no message from a feed forges a line or drives a
   terminal. */
static void
add_printable (struct sf_strbuf *line, const char *text)
{
  for (; *text; text++)
    {
      unsigned char c = (unsigned char) *text;
      if (c == '\n')
        sf_strbuf_add (line, "\\n");
      else if (c < 0x20 || c == 0x7F)
        sf_strbuf_addf (line, "\\x%02x", c);
      else
        sf_strbuf_add_bytes (line, text, 1);
    }
}

static int64_t
beijing_day (int64_t time_s)
{
  return (time_s + SF_BEIJING_OFFSET_S) / DAY_S;
}

/* The first line, and the first of each day, tells the date and the zone. */
static void
format_text (struct sf_strbuf *line, const struct sink *sink, int64_t now_s, enum sf_log_level level,
             const char *component, const char *message)
{
  struct sf_civil civil = sf_time_to_civil (now_s, SF_BEIJING_OFFSET_S);
  if (beijing_day (now_s) != sink->day)
    sf_strbuf_addf (line, "%04d-%02d-%02d, Beijing time (UTC+8)\n", civil.year, civil.month, civil.day);
  sf_strbuf_addf (line, "%02d:%02d:%02d %s ", civil.hour, civil.minute, civil.second, level_name (level));
  add_printable (line, component);
  sf_strbuf_add (line, ": ");
  add_printable (line, message);
  sf_strbuf_add (line, "\n");
}

/* A log that cannot be written has nowhere to complain: what does not go out is dropped. */
static void
write_line (int fd, const char *text, size_t length)
{
  while (length)
    {
      ssize_t n = write (fd, text, length);
      if (n < 0 && errno != EINTR)
        return;
      if (n > 0)
        {
          text += n;
          length -= (size_t) n;
        }
    }
}

void
sf_log_vwrite (struct sf_log *log, enum sf_log_level level, const char *component, const char *format, va_list args)
{
  if (!log)
    return;
  char message[MESSAGE_BYTES];
  int64_t now_s = (int64_t) time (NULL);
  int length = vsnprintf (message, sizeof message, format, args);
  if (length >= (int) sizeof message)
    message[sf_text_utf8_prefix ((const uint8_t *) message, sizeof message - 1)] = '\0';
  atomic_fetch_add (&log->counts[level], 1);
  pthread_mutex_lock (&log->mutex);
  for (struct sink *sink = log->sinks; sink < log->sinks + log->sinks_count; sink++)
    {
      if (level < sink->level)
        continue;
      sf_strbuf_reset (&log->line);
      if (sink->form == SF_LOG_JSON)
        format_json (&log->line, now_s, level, component ? component : "-", message);
      else
        format_text (&log->line, sink, now_s, level, component ? component : "-", message);
      if (log->line.failed)
        continue;
      write_line (sink->fd, log->line.text, log->line.length);
      sink->day = beijing_day (now_s);
    }
  pthread_mutex_unlock (&log->mutex);
}

void
sf_log_write (struct sf_log *log, enum sf_log_level level, const char *component, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  sf_log_vwrite (log, level, component, format, args);
  va_end (args);
}

long
sf_log_count (const struct sf_log *log, enum sf_log_level level)
{
  return log ? atomic_load (&log->counts[level]) : 0;
}
