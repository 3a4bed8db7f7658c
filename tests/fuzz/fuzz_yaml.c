/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/yaml.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Every node has a place, a text, and children that are all there; the depth is bounded. */
static void
walk (const struct sf_yaml *node, int depth, long *left)
{
  if (depth > 64 || node->line < 1 || node->column < 1 || !node->text || !node->file || --*left < 0)
    abort ();
  for (size_t i = 0; i < node->count; i++)
    {
      if (node->kind == SF_YAML_MAPPING && node->keys[i]->kind != SF_YAML_SCALAR)
        abort ();
      if (node->kind == SF_YAML_MAPPING && sf_yaml_get (node, node->keys[i]->text) != node->items[i]
          && node->count < 100)
        abort ();
      walk (node->items[i], depth + 1, left);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  struct sf_arena arena = { 0 };
  struct sf_error err = { 0 };
  struct sf_yaml *root = NULL;
  long left = 1000000;
  enum sf_code code = sf_yaml_parse (&arena, "fuzz.yaml", data, size, &root, &err);
  if ((code == SF_OK) != (root != NULL) || code != err.code)
    abort ();
  if (root)
    walk (root, 1, &left);
  else if (strncmp (err.message, "fuzz.yaml:", 10) != 0)
    abort ();
  sf_arena_finish (&arena);
  return 0;
}
