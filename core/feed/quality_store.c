/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/quality_private.h"

enum sf_code
sf_quality_new (const struct sf_quality_rules *rules, struct sf_store *store, struct sf_quality_control **ret_control,
                struct sf_error *err)
{
  const struct sf_quality_source source = { store, sf_store_samples, sf_store_judge };
  return sf_quality_new_from (rules, &source, SF_QUALITY_SERIES_MAX, ret_control, err);
}
