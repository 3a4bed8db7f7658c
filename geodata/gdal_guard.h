/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_GDAL_GUARD_H
#define SF_GEODATA_GDAL_GUARD_H

#include "core/base/error.h"

/* Keeps GDAL quiet in this thread and remembers what it said first; nothing of GDAL shows here. */
struct sf_gdal_guard
{
  char text[300];
};

/* Begin: register GDAL's drivers if nobody has, catch its messages until end. The guard must stay where it is. */
void sf_gdal_guard_begin (struct sf_gdal_guard *guard);
void sf_gdal_guard_end (struct sf_gdal_guard *guard);

/* Fail with "what: GDAL's first error". */
enum sf_code sf_gdal_guard_fail (const struct sf_gdal_guard *guard, struct sf_error *err, enum sf_code code,
                                 const char *format, ...) __attribute__ ((format (printf, 4, 5)));

#endif
