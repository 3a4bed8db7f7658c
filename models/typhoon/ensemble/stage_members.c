/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "models/typhoon/ensemble/member_real.h"
#include "models/typhoon/ensemble/member_set.h"
#include "models/typhoon/ensemble/stages.h"

enum
{
  STEP_S = 3 * 3600,
  BLOCK = 32,      /* members drawn at a time */
  LEAST_REAL = 10, /* fewer are no ensemble */
  REAL_AGE = 2     /* in stale_h: a feed's ensemble comes hours after its base */
};

/* One run of the stage. */
struct run
{
  const struct sf_host *host;
  struct sf_arena arena;
  struct sf_ensemble_input input;
  struct sf_record *fixes;
  size_t count, capacity;
};

/* A new fix with the labels of a member's track; NULL when memory is out. */
static struct sf_fix *
add_fix (struct run *run, const struct sf_track *label, const char *source, int64_t time_s)
{
  if (sf_mem_grow ((void **) &run->fixes, &run->capacity, run->count + 1, sizeof *run->fixes) != 0)
    return NULL;
  struct sf_record *record = &run->fixes[run->count++];
  sf_record_init (record, SF_RECORD_TRACK);
  record->feed = "ensemble";
  record->valid_s = time_s;
  record->received_s = label->base_s;
  record->source = source;
  struct sf_fix *fix = &record->as.track;
  fix->storm = label->storm;
  fix->number = label->number;
  fix->name = label->name;
  fix->name_zh = label->name_zh;
  fix->agency = label->agency;
  fix->member = label->member;
  fix->base_s = label->base_s;
  fix->lead_s = time_s - label->base_s;
  return fix;
}

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for ensemble members");
}

/* A member without a track of the storm: one fix without a position. */
static enum sf_code
add_lost (struct run *run, const struct sf_track *label, struct sf_error *err)
{
  return add_fix (run, label, "no track of this storm", label->base_s + STEP_S) ? SF_OK : no_memory (err);
}

/* --- generated members --- */

static enum sf_code
draw_block (void *ctx, int block, struct sf_error *err)
{
  struct sf_member_set *set = ctx;
  size_t first = (size_t) block * BLOCK, last = first + BLOCK;
  return sf_member_set_draw (set, first, last < set->members ? last : set->members, err);
}

static enum sf_code
wind_block (void *ctx, int block, struct sf_error *err)
{
  struct sf_member_set *set = ctx;
  size_t first = (size_t) block * BLOCK, last = first + BLOCK;
  return sf_member_set_winds (set, first, last < set->members ? last : set->members, err);
}

static enum sf_code
draw_all (struct run *run, struct sf_member_set *set, struct sf_error *err)
{
  const struct sf_host *host = run->host;
  const struct sf_table *coast = run->input.coast;
  struct sf_land_shares land = { 0 };
  int blocks = (int) ((set->members + BLOCK - 1) / BLOCK);
  SF_TRY (host->parallel (host, blocks, draw_block, set, err));
  struct sf_lonlat_box box = sf_member_set_box (set);
  if (coast)
    SF_TRY (sf_land_shares_init (&land, (const struct sf_geometry *const *) coast->geometries, coast->rows, &box, err));
  set->land = &land;
  sf_member_set_decay (set);
  enum sf_code code = host->parallel (host, blocks, wind_block, set, err);
  set->land = NULL;
  sf_land_shares_finish (&land);
  return code;
}

static enum sf_code
add_generated (struct run *run, const struct sf_centre *centre, const struct sf_member_set *set, struct sf_error *err)
{
  char made[SF_TIME_TEXT_BYTES];
  const char *source = sf_arena_printf (&run->arena, "generated around %s %s, seed %u", centre->agency,
                                        sf_time_format_utc (made, centre->made_s), (unsigned) set->seed);
  struct sf_track label = centre->track;
  label.agency = SF_ENSEMBLE_AGENCY;
  label.base_s = centre->base_s;
  for (size_t i = 0; i < set->members; i++)
    {
      label.member = sf_arena_printf (&run->arena, "g%04zu", i + 1);
      for (size_t k = 0; k < set->n; k++)
        {
          struct sf_fix *fix = add_fix (run, &label, source, set->samples->time_s[k]);
          if (!fix)
            return no_memory (err);
          sf_member_set_fix (set, i, k, fix);
        }
    }
  return run->arena.failed ? no_memory (err) : SF_OK;
}

static enum sf_code
generate (struct run *run, const char *storm, struct sf_error *err)
{
  const struct sf_settings *settings = run->host->settings;
  struct sf_centre centre;
  struct sf_centre_samples samples = { 0 };
  struct sf_member_set set = { 0 };
  struct sf_lead_table track_km;
  const char *why = NULL;
  SF_TRY (sf_centre_find (&run->arena, &run->input.query, storm,
                          (enum sf_centre_wanted) sf_settings_choice (settings, "centre"), &centre, &why, err));
  if (why)
    {
      sf_host_log (run->host, SF_LOG_INFO, "no members of storm %s: %s", storm, why);
      return SF_OK;
    }
  SF_TRY (sf_centre_sample (&run->arena, &centre, &run->input.rules, STEP_S, &samples, err));
  sf_ensemble_track_km (&run->input, &centre, &track_km);
  enum sf_code code = sf_member_set_init (&set, &run->arena, &samples, &run->input.rules, &track_km,
                                          (size_t) sf_settings_int (settings, "members"), err);
  set.seed = (uint32_t) sf_settings_int (settings, "seed");
  set.storm = sf_draws_storm (storm);
  if (code == SF_OK)
    code = draw_all (run, &set, err);
  if (code == SF_OK)
    code = add_generated (run, &centre, &set, err);
  sf_member_set_finish (&set);
  return code;
}

/* --- real members --- */

static enum sf_code
add_real_track (struct run *run, const struct sf_track *track, int64_t base_s, const struct sf_record *rings,
                struct sf_error *err)
{
  struct sf_centre centre;
  struct sf_centre_samples samples = { 0 };
  struct sf_track label = *track;
  label.base_s = base_s;
  SF_TRY (sf_centre_of_member (&run->arena, &run->input.query, track, rings, &centre, err));
  if (track->base_s != base_s || centre.track.fixes_count < 2)
    return add_lost (run, &label, err);
  SF_TRY (sf_centre_sample (&run->arena, &centre, &run->input.rules, STEP_S, &samples, err));
  for (size_t k = 0; k < samples.n; k++)
    {
      struct sf_fix *fix = add_fix (run, &label, track->fixes[0].source, samples.time_s[k]);
      if (!fix)
        return no_memory (err);
      sf_centre_samples_fix (&samples, k, fix);
    }
  return SF_OK;
}

static enum sf_code
add_real (struct run *run, const char *storm, const struct sf_real_members *real, struct sf_error *err)
{
  size_t expected = (size_t) sf_settings_int (run->host->settings, "real_members");
  const struct sf_record *rings = sf_centre_rings (&run->input.query, storm, real->base_s);
  expected = expected > real->expected ? expected : real->expected;
  for (size_t i = 0; i < real->count; i++)
    SF_TRY (add_real_track (run, real->tracks[i], real->base_s, rings, err));
  for (size_t i = real->count; i < expected; i++)
    {
      struct sf_track label = *real->tracks[0];
      label.base_s = real->base_s;
      if (!(label.member = sf_arena_printf (&run->arena, "lost%04zu", i + 1)))
        return no_memory (err);
      SF_TRY (add_lost (run, &label, err));
    }
  sf_host_log (run->host, SF_LOG_INFO, "storm %s: %zu of %zu members of %s have a track", storm, real->count, expected,
               real->agency);
  return SF_OK;
}

/* --- the stage --- */

static enum sf_code
add_storm (struct run *run, const char *storm, struct sf_error *err)
{
  const struct sf_centre_query *query = &run->input.query;
  int source = sf_settings_choice (run->host->settings, "source");
  struct sf_real_members real = { 0 };
  if (source != SF_SOURCE_GENERATED)
    SF_TRY (sf_real_members_find (&run->arena, query->tracks, storm, query->now_s - REAL_AGE * query->stale_s,
                                  query->now_s, &real, err));
  if (real.count > 0 && (source == SF_SOURCE_REAL || real.count >= LEAST_REAL))
    return add_real (run, storm, &real, err);
  return source == SF_SOURCE_REAL ? SF_OK : generate (run, storm, err);
}

enum sf_code
sf_ensemble_run_members (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct run run = { .host = host };
  struct sf_dataset *members = NULL;
  sf_arena_init (&run.arena);
  enum sf_code code = sf_ensemble_input_load (host, io, &run.arena, &run.input, err);
  for (size_t i = 0; code == SF_OK && i < run.input.storms_count; i++)
    code = add_storm (&run, run.input.storms[i], err);
  if (code == SF_OK)
    code = sf_dataset_new_tracks (io->spec (io, "members"), NULL, run.fixes, run.count, &members, err);
  sf_mem_free (run.fixes);
  sf_arena_finish (&run.arena);
  return sf_ensemble_give (io, "members", members, code, err);
}
