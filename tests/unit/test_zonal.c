/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: GEOS's intersection of each cell with random polygons (holes, several parts, beyond all edges of the
   grid); triangles and squares by hand. */
#include "core/base/mem.h"
#include "geodata/zonal.h"
#include "tests/unit/base.h"
#include "tests/unit/polygon_help.h"

static unsigned seed;
static const struct sf_gridspec UNIT = { 10, 10, { 0, 1, 0, 10, 0, -1 }, "EPSG:4490" };

static double
fraction_at (const struct sf_zonal_cell *cells, size_t count, int column, int row)
{
  for (size_t i = 0; i < count; i++)
    if (cells[i].column == column && cells[i].row == row)
      return cells[i].fraction;
  return 0;
}

static void
check_ring (const double *xy, size_t corners, const double (*expected)[3], size_t expected_count)
{
  struct sf_geometry *geometry = sf_geometry_new (SF_GEOMETRY_POLYGON);
  struct sf_zonal_cell *cells = NULL;
  size_t count = 0;
  ring (geometry, true, xy, corners);
  ck_done (sf_zonal_cells (geometry, &UNIT, &cells, &count, err));
  ck_assert_uint_eq (count, expected_count);
  for (size_t i = 0; i < expected_count; i++)
    {
      ck_assert_int_eq (cells[i].column, (int) expected[i][0]);
      ck_assert_int_eq (cells[i].row, (int) expected[i][1]);
      ck_assert_double_eq_tol (cells[i].fraction, expected[i][2], 1e-15);
    }
  sf_mem_free (cells);
  sf_geometry_free (geometry);
}

START_TEST (by_hand)
{
  /* One whole cell on the grid lines, both directions: exactly 1, and no neighbour. */
  check_ring ((double[]){ 3, 4, 4, 4, 4, 5, 3, 5 }, 4, (double[][3]){ { 3, 5, 1 } }, 1);
  check_ring ((double[]){ 3, 4, 3, 5, 4, 5, 4, 4 }, 4, (double[][3]){ { 3, 5, 1 } }, 1);
  /* Inside one cell. */
  check_ring ((double[]){ 0.25, 9.25, 0.75, 9.25, 0.75, 9.75, 0.25, 9.75 }, 4, (double[][3]){ { 0, 0, 0.25 } }, 1);
  /* A triangle over two by two cells: half, and the corner cell whole. */
  check_ring ((double[]){ 0, 8, 2, 8, 0, 10 }, 3, (double[][3]){ { 0, 0, 0.5 }, { 0, 1, 1 }, { 1, 1, 0.5 } }, 3);
  /* A corner of the grid: what lies outside is cut off. */
  check_ring ((double[]){ -1, 9.5, 0.5, 9.5, 0.5, 11, -1, 11 }, 4, (double[][3]){ { 0, 0, 0.25 } }, 1);
  check_ring ((double[]){ 9.5, -1, 11, -1, 11, 0.5, 9.5, 0.5 }, 4, (double[][3]){ { 9, 9, 0.25 } }, 1);
  /* Wholly outside on each side, and beside with a shared edge. */
  check_ring ((double[]){ -3, 2, -1, 2, -1, 4, -3, 4 }, 4, NULL, 0);
  check_ring ((double[]){ 10, 2, 12, 2, 12, 4, 10, 4 }, 4, NULL, 0);
  check_ring ((double[]){ 2, 10, 4, 10, 4, 12, 2, 12 }, 4, NULL, 0);
  check_ring ((double[]){ 2, -4, 4, -4, 4, -2, 2, -2 }, 4, NULL, 0);
}
END_TEST

START_TEST (whole_grid)
{
  static const double big[] = { -100, -50, 120, -70, 140, 300, -90, 200 };
  struct sf_geometry *geometry = sf_geometry_new (SF_GEOMETRY_POLYGON);
  struct sf_zonal_cell *cells = NULL;
  size_t count = 0;
  ring (geometry, true, big, 4);
  ck_done (sf_zonal_cells (geometry, &UNIT, &cells, &count, err));
  ck_assert_uint_eq (count, 100);
  for (size_t i = 0; i < count; i++)
    ck_assert_double_eq (cells[i].fraction, 1);
  sf_mem_free (cells);
  sf_geometry_free (geometry);
}
END_TEST

START_TEST (random_against_geos)
{
  unsigned state = seed;
  double worst = 0;
  GEOSContextHandle_t geos = GEOS_init_r ();
  for (int round = 0; round < 25; round++)
    {
      struct sf_geometry *geometry = random_islands (&state, 14);
      GEOSGeometry *reference = geos_of (geos, geometry);
      struct sf_zonal_cell *cells = NULL;
      size_t count = 0;
      ck_done (sf_zonal_cells (geometry, &UNIT, &cells, &count, err));
      for (int r = 0; r < UNIT.ny; r++)
        for (int c = 0; c < UNIT.nx; c++)
          {
            double area = 0;
            GEOSGeometry *cell = GEOSGeom_createRectangle_r (geos, c, 9 - r, c + 1, 10 - r);
            GEOSGeometry *common = GEOSIntersection_r (geos, reference, cell);
            GEOSArea_r (geos, common, &area);
            GEOSGeom_destroy_r (geos, common);
            GEOSGeom_destroy_r (geos, cell);
            worst = fmax (worst, fabs (area - fraction_at (cells, count, c, r)));
          }
      sf_mem_free (cells);
      GEOSGeom_destroy_r (geos, reference);
      sf_geometry_free (geometry);
    }
  GEOS_finish_r (geos);
  ck_assert_double_lt (worst, 1e-9);
  printf ("worst difference to GEOS: %.3g of a cell\n", worst);
}
END_TEST

/* The same polygon on a fine, a coarse and a rotated grid: the areas agree. */
START_TEST (sum_is_area)
{
  unsigned state = seed + 3;
  const struct sf_gridspec grids[] = { { 400, 300, { -20, 0.125, 0, 20, 0, -0.125 }, "EPSG:4490" },
                                       { 7, 5, { -21, 7, 0, 22, 0, -9 }, "EPSG:4490" },
                                       { 90, 90, { -50, 1, 0.5, 20, 0.5, -1 }, "EPSG:4490" } };
  for (int round = 0; round < 10; round++)
    {
      struct sf_geometry *geometry = random_islands (&state, 10);
      GEOSContextHandle_t geos = GEOS_init_r ();
      GEOSGeometry *reference = geos_of (geos, geometry);
      double area = 0;
      GEOSArea_r (geos, reference, &area);
      for (int g = 0; g < 3; g++)
        {
          const double *a = grids[g].affine;
          struct sf_zonal_cell *cells = NULL;
          size_t count = 0;
          double sum = 0;
          ck_done (sf_zonal_cells (geometry, &grids[g], &cells, &count, err));
          for (size_t i = 0; i < count; i++)
            sum += cells[i].fraction * fabs (a[1] * a[5] - a[2] * a[4]);
          ck_assert_double_eq_tol (sum, area, 1e-9 * area);
          sf_mem_free (cells);
        }
      GEOSGeom_destroy_r (geos, reference);
      GEOS_finish_r (geos);
      sf_geometry_free (geometry);
    }
}
END_TEST

START_TEST (fractions)
{
  struct sf_geometry *west = sf_geometry_new (SF_GEOMETRY_POLYGON), *east = sf_geometry_new (SF_GEOMETRY_POLYGON);
  const struct sf_geometry *both[] = { west, NULL, east };
  float fraction[100];
  ring (west, true, (double[]){ 0, 0, 3.3, 0, 3.3, 10, 0, 10 }, 4);
  ring (east, true, (double[]){ 3.3, 0, 20, 0, 20, 10, 3.3, 10 }, 4);
  ck_done (sf_zonal_fractions (both, 3, &UNIT, fraction, err));
  for (int i = 0; i < 100; i++)
    ck_assert_double_eq_tol ((double) fraction[i], 1, 1e-7);
  ck_done (sf_zonal_fractions (both, 1, &UNIT, fraction, err));
  ck_assert_double_eq_tol ((double) fraction[13], 0.3, 1e-7);
  ck_assert (fraction[12] == 1 && fraction[14] == 0);
  sf_geometry_free (east);
  sf_geometry_free (west);
}
END_TEST

/* Weights by hand: cells of 1 and 0.5, rows of weight 2 and 4. */
START_TEST (summary)
{
  const struct sf_zonal_cell cells[] = { { 0, 0, 1 }, { 1, 0, 0.5 }, { 1, 1, 0.5 } };
  const float values[] = { 10, 20, 99, 40 };
  const float holes[] = { 10, NAN, 99, 40 };
  const double weight[] = { 2, 4 };
  struct sf_zonal_summary s = sf_zonal_summarise (cells, 3, values, 2, weight);
  ck_assert_double_eq_tol (s.mean, (2 * 10 + 1 * 20 + 2 * 40) / 5.0, 1e-12);
  ck_assert (s.max == 40 && s.min == 10 && s.missing_share == 0);
  s = sf_zonal_summarise (cells, 3, values, 2, NULL);
  ck_assert_double_eq_tol (s.mean, (10 + 10 + 20) / 2.0, 1e-12);
  s = sf_zonal_summarise (cells, 3, holes, 2, weight);
  ck_assert_double_eq_tol (s.mean, (2 * 10 + 2 * 40) / 4.0, 1e-12);
  ck_assert_double_eq_tol (s.missing_share, 0.2, 1e-12);
  s = sf_zonal_summarise (cells + 1, 1, holes, 2, weight);
  ck_assert (isnan (s.mean) && isnan (s.max) && s.missing_share == 1);
  s = sf_zonal_summarise (cells, 0, values, 2, weight);
  ck_assert (isnan (s.mean) && isnan (s.missing_share));
}
END_TEST

START_TEST (refused)
{
  struct sf_geometry *line = sf_geometry_new (SF_GEOMETRY_LINE), *bad = sf_geometry_new (SF_GEOMETRY_POLYGON);
  struct sf_zonal_cell *cells = NULL;
  size_t count;
  ring (bad, true, (double[]){ 0, 0, 1, INFINITY, 2, 0 }, 3);
  ck_fails (sf_zonal_cells (line, &UNIT, &cells, &count, err), SF_ETYPE, "polygon");
  ck_fails (sf_zonal_cells (bad, &UNIT, &cells, &count, err), SF_EFORMAT, "point 1");
  ck_assert_ptr_null (cells);
  sf_geometry_free (bad);
  sf_geometry_free (line);
}
END_TEST

int
main (void)
{
  const TTest *const tests[]
      = { by_hand, whole_grid, random_against_geos, sum_is_area, fractions, summary, refused, NULL };
  seed = polygon_seed ();
  return run_tests ("zonal", tests);
}
