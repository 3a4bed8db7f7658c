/* SPDX-License-Identifier: Apache-2.0 */
/* tcp_listen with real sockets of the loopback and an inlet that stands for the journal. */
#include "tests/unit/base.h"
#include "tests/unit/stream_help.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>

extern const struct sf_plugin tcp_listen_LTX_sanfang_plugin, line_LTX_sanfang_plugin;
#define TCP (&tcp_listen_LTX_sanfang_plugin)
#define LINE (&line_LTX_sanfang_plugin)

static const char *const with_reply[] = { "reply=OK;", NULL };

static void
say (int fd, const char *text)
{
  size_t length = strlen (text);
  ck_assert_int_eq (send (fd, text, length, MSG_NOSIGNAL), (ssize_t) length);
}

/* What the peer can read now; "" when nothing, "EOF" at the end. */
static const char *
heard (int fd)
{
  static char text[65536];
  ssize_t n = recv (fd, text, sizeof text - 1, MSG_DONTWAIT);
  if (n < 0)
    return errno == EAGAIN ? "" : "error";
  text[n] = '\0';
  return n ? text : "EOF";
}

/* Turns until the peer hears a text, with 60 s of patience. */
static void
expect (struct stream *stream, int fd, const char *text)
{
  char all[4096] = "";
  int64_t limit_ms = stream_now_ms () + 60000;
  while (strcmp (all, text) && stream_now_ms () < limit_ms)
    {
      ck_assert_int_eq (stream_poll (stream), SF_OK);
      const char *now = heard (fd);
      ck_assert_uint_lt (strlen (all) + strlen (now), sizeof all);
      strcat (all, now);
      nanosleep (&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    }
  ck_assert_str_eq (all, text);
}

static void
turns (struct stream *stream, int count)
{
  for (int i = 0; i < count; i++)
    {
      ck_assert_int_eq (stream_poll (stream), SF_OK);
      nanosleep (&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    }
}

START_TEST (lines_become_messages)
{
  struct stream *stream = stream_open (TCP, LINE, AF_INET, NULL, NULL);
  int fd = stream_connect (stream, SOCK_STREAM);
  say (fd, "one\r\ntwo\nthr");
  ck_assert (stream_wait (stream, 2));
  ck_assert_str_eq (stream->messages[0].bytes, "one\r\n");
  ck_assert_str_eq (stream->messages[1].bytes, "two\n");
  ck_assert_int_eq (strncmp (stream->messages[0].source, "127.0.0.1:", 10), 0);
  ck_assert_ptr_null (stream->messages[0].identity);
  say (fd, "ee\n");
  ck_assert (stream_wait (stream, 3));
  ck_assert_str_eq (stream->messages[2].bytes, "three\n");
  ck_assert_int_eq (stream->polled, 3);
  close (fd);
  stream_free (stream);
}
END_TEST

START_TEST (every_split_gives_the_same)
{
  static const char text[] = "alpha,1\nbeta,22\r\n\ngamma,333\n";
  struct stream *stream = stream_open (TCP, LINE, AF_INET, NULL, NULL);
  for (size_t at = 1; at < sizeof text - 1; at++)
    {
      size_t before = stream->count;
      int fd = stream_connect (stream, SOCK_STREAM);
      ck_assert_int_eq (send (fd, text, at, 0), (ssize_t) at);
      turns (stream, 2);
      ck_assert_int_eq (send (fd, text + at, sizeof text - 1 - at, 0), (ssize_t) (sizeof text - 1 - at));
      ck_assert (stream_wait (stream, before + 4));
      ck_assert_str_eq (stream->messages[before].bytes, "alpha,1\n");
      ck_assert_str_eq (stream->messages[before + 1].bytes, "beta,22\r\n");
      ck_assert_str_eq (stream->messages[before + 2].bytes, "\n");
      ck_assert_str_eq (stream->messages[before + 3].bytes, "gamma,333\n");
      close (fd);
    }
  turns (stream, 5);
  ck_assert_uint_eq (stream->count, 4 * (sizeof text - 2));
  stream_free (stream);
}
END_TEST

START_TEST (reply_waits_for_the_journal)
{
  struct stream *stream = stream_open (TCP, LINE, AF_INET, NULL, with_reply);
  int fd = stream_connect (stream, SOCK_STREAM);
  say (fd, "a\nb\n");
  ck_assert (stream_wait (stream, 2));
  turns (stream, 20);
  ck_assert_str_eq (heard (fd), "");
  stream->transport->acknowledge (stream->state, &stream->inlet, 1);
  expect (stream, fd, "OK;");
  stream->transport->acknowledge (stream->state, &stream->inlet, 2);
  expect (stream, fd, "OK;");
  close (fd);
  stream_free (stream);
}
END_TEST

START_TEST (half_closed_peer_gets_its_reply)
{
  struct stream *stream = stream_open (TCP, LINE, AF_INET, NULL, with_reply);
  int fd = stream_connect (stream, SOCK_STREAM);
  say (fd, "last\ncut off");
  shutdown (fd, SHUT_WR);
  ck_assert (stream_wait (stream, 2));
  ck_assert_str_eq (stream->messages[0].bytes, "last\n");
  ck_assert_str_eq (stream->messages[1].bytes, "cut off");
  ck_assert_ptr_nonnull (strstr (stream->messages[1].source, " (noise)"));
  ck_assert_int_eq (stream_counted (stream, "noise_bytes"), 7);
  turns (stream, 10);
  ck_assert_str_eq (heard (fd), "");
  stream_acknowledge (stream);
  expect (stream, fd, "OK;EOF");
  close (fd);
  stream_free (stream);
}
END_TEST

START_TEST (reset_peer_leaves_what_it_sent)
{
  struct stream *stream = stream_open (TCP, LINE, AF_INET, NULL, with_reply);
  int fd = stream_connect (stream, SOCK_STREAM);
  struct linger hard = { .l_onoff = 1, .l_linger = 0 };
  say (fd, "before\n");
  ck_assert (stream_wait (stream, 1));
  setsockopt (fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close (fd);
  turns (stream, 10);
  stream_acknowledge (stream);
  turns (stream, 2);
  ck_assert_uint_eq (stream->count, 1);
  fd = stream_connect (stream, SOCK_STREAM);
  say (fd, "after\n");
  ck_assert (stream_wait (stream, 2));
  close (fd);
  stream_free (stream);
}
END_TEST

/* 400 KiB through an inlet that takes 7 messages at a time and refuses in between: all of them, once, in order. */
START_TEST (busy_inlet_loses_nothing)
{
  enum
  {
    LINES = 20000
  };
  struct stream *stream = stream_open (TCP, LINE, AF_INET, NULL, NULL);
  int fd = stream_connect (stream, SOCK_STREAM), wait_fd;
  char *text = calloc (LINES, 32);
  size_t length = 0, at = 0;
  for (int i = 0; i < LINES; i++)
    length += (size_t) sprintf (text + length, "station,%d,12.5\n", i);
  stream->room = 0;
  fcntl (fd, F_SETFL, O_NONBLOCK);
  for (int turn = 0; stream->count < LINES && turn < 200000; turn++)
    {
      ssize_t n = at < length ? send (fd, text + at, length - at, MSG_NOSIGNAL) : 0;
      at += n > 0 ? (size_t) n : 0;
      stream->room = turn % 3 ? 7 : 0;
      ck_assert_int_eq (stream_poll (stream), SF_OK);
    }
  ck_assert_uint_eq (stream->count, LINES);
  for (int i = 0; i < LINES; i++)
    {
      char wanted[32];
      sprintf (wanted, "station,%d,12.5\n", i);
      ck_assert_str_eq (stream->messages[i].bytes, wanted);
    }
  say (fd, "more\n");
  stream->room = 0;
  turns (stream, 5);
  ck_assert_int_gt (stream->transport->wait_ms (stream->state, stream_now_ms (), &wait_fd), 0);
  ck_assert_int_eq (wait_fd, -1);
  close (fd);
  turns (stream, 5);
  stream->room = SIZE_MAX;
  ck_assert (stream_wait (stream, LINES + 1));
  ck_assert_str_eq (stream->messages[LINES].bytes, "more\n");
  free (text);
  stream_free (stream);
}
END_TEST

/* While the inlet refuses, the sender is stopped by full buffers instead of filling our memory. */
START_TEST (busy_inlet_stops_the_peer)
{
  struct stream *stream = stream_open (TCP, LINE, AF_INET, NULL, NULL);
  int fd = stream_connect (stream, SOCK_STREAM);
  static char lines[65536];
  memset (lines, 'x', sizeof lines);
  for (size_t i = 63; i < sizeof lines; i += 64)
    lines[i] = '\n';
  fcntl (fd, F_SETFL, O_NONBLOCK);
  stream->room = 0;
  size_t sent = 0;
  for (int quiet = 0; quiet < 50 && sent < (256u << 20);)
    {
      ssize_t n = send (fd, lines, sizeof lines - sent % 64, MSG_NOSIGNAL);
      sent += n > 0 ? (size_t) n : 0;
      quiet = n > 0 ? 0 : quiet + 1;
      turns (stream, 1);
    }
  ck_assert_uint_lt (sent, 64u << 20);
  stream->room = SIZE_MAX;
  ck_assert (stream_wait (stream, sent / 64));
  close (fd);
  stream_free (stream);
}
END_TEST

/* A peer that sends without reading its replies. */
START_TEST (slow_reader_is_dropped)
{
  static const char *const small[] = { "reply_buffer=8192", NULL };
  static const char *const long_reply[] = { "reply=0123456789012345678901234567890123456789012345678901234567890123456"
                                            "78901234567890123456789012345678901234567890123456789",
                                            NULL };
  struct stream *stream = stream_open (TCP, LINE, AF_INET, small, long_reply);
  int fd = stream_connect (stream, SOCK_STREAM), other = stream_connect (stream, SOCK_STREAM);
  char lines[2048];
  memset (lines, '\n', sizeof lines);
  fcntl (fd, F_SETFL, O_NONBLOCK);
  int64_t limit_ms = stream_now_ms () + 60000;
  while (!stream_counted (stream, "slow_readers") && stream_now_ms () < limit_ms)
    {
      (void) !send (fd, lines, sizeof lines, MSG_NOSIGNAL);
      ck_assert_int_eq (stream_poll (stream), SF_OK);
      stream_acknowledge (stream);
    }
  ck_assert_int_eq (stream_counted (stream, "slow_readers"), 1);
  size_t before = stream->count;
  say (other, "I read\n");
  while (strcmp (stream->messages[stream->count - 1].bytes, "I read\n") && stream_now_ms () < limit_ms)
    turns (stream, 1);
  ck_assert_uint_gt (stream->count, before);
  close (fd);
  close (other);
  stream_free (stream);
}
END_TEST

START_TEST (silent_peers_are_closed)
{
  static const char *const brief[] = { "idle=1s", NULL };
  struct stream *stream = stream_open (TCP, LINE, AF_INET, brief, NULL);
  int stranger = stream_connect (stream, SOCK_STREAM), known = stream_connect (stream, SOCK_STREAM);
  say (known, "hello\nhalf");
  ck_assert (stream_wait (stream, 1));
  expect (stream, stranger, "EOF");
  expect (stream, known, "EOF");
  ck_assert_int_eq (stream_counted (stream, "idle_connections"), 2);
  ck_assert_uint_eq (stream->count, 2);
  ck_assert_str_eq (stream->messages[1].bytes, "half");
  close (stranger);
  close (known);
  stream_free (stream);
}
END_TEST

START_TEST (only_allowed_networks)
{
  static const char *const others[] = { "allow=10.0.0.0/8, 2001:db8::/32", NULL };
  static const char *const us[] = { "allow=10.0.0.0/8, 127.0.0.0/8", NULL };
  struct stream *stream = stream_open (TCP, LINE, AF_INET, others, NULL);
  int fd = stream_connect (stream, SOCK_STREAM);
  expect (stream, fd, "EOF");
  ck_assert_int_eq (stream_counted (stream, "forbidden_connections"), 1);
  close (fd);
  stream_free (stream);
  stream = stream_open (TCP, LINE, AF_INET, us, NULL);
  fd = stream_connect (stream, SOCK_STREAM);
  say (fd, "in\n");
  ck_assert (stream_wait (stream, 1));
  close (fd);
  stream_free (stream);
}
END_TEST

START_TEST (ipv6)
{
  struct stream *stream = stream_open (TCP, LINE, AF_INET6, NULL, NULL);
  if (!stream)
    return;
  int fd = stream_connect (stream, SOCK_STREAM);
  say (fd, "six\n");
  ck_assert (stream_wait (stream, 1));
  ck_assert_int_eq (strncmp (stream->messages[0].source, "[::1]:", 6), 0);
  close (fd);
  stream_free (stream);
}
END_TEST

START_TEST (bad_places_are_refused)
{
  static const struct
  {
    const char *listen, *allow, *wanted;
  } cases[] = { { "nowhere", "", "'nowhere' is no place to listen" },
                { "127.0.0.1:70000", "", "is no place to listen" },
                { "localhost:80", "", "is no place to listen" },
                { "127.0.0.1:0", "10.0.0.1/8", "'10.0.0.1/8' is no network" },
                { "127.0.0.1:0", "10.0.0.0/33", "is no network" },
                { "127.0.0.1:0", "::/129", "is no network" },
                { "127.0.0.1:0", "ten", "is no network" },
                { "192.0.2.1:5100", "", "cannot listen there" } };
  struct stream *stream = stream_open (TCP, LINE, AF_INET, NULL, NULL);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
      struct sf_host host = stream->host;
      struct sf_error err = { 0 };
      struct sf_settings *settings = stream_settings (stream, TCP->options, NULL);
      void *state = NULL;
      sf_settings_set (settings, "listen", cases[i].listen, "test", NULL);
      if (cases[i].allow[0])
        sf_settings_set (settings, "allow", cases[i].allow, "test", NULL);
      host.settings = settings;
      ck_assert_int_ne (TCP->as.transport->open (&host, &state, &err), SF_OK);
      ck_assert_msg (strstr (err.message, cases[i].wanted) != NULL, "%s", err.message);
      ck_assert_ptr_null (state);
    }
  stream_free (stream);
}
END_TEST

/* --- many --- */

static int
allow_files (rlim_t wanted)
{
  struct rlimit files;
  getrlimit (RLIMIT_NOFILE, &files);
  if (files.rlim_max != RLIM_INFINITY && files.rlim_max < wanted)
    return 0;
  files.rlim_cur = files.rlim_cur < wanted ? wanted : files.rlim_cur;
  return setrlimit (RLIMIT_NOFILE, &files) == 0;
}

/* 2,000 peers that send a byte each in turn. */
START_TEST (two_thousand_drip)
{
  enum
  {
    PEERS = 2000
  };
  static int fds[PEERS];
  static const char text[] = "52001,12.5\n";
  if (!allow_files (2 * PEERS + 200))
    return;
  struct stream *stream = stream_open (TCP, LINE, AF_INET, NULL, with_reply);
  for (int i = 0; i < PEERS; i++)
    {
      fds[i] = stream_connect (stream, SOCK_STREAM);
      ck_assert_int_ge (fds[i], 0);
      if (i % 100 == 99)
        stream_poll (stream);
    }
  for (size_t at = 0; at < sizeof text - 1; at++)
    for (int i = 0; i < PEERS; i++)
      {
        ck_assert_int_eq (send (fds[i], text + at, 1, MSG_NOSIGNAL), 1);
        if (i % 200 == 199)
          stream_poll (stream);
      }
  ck_assert (stream_wait (stream, PEERS));
  for (int i = 0; i < PEERS; i++)
    {
      ck_assert_str_eq (stream->messages[i].bytes, text);
      ck_assert_str_eq (heard (fds[i]), "");
    }
  stream_acknowledge (stream);
  for (int i = 0; i < PEERS; i++)
    {
      expect (stream, fds[i], "OK;");
      close (fds[i]);
    }
  stream_free (stream);
}
END_TEST

/* More silent peers than there are places: an alarm, and a station that comes then is heard. */
START_TEST (crowd_gives_way)
{
  enum
  {
    PLACES = 50
  };
  static const char *const few[] = { "connections=50", NULL };
  struct stream *stream = stream_open (TCP, LINE, AF_INET, few, NULL);
  int fds[PLACES + 1];
  for (int i = 0; i <= PLACES; i++)
    fds[i] = stream_connect (stream, SOCK_STREAM);
  turns (stream, 20);
  ck_assert_str_eq (stream->alarm, "too_many_connections");
  ck_assert_msg (strstr (stream->alarm_text, "setting 'connections'") != NULL, "%s", stream->alarm_text);
  ck_assert_int_eq (stream_counted (stream, "refused_connections"), 1);
  /* Five seconds later the first of them has had its time. */
  int station = stream_connect (stream, SOCK_STREAM);
  say (station, "I am a station\n");
  long delivered;
  stream->inlet.now_ms = stream_now_ms () + 6000;
  ck_assert_int_eq (stream->transport->poll (stream->state, &stream->inlet, &delivered, &stream->err), SF_OK);
  ck_assert_int_eq (stream->transport->poll (stream->state, &stream->inlet, &delivered, &stream->err), SF_OK);
  ck_assert_uint_eq (stream->count, 1);
  ck_assert_int_eq (stream_counted (stream, "evicted_connections"), 1);
  ck_assert_str_eq (heard (fds[0]), "EOF");
  for (int i = 0; i <= PLACES; i++)
    close (fds[i]);
  turns (stream, 20);
  ck_assert_str_eq (stream->alarm, "");
  close (station);
  stream_free (stream);
}
END_TEST

static void
poll_at (struct stream *stream, int64_t now_ms, int count)
{
  for (int i = 0; i < count; i++)
    {
      long delivered;
      stream->inlet.now_ms = now_ms;
      ck_assert_int_eq (stream->transport->poll (stream->state, &stream->inlet, &delivered, &stream->err), SF_OK);
      nanosleep (&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    }
}

/* A peer that speaks rubbish for ever is read slowly, but to its end; a station beside it is not held up. */
START_TEST (rubbish_is_paced)
{
  enum
  {
    RUBBISH = 200000, /* three seconds and a bit of what a stranger may bring */
    LINE_BYTES = 4096
  };
  static char rubbish[RUBBISH];
  struct stream *stream = stream_open (TCP, LINE, AF_INET, NULL, NULL);
  int fd = stream_connect (stream, SOCK_STREAM), station = stream_connect (stream, SOCK_STREAM);
  memset (rubbish, 'x', sizeof rubbish);
  ck_assert_int_eq (send (fd, rubbish, sizeof rubbish, MSG_NOSIGNAL), RUBBISH);
  close (fd);
  int64_t now_ms = stream_now_ms ();
  poll_at (stream, now_ms, 50);
  long first = stream_counted (stream, "noise_bytes");
  ck_assert_int_ge (first, 65536 - LINE_BYTES);
  ck_assert_int_le (first, 2 * 65536);
  say (station, "I am a station\n");
  poll_at (stream, now_ms + 500, 20);
  ck_assert_str_eq (stream->messages[stream->count - 1].bytes, "I am a station\n");
  ck_assert_int_eq (stream_counted (stream, "noise_bytes"), first);
  for (int second = 1; second <= 4; second++)
    poll_at (stream, now_ms + second * 1200, 20);
  ck_assert_int_eq (stream_counted (stream, "noise_bytes"), RUBBISH);
  close (station);
  stream_free (stream);
}
END_TEST

/* A process that may open few files says so, and serves those it has. */
START_TEST (few_files_are_an_alarm)
{
  struct rlimit few = { .rlim_cur = 300, .rlim_max = 300 };
  int fds[200];
  ck_assert_int_eq (setrlimit (RLIMIT_NOFILE, &few), 0);
  struct stream *stream = stream_open (TCP, LINE, AF_INET, NULL, NULL);
  for (int i = 0; i < 200; i++)
    {
      fds[i] = stream_connect (stream, SOCK_STREAM);
      turns (stream, 1);
    }
  ck_assert_str_eq (stream->alarm, "too_many_connections");
  ck_assert_msg (strstr (stream->alarm_text, "files") != NULL, "%s", stream->alarm_text);
  say (fds[0], "still heard\n");
  ck_assert (stream_wait (stream, 1));
  for (int i = 0; i < 200; i++)
    if (fds[i] >= 0)
      close (fds[i]);
  stream_free (stream);
}
END_TEST

static int
open_files (void)
{
  int count = 0;
  DIR *folder = opendir ("/proc/self/fd");
  ck_assert_ptr_nonnull (folder);
  while (readdir (folder))
    count++;
  closedir (folder);
  return count;
}

/* Another process that opens connections, says nothing, and waits until its end of the pipe is closed. */
static pid_t
start_crowd (const struct stream *stream, int count, int *ret_pipe)
{
  int ends[2];
  ck_assert_int_eq (pipe (ends), 0);
  pid_t child = fork ();
  ck_assert_int_ge (child, 0);
  if (child)
    {
      close (ends[0]);
      *ret_pipe = ends[1];
      return child;
    }
  close (ends[1]);
  for (int i = 0; i < count; i++)
    if (stream_connect (stream, SOCK_STREAM) < 0)
      _exit (1);
  char end;
  _exit (read (ends[0], &end, 1) < 0);
}

/* 10,000 connections that say nothing, in a process whose limit is raised for them: a station among them is heard. */
START_TEST (ten_thousand_half_open)
{
  enum
  {
    PEERS = 10000
  };
  static const char *const places[] = { "connections=10500", NULL };
  if (!allow_files (PEERS + 700))
    return;
  struct rlimit before = { .rlim_cur = 1024 }, files;
  getrlimit (RLIMIT_NOFILE, &files);
  int end, status = 1;
  before.rlim_max = files.rlim_max;
  setrlimit (RLIMIT_NOFILE, &before);
  struct stream *stream = stream_open (TCP, LINE, AF_INET, places, NULL);
  getrlimit (RLIMIT_NOFILE, &files);
  ck_assert_uint_ge (files.rlim_cur, 10500);
  pid_t crowd = start_crowd (stream, PEERS, &end);
  int64_t limit_ms = stream_now_ms () + 60000;
  while (open_files () < PEERS && stream_now_ms () < limit_ms)
    turns (stream, 1);
  int station = stream_connect (stream, SOCK_STREAM);
  say (station, "heard among them\n");
  ck_assert (stream_wait (stream, 1));
  ck_assert_str_eq (stream->alarm, "");
  ck_assert_int_eq (stream_counted (stream, "refused_connections"), 0);
  close (end);
  ck_assert_int_eq (waitpid (crowd, &status, 0), crowd);
  ck_assert_int_eq (status, 0);
  close (station);
  turns (stream, 50);
  stream_free (stream);
}
END_TEST

/* Turns of intake, over errors of memory, until so many messages are there; each is acknowledged. */
static void
take (struct stream *stream, size_t count)
{
  int64_t limit_ms = stream_now_ms () + 60000;
  do
    {
      enum sf_code code = stream_poll (stream);
      ck_assert (code == SF_OK || code == SF_ENOMEM);
      stream_acknowledge (stream);
      nanosleep (&(struct timespec){ .tv_nsec = 200000 }, NULL);
    }
  while (stream->count < count && !stream_counted (stream, "refused_connections") && stream_now_ms () < limit_ms);
}

/* Two peers say lines in pieces while the n-th allocation fails; one that is refused comes again. Returns whether the n-th
   was reached. */
static bool
run_out_at (long n)
{
  static const char *const lines[] = { "one\n", "two\n", "three\n", "four\n" };
  struct stream *stream = stream_open (TCP, LINE, AF_INET, NULL, with_reply);
  stream_open_short_of_memory (stream, n);
  int fd = stream_connect (stream, SOCK_STREAM);
  say (fd, "one\ntwo\nth");
  take (stream, 2);
  if (stream_counted (stream, "refused_connections"))
    {
      ck_assert_uint_eq (stream->count, 0);
      close (fd);
      fd = stream_connect (stream, SOCK_STREAM);
      say (fd, "one\ntwo\nth");
      memset (stream->counts, 0, sizeof stream->counts);
      take (stream, 2);
    }
  say (fd, "ree\nfour\n");
  take (stream, 4);
  bool reached = sf_mem_count () >= n;
  sf_mem_fail_at (0, 0);
  expect (stream, fd, "OK;OK;OK;OK;");
  ck_assert_uint_eq (stream->count, 4);
  for (int i = 0; i < 4; i++)
    ck_assert_str_eq (stream->messages[i].bytes, lines[i]);
  close (fd);
  turns (stream, 3);
  stream_free (stream);
  return reached;
}

/* Each allocation fails once, from opening to closing: what peers said is there once, and each gets its replies. */
START_TEST (memory_runs_out)
{
  long n = 1;
  while (run_out_at (n))
    n++;
  ck_assert_int_gt (n, 8);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { lines_become_messages,
                                 every_split_gives_the_same,
                                 reply_waits_for_the_journal,
                                 half_closed_peer_gets_its_reply,
                                 reset_peer_leaves_what_it_sent,
                                 busy_inlet_loses_nothing,
                                 busy_inlet_stops_the_peer,
                                 slow_reader_is_dropped,
                                 silent_peers_are_closed,
                                 only_allowed_networks,
                                 ipv6,
                                 bad_places_are_refused,
                                 two_thousand_drip,
                                 crowd_gives_way,
                                 rubbish_is_paced,
                                 few_files_are_an_alarm,
                                 ten_thousand_half_open,
                                 memory_runs_out,
                                 NULL };
  return run_tests ("tcp_listen", tests);
}
