/* SPDX-License-Identifier: Apache-2.0 */
/* For member_calibration.py: what the generator draws, and the radii of its circles.
     member_dump radii RULES           lines "lead probability radius"
     member_dump draws RULES STORMS MEMBERS  doubles: storm, member, lead, (along, cross, wind, ln size) */
#include "models/typhoon/ensemble/member_draw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
  LEADS = 6
};

static const double lead_h[LEADS] = { 0, 24, 48, 72, 96, 120 };
static const double lat_deg[LEADS] = { 15, 16, 17, 18, 19, 20 };

static int
dump_radii (const struct sf_member_rules *rules)
{
  const double probabilities[] = { 0.68, 0.9 };
  for (int k = 0; k < LEADS; k++)
    for (int p = 0; p < 2; p++)
      {
        struct sf_spread spread = sf_member_spread (rules, &rules->track_km, lead_h[k]);
        printf ("%g %g %.9g\n", lead_h[k], probabilities[p], sf_spread_quantile_km (&spread, probabilities[p]));
      }
  return 0;
}

static int
dump_draws (const struct sf_member_rules *rules, uint32_t storms, uint32_t members)
{
  const struct sf_plan_leads leads
      = { .n = LEADS, .hour = lead_h, .lead_h = lead_h, .lat_deg = lat_deg, .track_km = &rules->track_km };
  struct sf_member_plan plan;
  double room[6 * LEADS];
  struct sf_member_errors errors = { room, room + LEADS, room + 2 * LEADS, room + 3 * LEADS };
  if (sf_member_plan_init (&plan, rules, &leads, NULL) != SF_OK)
    return 1;
  for (uint32_t storm = 0; storm < storms; storm++)
    for (uint32_t member = 0; member < members; member++)
      {
        sf_member_draw (&plan, &(struct sf_draws){ 1, storm, member }, &errors, room + 4 * LEADS);
        for (int k = 0; k < LEADS; k++)
          {
            const double row[4] = { errors.along_km[k], errors.cross_km[k], errors.wind_mps[k], log (errors.size[k]) };
            if (fwrite (row, sizeof row, 1, stdout) != 1)
              return 1;
          }
      }
  sf_member_plan_finish (&plan);
  return 0;
}

int
main (int argc, char **argv)
{
  struct sf_member_rules rules;
  struct sf_error err;
  if (argc < 3 || sf_member_rules_load (argv[2], &rules, &err) != SF_OK)
    {
      fprintf (stderr, "member_dump: %s\n", argc < 3 ? "radii|draws RULES [STORMS MEMBERS]" : err.message);
      return 1;
    }
  if (strcmp (argv[1], "radii") == 0)
    return dump_radii (&rules);
  return argc == 5 ? dump_draws (&rules, (uint32_t) atoi (argv[3]), (uint32_t) atoi (argv[4])) : 1;
}
