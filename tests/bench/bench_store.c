/* SPDX-License-Identifier: Apache-2.0 */
/* The store: rows a second into it at the batches of live operation, and its answers. 2,000 stations speak every five minutes, each
   report a message with a row a station; vessels speak one by one. SF_BENCH_STORE_MONTH=1 fills 30 whole days (17 million rows),
   else the month is that of 50 stations. */
#include "core/base/file.h"
#include "core/store/store.h"
#include "tests/bench/bench.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

enum
{
  STATIONS = 2000,
  STEPS = 288,
  TIMED_STEPS = 50,
  TIMED_VESSELS = 100000,
  STEP_S = 300,
  VESSELS = 30000,
  FEW_STATIONS = 50,
  DAYS = 30
};

static const int64_t T0 = 1405641600; /* 2014-07-18T00:00Z */

struct bench
{
  char folder[64];
  struct sf_store *store;
  struct sf_store_query query;
  long rows, batch;
  enum sf_record_kind kind;
};

static void
check (enum sf_code code, const struct sf_error *err)
{
  if (code == SF_OK)
    return;
  fprintf (stderr, "%s\n", err->message);
  exit (1);
}

static void
begin (struct bench *bench)
{
  struct sf_error err = { 0 };
  snprintf (bench->folder, sizeof bench->folder, "/tmp/sf-bench-store-XXXXXX");
  if (!mkdtemp (bench->folder))
    exit (1);
  check (sf_store_open (bench->folder, SF_STORE_WRITE, &bench->store, &err), &err);
}

static void
end (struct bench *bench)
{
  struct sf_error err = { 0 };
  sf_store_close (bench->store);
  check (sf_file_remove_tree (bench->folder, &err), &err);
}

static void
put (struct bench *bench, const struct sf_record *record, const struct sf_store_origin *origin)
{
  struct sf_error err = { 0 };
  bool is_new;
  check (sf_store_put (bench->store, record, origin, &is_new, &err), &err);
  bench->rows++;
  if ((long) sf_store_batch_rows (bench->store) < bench->batch)
    return;
  check (sf_store_set_applied (bench->store, record->feed, origin->message_id, &err), &err);
  check (sf_store_commit (bench->store, &err), &err);
}

static void
put_report (struct bench *bench, int64_t valid_s, int stations)
{
  struct sf_store_origin origin = { .message_id = valid_s / STEP_S };
  char source[48], asset[16];
  snprintf (source, sizeof source, "river_%lld.csv", (long long) valid_s);
  memcpy (origin.sha256.bytes, &valid_s, 8);
  for (int i = 0; i < stations; i++)
    {
      struct sf_record record;
      sf_record_init (&record, SF_RECORD_OBSERVATION);
      snprintf (asset, sizeof asset, "618%05d", i);
      record.feed = "hainan_rivers";
      record.valid_s = valid_s;
      record.received_s = valid_s + 40;
      record.source = source;
      record.source_line = i + 1;
      record.as.observation.asset = asset;
      record.as.observation.quantity = "water_level";
      record.as.observation.value = 10 + 0.001 * i + 1e-6 * (double) (valid_s - T0);
      origin.place = (uint32_t) i;
      put (bench, &record, &origin);
    }
}

static void
put_vessel (struct bench *bench, long number)
{
  int64_t valid_s = T0 + number / 5000;
  struct sf_store_origin origin = { .message_id = number + 1 };
  struct sf_record record;
  char mover[16];
  long vessel = number * 7919 % VESSELS;
  sf_record_init (&record, SF_RECORD_POSITION);
  memcpy (origin.sha256.bytes, &number, 8);
  snprintf (mover, sizeof mover, "413%06ld", vessel);
  record.feed = "ais";
  record.valid_s = valid_s;
  record.received_s = valid_s + 2;
  record.source = "tcp 127.0.0.1:4001";
  record.as.position.mover = mover;
  record.as.position.type = "fishing";
  record.as.position.status = "under way";
  record.as.position.lon_deg = 108 + 0.0001 * (double) vessel + 5e-5 * (double) (valid_s - T0);
  record.as.position.lat_deg = 18;
  record.as.position.speed_mps = 5;
  record.as.position.course_to_deg = 90;
  put (bench, &record, &origin);
}

static void
commit (struct bench *bench)
{
  struct sf_error err = { 0 };
  check (sf_store_commit (bench->store, &err), &err);
}

/* One run writes a store of its own, some 100,000 rows. */
static void
write_rows (void *context)
{
  struct bench *bench = context;
  bench->rows = 0;
  begin (bench);
  for (int step = 0; step < TIMED_STEPS && bench->kind == SF_RECORD_OBSERVATION; step++)
    put_report (bench, T0 + step * STEP_S, STATIONS);
  for (long number = 0; number < TIMED_VESSELS && bench->kind == SF_RECORD_POSITION; number++)
    put_vessel (bench, number);
  commit (bench);
  end (bench);
}

static enum sf_code
count_row (void *ctx, const struct sf_store_row *row, struct sf_error *err)
{
  (void) row;
  (void) err;
  ((struct bench *) ctx)->rows++;
  return SF_OK;
}

static void
read_rows (void *context)
{
  struct bench *bench = context;
  struct sf_error err = { 0 };
  bench->rows = 0;
  check (sf_store_read (bench->store, &bench->query, count_row, bench, &err), &err);
}

static void
hash_rows (void *context)
{
  struct bench *bench = context;
  struct sf_error err = { 0 };
  struct sf_key key;
  check (sf_store_digest (bench->store, &key, &bench->rows, &err), &err);
}

/* What quality control asks of each row of a report: the two before it. */
static void
sample_series (void *context)
{
  struct bench *bench = context;
  struct sf_error err = { 0 };
  struct sf_arena arena = { 0 };
  bench->rows = 0;
  for (int i = 0; i < STATIONS; i++)
    {
      char asset[16];
      struct sf_store_sample *samples;
      size_t count;
      struct sf_store_series series = { SF_RECORD_OBSERVATION, "hainan_rivers", asset, "water_level", 0 };
      snprintf (asset, sizeof asset, "618%05d", i);
      sf_arena_reset (&arena);
      check (
          sf_store_samples (bench->store, &arena, &series, T0, T0 + (int64_t) DAYS * 86400, 3, &samples, &count, &err),
          &err);
      bench->rows++;
    }
  sf_arena_finish (&arena);
}

static void
time_answers (double ref_s)
{
  struct bench bench = { .batch = 20000 };
  const char *one[] = { "61800007" };
  bool whole = getenv ("SF_BENCH_STORE_MONTH") != NULL;
  begin (&bench);
  for (int day = 0; day < DAYS; day++)
    for (int step = 0; step < STEPS; step++)
      put_report (&bench, T0 + day * 86400 + step * STEP_S, whole || day == DAYS - 1 ? STATIONS : FEW_STATIONS);
  commit (&bench);
  sf_store_query_init (&bench.query, SF_RECORD_OBSERVATION);
  bench.query.latest = true;
  struct bench_time time = bench_run (read_rows, &bench, 11);
  bench_print ("store", "latest", time, ref_s, (double) bench.rows, "stations");
  sf_store_query_init (&bench.query, SF_RECORD_OBSERVATION);
  bench.query.subjects = one;
  bench.query.subjects_count = 1;
  time = bench_run (read_rows, &bench, 11);
  bench_print ("store", "station_month", time, ref_s, (double) bench.rows, "rows");
  sf_store_query_init (&bench.query, SF_RECORD_OBSERVATION);
  bench.query.from_s = T0 + (DAYS - 1) * 86400;
  time = bench_run (read_rows, &bench, 5);
  bench_print ("store", "day_of_all", time, ref_s, (double) bench.rows, "rows");
  time = bench_run (sample_series, &bench, 11);
  bench_print ("store", "samples", time, ref_s, (double) bench.rows, "series");
  if (!whole)
    {
      time = bench_run (hash_rows, &bench, 5);
      bench_print ("store", "digest", time, ref_s, (double) bench.rows, "rows");
    }
  end (&bench);
}

int
main (void)
{
  static const long batches[] = { 1000, 5000, 20000 };
  double ref_s = bench_reference_s ();
  for (int kind = 0; kind < 2; kind++)
    for (int i = 0; i < 3; i++)
      {
        struct bench bench = { .kind = kind ? SF_RECORD_POSITION : SF_RECORD_OBSERVATION, .batch = batches[i] };
        char variant[40];
        snprintf (variant, sizeof variant, "%s_batch_%ld", kind ? "positions" : "observations", batches[i]);
        struct bench_time time = bench_run (write_rows, &bench, 5);
        bench_print ("store", variant, time, ref_s, (double) bench.rows, "rows");
      }
  time_answers (ref_s);
  return 0;
}
