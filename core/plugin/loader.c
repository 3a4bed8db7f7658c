/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plugin/loader.h"

#include "core/base/mem.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <ltdl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUR_LOADER "sanfang"

/* libltdl keeps one list of loaders for the process and gives loaders no way to hand back a text, so the linker's words
   travel through here; all calls come from the thread that loads. */
static char linker_words[400];

static lt_module
open_now (lt_user_data data, const char *path, lt_dladvise advise)
{
  (void) data;
  (void) advise;
  void *module = dlopen (path, RTLD_NOW | RTLD_LOCAL);
  if (!module)
    snprintf (linker_words, sizeof linker_words, "%s", dlerror ());
  return module;
}

/* A module whose constructors crash takes the process with it: the linker's state is then lost. What is left to do is to
   say which module it was. */
static char opening_path[400];

static void
crashed_at_load (int number)
{
  static const char head[] = "sanfang: plugin ",
                    tail[] = " crashed while it was being loaded; remove it from the plugin folder\n";
  ssize_t told = write (STDERR_FILENO, head, sizeof head - 1);
  told += write (STDERR_FILENO, opening_path, strlen (opening_path));
  told += write (STDERR_FILENO, tail, sizeof tail - 1);
  (void) told;
  (void) number;
  _exit (1);
}

static const int crash_signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
enum
{
  CRASH_SIGNALS = sizeof crash_signals / sizeof *crash_signals
};

static lt_dlhandle
open_watched (const char *path)
{
  struct sigaction ours = { .sa_handler = crashed_at_load }, old[CRASH_SIGNALS];
  snprintf (opening_path, sizeof opening_path, "%s", path);
  for (int i = 0; i < CRASH_SIGNALS; i++)
    sigaction (crash_signals[i], &ours, &old[i]);
  lt_dlhandle handle = lt_dlopen (path);
  for (int i = 0; i < CRASH_SIGNALS; i++)
    sigaction (crash_signals[i], &old[i], NULL);
  return handle;
}

/* A thread that still runs a module's code at exit must find it mapped. */
static int
keep_open (lt_user_data data, lt_module module)
{
  (void) data;
  (void) module;
  return 0;
}

static const char *
ltdl_words (void)
{
  const char *words = lt_dlerror ();
  return words ? words : "no reason given";
}

/* Put our loader where the stock ones are. libltdl brings those back at each first start, and keeps ours while a module
   that it opened is resident, which all are. libltdl frees loaders with free. */
static enum sf_code
replace_loaders (struct sf_error *err)
{
  const lt_dlvtable *stock = lt_dlloader_find ("lt_dlopen");
  if (stock && !lt_dlloader_find (OUR_LOADER))
    {
      lt_dlvtable *ours = sf_mem_alloc (sizeof *ours);
      if (!ours)
        return sf_fail (err, SF_ENOMEM, "out of memory for the loader of plugins");
      *ours = *stock;
      ours->name = OUR_LOADER;
      ours->module_open = open_now;
      ours->module_close = keep_open;
      ours->dlloader_exit = NULL;
      if (lt_dlloader_add (ours) != 0)
        {
          sf_mem_free (ours);
          return sf_fail (err, SF_EPLUGIN, "libltdl took no loader: %s", ltdl_words ());
        }
    }
  free (lt_dlloader_remove ("lt_dlopen"));
  free (lt_dlloader_remove ("lt_preopen"));
  if (!lt_dlloader_find (OUR_LOADER))
    return sf_fail (err, SF_EPLUGIN, "libltdl has no dlopen loader to stand in for");
  return SF_OK;
}

enum sf_code
sf_loader_init (struct sf_error *err)
{
  if (lt_dlinit () != 0)
    return sf_fail (err, SF_EPLUGIN, "libltdl did not start: %s", ltdl_words ());
  enum sf_code code = replace_loaders (err);
  if (code != SF_OK)
    lt_dlexit ();
  return code;
}

void
sf_loader_finish (void)
{
  lt_dlexit ();
}

/* Code that others may write is not loaded: only plain files of root or ourselves, in folders of the same. */
static enum sf_code
check_file (const char *path, struct sf_error *err)
{
  struct stat file, folder;
  if (lstat (path, &file) != 0)
    return sf_fail (err, SF_EPLUGIN, "%s: %s", path, strerror (errno));
  if (!S_ISREG (file.st_mode))
    return sf_fail (err, SF_EPLUGIN, "%s: not a regular file (links are not followed)", path);
  char dir[4096];
  snprintf (dir, sizeof dir, "%s", path);
  char *slash = strrchr (dir, '/');
  if (!slash || path[0] != '/')
    return sf_fail (err, SF_EPLUGIN, "%s: not an absolute path", path);
  *(slash == dir ? slash + 1 : slash) = '\0';
  if (stat (dir, &folder) != 0)
    return sf_fail (err, SF_EPLUGIN, "%s: %s", dir, strerror (errno));
  const struct stat *both[] = { &file, &folder };
  for (int i = 0; i < 2; i++)
    {
      const char *what = i ? dir : path;
      if (both[i]->st_uid != 0 && both[i]->st_uid != geteuid ())
        return sf_fail (err, SF_EPLUGIN, "%s: belongs to user %u, neither root nor you", what,
                        (unsigned) both[i]->st_uid);
      if ((both[i]->st_mode & S_IWOTH) || ((both[i]->st_mode & S_IWGRP) && both[i]->st_gid != getegid ()))
        return sf_fail (err, SF_EPLUGIN, "%s: others may write it (mode %03o)", what,
                        (unsigned) both[i]->st_mode & 0777);
    }
  return SF_OK;
}

/* The dynamic linker maps what the program headers promise and dies by SIGBUS when the file ends earlier. */
static bool
holds_its_segments (int fd, const ElfW (Ehdr) * head, off_t size)
{
  for (int i = 0; i < head->e_phnum; i++)
    {
      ElfW (Phdr) segment;
      off_t at = (off_t) head->e_phoff + i * (off_t) sizeof segment;
      if (pread (fd, &segment, sizeof segment, at) != (ssize_t) sizeof segment)
        return false;
      if (segment.p_type == PT_LOAD
          && (segment.p_filesz > (ElfW (Xword)) size || segment.p_offset > (ElfW (Off)) size - segment.p_filesz))
        return false;
    }
  return true;
}

static enum sf_code
check_whole (const char *path, struct sf_error *err)
{
  struct stat st;
  ElfW (Ehdr) head;
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return sf_fail (err, SF_EPLUGIN, "%s: %s", path, strerror (errno));
  bool ok = fstat (fd, &st) == 0, elf = ok && pread (fd, &head, sizeof head, 0) == (ssize_t) sizeof head
                                        && memcmp (head.e_ident, ELFMAG, SELFMAG) == 0
                                        && head.e_phentsize == sizeof (ElfW (Phdr));
  bool whole = elf && holds_its_segments (fd, &head, st.st_size);
  close (fd);
  if (!elf)
    return sf_fail (err, SF_EPLUGIN, "%s: not a shared object of this machine", path);
  if (!whole)
    return sf_fail (err, SF_EPLUGIN, "%s: the file is cut short; install it again", path);
  return SF_OK;
}

/* Whether the functions that the host calls without asking are there. */
static bool
has_functions (const struct sf_plugin *plugin)
{
  switch (plugin->kind)
    {
    case SF_PLUGIN_TRANSPORT:
      return plugin->as.transport->open && plugin->as.transport->poll && plugin->as.transport->close;
    case SF_PLUGIN_PROTOCOL:
      return plugin->as.protocol->frame && plugin->as.protocol->formats && plugin->as.protocol->frame_bytes_max > 0
             && (!plugin->as.protocol->reply || plugin->as.protocol->reply_bytes_max > 0);
    case SF_PLUGIN_DECODER:
      return plugin->as.decoder->open && plugin->as.decoder->decode && plugin->as.decoder->close
             && plugin->as.decoder->formats;
    case SF_PLUGIN_MODEL:
      return plugin->as.model->stages != NULL;
    case SF_PLUGIN_EXPORTER:
      return plugin->as.exporter->run != NULL;
    case SF_PLUGIN_SERVICE:
      return plugin->as.service->run != NULL;
    case SF_PLUGIN_COMMAND:
      return plugin->as.command->run && plugin->as.command->usage;
    default:
      return true;
    }
}

static enum sf_code
check_descriptor (const struct sf_plugin *plugin, const char *path, const char *name, struct sf_error *err)
{
  if (plugin->magic != SF_PLUGIN_MAGIC)
    return sf_fail (err, SF_EPLUGIN, "%s: not a Sanfang plugin (magic %08x, expected %08x)", path, plugin->magic,
                    SF_PLUGIN_MAGIC);
  if (plugin->abi != SF_PLUGIN_ABI)
    return sf_fail (err, SF_EPLUGIN, "%s: made for plugin interface %u, this program has %u: build it again", path,
                    plugin->abi, SF_PLUGIN_ABI);
  if (plugin->struct_size != sizeof *plugin)
    return sf_fail (err, SF_EPLUGIN, "%s: its descriptor has %u bytes, this program's has %zu: build it again", path,
                    plugin->struct_size, sizeof *plugin);
  if (!plugin->name || strcmp (plugin->name, name) != 0)
    return sf_fail (err, SF_EPLUGIN, "%s: calls itself '%s', its file name says '%s'", path,
                    plugin->name ? plugin->name : "(nothing)", name);
  if ((unsigned) plugin->kind >= SF_PLUGIN_KINDS)
    return sf_fail (err, SF_EPLUGIN, "%s: unknown plugin kind %d", path, (int) plugin->kind);
  if (!plugin->version || !plugin->licence || !plugin->summary_en || !plugin->summary_zh || !plugin->as.decoder)
    return sf_fail (err, SF_EPLUGIN, "%s: its descriptor lacks a version, licence, summary or table of functions",
                    path);
  if (!has_functions (plugin))
    return sf_fail (err, SF_EPLUGIN, "%s: its table of functions lacks one that a plugin of its kind must have", path);
  return SF_OK;
}

enum sf_code
sf_loader_open (const char *path, const char *name, const struct sf_plugin **ret_plugin, struct sf_error *err)
{
  SF_TRY (check_file (path, err));
  SF_TRY (check_whole (path, err));
  linker_words[0] = '\0';
  lt_dlhandle handle = open_watched (path);
  if (!handle)
    return sf_fail (err, SF_EPLUGIN, "%s", linker_words[0] ? linker_words : ltdl_words ());
  lt_dlmakeresident (handle);
  char symbol[256];
  snprintf (symbol, sizeof symbol, "%s_LTX_sanfang_plugin", name);
  const struct sf_plugin *plugin = lt_dlsym (handle, symbol);
  if (!plugin)
    return sf_fail (err, SF_EPLUGIN, "%s: exports no symbol %s: not a Sanfang plugin of this name", path, symbol);
  SF_TRY (check_descriptor (plugin, path, name, err));
  *ret_plugin = plugin;
  return SF_OK;
}
