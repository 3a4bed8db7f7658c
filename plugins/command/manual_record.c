/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/command/manual.h"

#include "core/base/json.h"
#include "core/feed/feed_names.h"
#include "core/feed/health.h"
#include "core/base/time.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* From what was typed to a record, and into the journal. */

/* --- fields --- */

static enum sf_code
parse_time (const struct manual_row *row, const struct manual_field *field, int64_t *ret_time_s, struct sf_error *err)
{
  struct sf_error wrong;
  if (sf_time_parse_iso (field->text, SF_TIME_NO_DEFAULT, ret_time_s, &wrong) == SF_OK)
    return SF_OK;
  return sf_fail (err, SF_EFORMAT, "%s: %s '%s': say a time with its zone, as \"2024-09-06 18:00+08:00\": %s",
                  row->where, field->name, field->text, wrong.message);
}

static enum sf_code
parse_number (const struct manual_row *row, const struct manual_field *field, double *ret_number, struct sf_error *err)
{
  if (sf_text_parse_double (sf_span_of (field->text), ret_number))
    return SF_OK;
  return sf_fail (err, SF_EFORMAT, "%s: %s '%s' is no number", row->where, field->name, field->text);
}

/* "12.34", or with the quantity's own unit behind it; "missing". */
static enum sf_code
parse_value (const struct manual_row *row, const struct manual_field *field, const struct sf_quantity *quantity,
             struct sf_record *record, struct sf_error *err)
{
  struct sf_span text = sf_span_trim (sf_span_of (field->text)), number = text;
  double *value = &record->as.observation.value;
  size_t unit = strlen (quantity->unit);
  if (sf_span_equal (text, "missing"))
    {
      *value = NAN;
      record->quality = SF_QUALITY_MISSING;
      return SF_OK;
    }
  if (unit > 0 && text.length > unit && memcmp (text.text + text.length - unit, quantity->unit, unit) == 0
      && strcmp (quantity->unit, "1") != 0)
    number.length -= unit;
  if (!sf_text_parse_double (number, value))
    return sf_fail (err, SF_EFORMAT, "%s: value '%s' is no number of %s in %s", row->where, field->text, quantity->name,
                    quantity->unit);
  if (quantity->type == SF_COLUMN_INT && *value != floor (*value))
    return sf_fail (err, SF_EFORMAT, "%s: value '%s': %s is a whole number", row->where, field->text, quantity->name);
  return SF_OK;
}

static enum sf_code
set_value (struct manual *manual, const struct manual_row *row, const struct manual_field *field,
           struct sf_record *record, struct sf_error *err)
{
  const struct sf_vocabulary *vocabulary = manual->context->host->vocabulary;
  const char *name = record->as.observation.quantity;
  const struct sf_quantity *quantity = name ? sf_vocabulary_quantity (vocabulary, name) : NULL;
  if (!quantity)
    return sf_fail (err, SF_EINVAL, "%s: there is no quantity '%s'; sanfang vocabulary lists them", row->where,
                    name ? name : "");
  if (quantity->type != SF_COLUMN_DOUBLE && quantity->type != SF_COLUMN_INT)
    return sf_fail (err, SF_ETYPE, "%s: %s is not observed as a number", row->where, name);
  return parse_value (row, field, quantity, record, err);
}

static const struct sf_member *
find_member (enum sf_record_kind kind, const char *name)
{
  const struct sf_member *member = sf_record_members (kind);
  while (member->name && strcmp (member->name, name) != 0)
    member++;
  return member->name ? member : NULL;
}

static enum sf_code
set_member (struct manual *manual, const struct manual_row *row, const struct manual_field *field,
            struct sf_record *record, struct sf_error *err)
{
  const struct sf_member *member = find_member (record->kind, field->name);
  if (!member)
    return sf_fail (err, SF_EINVAL, "%s: %s is no field of a record of kind %s", row->where, field->name,
                    sf_record_kind_name (record->kind, 0));
  void *place = (char *) record + member->offset;
  if (strcmp (field->name, "value") == 0)
    return set_value (manual, row, field, record, err);
  if (member->type == SF_MEMBER_DOUBLE)
    return parse_number (row, field, place, err);
  if (member->type == SF_MEMBER_TIME)
    return parse_time (row, field, place, err);
  *(const char **) place = field->text;
  return SF_OK;
}

static enum sf_code
set_field (struct manual *manual, const struct manual_row *row, const struct manual_field *field,
           struct sf_record *record, struct sf_error *err)
{
  if (strcmp (field->name, "time") == 0)
    return parse_time (row, field, &record->valid_s, err);
  if (strcmp (field->name, "doubt") == 0)
    {
      record->doubt = field->text;
      return SF_OK;
    }
  if (strcmp (field->name, "period") != 0)
    return set_member (manual, row, field, record, err);
  if (record->kind != SF_RECORD_OBSERVATION)
    return sf_fail (err, SF_EINVAL, "%s: period is of observations alone", row->where);
  return sf_time_parse_duration (field->text, &record->as.observation.period_s, err);
}

enum sf_code
manual_set (struct manual *manual, const struct manual_row *row, struct sf_record *record, struct sf_error *err)
{
  /* The quantity first: the value is read by it. */
  if (record->kind == SF_RECORD_OBSERVATION && manual_text (row, "quantity"))
    record->as.observation.quantity = manual_text (row, "quantity");
  for (size_t i = 0; i < row->count; i++)
    SF_TRY (manual_blame (manual, set_field (manual, row, &row->fields[i], record, err)));
  return SF_OK;
}

/* --- the message --- */

static bool
is_blank (const char *text)
{
  return !text || !*text;
}

/* The field that must be said and was not; NULL: none. */
static const char *
what_lacks (const struct sf_record *record)
{
  const struct sf_observation *observation = &record->as.observation;
  const struct sf_position *position = &record->as.position;
  switch (record->kind)
    {
    case SF_RECORD_OBSERVATION:
      if (is_blank (observation->asset))
        return "asset";
      if (is_blank (observation->quantity))
        return "quantity";
      if (isnan (observation->value) && record->quality != SF_QUALITY_MISSING)
        return "value";
      return record->valid_s == SF_TIME_MISSING ? "time" : NULL;
    case SF_RECORD_POSITION:
      if (is_blank (position->mover))
        return "mover";
      if (isnan (position->lon_deg) || isnan (position->lat_deg))
        return "lon and --lat";
      return record->valid_s == SF_TIME_MISSING ? "time" : NULL;
    case SF_RECORD_EVENT:
      return is_blank (record->as.event.id) ? "id" : is_blank (record->as.event.type) ? "type" : NULL;
    default:
      return is_blank (record->as.asset.id) ? "id" : NULL;
    }
}

static void
say_place (struct manual *manual, double lon_deg, double lat_deg)
{
  if (!isnan (lon_deg) && !isnan (lat_deg))
    sf_strbuf_addf (&manual->said,
                    manual->context->zh ? "，经度 %.10g 纬度 %.10g" : " at longitude %.10g, latitude %.10g", lon_deg,
                    lat_deg);
}

static void
say_record (struct manual *manual, const struct sf_record *record)
{
  const struct sf_observation *observation = &record->as.observation;
  char time[SF_TIME_TEXT_BYTES];
  const char *subject = record->kind == SF_RECORD_OBSERVATION ? observation->asset
                        : record->kind == SF_RECORD_POSITION  ? record->as.position.mover
                        : record->kind == SF_RECORD_EVENT     ? record->as.event.id
                                                              : record->as.asset.id;
  sf_strbuf_addf (&manual->said, "%s %s", sf_record_kind_name (record->kind, manual->context->zh), subject);
  if (record->kind == SF_RECORD_OBSERVATION && isnan (observation->value))
    sf_strbuf_addf (&manual->said, " %s %s", observation->quantity, manual->context->zh ? "缺测" : "missing");
  else if (record->kind == SF_RECORD_OBSERVATION)
    sf_strbuf_addf (&manual->said, " %s %.10g %s", observation->quantity, observation->value,
                    sf_vocabulary_quantity (manual->context->host->vocabulary, observation->quantity)->unit);
  if (record->kind == SF_RECORD_POSITION)
    say_place (manual, record->as.position.lon_deg, record->as.position.lat_deg);
  if (record->kind == SF_RECORD_ASSET)
    say_place (manual, record->as.asset.lon_deg, record->as.asset.lat_deg);
  sf_strbuf_addf (&manual->said, ", %s", sf_time_format_beijing (time, record->valid_s));
  if (record->revision > 0)
    sf_strbuf_addf (&manual->said, manual->context->zh ? "，第 %u 次修订" : ", revision %u", record->revision);
  sf_strbuf_add (&manual->said, "\n");
}

static enum sf_code
check_record (const struct manual_row *row, const struct sf_record *record, struct sf_error *err)
{
  struct sf_error wrong;
  const char *lack = what_lacks (record);
  if (lack)
    return sf_fail (err, SF_EINVAL, "%s: say --%s", row->where, lack);
  if (sf_record_check (record, &wrong) != SF_OK)
    return sf_fail (err, wrong.code, "%s: %s", row->where, wrong.message);
  return SF_OK;
}

enum sf_code
manual_add (struct manual *manual, const struct manual_row *row, const struct sf_record *record, struct sf_error *err)
{
  SF_TRY (manual_blame (manual, check_record (row, record, err)));
  struct sf_record copy = *record;
  if (copy.quality == SF_QUALITY_MISSING) /* nothing is there to be doubted; why says the rest */
    copy.doubt = NULL;
  if (manual->records_count++ > 0)
    sf_strbuf_add (&manual->records, ",");
  sf_record_format_json (&copy, &manual->records);
  say_record (manual, record);
  return SF_OK;
}

static void
format_document (const struct manual *manual, struct sf_strbuf *out)
{
  struct sf_json json = { .out = out };
  sf_json_begin_object (&json);
  sf_json_put_int (&json, "manual", 1);
  sf_json_put_string (&json, "who", manual->who);
  sf_json_put_time (&json, "when", manual->now_s);
  sf_json_put_string (&json, "why", manual->why);
  sf_json_key (&json, "records");
  sf_strbuf_addf (out, "[%s]", manual->records.text);
  sf_json_end_object (&json);
}

/* A name with a slip in it would be kept for ever and stored never. */
static enum sf_code
check_feed (struct manual *manual, struct sf_error *err)
{
  const struct sf_settings *settings = manual->context->host->settings;
  struct sf_feed_names names;
  if (sf_settings_bool (settings, "new-feed"))
    return SF_OK;
  SF_TRY (sf_feed_names_find (&manual->arena, sf_settings_text (settings, "data"), &names, err));
  if (sf_feed_names_has (&names, manual->feed))
    return SF_OK;
  const char *nearest = sf_text_nearest (manual->feed, names.names, names.count);
  manual->wrong_words = true;
  return sf_fail (err, SF_EINVAL, "nothing is known of a feed '%s'%s%s%s; where its name is right, say --new-feed",
                  manual->feed, nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

static enum sf_code
write_message (struct manual *manual, struct sf_journal *journal, const struct sf_strbuf *document, int64_t *ret_id,
               struct sf_error *err)
{
  char *source = sf_arena_printf (&manual->arena, "manual: %s", manual->who);
  struct sf_message message = { .feed = manual->feed,
                                .source = source,
                                .bytes = (const uint8_t *) document->text,
                                .length = document->length,
                                .received_s = manual->now_s };
  if (!source)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  SF_TRY (sf_journal_append (journal, &message, "manual", ret_id, err));
  return sf_journal_commit (journal, err);
}

/* What becomes of it now. */
static const char *
say_outlook (struct manual *manual)
{
  struct sf_health_board board;
  const char *dir = sf_settings_text (manual->context->host->settings, "data");
  int zh = manual->context->zh;
  if (sf_health_load (&manual->arena, dir, &board, NULL) != SF_OK || !sf_health_is_alive (&board, manual->now_s))
    return zh ? "该处没有接收程序在运行，启动后入库" : "no ingest runs there: it is stored once one does";
  for (size_t i = 0; i < board.feeds_count; i++)
    if (strcmp (board.feeds[i].feed, manual->feed) == 0)
      return zh ? "接收程序会自动入库" : "ingest stores it by itself";
  return zh ? "接收程序没有该数据源，部门文件中写明后入库"
            : "ingest has no such feed: it is stored once a department names it";
}

static enum sf_code
send_document (struct manual *manual, const struct sf_strbuf *document, struct sf_error *err)
{
  const struct sf_command_context *context = manual->context;
  struct sf_journal *journal = NULL;
  int64_t id = 0;
  if (document->failed || manual->records.failed || manual->said.failed)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  if (sf_settings_bool (context->host->settings, "dry-run"))
    {
      context->print (context, "%s%s\n", manual->said.text, document->text);
      return SF_OK;
    }
  SF_TRY (check_feed (manual, err));
  SF_TRY (sf_journal_open (sf_settings_text (context->host->settings, "data"), true, &journal, err));
  enum sf_code code = write_message (manual, journal, document, &id, err);
  sf_journal_close (journal);
  SF_TRY (code);
  context->print (context,
                  context->zh ? "%s已写入 %s 的日志，第 %lld 号报文，数据源 %s，共 %zu 条记录；%s\n"
                              : "%sin the journal of %s as message %lld of %s, records: %zu; %s\n",
                  manual->said.text, sf_settings_text (context->host->settings, "data"), (long long) id, manual->feed,
                  manual->records_count, say_outlook (manual));
  return SF_OK;
}

enum sf_code
manual_send (struct manual *manual, struct sf_error *err)
{
  struct sf_strbuf document = { 0 };
  format_document (manual, &document);
  enum sf_code code = send_document (manual, &document, err);
  sf_strbuf_finish (&document);
  return code;
}
