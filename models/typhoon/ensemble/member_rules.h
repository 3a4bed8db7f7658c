/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_RULES_H
#define SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_RULES_H

#include "models/typhoon/agencies/past_errors.h"

#include <stdbool.h>

/* What generated members are drawn from: share/typhoon/ensemble.yaml, which names the source of each value. */

enum
{
  SF_LEADS_MOST = 24,
  SF_ERROR_AGENCIES_MOST = 8
};

/* Values by lead, leads ascending: means of all that was added, by weight. */
struct sf_lead_table
{
  int count;
  double lead_h[SF_LEADS_MOST], value[SF_LEADS_MOST], weight[SF_LEADS_MOST];
};

/* Take one more value into the mean at a lead; false when there is no room for another lead. */
bool sf_lead_table_add (struct sf_lead_table *table, double lead_h, double value, double weight);

/* The value at a lead of a table with at least one: straight between two leads, the first before it, the last slope beyond the end. */
double sf_lead_table_at (const struct sf_lead_table *table, double lead_h);

/* Correlation between leads: (1 + s) exp (-s), s = sqrt 3 |ln ((a + offset_h) / (b + offset_h))| / length; Matern 3/2 in
   the logarithm of the lead, so that errors are smooth in time and forget slower the longer they have lasted. */
struct sf_lead_correlation
{
  double offset_h, length; /* above 0 */
};

/* Rapid intensification that the forecast has not. */
struct sf_rapid_rules
{
  double rate_per_day, hours, least_mps, mean_rest_mps, most_latitude_deg;
};

/* The track errors of one agency alone. */
struct sf_agency_errors
{
  char agency[16];
  struct sf_lead_table track_km;
};

struct sf_member_rules
{
  struct sf_lead_table track_km, consensus_factor, along_over_cross;
  struct sf_agency_errors agencies[SF_ERROR_AGENCIES_MOST];
  int agencies_count;
  double along_cross_correlation, tail_nu;
  struct sf_lead_correlation track_correlation;
  struct sf_lead_table intensity_mps;
  struct sf_lead_correlation intensity_correlation;
  struct sf_rapid_rules rapid;
  struct sf_lead_table size_deviation;
  struct sf_lead_correlation size_correlation;
  double size_intensity_correlation;
  double ring_exponent, usual_ring7_km;
  double wind_floor_mps, wind_ceiling_mps, decay_floor, recovery_h, environment_hpa, stale_h;
};

/* Load the rules. Every key must be there. SF_EFORMAT, SF_EINVAL, SF_ERANGE name file, line, column and key; SF_ENOTFOUND
   and SF_EIO as sf_yaml_load. *ret_rules is untouched on failure. */
enum sf_code sf_member_rules_load (const char *path, struct sf_member_rules *ret_rules, struct sf_error *err);

/* Add the years of share/typhoon/errors.yaml to the track errors, each with weight 1. SF_ERANGE for too many leads or
   agencies. */
enum sf_code sf_member_rules_add_years (struct sf_member_rules *rules, const struct sf_past_errors *past,
                                        struct sf_error *err);

/* Copy an agency's own track errors, beginning with all agencies' analysis error where they say nothing of lead 0; false
   for an agency of which nothing beyond lead 0 is known. */
bool sf_member_rules_errors (const struct sf_member_rules *rules, const char *agency,
                             struct sf_lead_table *ret_track_km);

#endif
