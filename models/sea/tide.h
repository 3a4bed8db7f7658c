/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_SEA_TIDE_H
#define SF_MODELS_SEA_TIDE_H

#include <stddef.h>
#include <stdint.h>

enum
{
  SF_TIDE_MOST = 32 /* constituents of one station */
};

struct sf_tide_term
{
  int constituent; /* sf_tide_find */
  double amplitude_m;
  double phase_deg; /* Greenwich phase lag: behind the equilibrium tide at 0 E, times in UTC */
};

struct sf_tide
{
  size_t count;
  struct sf_tide_term terms[SF_TIDE_MOST];
};

/* A constituent by its name ("M2", "K1", "SA"), -1 for one that is not known. */
int sf_tide_find (const char *name);
/* The name of the i-th constituent, NULL past the last. */
const char *sf_tide_name (int constituent);

/* The astronomical tide, m above mean level: sum of f H cos (V + u - g). V from the mean longitudes of Meeus 1998
   (Astronomical Algorithms, 2nd edition, chapters 25, 47), Doodson's numbers after Schureman 1958 (USC&GS Special
   Publication 98, table 2); nodal f and u by the series in the node's longitude of Doodson and Warburg 1941 (Admiralty
   Manual of Tides, table 26.1). L2 takes M2's. Years 1900 to 2100. Against Schureman's closed forms (measured, 1901 to
   2099) M2, N2, K2, K1, O1, Q1 and M4 are within 0.005 of an amplitude; against another program J1, OO1, MM, MF and L2
   are off by 0.1 to 0.4 of theirs, a centimetre or two, and sums at our stations by less than 2 cm. No surge, no season
   beyond SA and SSA, no rise of the sea. */
double sf_tide_height_m (const struct sf_tide *tide, int64_t time_s);

#endif
