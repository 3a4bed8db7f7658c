/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_VECTOR_COLUMNS_H
#define SF_GEODATA_VECTOR_COLUMNS_H

#include "core/base/mem.h"
#include "core/data/dataset.h"

/* The columns of a dataset in a vector file: those of its spec, or for tracks all members of a fix's record.
   Private to the vector files of this folder. */

enum sf_vector_storage
{
  SF_VECTOR_TEXT,
  SF_VECTOR_DOUBLE,
  SF_VECTOR_INT64,
  SF_VECTOR_UINT32,
  SF_VECTOR_UINT8
};

struct sf_vector_column
{
  char name[48];
  enum sf_column_type type;
  bool required;                                      /* a file without it is refused */
  const char *unit, *title_en, *title_zh, *averaging; /* averaging "2 min", or NULL */
  enum sf_vector_storage storage; /* of the member at offset in struct sf_record; of tables, unused */
  size_t offset;
};

/* A value: text for texts, number for doubles, integer for ints and times. */
struct sf_vector_value
{
  bool missing;
  const char *text;
  double number;
  int64_t integer;
};

/* The columns of spec, in the arena. SF_ETYPE when spec is no table, series, features or tracks. */
enum sf_code sf_vector_columns (struct sf_arena *arena, const struct sf_dataset_spec *spec,
                                struct sf_vector_column **ret, size_t *ret_count, struct sf_error *err);
struct sf_vector_value sf_vector_table_value (const struct sf_table *table, size_t column, size_t row);
struct sf_vector_value sf_vector_record_value (const struct sf_record *record, const struct sf_vector_column *column);
/* Put a value into a record; the text is borrowed. SF_ERANGE when an integer does not fit its member. */
enum sf_code sf_vector_record_set (struct sf_record *record, const struct sf_vector_column *column,
                                   const struct sf_vector_value *value, struct sf_error *err);

#endif
