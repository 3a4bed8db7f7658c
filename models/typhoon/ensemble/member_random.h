/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_RANDOM_H
#define SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Random numbers by counter: a value depends on the seed, the storm, the member, the stream and its index alone, so a
   member is the same whoever computes it, in whatever order and among however many. Philox 4x32-10 (Salmon, Moraes, Dror
   & Shaw 2011, Parallel random numbers: as easy as 1, 2, 3). */

/* The four words of one block. */
void sf_philox (const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* Where a member's numbers come from. */
struct sf_draws
{
  uint32_t seed, storm, member;
};

/* The storm's word: FNV-1a of its identity, so that two storms have different errors. */
uint32_t sf_draws_storm (const char *storm);

/* Uniform in (0, 1), both ends excluded, 53 bits. */
double sf_draw_uniform (const struct sf_draws *draws, uint32_t stream, uint32_t index);
/* Fill out[n] with the stream's first n standard normal values (Box & Muller 1958). */
void sf_draw_normals (const struct sf_draws *draws, uint32_t stream, double *out, size_t n);
/* A gamma variate of shape at least 1 and scale 1 (Marsaglia & Tsang 2000), from two streams: stream and stream + 1. */
double sf_draw_gamma (const struct sf_draws *draws, uint32_t stream, double shape);

#endif
