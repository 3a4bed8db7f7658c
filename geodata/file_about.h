/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_FILE_ABOUT_H
#define SF_GEODATA_FILE_ABOUT_H

#include "core/data/dataset.h"

/* What a product file says about itself, beyond its datasets. Texts may be NULL. */
struct sf_file_about
{
  const char *scenario, *title_en, *title_zh;
  enum sf_authority authority; /* of the file; each dataset's own is written beside its data */
  bool simulated;
  int64_t time_s; /* written where a format demands a date of change; missing gives 1970-01-01, never the clock */
};

/* Set a dataset's authority and simulated from what a file says: authority as sf_authority_name gives it in English,
   simulated "true" or "false". Without them a file is internal and not simulated; an authority that is none of ours counts
   as hypothetical, the weakest. */
void sf_file_about_read (struct sf_dataset *dataset, const char *authority, const char *simulated);

/* A dataset's name as part of a file name: "wind_max@sea" gives "wind_max-sea". In the arena; NULL when memory is out. */
char *sf_file_about_stem (struct sf_arena *arena, const char *dataset_name);

#endif
