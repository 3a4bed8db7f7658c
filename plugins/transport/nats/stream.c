/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/nats/subscriber.h"

#include "core/base/json.h"
#include "core/base/text.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum
{
  BATCH_MESSAGES = 500,
  BATCH_BYTES = 16 << 20,
  UNCONFIRMED_MAX = 4 * BATCH_MESSAGES,
  EXPIRES_MS = 5000,
  ANSWER_MS = 5000,
  MAX_TOKENS = 16
};

bool
stream_identity (const char *reply, char *identity, size_t size)
{
  struct sf_span tokens[MAX_TOKENS], rest = sf_span_of (reply ? reply : "");
  int count = 0;
  while (count < MAX_TOKENS && sf_text_next_field (&rest, '.', &tokens[count]))
    count++;
  if (count < 9 || count == 10 || !sf_span_equal (tokens[0], "$JS") || !sf_span_equal (tokens[1], "ACK"))
    return false;
  const struct sf_span *stream = &tokens[count == 9 ? 2 : 4];
  const struct sf_span *sequence = stream + 3, *time = stream + 5;
  int written = snprintf (identity, size, "%.*s/%.*s/%.*s", (int) stream->length, stream->text, (int) sequence->length,
                          sequence->text, (int) time->length, time->text);
  return written > 0 && (size_t) written < size;
}

/* --- the consumer --- */

static void
put_config (const struct subscriber *subscriber, struct sf_json *json)
{
  const struct sf_settings *settings = subscriber->host->settings;
  const char *subject = sf_settings_text (settings, "subject");
  sf_json_begin_object (json);
  sf_json_put_string (json, "durable_name", subscriber->consumer);
  sf_json_put_string (json, "deliver_policy", sf_settings_text (settings, "from"));
  sf_json_put_string (json, "ack_policy", "explicit");
  sf_json_put_int (json, "ack_wait", sf_settings_int (settings, "redeliver") * 1000000000);
  sf_json_put_int (json, "max_deliver", -1);
  sf_json_put_int (json, "max_ack_pending", UNCONFIRMED_MAX);
  sf_json_put_string (json, "replay_policy", "instant");
  if (subject)
    sf_json_put_string (json, "filter_subject", subject);
  sf_json_end_object (json);
}

enum sf_code
stream_ask_for_consumer (struct subscriber *subscriber, struct sf_error *err)
{
  const char *stream = sf_settings_text (subscriber->host->settings, "stream");
  struct sf_strbuf text = { 0 };
  struct sf_json json = { .out = &text };
  char *subject = sf_mem_printf ("$JS.API.CONSUMER.DURABLE.CREATE.%s.%s", stream, subscriber->consumer);
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "stream_name", stream);
  sf_json_key (&json, "config");
  put_config (subscriber, &json);
  sf_json_end_object (&json);
  enum sf_code code = SF_OK;
  natsStatus status = NATS_NO_MEMORY;
  if (subject && !text.failed)
    status = natsConnection_PublishRequest (subscriber->connection, subject, subscriber->answers_inbox, text.text,
                                            (int) text.length);
  if (status != NATS_OK)
    code = sf_fail (err, SF_EIO, "the consumer cannot be asked for: %s", natsStatus_GetText (status));
  sf_mem_free (subject);
  sf_strbuf_finish (&text);
  return code;
}

static void
judge_answer (struct subscriber *subscriber, natsMsg *message)
{
  json_t *answer = json_loadb (natsMsg_GetData (message), (size_t) natsMsg_GetDataLength (message), 0, NULL);
  const char *why = json_string_value (json_object_get (json_object_get (answer, "error"), "description"));
  const char *stream = sf_settings_text (subscriber->host->settings, "stream");
  if (natsMsg_IsNoResponders (message))
    why = "the server has no JetStream";
  else if (!answer)
    why = "the answer is no JSON";
  if (why)
    {
      pull_alarm_raise (&subscriber->refused, subscriber->inlet, "stream %s: %s", stream, why);
      subscriber_lose (subscriber, why);
    }
  else
    {
      subscriber->link = LINK_UP;
      subscriber->since_ms = subscriber->inlet->now_ms;
      subscriber->expected = 0;
      pull_alarm_end (&subscriber->refused, subscriber->inlet);
      pull_alarm_end (&subscriber->lost, subscriber->inlet);
    }
  json_decref (answer);
}

void
stream_read_answer (struct subscriber *subscriber)
{
  natsMsg *message = NULL;
  natsStatus status = natsSubscription_NextMsg (&message, subscriber->answers, 0);
  if (status == NATS_OK)
    judge_answer (subscriber, message);
  else if (status != NATS_TIMEOUT)
    subscriber_lose (subscriber, natsStatus_GetText (status));
  else if (subscriber->inlet->now_ms - subscriber->since_ms > ANSWER_MS)
    subscriber_lose (subscriber, "the server does not answer");
  natsMsg_Destroy (message);
}

/* --- messages --- */

static void
ask_for_messages (struct subscriber *subscriber)
{
  const char *stream = sf_settings_text (subscriber->host->settings, "stream");
  char body[96];
  char *subject = sf_mem_printf ("$JS.API.CONSUMER.MSG.NEXT.%s.%s", stream, subscriber->consumer);
  snprintf (body, sizeof body, "{\"batch\":%d,\"max_bytes\":%d,\"expires\":%lld}", BATCH_MESSAGES, BATCH_BYTES,
            EXPIRES_MS * 1000000LL);
  if (subject
      && natsConnection_PublishRequestString (subscriber->connection, subject, subscriber->messages_inbox, body)
             == NATS_OK)
    {
      subscriber->asked_ms = subscriber->inlet->now_ms;
      subscriber->expected = BATCH_MESSAGES;
    }
  sf_mem_free (subject);
}

static enum sf_code
give_to_inlet (struct subscriber *subscriber, natsMsg *message)
{
  struct sf_error why = { 0 };
  const char *subject = natsMsg_GetSubject (message);
  char identity[256], source[256], *reply = NULL;
  enum sf_code code = SF_ENOMEM;
  if (!stream_identity (natsMsg_GetReply (message), identity, sizeof identity))
    return SF_OK; /* not of the stream: somebody published to our inbox */
  /* A server takes any bytes for a subject. */
  snprintf (source, sizeof source, "%s", subject);
  source[sf_text_utf8_prefix ((const uint8_t *) source, strlen (source))] = '\0';
  if (sf_mem_grow ((void **) &subscriber->unconfirmed, &subscriber->unconfirmed_capacity,
                   subscriber->unconfirmed_count + 1, sizeof *subscriber->unconfirmed)
          == 0
      && (reply = sf_mem_strdup (natsMsg_GetReply (message))))
    {
      struct sf_message taken = { .feed = subscriber->host->component,
                                  .source = source,
                                  .identity = identity,
                                  .bytes = (const uint8_t *) natsMsg_GetData (message),
                                  .length = (size_t) natsMsg_GetDataLength (message),
                                  .received_s = subscriber->inlet->now_s };
      code = subscriber->inlet->deliver (subscriber->inlet->ctx, &taken, &why);
    }
  if (code == SF_OK)
    subscriber->unconfirmed[subscriber->unconfirmed_count++] = (struct unconfirmed){ ++subscriber->taken, reply };
  else
    sf_mem_free (reply);
  if (code != SF_OK && code != SF_EBUSY)
    sf_host_log (subscriber->host, SF_LOG_WARNING, "%s: kept for later: %s", source, why.message);
  return code;
}

/* A message without a body and with a status says that the server has no more, or ended the request. One that somebody sent
   with such a header wants to be confirmed. */
static bool
ends_request (natsMsg *message)
{
  const char *status = NULL;
  return !natsMsg_GetReply (message) && natsMsg_GetDataLength (message) == 0
         && natsMsgHeader_Get (message, "Status", &status) == NATS_OK;
}

/* False: there is no room. */
static bool
take (struct subscriber *subscriber, natsMsg *message)
{
  if (ends_request (message))
    subscriber->expected = 0;
  else if (give_to_inlet (subscriber, message) != SF_OK)
    return false;
  else if (subscriber->expected > 0)
    subscriber->expected--;
  natsMsg_Destroy (message);
  return true;
}

static void
take_all (struct subscriber *subscriber)
{
  natsMsg *message = subscriber->held;
  subscriber->held = NULL;
  for (int i = 0; i < UNCONFIRMED_MAX; i++)
    {
      if (!message && natsSubscription_NextMsg (&message, subscriber->messages, 0) != NATS_OK)
        return;
      if (!take (subscriber, message))
        {
          subscriber->held = message;
          return;
        }
      message = NULL;
    }
}

void
stream_turn (struct subscriber *subscriber)
{
  take_all (subscriber);
  bool is_late = subscriber->inlet->now_ms - subscriber->asked_ms > EXPIRES_MS + 1000;
  if (!subscriber->held && (subscriber->expected == 0 || is_late)
      && subscriber->unconfirmed_count + BATCH_MESSAGES <= UNCONFIRMED_MAX)
    ask_for_messages (subscriber);
}

/* --- confirmations --- */

/* One that is lost on its way makes the server send the message again: a duplicate by its identity. */
void
stream_confirm (struct subscriber *subscriber, uint64_t through)
{
  size_t done = 0;
  for (; done < subscriber->unconfirmed_count && subscriber->unconfirmed[done].number <= through; done++)
    {
      if (subscriber->connection)
        natsConnection_PublishString (subscriber->connection, subscriber->unconfirmed[done].reply, "+ACK");
      sf_mem_free (subscriber->unconfirmed[done].reply);
    }
  subscriber->unconfirmed_count -= done;
  if (done > 0)
    memmove (subscriber->unconfirmed, subscriber->unconfirmed + done,
             subscriber->unconfirmed_count * sizeof *subscriber->unconfirmed);
}

void
stream_forget (struct subscriber *subscriber)
{
  natsMsg_Destroy (subscriber->held);
  subscriber->held = NULL;
  for (size_t i = 0; i < subscriber->unconfirmed_count; i++)
    sf_mem_free (subscriber->unconfirmed[i].reply);
  sf_mem_free (subscriber->unconfirmed);
}
