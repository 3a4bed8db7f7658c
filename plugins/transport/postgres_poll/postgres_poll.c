/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/text.h"
#include "plugins/transport/postgres_poll/postgres_poll.h"

#include <ctype.h>
#include <string.h>

/* Rows of a PostgreSQL table or view, one JSON message each. A reading selects, in one snapshot, all rows from `overlap`
   before the newest delivered one, in the order of time. A transaction that commits late, with times that lie back, is so
   still met. What was delivered last of a time and keys is remembered with a generation that rises with each change, before
   the row is delivered; the identity holds it, so that a row that returns to a former content is a new message, and one that
   is delivered again after a crash is not. */

static const struct sf_option options[]
    = { { .name = "connection",
          .type = SF_OPTION_TEXT,
          .required = true,
          .help_en = "libpq connection string without a password: host=10.0.0.5 port=5432 dbname=water user=reader",
          .help_zh = "libpq 连接串，不含口令：host=10.0.0.5 port=5432 dbname=water user=reader" },
        { .name = "secret_file",
          .type = SF_OPTION_PATH,
          .help_en = "file with the line password=WORD (and user=NAME), not readable by everybody",
          .help_zh = "含 password=口令（及 user=用户名）一行的文件，不得对所有人可读" },
        { .name = "query",
          .type = SF_OPTION_TEXT,
          .required = true,
          .help_en = "the SELECT whose rows are wanted, joins included, without ORDER BY and LIMIT",
          .help_zh = "取数的 SELECT 语句（可含连接），不写 ORDER BY 和 LIMIT" },
        { .name = "time_column",
          .type = SF_OPTION_TEXT,
          .required = true,
          .help_en = "column of the query that rises: a timestamp or date, best one with an index",
          .help_zh = "查询结果中递增的时间列（timestamp 或 date，最好有索引）" },
        { .name = "key_columns",
          .type = SF_OPTION_TEXTS,
          .fallback = "",
          .help_en
          = "columns that tell rows of the same time apart; without them a row that is changed and changed back "
            "stays at the change",
          .help_zh = "区分同一时刻各行的列；不设则改后又改回原值的行停留在改后的值" },
        { .name = "zone",
          .type = SF_OPTION_TEXT,
          .fallback = "Asia/Shanghai",
          .help_en = "time zone of the session: what a timestamp without a zone is compared in",
          .help_zh = "会话时区：无时区的时间列按此比较" },
        { .name = "every",
          .type = SF_OPTION_DURATION,
          .unit = "s",
          .fallback = "60s",
          .min = 1,
          .max = 86400,
          .help_en = "pause between two readings",
          .help_zh = "两次读取之间的间隔" },
        { .name = "overlap",
          .type = SF_OPTION_DURATION,
          .unit = "s",
          .fallback = "1h",
          .min = 0,
          .max = 31622400,
          .help_en = "how far before the newest row each reading begins: longer than rows come late",
          .help_zh = "每次从最新行之前多久读起：应长于迟到的时间" },
        { .name = "start",
          .type = SF_OPTION_DURATION,
          .unit = "s",
          .fallback = "3d",
          .min = 0,
          .max = 3155760000.0,
          .help_en = "how far back the very first reading goes",
          .help_zh = "首次读取追溯多久" },
        { .name = "batch",
          .type = SF_OPTION_INT,
          .fallback = "1000",
          .min = 1,
          .max = 100000,
          .help_en = "rows delivered before other feeds have their turn",
          .help_zh = "每轮最多投递的行数" },
        { .name = "timeout",
          .type = SF_OPTION_DURATION,
          .unit = "s",
          .fallback = "60s",
          .min = 1,
          .max = 3600,
          .help_en = "longest that the server may work on a reading (statement_timeout)",
          .help_zh = "服务器执行一次读取的时限（statement_timeout）" },
        { .name = "connect_timeout",
          .type = SF_OPTION_DURATION,
          .unit = "s",
          .fallback = "10s",
          .min = 1,
          .max = 600,
          .help_en = "longest that connecting may take",
          .help_zh = "建立连接的时限" },
        PULL_RETRY_OPTION ("attempts", "重试"),
        { .name = NULL } };

static void
close_database (void *opaque)
{
  struct database *database = opaque;
  if (!database)
    return;
  database_finish (database);
  known_rows_finish (&database->previous);
  known_rows_finish (&database->known);
  sf_mem_free (database->cursor);
  sf_mem_free (database->remembered);
  sf_mem_free (database->sql);
  sf_mem_free (database);
}

/* Names go into the statement in double quotes. */
static enum sf_code
check_column (const char *name, struct sf_error *err)
{
  bool good = name[0] && strlen (name) <= 63;
  for (const char *c = name; *c; c++)
    good &= isalnum ((unsigned char) *c) || *c == '_' || (unsigned char) *c >= 0x80;
  return good ? SF_OK : sf_fail (err, SF_EINVAL, "postgres_poll: '%s' is no name of a column", name);
}

/* The rows of the query as database_read takes them; to be followed by a condition. A NULL among the keys is as good as an
   empty text. */
static void
add_rows (struct sf_strbuf *sql, const struct database *database, const char *query, const char *lacking)
{
  const char *time = database->time_column;
  sf_strbuf_addf (sql, "SELECT q.\"%s\" AS t, concat_ws('|', NULL::text", time);
  for (size_t i = 0; i < database->key_columns_count; i++)
    sf_strbuf_addf (sql, ", concat(q.\"%s\")", database->key_columns[i]);
  sf_strbuf_addf (sql,
                  ") COLLATE \"C\" AS k, row_to_json(q)::text COLLATE \"C\" AS j, q.\"%s\" > now() + interval '1 hour' "
                  "AS future, coalesce(q.\"%s\" >= $1::timestamptz, true) AS newer, %s AS lacking FROM (%s\n"
                  ") AS q WHERE ",
                  time, time, lacking, query);
}

static enum sf_code
check_columns (const struct database *database, struct sf_error *err)
{
  SF_TRY (check_column (database->time_column, err));
  for (size_t i = 0; i < database->key_columns_count; i++)
    SF_TRY (check_column (database->key_columns[i], err));
  return SF_OK;
}

/* $1: the cursor, $2: how far before it, $3: whether rows without a time are looked for. These come last, as NULL does. */
static enum sf_code
form_statement (struct database *database, const char *query, struct sf_error *err)
{
  struct sf_strbuf sql = { 0 };
  const char *time = database->time_column;
  struct sf_span trimmed = sf_span_trim (sf_span_of (query));
  if (!trimmed.length || trimmed.text[trimmed.length - 1] == ';')
    return sf_fail (err, SF_EINVAL, "postgres_poll: query must be one SELECT, without ';' at its end");
  SF_TRY (check_columns (database, err));
  sf_strbuf_addf (&sql, "SELECT s.t::text, s.k, s.j, s.future, s.newer, s.lacking FROM (");
  add_rows (&sql, database, query, "NULL::bigint");
  sf_strbuf_addf (&sql, "q.\"%s\" >= least($1::timestamptz, now()) - $2::interval UNION ALL (", time);
  add_rows (&sql, database, query, "count(*) OVER ()");
  sf_strbuf_addf (&sql, "$3::boolean AND q.\"%s\" IS NULL ORDER BY 3 LIMIT %d)) AS s ORDER BY s.t, s.k, s.j", time,
                  LACKING_ROWS_MAX);
  database->sql = sql.failed ? NULL : sf_mem_strdup (sql.text);
  sf_strbuf_finish (&sql);
  return database->sql ? SF_OK : sf_fail (err, SF_ENOMEM, "postgres_poll: out of memory");
}

static enum sf_code
open_database (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  const struct sf_settings *settings = host->settings;
  struct database *database = sf_mem_calloc (1, sizeof *database);
  if (!database)
    return sf_fail (err, SF_ENOMEM, "postgres_poll: out of memory");
  *database = (struct database){
    .host = host,
    .time_column = sf_settings_text (settings, "time_column"),
    .every_ms = sf_settings_int (settings, "every") * 1000,
    .overlap_s = sf_settings_int (settings, "overlap"),
    .start_s = sf_settings_int (settings, "start"),
    .timeout_ms = sf_settings_int (settings, "timeout") * 1000,
    .connect_ms = sf_settings_int (settings, "connect_timeout") * 1000,
    .batch_rows = (long) sf_settings_int (settings, "batch"),
    .patience = pull_patience_of (settings, PULL_FIRST_MS),
    .lost = { .name = "database_lost" },
    .failed = { .name = "query_failed" },
    .lacking = { .name = "rows_without_time" },
    .ambiguous = { .name = "keys_not_unique" },
  };
  database->key_columns_count = sf_settings_texts (settings, "key_columns", &database->key_columns);
  enum sf_code code = form_statement (database, sf_settings_text (settings, "query"), err);
  if (code == SF_OK)
    code = database_prepare (database, err);
  if (code == SF_OK)
    *ret_state = database;
  else
    close_database (database);
  return code;
}

static enum sf_code
poll_database (void *opaque, const struct sf_inlet *inlet, long *ret_delivered, struct sf_error *err)
{
  struct database *database = opaque;
  *ret_delivered = 0;
  if (database->phase == PHASE_AWAY && inlet->now_ms >= database->patience.until_ms)
    database_connect (database, inlet);
  else
    database_go_on_connecting (database, inlet);
  if (database->phase == PHASE_IDLE && inlet->now_ms >= database->next_ms
      && inlet->now_ms >= database->patience.until_ms)
    SF_TRY (database_begin_reading (database, inlet, err));
  if (database->phase == PHASE_READING)
    SF_TRY (database_read (database, inlet, ret_delivered, err));
  return SF_OK;
}

static int64_t
later (int64_t a_ms, int64_t b_ms)
{
  return a_ms > b_ms ? a_ms : b_ms;
}

static int64_t
wait_database (void *opaque, int64_t now_ms, int *ret_fd)
{
  const struct database *database = opaque;
  enum
  {
    SHORT_MS = 20,
    LONG_MS = 1000
  };
  *ret_fd = -1;
  switch (database->phase)
    {
    case PHASE_AWAY:
      return later (database->patience.until_ms - now_ms, 0);
    case PHASE_IDLE:
      return later (later (database->next_ms, database->patience.until_ms) - now_ms, 0);
    case PHASE_READING:
      if (database->row || !PQisBusy (database->connection))
        return SHORT_MS;
      *ret_fd = PQsocket (database->connection);
      return LONG_MS;
    default:
      if (database->phase == PHASE_CONNECTING && database->wants == PGRES_POLLING_READING)
        *ret_fd = PQsocket (database->connection);
      return *ret_fd < 0 ? SHORT_MS : LONG_MS;
    }
}

static const struct sf_transport transport
    = { .open = open_database, .poll = poll_database, .wait_ms = wait_database, .close = close_database };

SF_PLUGIN_EXPORT (postgres_poll) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_TRANSPORT,
  .name = "postgres_poll",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "rows of a PostgreSQL database, each once",
  .summary_zh = "PostgreSQL 数据库的行，逐行只取一次",
  .options = options,
  .as.transport = &transport,
};
