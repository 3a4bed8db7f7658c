/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/bst.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The best track of the CMA Tropical Cyclone Data Center, CHyyyyBST.txt (Ying et al. 2014, Lu et al. 2021):
   header 66666 international lines serial CMA-number end hours name date, then one line a fix:
   yyyymmddhh (UTC) grade latitude (0.1 N) longitude (0.1 E) hPa wind (2-min m/s) [wind near the coast].
   The international number is 0000 even for named storms in many years, so a storm is known by its year and serial, and
   the number is taken from the CMA number where it is one. Steps are irregular, columns after the sixth are not read.
   Wind 0 is missing and 9 stands for "below 10": no number is made up for either, the wind is missing. */

struct state
{
  struct sf_fix_state base;
  double averaging_min;
  struct sf_bst_storm storm;
  char key[32], number[8]; /* "" until the first fix tells the year */
};

static const struct sf_option options[] = { { .name = "averaging",
                                              .type = SF_OPTION_DOUBLE,
                                              .unit = "min",
                                              .fallback = "2",
                                              .min = 1,
                                              .max = 10,
                                              .help_en = "minutes that the wind is averaged over; CMA's are 2",
                                              .help_zh = "风速的平均时段（分钟）；中国气象局为2分钟" },
                                            { .name = NULL } };

static int
identify (const uint8_t *bytes, size_t length)
{
  struct sf_bst_look look = sf_bst_look_at ((struct sf_span){ (const char *) bytes, length });
  if (!look.headers || look.with_8_digits > look.with_10_digits)
    return 0;
  return look.with_10_digits ? 95 : 40;
}

static enum sf_code
open_decoder (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  struct state *state = sf_fix_state_new (sizeof *state, "cma_bst", err);
  if (!state)
    return SF_ENOMEM;
  state->averaging_min = sf_settings_double (host->settings, "averaging");
  *ret_state = state;
  return SF_OK;
}

/* Name the storm once the year is known. Some files give nameless storms serial 0000 and their serial in the place of
   the CMA number (2017: "0000 0001"). */
static void
name_storm (struct state *state, int year)
{
  const struct sf_bst_storm *storm = &state->storm;
  const char *number = sf_bst_is_number (storm->international, year) ? storm->international
                       : sf_bst_is_number (storm->fourth, year)      ? storm->fourth
                                                                     : "";
  bool swapped = !strcmp (storm->third, "0000") && !number[0];
  snprintf (state->number, sizeof state->number, "%s", number);
  snprintf (state->key, sizeof state->key, "%04d-%s", year, swapped ? storm->fourth : storm->third);
  if (storm->sub_centre)
    {
      size_t used = strlen (state->key);
      snprintf (state->key + used, sizeof state->key - used, "-%d", storm->sub_centre);
    }
}

struct fix_words
{
  int64_t grade, lat, lon, pressure, wind;
};

static bool
parse_numbers (const struct sf_span *words, struct fix_words *ret_numbers)
{
  return sf_text_parse_int (words[1], &ret_numbers->grade) && sf_text_parse_int (words[2], &ret_numbers->lat)
         && sf_text_parse_int (words[3], &ret_numbers->lon) && sf_text_parse_int (words[4], &ret_numbers->pressure)
         && sf_text_parse_int (words[5], &ret_numbers->wind);
}

static enum sf_code
add_fix (struct state *state, struct sf_span line, long line_number, int64_t time_s, const struct fix_words *numbers,
         struct sf_error *err)
{
  struct sf_fixes *fixes = &state->base.fixes;
  bool known;
  const char *grade = sf_fixes_grade_of_cma (numbers->grade, &known);
  if (!known)
    {
      sf_fixes_reject (fixes, line_number, line, "storm %s: grade %lld is none of 0-6, 9", state->key,
                       (long long) numbers->grade);
      return SF_OK;
    }
  struct sf_record *record = sf_fixes_new (fixes, line_number);
  if (!record)
    return sf_fail (err, SF_ENOMEM, "%s:%ld: out of memory", sf_fixes_source (fixes->message), line_number);
  record->valid_s = time_s;
  struct sf_fix *fix = &record->as.track;
  fix->storm = state->key;
  fix->number = state->number[0] ? state->number : NULL;
  fix->name = sf_fixes_text (fixes, sf_span_of (state->storm.name));
  fix->agency = "BABJ";
  fix->grade = grade;
  fix->lat_deg = (double) numbers->lat / 10;
  fix->lon_deg = (double) numbers->lon / 10;
  fix->pressure_hpa = numbers->pressure ? (double) numbers->pressure : NAN;
  fix->averaging_min = state->averaging_min;
  if (numbers->wind != 0 && numbers->wind != 9)
    fix->wind_mps = (double) numbers->wind;
  if (numbers->wind == 9 && numbers->grade >= 1 && numbers->grade <= 6)
    SF_TRY (sf_fixes_doubt (fixes, record, err, "wind below 10 m/s (code 9) but grade %s", grade));
  return sf_fixes_add (fixes, record, line, err);
}

static enum sf_code
decode_fix (struct state *state, struct sf_span line, long line_number, struct sf_error *err)
{
  struct sf_fixes *fixes = &state->base.fixes;
  struct sf_span words[6];
  int count = sf_bst_words (line, words, 6);
  struct fix_words numbers;
  int64_t time_s;
  if (!state->storm.known)
    sf_fixes_reject (fixes, line_number, line, "no readable header 66666 before this line");
  else if (count < 6)
    sf_fixes_reject (fixes, line_number, line,
                     "storm %s %s: %d columns; a fix has time, grade, latitude, longitude, "
                     "pressure, wind",
                     state->storm.third, state->storm.name, count);
  else if (!sf_bst_is_digits (words[0], 10) || sf_time_parse_compact (words[0].text, 10, 0, &time_s, NULL) != SF_OK)
    sf_fixes_reject (fixes, line_number, line, "storm %s %s: '%.*s' is no time yyyymmddhh", state->storm.third,
                     state->storm.name, (int) (words[0].length < 20 ? words[0].length : 20), words[0].text);
  else if (!parse_numbers (words, &numbers))
    sf_fixes_reject (fixes, line_number, line,
                     "storm %s %s: grade, latitude, longitude, pressure and wind must be whole "
                     "numbers",
                     state->storm.third, state->storm.name);
  else
    {
      if (!state->key[0])
        name_storm (state, sf_time_to_civil (time_s, 0).year);
      return add_fix (state, line, line_number, time_s, &numbers, err);
    }
  return SF_OK;
}

/* Emit the storm read so far, and say so when its header announced another number of lines. */
static enum sf_code
end_storm (struct state *state, struct sf_error *err)
{
  struct sf_bst_storm *storm = &state->storm;
  if (storm->known && storm->seen != storm->announced)
    sf_fixes_reject (&state->base.fixes, storm->line, (struct sf_span){ storm->name, strlen (storm->name) },
                     "storm %s %s: the header announces %ld lines, %ld follow", storm->third, storm->name,
                     storm->announced, storm->seen);
  enum sf_code code = sf_fixes_flush (&state->base.fixes, err);
  *storm = (struct sf_bst_storm){ 0 };
  state->key[0] = state->number[0] = '\0';
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
refuse_other_formats (const struct sf_message *message, struct sf_span text, struct sf_error *err)
{
  const char *source = sf_fixes_source (message);
  struct sf_bst_look look = sf_bst_look_at (text);
  if (!look.headers && memmem (text.text, text.length < 400 ? text.length : 400, "S.N.", 4))
    return sf_fail (err, SF_EFORMAT,
                    "%s: an hourly tide table (\"S.N. ... Lev\"), not a best track; give it to a decoder of "
                    "tides",
                    source);
  if (look.with_8_digits > look.with_10_digits)
    return sf_fail (err, SF_EFORMAT, "%s: a best track of JMA (8-digit times); decode it with jma_rsmc", source);
  if (!look.headers && text.length)
    return sf_fail (err, SF_EFORMAT, "%s: no header line 66666 in the first lines: not a CMA best track", source);
  return SF_OK;
}

static enum sf_code
decode (void *opaque, const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  struct state *state = opaque;
  sf_arena_reset (&state->base.arena);
  sf_fixes_begin (&state->base.fixes, message, sink);
  state->storm = (struct sf_bst_storm){ 0 };
  state->key[0] = state->number[0] = '\0';
  struct sf_span text, line;
  SF_TRY (sf_fixes_view_text (&state->base.arena, message, &text, err));
  SF_TRY (refuse_other_formats (message, text, err));
  for (long number = 0; sf_text_next_line (&text, &line, &number);)
    if (sf_span_trim (line).length)
      SF_TRY (decode_line (state, line, number, err));
  SF_TRY (end_storm (state, err));
  return sf_fixes_verdict (&state->base.fixes,
                           "a header 66666 and lines of time, grade, latitude, longitude, pressure, wind", err);
}

static const struct sf_decoder decoder = {
  .cage = SF_CAGE_PURE,
  .formats = "CMA best track CHyyyyBST.txt",
  .identify = identify,
  .open = open_decoder,
  .decode = decode,
  .close = sf_fix_state_free,
};

SF_PLUGIN_EXPORT (cma_bst) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_DECODER,
  .name = "cma_bst",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "best tracks of the China Meteorological Administration",
  .summary_zh = "中国气象局热带气旋最佳路径数据集",
  .options = options,
  .as.decoder = &decoder,
};
