/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/decimal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* All pairs of digits, so that a division by 100 gives two. */
static const char pairs[]
    = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748"
      "4950515253545556575859606162636465666768697071727374757677787980818283848586878889909192939495969798"
      "99";

static const double powers[SF_DECIMAL_PLACES_MAX + 1] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9 };

/* Write the digits so that they end before `end`, at least `least` of them; returns where they begin. */
static char *
write_backwards (char *end, uint64_t number, int least)
{
  char *begin = end;
  while (number >= 100)
    {
      begin -= 2;
      memcpy (begin, pairs + 2 * (number % 100), 2);
      number /= 100;
    }
  if (number >= 10)
    {
      begin -= 2;
      memcpy (begin, pairs + 2 * number, 2);
    }
  else if (number > 0 || begin == end)
    *--begin = (char) ('0' + number);
  while (end - begin < least)
    *--begin = '0';
  return begin;
}

char *
sf_decimal_write_int (char *out, int64_t value)
{
  char digits[24], *end = digits + sizeof digits;
  if (value < 0)
    *out++ = '-';
  const char *begin = write_backwards (end, value < 0 ? -(uint64_t) value : (uint64_t) value, 1);
  memcpy (out, begin, (size_t) (end - begin));
  return out + (end - begin);
}

char *
sf_decimal_write_short (char *out, double value)
{
  const int places = 7;
  double magnitude = fabs (value);
  if (!(magnitude >= 1e-4 && magnitude < 1e8))
    return NULL;
  /* Fifteen digits at most: the division is correctly rounded, so that equal means the nearest double of that text. */
  double scaled = rint (magnitude * powers[places]);
  if (scaled / powers[places] != magnitude)
    return NULL;
  char digits[32], *end = digits + sizeof digits;
  const char *begin = write_backwards (end, (uint64_t) scaled, places + 1);
  const char *point = end - places;
  while (end > point && end[-1] == '0')
    end--;
  if (value < 0)
    *out++ = '-';
  memcpy (out, begin, (size_t) (point - begin));
  out += point - begin;
  if (end == point)
    return out;
  *out++ = '.';
  memcpy (out, point, (size_t) (end - point));
  return out + (end - point);
}

/* A float of 1e9 or more has no fraction. */
static char *
write_huge (char *out, float value, int places)
{
  out += snprintf (out, SF_DECIMAL_BYTES, "%.0f", (double) value);
  if (places == 0)
    return out;
  *out++ = '.';
  memset (out, '0', (size_t) places);
  return out + places;
}

char *
sf_decimal_write (char *out, float value, int places)
{
  char digits[32], *end = digits + sizeof digits;
  if (!isfinite (value))
    return (char *) memcpy (out, "null", 4) + 4;
  double scaled = rint ((double) value * powers[places]);
  if (fabs (scaled) >= 1e18)
    return write_huge (out, value, places);
  if (scaled < 0)
    *out++ = '-';
  const char *begin = write_backwards (end, (uint64_t) fabs (scaled), places + 1);
  size_t whole = (size_t) (end - begin) - (size_t) places;
  memcpy (out, begin, whole);
  out += whole;
  if (places == 0)
    return out;
  *out++ = '.';
  memcpy (out, begin + whole, (size_t) places);
  return out + places;
}
