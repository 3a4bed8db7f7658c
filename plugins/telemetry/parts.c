/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/telemetry/parts.h"

#include "core/base/mem.h"

#include <string.h>

struct open_message
{
  char key[SF_PARTS_KEY_BYTES]; /* "": free */
  unsigned parts, next;
  int64_t received_s;
  uint8_t *bytes;
  size_t length, capacity;
};

struct sf_parts
{
  struct open_message open[SF_PARTS_OPEN];
};

struct sf_parts *
sf_parts_new (void)
{
  return sf_mem_calloc (1, sizeof (struct sf_parts));
}

void
sf_parts_free (struct sf_parts *parts)
{
  for (int i = 0; parts && i < SF_PARTS_OPEN; i++)
    sf_mem_free (parts->open[i].bytes);
  sf_mem_free (parts);
}

/* A time that is missing is the earliest one: differences then never overflow. */
static int64_t
time_of (const struct sf_part *part)
{
  return part->received_s < 0 ? 0 : part->received_s;
}

/* The open message of a key, which has not expired, or a place for a new one. */
static struct open_message *
find (struct sf_parts *parts, const struct sf_part *part, bool *ret_open)
{
  struct open_message *place = &parts->open[0];
  for (int i = 0; i < SF_PARTS_OPEN; i++)
    {
      struct open_message *message = &parts->open[i];
      if (message->key[0] && !strcmp (message->key, part->key))
        {
          *ret_open = message->parts == part->parts && time_of (part) - message->received_s <= SF_PARTS_EXPIRE_S;
          return message;
        }
      if (!message->key[0] ? place->key[0] != '\0' : place->key[0] && message->received_s < place->received_s)
        place = message;
    }
  *ret_open = false;
  return place;
}

static void
forget (struct open_message *message)
{
  sf_mem_free (message->bytes);
  *message = (struct open_message){ .key = "" };
}

static void
begin (struct open_message *message, const struct sf_part *part)
{
  message->length = 0;
  message->parts = part->parts;
  message->next = 1;
  memcpy (message->key, part->key, sizeof message->key);
}

enum sf_code
sf_parts_add (struct sf_parts *parts, const struct sf_part *part, enum sf_parts_verdict *ret_verdict,
              const uint8_t **ret_bytes, size_t *ret_length, struct sf_error *err)
{
  bool is_open;
  struct open_message *message = find (parts, part, &is_open);
  *ret_verdict = SF_PARTS_WAIT;
  if (part->part == 1)
    begin (message, part);
  else if (!is_open || part->part > message->next || part->part < 1)
    {
      *ret_verdict = SF_PARTS_ORPHAN;
      return SF_OK;
    }
  if (part->part < message->next)
    return SF_OK;
  if (part->length > SF_PARTS_BYTES - message->length)
    {
      forget (message);
      *ret_verdict = SF_PARTS_LARGE;
      return SF_OK;
    }
  if (sf_mem_grow ((void **) &message->bytes, &message->capacity, message->length + part->length, 1) < 0)
    return sf_fail (err, SF_ENOMEM, "out of memory for a message in parts");
  if (part->length)
    memcpy (message->bytes + message->length, part->bytes, part->length);
  message->length += part->length;
  message->received_s = time_of (part);
  message->next++;
  if (message->next <= part->parts)
    return SF_OK;
  message->key[0] = '\0';
  *ret_verdict = SF_PARTS_WHOLE;
  *ret_bytes = message->bytes;
  *ret_length = message->length;
  return SF_OK;
}
