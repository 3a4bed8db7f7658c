/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/mqtt/mqtt.h"

#include "core/base/text.h"

#include <stdio.h>
#include <string.h>

/* After a broken connection a broker sends what was not confirmed again, marked DUP, under the same packet identifier. Each
   message gets a count; count and digest are remembered under its packet identifier before it is delivered with an identity of
   these three. A marked message that is the remembered one gets the same count, hence the same identity: a duplicate if it is
   held, and taken if it is not, whatever was committed when we were killed. A packet identifier is used again for other
   messages, so only one of the last REPEAT_REACH can be repeated; equal messages that are not marked, as a moored vessel sends
   them, get counts of their own. Counts are reserved in blocks, so that none is given twice. */
enum
{
  REPEAT_REACH = 32768,
  COUNT_BLOCK = 256,
  WAITING_BYTES_MAX = 64 << 20
};

void
mqtt_intake_init (struct mqtt *mqtt)
{
  mqtt->last_waiting = &mqtt->first_waiting;
  mqtt->count = -1;
  mqtt->announced_packet = -1;
}

static void
free_waiting (struct waiting *waiting)
{
  mosquitto_message_free_contents (&waiting->message);
  sf_mem_free (waiting);
}

void
mqtt_intake_finish (struct mqtt *mqtt)
{
  while (mqtt->first_waiting)
    {
      struct waiting *next = mqtt->first_waiting->next;
      free_waiting (mqtt->first_waiting);
      mqtt->first_waiting = next;
    }
}

bool
mqtt_intake_is_settled (const struct mqtt *mqtt)
{
  return mqtt->taken == mqtt->acknowledged && !mqtt->first_waiting;
}

/* The callback is not told whether a message is marked as a repeat; the library's log, just before it, is:
   "Client ID received PUBLISH (d1, q1, r0, m5, 'topic', ... (12 bytes))". */
void
mqtt_intake_log (struct mosquitto *client, void *opaque, int level, const char *text)
{
  static const char mark[] = " received PUBLISH (";
  struct mqtt *mqtt = opaque;
  int repeat, qos, retained, packet;
  const char *found = strstr (text, mark);
  (void) client;
  if (level & (MOSQ_LOG_ERR | MOSQ_LOG_WARNING))
    sf_host_log (mqtt->host, SF_LOG_WARNING, "%s", text);
  if (!found || sscanf (found + sizeof mark - 1, "d%d, q%d, r%d, m%d,", &repeat, &qos, &retained, &packet) != 4)
    return;
  mqtt->announced_packet = packet;
  mqtt->announced_repeat = repeat != 0;
}

/* Where the log says nothing, a message soon after the connection was made may be a repeat. */
static bool
is_marked (struct mqtt *mqtt, const struct mosquitto_message *message)
{
  bool known = mqtt->announced_packet == message->mid;
  mqtt->announced_packet = -1;
  return known ? mqtt->announced_repeat : mqtt->recently_connected;
}

/* Have a count that was never given. */
static enum sf_code
reserve_count (struct mqtt *mqtt, struct sf_arena *arena, struct sf_error *err)
{
  const char *value = NULL;
  int64_t count = 0;
  if (mqtt->count < 0)
    {
      SF_TRY (mqtt->inlet->recall (mqtt->inlet->ctx, arena, "counts", &value, err));
      if (value && !sf_text_parse_int (sf_span_of (value), &count))
        return sf_fail (err, SF_EFORMAT, "mqtt: what is remembered as the count of messages is no number: %s", value);
      mqtt->count = mqtt->reserved = count;
    }
  if (mqtt->count < mqtt->reserved)
    return SF_OK;
  value = sf_arena_printf (arena, "%lld", (long long) (mqtt->count + COUNT_BLOCK));
  if (!value)
    return sf_fail (err, SF_ENOMEM, "mqtt: out of memory");
  SF_TRY (mqtt->inlet->remember (mqtt->inlet->ctx, "counts", value, err));
  mqtt->reserved = mqtt->count + COUNT_BLOCK;
  return SF_OK;
}

/* The count of the message remembered under a key, when it is this one; else 0. "COUNT DIGEST" */
static enum sf_code
recall_count (struct mqtt *mqtt, struct sf_arena *arena, const char *key, const char *digest, int64_t *ret_count,
              struct sf_error *err)
{
  const char *value = NULL;
  struct sf_span word, rest;
  int64_t count;
  *ret_count = 0;
  SF_TRY (mqtt->inlet->recall (mqtt->inlet->ctx, arena, key, &value, err));
  if (!value)
    return SF_OK;
  rest = sf_span_of (value);
  if (sf_text_next_word (&rest, &word) && sf_text_parse_int (word, &count) && sf_text_next_word (&rest, &word)
      && sf_span_equal (word, digest) && mqtt->count - count < REPEAT_REACH)
    *ret_count = count;
  return SF_OK;
}

/* The count of a message at QoS 1, remembered before it is delivered. */
static enum sf_code
find_count (struct mqtt *mqtt, struct sf_arena *arena, const struct mosquitto_message *message, const char *digest,
            bool is_marked_repeat, int64_t *ret_count, struct sf_error *err)
{
  const char *key = sf_arena_printf (arena, "mid/%d", message->mid), *value;
  int64_t count = 0;
  if (!key)
    return sf_fail (err, SF_ENOMEM, "mqtt: out of memory");
  SF_TRY (reserve_count (mqtt, arena, err));
  if (is_marked_repeat)
    SF_TRY (recall_count (mqtt, arena, key, digest, &count, err));
  *ret_count = count;
  if (count > 0)
    return SF_OK;
  *ret_count = mqtt->count + 1;
  value = sf_arena_printf (arena, "%lld %s", (long long) *ret_count, digest);
  return value ? mqtt->inlet->remember (mqtt->inlet->ctx, key, value, err)
               : sf_fail (err, SF_ENOMEM, "mqtt: out of memory");
}

static enum sf_code
give_to_inlet (struct mqtt *mqtt, struct sf_arena *arena, const struct mosquitto_message *message, const char *identity,
               struct sf_error *err)
{
  size_t whole = sf_text_utf8_prefix ((const uint8_t *) message->topic, strlen (message->topic));
  const char *source = sf_arena_strndup (arena, message->topic, whole);
  if (!source)
    return sf_fail (err, SF_ENOMEM, "mqtt: out of memory");
  struct sf_message taken = { .feed = mqtt->host->component,
                              .source = source,
                              .identity = identity,
                              .bytes = message->payload ? message->payload : (const void *) "",
                              .length = (size_t) message->payloadlen,
                              .received_s = mqtt->inlet->now_s };
  SF_TRY (mqtt->inlet->deliver (mqtt->inlet->ctx, &taken, err));
  mqtt->taken++;
  return SF_OK;
}

/* What a new subscription brings besides news is the last message of each topic: of the same content it is the same one. At
   QoS 0 nothing tells two messages apart, and none is sent twice. */
static enum sf_code
take_in (struct mqtt *mqtt, struct sf_arena *arena, const struct mosquitto_message *message, bool is_marked_repeat,
         struct sf_error *err)
{
  char digest[SF_KEY_TEXT_BYTES];
  const char *identity = NULL;
  int64_t count = 0;
  if (message->retain && !mqtt->takes_retained)
    return SF_OK;
  SF_TRY (pull_digest (message->topic, message->payload, (size_t) message->payloadlen, digest, err));
  if (message->retain)
    identity = sf_arena_printf (arena, "retained/%s", digest);
  else if (message->qos > 0)
    {
      SF_TRY (find_count (mqtt, arena, message, digest, is_marked_repeat, &count, err));
      identity = sf_arena_printf (arena, "%d/%lld/%s", message->mid, (long long) count, digest);
    }
  if (!identity && (message->retain || message->qos > 0))
    return sf_fail (err, SF_ENOMEM, "mqtt: out of memory");
  SF_TRY (give_to_inlet (mqtt, arena, message, identity, err));
  if (count > mqtt->count)
    mqtt->count = count;
  else if (count > 0)
    mqtt->inlet->count (mqtt->inlet->ctx, "redelivered", 1);
  return SF_OK;
}

static enum sf_code
offer (struct mqtt *mqtt, const struct mosquitto_message *message, bool is_marked_repeat)
{
  struct sf_arena arena = { 0 };
  struct sf_error why = { 0 };
  enum sf_code code = take_in (mqtt, &arena, message, is_marked_repeat, &why);
  sf_arena_finish (&arena);
  if (code != SF_OK && code != SF_EBUSY)
    sf_host_log (mqtt->host, SF_LOG_WARNING, "%s: kept for later: %s", message->topic, why.message);
  return code;
}

/* What cannot be kept is not confirmed either: without the connection its confirmation never leaves, and the broker sends it
   again. */
static void
keep_waiting (struct mqtt *mqtt, const struct mosquitto_message *message, bool is_marked_repeat)
{
  struct waiting *waiting = NULL;
  size_t bytes = sizeof *waiting + strlen (message->topic) + (size_t) message->payloadlen;
  if (mqtt->waiting_bytes + bytes > WAITING_BYTES_MAX && mqtt->first_waiting)
    {
      mqtt_link_break_off (mqtt, "more messages came than may wait");
      return;
    }
  waiting = sf_mem_calloc (1, sizeof *waiting);
  if (!waiting || mosquitto_message_copy (&waiting->message, message) != MOSQ_ERR_SUCCESS)
    {
      sf_mem_free (waiting);
      mqtt_link_break_off (mqtt, "out of memory");
      return;
    }
  waiting->is_repeat = is_marked_repeat;
  mqtt->waiting_bytes += bytes;
  *mqtt->last_waiting = waiting;
  mqtt->last_waiting = &waiting->next;
}

void
mqtt_intake_message (struct mosquitto *client, void *opaque, const struct mosquitto_message *message)
{
  struct mqtt *mqtt = opaque;
  bool is_marked_repeat = is_marked (mqtt, message);
  (void) client;
  if (mqtt->first_waiting || offer (mqtt, message, is_marked_repeat) != SF_OK)
    keep_waiting (mqtt, message, is_marked_repeat);
}

void
mqtt_intake_retry (struct mqtt *mqtt)
{
  while (mqtt->first_waiting)
    {
      struct waiting *first = mqtt->first_waiting;
      if (offer (mqtt, &first->message, first->is_repeat) != SF_OK)
        return;
      mqtt->first_waiting = first->next;
      if (!first->next)
        {
          mqtt->last_waiting = &mqtt->first_waiting;
          mqtt->waiting_bytes = 0;
        }
      free_waiting (first);
    }
}
