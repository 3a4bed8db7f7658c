/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_DATA_VOCABULARY_H
#define SF_CORE_DATA_VOCABULARY_H

#include "core/base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum sf_dataset_kind
{
  SF_DATASET_TABLE,
  SF_DATASET_SERIES,
  SF_DATASET_GRID,
  SF_DATASET_CUBE,
  SF_DATASET_FEATURES,
  SF_DATASET_TRACKS,
  SF_DATASET_KINDS
};

/* The type of a table's column. */
enum sf_column_type
{
  SF_COLUMN_TEXT,
  SF_COLUMN_DOUBLE,
  SF_COLUMN_INT,
  SF_COLUMN_TIME
};

/* A quantity: what a number means. Born only in share/vocabulary/quantities.yaml. */
struct sf_quantity
{
  const char *name, *unit, *standard_name; /* CF standard name or NULL */
  const char *title_en, *title_zh;
  const char *averaging; /* "2 min", or NULL */
  enum sf_column_type type;
};

/* A column of a table, features or tracks dataset. */
struct sf_column_spec
{
  const char *name;
  const char *title_en, *title_zh; /* of columns.yaml, else the quantity's */
  const struct sf_quantity *quantity;
};

/* A dataset's definition. Born only in share/vocabulary/datasets.yaml.
   Grids and cubes have one quantity and, for a grid, an optional band axis (force 7, 8, 10, 12); features have a geometry. */
struct sf_dataset_spec
{
  const char *name;
  enum sf_dataset_kind kind;
  const char *title_en, *title_zh;
  const struct sf_quantity *quantity;  /* grid, cube, series */
  const struct sf_quantity *band;      /* grid: quantity of the band axis, or NULL */
  const char *geometry;                /* features: point, line, polygon */
  const char *missing_en, *missing_zh; /* what a missing value means */
  const struct sf_column_spec *columns;
  size_t columns_count;
};

/* What messages and pieces of them are refused for, as a class. Born only in share/vocabulary/reasons.yaml. */
struct sf_reason_class
{
  const char *name, *title_en, *title_zh;
};

struct sf_vocabulary;

/* Load quantities.yaml, datasets.yaml and, where they are there, columns.yaml (titles of columns) and reasons.yaml of a folder. Errors name file, line, column. Free with sf_vocabulary_free. */
enum sf_code sf_vocabulary_load (const char *folder, struct sf_vocabulary **ret_vocabulary, struct sf_error *err);
void sf_vocabulary_free (struct sf_vocabulary *vocabulary);

/* Find by name; NULL when absent. A dataset's name may carry an instance after '@' ("wind_max@sea"), which is not looked at. */
const struct sf_quantity *sf_vocabulary_quantity (const struct sf_vocabulary *vocabulary, const char *name);
const struct sf_dataset_spec *sf_vocabulary_dataset (const struct sf_vocabulary *vocabulary, const char *name);
/* The class of a refusal by its sentence; never NULL: what none knows is "other". */
const struct sf_reason_class *sf_vocabulary_reason (const struct sf_vocabulary *vocabulary, const char *sentence);
/* The nearest known dataset name to a misspelt one, or NULL. */
const char *sf_vocabulary_nearest_dataset (const struct sf_vocabulary *vocabulary, const char *name);

size_t sf_vocabulary_quantities (const struct sf_vocabulary *vocabulary, const struct sf_quantity *const **ret_list);
size_t sf_vocabulary_datasets (const struct sf_vocabulary *vocabulary, const struct sf_dataset_spec *const **ret_list);

const char *sf_dataset_kind_name (enum sf_dataset_kind kind);
const char *sf_column_type_name (enum sf_column_type type);

#endif
