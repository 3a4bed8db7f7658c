/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_FEATURE_PAINTER_H
#define SF_GEODATA_FEATURE_PAINTER_H

#include "geodata/painter.h"

/* The same as a painter for features: points as symbols, lines, areas, each by its category, so that tracks and warning lines
   can be laid over a map as tiles. Prepared once; painting is thread-safe and allocates nothing that outlives the call. */
struct sf_feature_painter;

struct sf_feature_source
{
  const struct sf_dataset *features; /* kind features */
  const struct sf_style *style;      /* categories; rows that none fits are not drawn */
  bool is_striped;
  int png_level; /* as in sf_painter_source */
};

/* Dataset and style are borrowed and must outlive the painter. SF_ETYPE for another kind of dataset, SF_EUNSUPPORTED for
   another kind of style, SF_ENOMEM. */
enum sf_code sf_feature_painter_new (const struct sf_feature_source *source, struct sf_feature_painter **ret_painter,
                                     struct sf_error *err);
void sf_feature_painter_free (struct sf_feature_painter *painter);

/* Append the PNG file of a window, transparent where nothing is drawn: areas first, then lines in the order of the style,
   then points in the order of the rows. *ret_any (NULL allowed) tells whether anything is. What crosses the edges of
   windows goes on in the next. SF_EINVAL for a window that no painter takes, SF_ENOMEM. */
enum sf_code sf_feature_painter_paint (const struct sf_feature_painter *painter, const struct sf_window *window,
                                       struct sf_strbuf *out, bool *ret_any, struct sf_error *err);

#endif
