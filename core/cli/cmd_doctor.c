/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/cli.h"

#include "core/base/file.h"
#include "core/feed/cage.h"
#include "core/feed/coast_mask.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct sf_option options[] = {
  { .name = "output",
    .type = SF_OPTION_TEXT,
    .help_en = "also check the snapshots of this folder (-o DIR)",
    .help_zh = "同时检查该文件夹的快照（-o DIR）" },
  { .name = NULL },
};

/* Findings so far. */
struct visit
{
  const struct sf_cli *cli;
  int bad, warned;
};

static void
tell (struct visit *visit, int grade, const char *what_en, const char *what_zh, const char *detail)
{
  static const char *const words[] = { "ok", "WARN", "BAD" }, *const colours[] = { "32", "33", "31" };
  bool colour = isatty (STDOUT_FILENO);
  visit->bad += grade == 2;
  visit->warned += grade == 1;
  if (colour)
    printf ("\033[%sm%-5s\033[0m", colours[grade], words[grade]);
  else
    printf ("%-5s", words[grade]);
  printf (" %s%s%s\n", visit->cli->zh ? what_zh : what_en, detail ? ": " : "", detail ? detail : "");
}

static void
check_plugins (struct visit *visit)
{
  struct sf_plugin_host *plugins = visit->cli->plugins;
  struct sf_error err = { 0 };
  char count[32];
  size_t good = 0;
  if (sf_plugin_host_load_all (plugins, &err) != SF_OK)
    tell (visit, 2, "plugins cannot be listed", "无法列出插件", err.message);
  for (size_t i = 0; i < sf_plugin_host_count (plugins); i++)
    {
      const struct sf_module *module = sf_plugin_host_at (plugins, i);
      good += module->plugin != NULL;
      if (module->refusal)
        tell (visit, 2, "plugin refused", "插件被拒绝", module->refusal);
    }
  snprintf (count, sizeof count, "%zu", good);
  tell (visit, good > 0 ? 0 : 2, "plugins loaded", "已加载插件", count);
}

static void
check_data (struct visit *visit)
{
  static const struct
  {
    const char *file, *en, *zh;
  } files[] = { { "coast.gpkg", "coast (made from GSHHG at build time)", "海岸线（构建时由 GSHHG 生成）" },
                { "counties.gpkg", "county boundaries (demo only; installed by ./autogen.sh)",
                  "市县边界（仅供演示；由 ./autogen.sh 安装）" } };
  struct sf_arena arena = { 0 };
  for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    {
      char *path = sf_file_join (&arena, visit->cli->places.data_folder, files[i].file);
      bool there = path && sf_file_exists (path);
      tell (visit, there ? 0 : 1, files[i].en, files[i].zh, there ? path : visit->cli->zh ? "缺少" : "missing");
    }
  sf_arena_finish (&arena);
}

/* Quality control works without it, and passes over what it would have seen. */
static void
check_coast_mask (struct visit *visit)
{
  struct sf_arena arena = { 0 };
  struct sf_coast_mask *mask = NULL;
  struct sf_error err = { 0 };
  char *path = sf_file_join (&arena, visit->cli->places.data_folder, "coast-mask.bin");
  bool there = path && sf_file_exists (path);
  enum sf_code code = there ? sf_coast_mask_load (&arena, path, &mask, &err) : SF_OK;
  tell (visit,
        !there          ? 1
        : code == SF_OK ? 0
                        : 2,
        "coast mask of quality control", "质量控制用的海岸掩膜",
        there && code == SF_OK ? path
        : there                ? err.message
        : visit->cli->zh
            ? "缺少：不检查船在陆地上、车在海上（由构建生成，data/coast-mask.bin）"
            : "missing: nobody sees a vessel on land or a vehicle at sea (data/coast-mask.bin, made by the build)");
  sf_arena_finish (&arena);
}

static void
check_snapshots (struct visit *visit, const char *dir)
{
  struct sf_error err = { 0 };
  struct sf_snapshot *snapshot = NULL;
  enum sf_code code = sf_snapshot_open (dir, NULL, &snapshot, &err);
  if (code == SF_OK)
    code = sf_snapshot_verify (snapshot, &err);
  if (code == SF_OK)
    tell (visit, 0, "current snapshot is whole", "当前快照完整", snapshot->id);
  else
    tell (visit, 2, "current snapshot", "当前快照", err.message);
  sf_snapshot_close (snapshot);
}

/* What the kernel gives the cages that decoders run in. Without landlock a decoder that reads its library's tables may read other
   files, too: it cannot write or send them. */
static void
check_cages (struct visit *visit)
{
  struct sf_cage_means means = sf_cage_means ();
  bool zh = visit->cli->zh;
  char abi[32];
  snprintf (abi, sizeof abi, zh ? "接口版本 %d" : "ABI %d", means.landlock_abi);
  tell (visit, means.seccomp ? 0 : 2, "cages: filter of system calls (seccomp)", "隔离：系统调用过滤（seccomp）",
        means.seccomp ? NULL
        : zh          ? "内核不支持，解码器无法在隔离进程中运行"
                      : "this kernel has none: decoders cannot be caged");
  tell (visit, means.memory_files ? 0 : 2, "cages: memory files", "隔离：内存文件",
        means.memory_files ? NULL
        : zh               ? "内核不支持"
                           : "this kernel has none");
  tell (visit, means.landlock_abi > 0 ? 0 : 2, "cages: files out of reach (landlock)", "隔离：文件访问限制（landlock）",
        means.landlock_abi > 0 ? abi
        : zh                   ? "内核不支持：使用码表的解码器可以读取其他文件"
                               : "this kernel has none: decoders with tables can read other files, too");
}

/* tcp_listen raises the soft limit by itself, up to the hard one. */
static void
check_open_files (struct visit *visit)
{
  enum
  {
    OTHER_FILES = 128,
    FEW_CONNECTIONS = 1024
  };
  struct rlimit files;
  char text[96];
  if (getrlimit (RLIMIT_NOFILE, &files) < 0)
    return;
  unsigned long long most = files.rlim_max, connections = most > OTHER_FILES ? most - OTHER_FILES : 0;
  if (files.rlim_max == RLIM_INFINITY)
    snprintf (text, sizeof text, visit->cli->zh ? "不限" : "no limit");
  else
    snprintf (text, sizeof text,
              visit->cli->zh ? "上限 %llu，可同时接入约 %llu 个连接"
                             : "at most %llu, so that some %llu connections fit at a time",
              most, connections);
  tell (visit, connections < FEW_CONNECTIONS ? 1 : 0, "open files", "打开文件数", text);
}

static int
run (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_error *err)
{
  struct visit visit = { .cli = cli };
  const char *dir = sf_settings_text (arguments->settings, "output");
  struct sf_error why = { 0 };
  (void) err;
  tell (&visit, sf_file_is_folder (cli->places.share_folder) ? 0 : 2, "share folder", "共享文件夹",
        cli->places.share_folder);
  enum sf_code code = sf_cli_start (cli, &why);
  tell (&visit, code == SF_OK ? 0 : 2, "vocabulary", "词汇表", code == SF_OK ? NULL : why.message);
  if (code == SF_OK)
    check_plugins (&visit);
  check_data (&visit);
  check_coast_mask (&visit);
  check_cages (&visit);
  check_open_files (&visit);
  if (dir)
    check_snapshots (&visit, dir);
  return visit.bad ? SF_EXIT_FAILED : SF_EXIT_DONE;
}

const struct sf_cli_command sf_command_doctor = {
  .name = "doctor",
  .usage = "doctor [-o DIR]",
  .summary_en = "check this installation: plugins, data, cages, snapshots",
  .summary_zh = "检查安装：插件、数据、隔离、快照",
  .options = options,
  .run = run,
};
