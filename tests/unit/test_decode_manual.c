/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base.h"
#include "tests/unit/decode_help.h"

#include <math.h>
#include <stdio.h>

extern const struct sf_plugin manual_LTX_sanfang_plugin;

#define HEAD "{\"manual\":1,\"who\":\"Wang\",\"when\":\"2024-09-06T10:05:00Z\",\"why\":\"phone call\",\"records\":["
#define LEVEL                                                                                                          \
  "{\"kind\":\"observation\",\"asset\":\"60102300\",\"quantity\":\"water_level\",\"value\":12.34,"                     \
  "\"time\":\"2024-09-06 18:00+08:00\"}"

static struct decoded *
decode_text (const char *text)
{
  return decode_help_text (&manual_LTX_sanfang_plugin, text);
}

START_TEST (a_phoned_level_keeps_who_why_and_when)
{
  struct decoded *out = decode_text (HEAD LEVEL "]}");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 1);
  ck_assert_uint_eq (out->rejects_count, 0);
  const struct sf_record *record = &out->records[0];
  ck_assert_int_eq (record->kind, SF_RECORD_OBSERVATION);
  ck_assert_str_eq (record->as.observation.asset, "60102300");
  ck_assert_str_eq (record->as.observation.quantity, "water_level");
  ck_assert (record->as.observation.value == 12.34);
  ck_assert (isnan (record->as.observation.lon_deg));
  ck_assert_int_eq (record->valid_s, 1725616800); /* date -d "2024-09-06 18:00+08:00" +%s */
  ck_assert_int_eq (record->received_s, 1700000000);
  ck_assert_int_eq (record->revision, 0);
  ck_assert_int_eq (record->quality, SF_QUALITY_ORIGINAL_RELIABLE);
  ck_assert_str_eq (record->source, "Wang: phone call (2024-09-06 18:05 BJT)");
  decode_help_free (out);
}
END_TEST

START_TEST (a_correction_stands_above)
{
  struct decoded *out
      = decode_text (HEAD "{\"kind\":\"observation\",\"asset\":\"1\",\"quantity\":\"water_level\",\"value\":2,\"time\":"
                          "\"2024-09-06T10:00:00Z\",\"period_s\":3600,\"revision\":3,\"quality\":1,\"doubt\":null}]}");
  ck_assert_uint_eq (out->count, 1);
  ck_assert_int_eq (out->records[0].revision, 3);
  ck_assert_int_eq (out->records[0].quality, SF_QUALITY_CORRECTED_RELIABLE);
  ck_assert_int_eq (out->records[0].as.observation.period_s, 3600);
  decode_help_free (out);
}
END_TEST

START_TEST (one_bad_record_costs_no_other)
{
  static const struct
  {
    const char *piece, *words;
  } cases[] = {
    { "5", "kind is none of" },
    { "{\"kind\":\"track\"}", "kind is none of" },
    { "{\"kind\":\"asset\",\"id\":\"a\",\"colour\":\"red\"}", "colour: no member" },
    { "{\"kind\":\"asset\",\"id\":7}", "id: no text" },
    { "{\"kind\":\"asset\"}", "asset lacks an id" },
    { "{\"kind\":\"observation\",\"asset\":\"a\",\"quantity\":\"q\",\"value\":\"12\",\"time\":\"2024-09-06T10:00Z\"}",
      "value: no number" },
    { "{\"kind\":\"observation\",\"asset\":\"a\",\"quantity\":\"q\",\"value\":12,\"time\":\"2024-09-06 18:00\"}",
      "time: no time with its zone" },
    { "{\"kind\":\"observation\",\"asset\":\"a\",\"quantity\":\"q\",\"value\":null,\"time\":\"2024-09-06T10:00Z\"}",
      "lacks a value" },
    { "{\"kind\":\"observation\",\"asset\":\"a\",\"quantity\":\"q\",\"value\":1}", "lacks a time" },
    { "{\"kind\":\"position\",\"mover\":\"a\",\"lon\":190,\"lat\":20,\"time\":\"2024-09-06T10:00Z\"}", "lon" },
    { "{\"kind\":\"position\",\"mover\":\"a\",\"lon\":110,\"time\":\"2024-09-06T10:00Z\"}",
      "lacks mover, lon and lat" },
    { "{\"kind\":\"asset\",\"id\":\"a\",\"quality\":3}", "lacks a doubt" },
    { "{\"kind\":\"asset\",\"id\":\"a\",\"doubt\":\"x\"}", "lacks a doubt" },
    { "{\"kind\":\"event\",\"id\":\"a\"}", "event lacks id and type" },
    { "{\"kind\":\"asset\",\"id\":\"a\",\"revision\":-1}", "revision: no whole number" },
    { "{\"kind\":\"asset\",\"id\":\"a\",\"quality\":10}", "quality: no whole number" },
    { "{\"kind\":\"event\",\"id\":\"a\",\"type\":\"t\",\"geometry\":{\"type\":\"Point\"}}",
      "geometry: nothing that can" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
      char text[1024];
      snprintf (text, sizeof text, "%s%s,%s,%s]}", HEAD, LEVEL, cases[i].piece, LEVEL);
      struct decoded *out = decode_text (text);
      ck_assert_int_eq (out->code, SF_OK);
      ck_assert_msg (out->count == 2 && out->rejects_count == 1, "case %d: %d records", (int) i, (int) out->count);
      ck_assert_int_eq (out->rejects[0].line, 2);
      ck_assert_msg (strstr (out->rejects[0].reason, cases[i].words), "case %d: %s", (int) i, out->rejects[0].reason);
      ck_assert_int_eq (out->records[1].source_line, 3);
      decode_help_free (out);
    }
}
END_TEST

START_TEST (what_names_nobody_is_no_entry)
{
  static const char *const texts[] = {
    "",
    "[]",
    "{\"manual\":2,\"who\":\"a\",\"when\":\"2024-09-06T10:00Z\",\"why\":\"b\",\"records\":[]}",
    "{\"manual\":1,\"who\":\" \",\"when\":\"2024-09-06T10:00Z\",\"why\":\"b\",\"records\":[]}",
    "{\"manual\":1,\"who\":\"a\",\"when\":\"2024-09-06T10:00Z\",\"records\":[]}",
    "{\"manual\":1,\"who\":\"a\",\"when\":\"2024-09-06 10:00\",\"why\":\"b\",\"records\":[]}",
    "{\"manual\":1,\"who\":\"a\",\"when\":\"2024-09-06T10:00Z\",\"why\":\"b\"}",
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    {
      struct decoded *out = decode_text (texts[i]);
      ck_assert_msg (out->code == SF_EFORMAT, "text %d: %s", (int) i, sf_code_name (out->code));
      ck_assert_uint_eq (out->count, 0);
      decode_help_free (out);
    }
}
END_TEST

int
main (void)
{
  return run_tests ("decode_manual",
                    (const TTest *const[]){ a_phoned_level_keeps_who_why_and_when, a_correction_stands_above,
                                            one_bad_record_costs_no_other, what_names_nobody_is_no_entry, NULL });
}
