/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_DATA_MEMBER_H
#define SF_CORE_DATA_MEMBER_H

#include "core/data/record.h"

/* Reach into a record through its member tables; private to core. The member's type must be the one asked for. */
static inline const char **
sf_member_text (const struct sf_record *record, const struct sf_member *member)
{
  return (const char **) (void *) ((char *) record + member->offset);
}

/* member->count of them. */
static inline double *
sf_member_doubles (const struct sf_record *record, const struct sf_member *member)
{
  return (double *) (void *) ((char *) record + member->offset);
}

/* An int or a time. */
static inline int64_t *
sf_member_int (const struct sf_record *record, const struct sf_member *member)
{
  return (int64_t *) (void *) ((char *) record + member->offset);
}

static inline const struct sf_geometry **
sf_member_geometry (const struct sf_record *record, const struct sf_member *member)
{
  return (const struct sf_geometry **) (void *) ((char *) record + member->offset);
}

#endif
