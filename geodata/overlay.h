/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_OVERLAY_H
#define SF_GEODATA_OVERLAY_H

#include "core/base/error.h"
#include "core/base/text.h"

#include <stdbool.h>
#include <stdint.h>

/* Pictures of one size laid over one another, and words on a picture. */
struct sf_overlay;

struct sf_overlay_setup
{
  int width, height; /* 1..8192 */
  bool is_opaque;    /* on a ground of one colour; else on nothing */
  uint8_t ground_rgb[3];
};

/* Free with sf_overlay_free. SF_EINVAL for another size, SF_ENOMEM. One thread at a time. */
enum sf_code sf_overlay_new (const struct sf_overlay_setup *setup, struct sf_overlay **ret_overlay,
                             struct sf_error *err);
void sf_overlay_free (struct sf_overlay *overlay);

/* Lay a PNG file over what is there (Porter and Duff 1984, "over"). SF_EFORMAT when it cannot be read or has another size. */
enum sf_code sf_overlay_add_png (struct sf_overlay *overlay, const void *bytes, size_t length, struct sf_error *err);
/* Write a text from the top left corner, its lines broken to the width. */
enum sf_code sf_overlay_add_text (struct sf_overlay *overlay, const char *text, struct sf_error *err);

/* Append the whole as a PNG file: with a palette where its colours fit into one, else with three or four channels; for
   wants_palette always with one, colours rounded until they fit. */
enum sf_code sf_overlay_encode (struct sf_overlay *overlay, bool wants_palette, struct sf_strbuf *out,
                                struct sf_error *err);

#endif
