/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_PIECES_H
#define SF_TESTS_PIECES_H

#include "core/plugin/plugin.h"

#include <string.h>

/* The least that a decoder can do: a piece of 64 bytes is an observation. */
struct piece
{
  char asset[16], quantity[16]; /* ended by a NUL */
  int64_t valid_s;
  double value, lon_deg, lat_deg;
};

static inline enum sf_code
pieces_decode (void *state, const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  struct sf_record record;
  (void) state;
  sf_record_init (&record, SF_RECORD_OBSERVATION);
  for (size_t at = 0; at + sizeof (struct piece) <= message->length; at += sizeof (struct piece))
    {
      struct piece piece;
      memcpy (&piece, message->bytes + at, sizeof piece);
      piece.asset[sizeof piece.asset - 1] = piece.quantity[sizeof piece.quantity - 1] = '\0';
      record.valid_s = piece.valid_s;
      record.source_line = (int64_t) (at / sizeof piece) + 1;
      record.as.observation.asset = piece.asset;
      record.as.observation.quantity = piece.quantity;
      record.as.observation.value = piece.value;
      record.as.observation.lon_deg = piece.lon_deg;
      record.as.observation.lat_deg = piece.lat_deg;
      SF_TRY (sink->emit (sink->ctx, &record, err));
    }
  return SF_OK;
}

static inline enum sf_code
pieces_open (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  (void) host;
  (void) err;
  *ret_state = NULL;
  return SF_OK;
}

static inline void
pieces_close (void *state)
{
  (void) state;
}

static inline int
pieces_identify (const uint8_t *bytes, size_t length)
{
  (void) bytes;
  return length && length % sizeof (struct piece) == 0 ? 1 : 0;
}

static const struct sf_decoder pieces = { .formats = "pieces of 64 bytes",
                                          .identify = pieces_identify,
                                          .open = pieces_open,
                                          .decode = pieces_decode,
                                          .close = pieces_close };

#endif
