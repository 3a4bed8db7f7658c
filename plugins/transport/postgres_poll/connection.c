/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/text.h"
#include "core/base/time.h"
#include "plugins/transport/postgres_poll/postgres_poll.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum
{
  PARAMETERS_MAX = 64
};

static const char *
parameter (const struct database *database, const char *keyword)
{
  for (const PQconninfoOption *option = database->parameters; option->keyword; option++)
    if (!strcmp (option->keyword, keyword))
      return option->val;
  return NULL;
}

static enum sf_code
parse_connection (struct database *database, const char *text, struct sf_error *err)
{
  char *why = NULL;
  database->parameters = PQconninfoParse (text, &why);
  if (!database->parameters)
    {
      /* Neither the text nor libpq's words, which repeat it, are told: a password may stand there by mistake. */
      enum sf_code code = sf_fail (err, why ? SF_EINVAL : SF_ENOMEM,
                                   why ? "postgres_poll: connection is no connection string of libpq, such as "
                                         "host=10.0.0.5 port=5432 dbname=water user=reader"
                                       : "postgres_poll: out of memory");
      PQfreemem (why);
      return code;
    }
  if (parameter (database, "password") || parameter (database, "sslpassword"))
    return sf_fail (err, SF_EINVAL,
                    "postgres_poll: connection holds a password; put it into secret_file or a passfile");
  return SF_OK;
}

/* Nothing of ours may write, run for ever or read times in another zone than was said. */
static enum sf_code
form_settings (struct database *database, struct sf_error *err)
{
  const char *given = parameter (database, "options");
  const char *zone = sf_settings_text (database->host->settings, "zone");
  if (strspn (zone, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/+-:") != strlen (zone))
    return sf_fail (err, SF_EINVAL, "postgres_poll: zone '%s' is no name of a time zone", zone);
  database->settings = sf_mem_printf (
      "%s%s-c default_transaction_read_only=on -c statement_timeout=%lld -c TimeZone=%s -c DateStyle=ISO "
      "-c IntervalStyle=postgres",
      given ? given : "", given ? " " : "", (long long) database->timeout_ms, zone);
  return database->settings ? SF_OK : sf_fail (err, SF_ENOMEM, "postgres_poll: out of memory");
}

enum sf_code
database_prepare (struct database *database, struct sf_error *err)
{
  const struct sf_settings *settings = database->host->settings;
  SF_TRY (parse_connection (database, sf_settings_text (settings, "connection"), err));
  SF_TRY (pull_secrets_load (&database->secrets, sf_settings_text (settings, "secret_file"), err));
  return form_settings (database, err);
}

static void
drop_connection (struct database *database)
{
  database_forget_rows (database);
  PQfinish (database->connection);
  database->connection = NULL;
  pull_lookup_free (database->lookup);
  database->lookup = NULL;
  database->phase = PHASE_AWAY;
}

void
database_finish (struct database *database)
{
  drop_connection (database);
  PQconninfoFree (database->parameters);
  pull_secrets_finish (&database->secrets);
  sf_mem_free (database->settings);
}

void
database_lose (struct database *database, const struct sf_inlet *inlet, const char *why)
{
  char since[SF_TIME_TEXT_BYTES];
  if (!database->lost.text[0])
    database->lost_s = inlet->now_s;
  /* libpq's words come in several lines. */
  int length = (int) strcspn (why, "\n");
  pull_alarm_raise (&database->lost, inlet, "since %s: %.*s", sf_time_format_beijing (since, database->lost_s), length,
                    why);
  drop_connection (database);
  pull_patience_lose (&database->patience, inlet->now_ms);
}

/* What the server says beside its answers would else go to standard error. */
static void
note (void *opaque, const char *text)
{
  const struct database *database = opaque;
  sf_host_log (database->host, SF_LOG_INFO, "%.*s", (int) strcspn (text, "\n"), text);
}

static void
start (struct database *database, const struct sf_inlet *inlet)
{
  const char *keywords[PARAMETERS_MAX + 1] = { "application_name", "client_encoding",     "options",
                                               "keepalives_idle",  "keepalives_interval", "keepalives_count" };
  const char *values[PARAMETERS_MAX + 1] = { "sanfang", "UTF8", database->settings, "30", "10", "3" };
  size_t count = 6;
  const char *user = pull_secret (&database->secrets, "user"), *password = pull_secret (&database->secrets, "password");
  for (const PQconninfoOption *option = database->parameters; option->keyword && count < PARAMETERS_MAX - 2; option++)
    if (option->val && strcmp (option->keyword, "options") && strcmp (option->keyword, "client_encoding"))
      {
        keywords[count] = option->keyword;
        values[count++] = option->val;
      }
  if (user)
    {
      keywords[count] = "user";
      values[count++] = user;
    }
  if (password)
    {
      keywords[count] = "password";
      values[count++] = password;
    }
  database->connection = PQconnectStartParams (keywords, values, 0);
  if (!database->connection || PQstatus (database->connection) == CONNECTION_BAD)
    {
      database_lose (database, inlet, database->connection ? PQerrorMessage (database->connection) : "out of memory");
      return;
    }
  PQsetNoticeProcessor (database->connection, note, database);
  database->phase = PHASE_CONNECTING;
  database->wants = PGRES_POLLING_WRITING;
  database_go_on_connecting (database, inlet);
}

/* A name that only a name server can tell: no socket's folder, no address. */
static bool
is_name (const char *host)
{
  return host && host[0] && host[0] != '/' && host[0] != '@' && !strchr (host, ',') && !strchr (host, ':')
         && strspn (host, "0123456789.") != strlen (host);
}

void
database_connect (struct database *database, const struct sf_inlet *inlet)
{
  const char *host = parameter (database, "host");
  database->deadline_ms = inlet->now_ms + database->connect_ms;
  if (!is_name (host) || parameter (database, "hostaddr"))
    {
      start (database, inlet);
      return;
    }
  database->lookup = pull_lookup_new (host);
  database->phase = PHASE_LOOKUP;
  if (!database->lookup)
    database_lose (database, inlet, "the host's name cannot be asked for");
}

/* PGTZ and PGDATESTYLE of the environment are stronger than what form_settings asks for, and a pool of connections may drop
   that: times would be taken for others. What is no name ("+8") is told in other words than it was asked for. */
static bool
is_as_asked (const struct database *database, char *why, size_t size)
{
  const char *wanted = sf_settings_text (database->host->settings, "zone");
  const char *zone = PQparameterStatus (database->connection, "TimeZone");
  const char *style = PQparameterStatus (database->connection, "DateStyle");
  bool is_ours = zone && style && !strncmp (style, "ISO", 3)
                 && (!isalpha ((unsigned char) wanted[0]) || !strcasecmp (zone, wanted));
  if (!is_ours)
    snprintf (
        why, size,
        "the session has TimeZone %s and DateStyle %s instead of %s and ISO: look for PGTZ and PGDATESTYLE in the "
        "environment, and for a pool of connections that drops options",
        zone ? zone : "?", style ? style : "?", wanted);
  return is_ours;
}

static void
connected (struct database *database, const struct sf_inlet *inlet)
{
  char why[320];
  if (!is_as_asked (database, why, sizeof why))
    {
      database_lose (database, inlet, why);
      return;
    }
  database->phase = PHASE_IDLE;
  database->next_ms = inlet->now_ms;
  database->patience.wait_ms = 0;
  if (PQsetnonblocking (database->connection, 1) < 0)
    database_lose (database, inlet, PQerrorMessage (database->connection));
  else
    pull_alarm_end (&database->lost, inlet);
}

void
database_go_on_connecting (struct database *database, const struct sf_inlet *inlet)
{
  const char *why = "no answer";
  if (database->phase == PHASE_LOOKUP)
    {
      enum pull_lookup_state state = pull_lookup_look (database->lookup, &why);
      if (state == PULL_LOOKUP_FAILED)
        database_lose (database, inlet, why);
      else if (state == PULL_LOOKUP_FOUND)
        {
          pull_lookup_free (database->lookup);
          database->lookup = NULL;
          start (database, inlet);
        }
    }
  else if (database->phase == PHASE_CONNECTING)
    {
      database->wants = PQconnectPoll (database->connection);
      if (database->wants == PGRES_POLLING_FAILED)
        database_lose (database, inlet, PQerrorMessage (database->connection));
      else if (database->wants == PGRES_POLLING_OK)
        connected (database, inlet);
    }
  if ((database->phase == PHASE_LOOKUP || database->phase == PHASE_CONNECTING) && inlet->now_ms > database->deadline_ms)
    database_lose (database, inlet, "the server did not answer in time");
}
