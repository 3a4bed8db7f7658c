/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_RANDOM_RECORD_H
#define TESTS_UNIT_RANDOM_RECORD_H

/* Random records of every kind for the tests of records: valid ones, with missing members, Chinese texts and extremes.
 */
#include "core/base/time.h"
#include "core/data/record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The seed of this run: SF_TEST_SEED, or the clock; printed so that a failure can be repeated. */
static inline unsigned
random_seed (void)
{
  const char *given = getenv ("SF_TEST_SEED");
  unsigned seed = given ? (unsigned) strtoul (given, NULL, 10) : (unsigned) time (NULL) ^ (unsigned) getpid () << 16;
  printf ("SF_TEST_SEED=%u\n", seed);
  fflush (stdout);
  return seed;
}

static inline unsigned
random_below (unsigned *state, unsigned limit)
{
  return (unsigned) (((uint64_t) (unsigned) rand_r (state) * limit) / ((uint64_t) RAND_MAX + 1));
}

static inline double
random_between (unsigned *state, double low, double high)
{
  return low + (high - low) * ((double) rand_r (state) / RAND_MAX);
}

static inline const char *
random_text (unsigned *state)
{
  static const char *const texts[]
      = { NULL, "", "1409", "威马逊", "Rammasun", "a=b\nc=d", "\xf0\x9f\x8c\x80", "\"quoted\\", "\x01\x7f" };
  return texts[random_below (state, sizeof texts / sizeof *texts)];
}

static inline double
random_number (unsigned *state)
{
  static const double numbers[] = { 0.0, -0.0, 1.0, 19.9, 1e300, -1e-300, 5e-324 };
  unsigned pick = random_below (state, 12);
  if (pick < 7)
    return numbers[pick];
  return pick < 9 ? NAN : random_between (state, -1000, 1000);
}

static inline int64_t
random_time (unsigned *state)
{
  static const int64_t times[] = { SF_TIME_MISSING, 0, -1, 1405663200, INT64_C (-62135596800), INT64_C (253402300799) };
  return times[random_below (state, sizeof times / sizeof *times)];
}

/* Lines, points or rings (a ring with a hole), in the arena's memory. */
static inline const struct sf_geometry *
random_geometry (struct sf_arena *arena, unsigned *state)
{
  unsigned parts = random_below (state, 4);
  struct sf_geometry *geometry = sf_arena_calloc (arena, 1, sizeof *geometry);
  geometry->kind = (enum sf_geometry_kind) (1 + random_below (state, 3));
  geometry->parts = parts;
  geometry->part_start = sf_arena_calloc (arena, parts + 1, sizeof (size_t));
  geometry->xy = sf_arena_calloc (arena, 8 * parts, 2 * sizeof (double));
  bool polygon = geometry->kind == SF_GEOMETRY_POLYGON;
  geometry->part_outer = polygon ? sf_arena_calloc (arena, parts, sizeof (bool)) : NULL;
  for (unsigned part = 0; part < parts; part++)
    {
      size_t start = geometry->points, points = 4 + random_below (state, 5);
      for (size_t i = start; i < start + points; i++)
        {
          geometry->xy[2 * i] = random_between (state, -180, 180);
          geometry->xy[2 * i + 1] = random_between (state, -90, 90);
        }
      memcpy (&geometry->xy[2 * (start + points - 1)], &geometry->xy[2 * start], 2 * sizeof (double));
      geometry->points += points;
      geometry->part_start[part + 1] = geometry->points;
      if (polygon)
        geometry->part_outer[part] = part == 0 || random_below (state, 2);
    }
  return geometry;
}

static inline void
random_grid (struct sf_arena *arena, unsigned *state, struct sf_field *field)
{
  field->grid.nx = (int) random_below (state, 40);
  field->grid.ny = (int) random_below (state, 40);
  for (int i = 0; i < 6; i++)
    field->grid.affine[i] = random_between (state, -200, 200);
  snprintf (field->grid.crs, sizeof field->grid.crs, "%s", random_below (state, 2) ? "EPSG:4490" : "");
  size_t cells = (size_t) field->grid.nx * (size_t) field->grid.ny;
  float *values = cells ? sf_arena_calloc (arena, cells, sizeof *values) : NULL;
  for (size_t i = 0; i < cells; i++)
    values[i] = random_below (state, 5) ? (float) random_between (state, -90, 90) : NAN;
  field->values = values;
}

static inline void
random_member (struct sf_arena *arena, unsigned *state, struct sf_record *record, const struct sf_member *member)
{
  void *at = (char *) record + member->offset;
  for (int i = 0; i < member->count; i++)
    switch (member->type)
      {
      case SF_MEMBER_TEXT:
        *(const char **) at = random_text (state);
        break;
      case SF_MEMBER_DOUBLE:
      case SF_MEMBER_DOUBLES:
        ((double *) at)[i] = strcmp (member->name, "lon") == 0   ? random_between (state, -180, 180)
                             : strcmp (member->name, "lat") == 0 ? random_between (state, -90, 90)
                                                                 : random_number (state);
        break;
      case SF_MEMBER_INT:
        *(int64_t *) at = (int64_t) random_below (state, 240) * 3600;
        break;
      case SF_MEMBER_TIME:
        *(int64_t *) at = random_time (state);
        break;
      case SF_MEMBER_GEOMETRY:
        *(const struct sf_geometry **) at = random_below (state, 4) ? random_geometry (arena, state) : NULL;
        break;
      case SF_MEMBER_GRID:
        random_grid (arena, state, &record->as.field);
        break;
      }
}

static inline void
random_record (struct sf_arena *arena, unsigned *state, enum sf_record_kind kind, struct sf_record *record)
{
  sf_record_init (record, kind);
  record->feed = random_text (state);
  record->doubt = random_text (state);
  record->source = random_text (state);
  record->source_line = (int64_t) random_below (state, 100000);
  record->revision = random_below (state, 2) ? UINT32_MAX : random_below (state, 9);
  record->quality = (uint8_t) random_below (state, 10);
  record->valid_s = random_time (state);
  record->received_s = random_time (state);
  for (const struct sf_member *member = sf_record_members (kind); member->name; member++)
    random_member (arena, state, record, member);
}

static inline bool
same_text (const char *a, const char *b)
{
  return a && b ? strcmp (a, b) == 0 : a == b;
}

static inline bool
same_number (double a, double b)
{
  return isnan (a) ? isnan (b) : memcmp (&a, &b, sizeof a) == 0;
}

static inline bool
same_geometry (const struct sf_geometry *a, const struct sf_geometry *b)
{
  if (!a || !b)
    return a == b;
  return a->kind == b->kind && a->parts == b->parts && a->points == b->points
         && memcmp (a->part_start, b->part_start, (a->parts + 1) * sizeof *a->part_start) == 0
         && (a->part_outer == NULL) == (b->part_outer == NULL)
         && (!a->part_outer || memcmp (a->part_outer, b->part_outer, a->parts * sizeof *a->part_outer) == 0)
         && memcmp (a->xy, b->xy, 2 * a->points * sizeof *a->xy) == 0;
}

static inline bool
same_field (const struct sf_field *a, const struct sf_field *b)
{
  if (a->grid.nx != b->grid.nx || a->grid.ny != b->grid.ny || strcmp (a->grid.crs, b->grid.crs) != 0
      || memcmp (a->grid.affine, b->grid.affine, sizeof a->grid.affine) != 0)
    return false;
  for (size_t i = 0; i < (size_t) a->grid.nx * (size_t) a->grid.ny; i++)
    if (!same_number (a->values[i], b->values[i]))
      return false;
  return (a->values == NULL) == (b->values == NULL);
}

/* The name of the first member in which two records differ, NULL when they say the same. */
static inline const char *
record_difference (const struct sf_record *a, const struct sf_record *b)
{
  if (a->kind != b->kind || a->valid_s != b->valid_s || a->received_s != b->received_s || a->revision != b->revision
      || a->quality != b->quality || a->source_line != b->source_line)
    return "common numbers";
  if (!same_text (a->feed, b->feed) || !same_text (a->doubt, b->doubt) || !same_text (a->source, b->source))
    return "common texts";
  for (const struct sf_member *member = sf_record_members (a->kind); member->name; member++)
    {
      const void *p = (const char *) a + member->offset, *q = (const char *) b + member->offset;
      bool same = true;
      for (int i = 0; i < member->count; i++)
        switch (member->type)
          {
          case SF_MEMBER_TEXT:
            same = same && same_text (*(const char *const *) p, *(const char *const *) q);
            break;
          case SF_MEMBER_DOUBLE:
          case SF_MEMBER_DOUBLES:
            same = same && same_number (((const double *) p)[i], ((const double *) q)[i]);
            break;
          case SF_MEMBER_INT:
          case SF_MEMBER_TIME:
            same = same && *(const int64_t *) p == *(const int64_t *) q;
            break;
          case SF_MEMBER_GEOMETRY:
            same = same
                   && same_geometry (*(const struct sf_geometry *const *) p, *(const struct sf_geometry *const *) q);
            break;
          case SF_MEMBER_GRID:
            same = same && same_field (&a->as.field, &b->as.field);
            break;
          }
      if (!same)
        return member->name;
    }
  return NULL;
}

#endif
