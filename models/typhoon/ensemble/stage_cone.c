/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "models/typhoon/ensemble/cone.h"
#include "models/typhoon/ensemble/member_plan.h"
#include "models/typhoon/ensemble/stages.h"

#include <math.h>
#include <stdio.h>

enum
{
  STEP_S = 3600,
  LABEL_BYTES = 256
};

/* Leads at which circles are drawn. */
static const int circle_leads_h[] = { 6, 12, 24, 36, 48, 60, 72, 96, 120, 144, 168 };

/* A track and how far errors reach from it. */
struct cone
{
  const struct sf_centre *centre;
  const struct sf_member_rules *rules;
  const struct sf_agency *agency;    /* NULL: the own consensus, or an agency not in the list */
  const struct sf_cone_table *table; /* NULL: from track_km */
  struct sf_lead_table track_km;     /* mean errors of this track */
  double probability;
  char method[LABEL_BYTES];
};

struct run
{
  const struct sf_host *host;
  struct sf_arena arena;
  struct sf_ensemble_input input;
  struct sf_table *cones, *circles;
};

/* --- radii --- */

/* The radius at a time: of the agency's table at the forecast's own lead, or the quantile of errors that have grown since
   the newest analysis, as the members' have. NaN beyond the table. */
static double
radius_km (const struct cone *cone, int64_t time_s)
{
  if (cone->table)
    return sf_cone_radius_km (cone->table, time_s - cone->centre->made_s);
  struct sf_spread spread = sf_member_spread (cone->rules, &cone->track_km, sf_centre_lead_h (cone->centre, time_s));
  return sf_spread_quantile_km (&spread, cone->probability);
}

/* --- rows --- */

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for a cone");
}

static const char *
authority_of (const struct cone *cone)
{
  /* A circle that an agency did not publish is our own statement, whoever's errors it comes from. */
  return cone->table && cone->agency ? cone->agency->authority : sf_authority_name (SF_AUTHORITY_INTERNAL, 0);
}

static enum sf_code
set_labels (struct sf_table *table, const struct cone *cone, struct sf_error *err)
{
  const struct sf_centre *centre = cone->centre;
  if (sf_table_add_row (table) < 0)
    return no_memory (err);
  SF_TRY (sf_table_set_text (table, "storm", centre->storm, err));
  SF_TRY (sf_table_set_text (table, "name", centre->name, err));
  SF_TRY (sf_table_set_text (table, "agency", cone->agency ? cone->agency->code : centre->agency, err));
  SF_TRY (sf_table_set_time (table, "issued", centre->made_s, err));
  SF_TRY (sf_table_set_double (table, "probability", cone->probability, err));
  return sf_table_set_text (table, "method", cone->method, err);
}

static enum sf_code
add_circle (struct run *run, const struct cone *cone, const struct sf_cone_circle *circle, int64_t time_s,
            struct sf_error *err)
{
  struct sf_table *table = run->circles;
  struct sf_geometry *geometry = sf_geometry_new (SF_GEOMETRY_POLYGON);
  if (!geometry || sf_cone_add_circle (geometry, circle) != 0)
    {
      sf_geometry_free (geometry);
      return no_memory (err);
    }
  enum sf_code code = set_labels (table, cone, err);
  if (code != SF_OK)
    {
      sf_geometry_free (geometry);
      return code;
    }
  SF_TRY (sf_table_set_geometry (table, geometry, err));
  SF_TRY (sf_table_set_double (table, "lead", (double) (time_s - cone->centre->made_s) / 3600, err));
  SF_TRY (sf_table_set_time (table, "time", time_s, err));
  SF_TRY (sf_table_set_double (table, "longitude", remainder (circle->lon_deg, 360), err));
  SF_TRY (sf_table_set_double (table, "latitude", circle->lat_deg, err));
  return sf_table_set_double (table, "radius", circle->radius_km, err);
}

/* Whose work a cone is: a reader takes what stands around an agency's track for that agency's. */
static enum sf_code
set_notes (struct run *run, const struct cone *cone, struct sf_error *err)
{
  double percent = 100 * cone->probability;
  const char *en
      = sf_arena_printf (&run->arena,
                         "At each time the centre is within the circle that this area is swept by in about %.0f %% "
                         "of cases. It says nothing of the storm's size: wind, rain and sea reach far beyond it.%s",
                         percent, cone->agency ? " Drawn here, not issued by the agency." : "");
  const char *zh = sf_arena_printf (&run->arena,
                                    "本区域由各时刻的概率圆扫过而成：任一时刻台风中心落在当时圆内的可能性约为%.0f%%；"
                                    "不表示台风大小，风雨浪影响远超此范围。%s",
                                    percent, cone->agency ? "本系统绘制，并非该机构发布。" : "");
  if (!en || !zh)
    return no_memory (err);
  SF_TRY (sf_table_set_text (run->cones, "note", en, err));
  return sf_table_set_text (run->cones, "note_zh", zh, err);
}

static enum sf_code
add_cone (struct run *run, const struct cone *cone, const struct sf_cone_circle *circles, size_t count,
          const int64_t *time_s, struct sf_error *err)
{
  const struct sf_centre *centre = cone->centre;
  struct sf_geometry *hull = NULL;
  SF_TRY (set_labels (run->cones, cone, err));
  SF_TRY (sf_cone_hull (circles, count, &hull, err));
  SF_TRY (sf_table_set_geometry (run->cones, hull, err));
  SF_TRY (sf_table_set_text (run->cones, "name_zh", centre->name_zh, err));
  SF_TRY (sf_table_set_text (run->cones, "agency_zh", cone->agency ? cone->agency->name_zh : "三防集成", err));
  SF_TRY (sf_table_set_text (run->cones, "authority", authority_of (cone), err));
  SF_TRY (sf_table_set_time (run->cones, "begin", time_s[0], err));
  SF_TRY (sf_table_set_time (run->cones, "end", time_s[count - 1], err));
  return set_notes (run, cone, err);
}

static double
between (double from, double to, double share)
{
  return from + share * (to - from);
}

/* Add the circles whose leads, counted from when the forecast was made, lie after sample i - 1 and up to i. */
static enum sf_code
add_due (struct run *run, const struct cone *cone, const struct sf_centre_samples *samples, size_t i,
         struct sf_error *err)
{
  int64_t before_s = i > 0 ? samples->time_s[i - 1] : samples->time_s[i] - 1;
  for (size_t l = 0; l < sizeof circle_leads_h / sizeof *circle_leads_h; l++)
    {
      int64_t time_s = cone->centre->made_s + (int64_t) circle_leads_h[l] * 3600;
      if (time_s <= before_s || time_s > samples->time_s[i])
        continue;
      size_t from = i > 0 ? i - 1 : i;
      double share = (double) (time_s - before_s) / (double) (samples->time_s[i] - before_s);
      struct sf_cone_circle circle
          = { between (samples->lon_deg[from], samples->lon_deg[i], share),
              between (samples->lat_deg[from], samples->lat_deg[i], share), radius_km (cone, time_s) };
      SF_TRY (add_circle (run, cone, &circle, time_s, err));
    }
  return SF_OK;
}

static enum sf_code
draw (struct run *run, const struct cone *cone, struct sf_error *err)
{
  struct sf_centre_samples samples = { 0 };
  SF_TRY (sf_centre_sample (&run->arena, cone->centre, cone->rules, STEP_S, &samples, err));
  struct sf_cone_circle *circles = sf_arena_calloc (&run->arena, samples.n, sizeof *circles);
  size_t count = 0;
  if (!circles)
    return no_memory (err);
  for (size_t i = 0; i < samples.n; i++)
    {
      double km = radius_km (cone, samples.time_s[i]);
      if (isnan (km))
        break;
      circles[count++] = (struct sf_cone_circle){ samples.lon_deg[i], samples.lat_deg[i], km };
      SF_TRY (add_due (run, cone, &samples, i, err));
    }
  return count > 0 ? add_cone (run, cone, circles, count, samples.time_s, err) : SF_OK;
}

/* --- whose cones --- */

static enum sf_code
draw_own (struct run *run, const char *storm, struct sf_error *err)
{
  struct sf_centre centre;
  const double *probabilities = NULL;
  const char *why = NULL;
  SF_TRY (sf_centre_find (&run->arena, &run->input.query, storm, SF_CENTRE_CONSENSUS, &centre, &why, err));
  if (why)
    {
      sf_host_log (run->host, SF_LOG_INFO, "no own cone of storm %s: %s", storm, why);
      return SF_OK;
    }
  size_t count = sf_settings_doubles (run->host->settings, "cone", &probabilities);
  for (size_t i = 0; i < count; i++)
    {
      struct cone cone = { .centre = &centre, .rules = &run->input.rules, .probability = probabilities[i] };
      bool stated = sf_ensemble_track_km (&run->input, &centre, &cone.track_km);
      snprintf (cone.method, sizeof cone.method, "%s, tail of share/typhoon/ensemble.yaml",
                stated ? "the consensus' own circles of 68 % (consensus_points)" : "errors of several years");
      SF_TRY (draw (run, &cone, err));
    }
  return SF_OK;
}

/* An agency's own table, or else the circles that its own past errors give. */
static enum sf_code
draw_agency (struct run *run, const char *storm, const struct sf_agency *agency, struct sf_error *err)
{
  const double usual_probability = 0.7; /* of the circles that CMA and JMA draw */
  struct sf_centre centre;
  const char *why = NULL;
  struct cone cone = { .centre = &centre,
                       .rules = &run->input.rules,
                       .agency = agency,
                       .table = sf_agency_cone (agency, false),
                       .probability = usual_probability };
  if (!sf_member_rules_errors (&run->input.rules, agency->code, &cone.track_km) && !cone.table)
    return SF_OK;
  SF_TRY (sf_centre_of_agency (&run->arena, &run->input.query, storm, agency->code, &centre, &why, err));
  if (why)
    return SF_OK;
  if (cone.table)
    cone.probability = cone.table->probability;
  snprintf (cone.method, sizeof cone.method, "%s",
            cone.table ? cone.table->source : "the agency's own past errors (share/typhoon/ensemble.yaml)");
  return draw (run, &cone, err);
}

static enum sf_code
draw_storm (struct run *run, const char *storm, struct sf_error *err)
{
  SF_TRY (draw_own (run, storm, err));
  for (size_t i = 0; i < run->input.agencies.count; i++)
    SF_TRY (draw_agency (run, storm, &run->input.agencies.items[i], err));
  return SF_OK;
}

static enum sf_code
draw_all (struct run *run, const struct sf_stage_io *io, struct sf_error *err)
{
  SF_TRY (sf_ensemble_input_load (run->host, io, &run->arena, &run->input, err));
  for (size_t i = 0; i < run->input.storms_count; i++)
    SF_TRY (draw_storm (run, run->input.storms[i], err));
  return SF_OK;
}

enum sf_code
sf_ensemble_run_cone (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct run run = { .host = host };
  struct sf_dataset *cones = NULL, *circles = NULL;
  sf_arena_init (&run.arena);
  enum sf_code code = sf_dataset_new_table (io->spec (io, "cones"), NULL, &cones, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "cone_circles"), NULL, &circles, err);
  if (code == SF_OK)
    {
      run.cones = cones->as.table;
      run.circles = circles->as.table;
      code = draw_all (&run, io, err);
    }
  sf_arena_finish (&run.arena);
  code = sf_ensemble_give (io, "cones", cones, code, err);
  return sf_ensemble_give (io, "cone_circles", circles, code, err);
}
