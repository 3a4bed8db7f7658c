/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_POLYGON_COVER_H
#define SF_GEODATA_POLYGON_COVER_H

#include "core/base/error.h"
#include "core/data/geometry.h"

#include <stdbool.h>
#include <stddef.h>

/* Answers which of many polygons hold a point, all of them, as often as one likes. The plane is cut into a few ten thousand
   tiles; a tile that no edge of a polygon comes near lies wholly inside it or outside it, so that only near its edges a
   polygon is looked at. Immutable after new: safe from several threads. */
struct sf_polygon_cover;

/* Build a cover of count geometries, which are not kept; NULL and those of other kinds hold no point. Holes count as in
   sf_polygon_index with SF_RINGS_ALL. SF_EFORMAT for an open ring or a coordinate that is not finite, SF_ENOMEM. */
enum sf_code sf_polygon_cover_new (const struct sf_geometry *const *geometries, size_t count,
                                   struct sf_polygon_cover **ret_cover, struct sf_error *err);
void sf_polygon_cover_free (struct sf_polygon_cover *cover);

/* Find the next geometry that has a point inside or on an edge, in rising order: *cursor is 0 for the first. False when
   there is no more, and for NaN. */
bool sf_polygon_cover_next (const struct sf_polygon_cover *cover, double x, double y, size_t *cursor,
                            size_t *ret_geometry);
/* No point lies in more polygons than these. */
size_t sf_polygon_cover_most (const struct sf_polygon_cover *cover);

#endif
