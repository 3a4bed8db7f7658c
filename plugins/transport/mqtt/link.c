/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/mqtt/mqtt.h"

#include "core/base/text.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* Messages read before the next commit is waited for. */
enum
{
  BATCH_MESSAGES = 1000,
  LOOK_UP_MS = 20,
  HURRY_MS = 10,
  IDLE_MS = 1000,
  SESSION_PRESENT = 1,
  REFUSED_QOS = 0x80
};

static void
set_link (struct mqtt *mqtt, enum link link)
{
  mqtt->link = link;
  mqtt->since_ms = mqtt->inlet->now_ms;
}

/* A connection that held for longer than the last wait earns a short one. */
static void
lose (struct mqtt *mqtt, const char *why)
{
  if (mqtt->link == LINK_UP && mqtt->inlet->now_ms - mqtt->since_ms > mqtt->patience.wait_ms)
    mqtt->patience.wait_ms = 0;
  pull_patience_lose (&mqtt->patience, mqtt->inlet->now_ms);
  pull_alarm_raise (&mqtt->lost, mqtt->inlet, "%s:%d: %s", mqtt->server, mqtt->port, why);
  set_link (mqtt, LINK_DOWN);
}

/* The library does not tell of every loss by its callback: a certificate that fails is only an answer. */
static void
check (struct mqtt *mqtt, int code)
{
  if (code != MOSQ_ERR_SUCCESS && mqtt->link != LINK_DOWN)
    lose (mqtt, code == MOSQ_ERR_ERRNO ? strerror (errno) : mosquitto_strerror (code));
}

void
mqtt_link_break_off (const struct mqtt *mqtt, const char *why)
{
  sf_host_log (mqtt->host, SF_LOG_WARNING, "the connection is broken off: %s", why);
  shutdown (mosquitto_socket (mqtt->client), SHUT_RDWR);
}

/* --- subscriptions --- */

/* What is subscribed, as it is remembered: a line "QOS TOPIC" each. */
static char *
subscription_text (const struct mqtt *mqtt, struct sf_arena *arena)
{
  char *text = sf_arena_strdup (arena, "");
  for (size_t i = 0; i < mqtt->topics_count && text; i++)
    text = sf_arena_printf (arena, "%s%d %s\n", text, mqtt->qos, mqtt->topics[i]);
  return text;
}

static bool
is_wanted (const struct mqtt *mqtt, struct sf_span topic)
{
  for (size_t i = 0; i < mqtt->topics_count; i++)
    if (sf_span_equal (topic, mqtt->topics[i]))
      return true;
  return false;
}

/* The broker keeps a subscription until it is told otherwise, over settings that no longer name it. */
static void
unsubscribe_old (struct mqtt *mqtt, struct sf_arena *arena, const char *remembered)
{
  struct sf_span rest = sf_span_of (remembered), line;
  long number = 0;
  while (sf_text_next_line (&rest, &line, &number))
    {
      struct sf_span topic
          = line.length > 2 ? (struct sf_span){ line.text + 2, line.length - 2 } : (struct sf_span){ 0 };
      const char *text
          = topic.length > 0 && !is_wanted (mqtt, topic) ? sf_arena_strndup (arena, topic.text, topic.length) : NULL;
      if (text)
        mosquitto_unsubscribe (mqtt->client, NULL, text);
    }
}

static enum sf_code
subscribe (struct mqtt *mqtt, struct sf_arena *arena, bool session_present, struct sf_error *err)
{
  const char *remembered = NULL;
  const char *wanted = subscription_text (mqtt, arena);
  if (!wanted)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  SF_TRY (mqtt->inlet->recall (mqtt->inlet->ctx, arena, "subscription", &remembered, err));
  if (session_present && remembered && !strcmp (remembered, wanted))
    return SF_OK; /* subscribing anew would bring all retained messages again */
  if (session_present && remembered)
    unsubscribe_old (mqtt, arena, remembered);
  char **topics = sf_arena_calloc (arena, mqtt->topics_count, sizeof *topics);
  for (size_t i = 0; topics && i < mqtt->topics_count; i++)
    if (!(topics[i] = sf_arena_strdup (arena, mqtt->topics[i])))
      topics = NULL;
  if (!topics)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  int code = mosquitto_subscribe_multiple (mqtt->client, NULL, (int) mqtt->topics_count, topics, mqtt->qos, 0, NULL);
  return code == MOSQ_ERR_SUCCESS ? SF_OK : sf_fail (err, SF_EIO, "cannot subscribe: %s", mosquitto_strerror (code));
}

static void
on_connect (struct mosquitto *client, void *opaque, int answer, int flags)
{
  struct mqtt *mqtt = opaque;
  struct sf_arena arena = { 0 };
  struct sf_error why;
  if (answer != 0)
    {
      pull_alarm_raise (&mqtt->refused, mqtt->inlet, "%s:%d refused the connection: %s", mqtt->server, mqtt->port,
                        mosquitto_connack_string (answer));
      return;
    }
  (void) client;
  set_link (mqtt, LINK_UP);
  mqtt->recently_connected = true;
  pull_alarm_end (&mqtt->lost, mqtt->inlet);
  pull_alarm_end (&mqtt->refused, mqtt->inlet);
  /* A connection without a subscription would be silent for ever; the next one tries again. */
  if (subscribe (mqtt, &arena, (flags & SESSION_PRESENT) != 0, &why) != SF_OK)
    {
      pull_alarm_raise (&mqtt->refused, mqtt->inlet, "%s:%d: %s", mqtt->server, mqtt->port, why.message);
      mqtt_link_break_off (mqtt, why.message);
    }
  sf_arena_finish (&arena);
}

static void
on_subscribe (struct mosquitto *client, void *opaque, int packet, int count, const int *granted)
{
  struct mqtt *mqtt = opaque;
  struct sf_arena arena = { 0 };
  struct sf_error why;
  (void) client, (void) packet;
  for (int i = 0; i < count && (size_t) i < mqtt->topics_count; i++)
    if (granted[i] == REFUSED_QOS)
      {
        pull_alarm_raise (&mqtt->refused, mqtt->inlet, "%s:%d refused the subscription to %s", mqtt->server, mqtt->port,
                          mqtt->topics[i]);
        return;
      }
  const char *text = subscription_text (mqtt, &arena);
  if (text && mqtt->inlet->remember (mqtt->inlet->ctx, "subscription", text, &why) != SF_OK)
    sf_host_log (mqtt->host, SF_LOG_WARNING, "%s", why.message);
  sf_arena_finish (&arena);
}

static void
on_disconnect (struct mosquitto *client, void *opaque, int code)
{
  struct mqtt *mqtt = opaque;
  (void) client;
  if (mqtt->link != LINK_DOWN)
    lose (mqtt, code == 0 ? "the connection was ended" : mosquitto_strerror (code));
}

/* --- connection --- */

static void
look_up (struct mqtt *mqtt)
{
  mqtt->lookup = pull_lookup_new (mqtt->server);
  if (mqtt->lookup)
    set_link (mqtt, LINK_LOOKING_UP);
  else
    lose (mqtt, "out of memory");
}

static void
begin_connection (struct mqtt *mqtt)
{
  const char *why = NULL;
  enum pull_lookup_state state = pull_lookup_look (mqtt->lookup, &why);
  bool is_late = mqtt->inlet->now_ms - mqtt->since_ms > mqtt->timeout_ms;
  if (state == PULL_LOOKUP_PENDING && !is_late)
    return;
  pull_lookup_free (mqtt->lookup);
  mqtt->lookup = NULL;
  if (state != PULL_LOOKUP_FOUND)
    {
      lose (mqtt, state == PULL_LOOKUP_FAILED ? why : "no name server answers");
      return;
    }
  set_link (mqtt, LINK_CONNECTING);
  check (mqtt, mosquitto_connect_async (mqtt->client, mqtt->server, mqtt->port, mqtt->keepalive_s));
}

static short
ready_for (const struct mqtt *mqtt, short events)
{
  struct pollfd look = { .fd = mosquitto_socket (mqtt->client), .events = events };
  return look.fd >= 0 && poll (&look, 1, 0) > 0 ? look.revents : 0;
}

static void
go_on_connecting (struct mqtt *mqtt)
{
  if (mqtt->inlet->now_ms - mqtt->since_ms > mqtt->timeout_ms)
    {
      mosquitto_disconnect (mqtt->client);
      lose (mqtt, "the broker does not answer");
      return;
    }
  if (ready_for (mqtt, POLLOUT))
    check (mqtt, mosquitto_loop_write (mqtt->client, 1));
  if (mqtt->link == LINK_CONNECTING && ready_for (mqtt, POLLIN))
    check (mqtt, mosquitto_loop_read (mqtt->client, 1));
}

/* One batch is under way at a time: what was read before must be held before more is read. */
static void
read_batch (struct mqtt *mqtt)
{
  if (!mqtt_intake_is_settled (mqtt))
    return;
  for (int i = 0; i < BATCH_MESSAGES && mqtt->link == LINK_UP && !mqtt->first_waiting && ready_for (mqtt, POLLIN); i++)
    check (mqtt, mosquitto_loop_read (mqtt->client, 1));
}

void
mqtt_link_confirm (struct mqtt *mqtt)
{
  if (mqtt->link != LINK_UP || !mqtt_intake_is_settled (mqtt) || !mosquitto_want_write (mqtt->client))
    return;
  check (mqtt, mosquitto_loop_write (mqtt->client, 1));
  if (mqtt->link == LINK_UP && mqtt->taken > 0)
    mqtt->recently_connected = false;
}

void
mqtt_link_turn (struct mqtt *mqtt)
{
  /* Before all is settled a new connection could neither be read from nor confirm anything. */
  if (mqtt->link == LINK_DOWN && mqtt->inlet->now_ms >= mqtt->patience.until_ms && mqtt_intake_is_settled (mqtt))
    look_up (mqtt);
  if (mqtt->link == LINK_LOOKING_UP)
    begin_connection (mqtt);
  if (mqtt->link == LINK_CONNECTING)
    go_on_connecting (mqtt);
  if (mqtt->link == LINK_UP)
    {
      read_batch (mqtt);
      mqtt_link_confirm (mqtt);
    }
  if (mqtt->link == LINK_UP)
    check (mqtt, mosquitto_loop_misc (mqtt->client));
}

int64_t
mqtt_link_wait_ms (const struct mqtt *mqtt, int64_t now_ms, int *ret_fd)
{
  *ret_fd = -1;
  if (!mqtt_intake_is_settled (mqtt))
    return mqtt->first_waiting ? HURRY_MS : IDLE_MS;
  if (mqtt->link == LINK_DOWN)
    return mqtt->patience.until_ms > now_ms ? mqtt->patience.until_ms - now_ms : 0;
  if (mqtt->link == LINK_LOOKING_UP || mqtt->link == LINK_CONNECTING)
    return LOOK_UP_MS;
  *ret_fd = mosquitto_socket (mqtt->client);
  return mosquitto_want_write (mqtt->client) ? HURRY_MS : IDLE_MS;
}

/* --- the library's client --- */

static enum sf_code
fail (struct sf_error *err, const char *what, int code)
{
  return sf_fail (err, code == MOSQ_ERR_NOMEM ? SF_ENOMEM : SF_EINVAL, "mqtt: %s: %s", what,
                  code == MOSQ_ERR_ERRNO ? strerror (errno) : mosquitto_strerror (code));
}

static enum sf_code
set_tls (struct mqtt *mqtt, struct sf_error *err)
{
  const struct sf_settings *settings = mqtt->host->settings;
  const char *ca = sf_settings_text (settings, "ca_file"), *certificate = sf_settings_text (settings, "cert_file"),
             *key = sf_settings_text (settings, "key_file");
  if (!sf_settings_bool (settings, "tls"))
    return ca || certificate || key ? sf_fail (err, SF_EINVAL, "mqtt: certificates are named, but tls is false")
                                    : SF_OK;
  if (!certificate != !key)
    return sf_fail (err, SF_EINVAL, "mqtt: cert_file and key_file belong together");
  int code = MOSQ_ERR_SUCCESS;
  if (!ca)
    code = mosquitto_int_option (mqtt->client, MOSQ_OPT_TLS_USE_OS_CERTS, 1);
  if (code == MOSQ_ERR_SUCCESS && (ca || certificate))
    code = mosquitto_tls_set (mqtt->client, ca, ca ? NULL : "/etc/ssl/certs", certificate, key, NULL);
  if (code == MOSQ_ERR_SUCCESS)
    code = mosquitto_tls_opts_set (mqtt->client, 1, "tlsv1.2", NULL);
  return code == MOSQ_ERR_SUCCESS ? SF_OK : fail (err, "the certificates cannot be used", code);
}

enum sf_code
mqtt_link_init (struct mqtt *mqtt, struct sf_error *err)
{
  mosquitto_lib_init ();
  mqtt->client = mosquitto_new (mqtt->client_id, false, mqtt);
  if (!mqtt->client)
    return fail (err, mqtt->client_id, MOSQ_ERR_ERRNO);
  mosquitto_threaded_set (mqtt->client, true);
  mosquitto_int_option (mqtt->client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V311);
  mosquitto_connect_with_flags_callback_set (mqtt->client, on_connect);
  mosquitto_disconnect_callback_set (mqtt->client, on_disconnect);
  mosquitto_subscribe_callback_set (mqtt->client, on_subscribe);
  mosquitto_message_callback_set (mqtt->client, mqtt_intake_message);
  mosquitto_log_callback_set (mqtt->client, mqtt_intake_log);
  int code = mosquitto_username_pw_set (mqtt->client, pull_secret (&mqtt->secrets, "user"),
                                        pull_secret (&mqtt->secrets, "password"));
  if (code != MOSQ_ERR_SUCCESS)
    return fail (err, "user and password", code);
  return set_tls (mqtt, err);
}

void
mqtt_link_finish (struct mqtt *mqtt)
{
  bool was_up = mqtt->link == LINK_UP;
  pull_lookup_free (mqtt->lookup);
  mqtt->link = LINK_DOWN;
  /* In order only when nothing is left to confirm: the farewell would let queued confirmations go first. */
  if (mqtt->client && was_up && mqtt_intake_is_settled (mqtt))
    {
      mosquitto_disconnect (mqtt->client);
      mosquitto_loop_write (mqtt->client, 1);
    }
  if (mqtt->client)
    mosquitto_destroy (mqtt->client);
  mosquitto_lib_cleanup ();
}
