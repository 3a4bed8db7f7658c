/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/bufr_tracks/frame.h"

#include "plugins/decode/bufr_tracks/unfold.h"

#include <string.h>

enum
{
  CATEGORY_SYNOPTIC_FEATURES = 7,
  DATA_HEAD_BYTES = 4
};

static size_t
read_uint (const uint8_t *bytes, int count)
{
  size_t value = 0;
  for (int i = 0; i < count; i++)
    value = value << 8 | bytes[i];
  return value;
}

bool
bufr_find (const uint8_t *bytes, size_t length, size_t *offset, size_t *ret_next)
{
  for (size_t at = *offset; at + 4 <= length; at++)
    {
      const uint8_t *found = memchr (bytes + at, 'B', length - at - 3);
      if (!found)
        return false;
      at = (size_t) (found - bytes);
      if (memcmp (found, "BUFR", 4))
        continue;
      size_t said = at + 8 <= length ? read_uint (found + 4, 3) : 0;
      bool whole = said >= 8 && said <= length - at && !memcmp (found + said - 4, "7777", 4);
      *offset = at;
      *ret_next = at + (whole ? said : 4);
      return true;
    }
  return false;
}

struct section
{
  const uint8_t *bytes;
  size_t length, end; /* end: where the next one begins */
};

/* The section that begins where *section, the one before it, ends. It has at least least_bytes. */
static enum sf_code
next_section (const struct bufr_frame *frame, int number, size_t least_bytes, struct section *section,
              struct sf_error *err)
{
  size_t left = frame->length - 4 - section->end;
  size_t said = left >= 3 ? read_uint (frame->bytes + section->end, 3) : 0;
  if (said < least_bytes || said > left)
    return sf_fail (err, SF_EFORMAT, "section %d says it has %zu bytes; %zu are there, at least %zu are needed", number,
                    said, left, least_bytes);
  *section = (struct section){ frame->bytes + section->end, said, section->end + said };
  return SF_OK;
}

static enum sf_code
read_identification (struct bufr_frame *frame, const uint8_t *section, bool *ret_optional, struct sf_error *err)
{
  bool new_layout = frame->edition == 4;
  frame->centre = new_layout ? (int) read_uint (section + 4, 2) : section[5];
  *ret_optional = section[new_layout ? 9 : 7] & 0x80;
  frame->category = section[new_layout ? 10 : 8];
  frame->tables_version = section[new_layout ? 13 : 10];
  if (section[3] != 0)
    return sf_fail (err, SF_EFORMAT, "master table %d is not meteorology's", section[3]);
  if (frame->category != CATEGORY_SYNOPTIC_FEATURES)
    return sf_fail (err, SF_EFORMAT, "data category %d; tracks of tropical cyclones are category 7", frame->category);
  return SF_OK;
}

/* The template of section 3: *ret_count descriptors in list. */
static enum sf_code
read_description (struct bufr_frame *frame, const struct section *section, uint16_t list[BUFR_DESCRIPTORS_MAX],
                  size_t *ret_count, struct sf_error *err)
{
  size_t count = (section->length - 7) / 2;
  frame->subsets = (int) read_uint (section->bytes + 4, 2);
  frame->compressed = section->bytes[6] & 0x40;
  if (frame->subsets < 1 || frame->subsets > BUFR_SUBSETS_MAX)
    return sf_fail (err, SF_EFORMAT, "%d subsets; 1 to %d can be", frame->subsets, BUFR_SUBSETS_MAX);
  for (size_t i = 0; i < count && i < BUFR_DESCRIPTORS_MAX; i++)
    list[i] = (uint16_t) read_uint (section->bytes + 7 + 2 * i, 2);
  *ret_count = count;
  return bufr_check_template (list, count, err);
}

static enum sf_code
read_sections (struct bufr_frame *frame, struct sf_error *err)
{
  uint16_t list[BUFR_DESCRIPTORS_MAX];
  struct section section = { .end = 8 };
  size_t count = 0;
  bool optional;
  SF_TRY (next_section (frame, 1, frame->edition == 4 ? 22 : 17, &section, err));
  SF_TRY (read_identification (frame, section.bytes, &optional, err));
  if (optional)
    SF_TRY (next_section (frame, 2, 4, &section, err));
  SF_TRY (next_section (frame, 3, 9, &section, err));
  SF_TRY (read_description (frame, &section, list, &count, err));
  SF_TRY (next_section (frame, 4, DATA_HEAD_BYTES, &section, err));
  if (section.end != frame->length - 4)
    return sf_fail (err, SF_EFORMAT, "%zu bytes stand between the data and 7777", frame->length - 4 - section.end);
  struct bufr_data data
      = { section.bytes + DATA_HEAD_BYTES, section.length - DATA_HEAD_BYTES, frame->subsets, frame->compressed };
  return bufr_count_elements (list, count, &data, &frame->elements, err);
}

enum sf_code
bufr_frame_read (const uint8_t *bytes, size_t length, struct bufr_frame *ret_frame, struct sf_error *err)
{
  struct bufr_frame frame = { .bytes = bytes };
  if (length < 8)
    return sf_fail (err, SF_EFORMAT, "the message ends after %zu bytes", length);
  frame.length = read_uint (bytes + 4, 3);
  frame.edition = bytes[7];
  if (frame.length > length)
    return sf_fail (err, SF_EFORMAT, "the message says it has %zu bytes, %zu are there: it is cut off", frame.length,
                    length);
  if (frame.length < 12 || frame.length > BUFR_BYTES_MAX)
    return sf_fail (err, SF_EFORMAT, "the message says it has %zu bytes; 12 to %d can be", frame.length,
                    BUFR_BYTES_MAX);
  if (memcmp (bytes + frame.length - 4, "7777", 4))
    return sf_fail (err, SF_EFORMAT, "no 7777 at the end that the length leads to");
  if (frame.edition != 3 && frame.edition != 4)
    return sf_fail (err, SF_EFORMAT, "BUFR edition %d; 3 and 4 are read", frame.edition);
  SF_TRY (read_sections (&frame, err));
  *ret_frame = frame;
  return SF_OK;
}
