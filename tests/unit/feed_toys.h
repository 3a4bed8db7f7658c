/* SPDX-License-Identifier: Apache-2.0 */
/* Small plugins for live feeds, embedded in a test program: a transport whose messages the test posts and whose
   acknowledgements it reads, and a decoder of lines "STATION VALUE SECONDS" ("grid SIZE SECONDS" is a field). */
#ifndef SF_TESTS_UNIT_FEED_TOYS_H
#define SF_TESTS_UNIT_FEED_TOYS_H

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/time.h"
#include "core/feed/department.h"
#include "core/feed/intake.h"
#include "tests/unit/toy_help.h"

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* --- transport --- */

enum
{
  BOXES = 4,
  LETTERS = 4000
};

/* A box of letters for each feed, by its setting. */
static struct box
{
  const char *letters[LETTERS];
  char identities[LETTERS][16];
  size_t posted, taken;
  uint64_t acknowledged;
  int opened, closed, busy;
  bool cannot_open, fails;
  char recalled[32];
} boxes[BOXES];

static const struct sf_option box_options[] = { { .name = "box",
                                                  .type = SF_OPTION_INT,
                                                  .fallback = "0",
                                                  .min = 0,
                                                  .max = BOXES - 1,
                                                  .help_en = "which",
                                                  .help_zh = "序号" },
                                                { .name = NULL } };

static enum sf_code
box_open (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  struct box *box = &boxes[sf_settings_int (host->settings, "box")];
  if (box->cannot_open)
    return sf_fail (err, SF_EIO, "the box is locked");
  box->opened++;
  box->acknowledged = 0;
  *ret_state = box;
  return SF_OK;
}

static enum sf_code
box_poll (void *state, const struct sf_inlet *inlet, long *ret_delivered, struct sf_error *err)
{
  struct box *box = state;
  if (box->fails)
    return sf_fail (err, SF_EIO, "the box is empty by force");
  while (box->taken < box->posted)
    {
      struct sf_message message = { .source = "box",
                                    .identity = box->identities[box->taken],
                                    .bytes = (const uint8_t *) box->letters[box->taken],
                                    .length = strlen (box->letters[box->taken]),
                                    .received_s = SF_TIME_MISSING };
      if (!*message.identity)
        message.identity = NULL;
      enum sf_code code = inlet->deliver (inlet->ctx, &message, err);
      if (code == SF_EBUSY)
        {
          box->busy++;
          return SF_OK;
        }
      if (code != SF_OK)
        return code;
      box->taken++;
      ++*ret_delivered;
      char text[32];
      snprintf (text, sizeof text, "%zu", box->taken);
      inlet->remember (inlet->ctx, "cursor", text, NULL);
    }
  struct sf_arena arena = { 0 };
  const char *value = NULL;
  enum sf_code code = inlet->recall (inlet->ctx, &arena, "cursor", &value, err);
  if (code == SF_OK)
    snprintf (box->recalled, sizeof box->recalled, "%s", value ? value : "");
  sf_arena_finish (&arena);
  if (code != SF_OK)
    return code;
  inlet->count (inlet->ctx, "polls", 1);
  return SF_OK;
}

static void
box_acknowledge (void *state, const struct sf_inlet *inlet, uint64_t through)
{
  struct box *box = state;
  ck_assert_ptr_nonnull (inlet->ctx);
  ck_assert (through > box->acknowledged);
  box->acknowledged = through;
}

static int64_t
box_wait (void *state, int64_t now_ms, int *ret_fd)
{
  (void) state, (void) now_ms;
  *ret_fd = -1;
  return 5;
}

static void
box_close (void *state)
{
  ((struct box *) state)->closed++;
}

static const struct sf_transport box_transport
    = { .open = box_open, .poll = box_poll, .acknowledge = box_acknowledge, .wait_ms = box_wait, .close = box_close };

static inline void
post (int box, const char *identity, const char *text)
{
  struct box *to = &boxes[box];
  ck_assert (to->posted < LETTERS);
  snprintf (to->identities[to->posted], sizeof to->identities[0], "%s", identity);
  to->letters[to->posted++] = text;
}

/* --- decoder --- */

static enum sf_code
plain_open (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  (void) host, (void) err;
  *ret_state = NULL;
  return SF_OK;
}

/* A field of so many rows and columns, all of one value. */
static enum sf_code
emit_grid (const struct sf_sink *sink, int size, int64_t valid_s, struct sf_error *err)
{
  struct sf_record record;
  size_t cells = (size_t) size * (size_t) size;
  float *values = sf_mem_alloc (cells * sizeof *values);
  if (!values)
    return sf_fail (err, SF_ENOMEM, "no memory for a grid");
  for (size_t i = 0; i < cells; i++)
    values[i] = 1;
  sf_record_init (&record, SF_RECORD_FIELD);
  record.valid_s = valid_s;
  record.as.field.quantity = "rain_rate";
  record.as.field.grid = (struct sf_gridspec){ .nx = size, .ny = size, .affine = { 0, 1, 0, 0, 0, -1 } };
  snprintf (record.as.field.grid.crs, sizeof record.as.field.grid.crs, "EPSG:4326");
  record.as.field.values = values;
  enum sf_code code = sink->emit (sink->ctx, &record, err);
  sf_mem_free (values);
  return code;
}

static enum sf_code
plain_decode (void *state, const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  (void) state;
  struct sf_span rest = { (const char *) message->bytes, message->length }, line;
  long number = 0;
  while (sf_text_next_line (&rest, &line, &number))
    {
      char station[32], copy[128];
      double value;
      long long seconds;
      struct sf_record record;
      snprintf (copy, sizeof copy, "%.*s", (int) line.length, line.text);
      if (strcmp (copy, "refuse") == 0)
        return sf_fail (err, SF_EFORMAT, "line %ld refuses the message", number);
      if (sscanf (copy, "%31s %lf %lld", station, &value, &seconds) != 3)
        {
          sink->reject (sink->ctx, number, "not a value", line.text, line.length);
          continue;
        }
      if (strcmp (station, "grid") == 0)
        {
          SF_TRY (emit_grid (sink, (int) value, seconds, err));
          continue;
        }
      sf_record_init (&record, SF_RECORD_OBSERVATION);
      record.valid_s = seconds;
      record.as.observation.asset = station;
      record.as.observation.quantity = "rain_amount";
      record.as.observation.value = value;
      record.as.observation.period_s = 3600;
      SF_TRY (sink->emit (sink->ctx, &record, err));
    }
  return SF_OK;
}

static void
plain_close (void *state)
{
  (void) state;
}

static const struct sf_decoder plain_decoder
    = { .formats = "lines", .open = plain_open, .decode = plain_decode, .close = plain_close };

static const struct sf_plugin feed_plugins[] = {
  TOY (SF_PLUGIN_TRANSPORT, "box", box_options, transport, box_transport),
  TOY (SF_PLUGIN_DECODER, "plain", NULL, decoder, plain_decoder),
  TOY (SF_PLUGIN_DECODER, "manual", NULL, decoder, plain_decoder),
};
static const struct sf_preloaded feed_toys[] = { { "box_LTX_sanfang_plugin", (void *) &feed_plugins[0] },
                                                 { "plain_LTX_sanfang_plugin", (void *) &feed_plugins[1] },
                                                 { "manual_LTX_sanfang_plugin", (void *) &feed_plugins[2] },
                                                 { NULL, NULL } };

/* --- what a test stands in --- */

static char live_folder[64];
static struct toy_place live_place;
static struct sf_arena live_arena;
static struct sf_quality_rules *live_rules;

static void
live_start (void)
{
  memset (boxes, 0, sizeof boxes);
  snprintf (live_folder, sizeof live_folder, "/tmp/sf-live-XXXXXX");
  ck_assert_ptr_nonnull (mkdtemp (live_folder));
  toy_place_open (&live_place, (struct sf_plugin_host_setup){ .share_folder = TEST_SRCDIR "/share",
                                                              .data_folder = live_folder,
                                                              .preloaded = feed_toys });
  ck_done (sf_quality_rules_load (&live_arena, TEST_SRCDIR "/share", live_place.vocabulary, &live_rules, err));
}

static void
live_stop (void)
{
  toy_place_close (&live_place);
  sf_file_remove_tree (live_folder, NULL);
  sf_arena_finish (&live_arena);
}

/* A feed by its YAML ("transport: {plugin: box}"), in the arena. */
static inline struct sf_feed
read_feed (struct sf_arena *arena, const char *name, const char *yaml)
{
  struct sf_yaml *root = NULL;
  struct sf_feed feed;
  ck_done (sf_yaml_parse (arena, "feed.yaml", (const uint8_t *) yaml, strlen (yaml), &root, err));
  ck_done (sf_feed_read (arena, live_place.host, sf_arena_strdup (arena, name), root, &feed, err));
  return feed;
}

static inline int
run_live (const char *name, const TTest *const *tests)
{
  return run_fixture (name, live_start, live_stop, tests);
}

#endif
