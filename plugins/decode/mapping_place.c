/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/mapping_place.h"

#include "geodata/gcj02.h"

#include <string.h>

void
sf_place_to_home (enum sf_place_crs crs, double *lon_deg, double *lat_deg)
{
  if (crs == SF_PLACE_GCJ02)
    sf_gcj02_to_wgs84 (*lon_deg, *lat_deg, lon_deg, lat_deg);
}

/* --- degrees, minutes, seconds --- */

static bool
is_number_byte (char c)
{
  return (c >= '0' && c <= '9') || c == '.';
}

/* The signs that stand behind degrees, minutes and seconds; a blank serves for each. */
static bool
take_mark (struct sf_span *rest, int part)
{
  static const char *const marks[3][5]
      = { { "°", "º", "度", "d", NULL }, { "′", "'", "’", "分", NULL }, { "″", "\"", "''", "秒", NULL } };
  for (const char *const *mark = marks[part]; *mark; mark++)
    {
      size_t length = strlen (*mark);
      if (rest->length >= length && !memcmp (rest->text, *mark, length))
        {
          *rest = sf_span_trim ((struct sf_span){ rest->text + length, rest->length - length });
          return true;
        }
    }
  size_t before = rest->length;
  *rest = sf_span_trim (*rest);
  return rest->length < before || !rest->length;
}

/* Take the hemisphere off either end: 1 for E and N, -1 for W, S and a minus, 0 for none; false when there are two. */
static bool
take_hemisphere (struct sf_span *text, int *ret_sign)
{
  static const struct
  {
    char letter;
    int sign;
  } letters[] = { { 'E', 1 }, { 'N', 1 }, { 'W', -1 }, { 'S', -1 }, { '-', -1 }, { '+', 1 } };
  int found = 0;
  *ret_sign = 1;
  for (size_t i = 0; i < sizeof letters / sizeof *letters && text->length > 1; i++)
    {
      bool sign = letters[i].letter == '-' || letters[i].letter == '+';
      bool first = text->text[0] == letters[i].letter;
      if (!first && (sign || text->text[text->length - 1] != letters[i].letter))
        continue;
      *text = sf_span_trim ((struct sf_span){ text->text + first, text->length - 1 });
      *ret_sign = letters[i].sign;
      found++;
    }
  return found <= 1;
}

bool
sf_place_parse_dms (struct sf_span text, double *ret_deg)
{
  static const double unit_deg[3] = { 1, 60, 3600 };
  int sign, part = 0;
  double deg = 0;
  bool decimals = false;
  struct sf_span rest = sf_span_trim (text);
  if (!take_hemisphere (&rest, &sign))
    return false;
  for (; rest.length; part++)
    {
      size_t length = 0;
      double value;
      while (length < rest.length && is_number_byte (rest.text[length]))
        length++;
      struct sf_span number = { rest.text, length };
      if (part == 3 || decimals || !sf_text_parse_double (number, &value) || (part && value >= 60))
        return false;
      decimals = memchr (number.text, '.', length) != NULL;
      deg += value / unit_deg[part];
      rest = (struct sf_span){ rest.text + length, rest.length - length };
      if (!take_mark (&rest, part))
        return false;
    }
  if (!part)
    return false;
  *ret_deg = sign * deg;
  return true;
}

/* --- administrative codes --- */

struct place
{
  const char *code, *name;
};

/* 海南省 and its cities, counties and districts; 三沙's and 海口's and 三亚's districts as of 2020. */
static const struct place places[] = {
  { "460000", "海南省" },
  { "460100", "海口市" },
  { "460105", "秀英区" },
  { "460106", "龙华区" },
  { "460107", "琼山区" },
  { "460108", "美兰区" },
  { "460200", "三亚市" },
  { "460202", "海棠区" },
  { "460203", "吉阳区" },
  { "460204", "天涯区" },
  { "460205", "崖州区" },
  { "460300", "三沙市" },
  { "460400", "儋州市" },
  { "469001", "五指山市" },
  { "469002", "琼海市" },
  { "469005", "文昌市" },
  { "469006", "万宁市" },
  { "469007", "东方市" },
  { "469021", "定安县" },
  { "469022", "屯昌县" },
  { "469023", "澄迈县" },
  { "469024", "临高县" },
  { "469025", "白沙黎族自治县" },
  { "469026", "昌江黎族自治县" },
  { "469027", "乐东黎族自治县" },
  { "469028", "陵水黎族自治县" },
  { "469029", "保亭黎族苗族自治县" },
  { "469030", "琼中黎族苗族自治县" },
};

const char *
sf_place_of_adcode_2020 (struct sf_span code)
{
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    if (sf_span_equal (code, places[i].code))
      return places[i].name;
  return NULL;
}

static bool
ends_with (struct sf_span text, const char *end)
{
  size_t length = strlen (end);
  return text.length > length && !memcmp (text.text + text.length - length, end, length);
}

/* Chinese county names begin with the two or three characters that tell them apart. */
static struct sf_span
stem_of (struct sf_span name)
{
  static const char *const ends[] = { "黎族苗族自治县", "黎族自治县", "自治县", "省", "市", "县", "区" };
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    if (ends_with (name, ends[i]))
      return (struct sf_span){ name.text, name.length - strlen (ends[i]) };
  return name;
}

bool
sf_place_is_named (const char *name, struct sf_span given)
{
  struct sf_span own = stem_of (sf_span_of (name)), other = stem_of (given);
  return own.length == other.length && !memcmp (own.text, other.text, own.length);
}
