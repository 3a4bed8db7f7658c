/* SPDX-License-Identifier: Apache-2.0 */
/* Frames a second of CPU time of tcp_listen into an inlet that keeps nothing: reading from real sockets of the loopback,
   finding frames, delivering them, and the replies after each turn. Another process sends; its time is not counted. */
#include "tests/bench/bench.h"
#include "tests/unit/stream_help.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

extern const struct sf_plugin tcp_listen_LTX_sanfang_plugin, line_LTX_sanfang_plugin, jt808_frames_LTX_sanfang_plugin,
    sl651_frames_LTX_sanfang_plugin;

enum
{
  FRAMES_A_RUN = 50000,
  BLOCK_FRAMES = 16,
  PEERS = 200
};

struct work
{
  struct stream *stream;
  long frames;
};

static enum sf_code
keep_nothing (void *ctx, const struct sf_message *message, struct sf_error *err)
{
  struct work *work = ctx;
  (void) message;
  (void) err;
  work->frames++;
  return SF_OK;
}

static void
ignore_count (void *ctx, const char *name, long more)
{
  (void) ctx, (void) name, (void) more;
}

static void
ignore_trouble (void *ctx, const char *name, const char *text)
{
  (void) ctx, (void) name, (void) text;
}

/* Send block after block on all connections in turn, and read what comes back, until killed. */
static void
send_for_ever (const struct stream *stream, int peers, const uint8_t *block, size_t length)
{
  static int fds[PEERS];
  static uint8_t replies[65536];
  for (int i = 0; i < peers; i++)
    if ((fds[i] = stream_connect (stream, SOCK_STREAM)) < 0)
      _exit (1);
  for (;;)
    for (int i = 0; i < peers; i++)
      {
        size_t sent = 0;
        while (sent < length)
          {
            ssize_t n = send (fds[i], block + sent, length - sent, MSG_NOSIGNAL | (peers > 1 ? 0 : MSG_DONTWAIT));
            while (recv (fds[i], replies, sizeof replies, MSG_DONTWAIT) > 0)
              ;
            if (n > 0)
              sent += (size_t) n;
          }
      }
}

static void
take_frames (void *ctx)
{
  struct work *work = ctx;
  struct stream *stream = work->stream;
  long until = work->frames + FRAMES_A_RUN;
  while (work->frames < until)
    {
      int fd;
      long delivered;
      int64_t wait_ms = stream->transport->wait_ms (stream->state, 0, &fd);
      struct pollfd waiting = { .fd = fd, .events = POLLIN };
      poll (&waiting, 1, (int) wait_ms);
      if (stream->transport->poll (stream->state, &stream->inlet, &delivered, &stream->err) != SF_OK)
        abort ();
      stream->transport->acknowledge (stream->state, &stream->inlet, (uint64_t) work->frames);
    }
}

static void
bench_one (const char *variant, const struct sf_plugin *protocol, int peers, const void *frame, size_t length,
           double ref_cpu_s)
{
  static uint8_t block[65536];
  struct work work = { .stream = stream_open (&tcp_listen_LTX_sanfang_plugin, protocol, AF_INET, NULL, NULL) };
  for (int i = 0; i < BLOCK_FRAMES; i++)
    memcpy (block + (size_t) i * length, frame, length);
  if (!work.stream)
    abort ();
  pid_t child = fork ();
  if (!child)
    send_for_ever (work.stream, peers, block, BLOCK_FRAMES * length);
  work.stream->inlet = (struct sf_inlet){ .ctx = &work,
                                          .now_s = 1405641600,
                                          .now_ms = stream_now_ms (),
                                          .deliver = keep_nothing,
                                          .count = ignore_count,
                                          .trouble = ignore_trouble };
  struct bench_time time = bench_run (take_frames, &work, 5);
  bench_print ("streams", variant, time, ref_cpu_s, FRAMES_A_RUN, "frames");
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
  stream_free (work.stream);
}

int
main (void)
{
  static const char line[] = "52001,2026-08-21T08:00:00+08:00,12.5,10.49,0.3,11.15,ok....\n";
  static const uint8_t jt808[] = { 0x7e, 0x02, 0x00, 0x00, 0x26, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x00, 0x7d, 0x02,
                                   0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x02, 0x00, 0xba, 0x7f, 0x0e, 0x07, 0xe4,
                                   0xf1, 0x1c, 0x00, 0x28, 0x00, 0x3c, 0x00, 0x00, 0x18, 0x10, 0x15, 0x10, 0x10, 0x10,
                                   0x01, 0x04, 0x00, 0x00, 0x00, 0x64, 0x02, 0x02, 0x00, 0x7d, 0x01, 0x13, 0x7e };
  static const uint8_t sl651[]
      = { 0x7e, 0x7e, 0x05, 0x00, 0x11, 0x22, 0x33, 0x44, 0x03, 0xe8, 0x32, 0x00, 0x2b, 0x02, 0x00,
          0x34, 0x17, 0x07, 0x18, 0x11, 0x00, 0x16, 0xf1, 0xf1, 0x00, 0x11, 0x22, 0x33, 0x44, 0x48,
          0xf0, 0xf0, 0x17, 0x07, 0x18, 0x11, 0x00, 0x20, 0x19, 0x00, 0x00, 0x40, 0x26, 0x19, 0x00,
          0x00, 0x40, 0x39, 0x23, 0x00, 0x01, 0x04, 0x90, 0x38, 0x12, 0x10, 0x99, 0x03, 0xa4, 0x21 };
  double ref_cpu_s = bench_reference_s ();
  bench_one ("line_1_peer", &line_LTX_sanfang_plugin, 1, line, sizeof line - 1, ref_cpu_s);
  bench_one ("line_200_peers", &line_LTX_sanfang_plugin, PEERS, line, sizeof line - 1, ref_cpu_s);
  bench_one ("jt808_200_peers", &jt808_frames_LTX_sanfang_plugin, PEERS, jt808, sizeof jt808, ref_cpu_s);
  bench_one ("sl651_200_peers", &sl651_frames_LTX_sanfang_plugin, PEERS, sl651, sizeof sl651, ref_cpu_s);
  return 0;
}
