/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_CENTRE_H
#define SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_CENTRE_H

#include "core/data/dataset.h"
#include "models/typhoon/agencies/agency.h"
#include "models/typhoon/ensemble/member_rules.h"

/* The track that generated members lie around and that a cone is drawn on: a forecast joined to the newest analysis. */

enum sf_centre_wanted
{
  SF_CENTRE_AUTO, /* the consensus unless the newest analysis has overtaken it, else the official forecast, else any's */
  SF_CENTRE_CONSENSUS,
  SF_CENTRE_OFFICIAL
};

struct sf_centre_query
{
  const struct sf_tracks *tracks;    /* storm_tracks */
  const struct sf_tracks *consensus; /* NULL: none */
  const struct sf_agencies *agencies;
  const char *official; /* agency entitled to the official forecast */
  int64_t now_s, stale_s;
};

/* Texts and records are borrowed from the query's tracks or live in the arena. */
struct sf_centre
{
  const char *storm, *number, *name, *name_zh, *agency;
  bool consensus;
  int64_t base_s;                /* of the newest analysis: where the track begins */
  int64_t made_s;                /* when the forecast was made: not after base_s */
  struct sf_track track;         /* fixes from base_s on, at least two, winds as 2-minute means */
  const struct sf_record *rings; /* the newest analysis with a ring, the official agency's before others'; NULL: none */
  double rings_wind_mps;         /* 2-minute, of that analysis; NaN */
};

/* Find the centre of a storm. *ret_why is NULL, or why there is none (a static text, English): then *ret is untouched. The
   forecast is the newest one made by now; its fixes that the newest analysis has overtaken are left out. The analysis is
   the same agency's, for a consensus the official agency's. SF_ENOMEM. */
enum sf_code sf_centre_find (struct sf_arena *arena, const struct sf_centre_query *query, const char *storm,
                             enum sf_centre_wanted wanted, struct sf_centre *ret, const char **ret_why,
                             struct sf_error *err);
/* The same on one agency's own forecast. */
enum sf_code sf_centre_of_agency (struct sf_arena *arena, const struct sf_centre_query *query, const char *storm,
                                  const char *agency, struct sf_centre *ret, const char **ret_why,
                                  struct sf_error *err);

/* A real member's own track as a centre, with winds as 2-minute means; it may have fewer than two fixes. */
enum sf_code sf_centre_of_member (struct sf_arena *arena, const struct sf_centre_query *query,
                                  const struct sf_track *member, const struct sf_record *rings, struct sf_centre *ret,
                                  struct sf_error *err);

/* The newest analysis with a ring, not older than stale_s before base_s; NULL: none. The official agency's before others'. */
const struct sf_record *sf_centre_rings (const struct sf_centre_query *query, const char *storm, int64_t base_s);

/* The distinct storms of tracks, in their order; *ret_storms in the arena. SF_ENOMEM. */
enum sf_code sf_centre_storms (struct sf_arena *arena, const struct sf_tracks *tracks, const char *const **ret_storms,
                               size_t *ret_count, struct sf_error *err);

/* The lead that errors have grown for at a time: none at base_s, the forecast's own lead at the end, straight in between. */
double sf_centre_lead_h (const struct sf_centre *centre, int64_t time_s);

/* A fix's maximum wind as a 2-minute mean; a fix that does not say its minutes has its agency's, or 2. */
double sf_centre_wind_mps (const struct sf_agencies *agencies, const struct sf_fix *fix);

/* The centre at equal steps; all arrays n values, radii 12 each; they live in the arena. */
struct sf_centre_samples
{
  size_t n;
  int64_t *time_s;
  double *hour, *lead_h, *lon_deg, *lat_deg; /* hour since base_s; longitudes continuous */
  double *wind_mps, *pressure_hpa, *environment_hpa, *rmw_km;
  double *radii_km;
};

/* Sample a centre every step_s and at its end, along the way that models/typhoon/storm_path.h draws. Rings where the
   forecast has none: those of the analysis, by the rules' exponent; with no ring known, the rules' usual one for force 7.
   Errors as sf_storm_path_init. */
enum sf_code sf_centre_sample (struct sf_arena *arena, const struct sf_centre *centre,
                               const struct sf_member_rules *rules, int64_t step_s, struct sf_centre_samples *ret,
                               struct sf_error *err);

/* What sample k says, as a fix: position, wind, grade, pressure, rmw_km and rings; labels and times are the caller's. */
void sf_centre_samples_fix (const struct sf_centre_samples *samples, size_t k, struct sf_fix *fix);

#endif
