/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_BASE_SHA256_H
#define SF_CORE_BASE_SHA256_H

#include "core/base/error.h"

#include <stddef.h>
#include <stdint.h>

/* A SHA-256 digest (FIPS 180-4): the identity of bytes, settings and datasets. */
struct sf_key
{
  uint8_t bytes[32];
};

enum
{
  SF_KEY_TEXT_BYTES = 65
};

/* A running hash; new/free, NULL when memory is out. */
struct sf_hash *sf_hash_new (void);
void sf_hash_free (struct sf_hash *hash);
void sf_hash_add (struct sf_hash *hash, const void *bytes, size_t length);
/* Add a text with its length before it, so that ("ab","c") and ("a","bc") differ; NULL differs from "". */
void sf_hash_add_text (struct sf_hash *hash, const char *text);
void sf_hash_add_key (struct sf_hash *hash, const struct sf_key *key);
/* The digest of all added so far, once; SF_EIO when the library failed at any point or the hash was finished before. */
enum sf_code sf_hash_finish (struct sf_hash *hash, struct sf_key *ret_key, struct sf_error *err);

enum sf_code sf_key_of_bytes (const void *bytes, size_t length, struct sf_key *ret_key, struct sf_error *err);
enum sf_code sf_key_of_file (const char *path, struct sf_key *ret_key, struct sf_error *err);
char *sf_key_format (const struct sf_key *key, char buffer[SF_KEY_TEXT_BYTES]);
/* Parse 64 hexadecimal digits. */
enum sf_code sf_key_parse (const char *text, struct sf_key *ret_key, struct sf_error *err);

#endif
