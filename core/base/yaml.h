/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_BASE_YAML_H
#define SF_CORE_BASE_YAML_H

#include "core/base/error.h"
#include "core/base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A YAML document as a tree of nodes that know where they stand. Scalars are texts: types come from whoever asks, never
   from guessing. All in the arena. Anchors and aliases are resolved (bounded): an alias is a node with its own place
   and shared children. Tags, merge keys, a duplicate key, a key that is not a text, a second document, NUL and what is
   not UTF-8 are errors; so are more than 64 levels, 1000 anchors or 1000000 nodes (aliases counted as what they stand
   for). */
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
  int line, column;       /* from 1; 0 in a node that no text made, whose file is a word such as "--set" */
  const char *text;       /* of a scalar, terminated; "" for an empty one */
  bool quoted;            /* a scalar in quotes */
  size_t count;           /* items of a sequence, pairs of a mapping */
  struct sf_yaml **items; /* of a sequence, or the values of a mapping */
  struct sf_yaml **keys;  /* scalars; of a mapping */
  const char *key;        /* the text of the key whose value this is, else NULL */
};

/* Parse a document; file names it in messages. SF_EFORMAT with file:line:column. An empty document is an empty mapping.
   load takes files of up to 16 MiB. */
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

/* Put "file:line:column: " and, unless it is NULL, "what: " before the message of a code that is not SF_OK; returns the
   code. */
enum sf_code sf_yaml_prefix (struct sf_error *err, enum sf_code code, const struct sf_yaml *node, const char *what);

/* Fail at an unknown key with the nearest of the count allowed names, or all of them. */
enum sf_code sf_yaml_fail_key (struct sf_error *err, const struct sf_yaml *key, const char *const *allowed,
                               size_t count);
/* "a text", "a list", "a mapping": for messages. */
const char *sf_yaml_kind_name (enum sf_yaml_kind kind);

/* Check that node is a mapping with only these keys (a list that ends with NULL); else SF_EINVAL names the stranger and
   the nearest valid key. */
enum sf_code sf_yaml_check_keys (const struct sf_yaml *node, const char *const *allowed, struct sf_error *err);

/* Typed readings of a scalar node; errors name file, line, column, key and what was expected. */
enum sf_code sf_yaml_double (const struct sf_yaml *node, double *ret_value, struct sf_error *err);
enum sf_code sf_yaml_int (const struct sf_yaml *node, int64_t *ret_value, struct sf_error *err);
enum sf_code sf_yaml_bool (const struct sf_yaml *node, bool *ret_value, struct sf_error *err);

/* The value of a key that must be there and of a kind: SF_EINVAL when it is missing, SF_ETYPE when it is another. */
enum sf_code sf_yaml_need (const struct sf_yaml *owner, const char *key, enum sf_yaml_kind kind,
                           const struct sf_yaml **ret_node, struct sf_error *err);
/* A number from low to high; SF_ERANGE outside. */
enum sf_code sf_yaml_double_in (const struct sf_yaml *node, double low, double high, double *ret_value,
                                struct sf_error *err);

/* A number of a mapping, or a list of count of them, and where it goes. */
struct sf_yaml_number
{
  const char *key;
  double low, high, *into;
  size_t count; /* 0: a number, no list */
};

/* Read all numbers of a table out of a mapping; each must be there. Other keys are not looked at. */
enum sf_code sf_yaml_numbers (const struct sf_yaml *owner, const struct sf_yaml_number *numbers, size_t count,
                              struct sf_error *err);

#endif
