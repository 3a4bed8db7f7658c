/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/answers/middle.h"

#include "geodata/sphere.h"

static double
piece_km (const struct sf_geometry *line, size_t i)
{
  const double *xy = &line->xy[2 * i];
  return sf_sphere_distance_km (xy[0], xy[1], xy[2], xy[3]);
}

static double
part_km (const struct sf_geometry *line, size_t part)
{
  double km = 0;
  for (size_t i = line->part_start[part]; i + 1 < line->part_start[part + 1]; i++)
    km += piece_km (line, i);
  return km;
}

bool
sf_answer_middle (const struct sf_geometry *line, double *ret_lon_deg, double *ret_lat_deg)
{
  size_t longest = 0;
  double longest_km = -1, left_km;
  if (!line)
    return false;
  for (size_t p = 0; p < line->parts; p++)
    if (line->part_start[p + 1] > line->part_start[p] && part_km (line, p) > longest_km)
      {
        longest = p;
        longest_km = part_km (line, p);
      }
  if (longest_km < 0)
    return false;
  size_t i = line->part_start[longest], end = line->part_start[longest + 1];
  for (left_km = longest_km / 2; i + 2 < end && piece_km (line, i) < left_km; i++)
    left_km -= piece_km (line, i);
  const double *xy = &line->xy[2 * i];
  double t = i + 1 < end && piece_km (line, i) > 0 ? left_km / piece_km (line, i) : 0;
  *ret_lon_deg = i + 1 < end ? sf_sphere_wrap_lon_deg (xy[0] + t * sf_sphere_wrap_lon_deg (xy[2] - xy[0])) : xy[0];
  *ret_lat_deg = i + 1 < end ? xy[1] + t * (xy[3] - xy[1]) : xy[1];
  return true;
}
