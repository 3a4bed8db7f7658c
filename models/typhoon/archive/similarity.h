/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ARCHIVE_SIMILARITY_H
#define SF_MODELS_TYPHOON_ARCHIVE_SIMILARITY_H

#include "models/typhoon/archive/past.h"

/* How alike two storms are at two moments, as one distance in km.

   d^2 = (a_shape s)^2 + (a_position p)^2 + (a_season |days|)^2 + (a_intensity |m/s|)^2 + (a_size |km|)^2

   p is the distance between the centres. s is the difference of the ways, whatever their place: over the hours t before
   (t < 0) and after the moment that both have, with the displacements D(t) since the moment in km east and north,
     s^2 = sum w(t) (24 h/|t| |D_a(t) - D_b(t)|)^2 / sum w(t),   w(t) = exp (-|t| / scale),
   so it is a difference of mean motion in km a day. The displacements are on a plane: 111.195 km a degree, longitudes
   shortened by the mean of the cosines of both ends. Days are counted the shorter way round the year. A wind
   that one of them lacks counts as unknown_mps: best tracks leave it out where it is weak. A size that one lacks, as all
   old best tracks do, costs nothing.
   The form, a weighted sum of squares over position, motion, season and intensity, is that of the analogue methods of
   Hope and Neumann (1970, HURRAN) and Jarrell and Somervell (1970), recalled; factors are data. */

enum
{
  SF_SIMILAR_BACK = 12, /* steps of SF_PAST_STEP_S before the moment: 72 h */
  SF_SIMILAR_AHEAD = 8, /* after it: 48 h */
  SF_SIMILAR_STEPS = SF_SIMILAR_BACK + SF_SIMILAR_AHEAD
};

struct sf_similar_weights
{
  double shape;                       /* a km for each km a day of motion */
  double position;                    /* a km for each km */
  double season_km;                   /* for each day */
  double intensity_km;                /* for each m/s */
  double size;                        /* a km for each km */
  double unknown_mps;                 /* what a missing wind counts as */
  double back_scale_s, ahead_scale_s; /* of w(t) */
};

/* A storm at a moment, with its way around it: what is compared. */
struct sf_similar_query
{
  struct sf_past_point at;
  /* Displacements from `at`: index k < BACK is (k + 1) steps before, else (k - BACK + 1) steps after. NaN: not known. */
  double east_km[SF_SIMILAR_STEPS], north_km[SF_SIMILAR_STEPS];
  double motion_to_deg, motion_mps; /* over the last step before the moment, else the first after; NaN */
};

/* The parts of a distance, already multiplied by their factors, in km; NaN for a part that cannot be told. */
struct sf_similarity
{
  double total_km, shape_km, position_km, season_km, intensity_km, size_km;
};

struct sf_similar_match
{
  size_t storm, point; /* of the archive */
  struct sf_similarity parts;
};

/* Who is compared with. A bound without a value lets all through. */
struct sf_similar_limits
{
  int64_t before_s;    /* only moments before this time; SF_TIME_MISSING: all */
  size_t without;      /* a storm that is left out, SIZE_MAX: none */
  size_t steps_needed; /* steps after the moment that a candidate must still have; 0: none */
};

/* Fill a query from points that lie SF_PAST_STEP_S apart (a gap in time is a gap) at point `at`. The way ahead is taken
   when ahead is true. */
void sf_similar_query_of (struct sf_similar_query *query, const struct sf_past_point *points, size_t count, size_t at,
                          bool ahead);

/* The distance between a query and the moment `point` of an archived storm. total_km is INFINITY when the query has a way
   and they share less than two of its steps. */
struct sf_similarity sf_similar_distance (const struct sf_similar_query *query, const struct sf_past *past,
                                          const struct sf_past_storm *storm, size_t point,
                                          const struct sf_similar_weights *weights);

/* Find the `count` archived storms most like the query, each at its most similar moment, nearest first; matches holds
   count. Returns how many were found. Moments whose position, season and intensity alone put them behind those found are
   not looked at further; the answer is that of looking at all. Ties go to the earlier storm of the archive. */
size_t sf_similar_find (const struct sf_similar_query *query, const struct sf_past *past,
                        const struct sf_similar_weights *weights, const struct sf_similar_limits *limits,
                        struct sf_similar_match *matches, size_t count);

/* The mean of the matches' displacements over the next `steps` steps, east and north in km, by weights
   1 / (d^2 + floor_km^2), each corrected for how its own motion differs from the query's when `relative` is true: its
   displacement less its motion continued, plus the query's continued. Matches without so many steps are passed over;
   false when none is left. */
bool sf_similar_outlook (const struct sf_similar_query *query, const struct sf_past *past,
                         const struct sf_similar_match *matches, size_t count, size_t steps, double floor_km,
                         bool relative, double *ret_east_km, double *ret_north_km);

/* Read the factors from a YAML file (share/typhoon/analogues.yaml); every one must be there. Errors name file and line. */
enum sf_code sf_similar_weights_load (const char *path, struct sf_similar_weights *ret_weights, struct sf_error *err);

#endif
