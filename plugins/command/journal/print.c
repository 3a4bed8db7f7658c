/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/command/journal/journal.h"

#include "core/base/json.h"
#include "core/base/time.h"

#include <stdlib.h>
#include <string.h>

/* What the command journal prints. */

static const char *
verdict_name (enum sf_verdict_kind kind, int zh)
{
  switch (kind)
    {
    case SF_VERDICT_PIECE:
      return zh ? "片段" : "piece";
    case SF_VERDICT_MESSAGE:
      return zh ? "报文" : "message";
    case SF_VERDICT_POISON:
      return zh ? "有害" : "poison";
    }
  return "?";
}

static enum sf_code
print_line (struct command *command, struct sf_error *err)
{
  if (command->line.failed)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  command->context->print (command->context, "%s\n", command->line.text);
  return SF_OK;
}

/* --- list --- */

static void
put_entry (struct sf_json *json, const struct sf_journal_entry *entry)
{
  char key[SF_KEY_TEXT_BYTES];
  sf_json_put_int (json, "id", entry->id);
  sf_json_put_string (json, "feed", entry->feed);
  sf_json_put_time (json, "received", entry->received_s);
  sf_json_put_string (json, "source", entry->source);
  sf_json_put_string (json, "identity", entry->identity);
  sf_json_put_string (json, "decoder", entry->decoder);
  sf_json_put_int (json, "bytes", (int64_t) entry->length);
  sf_json_put_string (json, "sha256", sf_key_format (&entry->sha256, key));
  sf_json_put_bool (json, "damaged", entry->damaged);
}

static enum sf_code
list_entry (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err)
{
  struct command *command = ctx;
  const struct sf_command_context *context = command->context;
  struct sf_arena arena = { 0 };
  char time[SF_TIME_TEXT_BYTES];
  long verdicts;
  SF_TRY (sf_journal_count_verdicts (command->journal, entry->id, &verdicts, err));
  sf_strbuf_reset (&command->line);
  if (command->json)
    {
      struct sf_json json = { .out = &command->line };
      sf_json_begin_object (&json);
      put_entry (&json, entry);
      sf_json_put_int (&json, "verdicts", verdicts);
      sf_json_end_object (&json);
      return print_line (command, err);
    }
  const char *feed = journal_clean (&arena, entry->feed), *source = journal_clean (&arena, entry->source);
  sf_strbuf_addf (&command->line, "%8lld  %s  %-20s %8zu  %-14s %8ld  %s%s", (long long) entry->id,
                  sf_time_format_beijing (time, entry->received_s), feed ? feed : "", entry->length, entry->decoder,
                  verdicts, source ? source : "",
                  !entry->damaged ? ""
                  : context->zh   ? "  已损坏"
                                  : "  DAMAGED");
  sf_arena_finish (&arena);
  return print_line (command, err);
}

enum sf_code
journal_list (struct command *command, struct sf_error *err)
{
  if (!command->json)
    command->context->print (
        command->context,
        command->context->zh
            ? "    编号  接收时间              数据源                 字节数  解码器             判定  来源\n"
            : "  number  received              feed                    bytes  decoder        verdicts  source\n");
  return sf_journal_read (command->journal, &command->range, list_entry, command, err);
}

/* --- show --- */

static void
print_hex (const struct sf_command_context *context, const struct sf_journal_entry *entry)
{
  for (size_t at = 0; at < entry->length; at += 16)
    {
      size_t end = at + 16 < entry->length ? at + 16 : entry->length;
      context->print (context, "%08zx ", at);
      for (size_t i = at; i < at + 16; i++)
        if (i < end)
          context->print (context, " %02x", entry->bytes[i]);
        else
          context->print (context, "   ");
      context->print (context, "  |");
      for (size_t i = at; i < end; i++)
        context->print (context, "%c", entry->bytes[i] >= 0x20 && entry->bytes[i] < 0x7f ? entry->bytes[i] : '.');
      context->print (context, "|\n");
    }
}

struct show
{
  struct command *command;
  int64_t id;
  bool found;
};

static enum sf_code
show_entry (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err)
{
  struct show *show = ctx;
  const struct sf_command_context *context = show->command->context;
  if (entry->id != show->id)
    return SF_OK;
  show->found = true;
  if (sf_settings_bool (context->host->settings, "hex"))
    print_hex (context, entry);
  else
    for (size_t i = 0; i < entry->length; i++)
      context->print (context, "%c", entry->bytes[i]);
  if (entry->damaged)
    return sf_fail (err, SF_EFORMAT, "message %lld is damaged: these are not the bytes that were written",
                    (long long) entry->id);
  return SF_OK;
}

enum sf_code
journal_show (struct command *command, const char *id, struct sf_error *err)
{
  struct show show = { .command = command };
  if (!sf_text_parse_int (sf_span_of (id), &show.id) || show.id < 1)
    return sf_fail (err, SF_EINVAL, "journal show: '%s' is no number of a message", id);
  struct sf_journal_range range
      = { .after_id = show.id - 1, .from_s = SF_TIME_MISSING, .to_s = SF_TIME_MISSING, .limit = 1 };
  SF_TRY (sf_journal_read (command->journal, &range, show_entry, &show, err));
  if (!show.found)
    return sf_fail (err, SF_ENOTFOUND, "there is no message %lld", (long long) show.id);
  return SF_OK;
}

/* --- quarantine --- */

static const struct sf_reason_class *
class_of (const struct command *command, const char *reason)
{
  return sf_vocabulary_reason (command->context->host->vocabulary, reason);
}

static void
put_class (struct sf_json *json, const struct sf_reason_class *is)
{
  sf_json_put_string (json, "class", is->name);
  sf_json_put_string (json, "class_en", is->title_en);
  sf_json_put_string (json, "class_zh", is->title_zh);
}

/* What a refusal is about, in the reader's language, and its sentence. */
static void
add_reason (struct command *command, const char *reason)
{
  const struct sf_reason_class *is = class_of (command, reason);
  int zh = command->context->zh;
  sf_strbuf_addf (&command->line, "%s%s%s", zh ? is->title_zh : is->title_en, zh ? "：" : ": ", reason);
}

static enum sf_code
print_verdict (void *ctx, const struct sf_journal_entry *entry, const struct sf_verdict *verdict, struct sf_error *err)
{
  struct command *command = ctx;
  struct sf_arena arena = { 0 };
  char time[SF_TIME_TEXT_BYTES];
  sf_strbuf_reset (&command->line);
  if (command->json)
    {
      struct sf_json json = { .out = &command->line };
      sf_json_begin_object (&json);
      put_entry (&json, entry);
      sf_json_put_string (&json, "kind", verdict_name (verdict->kind, 0));
      sf_json_put_int (&json, "line", verdict->line);
      sf_json_put_string (&json, "reason", verdict->reason);
      put_class (&json, class_of (command, verdict->reason));
      sf_json_put_string (&json, "excerpt", verdict->excerpt);
      sf_json_put_string (&json, "build", verdict->build);
      sf_json_put_time (&json, "made", verdict->made_s);
      sf_json_end_object (&json);
      return print_line (command, err);
    }
  const char *feed = journal_clean (&arena, entry->feed), *reason = journal_clean (&arena, verdict->reason);
  const char *excerpt = journal_clean (&arena, verdict->excerpt);
  sf_strbuf_addf (&command->line, "%8lld  %s  %-20s %-8s %s:%ld  ", (long long) entry->id,
                  sf_time_format_beijing (time, entry->received_s), feed ? feed : "",
                  verdict_name (verdict->kind, command->context->zh), verdict->decoder, verdict->line);
  add_reason (command, reason ? reason : "");
  sf_strbuf_addf (&command->line, "  [%s]", excerpt ? excerpt : "");
  sf_arena_finish (&arena);
  return print_line (command, err);
}

enum
{
  REASONS_MAX = 1000 /* different ones of all feeds; the rest is counted together */
};

struct reason
{
  const char *feed, *reason;
  enum sf_verdict_kind kind;
  long count;
};

struct summary
{
  struct sf_arena arena;
  struct reason reasons[REASONS_MAX];
  size_t count;
  long others;
};

static enum sf_code
count_reason (void *ctx, const struct sf_journal_entry *entry, const struct sf_verdict *verdict, struct sf_error *err)
{
  struct summary *summary = ctx;
  size_t i = 0;
  while (i < summary->count
         && (strcmp (summary->reasons[i].feed, entry->feed) != 0
             || strcmp (summary->reasons[i].reason, verdict->reason) != 0))
    i++;
  if (i == REASONS_MAX)
    {
      summary->others++;
      return SF_OK;
    }
  if (i == summary->count)
    {
      const char *feed = journal_clean (&summary->arena, entry->feed);
      const char *reason = journal_clean (&summary->arena, verdict->reason);
      if (!feed || !reason)
        return sf_fail (err, SF_ENOMEM, "out of memory");
      summary->reasons[summary->count++] = (struct reason){ feed, reason, verdict->kind, 0 };
    }
  summary->reasons[i].count++;
  return SF_OK;
}

static int
by_feed_and_count (const void *a, const void *b)
{
  const struct reason *x = a, *y = b;
  int feed = strcmp (x->feed, y->feed);
  if (feed != 0)
    return feed;
  if (x->count != y->count)
    return x->count < y->count ? 1 : -1;
  return strcmp (x->reason, y->reason);
}

static enum sf_code
print_summary (struct command *command, struct summary *summary, struct sf_error *err)
{
  int zh = command->context->zh;
  qsort (summary->reasons, summary->count, sizeof *summary->reasons, by_feed_and_count);
  for (size_t i = 0; i < summary->count; i++)
    {
      const struct reason *reason = &summary->reasons[i];
      struct sf_json json = { .out = &command->line };
      sf_strbuf_reset (&command->line);
      if (command->json)
        {
          sf_json_begin_object (&json);
          sf_json_put_string (&json, "feed", reason->feed);
          sf_json_put_string (&json, "kind", verdict_name (reason->kind, 0));
          sf_json_put_string (&json, "reason", reason->reason);
          put_class (&json, class_of (command, reason->reason));
          sf_json_put_int (&json, "count", reason->count);
          sf_json_end_object (&json);
        }
      else
        {
          sf_strbuf_addf (&command->line, "%-20s %8ld  %-8s ", reason->feed, reason->count,
                          verdict_name (reason->kind, zh));
          add_reason (command, reason->reason);
        }
      SF_TRY (print_line (command, err));
    }
  if (summary->others > 0 && !command->json)
    command->context->print (command->context, zh ? "另有 %ld 条其他原因\n" : "%ld more of other reasons\n",
                             summary->others);
  return SF_OK;
}

enum sf_code
journal_quarantine (struct command *command, struct sf_error *err)
{
  if (!sf_settings_bool (command->context->host->settings, "summary"))
    return sf_journal_read_verdicts (command->journal, &command->range, print_verdict, command, err);
  struct summary *summary = sf_mem_calloc (1, sizeof *summary);
  if (!summary)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  enum sf_code code = sf_journal_read_verdicts (command->journal, &command->range, count_reason, summary, err);
  if (code == SF_OK)
    code = print_summary (command, summary, err);
  sf_arena_finish (&summary->arena);
  sf_mem_free (summary);
  return code;
}
