/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/sha256.h"
#include "tests/unit/base.h"

#include <stdio.h>
#include <unistd.h>

/* NIST, "Examples with Intermediate Values" for FIPS 180-4, SHA-256: "abc", the 448-bit message, and a million "a". */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define TWO_BLOCKS "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
#define MILLION "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
/* The empty message: NIST CAVP SHA256ShortMsg.rsp, Len = 0. */
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void
check_bytes (const char *bytes, const char *expected)
{
  struct sf_key key;
  char text[SF_KEY_TEXT_BYTES];
  ck_done (sf_key_of_bytes (bytes, strlen (bytes), &key, err));
  ck_assert_str_eq (sf_key_format (&key, text), expected);
}

START_TEST (standard_messages)
{
  check_bytes ("", EMPTY);
  check_bytes ("abc", ABC);
  check_bytes ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", TWO_BLOCKS);
}
END_TEST

START_TEST (pieces_and_files)
{
  char thousand[1000], text[SF_KEY_TEXT_BYTES], path[] = "sha256.XXXXXX";
  struct sf_key key;
  memset (thousand, 'a', sizeof thousand);
  struct sf_hash *hash = sf_hash_new ();
  int fd = mkstemp (path);
  ck_assert_int_ge (fd, 0);
  for (int i = 0; i < 1000; i++)
    {
      sf_hash_add (hash, thousand, sizeof thousand);
      ck_assert_int_eq (write (fd, thousand, sizeof thousand), sizeof thousand);
    }
  close (fd);
  ck_done (sf_hash_finish (hash, &key, err));
  ck_assert_str_eq (sf_key_format (&key, text), MILLION);
  ck_fails (sf_hash_finish (hash, &key, err), SF_EIO, "finished before");
  sf_hash_free (hash);
  memset (&key, 0, sizeof key);
  enum sf_code code = sf_key_of_file (path, &key, NULL);
  unlink (path);
  ck_assert_int_eq (code, SF_OK);
  ck_assert_str_eq (sf_key_format (&key, text), MILLION);
  ck_fails (sf_key_of_file ("no/such/file", &key, err), SF_ENOTFOUND, "no/such/file");
  ck_fails (sf_key_of_file (".", &key, err), SF_EIO, ".: cannot read");
}
END_TEST

static struct sf_key
key_of_texts (const char *a, const char *b)
{
  struct sf_key key;
  struct sf_hash *hash = sf_hash_new ();
  sf_hash_add_text (hash, a);
  sf_hash_add_text (hash, b);
  ck_done (sf_hash_finish (hash, &key, err));
  sf_hash_free (hash);
  return key;
}

START_TEST (texts_do_not_run_together)
{
  const char *const pairs[][2] = { { "ab", "c" }, { "a", "bc" }, { "abc", "" }, { "abc", NULL }, { NULL, "abc" } };
  for (int i = 0; i < 5; i++)
    for (int j = 0; j < 5; j++)
      {
        struct sf_key a = key_of_texts (pairs[i][0], pairs[i][1]), b = key_of_texts (pairs[j][0], pairs[j][1]);
        ck_assert_int_eq (memcmp (&a, &b, sizeof a) == 0, i == j);
      }
}
END_TEST

/* printf '\3\0\0\0\0\0\0\0abc' | sha256sum (coreutils): the length is 64-bit little-endian. */
START_TEST (layout_of_a_text)
{
  struct sf_key key;
  char text[SF_KEY_TEXT_BYTES];
  struct sf_hash *hash = sf_hash_new ();
  sf_hash_add_text (hash, "abc");
  ck_done (sf_hash_finish (hash, &key, err));
  sf_hash_free (hash);
  ck_assert_str_eq (sf_key_format (&key, text), "ce91dc5eec0139adf091900d225971d6ad246a845bad791b5693a9d0d55dd391");
  struct sf_key raw;
  ck_done (sf_key_of_bytes ("abc", 3, &raw, err));
  hash = sf_hash_new ();
  sf_hash_add_key (hash, &raw);
  ck_done (sf_hash_finish (hash, &key, err));
  sf_hash_free (hash);
  /* sha256sum of the 32 bytes of ABC above. */
  ck_assert_str_eq (sf_key_format (&key, text), "4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358");
}
END_TEST

START_TEST (keys_parse)
{
  struct sf_key key, same;
  char text[SF_KEY_TEXT_BYTES];
  ck_done (sf_key_parse (ABC, &key, err));
  ck_assert_str_eq (sf_key_format (&key, text), ABC);
  ck_done (sf_key_parse ("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", &same, err));
  ck_assert_int_eq (memcmp (&key, &same, sizeof key), 0);
  ck_fails (sf_key_parse (ABC "0", &same, err), SF_EFORMAT, "64 hexadecimal");
  ck_fails (sf_key_parse ("ba78", &same, err), SF_EFORMAT, "'ba78'");
  ck_fails (sf_key_parse ("ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", &same, err), SF_EFORMAT,
            "'ga78");
  ck_assert_int_eq (memcmp (&key, &same, sizeof key), 0);
}
END_TEST

START_TEST (memory_out)
{
  struct sf_key key;
  sf_mem_fail_at (1, 1);
  struct sf_hash *hash = sf_hash_new ();
  enum sf_code code = sf_key_of_bytes ("a", 1, &key, NULL);
  sf_mem_fail_at (0, 0);
  ck_assert_ptr_null (hash);
  ck_assert_int_eq (code, SF_ENOMEM);
  sf_hash_free (NULL);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = {
    standard_messages, pieces_and_files, texts_do_not_run_together, layout_of_a_text, keys_parse, memory_out, NULL
  };
  return run_tests ("sha256", tests);
}
