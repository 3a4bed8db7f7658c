/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_DATA_TABLE_JSON_H
#define SF_CORE_DATA_TABLE_JSON_H

#include "core/base/json.h"
#include "core/data/dataset.h"

/* Put the columns of a row as members into an object that was begun: texts, numbers and ISO 8601 times in UTC; what is
   missing is null. */
void sf_table_put_row (struct sf_json *json, const struct sf_table *table, size_t row);

#endif
