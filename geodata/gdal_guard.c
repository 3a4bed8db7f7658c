/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/gdal_guard.h"

#include <gdal.h>
#include <cpl_conv.h>
#include <cpl_error.h>

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

static void
remember (CPLErr severity, CPLErrorNum number, const char *message)
{
  (void) number;
  struct sf_gdal_guard *guard = CPLGetErrorHandlerUserData ();
  if (severity >= CE_Failure && !guard->text[0])
    snprintf (guard->text, sizeof guard->text, "%s", message);
}

void
sf_gdal_guard_begin (struct sf_gdal_guard *guard)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once (&once, GDALAllRegister);
  guard->text[0] = '\0';
  CPLPushErrorHandlerEx (remember, guard);
}

void
sf_gdal_guard_end (struct sf_gdal_guard *guard)
{
  (void) guard;
  CPLPopErrorHandler ();
}

enum sf_code
sf_gdal_guard_fail (const struct sf_gdal_guard *guard, struct sf_error *err, enum sf_code code, const char *format, ...)
{
  char what[300];
  va_list args;
  va_start (args, format);
  vsnprintf (what, sizeof what, format, args);
  va_end (args);
  return sf_fail (err, code, "%s: %s", what, guard->text[0] ? guard->text : "GDAL gives no reason");
}
