/* SPDX-License-Identifier: Apache-2.0 */
/* What a cage costs per record: a toy decoder makes small observations of pieces of 64 bytes, MESSAGE_RECORDS to a message,
   with a direct call into a sink that keeps nothing; in this process through the cage's calls; and in a worker. Caged records
   are checked and what a store keeps of them is copied, texts too, into a batch. CPU time is that of both processes; `more_ns` is what
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
  TEXT_BYTES = 64,
  QUEUE_BYTES = 1024 * 1024 /* that wait at once: messages come and go, they do not pile up */
};

/* What a store keeps of an observation. */
struct row
{
  int64_t valid_s, received_s, line, period_s;
  double value, lon_deg, lat_deg;
  uint32_t revision;
  uint8_t quality;
  char texts[TEXT_BYTES]; /* asset and quantity */
};

struct job
{
  struct room room;
  struct piece pieces[MESSAGE_RECORDS];
  struct row batch[MESSAGE_RECORDS];
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

static void
copy_to_batch (struct room *room, const struct sf_cage_result *result)
{
  struct job *job = room->ctx;
  for (size_t i = 0; i < result->records_count; i++)
    {
      const struct sf_record *record = &result->records[i];
      const struct sf_observation *observation = &record->as.observation;
      size_t asset = strlen (observation->asset) + 1, quantity = strlen (observation->quantity) + 1;
      struct row *row = &job->batch[i];
      row->valid_s = record->valid_s;
      row->received_s = record->received_s;
      row->line = record->source_line;
      row->revision = record->revision;
      row->quality = record->quality;
      row->period_s = observation->period_s;
      row->value = observation->value;
      row->lon_deg = observation->lon_deg;
      row->lat_deg = observation->lat_deg;
      memcpy (row->texts, observation->asset, asset);
      memcpy (row->texts + asset, observation->quantity, quantity);
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
  room_open (&job.room, &(struct sf_cage_setup){ .queue_bytes = QUEUE_BYTES });
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
