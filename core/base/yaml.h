/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_BASE_YAML_H
#define SF_CORE_BASE_YAML_H

#include "core/base/error.h"
#include "core/base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A YAML document as a tree of nodes that know where they stand. Scalars are texts: types come from whoever asks, never
   from guessing. All in the arena. Anchors and aliases are resolved (bounded); tags are refused; a duplicate key is an error. */
enum sf_yaml_kind
{
  SF_YAML_SCALAR,
  SF_YAML_SEQUENCE,
  SF_YAML_MAPPING
};

struct sf_yaml
{
  enum sf_yaml_kind kind;
  const char *file;
  int line, column;             /* from 1 */
  const char *text;             /* of a scalar, terminated; "" for an empty one */
  bool quoted;                  /* a scalar in quotes */
  size_t count;                 /* items of a sequence, pairs of a mapping */
  struct sf_yaml **items;       /* of a sequence, or the values of a mapping */
  struct sf_yaml **keys;        /* scalars; of a mapping */
};

/* Parse a document; file names it in messages. SF_EFORMAT with file:line:column. An empty document is an empty mapping. */
enum sf_code sf_yaml_parse (struct sf_arena *arena, const char *file, const uint8_t *bytes, size_t length,
                            struct sf_yaml **ret_root, struct sf_error *err);
enum sf_code sf_yaml_load (struct sf_arena *arena, const char *path, struct sf_yaml **ret_root, struct sf_error *err);

/* The value of a key of a mapping, or NULL when absent or when node is not a mapping (node may be NULL). */
const struct sf_yaml *sf_yaml_get (const struct sf_yaml *node, const char *key);
/* The text of a key's scalar, or fallback. */
const char *sf_yaml_text (const struct sf_yaml *node, const char *key, const char *fallback);

/* Fail with "file:line:column: text". */
enum sf_code sf_yaml_fail (struct sf_error *err, enum sf_code code, const struct sf_yaml *node, const char *format, ...)
    __attribute__ ((format (printf, 4, 5)));

/* Check that node is a mapping with only these keys (a list that ends with NULL); else SF_EINVAL names the stranger and
   the nearest valid key. */
enum sf_code sf_yaml_check_keys (const struct sf_yaml *node, const char *const *allowed, struct sf_error *err);

/* Typed readings of a scalar node; errors name file, line, column, key and what was expected. */
enum sf_code sf_yaml_double (const struct sf_yaml *node, double *ret_value, struct sf_error *err);
enum sf_code sf_yaml_int (const struct sf_yaml *node, int64_t *ret_value, struct sf_error *err);
enum sf_code sf_yaml_bool (const struct sf_yaml *node, bool *ret_value, struct sf_error *err);

#endif
