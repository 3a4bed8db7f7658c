/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/feed_toys.h"

#include "tests/unit/feed_fakes.h"

#include <sqlite3.h>

static struct sf_journal *journal;
static struct sf_store *store;
static struct sf_health *health;

static void
open_all (void)
{
  fake_store_reset ();
  fake_stuck = NULL;
  fake_decoded = 0;
  ck_done (sf_journal_open (live_folder, true, &journal, err));
  ck_done (sf_store_open (live_folder, SF_STORE_WRITE, &store, err));
  ck_done (sf_health_open (live_folder, &health, err));
}

static void
close_all (void)
{
  sf_health_close (health, 1000);
  sf_store_close (store);
  sf_journal_close (journal);
}

static struct sf_pipeline *
new_pipeline (const struct sf_feed *feeds, size_t count)
{
  struct sf_pipeline_setup setup = { .plugins = live_place.host,
                                     .journal = journal,
                                     .store = store,
                                     .rules = live_rules,
                                     .health = health,
                                     .keep_verdicts = true };
  struct sf_pipeline *pipeline = NULL;
  const struct sf_feed *pointers[4];
  for (size_t i = 0; i < count; i++)
    pointers[i] = &feeds[i];
  ck_done (sf_pipeline_new (&setup, &pipeline, err));
  ck_done (sf_pipeline_set_feeds (pipeline, pointers, count, err));
  return pipeline;
}

static struct sf_feed
plain_feed (const char *name)
{
  return read_feed (&live_arena, name, "{transport: box, decoder: plain}");
}

static int64_t
append_for (const char *feed, const char *decoder, const char *text)
{
  struct sf_message message = {
    .feed = feed, .source = "test", .bytes = (const uint8_t *) text, .length = strlen (text), .received_s = 1000
  };
  int64_t id = 0;
  ck_done (sf_journal_append (journal, &message, decoder, &id, err));
  ck_done (sf_journal_commit (journal, err));
  return id;
}

static int64_t
append (const char *feed, const char *text)
{
  return append_for (feed, "plain", text);
}

static void
turns (struct sf_pipeline *pipeline, int count, int64_t from_ms)
{
  bool idle;
  for (int i = 0; i < count; i++)
    sf_pipeline_turn (pipeline, 1000, from_ms + i * 1000, &idle, NULL);
}

struct verdicts
{
  int pieces, messages, poison;
  char reason[200];
};

static enum sf_code
see_verdict (void *ctx, const struct sf_journal_entry *entry, const struct sf_verdict *verdict, struct sf_error *err)
{
  struct verdicts *seen = ctx;
  (void) entry, (void) err;
  seen->pieces += verdict->kind == SF_VERDICT_PIECE;
  seen->messages += verdict->kind == SF_VERDICT_MESSAGE;
  seen->poison += verdict->kind == SF_VERDICT_POISON;
  snprintf (seen->reason, sizeof seen->reason, "%s", verdict->reason);
  return SF_OK;
}

static struct verdicts
read_verdicts (void)
{
  struct verdicts seen = { 0 };
  struct sf_journal_range all = { .from_s = SF_TIME_MISSING, .to_s = SF_TIME_MISSING };
  ck_done (sf_journal_read_verdicts (journal, &all, see_verdict, &seen, err));
  return seen;
}

START_TEST (every_message_is_stored_once)
{
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("rain") };
  append ("rain", "s1 1.5 900\ns2 2 900\n");
  int64_t last = append ("rain", "s1 3 950\n");
  struct sf_pipeline *pipeline = new_pipeline (feeds, 1);
  ck_done (sf_pipeline_drain (pipeline, err));
  ck_assert_uint_eq (fake_disk.count, 3);
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "rain"), last);
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "other"), -1);
  ck_assert_str_eq (fake_disk.rows[1].asset, "s2");
  ck_assert_uint_eq (fake_disk.rows[1].place, 1);
  sf_pipeline_free (pipeline);
  /* The next one goes on, and nothing is done twice. */
  append ("rain", "s9 1 990\n");
  pipeline = new_pipeline (feeds, 1);
  ck_done (sf_pipeline_drain (pipeline, err));
  ck_assert_uint_eq (fake_disk.count, 4);
  ck_assert_str_eq (fake_disk.rows[3].asset, "s9");
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

/* Reading it takes longer than a feed may read at a stretch. */
START_TEST (a_large_message_is_taken)
{
  enum
  {
    LARGE_BYTES = 64 << 20
  };
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("rain") };
  char *text = sf_mem_alloc (LARGE_BYTES + 16);
  ck_assert_ptr_nonnull (text);
  memset (text, ' ', LARGE_BYTES);
  strcpy (text + LARGE_BYTES, "\ns1 1 900\n");
  int64_t last = append ("rain", text);
  sf_mem_free (text);
  struct sf_pipeline *pipeline = new_pipeline (feeds, 1);
  turns (pipeline, 5, 1);
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "rain"), last);
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

START_TEST (what_is_refused_gets_a_verdict_and_the_rest_stands)
{
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("rain") };
  append ("rain", "s1 1 900\nnonsense\ns2 2 900\n");
  append ("rain", "s3 1 900\nrefuse\n");
  append_for ("rain", "vanished", "s4 1 900\n");
  append_for ("rain", "manual", "s5 1 900\n");
  struct sf_pipeline *pipeline = new_pipeline (feeds, 1);
  ck_done (sf_pipeline_drain (pipeline, err));
  struct verdicts seen = read_verdicts ();
  ck_assert_int_eq (seen.pieces, 1);
  ck_assert_int_eq (seen.messages, 2);
  ck_assert_ptr_nonnull (strstr (seen.reason, "vanished"));
  ck_assert_uint_eq (fake_disk.count, 4);
  ck_assert_str_eq (fake_disk.rows[3].asset, "s5");
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

START_TEST (poison_is_given_once_to_a_build)
{
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("rain") };
  append ("rain", "poison");
  append ("rain", "s1 1 900\n");
  struct sf_pipeline *pipeline = new_pipeline (feeds, 1);
  ck_done (sf_pipeline_drain (pipeline, err));
  ck_assert_int_eq (read_verdicts ().poison, 1);
  sf_pipeline_free (pipeline);
  /* The store is made again from the journal: the message is not decoded again. */
  fake_store_reset ();
  ck_done (sf_store_open (live_folder, SF_STORE_WRITE, &store, err));
  fake_decoded = 0;
  pipeline = new_pipeline (feeds, 1);
  ck_done (sf_pipeline_drain (pipeline, err));
  ck_assert_int_eq (fake_decoded, 1);
  ck_assert_uint_eq (fake_disk.count, 1);
  ck_assert_int_eq (read_verdicts ().poison, 1);
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

START_TEST (a_stuck_feed_does_not_hold_others)
{
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("stuck"), plain_feed ("rain") };
  for (int i = 0; i < 300; i++)
    append ("stuck", "s1 1 900\n");
  int64_t last = append ("rain", "s2 1 900\n");
  fake_stuck = "stuck";
  struct sf_pipeline *pipeline = new_pipeline (feeds, 2);
  turns (pipeline, 5, 1);
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "rain"), last);
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "stuck"), 0);
  ck_assert_uint_eq (fake_disk.count, 1);
  fake_stuck = NULL;
  ck_done (sf_pipeline_drain (pipeline, err));
  ck_assert_uint_eq (fake_disk.count, 301);
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

START_TEST (a_commit_that_fails_is_tried_again)
{
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("rain") };
  struct sf_pipeline *pipeline = new_pipeline (feeds, 1);
  append ("rain", "s1 1 900\nbad\n");
  append ("rain", "bad\nrefuse\n"); /* one loss, though there are two verdicts */
  fake_commit_code = SF_EFULL;
  ck_fails (sf_pipeline_drain (pipeline, err), SF_EFULL, "commits nothing");
  struct sf_health_board board;
  ck_done (sf_health_write (health, 1000, 1, true, err));
  ck_done (sf_health_load (&live_arena, live_folder, &board, err));
  ck_assert_uint_eq (board.alarms_count, 1);
  ck_assert_str_eq (board.alarms[0].name, "store_full");
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "rain"), 0);
  fake_commit_code = SF_OK;
  ck_done (sf_pipeline_drain (pipeline, err));
  ck_assert_uint_eq (fake_disk.count, 1);
  ck_assert_int_eq (read_verdicts ().pieces, 2);
  ck_done (sf_health_write (health, 1001, 2000, true, err));
  ck_done (sf_health_load (&live_arena, live_folder, &board, err));
  ck_assert_uint_eq (board.alarms_count, 0);
  ck_assert_int_eq (board.feeds[0].records, 1);
  ck_assert_int_eq (board.feeds[0].rejects, 2);
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

START_TEST (a_batch_that_is_lost_is_read_again)
{
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("rain") };
  struct sf_pipeline *pipeline = new_pipeline (feeds, 1);
  append ("rain", "s1 1 900\nbad\n");
  append ("rain", "s2 1 900\n");
  fake_put_code = SF_EIO;
  ck_fails (sf_pipeline_drain (pipeline, err), SF_EIO, "takes nothing");
  fake_put_code = SF_OK;
  ck_done (sf_pipeline_drain (pipeline, err));
  ck_assert_uint_eq (fake_disk.count, 2);
  ck_assert_int_eq (read_verdicts ().pieces, 1);
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

/* Of two feeds in a lost batch one is ready to go on before the other: what the other had in the batch must not count as applied
   with the first one's next commit. */
START_TEST (a_lost_batch_moves_no_feed_on)
{
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("rain"), plain_feed ("slow") };
  struct sf_pipeline *pipeline = new_pipeline (feeds, 2);
  append ("slow", "s1 1 900\n");
  turns (pipeline, 1, 1); /* it is in the batch, which is not committed yet */
  append ("slow", "s2 1 900\n");
  fake_stuck = "slow";
  bool idle;
  sf_pipeline_wake (pipeline);
  sf_pipeline_turn (pipeline, 1000, 2, &idle, NULL); /* the second is under way */
  append ("rain", "r1 1 900\n");
  fake_put_code = SF_ENOMEM;
  sf_pipeline_wake (pipeline);
  sf_pipeline_turn (pipeline, 1000, 3, &idle, NULL);
  fake_put_code = SF_OK;
  turns (pipeline, 5, 10000); /* the first one goes on and commits */
  ck_assert_uint_eq (fake_disk.count, 1);
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "slow"), 0);
  fake_stuck = NULL;
  ck_done (sf_pipeline_drain (pipeline, err));
  ck_assert_uint_eq (fake_disk.count, 3);
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

/* When quality control could not look along the series it has forgotten which ones: the batch is judged anew, not stored unjudged. */
START_TEST (a_batch_that_cannot_be_judged_is_read_again)
{
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("rain") };
  struct sf_pipeline *pipeline = new_pipeline (feeds, 1);
  append ("rain", "s1 1 900\n");
  fake_samples_code = SF_ENOMEM;
  ck_fails (sf_pipeline_drain (pipeline, err), SF_ENOMEM, "reads nothing");
  ck_assert_uint_eq (fake_disk.count, 0);
  fake_samples_code = SF_OK;
  fake_decoded = 0;
  ck_done (sf_pipeline_drain (pipeline, err));
  ck_assert_int_eq (fake_decoded, 1);
  ck_assert_uint_eq (fake_disk.count, 1);
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

static bool
has_alarm (const char *feed, const char *name)
{
  struct sf_health_board board;
  static int64_t now_ms = 100000;
  bool found = false;
  ck_done (sf_health_write (health, 1000, now_ms += 5000, true, err));
  ck_done (sf_health_load (&live_arena, live_folder, &board, err));
  for (size_t i = 0; i < board.feeds_count; i++)
    for (size_t a = 0; strcmp (board.feeds[i].feed, feed) == 0 && a < board.feeds[i].alarms_count; a++)
      found |= strcmp (board.feeds[i].alarms[a].name, name) == 0;
  return found;
}

/* The alarm that a cage raises when it could not be fed what was before ends when it was. */
START_TEST (looking_back_ends_its_alarm)
{
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("rain") };
  struct sf_pipeline *pipeline = new_pipeline (feeds, 1);
  append ("rain", "s1 1 900\n");
  int64_t last = append ("rain", "s2 1 900\n");
  ck_done (sf_pipeline_drain (pipeline, err));
  const struct sf_cage_setup *setup = &fake_cages->setup;
  setup->trouble (setup->ctx, fake_cages->feeds[0]->feed, "look_back", "the journal is busy");
  ck_assert (has_alarm ("rain", "look_back"));
  ck_done (setup->look_back (setup->ctx, fake_cages->feeds[0]->feed, last, 3600, err));
  ck_assert (!has_alarm ("rain", "look_back"));
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

/* Memory that is out for good with one message, wherever it is met, costs that message alone, after a while; its feed waits for
   it, no other does. */
static void
lose_one_message (const char *text)
{
  struct sf_feed feeds[] = { plain_feed ("rain"), plain_feed ("calm") };
  struct sf_pipeline *pipeline = new_pipeline (feeds, 2);
  append ("rain", "s1 1 900\n");
  append ("rain", text);
  int64_t end = append ("rain", "s3 1 900\n"), last = append ("calm", "c1 1 900\n");
  turns (pipeline, 3, 1000);
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "calm"), last);
  ck_assert_int_lt (sf_pipeline_applied (pipeline, "rain"), end - 1);
  ck_assert (has_alarm ("rain", "memory_out"));
  ck_assert (!has_alarm ("calm", "memory_out"));
  last = append ("calm", "c2 1 900\n");
  sf_pipeline_wake (pipeline);
  turns (pipeline, 4, 4000);
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "calm"), last);
  ck_assert_int_eq (read_verdicts ().poison, 0);
  turns (pipeline, 250, 8000);
  ck_assert_int_eq (read_verdicts ().poison, 1);
  ck_assert_ptr_nonnull (strstr (read_verdicts ().reason, "memory"));
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "rain"), end);
  ck_assert_uint_eq (fake_disk.count, 4);
  ck_assert (!has_alarm ("rain", "memory_out"));
  sf_pipeline_free (pipeline);
}

START_TEST (memory_that_is_out_in_a_decoder)
{
  open_all ();
  lose_one_message ("huge");
  close_all ();
}
END_TEST

START_TEST (memory_that_is_out_for_a_row)
{
  open_all ();
  fake_put_code = SF_ENOMEM;
  fake_asset = "s2";
  lose_one_message ("s2 1 900\n");
  close_all ();
}
END_TEST

START_TEST (memory_that_is_out_for_a_judgement)
{
  open_all ();
  fake_samples_code = SF_ENOMEM;
  fake_asset = "s2";
  lose_one_message ("s2 1 900\n");
  close_all ();
}
END_TEST

/* A passing lack costs nothing. */
START_TEST (memory_that_comes_back)
{
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("rain") };
  struct sf_pipeline *pipeline = new_pipeline (feeds, 1);
  fake_samples_code = SF_ENOMEM;
  append ("rain", "s1 1 900\n");
  append ("rain", "s2 1 900\n");
  turns (pipeline, 8, 1000);
  ck_assert_uint_eq (fake_disk.count, 0);
  fake_samples_code = SF_OK;
  turns (pipeline, 60, 9000);
  ck_assert_uint_eq (fake_disk.count, 2);
  ck_assert_int_eq (read_verdicts ().poison, 0);
  ck_assert (!has_alarm ("rain", "memory_out"));
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

/* What was said of a feed's messages outlives its decoder's place and the feed itself until it is written. */
START_TEST (verdicts_outlive_a_feed_that_goes)
{
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("rain") };
  struct sf_pipeline *pipeline = new_pipeline (feeds, 1);
  fake_stuck = "rain";
  int64_t last = append ("rain", "s1 1 900\nbad\n");
  turns (pipeline, 2, 1);
  ck_done (sf_pipeline_set_feeds (pipeline, NULL, 0, err));
  turns (pipeline, 1, 3000);
  fake_stuck = NULL;
  ck_done (sf_pipeline_drain (pipeline, err));
  ck_assert_uint_eq (fake_disk.count, 1);
  ck_assert_int_eq (read_verdicts ().pieces, 1);
  int64_t applied = 0;
  ck_done (sf_store_applied (store, "rain", &applied, err));
  ck_assert_int_eq (applied, last);
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "rain"), -1);
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

START_TEST (a_decoder_that_does_not_open_costs_no_message)
{
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("rain") };
  struct sf_pipeline *pipeline = new_pipeline (feeds, 1);
  append ("rain", "s1 1 900\n");
  append ("rain", "s2 1 900\n");
  fake_does_not_open = true;
  turns (pipeline, 5, 1);
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "rain"), 0);
  ck_assert_int_eq (read_verdicts ().messages, 0);
  fake_does_not_open = false;
  turns (pipeline, 5, 100000);
  ck_assert_uint_eq (fake_disk.count, 2);
  ck_assert_int_eq (read_verdicts ().messages, 0);
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

static void
in_journal (const char *sql)
{
  sqlite3 *db = NULL;
  char path[128];
  snprintf (path, sizeof path, "%s/journal/journal.db", live_folder);
  ck_assert_int_eq (sqlite3_open (path, &db), SQLITE_OK);
  ck_assert_int_eq (sqlite3_exec (db, sql, NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close (db);
}

static void
damage (int64_t id)
{
  char sql[96];
  snprintf (sql, sizeof sql, "UPDATE message SET bytes = 'other' WHERE id = %lld", (long long) id);
  in_journal (sql);
}

/* Nothing can be read of the journal for a while: the board says so, and no longer once it can. */
START_TEST (what_fails_outside_a_commit_is_an_alarm)
{
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("rain") };
  struct sf_health_board board;
  struct sf_pipeline *pipeline = new_pipeline (feeds, 1);
  append ("rain", "s1 1 900\n");
  in_journal ("ALTER TABLE message RENAME TO hidden");
  ck_fails (sf_pipeline_drain (pipeline, err), SF_EIO, "");
  ck_done (sf_health_write (health, 1000, 1, true, err));
  ck_done (sf_health_load (&live_arena, live_folder, &board, err));
  ck_assert_uint_eq (board.alarms_count, 1);
  ck_assert_str_eq (board.alarms[0].name, "pipeline_failed");
  ck_assert_ptr_nonnull (strstr (board.alarms[0].text, "message"));
  in_journal ("ALTER TABLE hidden RENAME TO message");
  ck_done (sf_pipeline_drain (pipeline, err));
  ck_assert_uint_eq (fake_disk.count, 1);
  ck_done (sf_health_write (health, 1000, 1, true, err));
  ck_done (sf_health_load (&live_arena, live_folder, &board, err));
  ck_assert_uint_eq (board.alarms_count, 0);
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

/* What is not what was received is never decoded: not for the state of a decoder that starts anew either. */
START_TEST (a_damaged_message_is_not_fed_back)
{
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("rain") };
  append ("rain", "s1 1 900\n");
  damage (append ("rain", "s2 1 900\n"));
  int64_t last = append ("rain", "s3 1 900\n");
  struct sf_pipeline *pipeline = new_pipeline (feeds, 1);
  ck_done (sf_pipeline_drain (pipeline, err));
  ck_assert_uint_eq (fake_disk.count, 2);
  ck_assert_int_eq (read_verdicts ().messages, 1);
  ck_done (fake_cages->setup.look_back (fake_cages->setup.ctx, fake_cages->feeds[0]->feed, last, 3600, err));
  ck_assert_int_eq (fake_given_back, 1);
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

/* What was wrong with a decoder is no fault of the one that a feed has now. */
START_TEST (alarms_go_with_the_decoder)
{
  open_all ();
  struct sf_feed old[] = { plain_feed ("rain") };
  struct sf_feed changed = read_feed (&live_arena, "rain", "{transport: box, decoder: manual}");
  const struct sf_feed *now[] = { &changed };
  struct sf_arena arena = { 0 };
  struct sf_health_board board;
  struct sf_pipeline *pipeline = new_pipeline (old, 1);
  append ("rain", "s1 1 900\n");
  ck_done (sf_pipeline_drain (pipeline, err));
  const struct sf_feed *feed = fake_cages->feeds[0]->feed;
  fake_cages->setup.trouble (fake_cages->setup.ctx, feed, "look_back", "too much to feed back");
  fake_cages->setup.trouble (fake_cages->setup.ctx, feed, "decoder_does_not_open", "no such column");
  ck_done (sf_pipeline_set_feeds (pipeline, now, 1, err));
  ck_done (sf_pipeline_drain (pipeline, err));
  ck_done (sf_health_write (health, 1000, 0, true, err));
  ck_done (sf_health_load (&arena, live_folder, &board, err));
  ck_assert_uint_eq (board.feeds_count, 1);
  ck_assert_uint_eq (board.feeds[0].alarms_count, 0);
  sf_arena_finish (&arena);
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

START_TEST (feeds_come_change_and_go)
{
  open_all ();
  struct sf_feed old[] = { plain_feed ("rain"), plain_feed ("gone") };
  struct sf_feed changed[] = { read_feed (&live_arena, "rain", "{transport: box, decoder: plain, cadence: 5min}") };
  struct sf_pipeline *pipeline = new_pipeline (old, 2);
  append ("rain", "s1 1 900\n");
  append ("gone", "s2 1 900\n");
  fake_stuck = "rain";
  turns (pipeline, 3, 1);
  const struct sf_feed *now[] = { &changed[0] };
  ck_done (sf_pipeline_set_feeds (pipeline, now, 1, err));
  turns (pipeline, 3, 5000);
  /* What it has under way ends first. */
  ck_assert (sf_pipeline_uses (pipeline, &old[0]));
  ck_assert (!sf_pipeline_uses (pipeline, &old[1]));
  ck_assert (sf_pipeline_uses (pipeline, &changed[0]));
  int64_t late = append ("gone", "s3 1 900\n");
  fake_stuck = NULL;
  ck_done (sf_pipeline_drain (pipeline, err));
  ck_assert (!sf_pipeline_uses (pipeline, &old[0]));
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "gone"), -1);
  ck_assert_uint_eq (fake_disk.count, 2);
  /* Its messages stay until it is back. */
  const struct sf_feed *again[] = { &changed[0], &old[1] };
  ck_done (sf_pipeline_set_feeds (pipeline, again, 2, err));
  ck_done (sf_pipeline_drain (pipeline, err));
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "gone"), late);
  ck_assert_uint_eq (fake_disk.count, 3);
  sf_pipeline_free (pipeline);
  ck_assert_int_eq (fake_places, 0);
  close_all ();
}
END_TEST

/* A journal that was begun anew beside an old store: its messages must not be taken for those that the store has. */
START_TEST (a_store_of_another_journal_is_refused)
{
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("rain") };
  const struct sf_feed *pointers[] = { &feeds[0] };
  struct sf_pipeline *pipeline = new_pipeline (feeds, 0);
  int64_t last = append ("rain", "s1 1 900\n");
  ck_done (sf_store_set_applied (store, "rain", last + 1, err));
  ck_done (sf_store_commit (store, err));
  ck_fails (sf_pipeline_set_feeds (pipeline, pointers, 1, err), SF_ECONFLICT, "not the journal");
  ck_done (sf_store_set_applied (store, "rain", last, err));
  ck_done (sf_store_commit (store, err));
  ck_done (sf_pipeline_set_feeds (pipeline, pointers, 1, err));
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

START_TEST (a_range_is_read_and_no_more)
{
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("rain") };
  const struct sf_feed *pointers[] = { &feeds[0] };
  append ("rain", "s1 1 900\n");
  struct sf_journal_range range = { .from_s = 1001, .to_s = SF_TIME_MISSING };
  struct sf_pipeline_setup setup
      = { .plugins = live_place.host, .journal = journal, .store = store, .rules = live_rules, .range = &range };
  struct sf_pipeline *pipeline = NULL;
  ck_done (sf_pipeline_new (&setup, &pipeline, err));
  ck_done (sf_pipeline_set_feeds (pipeline, pointers, 1, err));
  ck_done (sf_pipeline_drain (pipeline, err));
  ck_assert_uint_eq (fake_disk.count, 0);
  sf_pipeline_free (pipeline);
  range = (struct sf_journal_range){ .from_s = SF_TIME_MISSING, .to_s = 1000 };
  ck_done (sf_pipeline_new (&setup, &pipeline, err));
  ck_done (sf_pipeline_set_feeds (pipeline, pointers, 1, err));
  ck_done (sf_pipeline_drain (pipeline, err));
  ck_assert_uint_eq (fake_disk.count, 1);
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { every_message_is_stored_once,
                                 a_large_message_is_taken,
                                 what_is_refused_gets_a_verdict_and_the_rest_stands,
                                 poison_is_given_once_to_a_build,
                                 a_stuck_feed_does_not_hold_others,
                                 a_commit_that_fails_is_tried_again,
                                 a_batch_that_is_lost_is_read_again,
                                 a_lost_batch_moves_no_feed_on,
                                 a_batch_that_cannot_be_judged_is_read_again,
                                 verdicts_outlive_a_feed_that_goes,
                                 a_decoder_that_does_not_open_costs_no_message,
                                 what_fails_outside_a_commit_is_an_alarm,
                                 a_damaged_message_is_not_fed_back,
                                 alarms_go_with_the_decoder,
                                 feeds_come_change_and_go,
                                 looking_back_ends_its_alarm,
                                 memory_that_is_out_in_a_decoder,
                                 memory_that_is_out_for_a_row,
                                 memory_that_is_out_for_a_judgement,
                                 memory_that_comes_back,
                                 a_store_of_another_journal_is_refused,
                                 a_range_is_read_and_no_more,
                                 NULL };
  return run_live ("pipeline", tests);
}
