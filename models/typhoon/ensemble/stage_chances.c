/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"
#include "core/base/time.h"
#include "geodata/crs.h"
#include "models/typhoon/ensemble/stages.h"

#include <limits.h>

enum
{
  WIND_BANDS = 3,
  STRIKE_BANDS = 3,
  GRIDS = 5,      /* strikes, winds of the whole time, of three windows */
  FIRST_FORCE = 2 /* 8 among sf_member_force */
};

/* ECMWF's distance is 120 km (its tropical cyclone strike probability); 50 km is the Red Cross's, 300 km the one of
   ECMWF's extended range. */
static const double strike_km[STRIKE_BANDS] = { 50, 120, 300 };

enum sf_code
sf_ensemble_hours (const struct sf_host *host, const struct sf_stage_io *io, struct sf_member_hours *hours,
                   struct sf_error *err)
{
  struct sf_vortex_rules rules;
  struct sf_arena arena = { 0 };
  const struct sf_table *cycle = io->input (io, "cycle_time")->as.table;
  int64_t now_s = cycle->rows > 0 ? sf_table_time (cycle, "time", 0) : SF_TIME_MISSING;
  const char *path = sf_file_join (&arena, host->share_folder, "typhoon/vortex.yaml");
  enum sf_code code = path ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for a file name");
  if (code == SF_OK)
    code = sf_vortex_rules_load (path, &rules, err);
  if (code == SF_OK)
    code = sf_member_hours_init (hours, host, io->input (io, "members")->as.tracks, now_s, &rules, err);
  sf_arena_finish (&arena);
  if (code == SF_OK && hours->strange_fixes > 0)
    sf_host_log (host, SF_LOG_WARNING,
                 "%zu fixes of members have a wind, a radius or a place that no storm has: they count without",
                 hours->strange_fixes);
  if (code == SF_OK && hours->members > 0 && hours->last_hour < 0)
    sf_host_log (host, SF_LOG_WARNING, "the ensemble's forecast is over: there are no probabilities");
  return code;
}

struct sf_chances
sf_ensemble_usual_chances (const struct sf_host *host, const struct sf_member_hours *hours)
{
  int strike_hours = (int) sf_settings_int (host->settings, "strike_hours");
  return (struct sf_chances){ .members = hours->last_hour < 0 ? 0 : hours->members,
                              .tracks_count = hours->last_hour < 0 ? 0 : hours->tracks_count,
                              .tracks = hours->tracks,
                              .forces = SF_CHANCE_FORCES,
                              .windows = SF_CHANCE_WINDOWS,
                              .begin_hour = { 0, 24, 48 },
                              .end_hour = { 24, 48, 72 },
                              .strike_end_hour = strike_hours > 0 ? strike_hours : INT_MAX };
}

static enum sf_code
grid_of (const struct sf_gridspec *spec, struct sf_wind_grid *grid, struct sf_error *err)
{
  const double *a = spec->affine;
  if (a[2] != 0 || a[4] != 0 || !sf_crs_same_lonlat (spec->crs, SF_CRS_HOME))
    return sf_fail (err, SF_EUNSUPPORTED,
                    "probabilities are computed on upright grids of longitude and latitude (EPSG:4490), not on %s",
                    spec->crs);
  *grid = (struct sf_wind_grid){ .lon0_deg = a[0] + 0.5 * a[1],
                                 .lat0_deg = a[3] + 0.5 * a[5],
                                 .dlon_deg = a[1],
                                 .dlat_deg = a[5],
                                 .nx = spec->nx,
                                 .ny = spec->ny };
  return SF_OK;
}

/* The datasets in the order of the ports, and which hour the members must reach for one to say anything. */
static const struct
{
  const char *port;
  int from_hour;
} outputs[GRIDS] = { { "strike_probability@*", 0 },
                     { "wind_probability@*", 0 },
                     { "wind_probability_24h@*", 0 },
                     { "wind_probability_48h@*", 25 },
                     { "wind_probability_72h@*", 49 } };

static enum sf_code
open_grids (const struct sf_stage_io *io, struct sf_dataset *grids[GRIDS], struct sf_error *err)
{
  double forces[WIND_BANDS];
  for (int f = 0; f < WIND_BANDS; f++)
    forces[f] = sf_member_force[FIRST_FORCE + f];
  for (int g = 0; g < GRIDS; g++)
    SF_TRY (sf_dataset_new_grid (io->spec (io, outputs[g].port), io->instance, io->grid, g == 0 ? strike_km : forces,
                                 g == 0 ? STRIKE_BANDS : WIND_BANDS, &grids[g], err));
  return SF_OK;
}

/* Counts of members to shares, band by band. */
static void
fill_grid (struct sf_grid *grid, uint16_t *const *counts, size_t members)
{
  size_t cells = sf_gridspec_cells (&grid->spec);
  for (int band = 0; band < grid->bands; band++)
    for (size_t i = 0; i < cells; i++)
      grid->values[(size_t) band * cells + i] = (float) counts[band][i] / (float) members;
}

/* Which of the counts are a grid's: those of the strikes, the whole time or a window. */
static uint16_t *const *
counts_of (const struct sf_chance_counts *counts, int g)
{
  if (g == 0)
    return counts->strike;
  return counts->wind + WIND_BANDS * (g == 1 ? SF_CHANCE_WINDOWS : g - 2);
}

static void
divide_counts (uint16_t *memory, size_t cells, struct sf_chance_counts *counts)
{
  enum
  {
    WINDS = WIND_BANDS * (SF_CHANCE_WINDOWS + 1)
  };
  for (size_t n = 0; n < WINDS; n++)
    counts->wind[n] = memory + n * cells;
  for (size_t s = 0; s < STRIKE_BANDS; s++)
    counts->strike[s] = memory + (WINDS + s) * cells;
}

static enum sf_code
count (const struct sf_host *host, const struct sf_stage_io *io, const struct sf_member_hours *hours,
       struct sf_dataset *grids[GRIDS], struct sf_error *err)
{
  struct sf_chances chances = sf_ensemble_usual_chances (host, hours);
  struct sf_chance_counts counts = { 0 };
  size_t cells = sf_gridspec_cells (io->grid), sets = WIND_BANDS * (SF_CHANCE_WINDOWS + 1) + STRIKE_BANDS;
  if (chances.members == 0)
    return SF_OK;
  SF_TRY (grid_of (io->grid, &chances.grid, err));
  chances.wanted = WIND_BANDS;
  for (int f = 0; f < WIND_BANDS; f++)
    chances.force_of[f] = FIRST_FORCE + f;
  chances.strikes = STRIKE_BANDS;
  for (int s = 0; s < STRIKE_BANDS; s++)
    chances.strike_km[s] = strike_km[s];
  uint16_t *memory = sf_mem_alloc (sets * cells * sizeof *memory);
  if (!memory)
    return sf_fail (err, SF_ENOMEM, "out of memory for the counts of %zu cells", cells);
  divide_counts (memory, cells, &counts);
  enum sf_code code = sf_chances_count (host, &chances, &counts, err);
  for (int g = 0; code == SF_OK && g < GRIDS; g++)
    if (hours->last_hour >= outputs[g].from_hour)
      fill_grid (grids[g]->as.grid, counts_of (&counts, g), chances.members);
  sf_mem_free (memory);
  return code;
}

enum sf_code
sf_ensemble_run_chances (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct sf_member_hours hours = { .last_hour = -1 };
  struct sf_dataset *grids[GRIDS] = { NULL };
  enum sf_code code = sf_ensemble_hours (host, io, &hours, err);
  if (code == SF_OK)
    code = open_grids (io, grids, err);
  if (code == SF_OK)
    code = count (host, io, &hours, grids, err);
  sf_member_hours_finish (&hours);
  for (int g = 0; g < GRIDS; g++)
    if (code == SF_OK)
      code = io->output (io, outputs[g].port, grids[g], err);
    else
      sf_dataset_unref (grids[g]);
  return code;
}
