/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/storm_wind.h"

#include "geodata/crs.h"

#include <math.h>

void
sf_storm_wind_close (struct sf_storm_wind *wind)
{
  sf_mem_free (wind->nodes);
}

static enum sf_code
grid_of (const struct sf_gridspec *spec, struct sf_wind_grid *grid, struct sf_error *err)
{
  const double *a = spec->affine;
  bool upright = a[2] == 0 && a[4] == 0;
  bool geographic = sf_crs_same_lonlat (spec->crs, SF_CRS_HOME);
  if (!upright || !geographic)
    return sf_fail (err, SF_EUNSUPPORTED, "the wind is computed on grids of longitude and latitude (EPSG:4490), not %s",
                    upright ? spec->crs : "turned ones");
  *grid = (struct sf_wind_grid){ .lon0_deg = a[0] + 0.5 * a[1],
                                 .lat0_deg = a[3] + 0.5 * a[5],
                                 .dlon_deg = a[1],
                                 .dlat_deg = a[5],
                                 .nx = spec->nx,
                                 .ny = spec->ny };
  return SF_OK;
}

/* Equal steps are what the kernels take: a path's last, shorter step is left out. */
static size_t
equal_steps (const struct sf_storm_path *path)
{
  size_t n = path->count;
  return n >= 2 && path->time_s[n - 1] - path->time_s[n - 2] != path->step_s ? n - 1 : n;
}

static enum sf_code
prepare_track (const struct sf_host *host, struct sf_storm_wind *wind, const struct sf_storm_path *path,
               struct sf_error *err)
{
  static const enum sf_wind_model models[] = { SF_WIND_H08, SF_WIND_H1980, SF_WIND_H10, SF_WIND_ER11 };
  struct sf_wind_track_options options;
  double averaging = path->track->fixes[0].as.track.averaging_min;
  double *rmw_m = sf_mem_calloc (path->count, sizeof *rmw_m);
  wind->nodes = sf_mem_calloc (path->count, sizeof *wind->nodes);
  if (!rmw_m || !wind->nodes)
    {
      sf_mem_free (rmw_m);
      return sf_fail (err, SF_ENOMEM, "out of memory for %zu steps of wind", path->count);
    }
  for (size_t i = 0; i < path->count; i++)
    rmw_m[i] = 1000 * path->rmw_km[i];
  sf_wind_track_options_init (&options);
  options.model = models[sf_settings_choice (host->settings, "profile")];
  options.pn_default_hpa = sf_settings_double (host->settings, "environment_pressure");
  options.vmax_averaging_min = isnan (averaging) ? sf_typhoon_averaging_min (host) : (int) lround (averaging);
  options.exposure = (enum sf_wind_exposure) sf_wind_exposure_find (sf_settings_text (host->settings, "exposure"));
  options.first_node = SF_WIND_FIRST_FORWARD;
  struct sf_wind_fixes fixes = { .n = equal_steps (path),
                                 .time_s = path->time_s,
                                 .lon_deg = path->lon_deg,
                                 .lat_deg = path->lat_deg,
                                 .pc_hpa = path->pressure_hpa,
                                 .pn_hpa = path->environment_hpa,
                                 .vmax_mps = path->wind_mps,
                                 .rmw_m = rmw_m };
  enum sf_code code = sf_wind_track_init (&wind->track, wind->nodes, &fixes, &options, err);
  sf_mem_free (rmw_m);
  return code;
}

enum sf_code
sf_storm_wind_open (const struct sf_host *host, const struct sf_stage_io *io, struct sf_storm_wind *wind,
                    struct sf_error *err)
{
  const struct sf_track *track = NULL;
  struct sf_storm_path path;
  *wind = (struct sf_storm_wind){ 0 };
  SF_TRY (grid_of (io->grid, &wind->field.grid, err));
  SF_TRY (sf_storm_path_choose (io->input (io, "tracks")->as.tracks, sf_settings_text (host->settings, "agency"),
                                &track, err));
  SF_TRY (
      sf_storm_path_init (&path, track, sf_typhoon_path_kind (host), sf_settings_int (host->settings, "step"), err));
  enum sf_code code = prepare_track (host, wind, &path, err);
  sf_storm_path_finish (&path);
  if (code != SF_OK)
    return code;
  struct sf_wind_settings *settings = &wind->field.settings;
  sf_wind_settings_init (settings);
  settings->mode = sf_settings_choice (host->settings, "mode") == 0 ? SF_WIND_FAST : SF_WIND_EXACT;
  settings->times = sf_settings_choice (host->settings, "times") == 0 ? SF_WIND_TIMES_LINEAR : SF_WIND_TIMES_STEP;
  settings->max_distance_m = 1000 * sf_settings_double (host->settings, "reach");
  settings->cutoff_mps = 0;
  enum sf_wind_exposure exposure
      = (enum sf_wind_exposure) sf_wind_exposure_find (sf_settings_text (host->settings, "exposure"));
  SF_TRY (sf_wind_averaging_factor (1, sf_typhoon_averaging_min (host), exposure, &settings->scale, err));
  wind->field.track = &wind->track;
  return SF_OK;
}
