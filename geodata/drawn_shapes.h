/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_DRAWN_SHAPES_H
#define SF_GEODATA_DRAWN_SHAPES_H

#include "core/data/geometry.h"
#include "geodata/drawn_ink.h"

/* Lines and polygons prepared once for being drawn in any window; not installed. For each power of two of the resolution
   the points that Douglas and Peucker's way (1973) keeps within a third of a pixel are listed, the same for all windows, with
   boxes around each 64 of them, so that a window touches little more than what it shows. Immutable: safe from several
   threads. */
enum
{
  SHAPE_CHUNK = 64, /* points with a box of their own */
  SHAPE_LEVELS = 20 /* of simplification */
};

/* A ring or a line. */
struct shape_part
{
  const double *xy; /* longitude, latitude; the last point of a ring is left out */
  size_t points;
  size_t geometry;
  bool is_ring;
  struct sf_bounds box;
  double extent; /* the longer side of box */
};

/* The points of a part that a level keeps: [first, first + count) of the level's list; chunk i of them begins at point
   i * SHAPE_CHUNK and reaches to the first point of the next. */
struct shape_slice
{
  size_t part, first, count, first_chunk;
};

struct shape_level
{
  double tolerance_deg;
  uint32_t *points; /* numbers of points within their part */
  struct shape_slice *slices;
  size_t slices_count, points_count, chunks_count;
  struct sf_bounds *chunks;
};

struct drawn_shapes
{
  struct shape_part *parts;
  size_t parts_count, points_count;
  struct shape_level levels[SHAPE_LEVELS];
  int levels_count; /* from coarse to all points */
};

/* Geometries (NULL ones and points are passed over) are borrowed and must outlive the shapes; longitude and latitude in
   degrees. SF_ENOMEM. */
enum sf_code sf_drawn_shapes_new (const struct sf_geometry *const *geometries, size_t count, struct drawn_shapes **ret,
                                  struct sf_error *err);
void sf_drawn_shapes_free (struct drawn_shapes *shapes);

/* Which shapes to add, and how. */
struct drawn_choice
{
  const int *groups; /* of each geometry; NULL: all are taken */
  int group;
  const struct sf_bounds *rim; /* of outlines: edges along these four sides are left out; NULL: none */
  const double *dash_px;       /* of outlines: drawn and left out by turns, from where each begins */
  int dashes;                  /* 0: solid */
  double width_px;             /* by whose half the round ends of dashes are drawn in */
};

/* Add what a window shows: rings to an area, rings and lines to the ink. Each may be NULL. 0, or -1 when memory is out. */
int sf_drawn_shapes_add (const struct drawn_shapes *shapes, const struct drawn_plane *plane,
                         const struct drawn_choice *choice, struct drawn_area *area, struct drawn_ink *ink);

#endif
