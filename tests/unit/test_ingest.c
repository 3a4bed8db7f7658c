/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/ingest.h"

#include "core/base/file.h"
#include "core/store/store.h"
#include "tests/unit/toys.h"

static struct sf_ingest ingest;

static enum sf_code
take (const char *text, struct sf_error *err)
{
  struct sf_message message = { .feed = "best",
                                .source = "/some/where/fixes.txt",
                                .bytes = (const uint8_t *) text,
                                .length = strlen (text),
                                .received_s = 77 };
  return sf_ingest_message (&ingest, &line_decoder, NULL, &message, NULL, err);
}

static void
start (void)
{
  toy_start ();
  ingest = (struct sf_ingest){ .arena = &toy_arena };
}

START_TEST (records_are_of_the_feed_that_brought_them)
{
  ck_done (take ("S1 110 19 0\nS1 111 20 3600\n", err));
  ck_assert_uint_eq (ingest.records_count, 2);
  ck_assert_str_eq (ingest.records[1].feed, "best"); /* the decoder says "forged" */
  ck_assert_str_eq (ingest.records[1].source, "fixes.txt");
  ck_assert_int_eq (ingest.records[1].received_s, 77);
  ck_assert_str_eq (ingest.messages[0].source, "fixes.txt");
  ck_assert_uint_eq (ingest.messages[0].records, 2);
  ck_assert_uint_eq (ingest.rejected, 0);
  sf_ingest_finish (&ingest);
}
END_TEST

START_TEST (bad_pieces_are_kept_with_their_reason)
{
  ck_done (take ("S1 110 19 0\nno fix\nS1 400 19 0\n", err));
  ck_assert_uint_eq (ingest.records_count, 1);
  ck_assert_uint_eq (ingest.rejected, 2);
  ck_assert_uint_eq (ingest.messages[0].rejected, 2);
  ck_assert_str_eq (ingest.messages[0].feed, "best");
  char *second = strchr (ingest.quarantine.text, '\n') + 1;
  ck_assert_ptr_nonnull (strstr (ingest.quarantine.text, "\"line\":2,\"reason\":\"not a fix\",\"text\":\"no fix\"}"));
  ck_assert_ptr_nonnull (strstr (second, "lon 400 is outside -180..180"));
  sf_ingest_finish (&ingest);
}
END_TEST

START_TEST (a_refused_message_is_kept_whole_and_what_came_before_stands)
{
  ck_done (take ("S1 110 19 0\nrefuse\nS1 111 19 0\n", err));
  ck_assert_uint_eq (ingest.records_count, 1);
  ck_assert_uint_eq (ingest.rejected, 1);
  ck_assert_ptr_nonnull (strstr (ingest.quarantine.text, "line 2 refuses the message"));
  ck_assert_ptr_nonnull (strstr (ingest.quarantine.text, "S1 110 19 0\\\\x0arefuse"));
  ck_done (take ("silent\n", err));
  ck_assert_uint_eq (ingest.rejected, 2);
  ck_assert_ptr_nonnull (strstr (ingest.quarantine.text, "no reason given"));
  sf_ingest_finish (&ingest);
}
END_TEST

START_TEST (bytes_that_are_no_text_are_written_out)
{
  char text[600];
  ck_done (take ("\xff\x1b[2J\n", err));
  ck_assert_ptr_nonnull (strstr (ingest.quarantine.text, "\\\\xff\\\\x1b[2J"));
  memset (text, 'x', sizeof text - 1);
  memcpy (text + 399, "海", 3); /* is cut between characters, not inside one */
  text[sizeof text - 1] = '\0';
  ck_done (take (text, err));
  ck_assert_ptr_nonnull (strstr (ingest.quarantine.text, "xxx...\""));
  sf_ingest_finish (&ingest);
}
END_TEST

/* The toy drops what the sink returns: the core must notice all the same. */
START_TEST (lack_of_memory_is_an_error_at_each_allocation)
{
  struct sf_error error;
  enum sf_code code = SF_ENOMEM;
  int n = 0;
  while (code != SF_OK && n++ < 1000)
    {
      sf_mem_fail_at (n, 0);
      code = take ("S1 110 19 0\nbad\nS1 111 20 3600\n", &error);
      sf_mem_fail_at (0, 0);
      if (code == SF_OK)
        break;
      ck_assert_msg (code == SF_ENOMEM && error.message[0], "allocation %d: %s", n, error.message);
      sf_ingest_finish (&ingest);
    }
  ck_assert_int_gt (n, 3);
  ck_assert_uint_eq (ingest.records_count, 2);
  sf_ingest_finish (&ingest);
}
END_TEST

START_TEST (a_feed_is_polled_through_its_plugins)
{
  struct sf_scenario scenario;
  toy_write ("fixes.txt", "S1 110 19 0\nrubbish\n");
  toy_write ("s.yaml", TOY_HEAD TOY_FEEDS);
  ck_done (sf_scenario_load (&toy_arena, toy_place.host, toy_path ("s.yaml"), NULL, 0, &scenario, err));
  ck_done (sf_ingest_feed (&ingest, toy_place.host, &scenario.feeds[0], 55, err));
  ck_assert_uint_eq (ingest.records_count, 1);
  ck_assert_int_eq (ingest.records[0].received_s, 55);
  ck_assert_uint_eq (ingest.rejected, 1);
  unlink (toy_path ("fixes.txt"));
  ck_fails (sf_ingest_feed (&ingest, toy_place.host, &scenario.feeds[0], 55, err), SF_ENOTFOUND, "feed best: ");
  sf_ingest_finish (&ingest);
}
END_TEST

enum
{
  STORED_MESSAGES = 20000
};

static void
fill_store (const char *dir)
{
  struct sf_store *store = NULL;
  char mover[16];
  ck_done (sf_store_open (dir, SF_STORE_WRITE, &store, err));
  for (int i = 0; i < 2 * STORED_MESSAGES; i++)
    {
      struct sf_record record;
      struct sf_store_origin origin = { .message_id = 1 + i % STORED_MESSAGES, .place = i >= STORED_MESSAGES };
      snprintf (mover, sizeof mover, "%d", i % 700);
      sf_record_init (&record, SF_RECORD_POSITION);
      record.feed = "ais";
      record.valid_s = record.received_s = 1405641600 + i / 700;
      record.as.position.mover = mover;
      record.as.position.lon_deg = 110;
      record.as.position.lat_deg = 19;
      ck_done (sf_store_put (store, &record, &origin, NULL, err));
    }
  ck_done (sf_store_commit (store, err));
  sf_store_close (store);
}

/* Rows come by mover and time, their messages in any order: each message is there once, with its rows counted. */
START_TEST (the_store_names_each_message_once)
{
  char dir[] = "/tmp/sanfang-ingest-XXXXXX";
  static const char *const feeds[] = { "ais" };
  struct sf_query query = {
    .kind = SF_RECORD_POSITION, .feeds = feeds, .feeds_count = 1, .from_s = SF_TIME_MISSING, .to_s = SF_TIME_MISSING
  };
  struct sf_scenario scenario = { .clock_s = SF_TIME_MISSING, .queries = &query, .queries_count = 1 };
  ck_assert_ptr_nonnull (mkdtemp (dir));
  fill_store (dir);
  ck_done (sf_ingest_store (&ingest, &scenario, dir, NULL, err));
  ck_assert_uint_eq (ingest.records_count, 2 * STORED_MESSAGES);
  ck_assert_uint_eq (ingest.messages_count, STORED_MESSAGES);
  for (size_t i = 0; i < ingest.messages_count; i++)
    ck_assert_uint_eq (ingest.messages[i].records, 2);
  sf_ingest_finish (&ingest);
  ck_done (sf_file_remove_tree (dir, err));
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { records_are_of_the_feed_that_brought_them,
                                 bad_pieces_are_kept_with_their_reason,
                                 a_refused_message_is_kept_whole_and_what_came_before_stands,
                                 bytes_that_are_no_text_are_written_out,
                                 lack_of_memory_is_an_error_at_each_allocation,
                                 a_feed_is_polled_through_its_plugins,
                                 the_store_names_each_message_once,
                                 NULL };
  return run_toys ("ingest", start, tests);
}
