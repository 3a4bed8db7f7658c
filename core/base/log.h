/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_BASE_LOG_H
#define SF_CORE_BASE_LOG_H

#include <stdarg.h>
#include <stdbool.h>

enum sf_log_level
{
  SF_LOG_DEBUG,
  SF_LOG_INFO,
  SF_LOG_WARNING,
  SF_LOG_ERROR
};

enum sf_log_form
{
  SF_LOG_TEXT, /* "14:00:05 warning cma_bst: text" in Beijing time of the wall clock, zone in the first line */
  SF_LOG_JSON  /* one object a line: time (UTC), level, component, message */
};

/* A log with up to four sinks (file descriptors), safe to write from any thread, each line written whole. */
struct sf_log *sf_log_new (void);
void sf_log_free (struct sf_log *log);
/* Add a sink: lines of at least level go to fd, which stays the caller's. Returns 0, or -1 when all four are taken. */
int sf_log_add_sink (struct sf_log *log, int fd, enum sf_log_form form, enum sf_log_level level);
/* log may be NULL: then nothing is written. */
void sf_log_write (struct sf_log *log, enum sf_log_level level, const char *component, const char *format, ...)
    __attribute__ ((format (printf, 4, 5)));
void sf_log_vwrite (struct sf_log *log, enum sf_log_level level, const char *component, const char *format,
                    va_list args);
/* How many lines of each level were written so far, for summaries. */
long sf_log_count (const struct sf_log *log, enum sf_log_level level);

#endif
