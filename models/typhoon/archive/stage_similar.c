/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "geodata/sphere.h"
#include "models/typhoon/archive/stages.h"
#include "models/typhoon/archive/today.h"
#include "models/typhoon/archive/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum
{
  MOST_MATCHES = 20,  /* of option count */
  SAME_KM = 200,      /* agencies differ by a degree for depressions, and points are up to six hours apart */
  SAME_S = 30 * 86400 /* a number comes again after a hundred years only */
};

/* What one run of the stage carries. */
struct job
{
  const struct sf_host *host;
  struct sf_analogues analogues;
  struct sf_similar_weights weights;
  struct sf_today_choice choice;
  struct sf_table *storms, *lines;
};

/* Whether a past storm is today's own: its number in its time, or its place at the moment. */
static bool
is_itself (const struct sf_past *past, const struct sf_past_storm *storm, const struct sf_track *track,
           const struct sf_past_point *now)
{
  const struct sf_past_point *points = &past->points[storm->first], *last = &points[storm->count - 1];
  const char *number = storm->track->number;
  if (now->time_s < points[0].time_s - SAME_S || now->time_s > last->time_s + SAME_S)
    return false;
  if (number && track->number)
    return strcmp (number, track->number) == 0;
  for (size_t i = 0; i < storm->count; i++)
    if (llabs (points[i].time_s - now->time_s) < SF_PAST_STEP_S
        && sf_sphere_distance_km (now->lon_deg, now->lat_deg, points[i].lon_deg, points[i].lat_deg) < SAME_KM)
      return true;
  return false;
}

/* The past storm that is left out, SIZE_MAX: none. */
static size_t
itself (const struct sf_past *past, const struct sf_track *track, const struct sf_past_point *now)
{
  for (size_t s = 0; s < past->storms_count; s++)
    if (is_itself (past, &past->storms[s], track, now))
      return s;
  return SIZE_MAX;
}

static enum sf_code
set_labels (const struct job *job, struct sf_table *table, const struct sf_track *today,
            const struct sf_past_storm *storm, size_t rank, struct sf_error *err)
{
  const struct sf_track *track = storm->track;
  if (sf_table_add_row (table) < 0)
    return sf_fail (err, SF_ENOMEM, "out of memory for similar storms");
  SF_TRY (sf_table_set_text (table, "storm", today->storm, err));
  SF_TRY (sf_table_set_int (table, "rank", (int64_t) rank, err));
  SF_TRY (sf_table_set_text (table, "similar", track->storm, err));
  SF_TRY (sf_table_set_text (table, "similar_name", sf_analogues_name (track), err));
  SF_TRY (sf_table_set_text (table, "similar_name_zh", sf_analogues_name_zh (&job->analogues, track), err));
  SF_TRY (sf_table_set_int (table, "year", storm->year, err));
  return sf_table_set_double (table, "max_wind", storm->max_wind_mps, err);
}

static enum sf_code
set_parts (struct sf_table *table, const struct sf_similarity *parts, struct sf_error *err)
{
  SF_TRY (sf_table_set_double (table, "distance", parts->total_km, err));
  SF_TRY (sf_table_set_double (table, "from_shape", parts->shape_km, err));
  SF_TRY (sf_table_set_double (table, "from_position", parts->position_km, err));
  SF_TRY (sf_table_set_double (table, "from_season", parts->season_km, err));
  SF_TRY (sf_table_set_double (table, "from_intensity", parts->intensity_km, err));
  return sf_table_set_double (table, "from_size", parts->size_km, err);
}

static enum sf_code
set_difference (const struct job *job, const struct sf_similar_query *query, const struct sf_similar_match *match,
                struct sf_error *err)
{
  struct sf_strbuf english = { 0 }, chinese = { 0 };
  struct sf_past_difference difference = sf_past_difference_of (query, &job->analogues.past, match);
  sf_past_difference_say (&difference, &english, &chinese);
  enum sf_code code = english.failed || chinese.failed
                          ? sf_fail (err, SF_ENOMEM, "out of memory for a difference")
                          : sf_table_set_text (job->storms, "difference", english.text, err);
  if (code == SF_OK)
    code = sf_table_set_text (job->storms, "difference_zh", chinese.text, err);
  sf_strbuf_finish (&english);
  sf_strbuf_finish (&chinese);
  return code;
}

static enum sf_code
add_line (const struct job *job, const struct sf_track *today, const struct sf_past_storm *storm, size_t rank,
          struct sf_error *err)
{
  const struct sf_past_point *points = &job->analogues.past.points[storm->first];
  SF_TRY (set_labels (job, job->lines, today, storm, rank, err));
  SF_TRY (sf_table_set_time (job->lines, "begin", points[0].time_s, err));
  SF_TRY (sf_table_set_time (job->lines, "end", points[storm->count - 1].time_s, err));
  struct sf_geometry *line = sf_geometry_new (SF_GEOMETRY_LINE);
  bool ok = line && sf_geometry_begin_part (line, true) == 0;
  for (size_t i = 0; ok && i < storm->count; i++)
    {
      double lon_deg = sf_sphere_wrap_lon_deg (points[i].lon_deg);
      bool turned = i > 0 && fabs (lon_deg - sf_sphere_wrap_lon_deg (points[i - 1].lon_deg)) > 180;
      ok = (!turned || sf_geometry_begin_part (line, true) == 0)
           && sf_geometry_add_point (line, lon_deg, points[i].lat_deg) == 0;
    }
  if (ok)
    return sf_table_set_geometry (job->lines, line, err);
  sf_geometry_free (line);
  return sf_fail (err, SF_ENOMEM, "out of memory for the line of storm %s", storm->track->storm);
}

static enum sf_code
add_match (const struct job *job, const struct sf_track *today, const struct sf_similar_query *query,
           const struct sf_similar_match *match, size_t rank, struct sf_error *err)
{
  const struct sf_past_storm *storm = &job->analogues.past.storms[match->storm];
  int64_t time_s = job->analogues.past.points[storm->first + match->point].time_s;
  SF_TRY (set_labels (job, job->storms, today, storm, rank, err));
  SF_TRY (sf_table_set_text (job->storms, "similar_number", storm->track->number, err));
  SF_TRY (sf_table_set_time (job->storms, "time", time_s, err));
  SF_TRY (set_parts (job->storms, &match->parts, err));
  SF_TRY (set_difference (job, query, match, err));
  SF_TRY (sf_analogues_set_effects (&job->analogues, job->storms, storm, err));
  return add_line (job, today, storm, rank, err);
}

static enum sf_code
add_storm (const struct job *job, const struct sf_tracks *tracks, const char *storm, struct sf_error *err)
{
  struct sf_similar_query query;
  struct sf_similar_match matches[MOST_MATCHES];
  const struct sf_track *today = NULL;
  struct sf_error why = { 0 };
  enum sf_code code = sf_today_query (tracks, storm, &job->choice, &query, &today, &why);
  if (code == SF_ENOTFOUND)
    {
      sf_host_log (job->host, SF_LOG_INFO, "%s", why.message);
      return SF_OK;
    }
  if (code != SF_OK)
    return sf_fail (err, code, "%s", why.message);
  const struct sf_past *past = &job->analogues.past;
  struct sf_similar_limits limits = { .before_s = query.at.time_s, .without = itself (past, today, &query.at) };
  size_t found = sf_similar_find (&query, past, &job->weights, &limits, matches,
                                  (size_t) sf_settings_int (job->host->settings, "count"));
  for (size_t m = 0; code == SF_OK && m < found; m++)
    code = add_match (job, today, &query, &matches[m], m + 1, err);
  return code;
}

/* Each storm identity once, in the order of the data. */
static enum sf_code
add_storms (const struct job *job, const struct sf_tracks *tracks, struct sf_error *err)
{
  for (size_t i = 0; i < tracks->count; i++)
    {
      bool seen = false;
      for (size_t j = 0; j < i && !seen; j++)
        seen = strcmp (tracks->tracks[j].storm, tracks->tracks[i].storm) == 0;
      if (!seen)
        SF_TRY (add_storm (job, tracks, tracks->tracks[i].storm, err));
    }
  return SF_OK;
}

static enum sf_code
load_weights (struct job *job, struct sf_error *err)
{
  char *path = sf_arena_printf (&job->analogues.arena, "%s/typhoon/analogues.yaml", job->host->share_folder);
  return path ? sf_similar_weights_load (path, &job->weights, err)
              : sf_fail (err, SF_ENOMEM, "out of memory for the factors of likeness");
}

static struct sf_today_choice
choice_of (const struct job *job, const struct sf_stage_io *io)
{
  const struct sf_settings *settings = job->host->settings;
  const struct sf_dataset *cycle_time = io->input (io, "cycle_time");
  bool clock = cycle_time && cycle_time->as.table->rows > 0;
  return (struct sf_today_choice){
    .agency = sf_settings_text (settings, "agency"),
    .now_s = clock ? sf_table_time (cycle_time->as.table, "time", 0) : SF_TIME_MISSING,
    .stay_at_closest = sf_settings_choice (settings, "moment") == 0,
    .lon_deg = job->analogues.home_lon_deg,
    .lat_deg = job->analogues.home_lat_deg,
    .ahead = sf_settings_bool (settings, "ahead"),
    .exposure = sf_analogues_exposure (job->host),
  };
}

static enum sf_code
fill (struct job *job, const struct sf_stage_io *io, struct sf_error *err)
{
  const struct sf_dataset *tracks = io->input (io, "storm_tracks");
  SF_TRY (sf_analogues_open (&job->analogues, job->host, io, err));
  if (!tracks || job->analogues.past.storms_count == 0)
    return SF_OK;
  SF_TRY (load_weights (job, err));
  job->choice = choice_of (job, io);
  return add_storms (job, tracks->as.tracks, err);
}

enum sf_code
sf_analogues_run_similar (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct job job = { .host = host };
  struct sf_dataset *storms = NULL, *lines = NULL;
  enum sf_code code = sf_dataset_new_table (io->spec (io, "similar_storms"), NULL, &storms, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "similar_tracks"), NULL, &lines, err);
  if (code == SF_OK)
    {
      job.storms = storms->as.table;
      job.lines = lines->as.table;
      code = fill (&job, io, err);
    }
  sf_analogues_close (&job.analogues);
  code = sf_analogues_give (io, "similar_storms", storms, code, err);
  return sf_analogues_give (io, "similar_tracks", lines, code, err);
}
