/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cage_help.h"

static struct room room;

static enum sf_isolation
isolation_of (int i)
{
  return i ? SF_ISOLATION_IN_PROCESS : SF_ISOLATION_CAGE;
}

static void
open_room (void)
{
  room_open (&room, &(struct sf_cage_setup){ .message_ms = 2000 });
}

static void
close_room (void)
{
  room_close (&room);
}

START_TEST (messages_come_out_in_order)
{
  size_t feed = room_feed (&room, "hostile", isolation_of (_i));
  char text[32];
  for (int id = 1; id <= 500; id++)
    {
      snprintf (text, sizeof text, "good %d", id % 5);
      room_give (&room, feed, id, text);
    }
  ck_assert_uint_eq (sf_cage_waiting (room.places[feed]), 500);
  room_wait (&room, 500);
  ck_assert_uint_eq (sf_cage_waiting (room.places[feed]), 0);
  for (int id = 1; id <= 500; id++)
    {
      const struct outcome *outcome = &room.outcomes[id - 1];
      ck_assert_int_eq (outcome->id, id);
      ck_assert_int_eq (outcome->code, SF_OK);
      ck_assert_uint_eq (outcome->records, (size_t) id % 5);
      ck_assert_uint_eq (outcome->rejects, 0);
    }
  ck_assert_uint_eq (room.troubles, 0);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("cage");
  TCase *tcase = tcase_create ("cage");
  tcase_set_timeout (tcase, 300);
  tcase_add_checked_fixture (tcase, open_room, close_room);
  tcase_add_loop_test (tcase, messages_come_out_in_order, 0, 2);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
