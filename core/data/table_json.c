/* SPDX-License-Identifier: Apache-2.0 */
#include "core/data/table_json.h"

static void
put_cell (struct sf_json *json, const struct sf_column *column, size_t row)
{
  switch (column->spec->quantity->type)
    {
    case SF_COLUMN_TEXT:
      sf_json_string (json, column->as.texts[row]);
      break;
    case SF_COLUMN_TIME:
      sf_json_time (json, column->as.ints[row]);
      break;
    case SF_COLUMN_DOUBLE:
      sf_json_double (json, column->as.doubles[row]);
      break;
    case SF_COLUMN_INT:
      if (column->as.ints[row] == INT64_MIN)
        sf_json_null (json);
      else
        sf_json_int (json, column->as.ints[row]);
      break;
    }
}

void
sf_table_put_row (struct sf_json *json, const struct sf_table *table, size_t row)
{
  for (size_t c = 0; c < table->columns_count; c++)
    {
      sf_json_key (json, table->columns[c].spec->name);
      put_cell (json, &table->columns[c], row);
    }
}
