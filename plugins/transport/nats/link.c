/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/nats/subscriber.h"

#include "core/base/text.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The library connects in our thread, so it is asked to only when somebody listens; one who then says nothing holds us up for
   CONNECT_MS, with growing pauses between. */
enum
{
  CONNECT_MS = 1000,
  PROBE_MS = 10000,
  INBOX_MESSAGES = 65536
};

static void
set_link (struct subscriber *subscriber, enum link link)
{
  subscriber->link = link;
  subscriber->since_ms = subscriber->inlet->now_ms;
}

static void
hang_up (struct subscriber *subscriber)
{
  natsSubscription_Destroy (subscriber->answers);
  natsSubscription_Destroy (subscriber->messages);
  natsConnection_Destroy (subscriber->connection);
  subscriber->answers = subscriber->messages = NULL;
  subscriber->connection = NULL;
  natsInbox_Destroy (subscriber->answers_inbox);
  natsInbox_Destroy (subscriber->messages_inbox);
  subscriber->answers_inbox = subscriber->messages_inbox = NULL;
  if (subscriber->probe >= 0)
    close (subscriber->probe);
  subscriber->probe = -1;
  pull_lookup_free (subscriber->lookup);
  subscriber->lookup = NULL;
}

void
subscriber_lose (struct subscriber *subscriber, const char *why)
{
  if (subscriber->link == LINK_UP && subscriber->inlet->now_ms - subscriber->since_ms > subscriber->patience.wait_ms)
    subscriber->patience.wait_ms = 0;
  hang_up (subscriber);
  pull_patience_lose (&subscriber->patience, subscriber->inlet->now_ms);
  pull_alarm_raise (&subscriber->lost, subscriber->inlet, "%s:%s: %s", subscriber->server, subscriber->port, why);
  set_link (subscriber, LINK_DOWN);
}

/* --- steps --- */

static void
look_up (struct subscriber *subscriber)
{
  subscriber->lookup = pull_lookup_new (subscriber->server);
  if (subscriber->lookup)
    set_link (subscriber, LINK_LOOKING_UP);
  else
    subscriber_lose (subscriber, "out of memory");
}

static int
begin_probe (const struct subscriber *subscriber)
{
  struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
  if (getaddrinfo (subscriber->server, subscriber->port, &hints, &found) != 0)
    return -1;
  int probe = socket (found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (probe >= 0 && connect (probe, found->ai_addr, found->ai_addrlen) < 0 && errno != EINPROGRESS)
    {
      close (probe);
      probe = -1;
    }
  freeaddrinfo (found);
  return probe;
}

static void
go_on_looking_up (struct subscriber *subscriber)
{
  const char *why = "no name server answers";
  enum pull_lookup_state state = pull_lookup_look (subscriber->lookup, &why);
  if (state == PULL_LOOKUP_PENDING && subscriber->inlet->now_ms - subscriber->since_ms <= PROBE_MS)
    return;
  if (state != PULL_LOOKUP_FOUND)
    {
      subscriber_lose (subscriber, why);
      return;
    }
  pull_lookup_free (subscriber->lookup);
  subscriber->lookup = NULL;
  subscriber->probe = begin_probe (subscriber);
  if (subscriber->probe >= 0)
    set_link (subscriber, LINK_PROBING);
  else
    subscriber_lose (subscriber, strerror (errno));
}

static natsStatus
open_inbox (struct subscriber *subscriber, char **inbox, natsSubscription **subscription)
{
  natsStatus status = natsInbox_Create (inbox);
  if (status == NATS_OK)
    status = natsConnection_SubscribeSync (subscription, subscriber->connection, *inbox);
  if (status == NATS_OK)
    status = natsSubscription_SetPendingLimits (*subscription, INBOX_MESSAGES, -1);
  return status;
}

static void
connect_library (struct subscriber *subscriber)
{
  struct sf_error why;
  natsStatus status = natsConnection_Connect (&subscriber->connection, subscriber->options);
  if (status == NATS_OK)
    status = open_inbox (subscriber, &subscriber->answers_inbox, &subscriber->answers);
  if (status == NATS_OK)
    status = open_inbox (subscriber, &subscriber->messages_inbox, &subscriber->messages);
  if (status == NATS_CONNECTION_AUTH_FAILED)
    pull_alarm_raise (&subscriber->refused, subscriber->inlet, "%s:%s refused the connection: %s", subscriber->server,
                      subscriber->port, natsStatus_GetText (status));
  if (status != NATS_OK)
    subscriber_lose (subscriber, natsStatus_GetText (status));
  else if (stream_ask_for_consumer (subscriber, &why) != SF_OK)
    subscriber_lose (subscriber, why.message);
  else
    set_link (subscriber, LINK_ASKING);
}

static void
go_on_probing (struct subscriber *subscriber)
{
  struct pollfd look = { .fd = subscriber->probe, .events = POLLOUT };
  int error = 0;
  socklen_t size = sizeof error;
  if (poll (&look, 1, 0) == 0)
    {
      if (subscriber->inlet->now_ms - subscriber->since_ms > PROBE_MS)
        subscriber_lose (subscriber, strerror (ETIMEDOUT));
      return;
    }
  getsockopt (subscriber->probe, SOL_SOCKET, SO_ERROR, &error, &size);
  close (subscriber->probe);
  subscriber->probe = -1;
  if (error)
    subscriber_lose (subscriber, strerror (error));
  else
    connect_library (subscriber);
}

/* The library comes back to a server by itself; what was asked for before is then asked for again. */
static void
watch_connection (struct subscriber *subscriber)
{
  natsConnStatus status = natsConnection_Status (subscriber->connection);
  if (status == NATS_CONN_STATUS_CLOSED)
    {
      const char *why = NULL;
      natsConnection_GetLastError (subscriber->connection, &why);
      subscriber_lose (subscriber, why && why[0] ? why : "the connection was closed");
      return;
    }
  if (status != NATS_CONN_STATUS_CONNECTED)
    {
      subscriber->was_away = true;
      pull_alarm_raise (&subscriber->lost, subscriber->inlet, "%s:%s: the connection broke", subscriber->server,
                        subscriber->port);
      return;
    }
  if (!subscriber->was_away)
    return;
  subscriber->was_away = false;
  subscriber->expected = 0;
  pull_alarm_end (&subscriber->lost, subscriber->inlet);
}

void
subscriber_connect (struct subscriber *subscriber)
{
  if (subscriber->link == LINK_DOWN && subscriber->inlet->now_ms >= subscriber->patience.until_ms)
    look_up (subscriber);
  else if (subscriber->link == LINK_LOOKING_UP)
    go_on_looking_up (subscriber);
  else if (subscriber->link == LINK_PROBING)
    go_on_probing (subscriber);
  else if (subscriber->link == LINK_ASKING)
    stream_read_answer (subscriber);
  else if (subscriber->link == LINK_UP)
    watch_connection (subscriber);
}

/* --- options --- */

/* "nats://HOST:PORT", "tls://HOST", "nats://[::1]:4222" */
static enum sf_code
take_apart (struct subscriber *subscriber, const char *url, struct sf_error *err)
{
  const char *at = strstr (url, "://");
  at = at ? at + 3 : url;
  if (strchr (at, '@'))
    return sf_fail (err, SF_EINVAL, "nats: url: user and password belong into secret_file");
  bool bracketed = *at == '[';
  const char *end = bracketed ? strchr (at, ']') : at + strcspn (at, ":/");
  const char *host = at + bracketed;
  if (!end || end == host || (size_t) (end - host) >= sizeof subscriber->server)
    return sf_fail (err, SF_EINVAL, "nats: url %s names no server", url);
  memcpy (subscriber->server, host, (size_t) (end - host));
  end += bracketed;
  snprintf (subscriber->port, sizeof subscriber->port, "%.5s", *end == ':' ? end + 1 : "4222");
  subscriber->port[strspn (subscriber->port, "0123456789")] = '\0';
  return SF_OK;
}

static natsStatus
set_secrets (struct subscriber *subscriber)
{
  const char *user = pull_secret (&subscriber->secrets, "user"),
             *password = pull_secret (&subscriber->secrets, "password"),
             *token = pull_secret (&subscriber->secrets, "token"),
             *credentials = sf_settings_text (subscriber->host->settings, "credentials_file");
  natsStatus status = NATS_OK;
  if (user)
    status = natsOptions_SetUserInfo (subscriber->options, user, password ? password : "");
  if (status == NATS_OK && token)
    status = natsOptions_SetToken (subscriber->options, token);
  if (status == NATS_OK && credentials)
    status = natsOptions_SetUserCredentialsFromFiles (subscriber->options, credentials, NULL);
  return status;
}

static natsStatus
set_tls (struct subscriber *subscriber, const char *url)
{
  const struct sf_settings *settings = subscriber->host->settings;
  const char *ca = sf_settings_text (settings, "ca_file"), *certificate = sf_settings_text (settings, "cert_file"),
             *key = sf_settings_text (settings, "key_file");
  natsStatus status = NATS_OK;
  if (strncmp (url, "tls://", 6))
    return ca || certificate || key ? NATS_INVALID_ARG : NATS_OK;
  status = natsOptions_SetSecure (subscriber->options, true);
  if (status == NATS_OK)
    status
        = natsOptions_LoadCATrustedCertificates (subscriber->options, ca ? ca : "/etc/ssl/certs/ca-certificates.crt");
  if (status == NATS_OK && certificate)
    status = natsOptions_LoadCertificatesChain (subscriber->options, certificate, key ? key : certificate);
  if (status == NATS_OK)
    status = natsOptions_SetExpectedHostname (subscriber->options, subscriber->server);
  return status;
}

enum sf_code
subscriber_init (struct subscriber *subscriber, struct sf_error *err)
{
  const char *url = sf_settings_text (subscriber->host->settings, "url");
  SF_TRY (take_apart (subscriber, url, err));
  natsStatus status = natsOptions_Create (&subscriber->options);
  if (status == NATS_OK)
    status = natsOptions_SetURL (subscriber->options, url);
  if (status == NATS_OK)
    status = natsOptions_SetName (subscriber->options, subscriber->consumer);
  if (status == NATS_OK)
    status = natsOptions_SetTimeout (subscriber->options, CONNECT_MS);
  if (status == NATS_OK)
    status = natsOptions_SetMaxReconnect (subscriber->options, -1);
  if (status == NATS_OK)
    status = natsOptions_SetReconnectWait (subscriber->options, 1000);
  if (status == NATS_OK)
    status = natsOptions_SetPingInterval (subscriber->options, 20000);
  if (status == NATS_OK)
    status = set_secrets (subscriber);
  if (status == NATS_OK)
    status = set_tls (subscriber, url);
  if (status == NATS_INVALID_ARG)
    return sf_fail (err, SF_EINVAL, "nats: certificates are named, but the url does not begin with tls://");
  return status == NATS_OK ? SF_OK : sf_fail (err, SF_EINVAL, "nats: %s: %s", url, natsStatus_GetText (status));
}

void
subscriber_finish (struct subscriber *subscriber)
{
  hang_up (subscriber);
  natsOptions_Destroy (subscriber->options);
}
