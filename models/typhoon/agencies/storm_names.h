/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_AGENCIES_STORM_NAMES_H
#define SF_MODELS_TYPHOON_AGENCIES_STORM_NAMES_H

#include <stdbool.h>
#include <stdint.h>

enum
{
  SF_STORM_NUMBER_BYTES = 5 /* "1409" and its end */
};

/* Bring what feeds write for an international number (RSMC Tokyo: year in century and running number) into four digits:
   "1409", "201409", "2014-0009" is none (a centre's own count), "0000" and "1400" are none. year is that of the storm's
   first fix; a number of another year (December and January may differ by one) is none. False, *ret untouched. */
bool sf_storm_number_parse (const char *text, int year, char ret_number[SF_STORM_NUMBER_BYTES]);

/* Whether a name is a storm's own and not a place-holder: (nameless), unnamed, INVEST, TD, a count in words (THIRTEEN,
   THIRTEEN-W), digits. NULL is none. */
bool sf_storm_name_is_own (const char *name);
/* Whether two own names are the same, without regard to case and to a sub-centre's mark. False where either is none. */
bool sf_storm_name_same (const char *a, const char *b);
/* The count n of a sub-centre's mark "(-)n" or "(-1)n" at the end of a name, as CMA's best track has it; 0: none. */
int sf_storm_name_sub_centre (const char *name);
/* The same of the identity "1956-0011-1" that the decoder of best tracks gives a sub-centre, whose name it has cleaned. */
int sf_storm_id_sub_centre (const char *id);

#endif
