/* SPDX-License-Identifier: Apache-2.0 */
#include "models/rain/member_rain.h"

#include "core/base/time.h"

#include <string.h>

#define MEMBER_STEP_MIN 30.0

enum
{
  BLOCKS = 16 /* fixed, so that results do not depend on the number of threads */
};

static bool
is_same (const char *a, const char *b)
{
  return a && b && strcmp (a, b) == 0;
}

static bool
is_same_storm (const struct sf_track *a, const struct sf_track *b)
{
  return is_same (a->storm, b->storm) || is_same (a->number, b->number);
}

/* --- what members do not hold --- */

/* When the members that follow a storm begin (NULL: any member); INT64_MAX where none does. */
static int64_t
begin_of_members (const struct sf_tracks *members, const struct sf_track *storm)
{
  int64_t begin_s = INT64_MAX;
  for (size_t t = 0; t < members->count; t++)
    {
      const struct sf_track *member = &members->tracks[t];
      if (member->fixes_count > 0 && (!storm || is_same_storm (member, storm)) && member->fixes[0].valid_s < begin_s)
        begin_s = member->fixes[0].valid_s;
    }
  return begin_s;
}

static bool
follow_any (const struct sf_tracks *members, const struct sf_tracks *storms)
{
  for (size_t s = 0; s < storms->count; s++)
    if (begin_of_members (members, &storms->tracks[s]) != INT64_MAX)
      return true;
  return false;
}

static enum sf_code
add_rest (const struct sf_tracks *members, const struct sf_tracks *storms, const struct sf_rain_params *params,
          struct sf_rain_storm *rest, struct sf_error *err)
{
  bool by_storm = follow_any (members, storms);
  for (size_t s = 0; s < storms->count; s++)
    {
      const struct sf_track *storm = &storms->tracks[s];
      int64_t until_s = begin_of_members (members, by_storm ? storm : NULL);
      size_t kept = rest->count;
      SF_TRY (sf_rain_storm_add (rest, storm, params, err));
      for (size_t i = kept; i < rest->count; i++)
        if (rest->begin_s[i] < until_s)
          {
            rest->begin_s[kept] = rest->begin_s[i];
            rest->nodes[kept++] = rest->nodes[i];
          }
      rest->count = kept;
    }
  return sf_rain_storm_sort (rest, err);
}

/* --- members --- */

struct job
{
  const struct sf_tracks *members;
  const struct sf_rain_points *points;
  struct sf_rain_params params;
  double *track_mm; /* tracks x counties */
};

struct scratch
{
  struct sf_rain_county *sums;
  double *rates;
};

static enum sf_code
scratch_init (struct scratch *scratch, const struct sf_rain_points *points, struct sf_error *err)
{
  scratch->sums = sf_mem_calloc (points->counties, sizeof *scratch->sums);
  scratch->rates = sf_mem_calloc (points->count, sizeof *scratch->rates);
  return scratch->sums && scratch->rates ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for members' rain");
}

static void
scratch_finish (struct scratch *scratch)
{
  sf_mem_free (scratch->rates);
  sf_mem_free (scratch->sums);
}

static void
add_sums (const struct job *job, const struct sf_rain_storm *storm, const struct scratch *scratch, double *means_mm)
{
  sf_rain_county_sum (job->points, storm, &job->params, SF_TIME_MISSING, scratch->rates, scratch->sums);
  for (size_t c = 0; c < job->points->counties; c++)
    means_mm[c] += scratch->sums[c].mean_mm;
}

static enum sf_code
run_block (void *ctx, int block, struct sf_error *err)
{
  const struct job *job = ctx;
  size_t tracks = job->members->count;
  size_t from = tracks * (size_t) block / BLOCKS, to = tracks * (size_t) (block + 1) / BLOCKS;
  struct scratch scratch = { NULL, NULL };
  enum sf_code code = scratch_init (&scratch, job->points, err);
  for (size_t t = from; code == SF_OK && t < to; t++)
    {
      struct sf_rain_storm storm = { 0 };
      code = sf_rain_storm_add (&storm, &job->members->tracks[t], &job->params, err);
      if (code == SF_OK)
        add_sums (job, &storm, &scratch, job->track_mm + t * job->points->counties);
      sf_rain_storm_finish (&storm);
    }
  scratch_finish (&scratch);
  return code;
}

static enum sf_code
sum_rest (const struct job *job, const struct sf_tracks *storms, double *rest_mm, struct sf_error *err)
{
  struct sf_rain_storm rest = { 0 };
  struct scratch scratch = { NULL, NULL };
  enum sf_code code = scratch_init (&scratch, job->points, err);
  if (code == SF_OK && storms)
    code = add_rest (job->members, storms, &job->params, &rest, err);
  if (code == SF_OK)
    add_sums (job, &rest, &scratch, rest_mm);
  scratch_finish (&scratch);
  sf_rain_storm_finish (&rest);
  return code;
}

static size_t
first_of_member (const struct sf_tracks *members, size_t t)
{
  size_t i = 0;
  while (i < t && !is_same (members->tracks[i].member, members->tracks[t].member))
    i++;
  return i;
}

static void
gather (const struct job *job, const double *rest_mm, size_t *place, struct sf_rain_members *ret)
{
  size_t counties = job->points->counties;
  for (size_t t = 0; t < job->members->count; t++)
    {
      size_t first = first_of_member (job->members, t);
      place[t] = first == t ? ret->count++ : place[first];
      for (size_t c = 0; c < counties; c++)
        ret->mean_mm[c * ret->stride + place[t]] += job->track_mm[t * counties + c] + (first == t ? rest_mm[c] : 0);
    }
}

enum sf_code
sf_rain_members_sum (const struct sf_host *host, const struct sf_tracks *members, const struct sf_tracks *storms,
                     const struct sf_rain_points *points, const struct sf_rain_params *params,
                     struct sf_rain_members *ret, struct sf_error *err)
{
  *ret = (struct sf_rain_members){ 0 };
  if (!members || members->count == 0)
    return SF_OK;
  size_t tracks = members->count, counties = points->counties;
  struct job job = { .members = members, .points = points, .params = *params };
  double *rest_mm = sf_mem_calloc (counties, sizeof *rest_mm);
  size_t *place = sf_mem_calloc (tracks, sizeof *place);
  job.params.step_min = MEMBER_STEP_MIN;
  job.track_mm = sf_mem_calloc (tracks * counties, sizeof *job.track_mm);
  *ret = (struct sf_rain_members){ .stride = tracks, .mean_mm = sf_mem_calloc (tracks * counties, sizeof (double)) };
  enum sf_code code = rest_mm && place && job.track_mm && ret->mean_mm
                          ? SF_OK
                          : sf_fail (err, SF_ENOMEM, "out of memory for rain of %zu members", tracks);
  if (code == SF_OK)
    code = host->parallel (host, BLOCKS, run_block, &job, err);
  if (code == SF_OK)
    code = sum_rest (&job, storms, rest_mm, err);
  if (code == SF_OK)
    gather (&job, rest_mm, place, ret);
  else
    sf_rain_members_free (ret);
  sf_mem_free (job.track_mm);
  sf_mem_free (place);
  sf_mem_free (rest_mm);
  return code;
}

void
sf_rain_members_free (struct sf_rain_members *members)
{
  sf_mem_free (members->mean_mm);
  *members = (struct sf_rain_members){ 0 };
}
