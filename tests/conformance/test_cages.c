/* SPDX-License-Identifier: Apache-2.0 */
/* Every sample of every decoder, whole, cut and in another charset, gives byte-identical records, rejects and words in this
   process, in a worker that has seen others, and cold: as the first message that a fresh worker gets. */
#include "core/base/file.h"
#include "tests/unit/cage_help.h"

#include <iconv.h>

enum
{
  MESSAGES_MAX = 64
};

struct message
{
  uint8_t *bytes;
  size_t length;
  struct sf_strbuf here, worker, cold; /* what came of it */
};

static struct
{
  struct sf_arena arena;
  const char *names[64];
  size_t count;
  struct message messages[MESSAGES_MAX];
  size_t messages_count;
} all;

static void
keep_outcome (struct room *room, const struct sf_cage_result *result)
{
  struct sf_strbuf *out = ((struct sf_strbuf **) room->ctx)[result->message_id];
  struct sf_error err;
  for (size_t i = 0; i < result->records_count; i++)
    ck_assert_msg (sf_record_encode (&result->records[i], out, &err) == SF_OK, "%s", err.message);
  for (size_t i = 0; i < result->rejects_count; i++)
    sf_strbuf_addf (out, "%ld %s %s\n", result->rejects[i].line, result->rejects[i].reason, result->rejects[i].excerpt);
  sf_strbuf_addf (out, "%zu %s %s %d", result->rejects_total, sf_code_name (result->code),
                  result->reason ? result->reason : "-", result->poison);
}

/* Give messages [first, last) to one feed in a room of its own. */
static void
run (const char *decoder, enum sf_isolation isolation, size_t first, size_t last, struct sf_strbuf **outs)
{
  struct room room;
  room_open (&room, &(struct sf_cage_setup){ .message_ms = 60000 });
  room.see = keep_outcome;
  room.ctx = outs;
  size_t feed = room_feed (&room, decoder, isolation);
  for (size_t i = first; i < last; i++)
    {
      const struct message *message = &all.messages[i];
      ck_assert_int_eq (room_try_bytes (&room, feed, (int64_t) i, message->bytes, message->length), SF_OK);
    }
  room_wait (&room, last - first);
  ck_assert_msg (room.troubles == 0, "%s", room.trouble[0]);
  room_close (&room);
}

static void
add_message (const uint8_t *bytes, size_t length)
{
  if (all.messages_count == MESSAGES_MAX)
    return;
  struct message *message = &all.messages[all.messages_count++];
  *message = (struct message){ .bytes = malloc (length + 1), .length = length };
  memcpy (message->bytes, bytes, length);
}

static void
add_converted (const uint8_t *bytes, size_t length, const char *charset)
{
  size_t room = 4 * length + 16, left = room, in_left = length;
  char *out = malloc (room), *to = out, *from = (char *) bytes;
  iconv_t converter = iconv_open (charset, "UTF-8");
  if (converter != (iconv_t) -1 && iconv (converter, &from, &in_left, &to, &left) != (size_t) -1)
    add_message ((uint8_t *) out, room - left);
  iconv_close (converter);
  free (out);
}

static void
add_file (const char *path, bool whole_only)
{
  uint8_t *bytes;
  size_t length;
  struct sf_error err;
  ck_assert_msg (sf_file_read (&all.arena, path, 1 << 24, &bytes, &length, &err) == SF_OK, "%s", err.message);
  add_message (bytes, length);
  if (whole_only)
    return;
  add_message (bytes, length / 3);
  add_message (bytes, length - 1);
  if (!memchr (bytes, '\0', length))
    {
      add_converted (bytes, length, "GBK");
      add_converted (bytes, length, "UTF-16");
      add_converted (bytes, length, "UTF-16BE");
    }
}

static void
add_samples (const char *decoder)
{
  char **names, folder[4096], path[8192];
  size_t count;
  snprintf (folder, sizeof folder, "%s/tests/conformance/samples/%s", TEST_SRCDIR, decoder);
  ck_assert_int_eq (sf_file_list (&all.arena, folder, &names, &count, NULL), SF_OK);
  for (size_t i = 0; i < count; i++)
    {
      snprintf (path, sizeof path, "%s/%s", folder, names[i]);
      add_file (path, false);
    }
  const char *shared = getenv ("SANFANG_SHARED");
  snprintf (path, sizeof path, "%s/feeds/tropical_cyclone.bufr", shared ? shared : "");
  if (strcmp (decoder, "bufr_tracks") == 0 && sf_file_exists (path))
    add_file (path, true);
}

static void
compare (const struct sf_strbuf *a, const struct sf_strbuf *b, const char *decoder, size_t i, const char *which)
{
  ck_assert_msg (a->length > 0 && a->length == b->length && memcmp (a->text, b->text, a->length) == 0,
                 "%s: message %zu of %zu bytes: %zu bytes come out here, %zu %s", decoder, i, all.messages[i].length,
                 a->length, b->length, which);
}

START_TEST (same_records_everywhere)
{
  const char *decoder = all.names[_i];
  struct sf_strbuf *outs[3][MESSAGES_MAX];
  add_samples (decoder);
  ck_assert_uint_gt (all.messages_count, 0);
  for (size_t i = 0; i < all.messages_count; i++)
    {
      outs[0][i] = &all.messages[i].here;
      outs[1][i] = &all.messages[i].worker;
      outs[2][i] = &all.messages[i].cold;
    }
  run (decoder, SF_ISOLATION_IN_PROCESS, 0, all.messages_count, outs[0]);
  run (decoder, SF_ISOLATION_CAGE, 0, all.messages_count, outs[1]);
  for (size_t i = 0; i < all.messages_count; i++)
    run (decoder, SF_ISOLATION_CAGE, i, i + 1, outs[2]);
  for (size_t i = 0; i < all.messages_count; i++)
    {
      compare (outs[0][i], outs[1][i], decoder, i, "in a worker");
      compare (outs[0][i], outs[2][i], decoder, i, "in a cold worker");
    }
  printf ("%s: %zu messages, three ways\n", decoder, all.messages_count);
}
END_TEST

static void
list_decoders (void)
{
  struct sf_plugin_host_setup setup = { .search_path = TEST_BUILDDIR "/modules/.libs" };
  struct sf_plugin_host *host = NULL;
  if (sf_plugin_host_new (&setup, &host, NULL) != SF_OK || sf_plugin_host_load_all (host, NULL) != SF_OK)
    exit (EXIT_FAILURE);
  for (size_t i = 0; i < sf_plugin_host_count (host); i++)
    {
      const struct sf_module *module = sf_plugin_host_at (host, i);
      if (module->plugin && module->plugin->kind == SF_PLUGIN_DECODER && all.count < 64)
        all.names[all.count++] = sf_arena_strdup (&all.arena, module->name);
    }
  sf_plugin_host_free (host);
}

int
main (void)
{
  Suite *suite = suite_create ("cages");
  TCase *tcase = tcase_create ("cages");
  list_decoders ();
  tcase_set_timeout (tcase, 300);
  tcase_add_loop_test (tcase, same_records_everywhere, 0, (int) all.count);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  sf_arena_finish (&all.arena);
  return failed || all.count == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
