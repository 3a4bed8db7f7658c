/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_DATA_DATASET_H
#define SF_CORE_DATA_DATASET_H

#include "core/base/sha256.h"
#include "core/data/geometry.h"
#include "core/data/grid.h"
#include "core/data/record.h"
#include "core/data/vocabulary.h"

/* Who may say it. Set by the core from the lineage; the weakest of a dataset's inputs wins (the larger value). */
enum sf_authority
{
  SF_AUTHORITY_OFFICIAL,
  SF_AUTHORITY_INTERNAL,
  SF_AUTHORITY_DRILL,
  SF_AUTHORITY_HYPOTHETICAL
};

/* A column of values, rows of them; the member that type names is used. Missing: NULL, NaN, INT64_MIN, SF_TIME_MISSING. */
struct sf_column
{
  const struct sf_column_spec *spec;
  union
  {
    char **texts;
    double *doubles;
    int64_t *ints;
  } as;
};

/* A table; with geometries, features: geometries[row] belongs to row and may be NULL. */
struct sf_table
{
  size_t rows, capacity;
  size_t columns_count;
  struct sf_column *columns; /* in the vocabulary's order */
  struct sf_geometry **geometries;
};

/* A grid of floats: bands x ny x nx, row 0 north, NaN = missing. Without a band axis bands is 1. The values belong to the
   dataset; they are heap memory, or a file's, mapped copy-on-write. */
struct sf_grid
{
  struct sf_gridspec spec;
  int bands;
  double band_values[16];
  int64_t reference_s; /* for quantities "hours since reference": the reference; else SF_TIME_MISSING */
  float *values;
  void (*free_impl) (void *impl); /* frees impl and values; NULL: values are freed by sf_mem_free */
  void *impl;
};

/* A cube (time x y x x) as a provider: steps are read by rows, and need not be held anywhere.
   read fills out[rows*nx] with rows [row0, row0+rows) of a step, read_window (NULL: not offered) out[rows*columns] with a
   window's cells, the same values; both are safe from several threads at once. */
struct sf_cube
{
  struct sf_gridspec spec;
  int steps;
  const int64_t *time_s; /* steps of them, owned by impl */
  /* The whole cube, steps x ny x nx, as read gives it, where it is mapped or in memory; else NULL. Owned by impl, read
     only, there until the dataset is freed. */
  const float *values;
  enum sf_code (*read) (const void *impl, int step, int row0, int rows, float *out, struct sf_error *err);
  enum sf_code (*read_window) (const void *impl, int step, const struct sf_cell_window *window, float *out,
                               struct sf_error *err);
  void (*free_impl) (void *impl);
  void *impl;
};

/* Fixes grouped in tracks: all of one storm, agency, member and base time, in order of time. */
struct sf_track
{
  const char *storm, *number, *name, *name_zh, *agency, *member;
  int64_t base_s; /* SF_TIME_MISSING for a best track or analysis */
  size_t fixes_count;
  struct sf_record *fixes; /* records of kind track, with quality and source */
};

struct sf_tracks
{
  struct sf_arena arena; /* owns all below */
  size_t count;
  struct sf_track *tracks;
};

/* A dataset: immutable once published to the graph, reference-counted (atomic). */
struct sf_dataset
{
  const struct sf_dataset_spec *spec; /* borrowed from the vocabulary, which outlives it */
  char *name;                         /* with its instance, "wind_max@sea" */
  struct sf_key key;
  enum sf_authority authority;
  bool simulated;
  union
  {
    struct sf_table *table; /* table, series, features */
    struct sf_grid *grid;
    struct sf_cube *cube;
    struct sf_tracks *tracks;
  } as;
  int references; /* touched only by ref and unref */
};

/* New empty datasets with one reference, which the caller holds. NULL name instance means none. SF_ENOMEM, or SF_ETYPE
   when the kind does not fit the spec. authority is internal, simulated false and key zero until the core sets them. */
enum sf_code sf_dataset_new_table (const struct sf_dataset_spec *spec, const char *instance, struct sf_dataset **ret,
                                   struct sf_error *err);
/* Values are filled with NaN. bands must be 1 where the spec has no band axis. */
enum sf_code sf_dataset_new_grid (const struct sf_dataset_spec *spec, const char *instance,
                                  const struct sf_gridspec *grid, const double *band_values, int bands,
                                  struct sf_dataset **ret, struct sf_error *err);
/* A grid whose values are there already: those of *grid are taken over (through free_impl, if it has one) only on success.
   Bands as above. */
enum sf_code sf_dataset_adopt_grid (const struct sf_dataset_spec *spec, const char *instance,
                                    const struct sf_grid *grid, struct sf_dataset **ret, struct sf_error *err);
/* Takes ownership of impl (through free_impl) only on success. Times must ascend, at least one step; else SF_EINVAL. */
enum sf_code sf_dataset_new_cube (const struct sf_dataset_spec *spec, const char *instance, const struct sf_cube *cube,
                                  struct sf_dataset **ret, struct sf_error *err);
/* Group and sort records of kind track (deep copies). A storm's identity is unique within its feed, so a track is one
   feed, storm, agency and member, and:
   - fixes with a lead time, of one base time, are a forecast track; a lead-0 fix of that base begins it;
   - all lead-0 fixes are the analysis (a best track is one), whatever their base, with base_s missing. A lead-0 fix that
     begins a forecast stands in both, unless it has a member: a model's own start is no analysis.
   Fixes are in order of time, tracks in order of feed, storm, agency, member, base (the analysis first). Of one track
   and time: only the highest revision is kept; fixes that say the same (labels, source and reception aside) are one,
   with the worst quality among them; fixes that differ are all kept, in the caller's order, doubtful and naming each
   other. A missing time or base is made from the other and the lead; SF_EINVAL when both are missing, SF_ETYPE for
   another kind of record, or what sf_record_check says. No fixes give no tracks. */
enum sf_code sf_dataset_new_tracks (const struct sf_dataset_spec *spec, const char *instance,
                                    const struct sf_record *fixes, size_t count, struct sf_dataset **ret,
                                    struct sf_error *err);

/* Read a window of a cube's step into out[rows*columns]: by its read_window, or out of whole rows, for which there is room
   in rows_mem[rows*nx]. The window lies within the grid. */
enum sf_code sf_cube_read_window (const struct sf_cube *cube, int step, const struct sf_cell_window *window,
                                  float *rows_mem, float *out, struct sf_error *err);

/* Whether a band of a grid dataset is among wanted values of its band axis; without values, or without an axis, it is. */
bool sf_dataset_band_wanted (const struct sf_dataset *grid, int band, const double *values, size_t count);

struct sf_dataset *sf_dataset_ref (const struct sf_dataset *dataset);
void sf_dataset_unref (struct sf_dataset *dataset);

/* Add a row with all values missing; returns its index, or -1 when memory is out. */
long sf_table_add_row (struct sf_table *table);
/* Set a value of the last row by column name; the type must fit (SF_ETYPE) and the column exist (SF_ENOTFOUND). Texts are copied. */
enum sf_code sf_table_set_text (struct sf_table *table, const char *column, const char *text, struct sf_error *err);
enum sf_code sf_table_set_double (struct sf_table *table, const char *column, double value, struct sf_error *err);
enum sf_code sf_table_set_int (struct sf_table *table, const char *column, int64_t value, struct sf_error *err);
enum sf_code sf_table_set_time (struct sf_table *table, const char *column, int64_t time_s, struct sf_error *err);
/* Give the last row a geometry; the table takes it over, also when it fails. */
enum sf_code sf_table_set_geometry (struct sf_table *table, struct sf_geometry *geometry, struct sf_error *err);

/* A column by name, NULL when absent; values by column and row with the missing value when the column is absent. */
const struct sf_column *sf_table_column (const struct sf_table *table, const char *name);
const char *sf_table_text (const struct sf_table *table, const char *column, size_t row);
double sf_table_double (const struct sf_table *table, const char *column, size_t row);
int64_t sf_table_int (const struct sf_table *table, const char *column, size_t row);
int64_t sf_table_time (const struct sf_table *table, const char *column, size_t row);

/* The instance of a dataset's name ("sea" of "wind_max@sea"), or "". */
const char *sf_dataset_instance (const char *name);
const char *sf_authority_name (enum sf_authority authority, int zh);

#endif
