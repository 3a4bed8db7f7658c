/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_CAGE_JAIL_H
#define SF_CORE_FEED_CAGE_JAIL_H

#include "core/feed/cage_wire.h"

/* What a worker may still do once its jail is closed. */
struct sf_cage_jail
{
  enum sf_cage_profile profile;
  int64_t memory_bytes; /* address space */
  int64_t field_bytes;  /* of one memory file */
  int64_t message_ms;   /* longest a message may take; processor time is bounded by a little more */
};

/* Have the C library open what it opens once and late: converters of charsets, the zone, numbers. */
enum sf_code sf_cage_jail_warm_up (struct sf_arena *arena, struct sf_error *err);
/* Give up what a decoder does not need, for good: capabilities, resources, files (landlock, where the kernel has it), system calls
   (seccomp: those that are not allowed end the process and leave their number in progress->forbidden). */
enum sf_code sf_cage_jail_close (const struct sf_cage_jail *jail, struct sf_cage_progress *progress,
                                 struct sf_error *err);

/* The variables by which libraries find their tables, for the worker's environment; NULL past the last. */
const char *sf_cage_table_variable (size_t index);

#endif
