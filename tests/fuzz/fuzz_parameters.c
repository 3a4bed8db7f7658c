/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a user can replace: the parameters of share/typhoon and share/sea, places, effects of past storms. The first
   line names the reader, the rest is the file. What a reader takes must be fit for use: whatever is asked of it is a
   number where it promises one. */
#include "core/base/file.h"
#include "models/ground/places.h"
#include "models/rain/rain_params.h"
#include "models/sea/sea_data.h"
#include "models/typhoon/agencies/agency.h"
#include "models/typhoon/agencies/past_errors.h"
#include "models/typhoon/answers/rules.h"
#include "models/typhoon/archive/effects.h"
#include "models/typhoon/archive/similarity.h"
#include "models/typhoon/ensemble/member_rules.h"
#include "models/typhoon/vortex/surface_wind.h"
#include "models/typhoon/vortex/vortex_rules.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const double leads_h[] = { 0, 1, 12, 47.5, 120, 360, 1000 };

enum
{
  LEADS = sizeof leads_h / sizeof *leads_h,
  FORCES = 18
};

static void
claim (bool holds)
{
  if (!holds)
    abort ();
}

static bool
is_within (double value, double low, double high)
{
  return value >= low && value <= high;
}

static enum sf_code
try_agencies (struct sf_arena *arena, const char *path, struct sf_error *err)
{
  struct sf_agencies agencies;
  SF_TRY (sf_agencies_load (arena, path, &agencies, err));
  claim (agencies.house && sf_agencies_find (&agencies, agencies.house->code) == agencies.house);
  for (size_t a = 0; a < agencies.count; a++)
    {
      const struct sf_cone_table *cone = sf_agency_cone (&agencies.items[a], true);
      claim (sf_agencies_find (&agencies, agencies.items[a].code) == &agencies.items[a]);
      for (int i = 0; cone && i < LEADS; i++)
        claim (!(sf_cone_radius_km (cone, (int64_t) (3600 * leads_h[i])) < 0));
    }
  return SF_OK;
}

static void
use_member_rules (const struct sf_member_rules *rules)
{
  const struct sf_lead_table *tables[] = { &rules->track_km, &rules->intensity_mps, &rules->consensus_factor,
                                           &rules->along_over_cross, &rules->size_deviation };
  for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
    for (int i = 0; i < LEADS; i++)
      claim (isfinite (sf_lead_table_at (tables[t], leads_h[i])));
  for (int a = 0; a < rules->agencies_count; a++)
    {
      struct sf_lead_table own;
      for (int i = 0; i < LEADS && sf_member_rules_errors (rules, rules->agencies[a].agency, &own); i++)
        claim (isfinite (sf_lead_table_at (&own, leads_h[i])));
    }
}

static enum sf_code
try_errors (struct sf_arena *arena, const char *path, struct sf_error *err)
{
  struct sf_past_errors errors;
  struct sf_member_rules rules = { 0 };
  SF_TRY (sf_past_errors_load (arena, path, &errors, err));
  for (int i = 0; i < LEADS; i++)
    claim (errors.count == 0 || !isnan (sf_past_error_radius_km (&errors, (int64_t) (3600 * leads_h[i]), 0.7)));
  if (sf_member_rules_add_years (&rules, &errors, NULL) == SF_OK)
    for (int a = 0; a < rules.agencies_count; a++)
      {
        struct sf_lead_table own;
        sf_member_rules_errors (&rules, rules.agencies[a].agency, &own);
      }
  return SF_OK;
}

static enum sf_code
try_ensemble (struct sf_arena *arena, const char *path, struct sf_error *err)
{
  struct sf_member_rules rules;
  (void) arena;
  SF_TRY (sf_member_rules_load (path, &rules, err));
  use_member_rules (&rules);
  return SF_OK;
}

static enum sf_code
try_answers (struct sf_arena *arena, const char *path, struct sf_error *err)
{
  struct sf_answer_rules rules;
  (void) arena;
  SF_TRY (sf_answer_rules_load (path, &rules, err));
  for (int p = 0; p < SF_ANSWER_PLACES; p++)
    claim (is_within (rules.lon_deg[p], -180, 180) && is_within (rules.lat_deg[p], -90, 90));
  return SF_OK;
}

static enum sf_code
try_analogues (struct sf_arena *arena, const char *path, struct sf_error *err)
{
  struct sf_similar_weights weights;
  (void) arena;
  SF_TRY (sf_similar_weights_load (path, &weights, err));
  claim (weights.shape >= 0 && weights.back_scale_s > 0 && weights.ahead_scale_s > 0);
  return SF_OK;
}

static enum sf_code
try_effects (struct sf_arena *arena, const char *path, struct sf_error *err)
{
  struct sf_effects effects;
  SF_TRY (sf_effects_load (arena, path, &effects, err));
  for (size_t i = 0; i < effects.count; i++)
    {
      struct sf_strbuf english = { 0 }, chinese = { 0 };
      claim (sf_effects_find (&effects, effects.items[i].number) == &effects.items[i]);
      sf_effects_say (&effects.items[i], &english, &chinese);
      claim (english.failed || sf_text_is_utf8 ((const uint8_t *) english.text, strlen (english.text)));
      claim (chinese.failed || sf_text_is_utf8 ((const uint8_t *) chinese.text, strlen (chinese.text)));
      sf_strbuf_finish (&english);
      sf_strbuf_finish (&chinese);
    }
  return SF_OK;
}

static enum sf_code
try_vortex (struct sf_arena *arena, const char *path, struct sf_error *err)
{
  struct sf_vortex_rules rules;
  (void) arena;
  SF_TRY (sf_vortex_rules_load (path, &rules, err));
  for (int f = 0; f < SF_VORTEX_BEAUFORT; f++)
    claim (is_within (rules.ring7_km[f], 0, 2000));
  return SF_OK;
}

/* Reads share/typhoon/surface.yaml below a share folder: path is that of the file. */
static enum sf_code
try_surface (struct sf_arena *arena, const char *path, struct sf_error *err)
{
  static const char below[] = "/typhoon/surface.yaml";
  static const double lengths_m[] = { 1e-5, 0.0002, 0.03, 0.5, 3 };
  struct sf_surface_rules rules;
  const char *share = sf_arena_strndup (arena, path, strlen (path) - strlen (below));
  claim (share != NULL);
  SF_TRY (sf_surface_rules_load_shared (share, &rules, err));
  for (size_t i = 0; i < sizeof lengths_m / sizeof *lengths_m; i++)
    claim (isfinite (sf_surface_roughness_factor (&rules, lengths_m[i]))
           && isfinite (sf_surface_gust_factor (&rules, 10, lengths_m[i])));
  for (size_t i = 0; i < rules.classes; i++)
    claim (isfinite (sf_surface_class_z0_m (&rules, rules.code[i])));
  claim (is_within (sf_surface_terrain_factor (&rules, 1800, -5), rules.terrain_least, rules.terrain_most));
  return SF_OK;
}

static enum sf_code
try_rain (struct sf_arena *arena, const char *path, struct sf_error *err)
{
  struct sf_rain_params params;
  (void) arena;
  SF_TRY (sf_rain_params_load (path, &params, err));
  for (int minutes = 0; minutes <= 60; minutes++)
    claim (is_within (sf_rain_factor_to_1min (&params, minutes), 1, 2));
  return SF_OK;
}

static enum sf_code
try_surge (struct sf_arena *arena, const char *path, struct sf_error *err)
{
  struct sf_sea_params params;
  SF_TRY (sf_sea_params_load (arena, path, &params, err));
  for (int pressure_hpa = 850; pressure_hpa <= 1050; pressure_hpa += 5)
    claim (is_within (sf_sea_rmw_km (&params, pressure_hpa), 1, 500));
  return SF_OK;
}

static enum sf_code
try_stations (struct sf_arena *arena, const char *path, struct sf_error *err)
{
  struct sf_sea_stations stations;
  SF_TRY (sf_sea_stations_load (arena, path, &stations, err));
  for (size_t i = 0; i < stations.count; i++)
    {
      const struct sf_sea_station *station = &stations.list[i];
      claim (station->way_count != 1 && station->tide.count <= SF_TIDE_MOST);
      claim (!station->mean_level.datum || sf_sea_datum_name (&stations, station->mean_level.datum, true));
      claim (station->tide.count == 0 || isfinite (sf_tide_height_m (&station->tide, 1405000000)));
    }
  return SF_OK;
}

static enum sf_code
check_places (const struct sf_place_list *list, enum sf_code code)
{
  for (size_t i = 0; code == SF_OK && i < list->count; i++)
    claim (list->places[i].code && list->places[i].name && is_within (list->places[i].lon_deg, -180, 180)
           && is_within (list->places[i].lat_deg, -90, 90));
  return code;
}

static enum sf_code
try_places (struct sf_arena *arena, const char *path, struct sf_error *err)
{
  struct sf_place_list list = { 0 };
  return check_places (&list, sf_places_load (arena, path, &list, err));
}

static enum sf_code
try_seats (struct sf_arena *arena, const char *path, struct sf_error *err)
{
  struct sf_place_list list = { 0 };
  return check_places (&list, sf_places_load_seats (arena, path, &list, err));
}

static const struct
{
  const char *name;
  enum sf_code (*load) (struct sf_arena *arena, const char *path, struct sf_error *err);
} readers[] = { { "agencies", try_agencies },   { "errors", try_errors },     { "ensemble", try_ensemble },
                { "answers", try_answers },     { "vortex", try_vortex },     { "surface", try_surface },
                { "analogues", try_analogues }, { "effects", try_effects },   { "rain", try_rain },
                { "surge", try_surge },         { "stations", try_stations }, { "places", try_places },
                { "seats", try_seats } };

static char folder[] = "/tmp/fuzz-parameters-XXXXXX", path[sizeof folder + 24];

static void
remove_file (void)
{
  unlink (path);
  *strrchr (path, '/') = '\0';
  rmdir (path);
  rmdir (folder);
}

static void
write_file (const uint8_t *data, size_t size)
{
  if (!path[0])
    {
      claim (mkdtemp (folder) != NULL);
      snprintf (path, sizeof path, "%s/typhoon", folder);
      claim (mkdir (path, 0700) == 0);
      snprintf (path, sizeof path, "%s/typhoon/surface.yaml", folder);
      atexit (remove_file);
    }
  FILE *file = fopen (path, "wb");
  claim (file && fwrite (data, 1, size, file) == size && fclose (file) == 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *end = size ? memchr (data, '\n', size) : NULL;
  size_t name = end ? (size_t) (end - data) : size;
  for (size_t r = 0; end && r < sizeof readers / sizeof *readers; r++)
    {
      struct sf_arena arena = { 0 };
      struct sf_error err = { 0 };
      if (strlen (readers[r].name) != name || memcmp (readers[r].name, data, name) != 0)
        continue;
      write_file (end + 1, size - name - 1);
      enum sf_code code = readers[r].load (&arena, path, &err);
      claim (code == err.code && (code == SF_OK || strstr (err.message, "surface.yaml")));
      claim (sf_text_is_utf8 ((const uint8_t *) err.message, strlen (err.message)));
      sf_arena_finish (&arena);
    }
  return 0;
}
