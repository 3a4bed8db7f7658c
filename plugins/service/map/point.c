/* SPDX-License-Identifier: Apache-2.0 */
/* What every layer says of a place: /v1/point?lon=&lat=[&time=]. */
#include "plugins/service/map/point.h"

#include "core/base/decimal.h"
#include "core/base/json.h"
#include "core/base/time.h"
#include "geodata/gridspec.h"
#include "geodata/sphere.h"
#include "plugins/service/map/map.h"
#include "plugins/service/map/value.h"

#include <math.h>
#include <string.h>

/* The answer being written: at is the end of the text, which has room for the longest one. */
struct writer
{
  const struct sf_map_point_question *question;
  char *at;
  char age[SF_DECIMAL_BYTES]; /* of the snapshot's data, as text */
  size_t age_length;
};

static void
put (struct writer *writer, struct sf_map_piece piece)
{
  memcpy (writer->at, piece.text, piece.length);
  writer->at += piece.length;
}

static void
put_text (struct writer *writer, const char *text)
{
  put (writer, (struct sf_map_piece){ text, strlen (text) });
}

/* A time in quotes, or null. */
static void
put_time (struct writer *writer, char *(*format) (char *buffer, int64_t time_s), int64_t time_s)
{
  char text[SF_TIME_TEXT_BYTES];
  if (strcmp (format (text, time_s), "-") == 0)
    {
      put_text (writer, "null");
      return;
    }
  *writer->at++ = '"';
  put_text (writer, text);
  *writer->at++ = '"';
}

/* --- cells --- */

static bool
find_cell (struct sf_map_point_grid *grid, const struct sf_map_point_question *question, size_t *ret_cell)
{
  int column, row;
  double xy[2] = { question->lon_deg, question->lat_deg };
  if (grid->from_home)
    {
      pthread_mutex_lock (&grid->lock);
      sf_crs_transform_points (grid->from_home, xy, 1);
      pthread_mutex_unlock (&grid->lock);
    }
  if (!(grid->is_geographic ? sf_gridspec_cell_lonlat : sf_gridspec_cell) (grid->spec, xy[0], xy[1], &column, &row))
    return false;
  *ret_cell = (size_t) row * (size_t) grid->spec->nx + (size_t) column;
  return true;
}

/* --- layers --- */

/* What a value means: a moment, a class, or that there is none. */
static void
put_meaning (struct writer *writer, const struct sf_map_point_layer *of, float value)
{
  const struct sf_style_entry *class = NULL;
  if (isnan (value))
    {
      put (writer, of->missing);
      return;
    }
  int64_t time_s = sf_map_value_time_s (of->layer, value);
  if (time_s != SF_TIME_MISSING)
    {
      put_text (writer, ",\"time\":");
      put_time (writer, sf_time_format_utc, time_s);
      put_text (writer, ",\"meaning\":{\"en\":");
      put_time (writer, sf_time_format_beijing, time_s);
      put_text (writer, ",\"zh\":");
      put_time (writer, sf_time_format_beijing_zh, time_s);
      put_text (writer, "}");
      return;
    }
  if (of->style)
    class = sf_map_style_class (of->style, value);
  put (writer, class ? of->classes[class - of->style->style->entries] : of->unclassed);
}

static void
put_value (struct writer *writer, const struct sf_map_point_layer *of, float value)
{
  writer->at = sf_decimal_write (writer->at, value, SF_MAP_POINT_PLACES);
  put_meaning (writer, of, value);
}

static void
put_step (struct writer *writer, const struct sf_map_point_layer *of, size_t cell)
{
  const struct sf_map_layer *layer = of->layer;
  int64_t time_s = writer->question->time_s;
  int step = time_s == SF_TIME_MISSING ? layer->default_band : sf_time_find_step (layer->time_s, layer->bands, time_s);
  put (writer, of->values[0]);
  if (step < 0)
    {
      put_text (writer, "null");
      put (writer, of->outside);
    }
  else
    put_value (writer, of, layer->grid->values[(size_t) step * sf_gridspec_cells (&layer->grid->spec) + cell]);
  put_text (writer, ",\"valid_time\":");
  put_time (writer, sf_time_format_utc, step < 0 ? SF_TIME_MISSING : layer->time_s[step]);
}

static void
put_layer (struct writer *writer, const struct sf_map_point_layer *of, size_t cell)
{
  put (writer, of->head);
  put (writer, (struct sf_map_piece){ writer->age, writer->age_length });
  if (of->layer->time_s)
    put_step (writer, of, cell);
  else
    {
      const float *values = of->grid->records + cell * of->grid->slots + of->slot;
      for (int band = 0; band < of->layer->bands; band++)
        {
          put (writer, of->values[band]);
          put_value (writer, of, values[band]);
        }
    }
  put (writer, of->tail);
}

/* Layers that share a grid mostly follow each other, so a cell is looked for when the grid changes. */
static void
put_layers (struct writer *writer, const struct sf_map_point *point)
{
  const struct sf_map_point_grid *grid = NULL;
  size_t cell = 0;
  bool is_inside = false, is_first = true;
  for (size_t i = 0; i < point->layers_count; i++)
    {
      const struct sf_map_point_layer *of = &point->layers[i];
      if (of->grid != grid)
        is_inside = find_cell (of->grid, writer->question, &cell);
      grid = of->grid;
      if (!is_inside)
        continue;
      if (!is_first)
        *writer->at++ = ',';
      is_first = false;
      put_layer (writer, of, cell);
    }
}

static void
put_areas (struct writer *writer, const struct sf_map_point *point)
{
  double lon_deg = sf_sphere_wrap_lon_deg (writer->question->lon_deg), lat_deg = writer->question->lat_deg;
  size_t cursor = 0, area;
  bool is_first = true;
  while (sf_polygon_cover_next (point->cover, lon_deg, lat_deg, &cursor, &area))
    {
      if (!is_first)
        *writer->at++ = ',';
      is_first = false;
      put (writer, point->areas[area]);
    }
}

/* --- the whole --- */

static void
set_age (struct writer *writer, int64_t data_s)
{
  char *end = data_s == SF_TIME_MISSING ? (char *) memcpy (writer->age, "null", 4) + 4
                                        : sf_decimal_write_int (writer->age, writer->question->now_s - data_s);
  writer->age_length = (size_t) (end - writer->age);
}

/* Degrees as the client wrote them would be wrong JSON at times (".5"); the shortest text of the number never is. */
static void
write_place (const struct sf_map_point_question *question, struct sf_strbuf *out)
{
  sf_strbuf_add (out, ",\"lon\":");
  sf_strbuf_add_double (out, question->lon_deg);
  sf_strbuf_add (out, ",\"lat\":");
  sf_strbuf_add_double (out, question->lat_deg);
}

enum sf_code
sf_map_point_answer (const struct sf_map_world *world, const struct sf_map_point_question *question,
                     struct sf_strbuf *out, struct sf_error *err)
{
  const struct sf_map_point *point = world->point;
  struct sf_strbuf place = { 0 };
  write_place (question, &place);
  if (place.failed || sf_mem_grow ((void **) &out->text, &out->capacity, out->length + point->bytes_max + 1, 1) != 0)
    {
      sf_strbuf_finish (&place);
      return sf_fail (err, SF_ENOMEM, "out of memory for an answer of %zu bytes", point->bytes_max);
    }
  struct writer writer = { .question = question, .at = out->text + out->length };
  set_age (&writer, world->snapshot->clock_s);
  put (&writer, point->about);
  put (&writer, (struct sf_map_piece){ place.text, place.length });
  put_text (&writer, ",\"time\":");
  put_time (&writer, sf_time_format_utc, question->time_s);
  put_text (&writer, ",\"now\":");
  put_time (&writer, sf_time_format_utc, question->now_s);
  put_text (&writer, ",\"layers\":[");
  put_layers (&writer, point);
  put_text (&writer, "],\"areas\":[");
  put_areas (&writer, point);
  put_text (&writer, "]}");
  *writer.at = '\0';
  out->length = (size_t) (writer.at - out->text);
  sf_strbuf_finish (&place);
  return SF_OK;
}

/* A missing parameter is the client's mistake, not a resource that is not there. */
static enum sf_code
read_degrees (const struct sf_map_request *request, const char *key, double limit, double *ret_deg,
              struct sf_error *err)
{
  enum sf_code code = sf_map_request_double (request, key, -limit, limit, ret_deg, err);
  if (code == SF_ENOTFOUND)
    return sf_fail (err, SF_EINVAL, "%s is missing: /v1/point?lon=110.35&lat=20.02, degrees, longitude first", key);
  return code;
}

enum sf_code
sf_map_point_query (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response,
                    struct sf_error *err)
{
  struct sf_map_point_question question = { .now_s = request->now_s };
  (void) map;
  if (request->segments_count > 0)
    return sf_fail (err, SF_ENOTFOUND, "/v1/point has nothing below it");
  SF_TRY (read_degrees (request, "lon", 360, &question.lon_deg, err));
  SF_TRY (read_degrees (request, "lat", 90, &question.lat_deg, err));
  SF_TRY (sf_map_request_time (request, &question.time_s, err));
  response->media_type = "application/json";
  return sf_map_point_answer (request->world, &question, &response->body, err);
}
