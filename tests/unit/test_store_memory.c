/* SPDX-License-Identifier: Apache-2.0 */
/* Each allocation of ours and of SQLite's in all that the store does fails once. What was asked for is then done again, in
   the same store or in one that is opened anew, and in the end rows and answers are those of a run that nothing befell; no
   block and no descriptor is left over. ALLOCATION_STEP=1 tries each allocation. */
#include <check.h>

#include "core/store/db.h"
#include "tests/unit/base.h"
#include "tests/unit/memory_help.h"
#include "tests/unit/store_help.h"

#include <math.h>

/* What one run has opened and been told. */
struct run
{
  char dir[32];
  struct sf_store *store;
  struct sf_strbuf answers;
  struct sf_key digest;
  size_t end_at; /* of the answers: what is asked in the end */
};

struct step
{
  enum sf_code (*take) (struct run *run, int number, struct sf_error *err);
  int number;
};

/* --- steps --- */

static enum sf_code
open_step (struct run *run, int mode, struct sf_error *err)
{
  return sf_store_open (run->dir, (enum sf_store_mode) mode, &run->store, err);
}

/* Record `place` of message `id`: all follows from the two numbers. */
static struct sf_record
record_of (int id, int place)
{
  static const float values[] = { 1, 2, 3, NAN };
  struct sf_record record;
  sf_record_init (&record, (enum sf_record_kind) (place % SF_RECORD_KINDS));
  record.feed = "feed";
  record.valid_s = STORE_T0 + id * 7200;
  record.received_s = STORE_T0 + id * 7260;
  record.source = id % 2 ? "odd" : "even";
  record.doubt = id % 3 ? NULL : "step";
  store_say_of (&record, id, values);
  return record;
}

static enum sf_code
put_step (struct run *run, int id, struct sf_error *err)
{
  for (int place = 0; place < SF_RECORD_KINDS; place++)
    {
      struct sf_record record = record_of (id, place);
      struct sf_store_origin origin = { .message_id = id, .place = (uint32_t) place };
      origin.sha256.bytes[3] = (uint8_t) id;
      SF_TRY (sf_store_put (run->store, &record, &origin, NULL, err));
    }
  return sf_store_set_applied (run->store, "feed", id, err);
}

/* A later word about what message `id` said. */
static enum sf_code
revise_step (struct run *run, int id, struct sf_error *err)
{
  struct sf_record record = record_of (id, SF_RECORD_OBSERVATION);
  struct sf_store_origin origin = { .message_id = 100 + id };
  record.revision = 1;
  record.as.observation.value = -id;
  return sf_store_put (run->store, &record, &origin, NULL, err);
}

/* Judge the two newest observations before message `id`. */
static enum sf_code
judge_step (struct run *run, int id, struct sf_error *err)
{
  struct sf_record record = record_of (id, SF_RECORD_OBSERVATION);
  struct sf_store_series series = { SF_RECORD_OBSERVATION, "feed", record.as.observation.asset, "rain", 3600 };
  struct sf_arena arena = { 0 };
  struct sf_store_sample *samples = NULL;
  size_t count = 0;
  enum sf_code code
      = sf_store_samples (run->store, &arena, &series, SF_TIME_MISSING, record.valid_s, 2, &samples, &count, err);
  for (size_t i = 0; i < count && code == SF_OK; i++)
    {
      sf_strbuf_addf (&run->answers, "sample %lld %g\n", (long long) samples[i].valid_s, samples[i].value);
      code = sf_store_judge (run->store, &series, &samples[i], SF_QUALITY_ORIGINAL_DOUBTFUL, "neighbours", err);
    }
  sf_arena_finish (&arena);
  return code;
}

static enum sf_code
commit_step (struct run *run, int syncs, struct sf_error *err)
{
  SF_TRY (sf_store_commit (run->store, err));
  return syncs ? sf_store_sync (run->store, err) : SF_OK;
}

/* A file of a day at a time, at most so many times. */
static enum sf_code
commit_shares_step (struct run *run, int most, struct sf_error *err)
{
  struct sf_error why = { 0 };
  long days = 0;
  do
    SF_TRY (sf_store_commit_some (run->store, 1, err));
  while (sf_store_has_left (run->store, "feed", &days, &why) && --most > 0);
  sf_strbuf_addf (&run->answers, "%ld days are left: %s\n", most > 0 ? 0 : days, why.message);
  return SF_OK;
}

/* What the batch says of a series, and of rows that are stored. */
static enum sf_code
batch_step (struct run *run, int id, struct sf_error *err)
{
  struct sf_record record = record_of (id, SF_RECORD_OBSERVATION);
  struct sf_store_series series = { SF_RECORD_OBSERVATION, "feed", record.as.observation.asset, "rain", 3600 };
  struct sf_arena arena = { 0 };
  struct sf_store_sample *samples = NULL;
  size_t count = 0;
  enum sf_code code
      = sf_store_batch_samples (run->store, &arena, &series, SF_TIME_MISSING, SF_TIME_MISSING, &samples, &count, err);
  if (code == SF_OK)
    code = sf_store_samples (run->store, &arena, &series, SF_TIME_MISSING, SF_TIME_MISSING, 0, &samples, &count, err);
  for (size_t i = 0; i < count && code == SF_OK; i++)
    code = sf_store_overlay (run->store, &series, &samples[i], err);
  for (size_t i = 0; i < count && code == SF_OK; i++)
    sf_strbuf_addf (&run->answers, "sample %lld %g %d\n", (long long) samples[i].valid_s, samples[i].value,
                    samples[i].quality);
  sf_arena_finish (&arena);
  return code;
}

static enum sf_code
names_step (struct run *run, int unused, struct sf_error *err)
{
  static const char *const asked[] = { "B", "nobody" };
  struct sf_arena arena = { 0 };
  const char *const *names = NULL;
  size_t count = 0;
  enum sf_code code = SF_OK;
  (void) unused;
  for (int what = SF_STORE_FEEDS; what <= SF_STORE_SUBJECTS && code == SF_OK; what++)
    {
      code = sf_store_names (run->store, (enum sf_store_names) what, &arena, &names, &count, err);
      for (size_t i = 0; i < count && code == SF_OK; i++)
        sf_strbuf_addf (&run->answers, "%s\n", names[i]);
    }
  for (int i = 0; i < 2 && code == SF_OK; i++)
    {
      bool knows = false;
      code = sf_store_knows (run->store, asked[i], &knows, err);
      sf_strbuf_addf (&run->answers, "%s: %d\n", asked[i], knows);
    }
  sf_arena_finish (&arena);
  return code;
}

static enum sf_code
note_row (void *ctx, const struct sf_store_row *row, struct sf_error *err)
{
  struct run *run = ctx;
  sf_strbuf_addf (&run->answers, "%lld %ld %d ", (long long) row->origin.message_id, row->rank, row->holds);
  sf_record_format_json (row->record, &run->answers);
  sf_strbuf_add (&run->answers, "\n");
  return run->answers.failed ? sf_fail (err, SF_ENOMEM, "no memory for an answer") : SF_OK;
}

/* What holds, what is newest, what was known at a time, what lies in an area, all that was ever said: of one kind. */
static enum sf_code
ask_step (struct run *run, int kind, struct sf_error *err)
{
  static const char *const feeds[] = { "none", "feed" }, *const subjects[] = { "B", "A", "1409", "rain_rate" };
  for (int way = 0; way < 5; way++)
    {
      struct sf_store_query query;
      sf_store_query_init (&query, (enum sf_record_kind) kind);
      query.latest = way == 1 || (way == 3 && kind != SF_RECORD_FIELD);
      query.all_revisions = way == 4;
      query.limit = way == 2 ? 2 : 0;
      if (way == 2)
        query.as_of_s = STORE_T0 + 2 * 7260;
      if (way == 3 && kind != SF_RECORD_FIELD)
        {
          query.west_deg = 109;
          query.east_deg = 111;
          query.south_deg = 18;
          query.north_deg = 21;
        }
      if (way == 4)
        {
          query.feeds = feeds;
          query.feeds_count = 2;
          query.subjects = subjects;
          query.subjects_count = 4;
          query.from_s = STORE_T0;
        }
      SF_TRY (sf_store_read (run->store, &query, note_row, run, err));
    }
  return SF_OK;
}

/* One station's observations of the days from days / 100 to days % 100. */
static enum sf_code
ask_days_step (struct run *run, int days, struct sf_error *err)
{
  static const char *const subjects[] = { "B" };
  struct sf_store_query query;
  sf_store_query_init (&query, SF_RECORD_OBSERVATION);
  query.subjects = subjects;
  query.subjects_count = 1;
  query.from_s = STORE_T0 + (days / 100 - 1) * 86400;
  query.to_s = STORE_T0 + days % 100 * 86400 - 1;
  return sf_store_read (run->store, &query, note_row, run, err);
}

static void
note_fault (void *ctx, const char *fault)
{
  sf_strbuf_addf (&((struct run *) ctx)->answers, "fault %s\n", fault);
}

static enum sf_code
look_step (struct run *run, int unused, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_store_part *parts = NULL;
  size_t count = 0;
  long faults = 0;
  int64_t applied = 0;
  (void) unused;
  enum sf_code code = sf_store_applied (run->store, "feed", &applied, err);
  if (code == SF_OK)
    code = sf_store_list (run->store, &arena, &parts, &count, err);
  for (size_t i = 0; i < count && code == SF_OK; i++)
    sf_strbuf_addf (&run->answers, "%s %d %d %ld\n", parts[i].name, (int) parts[i].kind, parts[i].form, parts[i].rows);
  if (code == SF_OK)
    code = sf_store_check (run->store, note_fault, run, &faults, err);
  sf_strbuf_addf (&run->answers, "applied %lld, %ld faults\n", (long long) applied, faults);
  sf_arena_finish (&arena);
  return code;
}

static enum sf_code
digest_step (struct run *run, int unused, struct sf_error *err)
{
  (void) unused;
  return sf_store_digest (run->store, &run->digest, NULL, err);
}

/* --- scenes --- */

#define ASK_ALL                                                                                                        \
  { ask_step, SF_RECORD_ASSET }, { ask_step, SF_RECORD_OBSERVATION }, { ask_step, SF_RECORD_POSITION },                \
      { ask_step, SF_RECORD_TRACK }, { ask_step, SF_RECORD_EVENT },                                                    \
  {                                                                                                                    \
    ask_step, SF_RECORD_FIELD                                                                                          \
  }

static const struct step a_new_store[] = { { open_step, SF_STORE_WRITE },
                                           { put_step, 1 },
                                           { put_step, 2 },
                                           { judge_step, 2 },
                                           { commit_step, 0 },
                                           { put_step, 4 },
                                           { judge_step, 4 },
                                           { commit_step, 1 },
                                           { NULL, 0 } };

static const struct step the_same_again[] = { { open_step, SF_STORE_WRITE },
                                              { put_step, 3 },
                                              { put_step, 1 },
                                              { put_step, 2 },
                                              { revise_step, 2 },
                                              { revise_step, 4 },
                                              { judge_step, 4 },
                                              { put_step, 15 },
                                              { commit_step, 0 },
                                              { put_step, 16 },
                                              { commit_step, 1 },
                                              { NULL, 0 } };

/* Messages of three days, whose files are written one after the other. */
static const struct step by_shares[] = { { open_step, SF_STORE_WRITE },
                                         { put_step, 1 },
                                         { put_step, 16 },
                                         { put_step, 31 },
                                         { judge_step, 31 },
                                         { batch_step, 31 },
                                         { commit_shares_step, 9 },
                                         { put_step, 4 },
                                         { batch_step, 31 },
                                         { commit_step, 0 },
                                         { NULL, 0 } };

static const struct step reading[]
    = { { open_step, SF_STORE_READ }, ASK_ALL, { names_step, 0 }, { look_step, 0 }, { digest_step, 0 }, { NULL, 0 } };

static const struct step an_older_form[] = {
  { open_step, SF_STORE_WRITE }, { put_step, 1 }, { commit_step, 0 }, { look_step, 0 }, { digest_step, 0 }, { NULL, 0 }
};

static void
call (const char *command)
{
  ck_assert_int_eq (system (command), 0);
}

static void
prepare_nothing (const char *dir)
{
  (void) dir;
}

static void
prepare_older (const char *dir)
{
  static const char *const names[] = { "catalog", "observations-20140718", "positions-20140718" };
  char command[512];
  snprintf (command, sizeof command, "mkdir %s/store", dir);
  call (command);
  for (int i = 0; i < 3; i++)
    {
      snprintf (command, sizeof command, "sqlite3 %s/store/%s.db < %s/tests/unit/store-form-1/%s.sql >%s/out", dir,
                names[i], TEST_SRCDIR, names[i], dir);
      call (command);
    }
}

static void
take_all (struct run *run, const struct step *steps)
{
  for (; steps->take; steps++)
    ck_done (steps->take (run, steps->number, err));
}

/* A store of four messages. */
static void
prepare_store (const char *dir)
{
  struct run run = { 0 };
  snprintf (run.dir, sizeof run.dir, "%s", dir);
  take_all (&run, a_new_store);
  sf_store_close (run.store);
  sf_strbuf_finish (&run.answers);
}

/* One of more days than files are open at once. */
static void
prepare_many_days (const char *dir)
{
  struct run run = { 0 };
  snprintf (run.dir, sizeof run.dir, "%s", dir);
  ck_done (open_step (&run, SF_STORE_WRITE, err));
  for (int day = 0; day < 34; day++)
    ck_done (put_step (&run, 1 + day * 12, err));
  ck_done (commit_step (&run, 1, err));
  sf_store_close (run.store);
  sf_strbuf_finish (&run.answers);
}

static const struct step reading_many_days[]
    = { { open_step, SF_STORE_READ }, { ask_days_step, 131 }, { ask_days_step, 3134 }, { NULL, 0 } };

static const struct scene
{
  const char *name;
  void (*prepare) (const char *dir);
  const struct step *steps;
  bool writes; /* each run needs a folder of its own */
  int calm;    /* steps before the first allocation that may fail */
} scenes[] = {
  { "a new store", prepare_nothing, a_new_store, true, 0 },
  { "the same again", prepare_store, the_same_again, true, 0 },
  { "by shares", prepare_nothing, by_shares, true, 0 },
  { "reading", prepare_store, reading, false, 0 },
  { "many days", prepare_many_days, reading_many_days, false, 2 },
  { "an older form", prepare_older, an_older_form, true, 0 },
};

/* --- running them --- */

/* How a run goes on once memory is there again. */
enum way
{
  WAY_AGAIN, /* what failed is done again */
  WAY_ANEW,  /* the store is opened anew, and all is done from the first step */
  WAY_SPELL, /* not one allocation failed, but all until the step gave up; then it is done again */
  WAYS
};

static void
recover (struct run *run, const struct scene *scene, const struct step *step, enum way way)
{
  if (way == WAY_SPELL)
    sf_mem_fail_at (0, 0);
  if (way == WAY_ANEW || !run->store)
    {
      sf_store_close (run->store);
      run->store = NULL;
      sf_strbuf_reset (&run->answers);
      run->answers.failed = false;
      for (const struct step *s = scene->steps; s < step; s++)
        ck_done (s->take (run, s->number, err));
    }
  ck_done (step->take (run, step->number, err));
}

static void
cut_answers (struct run *run, size_t length)
{
  run->answers.failed = false;
  if (run->answers.text)
    {
      run->answers.text[length] = '\0';
      run->answers.length = length;
    }
}

/* Run a scene with the n-th allocation failing (0: none). Returns how many there were; *ret_felt: a step failed. */
static long
run_scene (struct run *run, const struct scene *scene, long n, enum way way, bool *ret_felt)
{
  *ret_felt = false;
  for (int i = 0; i < scene->calm; i++)
    ck_done (scene->steps[i].take (run, scene->steps[i].number, err));
  sf_mem_fail_at (n, way == WAY_SPELL);
  for (const struct step *step = scene->steps + scene->calm; step->take; step++)
    {
      struct sf_error err = { 0 };
      size_t length = run->answers.length;
      enum sf_code code = step->take (run, step->number, &err);
      if (code == SF_OK && !run->answers.failed)
        continue;
      ck_assert_msg (code == SF_OK || (code == SF_ENOMEM && *err.message), "%s, allocation %ld: step %d: %s: %s",
                     scene->name, n, (int) (step - scene->steps), sf_code_name (code), err.message);
      *ret_felt = true;
      cut_answers (run, length);
      recover (run, scene, step, way);
    }
  sf_store_close (run->store);
  run->store = NULL;
  long count = sf_mem_count ();
  sf_mem_fail_at (0, 0);
  return count;
}

/* All that the store holds in the end, as an undisturbed reader sees it. */
static void
ask_in_the_end (struct run *run)
{
  run->store = store_open (run->dir, SF_STORE_READ);
  take_all (run, reading + 1);
  sf_store_close (run->store);
  run->store = NULL;
}

static void
new_folder (char dir[32], const char *like)
{
  char command[128];
  store_folder_in_memory (dir);
  if (!*like)
    return;
  snprintf (command, sizeof command, "cp -r %s/. %s", like, dir);
  call (command);
}

/* A run of a scene from its beginning, whose answers must be those expected (none: they are taken). */
static long
attempt (const struct scene *scene, const char *like, long n, enum way way, struct run *expected, bool *ret_felt)
{
  struct run run = { 0 };
  int descriptors = count_descriptors ();
  long blocks_before = count_blocks ();
  if (scene->writes)
    new_folder (run.dir, scene->prepare == prepare_nothing ? "" : like);
  else
    snprintf (run.dir, sizeof run.dir, "%s", like);
  long count = run_scene (&run, scene, n, way, ret_felt);
  ck_assert_msg (sqlite3_memory_used () == 0, "%s, allocation %ld: SQLite keeps memory", scene->name, n);
  run.end_at = run.answers.length;
  if (scene->writes)
    ask_in_the_end (&run);
  if (scene->writes)
    ck_assert_int_eq (sf_file_remove_tree (run.dir, NULL), SF_OK);
  if (!expected->answers.text)
    {
      *expected = run;
      return count;
    }
  /* Done anew, steps that look at the batch meet rows of it in the store: some days, or all that was written down. */
  bool only_end = *ret_felt && way == WAY_ANEW && scene->steps == by_shares;
  const char *answer = run.answers.text + (only_end ? run.end_at : 0);
  const char *wanted = expected->answers.text + (only_end ? expected->end_at : 0);
  for (; *answer && *answer == *wanted; answer++)
    wanted++;
  ck_assert_msg (!*answer && !*wanted, "%s, allocation %ld: answer\n%.200s\nexpected\n%.200s", scene->name, n, answer,
                 wanted);
  ck_assert_msg (memcmp (&run.digest, &expected->digest, sizeof run.digest) == 0, "%s, allocation %ld: other rows",
                 scene->name, n);
  sf_strbuf_finish (&run.answers);
  ck_assert_msg (count_descriptors () == descriptors, "%s, allocation %ld: descriptors are left", scene->name, n);
  ck_assert_msg (count_blocks () == blocks_before, "%s, allocation %ld: %ld blocks are left", scene->name, n,
                 count_blocks () - blocks_before);
  return count;
}

START_TEST (each_allocation_fails_once)
{
  const struct scene *scene = &scenes[_i];
  char like[32];
  struct run expected = { 0 };
  bool felt = false;
  long felt_count = 0, tried = 0, count;
  ck_done (sf_db_use_our_memory (err));
  scene->prepare (store_folder_in_memory (like));
  attempt (scene, like, 0, WAY_AGAIN, &expected, &felt);
  count = attempt (scene, like, 0, WAY_AGAIN, &expected, &felt);
  for (long n = first_allocation (); n <= count; n = next_allocation (n))
    {
      attempt (scene, like, n, (enum way) (n % WAYS), &expected, &felt);
      felt_count += felt;
      tried++;
    }
  printf ("%s: %ld of %ld allocations failed, %ld of them were felt\n", scene->name, tried, count, felt_count);
  ck_assert_int_gt (felt_count, tried / 10);
  sf_strbuf_finish (&expected.answers);
  ck_assert_int_eq (sf_file_remove_tree (like, NULL), SF_OK);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("store_memory");
  for (int i = 0; i < (int) (sizeof scenes / sizeof *scenes); i++) /* CK_RUN_CASE=reading runs one */
    {
      TCase *tcase = tcase_create (scenes[i].name);
      tcase_set_timeout (tcase, getenv ("ALLOCATION_STEP") ? 3600 : 240);
      tcase_add_loop_test (tcase, each_allocation_fails_once, i, i + 1);
      suite_add_tcase (suite, tcase);
    }
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
