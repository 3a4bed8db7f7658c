/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/sha256.h"

#include "core/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum
{
  READ_BYTES = 32 * 1024
};

struct sf_hash
{
  EVP_MD_CTX *context;
  bool failed;
};

struct sf_hash *
sf_hash_new (void)
{
  struct sf_hash *hash = sf_mem_calloc (1, sizeof *hash);
  if (!hash)
    return NULL;
  hash->context = EVP_MD_CTX_new ();
  if (!hash->context)
    {
      sf_mem_free (hash);
      return NULL;
    }
  hash->failed = EVP_DigestInit_ex (hash->context, EVP_sha256 (), NULL) != 1;
  return hash;
}

void
sf_hash_free (struct sf_hash *hash)
{
  if (!hash)
    return;
  EVP_MD_CTX_free (hash->context);
  sf_mem_free (hash);
}

void
sf_hash_add (struct sf_hash *hash, const void *bytes, size_t length)
{
  if (length && EVP_DigestUpdate (hash->context, bytes, length) != 1)
    hash->failed = true;
}

void
sf_hash_add_text (struct sf_hash *hash, const char *text)
{
  uint64_t length = text ? strlen (text) : UINT64_MAX;
  uint8_t prefix[8];
  for (int i = 0; i < 8; i++)
    prefix[i] = (uint8_t) (length >> (8 * i));
  sf_hash_add (hash, prefix, sizeof prefix);
  if (text)
    sf_hash_add (hash, text, length);
}

void
sf_hash_add_key (struct sf_hash *hash, const struct sf_key *key)
{
  sf_hash_add (hash, key->bytes, sizeof key->bytes);
}

enum sf_code
sf_hash_finish (struct sf_hash *hash, struct sf_key *ret_key, struct sf_error *err)
{
  struct sf_key key;
  unsigned length = 0;
  if (hash->failed || EVP_DigestFinal_ex (hash->context, key.bytes, &length) != 1 || length != sizeof key.bytes)
    {
      hash->failed = true;
      return sf_fail (err, SF_EIO, "SHA-256 failed in libcrypto, or the hash was finished before");
    }
  hash->failed = true;
  *ret_key = key;
  return SF_OK;
}

enum sf_code
sf_key_of_bytes (const void *bytes, size_t length, struct sf_key *ret_key, struct sf_error *err)
{
  struct sf_hash *hash = sf_hash_new ();
  if (!hash)
    return sf_fail (err, SF_ENOMEM, "out of memory for a hash");
  sf_hash_add (hash, bytes, length);
  enum sf_code code = sf_hash_finish (hash, ret_key, err);
  sf_hash_free (hash);
  return code;
}

static enum sf_code
hash_descriptor (struct sf_hash *hash, int fd, const char *path, struct sf_error *err)
{
  uint8_t buffer[READ_BYTES];
  for (;;)
    {
      ssize_t n = read (fd, buffer, sizeof buffer);
      if (n == 0)
        return SF_OK;
      if (n > 0)
        sf_hash_add (hash, buffer, (size_t) n);
      else if (errno != EINTR)
        return sf_fail (err, SF_EIO, "%s: cannot read: %m", path);
    }
}

enum sf_code
sf_key_of_file (const char *path, struct sf_key *ret_key, struct sf_error *err)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return sf_fail (err, errno == ENOENT ? SF_ENOTFOUND : SF_EIO, "%s: cannot open: %m", path);
  enum sf_code code = SF_ENOMEM;
  struct sf_hash *hash = sf_hash_new ();
  if (!hash)
    {
      sf_fail (err, code, "out of memory for a hash");
      goto out;
    }
  code = hash_descriptor (hash, fd, path, err);
  if (code == SF_OK)
    code = sf_hash_finish (hash, ret_key, err);
out:
  sf_hash_free (hash);
  close (fd);
  return code;
}

char *
sf_key_format (const struct sf_key *key, char buffer[SF_KEY_TEXT_BYTES])
{
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < sizeof key->bytes; i++)
    {
      buffer[2 * i] = digits[key->bytes[i] >> 4];
      buffer[2 * i + 1] = digits[key->bytes[i] & 15];
    }
  buffer[2 * sizeof key->bytes] = '\0';
  return buffer;
}

/* The value of a hexadecimal digit, -1 for anything else. */
static int
hex_value (char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

enum sf_code
sf_key_parse (const char *text, struct sf_key *ret_key, struct sf_error *err)
{
  struct sf_key key = { 0 };
  size_t length = strlen (text);
  bool good = length == 2 * sizeof key.bytes;
  for (size_t i = 0; good && i < length; i++)
    {
      int value = hex_value (text[i]);
      good = value >= 0;
      key.bytes[i / 2] = (uint8_t) (key.bytes[i / 2] << 4 | (value & 15));
    }
  if (!good)
    return sf_fail (err, SF_EFORMAT, "'%.80s' is not a key of 64 hexadecimal digits", text);
  *ret_key = key;
  return SF_OK;
}
