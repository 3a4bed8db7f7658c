/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/log.h"
#include "core/base/time.h"
#include "tests/unit/base.h"

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum
{
  THREADS = 4,
  LINES = 500,
  ALL_LINES = THREADS * LINES
};

/* What was written to a temporary file, in static storage. */
static const char *
content (FILE *file)
{
  static char text[1 << 20];
  rewind (file);
  size_t length = fread (text, 1, sizeof text - 1, file);
  text[length] = '\0';
  return text;
}

START_TEST (text_lines)
{
  FILE *file = tmpfile ();
  struct sf_log *log = sf_log_new ();
  ck_assert_int_eq (sf_log_add_sink (log, fileno (file), SF_LOG_TEXT, SF_LOG_INFO), 0);
  int64_t before_s = (int64_t) time (NULL);
  sf_log_write (log, SF_LOG_DEBUG, "cma_bst", "unseen");
  sf_log_write (log, SF_LOG_WARNING, "cma_bst", "line %d:\nforged\x1b[2J", 7);
  sf_log_write (log, SF_LOG_ERROR, NULL, "台风");
  int64_t after_s = (int64_t) time (NULL);
  int year, month, day, hour, minute, second, used = 0;
  const char *text = content (file);
  ck_assert_int_eq (
      sscanf (text, "%d-%d-%d, Beijing time (UTC+8)\n%d:%d:%d %n", &year, &month, &day, &hour, &minute, &second, &used),
      6);
  ck_assert_int_gt (used, 0);
  struct sf_civil civil = { year, month, day, hour, minute, second };
  int64_t shown_s = 0;
  ck_done (sf_time_from_civil (&civil, SF_BEIJING_OFFSET_S, &shown_s, err));
  ck_assert (shown_s >= before_s && shown_s <= after_s);
  ck_assert_ptr_eq (strstr (text, "warning cma_bst: line 7:\\nforged\\x1b[2J\n"), text + used);
  ck_assert_ptr_nonnull (strstr (text, " error -: 台风\n"));
  ck_assert_ptr_null (strstr (text, "unseen"));
  sf_log_free (log);
  fclose (file);
}
END_TEST

START_TEST (json_lines)
{
  FILE *file = tmpfile ();
  struct sf_log *log = sf_log_new ();
  ck_assert_int_eq (sf_log_add_sink (log, fileno (file), SF_LOG_JSON, SF_LOG_DEBUG), 0);
  int64_t before_s = (int64_t) time (NULL), time_s = 0;
  sf_log_write (log, SF_LOG_DEBUG, "spool", "\"quoted\"\n%s", "台风");
  json_t *object = json_loads (content (file), JSON_REJECT_DUPLICATES, NULL);
  ck_assert_ptr_nonnull (object);
  ck_assert_str_eq (json_string_value (json_object_get (object, "level")), "debug");
  ck_assert_str_eq (json_string_value (json_object_get (object, "component")), "spool");
  ck_assert_str_eq (json_string_value (json_object_get (object, "message")), "\"quoted\"\n台风");
  const char *stamp = json_string_value (json_object_get (object, "time"));
  ck_done (sf_time_parse_iso (stamp, SF_TIME_NO_DEFAULT, &time_s, err));
  ck_assert (time_s >= before_s && time_s <= before_s + 5);
  json_decref (object);
  sf_log_free (log);
  fclose (file);
}
END_TEST

START_TEST (long_messages_end_at_a_character)
{
  FILE *file = tmpfile ();
  struct sf_log *log = sf_log_new ();
  char message[6001] = "";
  for (size_t i = 0; i < 2000; i++)
    memcpy (message + 3 * i, "台", 4);
  sf_log_add_sink (log, fileno (file), SF_LOG_JSON, SF_LOG_DEBUG);
  sf_log_write (log, SF_LOG_INFO, "x", "%s", message);
  json_t *object = json_loads (content (file), 0, NULL);
  const char *cut = json_string_value (json_object_get (object, "message"));
  ck_assert_uint_eq (strlen (cut), 4095);
  ck_assert_ptr_null (strstr (cut, "\uFFFD"));
  json_decref (object);
  sf_log_free (log);
  fclose (file);
}
END_TEST

START_TEST (sinks_and_counts)
{
  struct sf_log *log = sf_log_new ();
  FILE *files[4];
  for (int i = 0; i < 4; i++)
    {
      files[i] = tmpfile ();
      ck_assert_int_eq (sf_log_add_sink (log, fileno (files[i]), SF_LOG_JSON, (enum sf_log_level) i), 0);
    }
  ck_assert_int_eq (sf_log_add_sink (log, 2, SF_LOG_TEXT, SF_LOG_DEBUG), -1);
  for (int level = 0; level < 4; level++)
    for (int n = 0; n <= level; n++)
      sf_log_write (log, (enum sf_log_level) level, "x", "m");
  for (int i = 0; i < 4; i++)
    {
      int lines = 0;
      for (const char *c = content (files[i]); *c; c++)
        lines += *c == '\n';
      ck_assert_int_eq (lines, 10 - i * (i + 1) / 2);
      ck_assert_int_eq (sf_log_count (log, (enum sf_log_level) i), i + 1);
      fclose (files[i]);
    }
  sf_log_free (log);
  sf_log_write (NULL, SF_LOG_ERROR, "x", "nobody");
  ck_assert_int_eq (sf_log_count (NULL, SF_LOG_ERROR), 0);
  sf_log_free (NULL);
}
END_TEST

static void *
write_many (void *ctx)
{
  for (int i = 0; i < LINES; i++)
    sf_log_write (ctx, SF_LOG_INFO, "thread", "%0200d", i);
  return NULL;
}

START_TEST (lines_of_threads_stay_whole)
{
  FILE *file = tmpfile ();
  struct sf_log *log = sf_log_new ();
  pthread_t threads[THREADS];
  sf_log_add_sink (log, fileno (file), SF_LOG_JSON, SF_LOG_DEBUG);
  for (int i = 0; i < THREADS; i++)
    ck_assert_int_eq (pthread_create (&threads[i], NULL, write_many, log), 0);
  for (int i = 0; i < THREADS; i++)
    pthread_join (threads[i], NULL);
  char line[1000];
  int lines = 0;
  rewind (file);
  for (; fgets (line, sizeof line, file); lines++)
    {
      json_t *object = json_loads (line, 0, NULL);
      ck_assert_msg (object != NULL, "%s", line);
      json_decref (object);
    }
  ck_assert_int_eq (lines, ALL_LINES);
  ck_assert_int_eq (sf_log_count (log, SF_LOG_INFO), ALL_LINES);
  sf_log_free (log);
  fclose (file);
}
END_TEST

START_TEST (memory_out)
{
  sf_mem_fail_at (1, 1);
  struct sf_log *none = sf_log_new ();
  sf_mem_fail_at (0, 0);
  ck_assert_ptr_null (none);
  FILE *file = tmpfile ();
  struct sf_log *log = sf_log_new ();
  sf_log_add_sink (log, fileno (file), SF_LOG_TEXT, SF_LOG_DEBUG);
  sf_mem_fail_at (1, 1);
  sf_log_write (log, SF_LOG_INFO, "x", "dropped");
  sf_mem_fail_at (0, 0);
  sf_log_write (log, SF_LOG_INFO, "x", "written");
  ck_assert_ptr_null (strstr (content (file), "dropped"));
  ck_assert_ptr_nonnull (strstr (content (file), "Beijing time (UTC+8)\n"));
  ck_assert_ptr_nonnull (strstr (content (file), "written\n"));
  ck_assert_int_eq (sf_log_count (log, SF_LOG_INFO), 2);
  sf_log_free (log);
  fclose (file);
}
END_TEST

int
main (void)
{
  const TTest *const tests[]
      = { text_lines, json_lines, long_messages_end_at_a_character, sinks_and_counts, lines_of_threads_stay_whole,
          memory_out, NULL };
  return run_tests ("log", tests);
}
