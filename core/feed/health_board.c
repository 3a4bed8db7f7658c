/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/health_private.h"

#include "core/base/time.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What a clock may be off before a time is taken for one that lies in the future. */
enum
{
  CLOCK_SLACK_S = 600,
  DAY_S = 86400,
  MINUTE_S = 60
};

static const struct
{
  const char *en, *zh;
} STATES[]
    = { { "never", "从未收到" }, { "fresh", "正常" }, { "late", "迟到" }, { "silent", "中断" }, { "failing", "故障" } };

const char *
sf_feed_state_name (enum sf_feed_state state, int zh)
{
  return (unsigned) state >= SF_FEED_STATES ? "?" : zh ? STATES[state].zh : STATES[state].en;
}

bool
sf_health_is_alive (const struct sf_health_board *board, int64_t now_s)
{
  int64_t age_s = now_s - board->written_s;
  return board->ingest_pid != 0 && !board->ingest_gone && board->written_s != SF_TIME_MISSING
         && age_s <= SF_HEALTH_DEAD_S && age_s >= -CLOCK_SLACK_S;
}

int64_t
sf_feed_age_s (const struct sf_feed_health *health, int64_t now_s)
{
  int64_t newest_s = health->newest_valid_s;
  if (newest_s == SF_TIME_MISSING || newest_s > now_s + CLOCK_SLACK_S)
    newest_s = health->last_content_s;
  if (newest_s == SF_TIME_MISSING)
    return -1;
  return newest_s < now_s ? now_s - newest_s : 0;
}

enum sf_feed_state
sf_feed_state_at (const struct sf_health_board *board, const struct sf_feed_health *health, int64_t now_s)
{
  int64_t age_s = sf_feed_age_s (health, now_s);
  if (!sf_health_is_alive (board, now_s))
    return SF_FEED_SILENT;
  /* Whoever was killed before the board was written has data of feeds that it never told to have heard. */
  if (health->last_heard_s == SF_TIME_MISSING && health->newest_valid_s == SF_TIME_MISSING)
    return health->alarms_count > 0 ? SF_FEED_FAILING : SF_FEED_NEVER;
  bool has_cadence = health->cadence_s > 0;
  if (has_cadence && (age_s < 0 || age_s > health->cadence_s + 2 * health->lateness_s))
    return SF_FEED_SILENT;
  if (health->alarms_count > 0)
    return SF_FEED_FAILING;
  return has_cadence && age_s > health->cadence_s + health->lateness_s ? SF_FEED_LATE : SF_FEED_FRESH;
}

void
sf_feed_count_states (const struct sf_health_board *board, int64_t now_s, long counts[SF_FEED_STATES])
{
  memset (counts, 0, SF_FEED_STATES * sizeof *counts);
  for (size_t i = 0; i < board->feeds_count; i++)
    counts[sf_feed_state_at (board, &board->feeds[i], now_s)]++;
}

static bool
has_minute (const struct sf_health_hour *hours, int64_t minute)
{
  int64_t hour = minute < 0 ? 0 : minute / 60;
  const struct sf_health_hour *at = &hours[hour % SF_HEALTH_HOURS];
  return minute >= 0 && at->hour == hour && at->minutes >> (minute % 60) & 1;
}

double
sf_health_missing_share (const struct sf_feed_health *health, const struct sf_health_hour *hours, int64_t now_s)
{
  int64_t slot_s = health->cadence_s > MINUTE_S ? health->cadence_s : MINUTE_S;
  int64_t lateness_s = health->lateness_s < DAY_S / 2 ? health->lateness_s : DAY_S / 2;
  int64_t end_s = now_s - lateness_s, begin_s = end_s - DAY_S;
  if (health->cadence_s <= 0 || health->cadence_s > DAY_S || health->since_s == SF_TIME_MISSING)
    return NAN;
  begin_s = health->since_s > begin_s ? health->since_s : begin_s;
  int64_t first = begin_s / slot_s + 1, last = end_s / slot_s - 1;
  long due = 0, got = 0;
  for (int64_t slot = first; slot <= last; slot++)
    {
      bool found = false;
      for (int64_t m = slot * slot_s / MINUTE_S; m < (slot + 1) * slot_s / MINUTE_S && !found; m++)
        found = has_minute (hours, m);
      due++;
      got += found;
    }
  return due > 0 ? 1 - (double) got / (double) due : NAN;
}

/* --- for programs --- */

void
sf_health_put_alarms (struct sf_json *json, const struct sf_feed_alarm *alarms, size_t count,
                      const struct sf_health_time_form *form)
{
  sf_json_key (json, "alarms");
  sf_json_begin_array (json);
  for (size_t i = 0; i < count; i++)
    {
      sf_json_begin_object (json);
      sf_json_put_string (json, "name", alarms[i].name);
      if (form->has_titles)
        {
          sf_json_put_string (json, "title_en", sf_health_alarm_title (alarms[i].name, 0));
          sf_json_put_string (json, "title_zh", sf_health_alarm_title (alarms[i].name, 1));
        }
      sf_json_put_string (json, "text", alarms[i].text);
      form->put (json, form->since_key, alarms[i].since_s);
      sf_json_end_object (json);
    }
  sf_json_end_array (json);
}

void
sf_health_put_titles (struct sf_json *json, const struct sf_feed_health *health)
{
  sf_json_put_string (json, "title_en", health->title_en);
  sf_json_put_string (json, "title_zh", health->title_zh);
  sf_json_put_string (json, "department_en", health->department_en);
  sf_json_put_string (json, "department_zh", health->department_zh);
}

static const struct sf_health_time_form TIMES = { "since", sf_json_put_time, true };

static void
put_counters (struct sf_json *json, const char *key, const struct sf_feed_counter *counters, size_t count)
{
  sf_json_key (json, key);
  sf_json_begin_object (json);
  for (size_t i = 0; i < count; i++)
    sf_json_put_int (json, counters[i].name, counters[i].count);
  sf_json_end_object (json);
}

const char *
sf_health_moment_name (size_t index, char name[SF_HEALTH_KEY_BYTES])
{
  snprintf (name, SF_HEALTH_KEY_BYTES, "%.*s", (int) strlen (sf_health_numbers[index].key) - 2,
            sf_health_numbers[index].key);
  return name;
}

static void
put_numbers (struct sf_json *json, const struct sf_feed_health *health)
{
  char name[SF_HEALTH_KEY_BYTES];
  for (size_t i = 0; i < sf_health_numbers_count; i++)
    if (sf_health_numbers[i].is_time)
      sf_json_put_time (json, sf_health_moment_name (i, name), *sf_health_number_at (health, i));
    else
      sf_json_put_int (json, sf_health_numbers[i].key, *sf_health_number_at (health, i));
  sf_json_put_double (json, "delay_s", health->delay_s);
  sf_json_put_double (json, "missing_share", health->missing_share);
}

/* How many rejects are of a class; 0 for one that an earlier reason has told of. */
static int64_t
count_class (const struct sf_feed_health *health, const struct sf_vocabulary *vocabulary, size_t index)
{
  const struct sf_reason_class *wanted = sf_vocabulary_reason (vocabulary, health->reasons[index].name);
  int64_t count = 0;
  for (size_t i = 0; i < health->reasons_count; i++)
    if (sf_vocabulary_reason (vocabulary, health->reasons[i].name) == wanted)
      {
        if (i < index)
          return 0;
        count += health->reasons[i].count;
      }
  return count;
}

static void
put_classes (struct sf_json *json, const struct sf_feed_health *health, const struct sf_vocabulary *vocabulary)
{
  sf_json_key (json, "reason_classes");
  sf_json_begin_array (json);
  for (size_t i = 0; i < health->reasons_count; i++)
    {
      const struct sf_reason_class *is = sf_vocabulary_reason (vocabulary, health->reasons[i].name);
      int64_t count = count_class (health, vocabulary, i);
      if (!count)
        continue;
      sf_json_begin_object (json);
      sf_json_put_string (json, "class", is->name);
      sf_json_put_string (json, "title_en", is->title_en);
      sf_json_put_string (json, "title_zh", is->title_zh);
      sf_json_put_int (json, "count", count);
      sf_json_end_object (json);
    }
  sf_json_end_array (json);
}

static void
put_feed (struct sf_json *json, const struct sf_health_board *board, const struct sf_feed_health *health,
          const struct sf_vocabulary *vocabulary, int64_t now_s)
{
  enum sf_feed_state state = sf_feed_state_at (board, health, now_s);
  int64_t age_s = sf_feed_age_s (health, now_s);
  sf_json_begin_object (json);
  sf_json_put_string (json, "feed", health->feed);
  sf_json_put_string (json, "state", sf_feed_state_name (state, 0));
  sf_json_put_string (json, "state_zh", sf_feed_state_name (state, 1));
  sf_json_key (json, "age_s");
  if (age_s < 0)
    sf_json_null (json);
  else
    sf_json_int (json, age_s);
  sf_health_put_titles (json, health);
  put_numbers (json, health);
  put_counters (json, "reasons", health->reasons, health->reasons_count);
  put_classes (json, health, vocabulary);
  put_counters (json, "counters", health->counters, health->counters_count);
  sf_health_put_alarms (json, health->alarms, health->alarms_count, &TIMES);
  sf_json_end_object (json);
}

void
sf_health_format_json (const struct sf_health_board *board, const struct sf_vocabulary *vocabulary, int64_t now_s,
                       struct sf_strbuf *out)
{
  struct sf_json json = { .out = out, .indent = 2 };
  long counts[SF_FEED_STATES];
  sf_feed_count_states (board, now_s, counts);
  sf_json_begin_object (&json);
  sf_json_put_time (&json, "now", now_s);
  sf_json_put_time (&json, "written", board->written_s);
  sf_json_put_bool (&json, "ingest_alive", sf_health_is_alive (board, now_s));
  sf_json_key (&json, "states");
  sf_json_begin_object (&json);
  for (int i = 0; i < SF_FEED_STATES; i++)
    sf_json_put_int (&json, sf_feed_state_name ((enum sf_feed_state) i, 0), counts[i]);
  sf_json_end_object (&json);
  sf_health_put_alarms (&json, board->alarms, board->alarms_count, &TIMES);
  sf_json_key (&json, "feeds");
  sf_json_begin_array (&json);
  for (size_t i = 0; i < board->feeds_count; i++)
    put_feed (&json, board, &board->feeds[i], vocabulary, now_s);
  sf_json_end_array (&json);
  sf_json_end_object (&json);
  sf_strbuf_add (out, "\n");
}
