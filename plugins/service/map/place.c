/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a county, a harbour, a reservoir: /v1/place, /v1/place/{code}. */
#include "plugins/service/map/place.h"

#include "plugins/service/map/documents.h"
#include "plugins/service/map/point.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
put_head (struct sf_json *json, const struct sf_map_place *place)
{
  sf_json_put_string (json, "code", place->code);
  sf_map_put_titles (json, "name", place->name_en, place->name_zh);
  sf_json_put_double (json, "lon", place->lon_deg);
  sf_json_put_double (json, "lat", place->lat_deg);
  sf_map_put_bounds (json, &place->bounds);
}

/* --- the list --- */

/* Whether a place is what somebody types: a part of a name, in any case, or the beginning of its code. */
static bool
is_asked_for (const struct sf_map_place *place, const char *words)
{
  return !words || strncmp (place->code, words, strlen (words)) == 0
         || (place->name_en && strcasestr (place->name_en, words))
         || (place->name_zh && strcasestr (place->name_zh, words));
}

static void
put_list (const struct sf_map_places *places, const struct sf_map_request *request, struct sf_json *json)
{
  const char *words = sf_map_request_get (request, "q");
  sf_json_begin_object (json);
  sf_json_put_string (json, "snapshot", request->world->snapshot->id);
  sf_json_key (json, "places");
  sf_json_begin_array (json);
  for (size_t i = 0; i < places->count; i++)
    {
      const struct sf_map_place *place = &places->places[i];
      if (!is_asked_for (place, words))
        continue;
      sf_json_begin_object (json);
      put_head (json, place);
      sf_json_put_string (json, "url", sf_arena_printf (request->arena, "%s/v1/place/%s", request->root, place->code));
      sf_json_end_object (json);
    }
  sf_json_end_array (json);
  sf_json_end_object (json);
}

/* --- one place --- */

static void
put_rows (struct sf_json *json, const struct sf_map_place *place)
{
  sf_json_key (json, "rows");
  sf_json_begin_array (json);
  for (size_t i = 0; i < place->rows_count; i++)
    {
      const struct sf_dataset *dataset = place->rows[i].dataset;
      sf_json_begin_object (json);
      sf_json_put_string (json, "id", dataset->name);
      sf_json_put_string (json, "dataset", dataset->spec->name);
      sf_map_put_titles (json, "title", dataset->spec->title_en, dataset->spec->title_zh);
      sf_map_put_authority (json, dataset->authority, dataset->simulated);
      sf_map_put_row (json, "properties", dataset->as.table, place->rows[i].row);
      sf_json_end_object (json);
    }
  sf_json_end_array (json);
}

/* The answer about the seat, as /v1/point gives it. */
static enum sf_code
put_seat (struct sf_json *json, const struct sf_map_place *place, const struct sf_map_request *request,
          struct sf_error *err)
{
  struct sf_map_point_question question
      = { .lon_deg = place->lon_deg, .lat_deg = place->lat_deg, .now_s = request->now_s };
  SF_TRY (sf_map_request_time (request, &question.time_s, err));
  sf_json_key (json, "point");
  if (isnan (place->lon_deg))
    {
      sf_json_null (json);
      return SF_OK;
    }
  json->after_key = false; /* the value is written past the writer */
  return sf_map_point_answer (request->world, &question, json->out, err);
}

static int
compare_code (const void *code, const void *place)
{
  return strcmp (code, ((const struct sf_map_place *) place)->code);
}

static enum sf_code
find (const struct sf_map_places *places, const char *code, const struct sf_map_place **ret_place, struct sf_error *err)
{
  *ret_place
      = places->count == 0 ? NULL : bsearch (code, places->places, places->count, sizeof *places->places, compare_code);
  if (!*ret_place)
    return sf_fail (err, SF_ENOTFOUND, "there is no place with code '%.80s'; /v1/place?q=NAME looks for one", code);
  return SF_OK;
}

enum sf_code
sf_map_place (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response,
              struct sf_error *err)
{
  const struct sf_map_places *places = request->world->places;
  const struct sf_map_place *place = NULL;
  struct sf_json json = { .out = &response->body };
  (void) map;
  if (request->segments_count > 1)
    return sf_fail (err, SF_ENOTFOUND, "/v1/place/{code} has nothing below it");
  response->media_type = "application/json";
  if (request->segments_count == 0)
    {
      put_list (places, request, &json);
      return SF_OK;
    }
  SF_TRY (find (places, request->segments[0], &place, err));
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "snapshot", request->world->snapshot->id);
  put_head (&json, place);
  put_rows (&json, place);
  SF_TRY (put_seat (&json, place, request, err));
  sf_json_end_object (&json);
  return SF_OK;
}
