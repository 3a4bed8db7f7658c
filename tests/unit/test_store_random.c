/* SPDX-License-Identifier: Apache-2.0 */
/* The store against a model of another kind: a plain array of all rows, looked through from end to end for each question, with
   the rules of core/store/store.h as loops. Rows are random, come shuffled, twice, in batches of any size, across openings. */
#include <check.h>

#include "core/base/file.h"
#include "core/store/store.h"
#include "tests/unit/random_record.h"
#include "tests/unit/store_help.h"

enum
{
  ROWS = 600,
  QUESTIONS = 300
};

struct model_row
{
  struct sf_record record;
  struct sf_store_origin origin;
};

struct model
{
  struct model_row rows[ROWS];
  size_t count;
  struct sf_arena arena;
  unsigned state;
};

static const char *const FEEDS[] = { "water", "rain", "水文" };
static const char *const SUBJECTS[] = { "A1", "A2", "A10", "琼海" };
static const char *const QUANTITIES[] = { "water_level", "rain" };
static const char *const WORDS[] = { NULL, "", "a", "早" };

#define PICK(model, list) list[random_below (&(model)->state, sizeof list / sizeof *list)]

static double
some_number (struct model *model)
{
  return random_below (&model->state, 5) ? random_between (&model->state, -50, 50) : NAN;
}

/* Few values of each, so that rows are often about the same thing. */
static struct sf_record
some_record (struct model *model, enum sf_record_kind kind)
{
  struct sf_record record;
  unsigned *state = &model->state;
  sf_record_init (&record, kind);
  record.feed = PICK (model, FEEDS);
  record.valid_s = STORE_T0 + (int64_t) random_below (state, 4) * 86400 + (int64_t) random_below (state, 6) * 7200;
  if (!store_has_days (kind) && random_below (state, 4) == 0)
    record.valid_s = SF_TIME_MISSING;
  record.received_s = STORE_T0 + (int64_t) random_below (state, 8) * 43200;
  record.revision = random_below (state, 3);
  record.quality = (uint8_t) random_below (state, 10);
  record.doubt = PICK (model, WORDS);
  record.source = PICK (model, WORDS);
  record.source_line = random_below (state, 3);
  return record;
}

static void
fill_observed (struct model *model, struct sf_record *record)
{
  if (record->kind == SF_RECORD_OBSERVATION)
    record->as.observation = (struct sf_observation){ .asset = PICK (model, SUBJECTS),
                                                      .quantity = PICK (model, QUANTITIES),
                                                      .value = some_number (model),
                                                      .lon_deg = some_number (model),
                                                      .lat_deg = some_number (model),
                                                      .period_s = random_below (&model->state, 2) * 3600 };
  else
    record->as.position = (struct sf_position){ .mover = PICK (model, SUBJECTS),
                                                .type = PICK (model, WORDS),
                                                .lon_deg = some_number (model),
                                                .lat_deg = some_number (model),
                                                .speed_mps = some_number (model),
                                                .course_to_deg = some_number (model),
                                                .heading_deg = NAN,
                                                .status = PICK (model, WORDS) };
}

/* SQLite does not keep the sign of a zero. */
static void
drop_sign_of_zero (struct sf_record *record, const struct sf_member *member)
{
  double *numbers = (double *) (void *) ((char *) record + member->offset);
  for (int i = 0; i < member->count; i++)
    if ((member->type == SF_MEMBER_DOUBLE || member->type == SF_MEMBER_DOUBLES) && numbers[i] == 0)
      numbers[i] = 0;
}

static void
fill_catalogued (struct model *model, struct sf_record *record)
{
  unsigned *state = &model->state;
  for (const struct sf_member *member = sf_record_members (record->kind); member->name; member++)
    {
      random_member (&model->arena, state, record, member);
      drop_sign_of_zero (record, member);
    }
  if (record->kind == SF_RECORD_ASSET)
    record->as.asset.id = PICK (model, SUBJECTS);
  if (record->kind == SF_RECORD_EVENT)
    record->as.event.id = PICK (model, SUBJECTS);
  if (record->kind == SF_RECORD_FIELD)
    {
      record->as.field.quantity = PICK (model, QUANTITIES);
      record->as.field.level = PICK (model, WORDS);
      record->as.field.member = NULL;
      record->as.field.base_s = STORE_T0 + (int64_t) random_below (state, 3) * 3600;
    }
  if (record->kind == SF_RECORD_TRACK)
    {
      record->as.track.storm = PICK (model, SUBJECTS);
      record->as.track.agency = PICK (model, WORDS);
      record->as.track.member = NULL;
      record->as.track.lead_s = (int64_t) random_below (state, 2) * 3600;
    }
}

static void
fill_model (struct model *model, enum sf_record_kind kind)
{
  model->count = 0;
  while (model->count < ROWS)
    {
      struct model_row *row = &model->rows[model->count];
      row->record = some_record (model, kind);
      if (store_has_days (kind))
        fill_observed (model, &row->record);
      else
        fill_catalogued (model, &row->record);
      row->origin
          = (struct sf_store_origin){ .message_id = (int64_t) model->count, .place = random_below (&model->state, 2) };
      /* Eight bytes that differ from row to row, with either sign. */
      for (int i = 0; i < 8; i++)
        row->origin.sha256.bytes[i] = (uint8_t) random_below (&model->state, 256);
      model->count++;
    }
}

/* --- the model's rules --- */

static int
compare_text (const char *a, const char *b)
{
  return !a || !b ? (a != NULL) - (b != NULL) : strcmp (a, b);
}

static int
compare_int (int64_t a, int64_t b)
{
  return (a > b) - (a < b);
}

static const char *
subject_of (const struct sf_record *record)
{
  const char *const subjects[] = { record->as.asset.id,    record->as.observation.asset, record->as.position.mover,
                                   record->as.track.storm, record->as.event.id,          record->as.field.quantity };
  return subjects[record->kind];
}

/* Series first; 0 when both are of one. */
static int
compare_series (const struct sf_record *a, const struct sf_record *b)
{
  int order = compare_text (subject_of (a), subject_of (b));
  bool observed = a->kind == SF_RECORD_OBSERVATION;
  if (order == 0 && observed)
    order = compare_text (a->as.observation.quantity, b->as.observation.quantity);
  if (order == 0)
    order = compare_text (a->feed, b->feed);
  if (order == 0 && observed)
    order = compare_int (a->as.observation.period_s, b->as.observation.period_s);
  if (order == 0 && a->kind == SF_RECORD_TRACK)
    order = compare_text (a->as.track.agency, b->as.track.agency);
  if (order == 0 && a->kind == SF_RECORD_FIELD)
    order = compare_text (a->as.field.level, b->as.field.level);
  return order;
}

static int
compare_about (const struct sf_record *a, const struct sf_record *b)
{
  int order = compare_series (a, b);
  if (order == 0 && a->kind == SF_RECORD_TRACK)
    order = compare_int (a->as.track.base_s, b->as.track.base_s);
  if (order == 0 && a->kind == SF_RECORD_TRACK)
    order = compare_int (a->as.track.lead_s, b->as.track.lead_s);
  if (order == 0 && a->kind == SF_RECORD_FIELD)
    order = compare_int (a->as.field.base_s, b->as.field.base_s);
  return order ? order : compare_int (a->valid_s, b->valid_s);
}

static int
compare_rows (const void *x, const void *y)
{
  const struct model_row *a = x, *b = y;
  int order = compare_about (&a->record, &b->record);
  if (order == 0)
    order = compare_int (a->record.revision, b->record.revision);
  if (order == 0)
    order = compare_int (a->record.received_s, b->record.received_s);
  for (int i = 0; i < 8 && order == 0; i++)
    order = i == 0 ? compare_int ((int8_t) a->origin.sha256.bytes[0], (int8_t) b->origin.sha256.bytes[0])
                   : compare_int (a->origin.sha256.bytes[i], b->origin.sha256.bytes[i]);
  return order ? order : compare_int (a->origin.place, b->origin.place);
}

static bool
in_bounds (const struct sf_store_query *query, const struct sf_record *record)
{
  bool feed = !query->feeds, subject = !query->subjects;
  for (size_t i = 0; i < query->feeds_count; i++)
    feed |= strcmp (query->feeds[i], record->feed) == 0;
  for (size_t i = 0; i < query->subjects_count; i++)
    subject |= strcmp (query->subjects[i], subject_of (record)) == 0;
  const char *quantity = record->kind == SF_RECORD_OBSERVATION ? record->as.observation.quantity
                         : record->kind == SF_RECORD_FIELD     ? record->as.field.quantity
                                                               : NULL;
  if (query->quantity && quantity && strcmp (query->quantity, quantity) != 0)
    return false;
  if (record->valid_s != SF_TIME_MISSING && query->from_s != SF_TIME_MISSING && record->valid_s < query->from_s)
    return false;
  if (record->valid_s != SF_TIME_MISSING && query->to_s != SF_TIME_MISSING && record->valid_s > query->to_s)
    return false;
  return feed && subject && (query->as_of_s == SF_TIME_MISSING || record->received_s <= query->as_of_s);
}

static int64_t
epoch_of (const struct sf_record *record)
{
  int64_t base_s = record->kind == SF_RECORD_TRACK   ? record->as.track.base_s
                   : record->kind == SF_RECORD_FIELD ? record->as.field.base_s
                                                     : SF_TIME_MISSING;
  return base_s == SF_TIME_MISSING ? record->valid_s : base_s;
}

static bool
in_area (const struct sf_store_query *query, const struct sf_record *record)
{
  double lon_deg = record->kind == SF_RECORD_POSITION ? record->as.position.lon_deg : record->as.observation.lon_deg;
  double lat_deg = record->kind == SF_RECORD_POSITION ? record->as.position.lat_deg : record->as.observation.lat_deg;
  if (isnan (query->west_deg))
    return true;
  bool across = query->west_deg > query->east_deg;
  bool lon = across ? lon_deg >= query->west_deg || lon_deg <= query->east_deg
                    : lon_deg >= query->west_deg && lon_deg <= query->east_deg;
  return lon && lat_deg >= query->south_deg && lat_deg <= query->north_deg;
}

/* What the query should give, in its order; returns the count. The limit keeps the newest, of equal times the first. */
static size_t
answer (const struct model *model, const struct sf_store_query *query, struct model_row *ret_rows)
{
  static struct model_row known[ROWS], given[ROWS];
  size_t n = 0, m = 0, kept = 0;
  for (size_t i = 0; i < model->count; i++)
    if (in_bounds (query, &model->rows[i].record))
      known[n++] = model->rows[i];
  qsort (known, n, sizeof *known, compare_rows);
  for (size_t i = 0; i < n; i++)
    {
      bool holds = i + 1 == n || compare_about (&known[i].record, &known[i + 1].record) != 0, newest = true;
      for (size_t j = 0; j < n && query->latest; j++)
        newest &= compare_series (&known[i].record, &known[j].record) != 0
                  || epoch_of (&known[j].record) <= epoch_of (&known[i].record);
      if ((holds || query->all_revisions) && newest && in_area (query, &known[i].record))
        given[m++] = known[i];
    }
  for (size_t i = 0; i < m; i++)
    {
      size_t before = 0;
      for (size_t j = 0; j < m; j++)
        before += given[j].record.valid_s > given[i].record.valid_s
                  || (given[j].record.valid_s == given[i].record.valid_s && j < i);
      if (query->limit == 0 || before < (size_t) query->limit)
        ret_rows[kept++] = given[i];
    }
  return kept;
}

/* --- questions --- */

static void
ask_at_random (struct model *model, struct sf_store_query *query, enum sf_record_kind kind)
{
  unsigned *state = &model->state;
  sf_store_query_init (query, kind);
  if (random_below (state, 2))
    {
      query->feeds = FEEDS + random_below (state, 2);
      query->feeds_count = random_below (state, 2);
    }
  if (random_below (state, 2))
    {
      query->subjects = SUBJECTS + random_below (state, 2);
      query->subjects_count = random_below (state, 3);
    }
  if (random_below (state, 3) == 0)
    query->quantity = PICK (model, QUANTITIES);
  if (random_below (state, 2))
    query->from_s = STORE_T0 + (int64_t) random_below (state, 96) * 3600;
  if (random_below (state, 2))
    query->to_s = STORE_T0 + (int64_t) random_below (state, 96) * 3600;
  if (random_below (state, 2))
    query->as_of_s = STORE_T0 + (int64_t) random_below (state, 96) * 3600;
  query->latest = random_below (state, 3) == 0;
  query->all_revisions = random_below (state, 2);
  query->limit = random_below (state, 3) ? 0 : (long) random_below (state, 30);
  if (store_has_days (kind) && random_below (state, 3) == 0)
    {
      query->west_deg = random_between (state, -50, 50);
      query->east_deg = random_between (state, -50, 50);
      query->south_deg = random_between (state, -50, 0);
      query->north_deg = random_between (state, 0, 50);
    }
}

static void
check_answer (struct sf_store *store, const struct model *model, const struct sf_store_query *query)
{
  static struct model_row expected[ROWS];
  struct store_rows rows = { 0 };
  size_t count = answer (model, query, expected);
  store_collect (store, query, &rows);
  ck_assert_uint_eq (rows.count, count);
  for (size_t i = 0; i < count; i++)
    {
      store_assert_same (&rows.rows[i].record, &expected[i].record);
      ck_assert_mem_eq (rows.rows[i].origin.sha256.bytes, expected[i].origin.sha256.bytes, 8);
      ck_assert_uint_eq (rows.rows[i].origin.place, expected[i].origin.place);
      bool again = i + 1 < count && compare_about (&expected[i].record, &expected[i + 1].record) == 0;
      if (query->all_revisions && query->limit == 0 && isnan (query->west_deg))
        ck_assert_int_eq (rows.rows[i].holds, !again);
      if (i > 0 && query->all_revisions && query->limit == 0 && isnan (query->west_deg)
          && compare_about (&expected[i - 1].record, &expected[i].record) == 0)
        ck_assert_int_eq (rows.rows[i].rank, rows.rows[i - 1].rank + 1);
    }
  store_rows_finish (&rows);
}

static void
put_shuffled (struct model *model, const char *dir, struct sf_key *ret_digest)
{
  struct sf_error err = { 0 };
  static size_t order[2 * ROWS];
  struct sf_store *store = store_open (dir, SF_STORE_WRITE);
  bool seen[ROWS] = { false };
  for (size_t i = 0; i < 2 * ROWS; i++)
    order[i] = i % ROWS;
  for (size_t i = 2 * ROWS - 1; i > 0; i--)
    {
      size_t j = random_below (&model->state, (unsigned) i + 1), swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
  for (size_t i = 0; i < 2 * ROWS; i++)
    {
      const struct model_row *row = &model->rows[order[i]];
      bool is_new = false;
      ck_assert_msg (sf_store_put (store, &row->record, &row->origin, &is_new, &err) == SF_OK, "%s", err.message);
      ck_assert_int_eq (is_new, !seen[order[i]]);
      seen[order[i]] = true;
      if (random_below (&model->state, 40) == 0)
        ck_assert_msg (sf_store_commit (store, &err) == SF_OK, "%s", err.message);
      if (random_below (&model->state, 200) == 0)
        {
          ck_assert_msg (sf_store_commit (store, &err) == SF_OK, "%s", err.message);
          sf_store_close (store);
          store = store_open (dir, SF_STORE_WRITE);
        }
    }
  ck_assert_msg (sf_store_commit (store, &err) == SF_OK, "%s", err.message);
  store_digest (store, ret_digest, ROWS);
  sf_store_close (store);
}

START_TEST (answers_like_the_model)
{
  static struct model model;
  struct sf_key first, second;
  char one[32], other[32];
  model.state = random_seed () + (unsigned) _i;
  fill_model (&model, (enum sf_record_kind) _i);
  put_shuffled (&model, store_folder (one), &first);
  put_shuffled (&model, store_folder (other), &second);
  ck_assert_mem_eq (first.bytes, second.bytes, sizeof first.bytes);
  struct sf_store *store = store_open (one, SF_STORE_READ);
  for (int i = 0; i < QUESTIONS; i++)
    {
      struct sf_store_query query;
      ask_at_random (&model, &query, (enum sf_record_kind) _i);
      check_answer (store, &model, &query);
    }
  sf_store_close (store);
  sf_arena_finish (&model.arena);
  ck_assert_int_eq (sf_file_remove_tree (one, NULL), SF_OK);
  ck_assert_int_eq (sf_file_remove_tree (other, NULL), SF_OK);
}
END_TEST

/* --- quality control --- */

/* The rows that hold of the series of one row, from the first `known` of the model, in order of time. */
static size_t
series_of (const struct model *model, size_t known, const struct model_row *like, size_t *ret_numbers)
{
  size_t n = 0;
  for (size_t i = 0; i < known; i++)
    {
      bool holds = compare_series (&model->rows[i].record, &like->record) == 0;
      for (size_t j = 0; j < known && holds; j++)
        holds = compare_about (&model->rows[i].record, &model->rows[j].record) != 0
                || compare_rows (&model->rows[i], &model->rows[j]) >= 0;
      if (holds)
        ret_numbers[n++] = i;
    }
  for (size_t i = 1; i < n; i++)
    for (size_t j = i;
         j > 0 && model->rows[ret_numbers[j]].record.valid_s < model->rows[ret_numbers[j - 1]].record.valid_s; j--)
      {
        size_t swap = ret_numbers[j];
        ret_numbers[j] = ret_numbers[j - 1];
        ret_numbers[j - 1] = swap;
      }
  return n;
}

static struct sf_store_series
name_of (const struct sf_record *record)
{
  bool observed = record->kind == SF_RECORD_OBSERVATION;
  return (struct sf_store_series){ .kind = record->kind,
                                   .feed = record->feed,
                                   .subject = subject_of (record),
                                   .quantity = observed ? record->as.observation.quantity : NULL,
                                   .period_s = observed ? record->as.observation.period_s : 0 };
}

static void
check_sample (const struct sf_store_sample *sample, const struct sf_record *record)
{
  bool observed = record->kind == SF_RECORD_OBSERVATION;
  double lon_deg = observed ? record->as.observation.lon_deg : record->as.position.lon_deg;
  ck_assert_int_eq (sample->valid_s, record->valid_s);
  ck_assert_int_eq (sample->received_s, record->received_s);
  ck_assert_uint_eq (sample->quality, record->quality);
  ck_assert (isnan (lon_deg) ? isnan (sample->lon_deg) : sample->lon_deg == lon_deg);
  if (observed && !isnan (record->as.observation.value))
    ck_assert_double_eq (sample->value, record->as.observation.value);
}

/* Ask for a stretch of a series and judge one of its rows, in the store and in the model. */
static void
ask_and_judge (struct sf_store *store, struct model *model, size_t known)
{
  static size_t numbers[ROWS];
  struct sf_error err = { 0 };
  struct sf_arena arena = { 0 };
  struct sf_store_sample *samples = NULL;
  const struct model_row *like = &model->rows[random_below (&model->state, (unsigned) known)];
  struct sf_store_series name = name_of (&like->record);
  size_t all = series_of (model, known, like, numbers), first = 0, count = 0, given = 0;
  int64_t from_s
      = random_below (&model->state, 3) ? STORE_T0 + random_below (&model->state, 96) * 3600 : SF_TIME_MISSING;
  int64_t to_s = random_below (&model->state, 3) ? STORE_T0 + random_below (&model->state, 96) * 3600 : SF_TIME_MISSING;
  long limit = (long) random_below (&model->state, 7) - 3;
  while (first < all && from_s != SF_TIME_MISSING && model->rows[numbers[first]].record.valid_s < from_s)
    first++;
  while (first + count < all && (to_s == SF_TIME_MISSING || model->rows[numbers[first + count]].record.valid_s <= to_s))
    count++;
  if (limit > 0 && count > (size_t) limit)
    {
      first += count - (size_t) limit;
      count = (size_t) limit;
    }
  if (limit < 0 && count > (size_t) -limit)
    count = (size_t) -limit;
  ck_assert_msg (sf_store_samples (store, &arena, &name, from_s, to_s, limit, &samples, &given, &err) == SF_OK, "%s",
                 err.message);
  ck_assert_uint_eq (given, count);
  for (size_t i = 0; i < count; i++)
    check_sample (&samples[i], &model->rows[numbers[first + i]].record);
  if (count > 0)
    {
      size_t pick = random_below (&model->state, (unsigned) count);
      struct sf_record *record = &model->rows[numbers[first + pick]].record;
      record->quality = (uint8_t) random_below (&model->state, 10);
      record->doubt = PICK (model, WORDS);
      ck_assert_msg (sf_store_judge (store, &name, &samples[pick], record->quality, record->doubt, &err) == SF_OK, "%s",
                     err.message);
    }
  sf_arena_finish (&arena);
}

START_TEST (judges_like_the_model)
{
  static struct model model;
  struct sf_error err = { 0 };
  char dir[32];
  enum sf_record_kind kind = _i ? SF_RECORD_POSITION : SF_RECORD_OBSERVATION;
  model.state = random_seed () + (unsigned) _i;
  fill_model (&model, kind);
  struct sf_store *store = store_open (store_folder (dir), SF_STORE_WRITE);
  for (size_t i = 0; i < ROWS; i++)
    {
      ck_assert_msg (sf_store_put (store, &model.rows[i].record, &model.rows[i].origin, NULL, &err) == SF_OK, "%s",
                     err.message);
      ask_and_judge (store, &model, i + 1);
      if (random_below (&model.state, 50) == 0)
        ck_assert_msg (sf_store_commit (store, &err) == SF_OK, "%s", err.message);
    }
  ck_assert_msg (sf_store_commit (store, &err) == SF_OK, "%s", err.message);
  for (int i = 0; i < QUESTIONS; i++)
    {
      struct sf_store_query query;
      ask_at_random (&model, &query, kind);
      check_answer (store, &model, &query);
    }
  sf_store_close (store);
  ck_assert_int_eq (sf_file_remove_tree (dir, NULL), SF_OK);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("store_random");
  TCase *tcase = tcase_create ("store_random");
  tcase_set_timeout (tcase, 120);
  tcase_add_loop_test (tcase, answers_like_the_model, 0, SF_RECORD_KINDS);
  tcase_add_loop_test (tcase, judges_like_the_model, 0, 2);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
