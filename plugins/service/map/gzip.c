/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/gzip.h"

#include <libdeflate.h>
#include <string.h>
#include <strings.h>

enum
{
  LEVEL = 1,        /* packing must not take longer than making */
  BYTES_LEAST = 200 /* the head of gzip and the header lines would eat what is won */
};

/* Whether one element of the list, "gzip;q=0.5", names a coding; *ret_taken whether with a weight above 0. */
static bool
names_coding (struct sf_span element, const char *coding, bool *ret_taken)
{
  struct sf_span name = { 0 }, parameter;
  if (!sf_text_next_field (&element, ';', &name))
    return false;
  name = sf_span_trim (name);
  if (name.length != strlen (coding) || strncasecmp (name.text, coding, name.length) != 0)
    return false;
  *ret_taken = true;
  while (sf_text_next_field (&element, ';', &parameter))
    {
      double weight;
      parameter = sf_span_trim (parameter);
      if (parameter.length > 2 && strncasecmp (parameter.text, "q=", 2) == 0
          && sf_text_parse_double ((struct sf_span){ parameter.text + 2, parameter.length - 2 }, &weight))
        *ret_taken = weight > 0;
    }
  return true;
}

bool
sf_map_accepts_gzip (const struct sf_map_request *request)
{
  const char *header = sf_map_request_header (request, "Accept-Encoding");
  struct sf_span rest = sf_span_of (header ? header : ""), element;
  bool any = false, taken = false;
  while (sf_text_next_field (&rest, ',', &element))
    if (names_coding (element, "gzip", &taken))
      return taken;
    else
      names_coding (element, "*", &any);
  return any;
}

enum sf_code
sf_map_gzip (const struct sf_map_request *request, struct sf_map_response *response, struct sf_error *err)
{
  sf_map_response_header (response, "Vary", "Accept-Encoding");
  if (response->body.failed || response->body.length < BYTES_LEAST || !sf_map_accepts_gzip (request))
    return SF_OK;
  struct sf_strbuf packed = { 0 };
  struct libdeflate_compressor *compressor = libdeflate_alloc_compressor (LEVEL);
  size_t bound = libdeflate_gzip_compress_bound (compressor, response->body.length);
  packed.text = compressor ? sf_mem_alloc (bound) : NULL;
  packed.capacity = bound;
  if (packed.text)
    packed.length
        = libdeflate_gzip_compress (compressor, response->body.text, response->body.length, packed.text, bound);
  libdeflate_free_compressor (compressor);
  if (packed.length == 0)
    {
      sf_strbuf_finish (&packed);
      return sf_fail (err, SF_ENOMEM, "out of memory to pack %zu bytes", response->body.length);
    }
  sf_strbuf_finish (&response->body);
  response->body = packed;
  sf_map_response_header (response, "Content-Encoding", "gzip");
  return SF_OK;
}
