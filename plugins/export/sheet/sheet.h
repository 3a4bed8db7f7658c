/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_EXPORT_SHEET_SHEET_H
#define PLUGINS_EXPORT_SHEET_SHEET_H

#include "plugins/export/page.h"

/* Chances below this are said as "<1/10", and times of the few members behind them not at all. */
#define SF_SHEET_LEAST_CHANCE 0.05

/* One kind of sheet: what it answers, from which datasets, and what it does not say. */
struct sf_sheet
{
  const char *name, *title_zh, *title_en;
  const char *not_zh, *not_en;
  const char *const *datasets; /* ends with NULL; the sheet is made where one of them is given */
  void (*body) (const struct sf_page *page, struct sf_strbuf *out);
};

/* A sheet under way: the page's own. */
struct sf_sheet_run
{
  const struct sf_sheet *sheet;
  struct sf_arena *arena;      /* the page's */
  enum sf_authority authority; /* the weakest of its datasets */
  bool simulated;
};

/* sheet_tracks.c */
void sf_sheet_fixes (const struct sf_page *page, struct sf_strbuf *out);
void sf_sheet_agencies (const struct sf_page *page, struct sf_strbuf *out);
void sf_sheet_landfall (const struct sf_page *page, struct sf_strbuf *out);
/* sheet_effects.c */
void sf_sheet_similar (const struct sf_page *page, struct sf_strbuf *out);
void sf_sheet_rain_surge (const struct sf_page *page, struct sf_strbuf *out);
void sf_sheet_changes (const struct sf_page *page, struct sf_strbuf *out);

/* sheet_impact.c */
void sf_sheet_impact (const struct sf_page *page, struct sf_strbuf *out);

/* sheet_data.c: every table of the job as JSON and as CSV, where the setting `data` asks for it. */
enum sf_code sf_sheet_write_data (const struct sf_host *host, const struct sf_export *job, struct sf_error *err);

#endif
