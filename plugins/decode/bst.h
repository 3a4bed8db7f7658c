/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_DECODE_BST_H
#define SF_PLUGINS_DECODE_BST_H

#include "plugins/decode/fixes.h"

/* The header line "66666 ..." that the best tracks of CMA and JMA share:
   66666 BBBB lines DDDD EEEE flag hours name yyyymmdd, blank separated, name right or left adjusted, tabs in some
   copies. */
struct sf_bst_storm
{
  bool known;            /* a header was read and not lost since */
  long line;             /* where it stands */
  long announced, seen;  /* lines below it: as it says, and as found */
  char international[8]; /* BBBB: "0000" for unnumbered ones, and for all in some years of CMA */
  char third[8];         /* DDDD: CMA serial among all cyclones of the year; JMA its own count */
  char fourth[8];        /* EEEE: CMA's number of named storms; JMA repeats BBBB */
  char name[64];         /* "" for a nameless one */
  int sub_centre;        /* n of a name ending in "(-)n" or "(-1)n", else 0 */
};

enum sf_bst_line
{
  SF_BST_HEADER,
  SF_BST_DAMAGED_HEADER, /* cannot be read, but is no fix either: the fixes below it belong to nobody */
  SF_BST_OTHER
};

/* Tell what a line is, and fill *ret_storm from a header. */
enum sf_bst_line sf_bst_parse_header (struct sf_span line, long line_number, struct sf_bst_storm *ret_storm);

/* Whether four digits are a storm number of that year: "1409" of 2014 (and of 2013 and 2015: storms live over new
 * year). */
bool sf_bst_is_number (const char *digits, int year);

/* The blank-separated words of a line; returns how many there are, at most max stored. */
int sf_bst_words (struct sf_span line, struct sf_span *words, int max);
bool sf_bst_is_digits (struct sf_span word, size_t length);

/* What the first lines hold: headers, and below them data lines whose time has 10 (CMA) or 8 (JMA) digits. */
struct sf_bst_look
{
  int headers, with_10_digits, with_8_digits;
};

struct sf_bst_look sf_bst_look_at (struct sf_span text);

#endif
