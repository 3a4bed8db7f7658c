/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/health_private.h"

#include "core/base/file.h"
#include "core/base/time.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum
{
  FORM = 1,
  FILE_BYTES_MAX = 64 << 20,
  FEEDS_MAX = 10000
};

#define NUMBER(name, help)                                                                                             \
  {                                                                                                                    \
#name, offsetof(struct sf_feed_health, name), false, help                                                          \
  }
#define MOMENT(name, help)                                                                                             \
  {                                                                                                                    \
#name, offsetof(struct sf_feed_health, name), true, help                                                           \
  }

const struct sf_health_number sf_health_numbers[] = {
  NUMBER (cadence_s, NULL),
  NUMBER (lateness_s, NULL),
  MOMENT (since_s, NULL),
  MOMENT (last_heard_s, "When the last message came."),
  MOMENT (last_content_s, "When the last message with new bytes came."),
  MOMENT (newest_valid_s, "What time the newest record is valid for."),
  NUMBER (messages, "Messages received."),
  NUMBER (bytes, "Bytes received."),
  NUMBER (duplicates, "Messages dropped because their identity was known."),
  NUMBER (repeats, "Messages with the bytes of one of the last few."),
  NUMBER (records, "Records that the decoder gave."),
  NUMBER (rejects, "Pieces refused."),
  NUMBER (late, "Records later than cadence and lateness allow."),
  NUMBER (out_of_order, "Records older than their series."),
  NUMBER (out_of_area, "Records outside the area or on the wrong side of the coast."),
  NUMBER (missing, "Records without a value."),
  NUMBER (future, "Records valid after they were received."),
  NUMBER (doubtful, "Records found doubtful."),
  NUMBER (unreliable, "Records found unreliable."),
  NUMBER (poison, "Messages that killed or hung their decoder."),
  NUMBER (queue_messages, NULL),
};
const size_t sf_health_numbers_count = sizeof sf_health_numbers / sizeof *sf_health_numbers;

/* --- writing --- */

static void
put_counters (struct sf_json *json, const char *key, const struct sf_feed_counter *counters, size_t count)
{
  sf_json_key (json, key);
  sf_json_begin_array (json);
  for (size_t i = 0; i < count; i++)
    {
      sf_json_begin_array (json);
      sf_json_string (json, counters[i].name);
      sf_json_int (json, counters[i].count);
      sf_json_end_array (json);
    }
  sf_json_end_array (json);
}

static void
put_seconds (struct sf_json *json, const char *key, int64_t value)
{
  sf_json_key (json, key);
  if (value == SF_TIME_MISSING)
    sf_json_null (json);
  else
    sf_json_int (json, value);
}

static const struct sf_health_time_form SECONDS = { "since_s", put_seconds, false };

/* Digests and minutes as hexadecimal texts: JSON's numbers hold 53 bits. */
static void
put_memory (struct sf_json *json, const struct sf_health_entry *entry)
{
  char text[64];
  sf_json_key (json, "recent");
  sf_json_begin_array (json);
  for (int i = 0; i < SF_HEALTH_RECENT; i++)
    {
      snprintf (text, sizeof text, "%016" PRIx64, entry->recent[(entry->recent_next + i) % SF_HEALTH_RECENT]);
      sf_json_string (json, text);
    }
  sf_json_end_array (json);
  sf_json_key (json, "hours");
  sf_json_begin_array (json);
  for (int i = 0; i < SF_HEALTH_HOURS; i++)
    if (entry->hours[i].minutes)
      {
        snprintf (text, sizeof text, "%" PRId64 ":%015" PRIx64, entry->hours[i].hour, entry->hours[i].minutes);
        sf_json_string (json, text);
      }
  sf_json_end_array (json);
}

static void
put_entry (struct sf_json *json, const struct sf_health_entry *entry)
{
  const struct sf_feed_health *shown = &entry->shown;
  sf_json_begin_object (json);
  sf_json_put_string (json, "feed", shown->feed);
  sf_health_put_titles (json, shown);
  for (size_t i = 0; i < sf_health_numbers_count; i++)
    put_seconds (json, sf_health_numbers[i].key, *sf_health_number_at (shown, i));
  sf_json_put_double (json, "delay_s", shown->delay_s);
  put_counters (json, "reasons", shown->reasons, shown->reasons_count);
  put_counters (json, "counters", shown->counters, shown->counters_count);
  sf_health_put_alarms (json, shown->alarms, shown->alarms_count, &SECONDS);
  put_memory (json, entry);
  sf_json_end_object (json);
}

static void
put_entries (struct sf_json *json, const char *key, const struct sf_health_entry *const *entries, size_t count)
{
  sf_json_key (json, key);
  sf_json_begin_array (json);
  for (size_t i = 0; i < count; i++)
    {
      sf_strbuf_add (json->out, "\n");
      put_entry (json, entries[i]);
    }
  sf_json_end_array (json);
}

void
sf_health_put_file (const struct sf_health_board *board, const struct sf_health_entry *const *entries,
                    const struct sf_health_gone *gone, struct sf_strbuf *out)
{
  struct sf_json json = { .out = out };
  sf_json_begin_object (&json);
  sf_json_put_int (&json, "form", FORM);
  put_seconds (&json, "written_s", board->written_s);
  sf_json_put_int (&json, "ingest_pid", board->ingest_pid);
  sf_health_put_alarms (&json, board->alarms, board->alarms_count, &SECONDS);
  put_entries (&json, "feeds", entries, board->feeds_count);
  put_entries (&json, "gone", (const struct sf_health_entry *const *) gone->entries, gone->count);
  sf_json_end_object (&json);
  sf_strbuf_add (out, "\n");
}

/* --- reading --- */

struct reading
{
  struct sf_arena *arena;
  bool failed; /* memory was out */
};

static const char *
text_of (struct reading *reading, const json_t *owner, const char *key)
{
  const char *text = json_string_value (json_object_get (owner, key));
  if (!text)
    return NULL;
  char *copy = sf_arena_strdup (reading->arena, text);
  reading->failed |= !copy;
  return copy;
}

static int64_t
seconds_of (const json_t *owner, const char *key)
{
  const json_t *value = json_object_get (owner, key);
  return json_is_integer (value) ? (int64_t) json_integer_value (value) : SF_TIME_MISSING;
}

static size_t
take_counters (struct reading *reading, const json_t *owner, const char *key, struct sf_feed_counter *counters,
               size_t max)
{
  const json_t *list = json_object_get (owner, key);
  size_t count = 0;
  for (size_t i = 0; i < json_array_size (list) && count < max; i++)
    {
      const json_t *pair = json_array_get (list, i);
      const char *name = json_string_value (json_array_get (pair, 0));
      if (!name)
        continue;
      counters[count].name = sf_arena_strdup (reading->arena, name);
      counters[count].count = (int64_t) json_integer_value (json_array_get (pair, 1));
      reading->failed |= !counters[count++].name;
    }
  return count;
}

static size_t
take_alarms (struct reading *reading, const json_t *owner, struct sf_feed_alarm *alarms, size_t max)
{
  const json_t *list = json_object_get (owner, "alarms");
  size_t count = 0;
  for (size_t i = 0; i < json_array_size (list) && count < max; i++)
    {
      const json_t *item = json_array_get (list, i);
      struct sf_feed_alarm *alarm = &alarms[count];
      *alarm = (struct sf_feed_alarm){ text_of (reading, item, "name"), text_of (reading, item, "text"),
                                       seconds_of (item, "since_s") };
      count += alarm->name && alarm->text;
    }
  return count;
}

static void
take_memory (const json_t *owner, struct sf_health_entry *entry)
{
  const json_t *recent = json_object_get (owner, "recent"), *hours = json_object_get (owner, "hours");
  for (size_t i = 0; i < json_array_size (recent) && i < SF_HEALTH_RECENT; i++)
    {
      const char *text = json_string_value (json_array_get (recent, i));
      if (text)
        sscanf (text, "%16" SCNx64, &entry->recent[i]);
    }
  for (size_t i = 0; i < json_array_size (hours) && i < SF_HEALTH_HOURS; i++)
    {
      const char *text = json_string_value (json_array_get (hours, i));
      struct sf_health_hour hour;
      if (text && sscanf (text, "%15" SCNd64 ":%15" SCNx64, &hour.hour, &hour.minutes) == 2 && hour.hour >= 0)
        entry->hours[hour.hour % SF_HEALTH_HOURS] = hour;
    }
}

static void
take_entry (struct reading *reading, const json_t *item, struct sf_health_entry *entry)
{
  struct sf_feed_health *shown = &entry->shown;
  shown->feed = text_of (reading, item, "feed");
  shown->title_en = text_of (reading, item, "title_en");
  shown->title_zh = text_of (reading, item, "title_zh");
  shown->department_en = text_of (reading, item, "department_en");
  shown->department_zh = text_of (reading, item, "department_zh");
  for (size_t i = 0; i < sf_health_numbers_count; i++)
    {
      int64_t value = seconds_of (item, sf_health_numbers[i].key);
      *sf_health_number_at (shown, i) = value == SF_TIME_MISSING && !sf_health_numbers[i].is_time ? 0 : value;
    }
  const json_t *delay = json_object_get (item, "delay_s");
  shown->delay_s = json_is_number (delay) ? json_number_value (delay) : NAN;
  shown->reasons = entry->reasons;
  shown->reasons_count = take_counters (reading, item, "reasons", entry->reasons, SF_HEALTH_REASONS + 1);
  shown->counters = entry->counters;
  shown->counters_count = take_counters (reading, item, "counters", entry->counters, SF_HEALTH_COUNTERS);
  shown->alarms = entry->alarms;
  shown->alarms_count = take_alarms (reading, item, entry->alarms, SF_HEALTH_ALARMS);
  take_memory (item, entry);
}

static enum sf_code
take_board (struct reading *reading, const json_t *root, const char *path, struct sf_health_board *board,
            struct sf_health_entry **ret_entries, struct sf_error *err)
{
  const json_t *feeds = json_object_get (root, "feeds");
  size_t count = json_array_size (feeds);
  if (json_integer_value (json_object_get (root, "form")) != FORM || count > FEEDS_MAX)
    return sf_fail (err, SF_EFORMAT, "%s: is no health board of form %d", path, FORM);
  struct sf_health_entry *entries = sf_arena_calloc (reading->arena, count + 1, sizeof *entries);
  *board
      = (struct sf_health_board){ .written_s = seconds_of (root, "written_s"),
                                  .ingest_pid = (int) json_integer_value (json_object_get (root, "ingest_pid")),
                                  .alarms = sf_arena_calloc (reading->arena, SF_HEALTH_ALARMS, sizeof *board->alarms),
                                  .feeds = sf_arena_calloc (reading->arena, count + 1, sizeof *board->feeds) };
  if (!entries || !board->alarms || !board->feeds)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", path);
  board->alarms_count = take_alarms (reading, root, board->alarms, SF_HEALTH_ALARMS);
  for (size_t i = 0; i < count; i++)
    {
      struct sf_health_entry *entry = &entries[board->feeds_count];
      take_entry (reading, json_array_get (feeds, i), entry);
      if (!entry->shown.feed)
        continue;
      entry->shown.missing_share = sf_health_missing_share (&entry->shown, entry->hours, board->written_s);
      board->feeds[board->feeds_count++] = entry->shown;
    }
  *ret_entries = entries;
  return reading->failed ? sf_fail (err, SF_ENOMEM, "%s: out of memory", path) : SF_OK;
}

static enum sf_code
take_gone (struct reading *reading, const json_t *root, const char *path, struct sf_health_gone *gone,
           struct sf_error *err)
{
  const json_t *list = json_object_get (root, "gone");
  gone->count = 0;
  for (size_t i = 0; i < json_array_size (list) && gone->count < SF_HEALTH_GONE; i++)
    {
      struct sf_health_entry *entry = sf_arena_calloc (reading->arena, 1, sizeof *entry);
      if (!entry)
        return sf_fail (err, SF_ENOMEM, "%s: out of memory", path);
      take_entry (reading, json_array_get (list, i), entry);
      if (entry->shown.feed)
        gone->entries[gone->count++] = entry;
    }
  return reading->failed ? sf_fail (err, SF_ENOMEM, "%s: out of memory", path) : SF_OK;
}

enum sf_code
sf_health_parse_file (struct sf_arena *arena, const char *path, struct sf_health_board *ret_board,
                      struct sf_health_entry **ret_entries, struct sf_health_gone *ret_gone, struct sf_error *err)
{
  struct sf_arena file = { 0 };
  struct reading reading = { .arena = arena };
  struct sf_health_entry *entries = NULL;
  uint8_t *bytes = NULL;
  size_t length = 0;
  json_error_t why;
  json_t *root = NULL;
  enum sf_code code = sf_file_read (&file, path, FILE_BYTES_MAX, &bytes, &length, err);
  if (code != SF_OK)
    goto out;
  root = json_loadb ((const char *) bytes, length, JSON_REJECT_DUPLICATES, &why);
  if (root)
    code = take_board (&reading, root, path, ret_board, &entries, err);
  else
    code = sf_fail (err, SF_EFORMAT, "%s:%d:%d: %s", path, why.line, why.column, why.text);
  if (code == SF_OK && ret_gone)
    code = take_gone (&reading, root, path, ret_gone, err);
  if (code == SF_OK && ret_entries)
    *ret_entries = entries;

out:
  json_decref (root);
  sf_arena_finish (&file);
  return code;
}

/* By the lock, which ends with the process, also with one that its parent has not waited for; a number alone may be that of
   another one. A board without a lock beside it, or without locks on its file system, has only the number. */
static bool
is_gone (const char *lock_path, int pid)
{
  int fd = open (lock_path, O_RDONLY | O_CLOEXEC);
  bool is_free = fd >= 0 && flock (fd, LOCK_SH | LOCK_NB) == 0;
  bool is_held = fd >= 0 && !is_free && errno == EWOULDBLOCK;
  if (fd >= 0)
    close (fd);
  return is_free || (!is_held && kill (pid, 0) != 0 && errno == ESRCH);
}

enum sf_code
sf_health_load (struct sf_arena *arena, const char *dir, struct sf_health_board *ret_board, struct sf_error *err)
{
  const char *path = sf_file_join (arena, dir, "health.json"), *lock_path = sf_file_join (arena, dir, "ingest.lock");
  if (!path || !lock_path)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  if (!sf_file_exists (path))
    return sf_fail (err, SF_ENOTFOUND, "%s: there is no health board; did ingest ever run here? (sanfang serve)", path);
  SF_TRY (sf_health_parse_file (arena, path, ret_board, NULL, NULL, err));
  ret_board->ingest_gone = ret_board->ingest_pid > 0 && is_gone (lock_path, ret_board->ingest_pid);
  return SF_OK;
}
