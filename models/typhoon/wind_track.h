/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_WIND_TRACK_H
#define SF_MODELS_TYPHOON_WIND_TRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "models/typhoon/averaging.h"
#include "models/typhoon/wind_profile.h"

/* Which values of a node were estimated because the input had none. */
enum sf_wind_filled
{
  SF_WIND_FILLED_PC = 1,
  SF_WIND_FILLED_PN = 2,
  SF_WIND_FILLED_VMAX = 4,
  SF_WIND_FILLED_RMW = 8,
};

/* What the first node, which has no earlier one to take its motion from, contributes. */
enum sf_wind_first_node
{
  SF_WIND_FIRST_SILENT,  /* no wind, as CLIMADA does: a track needs two nodes to make any */
  SF_WIND_FIRST_FORWARD, /* the motion towards the second node and no pressure trend; a single node stands still */
};

struct sf_wind_track_options
{
  enum sf_wind_model model;
  double pn_default_hpa;  /* around the storm, where the input has none */
  double rho_kgpm3;       /* density of air; NaN: from pressure, node by node */
  double surface_factor;  /* gradient level to 10 m; also scales the limits of b */
  bool cyclostrophic;     /* without the Coriolis terms (H10 never has them) */
  bool h10_given_vmax;    /* H10: take the track's maximum wind, and B from it, instead of both from pressure */
  bool h10_in_brackets;   /* H10: vmax inside the brackets of eq 6 */
  int vmax_averaging_min; /* averaging time of the input's maximum wind: 1, 2 or 10 */
  enum sf_wind_exposure exposure;
  enum sf_wind_first_node first_node;
};

/* Set CLIMADA's defaults: H08, 1005 hPa, 1.15 kg/m3, 0.9, vmax taken as a 1-minute mean, first node silent. */
void sf_wind_track_options_init (struct sf_wind_track_options *options);

/* A track as arrays of n values; NaN is missing. An array that is NULL is missing throughout, except time, lon and lat.
 */
struct sf_wind_fixes
{
  size_t n;
  const int64_t *time_s; /* UTC, equal steps */
  const double *lon_deg; /* any range; may jump at 180 */
  const double *lat_deg;
  const double *pc_hpa;   /* in the centre */
  const double *pn_hpa;   /* around the storm */
  const double *vmax_mps; /* averaged over options.vmax_averaging_min */
  const double *rmw_m;    /* 0 is missing too */
};

/* One position of the storm with everything that a kernel needs. */
struct sf_wind_node
{
  int64_t time_s;
  double lon_deg; /* continuous along the track, so it may leave [-180, 360] */
  double lat_deg;
  double cos_lat;
  double pc_hpa; /* never above pn_hpa */
  double pn_hpa;
  double vmax_mps;    /* 1-minute; of H10 the one that its profile uses */
  double vt_east_mps; /* motion since the node before, at most 30 kn */
  double vt_north_mps;
  double vt_mps;
  struct sf_wind_radial radial; /* profile of the track's model; motion and asymmetry not in it */
  unsigned filled;              /* enum sf_wind_filled, or-ed */
  bool active;                  /* false: the node makes no wind */
};

struct sf_wind_track
{
  struct sf_wind_node *nodes; /* the caller's */
  size_t n;
  int64_t step_s;    /* 0 for a single node */
  double hemisphere; /* +1: anticlockwise wind (north); -1: clockwise. Of the majority of nodes, north when equal */
  enum sf_wind_model model;
};

/* Prepare a track for the wind kernels: fill what is missing, and compute motion, pressure drop, b and profile of each
   node. nodes holds fixes->n items and belongs to the caller; it must outlive the track. Missing pc comes from vmax,
   missing vmax from pc, missing rmw from pc, missing pn from the options; a filled value is marked in the node.
   SF_EINVAL: no fix; unequal or backward steps; a node with neither pressure nor wind. SF_ERANGE: a value outside what
   nature does, which is mostly a wrong unit or swapped coordinates. Messages name the fix (from 0) and the value.
   Sources: as in wind_profile.h; motion is the backward difference on a local plane, limited to 30 kn (CLIMADA). */
enum sf_code sf_wind_track_init (struct sf_wind_track *track, struct sf_wind_node *nodes,
                                 const struct sf_wind_fixes *fixes, const struct sf_wind_track_options *options,
                                 struct sf_error *err);

#endif
