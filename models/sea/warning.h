/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_SEA_WARNING_H
#define SF_MODELS_SEA_WARNING_H

#include "models/sea/level.h"

/* The four colours of GB/T 17839-2011, and what is none of them. */
enum sf_sea_colour
{
  SF_SEA_BLUE,
  SF_SEA_YELLOW,
  SF_SEA_ORANGE,
  SF_SEA_RED,
  SF_SEA_NO_COLOUR, /* below the blue level, which is known */
  SF_SEA_UNKNOWN    /* no level known that would tell */
};

enum
{
  SF_SEA_COLOURS = 4
};

/* "blue", "none", "unknown"; in Chinese where zh is set. Static texts. */
const char *sf_sea_colour_name (enum sf_sea_colour colour, bool zh);

/* Warning levels of a station on one datum, NaN where unknown. */
struct sf_sea_levels
{
  double m[SF_SEA_COLOURS];
  const char *datum;
};

struct sf_sea_warning
{
  enum sf_sea_colour colour;
  enum sf_sea_colour lowest; /* the lowest level known; SF_SEA_UNKNOWN: none is */
  double above_m;            /* above that one, negative below it; NaN where none is known */
};

/* What a total level means by a station's levels: the highest known one that it reaches. A level below all known ones is
   no all-clear unless the blue one is among them: then the colour is unknown. NaN levels and totals are unknown.
   SF_EUNSUPPORTED, in words, when datums differ by an unknown step. */
enum sf_code sf_sea_warn (const struct sf_sea_levels *levels, struct sf_level total,
                          const struct sf_datum_offsets *offsets, struct sf_sea_warning *ret, struct sf_error *err);

#endif
