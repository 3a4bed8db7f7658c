/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/cf_fill.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum
{
  BLOCK_BYTES = 1 << 19
};

struct fill_job
{
  const char *path;
  int fd;
  const struct sf_cf_fill *cubes;
  size_t count;
  const struct sf_cf_options *options;
};

static int
block_rows (const struct sf_cube *cube)
{
  size_t rows = BLOCK_BYTES / ((size_t) cube->spec.nx * sizeof (float));
  return rows < 1 ? 1 : rows < (size_t) cube->spec.ny ? (int) rows : cube->spec.ny;
}

static size_t
blocks_of (const struct sf_cube *cube)
{
  int rows = block_rows (cube);
  return (size_t) cube->steps * (size_t) ((cube->spec.ny + rows - 1) / rows);
}

static enum sf_code
write_all (const struct fill_job *job, const char *bytes, size_t length, uint64_t offset, struct sf_error *err)
{
  while (length > 0)
    {
      ssize_t n = pwrite (job->fd, bytes, length, (off_t) offset);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return sf_fail (err, SF_EIO, "%s: cannot write: %s", job->path, strerror (n < 0 ? errno : ENOSPC));
      bytes += n;
      length -= (size_t) n;
      offset += (size_t) n;
    }
  return SF_OK;
}

/* Block number block of a cube, its blocks counted step by step. */
static enum sf_code
fill_cube_block (const struct fill_job *job, const struct sf_cf_fill *fill, size_t block, struct sf_error *err)
{
  const struct sf_cube *cube = fill->dataset->as.cube;
  int most = block_rows (cube), per_step = (cube->spec.ny + most - 1) / most;
  int step = (int) (block / (size_t) per_step), row0 = (int) (block % (size_t) per_step) * most;
  int rows = cube->spec.ny - row0 < most ? cube->spec.ny - row0 : most;
  size_t nx = (size_t) cube->spec.nx, bytes = (size_t) rows * nx * sizeof (float);
  uint64_t first = ((uint64_t) step * (uint64_t) cube->spec.ny + (uint64_t) row0) * nx;
  float *values = sf_mem_alloc (bytes);
  if (!values)
    return sf_fail (err, SF_ENOMEM, "%s: no memory for a block of %s", job->path, fill->dataset->name);
  enum sf_code code = cube->read (cube->impl, step, row0, rows, values, err);
  if (code == SF_OK)
    code = write_all (job, (const char *) values, bytes, fill->offset_bytes + first * sizeof (float), err);
  sf_mem_free (values);
  return code;
}

static enum sf_code
fill_block (void *ctx, int block, struct sf_error *err)
{
  const struct fill_job *job = ctx;
  const struct sf_cf_options *options = job->options;
  if (options->cancelled && options->cancelled (options->cancelled_ctx))
    return sf_fail (err, SF_ECANCELLED, "%s: cancelled", job->path);
  size_t left = (size_t) block, c = 0;
  while (left >= blocks_of (job->cubes[c].dataset->as.cube))
    left -= blocks_of (job->cubes[c++].dataset->as.cube);
  return fill_cube_block (job, &job->cubes[c], left, err);
}

static enum sf_code
run_blocks (struct fill_job *job, int blocks, struct sf_error *err)
{
  const struct sf_cf_options *options = job->options;
  if (options->parallel)
    return options->parallel (options->parallel_ctx, blocks, fill_block, job, err);
  for (int block = 0; block < blocks; block++)
    SF_TRY (fill_block (job, block, err));
  return SF_OK;
}

enum sf_code
sf_cf_fill_cubes (const char *path, const struct sf_cf_fill *cubes, size_t count, const struct sf_cf_options *options,
                  struct sf_error *err)
{
  struct fill_job job = { .path = path, .cubes = cubes, .count = count, .options = options };
  size_t blocks = 0;
  for (size_t i = 0; i < count; i++)
    blocks += blocks_of (cubes[i].dataset->as.cube);
  if (blocks > INT_MAX)
    return sf_fail (err, SF_ERANGE, "%s: %zu blocks of cubes are too many for one file", path, blocks);
  job.fd = open (path, O_WRONLY | O_CLOEXEC);
  if (job.fd < 0)
    return sf_fail (err, SF_EIO, "%s: cannot fill it: %s", path, strerror (errno));
  enum sf_code code = run_blocks (&job, (int) blocks, err);
  if (close (job.fd) != 0 && code == SF_OK)
    code = sf_fail (err, SF_EIO, "%s: cannot finish it: %s", path, strerror (errno));
  return code;
}
