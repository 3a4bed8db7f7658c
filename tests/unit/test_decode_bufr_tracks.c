/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: what tests/conformance/bufr_tracks.sh has eccodes encode, invented; codes of WMO's tables 0 08 005 and
   0 01 092; distances by the haversine on 6371.0088 km in Python (0.3 degrees of latitude are 33.358524 km). Hostile messages
   are made here by the layout of FM 94 BUFR. */
#include "plugins/decode/bufr_tracks/members.h"
#include "plugins/decode/bufr_tracks/unfold.h"
#include "core/base/file.h"
#include "tests/unit/base.h"
#include "tests/unit/decode_help.h"

#include <math.h>

extern const struct sf_plugin bufr_tracks_LTX_sanfang_plugin;
#define BUFR (&bufr_tracks_LTX_sanfang_plugin)
#define SAMPLES TEST_SRCDIR "/tests/conformance/samples/bufr_tracks/"

static uint8_t *
load (struct sf_arena *arena, const char *name, size_t *ret_length)
{
  uint8_t *bytes = NULL;
  ck_done (sf_file_read (arena, sf_arena_printf (arena, SAMPLES "%s", name), 1 << 20, &bytes, ret_length, err));
  return bytes;
}

static struct decoded *
decode_sample (const char *name, const char *const *settings)
{
  struct sf_arena arena = { 0 };
  size_t length = 0;
  uint8_t *bytes = load (&arena, name, &length);
  struct decoded *out = decode_help_run (BUFR, name, bytes, length, settings);
  sf_arena_finish (&arena);
  return out;
}

static const struct sf_record *
find (const struct decoded *out, const char *member, int lead_h)
{
  for (size_t i = 0; i < out->count; i++)
    if (!strcmp (out->records[i].as.track.member, member) && out->records[i].as.track.lead_s == lead_h * 3600)
      return &out->records[i];
  ck_abort_msg ("no fix of %s at %d h", member, lead_h);
}

START_TEST (reads_an_ensemble)
{
  static const struct
  {
    const char *member;
    int lead_h;
    double lon, lat, pressure_hpa, wind_mps;
  } wanted[] = {
    { "pf01", 0, 114.5, 17.2, 975, 31.2 },   { "pf02", 0, 114.8, 17.4, 974, 33.4 },
    { "cf51", 0, 114.6, 17.3, 974.5, 32.1 }, { "fc52", 0, 114.6, 17.3, 974.2, 32.6 },
    { "pf01", 6, 113.6, 17.6, 970, 34.5 },   { "pf02", 6, 113.9, 17.9, 968, 36.1 },
    { "cf51", 6, 113.7, 17.7, 969, 35.2 },   { "fc52", 6, 113.8, 17.7, 968.5, 35.9 },
    { "pf01", 12, 112.7, 18.1, 965, 37.0 },  { "cf51", 12, 112.8, 18.2, 963, 38.4 },
    { "fc52", 12, 112.9, 18.2, 962, 38.8 },
  };
  struct decoded *out = decode_sample ("simulated_ensemble.bufr", NULL);
  ck_assert_msg (out->code == SF_OK, "%s", out->err.message);
  ck_assert_uint_eq (out->rejects_count, 0);
  ck_assert_uint_eq (out->count, 12);
  for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
    {
      const struct sf_record *record = find (out, wanted[i].member, wanted[i].lead_h);
      const struct sf_fix *fix = &record->as.track;
      ck_assert_double_eq (fix->lon_deg, wanted[i].lon);
      ck_assert_double_eq (fix->lat_deg, wanted[i].lat);
      ck_assert_double_eq (fix->pressure_hpa, wanted[i].pressure_hpa);
      ck_assert_double_eq (fix->wind_mps, wanted[i].wind_mps);
      ck_assert_double_eq (fix->averaging_min, 10);
      ck_assert_str_eq (fix->storm, "WP122031");
      ck_assert_str_eq (fix->name, "SIMULATED");
      ck_assert_str_eq (fix->agency, "ECMF");
      ck_assert_ptr_null (fix->number);
      ck_assert_int_eq (fix->base_s, 1943352000); /* date -u -d 2031-08-01T12:00Z +%s */
      ck_assert_int_eq (record->valid_s, fix->base_s + wanted[i].lead_h * 3600);
      ck_assert_int_eq (record->quality, SF_QUALITY_ORIGINAL_RELIABLE);
      ck_assert_int_eq (record->source_line, 1);
    }
  decode_help_free (out);
}
END_TEST

/* A member that lost the storm still counts: where it was observed, and nothing else said. */
START_TEST (keeps_a_member_without_a_track)
{
  struct decoded *out = decode_sample ("simulated_ensemble.bufr", NULL);
  const struct sf_record *record = find (out, "pf03", 0);
  ck_assert_double_eq (record->as.track.lon_deg, 114.6);
  ck_assert_double_eq (record->as.track.lat_deg, 17.3);
  ck_assert (isnan (record->as.track.wind_mps) && isnan (record->as.track.pressure_hpa)
             && isnan (record->as.track.rmw_km));
  ck_assert_int_eq (record->quality, SF_QUALITY_COMPLETED_DOUBTFUL);
  ck_assert_ptr_nonnull (strstr (record->doubt, "no track"));
  decode_help_free (out);
}
END_TEST

/* 0.3 degrees of latitude; 0.4 of longitude at 17.4 N; none where the strongest wind stands at the centre (none here). */
START_TEST (takes_the_place_of_the_strongest_wind)
{
  struct decoded *out = decode_sample ("simulated_ensemble.bufr", NULL);
  ck_assert_double_eq_tol (find (out, "pf01", 0)->as.track.rmw_km, 33.358524, 1e-5);
  ck_assert_double_eq_tol (find (out, "pf02", 0)->as.track.rmw_km, 42.442724, 1e-5);
  decode_help_free (out);
  out = decode_sample ("simulated_genesis.bufr", NULL);
  ck_assert (isnan (find (out, "pf08", 54)->as.track.rmw_km));
  decode_help_free (out);
}
END_TEST

/* 26 and 33 m/s are 50 and 64 kn in whole numbers; 18 m/s is force 8, for which there is no ring. */
START_TEST (reads_radii_by_their_bearings)
{
  static const char *const settings[] = { "r34=force7", "averaging=1", NULL };
  const double wanted[] = { 190, 180, 170, 160, 130, 120, 110, 100, 70, 60, 50, 40 };
  struct decoded *out = decode_sample ("simulated_ensemble.bufr", NULL);
  struct decoded *with = decode_sample ("simulated_ensemble.bufr", settings);
  for (int i = 0; i < 12; i++)
    {
      double km = find (out, "pf01", 0)->as.track.radii_km[i];
      ck_assert (i < 4 ? isnan (km) : km == wanted[i]);
      ck_assert_double_eq (find (with, "pf01", 0)->as.track.radii_km[i], wanted[i]);
      ck_assert (isnan (find (with, "pf03", 0)->as.track.radii_km[i]));
    }
  ck_assert_double_eq (find (with, "pf01", 0)->as.track.averaging_min, 1);
  decode_help_free (with);
  decode_help_free (out);
}
END_TEST

/* Uncompressed, the parts written out, behind a bulletin's head; the feature is only of this forecast. */
START_TEST (reads_a_feature_of_the_forecast)
{
  struct decoded *out = decode_sample ("simulated_genesis.bufr", NULL);
  ck_assert_msg (out->code == SF_OK, "%s", out->err.message);
  ck_assert_uint_eq (out->rejects_count, 0);
  ck_assert_uint_eq (out->count, 4);
  const struct sf_fix *fix = &find (out, "pf07", 48)->as.track;
  ck_assert_str_eq (fix->storm, "71P2031080112");
  ck_assert_ptr_null (fix->name);
  ck_assert_double_eq (fix->lat_deg, -13.5);
  ck_assert_double_eq (fix->wind_mps, 18.7);
  ck_assert_double_eq (find (out, "pf08", 0)->as.track.pressure_hpa, 1003);
  ck_assert_double_eq (find (out, "pf08", 54)->as.track.lon_deg, -179.8);
  for (size_t i = 0; i < out->count; i++)
    ck_assert_int_eq (out->records[i].quality, SF_QUALITY_ORIGINAL_RELIABLE);
  decode_help_free (out);
}
END_TEST

/* Edition 3, two storms in one compressed message: their texts differ between subsets. */
START_TEST (reads_texts_that_differ)
{
  struct decoded *out = decode_sample ("simulated_storms.bufr", NULL);
  ck_assert_msg (out->code == SF_OK, "%s", out->err.message);
  ck_assert_uint_eq (out->rejects_count, 0);
  ck_assert_uint_eq (out->count, 4);
  for (size_t i = 0; i < 4; i++)
    {
      const struct sf_fix *fix = &out->records[i].as.track;
      ck_assert_str_eq (fix->storm, i % 2 ? "EP082031" : "WP122031");
      ck_assert_str_eq (fix->name, i % 2 ? "OTHER" : "SIMULATED");
      ck_assert_str_eq (fix->member, "fc52");
      ck_assert_str_eq (fix->agency, "ECMF");
      ck_assert (isnan (fix->rmw_km)); /* no place of the strongest wind is given */
    }
  ck_assert_double_eq (out->records[3].as.track.lon_deg, -123);
  decode_help_free (out);
}
END_TEST

/* --- members without any library: elements given by hand --- */

struct toy
{
  struct sf_arena arena;
  struct sf_fixes fixes;
  struct bufr_frame frame;
  struct bufr_choices choices;
  struct bufr_taker taker;
  struct bufr_members *members;
  struct decoded *out;
  struct sf_message message;
  struct sf_sink sink;
};

static struct toy *
toy_new (int centre, int subsets)
{
  static const uint8_t head[8] = "BUFR";
  struct toy *toy = calloc (1, sizeof *toy);
  toy->out = calloc (1, sizeof *toy->out);
  toy->frame
      = (struct bufr_frame){ .bytes = head, .length = 8, .centre = centre, .subsets = subsets, .compressed = true };
  toy->choices = (struct bufr_choices){ 10, false, 200 };
  toy->message = (struct sf_message){ "test", "toy", NULL, head, 8, 0 };
  toy->sink = (struct sf_sink){ toy->out, decode_help_emit, decode_help_reject };
  sf_fixes_init (&toy->fixes);
  sf_fixes_begin (&toy->fixes, &toy->message, &toy->sink);
  toy->members = bufr_members_begin (&toy->arena, &toy->fixes, &toy->frame, &toy->choices, 1);
  toy->taker = bufr_members_taker (toy->members);
  return toy;
}

/* One number for every subset. */
static void
give (struct toy *toy, enum bufr_key key, double value)
{
  double values[8];
  for (int i = 0; i < 8; i++)
    values[i] = value;
  ck_done (toy->taker.numbers (toy->taker.ctx, key, 0, toy->frame.subsets, values, err));
}

static void
give_head (struct toy *toy, const char *storm, int year, int month)
{
  ck_done (toy->taker.text (toy->taker.ctx, BUFR_STORM, 0, toy->frame.subsets, storm, err));
  give (toy, BUFR_YEAR, year);
  give (toy, BUFR_MONTH, month);
  give (toy, BUFR_DAY, 2);
  give (toy, BUFR_HOUR, 6);
  give (toy, BUFR_MINUTE, 0);
}

static void
give_place (struct toy *toy, int significance, double lat_deg, double lon_deg)
{
  give (toy, BUFR_SIGNIFICANCE, significance);
  give (toy, BUFR_LATITUDE, lat_deg);
  give (toy, BUFR_LONGITUDE, lon_deg);
}

static const struct decoded *
toy_end (struct toy *toy)
{
  ck_done (bufr_members_end (toy->members, err));
  ck_done (sf_fixes_flush (&toy->fixes, err));
  return toy->out;
}

static void
toy_free (struct toy *toy)
{
  decode_help_free (toy->out);
  sf_fixes_finish (&toy->fixes);
  sf_arena_finish (&toy->arena);
  free (toy);
}

START_TEST (names_storms_as_atcf_does)
{
  static const struct
  {
    const char *id;
    int year, month;
    const char *key;
  } wanted[] = {
    { "27W", 2015, 11, "WP272015" },      { "01W", 2024, 1, "WP012024" },       { "35W", 2024, 1, "WP352023" },
    { "03P", 2023, 11, "SH032024" },      { "21S", 2024, 3, "SH212024" },       { "24S", 2024, 7, "SH242024" },
    { "05A", 2024, 6, "IO052024" },       { "02B", 2024, 5, "IO022024" },       { "09L", 2024, 9, "AL092024" },
    { "71W", 2015, 11, "71W2015110206" }, { "0ZW", 2015, 11, "0ZW2015110206" }, { "00W", 2015, 11, "00W2015110206" },
  };
  for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
    {
      struct toy *toy = toy_new (98, 1);
      give_head (toy, wanted[i].id, wanted[i].year, wanted[i].month);
      give_place (toy, 4, 15, 120);
      const struct decoded *out = toy_end (toy);
      ck_assert_uint_eq (out->count, 1);
      ck_assert_str_eq (out->records[0].as.track.storm, wanted[i].key);
      toy_free (toy);
    }
}
END_TEST

START_TEST (names_members_by_kind)
{
  static const struct
  {
    int centre;
    double number, type;
    const char *label, *agency;
  } wanted[] = {
    { 98, 51, 1, "cf51", "ECMF" },   { 98, 52, 0, "fc52", "ECMF" },   { 98, 52, NAN, "fc52", "ECMF" },
    { 98, 51, NAN, "cf51", "ECMF" }, { 98, 50, NAN, "pf50", "ECMF" }, { 74, 52, NAN, "pf52", "EGRR" },
    { 7, 0, 1, "cf00", "KWBC" },     { 7, 3, 4, "pf03", "KWBC" },     { 7, 3, 2, "pf03", "KWBC" },
    { 250, NAN, 0, "fc01", "C250" },
  };
  for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
    {
      struct toy *toy = toy_new (wanted[i].centre, 1);
      give_head (toy, "27W", 2015, 11);
      give (toy, BUFR_MEMBER, wanted[i].number);
      give (toy, BUFR_TYPE, wanted[i].type);
      give_place (toy, 5, 15, 120);
      const struct decoded *out = toy_end (toy);
      ck_assert_str_eq (out->records[0].as.track.member, wanted[i].label);
      ck_assert_str_eq (out->records[0].as.track.agency, wanted[i].agency);
      toy_free (toy);
    }
}
END_TEST

/* Where no place of the analysis is named, the pressure says that the storm's centre is it, too. */
START_TEST (takes_a_centre_by_its_pressure)
{
  struct toy *toy = toy_new (74, 1);
  give_head (toy, "27W", 2015, 11);
  give_place (toy, 1, 15, 120);
  give (toy, BUFR_PRESSURE, 98700);
  const struct decoded *out = toy_end (toy);
  ck_assert_uint_eq (out->count, 1);
  ck_assert_int_eq (out->records[0].quality, SF_QUALITY_ORIGINAL_RELIABLE);
  ck_assert_double_eq (out->records[0].as.track.pressure_hpa, 987);
  toy_free (toy);
}
END_TEST

/* 1.8 degrees of latitude are 200.15 km: a gale somewhere in the box, not the core. */
START_TEST (leaves_far_winds_out_of_the_core)
{
  for (int i = 0; i < 2; i++)
    {
      struct toy *toy = toy_new (98, 1);
      give_head (toy, "27W", 2015, 11);
      give_place (toy, 4, 15, 120);
      give_place (toy, 3, i ? 16.8 : 16.7, 120);
      give (toy, BUFR_WIND, 15);
      const struct sf_fix *fix = &toy_end (toy)->records[0].as.track;
      ck_assert (i ? isnan (fix->rmw_km) : fabs (fix->rmw_km - 189.03164) < 1e-4);
      ck_assert_double_eq (fix->wind_mps, 15);
      toy_free (toy);
    }
}
END_TEST

/* What is wrong costs its fix, and the reason names message, subset and key. */
START_TEST (names_what_it_refuses)
{
  struct toy *toy = toy_new (98, 2);
  give_head (toy, "27W", 2015, 11);
  give_place (toy, 4, 15, 120);
  give (toy, BUFR_PERIOD, 6);
  give_place (toy, 1, 91, 119);
  give (toy, BUFR_PERIOD, 12);
  give_place (toy, 1, 16, 118);
  give (toy, BUFR_PRESSURE, 20000);
  give (toy, BUFR_PERIOD, 18);
  give_place (toy, 1, 16, NAN);
  give (toy, BUFR_PERIOD, NAN);
  give_place (toy, 1, 16, 117);
  give (toy, BUFR_PERIOD, 30);
  give_place (toy, 1, 17, 116);
  const struct decoded *out = toy_end (toy);
  ck_assert_uint_eq (out->count, 4);
  ck_assert_uint_eq (out->rejects_count, 8);
  static const char *const words[]
      = { "message 1, subset 1, key latitude: 91 at lead 6 h",
          "message 1, subset 1, key pressureReducedToMeanSeaLevel: 200 at lead 12 h",
          "message 1, subset 1, key longitude: missing at lead 18 h", "message 1, subset 1, key timePeriod: missing" };
  for (int i = 0; i < 4; i++)
    ck_assert_msg (strstr (out->rejects[2 * i].reason, words[i]), "%s", out->rejects[2 * i].reason);
  toy_free (toy);
}
END_TEST

START_TEST (refuses_a_member_without_identity_once)
{
  struct toy *toy = toy_new (98, 3);
  give_head (toy, "2\nW", 2015, 11);
  give_place (toy, 4, 15, 120);
  give (toy, BUFR_PERIOD, 6);
  give_place (toy, 1, 16, 119);
  const struct decoded *out = toy_end (toy);
  ck_assert_uint_eq (out->count, 0);
  ck_assert_uint_eq (out->rejects_count, 3);
  ck_assert_ptr_nonnull (strstr (out->rejects[2].reason, "message 1, subset 3, key stormIdentifier"));
  toy_free (toy);
}
END_TEST

START_TEST (counts_refusals_beyond_a_hundred)
{
  struct toy *toy = toy_new (98, 8);
  give_head (toy, "27W", 2015, 11);
  for (int lead_h = 0; lead_h < 240; lead_h += 6)
    {
      give (toy, BUFR_PERIOD, lead_h);
      give_place (toy, 1, 99, 119);
    }
  const struct decoded *out = toy_end (toy);
  ck_assert_uint_eq (out->rejects_count, 101);
  ck_assert_ptr_nonnull (strstr (out->rejects[100].reason, "220 more"));
  toy_free (toy);
}
END_TEST

/* --- what does not reach eccodes --- */

/* A message of edition 4 with a template and so many data, the bits 1010...; to be freed. */
static uint8_t *
make_message (const uint16_t *list, size_t count, int subsets, int flags, size_t data_bytes, size_t *ret_length)
{
  size_t description = 7 + 2 * count, said = data_bytes + 4, length = 8 + 22 + description + said + 4;
  uint8_t *bytes = calloc (1, length), *at = bytes;
  memcpy (at, "BUFR", 4);
  at[4] = (uint8_t) (length >> 16), at[5] = (uint8_t) (length >> 8), at[6] = (uint8_t) length, at[7] = 4;
  at += 8;
  at[2] = 22, at[10] = 7, at[13] = 35;
  at += 22;
  at[1] = (uint8_t) (description >> 8), at[2] = (uint8_t) description;
  at[4] = (uint8_t) (subsets >> 8), at[5] = (uint8_t) subsets, at[6] = (uint8_t) flags;
  for (size_t i = 0; i < count; i++)
    at[7 + 2 * i] = (uint8_t) (list[i] >> 8), at[8 + 2 * i] = (uint8_t) list[i];
  at += description;
  at[0] = (uint8_t) (said >> 16), at[1] = (uint8_t) (said >> 8), at[2] = (uint8_t) said;
  memset (at + 4, 0xaa, data_bytes);
  memset (bytes + length - 4, '7', 4);
  *ret_length = length;
  return bytes;
}

#define FXY(f, x, y) ((uint16_t) ((f) << 14 | (x) << 8 | (y)))

static void
check_refused (const uint16_t *list, size_t count, int subsets, int flags, size_t data_bytes, const char *words)
{
  size_t length;
  uint8_t *bytes = make_message (list, count, subsets, flags, data_bytes, &length);
  struct bufr_frame frame;
  ck_fails (bufr_frame_read (bytes, length, &frame, err), SF_EFORMAT, words);
  free (bytes);
}

START_TEST (refuses_foreign_templates)
{
  static const uint16_t synop[] = { FXY (3, 7, 80) }, operator[] = { FXY (2, 3, 10), FXY (0, 5, 2), FXY (2, 3, 255) },
                        bitmap[] = { FXY (2, 22, 0), FXY (2, 36, 0) }, beyond[] = { FXY (1, 5, 3), FXY (0, 5, 2) },
                        wide[] = { FXY (2, 1, 131), FXY (0, 8, 5), FXY (2, 1, 0) },
                        sixteen[] = { FXY (1, 1, 0), FXY (0, 31, 2), FXY (0, 5, 2) },
                        nested[] = { FXY (1, 3, 0), FXY (0, 31, 1), FXY (1, 1, 0), FXY (0, 31, 1), FXY (0, 5, 2) },
                        often[] = { FXY (1, 1, 255), FXY (0, 5, 2) }, twice[] = { FXY (3, 16, 82), FXY (3, 16, 82) },
                        no_factor[] = { FXY (1, 1, 0) };
#define REFUSED(list, words) check_refused ((list), sizeof (list) / sizeof (list)[0], 1, 0, 64, (words))
  REFUSED (synop, "3 07 080 is none of a track");
  REFUSED (operator, "2 03 010 is none of a track");
  REFUSED (bitmap, "2 22 000 is none of a track");
  REFUSED (wide, "2 01 131 is none of a track");
  REFUSED (twice, "3 16 082 is none of a track");
  REFUSED (beyond, "beyond the list");
  REFUSED (often, "too often");
  REFUSED (sixteen, "no eight-bit count");
  REFUSED (no_factor, "no eight-bit count");
  REFUSED (nested, "stands in another one");
}
END_TEST

START_TEST (refuses_hostile_counts)
{
  static const uint16_t place[] = { FXY (0, 5, 2) };
  check_refused (place, 1, 65535, 0, 64, "65535 subsets");
  check_refused (place, 1, 0, 0, 64, "0 subsets");
  check_refused (place, 1, 500, 0, 64, "the data end after 64 bytes");
  /* Compressed: 1010 is the code, 101010 the bits of its increments. */
  static const uint16_t code[] = { FXY (0, 8, 5) };
  check_refused (code, 1, 2, 0x40, 64, "increments of 42 bits to a value of 4");
  uint16_t many[200];
  for (size_t i = 0; i < 200; i++)
    many[i] = FXY (0, 8, 5);
  check_refused (many, 200, 1, 0, 200, "200 descriptors");
  /* 36 x 36 x 255 steps of four bits in 165 KB. */
  static const uint16_t deep[]
      = { FXY (1, 5, 0), FXY (0, 31, 1), FXY (1, 3, 36), FXY (1, 2, 36), FXY (0, 8, 5), FXY (0, 8, 5), FXY (0, 8, 5) };
  check_refused (deep, 7, 1, 0, 1000000, "unfold to more than");
}
END_TEST

/* A file cut off after any byte gives fixes that the whole gives, and no more. */
START_TEST (takes_what_comes_before_a_cut)
{
  struct sf_arena arena = { 0 };
  size_t length = 0, other_length = 0;
  uint8_t *first = load (&arena, "simulated_ensemble.bufr", &length),
          *second = load (&arena, "simulated_genesis.bufr", &other_length);
  uint8_t *both = malloc (length + other_length);
  memcpy (both, first, length);
  memcpy (both + length, second, other_length);
  struct decoded *out = decode_help_run (BUFR, "both", both, length + other_length - 20, NULL);
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 12);
  ck_assert_uint_eq (out->rejects_count, 1);
  ck_assert_msg (strstr (out->rejects[0].reason, "both:2: message 2: the message says it has"), "%s",
                 out->rejects[0].reason);
  decode_help_free (out);
  free (both);
  sf_arena_finish (&arena);
}
END_TEST

/* A tables version that the library does not have is said, not guessed. */
START_TEST (names_tables_that_are_not_there)
{
  struct sf_arena arena = { 0 };
  size_t length = 0;
  uint8_t *bytes = load (&arena, "simulated_ensemble.bufr", &length);
  bytes[21] = 250;
  struct decoded *out = decode_help_run (BUFR, "newer", bytes, length, NULL);
  ck_assert_int_eq (out->code, SF_EFORMAT);
  ck_assert_msg (strstr (out->rejects[0].reason, "tables version 250"), "%s", out->rejects[0].reason);
  decode_help_free (out);
  sf_arena_finish (&arena);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { reads_an_ensemble,
                                 keeps_a_member_without_a_track,
                                 takes_the_place_of_the_strongest_wind,
                                 reads_radii_by_their_bearings,
                                 reads_a_feature_of_the_forecast,
                                 reads_texts_that_differ,
                                 names_storms_as_atcf_does,
                                 names_members_by_kind,
                                 takes_a_centre_by_its_pressure,
                                 leaves_far_winds_out_of_the_core,
                                 names_what_it_refuses,
                                 refuses_a_member_without_identity_once,
                                 counts_refusals_beyond_a_hundred,
                                 refuses_foreign_templates,
                                 refuses_hostile_counts,
                                 takes_what_comes_before_a_cut,
                                 names_tables_that_are_not_there,
                                 NULL };
  return run_tests ("bufr_tracks", tests);
}
