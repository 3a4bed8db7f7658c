/* SPDX-License-Identifier: Apache-2.0 */
#include "core/data/record.h"
#include "core/data/member.h"

#include "core/base/time.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TEXT(name, at, en, zh)                                                                                         \
  {                                                                                                                    \
    name, SF_MEMBER_TEXT, offsetof (struct sf_record, as.at), 1, NULL, en, zh                                          \
  }
#define NUMBER(name, at, unit, en, zh)                                                                                 \
  {                                                                                                                    \
    name, SF_MEMBER_DOUBLE, offsetof (struct sf_record, as.at), 1, unit, en, zh                                        \
  }
#define WHOLE(name, at, unit, en, zh)                                                                                  \
  {                                                                                                                    \
    name, SF_MEMBER_INT, offsetof (struct sf_record, as.at), 1, unit, en, zh                                           \
  }
#define TIME(name, at, en, zh)                                                                                         \
  {                                                                                                                    \
    name, SF_MEMBER_TIME, offsetof (struct sf_record, as.at), 1, TIME_UNIT, en, zh                                     \
  }
#define TIME_UNIT "seconds since 1970-01-01T00:00:00Z"
#define RADII (SF_RADII_FORCES * SF_QUADRANTS)
#define LON(at) NUMBER ("lon", at, "degrees_east", "Longitude", "经度")
#define LAT(at) NUMBER ("lat", at, "degrees_north", "Latitude", "纬度")
#define END                                                                                                            \
  {                                                                                                                    \
    NULL, SF_MEMBER_TEXT, 0, 0, NULL, NULL, NULL                                                                       \
  }

static const struct sf_member ASSET_MEMBERS[] = {
  TEXT ("id", asset.id, "Identifier", "编号"),
  TEXT ("type", asset.type, "Type", "类型"),
  TEXT ("name", asset.name, "Name", "英文名称"),
  TEXT ("name_zh", asset.name_zh, "Chinese name", "中文名称"),
  LON (asset.lon_deg),
  LAT (asset.lat_deg),
  NUMBER ("elevation_m", asset.elevation_m, "m", "Elevation", "高程"),
  TEXT ("datum", asset.datum, "Vertical datum", "高程基准"),
  TEXT ("attributes", asset.attributes, "Attributes", "属性"),
  END,
};

static const struct sf_member OBSERVATION_MEMBERS[] = {
  TEXT ("asset", observation.asset, "Asset", "对象编号"),
  TEXT ("quantity", observation.quantity, "Quantity", "要素"),
  NUMBER ("value", observation.value, NULL, "Value in the quantity's unit", "数值（要素单位）"),
  LON (observation.lon_deg),
  LAT (observation.lat_deg),
  WHOLE ("period_s", observation.period_s, "s", "Span that the value covers, ending at its time",
         "统计时段（截止于该时刻）"),
  END,
};

static const struct sf_member POSITION_MEMBERS[] = {
  TEXT ("mover", position.mover, "Mover", "移动目标"),
  TEXT ("type", position.type, "Type", "类型"),
  LON (position.lon_deg),
  LAT (position.lat_deg),
  NUMBER ("speed_mps", position.speed_mps, "m s-1", "Speed over ground", "对地航速"),
  NUMBER ("course_to_deg", position.course_to_deg, "degree", "Course over ground, towards", "对地航向"),
  NUMBER ("heading_deg", position.heading_deg, "degree", "Heading", "艏向"),
  TEXT ("status", position.status, "Status", "状态"),
  END,
};

static const struct sf_member TRACK_MEMBERS[] = {
  TEXT ("storm", track.storm, "Storm, the feed's identity of it", "台风标识（来源内唯一）"),
  TEXT ("number", track.number, "International number", "国际编号"),
  TEXT ("name", track.name, "Name", "英文名"),
  TEXT ("name_zh", track.name_zh, "Chinese name", "中文名"),
  TEXT ("agency", track.agency, "Agency", "发布机构"),
  TEXT ("member", track.member, "Ensemble member or technique", "集合成员或方法"),
  TEXT ("grade", track.grade, "Grade", "强度等级"),
  TIME ("base_time", track.base_s, "Base time of the forecast", "起报时间"),
  WHOLE ("lead_s", track.lead_s, "s", "Lead time", "预报时效"),
  LON (track.lon_deg),
  LAT (track.lat_deg),
  NUMBER ("pressure_hpa", track.pressure_hpa, "hPa", "Central pressure", "中心气压"),
  NUMBER ("environment_pressure_hpa", track.environment_pressure_hpa, "hPa", "Environmental pressure", "环境气压"),
  NUMBER ("wind_mps", track.wind_mps, "m s-1", "Maximum sustained wind", "最大持续风速"),
  NUMBER ("averaging_min", track.averaging_min, "min", "Averaging time of the wind", "风速平均时段"),
  NUMBER ("gust_mps", track.gust_mps, "m s-1", "Gust", "阵风"),
  NUMBER ("motion_to_deg", track.motion_to_deg, "degree", "Direction of motion, towards", "移动方向"),
  NUMBER ("motion_mps", track.motion_mps, "m s-1", "Speed of motion", "移动速度"),
  NUMBER ("rmw_km", track.rmw_km, "km", "Radius of maximum wind", "最大风速半径"),
  NUMBER ("roci_km", track.roci_km, "km", "Radius of the outermost closed isobar", "最外闭合等压线半径"),
  { "radii_km", SF_MEMBER_DOUBLES, offsetof (struct sf_record, as.track.radii_km), RADII, "km",
    "Radii of force 7, 10 and 12 in the quadrants NE, SE, SW, NW",
    "七级、十级、十二级风圈半径（东北、东南、西南、西北）" },
  END,
};

static const struct sf_member EVENT_MEMBERS[] = {
  TEXT ("id", event.id, "Identifier", "编号"),
  TEXT ("type", event.type, "Type", "类型"),
  TEXT ("level", event.level, "Level", "级别"),
  TEXT ("status", event.status, "Status", "状态"),
  TEXT ("headline", event.headline, "Headline", "标题"),
  TEXT ("area", event.area, "Area", "区域"),
  TIME ("begin_time", event.begin_s, "Begin", "开始时间"),
  TIME ("end_time", event.end_s, "End", "结束时间"),
  TIME ("issued_time", event.issued_s, "Issued", "发布时间"),
  LON (event.lon_deg),
  LAT (event.lat_deg),
  { "geometry", SF_MEMBER_GEOMETRY, offsetof (struct sf_record, as.event.geometry), 1, NULL, "Geometry", "几何范围" },
  END,
};

static const struct sf_member FIELD_MEMBERS[] = {
  TEXT ("quantity", field.quantity, "Quantity", "要素"),
  TEXT ("level", field.level, "Level", "层次"),
  TEXT ("member", field.member, "Ensemble member", "集合成员"),
  TIME ("base_time", field.base_s, "Base time of the forecast", "起报时间"),
  { "grid", SF_MEMBER_GRID, offsetof (struct sf_record, as.field.grid), 1, NULL, "Grid and values", "格网与数值" },
  END,
};

static const struct
{
  const char *name, *name_zh;
  const struct sf_member *members;
} KINDS[SF_RECORD_KINDS] = {
  [SF_RECORD_ASSET] = { "asset", "对象", ASSET_MEMBERS },
  [SF_RECORD_OBSERVATION] = { "observation", "观测", OBSERVATION_MEMBERS },
  [SF_RECORD_POSITION] = { "position", "位置", POSITION_MEMBERS },
  [SF_RECORD_TRACK] = { "track", "路径", TRACK_MEMBERS },
  [SF_RECORD_EVENT] = { "event", "事件", EVENT_MEMBERS },
  [SF_RECORD_FIELD] = { "field", "格点场", FIELD_MEMBERS },
};

const struct sf_member *
sf_record_members (enum sf_record_kind kind)
{
  static const struct sf_member none = END;
  return (unsigned) kind < SF_RECORD_KINDS ? KINDS[kind].members : &none;
}

const char *
sf_record_kind_name (enum sf_record_kind kind, int zh)
{
  if ((unsigned) kind >= SF_RECORD_KINDS)
    return zh ? "未知" : "unknown";
  return zh ? KINDS[kind].name_zh : KINDS[kind].name;
}

static void
set_missing (struct sf_record *record, const struct sf_member *member)
{
  switch (member->type)
    {
    case SF_MEMBER_DOUBLE:
    case SF_MEMBER_DOUBLES:
      for (int i = 0; i < member->count; i++)
        sf_member_doubles (record, member)[i] = NAN;
      break;
    case SF_MEMBER_TIME:
      *sf_member_int (record, member) = SF_TIME_MISSING;
      break;
    case SF_MEMBER_TEXT:
    case SF_MEMBER_INT:
    case SF_MEMBER_GEOMETRY:
    case SF_MEMBER_GRID:
      break;
    }
}

void
sf_record_init (struct sf_record *record, enum sf_record_kind kind)
{
  memset (record, 0, sizeof *record);
  record->kind = kind;
  record->valid_s = record->received_s = SF_TIME_MISSING;
  record->quality = SF_QUALITY_ORIGINAL_RELIABLE;
  for (const struct sf_member *member = sf_record_members (kind); member->name; member++)
    set_missing (record, member);
}

static struct sf_geometry *
copy_geometry (struct sf_arena *arena, const struct sf_geometry *geometry)
{
  struct sf_geometry *copy = sf_arena_calloc (arena, 1, sizeof *copy);
  if (!copy)
    return NULL;
  copy->kind = geometry->kind;
  copy->part_capacity = geometry->parts + 1;
  copy->part_start = sf_arena_calloc (arena, geometry->parts + 1, sizeof *copy->part_start);
  copy->xy = sf_arena_calloc (arena, geometry->points, 2 * sizeof *copy->xy);
  if (geometry->part_outer)
    copy->part_outer = sf_arena_calloc (arena, geometry->parts, sizeof *copy->part_outer);
  if (!copy->part_start || !copy->xy || (geometry->part_outer && !copy->part_outer))
    return NULL;
  copy->parts = geometry->parts;
  copy->points = copy->point_capacity = geometry->points;
  if (geometry->parts)
    memcpy (copy->part_start, geometry->part_start, (geometry->parts + 1) * sizeof *copy->part_start);
  if (geometry->parts && geometry->part_outer)
    memcpy (copy->part_outer, geometry->part_outer, geometry->parts * sizeof *copy->part_outer);
  if (geometry->points)
    memcpy (copy->xy, geometry->xy, 2 * geometry->points * sizeof *copy->xy);
  copy->outer_capacity = copy->part_outer ? copy->parts : 0;
  return copy;
}

static bool
copy_text (struct sf_arena *arena, const char **text)
{
  return !*text || (*text = sf_arena_strdup (arena, *text));
}

static bool
copy_values (struct sf_arena *arena, struct sf_field *field)
{
  if (!field->values)
    return true;
  size_t cells = sf_gridspec_cells (&field->grid);
  float *values = sf_arena_calloc (arena, cells, sizeof *values);
  if (!values)
    return false;
  memcpy (values, field->values, cells * sizeof *values);
  field->values = values;
  return true;
}

/* Replace what a member of a shallow copy borrows by a copy in the arena. */
static bool
copy_member (struct sf_arena *arena, struct sf_record *copy, const struct sf_member *member)
{
  if (member->type == SF_MEMBER_TEXT)
    return copy_text (arena, sf_member_text (copy, member));
  if (member->type == SF_MEMBER_GRID)
    return copy_values (arena, &copy->as.field);
  if (member->type != SF_MEMBER_GEOMETRY)
    return true;
  const struct sf_geometry **geometry = sf_member_geometry (copy, member);
  return !*geometry || (*geometry = copy_geometry (arena, *geometry));
}

enum sf_code
sf_record_copy (struct sf_arena *arena, const struct sf_record *record, struct sf_record *ret_copy,
                struct sf_error *err)
{
  struct sf_record copy = *record;
  bool good = copy_text (arena, &copy.feed) && copy_text (arena, &copy.doubt) && copy_text (arena, &copy.source);
  for (const struct sf_member *member = sf_record_members (copy.kind); good && member->name; member++)
    good = copy_member (arena, &copy, member);
  if (!good)
    return sf_fail (err, SF_ENOMEM, "no memory to copy a record of kind %s", sf_record_kind_name (copy.kind, 0));
  *ret_copy = copy;
  return SF_OK;
}
