/* SPDX-License-Identifier: Apache-2.0 */
/* The main of a fuzz_NAME_replay program: gives every file of the folders named as arguments to the fuzz target, as
   libFuzzer does, without clang. Without arguments it takes tests/fuzz/corpus/NAME below $srcdir. `make fuzz` builds
   the same program with SF_LIBFUZZER: its main is then libFuzzer's. */
#include "core/base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#ifndef SF_LIBFUZZER

enum
{
  FILE_BYTES_LIMIT = 64 * 1024 * 1024
};

/* The target gets a block of exactly the file's size, so that AddressSanitizer sees a read past its end. */
static enum sf_code
replay_file (struct sf_arena *arena, const char *path, struct sf_error *err)
{
  uint8_t *bytes, *exact;
  size_t length;
  SF_TRY (sf_file_read (arena, path, FILE_BYTES_LIMIT, &bytes, &length, err));
  exact = malloc (length ? length : 1);
  if (!exact)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", path);
  memcpy (exact, bytes, length);
  printf ("%s\n", path);
  fflush (stdout);
  LLVMFuzzerTestOneInput (exact, length);
  free (exact);
  return SF_OK;
}

static enum sf_code
replay_folder (struct sf_arena *arena, const char *folder, size_t *ret_count, struct sf_error *err)
{
  char **names;
  size_t count;
  SF_TRY (sf_file_list (arena, folder, &names, &count, err));
  for (size_t i = 0; i < count; i++)
    {
      char *path = sf_file_join (arena, folder, names[i]);
      if (!path)
        return sf_fail (err, SF_ENOMEM, "%s: out of memory", folder);
      if (!sf_file_is_folder (path))
        SF_TRY (replay_file (arena, path, err));
    }
  *ret_count += count;
  return SF_OK;
}

/* "tests/fuzz/fuzz_NAME_replay" -> "$srcdir/tests/fuzz/corpus/NAME". */
static char *
default_folder (struct sf_arena *arena, const char *program)
{
  const char *slash = strrchr (program, '/'), *name = slash ? slash + 1 : program;
  name += strncmp (name, "lt-", 3) == 0 ? 3 : 0;
  name += strncmp (name, "fuzz_", 5) == 0 ? 5 : 0;
  const char *end = strstr (name, "_replay");
  int length = end ? (int) (end - name) : (int) strlen (name);
  const char *source = getenv ("srcdir");
  return sf_arena_printf (arena, "%s/tests/fuzz/corpus/%.*s", source ? source : ".", length, name);
}

int
main (int argc, char **argv)
{
  struct sf_arena arena = { 0 };
  struct sf_error err = { 0 };
  size_t count = 0;
  enum sf_code code = SF_OK;
  if (argc < 2)
    code = replay_folder (&arena, default_folder (&arena, argv[0]), &count, &err);
  for (int i = 1; i < argc && code == SF_OK; i++)
    code = replay_folder (&arena, argv[i], &count, &err);
  sf_arena_finish (&arena);
  if (code != SF_OK)
    fprintf (stderr, "%s\n", err.message);
  else if (count == 0)
    fprintf (stderr, "the corpus is empty\n");
  else
    printf ("%zu files replayed\n", count);
  return code == SF_OK && count ? EXIT_SUCCESS : EXIT_FAILURE;
}

#else

/* What the sanitized build does not count as a leak does not count here. */
#include "core/plugin/leaks.c"

#endif
