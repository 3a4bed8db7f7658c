/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_EXPORT_HTML_PAGE_H
#define PLUGINS_EXPORT_HTML_PAGE_H

#include "core/base/text.h"
#include "core/plugin/plugin.h"
#include "geodata/picture.h"

/* Parts of the summary page; shared by the files of this plugin only. All text that comes from data goes through
   page_text. */
struct sf_page
{
  const struct sf_host *host;
  const struct sf_export *job;
  struct sf_arena arena;
  struct sf_styles *styles;
  const struct sf_style *force, *grades;
  struct sf_strbuf sources_zh, sources_en;
  struct sf_strbuf *pictures; /* one PNG a map, in the order of the option `maps` */
  size_t pictures_count;
};

/* page_text.c */
void sf_page_contact (struct sf_strbuf *out, const struct sf_table *landfalls,
                      size_t row);                           /* a doubt, if there is one */
void sf_page_text (struct sf_strbuf *out, const char *text); /* escaped; NULL gives nothing */
void sf_page_base64 (struct sf_strbuf *out, const void *bytes, size_t length);
void sf_page_number (struct sf_strbuf *out, double value, int decimals); /* a dash for NaN */
void sf_page_time (struct sf_strbuf *out, int64_t time_s);               /* "18日 15:15", month before it on hover */
void sf_page_date_time (struct sf_strbuf *out, int64_t time_s);          /* "7月18日 15:15" */
void sf_page_position (struct sf_strbuf *out, double lon_deg, double lat_deg);
void sf_page_bearing (struct sf_strbuf *out, double bearing_deg); /* "东北 NE 45°" */
void sf_page_force (struct sf_strbuf *out, const struct sf_page *page, double wind_mps, double force);
void sf_page_grade (struct sf_strbuf *out, const struct sf_page *page, const char *grade, const char *grade_zh);

/* page_tables.c; each is a whole section, also when the dataset is absent or empty. */
void sf_page_landfalls (const struct sf_page *page, struct sf_strbuf *out);
void sf_page_counties (const struct sf_page *page, struct sf_strbuf *out);
void sf_page_approach (const struct sf_page *page, struct sf_strbuf *out);
void sf_page_crossings (const struct sf_page *page, struct sf_strbuf *out);
void sf_page_track (const struct sf_page *page, struct sf_strbuf *out);

/* page_parts.c */
const struct sf_dataset *sf_page_dataset (const struct sf_page *page, const char *name);
void sf_page_badges (const struct sf_page *page, struct sf_strbuf *out);
void sf_page_cards (const struct sf_page *page, struct sf_strbuf *out);
void sf_page_maps (const struct sf_page *page, struct sf_strbuf *out);
void sf_page_lineage (const struct sf_page *page, struct sf_strbuf *out);

#endif
