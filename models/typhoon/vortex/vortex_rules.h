/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_VORTEX_VORTEX_RULES_H
#define SF_MODELS_TYPHOON_VORTEX_VORTEX_RULES_H

#include "core/base/error.h"

/* The vortex's parameters, from share/typhoon/vortex.yaml, which names the source of each. */

#define SF_VORTEX_RULES_FILE "typhoon/vortex.yaml" /* below share/ */
#define SF_VORTEX_RULES_STAGE_FILE "share:" SF_VORTEX_RULES_FILE

enum
{
  SF_VORTEX_BEAUFORT = 18 /* forces 0 to 17 */
};

struct sf_vortex_rules
{
  double mean_share;                   /* mean over maximum extent of a ring in its quadrant, above 0, at most 1 */
  double environment_hpa;              /* around a storm whose fix does not say */
  double ring7_km[SF_VORTEX_BEAUFORT]; /* usual extent of force 7 by the storm's own force; 0: it has none */
};

/* Load the rules. SF_EFORMAT, SF_EINVAL, SF_ERANGE with file, line and column; SF_ENOTFOUND as sf_yaml_load. */
enum sf_code sf_vortex_rules_load (const char *path, struct sf_vortex_rules *ret_rules, struct sf_error *err);
/* The same from the file of a share folder (host->share_folder). */
enum sf_code sf_vortex_rules_load_shared (const char *share_folder, struct sf_vortex_rules *ret_rules,
                                          struct sf_error *err);

#endif
