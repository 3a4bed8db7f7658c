/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/file_about.h"

#include <string.h>

void
sf_file_about_read (struct sf_dataset *dataset, const char *authority, const char *simulated)
{
  dataset->authority = authority ? SF_AUTHORITY_HYPOTHETICAL : SF_AUTHORITY_INTERNAL;
  for (enum sf_authority a = SF_AUTHORITY_OFFICIAL; authority && a <= SF_AUTHORITY_HYPOTHETICAL; a++)
    if (!strcmp (authority, sf_authority_name (a, 0)))
      dataset->authority = a;
  dataset->simulated = simulated && !strcmp (simulated, "true");
}

char *
sf_file_about_stem (struct sf_arena *arena, const char *dataset_name)
{
  char *stem = sf_arena_strdup (arena, dataset_name);
  for (char *at = stem; at && *at; at++)
    if (*at == '@')
      *at = '-';
  return stem;
}
