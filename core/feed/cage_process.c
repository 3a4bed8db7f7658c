/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/cage_private.h"

#include "core/feed/cage_jail.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum
{
  PIPE_BYTES = 1024 * 1024, /* asked for; the system may give less */
  WORDS_MAX = 24            /* of the environment */
};

/* --- the environment: only what a worker needs --- */

struct environment
{
  struct sf_arena arena;
  char *words[WORDS_MAX];
  int count;
};

static void
put_word (struct environment *environment, const char *name, const char *value)
{
  if (value && environment->count < WORDS_MAX - 1)
    environment->words[environment->count++] = sf_arena_printf (&environment->arena, "%s=%s", name, value);
}

/* Leaks are looked for by a second thread, and names by another program: neither lives in a jail. */
static void
put_sanitizers (struct environment *environment)
{
#ifdef __SANITIZE_ADDRESS__
  const char *set = getenv ("ASAN_OPTIONS");
  put_word (environment, "ASAN_OPTIONS",
            sf_arena_printf (&environment->arena, "%s:detect_leaks=0:symbolize=0", set ? set : ""));
#else
  (void) environment;
#endif
}

static bool
make_environment (const struct sf_cage *cage, struct environment *environment)
{
  const struct sf_plugin_host_setup *setup = sf_plugin_host_setup_of (cage->cages->setup.plugins);
  put_word (environment, "LANG", "C");
  put_word (environment, "SANFANG_PLUGIN_PATH", setup->search_path);
  put_word (environment, "SANFANG_SHARE", setup->share_folder);
  put_word (environment, "SANFANG_DATA", setup->data_folder);
  /* where the libraries of a program that is not installed stand */
  put_word (environment, "LD_LIBRARY_PATH", getenv ("LD_LIBRARY_PATH"));
  for (size_t i = 0; cage->plugin->as.decoder->cage == SF_CAGE_TABLES && sf_cage_table_variable (i); i++)
    put_word (environment, sf_cage_table_variable (i), getenv (sf_cage_table_variable (i)));
  put_sanitizers (environment);
  return !environment->arena.failed;
}

/* --- descriptors --- */

/* The ends of one worker: the master's and, above those that it will have, the worker's. */
struct ends
{
  int ours[3], theirs[4]; /* in, out, fields; the worker's also progress */
};

static void
close_all (int *fds, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (fds[i] >= 0)
      close (fds[i]);
}

/* Out of the way of the numbers that the worker's get. */
static int
lift (int fd)
{
  int lifted = fcntl (fd, F_DUPFD_CLOEXEC, SF_CAGE_FDS_END);
  close (fd);
  return lifted;
}

static bool
make_ends (struct ends *ends)
{
  int in[2] = { -1, -1 }, out[2] = { -1, -1 }, fields[2] = { -1, -1 };
  bool good = pipe2 (in, O_CLOEXEC) == 0 && pipe2 (out, O_CLOEXEC) == 0
              && socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fields) == 0;
  int ours[3] = { in[1], out[0], fields[0] };
  int theirs[4] = { in[0], out[1], fields[1], good ? memfd_create ("progress", MFD_CLOEXEC | MFD_ALLOW_SEALING) : -1 };
  memcpy (ends->ours, ours, sizeof ours);
  for (int i = 0; i < 4; i++)
    {
      ends->theirs[i] = theirs[i] < 0 ? -1 : lift (theirs[i]);
      good &= ends->theirs[i] >= 0;
    }
  for (int i = 0; good && i < 3; i++)
    good = fcntl (ends->ours[i], F_SETFL, O_NONBLOCK) == 0;
  if (good)
    {
      fcntl (ends->ours[0], F_SETPIPE_SZ, PIPE_BYTES);
      fcntl (ends->ours[1], F_SETPIPE_SZ, PIPE_BYTES);
    }
  return good;
}

/* Nobody can cut short what the master reads. */
static enum sf_code
map_progress (struct sf_cage *cage, int fd, struct sf_error *err)
{
  void *shared = ftruncate (fd, sizeof *cage->progress) == 0
                         && fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0
                     ? mmap (NULL, sizeof *cage->progress, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                     : MAP_FAILED;
  if (shared == MAP_FAILED)
    return sf_fail (err, SF_EIO, "no memory that a worker could share: %s", strerror (errno));
  cage->progress = shared;
  return SF_OK;
}

/* --- spawning --- */

static int
prepare_actions (posix_spawn_file_actions_t *actions, const struct ends *ends)
{
  int bad = posix_spawn_file_actions_addopen (actions, STDIN_FILENO, "/dev/null", O_RDWR, 0);
  bad |= posix_spawn_file_actions_adddup2 (actions, STDIN_FILENO, STDOUT_FILENO);
  for (int i = 0; i < 4; i++)
    bad |= posix_spawn_file_actions_adddup2 (actions, ends->theirs[i], SF_CAGE_FD_IN + i);
  return bad | posix_spawn_file_actions_addclosefrom_np (actions, SF_CAGE_FDS_END);
}

/* A process group of its own, so that a signal from the terminal reaches the master alone; no signal ignored or blocked. */
static int
prepare_attributes (posix_spawnattr_t *attributes)
{
  sigset_t none, all;
  sigemptyset (&none);
  sigfillset (&all);
  int bad
      = posix_spawnattr_setflags (attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  bad |= posix_spawnattr_setpgroup (attributes, 0);
  bad |= posix_spawnattr_setsigmask (attributes, &none);
  return bad | posix_spawnattr_setsigdefault (attributes, &all);
}

static int
spawn (const char *program, const struct ends *ends, char **environment, pid_t *ret_pid)
{
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  char *words[] = { (char *) program, (char *) "--cage", NULL };
  int bad = posix_spawn_file_actions_init (&actions);
  if (bad)
    return bad;
  bad = posix_spawnattr_init (&attributes);
  if (!bad)
    {
      bad = prepare_actions (&actions, ends);
      bad = bad ? bad : prepare_attributes (&attributes);
      bad = bad ? bad : posix_spawn (ret_pid, program, &actions, &attributes, words, environment);
      posix_spawnattr_destroy (&attributes);
    }
  posix_spawn_file_actions_destroy (&actions);
  return bad;
}

/* --- what is said first --- */

static void
say_feed (struct sf_cage *cage, struct sf_cage_feed *feed)
{
  struct sf_strbuf *out = &cage->setup;
  const struct sf_option *option = NULL;
  const char *text = NULL, *origin = NULL;
  size_t start = sf_cage_frame_begin (out, SF_CAGE_OPEN, 0, (uint32_t) feed->number);
  sf_cage_put_text (out, feed->feed->name);
  for (size_t i = 0; sf_settings_at (feed->feed->decoder.settings, i, &option, &text, &origin); i++)
    if (text)
      {
        sf_cage_put_text (out, option->name);
        sf_cage_put_text (out, text);
      }
  sf_cage_put_text (out, NULL);
  sf_cage_frame_end (out, start);
}

static enum sf_code
say_setup (struct sf_cage *cage, struct sf_error *err)
{
  const struct sf_cage_setup *setup = &cage->cages->setup;
  struct sf_strbuf *out = &cage->setup;
  int number = 0;
  sf_strbuf_reset (out);
  cage->setup_at = 0;
  size_t start = sf_cage_frame_begin (out, SF_CAGE_SETUP, 0, 0);
  sf_cage_put_text (out, cage->plugin->name);
  sf_cage_put_i64 (out, setup->memory_bytes);
  sf_cage_put_i64 (out, setup->field_bytes);
  sf_cage_put_i64 (out, setup->message_ms);
  sf_cage_put_i64 (out, setup->records_max);
  sf_cage_put_i64 (out, setup->fields_bytes);
  sf_cage_frame_end (out, start);
  for (struct sf_cage_feed *feed = cage->feeds; feed; feed = feed->next)
    {
      feed->number = number++;
      feed->is_primed = feed->is_refused = false;
      say_feed (cage, feed);
    }
  sf_cage_frame_end (out, sf_cage_frame_begin (out, SF_CAGE_GO, 0, 0));
  return out->failed ? sf_fail (err, SF_ENOMEM, "out of memory starting a worker") : SF_OK;
}

/* --- the worker's life --- */

/* The end that is written to is watched while it is blocked and no longer: that the other end is closed would be news for ever.
   What cannot be watched is tried again and again. */
void
sf_cage_watch (struct sf_cage *cage, bool blocked)
{
  struct epoll_event event = { .events = EPOLLOUT, .data.ptr = cage };
  if (cage->is_blocked == blocked)
    return;
  int failed = epoll_ctl (cage->cages->epoll_fd, blocked ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, cage->in_fd, &event);
  cage->is_blocked = blocked && failed == 0;
}

static enum sf_code
watch_answers (struct sf_cage *cage, struct sf_error *err)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = cage };
  if (epoll_ctl (cage->cages->epoll_fd, EPOLL_CTL_ADD, cage->out_fd, &event) != 0)
    return sf_fail (err, SF_EIO, "a worker's pipe cannot be watched: %s", strerror (errno));
  cage->is_blocked = false;
  return SF_OK;
}

static enum sf_code
spawn_worker (struct sf_cage *cage, struct ends *ends, struct sf_error *err)
{
  struct environment environment = { .count = 0 };
  SF_TRY (map_progress (cage, ends->theirs[3], err));
  int bad = make_environment (cage, &environment)
                ? spawn (cage->cages->setup.program, ends, environment.words, &cage->pid)
                : ENOMEM;
  sf_arena_finish (&environment.arena);
  if (bad)
    {
      cage->pid = 0;
      return sf_fail (err, bad == ENOMEM ? SF_ENOMEM : SF_EIO, "%s --cage cannot be started: %s",
                      cage->cages->setup.program, strerror (bad));
    }
  return SF_OK;
}

enum sf_code
sf_cage_start (struct sf_cage *cage, int64_t now_ms, struct sf_error *err)
{
  struct ends ends = { { -1, -1, -1 }, { -1, -1, -1, -1 } };
  enum sf_code code = say_setup (cage, err);
  if (code == SF_OK && !make_ends (&ends))
    code = sf_fail (err, SF_EIO, "a worker's pipes: %s", strerror (errno));
  if (code == SF_OK)
    code = spawn_worker (cage, &ends, err);
  close_all (ends.theirs, 4);
  cage->in_fd = ends.ours[0];
  cage->out_fd = ends.ours[1];
  cage->fields_fd = ends.ours[2];
  if (code == SF_OK)
    code = watch_answers (cage, err);
  cage->state = SF_CAGE_STARTING;
  cage->started_ms = cage->heard_ms = now_ms;
  cage->sequence = cage->seen_sequence = cage->put = 0;
  cage->pipe = (struct sf_cage_pipe){ .head_length = 0 };
  cage->answered = cage->seen_answered = cage->unanswered_ms = 0;
  cage->turned_ms = now_ms;
  cage->is_renewed = cage->is_outside = cage->is_first_to_blame = cage->is_lingering = false;
  cage->fault[0] = '\0';
  if (code != SF_OK)
    sf_cage_end (cage, err ? err->message : "it cannot be started");
  return code;
}

void
sf_cage_end (struct sf_cage *cage, const char *why)
{
  int fds[] = { cage->in_fd, cage->out_fd, cage->fields_fd };
  if (why && !cage->fault[0])
    snprintf (cage->fault, sizeof cage->fault, "%s", why);
  if (cage->pid > 0 && !cage->is_lingering)
    kill (cage->pid, SIGKILL);
  close_all (fds, 3);
  cage->in_fd = cage->out_fd = cage->fields_fd = -1;
  sf_cage_forget_input (cage);
  cage->state = SF_CAGE_DYING;
}

bool
sf_cage_reap (struct sf_cage *cage, int *ret_status)
{
  *ret_status = 0;
  if (cage->pid <= 0)
    return true;
  pid_t gone = waitpid (cage->pid, ret_status, WNOHANG);
  if (gone == 0 || (gone < 0 && errno == EINTR))
    return false;
  cage->pid = 0;
  return true;
}

/* Signals that nothing in a jail can send. */
static bool
is_from_outside (int number)
{
  return number == SIGKILL || number == SIGTERM || number == SIGINT || number == SIGHUP || number == SIGQUIT;
}

void
sf_cage_describe_end (struct sf_cage *cage, int status)
{
  int call = cage->progress ? atomic_load (&cage->progress->forbidden) : 0;
  if (cage->fault[0])
    return;
  if (call > 0)
    {
      char *name = seccomp_syscall_resolve_num_arch (SCMP_ARCH_NATIVE, call - 1);
      snprintf (cage->fault, sizeof cage->fault, "it made the system call %s, which a cage does not allow",
                name ? name : "(unknown)");
      free (name);
    }
  else if (WIFSIGNALED (status))
    {
      cage->is_outside = is_from_outside (WTERMSIG (status));
      snprintf (cage->fault, sizeof cage->fault, "it was ended by signal %d (%s)", WTERMSIG (status),
                strsignal (WTERMSIG (status)));
    }
  else
    snprintf (cage->fault, sizeof cage->fault, "it ended itself with status %d", WEXITSTATUS (status));
}
