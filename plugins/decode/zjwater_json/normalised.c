/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/zjwater_json/zjwater_json.h"

#include <math.h>
#include <string.h>

const char *
sf_zjwater_number (const char *id)
{
  bool numbered = strlen (id) == 6 && strspn (id, "0123456789") == 6 && strcmp (id + 4, "00");
  return numbered ? id + 2 : NULL;
}

void
sf_zjwater_set_storm (struct sf_fix *fix, const struct sf_zjwater_storm *storm)
{
  fix->storm = storm->id;
  fix->number = storm->number;
  fix->name = storm->name;
  fix->name_zh = storm->name_zh;
}

void
sf_zjwater_set_agency (struct sf_fix *fix, const char *name)
{
  const struct sf_centre *centre = sf_fixes_centre (sf_span_of (name));
  fix->agency = centre ? centre->indicator : name;
  fix->averaging_min = centre ? centre->averaging_min : NAN;
}

/* Seconds since 1970 within the years that a fix may have, so that sums of them cannot overflow. */
static bool
parse_epoch (const json_t *value, int64_t *ret_time_s)
{
  json_int_t seconds = json_integer_value (value);
  if (!json_is_integer (value) || seconds < -4200000000LL || seconds > 5700000000LL)
    return false;
  *ret_time_s = seconds;
  return true;
}

static bool
parse_triple (const json_t *triple, struct sf_record *record)
{
  struct sf_fix *fix = &record->as.track;
  return json_array_size (triple) == 3 && parse_epoch (json_array_get (triple, 0), &record->valid_s)
         && sf_fixes_json_number (json_array_get (triple, 1), &fix->lat_deg) && !isnan (fix->lat_deg)
         && sf_fixes_json_number (json_array_get (triple, 2), &fix->lon_deg) && !isnan (fix->lon_deg);
}

/* base_s missing makes an analysis. */
static enum sf_code
add_triple (struct sf_zjwater *state, const json_t *triple, const struct sf_zjwater_storm *storm, const char *agency,
            int64_t base_s, struct sf_error *err)
{
  struct sf_record *record = sf_fixes_new (&state->base.fixes, 0);
  if (!record)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", sf_fixes_source (state->base.fixes.message));
  struct sf_fix *fix = &record->as.track;
  if (!parse_triple (triple, record) || (base_s != SF_TIME_MISSING && record->valid_s < base_s))
    {
      sf_fixes_json_reject (&state->base.fixes, triple,
                            "storm %s: a place of %.40s is [epoch, latitude, longitude], not before "
                            "its forecast was made",
                            storm->id, agency);
      return SF_OK;
    }
  sf_zjwater_set_storm (fix, storm);
  sf_zjwater_set_agency (fix, agency);
  fix->base_s = base_s;
  fix->lead_s = base_s == SF_TIME_MISSING ? 0 : record->valid_s - base_s;
  return sf_fixes_json_add (&state->base.fixes, record, triple, err);
}

static enum sf_code
decode_issues (struct sf_zjwater *state, const json_t *issues, const struct sf_zjwater_storm *storm, const char *agency,
               struct sf_error *err)
{
  size_t index, inner;
  json_t *issue, *triple;
  json_array_foreach (issues, index, issue)
  {
    int64_t base_s;
    if (json_array_size (issue) != 2 || !parse_epoch (json_array_get (issue, 0), &base_s))
      {
        sf_fixes_json_reject (&state->base.fixes, issue, "storm %s: a forecast of %.40s is [epoch, places]", storm->id,
                              agency);
        continue;
      }
    const json_t *places = json_array_get (issue, 1);
    json_array_foreach (places, inner, triple) SF_TRY (add_triple (state, triple, storm, agency, base_s, err));
  }
  return SF_OK;
}

enum sf_code
sf_zjwater_decode_verification (struct sf_zjwater *state, const json_t *root, struct sf_error *err)
{
  struct sf_zjwater_storm storm = { .id = sf_fixes_json_identity (&state->base.arena, json_object_get (root, "tfid")) };
  if (!storm.id)
    return sf_fail (err, SF_EFORMAT, "%s: a verification without tfid", sf_fixes_source (state->base.fixes.message));
  storm.number = sf_zjwater_number (storm.id);
  size_t index;
  json_t *triple, *issues;
  const char *agency;
  json_array_foreach (json_object_get (root, "obs"), index, triple)
      SF_TRY (add_triple (state, triple, &storm, "中国", SF_TIME_MISSING, err));
  json_object_foreach (json_object_get (root, "issues"), agency, issues)
      SF_TRY (decode_issues (state, issues, &storm, agency, err));
  return sf_fixes_flush (&state->base.fixes, err);
}

static enum sf_code
add_fused (struct sf_zjwater *state, const json_t *item, const struct sf_zjwater_storm *storm, struct sf_error *err)
{
  struct sf_record *record = sf_fixes_new (&state->base.fixes, 0);
  if (!record)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", sf_fixes_source (state->base.fixes.message));
  struct sf_fix *fix = &record->as.track;
  double lead_h;
  if (!json_is_object (item) || !parse_epoch (json_object_get (item, "t"), &record->valid_s)
      || !sf_fixes_json_number (json_object_get (item, "lead"), &lead_h) || !(lead_h >= 0 && lead_h <= 480)
      || !sf_fixes_json_number (json_object_get (item, "lng"), &fix->lon_deg) || isnan (fix->lon_deg)
      || !sf_fixes_json_number (json_object_get (item, "lat"), &fix->lat_deg) || isnan (fix->lat_deg))
    {
      sf_fixes_json_reject (&state->base.fixes, item, "storm %s: a fused place has t, lead, lng and lat", storm->id);
      return SF_OK;
    }
  sf_zjwater_set_storm (fix, storm);
  fix->agency = "consensus";
  fix->lead_s = (int64_t) llround (lead_h * 3600);
  fix->base_s = record->valid_s - fix->lead_s;
  record->quality = SF_QUALITY_COMPLETED_RELIABLE;
  SF_TRY (sf_fixes_doubt (&state->base.fixes, record, err,
                          "a consensus of several agencies made by others, no agency's forecast"));
  return sf_fixes_json_add (&state->base.fixes, record, item, err);
}

enum sf_code
sf_zjwater_decode_consensus (struct sf_zjwater *state, const json_t *root, struct sf_error *err)
{
  size_t index, inner;
  json_t *item, *fused;
  json_array_foreach (json_object_get (root, "storms"), index, item)
  {
    struct sf_zjwater_storm storm = { .id = sf_fixes_json_identity (&state->base.arena, json_object_get (item, "tfid")),
                                      .name_zh = sf_fixes_json_text (json_object_get (item, "name")) };
    if (!storm.id)
      {
        sf_fixes_json_reject (&state->base.fixes, item, "a storm of a consensus has no tfid");
        continue;
      }
    storm.number = sf_zjwater_number (storm.id);
    const json_t *places = json_object_get (item, "fused");
    json_array_foreach (places, inner, fused) SF_TRY (add_fused (state, fused, &storm, err));
  }
  return sf_fixes_flush (&state->base.fixes, err);
}
