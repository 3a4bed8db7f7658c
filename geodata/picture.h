/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_PICTURE_H
#define SF_GEODATA_PICTURE_H

#include "core/base/text.h"
#include "core/data/dataset.h"
#include "geodata/style.h"
#include "geodata/tile_matrix.h"

/* What goes on a sheet. All is borrowed; a NULL layer is left out. */
struct sf_picture
{
  const struct sf_styles *styles; /* basemap, typhoon_grades, track, warning_lines, wind_areas are looked up by name */
  struct sf_bounds extent;        /* degrees; no area: the grid's, or that of coast and track */
  int width_px;                   /* 480..4096; a tall extent gives a narrower sheet */

  const struct sf_dataset *grid; /* the field, with its band and style */
  int band;
  const struct sf_style *style; /* NULL: the dataset's default */

  const struct sf_dataset *coast, *counties, *county_seats, *warning_lines, *wind_areas;
  const struct sf_dataset *track_points; /* features; or, when NULL, */
  const struct sf_dataset *tracks;       /* tracks */
  const struct sf_dataset *landfalls;

  const char *title_en, *title_zh; /* of the sheet; the field's title is put after it */
  const char *source_en, *source_zh;
  int64_t clock_s; /* "as of"; wind radii are those of the last fix not after it; missing: not shown */
  enum sf_authority authority;
  bool simulated;
};

/* Layers of a picture found among datasets by the names of the vocabulary: coast, counties, county_seats, warning_lines,
   wind_areas, track_points, tracks, landfalls. names_count 0 asks for all but wind_areas. Of several instances
   the first is taken. SF_ENOTFOUND for a name that is no layer, with the nearest. */
enum sf_code sf_picture_find_layers (struct sf_picture *picture, const struct sf_dataset *const *datasets, size_t count,
                                     const char *const *names, size_t names_count, struct sf_error *err);
/* Append where a picture's tracks, coast and counties come from, in Chinese (zh) or English. */
void sf_picture_format_sources (const struct sf_picture *picture, bool zh, struct sf_strbuf *out);
/* Append a file name for a picture or tile set: base, dataset, instance and band, parted by '-' ("wind-wind_arrival-sea-8"),
   with DRILL-, HYPOTHETICAL- or SIMULATED- before it where that is so. A base that is the dataset's name is not repeated.
   grid NULL: what stands in its place. */
void sf_picture_format_name (const char *base, const struct sf_dataset *grid, int band, const char *what,
                             enum sf_authority authority, bool simulated, struct sf_strbuf *out);

/* Draw a map sheet in Chinese and English and append it to *png as a PNG file: title, authority, field, coast, counties,
   warning lines, track with grades and Beijing times, wind radii, landfalls, graticule, scale bar, legend, footer; drills,
   hypothetical and simulated ones are watermarked and say so in the file's texts (sanfang:authority, sanfang:simulated).
   Equidistant cylindrical projection, true to scale at the middle latitude. The same input and fonts give the same bytes.
   SF_EINVAL when there is nothing to draw or the extent is odd, SF_ENOTFOUND for a missing style, SF_EUNSUPPORTED for a grid
   not in longitude and latitude, SF_ENOMEM. Thread-safe. */
enum sf_code sf_picture_draw (const struct sf_picture *picture, struct sf_strbuf *png, struct sf_error *err);

/* How many characters of a text the fonts of sf_picture_draw have no glyph for; -1 when memory is out. */
int sf_picture_missing_glyphs (const char *text);

#endif
