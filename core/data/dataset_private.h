/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_DATA_DATASET_PRIVATE_H
#define SF_CORE_DATA_DATASET_PRIVATE_H

#include "core/data/dataset.h"

/* Make a dataset without content, with one reference, named after spec and instance; kinds has bit (1 << kind) for each
   kind that the caller can fill in, another one is SF_ETYPE. */
enum sf_code sf_dataset_new_empty (const struct sf_dataset_spec *spec, const char *instance, unsigned kinds,
                                   struct sf_dataset **ret, struct sf_error *err);

/* Free the content of a dataset; NULL and half-made ones are fine. */
void sf_table_free (struct sf_table *table);
void sf_tracks_free (struct sf_tracks *tracks);

#endif
