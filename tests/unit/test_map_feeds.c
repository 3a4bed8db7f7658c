/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"
#include "core/base/time.h"
#include "core/feed/health.h"
#include "plugins/service/map/feeds.h"
#include "tests/unit/base.h"

#include <stdio.h>
#include <unistd.h>

static char told[8][400];
static int told_count;

static void
note (void *ctx, const char *json)
{
  ck_assert_ptr_eq (ctx, told);
  ck_assert_int_lt (told_count, 8);
  snprintf (told[told_count++], sizeof told[0], "%s", json);
}

static void
write_board (struct sf_health *health, int64_t now_s)
{
  ck_done (sf_health_write (health, now_s, now_s * 1000, true, err));
}

START_TEST (a_change_of_state_is_told_once)
{
  char folder[] = "/tmp/sf-feeds-XXXXXX";
  struct sf_health *health = NULL;
  struct sf_key key = { { 1 } };
  struct sf_feed rain = { .name = "rain", .title_en = "Rain", .title_zh = "雨量", .cadence_s = 300, .lateness_s = 300 };
  struct sf_feed tide = { .name = "tide", .title_en = "Tide", .title_zh = "潮位" };
  const struct sf_feed *feeds[] = { &rain, &tide };
  int64_t now_s = 1000000;
  ck_assert_ptr_nonnull (mkdtemp (folder));
  struct sf_map_feeds *seen = sf_map_feeds_new (folder);
  sf_map_feeds_look (seen, now_s, note, told); /* there is no board yet */
  ck_done (sf_health_open (folder, &health, err));
  ck_done (sf_health_set_feeds (health, feeds, 1, err));
  sf_health_message (health, "rain", now_s, &key, 10, false);
  sf_health_records (health, "rain", 1, now_s, &(struct sf_quality_counts){ 0 });
  write_board (health, now_s);
  sf_map_feeds_look (seen, now_s, note, told);
  sf_map_feeds_look (seen, now_s + 1, note, told);
  ck_assert_int_eq (told_count, 0);
  /* Older than cadence and lateness: late. */
  write_board (health, now_s + 700);
  sf_map_feeds_look (seen, now_s + 700, note, told);
  sf_map_feeds_look (seen, now_s + 701, note, told);
  ck_assert_int_eq (told_count, 1);
  ck_assert_str_eq (told[0],
                    "{\"feed\":\"rain\",\"title\":{\"en\":\"Rain\",\"zh\":\"雨量\"},\"department\":{\"en\":null,"
                    "\"zh\":null},\"state\":{\"en\":\"late\",\"zh\":\"迟到\"},\"was\":{\"en\":\"fresh\",\"zh\":"
                    "\"正常\"},\"time\":\"1970-01-12T13:58:20Z\"}");
  /* A new feed. */
  ck_done (sf_health_set_feeds (health, feeds, 2, err));
  write_board (health, now_s + 702);
  sf_map_feeds_look (seen, now_s + 702, note, told);
  ck_assert_int_eq (told_count, 2);
  ck_assert_ptr_nonnull (strstr (told[1], "\"tide\""));
  ck_assert_ptr_nonnull (strstr (told[1], "\"was\":null"));
  /* Nobody writes the board any more: silent, by time alone. */
  sf_map_feeds_look (seen, now_s + 800, note, told);
  ck_assert_int_ge (told_count, 3);
  ck_assert_ptr_nonnull (strstr (told[2], "\"silent\""));
  sf_map_feeds_free (seen);
  sf_health_close (health, now_s);
  ck_done (sf_file_remove_tree (folder, err));
}
END_TEST

int
main (void)
{
  return run_tests ("map_feeds", (const TTest *const[]){ a_change_of_state_is_told_once, NULL });
}
