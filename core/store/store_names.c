/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store_private.h"

#include <string.h>

/* What the catalogue has heard of, for who asks whether a name is spelt right. Every series has a last row there; names that begin
   with * are the store's own. */

static const char *const FEEDS
    = "SELECT feed FROM applied WHERE feed NOT LIKE '*%' UNION SELECT feed FROM last_observation "
      "UNION SELECT feed FROM last_position UNION SELECT feed FROM asset "
      "UNION SELECT feed FROM event UNION SELECT feed FROM track "
      "UNION SELECT feed FROM field ORDER BY 1 LIMIT ?1";
static const char *const SUBJECTS
    = "SELECT subject FROM last_observation UNION SELECT subject FROM last_position "
      "UNION SELECT id FROM asset UNION SELECT id FROM event UNION SELECT storm FROM track "
      "UNION SELECT number FROM track WHERE number IS NOT NULL "
      "UNION SELECT quantity FROM field ORDER BY 1 LIMIT ?1";
static const char *const SUBJECT = "SELECT 1 WHERE EXISTS (SELECT 1 FROM last_observation WHERE subject = ?1)"
                                   " OR EXISTS (SELECT 1 FROM last_position WHERE subject = ?1)"
                                   " OR EXISTS (SELECT 1 FROM asset WHERE id = ?1)"
                                   " OR EXISTS (SELECT 1 FROM event WHERE id = ?1)"
                                   " OR EXISTS (SELECT 1 FROM track WHERE storm = ?1 OR number = ?1)"
                                   " OR EXISTS (SELECT 1 FROM field WHERE quantity = ?1)";

/* The next name in the arena; *ret_name NULL: there is none left. */
static enum sf_code
next_name (struct sf_store *store, sqlite3_stmt *statement, struct sf_arena *arena, const char **ret_name,
           struct sf_error *err)
{
  bool row = false;
  SF_TRY (sf_db_step (store->catalog, statement, &row, err));
  const char *text = row ? (const char *) sqlite3_column_text (statement, 0) : NULL;
  *ret_name = text ? sf_arena_strdup (arena, text) : NULL;
  return row && !*ret_name ? sf_fail (err, SF_ENOMEM, "no memory for names") : SF_OK;
}

enum sf_code
sf_store_names (struct sf_store *store, enum sf_store_names what, struct sf_arena *arena, const char *const **ret_names,
                size_t *ret_count, struct sf_error *err)
{
  sqlite3_stmt *statement = NULL;
  const char **names = sf_arena_calloc (arena, SF_STORE_NAMES_MAX, sizeof *names), *name = NULL;
  size_t count = 0;
  if (!names)
    return sf_fail (err, SF_ENOMEM, "no memory for names");
  SF_TRY (sf_db_prepare (store->catalog, what == SF_STORE_FEEDS ? FEEDS : SUBJECTS, &statement, err));
  sqlite3_bind_int (statement, 1, SF_STORE_NAMES_MAX);
  enum sf_code code;
  while ((code = next_name (store, statement, arena, &name, err)) == SF_OK && name)
    names[count++] = name;
  sqlite3_finalize (statement);
  SF_TRY (code);
  *ret_names = names;
  *ret_count = count;
  return SF_OK;
}

enum sf_code
sf_store_knows (struct sf_store *store, const char *subject, bool *ret_knows, struct sf_error *err)
{
  sqlite3_stmt *statement = NULL;
  SF_TRY (sf_db_prepare (store->catalog, SUBJECT, &statement, err));
  enum sf_code code = sqlite3_bind_text (statement, 1, subject, -1, SQLITE_STATIC) == SQLITE_OK
                          ? sf_db_step (store->catalog, statement, ret_knows, err)
                          : sf_db_fail (store->catalog, err);
  sqlite3_finalize (statement);
  return code;
}
