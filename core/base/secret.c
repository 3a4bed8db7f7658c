/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/secret.h"

#include <string.h>
#include <strings.h>

static const char *const PLACEHOLDER = "{secret:";

static bool
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

static bool
is_name_sign (char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool
ends_with (struct sf_span name, const char *tail)
{
  size_t length = strlen (tail);
  return name.length >= length && !strncasecmp (name.text + name.length - length, tail, length);
}

static bool
is_placeholder (struct sf_span value)
{
  return memmem (value.text, value.length, PLACEHOLDER, strlen (PLACEHOLDER)) != NULL;
}

static size_t
length_until (struct sf_span text, const char *signs)
{
  size_t length = 0;
  while (length < text.length && text.text[length] && !strchr (signs, text.text[length]))
    length++;
  return length;
}

/* --- before the @ of an address --- */

/* A user, a colon and a password before the last @ of what stands before the path; of tokens (NATS) without the colon, too. */
static bool
find_before_at (struct sf_span rest, bool may_be_token, struct sf_span *ret_secret)
{
  rest.length = length_until (rest, "/?# \t\r\n'\"");
  const char *at = memrchr (rest.text, '@', rest.length);
  if (!at)
    return false;
  struct sf_span user = { rest.text, (size_t) (at - rest.text) };
  const char *colon = memchr (user.text, ':', user.length);
  if (!colon && !may_be_token)
    return false;
  const char *begin = colon ? colon + 1 : user.text;
  *ret_secret = (struct sf_span){ begin, (size_t) (at - begin) };
  return ret_secret->length > 0 && !is_placeholder (user);
}

/* scheme: where "://" begins. */
static bool
find_in_address (struct sf_span text, size_t scheme, struct sf_span *ret_secret)
{
  struct sf_span before = { text.text, scheme };
  return find_before_at ((struct sf_span){ text.text + scheme + 3, text.length - scheme - 3 },
                         !ends_with (before, "postgresql") && !ends_with (before, "postgres"), ret_secret);
}

/* --- behind a name --- */

static bool
is_name_of_secret (struct sf_span name, bool *ret_to_the_end)
{
  static const char *const tails[]
      = { "password", "passwd", "pwd",        "passphrase", "secret",        "token",  "api_key",
          "api-key",  "apikey", "access_key", "access-key", "authorization", "cookie", "x-auth" };
  *ret_to_the_end = ends_with (name, "authorization") || ends_with (name, "cookie") || ends_with (name, "x-auth");
  for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
    if (ends_with (name, tails[i]))
      return true;
  return false;
}

/* The value that begins at `rest`: in quotes, to the end of the line, or to the next sign that parts values. */
static struct sf_span
value_at (struct sf_span rest, bool to_the_end)
{
  if (rest.length && (rest.text[0] == '\'' || rest.text[0] == '"'))
    {
      size_t length = 1;
      while (length < rest.length && rest.text[length] != rest.text[0])
        length += rest.text[length] == '\\' && length + 1 < rest.length ? 2 : 1;
      return (struct sf_span){ rest.text + 1, length - 1 };
    }
  rest.length = length_until (rest, to_the_end ? "\r\n" : " \t\r\n&;,'\"");
  return rest;
}

/* equals: where = or : stands. */
static bool
find_behind_name (struct sf_span text, size_t equals, struct sf_span *ret_secret)
{
  size_t end = equals, begin = equals + 1;
  bool to_the_end;
  while (end > 0 && (is_blank (text.text[end - 1]) || text.text[end - 1] == '"' || text.text[end - 1] == '\''))
    end--;
  size_t first = end, opened = strlen (PLACEHOLDER) - 1;
  if (equals >= opened && !memcmp (text.text + equals - opened, PLACEHOLDER, opened))
    return false;
  if (begin < text.length && text.text[equals] == ':' && text.text[begin] == ':') /* SQL names a type */
    return false;
  while (first > 0 && is_name_sign (text.text[first - 1]))
    first--;
  struct sf_span name = { text.text + first, end - first };
  bool is_parameter = first > 0 && (text.text[first - 1] == '?' || text.text[first - 1] == '&');
  if (!is_name_of_secret (name, &to_the_end) && !(is_parameter && ends_with (name, "key")))
    return false;
  while (begin < text.length && is_blank (text.text[begin]))
    begin++;
  *ret_secret = value_at ((struct sf_span){ text.text + begin, text.length - begin }, to_the_end);
  return ret_secret->length > 0 && !is_placeholder (*ret_secret);
}

bool
sf_secret_find (struct sf_span text, struct sf_span *ret_secret)
{
  struct sf_span secret;
  for (size_t i = 0; i < text.length; i++)
    {
      bool address = text.length - i > 3 && !memcmp (text.text + i, "://", 3);
      if ((address && find_in_address (text, i, &secret)) || (i == 0 && find_before_at (text, false, &secret))
          || (!address && (text.text[i] == '=' || text.text[i] == ':') && find_behind_name (text, i, &secret)))
        {
          *ret_secret = secret;
          return true;
        }
    }
  return false;
}

void
sf_secret_mask (char *text)
{
  struct sf_span rest = sf_span_of (text), secret;
  while (sf_secret_find (rest, &secret))
    {
      size_t begin = (size_t) (secret.text - text);
      memset (text + begin, '*', secret.length);
      rest = sf_span_of (text + begin + secret.length);
    }
}
