/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_DECODE_MAPPING_PLAN_H
#define SF_PLUGINS_DECODE_MAPPING_PLAN_H

#include "plugins/decode/mapping.h"
#include "plugins/decode/mapping_number.h"
#include "plugins/decode/mapping_place.h"
#include "plugins/decode/mapping_time.h"
#include "plugins/decode/mapping_units.h"

/* What "map" says, read once. Between mapping_parse.c, which makes it, and mapping.c, which follows it. */

enum
{
  SF_MAPPING_REFERENCES_MAX = 1000
};

enum
{
  SF_REFERENCE_LITERAL = -1, /* of a part: its own text */
  SF_REFERENCE_SOURCE = -2,  /* "@source": the message's source */
  SF_REFERENCE_NAME = -3     /* "@name": what follows the last / of the source */
};

struct sf_mapping_part
{
  int reference;    /* >= 0: of the row's values */
  const char *text; /* of a literal */
};

struct sf_tokens
{
  const char *const *texts;
  size_t count;
};

/* Where a text comes from: parts one after the other. */
struct sf_mapping_source
{
  const struct sf_mapping_part *parts;
  size_t parts_count;          /* 0: not given in the mapping */
  const char *label;           /* for messages */
  const char *prefix, *suffix; /* taken off; NULL: none */
  struct sf_tokens missing;    /* of this value alone */
  bool optional;               /* a row may lack its place */
  bool vital;                  /* without it its record is rejected in words of its own */
};

struct sf_mapping_number
{
  struct sf_mapping_source source;
  double scale, offset; /* before the unit */
  struct sf_unit_conversion unit;
};

struct sf_mapping_time
{
  struct sf_mapping_source source;
  struct sf_time_format format;
  bool received; /* the time of reception instead */
};

struct sf_mapping_quantity
{
  const char *name;
  struct sf_mapping_number number;
  int64_t period_s;
  bool keep_missing; /* a record of quality missing for what is not reported */
};

struct sf_mapping_attribute
{
  const char *name;
  struct sf_mapping_source source;
};

/* "quality": codes of the feed and what they say; a code in no list makes doubtful. */
struct sf_mapping_quality
{
  struct sf_mapping_source source;
  struct sf_tokens reliable, doubtful, unreliable, missing;
};

/* "only": rows whose value is one of these. */
struct sf_mapping_filter
{
  struct sf_mapping_source source;
  struct sf_tokens tokens;
};

/* Texts of the kinds; which a kind has is in the table of mapping_parse.c. */
enum sf_mapping_text
{
  SF_MAPPING_TYPE,
  SF_MAPPING_NAME,
  SF_MAPPING_NAME_ZH,
  SF_MAPPING_DATUM,
  SF_MAPPING_STATUS,
  SF_MAPPING_LEVEL,
  SF_MAPPING_HEADLINE,
  SF_MAPPING_AREA,
  SF_MAPPING_TEXTS
};

enum sf_mapping_figure
{
  SF_MAPPING_ELEVATION,
  SF_MAPPING_SPEED,
  SF_MAPPING_COURSE,
  SF_MAPPING_HEADING,
  SF_MAPPING_FIGURES
};

enum sf_mapping_moment
{
  SF_MAPPING_BEGIN,
  SF_MAPPING_END,
  SF_MAPPING_ISSUED,
  SF_MAPPING_MOMENTS
};

struct sf_mapping_plan
{
  enum sf_record_kind kind;
  struct sf_mapping_source id;
  struct sf_mapping_time time;
  struct sf_mapping_filter only;
  struct sf_mapping_source code, code_name; /* of an administrative scheme */
  struct sf_mapping_quality quality;
  struct sf_mapping_number lon, lat;
  enum sf_place_crs crs;
  bool dms;
  struct sf_mapping_quantity *quantities;
  size_t quantities_count;
  struct sf_mapping_attribute *attributes;
  size_t attributes_count;
  struct sf_mapping_source texts[SF_MAPPING_TEXTS];
  struct sf_mapping_number figures[SF_MAPPING_FIGURES];
  struct sf_mapping_time moments[SF_MAPPING_MOMENTS];
};

struct sf_mapping
{
  const char *reference; /* what they are: "column" or "pointer" */
  const char **references;
  bool *needed; /* of the references */
  size_t references_count, references_capacity;
  struct sf_mapping_plan *plans;
  size_t plans_count;
  struct sf_tokens missing;
  char decimal, thousands; /* thousands '\0': none */
};

#endif
