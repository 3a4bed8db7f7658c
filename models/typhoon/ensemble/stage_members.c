/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/stages.h"

enum sf_code
sf_ensemble_run_members (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct sf_dataset *members = NULL;
  (void) host;
  enum sf_code code = sf_dataset_new_tracks (io->spec (io, "members"), NULL, NULL, 0, &members, err);
  return sf_ensemble_give (io, "members", members, code, err);
}
