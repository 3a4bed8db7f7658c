/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/storm_wind.h"

#include "core/base/time.h"
#include "geodata/crs.h"
#include "models/typhoon/stages.h"
#include "models/typhoon/storm_rings.h"

#include <math.h>
#include <string.h>

/* A vortex that meets rings is computed beyond its force 6, however near the option "reach" ends. */
#define REACH_OF_FORCE_6 1.2
#define FARTHEST_KM 2000.0

static enum sf_wind_exposure
exposure_of (const struct sf_host *host)
{
  return (enum sf_wind_exposure) sf_wind_exposure_find (sf_settings_text (host->settings, "exposure"));
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

static int
averaging_of (const struct sf_host *host, const struct sf_track *track)
{
  double averaging = track->fixes[0].as.track.averaging_min;
  return isnan (averaging) ? sf_typhoon_averaging_min (host) : (int) lround (averaging);
}

static enum sf_code
prepare_nodes (const struct sf_host *host, const struct sf_storm_path *path, struct sf_wind_node **ret_nodes,
               struct sf_wind_track *track, struct sf_error *err)
{
  static const enum sf_wind_model models[] = { SF_WIND_H08, SF_WIND_H1980, SF_WIND_H10, SF_WIND_ER11 };
  struct sf_wind_track_options options;
  double *rmw_m = sf_mem_calloc (path->count, sizeof *rmw_m);
  *ret_nodes = sf_mem_calloc (path->count, sizeof **ret_nodes);
  if (!rmw_m || !*ret_nodes)
    {
      sf_mem_free (rmw_m);
      return sf_fail (err, SF_ENOMEM, "out of memory for %zu steps of wind", path->count);
    }
  for (size_t i = 0; i < path->count; i++)
    rmw_m[i] = 1000 * path->rmw_km[i];
  sf_wind_track_options_init (&options);
  options.model = models[sf_settings_choice (host->settings, "profile")];
  options.pn_default_hpa = sf_settings_double (host->settings, "environment_pressure");
  options.vmax_averaging_min = averaging_of (host, path->track);
  options.exposure = exposure_of (host);
  options.first_node = SF_WIND_FIRST_FORWARD;
  struct sf_wind_fixes fixes = { .n = equal_steps (path),
                                 .time_s = path->time_s,
                                 .lon_deg = path->lon_deg,
                                 .lat_deg = path->lat_deg,
                                 .pc_hpa = path->pressure_hpa,
                                 .pn_hpa = path->environment_hpa,
                                 .vmax_mps = path->wind_mps,
                                 .rmw_m = rmw_m };
  enum sf_code code = sf_wind_track_init (track, *ret_nodes, &fixes, &options, err);
  sf_mem_free (rmw_m);
  return code;
}

/* --- what a path lacks --- */

static bool
has_strength (const struct sf_storm_path *path, size_t i)
{
  return !isnan (path->wind_mps[i]) || !isnan (path->pressure_hpa[i]);
}

/* Draw wind and pressure straight over the points between left and right, which both have one of the two. */
static void
bridge (struct sf_storm_path *path, size_t left, size_t right)
{
  double *const values[2] = { path->wind_mps, path->pressure_hpa };
  for (size_t i = left + 1; i < right; i++)
    {
      double t = (double) (path->time_s[i] - path->time_s[left]) / (double) (path->time_s[right] - path->time_s[left]);
      for (int v = 0; v < 2; v++)
        values[v][i] = values[v][left] + t * (values[v][right] - values[v][left]);
      /* One end has only a wind, the other only a pressure. */
      for (int v = 0; v < 2 && !has_strength (path, i); v++)
        values[v][i] = values[v][left];
    }
}

/* Give every point of a path a wind or a pressure: those of the first and last that have one to the points beyond, and a
   straight way over gaps too long for storm_path.h. A storm without any makes no wind that could be computed; that is
   told. */
static bool
fill_strength (const struct sf_host *host, struct sf_storm_path *path)
{
  size_t first = 0, last = 0;
  while (first < path->count && !has_strength (path, first))
    first++;
  if (first == path->count)
    {
      sf_host_log (host, SF_LOG_WARNING, "storm %s has neither wind nor pressure: its wind is not in the fields",
                   path->track->storm);
      return false;
    }
  last = first;
  for (size_t i = first + 1; i < path->count; i++)
    if (has_strength (path, i))
      {
        bridge (path, last, i);
        last = i;
      }
  for (size_t i = 0; i < path->count; i++)
    if (i < first || i > last)
      {
        path->wind_mps[i] = path->wind_mps[i < first ? first : last];
        path->pressure_hpa[i] = path->pressure_hpa[i < first ? first : last];
      }
  return true;
}

/* --- one storm without rings --- */

static enum sf_code
open_plain (const struct sf_host *host, struct sf_storm_winds *winds, struct sf_error *err)
{
  struct sf_storm_path path;
  SF_TRY (sf_storm_path_init (&path, &winds->outlooks.tracks[0], sf_typhoon_path_kind (host), winds->step_s, err));
  bool known = fill_strength (host, &path);
  enum sf_code code = known ? prepare_nodes (host, &path, &winds->nodes, &winds->track, err) : SF_OK;
  sf_storm_path_finish (&path);
  if (code != SF_OK || !known)
    return code;
  struct sf_wind_settings *settings = &winds->plain_field.settings;
  sf_wind_settings_init (settings);
  settings->mode = sf_settings_choice (host->settings, "mode") == 0 ? SF_WIND_FAST : SF_WIND_EXACT;
  settings->times = winds->field.times;
  settings->max_distance_m = 1000 * sf_settings_double (host->settings, "reach");
  settings->cutoff_mps = 0;
  settings->beyond_mps = NAN; /* nothing was computed there: not a calm */
  settings->thresholds = winds->field.thresholds;
  for (int t = 0; t < settings->thresholds; t++)
    settings->threshold_mps[t] = winds->field.threshold_mps[t];
  SF_TRY (sf_wind_averaging_factor (1, sf_typhoon_averaging_min (host), exposure_of (host), &settings->scale, err));
  winds->plain_field.grid = winds->field.grid;
  winds->plain_field.track = &winds->track;
  winds->steps = winds->track.n;
  winds->first_s = winds->nodes[0].time_s;
  return SF_OK;
}

/* --- any number of storms --- */

struct sf_vortex_source
sf_storm_wind_source (const struct sf_host *host, const struct sf_fix *fix, const struct sf_vortex_rules *rules)
{
  int from = isnan (fix->averaging_min) ? sf_typhoon_averaging_min (host) : (int) lround (fix->averaging_min);
  struct sf_vortex_source source = { .vmax_mps = sf_wind_convert_averaging (fix->wind_mps, from, 2, exposure_of (host)),
                                     .pressure_hpa = fix->pressure_hpa,
                                     .environment_hpa = fix->environment_pressure_hpa,
                                     .rmw_km = fix->rmw_km,
                                     .lon_deg = fix->lon_deg,
                                     .lat_deg = fix->lat_deg,
                                     .rules = rules };
  for (int i = 0; i < SF_RADII_FORCES * SF_QUADRANTS; i++)
    source.radii_km[i] = fix->radii_km[i];
  return source;
}

static void
set_eye (const struct sf_wind_track *track, size_t i, struct sf_storm_step *step)
{
  const struct sf_wind_node *node = &track->nodes[i];
  step->active = node->active;
  step->lon_deg = node->lon_deg;
  step->lat_deg = node->lat_deg;
  step->cos_lat = node->cos_lat;
  step->spin = track->hemisphere;
  step->eye = (struct sf_wind_eye){ .radial = node->radial,
                                    .spin = track->hemisphere,
                                    .vt_east_mps = node->vt_east_mps,
                                    .vt_north_mps = node->vt_north_mps,
                                    .taken_mps = sf_wind_model_holds_motion (track->model) ? node->vt_mps : 0.0 };
}

/* The vortex of step i of a path whose rings are at radii_km (NaN where there are none). */
static enum sf_code
set_vortex (const struct sf_host *host, const struct sf_storm_path *path, size_t i, const struct sf_storm_rings *rings,
            struct sf_storm_step *step, struct sf_error *err)
{
  struct sf_storm_point point = sf_storm_path_point (path, i, 0);
  struct sf_fix fix = { .wind_mps = point.wind_mps,
                        .averaging_min = path->track->fixes[0].as.track.averaging_min,
                        .pressure_hpa = point.pressure_hpa,
                        .environment_pressure_hpa = path->environment_hpa[i],
                        .rmw_km = path->rmw_km[i],
                        .lon_deg = point.lon_deg,
                        .lat_deg = point.lat_deg };
  sf_storm_rings_at (rings, path->time_s[i], fix.radii_km);
  struct sf_vortex_source source = sf_storm_wind_source (host, &fix, rings->rules);
  enum sf_vortex_mode mode = sf_settings_choice (host->settings, "radii") == 2 ? SF_VORTEX_MEAN : SF_VORTEX_ENVELOPE;
  SF_TRY (sf_vortex_fit (&step->vortex, &source, mode, NULL, err));
  step->has_rings = true;
  for (int q = 0; q < SF_QUADRANTS; q++)
    step->reach_km = fmax (step->reach_km, REACH_OF_FORCE_6 * step->vortex.radius_km[SF_VORTEX_FORCES - 1][q]);
  step->reach_km = fmin (step->reach_km, FARTHEST_KM);
  return sf_wind_averaging_factor (2, sf_typhoon_averaging_min (host), exposure_of (host), &step->scale, err);
}

static enum sf_code
fill_steps (const struct sf_host *host, const struct sf_storm_winds *winds, const struct sf_storm_path *path,
            const struct sf_wind_track *track, const struct sf_storm_rings *rings, struct sf_storm_step *steps,
            struct sf_error *err)
{
  size_t at = (size_t) ((path->time_s[0] - winds->first_s) / winds->step_s);
  for (size_t i = 0; i < track->n && at + i < winds->steps; i++)
    {
      struct sf_storm_step *step = &steps[at + i];
      set_eye (track, i, step);
      step->inflow = (enum sf_inflow) sf_settings_choice (host->settings, "inflow");
      step->reach_km = sf_settings_double (host->settings, "reach");
      if (winds->field.background)
        step->reach_km = fmax (step->reach_km, winds->field.background->none_km);
      SF_TRY (sf_wind_averaging_factor (1, sf_typhoon_averaging_min (host), exposure_of (host), &step->scale, err));
      if (rings->count > 0)
        SF_TRY (set_vortex (host, path, i, rings, step, err));
    }
  return SF_OK;
}

static enum sf_code
prepare_storm (const struct sf_host *host, struct sf_storm_winds *winds, size_t storm,
               const struct sf_vortex_rules *rules, struct sf_error *err)
{
  struct sf_storm_path path;
  struct sf_wind_node *nodes = NULL;
  struct sf_wind_track track;
  struct sf_storm_rings rings = { 0 };
  const struct sf_track *outlook = &winds->outlooks.tracks[storm];
  if (!(winds->step[storm] = sf_mem_calloc (winds->steps, sizeof **winds->step)))
    return sf_fail (err, SF_ENOMEM, "out of memory for %zu steps of wind", winds->steps);
  SF_TRY (sf_storm_path_init_on (&path, outlook, sf_typhoon_path_kind (host), winds->step_s, winds->first_s, err));
  enum sf_code code = SF_OK;
  if (fill_strength (host, &path))
    {
      code = prepare_nodes (host, &path, &nodes, &track, err);
      if (code == SF_OK && sf_settings_choice (host->settings, "radii") != 0)
        code = sf_storm_rings_init (&rings, host, outlook, rules, err);
      if (code == SF_OK)
        code = fill_steps (host, winds, &path, &track, &rings, winds->step[storm], err);
    }
  sf_storm_rings_finish (&rings);
  sf_mem_free (nodes);
  sf_storm_path_finish (&path);
  return code;
}

/* As prepare_storm; one of several storms that no wind can be made of is passed over with a warning. */
static enum sf_code
prepare_or_pass (const struct sf_host *host, struct sf_storm_winds *winds, size_t storm,
                 const struct sf_vortex_rules *rules, struct sf_error *err)
{
  struct sf_error why = { 0 };
  enum sf_code code = prepare_storm (host, winds, storm, rules, &why);
  if (code == SF_OK)
    return SF_OK;
  if (winds->storms == 1 || code == SF_ENOMEM)
    return sf_fail (err, code, "%s", why.message);
  sf_host_log (host, SF_LOG_WARNING, "no wind of storm %s: %s", winds->outlooks.tracks[storm].storm, why.message);
  memset (winds->step[storm], 0, winds->steps * sizeof **winds->step);
  return SF_OK;
}

/* One axis of time for all: from the earliest fix to the latest. Storms of two seasons in one query are a slip. */
static enum sf_code
span_storms (struct sf_storm_winds *winds, struct sf_error *err)
{
  char first[SF_TIME_TEXT_BYTES], last[SF_TIME_TEXT_BYTES];
  int64_t first_s = INT64_MAX, last_s = INT64_MIN;
  for (size_t s = 0; s < winds->outlooks.count; s++)
    for (size_t i = 0; i < winds->outlooks.tracks[s].fixes_count; i++)
      {
        int64_t time_s = winds->outlooks.tracks[s].fixes[i].valid_s;
        if (!sf_storm_fix_is_usable (&winds->outlooks.tracks[s].fixes[i]))
          continue;
        first_s = time_s < first_s ? time_s : first_s;
        last_s = time_s > last_s ? time_s : last_s;
      }
  if (last_s - first_s > SF_STORM_PATH_LONGEST_S)
    return sf_fail (
        err, SF_ERANGE, "the tracks go from %s to %s, over %d days: narrow the query with 'storm' or a window",
        sf_time_format_utc (first, first_s), sf_time_format_utc (last, last_s), SF_STORM_PATH_LONGEST_S / 86400);
  winds->first_s = first_s;
  winds->steps = (size_t) ((last_s - first_s) / winds->step_s) + 1;
  return SF_OK;
}

static bool
has_file (const struct sf_host *host, const char *setting)
{
  return sf_settings_text (host->settings, setting) != NULL;
}

static enum sf_code
open_files (const struct sf_host *host, const struct sf_gridspec *grid, struct sf_storm_winds *winds,
            struct sf_error *err)
{
  if (has_file (host, "roughness") || has_file (host, "elevation"))
    SF_TRY (sf_storm_ground_init (&winds->ground, host, grid, err));
  winds->field.ground = winds->ground.factor;
  if (!has_file (host, "nwp"))
    return SF_OK;
  SF_TRY (sf_storm_nwp_init (&winds->nwp, host, &winds->field, err));
  winds->field.background = &winds->nwp.background;
  return SF_OK;
}

static enum sf_code
open_general (const struct sf_host *host, const struct sf_gridspec *grid, struct sf_storm_winds *winds,
              struct sf_error *err)
{
  struct sf_vortex_rules rules;
  SF_TRY (sf_vortex_rules_load_shared (host->share_folder, &rules, err));
  SF_TRY (open_files (host, grid, winds, err));
  SF_TRY (span_storms (winds, err));
  if (!(winds->step = sf_mem_calloc (winds->storms, sizeof *winds->step)))
    return sf_fail (err, SF_ENOMEM, "out of memory for %zu storms", winds->storms);
  for (size_t s = 0; s < winds->storms; s++)
    SF_TRY (prepare_or_pass (host, winds, s, &rules, err));
  winds->field.storms = winds->storms;
  winds->field.steps = winds->steps;
  winds->field.storm = (const struct sf_storm_step *const *) winds->step;
  winds->field.first_s = winds->first_s;
  winds->field.step_s = winds->step_s;
  return SF_OK;
}

static bool
has_rings (const struct sf_track *track)
{
  for (size_t i = 0; i < track->fixes_count; i++)
    for (int r = 0; r < SF_RADII_FORCES * SF_QUADRANTS; r++)
      if (track->fixes[i].as.track.radii_km[r] > 0)
        return true;
  return false;
}

static bool
is_plain (const struct sf_host *host, const struct sf_storm_winds *winds)
{
  bool rings = sf_settings_choice (host->settings, "radii") != 0 && has_rings (&winds->outlooks.tracks[0]);
  bool inflow = sf_settings_choice (host->settings, "inflow") != SF_INFLOW_NONE;
  bool files = has_file (host, "roughness") || has_file (host, "elevation") || has_file (host, "nwp");
  return winds->storms == 1 && !rings && !inflow && !files;
}

enum sf_code
sf_storm_winds_open (const struct sf_host *host, const struct sf_stage_io *io, struct sf_storm_winds *winds,
                     struct sf_error *err)
{
  *winds = (struct sf_storm_winds){ .step_s = sf_settings_int (host->settings, "step") };
  struct sf_storm_field *field = &winds->field;
  SF_TRY (grid_of (io->grid, &field->grid, err));
  field->times = sf_settings_choice (host->settings, "times") == 0 ? SF_WIND_TIMES_LINEAR : SF_WIND_TIMES_STEP;
  field->exact = sf_settings_choice (host->settings, "mode") == 1;
  field->thresholds = SF_TYPHOON_FORCES;
  for (int f = 0; f < SF_TYPHOON_FORCES; f++)
    field->threshold_mps[f] = sf_typhoon_force_lower_mps (host, sf_typhoon_forces[f]);
  SF_TRY (sf_typhoon_open_outlooks (host, io, &winds->outlooks, err));
  winds->storms = winds->outlooks.count;
  if (winds->storms == 0)
    return SF_OK;
  winds->plain = is_plain (host, winds);
  return winds->plain ? open_plain (host, winds, err) : open_general (host, io->grid, winds, err);
}

void
sf_storm_winds_close (struct sf_storm_winds *winds)
{
  for (size_t s = 0; winds->step && s < winds->storms; s++)
    sf_mem_free (winds->step[s]);
  sf_mem_free (winds->step);
  sf_mem_free (winds->nodes);
  sf_storm_ground_finish (&winds->ground);
  sf_storm_nwp_finish (&winds->nwp);
  sf_storm_outlooks_finish (&winds->outlooks);
}

int64_t
sf_storm_winds_time_s (const struct sf_storm_winds *winds, size_t step)
{
  return winds->first_s + (int64_t) step * winds->step_s;
}

size_t
sf_storm_winds_workspace_bytes (const struct sf_storm_winds *winds, int rows)
{
  return winds->plain ? sf_wind_workspace_bytes (winds->field.grid.nx)
                      : sf_storm_field_workspace_bytes (&winds->field, rows);
}

enum sf_code
sf_storm_winds_max (const struct sf_storm_winds *winds, int row0, int rows, void *workspace,
                    const struct sf_wind_output *output, struct sf_error *err)
{
  return winds->plain ? sf_wind_field_max (&winds->plain_field, row0, rows, workspace, output, err)
                      : sf_storm_field_max (&winds->field, row0, rows, workspace, output, err);
}

/* The plain field has nothing that belongs to a cell: a window of it is a field of its own. */
static enum sf_code
plain_step (const struct sf_storm_winds *winds, size_t step, const struct sf_cell_window *window, void *workspace,
            float *u_mps, float *v_mps, float *speed_mps, struct sf_error *err)
{
  struct sf_wind_field part = winds->plain_field;
  part.grid.lon0_deg += window->column0 * part.grid.dlon_deg;
  part.grid.nx = window->columns;
  return sf_wind_field_step (&part, step, window->row0, window->rows, workspace, u_mps, v_mps, speed_mps, err);
}

enum sf_code
sf_storm_winds_step (const struct sf_storm_winds *winds, size_t step, const struct sf_cell_window *window,
                     void *workspace, float *u_mps, float *v_mps, float *speed_mps, struct sf_error *err)
{
  return winds->plain ? plain_step (winds, step, window, workspace, u_mps, v_mps, speed_mps, err)
                      : sf_storm_field_step (&winds->field, step, window, workspace, u_mps, v_mps, speed_mps, err);
}
