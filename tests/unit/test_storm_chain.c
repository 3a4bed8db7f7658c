/* SPDX-License-Identifier: Apache-2.0 */
/* All stages of all models behind each other on storms that no agency would issue. STORM_WORLDS=2000 STORM_SEED=7 make a
   long run of random ones. */
#include "tests/unit/base.h"
#include "tests/unit/storm_dice.h"

#define SHARE TEST_SRCDIR "/share"
#define HOUR 3600
#define NOW_S ((int64_t) 1405684800) /* 2014-07-18T12:00Z */

enum
{
  WORLDS = 12,
  WORLD_BYTES = 4096
};

static long
number_of (const char *variable, long fallback)
{
  const char *text = getenv (variable);
  return text ? strtol (text, NULL, 10) : fallback;
}

static uint64_t
next_random (uint64_t *state)
{
  uint64_t z = (*state += UINT64_C (0x9E3779B97F4A7C15)); /* SplitMix64, Steele et al. 2014 */
  z = (z ^ (z >> 30)) * UINT64_C (0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C (0x94D049BB133111EB);
  return z ^ (z >> 31);
}

START_TEST (random_worlds)
{
  long worlds = number_of ("STORM_WORLDS", WORLDS), seed = number_of ("STORM_SEED", 1);
  for (long w = 0; w < worlds; w++)
    {
      uint8_t bytes[WORLD_BYTES];
      uint64_t state = (uint64_t) (seed + w);
      printf ("STORM_SEED=%ld\n", seed + w);
      fflush (stdout);
      size_t size = 64 + next_random (&state) % (WORLD_BYTES - 64);
      for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t) (next_random (&state) >> 32);
      struct dice dice = { bytes, size };
      dice_world (&dice, SHARE);
    }
}
END_TEST

/* A fix of a storm that comes from the east-south-east to the island. */
static void
make_fix (struct sf_record *record, const char *agency, int64_t base_s, int64_t lead_s, double lon_deg, double lat_deg)
{
  sf_record_init (record, SF_RECORD_TRACK);
  record->feed = "test";
  record->valid_s = base_s + lead_s;
  struct sf_fix *fix = &record->as.track;
  fix->storm = fix->number = "1409";
  fix->name = "Rammasun";
  fix->agency = agency;
  fix->base_s = base_s;
  fix->lead_s = lead_s;
  fix->lon_deg = lon_deg;
  fix->lat_deg = lat_deg;
  fix->wind_mps = 48;
  fix->averaging_min = 2;
  fix->pressure_hpa = 945;
}

static size_t
plain_storm (struct sf_record *fixes, int64_t now_s)
{
  static const char *const agencies[] = { "BABJ", "RJTD", "PGTW" };
  size_t count = 0;
  for (int a = 0; a < 3; a++)
    for (int lead_h = -24; lead_h <= 48; lead_h += 12)
      make_fix (&fixes[count++], agencies[a], now_s + (lead_h < 0 ? lead_h : 0) * HOUR,
                (lead_h > 0 ? lead_h : 0) * HOUR, 112.5 - lead_h / 10.0, 18.2 + lead_h / 24.0 + a / 10.0);
  for (int i = 0; i < 12; i++)
    fixes[2].as.track.radii_km[i] = i < 4 ? 300 : i < 8 ? 200 : 100;
  return count;
}

static void
run_plain (bool starve, size_t most)
{
  struct sf_record fixes[32];
  struct chain *chain = sf_mem_calloc (1, sizeof *chain);
  chain_open (chain, SHARE);
  chain->starve = starve;
  chain_add_ground (chain);
  size_t past = plain_storm (fixes, NOW_S - (int64_t) 3 * 366 * 24 * HOUR);
  chain_add_tracks (chain, "past_tracks", fixes, past < most ? past : most);
  size_t count = plain_storm (fixes, NOW_S);
  chain_add_tracks (chain, "tracks", fixes, count < most ? count : most);
  chain_set_time (chain, NOW_S);
  ck_done (chain_run (chain, err));
  const struct sf_dataset *changes = chain_take (&chain->io, "forecast_changes");
  ck_assert_ptr_nonnull (changes);
  ck_assert (most < SIZE_MAX || chain_take (&chain->io, "members")->as.tracks->count == 12);
  chain_close (chain);
  sf_mem_free (chain);
}

START_TEST (nothing) { run_plain (false, 0); }
END_TEST

START_TEST (one_fix) { run_plain (false, 1); }
END_TEST

START_TEST (plain) { run_plain (false, SIZE_MAX); }
END_TEST

START_TEST (out_of_memory) { run_plain (true, SIZE_MAX); }
END_TEST

int
main (void)
{
  const TTest *const tests[] = { nothing, one_fix, plain, random_worlds, out_of_memory, NULL };
  setenv ("CK_DEFAULT_TIMEOUT", "300", 0); /* sanitized builds on a busy machine */
  return run_tests ("storm_chain", tests);
}
