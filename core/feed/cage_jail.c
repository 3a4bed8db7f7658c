/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/cage_jail.h"

#include "core/feed/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <jansson.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum
{
  DESCRIPTORS = 64
};

#ifdef __SANITIZE_ADDRESS__
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif

/* --- what opens late --- */

/* A converter stays loaded as long as somebody holds it: these are held until the worker ends. */
static enum sf_code
hold_converters (struct sf_error *err)
{
  static const char *const charsets[] = { "GB18030", "GBK", "GB2312", "UTF-16", "UTF-16LE", "UTF-16BE" };
  for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++)
    {
      char in[] = "ab", out[16], *from = in, *to = out;
      size_t in_left = 2, out_left = sizeof out;
      iconv_t held = iconv_open ("UTF-8", charsets[i]);
      if (held == (iconv_t) -1)
        return sf_fail (err, SF_EUNSUPPORTED, "the C library cannot read %s (Debian package libc-bin)", charsets[i]);
      iconv (held, &from, &in_left, &to, &out_left);
    }
  return SF_OK;
}

enum sf_code
sf_cage_jail_warm_up (struct sf_arena *arena, struct sf_error *err)
{
  static const char *const charsets[] = { "gbk", "gb18030", "utf-16le", "utf-16be" };
  char *text = NULL;
  size_t length = 0;
  SF_TRY (hold_converters (err));
  for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++)
    SF_TRY (sf_text_to_utf8 (arena, (const uint8_t *) "a\0", 2, charsets[i], &text, &length, err));
  time_t now = 0;
  struct tm local;
  char number[64];
  tzset ();
  localtime_r (&now, &local);
  snprintf (number, sizeof number, "%.3f", strtod ("1.5e3", NULL));
  strerror (ENOENT);
  json_object_seed (0); /* jansson's tables have a seed from /dev/urandom */
  return SF_OK;
}

/* --- resources --- */

/* Processor time is counted over a worker's whole life, a message's share of it is not: so the limit is moved on, step by step,
   as long as the message under way is another one than a step before. What the handler needs stands in its own page. */
static struct sf_cage_progress *the_progress;
static uint64_t sequence_at_last_step;
static rlim_t cpu_step_s;

static void
another_step (int number)
{
  struct rlimit limit;
  uint64_t sequence = atomic_load_explicit (&the_progress->sequence, memory_order_relaxed);
  if (sequence == sequence_at_last_step || getrlimit (RLIMIT_CPU, &limit) != 0)
    {
      signal (number, SIG_DFL);
      raise (number);
    }
  sequence_at_last_step = sequence;
  limit.rlim_cur += cpu_step_s;
  setrlimit (RLIMIT_CPU, &limit);
}

static enum sf_code
limit_processor (const struct sf_cage_jail *jail, struct sf_error *err)
{
  struct rlimit limit;
  struct timespec used;
  struct sigaction action = { .sa_handler = another_step, .sa_flags = SA_RESTART };
  cpu_step_s = (rlim_t) (jail->message_ms / 1000 + 2);
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &used);
  if (getrlimit (RLIMIT_CPU, &limit) != 0)
    return sf_fail (err, SF_EUNSUPPORTED, "getrlimit: %s", strerror (errno));
  limit.rlim_cur = (rlim_t) used.tv_sec + cpu_step_s;
  if (limit.rlim_max != RLIM_INFINITY && limit.rlim_cur > limit.rlim_max)
    limit.rlim_cur = limit.rlim_max;
  if (sigaction (SIGXCPU, &action, NULL) != 0 || setrlimit (RLIMIT_CPU, &limit) != 0)
    return sf_fail (err, SF_EUNSUPPORTED, "the limit of processor time cannot be set: %s", strerror (errno));
  return SF_OK;
}

static enum sf_code
limit (__rlimit_resource_t resource, const char *name, int64_t most, struct sf_error *err)
{
  struct rlimit old, now = { (rlim_t) most, (rlim_t) most };
  if (getrlimit (resource, &old) == 0 && old.rlim_max != RLIM_INFINITY && old.rlim_max < now.rlim_max)
    now.rlim_cur = now.rlim_max = old.rlim_max;
  if (setrlimit (resource, &now) != 0)
    return sf_fail (err, SF_EUNSUPPORTED, "the limit of %s cannot be set to %lld: %s", name, (long long) most,
                    strerror (errno));
  return SF_OK;
}

static enum sf_code
limit_resources (const struct sf_cage_jail *jail, struct sf_error *err)
{
  SF_TRY (limit (RLIMIT_CORE, "core dumps", 0, err));
  SF_TRY (limit (RLIMIT_NPROC, "processes", 0, err));
  SF_TRY (limit (RLIMIT_MEMLOCK, "locked memory", 0, err));
  /* Files cannot be written at all; the size that counts is that of a field's memory file. */
  SF_TRY (limit (RLIMIT_FSIZE, "file size", jail->field_bytes, err));
  SF_TRY (limit (RLIMIT_NOFILE, "descriptors", DESCRIPTORS, err));
  if (!IS_SANITIZED) /* its shadow takes terabytes of address space */
    SF_TRY (limit (RLIMIT_AS, "address space", jail->memory_bytes, err));
  return limit_processor (jail, err);
}

/* The first to go when memory is out on the machine. */
static void
volunteer (void)
{
  int fd = open ("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return;
  ssize_t written = write (fd, "1000", 4);
  (void) written;
  close (fd);
}

static enum sf_code
drop_capabilities (struct sf_error *err)
{
  struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct none[2] = { 0 };
  if (syscall (SYS_capset, &head, none) != 0)
    return sf_fail (err, SF_EUNSUPPORTED, "capabilities cannot be given up: %s", strerror (errno));
  return SF_OK;
}

/* --- files --- */

static int
landlock_abi (void)
{
  long abi = syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return abi > 0 ? (int) abi : 0;
}

/* Where libraries keep their tables; a variable names one or more folders, separated by ':'. */
static const struct
{
  const char *variable, *folder;
} TABLES[] = { { "ECCODES_DEFINITION_PATH", "/usr/share/eccodes" },
               { "ECCODES_SAMPLES_PATH", "/usr/local/share/eccodes" },
               { "GDAL_DATA", "/usr/share/gdal" },
               { "PROJ_DATA", "/usr/share/proj" },
               { "PROJ_LIB", "/usr/local/share/proj" } };

const char *
sf_cage_table_variable (size_t index)
{
  return index < sizeof TABLES / sizeof *TABLES ? TABLES[index].variable : NULL;
}

static void
allow_folder (int ruleset, const char *folder)
{
  struct landlock_path_beneath_attr rule
      = { .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
          .parent_fd = open (folder, O_PATH | O_CLOEXEC) };
  if (rule.parent_fd < 0)
    return;
  syscall (SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  close (rule.parent_fd);
}

static void
allow_tables (int ruleset)
{
  for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++)
    {
      struct sf_span rest = sf_span_of (""), folder;
      const char *set = getenv (TABLES[i].variable);
      allow_folder (ruleset, TABLES[i].folder);
      if (set)
        rest = sf_span_of (set);
      while (rest.text && sf_text_next_field (&rest, ':', &folder))
        {
          char path[4096];
          snprintf (path, sizeof path, "%.*s", (int) folder.length, folder.text);
          allow_folder (ruleset, path);
        }
    }
}

static enum sf_code
lock_files (enum sf_cage_profile profile, struct sf_error *err)
{
  int abi = landlock_abi ();
  if (abi == 0)
    return SF_OK;
  struct landlock_ruleset_attr attr = { .handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };
  if (abi >= 2)
    attr.handled_access_fs |= LANDLOCK_ACCESS_FS_REFER;
  if (abi >= 3)
    attr.handled_access_fs |= UINT64_C (1) << 14; /* truncate */
  int ruleset = (int) syscall (SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
  if (ruleset < 0)
    return sf_fail (err, SF_EUNSUPPORTED, "landlock: %s", strerror (errno));
  if (profile == SF_CAGE_TABLES)
    allow_tables (ruleset);
  long locked = syscall (SYS_landlock_restrict_self, ruleset, 0);
  close (ruleset);
  return locked == 0 ? SF_OK : sf_fail (err, SF_EUNSUPPORTED, "landlock: %s", strerror (errno));
}

/* --- system calls --- */

/* Memory, time, and the way out. */
static const int ALWAYS[] = { SCMP_SYS (read),          SCMP_SYS (close),           SCMP_SYS (brk),
                              SCMP_SYS (munmap),        SCMP_SYS (mremap),          SCMP_SYS (madvise),
                              SCMP_SYS (ftruncate),     SCMP_SYS (lseek),           SCMP_SYS (exit),
                              SCMP_SYS (exit_group),    SCMP_SYS (rt_sigreturn),    SCMP_SYS (rt_sigprocmask),
                              SCMP_SYS (getpid),        SCMP_SYS (gettid),          SCMP_SYS (futex),
                              SCMP_SYS (clock_gettime), SCMP_SYS (gettimeofday),    SCMP_SYS (time),
                              SCMP_SYS (getrandom),     SCMP_SYS (restart_syscall), SCMP_SYS (sched_yield),
                              SCMP_SYS (nanosleep),     SCMP_SYS (clock_nanosleep) };

/* Reading files, where landlock or the flags of openat below let it. */
static const int READING[]
    = { SCMP_SYS (fstat),      SCMP_SYS (newfstatat), SCMP_SYS (stat),       SCMP_SYS (lstat),   SCMP_SYS (statx),
        SCMP_SYS (access),     SCMP_SYS (faccessat),  SCMP_SYS (faccessat2), SCMP_SYS (pread64), SCMP_SYS (readlink),
        SCMP_SYS (readlinkat), SCMP_SYS (getdents64), SCMP_SYS (getcwd) };

/* What the sanitizers' own run time calls, above all when it has something to say. */
static const int SANITIZING[] = { SCMP_SYS (sigaltstack), SCMP_SYS (rt_sigaction), SCMP_SYS (prctl),
                                  SCMP_SYS (readlink),    SCMP_SYS (getrlimit),    SCMP_SYS (sched_getaffinity),
                                  SCMP_SYS (newfstatat),  SCMP_SYS (fstat),        SCMP_SYS (writev) };

static int
allow_all (scmp_filter_ctx filter, const int *calls, size_t count)
{
  int bad = 0;
  for (size_t i = 0; i < count; i++)
    bad |= seccomp_rule_add (filter, SCMP_ACT_ALLOW, calls[i], 0);
  return bad;
}

/* Calls that are allowed for some arguments only. */
static int
allow_some (scmp_filter_ctx filter)
{
  int bad = 0;
  bad |= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (write), 1, SCMP_A0 (SCMP_CMP_EQ, SF_CAGE_FD_OUT));
  bad |= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (sendmsg), 1, SCMP_A0 (SCMP_CMP_EQ, SF_CAGE_FD_FIELDS));
  bad |= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (fcntl), 1, SCMP_A1 (SCMP_CMP_EQ, F_ADD_SEALS));
  /* a field's memory file, of plain pages: others may not be there when the master maps them */
  bad |= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (memfd_create), 1,
                           SCMP_A1 (SCMP_CMP_EQ, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  /* a signal to itself: its master runs as the same user */
  const pid_t own = getpid ();
  bad |= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (tgkill), 2, SCMP_A0 (SCMP_CMP_EQ, (scmp_datum_t) own),
                           SCMP_A2 (SCMP_CMP_EQ, SIGABRT));
  bad |= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (tgkill), 2, SCMP_A0 (SCMP_CMP_EQ, (scmp_datum_t) own),
                           SCMP_A2 (SCMP_CMP_EQ, SIGXCPU));
  bad |= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (prlimit64), 2, SCMP_A0 (SCMP_CMP_EQ, 0),
                           SCMP_A1 (SCMP_CMP_EQ, RLIMIT_CPU));
  bad |= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (rt_sigaction), 1, SCMP_A0 (SCMP_CMP_EQ, SIGXCPU));
  /* no new code: memory that is written is not run */
  bad |= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (mmap), 1, SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  bad |= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (mprotect), 1, SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  return bad;
}

static int
allow_reading (scmp_filter_ctx filter)
{
  const unsigned changing = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | O_TMPFILE;
  int bad = allow_all (filter, READING, sizeof READING / sizeof *READING);
  bad |= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (openat), 1,
                           SCMP_A2 (SCMP_CMP_MASKED_EQ, changing & ~(unsigned) O_DIRECTORY, O_RDONLY));
  bad |= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (open), 1,
                           SCMP_A1 (SCMP_CMP_MASKED_EQ, changing & ~(unsigned) O_DIRECTORY, O_RDONLY));
  bad |= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (fcntl), 1, SCMP_A1 (SCMP_CMP_EQ, F_GETFL));
  /* a scanner asks whether its file is a terminal */
  bad |= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (ioctl), 1, SCMP_A1 (SCMP_CMP_EQ, TCGETS));
  return bad;
}

/* A call that is not allowed: say which to whoever asks afterwards, and end. */
static void
forbidden (int number, siginfo_t *info, void *context)
{
  (void) number;
  (void) context;
  atomic_store (&the_progress->forbidden, info->si_syscall + 1);
  _exit (128 + SIGSYS);
}

static enum sf_code
filter_calls (enum sf_cage_profile profile, struct sf_error *err)
{
  struct sigaction action = { .sa_sigaction = forbidden, .sa_flags = SA_SIGINFO };
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_TRAP);
  if (!filter || sigaction (SIGSYS, &action, NULL) != 0)
    return sf_fail (err, SF_ENOMEM, "no memory for the filter of system calls");
  int bad = allow_all (filter, ALWAYS, sizeof ALWAYS / sizeof *ALWAYS) | allow_some (filter);
  if (profile == SF_CAGE_TABLES)
    bad |= allow_reading (filter);
  if (IS_SANITIZED)
    {
      bad |= allow_all (filter, SANITIZING, sizeof SANITIZING / sizeof *SANITIZING);
      bad |= seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (write), 1, SCMP_A0 (SCMP_CMP_EQ, STDERR_FILENO));
    }
  int loaded = bad ? bad : seccomp_load (filter);
  seccomp_release (filter);
  return loaded == 0
             ? SF_OK
             : sf_fail (err, SF_EUNSUPPORTED, "this kernel takes no filter of system calls: %s", strerror (-loaded));
}

enum sf_code
sf_cage_jail_close (const struct sf_cage_jail *jail, struct sf_cage_progress *progress, struct sf_error *err)
{
  the_progress = progress;
  volunteer ();
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return sf_fail (err, SF_EUNSUPPORTED, "no_new_privs: %s", strerror (errno));
  SF_TRY (lock_files (jail->profile, err));
  SF_TRY (limit_resources (jail, err));
  SF_TRY (drop_capabilities (err));
  if (!IS_SANITIZED) /* whose reports go there */
    dup2 (STDIN_FILENO, STDERR_FILENO);
  return filter_calls (jail->profile, err);
}

struct sf_cage_means
sf_cage_means (void)
{
  struct sf_cage_means means = { .landlock_abi = landlock_abi () };
  uint32_t action = SECCOMP_RET_TRAP;
  means.seccomp = syscall (SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
  int fd = memfd_create ("probe", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  means.memory_files = fd >= 0;
  if (fd >= 0)
    close (fd);
  return means;
}
