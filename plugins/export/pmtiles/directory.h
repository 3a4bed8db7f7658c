/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_EXPORT_PMTILES_DIRECTORY_H
#define SF_PLUGINS_EXPORT_PMTILES_DIRECTORY_H

#include "core/base/text.h"

/* The directories of a PMTiles 3 archive: where each run of tiles lies in the data. */

struct sf_pm_entry
{
  uint64_t id, offset;
  uint32_t length, run; /* run 0: offset and length are those of a leaf directory */
};

/* Directories under construction. Entries come in rising order; full leaves are packed at once, so that memory holds their
   packed bytes only. Zero-initialise. */
struct sf_pm_directory
{
  struct sf_pm_entry *leaf, *root;
  size_t leaf_count, leaf_capacity, root_count, root_capacity;
  struct sf_strbuf leaves; /* packed, one after the other */
  uint64_t addressed, entries;
};

/* Add a tile; one that repeats the bytes of its forerunner on the curve lengthens that one's run. SF_ENOMEM. */
enum sf_code sf_pm_directory_add (struct sf_pm_directory *directory, uint64_t id, uint64_t offset, uint32_t length,
                                  struct sf_error *err);
/* Close the directories and append the packed root to *out: all entries when they fit into limit_bytes, else one entry a
   leaf. SF_ERANGE when not even those fit, SF_ENOMEM. */
enum sf_code sf_pm_directory_close (struct sf_pm_directory *directory, size_t limit_bytes, struct sf_strbuf *out,
                                    struct sf_error *err);
void sf_pm_directory_finish (struct sf_pm_directory *directory);

#endif
