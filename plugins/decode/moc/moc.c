/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/text.h"
#include "core/base/time.h"
#include "core/plugin/plugin.h"

#include <bzlib.h>
#include <libdeflate.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Radar mosaics of the CMA Meteorological Observation Centre, "MOC" version 3: 256 bytes of header, little-endian, then
   rows of int16 from north to south, plain or packed by bzip2 or gzip. Below zero is missing, so that the format has no
   reflectivity below 0 dBZ. Whether the edges are those of the outer cells or their centres, the header's steps tell:
   the span is a cell more in the one than in the other. */

enum
{
  HEADER_BYTES = 256,
  CELLS_MAX = 64 << 20, /* the national mosaic at 0.01 degrees has 35 million */
  MAGIC_BYTES = 4
};

static const char magic[MAGIC_BYTES] = { 'M', 'O', 'C', '\0' };

struct state
{
  const char *crs;
};

/* One product as its header tells it. */
struct product
{
  char variable[9], unit[9];
  int64_t valid_s;
  double south_deg, west_deg, north_deg, east_deg; /* as written */
  double step_x_deg, step_y_deg;
  int32_t nx, ny;
  uint16_t packing, scale;
  size_t length; /* of the whole */
  const char *level;
};

static const char *const crs_choices[] = { "EPSG:4326", "EPSG:4490", NULL };

static const struct sf_option options[]
    = { { .name = "crs",
          .type = SF_OPTION_ENUM,
          .fallback = "EPSG:4326",
          .choices = crs_choices,
          .help_en = "what longitude and latitude refer to; the header does not say it",
          .help_zh = "经纬度所属坐标系（文件头未注明）" },
        { .name = NULL } };

static enum sf_code
open_decoder (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  struct state *state = sf_mem_calloc (1, sizeof *state);
  if (!state)
    return sf_fail (err, SF_ENOMEM, "moc: out of memory");
  state->crs = sf_settings_text (host->settings, "crs");
  *ret_state = state;
  return SF_OK;
}

static void
close_decoder (void *state)
{
  sf_mem_free (state);
}

static int
identify (const uint8_t *bytes, size_t length)
{
  return length >= HEADER_BYTES && !memcmp (bytes, magic, MAGIC_BYTES) ? 95 : 0;
}

/* --- the header --- */

static uint16_t
get_u16 (const uint8_t *bytes)
{
  return (uint16_t) (bytes[0] | bytes[1] << 8);
}

static int32_t
get_i32 (const uint8_t *bytes)
{
  return (int32_t) ((uint32_t) get_u16 (bytes) | (uint32_t) get_u16 (bytes + 2) << 16);
}

/* A word of eight bytes, letters and digits only. */
static bool
get_word (const uint8_t *bytes, char word[9])
{
  memcpy (word, bytes, 8);
  word[8] = '\0';
  size_t length = strlen (word);
  return length > 0 && strspn (word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

/* The level of a product, NULL for one that is no reflectivity. */
static const char *
level_of (const char *variable)
{
  static const char *const levels[][2] = { { "CREF", "composite" },
                                           { "CRF", "composite" },
                                           { "UCR", "composite" },
                                           { "QREF", "quality controlled" },
                                           { "CAP", "constant altitude" } };
  for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
    if (!strcmp (levels[i][0], variable))
      return levels[i][1];
  return NULL;
}

static enum sf_code
read_time (const uint8_t *header, int64_t *ret_time_s, struct sf_error *err)
{
  struct sf_civil civil = { get_u16 (header + 100), get_u16 (header + 102), get_u16 (header + 104),
                            get_u16 (header + 106), get_u16 (header + 108), get_u16 (header + 110) };
  int32_t zone_s = get_i32 (header + 96);
  if (zone_s < -14 * 3600 || zone_s > 14 * 3600)
    return sf_fail (err, SF_EFORMAT, "a zone of %d s is none", zone_s);
  if (civil.year < 1950 || civil.year > 2150 || sf_time_from_civil (&civil, zone_s, ret_time_s, NULL) != SF_OK)
    return sf_fail (err, SF_EFORMAT, "%d-%d-%d %d:%d:%d is no time", civil.year, civil.month, civil.day, civil.hour,
                    civil.minute, civil.second);
  return SF_OK;
}

static enum sf_code
read_grid (const uint8_t *header, struct product *product, struct sf_error *err)
{
  product->south_deg = get_i32 (header + 124) / 1000.0;
  product->west_deg = get_i32 (header + 128) / 1000.0;
  product->north_deg = get_i32 (header + 132) / 1000.0;
  product->east_deg = get_i32 (header + 136) / 1000.0;
  product->nx = get_i32 (header + 148);
  product->ny = get_i32 (header + 152);
  product->step_x_deg = get_i32 (header + 156) / 1000.0;
  product->step_y_deg = get_i32 (header + 160) / 1000.0;
  if (product->nx < 1 || product->ny < 1 || product->nx > CELLS_MAX / product->ny)
    return sf_fail (err, SF_EFORMAT, "%d x %d cells; a mosaic has 1 to %d", product->nx, product->ny, CELLS_MAX);
  if (!(product->south_deg >= -90 && product->south_deg < product->north_deg && product->north_deg <= 90
        && product->west_deg >= -180 && product->west_deg < product->east_deg && product->east_deg <= 180))
    return sf_fail (err, SF_EFORMAT, "edges S %g W %g N %g E %g are no area", product->south_deg, product->west_deg,
                    product->north_deg, product->east_deg);
  return SF_OK;
}

static enum sf_code
read_header (const uint8_t *bytes, size_t length, struct product *product, struct sf_error *err)
{
  int32_t whole = length >= HEADER_BYTES ? get_i32 (bytes + 8) : 0;
  if (whole < HEADER_BYTES || (size_t) whole > length)
    return sf_fail (err, SF_EFORMAT, "%zu bytes are there, the header tells of %d and has %d itself", length, whole,
                    HEADER_BYTES);
  product->length = (size_t) whole;
  if (!get_word (bytes + 16, product->variable) || !get_word (bytes + 188, product->unit))
    return sf_fail (err, SF_EFORMAT, "the names of variable and unit are no words");
  product->level = level_of (product->variable);
  if (!product->level || strcmp (product->unit, "dBZ"))
    return sf_fail (err, SF_EFORMAT, "%s in %s is not read; CREF, CRF, UCR, QREF and CAP in dBZ are", product->variable,
                    product->unit);
  product->packing = get_u16 (bytes + 166);
  product->scale = get_u16 (bytes + 176);
  if (!product->scale || product->packing > 2)
    return sf_fail (err, SF_EFORMAT, "scale %d, packing %d: a scale is above 0, packing 0 (none), 1 (bzip2), 2 (gzip)",
                    product->scale, product->packing);
  SF_TRY (read_time (bytes, &product->valid_s, err));
  return read_grid (bytes, product, err);
}

/* Columns or rows between two edges: how far the edge of the outer cell lies before the first edge, and the size of a
   cell. */
static bool
place_cells (double span_deg, int count, double step_deg, double *ret_before_deg, double *ret_cell_deg)
{
  const double slack_deg = 0.001 * (1 + 0.5 * count); /* the header's numbers are cut to 0.001 */
  if (!(step_deg > 0))
    return false;
  double to_edges_deg = fabs (span_deg - count * step_deg), to_centres_deg = fabs (span_deg - (count - 1) * step_deg);
  bool edges = to_edges_deg <= to_centres_deg;
  if (fmin (to_edges_deg, to_centres_deg) > fmin (slack_deg, 0.45 * step_deg))
    return false;
  *ret_cell_deg = edges ? span_deg / count : count > 1 ? span_deg / (count - 1) : step_deg;
  *ret_before_deg = edges ? 0 : *ret_cell_deg / 2;
  return true;
}

static enum sf_code
place_grid (const struct product *product, const char *crs, struct sf_gridspec *grid, struct sf_error *err)
{
  double before_x_deg, before_y_deg, cell_x_deg, cell_y_deg;
  if (!place_cells (product->east_deg - product->west_deg, product->nx, product->step_x_deg, &before_x_deg, &cell_x_deg)
      || !place_cells (product->north_deg - product->south_deg, product->ny, product->step_y_deg, &before_y_deg,
                       &cell_y_deg))
    return sf_fail (err, SF_EFORMAT, "%d x %d cells of %g x %g degrees do not fill S %g W %g N %g E %g", product->nx,
                    product->ny, product->step_x_deg, product->step_y_deg, product->south_deg, product->west_deg,
                    product->north_deg, product->east_deg);
  *grid = (struct sf_gridspec){
    .nx = product->nx,
    .ny = product->ny,
    .affine = { product->west_deg - before_x_deg, cell_x_deg, 0, product->north_deg + before_y_deg, 0, -cell_y_deg },
  };
  snprintf (grid->crs, sizeof grid->crs, "%s", crs);
  return SF_OK;
}

/* --- the body --- */

/* Unpack into exactly `need` bytes: more or fewer is an error, found before more than that is written. */
static enum sf_code
unpack (const struct product *product, const uint8_t *body, size_t length, uint8_t *raw, size_t need,
        struct sf_error *err)
{
  unsigned got = (unsigned) need;
  bool good;
  if (product->packing == 0)
    {
      good = length == need;
      memcpy (raw, body, good ? need : 0);
    }
  else if (product->packing == 1)
    good = BZ2_bzBuffToBuffDecompress ((char *) raw, &got, (char *) body, (unsigned) length, 0, 0) == BZ_OK
           && got == need;
  else
    {
      struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor ();
      if (!inflater)
        return sf_fail (err, SF_ENOMEM, "out of memory");
      good = libdeflate_gzip_decompress (inflater, body, length, raw, need, NULL) == LIBDEFLATE_SUCCESS;
      libdeflate_free_decompressor (inflater);
    }
  return good ? SF_OK
              : sf_fail (err, SF_EFORMAT, "the body does not unpack to the %zu bytes of %d x %d cells", need,
                         product->nx, product->ny);
}

static void
scale_values (const uint8_t *raw, size_t count, uint16_t scale, float *values)
{
  for (size_t i = 0; i < count; i++)
    {
      int16_t value = (int16_t) get_u16 (raw + 2 * i);
      values[i] = value < 0 ? NAN : (float) value / (float) scale;
    }
}

static enum sf_code
read_values (const struct product *product, const uint8_t *bytes, float **ret_values, struct sf_error *err)
{
  size_t count = (size_t) product->nx * (size_t) product->ny;
  uint8_t *raw = sf_mem_alloc (2 * count);
  float *values = sf_mem_alloc (count * sizeof *values);
  enum sf_code code = raw && values
                          ? unpack (product, bytes + HEADER_BYTES, product->length - HEADER_BYTES, raw, 2 * count, err)
                          : sf_fail (err, SF_ENOMEM, "out of memory for %zu cells", count);
  if (code == SF_OK)
    scale_values (raw, count, product->scale, values);
  sf_mem_free (raw);
  if (code == SF_OK)
    *ret_values = values;
  else
    sf_mem_free (values);
  return code;
}

/* A body that is not packed checks itself by nothing: when another product begins inside, what this one lacks was cut off. */
static bool
holds_another (const struct product *product, const uint8_t *bytes, size_t rest)
{
  struct product inner;
  size_t look = product->length + MAGIC_BYTES - 1; /* its letters may begin within and end without */
  if (product->packing)
    return false;
  const uint8_t *found = memmem (bytes + MAGIC_BYTES, (look < rest ? look : rest) - MAGIC_BYTES, magic, MAGIC_BYTES);
  return found && read_header (found, rest - (size_t) (found - bytes), &inner, NULL) == SF_OK;
}

static enum sf_code
emit_product (const struct state *state, const struct product *product, const uint8_t *bytes,
              const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  struct sf_record record;
  float *values;
  sf_record_init (&record, SF_RECORD_FIELD);
  record.feed = message->feed;
  record.source = message->source;
  record.received_s = message->received_s;
  record.valid_s = product->valid_s;
  record.as.field.quantity = "radar_reflectivity";
  record.as.field.level = product->level;
  record.as.field.base_s = product->valid_s;
  SF_TRY (place_grid (product, state->crs, &record.as.field.grid, err));
  SF_TRY (read_values (product, bytes, &values, err));
  record.as.field.values = values;
  enum sf_code code = sink->emit (sink->ctx, &record, err);
  sf_mem_free (values);
  return code;
}

/* --- a message --- */

static const char *
source_of (const struct sf_message *message)
{
  return message->source && message->source[0] ? message->source : "message";
}

static void
reject (const struct sf_message *message, const struct sf_sink *sink, size_t at, size_t length, const char *why)
{
  char reason[640];
  size_t shown = length < 64 ? length : 64;
  snprintf (reason, sizeof reason, "%.100s: byte %zu: %s", source_of (message), at, why);
  reason[sf_text_utf8_prefix ((const uint8_t *) reason, strlen (reason))] = '\0';
  sink->reject (sink->ctx, 0, reason, (const char *) message->bytes + at, shown);
}

/* Products may stand one behind the other, with rubbish between them. */
static enum sf_code
decode (void *opaque, const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  const struct state *state = opaque;
  struct sf_error why = { 0 };
  long emitted = 0;
  for (size_t at = 0; at < message->length;)
    {
      const uint8_t *found = memmem (message->bytes + at, message->length - at, magic, MAGIC_BYTES);
      size_t begin = found ? (size_t) (found - message->bytes) : message->length;
      struct product product;
      if (begin > at && (found || emitted))
        reject (message, sink, at, begin - at, "bytes that belong to no product");
      at = begin + MAGIC_BYTES;
      if (!found)
        break;
      enum sf_code code = read_header (found, message->length - begin, &product, &why);
      if (code == SF_OK && holds_another (&product, found, message->length - begin))
        code = sf_fail (&why, SF_EFORMAT, "ends before its %zu bytes: another product begins inside", product.length);
      if (code == SF_OK)
        code = emit_product (state, &product, found, message, sink, &why);
      if (code == SF_OK)
        {
          emitted++;
          at = begin + product.length;
        }
      else if (code == SF_EFORMAT)
        reject (message, sink, begin, message->length - begin, why.message);
      else
        return sf_fail (err, code, "%s: %s", source_of (message), why.message);
    }
  if (!emitted)
    return sf_fail (err, SF_EFORMAT, "%s: no radar mosaic (MOC version 3): %s", source_of (message),
                    why.message[0] ? why.message : "the letters MOC are missing");
  return SF_OK;
}

static const struct sf_decoder decoder = {
  .cage = SF_CAGE_PURE,
  .formats = "CMA radar mosaic MOC 3.0 (CREF, CRF, UCR, QREF, CAP)",
  .identify = identify,
  .open = open_decoder,
  .decode = decode,
  .close = close_decoder,
};

SF_PLUGIN_EXPORT (moc) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_DECODER,
  .name = "moc",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "radar mosaics of the CMA Meteorological Observation Centre",
  .summary_zh = "中国气象局气象探测中心雷达拼图",
  .options = options,
  .as.decoder = &decoder,
};
