/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_EXPORT_HTML_SUMMARY_H
#define PLUGINS_EXPORT_HTML_SUMMARY_H

#include "plugins/export/page.h"

/* Parts of the summary page; shared by the files of this plugin only. */

/* page_tables.c; each is a whole section, also when the dataset is absent or empty. */
void sf_page_landfalls (const struct sf_page *page, struct sf_strbuf *out);
void sf_page_counties (const struct sf_page *page, struct sf_strbuf *out);
void sf_page_approach (const struct sf_page *page, struct sf_strbuf *out);
void sf_page_crossings (const struct sf_page *page, struct sf_strbuf *out);
void sf_page_track (const struct sf_page *page, struct sf_strbuf *out);
void sf_page_contact (struct sf_strbuf *out, const struct sf_table *landfalls,
                      size_t row); /* a doubt, if there is one */

/* page_forecast.c: what a forecast adds; nothing where its datasets are absent. */
void sf_page_forecast (const struct sf_page *page, struct sf_strbuf *out);

/* page_parts.c */
void sf_page_cards (const struct sf_page *page, struct sf_strbuf *out);
void sf_page_maps (const struct sf_page *page, struct sf_strbuf *out);

#endif
