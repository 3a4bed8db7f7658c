/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/cli.h"

#include "core/base/file.h"
#include "core/base/time.h"
#include "core/cycle/ingest.h"

#include <math.h>
#include <string.h>
#include <time.h>

enum
{
  FILE_LIMIT_BYTES = 1 << 30
};

static const struct sf_option options[] = {
  { .name = "json",
    .type = SF_OPTION_BOOL,
    .fallback = "false",
    .help_en = "print every record as one JSON line",
    .help_zh = "每条记录输出一行 JSON" },
  { .name = "feed",
    .type = SF_OPTION_TEXT,
    .fallback = "decode",
    .help_en = "name of the feed in the records",
    .help_zh = "记录中的数据源名" },
  { .name = NULL },
};

static void
print_number (double value, int decimals, int width)
{
  if (isnan (value))
    printf (" %*s", width, "-");
  else
    printf (" %*.*f", width, decimals, value);
}

static void
print_text (const char *text, int width)
{
  text = text && *text ? text : "-";
  sf_text_print (text, stdout);
  int pad = width - sf_text_columns (text);
  printf ("%*s", pad > 0 ? pad + 1 : 1, "");
}

static void
print_fix (const struct sf_record *record)
{
  const struct sf_fix *fix = &record->as.track;
  char time[SF_TIME_TEXT_BYTES];
  printf ("%s  ", sf_time_format_utc (time, record->valid_s));
  print_text (fix->storm, 10);
  print_text (fix->name, 14);
  print_text (fix->agency, 6);
  if (fix->lead_s == INT64_MIN)
    printf ("%5s", "-");
  else
    printf ("%+4lldh", (long long) (fix->lead_s / 3600));
  print_number (fix->lon_deg, 2, 8);
  print_number (fix->lat_deg, 2, 7);
  print_number (fix->pressure_hpa, 0, 6);
  print_number (fix->wind_mps, 1, 6);
  putchar (' ');
  print_text (fix->grade, 8);
  printf ("q%d ", record->quality);
  if (record->doubt)
    sf_text_print (record->doubt, stdout);
  putchar ('\n');
}

static enum sf_code
print_records (const struct sf_ingest *ingest, bool json, struct sf_error *err)
{
  struct sf_strbuf line = { 0 };
  enum sf_code code = SF_OK;
  for (size_t i = 0; code == SF_OK && i < ingest->records_count; i++)
    {
      if (!json && ingest->records[i].kind == SF_RECORD_TRACK)
        {
          print_fix (&ingest->records[i]);
          continue;
        }
      sf_strbuf_reset (&line);
      sf_record_format_json (&ingest->records[i], &line);
      if (line.failed)
        code = sf_fail (err, SF_ENOMEM, "out of memory");
      else
        puts (line.text);
    }
  sf_strbuf_finish (&line);
  return code;
}

static enum sf_code
decode_files (struct sf_cli *cli, const struct sf_arguments *arguments, const struct sf_plugin *plugin,
              struct sf_ingest *ingest, struct sf_error *err)
{
  static const struct sf_option none[] = { { .name = NULL } };
  struct sf_settings *settings = NULL;
  struct sf_host host;
  void *state = NULL;
  SF_TRY (sf_settings_parse (&cli->arena, plugin->options ? plugin->options : none, NULL, NULL, &settings, err));
  for (size_t i = 0; i < arguments->overrides_count; i++)
    SF_TRY (sf_settings_set (settings, arguments->overrides[i].key, arguments->overrides[i].value, "--set", err));
  SF_TRY (sf_settings_check_required (settings, plugin->name, err));
  sf_plugin_host_handle (cli->plugins, plugin->name, settings, SF_TIME_MISSING, &host);
  SF_TRY (plugin->as.decoder->open (&host, &state, err));
  enum sf_code code = SF_OK;
  for (int i = 1; code == SF_OK && i < arguments->count; i++)
    {
      uint8_t *bytes = NULL;
      size_t length = 0;
      code = sf_file_read (&cli->arena, arguments->words[i], FILE_LIMIT_BYTES, &bytes, &length, err);
      struct sf_message message = { .feed = sf_settings_text (arguments->settings, "feed"),
                                    .source = arguments->words[i],
                                    .bytes = bytes,
                                    .length = length,
                                    .received_s = (int64_t) time (NULL) };
      if (code == SF_OK)
        code = sf_ingest_message (ingest, plugin->as.decoder, state, &message, cli->log, err);
    }
  plugin->as.decoder->close (state);
  return code;
}

static int
run (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_error *err)
{
  const struct sf_plugin *plugin = NULL;
  struct sf_ingest ingest = { .arena = &cli->arena };
  enum sf_code code = sf_cli_start (cli, err);
  if (code == SF_OK)
    code = sf_plugin_host_find (cli->plugins, SF_PLUGIN_DECODER, arguments->words[0], &plugin, err);
  if (code == SF_OK)
    code = decode_files (cli, arguments, plugin, &ingest, err);
  enum sf_code printed = print_records (&ingest, sf_settings_bool (arguments->settings, "json"), err);
  size_t rejected = ingest.rejected;
  sf_ingest_finish (&ingest);
  if (code != SF_OK || printed != SF_OK)
    return SF_EXIT_FAILED;
  return rejected > 0 ? SF_EXIT_QUARANTINED : SF_EXIT_DONE;
}

const struct sf_cli_command sf_command_decode = {
  .name = "decode",
  .usage = "decode PLUGIN FILE... [--set KEY=VALUE]... [--json]",
  .summary_en = "decode files (or - for standard input) and print their records",
  .summary_zh = "解码文件（- 表示标准输入）并输出记录",
  .more_en = "With --json each record is one line: kind, feed, time (ISO 8601 UTC), lon, lat ...; missing = null.\n"
             "Bad pieces are named on standard error and make the exit code 3.\n\n"
             "  sanfang decode cma_bst CH2014BST.txt --json | jq .wind_mps",
  .more_zh = "加 --json 时每条记录一行：kind、feed、time（ISO 8601 世界时）、lon、lat……；缺测为 null。\n"
             "坏数据在标准错误中逐条说明，退出码为 3。\n\n"
             "  sanfang decode cma_bst CH2014BST.txt --json | jq .wind_mps",
  .options = options,
  .takes_set = true,
  .words_min = 2,
  .words_max = -1,
  .run = run,
};
