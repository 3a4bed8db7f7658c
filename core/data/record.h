/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_DATA_RECORD_H
#define SF_CORE_DATA_RECORD_H

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/data/geometry.h"
#include "core/data/grid.h"

#include <stdint.h>

/* Six kinds of record carry everything that departments say. */
enum sf_record_kind
{
  SF_RECORD_ASSET,
  SF_RECORD_OBSERVATION,
  SF_RECORD_POSITION,
  SF_RECORD_TRACK,
  SF_RECORD_EVENT,
  SF_RECORD_FIELD,
  SF_RECORD_KINDS
};

/* Delft-FEWS flags: original, corrected, completed x reliable, doubtful, unreliable; and missing. */
enum sf_quality
{
  SF_QUALITY_ORIGINAL_RELIABLE,
  SF_QUALITY_CORRECTED_RELIABLE,
  SF_QUALITY_COMPLETED_RELIABLE,
  SF_QUALITY_ORIGINAL_DOUBTFUL,
  SF_QUALITY_CORRECTED_DOUBTFUL,
  SF_QUALITY_COMPLETED_DOUBTFUL,
  SF_QUALITY_ORIGINAL_UNRELIABLE,
  SF_QUALITY_CORRECTED_UNRELIABLE,
  SF_QUALITY_COMPLETED_UNRELIABLE,
  SF_QUALITY_MISSING
};

/* Texts of a record are UTF-8, NULL where absent, borrowed from whoever made it (an arena, a file): copy to keep.
   Numbers are NaN where absent, times SF_TIME_MISSING. */

/* A thing with a place and attributes ("name=value" lines). */
struct sf_asset
{
  const char *id, *type, *name, *name_zh;
  double lon_deg, lat_deg, elevation_m;
  const char *datum;
  const char *attributes;
};

/* A number at an asset at a time; quantity is a name of the vocabulary, value in its unit. */
struct sf_observation
{
  const char *asset, *quantity;
  double value;
  double lon_deg, lat_deg;
  int64_t period_s; /* the span the value covers, ending at valid_s; 0 for an instant */
};

/* Where a mover was. */
struct sf_position
{
  const char *mover, *type;
  double lon_deg, lat_deg;
  double speed_mps, course_to_deg, heading_deg;
  const char *status;
};

/* Radii of force 7 (13.9 m/s), 10 (24.5) and 12 (32.7) in the quadrants NE, SE, SW, NW. */
enum
{
  SF_RADII_FORCES = 3,
  SF_QUADRANTS = 4
};

/* One fix of a storm, analysed (lead_s = 0) or forecast. */
struct sf_fix
{
  const char *storm;  /* the feed's own identity of the storm, unique within the feed */
  const char *number; /* international number "1409", NULL for an unnumbered one */
  const char *name, *name_zh;
  const char *agency; /* WMO centre or short name: BABJ, RJTD, PGTW, VHHH, RCTP ... */
  const char *member; /* ensemble member or technique; NULL for the agency's own */
  const char *grade;  /* TD TS STS TY STY SuperTY EX LO, as the feed says */
  int64_t base_s;     /* when the forecast was made; the fix's own time for an analysis */
  int64_t lead_s;
  double lon_deg, lat_deg; /* -180..180, -90..90 */
  double pressure_hpa, environment_pressure_hpa;
  double wind_mps;      /* sustained, averaged over averaging_min minutes */
  double averaging_min; /* 1, 2, 3, 10 */
  double gust_mps;
  double motion_to_deg, motion_mps;
  double rmw_km, roci_km;
  double radii_km[SF_RADII_FORCES * SF_QUADRANTS]; /* force 7 NE SE SW NW, force 10 ..., force 12 ... */
};

/* Something true in an area for a while. */
struct sf_event
{
  const char *id, *type, *level, *status, *headline, *area;
  int64_t begin_s, end_s, issued_s;
  double lon_deg, lat_deg;
  const struct sf_geometry *geometry; /* NULL where absent */
};

/* A grid of one quantity, row 0 north; values borrowed. */
struct sf_field
{
  const char *quantity, *level, *member;
  int64_t base_s;
  struct sf_gridspec grid;
  const float *values;
};

struct sf_record
{
  enum sf_record_kind kind;
  const char *feed;
  int64_t valid_s, received_s;
  uint32_t revision;
  uint8_t quality;     /* enum sf_quality */
  const char *doubt;   /* why quality is not reliable; NULL else */
  const char *source;  /* file or message it came from */
  int64_t source_line; /* from 1; 0 where lines make no sense */
  union
  {
    struct sf_asset asset;
    struct sf_observation observation;
    struct sf_position position;
    struct sf_fix track;
    struct sf_event event;
    struct sf_field field;
  } as;
};

/* An empty record of a kind: texts NULL, numbers NaN, times missing, revision 0, quality original/reliable. */
void sf_record_init (struct sf_record *record, enum sf_record_kind kind);
const char *sf_record_kind_name (enum sf_record_kind kind, int zh);

/* What a record's members are called: one table per kind drives the wire, JSON, tables and documentation. */
enum sf_member_type
{
  SF_MEMBER_TEXT,
  SF_MEMBER_DOUBLE,
  SF_MEMBER_DOUBLES, /* count of them */
  SF_MEMBER_INT,
  SF_MEMBER_TIME,
  SF_MEMBER_GEOMETRY,
  SF_MEMBER_GRID /* grid and values */
};

struct sf_member
{
  const char *name;
  enum sf_member_type type;
  size_t offset; /* within struct sf_record */
  int count;
  const char *unit, *title_en, *title_zh;
};

/* The members of a kind after the common ones; ends with name NULL. */
const struct sf_member *sf_record_members (enum sf_record_kind kind);

/* One wire encoding for cages, journal and caches: little-endian, each record length-prefixed, versioned.
   Append a record to buf; decode the record at bytes, texts and arrays in the arena; *ret_used tells how many bytes it took.
   Decoding trusts nothing: lengths, counts, enums, UTF-8 and finite coordinates are checked (SF_EFORMAT with the offset). */
enum sf_code sf_record_encode (const struct sf_record *record, struct sf_strbuf *buf, struct sf_error *err);
enum sf_code sf_record_decode (struct sf_arena *arena, const uint8_t *bytes, size_t length,
                               struct sf_record *ret_record, size_t *ret_used, struct sf_error *err);
/* A deep copy in the arena. */
enum sf_code sf_record_copy (struct sf_arena *arena, const struct sf_record *record, struct sf_record *ret_copy,
                             struct sf_error *err);
/* Check what every record must keep: lon -180..180, lat -90..90, quality 0..9, texts valid UTF-8, no infinite number,
   times in the years 1 to 9999, spans of at most 100 years, a geometry that hangs together (parts, closed rings, points
   on Earth), a grid with values exactly when it has cells. */
enum sf_code sf_record_check (const struct sf_record *record, struct sf_error *err);

/* One JSON object without a newline: kind, feed, time (ISO 8601 UTC), lon, lat, then the other members; missing = null.
   A field's values are given by their shape and SHA-256, not written out. */
void sf_record_format_json (const struct sf_record *record, struct sf_strbuf *buf);
/* A member of a JSON object: the geometry of RFC 7946, always of the Multi kinds; null for none. */
struct sf_json;
void sf_record_put_geometry (struct sf_json *json, const char *key, const struct sf_geometry *geometry);

#endif
