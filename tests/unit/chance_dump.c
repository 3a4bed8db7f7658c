/* SPDX-License-Identifier: Apache-2.0 */
/* Reads an ensemble from standard input and writes counts and arrivals as numbers, for chance_numpy.py. Input:
     lon0 lat0 dlon dlat nx ny; members hours; places
     hours x members lines: lon lat, and for five forces NE SE SW NW inner (nan: no centre, no inner radius)
     a line for each place: lon lat
   Output, a line each: the counts of forces 8, 10, 12 in the windows 0-24, 24-48, 48-72 h and the whole time; of
   strikes within 50, 120, 300 km; then for each place and force: probability, that of three windows, earliest,
   likely, latest, end, one in ten. */
#include <stdio.h>

#include "models/typhoon/ensemble/arrivals.h"
#include "tests/unit/chance_help.h"

enum
{
  MAX_PLACES = 100
};

static int
read_member (struct chance_world *world, size_t member)
{
  for (int h = 0; h < world->hours; h++)
    {
      size_t at = member * (size_t) world->hours + (size_t) h;
      if (scanf ("%lf %lf", &world->lon_deg[at], &world->lat_deg[at]) != 2)
        return 0;
      for (size_t f = 0; f < CHANCE_FORCES; f++)
        {
          struct sf_force_radii *radii = &world->radii[at * CHANCE_FORCES + f];
          double *o = radii->outer_km;
          if (scanf ("%lf %lf %lf %lf %lf", &o[0], &o[1], &o[2], &o[3], &radii->inner_km) != 5)
            return 0;
        }
    }
  return 1;
}

static void
print_counts (const struct sf_host *host, const struct sf_chances *chances)
{
  struct sf_chance_counts counts;
  uint16_t *memory = chance_counts_alloc (chances, &counts);
  size_t cells = (size_t) chances->grid.nx * (size_t) chances->grid.ny, sets = 3 * 4 + 3;
  if (sf_chances_count (host, chances, &counts, NULL) != SF_OK)
    exit (EXIT_FAILURE);
  for (size_t i = 0; i < sets * cells; i++)
    printf ("%u%c", memory[i], (i + 1) % cells == 0 ? '\n' : ' ');
  free (memory);
}

static void
print_arrivals (const struct sf_host *host, const struct sf_chances *chances, const struct sf_arrival_places *places)
{
  struct sf_arrival_chance found[MAX_PLACES * CHANCE_FORCES];
  if (sf_arrivals_find (host, chances, places, found, NULL, NULL) != SF_OK)
    exit (EXIT_FAILURE);
  for (size_t i = 0; i < places->places * CHANCE_FORCES; i++)
    printf ("%.17g %.17g %.17g %.17g %.17g %.17g %.17g %.17g %.17g\n", found[i].probability,
            found[i].window_probability[0], found[i].window_probability[1], found[i].window_probability[2],
            found[i].earliest_h, found[i].likely_h, found[i].latest_h, found[i].end_likely_h, found[i].one_in_ten_h);
}

int
main (void)
{
  struct sf_wind_grid grid;
  struct chance_world world;
  struct chance_host host;
  double lon[MAX_PLACES], lat[MAX_PLACES];
  size_t members, place_of[MAX_PLACES], n;
  int hours;
  if (scanf ("%lf %lf %lf %lf %d %d %zu %d %zu", &grid.lon0_deg, &grid.lat0_deg, &grid.dlon_deg, &grid.dlat_deg,
             &grid.nx, &grid.ny, &members, &hours, &n)
          != 9
      || n > MAX_PLACES)
    return EXIT_FAILURE;
  chance_world_alloc (&world, members, hours);
  for (size_t m = 0; m < members; m++)
    if (!read_member (&world, m))
      return EXIT_FAILURE;
  for (size_t p = 0; p < n; p++)
    {
      place_of[p] = p;
      if (scanf ("%lf %lf", &lon[p], &lat[p]) != 2)
        return EXIT_FAILURE;
    }
  chance_host_open (&host, 2);
  struct sf_chances chances = chance_usual (&world, grid);
  struct sf_arrival_places places = { n, lon, lat, place_of, n };
  print_counts (&host.host, &chances);
  print_arrivals (&host.host, &chances, &places);
  chance_host_close (&host);
  chance_world_free (&world);
  return EXIT_SUCCESS;
}
