/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"
#include "tests/conformance/mill.h"

#include <check.h>
#include <iconv.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- one run --- */

struct pass
{
  enum sf_code code;
  struct sf_error err;
  size_t records, rejects;
  struct sf_strbuf wire, signatures, reasons;
  const char *what;
};

static enum sf_code
take_record (void *ctx, const struct sf_record *record, struct sf_error *err)
{
  struct pass *pass = ctx;
  struct sf_error fault;
  enum sf_code code = sf_record_check (record, &fault);
  ck_assert_msg (code == SF_OK, "%s: record %zu: %s", pass->what, pass->records, fault.message);
  ck_assert_int_ge (record->valid_s, -5000000000);
  ck_assert_int_le (record->valid_s, 6000000000);
  if (record->kind == SF_RECORD_TRACK)
    ck_assert_msg (isfinite (record->as.track.lon_deg) && isfinite (record->as.track.lat_deg) && record->as.track.storm,
                   "%s: record %zu has no place or no storm", pass->what, pass->records);
  ck_assert_msg ((record->doubt != NULL) == (record->quality % SF_QUALITY_MISSING >= SF_QUALITY_ORIGINAL_DOUBTFUL),
                 "%s: record %zu: quality %d and doubt do not agree", pass->what, pass->records, record->quality);
  pass->records++;
  struct sf_record moved = *record;
  moved.source_line = 0;
  sf_record_format_json (&moved, &pass->signatures);
  sf_strbuf_add (&pass->signatures, "\n");
  return sf_record_encode (record, &pass->wire, err);
}

static void
take_reject (void *ctx, long line, const char *reason, const char *bytes, size_t length)
{
  struct pass *pass = ctx;
  ck_assert_msg (reason && reason[0] && sf_text_is_utf8 ((const uint8_t *) reason, strlen (reason)) && line >= 0,
                 "%s: a rejection without a readable reason", pass->what);
  ck_assert_msg (bytes || !length, "%s: a rejection without its piece", pass->what);
  pass->rejects++;
  sf_strbuf_addf (&pass->reasons, "%ld %s\n", line, reason);
}

static const struct sf_vocabulary *the_vocabulary;

void
mill_begin (const struct sf_vocabulary *vocabulary)
{
  the_vocabulary = vocabulary;
}

static void *
open_decoder (const struct sf_plugin *plugin, struct sf_arena *arena, struct sf_error *err)
{
  static const struct sf_option none[] = { { .name = NULL } };
  struct sf_host host = { .struct_size = sizeof host,
                          .component = "mill",
                          .clock_s = INT64_MIN,
                          .vocabulary = the_vocabulary,
                          .share_folder = TEST_SRCDIR "/share" };
  struct sf_settings *settings;
  struct sf_yaml *given = NULL;
  void *state = NULL;
  char path[512];
  snprintf (path, sizeof path, "%s/tests/conformance/samples/%s.yaml", TEST_SRCDIR, plugin->name);
  if (sf_file_exists (path) && sf_yaml_load (arena, path, &given, err) != SF_OK)
    return NULL;
  if (sf_settings_parse (arena, plugin->options ? plugin->options : none, given, NULL, &settings, err) != SF_OK)
    return NULL;
  host.settings = settings;
  return plugin->as.decoder->open (&host, &state, err) == SF_OK ? state : NULL;
}

static void
run_pass (const struct sf_plugin *plugin, void *state, const char *what, const void *bytes, size_t length,
          struct pass *ret_pass)
{
  struct sf_message message = { "mill", "sample", NULL, bytes, length, 1700000000 };
  *ret_pass = (struct pass){ .what = what };
  struct sf_sink sink = { ret_pass, take_record, take_reject };
  ret_pass->code = plugin->as.decoder->decode (state, &message, &sink, &ret_pass->err);
}

static void
finish_pass (struct pass *pass)
{
  sf_strbuf_finish (&pass->wire);
  sf_strbuf_finish (&pass->signatures);
  sf_strbuf_finish (&pass->reasons);
}

static bool
same_bytes (const struct sf_strbuf *a, const struct sf_strbuf *b)
{
  return a->length == b->length && (!a->length || !memcmp (a->text, b->text, a->length));
}

static void
compare_passes (const struct pass *a, const struct pass *b, const char *what, const char *which)
{
  ck_assert_msg (a->code == b->code, "%s: %s gives %s after %s", what, which, sf_code_name (b->code),
                 sf_code_name (a->code));
  ck_assert_msg (same_bytes (&a->wire, &b->wire), "%s: %s gives other records", what, which);
  ck_assert_msg (same_bytes (&a->reasons, &b->reasons), "%s: %s gives other reasons", what, which);
}

void
mill_run (const struct sf_plugin *plugin, const char *what, const void *bytes, size_t length,
          struct mill_result *ret_result)
{
  struct pass first, again, fresh;
  struct sf_arena arena = { 0 };
  struct sf_error err = { 0 };
  /* A block of exactly this size, so that a sanitizer sees a read past the end. */
  uint8_t *exact = malloc (length ? length : 1);
  if (length)
    memcpy (exact, bytes, length);
  void *used = open_decoder (plugin, &arena, &err), *other = open_decoder (plugin, &arena, &err);
  ck_assert_msg (used && other, "%s: %s", what, err.message);
  run_pass (plugin, used, what, exact, length, &first);
  run_pass (plugin, used, what, exact, length, &again);
  run_pass (plugin, other, what, exact, length, &fresh);
  compare_passes (&first, &again, what, "a used state");
  compare_passes (&first, &fresh, what, "a fresh state");
  ck_assert_msg (first.code == SF_OK || first.code == SF_EFORMAT, "%s: %s: %s", what, sf_code_name (first.code),
                 first.err.message);
  ck_assert_msg (first.code == SF_OK
                     || (first.err.message[0]
                         && sf_text_is_utf8 ((const uint8_t *) first.err.message, strlen (first.err.message))),
                 "%s: refused without readable words", what);
  plugin->as.decoder->close (used);
  plugin->as.decoder->close (other);
  sf_arena_finish (&arena);
  free (exact);
  finish_pass (&again);
  finish_pass (&fresh);
  *ret_result = (struct mill_result){ .code = first.code,
                                      .err = first.err,
                                      .records = first.records,
                                      .rejects = first.rejects,
                                      .wire = first.wire,
                                      .signatures = first.signatures };
  sf_strbuf_finish (&first.reasons);
}

void
mill_result_finish (struct mill_result *result)
{
  sf_strbuf_finish (&result->wire);
  sf_strbuf_finish (&result->signatures);
}

static void
run_and_forget (const struct mill_sample *sample, const char *kind, size_t at, const void *bytes, size_t length)
{
  char what[256];
  struct mill_result result;
  snprintf (what, sizeof what, "%s: %s at %zu", sample->path, kind, at);
  mill_run (sample->plugin, what, bytes, length, &result);
  mill_result_finish (&result);
}

static uint8_t *
copy_of (const struct mill_sample *sample)
{
  uint8_t *bytes = malloc (sample->length + 1);
  memcpy (bytes, sample->bytes, sample->length);
  bytes[sample->length] = 0;
  return bytes;
}

/* --- damage --- */

void
mill_good (const struct mill_sample *sample)
{
  struct mill_result result;
  mill_run (sample->plugin, sample->path, sample->bytes, sample->length, &result);
  ck_assert_msg (result.code == SF_OK, "%s: %s", sample->path, result.err.message);
  ck_assert_msg (result.records > 0 && result.rejects == 0, "%s: %zu records, %zu rejected", sample->path,
                 result.records, result.rejects);
  ck_assert_int_ge (sample->plugin->as.decoder->identify (sample->bytes, sample->length), 50);
  mill_result_finish (&result);
}

void
mill_truncated (const struct mill_sample *sample)
{
  for (size_t length = 0; length < sample->length; length++)
    run_and_forget (sample, "truncated", length, sample->bytes, length);
}

void
mill_flipped (const struct mill_sample *sample, unsigned seed)
{
  uint8_t *bytes = copy_of (sample);
  srand (seed);
  for (size_t i = 0; i < sample->length; i++)
    {
      uint8_t bit = (uint8_t) (1 << (rand () % 8));
      bytes[i] ^= bit;
      (void) sample->plugin->as.decoder->identify (bytes, sample->length);
      run_and_forget (sample, "one bit flipped", i, bytes, sample->length);
      bytes[i] ^= bit;
    }
  free (bytes);
}

void
mill_zeroed (const struct mill_sample *sample)
{
  uint8_t *bytes = copy_of (sample);
  for (size_t i = 0; i < sample->length; i++)
    {
      bytes[i] = 0;
      run_and_forget (sample, "NUL", i, bytes, sample->length);
      bytes[i] = sample->bytes[i];
    }
  free (bytes);
}

static bool
is_digit (uint8_t c)
{
  return c >= '0' && c <= '9';
}

/* The bytes [begin, end) replaced by text, terminated, in a new block. */
static uint8_t *
replaced (const struct mill_sample *sample, size_t begin, size_t end, const char *text, size_t *ret_length)
{
  size_t inserted = strlen (text);
  uint8_t *bytes = malloc (sample->length - (end - begin) + inserted + 1);
  memcpy (bytes, sample->bytes, begin);
  memcpy (bytes + begin, text, inserted);
  memcpy (bytes + begin + inserted, sample->bytes + end, sample->length - end);
  *ret_length = sample->length - (end - begin) + inserted;
  return bytes;
}

void
mill_numbers (const struct mill_sample *sample)
{
  static const char *const values[] = { "99999999999999999999", "2147483648", "nan", "inf", "1e999", "-1", "" };
  for (size_t begin = 0, end; begin < sample->length; begin = end + 1)
    {
      for (end = begin; end < sample->length && is_digit (sample->bytes[end]); end++)
        ;
      for (size_t i = 0; end > begin && i < sizeof values / sizeof values[0]; i++)
        {
          size_t length;
          uint8_t *bytes = replaced (sample, begin, end, values[i], &length);
          run_and_forget (sample, values[i], begin, bytes, length);
          free (bytes);
        }
    }
}

void
mill_far_future (const struct mill_sample *sample)
{
  uint8_t *bytes = copy_of (sample);
  for (size_t i = 0; i + 2 <= sample->length; i++)
    if (is_digit (bytes[i]) && (i == 0 || !is_digit (bytes[i - 1])) && !memcmp (bytes + i, "20", 2))
      memcpy (bytes + i, "99", 2);
  run_and_forget (sample, "far future", 0, bytes, sample->length);
  free (bytes);
}

static char *
converted (const struct mill_sample *sample, const char *charset, size_t *ret_length)
{
  size_t room = 4 * sample->length + 16, left = room, in_left = sample->length;
  char *out = malloc (room), *to = out, *from = (char *) sample->bytes;
  iconv_t converter = iconv_open (charset, "UTF-8");
  ck_assert (converter != (iconv_t) -1);
  size_t done = iconv (converter, &from, &in_left, &to, &left);
  ck_assert_msg (done != (size_t) -1, "%s cannot be written in %s", sample->path, charset);
  iconv_close (converter);
  *ret_length = room - left;
  return out;
}

void
mill_charsets (const struct mill_sample *sample)
{
  static const char *const charsets[] = { "GBK", "UTF-16LE", "UTF-16BE", "UTF-16" };
  struct mill_result plain, wide;
  size_t length;
  char *bytes = NULL;
  if (sample->is_binary)
    return;
  for (size_t i = 0; i < sizeof charsets / sizeof charsets[0]; i++)
    {
      free (bytes);
      bytes = converted (sample, charsets[i], &length);
      run_and_forget (sample, charsets[i], 0, bytes, length);
    }
  mill_run (sample->plugin, sample->path, sample->bytes, sample->length, &plain);
  mill_run (sample->plugin, "UTF-16 with a mark", bytes, length, &wide);
  ck_assert_msg (same_bytes (&plain.wire, &wide.wire), "%s: UTF-16 with a mark gives other records (%s)", sample->path,
                 wide.err.message);
  mill_result_finish (&plain);
  mill_result_finish (&wide);
  free (bytes);
}

/* --- lines and points in another order --- */

struct lines
{
  struct sf_span items[256];
  size_t count;
};

static struct lines
split_lines (const struct mill_sample *sample)
{
  struct lines lines = { .count = 0 };
  const char *from = (const char *) sample->bytes, *end = from + sample->length;
  while (from < end && lines.count < 256)
    {
      const char *newline = memchr (from, '\n', (size_t) (end - from));
      const char *next = newline ? newline + 1 : end;
      lines.items[lines.count++] = (struct sf_span){ from, (size_t) (next - from) };
      from = next;
    }
  return lines;
}

void
mill_order (const struct mill_sample *sample)
{
  struct lines lines = split_lines (sample);
  struct sf_strbuf reversed = { 0 }, twice = { 0 };
  for (size_t i = lines.count; i > 0; i--)
    sf_strbuf_add_bytes (&reversed, lines.items[i - 1].text, lines.items[i - 1].length);
  for (size_t i = 0; i < 2 * lines.count; i++)
    sf_strbuf_add_bytes (&twice, lines.items[i / 2].text, lines.items[i / 2].length);
  run_and_forget (sample, "lines reversed", 0, reversed.text, reversed.length);
  run_and_forget (sample, "lines doubled", 0, twice.text, twice.length);
  sf_strbuf_reset (&twice);
  sf_strbuf_add_bytes (&twice, sample->bytes, sample->length);
  sf_strbuf_add_bytes (&twice, sample->bytes, sample->length);
  run_and_forget (sample, "the whole doubled", 0, twice.text, twice.length);
  sf_strbuf_finish (&reversed);
  sf_strbuf_finish (&twice);
}

/* Whether the lines of a stand in b in the same order, with others between them. */
static bool
is_subsequence (const struct sf_strbuf *a, const struct sf_strbuf *b)
{
  struct sf_span left = { a->text, a->length }, right = { b->text, b->length }, wanted, line;
  long number = 0;
  while (sf_text_next_line (&left, &wanted, &number))
    {
      bool found = false;
      while (!found && sf_text_next_line (&right, &line, &number))
        found = line.length == wanted.length && !memcmp (line.text, wanted.text, line.length);
      if (!found)
        return false;
    }
  return true;
}

static void
check_neighbour (const struct mill_sample *sample, const struct mill_result *good, const char *what, const char *bytes,
                 size_t length, bool must_reject)
{
  struct mill_result result;
  mill_run (sample->plugin, what, bytes, length, &result);
  ck_assert_msg (result.code == SF_OK, "%s: %s: %s", sample->path, what, result.err.message);
  ck_assert_msg (is_subsequence (&good->signatures, &result.signatures), "%s: %s: a good piece was lost", sample->path,
                 what);
  ck_assert_msg (!must_reject || result.rejects > 0, "%s: %s: nothing was rejected", sample->path, what);
  mill_result_finish (&result);
}

/* Whether a decoder reads what stands one after the other: two of a thing give twice its records. Others hold a file or a
   frame for one thing, and whatever stands before it spoils it. */
static bool
reads_in_rows (const struct mill_sample *sample, const struct mill_result *good)
{
  struct sf_strbuf twice = { 0 };
  struct mill_result result;
  sf_strbuf_add_bytes (&twice, sample->bytes, sample->length);
  sf_strbuf_add_bytes (&twice, sample->bytes, sample->length);
  mill_run (sample->plugin, "two of it", twice.text, twice.length, &result);
  bool both = result.code == SF_OK && result.records == 2 * good->records;
  mill_result_finish (&result);
  sf_strbuf_finish (&twice);
  return both;
}

/* Messages of bytes stand in a file one after the other: rubbish, a piece of one and a whole one between them. */
static void
neighbour_bytes (const struct mill_sample *sample, const struct mill_result *good)
{
  static const struct sf_span garbage[] = { { "garbage\n", 8 }, { "\xff\xfe\x80\0", 4 }, { "", 0 } };
  for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++)
    for (size_t cut = 0; cut < sample->length; cut += 1 + sample->length / 16)
      {
        struct sf_strbuf text = { 0 };
        char what[64];
        sf_strbuf_add_bytes (&text, garbage[i].text, garbage[i].length);
        sf_strbuf_add_bytes (&text, sample->bytes, cut);
        sf_strbuf_add_bytes (&text, garbage[i].text, garbage[i].length);
        sf_strbuf_add_bytes (&text, sample->bytes, sample->length);
        sf_strbuf_add_bytes (&text, garbage[i].text, garbage[i].length);
        snprintf (what, sizeof what, "garbage %zu and %zu bytes before the message", i, cut);
        check_neighbour (sample, good, what, text.text, text.length, false);
        sf_strbuf_finish (&text);
      }
}

static void
neighbour_lines (const struct mill_sample *sample, const struct mill_result *good)
{
  static const struct sf_span garbage[] = { { "garbage\n", 8 },
                                            { "\xff\xfe\x80 1 2 3\n", 10 },
                                            { "a\0b\0c\n", 6 },
                                            { "nan nan nan nan nan nan nan\n", 28 },
                                            { ",,,,,,,,,,,,,,,,,,\n", 19 },
                                            { "9999999999 9 999 9999 9999 999\n", 31 } };
  struct lines lines = split_lines (sample);
  /* The first line may be the header of a table, which the rest hangs on. */
  for (size_t i = 1; i <= lines.count; i++)
    for (size_t k = 0; k < sizeof garbage / sizeof garbage[0]; k++)
      {
        struct sf_strbuf text = { 0 };
        char what[64];
        for (size_t j = 0; j < lines.count; j++)
          {
            if (j == i)
              sf_strbuf_add_bytes (&text, garbage[k].text, garbage[k].length);
            sf_strbuf_add_bytes (&text, lines.items[j].text, lines.items[j].length);
          }
        if (i == lines.count)
          sf_strbuf_add_bytes (&text, garbage[k].text, garbage[k].length);
        snprintf (what, sizeof what, "garbage %zu before line %zu", k, i + 1);
        check_neighbour (sample, good, what, text.text, text.length, true);
        sf_strbuf_finish (&text);
      }
}

/* The longest list of lists or objects in a JSON value: where the points are. */
static json_t *
longest_list (json_t *value)
{
  json_t *best = NULL, *item, *found;
  const char *key;
  size_t index;
  json_array_foreach (value, index, item) if (json_is_array (item) || json_is_object (item))
  {
    found = longest_list (item);
    if (json_array_size (found) > json_array_size (best))
      best = found;
  }
  json_object_foreach (value, key, item)
  {
    found = longest_list (item);
    if (json_array_size (found) > json_array_size (best))
      best = found;
  }
  json_t *first = json_array_get (value, 0);
  bool is_points = json_is_object (first) || (json_is_array (first) && json_array_size (first) >= 3);
  return is_points && json_array_size (value) >= json_array_size (best) ? value : best;
}

static void
neighbour_points (const struct mill_sample *sample, const struct mill_result *good)
{
  static const char *const garbage[]
      = { "null", "7", "\"x\"", "[]", "{}", "[1e308,\"x\",null]", "{\"time\":1,\"lng\":1e308}", "[[[[]]]]" };
  const char *text = (const char *) sample->bytes, *open = memchr (text, '{', sample->length);
  const char *end = text + sample->length;
  while (end[-1] != '}')
    end--;
  for (size_t k = 0; k < sizeof garbage / sizeof garbage[0]; k++)
    for (size_t at = 0;; at++)
      {
        json_t *root = json_loadb (open, (size_t) (end - open), 0, NULL), *list = longest_list (root);
        ck_assert_msg (list != NULL, "%s: no list of points found", sample->path);
        bool inside = at <= json_array_size (list);
        if (inside)
          {
            char what[64];
            json_array_insert_new (list, at, json_loads (garbage[k], JSON_DECODE_ANY, NULL));
            char *dump = json_dumps (root, JSON_COMPACT);
            snprintf (what, sizeof what, "%s as point %zu", garbage[k], at);
            check_neighbour (sample, good, what, dump, strlen (dump), true);
            free (dump);
          }
        json_decref (root);
        if (!inside)
          break;
      }
}

void
mill_bad_neighbours (const struct mill_sample *sample)
{
  struct mill_result good;
  mill_run (sample->plugin, sample->path, sample->bytes, sample->length, &good);
  if (sample->is_json)
    neighbour_points (sample, &good);
  else if (!sample->is_binary)
    neighbour_lines (sample, &good);
  else if (reads_in_rows (sample, &good))
    neighbour_bytes (sample, &good);
  mill_result_finish (&good);
}

/* --- memory and floods --- */

static void
check_starved (const struct mill_sample *sample, long n, const struct pass *pass, const struct mill_result *good)
{
  if (pass->code == SF_OK)
    ck_assert_msg (same_bytes (&pass->wire, &good->wire), "%s: allocation %ld fails: records are lost in silence",
                   sample->path, n);
  else
    ck_assert_msg (pass->err.message[0], "%s: allocation %ld fails without words", sample->path, n);
}

/* Text samples are taken many times over, so that texts, too, meet the end of an arena's block. */
static struct mill_sample
enlarged (const struct mill_sample *sample)
{
  size_t copies = sample->is_json ? 1 : 100;
  uint8_t *bytes = malloc (copies * sample->length + 1);
  struct mill_sample large = *sample;
  for (size_t i = 0; i < copies; i++)
    memcpy (bytes + i * sample->length, sample->bytes, sample->length);
  large.bytes = bytes;
  large.length = copies * sample->length;
  return large;
}

/* False when the n-th allocation was never asked for. */
static bool
starve_at (const struct mill_sample *sample, long n, const struct mill_result *good)
{
  struct sf_arena arena = { 0 };
  struct sf_error err = { 0 };
  struct pass pass = { 0 };
  sf_mem_fail_at (n, 0);
  void *state = open_decoder (sample->plugin, &arena, &err);
  if (state)
    run_pass (sample->plugin, state, sample->path, sample->bytes, sample->length, &pass);
  bool reached = sf_mem_count () >= n;
  sf_mem_fail_at (0, 0);
  /* The sink of the test allocates too: a failure there says nothing of the decoder. */
  if (state && !pass.wire.failed && !pass.signatures.failed && !pass.reasons.failed)
    check_starved (sample, n, &pass, good);
  sample->plugin->as.decoder->close (state);
  finish_pass (&pass);
  sf_arena_finish (&arena);
  return reached;
}

void
mill_memory (const struct mill_sample *sample)
{
  struct mill_sample large = enlarged (sample);
  struct mill_result good;
  long n = 1;
  mill_run (large.plugin, large.path, large.bytes, large.length, &good);
  while (starve_at (&large, n, &good))
    n++;
  ck_assert_msg (n > 3, "%s: only %ld allocations were seen", sample->path, n - 1);
  mill_result_finish (&good);
  free ((void *) large.bytes);
}

static void
flood (const struct sf_plugin *plugin, const char *piece, size_t total)
{
  size_t length = strlen (piece), count = total / length;
  char *bytes = malloc (count * length + 1);
  struct mill_result result;
  for (size_t i = 0; i < count; i++)
    memcpy (bytes + i * length, piece, length);
  mill_run (plugin, piece, bytes, count * length, &result);
  ck_assert_msg (result.code == SF_EFORMAT, "%s: a flood of '%.20s' is taken", plugin->name, piece);
  mill_result_finish (&result);
  free (bytes);
}

/* Well-formed JSON of a few bytes a value must be refused before it grows a hundredfold in memory. Only JSON decoders
   get so far; to the others it is one more line that is none of theirs. */
static void
flood_of_values (const struct sf_plugin *plugin)
{
  static const char head[] = "{\"typhoon\":[", tail[] = "{}]}";
  struct sf_strbuf text = { 0 };
  struct mill_result result;
  sf_strbuf_add (&text, head);
  for (int i = 0; i < 600000; i++)
    sf_strbuf_add (&text, "{},");
  sf_strbuf_add (&text, tail);
  ck_assert (!text.failed);
  mill_run (plugin, "a flood of values", text.text, text.length, &result);
  ck_assert_int_eq (result.code, SF_EFORMAT);
  ck_assert_msg (!strstr (plugin->name, "json") || strstr (result.err.message, "JSON values"), "%s: %s", plugin->name,
                 result.err.message);
  mill_result_finish (&result);
  sf_strbuf_finish (&text);
}

void
mill_floods (const struct sf_plugin *plugin)
{
  struct mill_result result;
  mill_run (plugin, "an empty message", "", 0, &result);
  ck_assert_int_eq (result.code, SF_EFORMAT);
  mill_result_finish (&result);
  flood (plugin, "A", 10 << 20);
  flood (plugin, "[", 10 << 20);
  flood (plugin, "{\"a\":", 10 << 20);
  flood_of_values (plugin);
  flood (plugin, "\n", 1 << 20);
  flood (plugin, "A,", 1 << 20);
  flood (plugin, "BUFR", 1 << 20);
  flood (plugin, "66666 0000    1 0015 1409 0 6 Rammasun 20150324\n", 1 << 20);
}
