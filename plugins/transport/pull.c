/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/pull.h"

#include "core/base/file.h"
#include "core/base/text.h"

#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

void
pull_alarm_raise (struct pull_alarm *alarm, const struct sf_inlet *inlet, const char *format, ...)
{
  char text[sizeof alarm->text];
  va_list args;
  va_start (args, format);
  vsnprintf (text, sizeof text, format, args);
  va_end (args);
  text[sf_text_utf8_prefix ((const uint8_t *) text, strlen (text))] = '\0';
  if (!strcmp (text, alarm->text))
    return;
  memcpy (alarm->text, text, sizeof text);
  inlet->trouble (inlet->ctx, alarm->name, alarm->text);
}

void
pull_alarm_end (struct pull_alarm *alarm, const struct sf_inlet *inlet)
{
  if (!alarm->text[0])
    return;
  alarm->text[0] = '\0';
  inlet->trouble (inlet->ctx, alarm->name, NULL);
}

struct pull_patience
pull_patience_of (const struct sf_settings *settings, int64_t first_ms)
{
  return (struct pull_patience){ .first_ms = first_ms, .longest_ms = sf_settings_int (settings, "retry") * 1000 };
}

void
pull_patience_lose (struct pull_patience *patience, int64_t now_ms)
{
  patience->wait_ms = patience->wait_ms > 0 ? patience->wait_ms * 2 : patience->first_ms;
  if (patience->wait_ms > patience->longest_ms)
    patience->wait_ms = patience->longest_ms;
  patience->until_ms = now_ms + patience->wait_ms;
}

enum sf_code
pull_digest (const char *about, const void *bytes, size_t length, char digest[SF_KEY_TEXT_BYTES], struct sf_error *err)
{
  struct sf_key key;
  struct sf_hash *hash = sf_hash_new ();
  if (!hash)
    return sf_fail (err, SF_ENOMEM, "out of memory for a digest");
  sf_hash_add_text (hash, about);
  sf_hash_add (hash, bytes, length);
  enum sf_code code = sf_hash_finish (hash, &key, err);
  sf_hash_free (hash);
  if (code == SF_OK)
    sf_key_format (&key, digest);
  return code;
}

/* --- secrets --- */

enum
{
  SECRET_FILE_BYTES = 65536,
  BEGINNING_BYTES = 4 /* of a secret that are worth hiding */
};

static enum sf_code
read_secrets (struct pull_secrets *secrets, const char *path, struct sf_error *err)
{
  uint8_t *bytes;
  size_t length, capacity = 0;
  long number = 0;
  struct sf_span line;
  SF_TRY (sf_file_read (&secrets->arena, path, SECRET_FILE_BYTES, &bytes, &length, err));
  struct sf_span rest = { (const char *) bytes, length };
  for (size_t i = 0; i < length; i++)
    capacity += bytes[i] == '=';
  secrets->names = sf_arena_calloc (&secrets->arena, 2 * (capacity + 1), sizeof *secrets->names);
  if (!secrets->names)
    return sf_fail (err, SF_ENOMEM, "out of memory for %s", path);
  secrets->values = secrets->names + capacity + 1;
  while (sf_text_next_line (&rest, &line, &number))
    {
      const char *equals = memchr (line.text, '=', line.length);
      struct sf_span trimmed = sf_span_trim (line);
      if (trimmed.length == 0 || trimmed.text[0] == '#')
        continue;
      if (!equals)
        return sf_fail (err, SF_EFORMAT, "%s:%ld: a line must be NAME=VALUE", path, number);
      struct sf_span name = sf_span_trim ((struct sf_span){ line.text, (size_t) (equals - line.text) });
      struct sf_span value
          = sf_span_trim ((struct sf_span){ equals + 1, line.length - (size_t) (equals - line.text) - 1 });
      secrets->names[secrets->count] = sf_arena_strndup (&secrets->arena, name.text, name.length);
      secrets->values[secrets->count] = sf_arena_strndup (&secrets->arena, value.text, value.length);
      if (!secrets->names[secrets->count] || !secrets->values[secrets->count])
        return sf_fail (err, SF_ENOMEM, "out of memory for %s", path);
      secrets->count++;
    }
  return SF_OK;
}

enum sf_code
pull_secrets_load (struct pull_secrets *secrets, const char *path, struct sf_error *err)
{
  struct stat info;
  if (!path)
    return SF_OK;
  if (stat (path, &info) < 0)
    return sf_fail (err, SF_ENOTFOUND, "secret_file %s: %s", path, strerror (errno));
  if (info.st_mode & S_IRWXO)
    return sf_fail (err, SF_EINVAL, "secret_file %s is open to everybody on this machine: chmod o-rwx it", path);
  enum sf_code code = read_secrets (secrets, path, err);
  if (code != SF_OK)
    pull_secrets_finish (secrets);
  return code;
}

void
pull_secrets_finish (struct pull_secrets *secrets)
{
  sf_arena_finish (&secrets->arena);
  *secrets = (struct pull_secrets){ 0 };
}

const char *
pull_secret (const struct pull_secrets *secrets, const char *name)
{
  for (size_t i = 0; i < secrets->count; i++)
    if (!strcmp (secrets->names[i], name))
      return secrets->values[i];
  return NULL;
}

/* A secret that was cut at the end of a text. */
static void
mask_beginning (const char *secret, char *text)
{
  size_t whole = strlen (secret), end = strlen (text);
  for (size_t length = whole > 0 ? whole - 1 : 0; length >= BEGINNING_BYTES; length--)
    if (length <= end && !memcmp (text + end - length, secret, length))
      {
        memset (text + end - length, '*', length);
        return;
      }
}

void
pull_secrets_mask (const struct pull_secrets *secrets, char *text)
{
  for (size_t i = 0; i < secrets->count; i++)
    {
      size_t length = strlen (secrets->values[i]);
      for (char *found = text; length > 0 && (found = strstr (found, secrets->values[i])); found += length)
        memset (found, '*', length);
      mask_beginning (secrets->values[i], text);
    }
}

/* --- names of hosts --- */

struct pull_lookup
{
  struct gaicb request;
  struct addrinfo hints;
  char host[];
};

struct pull_lookup *
pull_lookup_new (const char *host)
{
  size_t length = strlen (host) + 1;
  struct pull_lookup *lookup = sf_mem_calloc (1, sizeof *lookup + length);
  if (!lookup)
    return NULL;
  memcpy (lookup->host, host, length);
  lookup->hints.ai_socktype = SOCK_STREAM;
  lookup->request = (struct gaicb){ .ar_name = lookup->host, .ar_request = &lookup->hints };
  struct gaicb *list[] = { &lookup->request };
  if (getaddrinfo_a (GAI_NOWAIT, list, 1, NULL) == 0)
    return lookup;
  sf_mem_free (lookup);
  return NULL;
}

void
pull_lookup_free (struct pull_lookup *lookup)
{
  if (!lookup)
    return;
  if (gai_error (&lookup->request) == EAI_INPROGRESS && gai_cancel (&lookup->request) == EAI_NOTCANCELED)
    return; /* the library writes into it until it gives up: waiting for that would hold the process up */
  if (lookup->request.ar_result)
    freeaddrinfo (lookup->request.ar_result);
  sf_mem_free (lookup);
}

enum pull_lookup_state
pull_lookup_look (struct pull_lookup *lookup, const char **ret_why)
{
  int error = gai_error (&lookup->request);
  if (error == EAI_INPROGRESS)
    return PULL_LOOKUP_PENDING;
  if (error == 0)
    return PULL_LOOKUP_FOUND;
  *ret_why = gai_strerror (error);
  return PULL_LOOKUP_FAILED;
}
