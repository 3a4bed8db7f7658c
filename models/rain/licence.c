/* SPDX-License-Identifier: Apache-2.0 */
#include "models/rain/licence.h"

#include <math.h>
#include <stdio.h>

enum sf_rain_licence
sf_rain_licence_of (enum sf_rain_source source)
{
  return source < SF_RAIN_PARAMETRIC ? SF_RAIN_MAY_DECIDE : SF_RAIN_MAY_RAISE;
}

const char *
sf_rain_licence_name (enum sf_rain_licence licence, bool zh)
{
  if (licence == SF_RAIN_MAY_DECIDE)
    return zh ? "可升可降" : "may decide";
  return zh ? "只可上调" : "raise only";
}

/* Whether a claim is to be taken before the one that stands: a better source, or the same with more. */
static bool
is_better (const struct sf_rain_claim *claim, enum sf_rain_source source, double amount_mm)
{
  return claim->source < source || (claim->source == source && claim->amount_mm > amount_mm);
}

struct sf_rain_answer
sf_rain_combine (const struct sf_rain_claim *claims, size_t count)
{
  struct sf_rain_answer answer = { .source = SF_RAIN_SOURCES };
  struct sf_rain_claim raise = { SF_RAIN_SOURCES, 0 };
  for (size_t i = 0; i < count; i++)
    {
      const struct sf_rain_claim *claim = &claims[i];
      if (!(claim->amount_mm >= 0))
        continue;
      if (sf_rain_licence_of (claim->source) == SF_RAIN_MAY_RAISE)
        raise = claim->amount_mm >= raise.amount_mm ? *claim : raise;
      else if (is_better (claim, answer.source, answer.at_least_mm))
        answer = (struct sf_rain_answer){ .at_least_mm = claim->amount_mm, .known = true, .source = claim->source };
    }
  if (raise.source == SF_RAIN_SOURCES || (answer.known && raise.amount_mm <= answer.at_least_mm))
    return answer;
  answer.raised = answer.known;
  answer.at_least_mm = raise.amount_mm;
  answer.source = raise.source;
  return answer;
}

char *
sf_rain_answer_text (char buffer[SF_RAIN_TEXT_BYTES], const struct sf_rain_answer *answer, bool zh)
{
  double shown_mm = answer->known ? round (answer->at_least_mm) : floor (answer->at_least_mm);
  const char *format
      = answer->known ? (zh ? "%.0f毫米" : "%.0f mm") : (zh ? "未知，至少%.0f毫米" : "unknown, at least %.0f mm");
  snprintf (buffer, SF_RAIN_TEXT_BYTES, format, shown_mm);
  return buffer;
}
