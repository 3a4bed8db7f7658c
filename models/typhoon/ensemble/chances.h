/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ENSEMBLE_CHANCES_H
#define SF_MODELS_TYPHOON_ENSEMBLE_CHANCES_H

#include <stddef.h>
#include <stdint.h>

#include "core/plugin/plugin.h"
#include "models/typhoon/ensemble/force_shape.h"
#include "models/typhoon/wind_field.h"

/* How many members of an ensemble bring a force, or the centre itself, to every cell of a grid. Times are whole hours
   from the ensemble's base. Windows are closed: the hour on the border of two belongs to both, since what happens then
   happens in both. */

enum
{
  SF_CHANCE_FORCES = 5,  /* most forces that radii are given for */
  SF_CHANCE_WINDOWS = 3, /* most windows of which each is counted */
  SF_CHANCE_STRIKES = 4, /* most strike distances */
  SF_CHANCE_BLOCKS = 8   /* groups of members, fixed, so that results do not depend on the number of threads */
};

/* The hours of one storm of one member. Longitude NaN: no centre at that hour. */
struct sf_chance_track
{
  size_t member;         /* from 0; tracks come in ascending order of members, several storms one after another */
  int first_hour, hours; /* position i is of hour first_hour + i */
  const double *lon_deg, *lat_deg;
  const struct sf_force_radii *radii; /* hours x forces; NULL: no winds */
  const uint8_t *knots; /* 1: the way bends here (a fix); NULL: at every hour. Legs of strikes go from knot to knot. */
};

struct sf_chances
{
  struct sf_wind_grid grid;
  size_t members; /* all, with a storm or without, at most 65535 */
  size_t tracks_count;
  const struct sf_chance_track *tracks;
  int forces;                     /* of each hour's radii */
  int wanted;                     /* forces to be counted ... */
  int force_of[SF_CHANCE_FORCES]; /* ... and which of the radii's they are */
  int windows;
  int begin_hour[SF_CHANCE_WINDOWS], end_hour[SF_CHANCE_WINDOWS]; /* ascending, each from at or after the end before */
  int strikes;
  double strike_km[SF_CHANCE_STRIKES];
  int strike_begin_hour, strike_end_hour; /* of all strikes; INT_MAX: to the last hour */
  enum sf_wind_isa isa;                   /* SF_WIND_ISA_AUTO but in tests */
};

/* Counts of members, cells of the grid from row 0; NULL: not wanted. wind[w * wanted + f] is of window w, w == windows
   of the whole time, hours outside all windows too. */
struct sf_chance_counts
{
  uint16_t *wind[(SF_CHANCE_WINDOWS + 1) * SF_CHANCE_FORCES];
  uint16_t *strike[SF_CHANCE_STRIKES];
};

/* Count. A cell is inside a force of an hour by sf_force_shape_holds, its centre taken; struck within d by
   sf_strike_leg_distance2 <= d^2; on a grid around the Earth at every image. Bit for bit the same as a test of every
   cell, with any number of threads and any instructions. Members are shared out through host->parallel.
   SF_EINVAL for what cannot be counted (grid, order of members or windows, hours, distances), SF_ENOMEM,
   SF_ECANCELLED. */
enum sf_code sf_chances_count (const struct sf_host *host, const struct sf_chances *chances,
                               const struct sf_chance_counts *counts, struct sf_error *err);

/* The leg between two positions of a track, with the plane that it lies on; b == a: a centre that stays. */
struct sf_strike_way
{
  double lon_deg, lat_deg; /* first end */
  double km_per_deg_lon;
  struct sf_strike_leg leg;
};
struct sf_strike_way sf_strike_way_of (const struct sf_chance_track *track, int a, int b);

/* The next leg within hours [begin, end] (of the ensemble) from position *from on: positions *a to *b, and *from for
   the call after. A centre with a single hour in the window is a leg that stays. False when there is none left. */
bool sf_strike_next (const struct sf_chance_track *track, int begin_hour, int end_hour, int *from, int *a, int *b);

/* For other kernels that go through the same members: what sf_chances_count checks, but for the grid; and the first
   track of a block of members, of SF_CHANCE_BLOCKS. */
enum sf_code sf_chances_check_members (const struct sf_chances *chances, struct sf_error *err);
size_t sf_chance_first_track (const struct sf_chances *chances, int block);

#endif
