/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/fault.h"

enum sf_code
sf_map_fault_set (struct sf_map_fault *fault, int status, const char *code, const char *locator)
{
  fault->status = status;
  fault->code = code;
  fault->locator = locator;
  return fault->err.code;
}
