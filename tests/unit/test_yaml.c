/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/yaml.h"
#include "core/base/file.h"
#include "tests/unit/base.h"

#include <stdio.h>
#include <unistd.h>

static struct sf_arena arena;

static enum sf_code
parse (const char *text, struct sf_yaml **ret_root, struct sf_error *err)
{
  return sf_yaml_parse (&arena, "a.yaml", (const uint8_t *) text, strlen (text), ret_root, err);
}

/* The tree of a text that must parse. */
static const struct sf_yaml *
tree (const char *text)
{
  struct sf_yaml *root = NULL;
  ck_done (parse (text, &root, err));
  return root;
}

static void
check_refused (const char *text, enum sf_code code, const char *words)
{
  struct sf_yaml *root = NULL;
  ck_fails (parse (text, &root, err), code, words);
  ck_assert_ptr_null (root);
  sf_arena_reset (&arena);
}

static const char SAMPLE[] = "# a scenario\n"
                             "name: Rammasun 2014\n"
                             "step: 1h\n"
                             "'quoted key': \"a\\tb\"\n"
                             "empty:\n"
                             "grids:\n"
                             "  - {name: sea, step_deg: 0.05}\n"
                             "  - name: province\n"
                             "    step_deg: 0.01\n"
                             "note: >\n"
                             "  two\n"
                             "  lines\n"
                             "zh: 海南\n";

START_TEST (a_document_is_a_tree)
{
  const struct sf_yaml *root = tree (SAMPLE);
  ck_assert_int_eq (root->kind, SF_YAML_MAPPING);
  ck_assert_uint_eq (root->count, 7);
  ck_assert_str_eq (sf_yaml_text (root, "name", "-"), "Rammasun 2014");
  ck_assert_str_eq (sf_yaml_text (root, "quoted key", "-"), "a\tb");
  ck_assert_str_eq (sf_yaml_text (root, "empty", "-"), "");
  ck_assert_str_eq (sf_yaml_text (root, "note", "-"), "two lines\n");
  ck_assert_str_eq (sf_yaml_text (root, "zh", "-"), "海南");
  ck_assert_str_eq (sf_yaml_text (root, "grids", "-"), "-");
  ck_assert_str_eq (sf_yaml_text (NULL, "x", "-"), "-");
  ck_assert (sf_yaml_get (root, "quoted key")->quoted && !sf_yaml_get (root, "name")->quoted);
  const struct sf_yaml *grids = sf_yaml_get (root, "grids");
  ck_assert_int_eq (grids->kind, SF_YAML_SEQUENCE);
  ck_assert_uint_eq (grids->count, 2);
  ck_assert_str_eq (sf_yaml_text (grids->items[1], "step_deg", "-"), "0.01");
  ck_assert_ptr_null (grids->items[1]->key);
  ck_assert_str_eq (sf_yaml_get (grids->items[1], "name")->key, "name");
  ck_assert_ptr_null (sf_yaml_get (grids, "name"));
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (nodes_know_where_they_stand)
{
  const struct sf_yaml *root = tree (SAMPLE), *step = sf_yaml_get (sf_yaml_get (root, "grids")->items[1], "step_deg");
  ck_assert_str_eq (step->file, "a.yaml");
  ck_assert_int_eq (step->line, 9);
  ck_assert_int_eq (step->column, 15);
  ck_assert_int_eq (sf_yaml_get (root, "zh")->column, 5);
  ck_assert_int_eq (root->keys[6]->line, 13);
  struct sf_error error = { 0 };
  ck_assert_int_eq (sf_yaml_fail (&error, SF_ERANGE, step, "too %s", "fine"), SF_ERANGE);
  ck_assert_str_eq (error.message, "a.yaml:9:15: too fine");
  ck_assert_int_eq (sf_yaml_fail (NULL, SF_ERANGE, step, "x"), SF_ERANGE);
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (empty_documents_are_empty_mappings)
{
  static const char *const texts[]
      = { "", "# only a comment\n", "---\n", "---\n...\n", "\n\n", "\xEF\xBB\xBF# mark\n" };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    {
      const struct sf_yaml *root = tree (texts[i]);
      ck_assert_int_eq (root->kind, SF_YAML_MAPPING);
      ck_assert_uint_eq (root->count, 0);
    }
  ck_assert_str_eq (sf_yaml_text (tree ("\xEF\xBB\xBF"
                                        "a: 1\n"),
                                  "a", "-"),
                    "1");
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (aliases_stand_for_their_anchors)
{
  const struct sf_yaml *root = tree ("base: &b {x: 1, y: [2, 3]}\nsame: *b\nlist: [*b]\nword: &w sea\nagain: *w\n");
  const struct sf_yaml *same = sf_yaml_get (root, "same");
  ck_assert_str_eq (sf_yaml_text (same, "x", "-"), "1");
  ck_assert_int_eq (same->line, 2);
  ck_assert_int_eq (same->column, 7);
  ck_assert_str_eq (same->key, "same");
  ck_assert_ptr_null (sf_yaml_get (root, "list")->items[0]->key);
  ck_assert_str_eq (sf_yaml_text (root, "again", "-"), "sea");
  root = tree ("a: &x 1\nb: &x 2\nc: *x\n");
  ck_assert_str_eq (sf_yaml_text (root, "c", "-"), "2");
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (what_is_refused)
{
  check_refused ("a: 1\nb: 2\na: 3\n", SF_ECONFLICT, "a.yaml:3:1: key 'a' stands already in line 1");
  check_refused ("x: {a: 1, 'a': 2}\n", SF_ECONFLICT, "a.yaml:1:11: key 'a'");
  check_refused ("a: !!int 3\n", SF_EUNSUPPORTED, "a.yaml:1:4: tags");
  check_refused ("a: !local [1]\n", SF_EUNSUPPORTED, "tags");
  check_refused ("b: &b {x: 1}\nc:\n  <<: *b\n", SF_EUNSUPPORTED, "a.yaml:3:3: merge keys");
  check_refused ("? [a, b]\n: c\n", SF_EFORMAT, "a.yaml:1:3: a key must be a plain text");
  check_refused ("a: &k x\n*k : y\n", SF_EFORMAT, "a.yaml:2:1: a key must be a plain text");
  check_refused ("a: *nothing\n", SF_EFORMAT, "a.yaml:1:4: this alias");
  check_refused ("a: &a [1, *a]\n", SF_EFORMAT, "a.yaml:1:11: this alias");
  check_refused ("a: 1\n---\nb: 2\n", SF_EFORMAT, "a second document");
  check_refused ("a: \"x\\0y\"\n", SF_EFORMAT, "a.yaml:1:4: a text must not hold a NUL");
  check_refused ("a: [1, 2\nb: 3\n", SF_EFORMAT, "a.yaml:2:");
  check_refused ("a:\n\tb: 3\n", SF_EFORMAT, "a.yaml:2:1");
  check_refused ("a: b: c\n", SF_EFORMAT, "a.yaml:1:5");
  check_refused ("a: \"open\n", SF_EFORMAT, "a.yaml:");
  check_refused ("a: 1\nb: \xB7\xE7\n", SF_EFORMAT, "a.yaml:2: byte 0xB7 is not UTF-8");
  check_refused ("\xFF\xFE"
                 "a",
                 SF_EFORMAT, "a.yaml:1: byte 0xFF");
  struct sf_yaml *root = NULL;
  ck_fails (sf_yaml_parse (&arena, "a.yaml", (const uint8_t *) "a: 1\nb: \0\n", 10, &root, err), SF_EFORMAT,
            "a.yaml:2: byte 0x00");
  ck_assert_int_eq (parse ("a: [", &root, NULL), SF_EFORMAT);
  sf_arena_finish (&arena);
}
END_TEST

/* "Billion laughs": ten anchors, each ten times the one before. */
START_TEST (aliases_are_bounded)
{
  char text[2000];
  size_t at = (size_t) snprintf (text, sizeof text, "l0: &l0 ha\n");
  for (int i = 1, p = 0; i < 10; p = i++)
    at += (size_t) snprintf (text + at, sizeof text - at,
                             "l%d: &l%d [*l%d,*l%d,*l%d,*l%d,*l%d,*l%d,*l%d,*l%d,*l%d,*l%d]\n", i, i, p, p, p, p, p, p,
                             p, p, p, p);
  ck_assert_uint_lt (at, sizeof text);
  struct sf_yaml *root = NULL;
  ck_fails (parse (text, &root, err), SF_ERANGE, "more than 1000000 nodes");
  ck_assert_uint_lt (arena.total_bytes, 200000);
  sf_arena_finish (&arena);
}
END_TEST

static char *
nested (int depth)
{
  char *text = sf_arena_calloc (&arena, 1, 2 * (size_t) depth + 1);
  memset (text, '[', (size_t) depth);
  memset (text + depth, ']', (size_t) depth);
  return text;
}

START_TEST (depth_is_bounded)
{
  struct sf_yaml *root = NULL;
  ck_done (parse (nested (64), &root, err));
  root = NULL;
  ck_fails (parse (nested (65), &root, err), SF_ERANGE, "a.yaml:1:65: nested deeper than 64");
  ck_fails (parse (nested (100000), &root, err), SF_ERANGE, "nested deeper than 64");
  char text[4000];
  size_t at = (size_t) snprintf (text, sizeof text, "a0: &a0 [x]\n");
  for (int i = 1; i < 70; i++)
    at += (size_t) snprintf (text + at, sizeof text - at, "a%d: &a%d [*a%d]\n", i, i, i - 1);
  ck_fails (parse (text, &root, err), SF_ERANGE, "nested deeper than 64");
  ck_assert_ptr_null (root);
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (many_keys_are_quick_and_complete)
{
  size_t room = 800000, at = 0;
  char *text = sf_arena_alloc (&arena, room);
  for (int i = 0; i < 20000; i++)
    at += (size_t) snprintf (text + at, room - at, "key%d: %d\n", i * 7919 % 20000, i);
  const struct sf_yaml *root = tree (text);
  ck_assert_uint_eq (root->count, 20000);
  ck_assert_str_eq (root->items[12345]->text, "12345");
  snprintf (text + at, room - at, "key77: again\n");
  struct sf_yaml *none = NULL;
  ck_fails (parse (text, &none, err), SF_ECONFLICT, "a.yaml:20001:1: key 'key77'");
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (typed_readings)
{
  const struct sf_yaml *root
      = tree ("d: 19.9\ni: -42\nb: yes\nbad: abc\nlist: [1, x]\nhuge: 1e999\nzh: 九\nnone:\nq: \"5\"\n");
  double d = -77;
  int64_t i = -77;
  bool b = false;
  ck_done (sf_yaml_double (sf_yaml_get (root, "d"), &d, err));
  ck_assert_double_eq (d, 19.9);
  ck_done (sf_yaml_int (sf_yaml_get (root, "i"), &i, err));
  ck_assert_int_eq (i, -42);
  ck_done (sf_yaml_bool (sf_yaml_get (root, "b"), &b, err));
  ck_assert (b);
  ck_done (sf_yaml_int (sf_yaml_get (root, "q"), &i, err));
  ck_assert_int_eq (i, 5);
  ck_fails (sf_yaml_double (sf_yaml_get (root, "bad"), &d, err), SF_ETYPE,
            "a.yaml:4:6: bad: expected a number, got 'abc'");
  ck_fails (sf_yaml_int (sf_yaml_get (root, "d"), &i, err), SF_ETYPE, "d: expected a whole number, got '19.9'");
  ck_fails (sf_yaml_bool (sf_yaml_get (root, "i"), &b, err), SF_ETYPE, "i: expected true or false, got '-42'");
  ck_fails (sf_yaml_double (sf_yaml_get (root, "list"), &d, err), SF_ETYPE, "list: expected a number, got a list");
  ck_fails (sf_yaml_double (sf_yaml_get (root, "list")->items[1], &d, err), SF_ETYPE, "a.yaml:5:11: expected a number");
  ck_fails (sf_yaml_double (sf_yaml_get (root, "huge"), &d, err), SF_ETYPE, "1e999");
  ck_fails (sf_yaml_double (sf_yaml_get (root, "none"), &d, err), SF_ETYPE, "none: expected a number, got ''");
  ck_assert_double_eq (d, 19.9);
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (strange_keys_are_named)
{
  static const char *const allowed[] = { "name", "step", "grids", NULL }, *const nothing[] = { NULL };
  ck_done (sf_yaml_check_keys (tree ("step: 1\nname: x\n"), allowed, err));
  ck_fails (sf_yaml_check_keys (tree ("name: x\ngirds: 1\n"), allowed, err), SF_EINVAL,
            "a.yaml:2:1: unknown key 'girds'; did you mean 'grids'?");
  ck_fails (sf_yaml_check_keys (tree ("pressure: x\n"), allowed, err), SF_EINVAL, "known are: name, step, grids");
  ck_fails (sf_yaml_check_keys (tree ("pressure: x\n"), nothing, err), SF_EINVAL, "known are: none");
  ck_fails (sf_yaml_check_keys (tree ("[1]"), allowed, err), SF_ETYPE,
            "a.yaml:1:1: expected a mapping (key: value), got a list");
  ck_fails (sf_yaml_check_keys (sf_yaml_get (tree ("grid: sea\n"), "grid"), allowed, err), SF_ETYPE,
            "grid: expected a mapping (key: value), got a text");
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (numbers_are_read_by_a_table)
{
  double one = 0, list[2] = { 0 };
  const struct sf_yaml_number numbers[] = { { "one", 0, 5, &one, 0 }, { "list", -1, 1, list, 2 } };
  const struct sf_yaml *node = NULL;
  ck_done (sf_yaml_numbers (tree ("list: [0.5, -1]\none: 5\nmore: x\n"), numbers, 2, err));
  ck_assert_double_eq (one, 5);
  ck_assert_double_eq (list[1], -1);
  ck_fails (sf_yaml_numbers (tree ("one: 6\n"), numbers, 2, err), SF_ERANGE, "a.yaml:1:6: one: 6 is outside 0 to 5");
  ck_fails (sf_yaml_numbers (tree ("one: nan\n"), numbers, 2, err), SF_ETYPE, "one: expected a number");
  ck_fails (sf_yaml_numbers (tree ("one: [1]\n"), numbers, 2, err), SF_ETYPE, "'one' wants a text, not a list");
  ck_fails (sf_yaml_numbers (tree ("one: 1\n"), numbers, 2, err), SF_EINVAL, "'list' is missing");
  ck_fails (sf_yaml_numbers (tree ("one: 1\nlist: [0]\n"), numbers, 2, err), SF_EINVAL, "must be a list of 2 numbers");
  ck_fails (sf_yaml_numbers (tree ("one: 1\nlist: [0, 3]\n"), numbers, 2, err), SF_ERANGE, "3 is outside -1 to 1");
  ck_fails (sf_yaml_need (tree ("a: 1\n"), "a", SF_YAML_MAPPING, &node, err), SF_ETYPE, "'a' wants a mapping");
  ck_assert_ptr_null (node);
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (files_load)
{
  char path[] = "yaml.XXXXXX";
  struct sf_yaml *root = NULL;
  int fd = mkstemp (path);
  ck_assert_int_ge (fd, 0);
  close (fd);
  ck_done (sf_file_write (path, "a: 1\n", 5, err));
  enum sf_code code = sf_yaml_load (&arena, path, &root, NULL);
  unlink (path);
  ck_assert_int_eq (code, SF_OK);
  ck_assert_str_eq (sf_yaml_get (root, "a")->file, path);
  ck_fails (sf_yaml_load (&arena, "absent.yaml", &root, err), SF_ENOTFOUND, "absent.yaml: cannot open");
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (memory_out_at_every_place)
{
  enum sf_code code = SF_ENOMEM;
  long n = 1;
  for (; code != SF_OK && n < 10000; n++)
    {
      struct sf_yaml *root = NULL;
      sf_mem_fail_at (n, 0);
      code = parse ("a: &x [1, 2, {b: c}]\nd: *x\ne: {f: g, h: i}\n", &root, NULL);
      sf_mem_fail_at (0, 0);
      ck_assert_msg (code == SF_OK || code == SF_ENOMEM, "allocation %ld: %s", n, sf_code_name (code));
      ck_assert_int_eq (root != NULL, code == SF_OK);
      sf_arena_finish (&arena);
    }
  ck_assert_int_eq (code, SF_OK);
  ck_assert_int_gt (n, 4);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { a_document_is_a_tree,
                                 nodes_know_where_they_stand,
                                 empty_documents_are_empty_mappings,
                                 aliases_stand_for_their_anchors,
                                 what_is_refused,
                                 aliases_are_bounded,
                                 depth_is_bounded,
                                 many_keys_are_quick_and_complete,
                                 typed_readings,
                                 strange_keys_are_named,
                                 numbers_are_read_by_a_table,
                                 files_load,
                                 memory_out_at_every_place,
                                 NULL };
  return run_tests ("yaml", tests);
}
