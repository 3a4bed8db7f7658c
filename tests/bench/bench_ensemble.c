/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/bench.h"
#include "tests/unit/chance_help.h"

struct run
{
  struct chance_host host;
  struct sf_chances chances;
  struct sf_chance_counts counts;
  int failed;
};

static void
compute (void *context)
{
  struct run *run = context;
  run->failed |= sf_chances_count (&run->host.host, &run->chances, &run->counts, NULL) != SF_OK;
}

int
main (void)
{
  struct chance_world world;
  struct run run = { 0 };
  chance_host_open (&run.host, 1);
  chance_hainan (&world, 1000, 73, 1);
  run.chances = chance_usual (&world, chance_province ());
  uint16_t *memory = chance_counts_alloc (&run.chances, &run.counts);
  struct bench_time time = bench_run (compute, &run, 5);
  bench_print ("ensemble", "1000", time, bench_reference_s (), 1000 * 73. * 600 * 450, "cell steps");
  run.chances.strikes = 0;
  time = bench_run (compute, &run, 5);
  bench_print ("ensemble", "1000-wind", time, bench_reference_s (), 1000 * 73. * 600 * 450, "cell steps");
  free (memory);
  chance_world_free (&world);
  chance_host_close (&run.host);
  return run.failed;
}
