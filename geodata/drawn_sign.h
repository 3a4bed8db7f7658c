/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_DRAWN_SIGN_H
#define SF_GEODATA_DRAWN_SIGN_H

#include "geodata/style.h"

/* The outlines of an arrow or a wind barb; not installed. */

enum
{
  SIGN_PARTS = 32,
  SIGN_POINTS = 128
};

/* Where a sign stands and what it says: its node, a unit vector to where the wind goes (y down), and its class. */
struct drawn_sign
{
  double x, y, to_x, to_y, speed;
  const struct sf_style_entry *entry;
  bool is_south; /* of the equator */
};

struct drawn_outline
{
  double xy[2 * SIGN_POINTS];
  struct drawn_outline_part
  {
    int first, count;
    bool is_closed, is_filled;
  } parts[SIGN_PARTS];
  int parts_count, points;
};

/* An arrow has its middle at the node and is one filled part. The staff of a barb runs from the node to where the wind comes
   from; pennants and barbs stand at its far end, on the side of low pressure: left of the wind in the north, right in the
   south. Calm is a circle around the node. */
void sf_sign_outline (const struct sf_style *style, const struct drawn_sign *sign, struct drawn_outline *ret_outline);
/* How far signs of a style can reach from their nodes, without the width of lines. */
double sf_sign_reach (const struct sf_style *style);
/* The width of a class's lines. */
double sf_sign_width (const struct sf_style_entry *entry);

#endif
