/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/telemetry/scan.h"

#include <string.h>

struct scan
{
  const struct sf_scan_rules *rules;
  const uint8_t *bytes;
  size_t length;
  bool ended; /* what is not whole never will be */
  bool full;  /* so many bytes are there that a decision is due */
};

struct found
{
  enum sf_probe kind;
  size_t begin, end;
};

static enum sf_probe
probe (const struct scan *scan, size_t at, size_t end, size_t *ret_length)
{
  enum sf_probe kind = scan->rules->probe (scan->bytes + at, end - at, ret_length);
  return kind == SF_PROBE_MORE && scan->ended ? SF_PROBE_NOT : kind;
}

/* The next mark at or after a place before end; end when there is none. */
static size_t
next_mark (const struct scan *scan, size_t at, size_t end)
{
  const uint8_t *marks = scan->rules->marks, *from = scan->bytes + at;
  const uint8_t *one = at < end ? memchr (from, marks[0], end - at) : NULL;
  const uint8_t *two = marks[1] != marks[0] && at < end ? memchr (from, marks[1], end - at) : NULL;
  const uint8_t *first = one && two ? (one < two ? one : two) : one ? one : two;
  return first ? (size_t) (first - scan->bytes) : end;
}

/* The good frame that ends first. */
static bool
find_good (const struct scan *scan, struct found *ret_good)
{
  size_t seen = scan->length, length;
  bool found = false;
  for (size_t at = next_mark (scan, 0, seen); at < seen; at = next_mark (scan, at + 1, seen))
    if (probe (scan, at, seen, &length) == SF_PROBE_GOOD)
      {
        *ret_good = (struct found){ SF_PROBE_GOOD, at, at + length };
        found = true;
        seen = at + length - 1;
      }
  return found;
}

/* The first place from `at` and before `until` where a frame that ends by `end` is bad, or, where asked for, still open. */
static bool
find_other (const struct scan *scan, size_t at, size_t until, size_t end, bool open_too, struct found *ret_found)
{
  size_t length;
  for (at = next_mark (scan, at, until); at < until; at = next_mark (scan, at + 1, until))
    {
      enum sf_probe kind = probe (scan, at, end, &length);
      if (kind != SF_PROBE_BAD && !(kind == SF_PROBE_MORE && open_too))
        continue;
      *ret_found = (struct found){ kind, at, kind == SF_PROBE_BAD ? at + length : until };
      return true;
    }
  return false;
}

static struct sf_frame
frame_of (enum sf_frame_kind kind, size_t length)
{
  return (struct sf_frame){ .kind = kind, .length = length };
}

static size_t
lesser (size_t a, size_t b)
{
  return a < b ? a : b;
}

static struct sf_frame
before_good (const struct scan *scan, const struct found *good)
{
  struct found other;
  if (!good->begin)
    return frame_of (SF_FRAME_WHOLE, good->end);
  if (!find_other (scan, 0, good->begin, good->end, false, &other))
    return frame_of (SF_FRAME_NOISE, good->begin);
  if (other.begin)
    return frame_of (SF_FRAME_NOISE, other.begin);
  return frame_of (SF_FRAME_BAD, lesser (other.end, good->begin));
}

/* A bad frame at the very beginning; a good one may begin inside it and not be whole yet. */
static struct sf_frame
bad_first (const struct scan *scan, size_t end)
{
  size_t length;
  for (size_t at = next_mark (scan, 1, end); at < end; at = next_mark (scan, at + 1, end))
    if (probe (scan, at, scan->length, &length) == SF_PROBE_MORE)
      return scan->full ? frame_of (SF_FRAME_BAD, at) : frame_of (SF_FRAME_NONE, 0);
  return frame_of (SF_FRAME_BAD, end);
}

static struct sf_frame
without_good (const struct scan *scan)
{
  struct found other;
  if (!find_other (scan, 0, scan->length, scan->length, true, &other))
    return scan->ended || scan->full ? frame_of (SF_FRAME_NOISE, scan->length) : frame_of (SF_FRAME_NONE, 0);
  if (other.kind == SF_PROBE_MORE && !scan->full)
    return frame_of (SF_FRAME_NONE, 0);
  return other.begin ? frame_of (SF_FRAME_NOISE, other.begin) : bad_first (scan, other.end);
}

void
sf_scan (const struct sf_scan_rules *rules, const uint8_t *bytes, size_t length, bool ended, struct sf_frame *ret_frame)
{
  bool full = length >= rules->frame_bytes_max;
  struct scan scan = { rules, bytes, full ? rules->frame_bytes_max : length, ended && !full, full };
  struct found good;
  if (!scan.length)
    *ret_frame = frame_of (SF_FRAME_NONE, 0);
  else if (find_good (&scan, &good))
    *ret_frame = before_good (&scan, &good);
  else
    *ret_frame = without_good (&scan);
}
