/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_RENDER_KERNEL_H
#define SF_GEODATA_RENDER_KERNEL_H

#include <stdint.h>

/* Row kernels of geodata/render.c. No allocation; loops are written to be vectorised and chosen for the CPU at run time. */

/* out[i] = how many of bounds (rising) values[i] reaches; NaN reaches none. bounds_count at most 255. */
void sf_render_classes_float (const float *values, int count, const float *bounds, int bounds_count, uint8_t *out);
void sf_render_classes_double (const double *values, int count, const double *bounds, int bounds_count, uint8_t *out);

/* out[i] = 0 where values[i] is below low or NaN, else 1 + min (slices - 1, floor ((v - low) / (high - low) * slices)). */
void sf_render_slices (const double *values, int count, double low, double high, int slices, uint8_t *out);

/* out[i] = a[i] + (b[i] - a[i]) * t. */
void sf_render_blend_rows (const float *a, const float *b, double t, int count, double *out);

/* out[i] = row[left[i]] + (row[right[i]] - row[left[i]]) * share[i]. */
void sf_render_blend_columns (const double *row, const int32_t *left, const int32_t *right, const double *share,
                              int count, double *out);

#endif
