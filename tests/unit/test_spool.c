/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"
#include "core/base/time.h"
#include "core/plugin/plugin.h"
#include "tests/unit/base.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

extern const struct sf_plugin spool_LTX_sanfang_plugin;
#define SPOOL (spool_LTX_sanfang_plugin.as.transport)

struct inbox
{
  char sources[32][64], texts[32][64];
  int count;
  const char *refuse;           /* messages with this text are refused */
  const struct feed *rewriting; /* while a message is taken, its file is written anew there */
};

struct feed
{
  char folder[64];
  struct sf_arena arena;
  struct sf_host host;
  struct sf_log *log;
  void *state;
  struct inbox inbox;
  struct sf_error err;
};

static void put (const struct feed *feed, const char *name, const char *text, time_t age_s);

static enum sf_code
deliver (void *ctx, const struct sf_message *message, struct sf_error *err)
{
  struct inbox *inbox = ctx;
  const char *slash = strrchr (message->source, '/');
  if (inbox->refuse && message->length == strlen (inbox->refuse)
      && !memcmp (message->bytes, inbox->refuse, message->length))
    return sf_fail (err, SF_EIO, "the journal is full");
  ck_assert_str_eq (message->feed, "typhoon");
  ck_assert_int_eq (message->received_s, 1405641600);
  ck_assert_int_lt (inbox->count, 32);
  snprintf (inbox->sources[inbox->count], 64, "%s", slash + 1);
  snprintf (inbox->texts[inbox->count++], 64, "%.*s", (int) message->length, (const char *) message->bytes);
  if (inbox->rewriting)
    put (inbox->rewriting, slash + 1, "written meanwhile", 0);
  return SF_OK;
}

static void
put (const struct feed *feed, const char *name, const char *text, time_t age_s)
{
  char path[128];
  snprintf (path, sizeof path, "%s/%s", feed->folder, name);
  int fd = open (path, O_CREAT | O_TRUNC | O_WRONLY, 0644);
  ck_assert_int_ge (fd, 0);
  ck_assert_int_eq (write (fd, text, strlen (text)), (ssize_t) strlen (text));
  close (fd);
  struct timeval times[2] = { { .tv_sec = time (NULL) - age_s }, { .tv_sec = time (NULL) - age_s } };
  ck_assert_int_eq (utimes (path, times), 0);
}

static bool
is_there (const struct feed *feed, const char *name)
{
  char path[128];
  snprintf (path, sizeof path, "%s/%s", feed->folder, name);
  return sf_file_exists (path);
}

static struct feed
new_feed (void)
{
  struct feed feed = { .folder = "spool.XXXXXX" };
  ck_assert_ptr_nonnull (mkdtemp (feed.folder));
  return feed;
}

/* settings: "name=value" texts, NULL-ended; path is set to the folder, or to a file in it. */
static enum sf_code
open_feed (struct feed *feed, const char *file, const char *const *settings)
{
  struct sf_settings *parsed;
  char path[160];
  snprintf (path, sizeof path, "%s%s%s", feed->folder, file ? "/" : "", file ? file : "");
  ck_done (sf_settings_parse (&feed->arena, spool_LTX_sanfang_plugin.options, NULL, NULL, &parsed, err));
  ck_done (sf_settings_set (parsed, "path", path, "test", err));
  for (; settings && *settings; settings++)
    {
      char name[32] = "";
      size_t end = strcspn (*settings, "=");
      memcpy (name, *settings, end);
      ck_done (sf_settings_set (parsed, name, *settings + end + 1, "test", err));
    }
  feed->log = sf_log_new ();
  feed->host = (struct sf_host){ .struct_size = sizeof feed->host,
                                 .component = "typhoon",
                                 .settings = parsed,
                                 .log = feed->log,
                                 .clock_s = 1405641600 };
  return SPOOL->open (&feed->host, &feed->state, &feed->err);
}

static long
poll_feed (struct feed *feed)
{
  struct sf_inlet inlet = { .ctx = &feed->inbox, .deliver = deliver };
  long delivered = -1;
  feed->inbox.count = 0;
  ck_done (SPOOL->poll (feed->state, &inlet, &delivered, err));
  ck_assert_int_eq (delivered, feed->inbox.count);
  return delivered;
}

static void
end_feed (struct feed *feed)
{
  SPOOL->close (feed->state);
  sf_log_free (feed->log);
  sf_arena_finish (&feed->arena);
  ck_done (sf_file_remove_tree (feed->folder, err));
}

START_TEST (delivers_in_name_order_and_once)
{
  struct feed feed = new_feed ();
  put (&feed, "b.txt", "two", 10);
  put (&feed, "a.txt", "one", 5);
  put (&feed, "c.dat", "other", 5);
  put (&feed, ".hidden.txt", "x", 5);
  put (&feed, "d.txt.part", "x", 5);
  put (&feed, "e.tmp", "x", 5);
  const char *const settings[] = { "pattern=*.txt", NULL };
  ck_assert_int_eq (open_feed (&feed, NULL, settings), SF_OK);
  ck_assert_int_eq (poll_feed (&feed), 2);
  ck_assert_str_eq (feed.inbox.sources[0], "a.txt");
  ck_assert_str_eq (feed.inbox.texts[0], "one");
  ck_assert_str_eq (feed.inbox.sources[1], "b.txt");
  ck_assert_int_eq (poll_feed (&feed), 0);
  put (&feed, "a.txt", "one", 1); /* only touched */
  ck_assert_int_eq (poll_feed (&feed), 0);
  put (&feed, "a.txt", "new", 0);
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_str_eq (feed.inbox.texts[0], "new");
  ck_assert (is_there (&feed, "a.txt"));
  end_feed (&feed);
}
END_TEST

START_TEST (order_by_time)
{
  struct feed feed = new_feed ();
  put (&feed, "a", "young", 10);
  put (&feed, "b", "old", 100);
  const char *const settings[] = { "order=time", NULL };
  ck_assert_int_eq (open_feed (&feed, NULL, settings), SF_OK);
  ck_assert_int_eq (poll_feed (&feed), 2);
  ck_assert_str_eq (feed.inbox.texts[0], "old");
  end_feed (&feed);
}
END_TEST

START_TEST (one_file)
{
  struct feed feed = new_feed ();
  put (&feed, "track.txt", "track", 0);
  put (&feed, "other.txt", "other", 0);
  ck_assert_int_eq (open_feed (&feed, "track.txt", NULL), SF_OK);
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_str_eq (feed.inbox.texts[0], "track");
  end_feed (&feed);
}
END_TEST

START_TEST (waits_until_a_file_has_settled)
{
  struct feed feed = new_feed ();
  put (&feed, "old", "old", 7200);
  put (&feed, "young", "young", 0);
  put (&feed, "future", "future", -7200); /* a clock ahead of ours: seen unchanged for the time instead */
  const char *const settings[] = { "settle=1h", NULL };
  ck_assert_int_eq (open_feed (&feed, NULL, settings), SF_OK);
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_str_eq (feed.inbox.texts[0], "old");
  put (&feed, "young", "young", 3601);
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_str_eq (feed.inbox.texts[0], "young");
  end_feed (&feed);
}
END_TEST

START_TEST (one_bad_file_does_not_stop_the_others)
{
  struct feed feed = new_feed ();
  char path[128];
  put (&feed, "a", "refused", 0);
  put (&feed, "b", "this one is longer than the limit", 0);
  put (&feed, "d", "good", 0);
  snprintf (path, sizeof path, "%s/c", feed.folder);
  ck_assert_int_eq (mkfifo (path, 0644), 0);
  snprintf (path, sizeof path, "%s/dangling", feed.folder);
  ck_assert_int_eq (symlink ("nowhere", path), 0);
  snprintf (path, sizeof path, "%s/folder", feed.folder);
  ck_assert_int_eq (mkdir (path, 0755), 0);
  const char *const settings[] = { "limit=20", NULL };
  feed.inbox.refuse = "refused";
  ck_assert_int_eq (open_feed (&feed, NULL, settings), SF_OK);
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_str_eq (feed.inbox.texts[0], "good");
  ck_assert_int_eq (sf_log_count (feed.log, SF_LOG_WARNING), 3); /* refused, too long, dangling */
  feed.inbox.refuse = NULL;
  ck_assert_int_eq (poll_feed (&feed), 1); /* what was refused is offered again */
  ck_assert_str_eq (feed.inbox.texts[0], "refused");
  end_feed (&feed);
}
END_TEST

START_TEST (puts_delivered_files_away)
{
  struct feed feed = new_feed ();
  char move_to[100];
  snprintf (move_to, sizeof move_to, "move_to=%s/done", feed.folder);
  const char *const settings[] = { "after=move", move_to, NULL };
  put (&feed, "a", "one", 0);
  feed.inbox.refuse = "two";
  put (&feed, "b", "two", 0);
  ck_assert_int_eq (open_feed (&feed, NULL, settings), SF_OK);
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert (!is_there (&feed, "a") && is_there (&feed, "done/a") && is_there (&feed, "b"));
  put (&feed, "a", "three", 0); /* the same name again: both are kept */
  ck_assert_int_eq (poll_feed (&feed), 1);
  /* printf three | sha256sum */
  ck_assert (is_there (&feed, "done/a") && is_there (&feed, "done/a.8b5b9db0c13d") && !is_there (&feed, "a"));
  end_feed (&feed);

  feed = new_feed ();
  const char *const deleting[] = { "after=delete", NULL };
  put (&feed, "a", "one", 0);
  put (&feed, "b", "two", 0);
  feed.inbox.refuse = "two";
  ck_assert_int_eq (open_feed (&feed, NULL, deleting), SF_OK);
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert (!is_there (&feed, "a") && is_there (&feed, "b"));
  end_feed (&feed);
}
END_TEST

/* What is written while the old content is delivered must not be deleted or moved unread. */
START_TEST (keeps_what_is_written_meanwhile)
{
  static const char *const deleting[] = { "after=delete", NULL };
  struct feed feed = new_feed ();
  put (&feed, "a", "one", 10);
  ck_assert_int_eq (open_feed (&feed, NULL, deleting), SF_OK);
  feed.inbox.rewriting = &feed;
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_str_eq (feed.inbox.texts[0], "one");
  ck_assert (is_there (&feed, "a"));
  feed.inbox.rewriting = NULL;
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_str_eq (feed.inbox.texts[0], "written meanwhile");
  ck_assert (!is_there (&feed, "a"));
  end_feed (&feed);
}
END_TEST

START_TEST (refuses_bad_settings)
{
  struct feed feed = new_feed ();
  ck_assert_int_eq (open_feed (&feed, "absent", NULL), SF_ENOTFOUND);
  ck_assert_ptr_nonnull (strstr (feed.err.message, "absent"));
  sf_log_free (feed.log);
  const char *const settings[] = { "after=move", NULL };
  ck_assert_int_eq (open_feed (&feed, NULL, settings), SF_EINVAL);
  ck_assert_ptr_nonnull (strstr (feed.err.message, "move_to"));
  end_feed (&feed);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { delivers_in_name_order_and_once,
                                 order_by_time,
                                 one_file,
                                 waits_until_a_file_has_settled,
                                 one_bad_file_does_not_stop_the_others,
                                 puts_delivered_files_away,
                                 keeps_what_is_written_meanwhile,
                                 refuses_bad_settings,
                                 NULL };
  return run_tests ("spool", tests);
}
