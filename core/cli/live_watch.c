/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/live_private.h"

#include "core/base/file.h"
#include "core/cli/notify.h"

#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- the state of the files --- */

static void
add_file (struct sf_hash *hash, const char *path)
{
  struct stat info = { 0 };
  int missing = stat (path, &info) != 0;
  const int64_t state[]
      = { missing, (int64_t) info.st_ino, (int64_t) info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec };
  sf_hash_add_text (hash, path);
  sf_hash_add (hash, state, sizeof state);
}

/* Which files there are, and how long and how old each is: a change of any of it is a reason to read them again. */
static enum sf_code
find_state (const char *scenario, const char *departments, struct sf_key *ret_key, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  char **names = NULL;
  size_t count = 0;
  struct sf_hash *hash = sf_hash_new ();
  if (!hash)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  add_file (hash, scenario);
  if (departments && sf_file_is_folder (departments)
      && sf_file_list (&arena, departments, &names, &count, NULL) == SF_OK)
    for (size_t i = 0; i < count; i++)
      {
        const char *path = sf_file_join (&arena, departments, names[i]);
        if (path)
          add_file (hash, path);
      }
  else if (departments)
    add_file (hash, departments);
  enum sf_code code = sf_hash_finish (hash, ret_key, err);
  sf_hash_free (hash);
  sf_arena_finish (&arena);
  return code;
}

static enum sf_code
watch_departments (struct sf_live *live, const char *path, struct sf_error *err)
{
  bool is_same = path && live->departments && strcmp (path, live->departments) == 0;
  const char *copy = path && !is_same ? sf_arena_strdup (&live->arena, path) : live->departments;
  if (path && !copy)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  live->departments = path ? copy : NULL;
  return SF_OK;
}

enum sf_code
sf_live_look_at_files (struct sf_live *live, const struct sf_scenario *scenario, struct sf_error *err)
{
  SF_TRY (watch_departments (live, scenario->departments, err));
  return find_state (live->setup.scenario, live->departments, &live->files, err);
}

/* --- reading them again --- */

static void
hand_over (struct sf_live *live, struct sf_arena *arena, const struct sf_scenario *scenario, const struct sf_error *why)
{
  struct handover *handover = &live->handover;
  pthread_mutex_lock (&handover->lock);
  handover->failure = *why;
  handover->has_failure = true;
  if (why->code == SF_OK)
    {
      sf_arena_finish (&handover->arena); /* of one that was not fetched in time */
      handover->arena = *arena;
      handover->feeds = scenario->feeds;
      handover->feeds_count = scenario->feeds_count;
      handover->has_feeds = true;
      *arena = (struct sf_arena){ 0 };
    }
  if (!handover->is_closed)
    sf_intake_wake (live->intake);
  pthread_mutex_unlock (&handover->lock);
}

/* All files are read and checked, away from the feeds that work; then they are handed over whole, or not at all. */
static void
reload (struct sf_live *live)
{
  struct sf_arena arena = { 0 };
  struct sf_scenario scenario = { 0 };
  struct sf_error why = { 0 };
  sf_notify_reloading ();
  enum sf_code code = sf_live_load (live, &arena, &scenario, &why);
  if (code == SF_OK && !scenario.live)
    sf_fail (&why, SF_EINVAL, "%s: its clock is set now; live operation goes on with what it was", scenario.path);
  if (why.code == SF_OK)
    watch_departments (live, scenario.departments, &why);
  if (why.code != SF_OK)
    sf_log_write (live->log, SF_LOG_ERROR, "departments", "not reloaded, the old feeds stay: %s", why.message);
  hand_over (live, &arena, &scenario, &why);
  if (why.code != SF_OK)
    sf_notify_ready ();
  sf_arena_finish (&arena);
}

static bool
is_asked_to_reload (const struct sf_live *live)
{
  struct pollfd waiting = { .fd = live->hangup, .events = POLLIN };
  struct signalfd_siginfo signal;
  bool is_asked = false;
  poll (&waiting, 1, LIVE_WATCH_MS);
  while (read (live->hangup, &signal, sizeof signal) == sizeof signal)
    is_asked = true;
  return is_asked;
}

static bool
is_changed (struct sf_live *live)
{
  struct sf_key now;
  if (find_state (live->setup.scenario, live->departments, &now, NULL) != SF_OK
      || memcmp (&now, &live->files, sizeof now) == 0)
    return false;
  live->files = now;
  return true;
}

/* Ingest that hangs is not alive, whatever this thread does. */
static bool
is_alive (const struct sf_live *live)
{
  return !live->has_ingest || sf_time_steady_ms () - atomic_load (&live->turned_ms) < LIVE_DEAD_MS;
}

void *
sf_live_watch (void *ctx)
{
  struct sf_live *live = ctx;
  int64_t every_ms = sf_notify_alive_every_ms (), told_ms = 0;
  while (!sf_live_is_over (live))
    {
      bool is_asked = is_asked_to_reload (live);
      if (live->has_ingest && (is_changed (live) || is_asked))
        {
          reload (live);
          live->twins_ms = 0; /* rules may be others */
        }
      else if (live->has_ingest)
        sf_live_look_for_twins (live);
      if (every_ms > 0 && sf_time_steady_ms () - told_ms >= every_ms && is_alive (live))
        {
          sf_notify_alive ();
          told_ms = sf_time_steady_ms ();
        }
    }
  return NULL;
}
