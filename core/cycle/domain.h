/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_CYCLE_DOMAIN_H
#define SF_CORE_CYCLE_DOMAIN_H

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/yaml.h"
#include "core/data/grid.h"

/* The grids that a scenario computes on, in the order of the file. All members live in the arena given to load. */
struct sf_domain
{
  int count;
  char **names; /* an instance after '@' and a part of file names: [a-z][a-z0-9_]*, at most 31 bytes */
  struct sf_gridspec *grids;
};

/* Load share/domains/NAME.yaml:
     grids:
       province: {crs: "EPSG:4490", x: [107.0, 113.0], y: [17.0, 21.5], cell: 0.01}
   x and y are the outer edges in the units of the CRS (x longitude or easting, y latitude or northing), cell is the
   size of a cell, one number or [dx, dy]. Row 0 is the north row. An extent that is not a whole number of cells (to a
   millionth of a cell), an empty extent, a grid of more than 2^28 cells, an unknown key or a file without grids is an
   error with file, line and column; *ret is then untouched. The CRS stays an opaque text. */
enum sf_code sf_domain_load (struct sf_arena *arena, const char *path, struct sf_domain *ret, struct sf_error *err);

/* The same from a parsed mapping, for a scenario that holds its domain inline. */
enum sf_code sf_domain_parse (struct sf_arena *arena, const struct sf_yaml *root, struct sf_domain *ret,
                              struct sf_error *err);

/* The index of a grid by name, or -1. */
int sf_domain_find (const struct sf_domain *domain, const char *name);

#endif
