/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/health_private.h"

#include "core/base/file.h"
#include "core/base/time.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum
{
  WRITE_MS = 1000,
  CLOCK_SLACK_S = 600,
  DELAY_MAX_S = 31 * 86400, /* a time further back tells of a wrong clock or an archive, not of the way */
  NAME_BYTES = 200,
  TEXT_BYTES = 400
};

struct sf_health
{
  char *path;
  struct sf_health_entry **entries;
  size_t count, last; /* last: where the last event's feed was found */
  struct sf_health_gone gone;
  struct sf_feed_alarm alarms[SF_HEALTH_ALARMS];
  size_t alarms_count;
  int64_t written_ms;
  bool was_written;
};

static const char *const OTHER = "other";
static const char *const OTHERS = "and_others";

/* --- texts: all of an entry's own are from here --- */

/* At most so many bytes, cut at a whole character; NULL for NULL or when memory is out. */
static char *
own (const char *text, size_t bytes_max)
{
  char *copy = text ? sf_mem_alloc (bytes_max + 1) : NULL;
  if (!copy)
    return NULL;
  snprintf (copy, bytes_max + 1, "%s", text);
  copy[sf_text_utf8_prefix ((const uint8_t *) copy, strlen (copy))] = '\0';
  return copy;
}

static void
disown (const char *text)
{
  sf_mem_free ((void *) (uintptr_t) text);
}

static void
free_alarms (struct sf_feed_alarm *alarms, size_t count)
{
  for (size_t i = 0; i < count; i++)
    {
      disown (alarms[i].name);
      disown (alarms[i].text);
    }
}

static void
free_titles (struct sf_feed_health *shown)
{
  disown (shown->title_en);
  disown (shown->title_zh);
  disown (shown->department_en);
  disown (shown->department_zh);
}

static void
free_entry (struct sf_health_entry *entry)
{
  if (!entry)
    return;
  for (size_t i = 0; i < entry->shown.reasons_count; i++)
    disown (entry->reasons[i].name);
  for (size_t i = 0; i < entry->shown.counters_count; i++)
    disown (entry->counters[i].name);
  free_alarms (entry->alarms, entry->shown.alarms_count);
  free_titles (&entry->shown);
  disown (entry->shown.feed);
  sf_mem_free (entry);
}

static struct sf_health_entry *
new_entry (const char *feed)
{
  struct sf_health_entry *entry = sf_mem_calloc (1, sizeof *entry);
  if (!entry)
    return NULL;
  entry->shown = (struct sf_feed_health){ .feed = own (feed, NAME_BYTES),
                                          .since_s = SF_TIME_MISSING,
                                          .last_heard_s = SF_TIME_MISSING,
                                          .last_content_s = SF_TIME_MISSING,
                                          .newest_valid_s = SF_TIME_MISSING,
                                          .delay_s = NAN,
                                          .missing_share = NAN };
  entry->shown.reasons = entry->reasons;
  entry->shown.counters = entry->counters;
  entry->shown.alarms = entry->alarms;
  if (!entry->shown.feed)
    {
      free_entry (entry);
      return NULL;
    }
  return entry;
}

/* --- named counts and alarms --- */

static void
count_named (struct sf_feed_counter *counters, size_t *count, size_t max, const char *name, int64_t more)
{
  for (size_t i = 0; i < *count; i++)
    if (strncmp (counters[i].name, name, NAME_BYTES) == 0)
      {
        counters[i].count += more;
        return;
      }
  char *copy = *count < max ? own (name, NAME_BYTES) : NULL;
  if (copy)
    counters[(*count)++] = (struct sf_feed_counter){ copy, more };
}

/* The most frequent reasons have names; what finds no place counts as "other", which stands last. */
static void
count_reason (struct sf_health_entry *entry, const char *text, int64_t more)
{
  struct sf_feed_health *shown = &entry->shown;
  char reason[NAME_BYTES];
  sf_health_classify (text, reason, sizeof reason);
  size_t before = shown->reasons_count, at = 0;
  bool room = before < SF_HEALTH_REASONS;
  bool known = false;
  for (size_t i = 0; i < before; i++)
    known |= strncmp (entry->reasons[i].name, reason, NAME_BYTES) == 0;
  count_named (entry->reasons, &shown->reasons_count, SF_HEALTH_REASONS + 1, room || known ? reason : OTHER, more);
  while (at < shown->reasons_count && strcmp (entry->reasons[at].name, room || known ? reason : OTHER) != 0)
    at++;
  for (; at > 0 && at < shown->reasons_count && strcmp (entry->reasons[at].name, OTHER) != 0
         && entry->reasons[at - 1].count < entry->reasons[at].count;
       at--)
    {
      struct sf_feed_counter swap = entry->reasons[at];
      entry->reasons[at] = entry->reasons[at - 1];
      entry->reasons[at - 1] = swap;
    }
}

static void
end_alarm (struct sf_feed_alarm *alarms, size_t *count, const char *name)
{
  for (size_t i = 0; i < *count; i++)
    if (strcmp (alarms[i].name, name) == 0)
      {
        free_alarms (&alarms[i], 1);
        memmove (&alarms[i], &alarms[i + 1], (*count - i - 1) * sizeof *alarms);
        (*count)--;
        return;
      }
}

static void
raise_alarm (struct sf_feed_alarm *alarms, size_t *count, const char *name, const char *text, int64_t now_s)
{
  size_t i = 0;
  while (i < *count && strcmp (alarms[i].name, name) != 0)
    i++;
  if (i == *count && *count == SF_HEALTH_ALARMS - 1 && strcmp (name, OTHERS) != 0)
    {
      raise_alarm (alarms, count, OTHERS, "more alarms than the board holds", now_s);
      return;
    }
  if (i >= SF_HEALTH_ALARMS)
    return;
  char *copy = own (text, TEXT_BYTES), *own_name = i == *count ? own (name, NAME_BYTES) : NULL;
  if (!copy || (i == *count && !own_name))
    {
      sf_mem_free (copy);
      sf_mem_free (own_name);
      return;
    }
  if (i < *count)
    disown (alarms[i].text);
  else
    alarms[(*count)++] = (struct sf_feed_alarm){ .name = own_name, .since_s = now_s };
  alarms[i].text = copy;
}

static void
set_alarm (struct sf_feed_alarm *alarms, size_t *count, const char *name, const char *text, int64_t now_s)
{
  if (text)
    raise_alarm (alarms, count, name, text, now_s);
  else
    end_alarm (alarms, count, name);
}

/* --- opening --- */

/* A copy that owns its texts. */
static struct sf_health_entry *
adopt_entry (const struct sf_health_entry *read)
{
  struct sf_health_entry *entry = new_entry (read->shown.feed);
  if (!entry)
    return NULL;
  const char *feed = entry->shown.feed;
  entry->shown = read->shown;
  entry->shown.feed = feed;
  entry->shown.title_en = entry->shown.title_zh = entry->shown.department_en = entry->shown.department_zh = NULL;
  entry->shown.reasons = entry->reasons;
  entry->shown.counters = entry->counters;
  entry->shown.alarms = entry->alarms;
  entry->shown.reasons_count = entry->shown.counters_count = entry->shown.alarms_count = 0;
  memcpy (entry->recent, read->recent, sizeof entry->recent);
  memcpy (entry->hours, read->hours, sizeof entry->hours);
  for (size_t i = 0; i < read->shown.reasons_count; i++)
    count_named (entry->reasons, &entry->shown.reasons_count, SF_HEALTH_REASONS + 1, read->reasons[i].name,
                 read->reasons[i].count);
  for (size_t i = 0; i < read->shown.counters_count; i++)
    count_named (entry->counters, &entry->shown.counters_count, SF_HEALTH_COUNTERS, read->counters[i].name,
                 read->counters[i].count);
  return entry;
}

/* Alarms are not taken over: who raised them died, and raises them again where they still stand. */
static enum sf_code
go_on_from_file (struct sf_health *health, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_health_board board;
  struct sf_health_entry *read = NULL;
  struct sf_health_gone gone;
  enum sf_code code = sf_health_parse_file (&arena, health->path, &board, &read, &gone, err);
  if (code == SF_OK)
    {
      health->entries = sf_mem_calloc (board.feeds_count + 1, sizeof *health->entries);
      if (!health->entries)
        code = sf_fail (err, SF_ENOMEM, "%s: out of memory", health->path);
    }
  for (size_t i = 0; code == SF_OK && i < board.feeds_count; i++)
    {
      health->entries[health->count] = adopt_entry (&read[i]);
      if (health->entries[health->count])
        health->count++;
      else
        code = sf_fail (err, SF_ENOMEM, "%s: out of memory", health->path);
    }
  for (size_t i = 0; code == SF_OK && i < gone.count; i++)
    {
      health->gone.entries[health->gone.count] = adopt_entry (gone.entries[i]);
      if (health->gone.entries[health->gone.count])
        health->gone.count++;
      else
        code = sf_fail (err, SF_ENOMEM, "%s: out of memory", health->path);
    }
  sf_arena_finish (&arena);
  return code;
}

static enum sf_code
put_aside (struct sf_health *health, const char *why, struct sf_error *err)
{
  char *bad = sf_mem_printf ("%s.bad", health->path);
  enum sf_code code = SF_OK;
  if (!bad)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", health->path);
  if (rename (health->path, bad) != 0)
    code = sf_fail (err, SF_EIO, "%s: cannot be moved aside: %m", health->path);
  else
    set_alarm (health->alarms, &health->alarms_count, "board_lost", why, SF_TIME_MISSING);
  sf_mem_free (bad);
  return code;
}

enum sf_code
sf_health_open (const char *dir, struct sf_health **ret_health, struct sf_error *err)
{
  struct sf_health *health = sf_mem_calloc (1, sizeof *health);
  enum sf_code code = SF_OK;
  if (!health || !(health->path = sf_mem_printf ("%s/health.json", dir)))
    code = sf_fail (err, SF_ENOMEM, "%s: out of memory", dir);
  if (code == SF_OK)
    code = sf_file_make_folder (dir, err);
  if (code == SF_OK && sf_file_exists (health->path))
    {
      struct sf_error why = { 0 };
      code = go_on_from_file (health, &why);
      if (code == SF_EFORMAT || code == SF_ERANGE)
        code = put_aside (health, why.message, err);
      else if (code != SF_OK)
        code = sf_fail (err, code, "%s", why.message);
    }
  if (code == SF_OK)
    *ret_health = health;
  else
    sf_health_close (health, SF_TIME_MISSING);
  return code;
}

static void
free_entries (struct sf_health *health)
{
  for (size_t i = 0; i < health->count; i++)
    free_entry (health->entries[i]);
  sf_mem_free (health->entries);
  health->entries = NULL;
  health->count = 0;
}

/* --- feeds --- */

static struct sf_health_entry *
find_entry (struct sf_health *health, const char *feed)
{
  if (health->last < health->count && strcmp (health->entries[health->last]->shown.feed, feed) == 0)
    return health->entries[health->last];
  for (size_t i = 0; i < health->count; i++)
    if (strcmp (health->entries[i]->shown.feed, feed) == 0)
      {
        health->last = i;
        return health->entries[i];
      }
  return NULL;
}

static enum sf_code
describe (struct sf_health_entry *entry, const struct sf_feed *feed, struct sf_error *err)
{
  const char *const from[4] = { feed->title_en, feed->title_zh, feed->department_en, feed->department_zh };
  char *texts[4] = { 0 };
  bool good = true;
  for (int i = 0; i < 4; i++)
    {
      texts[i] = own (from[i], TEXT_BYTES);
      good &= texts[i] || !from[i];
    }
  if (!good)
    {
      for (int i = 0; i < 4; i++)
        sf_mem_free (texts[i]);
      return sf_fail (err, SF_ENOMEM, "%s: out of memory for the health board", feed->name);
    }
  free_titles (&entry->shown);
  entry->shown.title_en = texts[0];
  entry->shown.title_zh = texts[1];
  entry->shown.department_en = texts[2];
  entry->shown.department_zh = texts[3];
  entry->shown.cadence_s = feed->cadence_s;
  entry->shown.lateness_s = feed->lateness_s;
  return SF_OK;
}

static struct sf_health_entry *
find_gone (const struct sf_health *health, const char *feed)
{
  for (size_t i = 0; i < health->gone.count; i++)
    if (strcmp (health->gone.entries[i]->shown.feed, feed) == 0)
      return health->gone.entries[i];
  return NULL;
}

static void
leave_gone (struct sf_health_gone *gone, size_t index)
{
  gone->count--;
  memmove (gone->entries + index, gone->entries + index + 1, (gone->count - index) * sizeof *gone->entries);
}

/* Take a feed's entry out of those that are there or gone. */
static struct sf_health_entry *
take_entry (struct sf_health *health, const char *feed)
{
  struct sf_health_entry *entry = NULL;
  for (size_t i = 0; i < health->count && !entry; i++)
    if (health->entries[i] && strcmp (health->entries[i]->shown.feed, feed) == 0)
      {
        entry = health->entries[i];
        health->entries[i] = NULL;
      }
  for (size_t i = 0; i < health->gone.count && !entry; i++)
    if (strcmp (health->gone.entries[i]->shown.feed, feed) == 0)
      {
        entry = health->gone.entries[i];
        leave_gone (&health->gone, i);
      }
  return entry;
}

/* Keep what it counted. Who raises alarms raises them again when it comes back. */
static void
retire (struct sf_health_gone *gone, struct sf_health_entry *entry)
{
  free_alarms (entry->alarms, entry->shown.alarms_count);
  entry->shown.alarms_count = 0;
  entry->shown.queue_messages = 0;
  if (gone->count == SF_HEALTH_GONE)
    {
      free_entry (gone->entries[0]);
      leave_gone (gone, 0);
    }
  gone->entries[gone->count++] = entry;
}

static struct sf_health_entry *
find_anywhere (struct sf_health *health, const char *feed)
{
  struct sf_health_entry *entry = find_entry (health, feed);
  return entry ? entry : find_gone (health, feed);
}

enum sf_code
sf_health_set_feeds (struct sf_health *health, const struct sf_feed *const *feeds, size_t count, struct sf_error *err)
{
  struct sf_health_entry **entries = sf_mem_calloc (count + 1, sizeof *entries);
  enum sf_code code = entries ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for the health board");
  for (size_t i = 0; i < count && code == SF_OK; i++)
    {
      if (!find_anywhere (health, feeds[i]->name) && !(entries[i] = new_entry (feeds[i]->name)))
        code = sf_fail (err, SF_ENOMEM, "%s: out of memory for the health board", feeds[i]->name);
    }
  for (size_t i = 0; i < count && code == SF_OK; i++)
    code = describe (entries[i] ? entries[i] : find_anywhere (health, feeds[i]->name), feeds[i], err);
  if (code != SF_OK)
    {
      for (size_t i = 0; entries && i < count; i++)
        free_entry (entries[i]);
      sf_mem_free (entries);
      return code;
    }
  /* From here on nothing fails: the old ones that go on move over, the others go. */
  for (size_t i = 0; i < count; i++)
    if (!entries[i])
      entries[i] = take_entry (health, feeds[i]->name);
  for (size_t i = 0; i < health->count; i++)
    if (health->entries[i])
      retire (&health->gone, health->entries[i]);
  sf_mem_free (health->entries);
  health->entries = entries;
  health->count = count;
  health->last = 0;
  return SF_OK;
}

/* --- events --- */

/* Note a message's digest; true when one of the last few had it. */
static bool
is_repeat (struct sf_health_entry *entry, const struct sf_key *sha256)
{
  uint64_t digest;
  memcpy (&digest, sha256->bytes, sizeof digest);
  for (int i = 0; i < SF_HEALTH_RECENT; i++)
    if (entry->recent[i] == digest)
      return true;
  entry->recent[entry->recent_next] = digest;
  entry->recent_next = (entry->recent_next + 1) % SF_HEALTH_RECENT;
  return false;
}

void
sf_health_message (struct sf_health *health, const char *feed, int64_t now_s, const struct sf_key *sha256,
                   size_t length, bool duplicate)
{
  struct sf_health_entry *entry = find_entry (health, feed);
  if (!entry)
    return;
  struct sf_feed_health *shown = &entry->shown;
  shown->messages++;
  shown->bytes += (int64_t) length;
  shown->last_heard_s = now_s;
  if (shown->since_s == SF_TIME_MISSING)
    shown->since_s = now_s;
  if (duplicate)
    shown->duplicates++;
  else if (sha256 && is_repeat (entry, sha256))
    shown->repeats++;
  else
    shown->last_content_s = now_s;
}

static void
note_newest (struct sf_feed_health *shown, int64_t valid_s)
{
  bool in_future = shown->last_heard_s != SF_TIME_MISSING && valid_s > shown->last_heard_s + CLOCK_SLACK_S;
  if (valid_s != SF_TIME_MISSING && !in_future && valid_s > shown->newest_valid_s)
    shown->newest_valid_s = valid_s;
}

void
sf_health_records (struct sf_health *health, const char *feed, long records, int64_t newest_valid_s,
                   const struct sf_quality_counts *counts)
{
  struct sf_health_entry *entry = find_entry (health, feed);
  if (!entry)
    return;
  struct sf_feed_health *shown = &entry->shown;
  shown->records += records;
  note_newest (shown, newest_valid_s);
  if (!counts)
    return;
  shown->late += counts->late;
  shown->out_of_order += counts->out_of_order;
  shown->out_of_area += counts->out_of_area;
  shown->missing += counts->missing;
  shown->future += counts->future;
  shown->doubtful += counts->doubtful;
  shown->unreliable += counts->unreliable;
}

void
sf_health_reject (struct sf_health *health, const char *feed, const char *reason, long count)
{
  struct sf_health_entry *entry = find_entry (health, feed);
  if (!entry)
    return;
  entry->shown.rejects += count;
  count_reason (entry, reason, count);
}

void
sf_health_poison (struct sf_health *health, const char *feed, const char *reason)
{
  struct sf_health_entry *entry = find_entry (health, feed);
  if (!entry)
    return;
  entry->shown.poison++;
  count_reason (entry, reason, 1);
}

void
sf_health_stored (struct sf_health *health, const char *feed, int64_t valid_s, int64_t now_s)
{
  struct sf_health_entry *entry = find_entry (health, feed);
  if (!entry || valid_s == SF_TIME_MISSING || valid_s < 0)
    return;
  struct sf_health_hour *hour = &entry->hours[valid_s / 3600 % SF_HEALTH_HOURS];
  if (hour->hour < valid_s / 3600 && valid_s <= now_s + CLOCK_SLACK_S)
    *hour = (struct sf_health_hour){ .hour = valid_s / 3600 };
  if (hour->hour == valid_s / 3600)
    hour->minutes |= UINT64_C (1) << (valid_s / 60 % 60);
  if (valid_s > now_s + CLOCK_SLACK_S || now_s - valid_s > DELAY_MAX_S)
    return;
  double delay_s = now_s > valid_s ? (double) (now_s - valid_s) : 0;
  double old_s = entry->shown.delay_s;
  entry->shown.delay_s = isnan (old_s) ? delay_s : old_s + (delay_s - old_s) / 8;
}

void
sf_health_queue (struct sf_health *health, const char *feed, int64_t messages)
{
  struct sf_health_entry *entry = find_entry (health, feed);
  if (entry)
    entry->shown.queue_messages = messages;
}

void
sf_health_count (struct sf_health *health, const char *feed, const char *name, long more)
{
  struct sf_health_entry *entry = find_entry (health, feed);
  if (entry)
    count_named (entry->counters, &entry->shown.counters_count, SF_HEALTH_COUNTERS, name, more);
}

void
sf_health_alarm (struct sf_health *health, const char *feed, const char *name, const char *text, int64_t now_s)
{
  struct sf_health_entry *entry = feed ? find_entry (health, feed) : NULL;
  if (!feed)
    set_alarm (health->alarms, &health->alarms_count, name, text, now_s);
  else if (entry)
    set_alarm (entry->alarms, &entry->shown.alarms_count, name, text, now_s);
}

/* --- writing --- */

static enum sf_code
write_board (struct sf_health *health, int64_t now_s, int pid, struct sf_error *err)
{
  struct sf_strbuf text = { 0 };
  const struct sf_health_board board = { .written_s = now_s,
                                         .ingest_pid = pid,
                                         .alarms = health->alarms,
                                         .alarms_count = health->alarms_count,
                                         .feeds_count = health->count };
  sf_health_put_file (&board, (const struct sf_health_entry *const *) health->entries, &health->gone, &text);
  enum sf_code code = text.failed ? sf_fail (err, SF_ENOMEM, "%s: out of memory", health->path)
                                  : sf_file_write (health->path, text.text, text.length, err);
  sf_strbuf_finish (&text);
  return code;
}

enum sf_code
sf_health_write (struct sf_health *health, int64_t now_s, int64_t now_ms, bool force, struct sf_error *err)
{
  if (!force && health->was_written && now_ms - health->written_ms < WRITE_MS)
    return SF_OK;
  for (size_t i = 0; i < health->count; i++)
    if (health->entries[i]->shown.since_s == SF_TIME_MISSING)
      health->entries[i]->shown.since_s = now_s;
  health->was_written = true;
  health->written_ms = now_ms;
  return write_board (health, now_s, (int) getpid (), err);
}

void
sf_health_close (struct sf_health *health, int64_t now_s)
{
  if (!health)
    return;
  if (now_s != SF_TIME_MISSING)
    write_board (health, now_s, 0, NULL);
  free_entries (health);
  for (size_t i = 0; i < health->gone.count; i++)
    free_entry (health->gone.entries[i]);
  free_alarms (health->alarms, health->alarms_count);
  sf_mem_free (health->path);
  sf_mem_free (health);
}
