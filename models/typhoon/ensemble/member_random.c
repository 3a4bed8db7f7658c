/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/member_random.h"

#include <math.h>

static void
philox_round (uint32_t x[4], const uint32_t key[2])
{
  uint64_t a = (uint64_t) 0xd2511f53u * x[0], b = (uint64_t) 0xcd9e8d57u * x[2];
  uint32_t next[4]
      = { (uint32_t) (b >> 32) ^ x[1] ^ key[0], (uint32_t) b, (uint32_t) (a >> 32) ^ x[3] ^ key[1], (uint32_t) a };
  for (int i = 0; i < 4; i++)
    x[i] = next[i];
}

void
sf_philox (const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
  uint32_t round_key[2] = { key[0], key[1] };
  for (int i = 0; i < 4; i++)
    out[i] = counter[i];
  for (int round = 0; round < 10; round++)
    {
      philox_round (out, round_key);
      round_key[0] += 0x9e3779b9u;
      round_key[1] += 0xbb67ae85u;
    }
}

uint32_t
sf_draws_storm (const char *storm)
{
  uint32_t hash = 2166136261u;
  for (const char *p = storm; p && *p; p++)
    hash = (hash ^ (unsigned char) *p) * 16777619u;
  return hash;
}

/* Two uniforms from block `block` of a stream. */
static void
draw_pair (const struct sf_draws *draws, uint32_t stream, uint32_t block, double pair[2])
{
  const uint32_t counter[4] = { block, stream, draws->member, 0 }, key[2] = { draws->seed, draws->storm };
  uint32_t words[4];
  sf_philox (counter, key, words);
  for (int i = 0; i < 2; i++)
    {
      uint64_t bits = ((uint64_t) words[2 * i] << 32 | words[2 * i + 1]) >> 11;
      pair[i] = ((double) bits + 0.5) * 0x1p-53;
    }
}

double
sf_draw_uniform (const struct sf_draws *draws, uint32_t stream, uint32_t index)
{
  double pair[2];
  draw_pair (draws, stream, index / 2, pair);
  return pair[index % 2];
}

void
sf_draw_normals (const struct sf_draws *draws, uint32_t stream, double *out, size_t n)
{
  for (size_t i = 0; i < n; i += 2)
    {
      double pair[2];
      draw_pair (draws, stream, (uint32_t) (i / 2), pair);
      double radius = sqrt (-2 * log (pair[0])), angle = 2 * M_PI * pair[1];
      out[i] = radius * cos (angle);
      if (i + 1 < n)
        out[i + 1] = radius * sin (angle);
    }
}

double
sf_draw_gamma (const struct sf_draws *draws, uint32_t stream, double shape)
{
  enum
  {
    MOST = 64 /* each try is taken with at least 95 %: the last would be needed once in 10^80 */
  };
  double d = shape - 1.0 / 3, c = 1 / sqrt (9 * d), normals[MOST];
  sf_draw_normals (draws, stream, normals, MOST);
  for (uint32_t i = 0; i < MOST; i++)
    {
      double x = normals[i], root = 1 + c * x, v = root * root * root;
      if (v > 0 && log (sf_draw_uniform (draws, stream + 1, i)) < x * x / 2 + d - d * v + d * log (v))
        return d * v;
    }
  return d;
}
