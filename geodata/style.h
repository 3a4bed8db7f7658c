/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_STYLE_H
#define SF_GEODATA_STYLE_H

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/data/dataset.h"
#include "core/data/vocabulary.h"

#include <stdbool.h>
#include <stdint.h>

/* How numbers and things become colours and lines: files of share/styles, one style each. */
enum sf_style_kind
{
  SF_STYLE_CLASSES,    /* a value belongs to the last entry whose `from` it reaches; below the first: not drawn */
  SF_STYLE_RAMP,       /* colours blend between the entries; below the first not drawn, above the last its colour */
  SF_STYLE_CATEGORIES, /* an entry is found by its key */
  SF_STYLE_ISOLINES,   /* a line where the value is an entry's `from` */
  SF_STYLE_ARROWS,     /* arrows point where the wind goes; coloured as classes */
  SF_STYLE_BARBS       /* WMO wind barbs point where the wind comes from; coloured as classes */
};

/* How a grid is sampled between the centres of its cells. */
enum sf_sampling
{
  SF_SAMPLING_NEAREST,
  SF_SAMPLING_BILINEAR,
  SF_SAMPLING_BICUBIC
};

enum
{
  SF_STYLE_MAX_ENTRIES = 254,
  SF_STYLE_MAX_DATASETS = 16,
  SF_STYLE_DASHES = 4
};

/* How a point is drawn. */
enum sf_symbol
{
  SF_SYMBOL_CIRCLE,
  SF_SYMBOL_STAR
};

struct sf_style_entry
{
  double from;              /* exact lower bound in the style's unit, of isolines their level; not of categories */
  const char *key;          /* categories */
  uint8_t rgba[4];          /* not premultiplied */
  double width_px, size_px; /* of lines and symbols on a tile, or a picture 1600 px wide; 0 where not given */
  double dash_px[SF_STYLE_DASHES];
  int dashes;
  uint8_t fill_rgba[4];  /* categories: of areas; alpha 0: only their outline is drawn */
  enum sf_symbol symbol; /* categories: of points */
  const char *label_en, *label_zh;
};

struct sf_style
{
  const char *file, *name;
  const char *const *datasets; /* what it draws; none: by name only */
  int datasets_count;
  bool is_default;  /* of its datasets */
  const char *unit; /* UDUNITS, as in the vocabulary; NULL for categories */
  const char *title_en, *title_zh;
  const char *source; /* where colours and bounds come from */
  enum sf_style_kind kind;
  enum sf_sampling sampling;
  bool from_earliest;       /* bounds count from the origin that sf_render_origin finds */
  bool legend_present_only; /* the legend leaves out classes that do not occur */
  const char *column;       /* categories: the column of its datasets that holds the key; NULL: all are of the first */
  int label_every;          /* isolines: each n-th level carries its number, the first is one; 0: none does */
  double spacing_px;        /* arrows and barbs: from one to the next */
  double barb_mps;          /* barbs: what a long barb stands for; a short one is half, a pennant five times that */
  int line;                 /* where it stands in file */
  struct sf_style_entry *entries;
  int entries_count;
};

struct sf_styles;

/* "nearest", "bilinear", "bicubic" */
const char *sf_sampling_name (enum sf_sampling sampling);

/* Load every *.yaml of a folder. SF_EFORMAT or SF_EINVAL with file:line:column for unknown keys, bad colours, bounds that do
   not rise, missing titles, two styles of one name, two defaults of one dataset. Free with sf_styles_free. */
enum sf_code sf_styles_load (const char *folder, struct sf_styles **ret_styles, struct sf_error *err);
void sf_styles_free (struct sf_styles *styles);
/* Check that each style names datasets of the vocabulary and uses their quantity's unit; SF_ENOTFOUND or SF_ETYPE with
   file and line. */
enum sf_code sf_styles_check (const struct sf_styles *styles, const struct sf_vocabulary *vocabulary,
                              struct sf_error *err);

/* Find by name; SF_ENOTFOUND names the nearest. */
enum sf_code sf_styles_find (const struct sf_styles *styles, const char *name, const struct sf_style **ret_style,
                             struct sf_error *err);
/* The default style of a dataset ("wind_max@sea" too), NULL when none is. */
const struct sf_style *sf_styles_default (const struct sf_styles *styles, const char *dataset);
/* Whether a style draws a dataset ("wind_max@sea" too); one without datasets draws none. */
bool sf_style_fits (const struct sf_style *style, const char *dataset);
int sf_styles_count (const struct sf_styles *styles);
const struct sf_style *sf_styles_at (const struct sf_styles *styles, int index);

/* The entry of a category, NULL when absent. */
const struct sf_style_entry *sf_style_category (const struct sf_style *style, const char *key);
/* The entry that draws a row of features: by the key in the style's column (numbers as they are written shortest), else
   "other" or "unknown", NULL when there is none of them. */
const struct sf_style_entry *sf_style_category_of (const struct sf_style *style, const struct sf_table *table,
                                                   size_t row);

/* What the barb of a wind speed is made of (WMO-No. 485, Appendix II-4: rounded to the nearest short barb; a pennant is ten
   of them; fewer than one is calm, a circle), at most 199 short ones. barb_mps is a long barb, two short ones. */
struct sf_barb
{
  int pennants, longs, shorts;
  bool is_calm;
};
struct sf_barb sf_barb_of (double speed_mps, double barb_mps);

/* The palette of classes or a ramp: colour 0 is fully transparent, colour i is class i-1 or slice i-1 of the ramp.
   Returns how many colours there are (at most 255). Zero for the other kinds. */
int sf_style_palette (const struct sf_style *style, uint8_t ret_palette[256][4]);

#endif
