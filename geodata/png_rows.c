/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "geodata/png_rows.h"

#include "core/base/mem.h"
#include "geodata/png_private.h"
#include "geodata/render_kernel.h"

#include <string.h>

#ifdef HAVE_ISAL
#include <isa-l/igzip_lib.h>
#else
#include <libdeflate.h>
#endif

enum
{
  NIBBLE_COLOURS = 16,
  FILTER_NONE = 0,
  FILTER_UP = 2,
  STRIP_BYTES = 64 * 1024, /* a tile of 256 x 256 in one or two */
  ROOM_BYTES = 16 * 1024
};

struct sf_png_rows
{
  const struct sf_render_kernels *kernels;
  struct sf_strbuf *out;
  int width, height, y;
  bool is_packed;
  size_t chunk;     /* where IDAT begins in out */
  size_t row_bytes; /* with the filter's byte */
  uint8_t *strip;   /* filtered rows that wait */
  size_t strip_bytes, used_bytes;
  uint8_t *above; /* the row before: packed, or its indices */
  uint8_t *blank; /* indices of an empty row */
#ifdef HAVE_ISAL
  struct isal_zstream stream;
  uint8_t level_buffer[ISAL_DEF_LVL1_MEDIUM];
#endif
};

void
sf_png_rows_palette (struct sf_strbuf *chunks, const uint8_t (*palette)[4], int colours)
{
  sf_png_add_palette (chunks, palette, colours);
}

static enum sf_code
no_memory (const struct sf_png_rows *rows, struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "PNG %dx%d: out of memory", rows->width, rows->height);
}

/* Room for more bytes at the end of out, beyond its terminator. */
static enum sf_code
make_room (struct sf_png_rows *rows, size_t bytes, struct sf_error *err)
{
  struct sf_strbuf *out = rows->out;
  if (sf_mem_grow ((void **) &out->text, &out->capacity, out->length + bytes + 1, 1))
    out->failed = true;
  return out->failed ? no_memory (rows, err) : SF_OK;
}

#ifdef HAVE_ISAL
static size_t
strip_size (const struct sf_png_rows *rows)
{
  size_t lines = rows->row_bytes < STRIP_BYTES ? STRIP_BYTES / rows->row_bytes + 1 : 1;
  return (lines < (size_t) rows->height ? lines : (size_t) rows->height) * rows->row_bytes;
}

static void
begin_stream (struct sf_png_rows *rows)
{
  isal_deflate_init (&rows->stream);
  rows->stream.level = 1;
  rows->stream.level_buf = rows->level_buffer;
  rows->stream.level_buf_size = sizeof rows->level_buffer;
  rows->stream.gzip_flag = IGZIP_ZLIB;
}

/* isa-l 2.30 leaves the upper halves of vector registers dirty, which makes every plain SSE instruction after it wait for
   the one before: tiles of set w took 70 microseconds longer in the C library's mathematics. */
static inline void
clear_upper_halves (void)
{
#if defined(__x86_64__)
  if (__builtin_cpu_supports ("avx"))
    __asm__ volatile ("vzeroupper" ::: "memory");
#endif
}

static enum sf_code
pack_strip (struct sf_png_rows *rows, bool is_last, struct sf_error *err)
{
  struct isal_zstream *stream = &rows->stream;
  struct sf_strbuf *out = rows->out;
  stream->next_in = rows->strip;
  stream->avail_in = (uint32_t) rows->used_bytes;
  stream->end_of_stream = is_last;
  do
    {
      SF_TRY (make_room (rows, ROOM_BYTES, err));
      stream->next_out = (uint8_t *) out->text + out->length;
      stream->avail_out = ROOM_BYTES;
      int state = isal_deflate (stream);
      clear_upper_halves ();
      if (state != COMP_OK)
        return sf_fail (err, SF_EIO, "PNG %dx%d: isa-l does not pack", rows->width, rows->height);
      out->length += ROOM_BYTES - stream->avail_out;
    }
  while (stream->avail_out == 0 || stream->avail_in > 0);
  rows->used_bytes = 0;
  return SF_OK;
}
#else
static size_t
strip_size (const struct sf_png_rows *rows)
{
  return rows->row_bytes * (size_t) rows->height;
}

static void
begin_stream (struct sf_png_rows *rows)
{
  (void) rows;
}

static enum sf_code
pack_strip (struct sf_png_rows *rows, bool is_last, struct sf_error *err)
{
  (void) is_last;
  struct libdeflate_compressor *compressor = libdeflate_alloc_compressor (1);
  if (!compressor)
    return no_memory (rows, err);
  struct sf_strbuf *out = rows->out;
  size_t bound = libdeflate_zlib_compress_bound (compressor, rows->used_bytes);
  enum sf_code code = make_room (rows, bound, err);
  if (code == SF_OK)
    out->length += libdeflate_zlib_compress (compressor, rows->strip, rows->used_bytes, out->text + out->length, bound);
  libdeflate_free_compressor (compressor);
  rows->used_bytes = 0;
  return code;
}
#endif

enum sf_code
sf_png_rows_begin (struct sf_png_rows **ret_rows, int width, int height, int colours,
                   const struct sf_strbuf *palette_chunks, struct sf_strbuf *out, struct sf_error *err)
{
  struct sf_png_rows *rows = sf_mem_alloc (sizeof *rows);
  if (!rows)
    return sf_fail (err, SF_ENOMEM, "PNG %dx%d: out of memory", width, height);
  rows->kernels = sf_render_kernels_get (false);
  rows->out = out;
  rows->width = width;
  rows->height = height;
  rows->y = 0;
  rows->is_packed = colours <= NIBBLE_COLOURS;
  rows->row_bytes = 1 + (rows->is_packed ? ((size_t) width + 1) / 2 : (size_t) width);
  rows->strip_bytes = strip_size (rows);
  rows->used_bytes = 0;
  rows->above = sf_mem_calloc (1, (size_t) width);
  rows->blank = sf_mem_calloc (1, (size_t) width);
  rows->strip = sf_mem_alloc (rows->strip_bytes);
  if (!rows->above || !rows->blank || !rows->strip)
    {
      sf_png_rows_free (rows);
      return sf_fail (err, SF_ENOMEM, "PNG %dx%d: out of memory", width, height);
    }
  begin_stream (rows);
  sf_png_add_header (out, width, height, rows->is_packed ? 4 : 8, SF_PNG_COLOUR_PALETTE);
  sf_strbuf_add_bytes (out, palette_chunks->text, palette_chunks->length);
  rows->chunk = sf_png_begin_chunk (out, "IDAT");
  *ret_rows = rows;
  return SF_OK;
}

static enum sf_code
row_added (struct sf_png_rows *rows, struct sf_error *err)
{
  rows->used_bytes += rows->row_bytes;
  rows->y++;
  if (rows->used_bytes == rows->strip_bytes || rows->y == rows->height)
    return pack_strip (rows, rows->y == rows->height, err);
  return SF_OK;
}

enum sf_code
sf_png_rows_add (struct sf_png_rows *rows, const uint8_t *indices, struct sf_error *err)
{
  uint8_t *row = rows->strip + rows->used_bytes;
  indices = indices ? indices : rows->blank;
  row[0] = rows->is_packed ? FILTER_NONE : FILTER_UP;
  if (rows->is_packed)
    {
      rows->kernels->pack_nibbles (indices, rows->width, row + 1);
      memcpy (rows->above, row + 1, rows->row_bytes - 1);
    }
  else
    rows->kernels->subtract_above (indices, rows->width, rows->above, row + 1);
  return row_added (rows, err);
}

enum sf_code
sf_png_rows_repeat (struct sf_png_rows *rows, struct sf_error *err)
{
  uint8_t *row = rows->strip + rows->used_bytes;
  row[0] = rows->is_packed ? FILTER_NONE : FILTER_UP;
  if (rows->is_packed)
    memcpy (row + 1, rows->above, rows->row_bytes - 1);
  else
    memset (row + 1, 0, rows->row_bytes - 1);
  return row_added (rows, err);
}

enum sf_code
sf_png_rows_end (struct sf_png_rows *rows, struct sf_error *err)
{
  sf_png_end_chunk (rows->out, rows->chunk);
  sf_png_add_chunk (rows->out, "IEND", "", 0);
  return rows->out->failed ? no_memory (rows, err) : SF_OK;
}

void
sf_png_rows_free (struct sf_png_rows *rows)
{
  if (!rows)
    return;
  sf_mem_free (rows->strip);
  sf_mem_free (rows->blank);
  sf_mem_free (rows->above);
  sf_mem_free (rows);
}
