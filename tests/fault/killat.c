/* SPDX-License-Identifier: Apache-2.0 */
/* killat: runs a program and kills it, with all its threads and children, at the entry of the n-th system call that
   changes a file, before the kernel carries it out; or lets that call alone fail. It watches system calls (seccomp and ptrace) and not library calls,
   because stdio, SQLite and HDF5 write through paths inside libc that an LD_PRELOAD shim never sees. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum kind
{
  KIND_WRITE = 1,
  KIND_FSYNC = 2,
  KIND_NAME = 4,
  KIND_ALL = 7
};

/* fd: the argument is a file descriptor that must be a regular file for the call to count. */
struct watched
{
  const char *name;
  long number;
  enum kind kind;
  int fd_argument;
};

static const struct watched watched_calls[] = {
  { "write", SYS_write, KIND_WRITE, 0 },          { "writev", SYS_writev, KIND_WRITE, 0 },
  { "pwrite64", SYS_pwrite64, KIND_WRITE, 0 },    { "pwritev", SYS_pwritev, KIND_WRITE, 0 },
  { "pwritev2", SYS_pwritev2, KIND_WRITE, 0 },    { "ftruncate", SYS_ftruncate, KIND_WRITE, 0 },
  { "fallocate", SYS_fallocate, KIND_WRITE, 0 },  { "copy_file_range", SYS_copy_file_range, KIND_WRITE, 2 },
  { "sendfile", SYS_sendfile, KIND_WRITE, 0 },    { "fsync", SYS_fsync, KIND_FSYNC, -1 },
  { "fdatasync", SYS_fdatasync, KIND_FSYNC, -1 }, { "msync", SYS_msync, KIND_FSYNC, -1 },
  { "renameat", SYS_renameat, KIND_NAME, -1 },    { "renameat2", SYS_renameat2, KIND_NAME, -1 },
  { "unlinkat", SYS_unlinkat, KIND_NAME, -1 },    { "mkdirat", SYS_mkdirat, KIND_NAME, -1 },
  { "symlinkat", SYS_symlinkat, KIND_NAME, -1 },  { "linkat", SYS_linkat, KIND_NAME, -1 },
#ifdef SYS_rename
  { "rename", SYS_rename, KIND_NAME, -1 },        { "unlink", SYS_unlink, KIND_NAME, -1 },
  { "rmdir", SYS_rmdir, KIND_NAME, -1 },          { "mkdir", SYS_mkdir, KIND_NAME, -1 },
  { "symlink", SYS_symlink, KIND_NAME, -1 },      { "link", SYS_link, KIND_NAME, -1 },
#endif
};
enum
{
  WATCHED_COUNT = sizeof watched_calls / sizeof watched_calls[0]
};

struct hunt
{
  unsigned kinds;
  long kill_at; /* 0: only count */
  int failure;  /* an errno that the call gives instead; 0: kill */
  long count;
  bool killed;
  bool list;
  pid_t child;
};

/* Make every watched call stop at the tracer and every other one run untouched. */
static int
install_filter (void)
{
  struct sock_filter program[WATCHED_COUNT + 3];
  int length = 0;
  program[length++] = (struct sock_filter) BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr));
  for (int i = 0; i < WATCHED_COUNT; i++)
    program[length++] = (struct sock_filter) BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, (unsigned) watched_calls[i].number,
                                                       (unsigned char) (WATCHED_COUNT - i), 0);
  program[length++] = (struct sock_filter) BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  program[length++] = (struct sock_filter) BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_TRACE);
  struct sock_fprog filter = { .len = (unsigned short) length, .filter = program };
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return -1;
  return prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

static _Noreturn void
run_child (char **argv)
{
  if (ptrace (PTRACE_TRACEME, 0, NULL, NULL) != 0)
    {
      perror ("killat: ptrace");
      _exit (77);
    }
  raise (SIGSTOP);
  if (install_filter () != 0)
    {
      perror ("killat: seccomp");
      _exit (77);
    }
  execvp (argv[0], argv);
  fprintf (stderr, "killat: %s: %s\n", argv[0], strerror (errno));
  _exit (127);
}

static const struct watched *
find_watched (unsigned long long number)
{
  for (int i = 0; i < WATCHED_COUNT; i++)
    if ((unsigned long long) watched_calls[i].number == number)
      return &watched_calls[i];
  return NULL;
}

static bool
is_regular_file (pid_t pid, unsigned long long fd)
{
  char path[64];
  struct stat about;
  snprintf (path, sizeof path, "/proc/%d/fd/%d", (int) pid, (int) fd);
  return stat (path, &about) == 0 && S_ISREG (about.st_mode);
}

/* Look at the call at which a thread stands; true if it is the one to die at. */
static bool
meets (struct hunt *hunt, pid_t pid)
{
  struct __ptrace_syscall_info info;
  if (ptrace (PTRACE_GET_SYSCALL_INFO, pid, (void *) sizeof info, &info) <= 0 || info.op != PTRACE_SYSCALL_INFO_SECCOMP)
    return false;
  const struct watched *call = find_watched (info.seccomp.nr);
  if (!call || !(call->kind & hunt->kinds))
    return false;
  if (call->fd_argument >= 0 && !is_regular_file (pid, info.seccomp.args[call->fd_argument]))
    return false;
  hunt->count++;
  if (hunt->list)
    fprintf (stderr, "%ld %s\n", hunt->count, call->name);
  return hunt->count == hunt->kill_at;
}

/* The call is not carried out and gives the errno. False where this is not known of the machine. */
static bool
fail_call (pid_t pid, int failure)
{
#ifdef __x86_64__
  struct user_regs_struct registers;
  if (ptrace (PTRACE_GETREGS, pid, NULL, &registers) != 0)
    return false;
  registers.orig_rax = (unsigned long long) -1;
  registers.rax = (unsigned long long) -failure;
  return ptrace (PTRACE_SETREGS, pid, NULL, &registers) == 0;
#else
  (void) pid, (void) failure;
  return false;
#endif
}

/* One stop of one thread: kill, fail, or let it go on. */
static void
answer (struct hunt *hunt, pid_t pid, int status)
{
  int event = status >> 16, deliver = 0;
  if (event == PTRACE_EVENT_SECCOMP)
    {
      if (meets (hunt, pid) && !(hunt->failure && fail_call (pid, hunt->failure)))
        {
          hunt->killed = true;
          kill (-hunt->child, SIGKILL);
          return;
        }
    }
  else if (event == 0 && WSTOPSIG (status) != SIGSTOP)
    deliver = WSTOPSIG (status);
  ptrace (PTRACE_CONT, pid, NULL, (void *) (long) deliver);
}

/* Follow the child and all it starts until the last has ended. Returns the child's own wait status. */
static int
follow (struct hunt *hunt)
{
  int own = 0, status;
  pid_t pid;
  while ((pid = waitpid (-1, &status, __WALL)) > 0)
    {
      if (WIFSTOPPED (status))
        answer (hunt, pid, status);
      else if (pid == hunt->child)
        own = status;
    }
  return own;
}

static int
start (struct hunt *hunt, char **argv)
{
  int status;
  long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK
                 | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  hunt->child = fork ();
  if (hunt->child == 0)
    {
      setpgid (0, 0);
      run_child (argv);
    }
  if (hunt->child < 0 || waitpid (hunt->child, &status, 0) != hunt->child || !WIFSTOPPED (status))
    return -1;
  setpgid (hunt->child, hunt->child);
  if (ptrace (PTRACE_SETOPTIONS, hunt->child, NULL, (void *) options) != 0)
    return -1;
  return (int) ptrace (PTRACE_CONT, hunt->child, NULL, NULL);
}

static unsigned
kinds_of (const char *word)
{
  static const struct
  {
    const char *word;
    unsigned kinds;
  } kinds[] = { { "write", KIND_WRITE }, { "fsync", KIND_FSYNC }, { "rename", KIND_NAME }, { "all", KIND_ALL } };
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    if (strcmp (kinds[i].word, word) == 0)
      return kinds[i].kinds;
  return 0;
}

static int
failure_of (const char *word)
{
  return strcmp (word, "EIO") == 0 ? EIO : strcmp (word, "ENOSPC") == 0 ? ENOSPC : 0;
}

static const char usage[]
    = "Usage: killat [-k write|fsync|rename|all] [-n N] [-f EIO|ENOSPC] [-c FILE] [-l] PROGRAM [ARGUMENT]...\n"
      "Kills PROGRAM at its N-th call of that kind on a regular file (rename: every call that makes, moves or removes "
      "a\n"
      "name) and exits 137; N = 0 only counts. -c writes the number of calls met, -l lists them. Where N is beyond "
      "the\n"
      "last call the exit code is the program's own. -f lets that call fail instead, and the program go on; 77 where "
      "this system does not allow tracing.\n";

static int
write_count (const char *path, long count)
{
  FILE *file = fopen (path, "w");
  if (!file)
    return -1;
  fprintf (file, "%ld\n", count);
  return fclose (file);
}

int
main (int argc, char **argv)
{
  struct hunt hunt = { .kinds = KIND_ALL };
  const char *count_path = NULL;
  int option;
  while ((option = getopt (argc, argv, "+k:n:f:c:l")) != -1)
    switch (option)
      {
      case 'k':
        hunt.kinds = kinds_of (optarg);
        break;
      case 'n':
        hunt.kill_at = strtol (optarg, NULL, 10);
        break;
      case 'f':
        hunt.failure = failure_of (optarg);
        hunt.kinds = hunt.failure ? hunt.kinds : 0;
        break;
      case 'c':
        count_path = optarg;
        break;
      case 'l':
        hunt.list = true;
        break;
      default:
        hunt.kinds = 0;
        break;
      }
  if (hunt.kinds == 0 || optind == argc)
    {
      fputs (usage, stderr);
      return 2;
    }
  if (start (&hunt, argv + optind) != 0)
    {
      fprintf (stderr, "killat: this system does not allow tracing: %s\n", strerror (errno));
      return 77;
    }
  int status = follow (&hunt);
  if (count_path && write_count (count_path, hunt.count) != 0)
    {
      fprintf (stderr, "killat: %s: %s\n", count_path, strerror (errno));
      return 2;
    }
  if (hunt.killed || WIFSIGNALED (status))
    return 128 + (hunt.killed ? SIGKILL : WTERMSIG (status));
  return WEXITSTATUS (status);
}
