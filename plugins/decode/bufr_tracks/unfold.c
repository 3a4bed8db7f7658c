/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/bufr_tracks/unfold.h"

enum
{
  REPEATS_MAX = 36, /* of a replication whose count stands in the template; tracks have 3 thresholds of 4 quadrants */
  DEPTH_MAX = 3
};

/* A descriptor F XX YYY as section 3 writes it. */
#define FXY(f, x, y) ((uint16_t) ((f) << 14 | (x) << 8 | (y)))
#define DELAYED_FACTOR FXY (0, 31, 1)
#define WIDEN_3_BITS FXY (2, 1, 131)
#define WIDEN_END FXY (2, 1, 0)
#define RADIUS FXY (0, 19, 4)

struct element
{
  uint16_t descriptor;
  uint8_t bits;
  bool is_text;
};

/* What tracks are made of: identity, members, time, places, pressure, wind, radii; widths of WMO's table B, which never
   changes an entry. */
static const struct element elements[] = {
  { FXY (0, 1, 25), 24, true },   { FXY (0, 1, 27), 80, true }, { FXY (0, 1, 30), 128, true },
  { FXY (0, 1, 31), 16, false },  { FXY (0, 1, 32), 8, false }, { FXY (0, 1, 33), 8, false },
  { FXY (0, 1, 34), 8, false },   { FXY (0, 1, 90), 8, false }, { FXY (0, 1, 91), 10, false },
  { FXY (0, 1, 92), 8, false },   { FXY (0, 4, 1), 12, false }, { FXY (0, 4, 2), 4, false },
  { FXY (0, 4, 3), 6, false },    { FXY (0, 4, 4), 5, false },  { FXY (0, 4, 5), 6, false },
  { FXY (0, 4, 24), 12, false },  { FXY (0, 5, 1), 25, false }, { FXY (0, 5, 2), 15, false },
  { FXY (0, 5, 21), 16, false },  { FXY (0, 6, 1), 26, false }, { FXY (0, 6, 2), 16, false },
  { FXY (0, 8, 5), 4, false },    { FXY (0, 8, 21), 5, false }, { FXY (0, 10, 51), 14, false },
  { FXY (0, 11, 12), 12, false }, { FXY (0, 19, 3), 8, false }, { FXY (0, 19, 4), 12, false },
};

struct sequence
{
  uint16_t descriptor;
  size_t count;
  const uint16_t *list;
};

static const uint16_t date[] = { FXY (0, 4, 1), FXY (0, 4, 2), FXY (0, 4, 3) };
static const uint16_t clock_time[] = { FXY (0, 4, 4), FXY (0, 4, 5) };
static const uint16_t place_fine[] = { FXY (0, 5, 1), FXY (0, 6, 1) };
static const uint16_t place[] = { FXY (0, 5, 2), FXY (0, 6, 2) };
static const uint16_t whole_track[] = {
  FXY (0, 1, 33),  FXY (0, 1, 34), FXY (0, 1, 32), FXY (0, 1, 25),  FXY (0, 1, 27),  FXY (0, 1, 90), FXY (0, 1, 91),
  FXY (0, 1, 92),  FXY (3, 1, 11), FXY (3, 1, 12), FXY (0, 8, 5),   FXY (3, 1, 23),  FXY (0, 8, 5),  FXY (3, 1, 23),
  FXY (0, 10, 51), FXY (0, 8, 5),  FXY (3, 1, 23), FXY (0, 11, 12), FXY (1, 7, 3),   FXY (0, 19, 3), FXY (1, 5, 4),
  FXY (0, 5, 21),  FXY (0, 5, 21), WIDEN_3_BITS,   FXY (0, 19, 4),  WIDEN_END,       FXY (1, 16, 0), DELAYED_FACTOR,
  FXY (0, 8, 21),  FXY (0, 4, 24), FXY (0, 8, 5),  FXY (3, 1, 23),  FXY (0, 10, 51), FXY (0, 8, 5),  FXY (3, 1, 23),
  FXY (0, 11, 12), FXY (1, 7, 3),  FXY (0, 19, 3), FXY (1, 5, 4),   FXY (0, 5, 21),  FXY (0, 5, 21), WIDEN_3_BITS,
  FXY (0, 19, 4),  WIDEN_END,
};
#define SEQUENCE(descriptor, list)                                                                                     \
  {                                                                                                                    \
    (descriptor), sizeof (list) / sizeof (list)[0], (list)                                                             \
  }
static const struct sequence sequences[] = {
  SEQUENCE (FXY (3, 1, 11), date),  SEQUENCE (FXY (3, 1, 12), clock_time),   SEQUENCE (FXY (3, 1, 21), place_fine),
  SEQUENCE (FXY (3, 1, 23), place), SEQUENCE (FXY (3, 16, 82), whole_track),
};

static const struct element *
find_element (uint16_t descriptor)
{
  for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++)
    if (descriptor == elements[i].descriptor)
      return &elements[i];
  return NULL;
}

static const struct sequence *
find_sequence (uint16_t descriptor)
{
  for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++)
    if (descriptor == sequences[i].descriptor)
      return &sequences[i];
  return NULL;
}

static enum sf_code
refuse_descriptor (uint16_t d, const char *why, struct sf_error *err)
{
  return sf_fail (err, SF_EFORMAT, "descriptor %d %02d %03d %s; known is the template 3 16 082 and its elements",
                  d >> 14, d >> 8 & 63, d & 255, why);
}

struct replication
{
  size_t body, span, repeats; /* first descriptor repeated, how many, how often: 0 when the data say so */
};

/* Read the replication at list[i]. */
static enum sf_code
read_replication (const uint16_t *list, size_t count, size_t i, int depth, struct replication *ret,
                  struct sf_error *err)
{
  uint16_t d = list[i];
  struct replication r = { .span = d >> 8 & 63, .repeats = d & 255 };
  r.body = i + 1 + (r.repeats == 0);
  if (r.repeats == 0 && (r.body > count || list[i + 1] != DELAYED_FACTOR))
    return refuse_descriptor (d, "has no eight-bit count behind it", err);
  if (r.span == 0 || r.body > count || r.span > count - r.body || r.repeats > REPEATS_MAX || depth >= DEPTH_MAX)
    return refuse_descriptor (d, "repeats nothing, too often, too deep or beyond the list", err);
  *ret = r;
  return SF_OK;
}

/* The radius made wider, the one use of an operator in a track: three descriptors. */
static bool
is_wide_radius (const uint16_t *list, size_t count, size_t i)
{
  return count - i >= 3 && list[i] == WIDEN_3_BITS && list[i + 1] == RADIUS && list[i + 2] == WIDEN_END;
}

static enum sf_code
check_element (const uint16_t *list, size_t count, size_t i, int depth, struct sf_error *err)
{
  const struct sequence *sequence = find_sequence (list[i]);
  bool nested_whole = sequence && sequence->list == whole_track && (depth > 0 || count > 1);
  bool known = find_element (list[i]) || sequence || is_wide_radius (list, count, i)
               || (i >= 2 && is_wide_radius (list, count, i - 2));
  return known && !nested_whole ? SF_OK : refuse_descriptor (list[i], "is none of a track", err);
}

/* Only one replication around an element may take its count from the data: that bounds the steps. */
static enum sf_code
check_list (const uint16_t *list, size_t count, bool delayed, int depth, struct sf_error *err)
{
  for (size_t i = 0; i < count; i++)
    {
      struct replication r;
      if (list[i] >> 14 != 1)
        {
          SF_TRY (check_element (list, count, i, depth, err));
          continue;
        }
      SF_TRY (read_replication (list, count, i, depth, &r, err));
      if (delayed && r.repeats == 0)
        return refuse_descriptor (list[i], "stands in another one that takes its count from the data", err);
      SF_TRY (check_list (list + r.body, r.span, delayed || r.repeats == 0, depth + 1, err));
      i = r.body + r.span - 1;
    }
  return SF_OK;
}

enum sf_code
bufr_check_template (const uint16_t *list, size_t count, struct sf_error *err)
{
  if (count < 1 || count > BUFR_DESCRIPTORS_MAX)
    return sf_fail (err, SF_EFORMAT, "%zu descriptors; 1 to %d can be", count, BUFR_DESCRIPTORS_MAX);
  return check_list (list, count, false, 0, err);
}

/* --- counting --- */

struct cursor
{
  const struct bufr_data *data;
  size_t at, bits; /* bits read, bits there */
  size_t widening;
  size_t elements;
};

static enum sf_code
skip_bits (struct cursor *cursor, size_t bits, struct sf_error *err)
{
  if (bits > cursor->bits - cursor->at)
    return sf_fail (err, SF_EFORMAT, "the data end after %zu bytes, within element %zu", cursor->data->length,
                    cursor->elements + 1);
  cursor->at += bits;
  return SF_OK;
}

static enum sf_code
read_bits (struct cursor *cursor, int bits, unsigned *ret_value, struct sf_error *err)
{
  size_t from = cursor->at;
  SF_TRY (skip_bits (cursor, (size_t) bits, err));
  unsigned value = 0;
  for (size_t at = from; at < cursor->at; at++)
    value = value << 1 | (cursor->data->bytes[at / 8] >> (7 - at % 8) & 1);
  *ret_value = value;
  return SF_OK;
}

/* Compressed, an element is its least value, the width of the increments (in bytes for a text) and an increment a subset. */
static enum sf_code
skip_element (struct cursor *cursor, const struct element *element, struct sf_error *err)
{
  const struct bufr_data *data = cursor->data;
  size_t bits = element->bits + (element->is_text ? 0 : cursor->widening);
  SF_TRY (skip_bits (cursor, bits, err));
  if (data->compressed)
    {
      unsigned increment = 0;
      SF_TRY (read_bits (cursor, 6, &increment, err));
      size_t increment_bits = (size_t) increment * (element->is_text ? 8 : 1);
      if (increment_bits > bits)
        return sf_fail (err, SF_EFORMAT, "element %zu: increments of %zu bits to a value of %zu", cursor->elements + 1,
                        increment_bits, bits);
      SF_TRY (skip_bits (cursor, increment_bits * (size_t) data->subsets, err));
    }
  cursor->elements++;
  size_t numbers = cursor->elements * (data->compressed ? (size_t) data->subsets : 1);
  if (cursor->elements > BUFR_ELEMENTS_MAX || numbers > BUFR_NUMBERS_MAX)
    return sf_fail (err, SF_EFORMAT, "the data unfold to more than %d elements or %d numbers", BUFR_ELEMENTS_MAX,
                    BUFR_NUMBERS_MAX);
  return SF_OK;
}

static enum sf_code
read_factor (struct cursor *cursor, size_t *ret_repeats, struct sf_error *err)
{
  unsigned repeats, increment = 0;
  SF_TRY (read_bits (cursor, 8, &repeats, err));
  if (cursor->data->compressed)
    SF_TRY (read_bits (cursor, 6, &increment, err));
  if (increment)
    return sf_fail (err, SF_EFORMAT, "the number of steps differs between compressed subsets");
  cursor->elements++;
  *ret_repeats = repeats;
  return SF_OK;
}

static enum sf_code count_list (struct cursor *cursor, const uint16_t *list, size_t count, int depth,
                                struct sf_error *err);

/* The replication at list[*i]; *i moves to the last descriptor repeated. */
static enum sf_code
count_replication (struct cursor *cursor, const uint16_t *list, size_t count, size_t *i, int depth,
                   struct sf_error *err)
{
  struct replication r;
  SF_TRY (read_replication (list, count, *i, depth, &r, err));
  if (r.repeats == 0)
    SF_TRY (read_factor (cursor, &r.repeats, err));
  for (size_t k = 0; k < r.repeats; k++)
    SF_TRY (count_list (cursor, list + r.body, r.span, depth + 1, err));
  *i = r.body + r.span - 1;
  return SF_OK;
}

static enum sf_code
count_list (struct cursor *cursor, const uint16_t *list, size_t count, int depth, struct sf_error *err)
{
  for (size_t i = 0; i < count; i++)
    {
      const struct sequence *sequence = find_sequence (list[i]);
      const struct element *element = find_element (list[i]);
      if (sequence)
        SF_TRY (count_list (cursor, sequence->list, sequence->count, depth, err));
      else if (element)
        SF_TRY (skip_element (cursor, element, err));
      else if (list[i] >> 14 == 2)
        cursor->widening = list[i] == WIDEN_3_BITS ? 3 : 0;
      else
        SF_TRY (count_replication (cursor, list, count, &i, depth, err));
    }
  return SF_OK;
}

enum sf_code
bufr_count_elements (const uint16_t *list, size_t count, const struct bufr_data *data, size_t *ret_elements,
                     struct sf_error *err)
{
  struct cursor cursor = { .data = data, .bits = data->length * 8 };
  int rounds = data->compressed ? 1 : data->subsets;
  for (int i = 0; i < rounds; i++)
    {
      cursor.widening = 0;
      enum sf_code code = count_list (&cursor, list, count, 0, err);
      if (code != SF_OK)
        return data->compressed ? code : sf_error_prefix (err, code, "subset %d", i + 1);
    }
  *ret_elements = cursor.elements;
  return SF_OK;
}
