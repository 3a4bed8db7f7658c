/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/intake_private.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

/* --- what a transport may call --- */

static enum sf_code
deliver (void *ctx, const struct sf_message *message, struct sf_error *err)
{
  struct source *source = ctx;
  struct sf_error why = { 0 };
  enum sf_code code = sf_batch_add_message (source, message, &why);
  source->was_refused |= code == SF_EBUSY;
  return code == SF_OK ? SF_OK : sf_fail (err, code, "%s", why.message);
}

static enum sf_code
remember (void *ctx, const char *key, const char *value, struct sf_error *err)
{
  struct source *source = ctx;
  struct sf_error why = { 0 };
  enum sf_code code = sf_batch_add_memory (source, key, value, &why);
  source->was_refused |= code == SF_EBUSY;
  return code == SF_OK ? SF_OK : sf_fail (err, code, "%s", why.message);
}

static enum sf_code
recall (void *ctx, struct sf_arena *arena, const char *key, const char **ret_value, struct sf_error *err)
{
  struct source *source = ctx;
  const char *value = NULL;
  if (!sf_batch_find_memory (&source->intake->batch, source->feed->name, key, &value))
    return sf_journal_recall (source->intake->journal, arena, source->feed->name, key, ret_value, err);
  const char *copy = value ? sf_arena_strdup (arena, value) : NULL;
  if (value && !copy)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", source->feed->name);
  *ret_value = copy;
  return SF_OK;
}

/* The names are kept, so that alarms end with the transport that raised them. */
static void
note_alarm (struct source *source, const char *name)
{
  for (size_t i = 0; i < source->alarms_count; i++)
    if (strcmp (source->alarms[i], name) == 0)
      return;
  char *copy = source->alarms_count < INTAKE_ALARMS_MAX ? sf_mem_strdup (name) : NULL;
  if (copy)
    source->alarms[source->alarms_count++] = copy;
}

static void
trouble (void *ctx, const char *name, const char *text)
{
  struct source *source = ctx;
  if (text)
    note_alarm (source, name);
  sf_health_alarm (source->intake->health, source->feed->name, name, text, source->intake->now_s);
}

static void
count (void *ctx, const char *name, long more)
{
  struct source *source = ctx;
  sf_health_count (source->intake->health, source->feed->name, name, more);
}

static struct sf_inlet
inlet_of (struct source *source)
{
  return (struct sf_inlet){ .ctx = source,
                            .now_s = source->intake->now_s,
                            .now_ms = source->intake->now_ms,
                            .deliver = deliver,
                            .remember = remember,
                            .recall = recall,
                            .trouble = trouble,
                            .count = count };
}

/* --- waiting --- */

static const struct sf_transport *
transport_of (const struct source *source)
{
  return source->feed->transport.plugin->as.transport;
}

static void
stop_waiting (struct source *source)
{
  if (source->fd >= 0)
    epoll_ctl (source->intake->sources_epoll, EPOLL_CTL_DEL, source->fd, NULL);
  source->fd = -1;
}

/* A descriptor that was closed and opened again has left epoll by itself. */
static void
wait_for (struct source *source, int fd)
{
  struct epoll_event event = { .events = EPOLLIN, .data = { .ptr = source } };
  int epoll = source->intake->sources_epoll;
  if (fd != source->fd)
    stop_waiting (source);
  if (fd < 0)
    return;
  if (epoll_ctl (epoll, EPOLL_CTL_MOD, fd, &event) == 0 || epoll_ctl (epoll, EPOLL_CTL_ADD, fd, &event) == 0)
    source->fd = fd;
  else
    sf_log_write (source->intake->log, SF_LOG_WARNING, source->feed->name, "its descriptor cannot be waited for: %s",
                  strerror (errno));
}

static void
ask_what_next (struct source *source)
{
  int64_t now_ms = source->intake->now_ms, wait_ms = INTAKE_POLL_MS;
  int fd = -1;
  if (transport_of (source)->wait_ms)
    {
      wait_ms = transport_of (source)->wait_ms (source->state, now_ms, &fd);
      wait_for (source, fd);
    }
  /* Whatever it says, a transport is looked at once in a while: it may know of no descriptor. */
  source->due_ms = now_ms + (wait_ms >= 0 && wait_ms < INTAKE_OPEN_MAX_MS ? wait_ms : INTAKE_OPEN_MAX_MS);
}

/* --- opening, polling --- */

static void
tell_failure (struct source *source, const char *text)
{
  if (text && !source->is_failing)
    sf_log_write (source->intake->log, SF_LOG_WARNING, source->feed->name, "%s", text);
  if (!text && source->is_failing)
    sf_log_write (source->intake->log, SF_LOG_INFO, source->feed->name, "the transport works again");
  if (text || source->is_failing)
    trouble (source, "transport_failed", text);
  source->is_failing = text != NULL;
}

static void
open_source (struct source *source)
{
  struct sf_error why = { 0 };
  source->host.clock_s = source->intake->now_s;
  if (transport_of (source)->open (&source->host, &source->state, &why) == SF_OK)
    {
      source->is_open = true;
      source->patience_ms = 0;
      source->due_ms = source->intake->now_ms;
      return;
    }
  int64_t patience_ms = source->patience_ms > 0 ? source->patience_ms * 2 : INTAKE_OPEN_MS;
  source->patience_ms = patience_ms < INTAKE_OPEN_MAX_MS ? patience_ms : INTAKE_OPEN_MAX_MS;
  source->due_ms = source->intake->now_ms + source->patience_ms;
  tell_failure (source, why.message);
}

static void
poll_source (struct source *source)
{
  struct sf_inlet inlet = inlet_of (source);
  struct sf_error why = { 0 };
  long delivered = 0;
  source->is_ready = source->was_refused = false;
  enum sf_code code = transport_of (source)->poll (source->state, &inlet, &delivered, &why);
  ask_what_next (source);
  if (code == SF_OK)
    tell_failure (source, NULL);
  if (code == SF_OK || (code == SF_EBUSY && source->was_refused))
    return;
  tell_failure (source, why.message[0] ? why.message : sf_code_text (code, 0));
  /* What cannot be read may stay readable: it is not waited for, and looked at once in a while. */
  stop_waiting (source);
  if (source->due_ms > source->intake->now_ms + INTAKE_POLL_MS)
    source->due_ms = source->intake->now_ms + INTAKE_POLL_MS;
}

void
sf_source_turn (struct source *source)
{
  struct sf_intake *intake = source->intake;
  bool has_room = source->was_refused && !sf_batch_is_full (intake);
  if (!source->is_open && intake->now_ms >= source->due_ms)
    open_source (source);
  if (source->is_open && (source->is_ready || has_room || intake->now_ms >= source->due_ms))
    poll_source (source);
}

void
sf_source_acknowledge (struct source *source, uint64_t number)
{
  struct sf_inlet inlet = inlet_of (source);
  if (!source->is_open || number == source->acknowledged)
    return;
  source->acknowledged = number;
  if (!transport_of (source)->acknowledge)
    return;
  transport_of (source)->acknowledge (source->state, &inlet, number);
  ask_what_next (source);
}

/* --- life --- */

enum sf_code
sf_source_new (struct sf_intake *intake, const struct sf_feed *feed, struct source **ret_source, struct sf_error *err)
{
  struct source *source = sf_mem_calloc (1, sizeof *source);
  if (!source)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory for its transport", feed->name);
  source->intake = intake;
  source->feed = feed;
  source->fd = -1;
  sf_plugin_host_handle (intake->setup.plugins, feed->name, feed->transport.settings, SF_TIME_MISSING, &source->host);
  if (feed->protocol.plugin)
    {
      source->protocol.protocol = feed->protocol.plugin->as.protocol;
      source->protocol.settings = feed->protocol.settings;
      source->host.protocol = &source->protocol;
    }
  *ret_source = source;
  return SF_OK;
}

void
sf_source_free (struct source *source)
{
  if (!source)
    return;
  sf_batch_forget_source (&source->intake->batch, source);
  stop_waiting (source);
  if (source->is_open)
    transport_of (source)->close (source->state);
  for (size_t i = 0; i < source->alarms_count; i++)
    {
      sf_health_alarm (source->intake->health, source->feed->name, source->alarms[i], NULL, source->intake->now_s);
      sf_mem_free (source->alarms[i]);
    }
  sf_mem_free (source);
}
