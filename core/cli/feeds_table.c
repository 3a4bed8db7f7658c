/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "core/cli/cli.h"
#include "core/feed/health.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum
{
  CELL_BYTES = 96,
  NAMES_SHOWN = 8 /* of silent feeds, in the first line */
};

/* --- words --- */

static const char *
word (int zh, const char *en, const char *in_zh)
{
  return zh ? in_zh : en;
}

/* "40 s", "4 min", "2 h 10 min", "3 d 4 h", "4514 d": at most 11 columns of a terminal in either language. */
static char *
format_span (char cell[CELL_BYTES], int64_t span_s, int zh)
{
  const int64_t minutes = span_s / 60, hours = minutes / 60, days = hours / 24;
  if (span_s < 0)
    snprintf (cell, CELL_BYTES, "-");
  else if (minutes < 1)
    snprintf (cell, CELL_BYTES, zh ? "%" PRId64 "秒" : "%" PRId64 " s", span_s);
  else if (hours < 1)
    snprintf (cell, CELL_BYTES, zh ? "%" PRId64 "分钟" : "%" PRId64 " min", minutes);
  else if (days < 1)
    snprintf (cell, CELL_BYTES, zh ? "%" PRId64 "小时%" PRId64 "分" : "%" PRId64 " h %" PRId64 " min", hours,
              minutes % 60);
  else if (days < 100)
    snprintf (cell, CELL_BYTES, zh ? "%" PRId64 "天%" PRId64 "小时" : "%" PRId64 " d %" PRId64 " h", days, hours % 24);
  else
    snprintf (cell, CELL_BYTES, zh ? "%" PRId64 "天" : "%" PRId64 " d", days);
  return cell;
}

static char *
format_count (char cell[CELL_BYTES], int64_t count)
{
  if (count < 1000000)
    snprintf (cell, CELL_BYTES, "%" PRId64, count);
  else if (count < 1000000000)
    snprintf (cell, CELL_BYTES, "%.1fM", (double) count / 1e6);
  else
    snprintf (cell, CELL_BYTES, "%.1fG", (double) count / 1e9);
  return cell;
}

static char *
format_share (char cell[CELL_BYTES], double share)
{
  if (isnan (share))
    snprintf (cell, CELL_BYTES, "-");
  else
    snprintf (cell, CELL_BYTES, "%.0f%%", 100 * share);
  return cell;
}

/* One number and its unit. */
static char *
format_delay (char cell[CELL_BYTES], double delay_s, int zh)
{
  if (isnan (delay_s))
    snprintf (cell, CELL_BYTES, "-");
  else if (delay_s < 100)
    snprintf (cell, CELL_BYTES, zh ? "%.0f秒" : "%.0f s", delay_s);
  else if (delay_s < 100 * 60)
    snprintf (cell, CELL_BYTES, zh ? "%.0f分钟" : "%.0f min", delay_s / 60);
  else if (delay_s < 100 * 3600)
    snprintf (cell, CELL_BYTES, zh ? "%.0f小时" : "%.0f h", delay_s / 3600);
  else
    snprintf (cell, CELL_BYTES, zh ? "%.0f天" : "%.0f d", delay_s / 86400);
  return cell;
}

static char *
format_moment (char cell[CELL_BYTES], int64_t time_s, int zh)
{
  char text[SF_TIME_TEXT_BYTES];
  snprintf (cell, CELL_BYTES, "%s",
            time_s == SF_TIME_MISSING ? word (zh, "never", "从未") : sf_time_format_beijing (text, time_s));
  return cell;
}

/* A name of at most width columns. */
static char *
format_name (char cell[CELL_BYTES], const char *name, int width)
{
  snprintf (cell, CELL_BYTES, "%s", name);
  size_t length = strlen (cell);
  while (sf_text_columns (cell) > width)
    {
      length = sf_text_utf8_prefix ((const uint8_t *) cell, length - 1);
      snprintf (cell + length, CELL_BYTES - length, "~");
    }
  return cell;
}

/* --- colours --- */

static void
print_state (const struct sf_feeds_view *view, enum sf_feed_state state, int width, FILE *out)
{
  static const char *const colours[SF_FEED_STATES] = { "35", "32", "33", "31", "31" };
  if (view->colour)
    fprintf (out, "\033[%sm", colours[state]);
  sf_text_print_padded (sf_feed_state_name (state, view->zh), width, false, out);
  if (view->colour)
    fputs ("\033[0m", out);
}

/* --- the first lines: what a duty officer needs first --- */

static void
print_names (const struct sf_health_board *board, enum sf_feed_state state, int64_t now_s, FILE *out)
{
  long shown = 0, left = 0;
  for (size_t i = 0; i < board->feeds_count; i++)
    if (sf_feed_state_at (board, &board->feeds[i], now_s) != state)
      continue;
    else if (shown < NAMES_SHOWN)
      {
        fputs (shown++ ? ", " : ": ", out);
        sf_text_print (board->feeds[i].feed, out);
      }
    else
      left++;
  if (left)
    fprintf (out, ", +%ld", left);
  fputc ('\n', out);
}

static void
print_life (const struct sf_health_board *board, const struct sf_feeds_view *view, int64_t now_s, FILE *out)
{
  char moment[CELL_BYTES], age[CELL_BYTES];
  int zh = view->zh;
  if (sf_health_is_alive (board, now_s))
    return;
  if (view->colour)
    fputs ("\033[31m", out);
  fprintf (out,
           word (zh, "INGEST IS NOT RUNNING (%s): last written %s, %s ago; all feeds are silent.\n",
                 "数据接入未运行（%s）：最后写入 %s，%s前；所有数据源均为中断。\n"),
           board->ingest_pid == 0 ? word (zh, "it ended in order", "正常停止")
           : board->ingest_gone   ? word (zh, "it died", "进程已消失")
                                  : word (zh, "it hangs or died", "无响应或已消失"),
           format_moment (moment, board->written_s, zh),
           format_span (age, now_s > board->written_s ? now_s - board->written_s : 0, zh));
  if (view->colour)
    fputs ("\033[0m", out);
}

static void
print_alarms (const char *owner, const struct sf_feed_alarm *alarms, size_t count, int zh, FILE *out)
{
  char moment[CELL_BYTES];
  for (size_t i = 0; i < count; i++)
    {
      fputs (word (zh, "ALARM ", "告警 "), out);
      if (owner)
        {
          sf_text_print (owner, out);
          fputc (' ', out);
        }
      sf_text_print (alarms[i].name, out);
      const char *title = sf_health_alarm_title (alarms[i].name, zh);
      if (*title)
        fprintf (out, zh ? "（%s）" : " (%s)", title);
      if (alarms[i].since_s != SF_TIME_MISSING)
        fprintf (out, word (zh, " since %s", " 自 %s"), format_moment (moment, alarms[i].since_s, zh));
      fputs (": ", out);
      sf_text_print (alarms[i].text, out);
      fputc ('\n', out);
    }
}

static void
print_head (const struct sf_health_board *board, const struct sf_feeds_view *view, int64_t now_s, FILE *out)
{
  static const enum sf_feed_state order[] = { SF_FEED_SILENT, SF_FEED_FAILING, SF_FEED_LATE, SF_FEED_NEVER };
  long counts[SF_FEED_STATES];
  int zh = view->zh;
  char moment[CELL_BYTES];
  sf_feed_count_states (board, now_s, counts);
  print_life (board, view, now_s, out);
  print_alarms (NULL, board->alarms, board->alarms_count, zh, out);
  fprintf (out,
           word (zh, board->feeds_count == 1 ? "%zu feed at %s, %ld fresh\n" : "%zu feeds at %s, %ld fresh\n",
                 "%zu 个数据源，%s，正常 %ld 个\n"),
           board->feeds_count, format_moment (moment, now_s, zh), counts[SF_FEED_FRESH]);
  for (size_t i = 0; i < sizeof order / sizeof *order; i++)
    if (counts[order[i]])
      {
        fprintf (out, "%ld ", counts[order[i]]);
        print_state (view, order[i], 0, out);
        print_names (board, order[i], now_s, out);
      }
}

/* --- the table --- */

enum
{
  COLUMNS = 9
};
static const struct
{
  const char *en, *zh;
  int width;
  bool right;
} columns[COLUMNS] = {
  { "Feed", "数据源", 18, false },          { "State", "状态", 8, false },  { "Age", "时效", 11, false },
  { "Newest data", "最新资料", 20, false }, { "Records", "记录", 7, true }, { "Rejects", "拒收", 7, true },
  { "Missing", "缺测", 7, true },           { "Delay", "延迟", 8, true },   { "Queue", "排队", 5, true },
};

static void
print_row (const struct sf_health_board *board, const struct sf_feed_health *feed, const struct sf_feeds_view *view,
           int64_t now_s, FILE *out)
{
  char cells[COLUMNS][CELL_BYTES];
  format_name (cells[0], feed->feed, columns[0].width);
  format_span (cells[2], sf_feed_age_s (feed, now_s), view->zh);
  format_moment (cells[3], feed->newest_valid_s == SF_TIME_MISSING ? feed->last_content_s : feed->newest_valid_s,
                 view->zh);
  format_count (cells[4], feed->records);
  format_count (cells[5], feed->rejects);
  format_share (cells[6], feed->missing_share);
  format_delay (cells[7], feed->delay_s, view->zh);
  format_count (cells[8], feed->queue_messages);
  for (int c = 0; c < COLUMNS; c++)
    {
      if (c > 0)
        fputc (' ', out);
      if (c == 1)
        print_state (view, sf_feed_state_at (board, feed, now_s), columns[c].width, out);
      else
        sf_text_print_padded (cells[c], columns[c].width, columns[c].right, out);
    }
  fputc ('\n', out);
}

static void
print_table (const struct sf_health_board *board, const struct sf_feeds_view *view, int64_t now_s, FILE *out)
{
  print_head (board, view, now_s, out);
  fputc ('\n', out);
  for (int c = 0; c < COLUMNS; c++)
    {
      if (c > 0)
        fputc (' ', out);
      sf_text_print_padded (view->zh ? columns[c].zh : columns[c].en, columns[c].width, columns[c].right, out);
    }
  fputc ('\n', out);
  for (size_t i = 0; i < board->feeds_count; i++)
    if (view->only >> sf_feed_state_at (board, &board->feeds[i], now_s) & 1)
      print_row (board, &board->feeds[i], view, now_s, out);
  for (size_t i = 0; i < board->feeds_count; i++)
    if (view->only >> sf_feed_state_at (board, &board->feeds[i], now_s) & 1)
      print_alarms (board->feeds[i].feed, board->feeds[i].alarms, board->feeds[i].alarms_count, view->zh, out);
}

/* --- one feed --- */

static void
print_line (const char *name, const char *value, FILE *out)
{
  fputs ("  ", out);
  sf_text_print_padded (name, 24, false, out);
  fputc (' ', out);
  sf_text_print (value, out);
  fputc ('\n', out);
}

static void
print_title (const char *title, const char *department, FILE *out)
{
  if (title)
    sf_text_print (title, out);
  if (department)
    {
      fputs (title ? ", " : "", out);
      sf_text_print (department, out);
    }
  if (title || department)
    fputc ('\n', out);
}

static void
print_ages (const struct sf_feed_health *feed, int64_t now_s, int zh, FILE *out)
{
  char cell[CELL_BYTES];
  print_line (word (zh, "age of newest data", "最新资料距今"), format_span (cell, sf_feed_age_s (feed, now_s), zh),
              out);
  print_line (word (zh, "newest data", "最新资料时间"), format_moment (cell, feed->newest_valid_s, zh), out);
  print_line (word (zh, "last new content", "最近新内容"), format_moment (cell, feed->last_content_s, zh), out);
  print_line (word (zh, "last heard", "最近收到"), format_moment (cell, feed->last_heard_s, zh), out);
  if (feed->cadence_s > 0)
    {
      print_line (word (zh, "every", "周期"), format_span (cell, feed->cadence_s, zh), out);
      print_line (word (zh, "allowed lateness", "允许迟到"), format_span (cell, feed->lateness_s, zh), out);
    }
  else
    print_line (word (zh, "no cadence; quiet since", "无固定周期；静默自"),
                format_moment (cell, feed->last_content_s, zh), out);
  print_line (word (zh, "missing in 24 h", "24小时缺测"), format_share (cell, feed->missing_share), out);
  print_line (word (zh, "delay to the store", "入库延迟"), format_delay (cell, feed->delay_s, zh), out);
}

static void
print_counts (const struct sf_feed_health *feed, int zh, FILE *out)
{
  const struct
  {
    const char *en, *zh;
    int64_t count;
  } counts[] = {
    { "messages", "报文", feed->messages },
    { "bytes", "字节", feed->bytes },
    { "known identity, dropped", "标识重复而丢弃", feed->duplicates },
    { "same bytes again", "内容重复", feed->repeats },
    { "records", "记录", feed->records },
    { "rejects", "拒收", feed->rejects },
    { "poison messages", "致命报文", feed->poison },
    { "late", "迟到", feed->late },
    { "out of order", "次序颠倒", feed->out_of_order },
    { "out of area", "超出区域", feed->out_of_area },
    { "without a value", "无数值", feed->missing },
    { "from the future", "时间超前", feed->future },
    { "doubtful", "可疑", feed->doubtful },
    { "unreliable", "不可靠", feed->unreliable },
    { "waiting for the store", "等待入库", feed->queue_messages },
  };
  char cell[CELL_BYTES];
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    {
      snprintf (cell, sizeof cell, "%" PRId64, counts[i].count);
      print_line (word (zh, counts[i].en, counts[i].zh), cell, out);
    }
}

static void
print_counters (const char *title, const struct sf_feed_counter *counters, size_t count, FILE *out)
{
  char cell[CELL_BYTES];
  if (count)
    fprintf (out, "%s\n", title);
  for (size_t i = 0; i < count; i++)
    {
      snprintf (cell, sizeof cell, "%" PRId64, counters[i].count);
      fputs ("  ", out);
      sf_text_print_padded (cell, 10, true, out);
      fputs ("  ", out);
      sf_text_print (counters[i].name, out);
      fputc ('\n', out);
    }
}

/* What they are about, in the reader's language, before the sentence. */
static void
print_reasons (const struct sf_feed_health *feed, const struct sf_feeds_view *view, FILE *out)
{
  if (feed->reasons_count)
    fprintf (out, "%s\n", word (view->zh, "Rejects by reason", "拒收原因"));
  for (size_t i = 0; i < feed->reasons_count; i++)
    {
      const struct sf_reason_class *is = sf_vocabulary_reason (view->vocabulary, feed->reasons[i].name);
      char cell[CELL_BYTES];
      snprintf (cell, sizeof cell, "%" PRId64, feed->reasons[i].count);
      fputs ("  ", out);
      sf_text_print_padded (cell, 10, true, out);
      fprintf (out, view->zh ? "  %s：" : "  %s: ", view->zh ? is->title_zh : is->title_en);
      sf_text_print (feed->reasons[i].name, out);
      fputc ('\n', out);
    }
}

static void
print_feed (const struct sf_health_board *board, const struct sf_feeds_view *view, int64_t now_s, FILE *out)
{
  const struct sf_feed_health *feed = board->feeds;
  print_life (board, view, now_s, out);
  sf_text_print (feed->feed, out);
  fputs (": ", out);
  print_state (view, sf_feed_state_at (board, feed, now_s), 0, out);
  fputc ('\n', out);
  print_title (view->zh ? feed->title_zh : feed->title_en, view->zh ? feed->department_zh : feed->department_en, out);
  print_alarms (NULL, feed->alarms, feed->alarms_count, view->zh, out);
  print_ages (feed, now_s, view->zh, out);
  print_counts (feed, view->zh, out);
  print_reasons (feed, view, out);
  print_counters (word (view->zh, "Counted by the transport", "传输计数"), feed->counters, feed->counters_count, out);
}

void
sf_feeds_print (const struct sf_health_board *board, const struct sf_feeds_view *view, int64_t now_s, FILE *out)
{
  if (view->feed)
    print_feed (board, view, now_s, out);
  else
    print_table (board, view, now_s, out);
}
