/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ARCHIVE_EFFECTS_H
#define SF_MODELS_TYPHOON_ARCHIVE_EFFECTS_H

#include "core/base/text.h"

/* What past storms did to Hainan, as data (share/typhoon/effects.csv). Texts are NULL and numbers NaN where nothing is
   known. */
struct sf_effect
{
  const char *number, *name, *name_zh;
  const char *landfall, *landfall_zh;
  double rain_mm;
  const char *rain_place, *rain_place_zh;
  double surge_m, tide_m, dead, moved;
  const char *note, *note_zh, *source;
};

struct sf_effects
{
  size_t count;
  const struct sf_effect *items; /* in the arena of load */
};

#define SF_EFFECTS_FILE "typhoon/effects.csv"

/* Read the table: comment lines begin with '#', the first other line is the header, whose columns stand in this order.
   SF_EFORMAT names file and line for a wrong header, a wrong count of fields, a number that is none or below 0, a storm
   without number or source, a number that stands twice. All in the arena. */
enum sf_code sf_effects_load (struct sf_arena *arena, const char *path, struct sf_effects *ret_effects,
                              struct sf_error *err);

/* The effects of an international number, NULL: not in the table, or number is NULL. */
const struct sf_effect *sf_effects_find (const struct sf_effects *effects, const char *number);

/* Say them in both languages: what is known with its numbers, then what is not known, by name. NULL: that they are not in
   the table. */
void sf_effects_say (const struct sf_effect *effect, struct sf_strbuf *english, struct sf_strbuf *chinese);

#endif
