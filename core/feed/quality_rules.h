/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_QUALITY_RULES_H
#define SF_CORE_FEED_QUALITY_RULES_H

#include "core/feed/quality.h"

/* The rules of quality control as they are kept once read. Numbers NaN and durations 0: no such rule. */

enum
{
  SF_QUALITY_SPANS = 12,
  SF_QUALITY_UNITS = 4,
  SF_QUALITY_EXCEPTIONS = 4,
  SF_QUALITY_RESETS = 4,
  SF_QUALITY_CURVE_MAX = 1000
};

/* Outside hard is not possible, outside soft is to be verified; in the quantity's unit, bounds included. */
struct sf_quality_range
{
  double hard[2], soft[2];
};

/* How fast a value may change: per_hour times the hours between two rows, but at least `least`. Rows further apart than gap_s
   say nothing about each other. */
struct sf_quality_step
{
  double per_hour, least;
  int64_t gap_s;
};

/* A value that stands still for so long is doubted, unless it is one of the exceptions. */
struct sf_quality_stuck
{
  int64_t for_s, gap_s; /* gap_s: at most half of for_s */
  double exceptions[SF_QUALITY_EXCEPTIONS];
  size_t exceptions_count;
};

/* A value that may have been read in another unit: times factor it would be right. */
struct sf_quality_unit
{
  const char *name;
  double factor;
};

struct sf_quantity_rule
{
  const struct sf_quantity *quantity;
  struct sf_quality_range range; /* of values of any span that `spans` does not cover */
  struct
  {
    int64_t period_s;
    struct sf_quality_range range;
  } spans[SF_QUALITY_SPANS]; /* rising */
  size_t spans_count;
  struct sf_quality_step step;
  struct sf_quality_stuck stuck;
  struct sf_quality_unit units[SF_QUALITY_UNITS];
  size_t units_count;
};

enum sf_quality_side
{
  SF_QUALITY_ANYWHERE,
  SF_QUALITY_AT_SEA,
  SF_QUALITY_ON_LAND
};

struct sf_mover_rule
{
  const char *type; /* "" for all that have no rule of their own */
  enum sf_quality_side side;
  double speed_mps; /* that it cannot exceed between two reports */
  double slack_m;   /* what two reports of a still mover may be apart */
  int64_t gap_s;
};

struct sf_clock_rule
{
  int64_t ahead_s, far_ahead_s;        /* valid after received by more: doubtful, unreliable */
  int64_t resets_s[SF_QUALITY_RESETS]; /* where clocks begin when their battery is empty */
  size_t resets_count;
  int64_t reset_span_s;
};

struct sf_curve_point
{
  double level_m, storage_m3;
};

struct sf_station_rule
{
  const char *id;
  const struct sf_quantity_rule *quantities; /* the feed's, with the station's own over them */
  size_t quantities_count;
  double lon_deg, lat_deg;            /* where it stands; NaN: not said */
  const struct sf_curve_point *curve; /* rising in both; NULL: none */
  size_t curve_count;
};

/* The day that a daily rain is of, in Beijing time: of hydrology, of meteorology, of the calendar. */
enum sf_rain_day
{
  SF_RAIN_DAY_UNSTATED,
  SF_RAIN_DAY_08,
  SF_RAIN_DAY_20,
  SF_RAIN_DAY_00
};

struct sf_twin_pair
{
  const char *ids[2];
};

/* Values that must agree with each other. */
struct sf_agreement_rule
{
  const char *level, *storage; /* the quantities that a station's curve joins; NULL: none */
  double level_m;              /* a level may differ from that of the curve by so much */
  const char *rain;            /* the quantity whose hours must sum up to its days; NULL: none */
  double rain_mm, rain_share;  /* the greater of both is allowed between the sum and the day */
  enum sf_rain_day rain_day;   /* when a day of rain ends; not stated: hours are not held against days */
  double station_m;            /* a station's reports may lie so far from where it stands */
  double twin_m; /* two numbers so close that say the same in so many reports are one station; 0: not looked for */
  int64_t twin_reports;
  const struct sf_twin_pair *twins; /* that are known to be two */
  size_t twins_count;
};

/* All that holds for a feed. */
struct sf_quality_limits
{
  struct sf_clock_rule clock;
  struct sf_agreement_rule agreement;
  const struct sf_quantity_rule *quantities; /* sorted by name */
  size_t quantities_count;
  const struct sf_mover_rule *movers;
  size_t movers_count;
  const struct sf_station_rule *stations; /* sorted by id; of a feed */
  size_t stations_count;
};

struct sf_quality_rules
{
  const struct sf_vocabulary *vocabulary;
  struct sf_quality_limits limits;
  const struct sf_coast_mask *coast; /* NULL: no check of the side of the coast */
};

/* Read limits over a base (NULL: nothing); all in the arena. A feed's limits may have stations. */
enum sf_code sf_quality_limits_read (struct sf_arena *arena, const struct sf_yaml *node,
                                     const struct sf_quality_limits *base, const struct sf_vocabulary *vocabulary,
                                     struct sf_quality_limits *ret_limits, struct sf_error *err);

/* "08-08"; NULL: not stated. */
const char *sf_rain_day_name (enum sf_rain_day rain_day);
/* Whether a time is one at which a rain day ends; none does of one that is not stated. */
bool sf_rain_day_ends (enum sf_rain_day rain_day, int64_t time_s);

/* NULL where there is no rule. station may be NULL. */
const struct sf_quantity_rule *sf_quality_find_quantity (const struct sf_quality_limits *limits,
                                                         const struct sf_station_rule *station, const char *quantity);
const struct sf_station_rule *sf_quality_find_station (const struct sf_quality_limits *limits, const char *id);
const struct sf_mover_rule *sf_quality_find_mover (const struct sf_quality_limits *limits, const char *type);
/* The range of a value over a span: that of the shortest listed span that is at least as long, so that nothing is refused
   for being more than a shorter time can bring. */
const struct sf_quality_range *sf_quality_find_range (const struct sf_quantity_rule *rule, int64_t period_s);

#endif
