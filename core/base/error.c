/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Drop a UTF-8 character that the end of the buffer cut in two. */
static void
trim_partial_utf8 (char *text)
{
  size_t n = strlen (text), back = 0;
  while (back < 3 && back < n && ((unsigned char) text[n - 1 - back] & 0xC0) == 0x80)
    back++;
  if (back == n)
    return;
  unsigned char lead = (unsigned char) text[n - 1 - back];
  size_t need = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  if (need > back)
    text[n - 1 - back] = '\0';
}

enum sf_code (sf_fail) (struct sf_error *err, enum sf_code code, const char *format, ...)
{
  if (!err)
    return code;
  /* Arguments may point into err->message itself. */
  char text[sizeof err->message];
  va_list args;
  va_start (args, format);
  vsnprintf (text, sizeof text, format, args);
  va_end (args);
  trim_partial_utf8 (text);
  err->code = code;
  memcpy (err->message, text, sizeof text);
  return code;
}

enum sf_code (sf_error_prefix) (struct sf_error *err, enum sf_code code, const char *format, ...)
{
  if (!err)
    return code;
  char text[sizeof err->message];
  va_list args;
  va_start (args, format);
  vsnprintf (text, sizeof text, format, args);
  va_end (args);
  strncat (text, ": ", sizeof text - 1 - strlen (text));
  strncat (text, err->message, sizeof text - 1 - strlen (text));
  trim_partial_utf8 (text);
  err->code = code;
  memcpy (err->message, text, sizeof text);
  return code;
}

const char *
sf_code_name (enum sf_code code)
{
  switch (code)
    {
#define SF_CODE_NAME(name, en, zh)                                                                                     \
  case name:                                                                                                           \
    return #name;
      SF_CODES (SF_CODE_NAME)
#undef SF_CODE_NAME
    }
  return "SF_UNKNOWN";
}

const char *
sf_code_text (enum sf_code code, int zh)
{
  switch (code)
    {
#define SF_CODE_TEXT(name, en, cn)                                                                                     \
  case name:                                                                                                           \
    return zh ? cn : en;
      SF_CODES (SF_CODE_TEXT)
#undef SF_CODE_TEXT
    }
  return zh ? "未知错误" : "unknown error";
}
