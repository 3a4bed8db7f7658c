/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/fixes.h"

#include <math.h>
#include <string.h>

double
sf_fixes_kn_to_mps (double speed_kn)
{
  return speed_kn * (1852.0 / 3600.0);
}

double
sf_fixes_kmph_to_mps (double speed_kmph)
{
  return speed_kmph / 3.6;
}

double
sf_fixes_nmi_to_km (double distance_nmi)
{
  return distance_nmi * 1.852;
}

double
sf_fixes_wrap_lon_deg (double lon_deg)
{
  if (lon_deg >= -180 && lon_deg <= 180)
    return lon_deg;
  return round (remainder (lon_deg, 360) * 1e6) / 1e6;
}

enum
{
  NE,
  SE,
  SW,
  NW
};

void
sf_fixes_set_ring (struct sf_fix *fix, enum sf_ring ring, const double given_km[SF_QUADRANTS],
                   enum sf_quadrant_order order)
{
  static const int places[][SF_QUADRANTS] = {
    [SF_QUADRANTS_NE_SE_SW_NW] = { NE, SE, SW, NW },
    [SF_QUADRANTS_NE_SE_NW_SW] = { NE, SE, NW, SW },
  };
  bool issued = false;
  for (int i = 0; i < SF_QUADRANTS; i++)
    issued |= given_km[i] != 0 && !isnan (given_km[i]);
  for (int i = 0; i < SF_QUADRANTS; i++)
    fix->radii_km[(int) ring * SF_QUADRANTS + places[order][i]] = issued ? given_km[i] : NAN;
}

void
sf_fixes_set_ring_jma (struct sf_fix *fix, enum sf_ring ring, int direction, double longest_km, double shortest_km)
{
  enum
  {
    LONG,
    SHORT,
    NONE
  };
  static const char shares[10][SF_QUADRANTS] = {
    [0] = { NONE, NONE, NONE, NONE },
    [1] = { [NE] = LONG, [SE] = NONE, [SW] = SHORT, [NW] = NONE },
    [2] = { [NE] = LONG, [SE] = LONG, [SW] = SHORT, [NW] = SHORT },
    [3] = { [NE] = NONE, [SE] = LONG, [SW] = NONE, [NW] = SHORT },
    [4] = { [NE] = SHORT, [SE] = LONG, [SW] = LONG, [NW] = SHORT },
    [5] = { [NE] = SHORT, [SE] = NONE, [SW] = LONG, [NW] = NONE },
    [6] = { [NE] = SHORT, [SE] = SHORT, [SW] = LONG, [NW] = LONG },
    [7] = { [NE] = NONE, [SE] = SHORT, [SW] = NONE, [NW] = LONG },
    [8] = { [NE] = LONG, [SE] = SHORT, [SW] = SHORT, [NW] = LONG },
    [9] = { LONG, LONG, LONG, LONG },
  };
  const double values[] = { [LONG] = longest_km, [SHORT] = shortest_km, [NONE] = NAN };
  if (direction < 0 || direction > 9 || !(longest_km > 0))
    direction = 0;
  double given_km[SF_QUADRANTS];
  for (int i = 0; i < SF_QUADRANTS; i++)
    given_km[i] = values[(int) shares[direction][i]];
  sf_fixes_set_ring (fix, ring, given_km, SF_QUADRANTS_NE_SE_SW_NW);
}

const char *
sf_fixes_grade_of_cma (int64_t code, bool *ret_known)
{
  static const char *const names[] = { "LO", "TD", "TS", "STS", "TY", "STY", "SuperTY", NULL, NULL, "EX" };
  *ret_known = code >= 0 && code <= 9 && names[code];
  return *ret_known ? names[code] : NULL;
}

const char *
sf_fixes_grade_of_jma (int64_t code, bool *ret_known)
{
  static const char *const names[] = { NULL, NULL, "TD", "TS", "STS", "TY", "EX", NULL, NULL, NULL };
  *ret_known = code >= 2 && code <= 9 && code != 8;
  return *ret_known ? names[code] : NULL;
}

struct word
{
  const char *word, *grade;
};

static bool
equal_no_case (struct sf_span span, const char *text)
{
  size_t i = 0;
  for (; i < span.length && text[i]; i++)
    {
      char a = span.text[i], b = text[i];
      if ((a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a) != (b >= 'a' && b <= 'z' ? b - 'a' + 'A' : b))
        return false;
    }
  return i == span.length && !text[i];
}

/* "台风(TY)" and "台风（TY）" are 台风. */
static struct sf_span
before_bracket (struct sf_span word)
{
  static const char wide[] = "（";
  for (size_t i = 0; i < word.length; i++)
    if (word.text[i] == '(' || (word.length - i >= 3 && !memcmp (word.text + i, wide, 3)))
      return sf_span_trim ((struct sf_span){ word.text, i });
  return word;
}

const char *
sf_fixes_grade_of_word (struct sf_span word)
{
  static const struct word words[] = {
    { "TD", "TD" },
    { "TS", "TS" },
    { "STS", "STS" },
    { "TY", "TY" },
    { "T", "TY" },
    { "STY", "STY" },
    { "SuperTY", "SuperTY" },
    { "SUPER TY", "SuperTY" },
    { "SuperT", "SuperTY" },
    { "EX", "EX" },
    { "ET", "EX" },
    { "PT", "EX" },
    { "LO", "LO" },
    { "LW", "LO" },
    { "WV", "LO" },
    { "DB", "LO" },
    { "DS", "LO" },
    { "IN", "LO" },
    { "MD", "LO" },
    { "SD", "TD" },
    { "SS", "TS" },
    { "HU", "TY" },
    { "HR", "TY" },
    { "热带扰动", "LO" },
    { "低压", "LO" },
    { "热带低压", "TD" },
    { "热带风暴", "TS" },
    { "强热带风暴", "STS" },
    { "台风", "TY" },
    { "强台风", "STY" },
    { "超强台风", "SuperTY" },
    { "温带气旋", "EX" },
    { "变性", "EX" },
  };
  word = before_bracket (sf_span_trim (word));
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (equal_no_case (word, words[i].word))
      return words[i].grade;
  return NULL;
}

/* Take one compass letter, Latin or Chinese, off the span: 0 N, 1 E, 2 S, 3 W; -1 for anything else. */
static int
next_compass_letter (struct sf_span *span)
{
  static const struct
  {
    const char *text;
    int side;
  } letters[] = { { "N", 0 }, { "E", 1 }, { "S", 2 }, { "W", 3 }, { "北", 0 }, { "东", 1 }, { "南", 2 }, { "西", 3 } };
  for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
    {
      size_t length = strlen (letters[i].text);
      if (span->length >= length && !memcmp (span->text, letters[i].text, length))
        {
          span->text += length;
          span->length -= length;
          return letters[i].side;
        }
    }
  return -1;
}

/* The angle of a compass word by how often each side is named: once, 45 degrees between two, or 22.5 degrees from the
   one named twice towards the other ("NNE", "西北西"). */
static double
bearing_of_counts (const int counts[4])
{
  int major = 0, minor = -1;
  for (int side = 1; side < 4; side++)
    if (counts[side] > counts[major])
      major = side;
  for (int side = 0; side < 4; side++)
    if (side != major && counts[side])
      {
        if (minor >= 0)
          return NAN;
        minor = side;
      }
  if (minor < 0)
    return counts[major] == 1 ? 90.0 * major : NAN;
  int step = (minor - major + 4) % 4;
  if (step == 2 || counts[minor] != 1 || counts[major] > 2)
    return NAN;
  double turn = counts[major] == 2 ? 22.5 : 45;
  return fmod (90.0 * major + (step == 1 ? turn : 360 - turn), 360);
}

double
sf_fixes_bearing_of_word (struct sf_span word)
{
  int counts[4] = { 0 };
  for (word = sf_span_trim (word); word.length;)
    {
      int side = next_compass_letter (&word);
      if (side < 0)
        return NAN;
      counts[side]++;
    }
  return bearing_of_counts (counts);
}

static const struct sf_centre centres[] = {
  { "BABJ", 2, { "中国", "北京", "CMA", "CN" } },
  { "RJTD", 10, { "日本", "JMA", "TOKYO", "JP" } },
  { "PGTW", 1, { "美国", "JTWC", "US" } },
  { "KNHC", 1, { "NHC", "OFCL" } },
  { "PHFO", 1, { "CPHC" } },
  { "VHHH", 10, { "中国香港", "香港", "HKO", "HK" } },
  { "RCTP", 10, { "中国台湾", "台湾", "CWA", "CWB", "TW" } },
  { "RKSL", 10, { "韩国", "KMA", "KR" } },
  { "VMMC", 10, { "中国澳门", "澳门", "SMG" } },
  { "RPMM", 10, { "菲律宾", "PAGASA" } },
  { "DEMS", 3, { "印度", "NEWDELHI", "IMD" } },
  { "FMEE", 10, { "REUNION" } },
  { "AMMC", 10, { "BOM", "澳大利亚" } },
  { "NFFN", 10, { "NADI" } },
  { "NZKL", 10, { "WELLINGTON" } },
};

const struct sf_centre *
sf_fixes_centre (struct sf_span name)
{
  name = sf_span_trim (name);
  for (size_t i = 0; i < sizeof centres / sizeof centres[0]; i++)
    {
      if (equal_no_case (name, centres[i].indicator))
        return &centres[i];
      for (const char *const *other = centres[i].names; *other; other++)
        if (equal_no_case (name, *other))
          return &centres[i];
    }
  return NULL;
}
