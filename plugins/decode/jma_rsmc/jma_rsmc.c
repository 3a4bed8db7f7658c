/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/bst.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The best track of RSMC Tokyo (JMA), bst_all.txt, fixed columns (counted from 1), CR LF:
   1-8 yymmddhh (UTC; 51-99 are 19yy)  10-12 002  14 grade  16-18 latitude (0.1 N)  20-23 longitude (0.1 E)  25-28 hPa
   34-36 wind (kn, 10-min; 000 below storm strength: missing)  42 direction and 43-46 length (nmi) of the longest radius
   of 50 kn, 48-51 the shortest  53, 54-57, 59-62 the same of 30 kn  72 # landfall in Japan. The rings are kept as force
   10 and force 7, whose Beaufort classes hold 50 kn (25.7 m/s) and 30 kn (15.4 m/s). */

struct state
{
  struct sf_fix_state base;
  double averaging_min;
  struct sf_bst_storm storm;
  char key[32];
};

static const struct sf_option options[] = { { .name = "averaging",
                                              .type = SF_OPTION_DOUBLE,
                                              .unit = "min",
                                              .fallback = "10",
                                              .min = 1,
                                              .max = 10,
                                              .help_en = "minutes that the wind is averaged over; JMA's are 10",
                                              .help_zh = "风速的平均时段（分钟）；日本气象厅为10分钟" },
                                            { .name = NULL } };

static int
identify (const uint8_t *bytes, size_t length)
{
  struct sf_bst_look look = sf_bst_look_at ((struct sf_span){ (const char *) bytes, length });
  if (!look.headers || look.with_10_digits > look.with_8_digits)
    return 0;
  return look.with_8_digits ? 95 : 0;
}

static enum sf_code
open_decoder (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  struct state *state = sf_fix_state_new (sizeof *state, "jma_rsmc", err);
  if (!state)
    return SF_ENOMEM;
  state->averaging_min = sf_settings_double (host->settings, "averaging");
  *ret_state = state;
  return SF_OK;
}

/* Columns first to last of a line, counted from 1; empty beyond its end. */
static struct sf_span
columns (struct sf_span line, size_t first, size_t last)
{
  size_t begin = first - 1 < line.length ? first - 1 : line.length, end = last < line.length ? last : line.length;
  return sf_span_trim ((struct sf_span){ line.text + begin, end - begin });
}

static bool
parse_time (struct sf_span digits, int64_t *ret_time_s)
{
  if (!sf_bst_is_digits (digits, 8))
    return false;
  char full[11];
  snprintf (full, sizeof full, "%s%.8s",
            digits.text[0] >= '6' || (digits.text[0] == '5' && digits.text[1] >= '1') ? "19" : "20", digits.text);
  return sf_time_parse_compact (full, 10, 0, ret_time_s, NULL) == SF_OK;
}

/* A ring of a line: blank columns mean that none is given; false when they hold something else than numbers. */
static bool
parse_ring (struct sf_span line, size_t first, struct sf_fix *fix, enum sf_ring ring)
{
  struct sf_span direction = columns (line, first, first), longest = columns (line, first + 1, first + 4);
  struct sf_span shortest = columns (line, first + 6, first + 9);
  if (!direction.length && !longest.length && !shortest.length)
    return true;
  int64_t towards, long_nmi, short_nmi;
  if (!sf_text_parse_int (direction, &towards) || !sf_text_parse_int (longest, &long_nmi)
      || !sf_text_parse_int (shortest, &short_nmi) || towards > 9 || short_nmi > long_nmi)
    return false;
  sf_fixes_set_ring_jma (fix, ring, (int) towards, sf_fixes_nmi_to_km ((double) long_nmi),
                         sf_fixes_nmi_to_km ((double) short_nmi));
  return true;
}

/* The columns of a line put into a record; returns what is wrong with it, or NULL. */
static const char *
parse_fix (struct state *state, struct sf_span line, struct sf_record *record)
{
  struct sf_fix *fix = &record->as.track;
  int64_t grade, lat, lon, pressure, wind;
  bool known;
  if (!parse_time (columns (line, 1, 8), &record->valid_s))
    return "columns 1-8 are no time yymmddhh";
  if (!sf_span_equal (columns (line, 10, 12), "002"))
    return "columns 10-12 are not 002";
  if (!sf_text_parse_int (columns (line, 14, 14), &grade)
      || (fix->grade = sf_fixes_grade_of_jma (grade, &known), !known))
    return "column 14 is no grade 2-7, 9";
  if (!sf_text_parse_int (columns (line, 16, 18), &lat) || !sf_text_parse_int (columns (line, 20, 23), &lon))
    return "columns 16-18 and 20-23 are no latitude and longitude";
  if (!sf_text_parse_int (columns (line, 25, 28), &pressure))
    return "columns 25-28 are no pressure";
  if (!columns (line, 34, 36).length)
    wind = 0;
  else if (!sf_text_parse_int (columns (line, 34, 36), &wind))
    return "columns 34-36 are no wind";
  if (!parse_ring (line, 42, fix, SF_RING_FORCE10) || !parse_ring (line, 53, fix, SF_RING_FORCE7))
    return "the radii in columns 42-51 or 53-62 cannot be read";
  fix->lat_deg = (double) lat / 10;
  fix->lon_deg = (double) lon / 10;
  fix->pressure_hpa = pressure ? (double) pressure : NAN;
  fix->wind_mps = wind ? sf_fixes_kn_to_mps ((double) wind) : NAN;
  fix->averaging_min = state->averaging_min;
  return NULL;
}

static void
name_storm (struct state *state, int year)
{
  const char *id = strcmp (state->storm.international, "0000") ? state->storm.international : state->storm.third;
  snprintf (state->key, sizeof state->key, "%04d-%s", year, id);
}

static enum sf_code
decode_fix (struct state *state, struct sf_span line, long line_number, struct sf_error *err)
{
  struct sf_fixes *fixes = &state->base.fixes;
  if (!state->storm.known)
    {
      sf_fixes_reject (fixes, line_number, line, "no readable header 66666 before this line");
      return SF_OK;
    }
  struct sf_record *record = sf_fixes_new (fixes, line_number);
  if (!record)
    return sf_fail (err, SF_ENOMEM, "%s:%ld: out of memory", sf_fixes_source (fixes->message), line_number);
  const char *fault = parse_fix (state, line, record);
  if (fault)
    {
      sf_fixes_reject (fixes, line_number, line, "storm %s %s: %s", state->storm.international, state->storm.name,
                       fault);
      return SF_OK;
    }
  int year = sf_time_to_civil (record->valid_s, 0).year;
  if (!state->key[0])
    name_storm (state, year);
  struct sf_fix *fix = &record->as.track;
  fix->storm = state->key;
  fix->number = sf_bst_is_number (state->storm.international, year) ? state->storm.international : NULL;
  fix->name = sf_fixes_text (fixes, sf_span_of (state->storm.name));
  fix->agency = "RJTD";
  return sf_fixes_add (fixes, record, line, err);
}

static enum sf_code
end_storm (struct state *state, struct sf_error *err)
{
  struct sf_bst_storm *storm = &state->storm;
  if (storm->known && storm->seen != storm->announced)
    sf_fixes_reject (&state->base.fixes, storm->line, (struct sf_span){ storm->name, strlen (storm->name) },
                     "storm %s %s: the header announces %ld lines, %ld follow", storm->international, storm->name,
                     storm->announced, storm->seen);
  enum sf_code code = sf_fixes_flush (&state->base.fixes, err);
  *storm = (struct sf_bst_storm){ 0 };
  state->key[0] = '\0';
  return code;
}

static enum sf_code
decode_line (struct state *state, struct sf_span line, long line_number, struct sf_error *err)
{
  struct sf_bst_storm next;
  enum sf_bst_line kind = sf_bst_parse_header (line, line_number, &next);
  if (kind == SF_BST_OTHER)
    {
      state->storm.seen++;
      return decode_fix (state, line, line_number, err);
    }
  SF_TRY (end_storm (state, err));
  if (kind == SF_BST_HEADER)
    state->storm = next;
  else
    sf_fixes_reject (&state->base.fixes, line_number, line,
                     "the header cannot be read; its fixes are left out until the next one");
  return SF_OK;
}

static enum sf_code
decode (void *opaque, const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  struct state *state = opaque;
  sf_arena_reset (&state->base.arena);
  sf_fixes_begin (&state->base.fixes, message, sink);
  state->storm = (struct sf_bst_storm){ 0 };
  state->key[0] = '\0';
  struct sf_span text, line;
  SF_TRY (sf_fixes_view_text (&state->base.arena, message, &text, err));
  struct sf_bst_look look = sf_bst_look_at (text);
  const char *source = sf_fixes_source (message);
  if (look.with_10_digits > look.with_8_digits)
    return sf_fail (err, SF_EFORMAT, "%s: a best track of CMA (10-digit times); decode it with cma_bst", source);
  if (!look.headers && text.length)
    return sf_fail (err, SF_EFORMAT, "%s: no header line 66666 in the first lines: not a JMA best track", source);
  for (long number = 0; sf_text_next_line (&text, &line, &number);)
    if (sf_span_trim (line).length)
      SF_TRY (decode_line (state, line, number, err));
  SF_TRY (end_storm (state, err));
  return sf_fixes_verdict (&state->base.fixes, "a header 66666 and fixed-column lines of RSMC Tokyo", err);
}

static const struct sf_decoder decoder = {
  .cage = SF_CAGE_PURE,
  .formats = "RSMC Tokyo (JMA) best track bst_all.txt",
  .identify = identify,
  .open = open_decoder,
  .decode = decode,
  .close = sf_fix_state_free,
};

SF_PLUGIN_EXPORT (jma_rsmc) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_DECODER,
  .name = "jma_rsmc",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "best tracks of RSMC Tokyo, Japan Meteorological Agency",
  .summary_zh = "日本气象厅东京台风中心最佳路径",
  .options = options,
  .as.decoder = &decoder,
};
