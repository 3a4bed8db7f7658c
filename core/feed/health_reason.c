/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/health_private.h"

#include "core/base/text.h"

#include <string.h>

/* What kind of a reason it is: reasons name lines, values, ports and stations, and each would be one of its own. */

static bool
is_word_byte (char c)
{
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr (".:-_/+%", c));
}

/* A word from text on; *ret_varies: there is a digit in it. What ends a sentence is no part of it. */
static size_t
word_length (const char *text, bool *ret_varies)
{
  size_t length = 0;
  *ret_varies = false;
  while (is_word_byte (text[length]))
    {
      *ret_varies |= text[length] >= '0' && text[length] <= '9';
      length++;
    }
  while (length > 1 && (text[length - 1] == '.' || text[length - 1] == ':'))
    length--;
  return length;
}

/* What is quoted, with its marks, from text on; 0: text begins with no mark that ends where a word does. */
static size_t
quoted_length (const char *text)
{
  const char *end = *text == '\'' || *text == '"' ? strchr (text + 1, *text) : NULL;
  return end && !is_word_byte (end[1] == ':' ? ' ' : end[1]) ? (size_t) (end - text) + 1 : 0;
}

void
sf_health_classify (const char *reason, char *class, size_t size)
{
  size_t length = 0;
  while (*reason && length + 1 < size)
    {
      bool varies = false;
      size_t quoted = quoted_length (reason), word = quoted ? 0 : word_length (reason, &varies);
      size_t taken = quoted ? quoted : word ? word : 1;
      if (quoted || varies)
        class[length++] = quoted ? '*' : '#';
      for (size_t i = 0; !quoted && !varies && i < taken && length + 1 < size; i++)
        class[length++] = reason[i];
      reason += taken;
    }
  class[sf_text_utf8_prefix ((const uint8_t *) class, length)] = '\0'; /* as the board keeps it */
}
