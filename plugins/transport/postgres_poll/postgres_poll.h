/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_TRANSPORT_POSTGRES_POLL_POSTGRES_POLL_H
#define PLUGINS_TRANSPORT_POSTGRES_POLL_POSTGRES_POLL_H

#include "core/base/sha256.h"
#include "plugins/transport/pull.h"

#include <libpq-fe.h>

enum
{
  KNOWN_ROWS_MAX = 1 << 20, /* remembered of one reading; the journal knows the others by their identity */
  LACKING_ROWS_MAX = 1000   /* rows without a time, delivered of one reading; the alarm counts all */
};

/* Which rows a reading met: keys in open addressing, all zero where free. */
struct known_rows
{
  struct sf_key *slots;
  size_t count, capacity; /* capacity: 0 or a power of two */
};

/* Put a key in, unless the set is full. False when memory is out. */
bool known_rows_add (struct known_rows *rows, const struct sf_key *key);
bool known_rows_has (const struct known_rows *rows, const struct sf_key *key);
void known_rows_clear (struct known_rows *rows);
void known_rows_finish (struct known_rows *rows);

enum phase
{
  PHASE_AWAY,       /* no connection; the next attempt is due at patience.until_ms */
  PHASE_LOOKUP,     /* a host name is asked for */
  PHASE_CONNECTING, /* PQconnectPoll */
  PHASE_IDLE,       /* connected; the next reading is due at next_ms */
  PHASE_READING     /* rows come */
};

struct database
{
  const struct sf_host *host;
  const char *time_column;
  const char *const *key_columns;
  size_t key_columns_count;
  int64_t every_ms, overlap_s, start_s, timeout_ms, connect_ms;
  long batch_rows;
  char *sql;      /* the whole reading */
  char *settings; /* of the session, as the server's command line takes them */
  PQconninfoOption *parameters;
  struct pull_secrets secrets;

  enum phase phase;
  PGconn *connection;
  PostgresPollingStatusType wants;
  struct pull_lookup *lookup;
  struct pull_patience patience;
  struct pull_alarm lost, failed, lacking, ambiguous;
  int64_t lost_s; /* since when, for the alarm */
  int64_t next_ms, deadline_ms;

  PGresult *row;                     /* taken from the connection, not yet delivered */
  PGresult *before;                  /* the row of this reading before it */
  struct known_rows previous, known; /* of the last reading and of this one */
  char *cursor, *remembered;         /* time of the newest row delivered; as the inlet holds it */
  bool recalled;
  bool looks_for_lacking; /* this reading takes rows without a time too */
  bool met_lacking, met_ambiguous;
  int64_t lacking_ms; /* when they are looked for again */
};

/* connection.c */
enum sf_code database_prepare (struct database *database, struct sf_error *err);
void database_connect (struct database *database, const struct sf_inlet *inlet);
void database_go_on_connecting (struct database *database, const struct sf_inlet *inlet);
/* Give the connection up, raise the alarm and wait. */
void database_lose (struct database *database, const struct sf_inlet *inlet, const char *why);
void database_finish (struct database *database);

/* rows.c */
enum sf_code database_begin_reading (struct database *database, const struct sf_inlet *inlet, struct sf_error *err);
enum sf_code database_read (struct database *database, const struct sf_inlet *inlet, long *delivered,
                            struct sf_error *err);
/* Let go of what the connection brought and is not delivered. */
void database_forget_rows (struct database *database);

#endif
