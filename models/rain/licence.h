/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_RAIN_LICENCE_H
#define SF_MODELS_RAIN_LICENCE_H

#include <stdbool.h>
#include <stddef.h>

/* Where a number about rain comes from, best first. */
enum sf_rain_source
{
  SF_RAIN_GAUGE,
  SF_RAIN_RADAR,
  SF_RAIN_NWP,
  SF_RAIN_PARAMETRIC, /* R-CLIPER and its like: a mean over storms, without terrain, remnants or cold air */
  SF_RAIN_SOURCES
};

/* What a source may do to an answer. */
enum sf_rain_licence
{
  SF_RAIN_MAY_DECIDE, /* raise and lower: gauge, radar, NWP */
  SF_RAIN_MAY_RAISE   /* raise only */
};

enum sf_rain_licence sf_rain_licence_of (enum sf_rain_source source);
/* "may decide", "raise only"; in Chinese where zh is set. Static texts. */
const char *sf_rain_licence_name (enum sf_rain_licence licence, bool zh);

/* One source's amount, in mm, over the place and the window that are asked about. NaN: it says nothing. */
struct sf_rain_claim
{
  enum sf_rain_source source;
  double amount_mm;
};

struct sf_rain_answer
{
  double at_least_mm; /* never NaN; 0 where nobody says anything */
  bool known;         /* some source that may decide has spoken: the amount is at_least_mm; else it is unknown */
  bool raised;        /* a source that may only raise stands above those that may decide */
  enum sf_rain_source source; /* whose amount it is; SF_RAIN_SOURCES where nobody's */
};

/* Combine what sources say. The best of those that may decide gives the amount; those that may only raise lift it where
   they say more. Without one that may decide the amount stays unknown, at least the largest of the others: a parametric
   rain of 0 is no dry weather. So taking a raise-only claim in never lowers the answer and never makes it known. The
   order of the claims does not matter; of two claims of one source the larger counts; NaN and negative amounts say
   nothing. */
struct sf_rain_answer sf_rain_combine (const struct sf_rain_claim *claims, size_t count);

/* "unknown, at least 87 mm" or "112 mm" (whole millimetres, rounded down where at least), in Chinese where zh is set.
   Returns buffer. */
enum
{
  SF_RAIN_TEXT_BYTES = 64
};
char *sf_rain_answer_text (char buffer[SF_RAIN_TEXT_BYTES], const struct sf_rain_answer *answer, bool zh);

#endif
