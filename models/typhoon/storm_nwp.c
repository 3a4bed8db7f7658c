/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/storm_nwp.h"

#include "geodata/cf.h"
#include "geodata/crs.h"
#include "models/typhoon/averaging.h"
#include "models/typhoon/stages.h"

#include <string.h>

#define MOST_VALUES ((size_t) 1 << 27)

enum
{
  NWP_AVERAGING_MIN = 10 /* a model's wind of a time step on kilometres stands nearest to a 10-minute mean */
};

static enum sf_code
check_cube (const struct sf_dataset *dataset, const char *path, struct sf_error *err)
{
  const struct sf_gridspec *grid = &dataset->as.cube->spec;
  bool upright = grid->affine[2] == 0 && grid->affine[4] == 0;
  if (!upright || !sf_crs_same_lonlat (grid->crs, SF_CRS_HOME))
    return sf_fail (err, SF_EUNSUPPORTED, "%s: a wind of weather prediction on longitude and latitude, not %s", path,
                    grid->crs);
  if ((size_t) dataset->as.cube->steps * sf_gridspec_cells (grid) > MOST_VALUES)
    return sf_fail (err, SF_ERANGE, "%s: %d times of %d x %d cells: cut the file to the region", path,
                    dataset->as.cube->steps, grid->nx, grid->ny);
  return SF_OK;
}

static enum sf_code
read_cube (const struct sf_cube *cube, float **ret_values, struct sf_error *err)
{
  size_t cells = sf_gridspec_cells (&cube->spec);
  float *values = sf_mem_calloc ((size_t) cube->steps * cells, sizeof *values);
  if (!values)
    return sf_fail (err, SF_ENOMEM, "out of memory for a wind of weather prediction");
  *ret_values = values;
  for (int step = 0; step < cube->steps; step++)
    SF_TRY (cube->read (cube->impl, step, 0, cube->spec.ny, values + (size_t) step * cells, err));
  return SF_OK;
}

/* Load one component. The file's own name of the variable stands for the dataset's. */
static enum sf_code
load_component (const struct sf_host *host, const char *dataset, const char *setting, struct sf_dataset_spec *spec,
                struct sf_dataset **ret, struct sf_error *err)
{
  const char *path = sf_settings_text (host->settings, "nwp");
  *spec = *sf_vocabulary_dataset (host->vocabulary, dataset);
  spec->name = sf_settings_text (host->settings, setting);
  SF_TRY (sf_cf_load (path, spec, NULL, ret, err));
  return check_cube (*ret, path, err);
}

static enum sf_code
take (struct sf_storm_nwp *nwp, const struct sf_host *host, const struct sf_cube *u, const struct sf_cube *v,
      struct sf_error *err)
{
  size_t bytes = (size_t) u->steps * sizeof *u->time_s;
  if (!sf_gridspec_same (&u->spec, &v->spec) || u->steps != v->steps || memcmp (u->time_s, v->time_s, bytes) != 0)
    return sf_fail (err, SF_EINVAL, "%s: eastward and northward wind have different grids or times",
                    sf_settings_text (host->settings, "nwp"));
  if (!(nwp->time_s = sf_mem_alloc (bytes)))
    return sf_fail (err, SF_ENOMEM, "out of memory for a wind of weather prediction");
  memcpy (nwp->time_s, u->time_s, bytes);
  SF_TRY (read_cube (u, &nwp->u, err));
  SF_TRY (read_cube (v, &nwp->v, err));
  nwp->wind.grid = u->spec;
  nwp->wind.times = u->steps;
  nwp->wind.time_s = nwp->time_s;
  nwp->wind.u = nwp->u;
  nwp->wind.v = nwp->v;
  return SF_OK;
}

enum sf_code
sf_storm_nwp_init (struct sf_storm_nwp *nwp, const struct sf_host *host, const struct sf_storm_field *field,
                   struct sf_error *err)
{
  struct sf_dataset_spec u_spec, v_spec;
  struct sf_dataset *u = NULL, *v = NULL;
  enum sf_wind_exposure exposure
      = (enum sf_wind_exposure) sf_wind_exposure_find (sf_settings_text (host->settings, "exposure"));
  *nwp = (struct sf_storm_nwp){ .wind = { .field = field } };
  nwp->background = (struct sf_background){ .ctx = &nwp->wind,
                                            .row = sf_nwp_wind_row,
                                            .full_km = sf_settings_double (host->settings, "nwp_full"),
                                            .none_km = sf_settings_double (host->settings, "nwp_none") };
  if (nwp->background.none_km < nwp->background.full_km)
    return sf_fail (err, SF_EINVAL, "nwp_none (%g km) is nearer than nwp_full (%g km)", nwp->background.none_km,
                    nwp->background.full_km);
  SF_TRY (
      sf_wind_averaging_factor (NWP_AVERAGING_MIN, sf_typhoon_averaging_min (host), exposure, &nwp->wind.scale, err));
  enum sf_code code = load_component (host, "wind_u_cube", "nwp_u", &u_spec, &u, err);
  if (code == SF_OK)
    code = load_component (host, "wind_v_cube", "nwp_v", &v_spec, &v, err);
  if (code == SF_OK)
    code = take (nwp, host, u->as.cube, v->as.cube, err);
  sf_dataset_unref (v);
  sf_dataset_unref (u);
  return code;
}

void
sf_storm_nwp_finish (struct sf_storm_nwp *nwp)
{
  sf_mem_free (nwp->time_s);
  sf_mem_free (nwp->u);
  sf_mem_free (nwp->v);
  nwp->time_s = NULL;
  nwp->u = nwp->v = NULL;
}
