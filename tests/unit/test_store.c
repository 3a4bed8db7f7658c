/* SPDX-License-Identifier: Apache-2.0 */
/* Values by hand, read back through the store and through the sqlite3 command, which knows nothing of this program. */
#include <check.h>

#include "core/store/store_private.h"
#include "tests/unit/store_help.h"

#include <math.h>
#include <sqlite3.h>
#include <sys/stat.h>

static struct sf_record
level (const char *feed, const char *asset, int64_t valid_s, int64_t received_s, double value)
{
  struct sf_record record;
  sf_record_init (&record, SF_RECORD_OBSERVATION);
  record.feed = feed;
  record.valid_s = valid_s;
  record.received_s = received_s;
  record.source = "river.csv";
  record.source_line = 7;
  record.as.observation.asset = asset;
  record.as.observation.quantity = "water_level";
  record.as.observation.value = value;
  return record;
}

static bool
put (struct sf_store *store, const struct sf_record *record, unsigned message, uint32_t place)
{
  struct sf_error err = { 0 };
  struct sf_store_origin origin = { .message_id = message, .place = place };
  bool is_new = false;
  origin.sha256.bytes[7] = (uint8_t) message;
  ck_assert_msg (sf_store_put (store, record, &origin, &is_new, &err) == SF_OK, "%s", err.message);
  return is_new;
}

static void
commit (struct sf_store *store)
{
  struct sf_error err = { 0 };
  ck_assert_msg (sf_store_commit (store, &err) == SF_OK, "%s", err.message);
}

/* What a command prints, without its last newline. */
static char *
output_of (const char *command, char *buffer, size_t size)
{
  FILE *pipe = popen (command, "r");
  ck_assert_ptr_nonnull (pipe);
  size_t n = fread (buffer, 1, size - 1, pipe);
  ck_assert_int_eq (pclose (pipe), 0);
  buffer[n > 0 ? n - 1 : 0] = '\0';
  return buffer;
}

START_TEST (sqlite3_reads_the_files)
{
  char dir[32], command[256], text[1024];
  struct sf_error err = { 0 };
  struct sf_store *store = store_open (store_folder (dir), SF_STORE_WRITE);
  struct sf_record record = level ("water", "61800100", STORE_T0 + 300, STORE_T0 + 320, 12.5);
  record.doubt = "jump";
  record.quality = SF_QUALITY_ORIGINAL_DOUBTFUL;
  ck_assert (put (store, &record, 9, 3));
  ck_assert (!put (store, &record, 9, 3));
  ck_assert_int_eq (sf_store_set_applied (store, "water", 9, &err), SF_OK);
  ck_assert_uint_eq (sf_store_batch_rows (store), 1);
  commit (store);
  ck_assert (!put (store, &record, 9, 3));
  sf_store_close (store);
  snprintf (
      command, sizeof command,
      "sqlite3 %s/store/observations-20140718.db \"SELECT valid_utc, feed, asset, quantity, period_s, value, quality, "
      "doubt, revision, received_utc, source, source_line, message_id, tie, place FROM observation\"",
      dir);
  ck_assert_str_eq (
      output_of (command, text, sizeof text),
      "2014-07-18 00:05:00|water|61800100|water_level|0|12.5|3|jump|0|2014-07-18 00:05:20|river.csv|7|9|9|3");
  snprintf (command, sizeof command,
            "sqlite3 %s/store/catalog.db \"SELECT subject, value, doubt FROM last_observation; SELECT * FROM applied; "
            "SELECT * FROM day_file\"",
            dir);
  /* Kind 1, day 16269: 1405641600 / 86400. */
  ck_assert_str_eq (output_of (command, text, sizeof text), "61800100|12.5|jump\n*batch|1\nwater|9\n1|16269");
  ck_assert_int_eq (sf_file_remove_tree (dir, NULL), SF_OK);
}
END_TEST

/* A value, its correction (a higher revision, received earlier), and a straggler received later with revision 0. */
/* Few names, but long ones: memory has a bound, too. */
START_TEST (long_names_are_forgotten)
{
  enum
  {
    LENGTH = 1 << 20
  };
  char folder[32];
  struct sf_error err = { 0 };
  struct sf_arena arena = { 0 };
  struct sf_store *store = store_open (store_folder (folder), SF_STORE_WRITE);
  char *subject = malloc (LENGTH + 1);
  memset (subject, 'a', LENGTH);
  subject[LENGTH] = '\0';
  for (int i = 0; i < 140; i++)
    {
      struct sf_store_series series
          = { .kind = SF_RECORD_OBSERVATION, .feed = "f", .subject = subject, .quantity = "water_level" };
      struct sf_store_sample *samples = NULL;
      size_t count = 0;
      snprintf (subject, 8, "%07d", i);
      subject[7] = 'a';
      ck_assert_int_eq (sf_store_samples (store, &arena, &series, 0, 1, 0, &samples, &count, &err), SF_OK);
      if (i == 100)
        {
          sf_store_drop_batch (store);
          ck_assert_uint_eq (store->series_names.count, 101);
        }
    }
  sf_store_drop_batch (store);
  ck_assert_uint_eq (store->series_names.count, 0);
  free (subject);
  sf_arena_finish (&arena);
  sf_store_close (store);
  ck_assert_int_eq (sf_file_remove_tree (folder, &err), SF_OK);
}
END_TEST

START_TEST (the_highest_revision_holds)
{
  char dir[32];
  struct store_rows rows = { 0 };
  struct sf_store_query query;
  struct sf_store *store = store_open (store_folder (dir), SF_STORE_WRITE);
  struct sf_record first = level ("water", "A", STORE_T0, STORE_T0 + 10, 1.0), corrected = first, straggler = first;
  corrected.revision = 1;
  corrected.received_s = STORE_T0 + 100;
  corrected.as.observation.value = 2.0;
  straggler.received_s = STORE_T0 + 200;
  straggler.as.observation.value = 3.0;
  put (store, &corrected, 2, 0);
  put (store, &straggler, 3, 0);
  commit (store);
  put (store, &first, 1, 0);
  commit (store);
  sf_store_query_init (&query, SF_RECORD_OBSERVATION);
  store_collect (store, &query, &rows);
  ck_assert_uint_eq (rows.count, 1);
  ck_assert_double_eq (rows.rows[0].record.as.observation.value, 2.0);
  ck_assert_int_eq (rows.rows[0].rank, 3);
  store_rows_finish (&rows);
  query.as_of_s = STORE_T0 + 50;
  store_collect (store, &query, &rows);
  ck_assert_uint_eq (rows.count, 1);
  ck_assert_double_eq (rows.rows[0].record.as.observation.value, 1.0);
  store_rows_finish (&rows);
  query.as_of_s = SF_TIME_MISSING;
  query.latest = true;
  store_collect (store, &query, &rows);
  ck_assert_double_eq (rows.rows[0].record.as.observation.value, 2.0);
  store_rows_finish (&rows);
  sf_store_close (store);
  ck_assert_int_eq (sf_file_remove_tree (dir, NULL), SF_OK);
}
END_TEST

/* The last row stays right when an older one comes late, and when a moving one leaves the cell of the tree of places. */
START_TEST (who_is_in_the_area_now)
{
  char dir[32];
  struct store_rows rows = { 0 };
  struct sf_store_query query;
  struct sf_record record;
  struct sf_store *store = store_open (store_folder (dir), SF_STORE_WRITE);
  sf_record_init (&record, SF_RECORD_POSITION);
  record.feed = "ais";
  record.as.position.mover = "413000001";
  for (int hour = 0; hour < 4; hour++)
    {
      static const int order[] = { 1, 3, 0, 2 };
      record.valid_s = record.received_s = STORE_T0 + order[hour] * 3600;
      record.as.position.lon_deg = 110 + order[hour];
      record.as.position.lat_deg = 20;
      put (store, &record, (unsigned) hour, 0);
      commit (store);
    }
  sf_store_query_init (&query, SF_RECORD_POSITION);
  query.latest = true;
  query.south_deg = 19;
  query.north_deg = 21;
  query.west_deg = 112.5;
  query.east_deg = 113;
  store_collect (store, &query, &rows);
  ck_assert_uint_eq (rows.count, 1);
  ck_assert_int_eq (rows.rows[0].record.valid_s, STORE_T0 + 3 * 3600);
  store_rows_finish (&rows);
  query.west_deg = 109;
  query.east_deg = 112;
  store_collect (store, &query, &rows);
  ck_assert_uint_eq (rows.count, 0);
  query.to_s = STORE_T0 + 2 * 3600;
  store_collect (store, &query, &rows);
  ck_assert_uint_eq (rows.count, 1);
  ck_assert_double_eq (rows.rows[0].record.as.position.lon_deg, 112);
  store_rows_finish (&rows);
  sf_store_close (store);
  ck_assert_int_eq (sf_file_remove_tree (dir, NULL), SF_OK);
}
END_TEST

/* An observation without a place is where its asset is. */
START_TEST (stations_lie_where_their_assets_are)
{
  char dir[32];
  struct store_rows rows = { 0 };
  struct sf_store_query query;
  struct sf_record asset, value = level ("water", "A", STORE_T0, STORE_T0, 1.0);
  struct sf_store *store = store_open (store_folder (dir), SF_STORE_WRITE);
  sf_record_init (&asset, SF_RECORD_ASSET);
  asset.feed = "register";
  asset.received_s = STORE_T0;
  asset.as.asset.id = "A";
  asset.as.asset.lon_deg = 109.5;
  asset.as.asset.lat_deg = 19.2;
  put (store, &asset, 1, 0);
  put (store, &value, 2, 0);
  commit (store);
  sf_store_query_init (&query, SF_RECORD_OBSERVATION);
  query.west_deg = 109;
  query.south_deg = 19;
  query.east_deg = 110;
  query.north_deg = 20;
  for (int latest = 0; latest < 2; latest++)
    {
      query.latest = latest;
      store_collect (store, &query, &rows);
      ck_assert_uint_eq (rows.count, 1);
      store_rows_finish (&rows);
    }
  query.west_deg = 109.6;
  store_collect (store, &query, &rows);
  ck_assert_uint_eq (rows.count, 0);
  store_rows_finish (&rows);
  sf_store_close (store);
  ck_assert_int_eq (sf_file_remove_tree (dir, NULL), SF_OK);
}
END_TEST

START_TEST (what_cannot_be_told_apart_is_refused)
{
  char dir[32];
  struct sf_error err = { 0 };
  const struct sf_store_origin origin = { 0 };
  struct sf_store *store = store_open (store_folder (dir), SF_STORE_WRITE);
  for (int lacks = 0; lacks < 5; lacks++)
    {
      static const char *const words[] = { "feed", "subject", "received time", "valid time", "quantity" };
      struct sf_record record
          = level (lacks == 0 ? NULL : "water", lacks == 1 ? NULL : "A", lacks == 3 ? SF_TIME_MISSING : STORE_T0,
                   lacks == 2 ? SF_TIME_MISSING : STORE_T0, 1);
      if (lacks == 4)
        record.as.observation.quantity = NULL;
      ck_assert_int_eq (sf_store_put (store, &record, &origin, NULL, &err), SF_EFORMAT);
      ck_assert_ptr_nonnull (strstr (err.message, words[lacks]));
    }
  ck_assert_uint_eq (sf_store_batch_rows (store), 0);
  sf_store_close (store);
  ck_assert_int_eq (sf_file_remove_tree (dir, NULL), SF_OK);
}
END_TEST

START_TEST (one_writer_and_only_what_is_there)
{
  char dir[32];
  struct sf_error err = { 0 };
  struct sf_store *store = NULL, *second = NULL;
  store_folder (dir);
  ck_assert_int_eq (sf_store_open (dir, SF_STORE_READ, &store, &err), SF_ENOTFOUND);
  ck_assert_ptr_null (store);
  store = store_open (dir, SF_STORE_WRITE);
  ck_assert_int_eq (sf_store_open (dir, SF_STORE_WRITE, &second, &err), SF_EBUSY);
  ck_assert_ptr_nonnull (strstr (err.message, "another process writes"));
  second = store_open (dir, SF_STORE_READ);
  struct sf_record record = level ("water", "A", STORE_T0, STORE_T0, 1);
  const struct sf_store_origin origin = { 0 };
  ck_assert_int_eq (sf_store_put (second, &record, &origin, NULL, &err), SF_EINVAL);
  sf_store_close (second);
  sf_store_close (store);
  ck_assert_int_eq (sf_file_remove_tree (dir, NULL), SF_OK);
}
END_TEST

static void
set_form (const char *dir, const char *name, int form)
{
  char command[160], text[16];
  snprintf (command, sizeof command, "sqlite3 %s/store/%s 'PRAGMA user_version = %d; SELECT 1'", dir, name, form);
  output_of (command, text, sizeof text);
}

START_TEST (a_newer_form_is_refused)
{
  static const char *const names[] = { "catalog.db", "observations-20140718.db" };
  char dir[32];
  struct sf_error err = { 0 };
  struct sf_store *store = store_open (store_folder (dir), SF_STORE_WRITE);
  struct sf_record record = level ("water", "A", STORE_T0, STORE_T0, 1);
  struct sf_store_query query;
  struct store_rows rows = { 0 };
  put (store, &record, 1, 0);
  commit (store);
  sf_store_close (store);
  set_form (dir, names[_i], 99);
  enum sf_code code = sf_store_open (dir, SF_STORE_READ, &store, &err);
  sf_store_query_init (&query, SF_RECORD_OBSERVATION);
  if (_i == 1)
    {
      ck_assert_int_eq (code, SF_OK);
      code = sf_store_read (store, &query, store_keep_row, &rows, &err);
    }
  ck_assert_int_eq (code, SF_EUNSUPPORTED);
  ck_assert_ptr_nonnull (strstr (err.message, "form 99"));
  sf_store_close (store);
  store_rows_finish (&rows);
  ck_assert_int_eq (sf_file_remove_tree (dir, NULL), SF_OK);
}
END_TEST

/* A store of form 1 (tests/unit/store-form-1): one river station, one vessel, before there were trees of places and views. */
START_TEST (an_older_form_is_brought_up)
{
  static const char *const names[] = { "catalog", "observations-20140718", "positions-20140718" };
  char dir[32], command[512], text[64];
  struct sf_error err = { 0 };
  struct sf_store *store = NULL;
  struct store_rows rows = { 0 };
  struct sf_store_query query;
  snprintf (command, sizeof command, "mkdir %s/store; echo", store_folder (dir));
  output_of (command, text, sizeof text);
  for (int i = 0; i < 3; i++)
    {
      snprintf (command, sizeof command, "sqlite3 %s/store/%s.db < %s/tests/unit/store-form-1/%s.sql; echo", dir,
                names[i], TEST_SRCDIR, names[i]);
      output_of (command, text, sizeof text);
    }
  ck_assert_int_eq (sf_store_open (dir, SF_STORE_READ, &store, &err), SF_EUNSUPPORTED);
  ck_assert_ptr_nonnull (strstr (err.message, "older form 1"));
  sf_store_close (store_open (dir, SF_STORE_WRITE));
  store = store_open (dir, SF_STORE_READ);
  sf_store_query_init (&query, SF_RECORD_OBSERVATION);
  store_collect (store, &query, &rows);
  ck_assert_uint_eq (rows.count, 1);
  ck_assert_double_eq (rows.rows[0].record.as.observation.value, 12.5);
  ck_assert_str_eq (rows.rows[0].record.doubt, "jump");
  store_rows_finish (&rows);
  sf_store_query_init (&query, SF_RECORD_POSITION);
  query.latest = true;
  query.west_deg = 110;
  query.east_deg = 111;
  query.south_deg = 19;
  query.north_deg = 20;
  store_collect (store, &query, &rows);
  ck_assert_uint_eq (rows.count, 1);
  ck_assert_str_eq (rows.rows[0].record.as.position.mover, "413000001");
  store_rows_finish (&rows);
  sf_store_close (store);
  snprintf (command, sizeof command, "sqlite3 %s/store/positions-20140718.db 'SELECT mover, lon FROM position'", dir);
  ck_assert_str_eq (output_of (command, text, sizeof text), "413000001|110.5");
  ck_assert_int_eq (sf_file_remove_tree (dir, NULL), SF_OK);
}
END_TEST

/* The columns of the catalogue's tables are the members of the records, in their order. */
START_TEST (columns_are_members)
{
  static const enum sf_record_kind kinds[] = { SF_RECORD_ASSET, SF_RECORD_EVENT, SF_RECORD_TRACK, SF_RECORD_FIELD };
  char dir[32], command[256], text[4096];
  sf_store_close (store_open (store_folder (dir), SF_STORE_WRITE));
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    {
      snprintf (command, sizeof command,
                "sqlite3 %s/store/catalog.db \"SELECT group_concat(name) || ',' FROM pragma_table_info('%s')\"", dir,
                sf_record_kind_name (kinds[i], 0));
      const char *at = output_of (command, text, sizeof text);
      for (const struct sf_member *member = sf_record_members (kinds[i]); member->name; member++)
        {
          char wanted[64];
          snprintf (wanted, sizeof wanted, ",%s%s", member->type == SF_MEMBER_GRID ? "nx" : member->name,
                    member->count > 1 ? "_1," : ",");
          const char *found = strstr (at, wanted);
          ck_assert_msg (found, "%s: no %s in %s", sf_record_kind_name (kinds[i], 0), wanted, at);
          at = found + 1;
        }
    }
  ck_assert_int_eq (sf_file_remove_tree (dir, NULL), SF_OK);
}
END_TEST

/* Two cells of a known value: 1.5 is 00 00 c0 3f, missing 00 00 c0 7f (IEEE 754, little-endian). */
START_TEST (fields_are_plain_files)
{
  const float values[] = { 1.5f, NAN };
  char dir[32], command[256], text[256];
  struct sf_record record;
  struct sf_store_query query;
  struct store_rows rows = { 0 };
  struct sf_store *store = store_open (store_folder (dir), SF_STORE_WRITE);
  sf_record_init (&record, SF_RECORD_FIELD);
  record.feed = "radar";
  record.valid_s = record.received_s = STORE_T0;
  record.as.field.quantity = "rain_rate";
  record.as.field.grid
      = (struct sf_gridspec){ .nx = 2, .ny = 1, .affine = { 109, 0.5, 0, 20, 0, -0.5 }, .crs = "EPSG:4490" };
  record.as.field.values = values;
  put (store, &record, 1, 0);
  commit (store);
  snprintf (command, sizeof command, "od -An -tx1 %s/store/fields/20140718/rain_rate-*.f32", dir);
  ck_assert_str_eq (output_of (command, text, sizeof text), " 00 00 c0 3f 00 00 c0 7f");
  sf_store_query_init (&query, SF_RECORD_FIELD);
  store_collect (store, &query, &rows);
  ck_assert_uint_eq (rows.count, 1);
  store_assert_same (&rows.rows[0].record, &record);
  store_rows_finish (&rows);
  sf_store_close (store);
  ck_assert_int_eq (sf_file_remove_tree (dir, NULL), SF_OK);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("store");
  TCase *tcase = tcase_create ("store");
  tcase_set_timeout (tcase, 60);
  tcase_add_test (tcase, sqlite3_reads_the_files);
  tcase_add_test (tcase, long_names_are_forgotten);
  tcase_add_test (tcase, the_highest_revision_holds);
  tcase_add_test (tcase, who_is_in_the_area_now);
  tcase_add_test (tcase, stations_lie_where_their_assets_are);
  tcase_add_test (tcase, what_cannot_be_told_apart_is_refused);
  tcase_add_test (tcase, one_writer_and_only_what_is_there);
  tcase_add_loop_test (tcase, a_newer_form_is_refused, 0, 2);
  tcase_add_test (tcase, an_older_form_is_brought_up);
  tcase_add_test (tcase, columns_are_members);
  tcase_add_test (tcase, fields_are_plain_files);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
