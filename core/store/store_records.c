/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store_private.h"

#include <math.h>
#include <string.h>

/* Assets, tracks, events and fields: a table a kind, its columns named as the members of the record. */

static const char HEAD[]
    = "feed, valid_s, revision, received_s, tie, place, message_id, quality, doubt, source, source_line";
enum
{
  HEAD_COLUMNS = 11
};

static const struct
{
  const char *subject;
  const char *order; /* after subject and feed: the key, missing parts first */
  const char *same;  /* what else is asked of the same row, from ?8 */
} KINDS[SF_RECORD_KINDS] = {
  [SF_RECORD_ASSET] = { "id", "", "" },
  [SF_RECORD_EVENT] = { "id", "", "" },
  [SF_RECORD_TRACK] = { "storm", "agency, member, base_time, lead_s, ",
                        " AND agency IS ?8 AND member IS ?9 AND base_time IS ?10 AND lead_s = ?11" },
  [SF_RECORD_FIELD]
  = { "quantity", "level, member, base_time, ", " AND level IS ?8 AND member IS ?9 AND base_time IS ?10" },
};

/* --- columns --- */

static void
add_member (struct sf_strbuf *buf, const struct sf_member *member, int *count)
{
  int before = *count;
  if (member->type == SF_MEMBER_GRID)
    {
      sf_strbuf_add (buf, ", nx, ny, affine_0, affine_1, affine_2, affine_3, affine_4, affine_5, crs, file");
      *count += 10;
    }
  else if (member->type == SF_MEMBER_DOUBLES)
    for (int i = 1; i <= member->count; i++, (*count)++)
      sf_strbuf_addf (buf, ", %s_%d", member->name, i);
  if (*count == before)
    {
      sf_strbuf_addf (buf, ", %s", member->name);
      (*count)++;
    }
}

static int
add_columns (struct sf_strbuf *buf, enum sf_record_kind kind)
{
  int count = HEAD_COLUMNS;
  sf_strbuf_add (buf, HEAD);
  for (const struct sf_member *member = sf_record_members (kind); member->name; member++)
    add_member (buf, member, &count);
  return count;
}

static enum sf_code
prepare_put (struct sf_store *store, enum sf_record_kind kind, sqlite3_stmt **ret_statement, struct sf_error *err)
{
  struct sf_strbuf sql = { 0 };
  int which = SF_CATALOG_PUT + kind;
  if (store->statements[which])
    {
      *ret_statement = store->statements[which];
      return SF_OK;
    }
  sf_strbuf_addf (&sql, "INSERT INTO %s (", sf_record_kind_name (kind, 0));
  int count = add_columns (&sql, kind);
  for (int i = 0; i < count; i++)
    sf_strbuf_add (&sql, i == 0 ? ") VALUES (?" : ", ?");
  sf_strbuf_add (&sql, ") ON CONFLICT DO NOTHING");
  enum sf_code code = sql.failed ? sf_fail (err, SF_ENOMEM, "no memory for a statement")
                                 : sf_catalog_statement (store, which, sql.text, ret_statement, err);
  sf_strbuf_finish (&sql);
  return code;
}

/* --- put --- */

/* A statement that is being filled; the first failure stays. */
struct binder
{
  sqlite3_stmt *statement;
  int at, failed;
};

static void
bind_text (struct binder *binder, const char *text)
{
  binder->failed |= sqlite3_bind_text (binder->statement, ++binder->at, text, -1, SQLITE_STATIC);
}

static void
bind_int (struct binder *binder, int64_t value)
{
  binder->failed |= sqlite3_bind_int64 (binder->statement, ++binder->at, value);
}

static void
bind_time (struct binder *binder, int64_t time_s)
{
  if (time_s == SF_TIME_MISSING)
    binder->failed |= sqlite3_bind_null (binder->statement, ++binder->at);
  else
    bind_int (binder, time_s);
}

static void
bind_double (struct binder *binder, double value)
{
  binder->failed |= sqlite3_bind_double (binder->statement, ++binder->at, value);
}

static void
bind_head (struct binder *binder, const struct sf_batch_record *one)
{
  const struct sf_record *record = &one->record;
  bind_text (binder, record->feed);
  bind_time (binder, record->valid_s);
  bind_int (binder, record->revision);
  bind_int (binder, record->received_s);
  bind_int (binder, one->tie);
  bind_int (binder, one->place);
  bind_int (binder, one->message_id);
  bind_int (binder, record->quality);
  bind_text (binder, record->doubt);
  bind_text (binder, record->source);
  bind_int (binder, record->source_line);
}

/* A geometry as it is on the wire, within an event that has nothing else. */
static enum sf_code
bind_geometry (struct binder *binder, const struct sf_geometry *geometry, struct sf_error *err)
{
  struct sf_strbuf wire = { 0 };
  struct sf_record bare;
  enum sf_code code = SF_OK;
  if (!geometry)
    {
      binder->failed |= sqlite3_bind_null (binder->statement, ++binder->at);
      return SF_OK;
    }
  sf_record_init (&bare, SF_RECORD_EVENT);
  bare.as.event.geometry = geometry;
  code = sf_record_encode (&bare, &wire, err);
  if (code == SF_OK)
    binder->failed |= sqlite3_bind_blob64 (binder->statement, ++binder->at, wire.text, wire.length, SQLITE_TRANSIENT);
  sf_strbuf_finish (&wire);
  return code;
}

static void
bind_grid (struct binder *binder, const struct sf_gridspec *grid, const char *file)
{
  bind_int (binder, grid->nx);
  bind_int (binder, grid->ny);
  for (int i = 0; i < 6; i++)
    bind_double (binder, grid->affine[i]);
  bind_text (binder, grid->crs);
  bind_text (binder, file);
}

static enum sf_code
bind_member (struct binder *binder, const struct sf_record *record, const struct sf_member *member, const char *file,
             struct sf_error *err)
{
  switch (member->type)
    {
    case SF_MEMBER_TEXT:
      bind_text (binder, *sf_member_text (record, member));
      break;
    case SF_MEMBER_DOUBLE:
    case SF_MEMBER_DOUBLES:
      for (int i = 0; i < member->count; i++)
        bind_double (binder, sf_member_doubles (record, member)[i]);
      break;
    case SF_MEMBER_INT:
      bind_int (binder, *sf_member_int (record, member));
      break;
    case SF_MEMBER_TIME:
      bind_time (binder, *sf_member_int (record, member));
      break;
    case SF_MEMBER_GEOMETRY:
      return bind_geometry (binder, *sf_member_geometry (record, member), err);
    case SF_MEMBER_GRID:
      bind_grid (binder, &record->as.field.grid, file);
      break;
    }
  return SF_OK;
}

enum sf_code
sf_records_put (struct sf_store *store, const struct sf_batch_record *one, struct sf_error *err)
{
  const struct sf_record *record = &one->record;
  struct sf_arena arena = { 0 };
  struct binder binder = { 0 };
  char *file = NULL;
  enum sf_code code = prepare_put (store, record->kind, &binder.statement, err);
  if (code == SF_OK && record->kind == SF_RECORD_FIELD && record->as.field.values)
    code = sf_field_name (&arena, one, &file, err);
  if (code == SF_OK)
    bind_head (&binder, one);
  for (const struct sf_member *member = sf_record_members (record->kind); code == SF_OK && member->name; member++)
    code = bind_member (&binder, record, member, file, err);
  if (code == SF_OK && binder.failed)
    code = sf_db_fail (store->catalog, err);
  if (code == SF_OK)
    code = sf_db_run (store->catalog, binder.statement, err);
  if (binder.statement)
    sqlite3_clear_bindings (binder.statement);
  sf_arena_finish (&arena);
  return code;
}

/* --- has --- */

static enum sf_code
prepare_has (struct sf_store *store, enum sf_record_kind kind, sqlite3_stmt **ret_statement, struct sf_error *err)
{
  char sql[320];
  sqlite3_snprintf (sizeof sql, sql,
                    "SELECT 1 FROM %s WHERE feed = ?1 AND valid_s IS ?2 AND revision = ?3 AND received_s = ?4 "
                    "AND tie = ?5 AND place = ?6 AND %s = ?7%s",
                    sf_record_kind_name (kind, 0), KINDS[kind].subject, KINDS[kind].same);
  return sf_catalog_statement (store, SF_CATALOG_HAS + kind, sql, ret_statement, err);
}

enum sf_code
sf_records_has (struct sf_store *store, const struct sf_batch_record *one, bool *ret_has, struct sf_error *err)
{
  const struct sf_record *record = &one->record;
  struct binder binder = { 0 };
  SF_TRY (prepare_has (store, record->kind, &binder.statement, err));
  bind_text (&binder, record->feed);
  bind_time (&binder, record->valid_s);
  bind_int (&binder, record->revision);
  bind_int (&binder, record->received_s);
  bind_int (&binder, one->tie);
  bind_int (&binder, one->place);
  bind_text (&binder, sf_store_subject (record));
  if (record->kind == SF_RECORD_TRACK)
    {
      bind_text (&binder, record->as.track.agency);
      bind_text (&binder, record->as.track.member);
      bind_time (&binder, record->as.track.base_s);
      bind_int (&binder, record->as.track.lead_s);
    }
  if (record->kind == SF_RECORD_FIELD)
    {
      bind_text (&binder, record->as.field.level);
      bind_text (&binder, record->as.field.member);
      bind_time (&binder, record->as.field.base_s);
    }
  enum sf_code code
      = binder.failed ? sf_db_fail (store->catalog, err) : sf_db_step (store->catalog, binder.statement, ret_has, err);
  sqlite3_reset (binder.statement);
  return code;
}

/* --- read --- */

/* The columns of a row, taken one after the other; texts go into the arena. */
struct taker
{
  sqlite3 *db;
  sqlite3_stmt *statement;
  struct sf_arena *arena;
  int at;
  bool failed;
  const char *file; /* of the field's values */
};

static const char *
take_text (struct taker *taker)
{
  int at = taker->at++;
  if (sqlite3_column_type (taker->statement, at) == SQLITE_NULL)
    return NULL;
  const char *text = (const char *) sqlite3_column_text (taker->statement, at);
  const char *copy = text ? sf_arena_strdup (taker->arena, text) : NULL;
  taker->failed |= !copy;
  return copy;
}

static int64_t
take_int (struct taker *taker)
{
  return sqlite3_column_int64 (taker->statement, taker->at++);
}

static int64_t
take_time (struct taker *taker)
{
  if (sqlite3_column_type (taker->statement, taker->at) != SQLITE_NULL)
    return take_int (taker);
  taker->at++;
  return SF_TIME_MISSING;
}

static double
take_double (struct taker *taker)
{
  int at = taker->at++;
  return sqlite3_column_type (taker->statement, at) == SQLITE_NULL ? NAN : sqlite3_column_double (taker->statement, at);
}

static void
take_head (struct taker *taker, struct sf_batch_record *one)
{
  struct sf_record *record = &one->record;
  record->feed = take_text (taker);
  record->valid_s = take_time (taker);
  record->revision = (uint32_t) take_int (taker);
  record->received_s = take_int (taker);
  one->tie = take_int (taker);
  one->place = (uint32_t) take_int (taker);
  one->message_id = take_int (taker);
  record->quality = (uint8_t) take_int (taker);
  record->doubt = take_text (taker);
  record->source = take_text (taker);
  record->source_line = take_int (taker);
}

static enum sf_code
take_geometry (struct taker *taker, const struct sf_geometry **ret_geometry, struct sf_error *err)
{
  struct sf_record bare;
  size_t used = 0;
  int at = taker->at++;
  if (sqlite3_column_type (taker->statement, at) == SQLITE_NULL)
    return SF_OK;
  const void *bytes = sqlite3_column_blob (taker->statement, at);
  if (!bytes)
    return sf_db_fail (taker->db, err);
  SF_TRY (
      sf_record_decode (taker->arena, bytes, (size_t) sqlite3_column_bytes (taker->statement, at), &bare, &used, err));
  if (bare.kind != SF_RECORD_EVENT)
    return sf_fail (err, SF_EFORMAT, "the catalogue holds a geometry of the wrong kind");
  *ret_geometry = bare.as.event.geometry;
  return SF_OK;
}

static enum sf_code
take_grid (struct sf_store *store, struct taker *taker, struct sf_field *field, struct sf_error *err)
{
  field->grid.nx = (int) take_int (taker);
  field->grid.ny = (int) take_int (taker);
  for (int i = 0; i < 6; i++)
    field->grid.affine[i] = take_double (taker);
  const char *crs = take_text (taker), *file = take_text (taker);
  if (taker->failed)
    return SF_OK;
  if (!crs || strlen (crs) >= sizeof field->grid.crs)
    return sf_fail (err, SF_EFORMAT, "the catalogue holds a field without a good CRS");
  memcpy (field->grid.crs, crs, strlen (crs) + 1);
  taker->file = file;
  return file ? sf_field_read (store, taker->arena, file, field, err) : SF_OK;
}

static enum sf_code
take_member (struct sf_store *store, struct taker *taker, struct sf_record *record, const struct sf_member *member,
             struct sf_error *err)
{
  switch (member->type)
    {
    case SF_MEMBER_TEXT:
      *sf_member_text (record, member) = take_text (taker);
      break;
    case SF_MEMBER_DOUBLE:
    case SF_MEMBER_DOUBLES:
      for (int i = 0; i < member->count; i++)
        sf_member_doubles (record, member)[i] = take_double (taker);
      break;
    case SF_MEMBER_INT:
      *sf_member_int (record, member) = take_int (taker);
      break;
    case SF_MEMBER_TIME:
      *sf_member_int (record, member) = take_time (taker);
      break;
    case SF_MEMBER_GEOMETRY:
      return take_geometry (taker, sf_member_geometry (record, member), err);
    case SF_MEMBER_GRID:
      return take_grid (store, taker, &record->as.field, err);
    }
  return SF_OK;
}

enum sf_code
sf_records_take (struct sf_store *store, sqlite3_stmt *statement, struct sf_arena *arena, enum sf_record_kind kind,
                 struct sf_batch_record *ret_one, struct sf_error *err)
{
  struct taker taker = { .db = store->catalog, .statement = statement, .arena = arena };
  sf_record_init (&ret_one->record, kind);
  take_head (&taker, ret_one);
  for (const struct sf_member *member = sf_record_members (kind); member->name; member++)
    SF_TRY (take_member (store, &taker, &ret_one->record, member, err));
  ret_one->file = taker.file;
  return taker.failed ? sf_fail (err, SF_ENOMEM, "no memory to read a record") : SF_OK;
}

enum sf_code
sf_records_prepare (struct sf_store *store, enum sf_record_kind kind, sqlite3_stmt **ret_statement,
                    struct sf_error *err)
{
  struct sf_strbuf sql = { 0 };
  sf_strbuf_add (&sql, "SELECT ");
  add_columns (&sql, kind);
  sf_strbuf_addf (&sql, " FROM %s WHERE row_id = ?", sf_record_kind_name (kind, 0));
  enum sf_code code = sql.failed ? sf_fail (err, SF_ENOMEM, "no memory for a statement")
                                 : sf_db_prepare (store->catalog, sql.text, ret_statement, err);
  sf_strbuf_finish (&sql);
  return code;
}

static enum sf_code
select_numbers (struct sf_store *store, const struct sf_store_query *query, sqlite3_stmt **ret_statement,
                struct sf_error *err)
{
  struct sf_strbuf sql = { 0 };
  const char *subject = KINDS[query->kind].subject;
  /* A storm may be asked for by its number, too: that is looked at row by row. */
  bool one = query->subjects && query->subjects_count == 1 && query->kind != SF_RECORD_TRACK;
  sf_strbuf_addf (&sql,
                  "SELECT row_id FROM %s WHERE (valid_s IS NULL OR (valid_s >= ?1 AND valid_s <= ?2)) AND received_s "
                  "<= ?3%s%s%s ORDER BY %s, feed, %svalid_s, revision, received_s, tie, place",
                  sf_record_kind_name (query->kind, 0), one ? " AND " : "", one ? subject : "", one ? " = ?4" : "",
                  subject, KINDS[query->kind].order);
  enum sf_code code = sql.failed ? sf_fail (err, SF_ENOMEM, "no memory for a statement")
                                 : sf_db_prepare (store->catalog, sql.text, ret_statement, err);
  sf_strbuf_finish (&sql);
  SF_TRY (code);
  sqlite3_bind_int64 (*ret_statement, 1, query->from_s);
  sqlite3_bind_int64 (*ret_statement, 2, query->to_s == SF_TIME_MISSING ? INT64_MAX : query->to_s);
  sqlite3_bind_int64 (*ret_statement, 3, query->as_of_s == SF_TIME_MISSING ? INT64_MAX : query->as_of_s);
  if (one && sqlite3_bind_text (*ret_statement, 4, query->subjects[0], -1, SQLITE_TRANSIENT) != SQLITE_OK)
    return sf_db_fail (store->catalog, err);
  return SF_OK;
}

enum sf_code
sf_records_select (struct sf_store *store, const struct sf_store_query *query, int64_t **ret_numbers, size_t *ret_count,
                   struct sf_error *err)
{
  sqlite3_stmt *statement = NULL;
  size_t capacity = 0;
  bool row = false;
  *ret_count = 0;
  enum sf_code code = select_numbers (store, query, &statement, err);
  while (code == SF_OK && (code = sf_db_step (store->catalog, statement, &row, err)) == SF_OK && row)
    if (sf_mem_grow ((void **) ret_numbers, &capacity, *ret_count + 1, sizeof **ret_numbers) != 0)
      code = sf_fail (err, SF_ENOMEM, "no memory for a query of %zu rows", *ret_count + 1);
    else
      (*ret_numbers)[(*ret_count)++] = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return code;
}
