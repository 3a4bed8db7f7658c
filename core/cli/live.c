/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/live_private.h"

#include "core/base/file.h"
#include "core/cli/notify.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum sf_code
sf_live_parse_parts (const char *text, int *ret_parts, struct sf_error *err)
{
  static const char *const names[] = { "ingest", "cycle", "service" };
  struct sf_span rest = sf_span_of (text ? text : ""), part;
  int parts = 0;
  while (text && *text && sf_text_next_field (&rest, ',', &part))
    {
      int i = 0;
      part = sf_span_trim (part);
      while (i < 3 && !sf_span_equal (part, names[i]))
        i++;
      if (i == 3)
        return sf_fail (err, SF_EINVAL,
                        "--only: expected ingest, cycle or service, with commas between them, got '%.*s'",
                        (int) part.length, part.text);
      parts |= 1 << i;
    }
  *ret_parts = parts ? parts : SF_LIVE_ALL;
  return SF_OK;
}

void
sf_live_block_hangup (bool is_blocked)
{
  sigset_t set;
  sigemptyset (&set);
  sigaddset (&set, SIGHUP);
  pthread_sigmask (is_blocked ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

bool
sf_live_is_over (const struct sf_live *live)
{
  return atomic_load (&live->is_stopped) || atomic_load (live->setup.cli->cancel);
}

bool
sf_live_rest (const struct sf_live *live, int64_t ms)
{
  for (int64_t until_ms = sf_time_steady_ms () + ms, left_ms; (left_ms = until_ms - sf_time_steady_ms ()) > 0;)
    {
      if (sf_live_is_over (live))
        return true;
      int64_t nap_ms = left_ms < LIVE_TURN_MS ? left_ms : LIVE_TURN_MS;
      nanosleep (&(struct timespec){ .tv_nsec = nap_ms * 1000000 }, NULL);
    }
  return sf_live_is_over (live);
}

enum sf_code
sf_live_load (const struct sf_live *live, struct sf_arena *arena, struct sf_scenario *ret_scenario,
              struct sf_error *err)
{
  const struct sf_live_setup *setup = &live->setup;
  return sf_scenario_load (arena, live->plugins, setup->scenario, setup->overrides, setup->overrides_count,
                           ret_scenario, err);
}

/* --- the thread that takes feeds in --- */

static void
log_feeds (const struct sf_live *live, const struct sf_feed *feeds, size_t count)
{
  struct sf_strbuf names = { 0 };
  for (size_t i = 0; i < count; i++)
    sf_strbuf_addf (&names, "%s%s", i ? ", " : "", feeds[i].name);
  sf_log_write (live->log, SF_LOG_INFO, "ingest", "%zu feeds into %s: %s", count, live->setup.dir,
                names.text ? names.text : "none");
  sf_strbuf_finish (&names);
}

/* The files were read well: their feeds are taken; or not: the old ones stay, under an alarm that says why. */
static void
take_over (struct sf_live *live)
{
  struct handover *handover = &live->handover;
  struct sf_error why = { 0 };
  pthread_mutex_lock (&handover->lock);
  if (handover->has_feeds)
    {
      log_feeds (live, handover->feeds, handover->feeds_count);
      sf_intake_set_feeds (live->intake, &handover->arena, handover->feeds, handover->feeds_count, &why);
      handover->failure = why;
      sf_notify_ready ();
    }
  if (handover->has_feeds || handover->has_failure)
    sf_intake_alarm (live->intake, "departments", handover->failure.code == SF_OK ? NULL : handover->failure.message);
  if (handover->has_twins)
    sf_intake_alarm (live->intake, "duplicate_stations", *handover->twins ? handover->twins : NULL);
  handover->has_feeds = handover->has_failure = handover->has_twins = false;
  pthread_mutex_unlock (&handover->lock);
}

static void *
ingest (void *ctx)
{
  struct sf_live *live = ctx;
  enum sf_code code = SF_OK;
  while (code == SF_OK && !sf_live_is_over (live))
    {
      take_over (live);
      code = sf_intake_turn (live->intake, LIVE_TURN_MS, &live->failure);
      atomic_store (&live->turned_ms, sf_time_steady_ms ());
    }
  if (code != SF_OK)
    {
      sf_log_write (live->log, SF_LOG_ERROR, "ingest", "%s", live->failure.message);
      kill (getpid (), SIGTERM); /* the whole process ends in order: half of it would look alive */
    }
  pthread_mutex_lock (&live->handover.lock);
  live->handover.is_closed = true;
  pthread_mutex_unlock (&live->handover.lock);
  sf_intake_free (live->intake);
  live->intake = NULL;
  return NULL;
}

/* --- start and stop --- */

static enum sf_code
open_ingest (struct sf_live *live, struct sf_arena *arena, const struct sf_scenario *scenario, struct sf_error *err)
{
  struct sf_quality_rules *rules = NULL;
  char *program = NULL;
  SF_TRY (sf_places_program (&live->arena, &program, err));
  SF_TRY (sf_cli_load_quality (live->setup.cli, &live->arena, &rules, err));
  struct sf_intake_setup setup = {
    .plugins = live->plugins,
    .dir = live->setup.dir,
    .program = program,
    .rules = rules,
    .keep = { .age_s = live->setup.keep_s, .size_bytes = live->setup.keep_bytes, .identity_age_s = live->setup.keep_s }
  };
  SF_TRY (sf_intake_new (&setup, &live->intake, err));
  SF_TRY (sf_live_look_at_files (live, scenario, err));
  log_feeds (live, scenario->feeds, scenario->feeds_count);
  return sf_intake_set_feeds (live->intake, arena, scenario->feeds, scenario->feeds_count, err);
}

static enum sf_code
open_hangup (struct sf_live *live, struct sf_error *err)
{
  sigset_t set;
  sigemptyset (&set);
  sigaddset (&set, SIGHUP);
  live->hangup = signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  return live->hangup >= 0 ? SF_OK : sf_fail (err, SF_EIO, "SIGHUP cannot be waited for: %s", strerror (errno));
}

static enum sf_code
start_thread (struct sf_live *live, pthread_t *thread, bool *has_thread, void *(*run) (void *), struct sf_error *err)
{
  int why = pthread_create (thread, NULL, run, live);
  *has_thread = why == 0;
  return why == 0 ? SF_OK : sf_fail (err, SF_ENOMEM, "no thread can be started: %s", strerror (why));
}

static enum sf_code
start_parts (struct sf_live *live, struct sf_arena *arena, struct sf_error *err)
{
  struct sf_scenario scenario;
  int parts = live->setup.parts;
  SF_TRY (sf_file_make_folder (live->setup.dir, err));
  SF_TRY (sf_live_load (live, arena, &scenario, err));
  if (!scenario.live)
    return sf_fail (err, SF_EINVAL, "%s is not live: its clock is set; --only is for 'clock: now'", scenario.path);
  if (parts & SF_LIVE_INGEST)
    SF_TRY (open_ingest (live, arena, &scenario, err));
  SF_TRY (open_hangup (live, err));
  if (parts & SF_LIVE_INGEST)
    SF_TRY (start_thread (live, &live->ingest, &live->has_ingest, ingest, err));
  if (parts & SF_LIVE_CYCLE)
    SF_TRY (start_thread (live, &live->cycle, &live->has_cycle, sf_live_cycle, err));
  return start_thread (live, &live->watch, &live->has_watch, sf_live_watch, err);
}

enum sf_code
sf_live_start (const struct sf_live_setup *setup, struct sf_live **ret_live, struct sf_error *err)
{
  struct sf_live *live = sf_mem_calloc (1, sizeof *live);
  struct sf_arena arena = { 0 };
  if (!live)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  live->setup = *setup;
  live->log = setup->cli->log;
  live->plugins = setup->cli->plugins;
  live->hangup = -1;
  live->twins_ms = sf_time_steady_ms () + LIVE_TWINS_FIRST_MS;
  atomic_init (&live->turned_ms, sf_time_steady_ms ());
  pthread_mutex_init (&live->handover.lock, NULL);
  enum sf_code code = start_parts (live, &arena, err);
  sf_arena_finish (&arena);
  if (code == SF_OK)
    *ret_live = live;
  else
    sf_live_stop (live, NULL);
  return code;
}

enum sf_code
sf_live_stop (struct sf_live *live, struct sf_error *err)
{
  if (!live)
    return SF_OK;
  atomic_store (&live->is_stopped, true);
  sf_notify_stopping ();
  if (live->has_watch)
    pthread_join (live->watch, NULL);
  if (live->has_ingest)
    pthread_join (live->ingest, NULL);
  if (live->has_cycle)
    pthread_join (live->cycle, NULL);
  sf_intake_free (live->intake);
  if (live->hangup >= 0)
    close (live->hangup);
  enum sf_code code
      = live->failure.code == SF_OK ? SF_OK : sf_fail (err, live->failure.code, "%s", live->failure.message);
  sf_arena_finish (&live->handover.arena);
  pthread_mutex_destroy (&live->handover.lock);
  sf_arena_finish (&live->arena);
  sf_mem_free (live);
  return code;
}
