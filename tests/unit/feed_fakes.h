/* SPDX-License-Identifier: Apache-2.0 */
/* A store and cages of a few lines, which take the place of the library's in a test program: they fail, hang and poison when
   the test says so. The store keeps rows by message and place; what is committed outlives a close, as on a disk. */
#ifndef SF_TESTS_UNIT_FEED_FAKES_H
#define SF_TESTS_UNIT_FEED_FAKES_H

#include "core/feed/pipeline.h"
#include "tests/unit/base.h"

enum
{
  FAKE_ROWS = 100000,
  FAKE_FEEDS = 8
};

struct fake_row
{
  char feed[16], asset[16], doubt[64];
  int64_t message_id, valid_s;
  uint32_t place;
  double value;
};

struct fake_applied
{
  char feed[16];
  int64_t id;
};

/* The disk, and what one open store has not committed. */
static struct fake_disk
{
  struct fake_row *rows;
  size_t count;
  struct fake_applied applied[FAKE_FEEDS];
} fake_disk, fake_batch;
static enum sf_code fake_commit_code, fake_put_code, fake_samples_code; /* what comes of the next calls */
static const char *fake_asset; /* only rows and series of this asset fail; NULL: all */
static int fake_commits;

static inline void
fake_store_reset (void)
{
  free (fake_disk.rows);
  free (fake_batch.rows);
  fake_disk = (struct fake_disk){ .rows = calloc (FAKE_ROWS, sizeof *fake_disk.rows) };
  fake_batch = (struct fake_disk){ .rows = calloc (FAKE_ROWS, sizeof *fake_batch.rows) };
  fake_commit_code = fake_put_code = fake_samples_code = SF_OK;
  fake_asset = NULL;
  fake_commits = 0;
}

static inline bool
fake_fails (enum sf_code code, const char *asset)
{
  return code != SF_OK && (!fake_asset || strcmp (asset, fake_asset) == 0);
}

enum sf_code
sf_store_open (const char *dir, enum sf_store_mode mode, struct sf_store **ret_store, struct sf_error *err)
{
  (void) dir, (void) mode, (void) err;
  *ret_store = (struct sf_store *) &fake_disk;
  fake_batch.count = 0;
  memset (fake_batch.applied, 0, sizeof fake_batch.applied);
  return SF_OK;
}

void
sf_store_close (struct sf_store *store)
{
  (void) store;
}

enum sf_code
sf_store_put (struct sf_store *store, const struct sf_record *record, const struct sf_store_origin *origin,
              bool *ret_new, struct sf_error *err)
{
  (void) store, (void) ret_new;
  if (fake_fails (fake_put_code, record->as.observation.asset))
    return sf_fail (err, fake_put_code, "the fake takes nothing");
  if (record->valid_s == SF_TIME_MISSING)
    return sf_fail (err, SF_EINVAL, "no valid time");
  ck_assert (fake_batch.count < FAKE_ROWS);
  struct fake_row *row = &fake_batch.rows[fake_batch.count++];
  *row = (struct fake_row){ .message_id = origin->message_id,
                            .place = origin->place,
                            .valid_s = record->valid_s,
                            .value = record->as.observation.value };
  snprintf (row->feed, sizeof row->feed, "%s", record->feed);
  snprintf (row->asset, sizeof row->asset, "%s", record->as.observation.asset);
  snprintf (row->doubt, sizeof row->doubt, "%s", record->doubt ? record->doubt : "");
  return SF_OK;
}

static struct fake_applied *
fake_find (struct fake_disk *disk, const char *feed)
{
  for (int i = 0; i < FAKE_FEEDS; i++)
    if (!*disk->applied[i].feed || strcmp (disk->applied[i].feed, feed) == 0)
      {
        snprintf (disk->applied[i].feed, sizeof disk->applied[i].feed, "%s", feed);
        return &disk->applied[i];
      }
  ck_abort_msg ("too many feeds");
}

enum sf_code
sf_store_set_applied (struct sf_store *store, const char *feed, int64_t message_id, struct sf_error *err)
{
  (void) store, (void) err;
  fake_find (&fake_batch, feed)->id = message_id;
  return SF_OK;
}

enum sf_code
sf_store_applied (struct sf_store *store, const char *feed, int64_t *ret_message_id, struct sf_error *err)
{
  (void) store, (void) err;
  *ret_message_id = fake_find (&fake_disk, feed)->id;
  return SF_OK;
}

enum sf_code
sf_store_commit (struct sf_store *store, struct sf_error *err)
{
  (void) store;
  if (fake_commit_code != SF_OK)
    return sf_fail (err, fake_commit_code, "the fake commits nothing");
  ck_assert (fake_disk.count + fake_batch.count <= FAKE_ROWS);
  memcpy (fake_disk.rows + fake_disk.count, fake_batch.rows, fake_batch.count * sizeof *fake_batch.rows);
  fake_disk.count += fake_batch.count;
  for (int i = 0; i < FAKE_FEEDS && *fake_batch.applied[i].feed; i++)
    fake_find (&fake_disk, fake_batch.applied[i].feed)->id = fake_batch.applied[i].id;
  fake_batch.count = 0;
  fake_commits++;
  return SF_OK;
}

enum sf_code
sf_store_commit_some (struct sf_store *store, int days_max, struct sf_error *err)
{
  (void) days_max;
  return sf_store_commit (store, err);
}

bool
sf_store_has_left (const struct sf_store *store, const char *feed, long *ret_days, struct sf_error *why)
{
  (void) store, (void) feed, (void) ret_days, (void) why;
  return false;
}

void
sf_store_drop_batch (struct sf_store *store)
{
  (void) store;
  fake_batch.count = 0;
  memset (fake_batch.applied, 0, sizeof fake_batch.applied);
}

enum sf_code
sf_store_sync (struct sf_store *store, struct sf_error *err)
{
  (void) store, (void) err;
  return SF_OK;
}

size_t
sf_store_batch_rows (const struct sf_store *store)
{
  (void) store;
  return fake_batch.count;
}

size_t
sf_store_batch_bytes (const struct sf_store *store)
{
  return sf_store_batch_rows (store) * sizeof (struct fake_row);
}

enum sf_code
sf_store_samples (struct sf_store *store, struct sf_arena *arena, const struct sf_store_series *series, int64_t from_s,
                  int64_t to_s, long limit, struct sf_store_sample **ret_samples, size_t *ret_count,
                  struct sf_error *err)
{
  (void) store, (void) arena, (void) from_s, (void) to_s, (void) limit;
  if (fake_fails (fake_samples_code, series->subject))
    return sf_fail (err, fake_samples_code, "the fake reads nothing");
  *ret_samples = NULL;
  *ret_count = 0;
  return SF_OK;
}

enum sf_code
sf_store_batch_samples (struct sf_store *store, struct sf_arena *arena, const struct sf_store_series *series,
                        int64_t from_s, int64_t to_s, struct sf_store_sample **ret_samples, size_t *ret_count,
                        struct sf_error *err)
{
  return sf_store_samples (store, arena, series, from_s, to_s, 0, ret_samples, ret_count, err);
}

enum sf_code
sf_store_overlay (struct sf_store *store, const struct sf_store_series *series, struct sf_store_sample *sample,
                  struct sf_error *err)
{
  (void) store, (void) series, (void) sample, (void) err;
  return SF_OK;
}

enum sf_code
sf_store_read (struct sf_store *store, const struct sf_store_query *query, sf_store_visit visit, void *ctx,
               struct sf_error *err)
{
  (void) store, (void) query, (void) visit, (void) ctx, (void) err;
  return SF_OK;
}

enum sf_code
sf_store_judge (struct sf_store *store, const struct sf_store_series *series, const struct sf_store_sample *sample,
                enum sf_quality quality, const char *doubt, struct sf_error *err)
{
  (void) store, (void) series, (void) sample, (void) quality, (void) doubt, (void) err;
  return SF_OK;
}

/* --- cages: each feed a queue that is decoded at the next turn, unless it is stuck --- */

enum
{
  FAKE_QUEUE = 100
};

struct fake_message
{
  int64_t id, received_s;
  char *bytes;
  size_t length;
};

struct sf_cage_feed
{
  const struct sf_feed *feed;
  struct sf_cages *cages;
  void *state;
  struct fake_message queue[FAKE_QUEUE];
  size_t waiting;
};

struct sf_cages
{
  struct sf_cage_setup setup;
  struct sf_cage_feed *feeds[FAKE_FEEDS];
};

static const char *fake_stuck;  /* the feed whose worker gives no answer */
static bool fake_does_not_open; /* any decoder */
static int fake_decoded, fake_places, fake_given_back;
static struct sf_cages *fake_cages; /* the last that were made */

enum sf_code
sf_cages_new (const struct sf_cage_setup *setup, struct sf_cages **ret_cages, struct sf_error *err)
{
  (void) err;
  *ret_cages = calloc (1, sizeof **ret_cages);
  (*ret_cages)->setup = *setup;
  fake_cages = *ret_cages;
  fake_given_back = 0;
  return SF_OK;
}

static void
fake_drop (struct sf_cage_feed *feed)
{
  for (size_t i = 0; i < feed->waiting; i++)
    free (feed->queue[i].bytes);
  free (feed);
  fake_places--;
}

void
sf_cages_free (struct sf_cages *cages)
{
  for (int i = 0; i < FAKE_FEEDS; i++)
    if (cages->feeds[i])
      fake_drop (cages->feeds[i]);
  free (cages);
}

enum sf_code
sf_cages_add (struct sf_cages *cages, const struct sf_feed *feed, struct sf_cage_feed **ret_feed, struct sf_error *err)
{
  (void) err;
  int i = 0;
  while (cages->feeds[i])
    ck_assert (++i < FAKE_FEEDS);
  cages->feeds[i] = calloc (1, sizeof **ret_feed);
  cages->feeds[i]->feed = feed;
  cages->feeds[i]->cages = cages;
  *ret_feed = cages->feeds[i];
  fake_places++;
  return SF_OK;
}

void
sf_cages_remove (struct sf_cages *cages, struct sf_cage_feed *feed)
{
  ck_assert_uint_eq (feed->waiting, 0);
  for (int i = 0; i < FAKE_FEEDS; i++)
    if (cages->feeds[i] == feed)
      cages->feeds[i] = NULL;
  fake_drop (feed);
}

enum sf_code
sf_cage_give (struct sf_cage_feed *feed, const struct sf_message *message, int64_t message_id, struct sf_error *err)
{
  if (feed->waiting == FAKE_QUEUE)
    return sf_fail (err, SF_EBUSY, "full");
  struct fake_message *kept = &feed->queue[feed->waiting++];
  *kept = (struct fake_message){ message_id, message->received_s, malloc (message->length + 1), message->length };
  memcpy (kept->bytes, message->bytes, message->length);
  return SF_OK;
}

enum sf_code
sf_cage_give_back (struct sf_cage_feed *feed, const struct sf_message *message, int64_t message_id,
                   struct sf_error *err)
{
  (void) feed, (void) message, (void) message_id, (void) err;
  fake_given_back++;
  return SF_OK;
}

size_t
sf_cage_waiting (const struct sf_cage_feed *feed)
{
  return feed->waiting;
}

struct fake_outcome
{
  const struct sf_message *message;
  struct sf_arena arena;
  struct sf_record records[200];
  struct sf_cage_reject rejects[200];
  struct sf_cage_result result;
};

static enum sf_code
fake_emit (void *ctx, const struct sf_record *record, struct sf_error *err)
{
  struct fake_outcome *outcome = ctx;
  struct sf_record *copy = &outcome->records[outcome->result.records_count++];
  SF_TRY (sf_record_copy (&outcome->arena, record, copy, err));
  copy->feed = outcome->message->feed;
  copy->received_s = outcome->message->received_s;
  return SF_OK;
}

static void
fake_reject (void *ctx, long line, const char *reason, const char *bytes, size_t length)
{
  struct fake_outcome *outcome = ctx;
  outcome->rejects[outcome->result.rejects_count++]
      = (struct sf_cage_reject){ line, sf_arena_strdup (&outcome->arena, reason),
                                 sf_arena_strndup (&outcome->arena, bytes, length) };
}

/* False: memory was out, the message waits for another turn. */
static bool
fake_decode (struct sf_cage_feed *feed, const struct fake_message *kept)
{
  static struct fake_outcome outcome;
  struct sf_error why = { 0 };
  struct sf_key build;
  char text[SF_KEY_TEXT_BYTES];
  struct sf_message message = { .feed = feed->feed->name,
                                .bytes = (const uint8_t *) kept->bytes,
                                .length = kept->length,
                                .received_s = kept->received_s };
  struct sf_sink sink = { &outcome, fake_emit, fake_reject };
  outcome = (struct fake_outcome){ .message = &message };
  if (sf_plugin_host_build (feed->cages->setup.plugins, feed->feed->decoder.plugin, &build, NULL) != SF_OK)
    return false;
  outcome.result.build = sf_key_format (&build, text);
  outcome.result.message_id = kept->id;
  if (fake_does_not_open)
    outcome.result.code = SF_EPLUGIN;
  bool huge = kept->length == 4 && memcmp (kept->bytes, "huge", 4) == 0;
  outcome.result.poison = kept->length == 6 && memcmp (kept->bytes, "poison", 6) == 0;
  if (outcome.result.poison)
    outcome.result.reason = "it killed the worker twice";
  else if (huge)
    outcome.result.code = sf_fail (&why, SF_ENOMEM, "no memory for it");
  else if (!fake_does_not_open)
    outcome.result.code = feed->feed->decoder.plugin->as.decoder->decode (feed->state, &message, &sink, &why);
  if (outcome.result.code != SF_OK)
    outcome.result.reason = why.message;
  if ((outcome.result.code == SF_ENOMEM && !huge) || outcome.arena.failed)
    {
      sf_arena_finish (&outcome.arena);
      return false;
    }
  outcome.result.records = outcome.records;
  outcome.result.rejects = outcome.rejects;
  outcome.result.rejects_total = outcome.result.rejects_count;
  feed->cages->setup.done (feed->cages->setup.ctx, feed->feed, &outcome.result);
  sf_arena_finish (&outcome.arena);
  fake_decoded++;
  return true;
}

enum sf_code
sf_cages_turn (struct sf_cages *cages, int64_t now_ms, struct sf_error *err)
{
  (void) now_ms, (void) err;
  for (int i = 0; i < FAKE_FEEDS; i++)
    {
      struct sf_cage_feed *feed = cages->feeds[i];
      if (!feed || (fake_stuck && strcmp (feed->feed->name, fake_stuck) == 0))
        continue;
      size_t done = 0;
      while (done < feed->waiting && fake_decode (feed, &feed->queue[done]))
        free (feed->queue[done++].bytes);
      memmove (feed->queue, feed->queue + done, (feed->waiting - done) * sizeof *feed->queue);
      feed->waiting -= done;
    }
  return SF_OK;
}

int
sf_cages_fd (const struct sf_cages *cages)
{
  (void) cages;
  static int pipe_ends[2] = { -1, -1 };
  if (pipe_ends[0] < 0)
    ck_assert_int_eq (pipe (pipe_ends), 0);
  return pipe_ends[0];
}

int64_t
sf_cages_wait_ms (const struct sf_cages *cages, int64_t now_ms)
{
  (void) cages, (void) now_ms;
  return 5;
}

#endif
