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

/* Where the piece from p to q crosses the line's edge a-b: fraction of the piece, or -1. A corner of the line that lies on
   the piece counts as right of it for both of its edges: no way slips through there, or comes in twice. */
static double
cross_edge (const double a[2], const double b[2], const double p[2], const double q[2])
{
  double from = side (a, b, p[0], p[1]), to = side (a, b, q[0], q[1]);
  bool edge_parted = (side (p, q, a[0], a[1]) > 0) != (side (p, q, b[0], b[1]) > 0);
  return (from > 0) != (to > 0) && edge_parted ? from / (from - to) : -1;
}

struct gathering
{
  struct sf_line_crossing *list;
  size_t count, capacity;
};

/* Put a crossing in its place: times rise, and of one time the first found stays first. */
static enum sf_code
add_crossing (struct gathering *found, const struct sf_line_crossing *crossing, struct sf_error *err)
{
  if (sf_mem_grow ((void **) &found->list, &found->capacity, found->count + 1, sizeof *found->list) != 0)
    return sf_fail (err, SF_ENOMEM, "out of memory for a crossing");
  size_t place = found->count++;
  for (; place > 0 && found->list[place - 1].at.time_s > crossing->at.time_s; place--)
    found->list[place] = found->list[place - 1];
  found->list[place] = *crossing;
  return SF_OK;
}

static enum sf_code
cross_piece (struct gathering *found, const struct sf_storm_path *path, size_t i, int l, struct sf_error *err)
{
  const struct sf_warning_line *line = &sf_warning_lines[l];
  double turn = sf_sphere_wrap_lon_deg (path->lon_deg[i]) - path->lon_deg[i];
  const double p[2] = { path->lon_deg[i] + turn, path->lat_deg[i] };
  const double q[2] = { path->lon_deg[i + 1] + turn, path->lat_deg[i + 1] };
  for (size_t e = 0; e + 1 < line->points; e++)
    {
      const double *a = line->lon_lat_deg[e], *b = line->lon_lat_deg[e + 1];
      double t = cross_edge (a, b, p, q);
      if (t < 0)
        continue;
      struct sf_line_crossing crossing
          = { .at = sf_storm_path_point (path, i, t), .line = l, .inward = side (a, b, p[0], p[1]) > 0 };
      SF_TRY (add_crossing (found, &crossing, err));
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
