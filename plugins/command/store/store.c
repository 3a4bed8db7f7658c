/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store.h"
#include "core/base/json.h"
#include "core/base/time.h"
#include "core/plugin/plugin.h"

#include <string.h>

static const struct sf_option options[] = {
  { .name = "data",
    .type = SF_OPTION_TEXT,
    .fallback = "sanfang-out",
    .help_en = "folder of live operation, with store/ in it",
    .help_zh = "实时运行的文件夹，其中有 store/" },
  { .name = "json", .type = SF_OPTION_BOOL, .fallback = "false", .help_en = "print JSON", .help_zh = "以 JSON 输出" },
  { .name = NULL },
};

static bool
wants_json (const struct sf_command_context *context)
{
  return sf_settings_bool (context->host->settings, "json");
}

static enum sf_code
digest (const struct sf_command_context *context, struct sf_store *store, struct sf_error *err)
{
  struct sf_key key;
  char hex[SF_KEY_TEXT_BYTES];
  long rows = 0;
  SF_TRY (sf_store_digest (store, &key, &rows, err));
  sf_key_format (&key, hex);
  if (wants_json (context))
    context->print (context, "{\"sha256\":\"%s\",\"rows\":%ld}\n", hex, rows);
  else
    context->print (context, context->zh ? "%s  %ld 条\n" : "%s  %ld rows\n", hex, rows);
  return SF_OK;
}

static void
print_part (const struct sf_command_context *context, const struct sf_store_part *part)
{
  if (wants_json (context))
    context->print (context, "{\"kind\":\"%s\",\"file\":\"%s\",\"form\":%d,\"bytes\":%lld,\"rows\":%ld}\n",
                    sf_record_kind_name (part->kind, 0), part->name, part->form, (long long) part->bytes, part->rows);
  else
    context->print (
        context, context->zh ? "%-28s 格式 %d  %9.2f MiB  %9ld 条  %s\n" : "%-28s form %d  %9.2f MiB  %9ld rows  %s\n",
        part->name, part->form, (double) part->bytes / 1048576.0, part->rows,
        sf_record_kind_name (part->kind, context->zh));
}

static enum sf_code
info (const struct sf_command_context *context, struct sf_store *store, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_store_part *parts = NULL;
  size_t count = 0;
  enum sf_code code = sf_store_list (store, &arena, &parts, &count, err);
  for (size_t i = 0; i < count && code == SF_OK; i++)
    print_part (context, &parts[i]);
  sf_arena_finish (&arena);
  return code;
}

static void
say (void *ctx, const char *fault)
{
  const struct sf_command_context *context = ctx;
  context->print (context, "%s\n", fault);
}

static enum sf_code
check (const struct sf_command_context *context, struct sf_store *store, struct sf_error *err)
{
  long faults = 0;
  SF_TRY (sf_store_check (store, say, (void *) context, &faults, err));
  if (faults)
    return sf_fail (err, SF_EIO,
                    context->zh ? "发现 %ld 处问题；数据库可由日志库重建：sanfang replay"
                                : "%ld faults found; the store can be built again from the journal: sanfang replay",
                    faults);
  context->print (context, "%s\n", context->zh ? "完好" : "sound");
  return SF_OK;
}

static int
run (const struct sf_command_context *context, int argc, char **argv, struct sf_error *err)
{
  static const struct
  {
    const char *word;
    enum sf_code (*run) (const struct sf_command_context *context, struct sf_store *store, struct sf_error *err);
  } words[] = { { "digest", digest }, { "info", info }, { "check", check } };
  struct sf_store *store = NULL;
  size_t i = 0;
  (void) argc;
  while (i < sizeof words / sizeof *words && strcmp (argv[1], words[i].word) != 0)
    i++;
  if (i == sizeof words / sizeof *words)
    {
      sf_fail (err, SF_EINVAL, "what is '%s'? one of digest, info, check", argv[1]);
      return 2;
    }
  enum sf_code code = sf_store_open (sf_settings_text (context->host->settings, "data"), SF_STORE_READ, &store, err);
  if (code == SF_OK)
    code = words[i].run (context, store, err);
  sf_store_close (store);
  return code == SF_OK ? 0 : 1;
}

static const struct sf_command command = {
  .usage = "store digest|info|check [--data DIR] [--json]",
  .more_en = "digest: SHA-256 over all rows with their judgement; two stores that say the same have the same digest,\n"
             "in whatever order their messages came.\n"
             "info: files, their forms, sizes and rows.\n"
             "check: whether every file is sound and the catalogue agrees with the files of days.\n\n"
             "  sanfang store digest --data live",
  .more_zh = "digest：全部记录连同质控结论的 SHA-256；内容相同的两个库摘要相同，与报文到达次序无关。\n"
             "info：各文件的格式、大小和条数。\n"
             "check：各文件是否完好，目录库与逐日文件是否一致。\n\n"
             "  sanfang store digest --data live",
  .words_min = 1,
  .words_max = 1,
  .run = run,
};

SF_PLUGIN_EXPORT (store) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_COMMAND,
  .name = "store",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "look after the store: digest, files, soundness",
  .summary_zh = "维护数据库：摘要、文件、完好性",
  .options = options,
  .as.command = &command,
};
