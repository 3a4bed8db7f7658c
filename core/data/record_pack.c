/* SPDX-License-Identifier: Apache-2.0 */
#include "core/data/record_pack.h"
#include "core/data/member.h"
#include "core/data/plain.h"

#include "core/base/time.h"

#include <math.h>
#include <string.h>

/* A packed record: its head; the doubt, where there is one; then those members that say something, in the order of the kind's
   table, each with its bit in the head. A text is u32 length, bytes and a NUL; a number, int or time 8 bytes; a geometry u32
   kind, parts and points, for each part u32 end and outer, then the coordinates; a grid is the gridspec as it is. */
enum form
{
  PLAIN,
  DOUBTED,
  BRIEF
};

struct head
{
  uint32_t length; /* of all, with this */
  uint8_t kind, quality;
  uint16_t form;
  uint32_t present; /* bit n: the n-th member */
  uint32_t revision;
  int64_t valid_s, source_line;
};

_Static_assert(sizeof (struct head) == SF_RECORD_PACKED_LEAST_BYTES, "no packed record is shorter than its head");

/* What comes by the thousand: an observation with both texts and no doubt, all its numbers in their places, then the texts. The
   first members are the head's. It stands at any address. */
struct __attribute__ ((packed)) brief
{
  uint32_t length;
  uint8_t kind, quality;
  uint16_t form;
  uint16_t asset_bytes, quantity_bytes; /* with the NUL */
  uint32_t revision;
  int64_t valid_s, source_line;
  double value, lon_deg, lat_deg;
  int64_t period_s;
};

enum
{
  ROOM_BYTES = 1024, /* more than head, numbers and grid of any record take together */
  WORD_BYTES = 8
};

/* How much of a record a kind takes: what lies behind is not looked at. */
#define UP_TO(member) (offsetof (struct sf_record, as) + sizeof (((struct sf_record *) NULL)->as.member))
static const size_t RECORD_BYTES[SF_RECORD_KINDS] = {
  [SF_RECORD_ASSET] = UP_TO (asset),       [SF_RECORD_OBSERVATION] = UP_TO (observation),
  [SF_RECORD_POSITION] = UP_TO (position), [SF_RECORD_TRACK] = UP_TO (track),
  [SF_RECORD_EVENT] = UP_TO (event),       [SF_RECORD_FIELD] = UP_TO (field),
};

static bool
make_room (struct sf_strbuf *buf, size_t more)
{
  if (buf->capacity - buf->length < more)
    buf->failed = sf_mem_grow ((void **) &buf->text, &buf->capacity, buf->length + more, 1) != 0;
  return !buf->failed;
}

static inline void
put (struct sf_strbuf *buf, const void *from, size_t length)
{
  memcpy (buf->text + buf->length, from, length);
  buf->length += length;
}

static bool
put_text (struct sf_strbuf *buf, const char *text)
{
  size_t length = strlen (text);
  if (length >= UINT32_MAX - ROOM_BYTES || !make_room (buf, length + ROOM_BYTES))
    return !(buf->failed = true);
  uint32_t count = (uint32_t) length;
  put (buf, &count, sizeof count);
  put (buf, text, length + 1);
  return true;
}

static bool
put_geometry (struct sf_strbuf *buf, const struct sf_geometry *geometry)
{
  uint32_t counts[3] = { (uint32_t) geometry->kind, (uint32_t) geometry->parts, (uint32_t) geometry->points };
  if (geometry->parts >= UINT32_MAX / 8 || geometry->points >= UINT32_MAX / 16
      || !make_room (buf, 8 * geometry->parts + 16 * geometry->points + ROOM_BYTES))
    return !(buf->failed = true);
  put (buf, counts, sizeof counts);
  for (size_t part = 0; part < geometry->parts; part++)
    {
      uint32_t item[2]
          = { (uint32_t) geometry->part_start[part + 1], geometry->part_outer && geometry->part_outer[part] };
      put (buf, item, sizeof item);
    }
  if (geometry->points)
    put (buf, geometry->xy, 2 * geometry->points * sizeof *geometry->xy);
  return true;
}

/* Numbers fit: there is room for all of them after each text. False without memory. */
static inline bool
put_member (struct sf_strbuf *buf, const struct sf_record *record, const struct sf_member *member, bool *ret_put)
{
  switch (member->type)
    {
    case SF_MEMBER_TEXT:
      {
        const char *text = *sf_member_text (record, member);
        return !(*ret_put = text != NULL) || put_text (buf, text);
      }
    case SF_MEMBER_DOUBLE:
      if ((*ret_put = !isnan (*sf_member_doubles (record, member))))
        put (buf, sf_member_doubles (record, member), sizeof (double));
      return true;
    case SF_MEMBER_INT:
      if ((*ret_put = *sf_member_int (record, member) != 0))
        put (buf, sf_member_int (record, member), sizeof (int64_t));
      return true;
    case SF_MEMBER_TIME:
      if ((*ret_put = *sf_member_int (record, member) != SF_TIME_MISSING))
        put (buf, sf_member_int (record, member), sizeof (int64_t));
      return true;
    case SF_MEMBER_DOUBLES:
      *ret_put = true;
      put (buf, sf_member_doubles (record, member), (size_t) member->count * sizeof (double));
      return true;
    case SF_MEMBER_GEOMETRY:
      {
        const struct sf_geometry *geometry = *sf_member_geometry (record, member);
        return !(*ret_put = geometry != NULL) || put_geometry (buf, geometry);
      }
    case SF_MEMBER_GRID:
      *ret_put = true;
      put (buf, &record->as.field.grid, sizeof record->as.field.grid);
      return true;
    }
  return true;
}

static bool
put_members (struct sf_strbuf *buf, const struct sf_record *record, uint32_t *present)
{
  uint32_t bit = 1;
  for (const struct sf_member *member = sf_record_members (record->kind); member->name; member++, bit <<= 1)
    {
      bool is_put = false;
      if (!put_member (buf, record, member, &is_put))
        return false;
      *present |= is_put ? bit : 0;
    }
  return true;
}

/* memcpy of few bytes, most often one or two words, without a call. */
static inline void
copy_few (char *to, const char *from, size_t length)
{
  uint64_t first, last;
  if (length < WORD_BYTES || length > 2 * WORD_BYTES)
    {
      memcpy (to, from, length);
      return;
    }
  memcpy (&first, from, WORD_BYTES);
  memcpy (&last, from + length - WORD_BYTES, WORD_BYTES);
  memcpy (to, &first, WORD_BYTES);
  memcpy (to + length - WORD_BYTES, &last, WORD_BYTES);
}

/* False: the observation is none for this form, or there is no memory for it. */
static inline bool
put_brief (struct sf_strbuf *buf, const struct sf_record *record)
{
  const struct sf_observation *observation = &record->as.observation;
  if (record->doubt || !observation->asset || !observation->quantity)
    return false;
  size_t asset = strlen (observation->asset) + 1, quantity = strlen (observation->quantity) + 1;
  size_t length = sizeof (struct brief) + asset + quantity;
  if (asset > UINT16_MAX || quantity > UINT16_MAX || (buf->capacity - buf->length < length && !make_room (buf, length)))
    return false;
  /* Member by member into its place: a copy of the whole would wait for its small parts to be written. */
  struct brief *to = (struct brief *) (buf->text + buf->length);
  *to = (struct brief){ .length = (uint32_t) length,
                        .kind = SF_RECORD_OBSERVATION,
                        .quality = record->quality,
                        .form = BRIEF,
                        .asset_bytes = (uint16_t) asset,
                        .quantity_bytes = (uint16_t) quantity,
                        .revision = record->revision,
                        .valid_s = record->valid_s,
                        .source_line = record->source_line,
                        .value = observation->value,
                        .lon_deg = observation->lon_deg,
                        .lat_deg = observation->lat_deg,
                        .period_s = observation->period_s };
  char *texts = (char *) (to + 1);
  copy_few (texts, observation->asset, asset);
  copy_few (texts + asset, observation->quantity, quantity);
  buf->length += length;
  return true;
}

static enum sf_code
pack_by_table (const struct sf_record *record, struct sf_strbuf *buf, struct sf_error *err)
{
  size_t start = buf->length;
  struct head head = { .kind = (uint8_t) record->kind,
                       .quality = record->quality,
                       .form = record->doubt ? DOUBTED : PLAIN,
                       .revision = record->revision,
                       .valid_s = record->valid_s,
                       .source_line = record->source_line };
  bool good = make_room (buf, ROOM_BYTES);
  if (good)
    buf->length += sizeof head;
  good = good && (!record->doubt || put_text (buf, record->doubt)) && put_members (buf, record, &head.present);
  if (!good || buf->length - start > UINT32_MAX)
    {
      buf->length = start;
      buf->failed = false; /* what was there before is whole */
      return sf_fail (err, SF_ENOMEM, "no memory to hand over a record of kind %s",
                      sf_record_kind_name (record->kind, 0));
    }
  head.length = (uint32_t) (buf->length - start);
  memcpy (buf->text + start, &head, sizeof head);
  return SF_OK;
}

enum sf_code
sf_record_pack (const struct sf_record *record, struct sf_strbuf *buf, struct sf_error *err)
{
  if (record->kind == SF_RECORD_OBSERVATION && put_brief (buf, record))
    return SF_OK;
  return pack_by_table (record, buf, err);
}

struct reader
{
  struct sf_arena *arena;
  const uint8_t *at, *end;
  bool is_readable; /* all texts so far are UTF-8 */
};

static inline bool
get (struct reader *reader, void *to, size_t length)
{
  if ((size_t) (reader->end - reader->at) < length)
    return false;
  memcpy (to, reader->at, length);
  reader->at += length;
  return true;
}

static inline bool
is_ascii (const uint8_t *text, size_t length)
{
  uint64_t all = 0, word;
  if (length < WORD_BYTES)
    {
      for (size_t at = 0; at < length; at++)
        all |= text[at];
      return all < 0x80;
    }
  for (size_t at = 0; at + WORD_BYTES < length; at += WORD_BYTES)
    {
      memcpy (&word, text + at, WORD_BYTES);
      all |= word;
    }
  memcpy (&word, text + length - WORD_BYTES, WORD_BYTES); /* some of it a second time */
  return ((all | word) & UINT64_C (0x8080808080808080)) == 0;
}

static inline bool
get_text (struct reader *reader, const char **ret_text)
{
  uint32_t length = 0;
  if (!get (reader, &length, sizeof length) || (size_t) (reader->end - reader->at) <= length || reader->at[length])
    return false;
  *ret_text = (const char *) reader->at;
  reader->is_readable = reader->is_readable && (is_ascii (reader->at, length) || sf_text_is_utf8 (reader->at, length));
  reader->at += (size_t) length + 1;
  return true;
}

static inline bool
get_doubles (struct reader *reader, double *values, int count)
{
  if (!get (reader, values, (size_t) count * sizeof *values))
    return false;
  for (int i = 0; i < count; i++)
    if (isnan (values[i]))
      values[i] = NAN;
  return true;
}

static bool
get_parts (struct reader *reader, struct sf_geometry *geometry, size_t parts)
{
  geometry->part_start = sf_arena_calloc (reader->arena, parts + 1, sizeof *geometry->part_start);
  geometry->part_outer = sf_arena_calloc (reader->arena, parts, sizeof *geometry->part_outer);
  if (!geometry->part_start || !geometry->part_outer)
    return false;
  for (size_t part = 0; part < parts; part++)
    {
      uint32_t item[2];
      if (!get (reader, item, sizeof item))
        return false;
      geometry->part_start[part + 1] = item[0];
      geometry->part_outer[part] = item[1] != 0;
    }
  geometry->parts = parts;
  geometry->part_capacity = parts + 1;
  geometry->outer_capacity = parts;
  return true;
}

/* False also when memory is out, of which the arena keeps note. */
static bool
get_geometry (struct reader *reader, const struct sf_geometry **ret_geometry)
{
  uint32_t counts[3];
  if (!get (reader, counts, sizeof counts))
    return false;
  size_t left = (size_t) (reader->end - reader->at), parts = counts[1], points = counts[2];
  struct sf_geometry *geometry = sf_arena_calloc (reader->arena, 1, sizeof *geometry);
  if (parts > left / 8 || points > left / 16 || !geometry || !get_parts (reader, geometry, parts))
    return false;
  geometry->kind = (enum sf_geometry_kind) counts[0];
  geometry->xy = sf_arena_alloc (reader->arena, 2 * points * sizeof *geometry->xy);
  if (!geometry->xy || !get (reader, geometry->xy, 2 * points * sizeof *geometry->xy))
    return false;
  if (geometry->kind != SF_GEOMETRY_POLYGON)
    {
      geometry->part_outer = NULL;
      geometry->outer_capacity = 0;
    }
  geometry->points = geometry->point_capacity = points;
  *ret_geometry = geometry;
  return true;
}

static inline bool
get_member (struct reader *reader, struct sf_record *record, const struct sf_member *member, bool present)
{
  switch (member->type)
    {
    case SF_MEMBER_TEXT:
      return !present || get_text (reader, sf_member_text (record, member));
    case SF_MEMBER_DOUBLE:
      *sf_member_doubles (record, member) = NAN;
      return !present || get_doubles (reader, sf_member_doubles (record, member), 1);
    case SF_MEMBER_DOUBLES:
      return present && get_doubles (reader, sf_member_doubles (record, member), member->count);
    case SF_MEMBER_INT:
      return !present || get (reader, sf_member_int (record, member), sizeof (int64_t));
    case SF_MEMBER_TIME:
      *sf_member_int (record, member) = SF_TIME_MISSING;
      return !present || get (reader, sf_member_int (record, member), sizeof (int64_t));
    case SF_MEMBER_GEOMETRY:
      return !present || get_geometry (reader, sf_member_geometry (record, member));
    case SF_MEMBER_GRID:
      return present && get (reader, &record->as.field.grid, sizeof record->as.field.grid);
    }
  return false;
}

/* Take over the numbers and texts of an observation in its brief form. False: it does not hang together. */
static inline bool
get_brief (const uint8_t *bytes, size_t length, struct sf_record *record, size_t *ret_used, bool *ret_readable)
{
  struct brief brief;
  if (length < sizeof brief)
    return false;
  memcpy (&brief, bytes, sizeof brief);
  size_t asset = brief.asset_bytes, texts = asset + brief.quantity_bytes;
  const uint8_t *text = bytes + sizeof brief;
  if (brief.form != BRIEF || brief.kind != SF_RECORD_OBSERVATION || brief.length > length
      || brief.length != sizeof brief + texts || asset == 0 || brief.quantity_bytes == 0 || text[asset - 1]
      || text[texts - 1])
    return false;
  record->kind = SF_RECORD_OBSERVATION;
  record->valid_s = brief.valid_s;
  record->revision = brief.revision;
  record->quality = brief.quality;
  record->doubt = NULL;
  record->source_line = brief.source_line;
  record->as.observation = (struct sf_observation){ .asset = (const char *) text,
                                                    .quantity = (const char *) text + asset,
                                                    .value = isnan (brief.value) ? NAN : brief.value,
                                                    .lon_deg = isnan (brief.lon_deg) ? NAN : brief.lon_deg,
                                                    .lat_deg = isnan (brief.lat_deg) ? NAN : brief.lat_deg,
                                                    .period_s = brief.period_s };
  *ret_readable = is_ascii (text, texts)
                  || (sf_text_is_utf8 (text, asset - 1) && sf_text_is_utf8 (text + asset, texts - asset - 1));
  *ret_used = brief.length;
  return true;
}

size_t
sf_record_unpack_observations (const uint8_t *bytes, size_t length, const struct sf_record *origin,
                               struct sf_record *records, size_t most, size_t *ret_used)
{
  size_t count = 0, at = 0, used = 0;
  bool readable = false;
  for (; count < most; count++, at += used)
    {
      struct sf_record *record = &records[count];
      if (!get_brief (bytes + at, length - at, record, &used, &readable) || !readable
          || !sf_observation_is_plainly_good (record))
        break;
      record->feed = origin->feed;
      record->source = origin->source;
      record->received_s = origin->received_s;
    }
  *ret_used = at;
  return count;
}

static bool
get_members (struct reader *reader, struct sf_record *record, uint32_t present)
{
  for (const struct sf_member *member = sf_record_members (record->kind); member->name; member++, present >>= 1)
    if (!get_member (reader, record, member, present & 1))
      return false;
  return present == 0;
}

static enum sf_code
unpack_brief (const uint8_t *bytes, size_t length, struct sf_record *ret_record, size_t *ret_used, bool *ret_readable,
              struct sf_error *err)
{
  ret_record->feed = ret_record->source = NULL;
  ret_record->received_s = SF_TIME_MISSING;
  if (!get_brief (bytes, length, ret_record, ret_used, ret_readable))
    return sf_fail (err, SF_EFORMAT, "a brief observation does not hang together");
  return SF_OK;
}

enum sf_code
sf_record_unpack (struct sf_arena *arena, const uint8_t *bytes, size_t length, struct sf_record *ret_record,
                  size_t *ret_used, bool *ret_readable, struct sf_error *err)
{
  struct reader reader = { .arena = arena, .at = bytes, .end = bytes + length, .is_readable = true };
  struct head head;
  if (!get (&reader, &head, sizeof head) || head.length < sizeof head || head.length > length
      || head.kind >= SF_RECORD_KINDS || head.form > BRIEF)
    return sf_fail (err, SF_EFORMAT, "a record's head does not hold");
  if (head.form == BRIEF)
    return unpack_brief (bytes, length, ret_record, ret_used, ret_readable, err);
  reader.end = bytes + head.length;
  memset (ret_record, 0, RECORD_BYTES[head.kind]);
  ret_record->kind = (enum sf_record_kind) head.kind;
  ret_record->valid_s = head.valid_s;
  ret_record->received_s = SF_TIME_MISSING;
  ret_record->revision = head.revision;
  ret_record->quality = head.quality;
  ret_record->source_line = head.source_line;
  bool good = (head.form != DOUBTED || get_text (&reader, &ret_record->doubt))
              && get_members (&reader, ret_record, head.present);
  if (!good && arena->failed)
    return sf_fail (err, SF_ENOMEM, "no memory for a record of kind %s", sf_record_kind_name (ret_record->kind, 0));
  if (!good || reader.at != reader.end)
    return sf_fail (err, SF_EFORMAT, "a record of kind %s does not hang together",
                    sf_record_kind_name (ret_record->kind, 0));
  *ret_used = head.length;
  *ret_readable = reader.is_readable;
  return SF_OK;
}
