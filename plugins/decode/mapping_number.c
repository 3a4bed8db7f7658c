/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/mapping_number.h"

/* Whether digits stand in groups: one to three, then threes. */
static bool
is_grouped (struct sf_span whole, char sign)
{
  size_t digits = 0, groups = 0;
  for (size_t i = 0; i < whole.length; i++)
    if (whole.text[i] != sign)
      digits++;
    else if (!digits || (groups++ ? digits != 3 : digits > 3))
      return false;
    else
      digits = 0;
  return !groups || digits == 3;
}

/* Put a number into the form that sf_text_parse_double reads: groups closed up, the decimal sign a point. False where a
   sign stands that was not declared, or not where it may. */
static bool
normalise (char decimal, char thousands, struct sf_span text, char number[SF_NUMBER_TEXT_BYTES],
           struct sf_span *ret_number)
{
  size_t begin = text.length && (text.text[0] == '-' || text.text[0] == '+'), end = begin, length = 0;
  if (text.length >= SF_NUMBER_TEXT_BYTES)
    return false;
  while (end < text.length
         && ((text.text[end] >= '0' && text.text[end] <= '9') || (thousands && text.text[end] == thousands)))
    end++;
  if (thousands && !is_grouped ((struct sf_span){ text.text + begin, end - begin }, thousands))
    return false;
  for (size_t i = 0; i < text.length; i++)
    {
      char c = text.text[i];
      if (thousands && c == thousands && i < end)
        continue;
      if (c == '.' && decimal != '.')
        return false;
      number[length++] = c == decimal ? '.' : c;
    }
  *ret_number = (struct sf_span){ number, length };
  return true;
}

bool
sf_mapping_parse_number (char decimal, char thousands, struct sf_span text, double *ret_value)
{
  char buffer[SF_NUMBER_TEXT_BYTES];
  struct sf_span number = text;
  if ((decimal != '.' || thousands) && !normalise (decimal, thousands, text, buffer, &number))
    return false;
  return sf_text_parse_double (number, ret_value);
}
