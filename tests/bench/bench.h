/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_BENCH_BENCH_H
#define SF_TESTS_BENCH_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

/* Timing for the programs of tests/bench. CPU time of one binary varies up to twofold on a shared machine: so the least
   of several runs after a warm-up, the median beside it, and the time of a fixed reference kernel in the same call. */

struct bench_time
{
  double cpu_s, cpu_median_s; /* least and median CPU time of a run */
  double wall_s;              /* least wall time */
  int runs;
};

enum
{
  BENCH_MOST_RUNS = 101
};

static inline double
bench_clock_s (clockid_t clock)
{
  struct timespec now;
  clock_gettime (clock, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static inline int
bench_compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

/* Time `runs` calls of work (context), 5 to BENCH_MOST_RUNS, after one that is not counted. */
static inline struct bench_time
bench_run (void (*work) (void *context), void *context, int runs)
{
  double cpu_s[BENCH_MOST_RUNS] = { 0 }, wall_s[BENCH_MOST_RUNS] = { 0 };
  runs = runs < 5 ? 5 : runs > BENCH_MOST_RUNS ? BENCH_MOST_RUNS : runs;
  work (context);
  for (int i = 0; i < runs; i++)
    {
      double cpu = bench_clock_s (CLOCK_PROCESS_CPUTIME_ID), wall = bench_clock_s (CLOCK_MONOTONIC);
      work (context);
      cpu_s[i] = bench_clock_s (CLOCK_PROCESS_CPUTIME_ID) - cpu;
      wall_s[i] = bench_clock_s (CLOCK_MONOTONIC) - wall;
    }
  qsort (cpu_s, (size_t) runs, sizeof *cpu_s, bench_compare);
  qsort (wall_s, (size_t) runs, sizeof *wall_s, bench_compare);
  return (struct bench_time){ .cpu_s = cpu_s[0], .cpu_median_s = cpu_s[runs / 2], .wall_s = wall_s[0], .runs = runs };
}

/* 20 million dependent multiplications and additions: the machine's speed now, untouched by memory and vector units. */
static __attribute__ ((noinline, unused)) void
bench_reference (void *context)
{
  volatile double start = 0.5;
  double x = start;
  for (int i = 0; i < 20000000; i++)
    x = 3.7 * x * (1.0 - x);
  *(volatile double *) context = x;
}

/* The least CPU time of the reference kernel in five runs. */
static inline double
bench_reference_s (void)
{
  double sink;
  return bench_run (bench_reference, &sink, 5).cpu_s;
}

/* The largest resident size of this process so far. */
static inline double
bench_peak_mib (void)
{
  struct rusage usage;
  getrusage (RUSAGE_SELF, &usage);
  return (double) usage.ru_maxrss / 1024.0;
}

/* Print one result as a line of JSON; more, further members that begin with a comma, or "". */
static inline void
bench_print_more (const char *name, const char *variant, struct bench_time time, double ref_cpu_s, double work,
                  const char *work_unit, const char *more)
{
  printf ("{\"case\":\"%s\",\"variant\":\"%s\",\"cpu_s\":%.6f,\"cpu_median_s\":%.6f,\"wall_s\":%.6f,\"runs\":%d,"
          "\"ref_cpu_s\":%.6f,\"peak_mib\":%.1f,\"work\":%.0f,\"work_unit\":\"%s\"%s}\n",
          name, variant, time.cpu_s, time.cpu_median_s, time.wall_s, time.runs, ref_cpu_s, bench_peak_mib (), work,
          work_unit, more);
  fflush (stdout);
}

static inline void
bench_print (const char *name, const char *variant, struct bench_time time, double ref_cpu_s, double work,
             const char *work_unit)
{
  bench_print_more (name, variant, time, ref_cpu_s, work, work_unit, "");
}

#endif
