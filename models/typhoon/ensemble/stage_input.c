/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"
#include "core/base/time.h"
#include "models/typhoon/ensemble/member_plan.h"
#include "models/typhoon/ensemble/stages.h"

#include <string.h>

static const struct sf_dataset *
input_of (const struct sf_stage_io *io, const char *port)
{
  return io->spec (io, port) ? io->input (io, port) : NULL;
}

static enum sf_code
load_rules (const struct sf_host *host, struct sf_arena *arena, struct sf_member_rules *rules, struct sf_error *err)
{
  const char *path = sf_settings_text (host->settings, "parameters");
  if (!path)
    path = sf_file_join (arena, host->share_folder, "typhoon/ensemble.yaml");
  if (!path)
    return sf_fail (err, SF_ENOMEM, "out of memory for a file name");
  return sf_member_rules_load (path, rules, err);
}

static enum sf_code
add_years (const struct sf_host *host, struct sf_arena *arena, struct sf_member_rules *rules, struct sf_error *err)
{
  struct sf_past_errors past;
  SF_TRY (sf_past_errors_load_shared (arena, host->share_folder, &past, err));
  return sf_member_rules_add_years (rules, &past, err);
}

static int64_t
cycle_time (const struct sf_stage_io *io)
{
  const struct sf_table *table = io->input (io, "cycle_time")->as.table;
  return table->rows ? sf_table_time (table, "time", 0) : SF_TIME_MISSING;
}

enum sf_code
sf_ensemble_input_load (const struct sf_host *host, const struct sf_stage_io *io, struct sf_arena *arena,
                        struct sf_ensemble_input *ret, struct sf_error *err)
{
  const struct sf_dataset *consensus = input_of (io, "consensus_tracks"), *coast = input_of (io, "coast");
  const struct sf_dataset *points = input_of (io, "consensus_points");
  const struct sf_tracks *tracks = io->input (io, "storm_tracks")->as.tracks;
  const char *official = sf_settings_text (host->settings, "official");
  *ret = (struct sf_ensemble_input){ .coast = coast ? coast->as.table : NULL,
                                     .consensus_points = points ? points->as.table : NULL };
  SF_TRY (load_rules (host, arena, &ret->rules, err));
  /* A file of the user's own stands for itself. */
  if (!sf_settings_text (host->settings, "parameters"))
    SF_TRY (add_years (host, arena, &ret->rules, err));
  SF_TRY (sf_agencies_load_shared (arena, host->share_folder, &ret->agencies, err));
  ret->query = (struct sf_centre_query){ .tracks = tracks,
                                         .consensus = consensus ? consensus->as.tracks : NULL,
                                         .agencies = &ret->agencies,
                                         .official = official ? official : ret->agencies.house->code,
                                         .now_s = cycle_time (io),
                                         .stale_s = (int64_t) (ret->rules.stale_h * 3600) };
  if (ret->query.now_s == SF_TIME_MISSING)
    return sf_fail (err, SF_EINVAL, "the cycle has no time: the ensemble cannot tell how old a forecast is");
  return sf_centre_storms (arena, tracks, &ret->storms, &ret->storms_count, err);
}

bool
sf_ensemble_track_km (const struct sf_ensemble_input *input, const struct sf_centre *centre,
                      struct sf_lead_table *ret_track_km)
{
  const struct sf_table *points = input->consensus_points;
  struct sf_lead_table radii = { 0 };
  for (size_t row = 0; centre->consensus && points && row < points->rows; row++)
    {
      const char *storm = sf_table_text (points, "storm", row);
      double km = sf_table_double (points, "error_68", row), lead_h = sf_table_double (points, "lead", row);
      if (storm && strcmp (storm, centre->storm) == 0 && sf_table_time (points, "issued", row) == centre->track.base_s
          && km > 0 && lead_h > 0)
        sf_lead_table_add (&radii, lead_h, km, 1);
    }
  sf_member_track_km (&input->rules, centre->consensus, radii.count > 0 ? &radii : NULL, ret_track_km);
  return radii.count > 0;
}
