/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/ingest.h"

#include "core/base/json.h"
#include "core/base/time.h"

#include <string.h>

enum
{
  QUARANTINE_TEXT_BYTES = 400,
  LOGGED_PER_MESSAGE = 20 /* the rest is counted and stands in quarantine */
};

/* What a message's decoding carries along. */
struct decoding
{
  struct sf_ingest *ingest;
  const struct sf_message *message;
  struct sf_ingest_message *entry;
  struct sf_log *log;
  enum sf_code failed; /* the first failure of the sink, which no decoder may swallow */
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory taking a feed in");
}

const char *
sf_ingest_source_name (const char *source)
{
  const char *slash = source ? strrchr (source, '/') : NULL;
  return slash ? slash + 1 : source ? source : "";
}

static void
add_line (struct sf_strbuf *out, const char *feed, const char *source, long line, const char *reason,
          const char *excerpt)
{
  struct sf_json json = { .out = out };
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "feed", feed);
  sf_json_put_string (&json, "source", source);
  sf_json_put_int (&json, "line", line);
  sf_json_put_string (&json, "reason", reason);
  sf_json_put_string (&json, "text", excerpt);
  sf_json_end_object (&json);
  sf_strbuf_add (out, "\n");
}

void
sf_ingest_lose_feed (struct sf_ingest *ingest, const char *feed, const char *reason)
{
  add_line (&ingest->quarantine, feed, NULL, 0, reason, "");
  ingest->rejected++;
}

static void
quarantine (void *ctx, long line, const char *reason, const char *bytes, size_t length)
{
  struct decoding *decoding = ctx;
  struct sf_strbuf excerpt = { 0 };
  const char *source = sf_ingest_source_name (decoding->message->source);
  reason = reason && *reason ? reason : "no reason given";
  sf_strbuf_add_excerpt (&excerpt, bytes ? bytes : "", bytes ? length : 0, QUARANTINE_TEXT_BYTES);
  add_line (&decoding->ingest->quarantine, decoding->message->feed, source, line, reason,
            excerpt.text ? excerpt.text : "");
  sf_strbuf_finish (&excerpt);
  decoding->ingest->rejected++;
  decoding->entry->rejected++;
  if (decoding->entry->rejected <= LOGGED_PER_MESSAGE)
    sf_log_write (decoding->log, SF_LOG_WARNING, decoding->message->feed, "quarantined: %s:%ld: %s", source, line,
                  reason);
  if (decoding->entry->rejected == LOGGED_PER_MESSAGE)
    sf_log_write (decoding->log, SF_LOG_WARNING, decoding->message->feed,
                  "quarantined: %s: any more of this message are not listed here", source);
}

static enum sf_code
keep_record (struct decoding *decoding, const struct sf_record *record, struct sf_error *err)
{
  struct sf_ingest *ingest = decoding->ingest;
  struct sf_record full = *record;
  struct sf_error why = { 0 };
  full.feed = decoding->message->feed;
  if (!full.source)
    full.source = sf_ingest_source_name (decoding->message->source);
  if (full.received_s == SF_TIME_MISSING)
    full.received_s = decoding->message->received_s;
  if (sf_record_check (&full, &why) != SF_OK)
    {
      quarantine (decoding, (long) full.source_line, why.message, NULL, 0);
      return SF_OK;
    }
  if (sf_mem_grow ((void **) &ingest->records, &ingest->records_capacity, ingest->records_count + 1,
                   sizeof *ingest->records)
      != 0)
    return no_memory (err);
  SF_TRY (sf_record_copy (ingest->arena, &full, &ingest->records[ingest->records_count], err));
  ingest->records_count++;
  decoding->entry->records++;
  return SF_OK;
}

static enum sf_code
take_record (void *ctx, const struct sf_record *record, struct sf_error *err)
{
  struct decoding *decoding = ctx;
  enum sf_code code = keep_record (decoding, record, err);
  if (decoding->failed == SF_OK)
    decoding->failed = code;
  return code;
}

enum sf_code
sf_ingest_message (struct sf_ingest *ingest, const struct sf_decoder *decoder, void *state,
                   const struct sf_message *message, struct sf_log *log, struct sf_error *err)
{
  if (sf_mem_grow ((void **) &ingest->messages, &ingest->messages_capacity, ingest->messages_count + 1,
                   sizeof *ingest->messages)
      != 0)
    return no_memory (err);
  struct sf_ingest_message *entry = &ingest->messages[ingest->messages_count];
  *entry = (struct sf_ingest_message){ .feed = message->feed,
                                       .received_s = message->received_s,
                                       .length = message->length };
  entry->source = sf_arena_strdup (ingest->arena, sf_ingest_source_name (message->source));
  if (!entry->source)
    return no_memory (err);
  SF_TRY (sf_key_of_bytes (message->bytes, message->length, &entry->sha256, err));
  ingest->messages_count++;
  struct decoding decoding = { .ingest = ingest, .message = message, .entry = entry, .log = log };
  struct sf_sink sink = { .ctx = &decoding, .emit = take_record, .reject = quarantine };
  struct sf_error why = { 0 };
  enum sf_code code = decoder->decode (state, message, &sink, &why);
  if (decoding.failed != SF_OK || ingest->quarantine.failed)
    return no_memory (err);
  if (code == SF_ENOMEM || code == SF_ECANCELLED)
    return sf_fail (err, code, "%s", why.message[0] ? why.message : sf_code_text (code, 0));
  if (code != SF_OK)
    quarantine (&decoding, 0, why.message, (const char *) message->bytes, message->length);
  return ingest->quarantine.failed ? no_memory (err) : SF_OK;
}

struct delivery
{
  struct sf_ingest *ingest;
  const struct sf_feed *feed;
  void *decoder_state;
  int64_t clock_s;
  struct sf_log *log;
  uint64_t taken;
};

static enum sf_code
deliver (void *ctx, const struct sf_message *message, struct sf_error *err)
{
  struct delivery *delivery = ctx;
  struct sf_message named = *message;
  named.feed = delivery->feed->name;
  named.received_s = delivery->clock_s;
  SF_TRY (sf_ingest_message (delivery->ingest, delivery->feed->decoder.plugin->as.decoder, delivery->decoder_state,
                             &named, delivery->log, err));
  delivery->taken++;
  return SF_OK;
}

/* A scenario's feeds are read once, from their beginning: nothing is remembered between two runs. */
static enum sf_code
remember (void *ctx, const char *key, const char *value, struct sf_error *err)
{
  (void) ctx, (void) key, (void) value, (void) err;
  return SF_OK;
}

static enum sf_code
recall (void *ctx, struct sf_arena *arena, const char *key, const char **ret_value, struct sf_error *err)
{
  (void) ctx, (void) arena, (void) key, (void) err;
  *ret_value = NULL;
  return SF_OK;
}

static void
log_trouble (void *ctx, const char *name, const char *text)
{
  const struct delivery *delivery = ctx;
  if (text)
    sf_log_write (delivery->log, SF_LOG_WARNING, delivery->feed->name, "%s: %s", name, text);
}

static void
count_nothing (void *ctx, const char *name, long more)
{
  (void) ctx, (void) name, (void) more;
}

enum sf_code
sf_ingest_feed (struct sf_ingest *ingest, struct sf_plugin_host *plugins, const struct sf_feed *feed, int64_t clock_s,
                struct sf_error *err)
{
  const struct sf_transport *transport = feed->transport.plugin->as.transport;
  const struct sf_decoder *decoder = feed->decoder.plugin->as.decoder;
  struct sf_host transport_host, decoder_host;
  void *transport_state = NULL, *decoder_state = NULL;
  struct sf_protocol_use protocol = { .settings = feed->protocol.settings };
  bool transport_open = false, decoder_open = false;
  long delivered = 0;
  sf_plugin_host_handle (plugins, feed->name, feed->transport.settings, clock_s, &transport_host);
  sf_plugin_host_handle (plugins, feed->name, feed->decoder.settings, SF_TIME_MISSING, &decoder_host);
  if (feed->protocol.plugin)
    {
      protocol.protocol = feed->protocol.plugin->as.protocol;
      transport_host.protocol = &protocol;
    }
  enum sf_code code = decoder->open (&decoder_host, &decoder_state, err);
  if (code != SF_OK)
    goto out;
  decoder_open = true;
  code = transport->open (&transport_host, &transport_state, err);
  if (code != SF_OK)
    goto out;
  transport_open = true;
  struct delivery delivery
      = { .ingest = ingest, .feed = feed, .decoder_state = decoder_state, .clock_s = clock_s, .log = decoder_host.log };
  struct sf_inlet inlet = { .ctx = &delivery,
                            .now_s = clock_s,
                            .now_ms = sf_time_steady_ms (),
                            .deliver = deliver,
                            .remember = remember,
                            .recall = recall,
                            .trouble = log_trouble,
                            .count = count_nothing };
  code = transport->poll (transport_state, &inlet, &delivered, err);
  if (transport->acknowledge && delivery.taken > 0)
    transport->acknowledge (transport_state, &inlet, delivery.taken);
  if (code == SF_OK && delivered == 0)
    sf_log_write (decoder_host.log, SF_LOG_WARNING, feed->name, "the feed brought no message");
out:
  if (transport_open)
    transport->close (transport_state);
  if (decoder_open)
    decoder->close (decoder_state);
  return code == SF_OK ? SF_OK : sf_error_prefix (err, code, "feed %s", feed->name);
}

void
sf_ingest_finish (struct sf_ingest *ingest)
{
  sf_mem_free (ingest->messages);
  sf_mem_free (ingest->records);
  sf_strbuf_finish (&ingest->quarantine);
  *ingest = (struct sf_ingest){ .arena = ingest->arena };
}
