/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/storm_wind.h"

#include <math.h>

static enum sf_code
add_ring (struct sf_table *table, const struct sf_record *fix, const struct sf_track *track,
          const struct sf_vortex_report *report, int ring, int q, struct sf_error *err)
{
  static const char *const quadrants[SF_QUADRANTS] = { "NE", "SE", "SW", "NW" };
  static const int forces[SF_RADII_FORCES] = { 7, 10, 12 };
  enum sf_ring_state state = report->state[ring][q];
  if (sf_table_add_row (table) < 0)
    return sf_fail (err, SF_ENOMEM, "out of memory for the rings of storm %s", track->storm);
  SF_TRY (sf_table_set_text (table, "storm", track->storm, err));
  SF_TRY (sf_table_set_text (table, "agency", track->agency, err));
  SF_TRY (sf_table_set_time (table, "time", fix->valid_s, err));
  SF_TRY (sf_table_set_double (table, "force", forces[ring], err));
  SF_TRY (sf_table_set_text (table, "quadrant", quadrants[q], err));
  SF_TRY (sf_table_set_double (table, "given", report->given_km[ring][q], err));
  SF_TRY (sf_table_set_double (table, "met", report->met_km[ring][q], err));
  SF_TRY (sf_table_set_int (table, "solved", state < SF_RING_ABOVE_VMAX, err));
  SF_TRY (sf_table_set_text (table, "reason", sf_ring_reason (state, false), err));
  return sf_table_set_text (table, "reason_zh", sf_ring_reason (state, true), err);
}

/* A row for each ring that the fix gives. A fix that no vortex can be fitted to (neither wind nor pressure) has none. */
static enum sf_code
add_fix (const struct sf_host *host, struct sf_table *table, const struct sf_track *track, const struct sf_record *fix,
         const struct sf_vortex_rules *rules, struct sf_error *err)
{
  struct sf_vortex vortex;
  struct sf_vortex_report report;
  struct sf_vortex_source source = sf_storm_wind_source (host, &fix->as.track, rules);
  enum sf_vortex_mode mode = sf_settings_choice (host->settings, "radii") == 2 ? SF_VORTEX_MEAN : SF_VORTEX_ENVELOPE;
  if (sf_vortex_fit (&vortex, &source, mode, &report, NULL) != SF_OK)
    return SF_OK;
  for (int ring = 0; ring < SF_RADII_FORCES; ring++)
    for (int q = 0; q < SF_QUADRANTS; q++)
      if (report.state[ring][q] != SF_RING_ABSENT)
        SF_TRY (add_ring (table, fix, track, &report, ring, q, err));
  return SF_OK;
}

enum sf_code
sf_typhoon_run_rings (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct sf_storm_outlooks outlooks;
  struct sf_vortex_rules rules;
  struct sf_dataset *dataset = NULL;
  SF_TRY (sf_vortex_rules_load_shared (host->share_folder, &rules, err));
  enum sf_code code = sf_typhoon_open_outlooks (host, io, &outlooks, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "ring_fit"), NULL, &dataset, err);
  for (size_t s = 0; code == SF_OK && s < outlooks.count; s++)
    for (size_t i = 0; code == SF_OK && i < outlooks.tracks[s].fixes_count; i++)
      code = add_fix (host, dataset->as.table, &outlooks.tracks[s], &outlooks.tracks[s].fixes[i], &rules, err);
  sf_storm_outlooks_finish (&outlooks);
  if (code == SF_OK)
    return io->output (io, "ring_fit", dataset, err);
  sf_dataset_unref (dataset);
  return code;
}
