/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/export/tiles.h"

#include <libdeflate.h>

enum sf_code
sf_tiles_gzip (const void *bytes, size_t length, int level, struct sf_strbuf *out, struct sf_error *err)
{
  struct libdeflate_compressor *compressor = libdeflate_alloc_compressor (level);
  size_t bound = libdeflate_gzip_compress_bound (compressor, length);
  void *packed = compressor ? sf_mem_alloc (bound) : NULL;
  if (packed)
    sf_strbuf_add_bytes (out, packed, libdeflate_gzip_compress (compressor, bytes, length, packed, bound));
  bool failed = !packed || out->failed;
  libdeflate_free_compressor (compressor);
  sf_mem_free (packed);
  return failed ? sf_fail (err, SF_ENOMEM, "gzip: out of memory for %zu bytes", length) : SF_OK;
}
