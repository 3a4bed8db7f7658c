/* SPDX-License-Identifier: Apache-2.0 */
/* Every reason for which a track decoder refuses a piece or a message is said in words, and the good piece beside it stays.
   The layouts are those of the conformance samples; what is wrong in them is written here. */
#include "tests/unit/base.h"
#include "tests/unit/decode_help.h"

#include <math.h>

extern const struct sf_plugin jma_rsmc_LTX_sanfang_plugin, atcf_LTX_sanfang_plugin, ibtracs_LTX_sanfang_plugin,
    nmc_json_LTX_sanfang_plugin, zjwater_json_LTX_sanfang_plugin;
#define JMA (&jma_rsmc_LTX_sanfang_plugin)
#define ATCF (&atcf_LTX_sanfang_plugin)
#define IBTRACS (&ibtracs_LTX_sanfang_plugin)
#define NMC (&nmc_json_LTX_sanfang_plugin)
#define ZJ (&zjwater_json_LTX_sanfang_plugin)

struct wrong
{
  const char *text, *words;
  size_t kept; /* fixes that stay */
};

static void
check (const struct sf_plugin *plugin, const struct wrong *wrong)
{
  struct decoded *out = decode_help_text (plugin, wrong->text);
  bool said = strstr (out->err.message, wrong->words) != NULL;
  for (size_t i = 0; i < out->rejects_count; i++)
    said |= strstr (out->rejects[i].reason, wrong->words) != NULL;
  ck_assert_msg (said, "%s: '%s' is not said of %s; said is: %s | %s", plugin->name, wrong->words, wrong->text,
                 out->rejects_count ? out->rejects[0].reason : "-", out->err.message);
  ck_assert_msg (out->count == wrong->kept, "%s: %zu fixes of %s", plugin->name, out->count, wrong->text);
  ck_assert_msg ((out->code == SF_OK) == (wrong->kept > 0), "%s: %s", plugin->name, out->err.message);
  decode_help_free (out);
}

#define CHECK_ALL(plugin, list)                                                                                        \
  for (size_t i = 0; i < sizeof (list) / sizeof (list)[0]; i++)                                                        \
  check ((plugin), &(list)[i])

#define STORM(points) "{\"tfid\":\"202618\",\"points\":[" points "]}"
#define GOOD "{\"time\":\"2026-08-22 05:00:00\",\"lng\":147.5,\"lat\":17.7,\"speed\":35,\"pressure\":970}"
#define POINT(more) "{\"time\":\"2026-08-22 08:00:00\",\"lng\":147.2,\"lat\":17.9," more "}"
#define FORECAST(forecast)                                                                                             \
  "{\"time\":\"2026-08-22 05:00:00\",\"lng\":147.5,\"lat\":17.7,\"speed\":35,\"forecast\":[" forecast "]}"

START_TEST (zhejiang_points)
{
  static const struct wrong list[] = {
    { STORM (GOOD ",7"), "point 2 is no object", 1 },
    { STORM (GOOD ",{\"lng\":147,\"lat\":18}"), "point 2 has no time", 1 },
    { STORM (GOOD ",{\"time\":\"2026-08-22 08:00:00\",\"lng\":147}"), "point 2 has no lng and lat", 1 },
    { STORM (GOOD "," POINT ("\"speed\":\"fast\"")), "point 2 has a pressure or speed that is no number", 1 },
    { STORM (GOOD "," POINT ("\"movespeed\":\"fast\"")), "point 2 has a speed of motion that is no number", 1 },
    { STORM (GOOD "," POINT ("\"radius7\":\"1|2|3|4|5\"")), "a wind radius is four numbers", 2 },
    { STORM (GOOD "," POINT ("\"radius7\":\"1|x|3|4\"")), "a wind radius is four numbers", 2 },
    { STORM (GOOD "," POINT ("\"r7\":[1,2,3]")), "a wind radius is four numbers", 2 },
    { STORM (GOOD "," POINT ("\"r7\":[1,2,3,\"x\"]")), "a wind radius is four numbers", 2 },
    { STORM (GOOD "," POINT ("\"r10\":{\"ne\":1,\"se\":\"x\"}")), "a wind radius is four numbers", 2 },
    { STORM (GOOD "," POINT ("\"r12\":2001")), "a wind radius is four numbers", 2 },
    { "{\"tfid\":\"202618\"}", "a storm has tfid and a list of points", 0 },
    { "[{\"tfid\":\"202618\",\"name\":\"x\"}]", "fetch Api/TyphoonInfo", 0 },
  };
  CHECK_ALL (ZJ, list);
}
END_TEST

START_TEST (zhejiang_forecasts)
{
  static const struct wrong list[] = {
    { STORM (FORECAST ("{\"forecastpoints\":[]}")), "a forecast has an agency and a list of points", 1 },
    { STORM (FORECAST ("{\"tm\":\"中国\"}")), "a forecast has an agency and a list of points", 1 },
    { STORM (FORECAST ("{\"tm\":\"中国\",\"forecastpoints\":[{\"time\":\"2026-08-22 05:00:00\",\"lng\":1},7]}")),
      "a forecast point of 中国 is no object", 1 },
    { STORM (
          FORECAST ("{\"tm\":\"中国\",\"forecastpoints\":[{\"time\":\"2026-08-22 05:00:00\",\"lng\":147.5,\"lat\":17.7}"
                    ",{\"time\":\"2026-08-21 05:00:00\",\"lng\":147,\"lat\":17}]}")),
      "lies before the time the forecast was made", 1 },
  };
  CHECK_ALL (ZJ, list);
}
END_TEST

START_TEST (zhejiang_normalised_forms)
{
  static const struct wrong list[] = {
    { "{\"obs\":[],\"issues\":{}}", "a verification without tfid", 0 },
    { "{\"tfid\":\"202609\",\"obs\":[[1782950400,11,160.1],[1782961200,11]],\"issues\":{}}",
      "[epoch, latitude, longitude]", 1 },
    { "{\"tfid\":\"202609\",\"obs\":[[1782950400,11,160.1],[99999999999999,11,160]],\"issues\":{}}",
      "[epoch, latitude, longitude]", 1 },
    { "{\"tfid\":\"202609\",\"obs\":[[1782950400,11,160.1]],\"issues\":{\"日本\":[[1782950400]]}}",
      "a forecast of 日本 is [epoch, places]", 1 },
    { "{\"tfid\":\"202609\",\"obs\":[[1782950400,11,160.1]],\"issues\":{\"日本\":[[1782950400,[[1782950399,11,160]]]]}"
      "}",
      "not before its forecast was made", 1 },
    { "{\"storms\":[{\"fused\":[]}]}", "a storm of a consensus has no tfid", 0 },
    { "{\"storms\":[{\"tfid\":\"202612\",\"fused\":[{\"t\":1784892922,\"lead\":6,\"lat\":19.67,\"lng\":120.9},"
      "{\"t\":1784892922,\"lead\":999,\"lat\":19.67,\"lng\":120.9}]}]}",
      "a fused place has t, lead, lng and lat", 1 },
  };
  CHECK_ALL (ZJ, list);
}
END_TEST

#define VIEW(points) "{\"typhoon\":[3308000,\"SAUDEL\",\"x\",2618,2618,null,\"\",\"start\",[" points "],[]]}"
#define SEEN(rings, forecasts)                                                                                         \
  "[1,\"202608212100\",1787346000000,\"TY\",147.5,17.7,970,35,\"NW\",20," rings "," forecasts ",null]"
#define PLAIN SEEN ("[]", "null")

START_TEST (nmc_pieces)
{
  static const struct wrong list[] = {
    { VIEW (PLAIN ",{}"), "point 2 is no list", 1 },
    { VIEW (PLAIN ",[1,\"2026082121\"]"), "point 2 has no time yyyymmddHHMM", 1 },
    { VIEW (PLAIN ",[1,\"202608220000\",0,\"TY\",null,17.7,970,35]"), "point 2 has no longitude and latitude", 1 },
    { VIEW (PLAIN ",[1,\"202608220000\",0,\"TY\",147,17.7,\"low\",35]"), "point 2 has a pressure or wind", 1 },
    { VIEW (SEEN ("[[\"40KTS\",1,2,3,4]]", "null")), "a ring is [30KTS, 50KTS or 64KTS", 1 },
    { VIEW (SEEN ("[[\"30KTS\",1,2,3]]", "null")), "a ring is [30KTS, 50KTS or 64KTS", 1 },
    { VIEW (SEEN ("[]", "{\"BABJ\":7}")), "the forecast of BABJ is no list", 1 },
    { VIEW (SEEN ("[]", "{\"BABJ\":[[999,\"202608212100\",145.8,19,965,38]]}")), "a forecast of BABJ is [hours 0-480",
      1 },
    { VIEW (SEEN ("[]", "{\"BABJ\":[[12,\"today\",145.8,19,965,38]]}")), "a forecast of BABJ is [hours 0-480", 1 },
    { "{\"typhoon\":[null,\"x\",\"x\",1,1,null,\"\",\"\",[],[]]}", "no identity in the first place", 0 },
    { "{\"typhoon\":[1,2]}", "no list with the points in its ninth place", 0 },
    { "{\"typhoonList\":[]}", "the tracks are in view_ID", 0 },
    { "{}", "no key \"typhoon\"", 0 },
  };
  CHECK_ALL (NMC, list);
}
END_TEST

#define DECK "WP, 09, 2014071800,   , BEST,   0, 189N, 1123E, 125,  929\n"

START_TEST (atcf_lines)
{
  static const struct wrong list[] = {
    { DECK "W1, 09, 2014071806,   , BEST,   0, 199N, 1113E, 125,  929\n", "the first field is no basin", 1 },
    { DECK "WP, 9x, 2014071806,   , BEST,   0, 199N, 1113E, 125,  929\n", "no cyclone number 0-99", 1 },
    { DECK "WP, 09, 20140718,   , BEST,   0, 199N, 1113E, 125,  929\n", "the third field is no time", 1 },
    { DECK "WP, 09, 2014071806, 61, BEST,   0, 199N, 1113E, 125,  929\n", "no minute", 1 },
    { DECK "WP, 09, 2014071806,   , AVNO, soon, 199N, 1113E, 125,  929\n", "the forecast hour is no number", 1 },
    { DECK "WP, 09, 2014071806,   , AVNO, 500, 199N, 1113E, 125,  929\n", "outside -48 to 480", 1 },
    { DECK "WP, 09, 2014071806,   , BEST,   0, 199, 1113E, 125,  929\n", "tenths of a degree with N, S, E or W", 1 },
    { DECK "WP, 09, 2014071806,   , BEST,   0, 199N, 113N, 125,  929\n", "letters of the same kind", 1 },
    { DECK "WP, 09, 2014071806,   , BEST,   0, 0N, 0E, 125,  929\n", "0N 0E stands for missing", 1 },
    { DECK "WP, 09, 2014071806,   , BEST,   0, 199N, 1113E, fast,  929\n", "wind, pressure, size or motion", 1 },
    { DECK "WP, 09, 2014071806,   , BEST,   0, 199N, 1113E, 125,  929, TY, 35, NEQ, 1, 1, 1, 1\n",
      "none of 34, 50, 64, 100 kn", 1 },
    { DECK "WP, 09, 2014071806,   , BEST,   0, 199N, 1113E, 125,  929, TY, 50, NEQ, 1, x, 1, 1\n",
      "a wind radius is no number", 1 },
    { DECK "WP, 09, 2014071806,   , BEST,   0, 199N, 1113E, 125,  929, TY, 50, NEQ, 1, 1, 1, 1081\n",
      "more than 1080 nmi", 1 },
    { DECK "WP, 09, 2014071806\n", "3 fields; a deck's line has at least 8", 1 },
  };
  CHECK_ALL (ATCF, list);
}
END_TEST

#define HEADER "66666 1621  002 0028 1621 0 6               SARIKA              20161122        \n"
#define FIX "16101312 002 2 133 1281 1002     000                                            \n"

START_TEST (jma_lines)
{
  static const struct wrong list[] = {
    { HEADER FIX "1610131x 002 3 135 1273  998     035\n", "columns 1-8 are no time", 1 },
    { HEADER FIX "16101318 003 3 135 1273  998     035\n", "columns 10-12 are not 002", 1 },
    { HEADER FIX "16101318 002 8 135 1273  998     035\n", "column 14 is no grade", 1 },
    { HEADER FIX "16101318 002 3 13x 1273  998     035\n", "no latitude and longitude", 1 },
    { HEADER FIX "16101318 002 3 135 1273  99x     035\n", "columns 25-28 are no pressure", 1 },
    { HEADER FIX "16101318 002 3 135 1273  998     0x5\n", "columns 34-36 are no wind", 1 },
    { HEADER FIX "16101318 002 3 135 1273  998     035     00000 0000 80060 0120\n", "the radii in columns", 1 },
    { HEADER FIX, "the header announces 2 lines, 1 follow", 1 },
    { HEADER FIX "66666 1622  0x2 0029 1622 0 6               HAIMA               20161122        \n",
      "the header cannot be read", 1 },
    { FIX FIX, "no header line 66666", 0 },
  };
  CHECK_ALL (JMA, list);
}
END_TEST

/* How sure a decoder is of bytes; a file of bytes that are no text, or of nothing, is nobody's. */
START_TEST (identities)
{
  static const struct sf_plugin *const all[] = { JMA, ATCF, IBTRACS, NMC, ZJ };
  static const char *const texts[]
      = { HEADER FIX, DECK, "\xef\xbb\xbfSID,SEASON,ISO_TIME\n", VIEW (PLAIN), STORM (GOOD) };
  static const uint8_t rubbish[] = { 0, 255, 66, 85, 70, 82, 10, 0 };
  for (size_t i = 0; i < 5; i++)
    {
      for (size_t k = 0; k < 5; k++)
        {
          int sure = all[i]->as.decoder->identify ((const uint8_t *) texts[k], strlen (texts[k]));
          ck_assert_msg (i == k ? sure >= 80 : sure < 50, "%s: %d of %s", all[i]->name, sure, texts[k]);
        }
      ck_assert_int_eq (all[i]->as.decoder->identify (rubbish, sizeof rubbish), 0);
      ck_assert_int_eq (all[i]->as.decoder->identify (rubbish, 0), 0);
    }
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = {
    zhejiang_points, zhejiang_forecasts, zhejiang_normalised_forms, nmc_pieces, atcf_lines, jma_lines, identities, NULL
  };
  return run_tests ("decode_reasons", tests);
}
