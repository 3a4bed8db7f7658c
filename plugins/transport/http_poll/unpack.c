/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/http_poll/http_poll.h"

#include <libdeflate.h>

/* The library of the requests could unpack too, but takes half an answer for a whole one: it does not look whether the last
   block and its check came. */

enum
{
  FIRST_TIMES = 4 /* more room than the packed bytes take, at first */
};

static bool
grow (struct unpacked *unpacked, size_t limit_bytes)
{
  size_t need = unpacked->capacity * 2 + 1;
  if (need > limit_bytes + 1)
    need = limit_bytes + 1;
  return sf_mem_grow ((void **) &unpacked->bytes, &unpacked->capacity, need, 1) == 0;
}

/* One member of the file; what it says goes behind what is there. */
static enum sf_code
unpack_member (struct libdeflate_decompressor *decompressor, const uint8_t **packed, size_t *packed_length,
               size_t limit_bytes, struct unpacked *unpacked, struct sf_error *err)
{
  enum libdeflate_result result;
  size_t used = 0, given = 0;
  while ((result
          = libdeflate_gzip_decompress_ex (decompressor, *packed, *packed_length, unpacked->bytes + unpacked->length,
                                           unpacked->capacity - unpacked->length, &used, &given))
             == LIBDEFLATE_INSUFFICIENT_SPACE
         && unpacked->capacity <= limit_bytes)
    if (!grow (unpacked, limit_bytes))
      return sf_fail (err, SF_ENOMEM, "out of memory for the answer");
  if (result == LIBDEFLATE_INSUFFICIENT_SPACE || unpacked->length + given > limit_bytes)
    return sf_fail (err, SF_ERANGE, "the answer has more than %zu bytes", limit_bytes);
  if (result != LIBDEFLATE_SUCCESS)
    return sf_fail (err, SF_EFORMAT, "the answer is packed by gzip, and cut off or damaged");
  unpacked->length += given;
  *packed += used;
  *packed_length -= used;
  return SF_OK;
}

enum sf_code
unpack_gzip (const uint8_t *packed, size_t packed_length, size_t limit_bytes, struct unpacked *ret_unpacked,
             struct sf_error *err)
{
  struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor ();
  struct unpacked unpacked = { 0 };
  size_t first = packed_length < limit_bytes / FIRST_TIMES ? packed_length * FIRST_TIMES : limit_bytes;
  enum sf_code code = SF_OK;
  if (!decompressor || sf_mem_grow ((void **) &unpacked.bytes, &unpacked.capacity, first + 1, 1) < 0)
    code = sf_fail (err, SF_ENOMEM, "out of memory for the answer");
  while (code == SF_OK && packed_length > 0)
    code = unpack_member (decompressor, &packed, &packed_length, limit_bytes, &unpacked, err);
  libdeflate_free_decompressor (decompressor);
  if (code == SF_OK)
    *ret_unpacked = unpacked;
  else
    sf_mem_free (unpacked.bytes);
  return code;
}
