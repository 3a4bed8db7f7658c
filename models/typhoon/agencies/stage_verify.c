/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/agencies/stages.h"
#include "models/typhoon/agencies/verification.h"

#include <math.h>

static const int leads_h[] = { 12, 24, 36, 48, 60, 72, 96, 120 };
enum
{
  LEADS = sizeof leads_h / sizeof *leads_h
};

static enum sf_code
add_row (struct sf_table *table, const char *storm, const char *agency, const char *agency_zh, const char *kind,
         int lead_h, struct sf_error_sample *sample, struct sf_error *err)
{
  struct sf_error_summary summary;
  if (sample->count == 0)
    return SF_OK;
  sf_verify_summarise (sample, &summary);
  if (sf_table_add_row (table) < 0)
    return sf_fail (err, SF_ENOMEM, "out of memory for the errors of storm %s", storm);
  SF_TRY (sf_table_set_text (table, "storm", storm, err));
  SF_TRY (sf_table_set_text (table, "agency", agency, err));
  SF_TRY (sf_table_set_text (table, "agency_zh", agency_zh, err));
  SF_TRY (sf_table_set_text (table, "sample", kind, err));
  SF_TRY (sf_table_set_double (table, "lead", lead_h, err));
  SF_TRY (sf_table_set_int (table, "count", (int64_t) summary.count, err));
  SF_TRY (sf_table_set_double (table, "mean_error", summary.mean_km, err));
  SF_TRY (sf_table_set_double (table, "median_error", summary.median_km, err));
  SF_TRY (sf_table_set_double (table, "error_70", summary.error_70_km, err));
  SF_TRY (sf_table_set_double (table, "error_90", summary.error_90_km, err));
  SF_TRY (sf_table_set_double (table, "against_consensus", summary.against_km, err));
  SF_TRY (sf_table_set_double (table, "against_low", summary.low_km, err));
  return sf_table_set_double (table, "against_high", summary.high_km, err);
}

static enum sf_code
add_agency (struct sf_table *table, const struct sf_storm_history *history, const struct sf_consensus *consensus,
            size_t agency, int lead_h, struct sf_error_sample *sample, struct sf_error *err)
{
  const struct sf_agency *who = history->agencies[agency].agency;
  int64_t lead_s = lead_h * (int64_t) 3600;
  sf_verify_own (history, agency, lead_s, sample);
  SF_TRY (add_row (table, history->storm, who->code, who->name_zh, "own", lead_h, sample, err));
  sf_verify_paired (history, consensus, agency, lead_s, sample);
  SF_TRY (add_row (table, history->storm, who->code, who->name_zh, "paired", lead_h, sample, err));
  sf_verify_common (history, consensus, agency, lead_s, sample);
  return add_row (table, history->storm, who->code, who->name_zh, "common", lead_h, sample, err);
}

/* The consensus on the sample that all agencies have: its own errors take the agency's place. */
static enum sf_code
add_common_consensus (struct sf_table *table, const struct sf_storm_history *history,
                      const struct sf_consensus *consensus, int lead_h, struct sf_error_sample *sample,
                      struct sf_error *err)
{
  if (history->agencies_count == 0)
    return SF_OK;
  sf_verify_common (history, consensus, 0, lead_h * (int64_t) 3600, sample);
  for (size_t i = 0; i < sample->count; i++)
    {
      sample->error_km[i] = sample->consensus_km[i];
      sample->consensus_km[i] = NAN;
    }
  return add_row (table, history->storm, SF_OWN_AGENCY, SF_OWN_AGENCY_ZH, "common", lead_h, sample, err);
}

static enum sf_code
add_storm (struct sf_agencies_job *job, struct sf_table *table, size_t storm, struct sf_error *err)
{
  struct sf_storm_history history;
  struct sf_consensus consensus;
  struct sf_error_sample sample;
  SF_TRY (sf_agencies_replay (job, storm, &history, &consensus, err));
  SF_TRY (sf_error_sample_init (&job->arena, &history, &consensus, &sample, err));
  for (int l = 0; l < LEADS; l++)
    {
      sf_verify_consensus (&history, &consensus, leads_h[l] * (int64_t) 3600, &sample);
      SF_TRY (add_row (table, history.storm, SF_OWN_AGENCY, SF_OWN_AGENCY_ZH, "own", leads_h[l], &sample, err));
      SF_TRY (add_common_consensus (table, &history, &consensus, leads_h[l], &sample, err));
      for (size_t a = 0; a < history.agencies_count; a++)
        SF_TRY (add_agency (table, &history, &consensus, a, leads_h[l], &sample, err));
    }
  return SF_OK;
}

enum sf_code
sf_agencies_run_verify (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct sf_agencies_job job;
  struct sf_dataset *dataset = NULL;
  enum sf_code code = sf_agencies_open_job (host, io, &job, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "track_errors"), NULL, &dataset, err);
  for (size_t s = 0; code == SF_OK && s < job.storms_count; s++)
    code = add_storm (&job, dataset->as.table, s, err);
  sf_agencies_close_job (&job);
  if (code == SF_OK)
    return io->output (io, "track_errors", dataset, err);
  sf_dataset_unref (dataset);
  return code;
}
