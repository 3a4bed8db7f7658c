/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/request.h"

#include "core/base/time.h"

#include <string.h>
#include <strings.h>

static int
hex (char digit)
{
  return digit >= '0' && digit <= '9'   ? digit - '0'
         : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
         : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                        : -1;
}

/* Decode percent escapes, and '+' as a blank in queries, into out (length + 1 bytes). */
static enum sf_code
decode (struct sf_span span, bool is_query, char *out, struct sf_error *err)
{
  size_t n = 0;
  for (size_t i = 0; i < span.length; i++)
    {
      char c = span.text[i];
      if (c == '%')
        {
          int high = i + 2 < span.length ? hex (span.text[i + 1]) : -1;
          int low = high >= 0 ? hex (span.text[i + 2]) : -1;
          if (low < 0 || (high == 0 && low == 0))
            return sf_fail (err, SF_EINVAL, "the address has a bad percent escape");
          c = (char) (16 * high + low);
          i += 2;
        }
      else if (c == '+' && is_query)
        c = ' ';
      out[n++] = c;
    }
  out[n] = '\0';
  if (!sf_text_is_utf8 ((const uint8_t *) out, n))
    return sf_fail (err, SF_EINVAL, "the address is not UTF-8");
  return SF_OK;
}

static enum sf_code
decoded (struct sf_map_request *request, struct sf_span span, bool is_query, const char **ret_text,
         struct sf_error *err)
{
  char *text = sf_arena_alloc (request->arena, span.length + 1);
  if (!text)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  *ret_text = text;
  return decode (span, is_query, text, err);
}

/* Take the piece before a separator off *rest. */
static struct sf_span
take (struct sf_span *rest, char separator)
{
  const char *end = memchr (rest->text, separator, rest->length);
  struct sf_span piece = { rest->text, end ? (size_t) (end - rest->text) : rest->length };
  size_t used = piece.length + (end ? 1 : 0);
  *rest = (struct sf_span){ rest->text + used, rest->length - used };
  return piece;
}

static enum sf_code
parse_path (struct sf_map_request *request, struct sf_span path, struct sf_error *err)
{
  if (path.length == 0 || path.text[0] != '/')
    return sf_fail (err, SF_EINVAL, "the address does not begin with a slash");
  take (&path, '/');
  while (path.length > 0)
    {
      const char *text;
      struct sf_span piece = take (&path, '/');
      if (request->segments_count == SF_MAP_MAX_SEGMENTS)
        return sf_fail (err, SF_EINVAL, "the address has more than %d parts", SF_MAP_MAX_SEGMENTS);
      SF_TRY (decoded (request, piece, false, &text, err));
      if (strcmp (text, "..") == 0 || strcmp (text, ".") == 0)
        return sf_fail (err, SF_EINVAL, "the address leads upwards");
      request->segments[request->segments_count++] = text;
    }
  return SF_OK;
}

static enum sf_code
parse_query (struct sf_map_request *request, struct sf_span query, struct sf_error *err)
{
  while (query.length > 0)
    {
      struct sf_span value = take (&query, '&'), key = take (&value, '=');
      if (key.length == 0)
        continue;
      if (request->parameters_count == SF_MAP_MAX_PARAMETERS)
        return sf_fail (err, SF_EINVAL, "the address has more than %d parameters", SF_MAP_MAX_PARAMETERS);
      struct sf_map_parameter *parameter = &request->parameters[request->parameters_count++];
      SF_TRY (decoded (request, key, true, &parameter->key, err));
      SF_TRY (decoded (request, value, true, &parameter->value, err));
    }
  return SF_OK;
}

void
sf_map_request_shift (struct sf_map_request *request, int count)
{
  request->segments_count -= count;
  memmove (request->segments, request->segments + count, (size_t) request->segments_count * sizeof *request->segments);
}

/* /snapshots/{id}/X is X of that snapshot. */
static void
split_snapshot (struct sf_map_request *request, const char *target)
{
  request->rest = target;
  if (request->segments_count < 2 || strcmp (request->segments[0], "snapshots") != 0)
    return;
  request->snapshot_id = request->segments[1];
  sf_map_request_shift (request, 2);
  for (int slashes = 0; *request->rest; request->rest++)
    if (*request->rest == '?' || (*request->rest == '/' && ++slashes == 3))
      break;
  if (strcmp (request->snapshot_id, "current") == 0)
    request->snapshot_id = NULL;
}

enum sf_code
sf_map_request_parse (struct sf_map_request *request, const char *target, struct sf_error *err)
{
  struct sf_span query = sf_span_of (target);
  if (query.length > SF_MAP_MAX_TARGET_BYTES)
    return sf_fail (err, SF_ERANGE, "the address is longer than %d bytes", SF_MAP_MAX_TARGET_BYTES);
  struct sf_span path = take (&query, '?');
  SF_TRY (parse_path (request, path, err));
  SF_TRY (parse_query (request, query, err));
  split_snapshot (request, target);
  return SF_OK;
}

const char *
sf_map_request_get (const struct sf_map_request *request, const char *key)
{
  for (int i = 0; i < request->parameters_count; i++)
    if (strcasecmp (request->parameters[i].key, key) == 0)
      return request->parameters[i].value;
  return NULL;
}

const char *
sf_map_request_header (const struct sf_map_request *request, const char *name)
{
  return request->header ? request->header (request->connection, name) : NULL;
}

enum sf_code
sf_map_request_double (const struct sf_map_request *request, const char *key, double min, double max, double *ret_value,
                       struct sf_error *err)
{
  double value;
  const char *text = sf_map_request_get (request, key);
  if (!text)
    return sf_fail (err, SF_ENOTFOUND, "%s is missing", key);
  if (!sf_text_parse_double (sf_span_of (text), &value))
    return sf_fail (err, SF_EINVAL, "%s must be a number, got '%.80s'", key, text);
  if (!(value >= min && value <= max))
    return sf_fail (err, SF_ERANGE, "%s must be from %g to %g, got '%.80s'", key, min, max, text);
  *ret_value = value;
  return SF_OK;
}

enum sf_code
sf_map_parse_int (const char *what, const char *text, int64_t min, int64_t max, int64_t *ret_value,
                  struct sf_error *err)
{
  int64_t value;
  if (!text || !sf_text_parse_int (sf_span_of (text), &value))
    return sf_fail (err, SF_EINVAL, "%s must be a whole number, got '%.80s'", what, text ? text : "");
  if (value < min || value > max)
    return sf_fail (err, SF_ERANGE, "%s must be from %lld to %lld, got '%.80s'", what, (long long) min, (long long) max,
                    text);
  *ret_value = value;
  return SF_OK;
}

enum sf_code
sf_map_request_int (const struct sf_map_request *request, const char *key, int64_t min, int64_t max, int64_t *ret_value,
                    struct sf_error *err)
{
  const char *text = sf_map_request_get (request, key);
  if (!text)
    return sf_fail (err, SF_ENOTFOUND, "%s is missing", key);
  return sf_map_parse_int (key, text, min, max, ret_value, err);
}

enum sf_code
sf_map_request_time (const struct sf_map_request *request, int64_t *ret_time_s, struct sf_error *err)
{
  const char *text = sf_map_request_get (request, "time");
  struct sf_error why = { 0 };
  *ret_time_s = SF_TIME_MISSING;
  if (!text || !*text || strcasecmp (text, "default") == 0 || strcasecmp (text, "current") == 0)
    return SF_OK;
  if (sf_time_parse_iso (text, SF_TIME_NO_DEFAULT, ret_time_s, &why) != SF_OK)
    return sf_fail (err, SF_EINVAL, "time: %s", why.message);
  return SF_OK;
}

const char *
sf_map_escape (struct sf_arena *arena, const char *text)
{
  static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/@:,",
                    digits[] = "0123456789ABCDEF";
  char *escaped = sf_arena_alloc (arena, 3 * strlen (text) + 1), *out = escaped;
  for (; escaped && *text; text++)
    if (strchr (plain, *text))
      *out++ = *text;
    else
      {
        *out++ = '%';
        *out++ = digits[(uint8_t) *text >> 4];
        *out++ = digits[*text & 15];
      }
  if (escaped)
    *out = '\0';
  return escaped;
}

bool
sf_map_request_zh (const struct sf_map_request *request)
{
  const char *lang = sf_map_request_get (request, "lang");
  if (!lang)
    lang = sf_map_request_header (request, "Accept-Language");
  return lang && strncasecmp (lang, "zh", 2) == 0;
}
