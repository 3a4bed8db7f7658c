/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_DECODE_BUFR_TRACKS_MEMBERS_H
#define SF_PLUGINS_DECODE_BUFR_TRACKS_MEMBERS_H

#include "plugins/decode/bufr_tracks/walk.h"
#include "plugins/decode/fixes.h"

/* From the elements of a message to fixes: each subset is a member of an ensemble, or a deterministic run, with one storm
   and its places step by step. Knows no library: elements come through a struct bufr_taker. */

struct bufr_choices
{
  double averaging_min;
  bool keep_r34;       /* radii of 18 m/s (34 kn) taken for force 7 */
  double rmw_limit_km; /* farther out, the strongest wind is not of the storm's core */
};

struct bufr_members;

/* Begin a message, the number-th of its file, in the arena; fixes and choices stay the caller's. NULL: out of memory. */
struct bufr_members *bufr_members_begin (struct sf_arena *arena, struct sf_fixes *fixes, const struct bufr_frame *frame,
                                         const struct bufr_choices *choices, long number);
struct bufr_taker bufr_members_taker (struct bufr_members *members);
/* The last step is complete, too. A member without any place gets one fix at lead 0 where the storm was observed,
   completed and doubtful, without strength: it counts among the members. */
enum sf_code bufr_members_end (struct bufr_members *members, struct sf_error *err);

#endif
