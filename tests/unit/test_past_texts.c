/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/archive/effects.h"
#include "models/typhoon/archive/words.h"
#include "tests/unit/base.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

static void
check_words (const struct sf_past_difference *difference, const char *english, const char *chinese)
{
  struct sf_strbuf en = { 0 }, zh = { 0 };
  sf_past_difference_say (difference, &en, &zh);
  ck_assert_str_eq (en.text, english);
  ck_assert_str_eq (zh.text, chinese);
  sf_strbuf_finish (&en);
  sf_strbuf_finish (&zh);
}

START_TEST (differences_in_words)
{
  struct sf_past_difference difference = { .wind_mps = -10.2,
                                           .apart_km = 85.4,
                                           .to_deg = 175,
                                           .motion_mps = 5 / 3.6,
                                           .turn_deg = -20,
                                           .days = -20.3,
                                           .size_km = NAN };
  check_words (&difference,
               "10 m/s weaker, 85 km further south, moved 5 km/h faster and 20 degrees further left, came 20 days "
               "earlier in the year",
               "强度弱10米/秒，位置偏南85公里，移速快5公里/时、移向偏左20度，季节早20天");
  difference = (struct sf_past_difference){
    .wind_mps = 1, .apart_km = 10, .motion_mps = -0.5, .turn_deg = 14, .days = 4, .size_km = 10
  };
  check_words (&difference, "as strong, at the same place, moved as fast, came at the same time of the year",
               "强度相当，位置相同，移速相当，季节相同");
  difference = (struct sf_past_difference){
    .wind_mps = NAN, .apart_km = 300, .to_deg = 359, .motion_mps = NAN, .turn_deg = NAN, .days = 61, .size_km = -55
  };
  check_words (
      &difference,
      "strength not known, 300 km further north, came 61 days later in the year, force 7 reached 55 km less far",
      "强度不明，位置偏北300公里，季节晚61天，七级风圈小55公里");
}
END_TEST

static void
check_effect (const struct sf_effect *effect, const char *english, const char *chinese)
{
  struct sf_strbuf en = { 0 }, zh = { 0 };
  sf_effects_say (effect, &en, &zh);
  ck_assert_str_eq (en.text, english);
  ck_assert_str_eq (zh.text, chinese);
  sf_strbuf_finish (&en);
  sf_strbuf_finish (&zh);
}

START_TEST (effects_are_data)
{
  struct sf_arena arena = { 0 };
  struct sf_effects effects;
  ck_done (sf_effects_load (&arena, TEST_SRCDIR "/share/" SF_EFFECTS_FILE, &effects, err));
  const struct sf_effect *kalmaegi = sf_effects_find (&effects, "1415");
  ck_assert_ptr_nonnull (kalmaegi);
  ck_assert_double_eq (kalmaegi->tide_m, 4.37);
  ck_assert_double_nan (kalmaegi->dead);
  ck_assert_str_eq (kalmaegi->name_zh, "海鸥");
  for (size_t i = 0; i < effects.count; i++)
    {
      ck_assert_ptr_nonnull (effects.items[i].source);
      ck_assert_ptr_nonnull (effects.items[i].name_zh);
      ck_assert_int_eq (effects.items[i].landfall == NULL, effects.items[i].landfall_zh == NULL);
      ck_assert_int_eq (effects.items[i].note == NULL, effects.items[i].note_zh == NULL);
    }
  ck_assert_ptr_null (sf_effects_find (&effects, "9999"));
  ck_assert_ptr_null (sf_effects_find (&effects, NULL));
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (effects_in_words)
{
  struct sf_effect effect = { .number = "1117",
                              .landfall = "Wenchang 2011-09-29 14:30",
                              .landfall_zh = "文昌 2011年9月29日14:30",
                              .rain_mm = 825,
                              .rain_place = "Wangxia",
                              .rain_place_zh = "王下",
                              .surge_m = NAN,
                              .tide_m = NAN,
                              .dead = 2,
                              .moved = NAN,
                              .source = "x" };
  check_effect (
      &effect, "landfall Wenchang 2011-09-29 14:30; most rain 825 mm (Wangxia); dead 2; not known: surge, people moved",
      "登陆：文昌 2011年9月29日14:30；最大雨量825毫米（王下）；死亡2人；不详：风暴潮、转移人数");
  check_effect (NULL, "not known: not in the table of effects", "不详：影响资料表未收录");
}
END_TEST

static void
check_refused (const char *body, const char *words)
{
  struct sf_arena arena = { 0 };
  struct sf_effects effects;
  char path[] = "/tmp/effects-XXXXXX";
  int fd = mkstemp (path);
  ck_assert_int_ge (fd, 0);
  FILE *file = fdopen (fd, "w");
  ck_assert_ptr_nonnull (file);
  fputs (body, file);
  fclose (file);
  ck_fails (sf_effects_load (&arena, path, &effects, err), SF_EFORMAT, words);
  unlink (path);
  sf_arena_finish (&arena);
}

#define HEADER                                                                                                         \
  "# a comment\nnumber,name,name_zh,landfall,landfall_zh,rain_mm,rain_place,rain_place_zh,surge_m,tide_m,dead,moved,"  \
  "note,note_zh,source\n"

START_TEST (wrong_tables_are_refused)
{
  check_refused ("", "no header");
  check_refused ("number,name\n", ":1: the header must be");
  check_refused (HEADER "1409,a\n", ":3: 2 fields, 15 are wanted");
  check_refused (HEADER "1409,,,,,many,,,,,,,,,x\n", ":3: 'many' is no number");
  check_refused (HEADER "1409,,,,,-3,,,,,,,,,x\n", ":3: '-3' is no number of at least 0");
  check_refused (HEADER "1409,,,,,,,,,,,,,,\n", ":3: a storm wants a number and a source");
  check_refused (HEADER "1409,,,,,,,,,,,,,,x\n1409,,,,,,,,,,,,,,x\n", ":4: storm 1409 stands twice");
  check_refused (HEADER "1409,\xff,,,,,,,,,,,,,x\n", "not UTF-8");
}
END_TEST

int
main (void)
{
  const TTest *const tests[]
      = { differences_in_words, effects_are_data, effects_in_words, wrong_tables_are_refused, NULL };
  return run_tests ("past_texts", tests);
}
