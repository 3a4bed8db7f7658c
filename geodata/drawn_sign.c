/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/drawn_sign.h"

#include <math.h>

#define CALM_RADIUS_PX 3.0

enum
{
  CALM_POINTS = 24
};

static void
begin (struct drawn_outline *outline, bool is_closed, bool is_filled)
{
  outline->parts[outline->parts_count++] = (struct drawn_outline_part){ outline->points, 0, is_closed, is_filled };
}

/* Along the sign (positive: to where the wind goes) and to its left, in pixels. */
static void
point (struct drawn_outline *outline, const struct drawn_sign *sign, double along, double left)
{
  double *xy = outline->xy + 2 * outline->points++;
  xy[0] = sign->x + sign->to_x * along + sign->to_y * left;
  xy[1] = sign->y + sign->to_y * along - sign->to_x * left;
  outline->parts[outline->parts_count - 1].count++;
}

double
sf_sign_width (const struct sf_style_entry *entry)
{
  return entry->width_px > 0 ? entry->width_px : 1.2;
}

double
sf_sign_reach (const struct sf_style *style)
{
  double size = 0;
  for (int i = 0; i < style->entries_count; i++)
    size = fmax (size, style->entries[i].size_px);
  return style->kind == SF_STYLE_BARBS ? 1.25 * size : size / 2 + 2;
}

static void
outline_arrow (const struct drawn_sign *sign, struct drawn_outline *outline)
{
  double half = sign->entry->size_px / 2, shaft = sf_sign_width (sign->entry) / 2;
  double head = fmin (0.42 * sign->entry->size_px, 8), wing = 0.42 * head + shaft, neck = half - head;
  begin (outline, true, true);
  point (outline, sign, -half, shaft);
  point (outline, sign, neck, shaft);
  point (outline, sign, neck - 0.15 * head, wing);
  point (outline, sign, half, 0);
  point (outline, sign, neck - 0.15 * head, -wing);
  point (outline, sign, neck, -shaft);
  point (outline, sign, -half, -shaft);
}

static void
outline_calm (const struct drawn_sign *sign, struct drawn_outline *outline)
{
  begin (outline, true, false);
  for (int i = 0; i < CALM_POINTS; i++)
    point (outline, sign, CALM_RADIUS_PX * cos (2 * M_PI * i / CALM_POINTS),
           CALM_RADIUS_PX * sin (2 * M_PI * i / CALM_POINTS));
}

static void
outline_barb (const struct drawn_sign *sign, struct sf_barb barb, struct drawn_outline *outline)
{
  double staff = sign->entry->size_px, side = staff * (sign->is_south ? -0.38 : 0.38), lean = staff * 0.12;
  double gap = staff * fmin (0.13, 0.9 / (1.6 * barb.pennants + barb.longs + barb.shorts)), at = staff;
  begin (outline, false, false);
  point (outline, sign, 0, 0);
  point (outline, sign, -staff, 0);
  for (int i = 0; i < barb.pennants; i++, at -= 1.6 * gap)
    {
      begin (outline, true, true);
      point (outline, sign, -at, 0);
      point (outline, sign, -at, side);
      point (outline, sign, -at + 1.3 * gap, 0);
    }
  for (int i = 0; i < barb.longs + barb.shorts; i++, at -= gap)
    {
      double length = i < barb.longs ? 1 : 0.5;
      if (length < 1 && at == staff)
        at -= gap; /* alone it stands off the end, or it would pass for a long one */
      begin (outline, false, false);
      point (outline, sign, -at, 0);
      point (outline, sign, -at - lean * length, side * length);
    }
}

void
sf_sign_outline (const struct sf_style *style, const struct drawn_sign *sign, struct drawn_outline *ret_outline)
{
  struct sf_barb barb = { 0 };
  ret_outline->parts_count = ret_outline->points = 0;
  if (style->kind == SF_STYLE_BARBS)
    barb = sf_barb_of (sign->speed, style->barb_mps);
  if (style->kind != SF_STYLE_BARBS)
    outline_arrow (sign, ret_outline);
  else if (barb.is_calm)
    outline_calm (sign, ret_outline);
  else
    outline_barb (sign, barb, ret_outline);
}
