/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/health_private.h"

#include "core/base/json.h"
#include "core/base/time.h"

#include <math.h>
#include <stdio.h>

/* Prometheus text exposition format 0.0.4: HELP and TYPE once for a metric, then its samples together; a label's value has
   backslash, quote and line feed escaped; NaN is written "NaN". */

static void
add_label (struct sf_strbuf *out, const char *value)
{
  for (; *value; value++)
    if (*value == '\\' || *value == '"')
      sf_strbuf_addf (out, "\\%c", *value);
    else if (*value == '\n')
      sf_strbuf_add (out, "\\n");
    else
      sf_strbuf_add_bytes (out, value, 1);
}

static void
head (struct sf_strbuf *out, const char *metric, const char *type, const char *help)
{
  sf_strbuf_addf (out, "# HELP sanfang_%s %s\n# TYPE sanfang_%s %s\n", metric, help, metric, type);
}

static void
sample (struct sf_strbuf *out, const char *metric, const char *feed, const char *label, const char *value,
        double number)
{
  sf_strbuf_addf (out, "sanfang_%s{feed=\"", metric);
  add_label (out, feed);
  if (label && value)
    {
      sf_strbuf_addf (out, "\",%s=\"", label);
      add_label (out, value);
    }
  sf_strbuf_add (out, "\"} ");
  if (isnan (number))
    sf_strbuf_add (out, "NaN");
  else
    sf_strbuf_add_double (out, number);
  sf_strbuf_add (out, "\n");
}

static double
seconds_or_nan (int64_t value_s)
{
  return value_s == SF_TIME_MISSING ? NAN : (double) value_s;
}

static void
add_states (const struct sf_health_board *board, int64_t now_s, struct sf_strbuf *out)
{
  head (out, "feed_state", "gauge", "1 for the state that the feed is in.");
  for (size_t i = 0; i < board->feeds_count; i++)
    for (int state = 0; state < SF_FEED_STATES; state++)
      sample (out, "feed_state", board->feeds[i].feed, "state", sf_feed_state_name ((enum sf_feed_state) state, 0),
              sf_feed_state_at (board, &board->feeds[i], now_s) == (enum sf_feed_state) state);
  head (out, "feed_age_seconds", "gauge", "Age of the newest data; NaN: there is none.");
  for (size_t i = 0; i < board->feeds_count; i++)
    {
      int64_t age_s = sf_feed_age_s (&board->feeds[i], now_s);
      sample (out, "feed_age_seconds", board->feeds[i].feed, NULL, NULL, age_s < 0 ? NAN : (double) age_s);
    }
}

static void
add_numbers (const struct sf_health_board *board, struct sf_strbuf *out)
{
  char metric[64], moment[SF_HEALTH_KEY_BYTES];
  for (size_t n = 0; n < sf_health_numbers_count; n++)
    {
      const struct sf_health_number *number = &sf_health_numbers[n];
      if (!number->help)
        continue;
      snprintf (metric, sizeof metric, number->is_time ? "feed_%s_timestamp_seconds" : "feed_%s_total",
                number->is_time ? sf_health_moment_name (n, moment) : number->key);
      head (out, metric, number->is_time ? "gauge" : "counter", number->help);
      for (size_t i = 0; i < board->feeds_count; i++)
        sample (out, metric, board->feeds[i].feed, NULL, NULL,
                seconds_or_nan (*sf_health_number_at (&board->feeds[i], n)));
    }
}

static void
add_gauges (const struct sf_health_board *board, struct sf_strbuf *out)
{
  head (out, "feed_queue_messages", "gauge", "Messages in the journal that are not yet in the store.");
  for (size_t i = 0; i < board->feeds_count; i++)
    sample (out, "feed_queue_messages", board->feeds[i].feed, NULL, NULL, (double) board->feeds[i].queue_messages);
  head (out, "feed_delay_seconds", "gauge", "From valid time to store, of the last records.");
  for (size_t i = 0; i < board->feeds_count; i++)
    sample (out, "feed_delay_seconds", board->feeds[i].feed, NULL, NULL, board->feeds[i].delay_s);
  head (out, "feed_missing_ratio", "gauge", "Share of the data times due in 24 hours that did not come.");
  for (size_t i = 0; i < board->feeds_count; i++)
    sample (out, "feed_missing_ratio", board->feeds[i].feed, NULL, NULL, board->feeds[i].missing_share);
  head (out, "feed_alarm", "gauge", "1 for each alarm that stands.");
  for (size_t i = 0; i < board->feeds_count; i++)
    for (size_t a = 0; a < board->feeds[i].alarms_count; a++)
      sample (out, "feed_alarm", board->feeds[i].feed, "alarm", board->feeds[i].alarms[a].name, 1);
  head (out, "feed_rejects_by_reason_total", "counter", "Pieces refused, by reason.");
  for (size_t i = 0; i < board->feeds_count; i++)
    for (size_t r = 0; r < board->feeds[i].reasons_count; r++)
      sample (out, "feed_rejects_by_reason_total", board->feeds[i].feed, "reason", board->feeds[i].reasons[r].name,
              (double) board->feeds[i].reasons[r].count);
  head (out, "feed_transport_total", "counter", "What the transport counts.");
  for (size_t i = 0; i < board->feeds_count; i++)
    for (size_t c = 0; c < board->feeds[i].counters_count; c++)
      sample (out, "feed_transport_total", board->feeds[i].feed, "counter", board->feeds[i].counters[c].name,
              (double) board->feeds[i].counters[c].count);
}

void
sf_health_format_prometheus (const struct sf_health_board *board, int64_t now_s, struct sf_strbuf *out)
{
  head (out, "ingest_up", "gauge", "1 while ingest lives.");
  sf_strbuf_addf (out, "sanfang_ingest_up %d\n", sf_health_is_alive (board, now_s));
  head (out, "ingest_alarm", "gauge", "1 for each alarm of the whole that stands.");
  for (size_t a = 0; a < board->alarms_count; a++)
    {
      sf_strbuf_add (out, "sanfang_ingest_alarm{alarm=\"");
      add_label (out, board->alarms[a].name);
      sf_strbuf_add (out, "\"} 1\n");
    }
  add_states (board, now_s, out);
  add_numbers (board, out);
  add_gauges (board, out);
}
