/* SPDX-License-Identifier: Apache-2.0 */
/* A decoder that does what its message says: "good 3" makes three records, every other word harms. A message "sum 5" adds to
   what the feed's state holds and tells the sum: the state is fed again after a worker's end, or the sums do not fit. */
#include "core/plugin/plugin.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum
{
  IN_FD = 3, /* as core/feed/cage_wire.h has it */
  OUT_FD,
  FIELDS_FD = 5,
  WIRE_VERSION = 2
};

struct state
{
  double factor, sum;
  const char *feed;
  pid_t parent;
};

static const struct sf_option options[] = {
  { .name = "factor",
    .type = SF_OPTION_DOUBLE,
    .fallback = "1",
    .help_en = "what values are multiplied by; 0 does not open",
    .help_zh = "数值的倍数" },
  { .name = "label", .type = SF_OPTION_TEXT, .fallback = "a \"label\", with: signs", .help_en = "-", .help_zh = "-" },
  { .name = NULL },
};

static enum sf_code
open_decoder (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  struct state *state = sf_mem_calloc (1, sizeof *state);
  if (!state)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  state->factor = sf_settings_double (host->settings, "factor");
  state->feed = host->component;
  state->parent = getppid ();
  if (!(state->factor != 0) || strcmp (sf_settings_text (host->settings, "label"), "a \"label\", with: signs") != 0)
    {
      sf_mem_free (state);
      return sf_fail (err, SF_EINVAL, "a factor of 0, or another label");
    }
  *ret_state = state;
  return SF_OK;
}

static enum sf_code
emit (const struct sf_message *message, const struct sf_sink *sink, double value, long line, struct sf_error *err)
{
  struct sf_record record;
  sf_record_init (&record, SF_RECORD_OBSERVATION);
  record.feed = "somebody else's";
  record.source_line = line;
  record.valid_s = 1405663200 + line;
  record.as.observation.asset = message->source ? message->source : "nobody";
  record.as.observation.quantity = "rain_1h";
  record.as.observation.value = value;
  return sink->emit (sink->ctx, &record, err);
}

static enum sf_code
emit_many (const struct sf_message *message, const struct sf_sink *sink, double factor, long count,
           struct sf_error *err)
{
  for (long line = 1; line <= count; line++)
    SF_TRY (emit (message, sink, factor * (double) line, line, err));
  return SF_OK;
}

static enum sf_code
emit_field (const struct sf_sink *sink, int nx, int ny, struct sf_error *err)
{
  struct sf_record record;
  float *values = calloc ((size_t) nx * (size_t) ny, sizeof *values);
  sf_record_init (&record, SF_RECORD_FIELD);
  record.valid_s = 1405663200;
  record.as.field.quantity = "rain_1h";
  record.as.field.grid
      = (struct sf_gridspec){ .nx = nx, .ny = ny, .affine = { 108, 0.1, 0, 21, 0, -0.1 }, .crs = "EPSG:4490" };
  for (int i = 0; values && i < nx * ny; i++)
    values[i] = i % 7 ? (float) i : NAN;
  record.as.field.values = values;
  enum sf_code code = values ? sink->emit (sink->ctx, &record, err) : sf_fail (err, SF_ENOMEM, "out of memory");
  free (values);
  return code;
}

static enum sf_code
emit_fields (const struct sf_sink *sink, long count, int nx, struct sf_error *err)
{
  for (long i = 0; i < count; i++)
    SF_TRY (emit_field (sink, nx, 3, err));
  return SF_OK;
}

static enum sf_code
emit_rubbish (const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  struct sf_record record;
  sf_record_init (&record, SF_RECORD_POSITION);
  record.valid_s = 1405663200;
  record.as.position.mover = "413000001";
  record.as.position.lon_deg = 999;
  SF_TRY (sink->emit (sink->ctx, &record, err));
  record.as.position.lon_deg = INFINITY;
  SF_TRY (sink->emit (sink->ctx, &record, err));
  record.as.position.lon_deg = 110;
  record.as.position.mover = "\xff\xfe";
  SF_TRY (sink->emit (sink->ctx, &record, err));
  record.as.position.mover = "413000001";
  record.valid_s = INT64_MAX;
  SF_TRY (sink->emit (sink->ctx, &record, err));
  return emit (message, sink, NAN, 7, err);
}

static enum sf_code
emit_huge (const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  size_t length = 600 * 1000 * 1000;
  char *text = malloc (length + 1);
  struct sf_record record;
  (void) message;
  sf_record_init (&record, SF_RECORD_ASSET);
  if (!text)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  memset (text, 'x', length);
  text[length] = '\0';
  record.as.asset.attributes = text;
  enum sf_code code = sink->emit (sink->ctx, &record, err);
  free (text);
  return code;
}

/* Memory that is used, not only asked for. */
static enum sf_code
swallow (struct sf_error *err)
{
  for (int i = 0; i < 2048; i++)
    {
      char *piece = malloc (1 << 20);
      if (!piece)
        return sf_fail (err, SF_ENOMEM, "out of memory after %d MiB", i);
      memset (piece, i, 1 << 20);
    }
  abort ();
}

static void
harm (const char *word, pid_t parent)
{
  static const char garbage[] = "this is no frame, and it goes on for a while after its first words";
  volatile int *nowhere = NULL;
  volatile int sockets = 0;
  if (strcmp (word, "segfault") == 0)
    *nowhere = 1;
  if (strcmp (word, "abort") == 0)
    abort ();
  while (strcmp (word, "loop") == 0)
    sockets++;
  if (strcmp (word, "garbage") == 0)
    sockets = (int) write (OUT_FD, garbage, sizeof garbage);
  if (strcmp (word, "fork") == 0 && fork () == 0)
    _exit (0);
  if (strcmp (word, "exec") == 0)
    execl ("/bin/true", "true", (char *) NULL);
  if (strcmp (word, "open") == 0)
    sockets = open ("/etc/passwd", O_RDONLY);
  if (strcmp (word, "create") == 0)
    sockets = open ("/tmp/a-cage-leaks", O_WRONLY | O_CREAT, 0600);
  if (strcmp (word, "kill") == 0)
    kill (parent, SIGKILL);
  if (strcmp (word, "signal") == 0)
    syscall (SYS_tgkill, parent, parent, SIGABRT);
  if (strcmp (word, "exit") == 0)
    exit (0);
  if (strcmp (word, "ptrace") == 0)
    ptrace (PTRACE_ATTACH, parent, NULL, NULL);
  if (strcmp (word, "close") == 0)
    close (OUT_FD);
  if (strcmp (word, "close-loop") == 0)
    for (close (OUT_FD);;)
      sockets++;
  if (strcmp (word, "deep") == 0)
    {
      char much[1 << 16];
      memset (much, word[0], sizeof much);
      harm (much[5] ? word : "", parent);
      sockets = much[7];
    }
  if (strcmp (word, "connect") == 0)
    {
      struct sockaddr_in to
          = { .sin_family = AF_INET, .sin_port = htons (9), .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
      sockets = socket (AF_INET, SOCK_STREAM, 0);
      sockets = connect (sockets, (struct sockaddr *) &to, sizeof to);
    }
  (void) sockets;
}

/* A frame that a worker sends, with a body; numbers as core/feed/cage_wire.c lays them out. */
static void
forge (int kind, uint64_t sequence, const void *body, uint32_t length, uint32_t number)
{
  struct
  {
    uint32_t magic;
    uint16_t version, kind;
    uint32_t length, number;
    uint64_t sequence;
  } head = { 0x53464347, WIRE_VERSION, (uint16_t) kind, length, number, sequence };
  ssize_t n = write (OUT_FD, &head, sizeof head);
  n += body ? write (OUT_FD, body, length) : 0;
  (void) n;
}

/* An answer that the worker has not made, to its first message; then it hears no more, and stays. */
static void
go_deaf (void)
{
  static const uint8_t end[4 * 8 + 1]; /* code, records, rejects, the length of a text, its end */
  close (IN_FD);                       /* first: after the answer the master may write at once */
  forge (9, 1, end, sizeof end, 0);
  for (;;)
    usleep (1000000);
}

/* The memory that is shared with the master, where struct sf_cage_progress stands: what decode's sink belongs to points there. */
static uint64_t *
find_shared (const struct sf_sink *sink)
{
  const uintptr_t *words = sink->ctx;
  for (int i = 0; i < 64; i++)
    if (words[i] > UINT32_MAX && words[i] % 4096 == 0)
      return (uint64_t *) words[i]; // NOLINT(performance-no-int-to-ptr)
  abort ();
}

/* More was taken out of the master's ring than was ever put into it. */
static void
lie_about_room (const struct sf_sink *sink)
{
  find_shared (sink)[2] = UINT64_MAX;
}

/* An end that looks like one from outside: the kernel kills who takes more processor time than it may at all. */
static void
run_out_of_time (void)
{
  const struct rlimit none = { 0, 0 };
  setrlimit (RLIMIT_CPU, &none);
  for (volatile int i = 0;; i++)
    ;
}

/* An answer, and then what nobody asked for, a byte at a time: the beginning of a result that is never whole. */
static void
mumble (void)
{
  static const uint8_t end[4 * 8 + 1];
  forge (9, 1, end, sizeof end, 0);
  forge (7, 2, NULL, 1 << 20, 1);
  for (ssize_t n = 1; n == 1; n = write (OUT_FD, "m", 1))
    usleep (10000);
  for (;;)
    usleep (1000000);
}

/* An answer, and then heads of pieces of nothing, one after the other. */
static void
nod (void)
{
  static const uint8_t end[4 * 8 + 1];
  for (forge (9, 1, end, sizeof end, 0);;)
    forge (10, 0, NULL, 0, 0);
}

/* Words without content, for ever: it is never silent. */
static void
chatter (void)
{
  for (;;)
    forge (10, 0, NULL, 0, 0);
}

static bool
send_file (int fd)
{
  char byte = 'f';
  union
  {
    struct cmsghdr head;
    char bytes[CMSG_SPACE (sizeof (int))];
  } control = { 0 };
  struct iovec item = { &byte, 1 };
  struct msghdr message
      = { .msg_iov = &item, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes };
  struct cmsghdr *head = CMSG_FIRSTHDR (&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN (sizeof fd);
  memcpy (CMSG_DATA (head), &fd, sizeof fd);
  return sendmsg (FIELDS_FD, &message, MSG_DONTWAIT) == 1;
}

/* Memory files on their way that nothing is said of: how many a user may have on the way is counted for all of his processes. */
static void
hoard (void)
{
  int fd = memfd_create ("field", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  while (send_file (fd))
    ;
}

/* Values that take no memory here, but would in the master. */
static void
send_holes (void)
{
  static const int64_t one_field = 1;
  int fd = memfd_create ("field", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  int failed = ftruncate (fd, 64 << 20) != 0
               || fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0;
  if (!failed && send_file (fd))
    forge (7, 1, &one_field, sizeof one_field, 1);
}

static enum sf_code
decode (void *opaque, const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  struct state *state = opaque;
  char word[64];
  long count = 0, columns = 0;
  snprintf (word, sizeof word, "%.*s", message->length < 60 ? (int) message->length : 60,
            (const char *) message->bytes);
  if (sscanf (word, "good %ld", &count) == 1)
    return emit_many (message, sink, state->factor, count, err);
  if (sscanf (word, "sum %ld", &count) == 1)
    return emit (message, sink, state->sum += (double) count, 1, err);
  if (sscanf (word, "fields %ld %ld", &count, &columns) == 2)
    return emit_fields (sink, count, (int) columns, err);
  if (sscanf (word, "field %ld", &count) == 1)
    return emit_field (sink, (int) count, 3, err);
  if (sscanf (word, "reject %ld", &count) == 1)
    {
      for (long line = 1; line <= count; line++)
        sink->reject (sink->ctx, line, "a bad\npiece", "\x01piece\xff", 7);
      return SF_OK;
    }
  if (strcmp (word, "refuse") == 0)
    return sf_fail (err, SF_EFORMAT, "%s: not what it reads", message->source);
  if (strcmp (word, "feed") == 0)
    return strcmp (message->feed, state->feed) == 0 ? SF_OK : sf_fail (err, SF_EFORMAT, "another feed");
  if (strcmp (word, "rubbish") == 0)
    return emit_rubbish (message, sink, err);
  if (strcmp (word, "huge") == 0)
    return emit_huge (message, sink, err);
  if (strcmp (word, "swallow") == 0)
    return swallow (err);
  if (strcmp (word, "forge-end") == 0)
    forge (9, 1, NULL, 0, 0);
  if (strcmp (word, "forge-records") == 0)
    forge (7, 1, "\0\0\0\0\0\0\0\0abcdefgh", 16, 3000);
  if (strcmp (word, "forge-message") == 0)
    forge (4, 1, NULL, 0, 0);
  if (strcmp (word, "plugin") == 0)
    return sf_fail (err, SF_EPLUGIN, "something of its own");
  if (strcmp (word, "no-room") == 0)
    lie_about_room (sink);
  if (strcmp (word, "out-of-time") == 0)
    run_out_of_time ();
  if (strcmp (word, "deaf") == 0)
    go_deaf ();
  if (strcmp (word, "hoard") == 0)
    hoard ();
  if (strcmp (word, "mumble") == 0)
    mumble ();
  if (strcmp (word, "nod") == 0)
    nod ();
  if (strcmp (word, "chatter") == 0)
    chatter ();
  if (strcmp (word, "holes") == 0)
    send_holes ();
  if (strcmp (word, "huge-pages") == 0)
    count = memfd_create ("field", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB);
  if (strcmp (word, "forge-long") == 0)
    forge (7, 1, NULL, 0xfffffff0, 1);
  harm (word, state->parent);
  return SF_OK;
}

static int
identify (const uint8_t *bytes, size_t length)
{
  (void) bytes;
  return length ? 1 : 0;
}

static const struct sf_decoder decoder = { .cage = SF_CAGE_PURE,
                                           .look_back_s = 3600,
                                           .formats = "words",
                                           .identify = identify,
                                           .open = open_decoder,
                                           .decode = decode,
                                           .close = sf_mem_free };

SF_PLUGIN_EXPORT (hostile) = { SF_PLUGIN_HEAD,
                               .kind = SF_PLUGIN_DECODER,
                               .name = "hostile",
                               .version = "1",
                               .licence = "Apache-2.0",
                               .summary_en = "does what its message says, to try cages",
                               .summary_zh = "按报文内容行事，用于测试隔离",
                               .options = options,
                               .as.decoder = &decoder };
