/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"
#include "core/feed/feed_names.h"
#include "core/feed/health.h"
#include "core/feed/journal.h"
#include "tests/unit/base.h"

/* A folder whose board knows rain and tide, whose store has rows of tide and gone, whose journal has a message of calls. */
static char dir[64];

static void
put_row (struct sf_store *store, const char *feed, uint8_t number)
{
  struct sf_record record;
  struct sf_store_origin origin = { .message_id = number, .place = number };
  sf_record_init (&record, SF_RECORD_OBSERVATION);
  record.feed = feed;
  record.valid_s = record.received_s = 1763000000;
  record.as.observation.asset = "60102300";
  record.as.observation.quantity = "water_level";
  record.as.observation.value = 3;
  ck_done (sf_store_put (store, &record, &origin, NULL, err));
}

static void
make_store (void)
{
  struct sf_store *store = NULL;
  ck_done (sf_store_open (dir, SF_STORE_WRITE, &store, err));
  put_row (store, "tide", 1);
  put_row (store, "gone", 2);
  ck_done (sf_store_commit (store, err));
  sf_store_close (store);
}

static void
make_journal (void)
{
  struct sf_journal *journal = NULL;
  const struct sf_message message
      = { .feed = "calls", .source = "x", .bytes = (const uint8_t *) "x", .length = 1, .received_s = 1763000000 };
  int64_t id;
  ck_done (sf_journal_open (dir, true, &journal, err));
  ck_done (sf_journal_append (journal, &message, "manual", &id, err));
  ck_done (sf_journal_commit (journal, err));
  sf_journal_close (journal);
}

static void
make_board (void)
{
  static const struct sf_feed rain = { .name = "rain" }, tide = { .name = "tide" };
  const struct sf_feed *const feeds[] = { &rain, &tide };
  struct sf_health *health = NULL;
  ck_done (sf_health_open (dir, &health, err));
  ck_done (sf_health_set_feeds (health, feeds, 2, err));
  ck_done (sf_health_write (health, 1763000000, 0, true, err));
  sf_health_close (health, 1763000000);
}

static void
setup (void)
{
  strcpy (dir, "/tmp/sanfang-names-XXXXXX");
  ck_assert_ptr_nonnull (mkdtemp (dir));
}

static void
teardown (void)
{
  ck_done (sf_file_remove_tree (dir, err));
}

START_TEST (names_of_all_that_is_there)
{
  struct sf_arena arena = { 0 };
  struct sf_feed_names names;
  ck_done (sf_feed_names_find (&arena, dir, &names, err));
  ck_assert_uint_eq (names.count, 0);
  ck_done (sf_feed_names_check (&names, "anything", err)); /* nobody knows better */
  ck_assert (sf_feed_names_is_present (&names, "anything"));
  make_store ();
  make_journal ();
  make_board ();
  ck_done (sf_feed_names_find (&arena, dir, &names, err));
  static const char *const known[] = { "rain", "tide", "gone", "calls" };
  for (size_t i = 0; i < names.count; i++)
    ck_assert_msg (names.names[i][0] != '*', "%s", names.names[i]);
  for (size_t i = 0; i < 4; i++)
    {
      ck_done (sf_feed_names_check (&names, known[i], err));
      ck_assert_int_eq (sf_feed_names_is_present (&names, known[i]), i < 2);
    }
  ck_fails (sf_feed_names_check (&names, "tied", err), SF_EINVAL, "there is no feed 'tied'; did you mean 'tide'?");
  ck_fails (sf_feed_names_check (&names, "earthquakes", err), SF_EINVAL, "sanfang feeds lists them");
  sf_arena_finish (&arena);
}
END_TEST

/* What is damaged is passed over. Without memory there is no answer: half of the names would refuse what is right. */
START_TEST (damage_and_no_memory)
{
  struct sf_arena arena = { 0 };
  struct sf_feed_names names;
  enum sf_code code = SF_ENOMEM;
  make_store ();
  make_journal ();
  make_board ();
  for (long n = 1; code == SF_ENOMEM; n++)
    {
      sf_arena_reset (&arena);
      sf_mem_fail_at (n, 0);
      code = sf_feed_names_find (&arena, dir, &names, NULL);
      sf_mem_fail_at (0, 0);
      ck_assert (code == SF_OK || code == SF_ENOMEM);
    }
  ck_assert (sf_feed_names_has (&names, "rain") && sf_feed_names_has (&names, "gone")
             && sf_feed_names_has (&names, "calls"));
  char *path = sf_file_join (&arena, dir, "health.json");
  ck_done (sf_file_write (path, "{", 1, err));
  ck_done (sf_feed_names_find (&arena, dir, &names, err));
  ck_assert (!names.has_board && sf_feed_names_has (&names, "gone") && !sf_feed_names_has (&names, "rain"));
  sf_arena_finish (&arena);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("feed_names");
  TCase *tcase = tcase_create ("feed_names");
  tcase_add_checked_fixture (tcase, setup, teardown);
  tcase_add_test (tcase, names_of_all_that_is_there);
  tcase_add_test (tcase, damage_and_no_memory);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
