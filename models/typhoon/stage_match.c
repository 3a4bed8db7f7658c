/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "models/typhoon/agencies/agency.h"
#include "models/typhoon/agencies/storm_life.h"
#include "models/typhoon/agencies/storm_sights.h"
#include "models/typhoon/stages.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A storm as it goes out. */
struct storm
{
  const char *id, *number, *name, *name_zh;
  int64_t begin_s, end_s, named_s, last_s;
  struct sf_strbuf identities, agencies;
  struct sf_storm_life life;
};

struct matching
{
  struct sf_arena arena;
  const struct sf_tracks *tracks;
  struct sf_agencies agencies;
  struct sf_sights sights;
  size_t *storm_of; /* of every sight: the sight that leads its storm, then the storm */
  size_t count;
  struct storm *storms;
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for matching storms");
}

/* --- which sights are one storm --- */

static enum sf_code
match_sights (struct matching *m, struct sf_error *err)
{
  size_t n = sf_storm_links (m->sights.items, m->sights.count, &sf_match_rule, NULL);
  struct sf_match_link *links = sf_arena_calloc (&m->arena, n, sizeof *links);
  m->storm_of = sf_arena_calloc (&m->arena, m->sights.count, sizeof *m->storm_of);
  if (!links || !m->storm_of)
    return no_memory (err);
  sf_storm_links (m->sights.items, m->sights.count, &sf_match_rule, links);
  sf_storm_match (m->sights.items, m->sights.count, &sf_match_rule, links, n, m->storm_of);
  return SF_OK;
}

/* --- what a storm is called --- */

static int64_t
begin_of (const struct sf_sight *sight)
{
  return sight->fixes_count ? sight->fixes[0].time_s : INT64_MAX;
}

static bool
is_before (const struct sf_sight *a, const struct sf_sight *b)
{
  if (begin_of (a) != begin_of (b))
    return begin_of (a) < begin_of (b);
  int order = strcmp (a->feed, b->feed);
  return order ? order < 0 : strcmp (a->storm, b->storm) < 0;
}

/* The international number, with the mark of a sub-centre; without one what the feed that saw it first calls it. */
static const char *
make_id (struct matching *m, size_t storm)
{
  const struct sf_sight *first = NULL, *numbered = NULL;
  for (size_t s = 0; s < m->sights.count; s++)
    if (m->storm_of[s] == storm)
      {
        const struct sf_sight *sight = &m->sights.items[s];
        first = !first || is_before (sight, first) ? sight : first;
        numbered = sight->number[0] ? sight : numbered;
      }
  if (!numbered)
    return first ? first->storm : NULL;
  m->storms[storm].number = numbered->number;
  return numbered->sub_centre ? sf_arena_printf (&m->arena, "%s-%d", numbered->number, numbered->sub_centre)
                              : numbered->number;
}

static bool
is_taken (const struct matching *m, size_t i)
{
  for (size_t j = 0; j < i; j++)
    if (!strcmp (m->storms[i].id, m->storms[j].id))
      return true;
  return false;
}

/* Two storms of two feeds may bear one name for different things: then the feed tells them apart. */
static enum sf_code
name_storms (struct matching *m, struct sf_error *err)
{
  for (size_t i = 0; i < m->count; i++)
    {
      m->storms[i].id = make_id (m, i);
      while (m->storms[i].id && is_taken (m, i))
        m->storms[i].id = sf_arena_printf (&m->arena, "%s@%s", m->storms[i].id, m->storms[i].life.sight.feed);
      if (!m->storms[i].id)
        return no_memory (err);
    }
  return SF_OK;
}

static void
add_name (struct sf_strbuf *list, const char *name)
{
  size_t length = strlen (name);
  for (const char *at = list->text; at && (at = strstr (at, name)); at += length)
    if ((at == list->text || at[-1] == ' ') && (at[length] == ',' || !at[length]))
      return;
  sf_strbuf_addf (list, "%s%s", list->length ? ", " : "", name);
}

static void
take_names (struct storm *storm, const struct sf_track *track, int64_t issued_s)
{
  bool newer = issued_s >= storm->named_s;
  if (sf_storm_name_is_own (track->name) && (newer || !storm->name))
    storm->name = track->name;
  if (sf_storm_name_is_own (track->name_zh) && (newer || !storm->name_zh))
    storm->name_zh = track->name_zh;
  storm->named_s = newer ? issued_s : storm->named_s;
}

static void
take_analysis (struct storm *storm, const struct sf_track *track)
{
  const struct sf_record *last = &track->fixes[track->fixes_count - 1];
  for (size_t i = 0; i < track->fixes_count; i++)
    storm->life.peak_mps = fmax (storm->life.peak_mps, track->fixes[i].as.track.wind_mps);
  if (last->valid_s <= storm->last_s)
    return;
  storm->last_s = last->valid_s;
  storm->life.last_mps = last->as.track.wind_mps;
  storm->life.last_grade = last->as.track.grade;
}

static void
take_track (const struct matching *m, struct storm *storm, const struct sf_track *track)
{
  bool is_analysis = track->base_s == SF_TIME_MISSING;
  int64_t issued_s = is_analysis ? track->fixes[track->fixes_count - 1].valid_s : track->base_s;
  if (track->agency && track->agency[0])
    add_name (&storm->agencies, sf_agencies_code (&m->agencies, track->agency));
  take_names (storm, track, issued_s);
  storm->life.issued_s = issued_s > storm->life.issued_s ? issued_s : storm->life.issued_s;
  if (is_analysis && !track->member)
    take_analysis (storm, track);
}

/* The sight with most fixes stands for the storm's way; what its last fix says of wind and grade for its end. */
static void
take_sight (struct storm *storm, const struct sf_sight *sight)
{
  if (storm->identities.length)
    sf_strbuf_add (&storm->identities, ", ");
  sf_strbuf_addf (&storm->identities, "%s:%s", sight->feed, sight->storm);
  if (sight->fixes_count)
    {
      int64_t end_s = sight->fixes[sight->fixes_count - 1].time_s;
      storm->begin_s = begin_of (sight) < storm->begin_s ? begin_of (sight) : storm->begin_s;
      storm->end_s = end_s > storm->end_s ? end_s : storm->end_s;
    }
  if (!storm->life.sight.storm || sight->fixes_count > storm->life.sight.fixes_count)
    storm->life.sight = *sight;
}

static enum sf_code
gather_storms (struct matching *m, struct sf_error *err)
{
  m->storms = sf_arena_calloc (&m->arena, m->sights.count, sizeof *m->storms);
  size_t *number = sf_arena_calloc (&m->arena, m->sights.count, sizeof *number);
  if (!m->storms || !number)
    return no_memory (err);
  for (size_t s = 0; s < m->sights.count; s++)
    {
      if (m->storm_of[s] == s)
        {
          struct sf_storm_life life = { .issued_s = INT64_MIN, .peak_mps = NAN, .last_mps = NAN };
          m->storms[m->count] = (struct storm){
            .begin_s = INT64_MAX, .end_s = INT64_MIN, .named_s = INT64_MIN, .last_s = INT64_MIN, .life = life
          };
          number[s] = m->count++;
        }
      m->storm_of[s] = number[m->storm_of[s]];
      take_sight (&m->storms[m->storm_of[s]], &m->sights.items[s]);
    }
  for (size_t t = 0; t < m->tracks->count; t++)
    if (m->tracks->tracks[t].fixes_count)
      take_track (m, &m->storms[m->storm_of[m->sights.of_track[t]]], &m->tracks->tracks[t]);
  return name_storms (m, err);
}

/* --- the table of storms --- */

static enum sf_code
add_row (const struct matching *m, struct sf_table *table, size_t i, int64_t now_s, const struct sf_storm_life *lives,
         struct sf_error *err)
{
  const struct storm *storm = &m->storms[i];
  size_t other;
  enum sf_storm_status status = sf_storm_life_judge (lives, m->count, i, now_s, &other);
  if (sf_table_add_row (table) < 0 || storm->identities.failed || storm->agencies.failed)
    return no_memory (err);
  SF_TRY (sf_table_set_text (table, "storm", storm->id, err));
  SF_TRY (sf_table_set_text (table, "number", storm->number, err));
  SF_TRY (sf_table_set_text (table, "name", storm->name, err));
  SF_TRY (sf_table_set_text (table, "name_zh", storm->name_zh, err));
  SF_TRY (sf_table_set_text (table, "identities", storm->identities.text, err));
  SF_TRY (sf_table_set_text (table, "agencies", storm->agencies.text, err));
  if (storm->begin_s <= storm->end_s)
    {
      SF_TRY (sf_table_set_time (table, "begin", storm->begin_s, err));
      SF_TRY (sf_table_set_time (table, "end", storm->end_s, err));
    }
  SF_TRY (sf_table_set_time (table, "issued", storm->life.issued_s, err));
  SF_TRY (sf_table_set_text (table, "status", sf_storm_status_name (status, 0), err));
  SF_TRY (sf_table_set_text (table, "status_zh", sf_storm_status_name (status, 1), err));
  return sf_table_set_text (table, "other_storm", other < m->count ? m->storms[other].id : NULL, err);
}

static int
compare_storms (const void *left, const void *right, void *ctx)
{
  const struct matching *m = ctx;
  const struct storm *a = &m->storms[*(const size_t *) left], *b = &m->storms[*(const size_t *) right];
  return a->begin_s != b->begin_s ? (a->begin_s > b->begin_s) - (a->begin_s < b->begin_s) : strcmp (a->id, b->id);
}

static enum sf_code
make_storms (struct matching *m, const struct sf_stage_io *io, int64_t now_s, struct sf_error *err)
{
  struct sf_dataset *dataset = NULL;
  size_t *order = sf_arena_calloc (&m->arena, m->count, sizeof *order);
  struct sf_storm_life *lives = sf_arena_calloc (&m->arena, m->count, sizeof *lives);
  if (!order || !lives)
    return no_memory (err);
  for (size_t i = 0; i < m->count; i++)
    {
      order[i] = i;
      lives[i] = m->storms[i].life;
    }
  if (m->count)
    qsort_r (order, m->count, sizeof *order, compare_storms, m);
  SF_TRY (sf_dataset_new_table (io->spec (io, "storms"), NULL, &dataset, err));
  enum sf_code code = SF_OK;
  for (size_t i = 0; code == SF_OK && i < m->count; i++)
    code = add_row (m, dataset->as.table, order[i], now_s, lives, err);
  if (code == SF_OK)
    return io->output (io, "storms", dataset, err);
  sf_dataset_unref (dataset);
  return code;
}

/* --- the tracks, named anew --- */

/* An analysis that begins a forecast comes twice, and is one again when the tracks are made. */
static size_t
name_anew (const struct matching *m, struct sf_record *records)
{
  size_t n = 0;
  for (size_t t = 0; t < m->tracks->count; t++)
    {
      const struct sf_track *track = &m->tracks->tracks[t];
      const struct storm *storm = &m->storms[m->storm_of[m->sights.of_track[t]]];
      for (size_t i = 0; i < track->fixes_count; i++)
        {
          records[n] = track->fixes[i];
          struct sf_fix *fix = &records[n++].as.track;
          fix->storm = storm->id;
          fix->number = storm->number;
          fix->name = storm->name;
          fix->name_zh = storm->name_zh;
          fix->agency = sf_agencies_code (&m->agencies, fix->agency);
        }
    }
  return n;
}

static enum sf_code
make_tracks (const struct matching *m, const struct sf_stage_io *io, struct sf_error *err)
{
  size_t room = 0;
  struct sf_dataset *dataset = NULL;
  for (size_t t = 0; t < m->tracks->count; t++)
    room += m->tracks->tracks[t].fixes_count;
  struct sf_record *records = sf_mem_calloc (room, sizeof *records);
  if (!records)
    return no_memory (err);
  size_t n = name_anew (m, records);
  enum sf_code code = sf_dataset_new_tracks (io->spec (io, "storm_tracks"), NULL, records, n, &dataset, err);
  sf_mem_free (records);
  return code == SF_OK ? io->output (io, "storm_tracks", dataset, err) : code;
}

enum sf_code
sf_typhoon_run_match (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct matching m = { .tracks = io->input (io, "tracks")->as.tracks };
  int64_t now_s = sf_table_time (io->input (io, "cycle_time")->as.table, "time", 0);
  enum sf_code code = sf_agencies_load_shared (&m.arena, host->share_folder, &m.agencies, err);
  if (code == SF_OK)
    code = sf_sights_gather (&m.arena, m.tracks, &m.sights, err);
  if (code == SF_OK)
    code = match_sights (&m, err);
  if (code == SF_OK)
    code = gather_storms (&m, err);
  if (code == SF_OK)
    code = make_storms (&m, io, now_s, err);
  if (code == SF_OK)
    code = make_tracks (&m, io, err);
  for (size_t i = 0; i < m.count; i++)
    {
      sf_strbuf_finish (&m.storms[i].identities);
      sf_strbuf_finish (&m.storms[i].agencies);
    }
  sf_arena_finish (&m.arena);
  return code;
}
