/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_CHART_H
#define SF_GEODATA_CHART_H

#include "core/base/text.h"
#include "core/data/dataset.h"

/* A line through points from left to right; NaN in y leaves a gap. All is borrowed. */
struct sf_chart_series
{
  const char *label;
  uint8_t rgba[4];
  bool is_bold;
  size_t count;
  const double *x, *y;
  const double *low, *high; /* whiskers; NULL or NaN: none */
};

/* One field of a chart with axes of its own; y takes in 0. */
struct sf_chart_panel
{
  const char *title_zh, *title_en;
  const char *x_label_zh, *x_label_en;
  const double *ticks; /* of x, rising; they span the field */
  size_t ticks_count;
  const struct sf_chart_series *series;
  size_t series_count;
};

struct sf_chart
{
  const char *title_zh, *title_en;
  const char *note_zh, *note_en; /* one line each below */
  int width_px;                  /* 480..4096 */
  enum sf_authority authority;
  bool simulated;
  const struct sf_chart_panel *panels;
  size_t panels_count; /* one above the other */
};

/* Draw a chart in Chinese and English and append it to *png as a PNG file: title, authority, fields with grid, lines,
   whiskers and legend, notes. The same input and fonts give the same bytes. SF_EINVAL for an odd width or fewer than two
   ticks, SF_ENOMEM. Thread-safe. */
enum sf_code sf_chart_draw (const struct sf_chart *chart, struct sf_strbuf *png, struct sf_error *err);

/* A round step (1, 2 or 5 times a power of ten) that parts a range into at most `most` pieces; 1 for no range. */
double sf_chart_step (double range, int most);

#endif
