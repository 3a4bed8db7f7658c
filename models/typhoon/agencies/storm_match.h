/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_AGENCIES_STORM_MATCH_H
#define SF_MODELS_TYPHOON_AGENCIES_STORM_MATCH_H

#include "models/typhoon/agencies/storm_names.h"

#include <stddef.h>
#include <stdint.h>

/* Where a feed says that a storm was. */
struct sf_sight_fix
{
  int64_t time_s;
  double lon_deg, lat_deg;
};

/* A storm as one feed speaks of it: all its records under one identity of that feed. Texts are borrowed. */
struct sf_sight
{
  const char *feed, *storm;           /* the feed's own identity */
  char number[SF_STORM_NUMBER_BYTES]; /* international, "" for none */
  const char *name, *name_zh;         /* the last own name; NULL for none */
  int sub_centre;                     /* n of "(-)n", 0 for a storm's main centre */
  size_t fixes_count; /* analyses in order of time, one a time; where a feed has none, first forecast fixes */
  const struct sf_sight_fix *fixes;
  double slack_km; /* how much farther off these fixes may be than analyses: 0, or by their lead */
};

/* The rule of one identity. Two sights are tried in this order, the surest first, and become one storm unless something
   in either storm so far speaks against it:
   1 same international number, lives at most 30 days apart, not over 1000 km apart at one time (a slip in a number);
   2 same own name, lives at most 10 days apart, not over 500 km apart at one time: so a name used again in another year
     is another storm;
   3 same time and place: on average over the moments that both have, at most 150 km apart (75 km when both have own and
     different names, as PAGASA's). Agencies' positions of one storm differ by 20 to 30 km on average (CMA 22.7 km in
     2020, Chen et al. 2022) and by up to a degree for depressions; two vortices within 150 km merge in hours (Lander and
     Holland 1993), so nothing that stays two is that near for long;
   4 one begins where the other ends, at most 12 h later: within 150 km of its place carried on by its last motion, or
     within 150 km + 20 km/h without one. A depression that gets a number, a storm that is named anew.
   Against it speak: two different international numbers; a sub-centre and a main centre, which share their number, or
   two sub-centres; two identities of one feed at one time more than 30 km apart. */
struct sf_match_rule
{
  int64_t number_gap_s, name_gap_s, follow_gap_s;
  double number_km, name_km, near_km, renamed_km, same_feed_km, follow_kmph;
};
extern const struct sf_match_rule sf_match_rule;

/* A pair worth joining. */
struct sf_match_link
{
  int rank;
  double km;
  size_t a, b;
};

/* Find the pairs that a rule would join, the surest first, into links; with links NULL only count them. */
size_t sf_storm_links (const struct sf_sight *sights, size_t count, const struct sf_match_rule *rule,
                       struct sf_match_link *links);

/* Tell from these links which sights are one storm: ret_storm[i] becomes the index of the first sight (in the caller's
   order) of i's storm. Which sights are one storm does not depend on their order. A sight without fixes stays alone.
   Distances are great circles; places between two fixes up to 12 h apart are on the straight line between them. */
void sf_storm_match (const struct sf_sight *sights, size_t count, const struct sf_match_rule *rule,
                     const struct sf_match_link *links, size_t links_count, size_t *ret_storm);

/* Mean distance in km of two sights over the moments of either at which the other has a place, too; NaN without any. */
double sf_sight_distance_km (const struct sf_sight *a, const struct sf_sight *b);
/* The place at a time, from fixes at most 12 h apart; false outside of them. */
int sf_sight_place (const struct sf_sight *sight, int64_t time_s, double *ret_lon_deg, double *ret_lat_deg);

#endif
