/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/command/journal/journal.h"

#include "core/base/time.h"
#include "core/feed/feed_names.h"
#include "core/plugin/plugin.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* sanfang journal: look at, carry, check and trim what feeds brought. */

static const char *const format_choices[] = { "table", "json", NULL };

static const struct sf_option options[] = {
  { .name = "data",
    .type = SF_OPTION_TEXT,
    .fallback = "sanfang-out",
    .help_en = "data folder, as serve has it",
    .help_zh = "数据文件夹，与 serve 相同" },
  { .name = "feed", .type = SF_OPTION_TEXT, .help_en = "only of this feed", .help_zh = "只看此数据源" },
  { .name = "from",
    .type = SF_OPTION_TIME,
    .help_en = "received from this time on, with its zone: 2024-09-06T18:00+08:00",
    .help_zh = "接收时间下限（含），须带时区：2024-09-06T18:00+08:00" },
  { .name = "to",
    .type = SF_OPTION_TIME,
    .help_en = "received up to this time, included",
    .help_zh = "接收时间上限（含）" },
  { .name = "limit",
    .type = SF_OPTION_INT,
    .min = 1,
    .max = 1e9,
    .help_en = "at most so many rows",
    .help_zh = "最多行数" },
  { .name = "format",
    .type = SF_OPTION_ENUM,
    .fallback = "table",
    .choices = format_choices,
    .help_en = "table, or json: one object a line",
    .help_zh = "table 为表格，json 为每行一个对象" },
  { .name = "hex",
    .type = SF_OPTION_BOOL,
    .fallback = "false",
    .help_en = "show: as hexadecimal",
    .help_zh = "show：以十六进制显示" },
  { .name = "summary",
    .type = SF_OPTION_BOOL,
    .fallback = "false",
    .help_en = "quarantine: counts by feed and reason",
    .help_zh = "quarantine：按数据源和原因计数" },
  { .name = "age",
    .type = SF_OPTION_DURATION,
    .help_en = "trim: drop messages older than this: 90d",
    .help_zh = "trim：删除早于此时长的报文，如 90d" },
  { .name = "size",
    .type = SF_OPTION_INT,
    .unit = "MiB",
    .min = 1,
    .max = 1e9,
    .help_en = "trim: drop the oldest messages until the journal is smaller than this",
    .help_zh = "trim：删除最早的报文，直到日志小于此大小" },
  { .name = "through",
    .type = SF_OPTION_INT,
    .min = 1,
    .max = 9e15,
    .help_en = "trim: drop no message after this number; needed, since what is not in the store yet must stay",
    .help_zh = "trim：不删除此编号之后的报文；必填，因为尚未入库的报文必须保留" },
  { .name = NULL },
};

const char *
journal_clean (struct sf_arena *arena, const char *text)
{
  char *copy = sf_arena_strdup (arena, text && *text ? text : "-");
  for (char *c = copy; c && *c; c++)
    if ((unsigned char) *c < 0x20 || *c == 0x7f)
      *c = '?';
  return copy;
}

/* --- words --- */

static enum sf_code
do_list (struct command *command, char **words, struct sf_error *err)
{
  (void) words;
  return journal_list (command, err);
}

static enum sf_code
do_show (struct command *command, char **words, struct sf_error *err)
{
  return journal_show (command, words[0], err);
}

static enum sf_code
do_quarantine (struct command *command, char **words, struct sf_error *err)
{
  (void) words;
  return journal_quarantine (command, err);
}

static enum sf_code
do_export (struct command *command, char **words, struct sf_error *err)
{
  long count = 0;
  SF_TRY (sf_journal_export (command->journal, &command->range, words[0], &count, err));
  command->context->print (command->context, command->context->zh ? "%s：%ld 条报文\n" : "%s: %ld messages\n", words[0],
                           count);
  return SF_OK;
}

static enum sf_code
do_import (struct command *command, char **words, struct sf_error *err)
{
  long taken = 0, known = 0;
  SF_TRY (sf_journal_import (command->journal, words[0], &taken, &known, err));
  command->context->print (command->context,
                           command->context->zh ? "%s：新增 %ld 条报文，%ld 条已有\n"
                                                : "%s: %ld messages taken, %ld were known\n",
                           words[0], taken, known);
  return SF_OK;
}

struct findings
{
  const struct command *command;
  long count;
};

static void
print_finding (void *ctx, int64_t message_id, const char *text)
{
  struct findings *findings = ctx;
  (void) message_id;
  findings->count++;
  findings->command->context->print (findings->command->context, "%s\n", text);
}

static enum sf_code
do_check (struct command *command, char **words, struct sf_error *err)
{
  struct findings findings = { command, 0 };
  long count = 0;
  (void) words;
  SF_TRY (sf_journal_check (command->journal, print_finding, &findings, &count, err));
  if (findings.count > 0)
    return sf_fail (err, SF_EFORMAT,
                    command->context->zh ? "检查了 %ld 条报文，发现 %ld 处损坏"
                                         : "%ld messages checked, damage in %ld places",
                    count, findings.count);
  command->context->print (command->context,
                           command->context->zh ? "%ld 条报文完好，数据库结构完好\n"
                                                : "%ld messages are as they were written; the database is whole\n",
                           count);
  return SF_OK;
}

static enum sf_code
do_trim (struct command *command, char **words, struct sf_error *err)
{
  const struct sf_settings *settings = command->context->host->settings;
  int64_t age_s = sf_settings_int (settings, "age"), size_mib = sf_settings_int (settings, "size");
  int64_t through = sf_settings_int (settings, "through");
  long all = 0, dropped = 0;
  (void) words;
  if (age_s == INT64_MIN && size_mib == INT64_MIN)
    return sf_fail (err, SF_EINVAL, "journal trim: say --age or --size, or both");
  if (through == INT64_MIN)
    return sf_fail (err, SF_EINVAL, "journal trim: say --through: what comes after it stays, applied or not");
  struct sf_journal_keep keep = { .age_s = age_s == INT64_MIN ? 0 : age_s,
                                  .size_bytes = size_mib == INT64_MIN ? 0 : size_mib << 20,
                                  .now_s = (int64_t) time (NULL),
                                  .applied_id = through };
  do
    {
      SF_TRY (sf_journal_trim (command->journal, &keep, &dropped, err));
      all += dropped;
    }
  while (dropped > 0);
  command->context->print (command->context, command->context->zh ? "删除 %ld 条报文\n" : "%ld messages dropped\n",
                           all);
  return SF_OK;
}

static const struct word
{
  const char *name;
  int words; /* after it */
  bool writes;
  enum sf_code (*run) (struct command *command, char **words, struct sf_error *err);
} all_words[] = {
  { "list", 0, false, do_list },     { "show", 1, false, do_show },    { "quarantine", 0, false, do_quarantine },
  { "export", 1, false, do_export }, { "import", 1, true, do_import }, { "check", 0, false, do_check },
  { "trim", 0, true, do_trim },
};

enum
{
  WORDS = sizeof all_words / sizeof all_words[0]
};

static enum sf_code
find_word (int argc, char **argv, const struct word **ret_word, struct sf_error *err)
{
  const char *names[WORDS];
  for (int i = 0; i < WORDS; i++)
    {
      names[i] = all_words[i].name;
      if (strcmp (argv[1], all_words[i].name) != 0)
        continue;
      if (argc - 2 != all_words[i].words)
        return sf_fail (err, SF_EINVAL, "journal %s takes %d more words, got %d", argv[1], all_words[i].words,
                        argc - 2);
      *ret_word = &all_words[i];
      return SF_OK;
    }
  const char *nearest = sf_text_nearest (argv[1], names, WORDS);
  return sf_fail (err, SF_EINVAL, "journal %s: there is no such word%s%s%s", argv[1], nearest ? "; did you mean " : "",
                  nearest ? nearest : "", nearest ? "?" : "");
}

/* Nothing of a feed that nobody knows is no answer. */
static enum sf_code
check_feed (const struct sf_settings *settings, struct sf_error *err)
{
  const char *feed = sf_settings_text (settings, "feed");
  struct sf_arena arena = { 0 };
  struct sf_feed_names names;
  if (!feed)
    return SF_OK;
  enum sf_code code = sf_feed_names_find (&arena, sf_settings_text (settings, "data"), &names, err);
  if (code == SF_OK)
    code = sf_feed_names_check (&names, feed, err);
  sf_arena_finish (&arena);
  return code;
}

static enum sf_code
do_word (const struct sf_command_context *context, int argc, char **argv, struct sf_error *err)
{
  const struct sf_settings *settings = context->host->settings;
  const struct word *word = NULL;
  struct command command = { .context = context };
  int64_t limit = sf_settings_int (settings, "limit");
  SF_TRY (find_word (argc, argv, &word, err));
  SF_TRY (check_feed (settings, err));
  command.json = sf_settings_choice (settings, "format") == 1;
  command.range = (struct sf_journal_range){ .feed = sf_settings_text (settings, "feed"),
                                             .from_s = sf_settings_int (settings, "from"),
                                             .to_s = sf_settings_int (settings, "to"),
                                             .limit = limit == INT64_MIN ? 0 : (long) limit };
  SF_TRY (sf_journal_open (sf_settings_text (settings, "data"), word->writes, &command.journal, err));
  enum sf_code code = word->run (&command, argv + 2, err);
  sf_strbuf_finish (&command.line);
  sf_journal_close (command.journal);
  return code;
}

static int
run (const struct sf_command_context *context, int argc, char **argv, struct sf_error *err)
{
  enum sf_code code = do_word (context, argc, argv, err);
  return code == SF_OK ? 0 : code == SF_EINVAL ? 2 : 1;
}

static const struct sf_command command = {
  .usage = "journal list|show ID|quarantine|export FILE|import FILE|check|trim",
  .more_en
  = "list        what came: number, time received, feed, source, size, decoder, verdicts\n"
    "show        the bytes of a message, as received (--hex: readable)\n"
    "quarantine  what gave no record, and why (--summary: counted)\n"
    "export      a period (--from, --to, --feed) as one new file: evidence, a drill, a bug report\n"
    "import      takes such a file in; what is known is not taken twice\n"
    "check       looks for damage: every message against its checksum, and the database's structure\n"
    "trim        drops the oldest; ingest does so by itself\n\n"
    "  sanfang journal list --data out --feed water_levels --from 2024-09-06T00:00+08:00\n"
    "  sanfang journal show 4711 --data out > message.bin\n"
    "  sanfang journal export evidence.journal --data out --from 2024-09-06T00:00+08:00 --to 2024-09-07T00:00+08:00",
  .more_zh
  = "list        收到的报文：编号、接收时间、数据源、来源、大小、解码器、判定\n"
    "show        报文原文（--hex：十六进制）\n"
    "quarantine  未能成为记录的内容及原因（--summary：计数）\n"
    "export      把一段时间（--from、--to、--feed）导出为一个新文件：证据、演练、问题报告\n"
    "import      导入此类文件；已有的报文不重复导入\n"
    "check       检查损坏：逐条核对校验和，并检查数据库结构\n"
    "trim        删除最早的报文；接收程序会自动进行\n\n"
    "  sanfang journal list --data out --feed water_levels --from 2024-09-06T00:00+08:00\n"
    "  sanfang journal show 4711 --data out > message.bin\n"
    "  sanfang journal export evidence.journal --data out --from 2024-09-06T00:00+08:00 --to 2024-09-07T00:00+08:00",
  .words_min = 1,
  .words_max = 2,
  .run = run,
};

SF_PLUGIN_EXPORT (journal) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_COMMAND,
  .name = "journal",
  .version = "1.0",
  .licence = "Apache-2.0",
  .summary_en = "look at, carry, check and trim the messages that feeds brought",
  .summary_zh = "查看、导出、检查和清理各数据源的报文",
  .options = options,
  .as.command = &command,
};
