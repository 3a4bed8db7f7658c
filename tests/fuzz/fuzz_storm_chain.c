/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile fixes through all stages of all models: whatever they say, no stage fails, and what comes out keeps its rules. */
#include "tests/unit/storm_dice.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  struct dice dice = { data, size };
  struct sf_error err = { 0 };
  const char *stage = "none", *source = getenv ("srcdir");
  char share[512];
  snprintf (share, sizeof share, "%s/share", source ? source : ".");
  enum sf_code code = dice_world (&dice, share, &stage, &err);
  if (code != SF_OK && code != SF_ENOMEM)
    {
      fprintf (stderr, "stage %s: %s\n", stage, err.message);
      abort ();
    }
  return 0;
}
