/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_DECODE_SL651_ELEMENTS_H
#define SF_PLUGINS_DECODE_SL651_ELEMENTS_H

#include "core/base/text.h"
#include "core/data/vocabulary.h"

/* The table of elements, share/telemetry/sl651-elements.yaml, whose head says what its keys mean. */

enum element_kind
{
  ELEMENT_NUMBER,
  ELEMENT_DAY_RAIN,
  ELEMENT_GATE,
  ELEMENT_STEP,
  ELEMENT_STATUS,
  ELEMENT_RAIN_5MIN,
  ELEMENT_LEVEL_5MIN,
  ELEMENT_IGNORE
};

enum
{
  ELEMENT_CODES = 8
};

struct element
{
  enum element_kind kind;
  uint16_t id; /* 0xFFxx for those of two bytes */
  const char *name, *quantity, *part;
  double factor;
  int64_t period_s;
  double closed; /* NaN: none */
  double unknown[ELEMENT_CODES];
  size_t unknown_count;
};

struct elements
{
  struct element *items;
  size_t count;
  const struct element *by_id[2][256]; /* of one byte, of two */
};

/* Read the file; all in the arena. Errors name file, line and column. vocabulary may be NULL: quantities are not checked. */
enum sf_code elements_load (struct sf_arena *arena, const char *path, const struct sf_vocabulary *vocabulary,
                            struct elements *ret_elements, struct sf_error *err);
const struct element *elements_by_id (const struct elements *elements, uint16_t id);
const struct element *elements_by_name (const struct elements *elements, struct sf_span name);

/* A number as sent made one of the quantity's unit; NaN where a code says that there is none. */
double element_value (const struct element *element, double sent);

#endif
