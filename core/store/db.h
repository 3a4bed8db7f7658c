/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_STORE_DB_H
#define SF_CORE_STORE_DB_H

#include "core/base/error.h"
#include "core/base/mem.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* SQLite as the journal and the store use it. A connection belongs to one thread at a time. */

enum sf_db_mode
{
  SF_DB_READ,   /* never makes, changes or locks anything but what reading a WAL needs */
  SF_DB_WRITE,  /* made when absent; commits reach the disk at checkpoints (synchronous=NORMAL) */
  SF_DB_DURABLE /* made when absent; a commit returns when it is on the disk (synchronous=FULL) */
};

/* Open path in WAL mode; waits up to five seconds for another process's lock. SF_ENOTFOUND when it is to be read and is
   not there. *ret_db is NULL on failure. */
enum sf_code sf_db_open (const char *path, enum sf_db_mode mode, sqlite3 **ret_db, struct sf_error *err);
void sf_db_close (sqlite3 *db);

/* Bring a database to the newest of count steps, each a text of statements that leads from its number to the next, in one
   transaction; the number is PRAGMA user_version. A database that is newer is refused in words (SF_EUNSUPPORTED). */
enum sf_code sf_db_migrate (sqlite3 *db, const char *const *steps, int count, struct sf_error *err);

/* The number of a database's form, 0 for a new one. */
enum sf_code sf_db_form (sqlite3 *db, int *ret_form, struct sf_error *err);
/* For readers: SF_EUNSUPPORTED in words unless the database has form count. */
enum sf_code sf_db_check_form (sqlite3 *db, int count, struct sf_error *err);

enum sf_code sf_db_exec (sqlite3 *db, const char *sql, struct sf_error *err);
/* Begin a transaction that writes, once one is ended that could not be rolled back for want of memory. */
enum sf_code sf_db_begin (sqlite3 *db, struct sf_error *err);
/* Prepare a statement that is kept for long; finalise with sqlite3_finalize. */
enum sf_code sf_db_prepare (sqlite3 *db, const char *sql, sqlite3_stmt **ret_statement, struct sf_error *err);
/* Step a statement that gives no row, and reset it. */
enum sf_code sf_db_run (sqlite3 *db, sqlite3_stmt *statement, struct sf_error *err);
/* Step one that may give a row: *ret_row tells; the caller resets it. */
enum sf_code sf_db_step (sqlite3 *db, sqlite3_stmt *statement, bool *ret_row, struct sf_error *err);

/* The one number that a text of a statement gives, 0 when it gives none. */
enum sf_code sf_db_ask_number (sqlite3 *db, const char *sql, int64_t *ret_number, struct sf_error *err);
/* SQLite's own check of the whole file: finding is called with its words for each fault, at most so many. */
typedef void (*sf_db_finding) (void *ctx, const char *words);
enum sf_code sf_db_check_structure (sqlite3 *db, int most, sf_db_finding finding, void *ctx, struct sf_error *err);

/* What SQLite's last failure on db means: SF_ENOMEM, SF_EFULL (disk full), SF_EBUSY (locked), SF_EIO (read-only, corrupt
   and the rest), with the file's name and SQLite's words. */
enum sf_code sf_db_fail (sqlite3 *db, struct sf_error *err);

/* For tests that let the n-th allocation fail: SQLite allocates through sf_mem_* from here on. Before its first use. */
enum sf_code sf_db_use_our_memory (struct sf_error *err);

#endif
