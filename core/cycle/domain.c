/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/domain.h"

#include <math.h>
#include <string.h>

enum
{
  GRIDS_MAX = 64,
  NAME_BYTES_MAX = 31
};
#define CELLS_MAX 268435456.0 /* 2^28: a grid of floats of 1 GiB */
#define CELL_TOLERANCE 1e-6   /* of a cell: far above the rounding of decimal edges, far below any real mistake */

static bool
is_grid_name (const char *name)
{
  if (!(name[0] >= 'a' && name[0] <= 'z') || strlen (name) > NAME_BYTES_MAX)
    return false;
  return strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen (name);
}

/* Read the two numbers of a sequence. */
static enum sf_code
read_pair (const struct sf_yaml *node, const char *key, double ret_pair[2], struct sf_error *err)
{
  if (node->kind != SF_YAML_SEQUENCE || node->count != 2)
    return sf_yaml_fail (err, SF_EFORMAT, node, "%s: expected two numbers, [low, high]", key);
  SF_TRY (sf_yaml_double (node->items[0], &ret_pair[0], err));
  return sf_yaml_double (node->items[1], &ret_pair[1], err);
}

/* Read an extent [low, high] with low < high. */
static enum sf_code
read_extent (const struct sf_yaml *grid, const char *key, double ret_extent[2], struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (grid, key);
  if (!node)
    return sf_yaml_fail (err, SF_EINVAL, grid, "the grid has no '%s: [low, high]'", key);
  SF_TRY (read_pair (node, key, ret_extent, err));
  if (!isfinite (ret_extent[0]) || !isfinite (ret_extent[1]) || !(ret_extent[0] < ret_extent[1]))
    return sf_yaml_fail (err, SF_ERANGE, node, "%s: the extent %.12g to %.12g is empty; write the lower edge first",
                         key, ret_extent[0], ret_extent[1]);
  return SF_OK;
}

static enum sf_code
read_cell (const struct sf_yaml *grid, double ret_cell[2], struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (grid, "cell");
  if (!node)
    return sf_yaml_fail (err, SF_EINVAL, grid, "the grid has no 'cell' (the size of a cell, in the units of the CRS)");
  if (node->kind == SF_YAML_SCALAR)
    {
      SF_TRY (sf_yaml_double (node, &ret_cell[0], err));
      ret_cell[1] = ret_cell[0];
    }
  else
    SF_TRY (read_pair (node, "cell", ret_cell, err));
  if (!(ret_cell[0] > 0 && ret_cell[1] > 0) || !isfinite (ret_cell[0]) || !isfinite (ret_cell[1]))
    return sf_yaml_fail (err, SF_ERANGE, node, "cell: %.12g x %.12g is not a positive size", ret_cell[0], ret_cell[1]);
  return SF_OK;
}

/* The number of cells along an axis. */
static enum sf_code
count_cells (const struct sf_yaml *node, const char *key, const double extent[2], double cell, int *ret_count,
             struct sf_error *err)
{
  double exact = (extent[1] - extent[0]) / cell, whole = round (exact);
  if (!(whole >= 1 && whole <= CELLS_MAX))
    return sf_yaml_fail (err, SF_ERANGE, node, "%s: %.12g to %.12g in cells of %.12g makes %.6g cells", key, extent[0],
                         extent[1], cell, exact);
  if (fabs (exact - whole) > CELL_TOLERANCE)
    return sf_yaml_fail (err, SF_EINVAL, node,
                         "%s: %.12g to %.12g is %.9g cells of %.12g; the extent must be a whole number of cells "
                         "(move the upper edge to %.12g or %.12g)",
                         key, extent[0], extent[1], exact, cell, extent[0] + floor (exact) * cell,
                         extent[0] + ceil (exact) * cell);
  *ret_count = (int) whole;
  return SF_OK;
}

static enum sf_code
read_grid (const struct sf_yaml *node, struct sf_gridspec *ret_grid, struct sf_error *err)
{
  static const char *const allowed[] = { "crs", "x", "y", "cell", NULL };
  struct sf_gridspec grid = { 0 };
  double x[2], y[2], cell[2];
  if (node->kind != SF_YAML_MAPPING)
    return sf_yaml_fail (err, SF_EFORMAT, node, "a grid is a mapping of crs, x, y and cell");
  SF_TRY (sf_yaml_check_keys (node, allowed, err));
  const char *crs = sf_yaml_text (node, "crs", "");
  if (!crs[0])
    return sf_yaml_fail (err, SF_EINVAL, node, "the grid has no 'crs' (\"EPSG:4490\" is home)");
  if (strlen (crs) >= sizeof grid.crs)
    return sf_yaml_fail (err, SF_ERANGE, node, "crs: longer than %zu bytes", sizeof grid.crs - 1);
  SF_TRY (read_extent (node, "x", x, err));
  SF_TRY (read_extent (node, "y", y, err));
  SF_TRY (read_cell (node, cell, err));
  SF_TRY (count_cells (sf_yaml_get (node, "x"), "x", x, cell[0], &grid.nx, err));
  SF_TRY (count_cells (sf_yaml_get (node, "y"), "y", y, cell[1], &grid.ny, err));
  if ((double) grid.nx * grid.ny > CELLS_MAX)
    return sf_yaml_fail (err, SF_ERANGE, node, "%d x %d cells are more than 2^28", grid.nx, grid.ny);
  strcpy (grid.crs, crs);
  grid.affine[0] = x[0];
  grid.affine[1] = cell[0];
  grid.affine[3] = y[1];
  grid.affine[5] = -cell[1];
  *ret_grid = grid;
  return SF_OK;
}

enum sf_code
sf_domain_parse (struct sf_arena *arena, const struct sf_yaml *root, struct sf_domain *ret, struct sf_error *err)
{
  static const char *const allowed[] = { "grids", NULL };
  SF_TRY (sf_yaml_check_keys (root, allowed, err));
  const struct sf_yaml *list = sf_yaml_get (root, "grids");
  if (!list || list->kind != SF_YAML_MAPPING || list->count == 0)
    return sf_yaml_fail (err, SF_EFORMAT, list ? list : root, "a domain needs 'grids', a mapping of at least one grid");
  if (list->count > GRIDS_MAX)
    return sf_yaml_fail (err, SF_ERANGE, list, "%zu grids are more than %d", list->count, GRIDS_MAX);
  struct sf_domain domain = { .count = (int) list->count };
  domain.names = sf_arena_calloc (arena, list->count, sizeof *domain.names);
  domain.grids = sf_arena_calloc (arena, list->count, sizeof *domain.grids);
  if (!domain.names || !domain.grids)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", root->file);
  for (size_t i = 0; i < list->count; i++)
    {
      const char *name = list->keys[i]->text;
      if (!is_grid_name (name))
        return sf_yaml_fail (err, SF_EINVAL, list->keys[i],
                             "'%s' is not a grid's name (a-z first, then a-z, 0-9, _; at most %d)", name,
                             NAME_BYTES_MAX);
      if (!(domain.names[i] = sf_arena_strdup (arena, name)))
        return sf_fail (err, SF_ENOMEM, "%s: out of memory", root->file);
      SF_TRY (read_grid (list->items[i], &domain.grids[i], err));
    }
  *ret = domain;
  return SF_OK;
}

enum sf_code
sf_domain_load (struct sf_arena *arena, const char *path, struct sf_domain *ret, struct sf_error *err)
{
  struct sf_yaml *root = NULL;
  SF_TRY (sf_yaml_load (arena, path, &root, err));
  return sf_domain_parse (arena, root, ret, err);
}

int
sf_domain_find (const struct sf_domain *domain, const char *name)
{
  for (int i = 0; i < domain->count; i++)
    if (!strcmp (domain->names[i], name))
      return i;
  return -1;
}
