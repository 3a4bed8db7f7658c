/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ENSEMBLE_STAGES_H
#define SF_MODELS_TYPHOON_ENSEMBLE_STAGES_H

#include "core/plugin/plugin.h"
#include "models/typhoon/ensemble/member_centre.h"
#include "models/typhoon/ensemble/member_hours.h"
#include "models/typhoon/ensemble/member_rules.h"

/* What every stage of this model may rely on in the dataset `members`:
   - All tracks of one storm (same `storm`) are its members, whatever their agency: generated ones are of "SANFANG" and
     named g0001, g0002 ..., real ones keep their agency and their feed's name of the member. Each counts as much as any
     other.
   - A member that has lost its storm, or that its feed counts but gives no track for, is there with one fix without a
     position: it makes no wind and no landfall, and still counts in the denominator.
   - base_s is the time of the newest analysis and the same for all members of a storm; fixes stand at base_s + k 3 h and
     at the last lead, all of averaging_min 2. Winds include the decay over land. Radii are maximum extents in their
     quadrant, NaN where the member has no such force or nobody knows its ring. */

/* The agency of what this project computes itself. */
#define SF_ENSEMBLE_AGENCY "SANFANG"

/* The choices of the setting source. */
enum sf_ensemble_source
{
  SF_SOURCE_AUTO,
  SF_SOURCE_REAL,
  SF_SOURCE_GENERATED
};

/* What the stages members and cone read, all borrowed or in the arena. */
struct sf_ensemble_input
{
  struct sf_member_rules rules;
  struct sf_agencies agencies;
  struct sf_centre_query query;
  const struct sf_table *coast;            /* NULL: none, or no port */
  const struct sf_table *consensus_points; /* likewise */
  const char *const *storms;               /* distinct ones of storm_tracks */
  size_t storms_count;
};

/* Read rules, agencies and the inputs of a stage. Points into ret, which must stay where it is. */
enum sf_code sf_ensemble_input_load (const struct sf_host *host, const struct sf_stage_io *io, struct sf_arena *arena,
                                     struct sf_ensemble_input *ret, struct sf_error *err);

/* The members of this stage hour by hour, from the ports "members" and "cycle_time"; the caller finishes. */
enum sf_code sf_ensemble_hours (const struct sf_host *host, const struct sf_stage_io *io, struct sf_member_hours *hours,
                                struct sf_error *err);

/* What of the windows 0-24, 24-48, 48-72 h and the chosen strikes the two stages have in common. */
struct sf_chances sf_ensemble_usual_chances (const struct sf_host *host, const struct sf_member_hours *hours);

/* The mean track errors of a centre; of a consensus by the circles of 68 % that consensus_points has of it: then true. */
bool sf_ensemble_track_km (const struct sf_ensemble_input *input, const struct sf_centre *centre,
                           struct sf_lead_table *ret_track_km);

/* Give a finished dataset to a port when code is SF_OK, else drop it; returns the code. */
enum sf_code sf_ensemble_give (const struct sf_stage_io *io, const char *port, struct sf_dataset *dataset,
                               enum sf_code code, struct sf_error *err);

/* One function a stage; struct sf_stage says what they take and make. */
enum sf_code sf_ensemble_run_members (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_ensemble_run_cone (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_ensemble_run_landfall (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_ensemble_run_chances (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_ensemble_run_places (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);

#endif
