/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/bst.h"

#include <stdlib.h>
#include <string.h>

enum
{
  WORDS_MAX = 16,
  LOOK_LINES = 4000
};

int
sf_bst_words (struct sf_span line, struct sf_span *words, int max)
{
  int count = 0;
  struct sf_span word;
  for (; sf_text_next_word (&line, &word); count++)
    if (count < max)
      words[count] = word;
  return count;
}

bool
sf_bst_is_digits (struct sf_span word, size_t length)
{
  if (word.length != length)
    return false;
  for (size_t i = 0; i < length; i++)
    if (word.text[i] < '0' || word.text[i] > '9')
      return false;
  return true;
}

static bool
copy_digits (char out[8], struct sf_span word)
{
  if (!sf_bst_is_digits (word, 4))
    return false;
  memcpy (out, word.text, 4);
  out[4] = '\0';
  return true;
}

/* Take the mark of a sub-centre, "(-)n" or "(-1)n", off the end of a name. */
static int
take_sub_centre (struct sf_span *name)
{
  static const char *const marks[] = { "(-)", "(-1)" };
  for (size_t i = 0; i < name->length; i++)
    for (int m = 0; m < 2; m++)
      {
        size_t length = strlen (marks[m]);
        if (name->length - i < length || memcmp (name->text + i, marks[m], length) != 0)
          continue;
        struct sf_span digits = { name->text + i + length, name->length - i - length };
        int64_t n = 1;
        sf_text_parse_int (digits, &n);
        name->length = i;
        return n > 0 && n < 100 ? (int) n : 1;
      }
  return 0;
}

static void
set_name (struct sf_bst_storm *storm, struct sf_span name)
{
  storm->sub_centre = take_sub_centre (&name);
  name = sf_span_trim (name);
  if (sf_span_equal (name, "(nameless)") || name.length >= sizeof storm->name || memchr (name.text, '\0', name.length))
    name.length = 0;
  memcpy (storm->name, name.text, name.length);
  storm->name[name.length] = '\0';
}

static bool
looks_like_header (struct sf_span first, int count)
{
  int sixes = 0;
  for (size_t i = 0; i < first.length; i++)
    sixes += first.text[i] == '6';
  return count >= 7 && first.length <= 7 && sixes >= 3;
}

enum sf_bst_line
sf_bst_parse_header (struct sf_span line, long line_number, struct sf_bst_storm *ret_storm)
{
  struct sf_span words[WORDS_MAX];
  int count = sf_bst_words (line, words, WORDS_MAX);
  if (!count || !looks_like_header (words[0], count))
    return SF_BST_OTHER;
  struct sf_bst_storm storm = { .known = true, .line = line_number };
  int64_t announced;
  if (!sf_span_equal (words[0], "66666") || count > WORDS_MAX || !copy_digits (storm.international, words[1])
      || !sf_text_parse_int (words[2], &announced) || announced < 0 || announced > 10000
      || !copy_digits (storm.third, words[3]) || !copy_digits (storm.fourth, words[4]))
    return SF_BST_DAMAGED_HEADER;
  storm.announced = (long) announced;
  int last = sf_bst_is_digits (words[count - 1], 8) ? count - 1 : count;
  if (last > 7)
    set_name (&storm, (struct sf_span){ words[7].text,
                                        (size_t) (words[last - 1].text + words[last - 1].length - words[7].text) });
  *ret_storm = storm;
  return SF_BST_HEADER;
}

bool
sf_bst_is_number (const char *digits, int year)
{
  int century_year = (digits[0] - '0') * 10 + (digits[1] - '0');
  int ordinal = atoi (digits + 2), distance = ((year % 100 - century_year) % 100 + 150) % 100 - 50;
  return ordinal > 0 && distance >= -1 && distance <= 1;
}

struct sf_bst_look
sf_bst_look_at (struct sf_span text)
{
  struct sf_bst_look look = { 0 };
  struct sf_span line, words[WORDS_MAX];
  for (long number = 0; number < LOOK_LINES && sf_text_next_line (&text, &line, &number);)
    {
      int count = sf_bst_words (line, words, WORDS_MAX);
      if (count >= 6 && sf_span_equal (words[0], "66666"))
        look.headers++;
      else if (count >= 6 && sf_bst_is_digits (words[0], 10))
        look.with_10_digits++;
      else if (count >= 6 && sf_bst_is_digits (words[0], 8) && sf_bst_is_digits (words[1], 3))
        look.with_8_digits++;
    }
  return look;
}
