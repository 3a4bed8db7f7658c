/* SPDX-License-Identifier: Apache-2.0 */
#include "core/data/dataset.h"
#include "core/data/dataset_private.h"
#include "core/data/member.h"

#include "core/base/mem.h"
#include "core/base/time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One fix on its way into a track. A fix can stand here twice: in the analysis and at the start of a forecast. */
struct entry
{
  const struct sf_record *record;
  size_t index; /* in the caller's order, which decides between equals */
  int64_t time_s;
  int64_t base_s;  /* of the track: SF_TIME_MISSING for an analysis */
  uint8_t quality; /* the worst of the identical fixes that this one stands for */
  const char *doubt;
  const struct sf_record *rival; /* another fix of the same track and time that says something else */
};

static int
compare_texts (const char *a, const char *b)
{
  if (!a || !b)
    return (a != NULL) - (b != NULL);
  return strcmp (a, b);
}

static int
compare_ints (int64_t a, int64_t b)
{
  return (a > b) - (a < b);
}

/* Missing values are equal to each other and come first. */
static int
compare_doubles (double a, double b)
{
  if (isnan (a) || isnan (b))
    return !isnan (a) - !isnan (b);
  return (a > b) - (a < b);
}

/* Which track: a storm's identity is unique within its feed only. */
static int
compare_tracks (const struct entry *a, const struct entry *b)
{
  const struct sf_fix *p = &a->record->as.track, *q = &b->record->as.track;
  int order = compare_texts (a->record->feed, b->record->feed);
  order = order ? order : compare_texts (p->storm, q->storm);
  order = order ? order : compare_texts (p->agency, q->agency);
  order = order ? order : compare_texts (p->member, q->member);
  return order ? order : compare_ints (a->base_s, b->base_s);
}

static int
compare_times (const struct entry *a, const struct entry *b)
{
  int order = compare_tracks (a, b);
  return order ? order : compare_ints (a->time_s, b->time_s);
}

/* A storm gets its number and names on the way: a fix sent again with them says nothing else than before. */
static bool
is_label (const struct sf_member *member)
{
  return member->offset == offsetof (struct sf_record, as.track.number)
         || member->offset == offsetof (struct sf_record, as.track.name)
         || member->offset == offsetof (struct sf_record, as.track.name_zh);
}

/* What two fixes say, apart from labels, from when and from where it came. */
static int
compare_contents (const struct sf_record *a, const struct sf_record *b)
{
  int order = 0;
  for (const struct sf_member *member = sf_record_members (SF_RECORD_TRACK); !order && member->name; member++)
    {
      if (is_label (member))
        continue;
      if (member->type == SF_MEMBER_TEXT)
        order = compare_texts (*sf_member_text (a, member), *sf_member_text (b, member));
      else if (member->type == SF_MEMBER_INT)
        order = compare_ints (*sf_member_int (a, member), *sf_member_int (b, member));
      else if (member->type == SF_MEMBER_DOUBLE || member->type == SF_MEMBER_DOUBLES)
        for (int i = 0; !order && i < member->count; i++)
          order = compare_doubles (sf_member_doubles (a, member)[i], sf_member_doubles (b, member)[i]);
    }
  return order;
}

/* Newest revision first, then equals side by side, the caller's first one leading. */
static int
order_for_merging (const void *a, const void *b)
{
  const struct entry *p = a, *q = b;
  int order = compare_times (p, q);
  order = order ? order : compare_ints (q->record->revision, p->record->revision);
  order = order ? order : compare_contents (p->record, q->record);
  return order ? order : (p->index > q->index) - (p->index < q->index);
}

static int
order_in_track (const void *a, const void *b)
{
  const struct entry *p = a, *q = b;
  int order = compare_times (p, q);
  return order ? order : (p->index > q->index) - (p->index < q->index);
}

static int
order_by_track (const void *a, const void *b)
{
  return compare_tracks (a, b);
}

static enum sf_code
fail_fix (struct sf_error *err, enum sf_code code, const struct sf_record *record, const char *what)
{
  const char *storm = record->kind == SF_RECORD_TRACK ? record->as.track.storm : NULL;
  return sf_fail (err, code, "%s:%lld: storm %s: %s", record->source ? record->source : "record",
                  (long long) record->source_line, storm ? storm : "-", what);
}

/* Time and base of a fix, each from the other and the lead where one is missing. */
static enum sf_code
make_entry (const struct sf_record *record, size_t index, struct entry *ret_entry, struct sf_error *err)
{
  SF_TRY (sf_record_check (record, err));
  if (record->kind != SF_RECORD_TRACK)
    return fail_fix (err, SF_ETYPE, record, "only records of kind track go into tracks");
  const struct sf_fix *fix = &record->as.track;
  int64_t time_s = record->valid_s, base_s = fix->base_s;
  if (time_s == SF_TIME_MISSING && base_s != SF_TIME_MISSING)
    time_s = base_s + fix->lead_s;
  if (time_s == SF_TIME_MISSING)
    return fail_fix (err, SF_EINVAL, record, "the fix has no time");
  if (base_s == SF_TIME_MISSING)
    base_s = time_s - fix->lead_s;
  *ret_entry = (struct entry){ .record = record,
                               .index = index,
                               .time_s = time_s,
                               .base_s = base_s,
                               .quality = record->quality,
                               .doubt = record->doubt };
  return SF_OK;
}

/* Put the forecast fixes of the caller's list in front, sorted by track, and every lead-0 fix behind, twice when it
   starts a forecast: once in the forecast and, for the agency's own track, once in the analysis. entries has room for
   2 * count. */
static enum sf_code
assign_entries (const struct sf_record *fixes, size_t count, struct entry *entries, size_t *ret_used,
                struct sf_error *err)
{
  size_t forecasts = 0;
  for (size_t i = 0; i < count; i++)
    {
      SF_TRY (make_entry (&fixes[i], i, &entries[forecasts], err));
      forecasts += fixes[i].as.track.lead_s != 0;
    }
  qsort (entries, forecasts, sizeof *entries, order_by_track);
  size_t used = forecasts;
  for (size_t i = 0; i < count; i++)
    {
      struct entry entry;
      if (fixes[i].as.track.lead_s != 0)
        continue;
      SF_TRY (make_entry (&fixes[i], i, &entry, err));
      bool starts_forecast = bsearch (&entry, entries, forecasts, sizeof *entries, order_by_track) != NULL;
      if (starts_forecast)
        entries[used++] = entry;
      if (starts_forecast && fixes[i].as.track.member)
        continue;
      entry.base_s = SF_TIME_MISSING;
      entries[used++] = entry;
    }
  *ret_used = used;
  return SF_OK;
}

/* Let `last` stand for an identical fix, too: the worse quality holds, and a number that only one of them has. */
static void
absorb (struct entry *last, const struct entry *twin)
{
  if (twin->quality > last->quality)
    {
      last->quality = twin->quality;
      last->doubt = twin->doubt;
    }
  if (!last->record->as.track.number && twin->record->as.track.number)
    last->record = twin->record;
}

/* Merge the entries of one track and time, [first, next): keep the newest revision, one of several identical fixes, and
   note rivals. Writes the survivors to out (which may be first) and returns their number. */
static size_t
merge_same_time (const struct entry *first, const struct entry *next, struct entry *out)
{
  size_t kept = 0;
  uint32_t newest = first->record->revision;
  for (const struct entry *e = first; e < next && e->record->revision == newest; e++)
    {
      struct entry *last = kept ? &out[kept - 1] : NULL;
      if (!last || compare_contents (last->record, e->record) != 0)
        out[kept++] = *e;
      else
        absorb (last, e);
    }
  for (size_t i = 0; kept > 1 && i < kept; i++)
    out[i].rival = out[(i + 1) % kept].record;
  return kept;
}

static size_t
merge_entries (struct entry *entries, size_t count)
{
  size_t kept = 0;
  qsort (entries, count, sizeof *entries, order_for_merging);
  for (size_t first = 0, next; first < count; first = next)
    {
      for (next = first + 1; next < count && compare_times (&entries[first], &entries[next]) == 0;)
        next++;
      kept += merge_same_time (&entries[first], &entries[next], &entries[kept]);
    }
  qsort (entries, kept, sizeof *entries, order_in_track);
  return kept;
}

/* Two statements about one moment cannot both be right: reliable becomes doubtful, the other's place is the reason. */
static enum sf_code
mark_doubtful (struct sf_arena *arena, const struct sf_record *rival, struct sf_record *fix)
{
  if (fix->quality <= SF_QUALITY_COMPLETED_RELIABLE)
    fix->quality = (uint8_t) (fix->quality + SF_QUALITY_ORIGINAL_DOUBTFUL);
  fix->doubt
      = sf_arena_printf (arena, "%s%sanother fix of the same time differs (%s:%lld)", fix->doubt ? fix->doubt : "",
                         fix->doubt ? "; " : "", rival->source ? rival->source : "-", (long long) rival->source_line);
  return fix->doubt ? SF_OK : SF_ENOMEM;
}

static enum sf_code
fill_fix (struct sf_arena *arena, const struct entry *entry, struct sf_record *ret_fix)
{
  struct sf_record fix = *entry->record;
  fix.quality = entry->quality;
  fix.doubt = entry->doubt;
  fix.valid_s = entry->time_s;
  if (fix.as.track.base_s == SF_TIME_MISSING)
    fix.as.track.base_s = entry->time_s - fix.as.track.lead_s;
  SF_TRY (sf_record_copy (arena, &fix, ret_fix, NULL));
  return entry->rival ? mark_doubtful (arena, entry->rival, ret_fix) : SF_OK;
}

/* The last number and names stand for the track. */
static void
take_names (struct sf_track *track, const struct sf_fix *fix)
{
  track->storm = fix->storm;
  track->agency = fix->agency;
  track->member = fix->member;
  track->number = fix->number ? fix->number : track->number;
  track->name = fix->name ? fix->name : track->name;
  track->name_zh = fix->name_zh ? fix->name_zh : track->name_zh;
}

static enum sf_code
fill_track (struct sf_arena *arena, const struct entry *entries, size_t count, struct sf_track *track)
{
  track->base_s = entries[0].base_s;
  track->fixes = sf_arena_calloc (arena, count, sizeof *track->fixes);
  if (!track->fixes)
    return SF_ENOMEM;
  for (size_t i = 0; i < count; i++)
    {
      SF_TRY (fill_fix (arena, &entries[i], &track->fixes[i]));
      take_names (track, &track->fixes[i].as.track);
      track->fixes_count++;
    }
  return SF_OK;
}

static enum sf_code
fill_tracks (struct sf_tracks *tracks, const struct entry *entries, size_t count)
{
  size_t groups = 0;
  for (size_t i = 0; i < count; i++)
    groups += i == 0 || compare_tracks (&entries[i - 1], &entries[i]) != 0;
  tracks->tracks = sf_arena_calloc (&tracks->arena, groups, sizeof *tracks->tracks);
  if (!tracks->tracks)
    return SF_ENOMEM;
  for (size_t first = 0, next; first < count; first = next)
    {
      for (next = first + 1; next < count && compare_tracks (&entries[first], &entries[next]) == 0;)
        next++;
      SF_TRY (fill_track (&tracks->arena, &entries[first], next - first, &tracks->tracks[tracks->count]));
      tracks->count++;
    }
  return SF_OK;
}

enum sf_code
sf_dataset_new_tracks (const struct sf_dataset_spec *spec, const char *instance, const struct sf_record *fixes,
                       size_t count, struct sf_dataset **ret, struct sf_error *err)
{
  struct sf_dataset *dataset = NULL;
  struct entry *entries = NULL;
  size_t used = 0;
  SF_TRY (sf_dataset_new_empty (spec, instance, 1u << SF_DATASET_TRACKS, &dataset, err));

  enum sf_code code = SF_ENOMEM;
  dataset->as.tracks = sf_mem_calloc (1, sizeof *dataset->as.tracks);
  /* One more than can be used: make_entry writes where the next one would stand. */
  entries = sf_mem_calloc (2 * count + 1, sizeof *entries);
  if (!dataset->as.tracks || !entries)
    {
      sf_fail (err, code, "dataset %s: no memory for %zu fixes", spec->name, count);
      goto out;
    }
  sf_arena_init (&dataset->as.tracks->arena);
  code = assign_entries (fixes, count, entries, &used, err);
  if (code != SF_OK)
    {
      sf_error_prefix (err, code, "dataset %s", spec->name);
      goto out;
    }
  used = merge_entries (entries, used);
  code = fill_tracks (dataset->as.tracks, entries, used);
  if (code != SF_OK)
    {
      sf_fail (err, code, "dataset %s: no memory for %zu fixes", spec->name, count);
      goto out;
    }
  *ret = dataset;
  dataset = NULL;

out:
  sf_mem_free (entries);
  sf_dataset_unref (dataset);
  return code;
}

void
sf_tracks_free (struct sf_tracks *tracks)
{
  if (!tracks)
    return;
  sf_arena_finish (&tracks->arena);
  sf_mem_free (tracks);
}
