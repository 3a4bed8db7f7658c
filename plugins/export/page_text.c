/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "plugins/export/page.h"

#include <math.h>
#include <string.h>

#define DASH "<span class=\"none\">—</span>"

void
sf_page_text (struct sf_strbuf *out, const char *text)
{
  static const struct
  {
    char from;
    const char *to;
  } escapes[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" }, { '\'', "&#39;" } };
  for (; text && *text; text++)
    {
      size_t i = 0, count = sizeof escapes / sizeof *escapes;
      while (i < count && escapes[i].from != *text)
        i++;
      if (i < count)
        sf_strbuf_add (out, escapes[i].to);
      else
        sf_strbuf_add_bytes (out, text, 1);
    }
}

void
sf_page_base64 (struct sf_strbuf *out, const void *bytes, size_t length)
{
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const uint8_t *in = bytes;
  for (size_t i = 0; i < length; i += 3)
    {
      size_t left = length - i;
      uint32_t word = (uint32_t) in[i] << 16 | (left > 1 ? (uint32_t) in[i + 1] << 8 : 0) | (left > 2 ? in[i + 2] : 0);
      const char four[4]
          = { digits[word >> 18], digits[word >> 12 & 63], (char) (left > 1 ? digits[word >> 6 & 63] : '='),
              (char) (left > 2 ? digits[word & 63] : '=') };
      sf_strbuf_add_bytes (out, four, sizeof four);
    }
}

void
sf_page_none (struct sf_strbuf *out)
{
  sf_strbuf_add (out, DASH);
}

void
sf_page_number (struct sf_strbuf *out, double value, int decimals)
{
  if (isnan (value))
    sf_strbuf_add (out, DASH);
  else
    sf_strbuf_addf (out, "%.*f", decimals, value);
}

void
sf_page_time (struct sf_strbuf *out, int64_t time_s)
{
  char whole[SF_TIME_TEXT_BYTES];
  if (time_s == SF_TIME_MISSING)
    {
      sf_strbuf_add (out, DASH);
      return;
    }
  struct sf_civil civil = sf_time_to_civil (time_s, SF_BEIJING_OFFSET_S);
  sf_strbuf_addf (out, "<time title=\"%s\">%d日 %02d:%02d</time>", sf_time_format_beijing (whole, time_s), civil.day,
                  civil.hour, civil.minute);
}

void
sf_page_date_time (struct sf_strbuf *out, int64_t time_s)
{
  if (time_s == SF_TIME_MISSING)
    {
      sf_strbuf_add (out, DASH);
      return;
    }
  struct sf_civil civil = sf_time_to_civil (time_s, SF_BEIJING_OFFSET_S);
  sf_strbuf_addf (out, "<time>%d月%d日 %02d:%02d</time>", civil.month, civil.day, civil.hour, civil.minute);
}

void
sf_page_position (struct sf_strbuf *out, double lon_deg, double lat_deg)
{
  if (isnan (lon_deg) || isnan (lat_deg))
    sf_strbuf_add (out, DASH);
  else
    sf_strbuf_addf (out, "%.2f°%c %.2f°%c", fabs (lon_deg), lon_deg < 0 ? 'W' : 'E', fabs (lat_deg),
                    lat_deg < 0 ? 'S' : 'N');
}

void
sf_page_bearing (struct sf_strbuf *out, double bearing_deg)
{
  static const char *const zh[] = { "北", "东北", "东", "东南", "南", "西南", "西", "西北" };
  static const char *const en[] = { "N", "NE", "E", "SE", "S", "SW", "W", "NW" };
  if (isnan (bearing_deg))
    {
      sf_strbuf_add (out, DASH);
      return;
    }
  int sector = (int) floor (fmod (bearing_deg + 22.5 + 360, 360) / 45) % 8;
  sf_strbuf_addf (out, "%s %s <small>%.0f°</small>", zh[sector], en[sector], bearing_deg);
}

static void
chip (struct sf_strbuf *out, const uint8_t rgba[4])
{
  double luminance = 0.299 * rgba[0] + 0.587 * rgba[1] + 0.114 * rgba[2];
  sf_strbuf_addf (out, "<span class=\"chip\" style=\"background:#%02x%02x%02x;color:%s\">", rgba[0], rgba[1], rgba[2],
                  luminance < 130 ? "#fff" : "#14202b");
}

void
sf_page_force (struct sf_strbuf *out, const struct sf_page *page, double wind_mps, double force)
{
  const struct sf_style_entry *entry = NULL;
  for (int i = 0; i < page->force->entries_count; i++)
    if (wind_mps >= page->force->entries[i].from)
      entry = &page->force->entries[i];
  if (isnan (wind_mps) && isnan (force))
    {
      sf_strbuf_add (out, DASH);
      return;
    }
  if (entry)
    chip (out, entry->rgba);
  if (!isnan (force))
    sf_strbuf_addf (out, "%.0f级", force);
  if (!isnan (force) && !isnan (wind_mps))
    sf_strbuf_add (out, " · ");
  if (!isnan (wind_mps))
    sf_strbuf_addf (out, "%.1f", wind_mps);
  if (entry)
    sf_strbuf_add (out, "</span>");
}

void
sf_page_grade (struct sf_strbuf *out, const struct sf_page *page, const char *grade, const char *grade_zh)
{
  const struct sf_style_entry *entry = sf_style_category (page->grades, grade);
  if (!grade && !grade_zh)
    {
      sf_strbuf_add (out, DASH);
      return;
    }
  if (entry)
    chip (out, entry->rgba);
  sf_page_text (out, grade_zh ? grade_zh : "");
  sf_strbuf_add (out, grade_zh && grade ? " " : "");
  sf_page_text (out, grade);
  if (entry)
    sf_strbuf_add (out, "</span>");
}

void
sf_page_bilingual (struct sf_strbuf *out, const char *zh, const char *en)
{
  if (!zh && !en)
    {
      sf_strbuf_add (out, DASH);
      return;
    }
  sf_page_text (out, zh ? zh : en);
  if (zh && en && strcmp (zh, en) != 0)
    {
      sf_strbuf_add (out, " <small lang=\"en\">");
      sf_page_text (out, en);
      sf_strbuf_add (out, "</small>");
    }
}

void
sf_page_tenths (struct sf_strbuf *out, double probability)
{
  if (isnan (probability))
    sf_strbuf_add (out, "<span class=\"none\">未知 unknown</span>");
  else if (probability < 0.05)
    sf_strbuf_add (out, "&lt;1/10");
  else if (probability >= 0.95)
    sf_strbuf_add (out, "&gt;9/10");
  else
    sf_strbuf_addf (out, "%ld/10", lround (10 * probability));
}
