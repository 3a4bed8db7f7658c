/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_DATA_RECORD_PACK_H
#define SF_CORE_DATA_RECORD_PACK_H

#include "core/data/record.h"

/* The form of records between a worker and its master: the same program on both sides of a pipe, so in the machine's own byte
   order, without what the master knows (feed, source, time received) and without a field's values, which travel apart. It is
   made and read several times faster than the lasting form of sf_record_encode. */

enum
{
  SF_RECORD_PACKED_LEAST_BYTES = 32
};

/* Append a record as it is: nothing is checked here, the reader does. */
enum sf_code sf_record_pack (const struct sf_record *record, struct sf_strbuf *buf, struct sf_error *err);
/* Read the record at bytes, which may be an enemy's: texts stay where they are, a geometry goes into the arena, a field's values
   are NULL. SF_EFORMAT: it does not hang together. *ret_readable: its texts are valid UTF-8, so that of what sf_record_check
   asks only sf_record_check_unpacked is left. */
enum sf_code sf_record_unpack (struct sf_arena *arena, const uint8_t *bytes, size_t length,
                               struct sf_record *ret_record, size_t *ret_used, bool *ret_readable,
                               struct sf_error *err);
/* Read observations, as long as sf_record_unpack and sf_record_check have nothing to say against one and it came in the usual
   form; what stands behind them is for sf_record_unpack, which finds the words. Feed, source and time received are the
   origin's, which is not checked. Returns how many, at most `most`; they take *ret_used bytes. */
size_t sf_record_unpack_observations (const uint8_t *bytes, size_t length, const struct sf_record *origin,
                                      struct sf_record *records, size_t most, size_t *ret_used);
/* sf_record_check without its look at the texts. */
enum sf_code sf_record_check_unpacked (const struct sf_record *record, struct sf_error *err);

#endif
