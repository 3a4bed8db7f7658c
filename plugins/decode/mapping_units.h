/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_DECODE_MAPPING_UNITS_H
#define SF_PLUGINS_DECODE_MAPPING_UNITS_H

#include <stdbool.h>
#include <stddef.h>

/* How a number of one unit becomes one of another: value * multiply / divide + shift. Both are kept, so that 31.5 cm is
   0.315 m to the last bit. */
struct sf_unit_conversion
{
  double multiply, divide, shift;
};

/* Find how `from` becomes `to`; false when one of them is unknown or they measure different things. The same text is
   always the same unit. */
bool sf_unit_find (const char *from, const char *to, struct sf_unit_conversion *ret_conversion);
double sf_unit_convert (const struct sf_unit_conversion *conversion, double value);
/* The known unit nearest to a text in spelling, or NULL. */
const char *sf_unit_nearest (const char *text);

#endif
