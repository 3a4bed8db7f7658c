/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_BASE_DECIMAL_H
#define SF_CORE_BASE_DECIMAL_H

#include <stdint.h>

/* Numbers as text where printf is too slow: in answers that hold hundreds of them. Each function writes at out, without a
   terminator, and returns the end of what it wrote. No locale, no allocation, any thread. */

enum
{
  SF_DECIMAL_BYTES = 64, /* the longest text of any */
  SF_DECIMAL_PLACES_MAX = 9
};

/* Write a finite value as printf ("%.*f", places) does, exactly (ties to even), but "-0.00" as "0.00"; places from 0 to
   SF_DECIMAL_PLACES_MAX. Exact because a float's 24 bits times 10^9 fit a double's 53. NaN and infinities: "null". */
char *sf_decimal_write (char *out, float value, int places);
/* Write a value that has at most seven decimals in its shortest form, "110.35". NULL, and nothing is written, for others:
   with more decimals, of 10^8 or more, below 10^-4, no number. */
char *sf_decimal_write_short (char *out, double value);
char *sf_decimal_write_int (char *out, int64_t value);

#endif
