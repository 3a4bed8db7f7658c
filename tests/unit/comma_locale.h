/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_COMMA_LOCALE_H
#define SF_TESTS_UNIT_COMMA_LOCALE_H

#include "tests/unit/base.h"

#include <locale.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* LC_NUMERIC as localedef (glibc 2.36) compiles it from: decimal_point ",", thousands_sep ".", grouping 3. */
static const unsigned char comma_numeric[]
    = { 0x14, 0x11, 0x03, 0x20, 0x06, 0x00, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x22, 0x00, 0x00, 0x00,
        0x24, 0x00, 0x00, 0x00, 0x28, 0x00, 0x00, 0x00, 0x2c, 0x00, 0x00, 0x00, 0x30, 0x00, 0x00, 0x00,
        0x2c, 0x00, 0x2e, 0x00, 0x03, 0x00, 0x00, 0x00, 0x2c, 0x00, 0x00, 0x00, 0x2e, 0x00, 0x00, 0x00,
        0x41, 0x4e, 0x53, 0x49, 0x5f, 0x58, 0x33, 0x2e, 0x34, 0x2d, 0x31, 0x39, 0x36, 0x38, 0x00 };

/* Switch this process to a locale whose decimal point is a comma, and see that it took hold. */
static inline void
use_comma_locale (void)
{
  char folder[] = "locale.XXXXXX", path[64], shown[16];
  ck_assert_ptr_nonnull (mkdtemp (folder));
  snprintf (path, sizeof path, "%s/comma", folder);
  ck_assert_int_eq (mkdir (path, 0777), 0);
  snprintf (path, sizeof path, "%s/comma/LC_NUMERIC", folder);
  FILE *file = fopen (path, "wb");
  ck_assert_ptr_nonnull (file);
  fwrite (comma_numeric, sizeof comma_numeric, 1, file);
  ck_assert_int_eq (fclose (file), 0);
  setenv ("LOCPATH", folder, 1);
  const char *took = setlocale (LC_NUMERIC, "comma");
  unlink (path);
  snprintf (path, sizeof path, "%s/comma", folder);
  rmdir (path);
  rmdir (folder);
  ck_assert_msg (took != NULL, "no locale with a decimal comma could be made");
  snprintf (shown, sizeof shown, "%.1f", 1.5);
  ck_assert_str_eq (shown, "1,5");
}

#endif
