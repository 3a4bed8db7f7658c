/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_PAINTER_PRIVATE_H
#define SF_GEODATA_PAINTER_PRIVATE_H

#include "geodata/painter.h"

/* Shared by the files of geodata/painter*.c only; not installed. */

/* How a painter of one family of styles works. Sources and windows have been checked before these are called. */
struct painter_kind
{
  /* Make painter->state, all that does not depend on the window. On failure nothing is left behind. */
  enum sf_code (*init) (struct sf_painter *painter, struct sf_error *err);
  void (*finish) (struct sf_painter *painter); /* only after init succeeded */
  /* As sf_painter_paint; ret_any is never NULL. On failure the caller takes back what was appended. */
  enum sf_code (*paint) (const struct sf_painter *painter, const struct sf_window *window, struct sf_strbuf *out,
                         bool *ret_any, struct sf_error *err);
};

struct sf_painter
{
  const struct painter_kind *kind;
  struct sf_painter_source source;
  void *state; /* of kind */
};

/* Classes and ramps: painter_palette.c. */
extern const struct painter_kind sf_painter_palette;
/* Isolines: painter_lines.c. Arrows and barbs: painter_arrows.c. */
extern const struct painter_kind sf_painter_lines, sf_painter_arrows;

/* SF_EINVAL for a window that sf_painter_paint does not take. */
enum sf_code sf_painter_check_window (const struct sf_window *window, struct sf_error *err);

/* Where a window lies on the endless chequered sheet of its pixels, modulo period: the column of its first pixel counted
   from 180 W and the row counted from the top of the world. So what repeats every `period` pixels runs on from one window to
   the next of the same resolution. */
void sf_painter_phase (const struct sf_window *window, int period, int *ret_column, int *ret_row);

/* Stripes cover the pixels whose column and row, counted from a phase of SF_PAINTER_STRIPE_PERIOD, add up to less than
   SF_PAINTER_STRIPE_WIDTH in their period. The period divides 256: tiles are alike. */
enum
{
  SF_PAINTER_STRIPE_PERIOD = 32,
  SF_PAINTER_STRIPE_WIDTH = 4
};
extern const uint8_t sf_painter_stripe_rgba[4];

#endif
