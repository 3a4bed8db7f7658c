/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/agencies/storm_names.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool
is_digits (const char *text, size_t length)
{
  for (size_t i = 0; i < length; i++)
    if (!isdigit ((unsigned char) text[i]))
      return false;
  return true;
}

bool
sf_storm_number_parse (const char *text, int year, char ret_number[SF_STORM_NUMBER_BYTES])
{
  size_t length = text ? strlen (text) : 0;
  if ((length != 4 && length != 6) || !is_digits (text, length))
    return false;
  const char *digits = text + length - 4;
  int two_digits = (digits[0] - '0') * 10 + digits[1] - '0', turn = ((year - two_digits) % 100 + 100) % 100;
  bool of_year = turn <= 1 || turn == 99;
  if (length == 6 && abs (atoi (text) / 100 - year) > 1)
    of_year = false;
  if (!of_year || !strcmp (digits + 2, "00"))
    return false;
  memcpy (ret_number, digits, SF_STORM_NUMBER_BYTES);
  return true;
}

/* Where the mark of a sub-centre begins and, through ret_digit, the digit behind it; NULL: there is none. */
static const char *
find_mark (const char *name, const char **ret_digit)
{
  static const char *const marks[] = { "(-)", "(-1)" };
  for (int m = 0; m < 2; m++)
    {
      const char *mark = strstr (name, marks[m]);
      *ret_digit = mark ? mark + strlen (marks[m]) : NULL;
      if (mark)
        return mark;
    }
  return NULL;
}

/* The length of a name without a sub-centre's mark and without blanks at its end. */
static size_t
bare_length (const char *name)
{
  const char *digit, *mark = find_mark (name, &digit);
  size_t length = mark ? (size_t) (mark - name) : strlen (name);
  while (length > 0 && name[length - 1] == ' ')
    length--;
  return length;
}

int
sf_storm_name_sub_centre (const char *name)
{
  const char *digit, *mark = name ? find_mark (name, &digit) : NULL;
  return mark && isdigit ((unsigned char) *digit) ? *digit - '0' : 0;
}

int
sf_storm_id_sub_centre (const char *id)
{
  enum
  {
    CMA_ID = 9 /* "1956-0011" */
  };
  if (!id || strlen (id) <= CMA_ID + 1 || !is_digits (id, 4) || id[4] != '-' || !is_digits (id + 5, 4)
      || id[CMA_ID] != '-' || !is_digits (id + CMA_ID + 1, strlen (id) - CMA_ID - 1))
    return 0;
  return atoi (id + CMA_ID + 1);
}

static bool
starts_with (const char *name, size_t length, const char *word)
{
  size_t word_length = strlen (word);
  return length >= word_length && strncasecmp (name, word, word_length) == 0
         && (length == word_length || !isalpha ((unsigned char) name[word_length]));
}

/* JTWC and others count the unnamed in words: TWENTYONE, THIRTEEN-W. */
static bool
is_count (const char *name, size_t length)
{
  static const char *const tens[] = { "TWENTY", "THIRTY", "FORTY", NULL };
  static const char *const words[]
      = { "ONE",    "TWO",    "THREE",    "FOUR",     "FIVE",    "SIX",     "SEVEN",     "EIGHT",    "NINE",     "TEN",
          "ELEVEN", "TWELVE", "THIRTEEN", "FOURTEEN", "FIFTEEN", "SIXTEEN", "SEVENTEEN", "EIGHTEEN", "NINETEEN", NULL };
  for (const char *const *ten = tens; *ten; ten++)
    if (length >= strlen (*ten) && strncasecmp (name, *ten, strlen (*ten)) == 0)
      {
        name += strlen (*ten);
        length -= strlen (*ten);
        if (length == 0 || *name == '-')
          return true;
        break;
      }
  for (const char *const *word = words; *word; word++)
    if (starts_with (name, length, *word))
      return true;
  return false;
}

bool
sf_storm_name_is_own (const char *name)
{
  static const char *const holders[] = { "(nameless)", "nameless", "unnamed", "not_named", "invest", "genesis",
                                         "td",         "tropical", "未命名",  "热带低压",  "无名",   NULL };
  size_t length = name ? bare_length (name) : 0;
  if (length == 0 || isdigit ((unsigned char) name[0]))
    return false;
  for (const char *const *holder = holders; *holder; holder++)
    if (starts_with (name, length, *holder))
      return false;
  return !is_count (name, length);
}

bool
sf_storm_name_same (const char *a, const char *b)
{
  if (!sf_storm_name_is_own (a) || !sf_storm_name_is_own (b))
    return false;
  size_t length = bare_length (a);
  return length == bare_length (b) && strncasecmp (a, b, length) == 0;
}
