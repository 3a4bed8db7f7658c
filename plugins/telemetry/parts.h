/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_TELEMETRY_PARTS_H
#define SF_PLUGINS_TELEMETRY_PARTS_H

#include "core/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Messages in parts, put together by station and kind. At most SF_PARTS_OPEN are open; the one that waits longest gives way.
   Parts come in their order; one that comes again is passed over. */

enum
{
  SF_PARTS_OPEN = 32,
  SF_PARTS_BYTES = 131072, /* of one message */
  SF_PARTS_KEY_BYTES = 40,
  SF_PARTS_EXPIRE_S = 600
};

struct sf_parts;

struct sf_part
{
  char key[SF_PARTS_KEY_BYTES];
  unsigned parts, part; /* part from 1 */
  int64_t received_s;
  const uint8_t *bytes;
  size_t length;
};

enum sf_parts_verdict
{
  SF_PARTS_WAIT,   /* more are to come, or this one came before */
  SF_PARTS_WHOLE,  /* the message is whole; it is the caller's until the next call */
  SF_PARTS_ORPHAN, /* the parts before this one are not here */
  SF_PARTS_LARGE
};

/* NULL when memory is out. */
struct sf_parts *sf_parts_new (void);
void sf_parts_free (struct sf_parts *parts);
enum sf_code sf_parts_add (struct sf_parts *parts, const struct sf_part *part, enum sf_parts_verdict *ret_verdict,
                           const uint8_t **ret_bytes, size_t *ret_length, struct sf_error *err);

#endif
