/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_FEATURE_INDEX_H
#define SF_GEODATA_FEATURE_INDEX_H

#include "core/base/error.h"
#include "core/data/dataset.h"
#include "geodata/tile_matrix.h"

#include <stdbool.h>
#include <stddef.h>

/* An index over the bounds of a table's features, in the units of their coordinates (degrees): a packed R-tree in
   Hilbert order (Kamel and Faloutsos 1994). Keeps nothing of the table; immutable after new: safe from several threads. */
struct sf_feature_index;

/* Build an index over every row that has a geometry. Rows without one, without a point, or with a coordinate that is
   not finite are in no box: sf_feature_index_unplaced counts them. SF_ETYPE for a table without geometries, SF_ERANGE
   for more than UINT32_MAX rows, SF_ENOMEM. */
enum sf_code sf_feature_index_new (const struct sf_table *table, struct sf_feature_index **ret, struct sf_error *err);
void sf_feature_index_free (struct sf_feature_index *index);

size_t sf_feature_index_rows (const struct sf_feature_index *index);     /* of the table */
size_t sf_feature_index_unplaced (const struct sf_feature_index *index); /* rows that no box finds */
/* The bounds of all features; false when there is none. */
bool sf_feature_index_bounds (const struct sf_feature_index *index, struct sf_bounds *ret_bounds);

/* Visit the rows whose bounds share a point with box, in no order, until visit says false. A box with min_x > max_x goes
   across the antimeridian, from min_x to 180 and from -180 to max_x: a row in both halves is visited twice. */
void sf_feature_index_query (const struct sf_feature_index *index, const struct sf_bounds *box,
                             bool (*visit) (void *context, size_t row), void *context);

/* Mark the rows that a query visits: bit row % 64 of bits[row / 64]. bits has (rows + 63) / 64 words, which the caller
   has cleared. Returns whether any was found. */
bool sf_feature_index_mark (const struct sf_feature_index *index, const struct sf_bounds *box, uint64_t *bits);

/* A page of what is in a box, in the order of rows: of the rows that share a point with box and that accept (NULL: all)
   takes, leave out the first `skip` and give at most `limit`. *ret_matched (may be NULL) counts them all. */
struct sf_feature_page
{
  struct sf_bounds box;
  bool (*accept) (void *context, size_t row);
  void *context;
  size_t skip, limit;
};
/* rows has room for page->limit. SF_ENOMEM. */
enum sf_code sf_feature_index_select (const struct sf_feature_index *index, const struct sf_feature_page *page,
                                      size_t *rows, size_t *ret_count, size_t *ret_matched, struct sf_error *err);

/* Whether a geometry shares a point with a box (which may cross the antimeridian as above), and whether it comes within
   an ellipse of half axes radius_x and radius_y around (x, y). Rings count by the even-odd rule, their inside belongs to
   the polygon. Points that are not finite meet nothing. Pure functions. */
bool sf_feature_meets_box (const struct sf_geometry *geometry, const struct sf_bounds *box);
bool sf_feature_near (const struct sf_geometry *geometry, double x, double y, double radius_x, double radius_y);

#endif
