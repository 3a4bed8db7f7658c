/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_DECODE_ZJWATER_JSON_H
#define SF_PLUGINS_DECODE_ZJWATER_JSON_H

#include "plugins/decode/fixes_json.h"

/* An analysed fix of the message, against which the first points of forecasts are held. */
struct sf_zjwater_anchor
{
  int64_t time_s;
  double lon_deg, lat_deg;
};

/* The decoder's state; anchors are of the storm that is being read, sorted by time before its forecasts are. */
struct sf_zjwater
{
  struct sf_fix_state base;
  enum sf_quadrant_order order;
  struct sf_zjwater_anchor *anchors;
  size_t anchors_count, anchors_capacity;
};

struct sf_zjwater_storm
{
  const char *id, *number, *name, *name_zh;
};

/* The international number in a storm's identity: "202411" is 2411; NULL for "20240014", a depression without one, and
   for anything else. */
const char *sf_zjwater_number (const char *id);
void sf_zjwater_set_storm (struct sf_fix *fix, const struct sf_zjwater_storm *storm);
/* Centre and averaging minutes of a Chinese name; an unknown one is kept as it is, its averaging missing. */
void sf_zjwater_set_agency (struct sf_fix *fix, const char *name);

/* Forms that public copies of the feed were brought into (typhoon-impact):
   verification {"tfid", "obs": [[epoch s, lat, lon], ...], "issues": {"中国": [[epoch s, [[epoch s, lat, lon], ...]],
   ...]}} and consensus {"storms": [{"tfid", "name", "fused": [{"t": epoch s, "lead": hours, "lat", "lng"}, ...]}]},
   which is nobody's official forecast: its fixes are completed/doubtful, agency "consensus". Latitude stands before
   longitude in both. */
enum sf_code sf_zjwater_decode_verification (struct sf_zjwater *state, const json_t *root, struct sf_error *err);
enum sf_code sf_zjwater_decode_consensus (struct sf_zjwater *state, const json_t *root, struct sf_error *err);

#endif
