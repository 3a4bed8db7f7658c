/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/stages.h"

enum sf_code
sf_ensemble_run_cone (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct sf_dataset *cones = NULL, *circles = NULL;
  (void) host;
  enum sf_code code = sf_dataset_new_table (io->spec (io, "cones"), NULL, &cones, err);
  SF_TRY (sf_ensemble_give (io, "cones", cones, code, err));
  code = sf_dataset_new_table (io->spec (io, "cone_circles"), NULL, &circles, err);
  return sf_ensemble_give (io, "cone_circles", circles, code, err);
}
