/* SPDX-License-Identifier: Apache-2.0 */
/* Files: the page with its parts (/, /web/...), and what a snapshot is made of (/files, /files/{path}). */
#include "plugins/service/map/files.h"

#include "core/base/file.h"
#include "plugins/service/map/documents.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *
type_of (const char *path)
{
  static const char *const types[][2] = {
    { ".html", "text/html; charset=utf-8" },
    { ".css", "text/css; charset=utf-8" },
    { ".js", "text/javascript; charset=utf-8" },
    { ".json", "application/json" },
    { ".geojson", "application/geo+json" },
    { ".svg", "image/svg+xml" },
    { ".png", "image/png" },
    { ".txt", "text/plain; charset=utf-8" },
  };
  size_t length = strlen (path);
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    {
      size_t ending = strlen (types[i][0]);
      if (length > ending && strcmp (path + length - ending, types[i][0]) == 0)
        return types[i][1];
    }
  return "application/octet-stream";
}

/* Read "bytes=a-b" against a size: 1 with [*begin, *end) for a part, 0 for the whole, -1 for a part that is not there. */
static int
parse_range (const char *text, uint64_t size, uint64_t *begin, uint64_t *end)
{
  int64_t a = -1, b = -1;
  if (!text || strncmp (text, "bytes=", 6) != 0 || strchr (text, ','))
    return 0;
  const char *dash = strchr (text + 6, '-');
  if (!dash)
    return 0;
  struct sf_span first = { text + 6, (size_t) (dash - text - 6) }, last = sf_span_of (dash + 1);
  if ((first.length && (!sf_text_parse_int (first, &a) || a < 0))
      || (last.length && (!sf_text_parse_int (last, &b) || b < 0)) || (a < 0 && b < 0) || (a >= 0 && b >= 0 && b < a))
    return 0;
  if ((a >= 0 && (uint64_t) a >= size) || (a < 0 && b == 0) || size == 0)
    return -1;
  uint64_t tail = a < 0 && (uint64_t) b < size ? (uint64_t) b : size;
  *begin = a >= 0 ? (uint64_t) a : size - tail;
  *end = a >= 0 && b >= 0 && (uint64_t) b < size - 1 ? (uint64_t) b + 1 : size;
  return 1;
}

/* The range asked for; NULL for the whole, also where the client began with another state of the file than this one. */
static const char *
range_of (const struct sf_map_request *request, const char *tag)
{
  const char *held = sf_map_request_header (request, "If-Range");
  bool is_get = !request->method || strcmp (request->method, "GET") == 0; /* ranges are defined for nothing else */
  return is_get && (!held || (tag && strcmp (held, tag) == 0)) ? sf_map_request_header (request, "Range") : NULL;
}

static enum sf_code
send_part (struct sf_map_request *request, const char *tag, const struct stat *about, struct sf_map_response *response,
           struct sf_error *err)
{
  uint64_t size = (uint64_t) about->st_size, begin = 0, end = size;
  int part = parse_range (range_of (request, tag), size, &begin, &end);
  if (part < 0)
    {
      sf_fail (err, SF_ERANGE, "the file has %" PRIu64 " bytes; no such range", size);
      close (response->file);
      response->file = -1;
      sf_map_put_error (response, 416, err);
      sf_map_response_header (response, "Content-Range", sf_arena_printf (request->arena, "bytes */%" PRIu64, size));
      return SF_OK;
    }
  if (part > 0)
    {
      response->status = 206;
      sf_map_response_header (
          response, "Content-Range",
          sf_arena_printf (request->arena, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, begin, end - 1, size));
    }
  sf_map_response_header (response, "Accept-Ranges", "bytes");
  response->file_offset = begin;
  response->file_bytes = end - begin;
  return SF_OK;
}

enum sf_code
sf_map_send_file (struct sf_map_request *request, const char *path, const char *media_type, const char *tag,
                  struct sf_map_response *response, struct sf_error *err)
{
  struct stat about;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 || fstat (fd, &about) != 0 || !S_ISREG (about.st_mode))
    {
      int number = fd < 0 ? errno : EISDIR;
      if (fd >= 0)
        close (fd);
      return sf_fail (err, SF_ENOTFOUND, "'%.200s' cannot be read: %s", request->rest, strerror (number));
    }
  response->file = fd;
  response->media_type = media_type ? media_type : type_of (path);
  return send_part (request, tag, &about, response, err);
}

/* --- the page --- */

static const char page_policy[]
    = "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; worker-src 'self'; object-src 'none'; "
      "base-uri 'none'; frame-ancestors 'self'";

/* The first of several folders that has the file; "" when none has. */
static const char *
find_web_file (struct sf_map *map, struct sf_map_request *request, const char *name)
{
  const char *folders[] = { map->host->share_folder, map->host->data_folder };
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
    {
      char *path = sf_arena_printf (request->arena, "%s/web/%s", folders[i], name);
      if (path && sf_file_exists (path) && !sf_file_is_folder (path))
        return path;
    }
  return "";
}

static const char *
joined (struct sf_map_request *request)
{
  char *name = sf_arena_strdup (request->arena, request->segments_count ? request->segments[0] : "index.html");
  for (int i = 1; name && i < request->segments_count; i++)
    name = sf_arena_printf (request->arena, "%s/%s", name, request->segments[i]);
  return name;
}

enum sf_code
sf_map_web (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response, struct sf_error *err)
{
  struct stat about;
  const char *name = joined (request), *tag = NULL;
  if (!name)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  if (!sf_snapshot_is_inside (name))
    return sf_fail (err, SF_ENOTFOUND, "there is no page '%.200s'", name);
  const char *path = find_web_file (map, request, name);
  sf_map_response_header (response, "Content-Security-Policy", page_policy);
  if (stat (path, &about) == 0)
    {
      tag = sf_arena_printf (request->arena, "\"%llx-%llx\"", (long long) about.st_mtim.tv_sec,
                             (long long) about.st_size);
      sf_map_response_header (response, "ETag", tag);
      if (sf_map_holds (request, tag))
        {
          response->status = 304;
          return SF_OK;
        }
    }
  return sf_map_send_file (request, path, NULL, tag, response, err);
}

/* --- the snapshot's own files --- */

static void
put_product (struct sf_json *json, const struct sf_map_request *request, const struct sf_manifest_product *product)
{
  char key[SF_KEY_TEXT_BYTES];
  const char *path = sf_map_escape (request->arena, product->path);
  sf_json_begin_object (json);
  sf_json_put_string (json, "path", product->path);
  sf_map_put_made (json, "href", path ? sf_arena_printf (request->arena, "%s/files/%s", request->root, path) : NULL);
  sf_json_put_string (json, "type", product->media_type);
  sf_json_put_string (json, "datasets", product->datasets);
  sf_json_put_int (json, "bytes", product->size_bytes);
  sf_json_put_string (json, "sha256", sf_key_format (&product->sha256, key));
  sf_json_end_object (json);
}

static enum sf_code
send_own (struct sf_map_request *request, const char *name, const char *media_type, struct sf_map_response *response,
          struct sf_error *err)
{
  const char *path = sf_file_join (request->arena, request->world->snapshot->folder, name);
  const char *tag = sf_map_entity_tag (request);
  return path && tag ? sf_map_send_file (request, path, media_type, tag, response, err)
                     : sf_fail (err, SF_ENOMEM, "out of memory");
}

enum sf_code
sf_map_files (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response,
              struct sf_error *err)
{
  const struct sf_snapshot *snapshot = request->world->snapshot;
  (void) map;
  if (request->segments_count == 0)
    {
      struct sf_json json = { .out = &response->body };
      response->media_type = "application/json";
      sf_json_begin_object (&json);
      sf_json_put_string (&json, "snapshot", snapshot->id);
      sf_json_key (&json, "files");
      sf_json_begin_array (&json);
      for (size_t i = 0; i < snapshot->products_count; i++)
        put_product (&json, request, &snapshot->products[i]);
      sf_json_end_array (&json);
      sf_json_end_object (&json);
      return SF_OK;
    }
  const char *name = joined (request);
  if (!name)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  if (strcmp (name, "manifest.json") == 0)
    return send_own (request, name, NULL, response, err);
  for (size_t i = 0; i < snapshot->products_count; i++)
    if (strcmp (snapshot->products[i].path, name) == 0)
      return send_own (request, name, snapshot->products[i].media_type, response, err);
  return sf_fail (err, SF_ENOTFOUND, "snapshot %s has no file '%.200s'; /files lists them", snapshot->id, name);
}
