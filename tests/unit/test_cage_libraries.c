/* SPDX-License-Identifier: Apache-2.0 */
/* In a worker, the n-th allocation fails whoever makes it: ours, the C library, jansson, libyaml, eccodes. This program is the
   worker, too: started with --cage it is what `sanfang --cage` is, with a malloc of its own. The message at hand may end the
   worker; after that all come out as they do with memory. SANFANG_FAULT_WHOLE: every n (make check-fault), else some.
   SANFANG_DECODER: messages of that one. */
#include "tests/unit/cage_help.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <seccomp.h>
#include <stdatomic.h>
#include <sys/mman.h>

#ifdef __SANITIZE_ADDRESS__
#define HAS_MALLOC 0 /* the sanitizer's own */
#else
#define HAS_MALLOC 1
#endif

enum phase
{
  WHOLE_LIFE, /* of a worker, its start too */
  MESSAGES    /* once its jail is closed */
};

/* What master and worker share, in a file beside the program's name. */
struct control
{
  _Atomic long fail_at, count; /* 0: none */
  _Atomic long failed_pid;     /* of the worker that it failed in */
  _Atomic int phase, is_lasting;
};

static struct control *control;
static long own_pid; /* 0: no allocation is to fail */
static bool is_jailed;

#if HAS_MALLOC
void *__libc_malloc (size_t size_bytes);
void *__libc_calloc (size_t count, size_t size_bytes);
void *__libc_realloc (void *block, size_t size_bytes);

static bool
must_fail (void)
{
  long none = 0;
  if (!own_pid || (control->phase == MESSAGES && !is_jailed) || control->fail_at == 0)
    return false;
  long n = atomic_fetch_add (&control->count, 1) + 1;
  bool fails = n == control->fail_at && atomic_compare_exchange_strong (&control->failed_pid, &none, own_pid);
  fails |= n > control->fail_at && control->is_lasting && control->failed_pid == own_pid;
  if (fails)
    errno = ENOMEM;
  return fails;
}

void *
malloc (size_t size_bytes)
{
  return must_fail () ? NULL : __libc_malloc (size_bytes);
}

void *
calloc (size_t count, size_t size_bytes)
{
  return must_fail () ? NULL : __libc_calloc (count, size_bytes);
}

void *
realloc (void *block, size_t size_bytes)
{
  return must_fail () ? NULL : __libc_realloc (block, size_bytes);
}
#endif

/* The last that the jail does. */
int
seccomp_load (const scmp_filter_ctx filter)
{
  int (*real) (const scmp_filter_ctx) = (int (*) (const scmp_filter_ctx)) dlsym (RTLD_NEXT, "seccomp_load");
  int code = real (filter);
  is_jailed = true;
  return code;
}

static bool
map_control (const char *path, int flags)
{
  int fd = open (path, O_RDWR | O_CLOEXEC | flags, 0600);
  if (fd < 0 || ftruncate (fd, sizeof *control) != 0)
    return false;
  control = mmap (NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close (fd);
  return control != MAP_FAILED;
}

/* What core/cli/main.c does for --cage. */
static int
work (const char *program)
{
  struct sf_vocabulary *vocabulary = NULL;
  struct sf_pool *pool = NULL;
  struct sf_plugin_host *plugins = NULL;
  struct sf_error err = { 0 };
  char path[PATH_MAX];
  snprintf (path, sizeof path, "%s.control", program);
  if (!map_control (path, 0))
    return 2;
  own_pid = getpid ();
  int ended = 2;
  if (sf_pool_new (1, &pool, &err) == SF_OK
      && sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, &err) == SF_OK)
    {
      struct sf_plugin_host_setup host = { .search_path = getenv ("SANFANG_PLUGIN_PATH"),
                                           .share_folder = getenv ("SANFANG_SHARE"),
                                           .data_folder = getenv ("SANFANG_DATA"),
                                           .vocabulary = vocabulary,
                                           .pool = pool };
      if (sf_plugin_host_new (&host, &plugins, &err) == SF_OK)
        ended = sf_cage_worker_main (plugins);
    }
  sf_plugin_host_free (plugins);
  sf_vocabulary_free (vocabulary);
  sf_pool_free (pool);
  return ended;
}

/* --- the master --- */

enum
{
  MESSAGES_MAX = 24,
  SAMPLED = 12,     /* of the allocations of a decoder, and of a worker's start */
  LIMIT_MS = 120000 /* a library may go round for ever (libseccomp does): its processor time ends such a start */
};

struct came
{
  struct sf_strbuf text;
  enum sf_code code;
  size_t rejects;
  bool poison;
};

static struct
{
  struct sf_arena arena;
  const char *names[64];
  size_t count;
  char folder[64], program[128];
  struct room room;
  size_t feed;
  const uint8_t *bytes[MESSAGES_MAX];
  size_t lengths[MESSAGES_MAX], messages;
  struct came clean[MESSAGES_MAX], now[MESSAGES_MAX];
  long rounds, ended, refused, rejected, poison, held;
} all;

static void
keep_outcome (struct room *room, const struct sf_cage_result *result)
{
  struct came *came = &((struct came *) room->ctx)[result->message_id - 1];
  struct sf_error err;
  came->code = result->code;
  came->rejects = result->rejects_total;
  came->poison = result->poison;
  for (size_t i = 0; i < result->records_count; i++)
    ck_assert_msg (sf_record_encode (&result->records[i], &came->text, &err) == SF_OK, "%s", err.message);
  for (size_t i = 0; i < result->rejects_count; i++)
    sf_strbuf_addf (&came->text, "%ld %s %s\n", result->rejects[i].line, result->rejects[i].reason,
                    result->rejects[i].excerpt);
  sf_strbuf_addf (&came->text, "%s", result->reason ? result->reason : "-");
}

static void
give_all (struct came *came)
{
  size_t before = all.room.count;
  for (size_t i = 0; i < all.messages; i++)
    {
      sf_strbuf_reset (&came[i].text);
      ck_assert_int_eq (room_try_bytes (&all.room, all.feed, (int64_t) i + 1, all.bytes[i], all.lengths[i]), SF_OK);
    }
  all.room.ctx = came;
  for (int64_t end_ms = room_ms () + LIMIT_MS; all.room.count < before + all.messages;)
    {
      ck_assert_int_eq (room_turn (&all.room, NULL), SF_OK);
      ck_assert_msg (room_ms () < end_ms, "%zu of %zu outcomes", all.room.count - before, all.messages);
    }
}

/* Count how a message came out that did not come out as it does with memory; false: it did. */
static bool
count_difference (const char *decoder, long n, size_t i)
{
  const struct came *clean = &all.clean[i], *now = &all.now[i];
  if (clean->text.length == now->text.length && memcmp (clean->text.text, now->text.text, clean->text.length) == 0)
    return false;
  bool is_held = !now->poison && now->code == SF_EPLUGIN; /* its decoder did not open: it is given again */
  bool is_refused = !now->poison && now->code != SF_OK && !is_held;
  bool is_rejected = !now->poison && !is_refused && !is_held && now->rejects > clean->rejects;
  ck_assert_msg (now->poison || is_held || is_refused || is_rejected,
                 "%s: with allocation %ld failing, message %zu loses something without a word: %zu bytes, not %zu; %s",
                 decoder, n, i, now->text.length, clean->text.length, sf_code_name (now->code));
  all.poison += now->poison;
  all.refused += is_refused;
  all.rejected += is_rejected;
  all.held += is_held;
  return !is_held;
}

/* All messages with the n-th allocation failing. Returns whether there was one. */
static bool
try_failure (const char *decoder, long n, enum phase phase, bool is_lasting)
{
  size_t troubles = all.room.troubles, differ = 0;
  control->fail_at = 0;
  control->phase = phase;
  control->is_lasting = is_lasting;
  control->count = control->failed_pid = 0;
  control->fail_at = n;
  give_all (all.now);
  bool failed = control->failed_pid != 0;
  control->fail_at = 0;
  for (size_t i = 0; i < all.messages; i++)
    differ += count_difference (decoder, n, i);
  /* One failure is made good by a second try; where memory is gone for good, a word is enough. */
  ck_assert_msg (differ == 0 || is_lasting, "%s: with allocation %ld failing, %zu messages suffer", decoder, n, differ);
  all.rounds += failed;
  all.ended += all.room.troubles > troubles;
  return failed;
}

static void
kill_worker (void)
{
  long child = 0;
  FILE *file = fopen ("/proc/thread-self/children", "r");
  if (file && fscanf (file, "%ld", &child) == 1)
    kill ((pid_t) child, SIGKILL);
  fclose (file);
  for (int64_t end_ms = room_ms () + ROOM_WAIT_MS; child && kill ((pid_t) child, 0) == 0 && room_ms () < end_ms;)
    sf_cages_turn (all.room.cages, room_ms (), NULL);
}

static void
add_samples (const char *decoder)
{
  char **names, folder[4096], path[8192];
  size_t count;
  uint8_t *bytes;
  snprintf (folder, sizeof folder, "%s/tests/conformance/samples/%s", TEST_SRCDIR, decoder);
  ck_assert_int_eq (sf_file_list (&all.arena, folder, &names, &count, NULL), SF_OK);
  for (size_t i = 0; i < count && all.messages + 2 <= MESSAGES_MAX; i++)
    {
      size_t length;
      snprintf (path, sizeof path, "%s/%s", folder, names[i]);
      ck_assert_int_eq (sf_file_read (&all.arena, path, 1 << 24, &bytes, &length, NULL), SF_OK);
      for (int part = 1; part <= 3; part += 2) /* whole, and cut */
        {
          all.bytes[all.messages] = bytes;
          all.lengths[all.messages++] = length / (size_t) part;
        }
    }
}

static void
open_decoder (const char *decoder)
{
  char exe[PATH_MAX] = "", path[PATH_MAX];
  ck_assert_int_gt (readlink ("/proc/self/exe", exe, sizeof exe - 1), 0);
  snprintf (all.folder, sizeof all.folder, "/tmp/cage-libraries-XXXXXX");
  ck_assert (mkdtemp (all.folder));
  snprintf (all.program, sizeof all.program, "%s/worker", all.folder);
  snprintf (path, sizeof path, "%s.control", all.program);
  ck_assert_int_eq (symlink (exe, all.program), 0);
  ck_assert (map_control (path, O_CREAT));
  room_open (&all.room, &(struct sf_cage_setup){ .program = all.program });
  all.room.see = keep_outcome;
  all.feed = room_feed (&all.room, decoder, SF_ISOLATION_CAGE);
  add_samples (decoder);
  give_all (all.clean);
}

static void
close_decoder (void)
{
  char path[PATH_MAX];
  snprintf (path, sizeof path, "%s.control", all.program);
  unlink (path);
  unlink (all.program);
  rmdir (all.folder);
  for (size_t i = 0; i < MESSAGES_MAX; i++)
    {
      sf_strbuf_finish (&all.clean[i].text);
      sf_strbuf_finish (&all.now[i].text);
    }
  room_close (&all.room);
}

/* How many allocations there are when none fails. */
static long
count_allocations (enum phase phase)
{
  control->phase = phase;
  control->count = control->failed_pid = 0;
  control->fail_at = LONG_MAX;
  give_all (all.now);
  control->fail_at = 0;
  return control->count;
}

static void
print_tally (const char *decoder, const char *what, long of)
{
  printf (
      "%s, %s: %ld of %ld allocations failed; %ld ended the worker; of the messages %ld were refused, %ld lost a piece "
      "to a reject, %ld were poison, %ld were held\n",
      decoder, what, all.rounds, of, all.ended, all.refused, all.rejected, all.poison, all.held);
  all.rounds = all.ended = all.refused = all.rejected = all.poison = all.held = 0;
}

static void
try_failures (const char *decoder, const char *what, enum phase phase, bool is_lasting, bool is_cold)
{
  control->fail_at = 0;
  if (is_cold)
    kill_worker ();
  long of = count_allocations (phase), step = getenv ("SANFANG_FAULT_WHOLE") ? 1 : of / SAMPLED + 1;
  for (long n = 1; n <= of; n += step)
    {
      if (is_cold)
        kill_worker ();
      try_failure (decoder, n, phase, is_lasting);
    }
  print_tally (decoder, what, of);
}

/* Messages of a decoder, in a worker that has seen them before and in a fresh one. */
START_TEST (a_message_outlives_a_failing_allocation)
{
  const char *decoder = all.names[_i];
  open_decoder (decoder);
  try_failures (decoder, "warm", MESSAGES, false, false);
  try_failures (decoder, "cold", MESSAGES, false, true);
  try_failures (decoder, "for good", MESSAGES, true, false);
  close_decoder ();
}
END_TEST

/* The start of a worker: of the first life only, the next one has memory. */
START_TEST (a_start_outlives_a_failing_allocation)
{
  open_decoder ("nmc_json");
  try_failures ("nmc_json", "start", WHOLE_LIFE, false, true);
  close_decoder ();
}
END_TEST

static void
list_decoders (void)
{
  struct sf_plugin_host_setup setup = { .search_path = TEST_BUILDDIR "/modules/.libs" };
  struct sf_plugin_host *host = NULL;
  const char *only = getenv ("SANFANG_DECODER");
  if (sf_plugin_host_new (&setup, &host, NULL) != SF_OK || sf_plugin_host_load_all (host, NULL) != SF_OK)
    exit (EXIT_FAILURE);
  for (size_t i = 0; i < sf_plugin_host_count (host); i++)
    {
      const struct sf_module *module = sf_plugin_host_at (host, i);
      bool is_wanted = !only || strcmp (only, module->name) == 0;
      if (module->plugin && module->plugin->kind == SF_PLUGIN_DECODER && is_wanted && all.count < 64)
        all.names[all.count++] = sf_arena_strdup (&all.arena, module->name);
    }
  sf_plugin_host_free (host);
}

int
main (int argc, char **argv)
{
  if (argc == 2 && strcmp (argv[1], "--cage") == 0)
    return work (argv[0]);
  if (!HAS_MALLOC)
    {
      printf ("SKIP: a sanitizer has its own malloc\n");
      return 77;
    }
  Suite *suite = suite_create ("cage_libraries");
  TCase *starts = tcase_create ("start"), *decoders = tcase_create ("messages");
  list_decoders ();
  tcase_set_timeout (starts, 7200);
  tcase_set_timeout (decoders, 7200);
  tcase_add_test (starts, a_start_outlives_a_failing_allocation);
  tcase_add_loop_test (decoders, a_message_outlives_a_failing_allocation, 0, (int) all.count);
  suite_add_tcase (suite, starts);
  suite_add_tcase (suite, decoders);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  sf_arena_finish (&all.arena);
  return failed || all.count == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
