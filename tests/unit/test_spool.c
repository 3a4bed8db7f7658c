/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"
#include "core/base/time.h"
#include "core/plugin/plugin.h"
#include "tests/unit/fake_inlet.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

extern const struct sf_plugin spool_LTX_sanfang_plugin;
#define SPOOL (spool_LTX_sanfang_plugin.as.transport)

struct feed
{
  char folder[64];
  struct sf_arena arena;
  struct sf_host host;
  struct sf_log *log;
  void *state;
  uint64_t delivered; /* by this instance */
  struct fake_inlet inlet;
  struct sf_error err;
};

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
  struct feed feed = { .folder = "spool.XXXXXX", .inlet = { .room = -1, .now_s = 1405641600 } };
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

/* Poll a good while after the last time; what was delivered is not yet acknowledged. */
static long
poll_only (struct feed *feed)
{
  long delivered = -1;
  feed->inlet.count = 0;
  feed->inlet.now_ms += 100000;
  struct sf_inlet inlet = fake_view (&feed->inlet);
  ck_done (SPOOL->poll (feed->state, &inlet, &delivered, err));
  ck_assert_int_eq (delivered, feed->inlet.count);
  feed->delivered += (uint64_t) delivered;
  return delivered;
}

static void
acknowledge (struct feed *feed, uint64_t through)
{
  struct sf_inlet inlet = fake_view (&feed->inlet);
  SPOOL->acknowledge (feed->state, &inlet, through);
}

static long
poll_feed (struct feed *feed)
{
  long delivered = poll_only (feed);
  acknowledge (feed, feed->delivered);
  return delivered;
}

/* As after a crash or a stop: another instance with what was remembered. */
static void
restart (struct feed *feed)
{
  SPOOL->close (feed->state);
  feed->delivered = 0;
  feed->inlet.recalls = 0;
  ck_done (SPOOL->open (&feed->host, &feed->state, err));
}

static const char *
name_of (const struct feed *feed, int i)
{
  return strrchr (feed->inlet.messages[i].source, '/') + 1;
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
  ck_assert_str_eq (name_of (&feed, 0), "a.txt");
  ck_assert_str_eq (feed.inlet.messages[0].text, "one");
  ck_assert_str_eq (name_of (&feed, 1), "b.txt");
  ck_assert_int_eq (poll_feed (&feed), 0);
  put (&feed, "a.txt", "one", 1); /* only touched */
  ck_assert_int_eq (poll_feed (&feed), 0);
  put (&feed, "a.txt", "new", 0);
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_str_eq (feed.inlet.messages[0].text, "new");
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
  ck_assert_str_eq (feed.inlet.messages[0].text, "old");
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
  ck_assert_str_eq (feed.inlet.messages[0].text, "track");
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
  ck_assert_str_eq (feed.inlet.messages[0].text, "old");
  put (&feed, "young", "young", 3601);
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_str_eq (feed.inlet.messages[0].text, "young");
  end_feed (&feed);
}
END_TEST

/* A writer that does not rename makes its file first and writes then. */
START_TEST (an_empty_file_waits_for_its_content)
{
  struct feed feed = new_feed ();
  int fd = -1;
  put (&feed, "late", "", 0);
  put (&feed, "whole", "whole", 0);
  ck_assert_int_eq (open_feed (&feed, NULL, NULL), SF_OK);
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_str_eq (feed.inlet.messages[0].text, "whole");
  ck_assert_int_eq (feed.inlet.alarms_count, 0);
  put (&feed, "late", "written", 0);
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_str_eq (feed.inlet.messages[0].text, "written");
  put (&feed, "never", "", 0);
  ck_assert_int_eq (poll_feed (&feed), 0);
  ck_assert_int_le (SPOOL->wait_ms (feed.state, feed.inlet.now_ms, &fd), 60000);
  put (&feed, "never", "", 61); /* so it is: whoever decodes it puts it into quarantine */
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_str_eq (name_of (&feed, 0), "never");
  ck_assert_str_eq (feed.inlet.messages[0].text, "");
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
  feed.inlet.refuse = "refused";
  ck_assert_int_eq (open_feed (&feed, NULL, settings), SF_OK);
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_str_eq (feed.inlet.messages[0].text, "good");
  ck_assert_int_eq (sf_log_count (feed.log, SF_LOG_WARNING), 2); /* refused, too long */
  feed.inlet.refuse = NULL;
  ck_assert_ptr_nonnull (fake_alarm (&feed.inlet, "links_refused: dangling"));
  ck_assert_int_eq (poll_feed (&feed), 1); /* what was refused is offered again */
  ck_assert_str_eq (feed.inlet.messages[0].text, "refused");
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
  feed.inlet.refuse = "two";
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
  feed.inlet.refuse = "two";
  ck_assert_int_eq (open_feed (&feed, NULL, deleting), SF_OK);
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert (!is_there (&feed, "a") && is_there (&feed, "b"));
  end_feed (&feed);
}
END_TEST

static void
rewrite (void *ctx, const struct sf_message *message)
{
  put (ctx, strrchr (message->source, '/') + 1, "written meanwhile", 0);
}

/* What is written while the old content is delivered must not be deleted or moved unread. */
START_TEST (keeps_what_is_written_meanwhile)
{
  static const char *const deleting[] = { "after=delete", NULL };
  struct feed feed = new_feed ();
  put (&feed, "a", "one", 10);
  ck_assert_int_eq (open_feed (&feed, NULL, deleting), SF_OK);
  feed.inlet.at_delivery = rewrite;
  feed.inlet.ctx = &feed;
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_str_eq (feed.inlet.messages[0].text, "one");
  ck_assert (is_there (&feed, "a"));
  feed.inlet.at_delivery = NULL;
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_str_eq (feed.inlet.messages[0].text, "written meanwhile");
  ck_assert (!is_there (&feed, "a"));
  end_feed (&feed);
}
END_TEST

/* A file stays where it is until its message is held, whatever happens to us before. */
START_TEST (puts_away_only_what_is_acknowledged)
{
  static const char *const deleting[] = { "after=delete", NULL };
  struct feed feed = new_feed ();
  put (&feed, "a", "one", 10);
  put (&feed, "b", "two", 10);
  ck_assert_int_eq (open_feed (&feed, NULL, deleting), SF_OK);
  ck_assert_int_eq (poll_only (&feed), 2);
  ck_assert_int_eq (poll_only (&feed), 0);
  ck_assert (is_there (&feed, "a") && is_there (&feed, "b"));
  acknowledge (&feed, 1);
  ck_assert (!is_there (&feed, "a") && is_there (&feed, "b"));
  restart (&feed); /* before b was put away: it comes again with the same identity */
  ck_assert_int_eq (poll_only (&feed), 1);
  /* printf two | sha256sum */
  ck_assert_str_eq (feed.inlet.messages[0].identity,
                    "b#3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3");
  acknowledge (&feed, 1);
  ck_assert (!is_there (&feed, "b"));
  ck_assert_int_eq (feed.inlet.memories_count, 0);
  end_feed (&feed);
}
END_TEST

START_TEST (remembers_what_it_delivered)
{
  struct feed feed = new_feed ();
  put (&feed, "a", "one", 10);
  put (&feed, "b", "two", 10);
  ck_assert_int_eq (open_feed (&feed, NULL, NULL), SF_OK);
  ck_assert_int_eq (poll_feed (&feed), 2);
  restart (&feed);
  ck_assert_int_eq (poll_feed (&feed), 0);
  ck_assert_int_eq (poll_feed (&feed), 0);
  ck_assert_int_eq (feed.inlet.recalls, 2); /* once a path */
  put (&feed, "a", "one", 5);               /* touched */
  put (&feed, "b", "new", 5);
  put (&feed, "c", "three", 5);
  restart (&feed);
  ck_assert_int_eq (poll_feed (&feed), 2);
  ck_assert_str_eq (feed.inlet.messages[0].text, "new");
  ck_assert_str_eq (feed.inlet.messages[1].text, "three");
  ck_assert_int_eq (feed.inlet.memories_count, 3);
  end_feed (&feed);
}
END_TEST

START_TEST (forgets_what_is_gone)
{
  struct feed feed = new_feed ();
  char path[128];
  put (&feed, "a", "one", 10);
  put (&feed, "b", "two", 10);
  put (&feed, "c", "three", 10);
  ck_assert_int_eq (open_feed (&feed, NULL, NULL), SF_OK);
  ck_assert_int_eq (poll_feed (&feed), 3);
  snprintf (path, sizeof path, "%s/b", feed.folder);
  ck_assert_int_eq (unlink (path), 0);
  ck_assert_int_eq (poll_feed (&feed), 0);
  ck_assert_int_eq (feed.inlet.memories_count, 2);
  ck_assert_ptr_null (fake_find (&feed.inlet, "file/b"));
  end_feed (&feed);
}
END_TEST

START_TEST (goes_on_when_there_is_room)
{
  struct feed feed = new_feed ();
  int fd;
  put (&feed, "a", "one", 10);
  put (&feed, "b", "two", 10);
  put (&feed, "c", "three", 10);
  ck_assert_int_eq (open_feed (&feed, NULL, NULL), SF_OK);
  feed.inlet.room = 2;
  ck_assert_int_eq (poll_feed (&feed), 2);
  ck_assert_int_eq (poll_feed (&feed), 0);
  ck_assert_int_gt (SPOOL->wait_ms (feed.state, feed.inlet.now_ms, &fd), 0);
  ck_assert_int_le (SPOOL->wait_ms (feed.state, feed.inlet.now_ms, &fd), 1000);
  ck_assert_ptr_null (fake_alarm (&feed.inlet, "files_not_delivered"));
  feed.inlet.room = -1;
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_str_eq (feed.inlet.messages[0].text, "three");
  end_feed (&feed);
}
END_TEST

START_TEST (reads_subfolders)
{
  static const char *const deep[] = { "depth=1", NULL };
  struct feed feed = new_feed ();
  char path[128], move_to[160];
  snprintf (path, sizeof path, "%s/station", feed.folder);
  ck_assert_int_eq (mkdir (path, 0755), 0);
  snprintf (path, sizeof path, "%s/station/deeper", feed.folder);
  ck_assert_int_eq (mkdir (path, 0755), 0);
  put (&feed, "station/a", "one", 10);
  put (&feed, "station/deeper/b", "two", 10);
  put (&feed, "station.txt", "three", 10);
  ck_assert_int_eq (open_feed (&feed, NULL, NULL), SF_OK);
  ck_assert_int_eq (poll_feed (&feed), 1);
  SPOOL->close (feed.state);
  sf_log_free (feed.log);
  feed.inlet.memories_count = 0;
  ck_assert_int_eq (open_feed (&feed, NULL, deep), SF_OK);
  ck_assert_int_eq (poll_feed (&feed), 2);
  ck_assert_str_eq (feed.inlet.messages[0].text, "three");
  ck_assert_int_eq (strncmp (feed.inlet.messages[1].identity, "station/a#", 10), 0);
  SPOOL->close (feed.state);
  sf_log_free (feed.log);
  /* moved files keep their subfolder, and what was moved is not read again though it is below the folder */
  snprintf (move_to, sizeof move_to, "move_to=%s/done", feed.folder);
  const char *const moving[] = { "depth=3", "after=move", move_to, NULL };
  ck_assert_int_eq (open_feed (&feed, NULL, moving), SF_OK);
  feed.delivered = 0;
  ck_assert_int_eq (poll_feed (&feed), 3);
  ck_assert (is_there (&feed, "done/station/deeper/b") && !is_there (&feed, "station/deeper/b"));
  ck_assert_int_eq (poll_feed (&feed), 0);
  end_feed (&feed);
}
END_TEST

static void
put_link (const struct feed *feed, const char *name, const char *target)
{
  char path[128];
  snprintf (path, sizeof path, "%s/%s", feed->folder, name);
  unlink (path);
  ck_assert_int_eq (symlink (target, path), 0);
}

START_TEST (follows_no_links)
{
  struct feed feed = new_feed ();
  char path[128];
  put (&feed, "a", "one", 10);
  put_link (&feed, "passwd.csv", "/etc/passwd");
  ck_assert_int_eq (open_feed (&feed, NULL, NULL), SF_OK);
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_str_eq (feed.inlet.messages[0].text, "one");
  ck_assert_str_eq (fake_alarm (&feed.inlet, "links_refused"),
                    "links_refused: passwd.csv: a symbolic link is not followed");
  put_link (&feed, "dangling.csv", "nowhere");
  ck_assert_int_eq (poll_feed (&feed), 0);
  ck_assert_str_eq (fake_alarm (&feed.inlet, "links_refused"),
                    "links_refused: dangling.csv and 1 more: symbolic links are not followed");
  ck_assert_int_eq (feed.inlet.alarms_count, 1);
  ck_assert_int_eq (sf_log_count (feed.log, SF_LOG_WARNING), 0); /* the alarm tells it */
  snprintf (path, sizeof path, "%s/passwd.csv", feed.folder);
  ck_assert_int_eq (unlink (path), 0);
  snprintf (path, sizeof path, "%s/dangling.csv", feed.folder);
  ck_assert_int_eq (unlink (path), 0);
  ck_assert_int_eq (poll_feed (&feed), 0);
  ck_assert_int_eq (feed.inlet.alarms_count, 0);
  put_link (&feed, "b", "a");
  SPOOL->close (feed.state);
  sf_log_free (feed.log);
  ck_assert_int_eq (open_feed (&feed, "b", NULL), SF_EINVAL);
  ck_assert_ptr_nonnull (strstr (feed.err.message, "symbolic link"));
  sf_log_free (feed.log);
  ck_assert_int_eq (open_feed (&feed, "a", NULL), SF_OK);
  end_feed (&feed);
}
END_TEST

/* Once the folder was listed, a file and a subfolder become links to others of the same size and time. */
static void
swap_for_links (void *ctx, const struct sf_message *message)
{
  const struct feed *feed = ctx;
  char below[128], away[128];
  if (message->length != 5 || memcmp (message->bytes, "first", 5) != 0)
    return;
  put_link (feed, "b", "../outside");
  snprintf (below, sizeof below, "%s/below", feed->folder);
  snprintf (away, sizeof away, "%s/.away", feed->folder);
  ck_assert_int_eq (rename (below, away), 0);
  put_link (feed, "below", ".away");
}

START_TEST (follows_no_links_that_come_late)
{
  struct feed feed = new_feed ();
  char path[128], outside[128];
  snprintf (path, sizeof path, "%s/below", feed.folder);
  ck_assert_int_eq (mkdir (path, 0755), 0);
  put (&feed, "a", "first", 10);
  put (&feed, "b", "other", 10);
  put (&feed, "below/c", "third", 10);
  put (&feed, "outside", "secret", 10);
  snprintf (path, sizeof path, "%s/outside", feed.folder);
  snprintf (outside, sizeof outside, "%s/../outside", feed.folder);
  ck_assert_int_eq (rename (path, outside), 0);
  feed.inlet.at_delivery = swap_for_links;
  feed.inlet.ctx = &feed;
  const char *const settings[] = { "depth=1", NULL };
  ck_assert_int_eq (open_feed (&feed, NULL, settings), SF_OK);
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_str_eq (fake_alarm (&feed.inlet, "files_not_delivered"),
                    "files_not_delivered: b: it is a symbolic link now");
  ck_assert_int_eq (poll_feed (&feed), 0);
  ck_assert_ptr_null (fake_alarm (&feed.inlet, "files_not_delivered"));
  ck_assert_ptr_nonnull (fake_alarm (&feed.inlet, "links_refused: b and 1 more"));
  ck_assert_int_eq (unlink (outside), 0);
  end_feed (&feed);
}
END_TEST

/* A subfolder that becomes a link after delivery: what it leads to is not ours to delete. */
START_TEST (puts_nothing_away_through_links)
{
  struct feed feed = new_feed ();
  char below[128], away[128];
  snprintf (below, sizeof below, "%s/below", feed.folder);
  snprintf (away, sizeof away, "%s/.away", feed.folder);
  ck_assert_int_eq (mkdir (below, 0755), 0);
  put (&feed, "below/c", "third", 10);
  const char *const settings[] = { "depth=1", "after=delete", NULL };
  ck_assert_int_eq (open_feed (&feed, NULL, settings), SF_OK);
  ck_assert_int_eq (poll_only (&feed), 1);
  ck_assert_int_eq (rename (below, away), 0);
  put_link (&feed, "below", ".away");
  acknowledge (&feed, feed.delivered);
  ck_assert (is_there (&feed, ".away/c"));
  end_feed (&feed);
}
END_TEST

/* The descriptor becomes readable when a file is there, and nothing is looked at before. */
START_TEST (is_woken_by_a_new_file)
{
  struct feed feed = new_feed ();
  int fd = -1;
  ck_assert_int_eq (open_feed (&feed, NULL, NULL), SF_OK);
  ck_assert_int_eq (poll_feed (&feed), 0);
  ck_assert_int_gt (SPOOL->wait_ms (feed.state, feed.inlet.now_ms, &fd), 9000);
  ck_assert_int_ge (fd, 0);
  struct pollfd wait = { .fd = fd, .events = POLLIN };
  ck_assert_int_eq (poll (&wait, 1, 0), 0);
  put (&feed, "a", "one", 0);
  ck_assert_int_eq (poll (&wait, 1, 0), 1);
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_int_eq (poll (&wait, 1, 0), 0);
  end_feed (&feed);
}
END_TEST

START_TEST (alarms_end_when_their_cause_does)
{
  struct feed feed = new_feed ();
  char away[128];
  const char *const settings[] = { "limit=5", NULL };
  put (&feed, "a", "too long", 0);
  ck_assert_int_eq (open_feed (&feed, NULL, settings), SF_OK);
  ck_assert_int_eq (poll_feed (&feed), 0);
  ck_assert_int_eq (poll_feed (&feed), 0);
  ck_assert_ptr_nonnull (fake_alarm (&feed.inlet, "files_not_delivered: a: "));
  ck_assert_int_eq (sf_log_count (feed.log, SF_LOG_WARNING), 1); /* told once, not with every look */
  put (&feed, "a", "short", 0);
  ck_assert_int_eq (poll_feed (&feed), 1);
  ck_assert_ptr_null (fake_alarm (&feed.inlet, "files_not_delivered"));
  snprintf (away, sizeof away, "%s.away", feed.folder);
  ck_assert_int_eq (rename (feed.folder, away), 0);
  feed.inlet.now_ms += 100000;
  struct sf_inlet inlet = fake_view (&feed.inlet);
  long delivered = 0;
  ck_fails (SPOOL->poll (feed.state, &inlet, &delivered, err), SF_ENOTFOUND, feed.folder);
  ck_assert_ptr_nonnull (fake_alarm (&feed.inlet, "folder_unreadable"));
  ck_assert_int_eq (rename (away, feed.folder), 0);
  ck_assert_int_eq (poll_feed (&feed), 0); /* nothing was forgotten meanwhile */
  ck_assert_int_eq (feed.inlet.alarms_count, 0);
  end_feed (&feed);
}
END_TEST

/* A name in GBK, as Windows sends it: the journal gets UTF-8. printf 雨量 | iconv -t gbk | xxd -p */
START_TEST (names_become_utf8)
{
  struct feed feed = new_feed ();
  put (&feed, "\xd3\xea\xc1\xbf.txt", "one", 0);
  put (&feed, "\xff\xff.txt", "two", 0);
  ck_assert_int_eq (open_feed (&feed, NULL, NULL), SF_OK);
  ck_assert_int_eq (poll_feed (&feed), 2);
  ck_assert_str_eq (name_of (&feed, 0), "雨量.txt");
  /* printf '\xff\xff.txt' | sha256sum */
  ck_assert_str_eq (name_of (&feed, 1), "fa9ccbd1db607de1ddd671cbc0b98655cecab542bd71c9681359bfd79c350f94");
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

/* Turns of intake until nothing comes any more, over errors of memory. */
static void
take_all (struct feed *feed, bool must_succeed)
{
  for (int turn = 0; turn < 6; turn++)
    {
      long delivered = 0;
      feed->inlet.now_ms += 100000;
      struct sf_inlet inlet = fake_view (&feed->inlet);
      enum sf_code code = SPOOL->poll (feed->state, &inlet, &delivered, &feed->err);
      ck_assert (code == SF_OK || (code == SF_ENOMEM && !must_succeed));
      feed->delivered = (uint64_t) feed->inlet.count;
      acknowledge (feed, feed->delivered);
    }
}

static void
open_again (struct feed *feed)
{
  enum sf_code code = SPOOL->open (&feed->host, &feed->state, &feed->err);
  if (code == SF_ENOMEM)
    code = SPOOL->open (&feed->host, &feed->state, &feed->err);
  ck_assert_int_eq (code, SF_OK);
}

/* One file each of these names and texts was delivered, and each once. */
static void
check_delivered (const struct feed *feed, const char *names)
{
  char all[64] = "";
  for (int i = 0; i < feed->inlet.count; i++)
    {
      ck_assert_ptr_null (strstr (all, name_of (feed, i)));
      ck_assert_ptr_nonnull (strstr (names, name_of (feed, i)));
      ck_assert_str_eq (feed->inlet.messages[i].text, name_of (feed, i));
      strcat (all, name_of (feed, i));
    }
  ck_assert_uint_eq (strlen (all), strlen (names));
}

/* Deliver files, of which one comes later, with the n-th allocation failing; returns whether it was reached. */
static bool
run_out_at (long n, const char *after)
{
  struct feed feed = new_feed ();
  char folder[100], how[32], move_to[100];
  snprintf (folder, sizeof folder, "%s/below", feed.folder);
  snprintf (how, sizeof how, "after=%s", after);
  snprintf (move_to, sizeof move_to, "move_to=%s/done", feed.folder);
  const char *const settings[] = { "depth=1", "order=time", how, move_to, NULL };
  ck_done (sf_file_make_folder (folder, err));
  put (&feed, "a", "a", 10);
  put (&feed, "b", "b", 10);
  put (&feed, "below/c", "c", 10);
  ck_assert_int_eq (open_feed (&feed, NULL, settings), SF_OK);
  SPOOL->close (feed.state);
  sf_mem_fail_at (n, 0);
  open_again (&feed);
  take_all (&feed, false);
  put (&feed, "d", "d", 10);
  take_all (&feed, false);
  bool reached = sf_mem_count () >= n;
  sf_mem_fail_at (0, 0);
  take_all (&feed, true);
  check_delivered (&feed, "abcd");
  ck_assert_int_eq (feed.inlet.alarms_count, 0);
  const char *const names[] = { "a", "b", "below/c", "d" };
  for (int i = 0; i < 4; i++)
    {
      char there[32];
      snprintf (there, sizeof there, "done/%s", names[i]);
      ck_assert_int_eq (is_there (&feed, names[i]), !strcmp (after, "keep"));
      ck_assert_int_eq (is_there (&feed, there), !strcmp (after, "move"));
    }
  end_feed (&feed);
  return reached;
}

/* Each allocation fails once: every file is delivered once and put away all the same. */
START_TEST (memory_runs_out)
{
  static const char *const afters[] = { "keep", "move", "delete" };
  for (int i = 0; i < 3; i++)
    {
      long n = 1;
      while (run_out_at (n, afters[i]))
        n++;
      ck_assert_int_gt (n, 40);
    }
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { delivers_in_name_order_and_once,
                                 order_by_time,
                                 one_file,
                                 waits_until_a_file_has_settled,
                                 an_empty_file_waits_for_its_content,
                                 one_bad_file_does_not_stop_the_others,
                                 puts_delivered_files_away,
                                 keeps_what_is_written_meanwhile,
                                 puts_away_only_what_is_acknowledged,
                                 remembers_what_it_delivered,
                                 forgets_what_is_gone,
                                 goes_on_when_there_is_room,
                                 reads_subfolders,
                                 follows_no_links,
                                 follows_no_links_that_come_late,
                                 puts_nothing_away_through_links,
                                 is_woken_by_a_new_file,
                                 alarms_end_when_their_cause_does,
                                 names_become_utf8,
                                 refuses_bad_settings,
                                 memory_runs_out,
                                 NULL };
  return run_tests ("spool", tests);
}
