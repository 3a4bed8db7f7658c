/* SPDX-License-Identifier: Apache-2.0 */
#include "core/data/record.h"
#include "core/data/member.h"
#include "core/data/plain.h"
#include "core/data/record_pack.h"

#include "core/base/time.h"

#include <math.h>
#include <string.h>

/* Say which record is meant in front of the message that err holds. */
static enum sf_code
name_record (const struct sf_record *record, enum sf_code code, struct sf_error *err)
{
  const char *source = record->source;
  if (!source || !sf_text_is_utf8 ((const uint8_t *) source, strlen (source)))
    return sf_error_prefix (err, code, "%s record", sf_record_kind_name (record->kind, 0));
  return sf_error_prefix (err, code, "%s:%lld: %s record", source, (long long) record->source_line,
                          sf_record_kind_name (record->kind, 0));
}

static enum sf_code
check_text (const char *name, const char *text, struct sf_error *err)
{
  if (text && !sf_text_is_utf8 ((const uint8_t *) text, strlen (text)))
    return sf_fail (err, SF_EFORMAT, "%s is not valid UTF-8", name);
  return SF_OK;
}

static inline enum sf_code
check_time (const char *name, int64_t time_s, struct sf_error *err)
{
  if (time_s != SF_TIME_MISSING && (time_s < SF_YEAR_1_S || time_s > SF_YEAR_9999_END_S))
    return sf_fail (err, SF_ERANGE, "%s %lld s is outside the years 1 to 9999", name, (long long) time_s);
  return SF_OK;
}

/* Every number of every record comes by here: few are large enough to need a look at their name. */
static inline enum sf_code
check_number (const char *name, double value, struct sf_error *err)
{
  if (!(fabs (value) > 90))
    return SF_OK;
  if (isinf (value))
    return sf_fail (err, SF_ERANGE, "%s is infinite", name);
  bool is_lon = name[0] == 'l' && name[1] == 'o' && name[2] == 'n' && !name[3];
  bool is_lat = name[0] == 'l' && name[1] == 'a' && name[2] == 't' && !name[3];
  if (is_lon && fabs (value) > 180)
    return sf_fail (err, SF_ERANGE, "lon %.10g is outside -180..180", value);
  if (is_lat)
    return sf_fail (err, SF_ERANGE, "lat %.10g is outside -90..90", value);
  return SF_OK;
}

/* A part holds points in a row; a ring is closed. */
static enum sf_code
check_part (const struct sf_geometry *geometry, size_t part, struct sf_error *err)
{
  size_t first = geometry->part_start[part], next = geometry->part_start[part + 1];
  size_t least = geometry->kind == SF_GEOMETRY_POLYGON ? 4 : geometry->kind == SF_GEOMETRY_LINE ? 2 : 1;
  if (next < first || next > geometry->points || next - first < least)
    return sf_fail (err, SF_EFORMAT, "geometry: part %zu spans points %zu to %zu of %zu; it needs at least %zu", part,
                    first, next, geometry->points, least);
  if (geometry->kind != SF_GEOMETRY_POLYGON)
    return SF_OK;
  const double *start = geometry->xy + 2 * first, *end = geometry->xy + 2 * (next - 1);
  if (start[0] != end[0] || start[1] != end[1])
    return sf_fail (err, SF_EFORMAT, "geometry: ring %zu is not closed", part);
  return SF_OK;
}

static enum sf_code
check_geometry (const struct sf_geometry *geometry, struct sf_error *err)
{
  bool polygon = geometry->kind == SF_GEOMETRY_POLYGON;
  if (!polygon && geometry->kind != SF_GEOMETRY_POINT && geometry->kind != SF_GEOMETRY_LINE)
    return sf_fail (err, SF_EFORMAT, "geometry: kind %d is none of point, line, polygon", (int) geometry->kind);
  if (geometry->parts == 0)
    return geometry->points ? sf_fail (err, SF_EFORMAT, "geometry: %zu points in no part", geometry->points) : SF_OK;
  if (polygon && (!geometry->part_outer || !geometry->part_outer[0]))
    return sf_fail (err, SF_EFORMAT, "geometry: the first ring is a hole");
  if (geometry->part_start[0] != 0 || geometry->part_start[geometry->parts] != geometry->points)
    return sf_fail (err, SF_EFORMAT, "geometry: the parts do not span all of its %zu points", geometry->points);
  for (size_t i = 0; i < geometry->points; i++)
    {
      double lon = geometry->xy[2 * i], lat = geometry->xy[2 * i + 1];
      if (!(fabs (lon) <= 180 && fabs (lat) <= 90))
        return sf_fail (err, SF_ERANGE, "geometry: point %zu, lon %.10g lat %.10g, is nowhere on Earth", i, lon, lat);
    }
  for (size_t part = 0; part < geometry->parts; part++)
    SF_TRY (check_part (geometry, part, err));
  return SF_OK;
}

static enum sf_code
check_field (const struct sf_field *field, struct sf_error *err)
{
  const struct sf_gridspec *grid = &field->grid;
  size_t cells = sf_gridspec_cells (grid);
  if (grid->nx < 0 || grid->ny < 0 || (cells > 0) != (field->values != NULL))
    return sf_fail (err, SF_EFORMAT, "grid of %d x %d cells %s values", grid->nx, grid->ny,
                    field->values ? "with" : "without");
  for (int i = 0; i < 6; i++)
    if (!isfinite (grid->affine[i]))
      return sf_fail (err, SF_ERANGE, "grid: transform [%d] is %g", i, grid->affine[i]);
  if (!memchr (grid->crs, '\0', sizeof grid->crs))
    return sf_fail (err, SF_EFORMAT, "grid: the CRS text has no end");
  SF_TRY (check_text ("grid: the CRS text", grid->crs, err));
  for (size_t i = 0; i < cells; i++)
    if (isinf (field->values[i]))
      return sf_fail (err, SF_ERANGE, "grid: the value of cell %zu is infinite", i);
  return SF_OK;
}

static enum sf_code
check_int (const char *name, int64_t value, struct sf_error *err)
{
  if (value < -SF_LONGEST_SPAN_S || value > SF_LONGEST_SPAN_S)
    return sf_fail (err, SF_ERANGE, "%s %lld is longer than 100 years", name, (long long) value);
  return SF_OK;
}

/* All but a text. */
static inline enum sf_code
check_member (const struct sf_record *record, const struct sf_member *member, struct sf_error *err)
{
  switch (member->type)
    {
    case SF_MEMBER_TEXT:
      return SF_OK;
    case SF_MEMBER_DOUBLE:
      return check_number (member->name, *sf_member_doubles (record, member), err);
    case SF_MEMBER_DOUBLES:
      for (int i = 0; i < member->count; i++)
        SF_TRY (check_number (member->name, sf_member_doubles (record, member)[i], err));
      return SF_OK;
    case SF_MEMBER_INT:
      return check_int (member->name, *sf_member_int (record, member), err);
    case SF_MEMBER_TIME:
      return check_time (member->name, *sf_member_int (record, member), err);
    case SF_MEMBER_GEOMETRY:
      {
        const struct sf_geometry *geometry = *sf_member_geometry (record, member);
        return geometry ? check_geometry (geometry, err) : SF_OK;
      }
    case SF_MEMBER_GRID:
      return check_field (&record->as.field, err);
    }
  return SF_OK;
}

static enum sf_code
check_common (const struct sf_record *record, struct sf_error *err)
{
  if ((unsigned) record->kind >= SF_RECORD_KINDS)
    return sf_fail (err, SF_EFORMAT, "kind %d is none of the %d kinds", (int) record->kind, SF_RECORD_KINDS);
  if (record->quality > SF_QUALITY_MISSING)
    return sf_fail (err, SF_ERANGE, "quality %d is outside 0..9", record->quality);
  if (record->source_line < 0)
    return sf_fail (err, SF_ERANGE, "source line %lld is below 0", (long long) record->source_line);
  SF_TRY (check_time ("time", record->valid_s, err));
  return check_time ("received time", record->received_s, err);
}

static enum sf_code
check_texts (const struct sf_record *record, struct sf_error *err)
{
  SF_TRY (check_text ("feed", record->feed, err));
  SF_TRY (check_text ("doubt", record->doubt, err));
  SF_TRY (check_text ("source", record->source, err));
  for (const struct sf_member *member = sf_record_members (record->kind); member->name; member++)
    if (member->type == SF_MEMBER_TEXT)
      SF_TRY (check_text (member->name, *sf_member_text (record, member), err));
  return SF_OK;
}

static enum sf_code
check_all_but_texts (const struct sf_record *record, struct sf_error *err)
{
  enum sf_code code = check_common (record, err);
  for (const struct sf_member *member = sf_record_members (record->kind); code == SF_OK && member->name; member++)
    code = check_member (record, member, err);
  return code;
}

enum sf_code
sf_record_check_unpacked (const struct sf_record *record, struct sf_error *err)
{
  if (record->kind == SF_RECORD_OBSERVATION && record->received_s == SF_TIME_MISSING
      && sf_observation_is_plainly_good (record))
    return SF_OK;
  enum sf_code code = check_all_but_texts (record, err);
  return code == SF_OK ? SF_OK : name_record (record, code, err);
}

enum sf_code
sf_record_check (const struct sf_record *record, struct sf_error *err)
{
  enum sf_code code = check_all_but_texts (record, err);
  if (code == SF_OK)
    code = check_texts (record, err);
  return code == SF_OK ? SF_OK : name_record (record, code, err);
}
