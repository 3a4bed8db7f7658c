/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_PNG_ROWS_H
#define SF_GEODATA_PNG_ROWS_H

#include "core/base/text.h"

/* A PNG of palette indices written row by row, as fast as this machine can: for tiles that are made when asked for. Up to 16
   colours are packed two pixels a byte; more are written as differences from the row above. The pixels are packed by isa-l
   where it was there at build time, strip by strip, else by libdeflate in one piece. geodata/png.h writes small files.
   Not installed. */
struct sf_png_rows;

/* The PLTE and tRNS chunks of a palette, made once. Zero-initialise, finish with sf_strbuf_finish. */
void sf_png_rows_palette (struct sf_strbuf *chunks, const uint8_t (*palette)[4], int colours);

/* Begin an image whose indices are below colours; out is borrowed until the end. SF_ENOMEM. */
enum sf_code sf_png_rows_begin (struct sf_png_rows **ret_rows, int width, int height, int colours,
                                const struct sf_strbuf *palette_chunks, struct sf_strbuf *out, struct sf_error *err);
/* Add the next row: indices, all 0 (NULL), or the same as the row before. */
enum sf_code sf_png_rows_add (struct sf_png_rows *rows, const uint8_t *indices, struct sf_error *err);
enum sf_code sf_png_rows_repeat (struct sf_png_rows *rows, struct sf_error *err);
/* Write the end after the last row. */
enum sf_code sf_png_rows_end (struct sf_png_rows *rows, struct sf_error *err);
void sf_png_rows_free (struct sf_png_rows *rows);

#endif
