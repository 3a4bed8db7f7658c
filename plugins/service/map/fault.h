/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_FAULT_H
#define PLUGINS_SERVICE_MAP_FAULT_H

#include "core/base/error.h"

/* What was wrong with a request in the words of an OGC standard: its exception code and the parameter at fault. Both are
   static texts; code NULL where the standard has none. */
struct sf_map_fault
{
  int status; /* of HTTP */
  const char *code, *locator;
  struct sf_error err;
};

/* Give fault->err, which must have been set, its code; returns fault->err.code. */
enum sf_code sf_map_fault_set (struct sf_map_fault *fault, int status, const char *code, const char *locator);

#endif
