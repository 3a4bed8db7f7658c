/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_WARNING_LINE_H
#define SF_MODELS_TYPHOON_WARNING_LINE_H

#include "models/typhoon/storm_path.h"

/* The lines of the China Meteorological Administration at which 24 h and 48 h warnings begin, as vertices (lon, lat).
 */
struct sf_warning_line
{
  int hours;
  const char *name_en, *name_zh;
  size_t points;
  double lon_lat_deg[8][2];
};

enum
{
  SF_WARNING_LINES = 2
};
extern const struct sf_warning_line sf_warning_lines[SF_WARNING_LINES];

struct sf_line_crossing
{
  struct sf_storm_point at;
  int line;    /* index in sf_warning_lines */
  bool inward; /* towards China: from the east or south side to the other */
};

/* Find where a path crosses the lines, in order of time. A centre on a line is inside it. *ret_crossings to free with
   sf_mem_free; SF_ENOMEM. */
enum sf_code sf_warning_line_find (const struct sf_storm_path *path, struct sf_line_crossing **ret_crossings,
                                   size_t *ret_count, struct sf_error *err);

#endif
