/* SPDX-License-Identifier: Apache-2.0 */
/* Quality control at ingest: 2,000 stations of three quantities and 4,000 vessels, in order, in batches of 10,000 records, rules of
   the house. Variants: record, the checks of a record alone; order, these with the checks along its series, nothing to judge, the
   store never asked; late, one record in ten comes again later than its successor, through the real store (its own work
   included). Work is records. */
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/feed/quality_private.h"
#include "tests/bench/bench.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

enum
{
  STATIONS = 2000,
  VESSELS = 4000,
  BATCH = 3 * STATIONS + VESSELS,
  RUNS = 9
};

struct bench
{
  struct sf_quality_rules *rules;
  struct sf_quality_control *control;
  struct sf_quality_feed known;
  struct sf_feed feed;
  struct sf_arena arena;
  struct sf_record records[BATCH];
  struct sf_store *store;
  int64_t now_s;
  int rounds;
  struct sf_quality_counts counts;
};

static void
need (enum sf_code code, const struct sf_error *err)
{
  if (code == SF_OK)
    return;
  fprintf (stderr, "bench_quality: %s\n", err->message);
  exit (1);
}

static char *
name (struct bench *bench, const char *form, int number)
{
  char *text = sf_arena_alloc (&bench->arena, 24);
  snprintf (text, 24, form, number);
  return text;
}

static void
make_records (struct bench *bench)
{
  static const char *const quantities[] = { "pressure", "wind_speed", "water_level" };
  for (int i = 0; i < BATCH; i++)
    {
      bool vessel = i >= 3 * STATIONS;
      struct sf_record *record = &bench->records[i];
      sf_record_init (record, vessel ? SF_RECORD_POSITION : SF_RECORD_OBSERVATION);
      record->feed = "bench";
      if (vessel)
        {
          record->as.position.mover = name (bench, "4130%05d", i);
          record->as.position.type = "vessel";
          continue;
        }
      record->as.observation.asset = name (bench, "608%05d", i / 3);
      record->as.observation.quantity = quantities[i % 3];
      record->as.observation.lon_deg = 109.5;
      record->as.observation.lat_deg = 19;
    }
}

/* Five minutes on: everything moves a little. */
static void
move_on (struct bench *bench)
{
  static const double levels[] = { 1000, 10, 20 };
  bench->now_s += 300;
  bench->rounds++;
  for (int i = 0; i < BATCH; i++)
    {
      struct sf_record *record = &bench->records[i];
      record->valid_s = bench->now_s;
      record->received_s = bench->now_s + 20;
      record->quality = SF_QUALITY_ORIGINAL_RELIABLE;
      record->doubt = NULL;
      double wiggle = ((bench->rounds * 7 + i) % 10) * 0.01;
      if (record->kind == SF_RECORD_POSITION)
        {
          record->as.position.lon_deg = 111 + wiggle;
          record->as.position.lat_deg = 18;
        }
      else
        record->as.observation.value = levels[i % 3] + wiggle;
    }
}

static void
check_records (void *context)
{
  struct bench *bench = context;
  struct sf_error err = { 0 };
  for (int i = 0; i < BATCH; i++)
    need (sf_quality_look_at (bench->rules, &bench->known, &bench->arena, &bench->records[i], &bench->counts, &err),
          &err);
}

static void
check_in_order (void *context)
{
  struct bench *bench = context;
  struct sf_error err = { 0 };
  move_on (bench);
  for (int i = 0; i < BATCH; i++)
    need (
        sf_quality_check_record (bench->control, &bench->arena, &bench->feed, &bench->records[i], &bench->counts, &err),
        &err);
  need (sf_quality_check_batch (bench->control, &bench->counts, &err), &err);
}

/* --- through the store --- */

static void
put (struct bench *bench, struct sf_record *record, int place, bool judge)
{
  struct sf_error err = { 0 };
  struct sf_store_origin origin = { .message_id = bench->rounds, .place = (uint32_t) place };
  memcpy (origin.sha256.bytes, &bench->rounds, sizeof bench->rounds);
  if (judge)
    need (sf_quality_check_record (bench->control, &bench->arena, &bench->feed, record, &bench->counts, &err), &err);
  need (sf_store_put (bench->store, record, &origin, NULL, &err), &err);
}

static void
take_in (struct bench *bench, bool judge, bool late)
{
  struct sf_error err = { 0 };
  move_on (bench);
  for (int i = 0; i < BATCH; i++)
    {
      if (late && (i + bench->rounds) % 10 == 0)
        bench->records[i].valid_s -= 450;
      put (bench, &bench->records[i], i, judge);
    }
  if (judge)
    need (sf_quality_check_batch (bench->control, &bench->counts, &err), &err);
  need (sf_store_commit (bench->store, &err), &err);
}

static void
store_alone (void *context)
{
  take_in (context, false, false);
}

static void
store_in_order (void *context)
{
  take_in (context, true, false);
}

static void
store_late (void *context)
{
  take_in (context, true, true);
}

/* --- the whole --- */

/* The least question costs: nothing is in it. */
static enum sf_code
no_samples (struct sf_store *store, struct sf_arena *arena, const struct sf_store_series *series, int64_t from_s,
            int64_t to_s, long limit, struct sf_store_sample **ret_samples, size_t *ret_count, struct sf_error *err)
{
  (void) store, (void) arena, (void) series, (void) from_s, (void) to_s, (void) limit, (void) err;
  *ret_samples = NULL;
  *ret_count = 0;
  return SF_OK;
}

static enum sf_code
no_past (struct sf_store *store, struct sf_arena *arena, const struct sf_store_series *series, int64_t from_s,
         int64_t to_s, struct sf_quality_past_row **ret_rows, size_t *ret_count, struct sf_error *err)
{
  (void) store, (void) arena, (void) series, (void) from_s, (void) to_s, (void) err;
  *ret_rows = NULL;
  *ret_count = 0;
  return SF_OK;
}

static void
run (struct bench *bench, const char *variant, void (*work) (void *), double ref_s)
{
  struct bench_time time = bench_run (work, bench, RUNS);
  char more[64];
  snprintf (more, sizeof more, ",\"ns_per_record\":%.0f", time.cpu_s * 1e9 / BATCH);
  bench_print_more ("quality", variant, time, ref_s, BATCH, "records", more);
}

int
main (void)
{
  static struct bench bench = { .now_s = 1763000000 };
  struct sf_error err = { 0 };
  struct sf_vocabulary *vocabulary = NULL;
  struct sf_arena lasting = { 0 };
  char dir[] = "/tmp/sanfang-bench-quality-XXXXXX";
  const struct sf_quality_source nobody = { .samples = no_samples, .past = no_past };
  const struct sf_feed *feeds[] = { &bench.feed };
  double ref_s = bench_reference_s ();
  bench.feed = (struct sf_feed){ .name = "bench", .area = { 105, 3, 120, 23 }, .cadence_s = 300, .lateness_s = 300 };
  need (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, &err), &err);
  need (sf_quality_rules_load (&lasting, TEST_SRCDIR "/share", vocabulary, &bench.rules, &err), &err);
  if (sf_file_exists (TEST_BUILDDIR "/data/coast-mask.bin"))
    need (sf_quality_rules_use_coast (bench.rules, &lasting, TEST_BUILDDIR "/data/coast-mask.bin", &err), &err);
  bench.known = (struct sf_quality_feed){ .limits = bench.rules->limits, .area = bench.feed.area, .late_s = 600 };
  make_records (&bench);
  move_on (&bench);
  run (&bench, "record", check_records, ref_s);

  need (sf_quality_new_from (bench.rules, &nobody, SF_QUALITY_SERIES_MAX, &bench.control, &err), &err);
  need (sf_quality_set_feeds (bench.control, feeds, 1, &err), &err);
  run (&bench, "order", check_in_order, ref_s);
  sf_quality_free (bench.control);

  if (!mkdtemp (dir))
    return 1;
  need (sf_store_open (dir, SF_STORE_WRITE, &bench.store, &err), &err);
  need (sf_quality_new (bench.rules, bench.store, &bench.control, &err), &err);
  need (sf_quality_set_feeds (bench.control, feeds, 1, &err), &err);
  run (&bench, "store_alone", store_alone, ref_s);
  run (&bench, "store_order", store_in_order, ref_s);
  run (&bench, "store_late", store_late, ref_s);
  sf_quality_free (bench.control);
  sf_store_close (bench.store);
  need (sf_file_remove_tree (dir, &err), &err);
  sf_arena_finish (&lasting);
  sf_arena_finish (&bench.arena);
  sf_vocabulary_free (vocabulary);
  return 0;
}
