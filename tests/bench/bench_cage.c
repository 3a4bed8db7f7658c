/* SPDX-License-Identifier: Apache-2.0 */
/* What a cage costs per record: a toy decoder makes small observations of pieces of 64 bytes, MESSAGE_RECORDS to a message,
   with a direct call into a sink that keeps nothing; in this process through the cage's calls; and in a worker. Caged records
   are checked and copied, texts too, into a batch as a store gathers it. CPU time is that of both processes; `more_ns` is what
   a record takes above the direct call. */
#define CAGE_HELP_OUTSIDE_TESTS
#include "tests/bench/bench.h"
#include "tests/modules/pieces.h"
#include "tests/unit/cage_help.h"

enum
{
  MESSAGE_RECORDS = 256,
  MESSAGES = 1000,
  RECORDS = MESSAGE_RECORDS * MESSAGES,
  RUNS = 9,
  TEXT_BYTES = 64
};

struct copied
{
  struct sf_record record;
  char texts[TEXT_BYTES];
};

struct job
{
  struct room room;
  struct piece pieces[MESSAGE_RECORDS];
  struct copied batch[MESSAGE_RECORDS];
  size_t feed;
  long records;
  double sum;
};

static void
fill_pieces (struct job *job)
{
  for (int i = 0; i < MESSAGE_RECORDS; i++)
    {
      struct piece *piece = &job->pieces[i];
      *piece = (struct piece){ .quantity = "rain_1h",
                               .valid_s = 1405663200 + i,
                               .value = 0.1 * i,
                               .lon_deg = 109.5 + 0.001 * i,
                               .lat_deg = 19.2 };
      snprintf (piece->asset, sizeof piece->asset, "M%07d", 5900000 + i);
    }
}

static enum sf_code
take_record (void *ctx, const struct sf_record *record, struct sf_error *err)
{
  struct job *job = ctx;
  (void) err;
  job->records++;
  job->sum += record->as.observation.value;
  return SF_OK;
}

static void
decode_directly (void *ctx)
{
  struct job *job = ctx;
  struct sf_sink sink = { job, take_record, NULL };
  const struct sf_decoder *decoder = job->room.feeds[job->feed].decoder.plugin->as.decoder;
  struct sf_message message
      = { .feed = "f0", .source = "s", .bytes = (const uint8_t *) job->pieces, .length = sizeof job->pieces };
  for (int i = 0; i < MESSAGES; i++)
    decoder->decode (NULL, &message, &sink, NULL);
}

/* As much of a store as the way to it has: a copy of the record and of its texts. */
static void
copy_to_batch (struct room *room, const struct sf_cage_result *result)
{
  struct job *job = room->ctx;
  for (size_t i = 0; i < result->records_count; i++)
    {
      struct copied *copied = &job->batch[i];
      copied->record = result->records[i];
      size_t asset = strlen (copied->record.as.observation.asset) + 1,
             quantity = strlen (copied->record.as.observation.quantity) + 1;
      memcpy (copied->texts, copied->record.as.observation.asset, asset);
      memcpy (copied->texts + asset, copied->record.as.observation.quantity, quantity);
      copied->record.as.observation.asset = copied->texts;
      copied->record.as.observation.quantity = copied->texts + asset;
      job->sum += copied->record.as.observation.value;
    }
  job->records += (long) result->records_count;
}

static void
decode_in_cage (void *ctx)
{
  struct job *job = ctx;
  job->room.count = 0;
  for (int64_t id = 1; id <= MESSAGES;)
    if (room_try_bytes (&job->room, job->feed, id, job->pieces, sizeof job->pieces) == SF_OK)
      id++;
    else
      room_turn (&job->room, NULL);
  room_wait (&job->room, MESSAGES);
}

/* The CPU time of the worker so far, the only child. */
static double
worker_cpu_s (void)
{
  long child = 0;
  clockid_t clock;
  FILE *file = fopen ("/proc/thread-self/children", "r");
  int read = file ? fscanf (file, "%ld", &child) : 0;
  if (file)
    fclose (file);
  return read == 1 && clock_getcpuclockid ((pid_t) child, &clock) == 0 ? bench_clock_s (clock) : 0;
}

struct timing
{
  double direct_s, ref_s;
};

static void
measure (struct job *job, const char *variant, void (*work) (void *), struct timing *timing)
{
  double cpu_s[RUNS], wall_s = 1e9;
  char more[200];
  work (job);
  for (int i = 0; i < RUNS; i++)
    {
      double cpu = bench_clock_s (CLOCK_PROCESS_CPUTIME_ID) + worker_cpu_s (), wall = bench_clock_s (CLOCK_MONOTONIC);
      job->records = 0;
      work (job);
      wall = bench_clock_s (CLOCK_MONOTONIC) - wall;
      cpu_s[i] = bench_clock_s (CLOCK_PROCESS_CPUTIME_ID) + worker_cpu_s () - cpu;
      wall_s = wall < wall_s ? wall : wall_s;
      if (job->records != RECORDS)
        {
          fprintf (stderr, "%s: %ld records instead of %d\n", variant, job->records, RECORDS);
          exit (EXIT_FAILURE);
        }
    }
  qsort (cpu_s, RUNS, sizeof *cpu_s, bench_compare);
  if (timing->direct_s == 0)
    timing->direct_s = cpu_s[0];
  snprintf (more, sizeof more, ",\"ns\":%.1f,\"more_ns\":%.1f,\"more_median_ns\":%.1f", 1e9 * cpu_s[0] / RECORDS,
            1e9 * (cpu_s[0] - timing->direct_s) / RECORDS, 1e9 * (cpu_s[RUNS / 2] - timing->direct_s) / RECORDS);
  bench_print_more ("cage", variant, (struct bench_time){ cpu_s[0], cpu_s[RUNS / 2], wall_s, RUNS }, timing->ref_s,
                    RECORDS, "records", more);
}

int
main (void)
{
  static struct job job;
  struct timing timing = { .ref_s = bench_reference_s () };
  fill_pieces (&job);
  room_open (&job.room, &(struct sf_cage_setup){ .message_ms = 0 });
  job.room.ctx = &job;
  job.room.see = copy_to_batch;
  job.feed = room_feed (&job.room, "pieces", SF_ISOLATION_IN_PROCESS);
  measure (&job, "direct", decode_directly, &timing);
  measure (&job, "in-process", decode_in_cage, &timing);
  job.feed = room_feed (&job.room, "pieces", SF_ISOLATION_CAGE);
  measure (&job, "worker", decode_in_cage, &timing);
  room_close (&job.room);
  return EXIT_SUCCESS;
}
