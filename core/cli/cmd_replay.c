/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/cli.h"

#include "core/base/file.h"
#include "core/base/time.h"
#include "core/feed/department.h"
#include "core/feed/pipeline.h"

#include <poll.h>
#include <string.h>
#include <time.h>

static const struct sf_option options[] = {
  { .name = "data",
    .type = SF_OPTION_TEXT,
    .fallback = "sanfang-out",
    .help_en = "data folder whose journal is replayed; ingest may be at work there",
    .help_zh = "被重放日志所在的数据文件夹；接收程序可同时运行" },
  { .name = "into",
    .type = SF_OPTION_TEXT,
    .help_en = "data folder for the new store; there must be none yet",
    .help_zh = "新数据库所在文件夹，其中不得已有数据库" },
  { .name = "departments",
    .type = SF_OPTION_PATH,
    .help_en = "folder or file with the feeds' definitions; or name a scenario",
    .help_zh = "数据源定义所在文件夹或文件；也可给出情景文件" },
  { .name = "feed", .type = SF_OPTION_TEXT, .help_en = "only this feed", .help_zh = "只重放此数据源" },
  { .name = "from",
    .type = SF_OPTION_TIME,
    .help_en = "messages received from this time on, with its zone",
    .help_zh = "接收时间下限（含），须带时区" },
  { .name = "to",
    .type = SF_OPTION_TIME,
    .help_en = "messages received up to this time, included",
    .help_zh = "接收时间上限（含）" },
  { .name = "in-process",
    .type = SF_OPTION_BOOL,
    .fallback = "false",
    .help_en = "decode in this process, without cages",
    .help_zh = "在本进程内解码，不使用隔离进程" },
  { .name = NULL },
};

enum
{
  PROGRESS_S = 5
};

struct replay
{
  struct sf_cli *cli;
  const struct sf_settings *settings;
  const struct sf_feed **feeds; /* in the program's arena */
  size_t feeds_count;
  struct sf_journal_range range;
  struct sf_journal *journal;
  struct sf_store *store;
  struct sf_pipeline *pipeline;
  int64_t last_id; /* of the journal when the replay began */
  bool wrong_words;
};

/* --- what is replayed --- */

static enum sf_code
check_words (const struct sf_arguments *arguments, struct sf_error *err)
{
  bool departments = sf_settings_text (arguments->settings, "departments") != NULL;
  if (departments && arguments->count > 0)
    return sf_fail (err, SF_EINVAL, "replay: say a scenario or --departments, not both");
  if (!departments && arguments->count == 0)
    return sf_fail (err, SF_EINVAL, "replay: say whose feeds: --departments PATH, or a scenario");
  if (!sf_settings_text (arguments->settings, "into"))
    return sf_fail (err, SF_EINVAL, "replay: say --into: the data folder for the new store");
  return SF_OK;
}

static enum sf_code
find_feeds (struct sf_cli *cli, const struct sf_arguments *arguments, const struct sf_feed **ret_feeds,
            size_t *ret_count, struct sf_error *err)
{
  const char *path = sf_settings_text (arguments->settings, "departments");
  struct sf_departments departments;
  struct sf_scenario scenario;
  if (path)
    {
      SF_TRY (sf_departments_load (&cli->arena, cli->plugins, path, &departments, err));
      *ret_feeds = departments.feeds;
      *ret_count = departments.feeds_count;
      return SF_OK;
    }
  SF_TRY (sf_scenario_load (&cli->arena, cli->plugins, arguments->words[0], arguments->overrides,
                            arguments->overrides_count, &scenario, err));
  *ret_feeds = scenario.feeds;
  *ret_count = scenario.feeds_count;
  return SF_OK;
}

static enum sf_code
unknown_feed (const char *name, const struct sf_feed *feeds, size_t count, struct sf_arena *arena, struct sf_error *err)
{
  const char **names = sf_arena_calloc (arena, count + 1, sizeof *names);
  if (!names)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  for (size_t i = 0; i < count; i++)
    names[i] = feeds[i].name;
  const char *nearest = sf_text_nearest (name, names, count);
  return sf_fail (err, SF_ENOTFOUND, "replay: there is no feed %s%s%s%s", name, nearest ? "; did you mean " : "",
                  nearest ? nearest : "", nearest ? "?" : "");
}

static enum sf_code
choose_feeds (struct replay *replay, const struct sf_arguments *arguments, struct sf_error *err)
{
  const struct sf_feed *feeds = NULL;
  size_t count = 0;
  const char *only = sf_settings_text (replay->settings, "feed");
  SF_TRY (find_feeds (replay->cli, arguments, &feeds, &count, err));
  replay->feeds = sf_arena_calloc (&replay->cli->arena, count + 1, sizeof *replay->feeds);
  if (!replay->feeds)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  for (size_t i = 0; i < count; i++)
    if (!only || strcmp (feeds[i].name, only) == 0)
      replay->feeds[replay->feeds_count++] = &feeds[i];
  replay->wrong_words = replay->feeds_count == 0 && only;
  if (replay->feeds_count == 0)
    return only ? unknown_feed (only, feeds, count, &replay->cli->arena, err)
                : sf_fail (err, SF_ENOTFOUND, "replay: no feed is defined there");
  return SF_OK;
}

/* A store that holds rows already would mix two histories. */
static enum sf_code
open_store (struct replay *replay, struct sf_error *err)
{
  const char *into = sf_settings_text (replay->settings, "into");
  const char *folder = sf_file_join (&replay->cli->arena, into, "store");
  if (!folder)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  if (sf_file_exists (folder))
    return sf_fail (err, SF_ECONFLICT, "%s: there is a store already; name a new folder with --into", folder);
  SF_TRY (sf_file_make_folder (into, err));
  return sf_store_open (into, SF_STORE_WRITE, &replay->store, err);
}

/* --- the run --- */

static enum sf_code
start_pipeline (struct replay *replay, struct sf_error *err)
{
  struct sf_cli *cli = replay->cli;
  struct sf_quality_rules *rules = NULL;
  char *program = NULL;
  SF_TRY (sf_places_program (&cli->arena, &program, err));
  SF_TRY (sf_cli_load_quality (cli, &cli->arena, &rules, err));
  struct sf_pipeline_setup setup = { .plugins = cli->plugins,
                                     .program = program,
                                     .journal = replay->journal,
                                     .store = replay->store,
                                     .rules = rules,
                                     .range = &replay->range,
                                     .in_process = sf_settings_bool (replay->settings, "in-process") };
  SF_TRY (sf_pipeline_new (&setup, &replay->pipeline, err));
  return sf_pipeline_set_feeds (replay->pipeline, replay->feeds, replay->feeds_count, err);
}

static void
log_progress (const struct replay *replay)
{
  int64_t furthest = 0;
  for (size_t i = 0; i < replay->feeds_count; i++)
    {
      int64_t applied = sf_pipeline_applied (replay->pipeline, replay->feeds[i]->name);
      furthest = applied > furthest ? applied : furthest;
    }
  sf_log_write (replay->cli->log, SF_LOG_INFO, "replay", "message %lld of %lld", (long long) furthest,
                (long long) replay->last_id);
}

static enum sf_code
turn_until_idle (struct replay *replay, struct sf_error *err)
{
  bool is_idle = false;
  int64_t said_ms = sf_time_steady_ms ();
  sf_pipeline_wake (replay->pipeline);
  for (;;)
    {
      int64_t now_ms = sf_time_steady_ms ();
      SF_TRY (sf_pipeline_turn (replay->pipeline, (int64_t) time (NULL), now_ms, &is_idle, err));
      if (is_idle)
        return SF_OK;
      if (replay->cli->cancel && atomic_load (replay->cli->cancel))
        return sf_fail (err, SF_ECANCELLED, "replay: stopped; what is stored is not all of it");
      if (now_ms - said_ms >= 1000 * PROGRESS_S)
        {
          log_progress (replay);
          said_ms = now_ms;
        }
      struct pollfd waiting = { .fd = sf_pipeline_fd (replay->pipeline), .events = POLLIN };
      int64_t wait_ms = sf_pipeline_wait_ms (replay->pipeline, now_ms);
      poll (&waiting, 1, wait_ms < 0 || wait_ms > 1000 ? 1000 : (int) wait_ms);
    }
}

/* What a renamed or removed feed brought is in the journal, and in no store that is made without its definition. */
static enum sf_code
print_passed_over (struct replay *replay, struct sf_error *err)
{
  const char *const *names = NULL;
  size_t count = 0;
  if (sf_settings_text (replay->settings, "feed"))
    return SF_OK;
  SF_TRY (sf_journal_feeds (replay->journal, &replay->cli->arena, &names, &count, err));
  for (size_t i = 0; i < count; i++)
    {
      bool is_defined = false;
      for (size_t j = 0; j < replay->feeds_count; j++)
        is_defined |= strcmp (names[i], replay->feeds[j]->name) == 0;
      if (!is_defined)
        printf (replay->cli->zh ? "%-24s 略过：没有这个数据源的定义\n" : "%-24s passed over: no such feed is defined\n",
                names[i]);
    }
  return SF_OK;
}

static enum sf_code
print_summary (struct replay *replay, int64_t took_ms, struct sf_error *err)
{
  struct sf_key key;
  char text[SF_KEY_TEXT_BYTES];
  long rows = 0;
  int zh = replay->cli->zh;
  SF_TRY (sf_store_digest (replay->store, &key, &rows, err));
  for (size_t i = 0; i < replay->feeds_count; i++)
    {
      int64_t applied = 0;
      SF_TRY (sf_store_applied (replay->store, replay->feeds[i]->name, &applied, err));
      printf (zh ? "%-24s 已处理到第 %lld 号报文\n" : "%-24s through message %lld\n", replay->feeds[i]->name,
              (long long) applied);
    }
  SF_TRY (print_passed_over (replay, err));
  printf (zh ? "%ld 行，用时 %.1f 秒，摘要 %s\n" : "%ld rows, %.1f s, digest %s\n", rows, (double) took_ms / 1000,
          sf_key_format (&key, text));
  return SF_OK;
}

static enum sf_code
replay_all (struct replay *replay, struct sf_error *err)
{
  int64_t start_ms = sf_time_steady_ms ();
  SF_TRY (sf_journal_open (sf_settings_text (replay->settings, "data"), false, &replay->journal, err));
  SF_TRY (sf_journal_last (replay->journal, NULL, &replay->last_id, err));
  SF_TRY (open_store (replay, err));
  SF_TRY (start_pipeline (replay, err));
  SF_TRY (turn_until_idle (replay, err));
  SF_TRY (sf_pipeline_commit (replay->pipeline, (int64_t) time (NULL), err));
  return print_summary (replay, sf_time_steady_ms () - start_ms, err);
}

static int
run (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_error *err)
{
  struct replay replay = { .cli = cli, .settings = arguments->settings };
  replay.range = (struct sf_journal_range){ .from_s = sf_settings_int (arguments->settings, "from"),
                                            .to_s = sf_settings_int (arguments->settings, "to") };
  enum sf_code code = check_words (arguments, err);
  replay.wrong_words = code != SF_OK;
  if (code == SF_OK)
    code = sf_cli_start (cli, err);
  if (code == SF_OK)
    code = choose_feeds (&replay, arguments, err);
  if (code == SF_OK)
    code = replay_all (&replay, err);
  sf_pipeline_free (replay.pipeline);
  sf_store_close (replay.store);
  sf_journal_close (replay.journal);
  return code == SF_OK ? SF_EXIT_DONE : replay.wrong_words ? SF_EXIT_USAGE : SF_EXIT_FAILED;
}

const struct sf_cli_command sf_command_replay = {
  .name = "replay",
  .usage = "replay [SCENARIO] --into DIR [--data DIR] [--departments PATH] [--from T] [--to T] [--feed F]",
  .summary_en = "make a new store of what the journal holds",
  .summary_zh = "用日志中的报文重建数据库",
  .more_en
  = "The same pipeline as live ingest, over a journal or a part of it, into a new folder; the journal is only read.\n"
    "Messages that are poison for a decoder's build are passed over. Ends with the number of rows and the store's\n"
    "digest: two replays of the same journal with the same program say the same.\n\n"
    "  sanfang replay --data out --into again --departments share/departments\n"
    "  sanfang replay live.yaml --data out --into evening --from 2024-09-06T18:00+08:00 --to 2024-09-07T00:00+08:00",
  .more_zh
  = "与实时接收相同的流程，处理整个日志或其中一段，写入新文件夹；日志只读不写。\n"
    "对某一版解码器有害的报文被跳过。结束时给出行数和数据库摘要：同一程序重放同一日志，两次摘要相同。\n\n"
    "  sanfang replay --data out --into again --departments share/departments\n"
    "  sanfang replay live.yaml --data out --into evening --from 2024-09-06T18:00+08:00 --to 2024-09-07T00:00+08:00",
  .options = options,
  .takes_set = true,
  .words_min = 0,
  .words_max = 1,
  .run = run,
};
