/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_PICTURE_DRAW_H
#define SF_GEODATA_PICTURE_DRAW_H

#include "geodata/legend.h"
#include "geodata/picture.h"

#include <cairo.h>
#include <pango/pangocairo.h>

/* Shared by the files of geodata/picture*.c only; not installed. Lengths are pixels of a sheet SF_SHEET_WIDTH wide, which
   cairo scales to the wanted width. */
#define SF_SHEET_WIDTH 1600.0

enum
{
  SF_SHEET_MAX_LABELS = 400
};

struct sf_box
{
  double x, y, width, height;
};

enum sf_align
{
  SF_ALIGN_LEFT,
  SF_ALIGN_CENTRE,
  SF_ALIGN_RIGHT
};

/* One line of text: its colour, size of an em, halo of white pixels around it (0: none), as opaque as the text but at most
   0.88. */
struct sf_lettering
{
  double size_px;
  bool bold;
  uint8_t rgba[4];
  double halo_px;
  enum sf_align align;
};

struct sf_sheet
{
  const struct sf_picture *picture;
  const struct sf_style *basemap, *grades, *track, *warning_lines, *wind_areas, *field;
  cairo_t *cr;
  PangoContext *pango;
  double scale;         /* device pixels a sheet pixel */
  double width, height; /* of the sheet, in sheet pixels */
  struct sf_box map;
  struct sf_bounds extent;
  struct sf_box labels[SF_SHEET_MAX_LABELS]; /* places on the map that are taken */
  int labels_count;
  const struct sf_dataset_spec *field_spec; /* of the field; NULL: not known */
  int64_t field_reference_s;                /* what its hours count from, or SF_TIME_MISSING */
  double origin;                            /* of the field's style */
  enum sf_legend_language language;
  uint64_t classes_present[4]; /* bit i: class i of the field occurs */
  unsigned grades_present;     /* bit i: entry i of grades occurs */
  unsigned warning_lines_present;
  bool forecasts_present, analyses_present, radii_present, landfalls_present;
};

/* picture_text.c */
PangoContext *sf_sheet_new_pango (cairo_t *cr);
PangoLayout *sf_sheet_new_layout (PangoContext *pango, double size_px, bool bold, const char *text);
struct sf_box sf_sheet_measure (struct sf_sheet *sheet, const struct sf_lettering *lettering, const char *text);
/* Draw text with its box's top (or centre line: middle) at y; returns its box. */
struct sf_box sf_sheet_text (struct sf_sheet *sheet, const struct sf_lettering *lettering, double x, double y,
                             const char *text);
/* Put a label beside a point where it hides nothing, or leave it out (false) when there is no such place. */
bool sf_sheet_label (struct sf_sheet *sheet, const struct sf_lettering *lettering, double x, double y, double gap,
                     const char *text);
void sf_sheet_take_box (struct sf_sheet *sheet, const struct sf_box *box);
void sf_sheet_colour (struct sf_sheet *sheet, const uint8_t rgba[4]);
/* The letters' size that makes a text fit into room pixels, the given one where it does. */
double sf_sheet_fitted_size (struct sf_sheet *sheet, struct sf_lettering lettering, const char *text, double room);
const struct sf_style_entry *sf_sheet_base (const struct sf_sheet *sheet, const char *key);
struct sf_lettering sf_sheet_lettering (const struct sf_sheet *sheet, double size_px, const char *key);

/* picture_map.c */
void sf_sheet_to_map (const struct sf_sheet *sheet, double lon_deg, double lat_deg, double *ret_x, double *ret_y);
enum sf_code sf_sheet_draw_ground (struct sf_sheet *sheet, struct sf_error *err);
void sf_sheet_draw_outlines (struct sf_sheet *sheet);
void sf_sheet_draw_frame (struct sf_sheet *sheet);
void sf_sheet_draw_watermark (struct sf_sheet *sheet);
void sf_sheet_stroke (struct sf_sheet *sheet, const struct sf_style_entry *entry, double casing_px);

/* picture_track.c */
enum sf_code sf_sheet_draw_tracks (struct sf_sheet *sheet, struct sf_error *err);
void sf_sheet_draw_symbol (struct sf_sheet *sheet, const struct sf_style_entry *grade, double x, double y,
                           bool forecast);
void sf_sheet_draw_star (struct sf_sheet *sheet, double x, double y, double radius);

/* legend_column.c: a column that is filled from the top. Of texts in two languages it shows those of the sheet's. */
#define SF_LEGEND_ROW_PX 25.0
#define SF_LEGEND_GAP_PX 14.0
#define SF_LEGEND_SIGN_PX 36.0 /* width of what stands before a row's words */

struct legend_column
{
  struct sf_sheet *sheet;
  struct sf_box place;
  double y, row_px;
};

void sf_legend_title (struct legend_column *column, const char *zh, const char *en);
void sf_legend_note (struct legend_column *column, const char *zh, const char *en);
/* The words of the row at y, from the sign on: the name, and to the right what stands after two spaces in it, or extra. */
void sf_legend_words (struct legend_column *column, const char *zh, const char *en, const char *extra);
void sf_legend_swatch (struct legend_column *column, const uint8_t rgba[4]);
/* A whole row for a line. */
void sf_legend_line (struct legend_column *column, const struct sf_style_entry *entry);

/* legend.c */
void sf_legend_field (struct legend_column *column);

/* picture_legend.c */
void sf_sheet_draw_header (struct sf_sheet *sheet, double height);
/* Draw the legend; returns the height that it takes. */
double sf_sheet_draw_legend (struct sf_sheet *sheet, const struct sf_box *place);
void sf_sheet_draw_footer (struct sf_sheet *sheet, const struct sf_box *place);

#endif
