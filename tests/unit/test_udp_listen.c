/* SPDX-License-Identifier: Apache-2.0 */
/* udp_listen with real sockets of the loopback. */
#include "tests/unit/base.h"
#include "tests/unit/stream_help.h"

extern const struct sf_plugin udp_listen_LTX_sanfang_plugin, line_LTX_sanfang_plugin;
#define UDP (&udp_listen_LTX_sanfang_plugin)
#define LINE (&line_LTX_sanfang_plugin)

static void
say (int fd, const char *text)
{
  ck_assert_int_eq (send (fd, text, strlen (text), 0), (ssize_t) strlen (text));
}

START_TEST (frames_of_datagrams)
{
  struct stream *stream = stream_open (UDP, LINE, AF_INET, NULL, NULL);
  int fd = stream_connect (stream, SOCK_DGRAM);
  say (fd, "one\ntwo\n");
  say (fd, "cut");
  say (fd, "three\n");
  ck_assert (stream_wait (stream, 4));
  ck_assert_str_eq (stream->messages[0].bytes, "one\n");
  ck_assert_str_eq (stream->messages[1].bytes, "two\n");
  ck_assert_str_eq (stream->messages[2].bytes, "cut");
  ck_assert_ptr_nonnull (strstr (stream->messages[2].source, "(noise)"));
  ck_assert_str_eq (stream->messages[3].bytes, "three\n");
  ck_assert_int_eq (strncmp (stream->messages[0].source, "127.0.0.1:", 10), 0);
  ck_assert_int_eq (stream->polled, 4);
  close (fd);
  stream_free (stream);
}
END_TEST

START_TEST (busy_inlet_leaves_datagrams_in_the_socket)
{
  struct stream *stream = stream_open (UDP, LINE, AF_INET, NULL, NULL);
  int fd = stream_connect (stream, SOCK_DGRAM), wait_fd;
  char text[32];
  stream->room = 0;
  for (int i = 0; i < 500; i++)
    {
      sprintf (text, "a%d\nb%d\n", i, i);
      say (fd, text);
    }
  for (int i = 0; i < 5; i++)
    ck_assert_int_eq (stream_poll (stream), SF_OK);
  stream->transport->wait_ms (stream->state, 0, &wait_fd);
  ck_assert_int_eq (wait_fd, -1);
  for (int i = 0; i < 2000 && stream->count < 1000; i++)
    {
      stream->room = 3;
      ck_assert_int_eq (stream_poll (stream), SF_OK);
    }
  ck_assert_uint_eq (stream->count, 1000);
  for (int i = 0; i < 1000; i++)
    {
      sprintf (text, "%c%d\n", i % 2 ? 'b' : 'a', i / 2);
      ck_assert_str_eq (stream->messages[i].bytes, text);
    }
  close (fd);
  stream_free (stream);
}
END_TEST

START_TEST (reply_after_the_journal)
{
  static const char *const with_reply[] = { "reply=OK", NULL };
  struct stream *stream = stream_open (UDP, LINE, AF_INET, NULL, with_reply);
  int fd = stream_connect (stream, SOCK_DGRAM), other = stream_connect (stream, SOCK_DGRAM);
  char text[16] = "";
  say (fd, "a\n");
  ck_assert (stream_wait (stream, 1));
  say (other, "b\n");
  ck_assert (stream_wait (stream, 2));
  ck_assert_int_lt (recv (fd, text, sizeof text, MSG_DONTWAIT), 0);
  stream->transport->acknowledge (stream->state, &stream->inlet, 1);
  ck_assert_int_eq (recv (fd, text, sizeof text, 0), 2);
  ck_assert_int_eq (memcmp (text, "OK", 2), 0);
  ck_assert_int_lt (recv (other, text, sizeof text, MSG_DONTWAIT), 0);
  stream_acknowledge (stream);
  ck_assert_int_eq (recv (other, text, sizeof text, 0), 2);
  close (fd);
  close (other);
  stream_free (stream);
}
END_TEST

/* A full buffer loses datagrams, and the next one that comes tells how many. */
START_TEST (drops_are_counted)
{
  static const char *const small[] = { "receive_buffer=65536", NULL };
  struct stream *stream = stream_open (UDP, LINE, AF_INET, small, NULL);
  int fd = stream_connect (stream, SOCK_DGRAM);
  char text[1001];
  memset (text, 'x', 999);
  text[999] = '\n';
  text[1000] = '\0';
  for (int i = 0; i < 1000; i++)
    say (fd, text);
  for (int i = 0; i < 10; i++)
    stream_poll (stream);
  say (fd, "after\n");
  ck_assert (stream_wait (stream, stream->count + 1));
  ck_assert_int_eq (stream_counted (stream, "dropped_datagrams") + (long) stream->count, 1001);
  ck_assert_int_gt (stream_counted (stream, "dropped_datagrams"), 0);
  close (fd);
  stream_free (stream);
}
END_TEST

START_TEST (only_allowed_networks_and_ipv6)
{
  static const char *const others[] = { "allow=10.0.0.0/8", NULL };
  struct stream *stream = stream_open (UDP, LINE, AF_INET, others, NULL);
  int fd = stream_connect (stream, SOCK_DGRAM);
  say (fd, "no\n");
  for (int i = 0; i < 1000 && !stream_counted (stream, "forbidden_datagrams"); i++)
    stream_poll (stream);
  ck_assert_int_eq (stream_counted (stream, "forbidden_datagrams"), 1);
  ck_assert_uint_eq (stream->count, 0);
  close (fd);
  stream_free (stream);
  stream = stream_open (UDP, LINE, AF_INET6, NULL, NULL);
  if (!stream)
    return;
  fd = stream_connect (stream, SOCK_DGRAM);
  say (fd, "six\n");
  ck_assert (stream_wait (stream, 1));
  ck_assert_int_eq (strncmp (stream->messages[0].source, "[::1]:", 6), 0);
  close (fd);
  stream_free (stream);
}
END_TEST

/* Two datagrams come while the n-th allocation fails; returns whether it was reached. */
static bool
run_out_at (long n)
{
  static const char *const with_reply[] = { "reply=OK", NULL };
  static const char *const lines[] = { "one\n", "two\n", "three\n" };
  struct stream *stream = stream_open (UDP, LINE, AF_INET, NULL, with_reply);
  stream_open_short_of_memory (stream, n);
  int fd = stream_connect (stream, SOCK_DGRAM), replies = 0;
  char text[16];
  say (fd, "one\ntwo\n");
  say (fd, "three\n");
  ck_assert (stream_wait (stream, 3));
  stream_acknowledge (stream);
  bool reached = sf_mem_count () >= n;
  sf_mem_fail_at (0, 0);
  ck_assert_uint_eq (stream->count, 3);
  for (int i = 0; i < 3; i++)
    ck_assert_str_eq (stream->messages[i].bytes, lines[i]);
  while (recv (fd, text, sizeof text, MSG_DONTWAIT) == 2)
    replies++;
  ck_assert_int_eq (replies + stream_counted (stream, "lost_replies"), 3);
  close (fd);
  stream_free (stream);
  return reached;
}

/* Each allocation fails once, from opening to closing: every frame is there once; a reply may be lost and is counted. */
START_TEST (memory_runs_out)
{
  long n = 1;
  while (run_out_at (n))
    n++;
  ck_assert_int_gt (n, 5);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { frames_of_datagrams,
                                 busy_inlet_leaves_datagrams_in_the_socket,
                                 reply_after_the_journal,
                                 drops_are_counted,
                                 only_allowed_networks_and_ipv6,
                                 memory_runs_out,
                                 NULL };
  return run_tests ("udp_listen", tests);
}
