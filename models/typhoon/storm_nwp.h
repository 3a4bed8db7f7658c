/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_STORM_NWP_H
#define SF_MODELS_TYPHOON_STORM_NWP_H

#include "core/plugin/plugin.h"
#include "models/typhoon/vortex/nwp_wind.h"

/* The wind field that the setting "nwp" names, in memory. */
struct sf_storm_nwp
{
  struct sf_background background;
  struct sf_nwp_wind wind;
  int64_t *time_s;
  float *u, *v;
};

/* Read the variables "nwp_u" and "nwp_v" (time x latitude x longitude, m/s) of a CF file, blending distances from
   "nwp_full" and "nwp_none". Taken as 10-minute means. field must outlive it. SF_ENOTFOUND and the like as sf_cf_load;
   SF_EINVAL when the two do not have the same grid and times, SF_ERANGE for more than 2^27 values. Finish in any case. */
enum sf_code sf_storm_nwp_init (struct sf_storm_nwp *nwp, const struct sf_host *host,
                                const struct sf_storm_field *field, struct sf_error *err);
void sf_storm_nwp_finish (struct sf_storm_nwp *nwp);

#endif
