/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/warning_line.h"

#include "core/base/mem.h"
#include "geodata/sphere.h"

/* Vertices as in eight public clients of typhoon data, which agree; no official text was found. North to south. */
const struct sf_warning_line sf_warning_lines[SF_WARNING_LINES] = {
  { .hours = 24,
    .name_en = "24 h warning line",
    .name_zh = "24小时警戒线",
    .points = 6,
    .lon_lat_deg = { { 127, 34 }, { 127, 22 }, { 119, 18 }, { 119, 11 }, { 113, 4.5 }, { 105, 0 } } },
  { .hours = 48,
    .name_en = "48 h warning line",
    .name_zh = "48小时警戒线",
    .points = 4,
    .lon_lat_deg = { { 132, 34 }, { 132, 15 }, { 120, 0 }, { 105, 0 } } },
};

/* Twice the signed area of a, b, p: above 0 when p lies left of the way from a to b. Lines run from north to south, so
   left is their sea side. */
static double
side (const double a[2], const double b[2], double x, double y)
{
  return (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]);
}

/* Where the piece (x0, y0)-(x1, y1) crosses the line's edge a-b: fraction of the piece, or -1. */
static double
cross_edge (const double a[2], const double b[2], double x0, double y0, double x1, double y1)
{
  double s0 = side (a, b, x0, y0), s1 = side (a, b, x1, y1);
  if ((s0 > 0) == (s1 > 0))
    return -1;
  double t = s0 / (s0 - s1), x = x0 + t * (x1 - x0), y = y0 + t * (y1 - y0);
  double along = (x - a[0]) * (b[0] - a[0]) + (y - a[1]) * (b[1] - a[1]);
  double length2 = (b[0] - a[0]) * (b[0] - a[0]) + (b[1] - a[1]) * (b[1] - a[1]);
  return along >= 0 && along < length2 ? t : -1;
}

struct gathering
{
  struct sf_line_crossing *list;
  size_t count, capacity;
};

static enum sf_code
cross_piece (struct gathering *found, const struct sf_storm_path *path, size_t i, int l, struct sf_error *err)
{
  const struct sf_warning_line *line = &sf_warning_lines[l];
  double turn = sf_sphere_wrap_lon_deg (path->lon_deg[i]) - path->lon_deg[i];
  double x0 = path->lon_deg[i] + turn, x1 = path->lon_deg[i + 1] + turn;
  for (size_t e = 0; e + 1 < line->points; e++)
    {
      const double *a = line->lon_lat_deg[e], *b = line->lon_lat_deg[e + 1];
      double t = cross_edge (a, b, x0, path->lat_deg[i], x1, path->lat_deg[i + 1]);
      if (t < 0)
        continue;
      if (sf_mem_grow ((void **)&found->list, &found->capacity, found->count + 1, sizeof *found->list) != 0)
        return sf_fail (err, SF_ENOMEM, "out of memory for a crossing");
      found->list[found->count++] = (struct sf_line_crossing){ .at = sf_storm_path_point (path, i, t),
                                                               .line = l,
                                                               .inward = side (a, b, x0, path->lat_deg[i]) > 0 };
    }
  return SF_OK;
}

enum sf_code
sf_warning_line_find (const struct sf_storm_path *path, struct sf_line_crossing **ret_crossings, size_t *ret_count,
                      struct sf_error *err)
{
  struct gathering found = { 0 };
  enum sf_code code = SF_OK;
  for (size_t i = 0; code == SF_OK && i + 1 < path->count; i++)
    for (int l = 0; code == SF_OK && l < SF_WARNING_LINES; l++)
      code = cross_piece (&found, path, i, l, err);
  if (code != SF_OK)
    {
      sf_mem_free (found.list);
      return code;
    }
  *ret_crossings = found.list;
  *ret_count = found.count;
  return SF_OK;
}
