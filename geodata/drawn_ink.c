/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/drawn_ink.h"

#include "core/base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum
{
  PIECE_PX = 16, /* long lines are drawn in pieces, whose boxes are small */
  LINES = 4      /* of an area in each row of pixels */
};

enum sf_code
sf_ink_init (struct drawn_ink *ink, const struct drawn_plane *plane, double width_px, double casing_px,
             struct sf_error *err)
{
  size_t pixels = (size_t) plane->width * (size_t) plane->height, rows = (size_t) plane->height;
  double reach = width_px / 2 + casing_px + 1;
  *ink = (struct drawn_ink){ .plane = plane, .reach = reach, .reach2 = reach * reach };
  ink->nearest = sf_mem_alloc (pixels * sizeof *ink->nearest);
  ink->first = sf_mem_alloc (rows * sizeof *ink->first);
  ink->last = sf_mem_alloc (rows * sizeof *ink->last);
  if (!ink->nearest || !ink->first || !ink->last)
    {
      sf_ink_finish (ink);
      return sf_fail (err, SF_ENOMEM, "drawing %dx%d pixels: out of memory", plane->width, plane->height);
    }
  for (size_t i = 0; i < pixels; i++)
    ink->nearest[i] = (float) ink->reach2;
  for (size_t y = 0; y < rows; y++)
    {
      ink->first[y] = plane->width;
      ink->last[y] = -1;
    }
  return SF_OK;
}

void
sf_ink_finish (struct drawn_ink *ink)
{
  sf_mem_free (ink->nearest);
  sf_mem_free (ink->first);
  sf_mem_free (ink->last);
  *ink = (struct drawn_ink){ 0 };
}

static int
clamp_to (double value, int limit)
{
  return !(value > 0) ? 0 : value >= limit ? limit : (int) value;
}

/* Differences are taken in double and only then made floats: they are the same in every window. */
static void
ink_piece (struct drawn_ink *ink, double ax, double ay, double bx, double by)
{
  int width = ink->plane->width;
  int x0 = clamp_to (floor (fmin (ax, bx) - ink->reach), width),
      x1 = clamp_to (ceil (fmax (ax, bx) + ink->reach), width),
      y0 = clamp_to (floor (fmin (ay, by) - ink->reach), ink->plane->height),
      y1 = clamp_to (ceil (fmax (ay, by) + ink->reach), ink->plane->height);
  float dx = (float) (bx - ax), dy = (float) (by - ay), length2 = dx * dx + dy * dy;
  float share = length2 > 0 ? 1 / length2 : 0;
  for (int y = y0; y < y1 && x0 < x1; y++)
    {
      float *row = ink->nearest + (size_t) y * (size_t) width, to_y = (float) (ay - (y + 0.5));
      for (int x = x0; x < x1; x++)
        {
          float to_x = (float) (ax - (x + 0.5)), t = -(to_x * dx + to_y * dy) * share;
          t = t < 0 ? 0 : t > 1 ? 1 : t;
          float px = to_x + t * dx, py = to_y + t * dy, distance2 = px * px + py * py;
          row[x] = distance2 < row[x] ? distance2 : row[x];
        }
      ink->first[y] = x0 < ink->first[y] ? x0 : ink->first[y];
      ink->last[y] = x1 - 1 > ink->last[y] ? x1 - 1 : ink->last[y];
    }
}

bool
sf_ink_near_window (const struct drawn_ink *ink, const double a[2], const double b[2], double *ret_t0, double *ret_t1)
{
  double high[2] = { ink->plane->width + ink->reach, ink->plane->height + ink->reach }, t0 = 0, t1 = 1;
  for (int k = 0; k < 2; k++)
    {
      double way = b[k] - a[k], low = -ink->reach;
      if (way == 0 && (a[k] < low || a[k] > high[k]))
        return false;
      if (way == 0)
        continue;
      t0 = fmax (t0, ((way > 0 ? low : high[k]) - a[k]) / way);
      t1 = fmin (t1, ((way > 0 ? high[k] : low) - a[k]) / way);
    }
  *ret_t0 = t0;
  *ret_t1 = t1;
  return t0 <= t1;
}

void
sf_ink_line (struct drawn_ink *ink, const double a[2], const double b[2])
{
  double t0, t1, length = hypot (b[0] - a[0], b[1] - a[1]);
  if (!isfinite (length) || !sf_ink_near_window (ink, a, b, &t0, &t1))
    return;
  int pieces = (int) ceil (fmax (1, (t1 - t0) * length / PIECE_PX));
  for (int i = 0; i < pieces; i++)
    {
      double from = t0 + (t1 - t0) * i / pieces, to = t0 + (t1 - t0) * (i + 1) / pieces;
      ink_piece (ink, a[0] + (b[0] - a[0]) * from, a[1] + (b[1] - a[1]) * from,
                 to < 1 ? a[0] + (b[0] - a[0]) * to : b[0], to < 1 ? a[1] + (b[1] - a[1]) * to : b[1]);
    }
}

/* Lay a colour over a premultiplied pixel, with a coverage of 0..255. */
static uint32_t
lay_over (uint32_t below, const uint8_t rgba[4], uint32_t coverage)
{
  uint32_t alpha = (coverage * rgba[3] + 127) / 255, left = 255 - alpha, out = 0;
  if (left == 0)
    return 0xff000000u | (uint32_t) rgba[0] << 16 | (uint32_t) rgba[1] << 8 | rgba[2];
  for (int k = 0; k < 4; k++)
    {
      int shift = k == 3 ? 24 : 16 - 8 * k;
      uint32_t own = k == 3 ? 255 : rgba[k], under = below >> shift & 255;
      out |= ((own * alpha + under * left + 127) / 255) << shift;
    }
  return out;
}

static uint32_t
coverage_of (float distance, double half)
{
  double share = half + 0.5 - (double) distance;
  return share <= 0 ? 0 : share >= 1 ? 255 : (uint32_t) (share * 255 + 0.5);
}

void
sf_ink_colour (struct drawn_ink *ink, struct drawn_canvas *canvas, const uint8_t rgba[4], double width_px,
               double casing_px)
{
  const float none = (float) ink->reach2;
  cairo_surface_flush (canvas->surface);
  for (int y = 0; y < ink->plane->height; y++)
    {
      float *row = ink->nearest + (size_t) y * (size_t) ink->plane->width;
      uint32_t *pixels = sf_drawn_row_pixels (canvas, y);
      for (int x = ink->first[y]; x <= ink->last[y]; x++)
        {
          if (row[x] >= none)
            continue;
          float distance = sqrtf (row[x]);
          uint32_t outer = casing_px > 0 ? coverage_of (distance, width_px / 2 + casing_px) : 0,
                   inner = coverage_of (distance, width_px / 2);
          if (outer)
            pixels[x] = lay_over (pixels[x], sf_drawn_casing_rgba, outer);
          if (inner)
            pixels[x] = lay_over (pixels[x], rgba, inner);
          row[x] = none;
        }
      ink->first[y] = ink->plane->width;
      ink->last[y] = -1;
    }
  cairo_surface_mark_dirty (canvas->surface);
}

/* --- areas --- */

void
sf_area_edge (struct drawn_area *area, const double a[2], const double b[2])
{
  const double *low = a[1] < b[1] ? a : b, *high = a[1] < b[1] ? b : a;
  int limit = area->plane->height * LINES;
  /* line n lies at (n + 0.5) / LINES; an edge owns its upper end */
  int first = clamp_to (ceil (low[1] * LINES - 0.5), limit), end = clamp_to (ceil (high[1] * LINES - 0.5), limit);
  if (first >= end || area->failed)
    return;
  if (sf_mem_grow ((void **) &area->list, &area->capacity, area->count + (size_t) (end - first), sizeof *area->list))
    {
      area->failed = true;
      return;
    }
  double slope = (high[0] - low[0]) / (high[1] - low[1]);
  for (int line = first; line < end; line++)
    {
      double x = low[0] + ((line + 0.5) / LINES - low[1]) * slope;
      x = fmin (area->plane->width, fmax (0, x));
      area->list[area->count++] = (struct drawn_crossing){ line, (int) floor (x * 256 + 0.5) };
    }
}

static int
compare_crossings (const void *a, const void *b)
{
  const struct drawn_crossing *p = a, *q = b;
  return p->x < q->x ? -1 : p->x > q->x;
}

/* Sort by line, within a line by x: starts[line] is where a line begins in the sorted list. */
static int
sort_crossings (struct drawn_area *area, size_t *starts)
{
  size_t lines = (size_t) area->plane->height * LINES, sum = 0;
  struct drawn_crossing *sorted = sf_mem_alloc ((area->count + 1) * sizeof *sorted);
  if (!sorted)
    return -1;
  memset (starts, 0, (lines + 1) * sizeof *starts);
  for (size_t i = 0; i < area->count; i++)
    starts[area->list[i].line]++;
  for (size_t line = 0; line <= lines; line++)
    {
      size_t here = line < lines ? starts[line] : 0;
      starts[line] = sum;
      sum += here;
    }
  for (size_t i = 0; i < area->count; i++)
    sorted[starts[area->list[i].line]++] = area->list[i];
  for (size_t line = lines; line > 0; line--)
    starts[line] = starts[line - 1];
  starts[0] = 0;
  for (size_t line = 0; line < lines; line++)
    if (starts[line + 1] - starts[line] > 1)
      qsort (sorted + starts[line], starts[line + 1] - starts[line], sizeof *sorted, compare_crossings);
  sf_mem_free (area->list);
  area->list = sorted;
  area->capacity = area->count + 1;
  return 0;
}

/* Coverage as differences from pixel to pixel: from x on (sign 1) or no more (-1). */
static void
add_step (int *steps, int x, int sign)
{
  steps[x / 256] += sign * (256 - x % 256);
  steps[x / 256 + 1] += sign * (x % 256);
}

static void
colour_row (struct drawn_area *area, const size_t *starts, int y, int *steps, uint32_t *pixels, const uint8_t rgba[4])
{
  int coverage = 0, width = area->plane->width;
  size_t first = starts[y * LINES], end = starts[(y + 1) * LINES];
  if (first == end)
    return;
  memset (steps, 0, ((size_t) width + 2) * sizeof *steps);
  for (int line = y * LINES; line < (y + 1) * LINES; line++)
    for (size_t i = starts[line]; i < starts[line + 1]; i++)
      add_step (steps, area->list[i].x, (i - starts[line]) % 2 ? -1 : 1);
  for (int x = 0; x < width; x++)
    {
      coverage += steps[x];
      if (coverage)
        pixels[x] = lay_over (pixels[x], rgba, (uint32_t) (coverage * 255 + 128 * LINES) / (256 * LINES));
    }
}

int
sf_area_colour (struct drawn_area *area, struct drawn_canvas *canvas, const uint8_t rgba[4])
{
  size_t lines = (size_t) area->plane->height * LINES;
  size_t *starts = sf_mem_alloc ((lines + 1) * sizeof *starts);
  int *steps = sf_mem_alloc (((size_t) area->plane->width + 2) * sizeof *steps);
  int status = !area->failed && starts && steps ? sort_crossings (area, starts) : -1;
  if (status == 0)
    {
      cairo_surface_flush (canvas->surface);
      for (int y = 0; y < area->plane->height; y++)
        colour_row (area, starts, y, steps, sf_drawn_row_pixels (canvas, y), rgba);
      cairo_surface_mark_dirty (canvas->surface);
    }
  area->count = 0;
  sf_mem_free (starts);
  sf_mem_free (steps);
  return status;
}

void
sf_area_finish (struct drawn_area *area)
{
  sf_mem_free (area->list);
  *area = (struct drawn_area){ 0 };
}
