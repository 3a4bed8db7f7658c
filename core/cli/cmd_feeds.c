/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/cli.h"
#include "core/feed/health.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum
{
  WATCH_S = 2,
  EXIT_NOT_FRESH = 3
};

static const struct sf_option options[] = {
  { .name = "data",
    .type = SF_OPTION_TEXT,
    .fallback = "sanfang-out",
    .help_en = "folder that serve ingests into",
    .help_zh = "serve 接入数据所用的文件夹" },
  { .name = "json", .type = SF_OPTION_BOOL, .fallback = "false", .help_en = "print JSON", .help_zh = "以 JSON 输出" },
  { .name = "prometheus",
    .type = SF_OPTION_BOOL,
    .fallback = "false",
    .help_en = "print Prometheus text format 0.0.4",
    .help_zh = "以 Prometheus 文本格式 0.0.4 输出" },
  { .name = "watch",
    .type = SF_OPTION_BOOL,
    .fallback = "false",
    .help_en = "show it anew every two seconds until Ctrl-C",
    .help_zh = "每两秒刷新一次，直到按 Ctrl-C" },
  { .name = "only",
    .type = SF_OPTION_TEXTS,
    .help_en = "show feeds in these states only: never, fresh, late, silent, failing (comma separated)",
    .help_zh = "只显示处于这些状态的数据源：never、fresh、late、silent、failing（以逗号分隔）" },
  { .name = NULL },
};

static enum sf_code
read_only (const struct sf_settings *settings, unsigned *ret_only, struct sf_error *err)
{
  const char *states[SF_FEED_STATES];
  const char *const *names;
  size_t count = sf_settings_texts (settings, "only", &names);
  unsigned only = 0;
  for (int s = 0; s < SF_FEED_STATES; s++)
    states[s] = sf_feed_state_name ((enum sf_feed_state) s, 0);
  for (size_t i = 0; i < count; i++)
    {
      int s = 0;
      while (s < SF_FEED_STATES && strcmp (names[i], states[s]) != 0)
        s++;
      if (s == SF_FEED_STATES)
        return sf_fail (err, SF_EINVAL, "--only: there is no state '%s' (never, fresh, late, silent, failing)",
                        names[i]);
      only |= 1u << s;
    }
  *ret_only = count ? only : ~0u;
  return SF_OK;
}

static enum sf_code
print_text (const struct sf_health_board *board, const struct sf_settings *settings,
            const struct sf_vocabulary *vocabulary, int64_t now_s, struct sf_error *err)
{
  struct sf_strbuf text = { 0 };
  if (sf_settings_bool (settings, "json"))
    sf_health_format_json (board, vocabulary, now_s, &text);
  else
    sf_health_format_prometheus (board, now_s, &text);
  enum sf_code code = text.failed ? sf_fail (err, SF_ENOMEM, "out of memory") : SF_OK;
  if (code == SF_OK)
    fputs (text.text, stdout);
  sf_strbuf_finish (&text);
  return code;
}

/* Whether all that was asked for is fresh. */
static bool
is_all_fresh (const struct sf_health_board *board, int64_t now_s)
{
  for (size_t i = 0; i < board->feeds_count; i++)
    if (sf_feed_state_at (board, &board->feeds[i], now_s) != SF_FEED_FRESH)
      return false;
  return sf_health_is_alive (board, now_s);
}

/* Leave of the board what was asked for. */
static enum sf_code
choose_feed (struct sf_health_board *board, const char *name, struct sf_arena *arena, struct sf_error *err)
{
  const char **names = sf_arena_calloc (arena, board->feeds_count + 1, sizeof *names);
  if (!names)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  for (size_t i = 0; i < board->feeds_count; i++)
    {
      names[i] = board->feeds[i].feed;
      if (strcmp (names[i], name) != 0)
        continue;
      board->feeds += i;
      board->feeds_count = 1;
      return SF_OK;
    }
  const char *nearest = sf_text_nearest (name, names, board->feeds_count);
  return sf_fail (err, SF_EINVAL, "there is no feed '%s'%s%s%s", name, nearest ? "; did you mean '" : "",
                  nearest ? nearest : "", nearest ? "'?" : "");
}

static enum sf_code
show (const struct sf_settings *settings, const struct sf_feeds_view *view, bool *ret_fresh, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_health_board board;
  int64_t now_s = (int64_t) time (NULL);
  enum sf_code code = sf_health_load (&arena, sf_settings_text (settings, "data"), &board, err);
  if (code == SF_OK && view->feed)
    code = choose_feed (&board, view->feed, &arena, err);
  if (code == SF_OK && sf_settings_bool (settings, "watch") && view->colour)
    fputs ("\033[H\033[2J", stdout);
  if (code == SF_OK && (sf_settings_bool (settings, "json") || sf_settings_bool (settings, "prometheus")))
    code = print_text (&board, settings, view->vocabulary, now_s, err);
  else if (code == SF_OK)
    sf_feeds_print (&board, view, now_s, stdout);
  if (code == SF_OK)
    *ret_fresh = is_all_fresh (&board, now_s);
  fflush (stdout);
  sf_arena_finish (&arena);
  return code;
}

static void
wait_a_while (const struct sf_cli *cli)
{
  const struct timespec tenth = { .tv_nsec = 100000000 };
  for (int i = 0; i < 10 * WATCH_S && !atomic_load (cli->cancel); i++)
    nanosleep (&tenth, NULL);
}

static int
run (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_error *err)
{
  const struct sf_settings *settings = arguments->settings;
  struct sf_feeds_view view = { .feed = arguments->count ? arguments->words[0] : NULL,
                                .zh = cli->zh,
                                .colour = isatty (STDOUT_FILENO) && !getenv ("NO_COLOR") };
  bool fresh = false, watch = sf_settings_bool (settings, "watch");
  if (read_only (settings, &view.only, err) != SF_OK)
    return SF_EXIT_USAGE;
  if (sf_settings_bool (settings, "json") && sf_settings_bool (settings, "prometheus"))
    {
      sf_fail (err, SF_EINVAL, "--json and --prometheus are two forms: take one");
      return SF_EXIT_USAGE;
    }
  if (sf_cli_start (cli, err) != SF_OK)
    return SF_EXIT_FAILED;
  view.vocabulary = cli->vocabulary;
  do
    {
      enum sf_code code = show (settings, &view, &fresh, err);
      if (code != SF_OK)
        return code == SF_EINVAL ? SF_EXIT_USAGE : SF_EXIT_FAILED;
      if (watch)
        wait_a_while (cli);
    }
  while (watch && !atomic_load (cli->cancel));
  return fresh ? SF_EXIT_DONE : EXIT_NOT_FRESH;
}

const struct sf_cli_command sf_command_feeds = {
  .name = "feeds",
  .usage = "feeds [FEED] [--data DIR] [--only late,silent,...] [--json | --prometheus] [--watch]",
  .summary_en = "show the health of the feeds: who is silent, late or failing",
  .summary_zh = "显示各数据源的健康状况：哪些中断、迟到或故障",
  .more_en
  = "It reads DIR/health.json, which ingest writes about once a second. A feed is late when its newest data is older "
    "than its\n"
    "cadence and the lateness that it is allowed, silent when it is older than the cadence and twice that, failing "
    "when an\n"
    "alarm stands, whether it speaks all the same or never did, never when nothing came yet and no alarm stands.\n"
    "When ingest does not run, every feed is silent. A feed's name shows all its details.\n"
    "Exit code 0: all are fresh; 3: at least one is not; 1: there is no board; 2: there is no such feed.\n"
    "Example: sanfang feeds --only silent,late --data /var/lib/sanfang",
  .more_zh
  = "读取接入程序约每秒写一次的 DIR/health.json。最新资料早于“周期＋允许迟到”为迟到，早于“周期＋两倍允许迟到”为中断；\n"
    "有告警为故障（仍有数据，或从未收到数据）；从未收到且无告警为从未收到。\n"
    "接入程序未运行时，所有数据源均为中断。给出数据源名称则显示其全部细节。\n"
    "退出码 0：全部正常；3：至少一个不正常；1：没有健康状况文件；2：没有这个数据源。\n"
    "示例：sanfang feeds --only silent,late --data /var/lib/sanfang",
  .options = options,
  .words_max = 1,
  .run = run,
};
