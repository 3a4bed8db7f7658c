/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_DECODE_BUFR_TRACKS_WALK_H
#define SF_PLUGINS_DECODE_BUFR_TRACKS_WALK_H

#include "plugins/decode/bufr_tracks/frame.h"

/* The values of a message one after the other as eccodes unfolds them, in the order of the template: the only part that
   knows eccodes. */

/* The elements that tracks are made of; the texts first. */
enum bufr_key
{
  BUFR_STORM,
  BUFR_NAME,
  BUFR_MEMBER,
  BUFR_TYPE,
  BUFR_YEAR,
  BUFR_MONTH,
  BUFR_DAY,
  BUFR_HOUR,
  BUFR_MINUTE,
  BUFR_PERIOD,
  BUFR_SIGNIFICANCE,
  BUFR_LATITUDE,
  BUFR_LONGITUDE,
  BUFR_PRESSURE,
  BUFR_WIND,
  BUFR_THRESHOLD,
  BUFR_BEARING,
  BUFR_RADIUS,
  BUFR_KEYS
};

/* eccodes' name of an element, for messages to people. */
const char *bufr_key_name (enum bufr_key key);

/* Who is told. Each gets the subsets [first, end) that a value is of: all of a compressed message, or one. values has one
   number a subset, NaN where missing; text is NULL where missing, and whatever bytes the message holds else. */
struct bufr_taker
{
  void *ctx;
  enum sf_code (*numbers) (void *ctx, enum bufr_key key, int first, int end, const double *values,
                           struct sf_error *err);
  enum sf_code (*text) (void *ctx, enum bufr_key key, int first, int end, const char *text, struct sf_error *err);
};

/* Give the elements of a message that bufr_frame_read has passed. SF_EFORMAT names the key that eccodes could not read; what
   was given before stands. Not thread-safe where eccodes is not. */
enum sf_code bufr_walk (const struct bufr_frame *frame, const struct bufr_taker *taker, struct sf_error *err);

/* Keep eccodes from printing, and read a message whose values are known: SF_EIO when its tables are missing or say something
   else, since with wrong tables it answers wrong without an error. Names the folder of the tables. */
enum sf_code bufr_walk_prepare (struct sf_error *err);

#endif
