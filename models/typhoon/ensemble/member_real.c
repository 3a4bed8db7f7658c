/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/member_real.h"

#include "core/base/time.h"

#include <ctype.h>
#include <string.h>

/* When the member's run began; a member that has no storm stands in a track of starts alone, the last of them its newest. */
static int64_t
base_of (const struct sf_track *track)
{
  bool is_run = track->base_s != SF_TIME_MISSING || track->fixes_count == 0;
  return is_run ? track->base_s : track->fixes[track->fixes_count - 1].as.track.base_s;
}

/* How much of a member's name stands before its number. */
static size_t
series_length (const char *member)
{
  size_t length = strlen (member);
  while (length > 0 && isdigit ((unsigned char) member[length - 1]))
    length--;
  return length;
}

bool
sf_real_member_is (const struct sf_track *track)
{
  if (!track->member || base_of (track) == SF_TIME_MISSING || strncmp (track->member, "fc", 2) == 0)
    return false;
  size_t series = series_length (track->member), digits = strlen (track->member) - series;
  return digits >= 2 || (digits == 1 && series == 0);
}

static bool
same_text (const char *a, const char *b)
{
  return a && b ? strcmp (a, b) == 0 : a == b;
}

/* The control run (cf) is one of the perturbed members' (pf) ensemble. */
static bool
same_series (const char *a, const char *b)
{
  size_t length = series_length (a);
  bool control = strncmp (a, "cf", 2) == 0 || strncmp (b, "cf", 2) == 0;
  bool perturbed = strncmp (a, "pf", 2) == 0 || strncmp (b, "pf", 2) == 0;
  return (length == series_length (b) && strncmp (a, b, length) == 0) || (control && perturbed);
}

static bool
same_ensemble (const struct sf_track *a, const struct sf_track *b)
{
  return base_of (a) == base_of (b) && same_text (a->agency, b->agency) && same_series (a->member, b->member);
}

/* Gather an ensemble's tracks of a storm (NULL: of any, one a member). */
static size_t
gather (const struct sf_tracks *tracks, const struct sf_track *like, const char *storm, const struct sf_track **list)
{
  size_t n = 0;
  for (size_t i = 0; i < tracks->count; i++)
    {
      const struct sf_track *track = &tracks->tracks[i];
      if (!sf_real_member_is (track) || !same_ensemble (track, like) || (storm && !same_text (track->storm, storm)))
        continue;
      size_t k = 0;
      while (k < n && strcmp (list[k]->member, track->member) != 0)
        k++;
      if (k == n)
        list[n++] = track;
      else if (list[k]->base_s == SF_TIME_MISSING)
        list[k] = track;
    }
  return n;
}

enum sf_code
sf_real_members_find (struct sf_arena *arena, const struct sf_tracks *tracks, const char *storm, int64_t oldest_s,
                      int64_t now_s, struct sf_real_members *ret, struct sf_error *err)
{
  const struct sf_track **list = sf_arena_calloc (arena, tracks->count, sizeof *list), *best = NULL;
  size_t most = 0;
  *ret = (struct sf_real_members){ .base_s = SF_TIME_MISSING, .tracks = list };
  if (!list)
    return sf_fail (err, SF_ENOMEM, "out of memory for the members of storm %s", storm);
  for (size_t i = 0; i < tracks->count; i++)
    {
      const struct sf_track *track = &tracks->tracks[i];
      bool fits = sf_real_member_is (track) && same_text (track->storm, storm) && base_of (track) >= oldest_s
                  && base_of (track) <= now_s;
      if (!fits || (best && (base_of (track) < base_of (best) || same_ensemble (track, best))))
        continue;
      size_t count = gather (tracks, track, storm, list);
      if (best && base_of (track) == base_of (best) && count <= most)
        continue;
      best = track;
      most = count;
    }
  if (!best)
    return SF_OK;
  ret->agency = best->agency;
  ret->base_s = base_of (best);
  ret->expected = gather (tracks, best, NULL, list);
  ret->count = gather (tracks, best, storm, list);
  return SF_OK;
}
