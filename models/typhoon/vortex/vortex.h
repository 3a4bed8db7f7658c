/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_VORTEX_VORTEX_H
#define SF_MODELS_TYPHOON_VORTEX_VORTEX_H

#include "core/data/record.h"
#include "models/typhoon/vortex/vortex_profile.h"
#include "models/typhoon/vortex/vortex_rules.h"

/* The wind of one fix whose rings (radii of force 7, 10, 12 by quadrant) are known: a profile for each quadrant that
   meets them, interpolated in azimuth. All winds are 2-minute means at 10 m over the sea, which is what rings and
   maximum winds of the house are; so nothing is brought down from gradient level, and no reduction factor (0.9 in the
   eyewall, less far out) enters between rings and wind. The storm's motion is in the rings and is not added. */

/* A ring is the maximum extent of its force in its quadrant. */
enum sf_vortex_mode
{
  /* Each quadrant meets its ring over its middle half and goes straight to the smaller of two neighbours at the border
     between them, so that a ring's largest radius within a quadrant is the given one: for display. */
  SF_VORTEX_ENVELOPE,
  /* Rings shrunk to the mean extent (rules.mean_share), met at the quadrants' centres, in between by the cosine of twice
     the angle: for probabilities. */
  SF_VORTEX_MEAN,
};

/* The forces whose radii the vortex carries, strongest first. */
enum
{
  SF_VORTEX_FORCES = 5
};
extern const int sf_vortex_force[SF_VORTEX_FORCES];              /* 12, 10, 8, 7, 6 */
extern const double sf_vortex_threshold_mps[SF_VORTEX_FORCES];   /* 32.7, 24.5, 17.2, 13.9, 10.8 */
extern const double sf_vortex_quadrant_centre_deg[SF_QUADRANTS]; /* NE 45, SE 135, SW 225, NW 315 */

struct sf_vortex_source
{
  double vmax_mps;        /* 2-minute; NaN: from the pressure */
  double pressure_hpa;    /* NaN: from the wind */
  double environment_hpa; /* NaN: rules.environment_hpa */
  double rmw_km;          /* NaN: from the pressure, and then smaller where a ring lies inside it */
  double lon_deg, lat_deg;
  /* As struct sf_fix has them: maximum extent; NaN not given, 0 the force does not occur in the quadrant. */
  double radii_km[SF_RADII_FORCES * SF_QUADRANTS];
  const struct sf_vortex_rules *rules;
};

/* What became of a ring. From SF_RING_ABOVE_VMAX on it has no solution. */
enum sf_ring_state
{
  SF_RING_ABSENT,      /* not given */
  SF_RING_MET,         /* the profile passes through it */
  SF_RING_NOT_REACHED, /* given as 0: the quadrant's wind stays below the force */
  SF_RING_ABOVE_VMAX,  /* given, though the storm's maximum wind is below the force */
  SF_RING_INSIDE_RMW,  /* inside the given radius of maximum wind */
  SF_RING_ORDER,       /* not inside the ring of the next lower force */
  SF_RING_NOWHERE,     /* 0 in all quadrants, though the storm's maximum wind reaches the force */
};

/* Why a ring has no solution, for people; "" for a state that is none of these. */
const char *sf_ring_reason (enum sf_ring_state state, bool zh);

struct sf_vortex_report
{
  enum sf_ring_state state[SF_RADII_FORCES][SF_QUADRANTS]; /* force 7, 10, 12; NE SE SW NW */
  double given_km[SF_RADII_FORCES][SF_QUADRANTS];          /* as given, before any shrinking */
  double met_km[SF_RADII_FORCES][SF_QUADRANTS];            /* the vortex's; NaN where the force is not there */
  bool usual_size;                                         /* no ring could be used: rules.ring7_km stands for all */
};

/* A fitted vortex: plain values, no pointer. The profile outside the radius of maximum wind is V = P (y e^(1-y))^x with
   y = (rmw/r)^b (Holland, Belanger & Fritz 2010 eq 6) whose exponent x is constant from ring to ring in the sense that
   ln V is straight in ln (y e^(1-y)) between them: every ring is met, the wind falls outward without exception, and
   radii have a closed form. Inside, x = 0.5. */
struct sf_vortex
{
  enum sf_vortex_mode mode;
  double vmax_mps; /* in the strongest quadrants */
  double b;
  double tail;                   /* exponent x beyond the outermost radius */
  double peak_mps[SF_QUADRANTS]; /* at the radius of maximum wind */
  double rmw_km[SF_QUADRANTS];
  double radius_km[SF_VORTEX_FORCES][SF_QUADRANTS]; /* outer radii of sf_vortex_force; 0: not there */
};

/* Fit a vortex to a fix. What is missing comes from the pressure (rmw, CLIMADA's relation), the other quadrants' rings,
   or at last rules.ring7_km. Rings without solution are passed over and told in report (NULL: not wanted).
   SF_EINVAL: neither wind nor pressure, no latitude, no rules. SF_ERANGE: a value that no storm has. Does not allocate;
   about 5 microseconds. */
enum sf_code sf_vortex_fit (struct sf_vortex *vortex, const struct sf_vortex_source *source, enum sf_vortex_mode mode,
                            struct sf_vortex_report *report, struct sf_error *err);

/* The wind speed at r_km from the centre in direction azimuth_deg (seen from the centre, clockwise from north), in m/s.
   0 at the centre. Speeds that rings know nothing of (beyond force 6) fall on by the tail's exponent. */
double sf_vortex_wind_mps (const struct sf_vortex *vortex, double r_km, double azimuth_deg);

/* The wind along one direction, for those who want many radii of it. */
struct sf_vortex_profile sf_vortex_profile_at (const struct sf_vortex *vortex, double azimuth_deg);

/* The outer radius of a wind threshold in each quadrant (at its centre, where in mode envelope it is the largest), and
   the inner one, inside which the eye is calmer. The radii of sf_vortex_threshold_mps are carried, others solved. An
   outer radius is 0 where the quadrant does not reach the threshold; inner_km is NaN where no quadrant does. Between
   the centres the outer radius of a carried threshold is sf_vortex_between. */
void sf_vortex_force_radii_km (const struct sf_vortex *vortex, double threshold_mps, double outer_km[SF_QUADRANTS],
                               double *inner_km);

/* Give a fix without any ring those of an earlier one, each moved to where the exponent between peak and ring is the same
   under the present wind and radius of maximum wind: a storm that weakens shrinks. The ring of a force above its present
   wind, which no fit takes, is that radius of maximum wind, into which it vanished. What now has is kept. */
void sf_vortex_carry_rings (const struct sf_vortex_source *then, struct sf_vortex_source *now);

/* Interpolate four quadrants' values to an azimuth as the mode says; keeps order: a <= b in all quadrants stays so. */
double sf_vortex_between (enum sf_vortex_mode mode, const double values[SF_QUADRANTS], double azimuth_deg);

#endif
