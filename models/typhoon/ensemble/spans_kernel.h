/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ENSEMBLE_SPANS_KERNEL_H
#define SF_MODELS_TYPHOON_ENSEMBLE_SPANS_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include "models/typhoon/ensemble/force_shape.h"
#include "models/typhoon/wind_kernel.h"

/* The hot loops of spans.c and arrivals.c. A region that a row of cells cuts in one run of cells is found by the run's
   two ends: estimated in float, then proved by the exact test, in double, of the cells at both ends and beyond them.
   Rows for which the proof fails are mended one by one (spans.c), so that the estimate decides about speed alone.
   Nothing here allocates or checks. */

enum
{
  SF_SPAN_ROWS = 64 /* most rows of a call */
};

/* Rows of cells seen from a centre: cell i lies at x0 + i hx, row k at y[k]; km. */
struct sf_span_rows
{
  double x0, hx;
  double y[SF_SPAN_ROWS];
  int n;
};

/* A run of cells for each row, first and last; first > last: none. A run may reach beyond the grid. */
struct sf_spans
{
  int32_t first[SF_SPAN_ROWS], last[SF_SPAN_ROWS];
};

struct sf_span_kernels
{
  /* Estimate the runs of a force's outer edge (the eye is not taken out), or of the discs of radius_km that move along
     a leg. */
  void (*force_runs) (const struct sf_force_shape *shape, const struct sf_span_rows *rows, struct sf_spans *runs);
  void (*strike_runs) (const struct sf_strike_leg *leg, double radius_km, const struct sf_span_rows *rows,
                       struct sf_spans *runs);
  /* wrong[k] is set where a cell at an end is outside the region or one beyond an end is inside; returns whether any
     is. */
  int (*force_check) (const struct sf_force_shape *shape, const struct sf_span_rows *rows, const struct sf_spans *runs,
                      int32_t *wrong);
  int (*strike_check) (const struct sf_strike_leg *leg, double radius2_km2, const struct sf_span_rows *rows,
                       const struct sf_spans *runs, int32_t *wrong);
  /* held[i] is 1 where the force holds at cell first + i of a row at y, else 0. */
  void (*force_cells) (const struct sf_force_shape *shape, double x0, double hx, double y, int first, int n,
                       uint8_t *held);
  /* Join n runs, cut to columns 0 to nx - 1, with the runs first..last where they touch them or either is empty;
     apart[k] is set where they do not, and nothing joined; returns whether any is. */
  int (*join) (const struct sf_spans *runs, int n, int nx, int32_t *first, int32_t *last, int32_t *apart);
  /* Add a bit to each of as many counters as words have bits; a counter's digits stand in planes, stride words
     apart. */
  void (*count) (uint64_t *planes, size_t stride, int digits, const uint64_t *bits, size_t words);
  /* counts[i] += weight where bit i is set, n bits. */
  void (*spread) (const uint64_t *bits, int n, uint16_t weight, uint16_t *counts);
  /* For n places: where the force holds, first becomes the hour unless it holds one (at least 0), last the hour, and
     seen gets the windows' bits. centre: longitude, latitude, km per degree of longitude. */
  void (*mark_places) (const struct sf_force_shape *shape, const double centre[3], int n, const double *lon_deg,
                       const double *lat_deg, int32_t hour, int32_t windows, int32_t *first, int32_t *last,
                       int32_t *seen);
  /* struck[i] becomes 1 where a place is within the distance of a leg that begins at centre. */
  void (*mark_struck) (const struct sf_strike_leg *leg, double radius2_km2, const double centre[3], int n,
                       const double *lon_deg, const double *lat_deg, int32_t *struck);
};

/* Get the kernels for an instruction set; PLAIN where the machine lacks the one asked for. */
const struct sf_span_kernels *sf_span_kernels_get (enum sf_wind_isa isa);

#endif
