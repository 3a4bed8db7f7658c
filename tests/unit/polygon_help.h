/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_POLYGON_HELP_H
#define SF_TESTS_UNIT_POLYGON_HELP_H

#include "core/data/geometry.h"

#define GEOS_USE_ONLY_R_API
#include <geos_c.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* The seed of this run: SF_TEST_SEED, or the clock; printed so that a failure can be repeated. */
static inline unsigned
polygon_seed (void)
{
  const char *given = getenv ("SF_TEST_SEED");
  unsigned seed = given ? (unsigned) strtoul (given, NULL, 10) : (unsigned) time (NULL) ^ (unsigned) getpid () << 16;
  printf ("SF_TEST_SEED=%u\n", seed);
  fflush (stdout);
  return seed;
}

static inline double
uniform (unsigned *state, double low, double high)
{
  return low + (high - low) * (rand_r (state) / ((double) RAND_MAX + 1));
}

/* Add a closed ring of count points (without the repeated last one). */
static inline void
ring (struct sf_geometry *geometry, bool outer, const double *xy, size_t count)
{
  sf_geometry_begin_part (geometry, outer);
  for (size_t i = 0; i <= count; i++)
    sf_geometry_add_point (geometry, xy[2 * (i % count)], xy[2 * (i % count) + 1]);
}

/* A star-shaped ring around a centre, radii between low and high; clockwise or not by chance. */
static inline void
star (struct sf_geometry *geometry, bool outer, unsigned *state, double x, double y, double low, double high,
      int corners)
{
  double xy[2 * 64];
  double turn = rand_r (state) % 2 ? 1 : -1;
  for (int i = 0; i < corners; i++)
    {
      double angle = turn * 2 * M_PI * (i + uniform (state, 0, 0.9)) / corners, radius = uniform (state, low, high);
      xy[2 * i] = x + radius * cos (angle);
      xy[2 * i + 1] = y + radius * sin (angle);
    }
  ring (geometry, outer, xy, (size_t) corners);
}

/* Two islands, the first with a hole. Valid and disjoint by construction. */
static inline struct sf_geometry *
random_islands (unsigned *state, double scale)
{
  struct sf_geometry *geometry = sf_geometry_new (SF_GEOMETRY_POLYGON);
  double x = uniform (state, -0.2, 0.6) * scale, y = uniform (state, -0.2, 0.6) * scale;
  star (geometry, true, state, x, y, 0.25 * scale, 0.5 * scale, 7 + rand_r (state) % 40);
  star (geometry, false, state, x, y, 0.02 * scale, 0.08 * scale, 5 + rand_r (state) % 9);
  star (geometry, true, state, x + 0.8 * scale, y, 0.05 * scale, 0.25 * scale, 5 + rand_r (state) % 9);
  return geometry;
}

/* The same polygon for GEOS, built from its text form: another way than the code under test. */
static inline GEOSGeometry *
geos_of (GEOSContextHandle_t geos, const struct sf_geometry *geometry)
{
  size_t capacity = geometry->points * 64 + geometry->parts * 8 + 64, n = 0;
  char *text = malloc (capacity);
  n += (size_t) snprintf (text + n, capacity - n, "MULTIPOLYGON(");
  for (size_t part = 0; part < geometry->parts; part++)
    {
      const char *before = part == 0 ? "((" : geometry->part_outer[part] ? "),((" : ",(";
      n += (size_t) snprintf (text + n, capacity - n, "%s", before);
      for (size_t i = geometry->part_start[part]; i < geometry->part_start[part + 1]; i++)
        n += (size_t) snprintf (text + n, capacity - n, "%s%.17g %.17g", i > geometry->part_start[part] ? "," : "",
                                geometry->xy[2 * i], geometry->xy[2 * i + 1]);
      n += (size_t) snprintf (text + n, capacity - n, ")");
    }
  snprintf (text + n, capacity - n, "))");
  GEOSWKTReader *reader = GEOSWKTReader_create_r (geos);
  GEOSGeometry *made = GEOSWKTReader_read_r (geos, reader, text);
  GEOSWKTReader_destroy_r (geos, reader);
  free (text);
  return made;
}

#endif
