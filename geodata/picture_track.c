/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/picture_draw.h"

#include "core/base/time.h"
#include "geodata/sphere.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* One fix as it stands on the sheet. line groups the fixes of one drawn line. */
struct point
{
  double x, y, lon_deg, lat_deg;
  int64_t time_s;
  int line;
  bool forecast;
  const char *agency;
  const struct sf_style_entry *grade;
  const double *radii_km; /* NULL where the source has no such column */
};

struct points
{
  struct point *list;
  size_t count, capacity;
  bool failed;
};

static bool
same_text (const char *a, const char *b)
{
  return a == b || (a && b && strcmp (a, b) == 0);
}

static void
add_point (struct sf_sheet *sheet, struct points *points, struct point point, const char *grade)
{
  double centre = (sheet->extent.min_x + sheet->extent.max_x) / 2;
  if (isnan (point.lon_deg) || isnan (point.lat_deg) || points->failed)
    return;
  if (sf_mem_grow ((void **) &points->list, &points->capacity, points->count + 1, sizeof *points->list))
    {
      points->failed = true;
      return;
    }
  point.lon_deg = centre + sf_sphere_wrap_lon_deg (point.lon_deg - centre);
  sf_sheet_to_map (sheet, point.lon_deg, point.lat_deg, &point.x, &point.y);
  point.grade = sf_style_category (sheet->grades, grade);
  if (!point.grade)
    point.grade = sf_style_category (sheet->grades, "unknown");
  points->list[points->count++] = point;
}

static void
collect_table (struct sf_sheet *sheet, struct points *points)
{
  const struct sf_table *table = sheet->picture->track_points->as.table;
  int line = 0;
  for (size_t row = 0; row < table->rows; row++)
    {
      if (row > 0
          && (!same_text (sf_table_text (table, "storm", row), sf_table_text (table, "storm", row - 1))
              || !same_text (sf_table_text (table, "agency", row), sf_table_text (table, "agency", row - 1))))
        line++;
      struct point point = { .lon_deg = sf_table_double (table, "longitude", row),
                             .lat_deg = sf_table_double (table, "latitude", row),
                             .time_s = sf_table_time (table, "time", row),
                             .agency = sf_table_text (table, "agency", row),
                             .line = line };
      add_point (sheet, points, point, sf_table_text (table, "grade", row));
    }
}

static void
collect_tracks (struct sf_sheet *sheet, struct points *points)
{
  const struct sf_tracks *tracks = sheet->picture->tracks->as.tracks;
  for (size_t t = 0; t < tracks->count; t++)
    for (size_t i = 0; i < tracks->tracks[t].fixes_count; i++)
      {
        const struct sf_fix *fix = &tracks->tracks[t].fixes[i].as.track;
        struct point point = { .lon_deg = fix->lon_deg,
                               .lat_deg = fix->lat_deg,
                               .time_s = tracks->tracks[t].fixes[i].valid_s,
                               .agency = tracks->tracks[t].agency,
                               .line = (int) t,
                               .forecast = fix->lead_s > 0,
                               .radii_km = fix->radii_km };
        add_point (sheet, points, point, fix->grade);
      }
}

static const struct sf_style_entry *
line_style (const struct sf_sheet *sheet, const struct point *point)
{
  const struct sf_style_entry *entry = NULL;
  if (!point->forecast)
    entry = sf_style_category (sheet->track, "analysed");
  else if (point->agency)
    entry = sf_style_category (sheet->track, point->agency);
  return entry ? entry : sf_style_category (sheet->track, "other");
}

static void
draw_segments (struct sf_sheet *sheet, const struct points *points)
{
  for (size_t i = 1; i < points->count; i++)
    {
      const struct point *a = &points->list[i - 1], *b = &points->list[i];
      const struct sf_style_entry *style = line_style (sheet, b);
      if (a->line != b->line || !style || fabs (a->lon_deg - b->lon_deg) > 180)
        continue;
      cairo_new_path (sheet->cr);
      cairo_move_to (sheet->cr, a->x, a->y);
      cairo_line_to (sheet->cr, b->x, b->y);
      sf_sheet_stroke (sheet, style, 1.4);
    }
}

void
sf_sheet_draw_symbol (struct sf_sheet *sheet, const struct sf_style_entry *grade, double x, double y, bool forecast)
{
  double radius = grade->size_px > 0 ? grade->size_px * 0.72 : 4;
  cairo_new_path (sheet->cr);
  cairo_arc (sheet->cr, x, y, radius, 0, 2 * M_PI);
  cairo_set_source_rgb (sheet->cr, 1, 1, 1);
  if (!forecast)
    sf_sheet_colour (sheet, grade->rgba);
  cairo_fill_preserve (sheet->cr);
  cairo_set_dash (sheet->cr, NULL, 0, 0);
  cairo_set_source_rgb (sheet->cr, 0.08, 0.12, 0.17);
  cairo_set_line_width (sheet->cr, forecast ? 3.6 : 1.3);
  cairo_stroke_preserve (sheet->cr);
  if (forecast)
    {
      sf_sheet_colour (sheet, grade->rgba);
      cairo_set_line_width (sheet->cr, 2.2);
      cairo_stroke_preserve (sheet->cr);
    }
  cairo_new_path (sheet->cr);
}

static bool
on_map (const struct sf_sheet *sheet, const struct point *point)
{
  const struct sf_box *map = &sheet->map;
  return point->x >= map->x && point->x <= map->x + map->width && point->y >= map->y
         && point->y <= map->y + map->height;
}

static void
draw_symbols (struct sf_sheet *sheet, const struct points *points)
{
  for (size_t i = 0; i < points->count; i++)
    {
      const struct point *point = &points->list[i];
      if (!on_map (sheet, point) || !point->grade)
        continue;
      double half = point->grade->size_px * 0.72 + 1;
      struct sf_box box = { point->x - half, point->y - half, 2 * half, 2 * half };
      sf_sheet_take_box (sheet, &box);
      sf_sheet_draw_symbol (sheet, point->grade, point->x, point->y, point->forecast);
      sheet->grades_present |= 1u << (unsigned) (point->grade - sheet->grades->entries);
      sheet->forecasts_present |= point->forecast;
      sheet->analyses_present |= !point->forecast;
    }
}

/* Keep labels off the lines between the fixes. */
static void
take_segments (struct sf_sheet *sheet, const struct points *points)
{
  for (size_t i = 1; i < points->count; i++)
    {
      const struct point *a = &points->list[i - 1], *b = &points->list[i];
      double length = hypot (b->x - a->x, b->y - a->y);
      if (a->line != b->line || length > 3000)
        continue;
      for (double d = 7; d < length && sheet->labels_count < SF_SHEET_MAX_LABELS / 2; d += 14)
        {
          struct point mid = { .x = a->x + (b->x - a->x) * d / length, .y = a->y + (b->y - a->y) * d / length };
          struct sf_box box = { mid.x - 4, mid.y - 4, 8, 8 };
          if (on_map (sheet, &mid))
            sf_sheet_take_box (sheet, &box);
        }
    }
}

/* "7月18日14时", without the month unless it is asked for; minutes only where there are some. */
static void
time_label (char text[64], int64_t time_s, bool month)
{
  struct sf_civil civil = sf_time_to_civil (time_s, SF_BEIJING_OFFSET_S);
  int used = month ? snprintf (text, 64, "%d月", civil.month) : 0;
  if (civil.minute)
    snprintf (text + used, 64 - (size_t) used, "%d日%02d:%02d", civil.day, civil.hour, civil.minute);
  else
    snprintf (text + used, 64 - (size_t) used, "%d日%02d时", civil.day, civil.hour);
}

static void
draw_times (struct sf_sheet *sheet, const struct points *points)
{
  struct sf_lettering lettering = sf_sheet_lettering (sheet, 15, "text");
  char text[64];
  lettering.halo_px = 2.2;
  bool first = true;
  for (int pass = 0; pass < 2; pass++)
    for (size_t i = 0; i < points->count; i++)
      {
        const struct point *point = &points->list[i];
        if (!on_map (sheet, point) || point->time_s == SF_TIME_MISSING)
          continue;
        int hour = sf_time_to_civil (point->time_s, SF_BEIJING_OFFSET_S).hour;
        bool main_hour = hour == 8 || hour == 20;
        if (main_hour != (pass == 0))
          continue;
        time_label (text, point->time_s, first);
        if (sf_sheet_label (sheet, &lettering, point->x, point->y, 11, text))
          first = false;
      }
}

/* The outline of one force: in each quadrant an arc of its radius, quadrants NE, SE, SW, NW clockwise from north. */
static void
draw_radius (struct sf_sheet *sheet, const struct point *point, const double *radii_km, const char *key)
{
  const struct sf_style_entry *style = sf_style_category (sheet->track, key);
  bool begun = false;
  cairo_new_path (sheet->cr);
  for (int quadrant = 0; style && quadrant < SF_QUADRANTS; quadrant++)
    {
      if (!(radii_km[quadrant] > 0))
        continue;
      for (int deg = 0; deg <= 90; deg += 3)
        {
          double lon, lat, x, y;
          sf_sphere_destination (point->lon_deg, point->lat_deg, 90.0 * quadrant + deg, radii_km[quadrant], &lon, &lat);
          lon = point->lon_deg + sf_sphere_wrap_lon_deg (lon - point->lon_deg);
          sf_sheet_to_map (sheet, lon, lat, &x, &y);
          if (begun)
            cairo_line_to (sheet->cr, x, y);
          else
            cairo_move_to (sheet->cr, x, y);
          begun = true;
        }
    }
  if (!begun)
    return;
  cairo_close_path (sheet->cr);
  cairo_set_source_rgba (sheet->cr, style->rgba[0] / 255.0, style->rgba[1] / 255.0, style->rgba[2] / 255.0, 0.10);
  cairo_fill_preserve (sheet->cr);
  sf_sheet_stroke (sheet, style, 0.8);
  sheet->radii_present = true;
}

static bool
has_radii (const struct point *point)
{
  for (int k = 0; point->radii_km && k < SF_RADII_FORCES * SF_QUADRANTS; k++)
    if (point->radii_km[k] > 0)
      return true;
  return false;
}

static void
draw_radii (struct sf_sheet *sheet, const struct points *points)
{
  static const char *const keys[SF_RADII_FORCES] = { "force7", "force10", "force12" };
  const struct point *latest = NULL;
  for (size_t i = 0; i < points->count; i++)
    {
      const struct point *point = &points->list[i];
      if (!point->forecast && has_radii (point) && point->time_s <= sheet->picture->clock_s
          && (!latest || point->time_s > latest->time_s))
        latest = point;
    }
  for (int force = 0; latest && force < SF_RADII_FORCES; force++)
    draw_radius (sheet, latest, latest->radii_km + force * SF_QUADRANTS, keys[force]);
}

void
sf_sheet_draw_star (struct sf_sheet *sheet, double x, double y, double radius)
{
  cairo_new_path (sheet->cr);
  for (int k = 0; k < 10; k++)
    {
      double r = k % 2 ? radius * 0.42 : radius, angle = M_PI * k / 5;
      cairo_line_to (sheet->cr, x + r * sin (angle), y - r * cos (angle));
    }
  cairo_close_path (sheet->cr);
  cairo_set_dash (sheet->cr, NULL, 0, 0);
  cairo_set_source_rgb (sheet->cr, 1, 1, 1);
  cairo_set_line_width (sheet->cr, 3.2);
  cairo_stroke_preserve (sheet->cr);
  sf_sheet_colour (sheet, sf_sheet_base (sheet, "landfall")->rgba);
  cairo_fill (sheet->cr);
}

static void
draw_landfalls (struct sf_sheet *sheet)
{
  const struct sf_table *table = sheet->picture->landfalls->as.table;
  struct sf_lettering lettering = sf_sheet_lettering (sheet, 17, "landfall");
  lettering.bold = true;
  lettering.halo_px = 2.6;
  for (size_t row = 0; row < table->rows; row++)
    {
      char when[64], text[256];
      const char *place = sf_table_text (table, "place_zh", row);
      struct point point = { .lon_deg = sf_table_double (table, "longitude", row),
                             .lat_deg = sf_table_double (table, "latitude", row),
                             .time_s = sf_table_time (table, "time", row) };
      if (isnan (point.lon_deg) || isnan (point.lat_deg))
        continue;
      sf_sheet_to_map (sheet, point.lon_deg, point.lat_deg, &point.x, &point.y);
      if (!on_map (sheet, &point))
        continue;
      double size = sf_sheet_base (sheet, "landfall")->size_px + 3;
      struct sf_box box = { point.x - size, point.y - size, 2 * size, 2 * size };
      sf_sheet_take_box (sheet, &box);
      sf_sheet_draw_star (sheet, point.x, point.y, size);
      sheet->landfalls_present = true;
      if (point.time_s == SF_TIME_MISSING)
        continue;
      time_label (when, point.time_s, false);
      snprintf (text, sizeof text, "登陆%s%s %s", place ? " " : "", place ? place : "", when);
      sf_sheet_label (sheet, &lettering, point.x, point.y, size + 4, text);
    }
}

/* Names of counties where the map is large enough for them: from the seats, or from the counties' own columns. */
static void
draw_names (struct sf_sheet *sheet)
{
  const struct sf_picture *picture = sheet->picture;
  bool seats = picture->county_seats && picture->county_seats->as.table->rows > 0;
  if ((!seats && !picture->counties) || sheet->map.width / (sheet->extent.max_x - sheet->extent.min_x) < 90)
    return;
  const struct sf_table *table = seats ? picture->county_seats->as.table : picture->counties->as.table;
  struct sf_lettering lettering = sf_sheet_lettering (sheet, 13.5, "text");
  lettering.halo_px = 2;
  const struct sf_style_entry *dot = sf_sheet_base (sheet, "seat");
  for (size_t row = 0; row < table->rows; row++)
    {
      const char *name = sf_table_text (table, "name_zh", row);
      struct point point = { .lon_deg = sf_table_double (table, seats ? "longitude" : "seat_longitude", row),
                             .lat_deg = sf_table_double (table, seats ? "latitude" : "seat_latitude", row) };
      if (!name || isnan (point.lon_deg) || isnan (point.lat_deg))
        continue;
      sf_sheet_to_map (sheet, point.lon_deg, point.lat_deg, &point.x, &point.y);
      if (!on_map (sheet, &point) || !sf_sheet_label (sheet, &lettering, point.x, point.y, 5, name))
        continue;
      cairo_arc (sheet->cr, point.x, point.y, dot->size_px, 0, 2 * M_PI);
      cairo_set_source_rgb (sheet->cr, 1, 1, 1);
      cairo_set_line_width (sheet->cr, 2);
      cairo_stroke_preserve (sheet->cr);
      sf_sheet_colour (sheet, dot->rgba);
      cairo_fill (sheet->cr);
    }
}

enum sf_code
sf_sheet_draw_tracks (struct sf_sheet *sheet, struct sf_error *err)
{
  struct points points = { 0 };
  const struct sf_picture *picture = sheet->picture;
  if (picture->track_points)
    collect_table (sheet, &points);
  else if (picture->tracks)
    collect_tracks (sheet, &points);
  if (points.failed)
    {
      sf_mem_free (points.list);
      return sf_fail (err, SF_ENOMEM, "picture: out of memory");
    }
  cairo_save (sheet->cr);
  cairo_rectangle (sheet->cr, sheet->map.x, sheet->map.y, sheet->map.width, sheet->map.height);
  cairo_clip (sheet->cr);
  if (picture->clock_s != SF_TIME_MISSING)
    draw_radii (sheet, &points);
  draw_segments (sheet, &points);
  draw_symbols (sheet, &points);
  take_segments (sheet, &points);
  if (picture->landfalls)
    draw_landfalls (sheet);
  draw_times (sheet, &points);
  draw_names (sheet);
  cairo_restore (sheet->cr);
  sf_mem_free (points.list);
  return SF_OK;
}
