/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_FEED_NAMES_H
#define SF_CORE_FEED_FEED_NAMES_H

#include "core/base/error.h"
#include "core/base/mem.h"

#include <stdbool.h>
#include <stddef.h>

/* The feeds that a data folder has heard of, so that a name with a slip in it is an error and no empty answer. */
struct sf_feed_names
{
  const char **names; /* of its board, store and journal; some stand there more than once */
  size_t count;
  size_t present; /* the first of them stand on the board: they are defined now */
  size_t stored;  /* up to here those of the store follow */
  bool has_board;
};

/* What cannot be read is passed over. All in the arena; SF_ENOMEM. */
enum sf_code sf_feed_names_find (struct sf_arena *arena, const char *dir, struct sf_feed_names *ret_names,
                                 struct sf_error *err);
bool sf_feed_names_has (const struct sf_feed_names *names, const char *name);
/* Whether it is defined now; true where there is no board that could tell. */
bool sf_feed_names_is_present (const struct sf_feed_names *names, const char *name);
/* SF_EINVAL with the nearest name when a feed is none of them; a folder that has heard of none knows no better. */
enum sf_code sf_feed_names_check (const struct sf_feed_names *names, const char *name, struct sf_error *err);

#endif
