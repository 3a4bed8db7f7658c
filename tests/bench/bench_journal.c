/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"
#include "core/feed/journal.h"
#include "tests/bench/bench.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Durable messages a second: every batch is one commit, synchronous=FULL, on the file system of the working folder. */

/* Takes the place of the C library's for SQLite too, and counts. */
static long syncs;
int
fdatasync (int fd)
{
  syncs++;
  return (int) syscall (SYS_fdatasync, fd);
}
int
fsync (int fd)
{
  syncs++;
  return (int) syscall (SYS_fsync, fd);
}

struct job
{
  struct sf_journal *journal;
  size_t message_bytes;
  long messages, batch;
  bool identities;
  long made; /* of all runs, for identities */
  double slowest_s;
};

static void
need (enum sf_code code, const struct sf_error *err)
{
  if (code == SF_OK)
    return;
  fprintf (stderr, "bench_journal: %s\n", err->message);
  exit (1);
}

static void
append_batch (struct job *job)
{
  static uint8_t bytes[1024];
  struct sf_error err;
  char identity[48];
  int64_t id;
  double start = bench_clock_s (CLOCK_MONOTONIC);
  for (long i = 0; i < job->batch; i++)
    {
      memcpy (bytes, &job->made, sizeof job->made);
      snprintf (identity, sizeof identity, "%08ld/2024-09-06T18:00/%ld", job->made % 500, job->made);
      struct sf_message message = { .feed = "water_levels",
                                    .source = "0060102300",
                                    .identity = job->identities ? identity : NULL,
                                    .bytes = bytes,
                                    .length = job->message_bytes,
                                    .received_s = 1700000000 + job->made / 1000 };
      need (sf_journal_append (job->journal, &message, "sl651", &id, &err), &err);
      job->made++;
    }
  need (sf_journal_commit (job->journal, &err), &err);
  double took = bench_clock_s (CLOCK_MONOTONIC) - start;
  job->slowest_s = took > job->slowest_s ? took : job->slowest_s;
}

static void
append_all (void *context)
{
  struct job *job = context;
  for (long i = 0; i < job->messages; i += job->batch)
    append_batch (job);
}

static enum sf_code
look (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err)
{
  long *count = ctx;
  (void) err;
  *count += entry->damaged ? 0 : 1;
  return SF_OK;
}

static void
read_all (void *context)
{
  struct job *job = context;
  struct sf_error err;
  struct sf_journal_range range = { .feed = "water_levels", .from_s = INT64_MIN, .to_s = INT64_MIN };
  long count = 0;
  need (sf_journal_read (job->journal, &range, look, &count, &err), &err);
  job->messages = count;
}

static void
bench (const char *folder, size_t message_bytes, long batch, bool identities, double ref_cpu_s)
{
  struct job job = { .message_bytes = message_bytes, .batch = batch, .identities = identities };
  struct sf_error err;
  char variant[64], more[128];
  job.messages = batch == 1 ? 100 : batch == 50 ? 2000 : 10000;
  need (sf_journal_open (folder, true, &job.journal, &err), &err);
  long before = syncs;
  struct bench_time time = bench_run (append_all, &job, 5);
  long runs = time.runs + 1;
  snprintf (variant, sizeof variant, "%zu bytes, batches of %ld%s", message_bytes, batch,
            identities ? "" : ", no identity");
  snprintf (more, sizeof more, ",\"per_s\":%.0f,\"syncs\":%.1f,\"commits\":%ld,\"slowest_commit_s\":%.4f",
            (double) job.messages / time.wall_s, (double) (syncs - before) / (double) runs, job.messages / batch,
            job.slowest_s);
  bench_print_more ("journal", variant, time, ref_cpu_s, (double) job.messages, "message", more);
  if (batch == 5000 && identities)
    {
      time = bench_run (read_all, &job, 5);
      snprintf (variant, sizeof variant, "%zu bytes, read and verified", message_bytes);
      bench_print ("journal", variant, time, ref_cpu_s, (double) job.messages, "message");
    }
  sf_journal_close (job.journal);
  need (sf_file_remove_tree (folder, &err), &err);
}

int
main (void)
{
  static const long batches[] = { 1, 50, 500, 5000 };
  double ref_cpu_s = bench_reference_s ();
  char folder[] = "bench-journal-XXXXXX";
  if (!mkdtemp (folder))
    return 1;
  for (size_t message_bytes = 100; message_bytes <= 1024; message_bytes += 924)
    for (size_t i = 0; i < 4; i++)
      bench (folder, message_bytes, batches[i], true, ref_cpu_s);
  bench (folder, 100, 5000, false, ref_cpu_s);
  return 0;
}
