/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/stages.h"

enum sf_code
sf_ensemble_run_landfall (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct sf_dataset *chances = NULL, *stretches = NULL;
  (void) host;
  enum sf_code code = sf_dataset_new_table (io->spec (io, "landfall_chances"), NULL, &chances, err);
  SF_TRY (sf_ensemble_give (io, "landfall_chances", chances, code, err));
  code = sf_dataset_new_table (io->spec (io, "landfall_stretches"), NULL, &stretches, err);
  return sf_ensemble_give (io, "landfall_stretches", stretches, code, err);
}
