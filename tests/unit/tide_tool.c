/* SPDX-License-Identifier: Apache-2.0 */
/* Reads lines "NAME AMPLITUDE_M PHASE_DEG", an empty line, then times in seconds, one a line; writes a height for each. */
#include "models/sea/tide.h"

#include <stdio.h>
#include <stdlib.h>

int
main (void)
{
  struct sf_tide tide = { 0 };
  char line[128], name[32];
  struct sf_tide_term term;
  while (fgets (line, sizeof line, stdin)
         && sscanf (line, "%31s %lf %lf", name, &term.amplitude_m, &term.phase_deg) == 3)
    {
      term.constituent = sf_tide_find (name);
      if (term.constituent < 0 || tide.count == SF_TIDE_MOST)
        return EXIT_FAILURE;
      tide.terms[tide.count++] = term;
    }
  while (fgets (line, sizeof line, stdin))
    printf ("%.6f\n", sf_tide_height_m (&tide, atoll (line)));
  return EXIT_SUCCESS;
}
