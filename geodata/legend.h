/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_LEGEND_H
#define SF_GEODATA_LEGEND_H

#include "core/base/text.h"
#include "core/data/vocabulary.h"
#include "geodata/style.h"

enum sf_legend_language
{
  SF_LEGEND_BOTH,
  SF_LEGEND_ZH,
  SF_LEGEND_EN
};

/* What a legend explains. All is borrowed. */
struct sf_legend
{
  const struct sf_styles *styles; /* basemap gives the letters their colours */
  const struct sf_style *style;
  const struct sf_dataset_spec *spec; /* what the numbers are and what missing means; NULL: nothing is said of it */
  int64_t reference_s;                /* of the grid whose hours count from a time, else SF_TIME_MISSING */
  double origin;                      /* of sf_render_origin */
  enum sf_legend_language language;
  int width_px; /* 120..1024; letters grow with it, the height follows */
  bool is_transparent;
};

/* Draw the legend of a style of any kind and append it to *png as a PNG file: title, classes, ramp, lines or signs with
   their labels, and notes. Classes of hours since a reference are labelled with the Beijing time when they begin. The same
   input and fonts give the same bytes. SF_EINVAL for an odd width, SF_ENOTFOUND without a style basemap, SF_ENOMEM.
   Thread-safe. */
enum sf_code sf_legend_png (const struct sf_legend *legend, struct sf_strbuf *png, struct sf_error *err);

#endif
