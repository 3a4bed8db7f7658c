/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/intake_private.h"

#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

static void
read_clocks (struct sf_intake *intake)
{
  intake->now_s = intake->setup.now_s ? intake->setup.now_s (intake->setup.ctx) : (int64_t) time (NULL);
  intake->now_ms = sf_time_steady_ms ();
}

/* --- the beginning --- */

enum
{
  LOCK_TRIES = 20, /* whoever reads the board holds the lock for a moment */
  LOCK_WAIT_US = 10000
};

static bool
take_lock (int fd)
{
  int tries = 0;
  while (flock (fd, LOCK_EX | LOCK_NB) < 0)
    if (errno != EWOULDBLOCK || ++tries == LOCK_TRIES)
      return false;
    else
      usleep (LOCK_WAIT_US);
  return true;
}

/* The lock ends with the process, however it ends. */
static enum sf_code
lock_folder (struct sf_intake *intake, struct sf_error *err)
{
  char *path = sf_mem_printf ("%s/ingest.lock", intake->setup.dir), text[32] = "";
  if (!path)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  intake->lock = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  int why = errno;
  sf_mem_free (path);
  if (intake->lock < 0)
    return sf_fail (err, SF_EIO, "%s/ingest.lock: %s", intake->setup.dir, strerror (why));
  if (!take_lock (intake->lock))
    {
      ssize_t length = pread (intake->lock, text, sizeof text - 1, 0);
      text[length > 0 ? length : 0] = '\0';
      return sf_fail (err, SF_ECONFLICT, "another ingest (process %.*s) works on %s already; one folder, one ingest",
                      (int) strcspn (text, "\n"), text, intake->setup.dir);
    }
  int length = snprintf (text, sizeof text, "%d\n", (int) getpid ());
  if (ftruncate (intake->lock, 0) < 0 || pwrite (intake->lock, text, (size_t) length, 0) != length)
    sf_log_write (intake->log, SF_LOG_WARNING, "intake", "%s/ingest.lock: %s", intake->setup.dir, strerror (errno));
  return SF_OK;
}

static enum sf_code
watch (struct sf_intake *intake, int fd, bool is_watched, struct sf_error *err)
{
  struct epoll_event event = { .events = is_watched ? EPOLLIN : 0, .data = { .fd = fd } };
  if (epoll_ctl (intake->epoll, EPOLL_CTL_MOD, fd, &event) == 0
      || epoll_ctl (intake->epoll, EPOLL_CTL_ADD, fd, &event) == 0)
    return SF_OK;
  return sf_fail (err, SF_EIO, "intake cannot wait for its descriptors: %s", strerror (errno));
}

static enum sf_code
open_waiting (struct sf_intake *intake, struct sf_error *err)
{
  intake->epoll = epoll_create1 (EPOLL_CLOEXEC);
  intake->sources_epoll = epoll_create1 (EPOLL_CLOEXEC);
  intake->wakeup = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (intake->epoll < 0 || intake->sources_epoll < 0 || intake->wakeup < 0)
    return sf_fail (err, SF_EIO, "intake gets no descriptors to wait with: %s", strerror (errno));
  SF_TRY (watch (intake, intake->wakeup, true, err));
  SF_TRY (watch (intake, sf_pipeline_fd (intake->pipeline), true, err));
  intake->sources_are_waited_for = true;
  return watch (intake, intake->sources_epoll, true, err);
}

static enum sf_code
open_parts (struct sf_intake *intake, struct sf_error *err)
{
  const struct sf_intake_setup *setup = &intake->setup;
  SF_TRY (sf_file_make_folder (setup->dir, err));
  SF_TRY (lock_folder (intake, err));
  SF_TRY (sf_journal_open (setup->dir, true, &intake->journal, err));
  SF_TRY (sf_store_open (setup->dir, SF_STORE_WRITE, &intake->store, err));
  SF_TRY (sf_health_open (setup->dir, &intake->health, err));
  struct sf_pipeline_setup pipeline = { .plugins = setup->plugins,
                                        .program = setup->program,
                                        .journal = intake->journal,
                                        .store = intake->store,
                                        .rules = setup->rules,
                                        .health = intake->health,
                                        .in_process = setup->in_process,
                                        .keep_verdicts = true };
  SF_TRY (sf_pipeline_new (&pipeline, &intake->pipeline, err));
  return open_waiting (intake, err);
}

enum sf_code
sf_intake_new (const struct sf_intake_setup *setup, struct sf_intake **ret_intake, struct sf_error *err)
{
  struct sf_intake *intake = sf_mem_calloc (1, sizeof *intake);
  if (!intake)
    return sf_fail (err, SF_ENOMEM, "out of memory for intake");
  *intake = (struct sf_intake){ .setup = *setup,
                                .log = sf_plugin_host_setup_of (setup->plugins)->log,
                                .lock = -1,
                                .epoll = -1,
                                .sources_epoll = -1,
                                .wakeup = -1 };
  read_clocks (intake);
  intake->trim_ms = intake->now_ms + INTAKE_TRIM_MORE_MS;
  enum sf_code code = open_parts (intake, err);
  if (code == SF_OK)
    *ret_intake = intake;
  else
    sf_intake_free (intake);
  return code;
}

/* --- the end --- */

static void
free_generation (struct generation *generation)
{
  sf_arena_finish (&generation->arena);
  sf_mem_free (generation);
}

/* What was brought is committed and acknowledged if that can be done now; else it comes again from where it came. */
static void
hold_the_rest (struct sf_intake *intake)
{
  struct sf_error why = { 0 };
  read_clocks (intake);
  if (sf_batch_commit (intake, &why) != SF_OK)
    sf_log_write (intake->log, SF_LOG_ERROR, "intake", "%zu messages were not acknowledged: %s", intake->batch.count,
                  why.message);
}

void
sf_intake_free (struct sf_intake *intake)
{
  if (!intake)
    return;
  struct sf_error why = { 0 };
  if (intake->pipeline && intake->epoll >= 0)
    hold_the_rest (intake);
  for (size_t i = 0; i < intake->sources_count; i++)
    sf_source_free (intake->sources[i]);
  if (intake->pipeline && sf_pipeline_commit (intake->pipeline, intake->now_s, &why) != SF_OK)
    sf_log_write (intake->log, SF_LOG_WARNING, "intake", "decoded again at the next start: %s", why.message);
  sf_pipeline_free (intake->pipeline);
  if (intake->health)
    sf_health_close (intake->health, intake->now_s);
  if (intake->store)
    sf_store_close (intake->store);
  if (intake->journal)
    sf_journal_close (intake->journal);
  while (intake->generations)
    {
      struct generation *generation = intake->generations;
      intake->generations = generation->next;
      free_generation (generation);
    }
  const int descriptors[] = { intake->epoll, intake->sources_epoll, intake->wakeup, intake->lock };
  for (size_t i = 0; i < sizeof descriptors / sizeof *descriptors; i++)
    if (descriptors[i] >= 0)
      close (descriptors[i]);
  sf_arena_finish (&intake->batch.arena);
  sf_mem_free (intake->batch.items);
  sf_mem_free (intake->sources);
  sf_mem_free (intake);
}

/* --- feeds --- */

static struct source *
find_same (const struct sf_intake *intake, const struct sf_feed *feed)
{
  for (size_t i = 0; i < intake->sources_count; i++)
    {
      struct source *source = intake->sources[i];
      if (strcmp (source->feed->name, feed->name) == 0
          && memcmp (&source->feed->definition, &feed->definition, sizeof feed->definition) == 0)
        return source;
    }
  return NULL;
}

static bool
is_used (const struct sf_intake *intake, const struct generation *generation)
{
  for (size_t i = 0; i < generation->count; i++)
    {
      if (sf_pipeline_uses (intake->pipeline, &generation->feeds[i]))
        return true;
      for (size_t s = 0; s < intake->sources_count; s++)
        if (intake->sources[s]->feed == &generation->feeds[i])
          return true;
    }
  return false;
}

static void
free_unused (struct sf_intake *intake)
{
  struct generation **link = &intake->generations;
  while (*link)
    {
      struct generation *generation = *link;
      if (is_used (intake, generation))
        {
          link = &generation->next;
          continue;
        }
      *link = generation->next;
      free_generation (generation);
    }
}

static bool
is_among (struct source *const *sources, size_t count, const struct source *source)
{
  for (size_t i = 0; i < count; i++)
    if (sources[i] == source)
      return true;
  return false;
}

/* Old sources that are not among the new ones, or the other way about. */
static void
free_others (struct source *const *sources, size_t count, struct source *const *kept, size_t kept_count)
{
  for (size_t i = 0; i < count; i++)
    if (sources[i] && !is_among (kept, kept_count, sources[i]))
      sf_source_free (sources[i]);
}

static enum sf_code
make_sources (struct sf_intake *intake, const struct generation *generation, struct source **sources,
              const struct sf_feed **feeds, struct sf_error *err)
{
  for (size_t i = 0; i < generation->count; i++)
    {
      sources[i] = find_same (intake, &generation->feeds[i]);
      if (!sources[i])
        SF_TRY (sf_source_new (intake, &generation->feeds[i], &sources[i], err));
      feeds[i] = sources[i]->feed;
    }
  return sf_pipeline_set_feeds (intake->pipeline, feeds, generation->count, err);
}

static enum sf_code
take_generation (struct sf_intake *intake, const struct generation *generation, struct sf_error *err)
{
  struct source **sources = sf_mem_calloc (generation->count + 1, sizeof *sources);
  const struct sf_feed **feeds = sf_mem_calloc (generation->count + 1, sizeof *feeds);
  enum sf_code code = sources && feeds ? make_sources (intake, generation, sources, feeds, err)
                                       : sf_fail (err, SF_ENOMEM, "out of memory for %zu feeds", generation->count);
  if (code == SF_OK)
    {
      free_others (intake->sources, intake->sources_count, sources, generation->count);
      sf_mem_free (intake->sources);
      intake->sources = sources;
      intake->sources_count = generation->count;
    }
  else if (sources)
    {
      free_others (sources, generation->count, intake->sources, intake->sources_count);
      sf_mem_free (sources);
    }
  sf_mem_free (feeds);
  return code;
}

enum sf_code
sf_intake_set_feeds (struct sf_intake *intake, struct sf_arena *arena, const struct sf_feed *feeds, size_t count,
                     struct sf_error *err)
{
  struct generation *generation = sf_mem_calloc (1, sizeof *generation);
  struct sf_error why = { 0 };
  if (!generation)
    {
      sf_arena_finish (arena);
      return sf_fail (err, SF_ENOMEM, "out of memory for %zu feeds", count);
    }
  *generation = (struct generation){ .arena = *arena, .feeds = feeds, .count = count, .next = intake->generations };
  *arena = (struct sf_arena){ 0 };
  intake->generations = generation;
  read_clocks (intake);
  /* What the old transports brought is acknowledged while they are there to hear it. */
  if (sf_batch_commit (intake, &why) != SF_OK)
    sf_log_write (intake->log, SF_LOG_WARNING, "intake", "messages of changed feeds are not acknowledged: %s",
                  why.message);
  enum sf_code code = take_generation (intake, generation, err);
  free_unused (intake);
  return code;
}

/* --- turns --- */

void
sf_intake_wake (struct sf_intake *intake)
{
  uint64_t one = 1;
  ssize_t ignored = write (intake->wakeup, &one, sizeof one); /* full: it is awake already */
  (void) ignored;
}

void
sf_intake_alarm (struct sf_intake *intake, const char *name, const char *text)
{
  sf_health_alarm (intake->health, NULL, name, text, intake->now_s);
}

/* The clock against the steady count. Order is the journal's, waiting goes by the count: a jump disturbs neither. */
static void
look_at_clock (struct sf_intake *intake)
{
  int64_t steady_s = (intake->now_ms - intake->last_ms) / 1000, jump_s = intake->now_s - intake->last_s - steady_s;
  bool is_first = intake->last_ms == 0;
  intake->last_ms = intake->now_ms;
  intake->last_s = intake->now_s;
  if (!is_first && (jump_s > INTAKE_JUMP_S || jump_s < -INTAKE_JUMP_S))
    {
      char text[160];
      snprintf (text, sizeof text,
                "the clock went %s by %lld s between two looks; received times before and after differ",
                jump_s > 0 ? "forward" : "back", (long long) (jump_s > 0 ? jump_s : -jump_s));
      sf_log_write (intake->log, SF_LOG_WARNING, "intake", "%s", text);
      sf_intake_alarm (intake, "clock_jumped", text);
      intake->has_jumped = true;
      intake->jumped_ms = intake->now_ms;
    }
  if (intake->has_jumped && intake->now_ms - intake->jumped_ms > INTAKE_JUMP_TOLD_MS)
    {
      intake->has_jumped = false;
      sf_intake_alarm (intake, "clock_jumped", NULL);
    }
}

static int64_t
sooner (int64_t wait_ms, int64_t due_ms, int64_t now_ms)
{
  int64_t left_ms = due_ms > now_ms ? due_ms - now_ms : 0;
  return left_ms < wait_ms ? left_ms : wait_ms;
}

static int64_t
find_wait_ms (const struct sf_intake *intake, int64_t wait_ms)
{
  int64_t now_ms = intake->now_ms, pipeline_ms = sf_pipeline_wait_ms (intake->pipeline, now_ms);
  if (pipeline_ms >= 0 && pipeline_ms < wait_ms)
    wait_ms = pipeline_ms;
  wait_ms = sooner (wait_ms, sf_batch_due_ms (intake), now_ms);
  for (size_t i = 0; i < intake->sources_count; i++)
    wait_ms = sooner (wait_ms, intake->sources[i]->due_ms, now_ms);
  return wait_ms;
}

/* Which transports are ready; they are not waited for while there is no room for what they bring. */
static enum sf_code
wait_for_work (struct sf_intake *intake, int64_t wait_ms, struct sf_error *err)
{
  struct epoll_event events[INTAKE_EVENTS];
  uint64_t woken;
  bool has_room = !sf_batch_is_full (intake);
  if (has_room != intake->sources_are_waited_for && watch (intake, intake->sources_epoll, has_room, NULL) == SF_OK)
    intake->sources_are_waited_for = has_room;
  if (epoll_wait (intake->epoll, events, INTAKE_EVENTS, (int) find_wait_ms (intake, wait_ms)) < 0 && errno != EINTR)
    return sf_fail (err, SF_EIO, "intake cannot wait for its descriptors: %s", strerror (errno));
  while (read (intake->wakeup, &woken, sizeof woken) > 0)
    ;
  int count = has_room ? epoll_wait (intake->sources_epoll, events, INTAKE_EVENTS, 0) : 0;
  for (int i = 0; i < count; i++)
    ((struct source *) events[i].data.ptr)->is_ready = true;
  return SF_OK;
}

/* The board says all of it; the log, that it goes on. */
static void
complain (struct sf_intake *intake, const char *what, const char *text)
{
  if (intake->now_ms < intake->complain_ms)
    return;
  sf_log_write (intake->log, SF_LOG_WARNING, "intake", "%s: %s", what, text);
  intake->complain_ms = intake->now_ms + INTAKE_COMPLAIN_MS;
}

enum sf_code
sf_intake_turn (struct sf_intake *intake, int64_t wait_ms, struct sf_error *err)
{
  struct sf_error why = { 0 };
  bool is_idle;
  read_clocks (intake);
  SF_TRY (wait_for_work (intake, wait_ms, err));
  read_clocks (intake);
  look_at_clock (intake);
  for (size_t i = 0; i < intake->sources_count; i++)
    sf_source_turn (intake->sources[i]);
  /* What fails below stands on the board and is tried again. */
  if (intake->now_ms >= sf_batch_due_ms (intake))
    sf_batch_commit (intake, &why);
  enum sf_code code = sf_pipeline_turn (intake->pipeline, intake->now_s, intake->now_ms, &is_idle, &why);
  if (code != SF_OK)
    complain (intake, "not stored yet", why.message);
  sf_intake_trim (intake);
  if (intake->generations && intake->generations->next)
    free_unused (intake);
  if (sf_health_write (intake->health, intake->now_s, intake->now_ms, false, &why) != SF_OK)
    complain (intake, "the health board is not written", why.message);
  return SF_OK;
}
