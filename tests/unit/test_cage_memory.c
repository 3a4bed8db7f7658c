/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that fails in the master of cages: each allocation once, all of them for a while, and for one message for good. */
#include "tests/unit/cage_help.h"

#include <sys/resource.h>

/* A sanitizer's shadow does not go with a limit of the address space. */
#ifdef __SANITIZE_ADDRESS__
static const bool memory_has_limits = false;
#else
static const bool memory_has_limits = true;
#endif

static struct room room;

static void
open_room (void)
{
  room_open (&room, &(struct sf_cage_setup){ .message_ms = 5000, .fields_bytes = 1000, .field_bytes = 800 });
}

static void
close_room (void)
{
  room_close (&room);
}

static enum sf_isolation
isolation_of (int i)
{
  return i ? SF_ISOLATION_IN_PROCESS : SF_ISOLATION_CAGE;
}

static const struct
{
  const char *words;
  enum sf_code code;
  size_t records, rejects;
  double first_value;
} messages[] = {
  { "sum 4000", SF_OK, 1, 0, 4321 },  { "good 3", SF_OK, 3, 0, 1 },      { "reject 2", SF_OK, 0, 2, 0 },
  { "field 3", SF_OK, 1, 0, 0 },      { "refuse", SF_EFORMAT, 0, 0, 0 }, { "good 700", SF_OK, 700, 0, 1 },
  { "no such word", SF_OK, 0, 0, 0 },
};

enum
{
  MESSAGES = sizeof messages / sizeof *messages,
  FIRST_ID = 8, /* behind the past */
  TRIES = 3     /* of what says that memory is out: one failure is enough for one try */
};

#define TRY_AGAIN(call)                                                                                                \
  do                                                                                                                   \
    {                                                                                                                  \
      enum sf_code tried = SF_ENOMEM;                                                                                  \
      for (int i_try = 0; i_try < TRIES && tried == SF_ENOMEM; i_try++)                                                \
        tried = (call);                                                                                                \
      ck_assert_int_eq (tried, SF_OK);                                                                                 \
    }                                                                                                                  \
  while (0)

static struct sf_cage_setup
setup_of_room (void)
{
  return (struct sf_cage_setup){ .plugins = room.plugins,
                                 .program = room_program (),
                                 .ctx = &room,
                                 .done = room_done,
                                 .trouble = room_trouble,
                                 .look_back = room_look_back };
}

static void
give_again (size_t feed, int64_t id, const char *words)
{
  struct sf_message message = { .source = "the source", .bytes = (const uint8_t *) words, .length = strlen (words) };
  TRY_AGAIN (sf_cage_give (room.places[feed], &message, id, NULL));
}

/* The life of cages with two feeds, with the n-th allocation failing. Returns how many there were. */
static long
live (long n, const size_t *feeds)
{
  struct sf_cage_setup setup = setup_of_room ();
  size_t before = room.count;
  bool killed = false;
  int64_t next[2] = { FIRST_ID, FIRST_ID };
  sf_mem_fail_at (n, 0);
  TRY_AGAIN (sf_cages_new (&setup, &room.cages, NULL));
  for (int i = 0; i < 2; i++)
    TRY_AGAIN (sf_cages_add (room.cages, &room.feeds[feeds[i]], &room.places[feeds[i]], NULL));
  for (int i = 0; i < 2 * MESSAGES; i++)
    give_again (feeds[i % 2], FIRST_ID + i / 2, messages[i / 2].words);
  for (int64_t end_ms = room_ms () + ROOM_WAIT_MS; room.count < before + 2 * MESSAGES;)
    {
      struct sf_error err;
      enum sf_code code = room_turn (&room, &err);
      ck_assert_msg (code == SF_OK, "n = %ld: %s", n, err.message);
      ck_assert_msg (room_ms () < end_ms, "n = %ld: %zu outcomes", n, room.count - before);
      bool kills = !killed && n % 4 == 0 && worker_pid ();
      killed |= kills && kill (worker_pid (), SIGKILL) == 0;
    }
  sf_cages_remove (room.cages, room.places[feeds[0]]);
  sf_cages_turn (room.cages, room_ms (), NULL);
  sf_cages_free (room.cages);
  room.cages = NULL;
  long count = sf_mem_count ();
  sf_mem_fail_at (0, 0);
  for (size_t i = before; i < room.count; i++)
    {
      const struct outcome *outcome = &room.outcomes[i];
      size_t at = (size_t) (outcome->id - FIRST_ID);
      ck_assert_int_eq (outcome->id, next[outcome->feed[1] - '0']++);
      ck_assert_msg (!outcome->poison && outcome->code == messages[at].code && outcome->records == messages[at].records
                         && outcome->rejects == messages[at].rejects
                         && outcome->first_value == messages[at].first_value,
                     "n = %ld, message %zu: %s, %zu records, %zu rejects, %g: %s", n, at, sf_code_name (outcome->code),
                     outcome->records, outcome->rejects, outcome->first_value, outcome->reason);
    }
  return count;
}

/* Each allocation of the master fails once, up to the last: every message has the outcome that it has without. */
START_TEST (each_allocation_fails_once)
{
  static const char *const past[] = { "sum 1", "sum 20", "sum 300", NULL };
  size_t feeds[2];
  long n = 0, last = 1;
  for (int i = 0; i < 2; i++)
    feeds[i] = room_feed (&room, "hostile", isolation_of (_i));
  room.past = past;
  room.past_first_id = FIRST_ID - 3;
  sf_cages_free (room.cages);
  room.cages = NULL;
  while (n < last)
    last = live (++n, feeds);
  printf ("%s: each of %ld allocations failed once, %zu messages\n", _i ? "in this process" : "in a worker", n,
          room.count);
}
END_TEST

/* A turn by a clock that goes ahead where cages wait for memory; returns it. */
static int64_t
turn_ahead (struct room *here, int64_t *ahead_ms)
{
  enum
  {
    WAIT_MOST_MS = 2000 /* as core/feed/cage_private.h has it */
  };
  int64_t now_ms = room_ms () + *ahead_ms, wait_ms = sf_cages_wait_ms (here->cages, now_ms);
  struct pollfd poll_fd = { .fd = sf_cages_fd (here->cages), .events = POLLIN };
  if (poll (&poll_fd, 1, wait_ms ? 5 : 0) == 0 && wait_ms > 0 && wait_ms <= WAIT_MOST_MS)
    *ahead_ms += wait_ms;
  now_ms = room_ms () + *ahead_ms;
  ck_assert_int_eq (sf_cages_turn (here->cages, now_ms, NULL), SF_OK);
  return now_ms;
}

/* Memory is out for everybody for a while: all wait, and nothing is lost or put away. */
START_TEST (all_memory_is_out_for_a_while)
{
  size_t feed = room_feed (&room, "hostile", isolation_of (_i));
  for (int i = 1; i < MESSAGES; i++)
    room_give (&room, feed, i, messages[i].words);
  if (_i == 0)
    {
      room_wait (&room, MESSAGES - 1); /* the worker is there */
      for (int i = 1; i < MESSAGES; i++)
        room_give (&room, feed, MESSAGES + i, messages[i].words);
    }
  size_t before = room.count;
  sf_mem_fail_at (1, 1);
  int turns = 0;
  int64_t ahead_ms = 0;
  for (int64_t end_ms = room_ms () + 20000; turn_ahead (&room, &ahead_ms) < end_ms; turns++)
    ck_assert_uint_eq (room.count, before);
  sf_mem_fail_at (0, 0);
  ck_assert_int_lt (turns, 200); /* it waits, and does not go round and round */
  ck_assert_uint_ge (room.troubles, 1);
  ck_assert_msg (strstr (room.trouble[room.troubles - 1], "decoder_memory the program is out of memory"), "%s",
                 room.trouble[room.troubles - 1]);
  while (room.count < before + MESSAGES - 1)
    turn_ahead (&room, &ahead_ms);
  for (size_t i = before; i < room.count; i++)
    ck_assert (!room.outcomes[i].poison && room.outcomes[i].code == messages[i - before + 1].code);
  ck_assert_uint_eq (room.over, 1);
}
END_TEST

static void
limit_memory (rlim_t more_bytes)
{
  long pages = 0;
  struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
  FILE *file = fopen ("/proc/self/statm", "r");
  ck_assert_int_eq (fscanf (file, "%ld", &pages), 1);
  fclose (file);
  if (more_bytes)
    limit.rlim_cur = (rlim_t) (pages * sysconf (_SC_PAGESIZE)) + more_bytes;
  ck_assert_int_eq (setrlimit (RLIMIT_AS, &limit), 0);
}

/* A message whose records this program has no memory for, while it has for others: after some tries it is put into quarantine, and
   the others, of its feed, of another feed of its worker and of another decoder, come out meanwhile or after it. */
START_TEST (one_message_is_too_much)
{
  struct room small;
  room_open (&small, &(struct sf_cage_setup){ .message_ms = 10000 });
  size_t one = room_feed (&small, "hostile", isolation_of (_i)), two = room_feed (&small, "hostile", isolation_of (_i)),
         other = room_feed (&small, "pieces", SF_ISOLATION_IN_PROCESS);
  room_give (&small, one, 1, "good 3");
  room_wait (&small, 1);
  int64_t ahead_ms = 0;
  limit_memory (64 << 20);
  room_give (&small, one, 2, "good 400000");
  room_give (&small, one, 3, "good 3");
  room_give (&small, two, 1, "good 2");
  for (int64_t end_ms = room_ms () + 1000; room_ms () < end_ms;)
    ck_assert_int_eq (room_turn (&small, NULL), SF_OK);
  room_give (&small, other, 1, "");
  room_wait (&small, 2);
  ck_assert_str_eq (small.outcomes[1].feed, "f2");
  for (int64_t end_ms = room_ms () + 60000; small.count < 5;)
    ck_assert_int_lt (turn_ahead (&small, &ahead_ms), end_ms);
  limit_memory (0);
  ck_assert_uint_eq (small.count, 5);
  for (size_t i = 2; i < 5; i++)
    {
      const struct outcome *outcome = &small.outcomes[i];
      bool is_much = outcome->feed[1] == '0' && outcome->id == 2;
      ck_assert_msg (outcome->poison == is_much, "%s %lld: %s", outcome->feed, (long long) outcome->id,
                     outcome->reason);
      ck_assert (is_much || outcome->records == (outcome->feed[1] == '0' ? 3 : 2));
      ck_assert_msg (!is_much || strstr (outcome->reason, "the program itself has no memory for it, 8 times"), "%s",
                     outcome->reason);
    }
  room_close (&small);
}
END_TEST

/* The fields of a message have a bound, one by one and together; the others stand. */
START_TEST (fields_of_a_message_have_a_limit)
{
  size_t feed = room_feed (&room, "hostile", isolation_of (_i));
  room_give (&room, feed, 1, "fields 5 3");
  room_give (&room, feed, 2, "fields 5 25");  /* of 300 bytes, of which three go into 1000 */
  room_give (&room, feed, 3, "fields 2 200"); /* of 2400 bytes, where one may have 800 */
  room_give (&room, feed, 4, "fields 5 3");
  room_wait (&room, 4);
  static const size_t kept[] = { 5, 3, 0, 5 }, refused[] = { 0, 2, 2, 0 };
  for (size_t i = 0; i < 4; i++)
    {
      ck_assert_uint_eq (room.outcomes[i].records, kept[i]);
      ck_assert_uint_eq (room.outcomes[i].rejects, refused[i]);
      ck_assert (room.outcomes[i].code == SF_OK && !room.outcomes[i].poison);
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("cage_memory");
  TCase *tcase = tcase_create ("cage_memory");
  tcase_set_timeout (tcase, 600);
  tcase_add_checked_fixture (tcase, open_room, close_room);
  tcase_add_loop_test (tcase, each_allocation_fails_once, 0, 2);
  tcase_add_loop_test (tcase, all_memory_is_out_for_a_while, 0, 2);
  if (memory_has_limits)
    tcase_add_loop_test (tcase, one_message_is_too_much, 0, 2);
  tcase_add_loop_test (tcase, fields_of_a_message_have_a_limit, 0, 2);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
