/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_STORM_DICE_H
#define SF_TESTS_UNIT_STORM_DICE_H

#include "tests/unit/storm_chain.h"

/* Hostile fixes that keep a record's rules, made of bytes: those of a fuzzer, or random ones. Bytes that are used up
   count as 0, so that a short input makes a short world. */
struct dice
{
  const uint8_t *bytes;
  size_t left;
};

enum
{
  DICE_FIXES = 240
};

static inline unsigned
dice_byte (struct dice *dice)
{
  if (dice->left == 0)
    return 0;
  dice->left--;
  return *dice->bytes++;
}

/* One of count values. */
#define DICE_PICK(dice, values) ((values)[dice_byte (dice) % (sizeof (values) / sizeof *(values))])

static inline double
dice_between (struct dice *dice, double low, double high)
{
  unsigned word = dice_byte (dice) << 8;
  return low + (high - low) * (word | dice_byte (dice)) / 65535;
}

/* Mostly what a storm has, at times what no storm has. */
static inline double
dice_number (struct dice *dice, double low, double high)
{
  static const double odd[] = { 0, 1e-9, 1, 99, 1e3, 9999, 99999, 1e6 };
  unsigned kind = dice_byte (dice);
  return kind < 40 ? (double) NAN : kind < 60 ? DICE_PICK (dice, odd) : dice_between (dice, low, high);
}

static inline void
dice_place (struct dice *dice, double *lon_deg, double *lat_deg)
{
  static const double lons[] = { 180, -180, 179.99, 0, 110, 109.8, -179.9 },
                      lats[] = { 90, -90, 89.99, 0, 19, 20.1, -45 };
  unsigned kind = dice_byte (dice);
  if (kind < 12)
    {
      *lon_deg = DICE_PICK (dice, lons);
      *lat_deg = DICE_PICK (dice, lats);
    }
  else if (kind < 32)
    {
      *lon_deg = dice_between (dice, -180, 180);
      *lat_deg = dice_between (dice, -90, 90);
    }
  else
    {
      *lon_deg = remainder (*lon_deg + dice_between (dice, -1.5, 1), 360);
      *lat_deg = fmax (-90, fmin (90, *lat_deg + dice_between (dice, -0.7, 1)));
    }
}

static inline void
dice_fix (struct dice *dice, struct sf_fix *fix)
{
  static const double minutes[] = { 2, 10, 1, 3, 0, 7, NAN, 1e4 };
  static const char *const grades[] = { NULL, "TD", "TS", "STS", "TY", "STY", "SuperTY", "EX", "?" };
  fix->wind_mps = dice_number (dice, 10, 70);
  fix->averaging_min = DICE_PICK (dice, minutes);
  fix->pressure_hpa = dice_number (dice, 890, 1005);
  fix->environment_pressure_hpa = dice_number (dice, 1000, 1015);
  fix->rmw_km = dice_number (dice, 10, 100);
  fix->grade = DICE_PICK (dice, grades);
  fix->motion_to_deg = dice_number (dice, 0, 360);
  fix->motion_mps = dice_number (dice, 0, 20);
  for (int i = 0; i < SF_RADII_FORCES * SF_QUADRANTS && dice_byte (dice) > 60; i++)
    fix->radii_km[i] = dice_number (dice, 20, 500);
}

/* Storms of many agencies, members among them, each a walk in hostile steps. */
static inline size_t
dice_fixes (struct dice *dice, int64_t now_s, struct sf_record fixes[DICE_FIXES])
{
  static const char *const feeds[] = { "a", "b", "c" };
  static const char *const storms[] = { "1409", "2014-0010", "WP092014", "", "1409", "台风" };
  static const char *const numbers[] = { NULL, "1409", "1410", "9999", "x" };
  static const char *const names[] = { NULL, "Rammasun", "RAMMASUN", "Matmo", "", "威马逊", "nameless" };
  static const char *const agencies[] = { "BABJ", "RJTD", "PGTW", "VHHH", NULL, "", "ECMF", "ZZZZ" };
  static const char *const members[] = { NULL, NULL, NULL, "m01", "m02", "m03", "", "control" };
  static const int64_t steps_s[] = {
    21600, 21600, 10800, 3600, 43200, 86400, 1, 0, 59, 1800, 10 * 86400, 400 * 86400, (int64_t) 20 * 366 * 86400
  };
  static const int64_t bases_s[]
      = { 0, 0, -21600, -43200, -86400, -1, 3600, 86400, -30 * 86400, -(int64_t) 40 * 366 * 86400 };
  /* A storm of years is refused, and its world ends there: mostly storms are shorter. */
  int64_t longest_s = dice_byte (dice) < 16 ? (int64_t) 90 * 366 * 86400 : 20 * 86400;
  size_t count = 0;
  while (dice->left > 0 && count < DICE_FIXES)
    {
      struct sf_fix proto = { 0 };
      unsigned length = dice_byte (dice) % 24;
      const char *feed = DICE_PICK (dice, feeds);
      int64_t base_s = now_s + DICE_PICK (dice, bases_s), at_s = 0, step_s = DICE_PICK (dice, steps_s);
      bool analysed = dice_byte (dice) % 4 == 0;
      proto.storm = DICE_PICK (dice, storms);
      proto.number = DICE_PICK (dice, numbers);
      proto.name = DICE_PICK (dice, names);
      proto.agency = DICE_PICK (dice, agencies);
      proto.member = DICE_PICK (dice, members);
      double lon_deg = 113, lat_deg = 17.5;
      for (unsigned i = 0; i <= length && count < DICE_FIXES; i++)
        {
          struct sf_record *record = &fixes[count++];
          struct sf_fix *fix = &record->as.track;
          sf_record_init (record, SF_RECORD_TRACK);
          dice_place (dice, &lon_deg, &lat_deg);
          dice_fix (dice, fix);
          record->feed = feed;
          record->valid_s = analysed ? base_s - at_s : base_s + at_s;
          record->received_s = now_s;
          fix->storm = proto.storm;
          fix->number = proto.number;
          fix->name = proto.name;
          fix->agency = proto.agency;
          fix->member = proto.member;
          fix->base_s = analysed ? record->valid_s : base_s;
          fix->lead_s = analysed ? 0 : at_s;
          fix->lon_deg = lon_deg;
          fix->lat_deg = lat_deg;
          at_s += dice_byte (dice) < 24 ? DICE_PICK (dice, steps_s) : step_s;
          if (at_s > longest_s)
            at_s = 0;
        }
    }
  return count;
}

/* One world, past storms and today's, through all stages. */
static inline void
dice_world (struct dice *dice, const char *share)
{
  static const int64_t now_s = 1405684800; /* 2014-07-18T12:00Z */
  static const char *const refusals[] = { "is a date wrong?",
                                          "narrow the query",
                                          "longitude and latitude swapped",
                                          "must be in m",
                                          "must be in hPa",
                                          "neither central pressure nor maximum wind",
                                          "only 1, 2 and 10 have a factor",
                                          NULL };
  struct sf_record *fixes = calloc (DICE_FIXES, sizeof *fixes);
  struct chain *chain = calloc (1, sizeof *chain);
  struct dice past = { dice->bytes, dice->left / 3 };
  struct sf_error err = { 0 };
  if (!fixes || !chain)
    abort ();
  chain_open (chain, share);
  chain->refusals = refusals;
  chain_add_ground (chain);
  size_t count = dice_fixes (&past, now_s - (int64_t) 3 * 366 * 86400, fixes);
  chain_add_tracks (chain, "past_tracks", fixes, count);
  dice->left -= dice->left / 3;
  dice->bytes = past.bytes + past.left;
  count = dice_fixes (dice, now_s, fixes);
  chain_add_tracks (chain, "tracks", fixes, count);
  chain_set_time (chain, now_s);
  enum sf_code code = chain_run (chain, &err);
  chain_claim (chain, code == SF_OK, "failed", err.message);
  chain_close (chain);
  free (chain);
  free (fixes);
}

#endif
