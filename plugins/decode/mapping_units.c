/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/mapping_units.h"

#include "core/base/text.h"

#include <math.h>
#include <string.h>

/* A unit and what it measures, named by the base that all of its kind are told in: base = value * multiply / divide +
   shift. Factors are those of the SI brochure (9th edition, 2019) and, for knot, nautical mile, foot, statute mile,
   mercury and mu, their exact definitions (NIST SP 811; GB 3100-93). */
struct unit
{
  const char *name, *base;
  double multiply, divide, shift;
};

#define INCH_OF_MERCURY_PA 3386.389
#define MERCURY_MM_PA 133.322387415

static const struct unit units[] = {
  { "m", "m", 1, 1, 0 },
  { "mm", "m", 1, 1000, 0 },
  { "cm", "m", 1, 100, 0 },
  { "dm", "m", 1, 10, 0 },
  { "km", "m", 1000, 1, 0 },
  { "ft", "m", 3048, 10000, 0 },
  { "mi", "m", 1609344, 1000, 0 },
  { "nmi", "m", 1852, 1, 0 },
  { "米", "m", 1, 1, 0 },
  { "毫米", "m", 1, 1000, 0 },
  { "厘米", "m", 1, 100, 0 },
  { "公里", "m", 1000, 1, 0 },
  { "千米", "m", 1000, 1, 0 },
  { "海里", "m", 1852, 1, 0 },
  { "m s-1", "m s-1", 1, 1, 0 },
  { "m/s", "m s-1", 1, 1, 0 },
  { "km h-1", "m s-1", 10, 36, 0 },
  { "km/h", "m s-1", 10, 36, 0 },
  { "kn", "m s-1", 1852, 3600, 0 },
  { "mph", "m s-1", 1609344, 3600000, 0 },
  { "米/秒", "m s-1", 1, 1, 0 },
  { "Pa", "Pa", 1, 1, 0 },
  { "hPa", "Pa", 100, 1, 0 },
  { "mbar", "Pa", 100, 1, 0 },
  { "kPa", "Pa", 1000, 1, 0 },
  { "mmHg", "Pa", MERCURY_MM_PA, 1, 0 },
  { "inHg", "Pa", INCH_OF_MERCURY_PA, 1, 0 },
  { "百帕", "Pa", 100, 1, 0 },
  { "K", "K", 1, 1, 0 },
  { "degC", "K", 1, 1, 273.15 },
  { "℃", "K", 1, 1, 273.15 },
  { "degF", "K", 5, 9, 459.67 * 5 / 9 },
  { "m2", "m2", 1, 1, 0 },
  { "km2", "m2", 1e6, 1, 0 },
  { "ha", "m2", 1e4, 1, 0 },
  { "亩", "m2", 2000, 3, 0 },
  { "m3", "m3", 1, 1, 0 },
  { "L", "m3", 1, 1000, 0 },
  { "10^4 m3", "m3", 1e4, 1, 0 },
  { "10^6 m3", "m3", 1e6, 1, 0 },
  { "10^8 m3", "m3", 1e8, 1, 0 },
  { "立方米", "m3", 1, 1, 0 },
  { "万m3", "m3", 1e4, 1, 0 },
  { "万立方米", "m3", 1e4, 1, 0 },
  { "百万立方米", "m3", 1e6, 1, 0 },
  { "亿m3", "m3", 1e8, 1, 0 },
  { "亿立方米", "m3", 1e8, 1, 0 },
  { "m3 s-1", "m3 s-1", 1, 1, 0 },
  { "m3/s", "m3 s-1", 1, 1, 0 },
  { "m3 h-1", "m3 s-1", 1, 3600, 0 },
  { "m3/h", "m3 s-1", 1, 3600, 0 },
  { "L/s", "m3 s-1", 1, 1000, 0 },
  { "立方米/秒", "m3 s-1", 1, 1, 0 },
  { "mm h-1", "mm h-1", 1, 1, 0 },
  { "mm/h", "mm h-1", 1, 1, 0 },
  { "mm/min", "mm h-1", 60, 1, 0 },
  { "s", "s", 1, 1, 0 },
  { "min", "s", 60, 1, 0 },
  { "h", "s", 3600, 1, 0 },
  { "d", "s", 86400, 1, 0 },
  { "1", "1", 1, 1, 0 },
  { "%", "1", 1, 100, 0 },
  { "户", "1", 1, 1, 0 },
  { "人", "1", 1, 1, 0 },
  { "个", "1", 1, 1, 0 },
  { "座", "1", 1, 1, 0 },
  { "条", "1", 1, 1, 0 },
  { "万户", "1", 1e4, 1, 0 },
  { "万人", "1", 1e4, 1, 0 },
  { "degree", "degree", 1, 1, 0 },
  { "deg", "degree", 1, 1, 0 },
  { "度", "degree", 1, 1, 0 },
  { "V", "V", 1, 1, 0 },
  { "mV", "V", 1, 1000, 0 },
  { "W", "W", 1, 1, 0 },
  { "kW", "W", 1000, 1, 0 },
  { "MW", "W", 1e6, 1, 0 },
  { "A", "A", 1, 1, 0 },
  { "kA", "A", 1000, 1, 0 },
  { "J m-2", "J m-2", 1, 1, 0 },
  { "J/m^2", "J m-2", 1, 1, 0 },
  { "dBZ", "dBZ", 1, 1, 0 },
};

enum
{
  UNITS = sizeof units / sizeof *units
};

static const struct unit *
find_unit (const char *name)
{
  for (size_t i = 0; i < UNITS; i++)
    if (!strcmp (units[i].name, name))
      return &units[i];
  return NULL;
}

bool
sf_unit_find (const char *from, const char *to, struct sf_unit_conversion *ret_conversion)
{
  if (!strcmp (from, to))
    {
      *ret_conversion = (struct sf_unit_conversion){ 1, 1, 0 };
      return true;
    }
  const struct unit *given = find_unit (from), *wanted = find_unit (to);
  if (!given || !wanted || strcmp (given->base, wanted->base))
    return false;
  double multiply = given->multiply * wanted->divide, divide = given->divide * wanted->multiply;
  /* What is common to both would only cost digits: 12.3 of 10^6 m3 in 10^6 m3 is 12.3. */
  while (fmod (multiply, 10) == 0 && fmod (divide, 10) == 0)
    {
      multiply /= 10;
      divide /= 10;
    }
  *ret_conversion = (struct sf_unit_conversion){
    .multiply = multiply,
    .divide = divide,
    .shift = (given->shift - wanted->shift) * wanted->divide / wanted->multiply,
  };
  return true;
}

double
sf_unit_convert (const struct sf_unit_conversion *conversion, double value)
{
  return value * conversion->multiply / conversion->divide + conversion->shift;
}

const char *
sf_unit_nearest (const char *text)
{
  const char *names[UNITS];
  for (size_t i = 0; i < UNITS; i++)
    names[i] = units[i].name;
  return sf_text_nearest (text, names, UNITS);
}
