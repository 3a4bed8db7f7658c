/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/live_private.h"

#include <string.h>
#include <time.h>

/* The scenario as it was when it could last be read: a broken file does not stop the cycles. */
struct cycling
{
  struct sf_live *live;
  struct sf_arena arena;
  struct sf_scenario scenario;
  struct sf_store *store; /* NULL: not there yet */
  int64_t applied_sum;    /* over the feeds that the scenario's queries take */
};

static void
read_scenario (struct cycling *cycling)
{
  struct sf_arena arena = { 0 };
  struct sf_scenario scenario;
  struct sf_error why = { 0 };
  enum sf_code code = sf_live_load (cycling->live, &arena, &scenario, &why);
  if (code == SF_OK && scenario.live)
    {
      sf_arena_finish (&cycling->arena);
      cycling->arena = arena;
      cycling->scenario = scenario;
      return;
    }
  sf_arena_finish (&arena);
  cycling->scenario.clock_s = (int64_t) time (NULL);
  sf_log_write (cycling->live->log, SF_LOG_WARNING, "cycle", "the scenario stays as it was: %s",
                code == SF_OK ? "its clock is set now" : why.message);
}

static void
run_cycle (struct cycling *cycling)
{
  struct sf_live *live = cycling->live;
  struct sf_arena arena = { 0 };
  struct sf_cycle_report report;
  struct sf_error why = { 0 };
  int64_t from_ms = sf_time_steady_ms ();
  read_scenario (cycling);
  enum sf_code code = sf_cycle_run (&arena, live->plugins, &cycling->scenario, live->setup.dir, &report, &why);
  if (code == SF_OK && report.published)
    sf_log_write (live->log, SF_LOG_INFO, "cycle", "snapshot %s: %zu records, %zu stages run, %zu as before, in %.1f s",
                  report.snapshot_id, report.records, report.stages_run, report.stages_reused,
                  (double) (sf_time_steady_ms () - from_ms) / 1000);
  else if (code == SF_OK)
    sf_log_write (live->log, SF_LOG_INFO, "cycle", "nothing new; snapshot %s stays", report.snapshot_id);
  else if (code != SF_ECANCELLED)
    sf_log_write (live->log, SF_LOG_ERROR, "cycle", "no snapshot: %s", why.message);
  sf_arena_finish (&arena);
}

/* Whether records came of a feed that a query takes. A store that is not there, or cannot be read now, has none. */
static bool
has_new_records (struct cycling *cycling)
{
  const struct sf_scenario *scenario = &cycling->scenario;
  int64_t sum = 0;
  if (!cycling->store && sf_store_open (cycling->live->setup.dir, SF_STORE_READ, &cycling->store, NULL) != SF_OK)
    return false;
  for (size_t q = 0; q < scenario->queries_count; q++)
    for (size_t f = 0; f < scenario->queries[q].feeds_count; f++)
      {
        int64_t applied = 0;
        if (sf_store_applied (cycling->store, scenario->queries[q].feeds[f], &applied, NULL) == SF_OK)
          sum += applied;
      }
  bool is_new = sum != cycling->applied_sum;
  cycling->applied_sum = sum;
  return is_new;
}

/* Wait for the next cycle: so long after the last one, and sooner when there are records that it takes. */
static bool
wait_for_reason (struct cycling *cycling, int64_t due_ms)
{
  bool has_reason = false;
  while (sf_time_steady_ms () < due_ms)
    {
      if (has_new_records (cycling) && !has_reason)
        {
          int64_t settled_ms = sf_time_steady_ms () + cycling->scenario.settle_s * 1000;
          due_ms = settled_ms < due_ms ? settled_ms : due_ms;
          has_reason = true;
        }
      int64_t left_ms = due_ms - sf_time_steady_ms ();
      if (sf_live_rest (cycling->live, left_ms < LIVE_STORE_MS ? left_ms : LIVE_STORE_MS))
        return false;
    }
  return !sf_live_is_over (cycling->live);
}

static void
run_cycles (struct cycling *cycling)
{
  const struct sf_scenario *scenario = &cycling->scenario;
  sf_log_write (cycling->live->log, SF_LOG_INFO, "cycle", "every %lld s, and %lld s after new records",
                (long long) scenario->every_s, (long long) scenario->settle_s);
  int64_t due_ms = sf_time_steady_ms () + scenario->settle_s * 1000;
  while (wait_for_reason (cycling, due_ms))
    {
      due_ms = sf_time_steady_ms () + scenario->every_s * 1000;
      run_cycle (cycling);
    }
}

void *
sf_live_cycle (void *ctx)
{
  struct cycling cycling = { .live = ctx };
  do
    read_scenario (&cycling);
  while (!cycling.scenario.path && !sf_live_rest (cycling.live, LIVE_STORE_MS));
  if (cycling.scenario.models_count == 0 && cycling.scenario.queries_count == 0)
    sf_log_write (cycling.live->log, SF_LOG_INFO, "cycle", "the scenario has no models: no cycles are run");
  else if (cycling.scenario.path)
    run_cycles (&cycling);
  if (cycling.store)
    sf_store_close (cycling.store);
  sf_arena_finish (&cycling.arena);
  return NULL;
}
