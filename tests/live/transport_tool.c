/* SPDX-License-Identifier: Apache-2.0 */
/* transport_tool TRANSPORT DATABASE [OPTION]... [name=value]...: run one transport against an inlet in an SQLite file, so that
   real servers can be stopped, and this process killed, at any point. What it holds is for the sqlite3 program to look at:
     message (number, source, identity, text, length, received_s), memory (key, value), seen (name, count)
   Options:
     --until N               end in order once the file holds N messages (default: never)
     --seconds N             end in order after so long (default 60); SIGTERM does the same
     --commit-ms N           how long what is delivered waits for its commit (default 20)
     --ack-after MS          hold each acknowledgement back for so long after the commit
     --room N                messages and memories that may wait for a commit; more are told SF_EBUSY
     --die-before-commit N   _exit(9) when N messages were delivered, with the last ones uncommitted
     --die-before-ack N      _exit(9) when N messages were delivered and committed, with the last ones unacknowledged
     --fail-at N             the N-th allocation of ours from open on fails, once; a transport that then cannot be opened is
                             opened again
   Standard output tells each event with the steady clock's milliseconds: "ready", "delivered", "committed", "acknowledged",
   "alarm NAME: TEXT", "over NAME", "failed: TEXT", in the end "allocations N". */
#include "core/base/mem.h"
#include "core/base/time.h"
#include "core/plugin/host.h"
#include "core/store/db.h"

#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct tool
{
  long until, seconds, commit_ms, ack_after_ms, room, die_before_commit, die_before_ack, fail_at;
  sqlite3 *db;
  sqlite3_stmt *insert, *remember, *forget, *recall, *count;
  uint64_t delivered, committed, acknowledged;
  int64_t first_uncommitted_ms, committed_ms;
  long waiting; /* messages and memories */
  bool changed; /* something waits for a commit */
};

static volatile sig_atomic_t asked_to_end;

static void
end (int signal_number)
{
  (void) signal_number;
  asked_to_end = 1;
}

static int64_t
steady_ms (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void tell (const char *format, ...) __attribute__ ((format (printf, 1, 2)));

static void
tell (const char *format, ...)
{
  va_list args;
  printf ("%lld ", (long long) steady_ms ());
  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  printf ("\n");
  fflush (stdout);
}

static void
must (enum sf_code code, const struct sf_error *err)
{
  if (code == SF_OK)
    return;
  fprintf (stderr, "transport_tool: %s\n", err->message);
  exit (1);
}

static void
open_database (struct tool *tool, const char *path)
{
  static const char *const steps[]
      = { "CREATE TABLE message (number INTEGER PRIMARY KEY, source TEXT, identity TEXT UNIQUE, text BLOB, "
          "length INTEGER, received_s INTEGER);"
          "CREATE TABLE memory (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
          "CREATE TABLE seen (name TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;" };
  struct sf_error err;
  must (sf_db_open (path, SF_DB_DURABLE, &tool->db, &err), &err);
  must (sf_db_migrate (tool->db, steps, 1, &err), &err);
  must (sf_db_prepare (
            tool->db,
            "INSERT OR IGNORE INTO message (source, identity, text, length, received_s) VALUES (?, ?, ?, ?, ?)",
            &tool->insert, &err),
        &err);
  must (sf_db_prepare (tool->db, "INSERT OR REPLACE INTO memory VALUES (?, ?)", &tool->remember, &err), &err);
  must (sf_db_prepare (tool->db, "DELETE FROM memory WHERE key = ?", &tool->forget, &err), &err);
  must (sf_db_prepare (tool->db, "SELECT value FROM memory WHERE key = ?", &tool->recall, &err), &err);
  must (sf_db_prepare (tool->db,
                       "INSERT INTO seen VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET count = count + excluded.count",
                       &tool->count, &err),
        &err);
}

static void
begin (struct tool *tool)
{
  struct sf_error err;
  if (tool->changed)
    return;
  must (sf_db_exec (tool->db, "BEGIN IMMEDIATE", &err), &err);
  tool->changed = true;
  tool->first_uncommitted_ms = steady_ms ();
}

static void
count (void *ctx, const char *name, long more)
{
  struct tool *tool = ctx;
  struct sf_error err;
  begin (tool);
  sqlite3_bind_text (tool->count, 1, name, -1, SQLITE_TRANSIENT);
  sqlite3_bind_int64 (tool->count, 2, more);
  must (sf_db_run (tool->db, tool->count, &err), &err);
}

static enum sf_code
make_room (struct tool *tool, struct sf_error *err)
{
  if (tool->room >= 0 && tool->waiting >= tool->room)
    return sf_fail (err, SF_EBUSY, "no room");
  tool->waiting++;
  return SF_OK;
}

static enum sf_code
deliver (void *ctx, const struct sf_message *message, struct sf_error *err)
{
  struct tool *tool = ctx;
  SF_TRY (make_room (tool, err));
  begin (tool);
  sqlite3_bind_text (tool->insert, 1, message->source, -1, SQLITE_TRANSIENT);
  if (message->identity)
    sqlite3_bind_text (tool->insert, 2, message->identity, -1, SQLITE_TRANSIENT);
  else
    sqlite3_bind_null (tool->insert, 2);
  sqlite3_bind_blob64 (tool->insert, 3, message->length > 0 ? (const void *) message->bytes : "", message->length,
                       SQLITE_TRANSIENT);
  sqlite3_bind_int64 (tool->insert, 4, (sqlite3_int64) message->length);
  sqlite3_bind_int64 (tool->insert, 5, message->received_s);
  must (sf_db_run (tool->db, tool->insert, err), err);
  if (sqlite3_changes (tool->db) == 0)
    count (tool, "duplicates", 1);
  tool->delivered++;
  tell ("delivered %llu", (unsigned long long) tool->delivered);
  if (tool->die_before_commit > 0 && (long) tool->delivered >= tool->die_before_commit)
    _exit (9);
  return SF_OK;
}

static enum sf_code
remember (void *ctx, const char *key, const char *value, struct sf_error *err)
{
  struct tool *tool = ctx;
  sqlite3_stmt *statement = value ? tool->remember : tool->forget;
  SF_TRY (make_room (tool, err));
  begin (tool);
  sqlite3_bind_text (statement, 1, key, -1, SQLITE_TRANSIENT);
  if (value)
    sqlite3_bind_text (statement, 2, value, -1, SQLITE_TRANSIENT);
  return sf_db_run (tool->db, statement, err);
}

static enum sf_code
recall (void *ctx, struct sf_arena *arena, const char *key, const char **ret_value, struct sf_error *err)
{
  struct tool *tool = ctx;
  bool row;
  sqlite3_bind_text (tool->recall, 1, key, -1, SQLITE_TRANSIENT);
  SF_TRY (sf_db_step (tool->db, tool->recall, &row, err));
  *ret_value = row ? sf_arena_strdup (arena, (const char *) sqlite3_column_text (tool->recall, 0)) : NULL;
  sqlite3_reset (tool->recall);
  return row && !*ret_value ? sf_fail (err, SF_ENOMEM, "out of memory for what is remembered") : SF_OK;
}

static void
trouble (void *ctx, const char *name, const char *text)
{
  (void) ctx;
  if (text)
    tell ("alarm %s: %s", name, text);
  else
    tell ("over %s", name);
}

static struct sf_inlet
inlet_of (struct tool *tool)
{
  return (struct sf_inlet){ .ctx = tool,
                            .now_s = time (NULL),
                            .now_ms = steady_ms (),
                            .deliver = deliver,
                            .remember = remember,
                            .recall = recall,
                            .trouble = trouble,
                            .count = count };
}

static long
held (struct tool *tool)
{
  sqlite3_stmt *statement;
  struct sf_error err;
  must (sf_db_prepare (tool->db, "SELECT count(*) FROM message", &statement, &err), &err);
  sqlite3_step (statement);
  long messages = (long) sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return messages;
}

static void
commit_when_due (struct tool *tool)
{
  struct sf_error err;
  if (!tool->changed || steady_ms () < tool->first_uncommitted_ms + tool->commit_ms)
    return;
  must (sf_db_exec (tool->db, "COMMIT", &err), &err);
  tool->changed = false;
  tool->waiting = 0;
  tool->committed = tool->delivered;
  tool->committed_ms = steady_ms ();
  tell ("committed %llu", (unsigned long long) tool->committed);
  if (tool->die_before_ack > 0 && (long) tool->committed >= tool->die_before_ack)
    _exit (9);
}

static void
acknowledge_when_due (struct tool *tool, const struct sf_transport *transport, void *state)
{
  if (tool->acknowledged == tool->committed || steady_ms () < tool->committed_ms + tool->ack_after_ms)
    return;
  tool->acknowledged = tool->committed;
  tell ("acknowledged %llu", (unsigned long long) tool->acknowledged);
  struct sf_inlet inlet = inlet_of (tool);
  if (transport->acknowledge)
    transport->acknowledge (state, &inlet, tool->acknowledged);
}

static void
wait_for_work (const struct tool *tool, const struct sf_transport *transport, void *state)
{
  int fd = -1;
  int64_t wait_ms = transport->wait_ms ? transport->wait_ms (state, steady_ms (), &fd) : 1000;
  bool pending = tool->changed || tool->acknowledged < tool->committed;
  int64_t longest_ms = pending ? 5 : 100;
  struct pollfd wait = { .fd = fd, .events = POLLIN };
  poll (&wait, fd >= 0, (int) (wait_ms < longest_ms ? wait_ms : longest_ms));
}

static void *
open_transport (const struct tool *tool, const struct sf_transport *transport, const struct sf_host *host)
{
  void *state = NULL;
  struct sf_error err = { 0 };
  sf_mem_fail_at (tool->fail_at, 0);
  enum sf_code code = transport->open (host, &state, &err);
  if (code == SF_ENOMEM && tool->fail_at > 0)
    {
      tell ("failed: %s", err.message);
      code = transport->open (host, &state, &err);
    }
  must (code, &err);
  tell ("ready");
  return state;
}

static void
run (struct tool *tool, const struct sf_transport *transport, const struct sf_host *host)
{
  struct sf_error err = { 0 };
  int64_t end_ms = steady_ms () + tool->seconds * 1000;
  void *state = open_transport (tool, transport, host);
  while (!asked_to_end && steady_ms () < end_ms)
    {
      long delivered = 0;
      struct sf_inlet inlet = inlet_of (tool);
      if (transport->poll (state, &inlet, &delivered, &err) != SF_OK)
        tell ("failed: %s", err.message);
      commit_when_due (tool);
      acknowledge_when_due (tool, transport, state);
      if (tool->until > 0 && !tool->changed && tool->acknowledged == tool->delivered && held (tool) >= tool->until)
        break;
      wait_for_work (tool, transport, state);
    }
  tool->commit_ms = tool->ack_after_ms = 0;
  commit_when_due (tool);
  acknowledge_when_due (tool, transport, state);
  transport->close (state);
  tell ("allocations %ld", sf_mem_count ());
  sf_mem_fail_at (0, 0);
}

static bool
take_number (struct tool *tool, const char *name, const char *value)
{
  const struct
  {
    const char *name;
    long *number;
  } numbers[] = { { "--until", &tool->until },
                  { "--seconds", &tool->seconds },
                  { "--commit-ms", &tool->commit_ms },
                  { "--ack-after", &tool->ack_after_ms },
                  { "--room", &tool->room },
                  { "--die-before-commit", &tool->die_before_commit },
                  { "--die-before-ack", &tool->die_before_ack },
                  { "--fail-at", &tool->fail_at } };
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
    if (!strcmp (name, numbers[i].name) && value)
      {
        *numbers[i].number = strtol (value, NULL, 10);
        return true;
      }
  return false;
}

static void
set (struct sf_settings *settings, const char *assignment)
{
  struct sf_error err;
  char name[64] = "";
  size_t length = strcspn (assignment, "=");
  memcpy (name, assignment, length < sizeof name ? length : sizeof name - 1);
  must (sf_settings_set (settings, name, assignment[length] ? assignment + length + 1 : "", "argument", &err), &err);
}

int
main (int argc, char **argv)
{
  struct tool tool = { .seconds = 60, .commit_ms = 20, .room = -1 };
  struct sf_error err;
  struct sf_arena arena = { 0 };
  struct sf_plugin_host *plugins;
  const struct sf_plugin *plugin;
  struct sf_settings *settings;
  struct sf_host host;
  if (argc < 3)
    {
      fprintf (stderr, "usage: transport_tool TRANSPORT DATABASE [OPTION]... [name=value]...\n");
      return 2;
    }
  signal (SIGTERM, end);
  signal (SIGPIPE, SIG_IGN);
  struct sf_log *log = sf_log_new ();
  sf_log_add_sink (log, STDERR_FILENO, SF_LOG_TEXT, SF_LOG_DEBUG);
  struct sf_plugin_host_setup setup = { .search_path = getenv ("SANFANG_PLUGIN_PATH"), .log = log };
  must (sf_plugin_host_new (&setup, &plugins, &err), &err);
  must (sf_plugin_host_find (plugins, SF_PLUGIN_TRANSPORT, argv[1], &plugin, &err), &err);
  must (sf_settings_parse (&arena, plugin->options, NULL, NULL, &settings, &err), &err);
  for (int i = 3; i < argc; i++)
    if (take_number (&tool, argv[i], argv[i + 1]))
      i++;
    else
      set (settings, argv[i]);
  must (sf_settings_check_required (settings, argv[1], &err), &err);
  open_database (&tool, argv[2]);
  sf_plugin_host_handle (plugins, argv[1], settings, SF_TIME_MISSING, &host);
  run (&tool, plugin->as.transport, &host);
  sqlite3_finalize (tool.insert);
  sqlite3_finalize (tool.remember);
  sqlite3_finalize (tool.forget);
  sqlite3_finalize (tool.recall);
  sqlite3_finalize (tool.count);
  sf_db_close (tool.db);
  sf_plugin_host_free (plugins);
  sf_log_free (log);
  sf_arena_finish (&arena);
  return 0;
}
