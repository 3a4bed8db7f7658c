/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store_private.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The values of a field are a file of little-endian floats, row by row, beside the catalogue; an ENVI header and a virtual
   raster with CRS and transform lie beside it, so that GDAL and what builds on it open it as it lies. The name follows from what the field is
   about and where it came from: putting it again writes the same file again. */

enum
{
  MOST_BYTES = 1 << 30,
  QUANTITY_LETTERS = 40
};

/* Letters of a quantity that are fit for a file's name, for the eyes of people. */
static void
copy_quantity (char *to, const char *quantity)
{
  int n = 0;
  for (; *quantity && n < QUANTITY_LETTERS; quantity++)
    if (isalnum ((unsigned char) *quantity) || *quantity == '_')
      to[n++] = *quantity;
  to[n] = '\0';
}

enum sf_code
sf_field_name (struct sf_arena *arena, const struct sf_batch_record *one, char **ret_name, struct sf_error *err)
{
  const struct sf_record *record = &one->record;
  const int64_t numbers[] = { record->valid_s, record->revision, record->received_s, one->tie, one->place };
  struct sf_strbuf about = { 0 };
  struct sf_key key;
  char hex[SF_KEY_TEXT_BYTES], quantity[QUANTITY_LETTERS + 1];
  int64_t time_s = record->valid_s == SF_TIME_MISSING ? record->received_s : record->valid_s;
  struct sf_civil day = sf_time_to_civil (time_s, 0);
  sf_store_add_about (&about, record);
  sf_strbuf_add_bytes (&about, numbers, sizeof numbers);
  enum sf_code code = about.failed ? sf_fail (err, SF_ENOMEM, "no memory for the name of a field")
                                   : sf_key_of_bytes (about.text, about.length, &key, err);
  sf_strbuf_finish (&about);
  SF_TRY (code);
  copy_quantity (quantity, record->as.field.quantity);
  *ret_name = sf_arena_printf (arena, "fields/%04d%02d%02d/%s-%.24s.f32", day.year, day.month, day.day, quantity,
                               sf_key_format (&key, hex));
  return *ret_name ? SF_OK : sf_fail (err, SF_ENOMEM, "no memory for the name of a field");
}

static void
put_floats (uint8_t *to, const float *values, size_t count)
{
  for (size_t i = 0; i < count; i++)
    {
      uint32_t bits = UINT32_C (0x7fc00000);
      if (!isnan (values[i]))
        memcpy (&bits, &values[i], sizeof bits);
      for (int b = 0; b < 4; b++)
        to[4 * i + (size_t) b] = (uint8_t) (bits >> 8 * b);
    }
}

/* The header knows where upright grids lie. */
static void
add_map_info (struct sf_strbuf *buf, const double *affine)
{
  if (affine[2] == 0 && affine[4] == 0 && affine[1] > 0 && affine[5] < 0)
    sf_strbuf_addf (buf, "map info = {Arbitrary, 1, 1, %.17g, %.17g, %.17g, %.17g}\n", affine[0], affine[3], affine[1],
                    -affine[5]);
}

static void
add_header (struct sf_strbuf *buf, const struct sf_record *record)
{
  const struct sf_gridspec *grid = &record->as.field.grid;
  char time[SF_TIME_TEXT_BYTES];
  sf_strbuf_addf (buf,
                  "ENVI\ndescription = {%s, %s}\nsamples = %d\nlines = %d\nbands = 1\nheader offset = 0\n"
                  "file type = ENVI Standard\ndata type = 4\ninterleave = bsq\nbyte order = 0\n"
                  "data ignore value = nan\n",
                  record->as.field.quantity, sf_time_format_utc (time, record->valid_s), grid->nx, grid->ny);
  add_map_info (buf, grid->affine);
}

/* What GDAL calls a virtual raster; the CRS text is not understood here, only handed on. */
static void
add_virtual (struct sf_strbuf *buf, const struct sf_gridspec *grid, const char *name)
{
  sf_strbuf_addf (buf, "<VRTDataset rasterXSize=\"%d\" rasterYSize=\"%d\">\n", grid->nx, grid->ny);
  if (*grid->crs)
    {
      sf_strbuf_add (buf, "  <SRS>");
      for (const char *c = grid->crs; *c; c++)
        if (*c == '<' || *c == '&')
          sf_strbuf_add (buf, *c == '<' ? "&lt;" : "&amp;");
        else
          sf_strbuf_add_bytes (buf, c, 1);
      sf_strbuf_add (buf, "</SRS>\n");
    }
  sf_strbuf_add (buf, "  <GeoTransform>");
  for (int i = 0; i < 6; i++)
    sf_strbuf_addf (buf, "%s%.17g", i ? ", " : "", grid->affine[i]);
  sf_strbuf_addf (
      buf,
      "</GeoTransform>\n  <VRTRasterBand dataType=\"Float32\" band=\"1\" subClass=\"VRTRawRasterBand\">\n"
      "    <NoDataValue>nan</NoDataValue>\n    <SourceFilename relativetoVRT=\"1\">%s</SourceFilename>\n"
      "    <ImageOffset>0</ImageOffset>\n    <PixelOffset>4</PixelOffset>\n    <LineOffset>%lld</LineOffset>\n"
      "    <ByteOrder>LSB</ByteOrder>\n  </VRTRasterBand>\n</VRTDataset>\n",
      name, 4LL * grid->nx);
}

static enum sf_code
write_beside (const char *path, const char *suffix, struct sf_strbuf *buf, struct sf_error *err)
{
  char *name = sf_mem_printf ("%s%s", path, suffix);
  enum sf_code code = !name || buf->failed ? sf_fail (err, SF_ENOMEM, "no memory to write %s%s", path, suffix)
                                           : sf_file_write (name, buf->text, buf->length, err);
  sf_mem_free (name);
  sf_strbuf_reset (buf);
  return code;
}

static enum sf_code
write_values (const char *path, const struct sf_field *field, struct sf_error *err)
{
  size_t cells = sf_gridspec_cells (&field->grid);
  if (cells > MOST_BYTES / 4)
    return sf_fail (err, SF_ERANGE, "a field of %zu cells; at most %d are stored", cells, MOST_BYTES / 4);
  uint8_t *bytes = sf_mem_alloc (4 * cells);
  if (!bytes)
    return sf_fail (err, SF_ENOMEM, "no memory to write a field of %zu cells", cells);
  put_floats (bytes, field->values, cells);
  enum sf_code code = sf_file_write (path, bytes, 4 * cells, err);
  sf_mem_free (bytes);
  return code;
}

enum sf_code
sf_field_write (struct sf_store *store, const struct sf_batch_record *one, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_strbuf buf = { 0 };
  char *name = NULL, *path = NULL, *folder = NULL;
  enum sf_code code = sf_field_name (&arena, one, &name, err);
  if (code == SF_OK
      && (!(path = sf_file_join (&arena, store->folder, name)) || !(folder = sf_arena_strdup (&arena, path))))
    code = sf_fail (err, SF_ENOMEM, "no memory to write a field");
  if (code == SF_OK)
    {
      *strrchr (folder, '/') = '\0';
      code = sf_file_make_folder (folder, err);
    }
  add_header (&buf, &one->record);
  if (code == SF_OK)
    code = write_beside (path, ".hdr", &buf, err);
  sf_strbuf_reset (&buf);
  if (code == SF_OK)
    {
      add_virtual (&buf, &one->record.as.field.grid, strrchr (path, '/') + 1);
      code = write_beside (path, ".vrt", &buf, err);
    }
  if (code == SF_OK)
    code = write_values (path, &one->record.as.field, err);
  sf_strbuf_finish (&buf);
  sf_arena_finish (&arena);
  return code;
}

char *
sf_field_raster (const struct sf_store *store, struct sf_arena *arena, const char *name)
{
  const char *path = sf_file_join (arena, store->folder, name);
  return path ? sf_arena_printf (arena, "%s.vrt", path) : NULL;
}

enum sf_code
sf_field_read (struct sf_store *store, struct sf_arena *arena, const char *name, struct sf_field *field,
               struct sf_error *err)
{
  size_t cells = sf_gridspec_cells (&field->grid), length = 0;
  uint8_t *bytes = NULL;
  char *path = sf_file_join (arena, store->folder, name);
  float *values = sf_arena_alloc (arena, cells * sizeof *values);
  if (!path || !values)
    return sf_fail (err, SF_ENOMEM, "no memory to read a field of %zu cells", cells);
  SF_TRY (sf_file_read (arena, path, MOST_BYTES, &bytes, &length, err));
  if (length != 4 * cells)
    return sf_fail (err, SF_EIO, "%s: %zu bytes, %d x %d values take %zu", path, length, field->grid.nx, field->grid.ny,
                    4 * cells);
  for (size_t i = 0; i < cells; i++)
    {
      uint32_t bits = (uint32_t) bytes[4 * i] | (uint32_t) bytes[4 * i + 1] << 8 | (uint32_t) bytes[4 * i + 2] << 16
                      | (uint32_t) bytes[4 * i + 3] << 24;
      memcpy (&values[i], &bits, sizeof bits);
    }
  field->values = values;
  return SF_OK;
}
