/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile fixes through all stages of all models: whatever they say, no stage fails, and what comes out keeps its rules. */
#include "tests/unit/storm_dice.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  struct dice dice = { data, size };
  const char *source = getenv ("srcdir");
  char share[512];
  snprintf (share, sizeof share, "%s/share", source ? source : ".");
  dice_world (&dice, share);
  return 0;
}
