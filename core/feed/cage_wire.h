/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_CAGE_WIRE_H
#define SF_CORE_FEED_CAGE_WIRE_H

#include "core/base/text.h"
#include "core/plugin/plugin.h"

/* What a master and its worker say to each other: frames, each a head and `length` bytes. Both are the same program, so all is
   in the machine's own byte order; a worker of another version is refused by the first frame. What comes from a worker is read
   as an enemy's. */
enum sf_cage_frame_kind
{
  /* to the worker */
  SF_CAGE_SETUP = 1, /* the decoder and the limits */
  SF_CAGE_OPEN,      /* a feed: number, name, settings */
  SF_CAGE_GO,        /* all feeds are there: close the jail */
  SF_CAGE_MESSAGE,   /* number: the feed's; sequence: the message's */
  /* from the worker */
  SF_CAGE_OPENED,  /* number: the feed's; code and words */
  SF_CAGE_READY,   /* the build */
  SF_CAGE_RECORDS, /* number: how many; a count of fields, which come beside; then packed records */
  SF_CAGE_REJECT,
  SF_CAGE_END, /* of a message: what came of it */
  /* both ways */
  SF_CAGE_BULK, /* the next `number` bytes of what is said stand in the ring, from position `sequence` on */
  SF_CAGE_FRAME_KINDS
};

enum
{
  SF_CAGE_WIRE_VERSION = 2,
  SF_CAGE_REJECTS_KEPT = 1000, /* of one message; more are counted */
  SF_CAGE_REASON_BYTES = 512,
  SF_CAGE_EXCERPT_BYTES = 400,              /* of a rejected piece, before what is not printable is written as \xNN */
  SF_CAGE_FEEDS_MAX = 4096,                 /* of one decoder */
  SF_CAGE_FIELDS_MAX = 4096,                /* of one message */
  SF_CAGE_FIELDS_BYTES = 512 * 1024 * 1024, /* of all fields of one message, unless the setup says so */
  SF_CAGE_RECORDS_BYTES = 512 * 1024 * 1024 /* of all else that comes of one message */
};

/* What the fields of a message may take, and what those before took. */
struct sf_cage_fields
{
  int64_t one_bytes, all_bytes;
  int64_t count, used_bytes;
};

/* Take one more in; false: it may not be, ret_reason says why. */
bool sf_cage_fields_take (struct sf_cage_fields *fields, const struct sf_gridspec *grid, char *ret_reason,
                          size_t reason_bytes);

/* The descriptors of a worker. */
enum sf_cage_descriptor
{
  SF_CAGE_FD_IN = 3,
  SF_CAGE_FD_OUT,
  SF_CAGE_FD_FIELDS,   /* a socket that fields' memory files travel on */
  SF_CAGE_FD_PROGRESS, /* a memory file of struct sf_cage_progress */
  SF_CAGE_FDS_END
};

/* Bytes on their way without the kernel's copies. Positions count up for ever; a piece never goes over the end, so what is left
   there is skipped. Whoever puts a piece in says so by a frame on the pipe; without room it goes through the pipe itself. */
enum
{
  SF_CAGE_RING_BYTES = 1024 * 1024,
  SF_CAGE_BULK_LEAST = 512 /* less goes through the pipe at once */
};

struct sf_cage_ring
{
  _Atomic uint64_t taken; /* by the reader, up to this position */
  uint8_t bytes[SF_CAGE_RING_BYTES];
};

/* The position where a piece of so many bytes may stand, behind what was put before; false: there is no room. */
bool sf_cage_ring_place (struct sf_cage_ring *ring, uint64_t put, size_t length, uint64_t *ret_position);

/* Memory that a worker and its master share; the master believes nothing of it, and copies before it looks. */
struct sf_cage_progress
{
  _Atomic uint64_t sequence; /* of the message under way; 0: none */
  _Atomic int forbidden;     /* the system call that the jail refused, + 1 */
  struct sf_cage_ring in, out;
};

struct sf_cage_frame
{
  uint32_t magic;
  uint16_t version, kind;
  uint32_t length; /* of what follows */
  uint32_t number;
  uint64_t sequence;
};

/* Append a frame's head; then add its body, and end it. The buffer's `failed` tells of lack of memory. */
size_t sf_cage_frame_begin (struct sf_strbuf *buf, enum sf_cage_frame_kind kind, uint64_t sequence, uint32_t number);
struct sf_cage_frame sf_cage_frame_of_bulk (uint64_t position, uint32_t length);
void sf_cage_frame_end (struct sf_strbuf *buf, size_t start);
void sf_cage_put_i64 (struct sf_strbuf *buf, int64_t value);
void sf_cage_put_text (struct sf_strbuf *buf, const char *text);

/* Look at the head of a frame. *ret_whole: the bytes of the whole frame, 0 when more are needed to say. */
enum sf_code sf_cage_frame_look (const uint8_t *bytes, size_t length, struct sf_cage_frame *ret_frame,
                                 size_t *ret_whole, struct sf_error *err);

/* The body of a frame, read from its first byte on. What is not there is 0 or NULL and makes it broken. Texts are borrowed. */
struct sf_cage_body
{
  const uint8_t *at, *end;
  bool broken;
};
struct sf_cage_body sf_cage_body_of (const uint8_t *frame);
int64_t sf_cage_get_i64 (struct sf_cage_body *body);
const char *sf_cage_get_text (struct sf_cage_body *body);

/* What a message is to its worker. */
enum sf_cage_message_flag
{
  SF_CAGE_LOOK_BACK = 1, /* of the past: nothing is told of it */
  SF_CAGE_AGAIN = 2      /* a worker ended of it */
};

/* A message as a frame: all of it before the message's own bytes, which end it. And back; what is read borrows from the frame. */
void sf_cage_put_message_head (struct sf_strbuf *buf, const struct sf_message *message, int64_t flags);
bool sf_cage_get_message (const uint8_t *frame, struct sf_message *ret_message, int64_t *ret_flags);
void sf_cage_set_message_flags (uint8_t *frame, int64_t flags);

/* What a decoder makes of a message while memory is out is not to be believed: a library without memory says that the message is
   bad, or drops a letter and says nothing. The message is tried again; where that is so each time, a refusal is believed, and
   silence is not. Begin before decode; doubts after it. */
struct sf_cage_doubt
{
  long failures;
};
void sf_cage_doubt_begin (struct sf_cage_doubt *doubt);
bool sf_cage_doubts (const struct sf_cage_doubt *doubt, enum sf_code code, int64_t rejected, bool again);

/* A text that somebody else made, fit to be shown: UTF-8 without control characters, cut; "" for NULL. */
void sf_cage_add_words (struct sf_strbuf *buf, const char *text);

#endif
