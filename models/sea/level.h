/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_SEA_LEVEL_H
#define SF_MODELS_SEA_LEVEL_H

#include "core/base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* A height of the water above a vertical datum. A number without its datum is no level; a surge or a set-up is a
   difference and has none. */
struct sf_level
{
  double m;
  const char *datum; /* its id ("xiuying_zero", "cgvd85"); NULL: not known */
};

/* A level of datum `from` plus m is the level of datum `to`. */
struct sf_datum_offset
{
  const char *from, *to;
  double m;
};

struct sf_datum_offsets
{
  const struct sf_datum_offset *list;
  size_t count;
};

/* The same water a height difference higher. */
struct sf_level sf_level_raised (struct sf_level level, double height_m);

/* Express a level in another datum, by an offset between just these two, either way round. SF_EUNSUPPORTED, in words,
   when the datum of either is unknown or no offset between them is: nothing is ever assumed. */
enum sf_code sf_level_convert (struct sf_level level, const char *datum, const struct sf_datum_offsets *offsets,
                               struct sf_level *ret, struct sf_error *err);

/* By how much level stands above other, m. SF_EUNSUPPORTED as above. */
enum sf_code sf_level_above_m (struct sf_level level, struct sf_level other, const struct sf_datum_offsets *offsets,
                               double *ret_m, struct sf_error *err);

#endif
