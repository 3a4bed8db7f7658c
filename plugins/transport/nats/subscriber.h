/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_TRANSPORT_NATS_SUBSCRIBER_H
#define PLUGINS_TRANSPORT_NATS_SUBSCRIBER_H

#include "plugins/transport/pull.h"

#include <nats/nats.h>

/* A pull consumer of a JetStream stream. The library has threads of its own; nothing of ours runs in them: messages wait in its
   list and are taken without waiting. The library's JetStream calls wait for answers, so requests are plain messages here, as
   the protocol's documents describe them, and their answers are looked for at later polls. */

enum link
{
  LINK_DOWN,
  LINK_LOOKING_UP,
  LINK_PROBING, /* a connection that only shows that somebody listens, since the library's own waits */
  LINK_ASKING,  /* for the consumer */
  LINK_UP
};

struct unconfirmed
{
  uint64_t number;
  char *reply; /* where its confirmation goes */
};

struct subscriber
{
  const struct sf_host *host;
  const struct sf_inlet *inlet; /* during a call of ours */
  struct pull_secrets secrets;
  struct pull_patience patience;
  struct pull_alarm lost, refused;
  enum link link;
  int64_t since_ms;
  struct pull_lookup *lookup;
  int probe;
  char server[256], port[8];
  char *consumer;
  natsOptions *options;
  natsConnection *connection;
  natsSubscription *answers, *messages;
  char *answers_inbox, *messages_inbox;
  natsMsg *held; /* that there was no room for */
  bool was_away;
  int64_t asked_ms; /* when messages were asked for last */
  long expected;    /* of those asked for, not yet come */
  uint64_t taken;
  struct unconfirmed *unconfirmed;
  size_t unconfirmed_count, unconfirmed_capacity;
};

/* --- link.c --- */
/* Take the url apart, and make the library's options. */
enum sf_code subscriber_init (struct subscriber *subscriber, struct sf_error *err);
void subscriber_finish (struct subscriber *subscriber);
/* Bring the connection on as far as it goes without waiting. */
void subscriber_connect (struct subscriber *subscriber);
void subscriber_lose (struct subscriber *subscriber, const char *why);

/* --- stream.c --- */
enum sf_code stream_ask_for_consumer (struct subscriber *subscriber, struct sf_error *err);
void stream_read_answer (struct subscriber *subscriber);
void stream_turn (struct subscriber *subscriber);
void stream_confirm (struct subscriber *subscriber, uint64_t through);
void stream_forget (struct subscriber *subscriber);

/* The stream and the identity of a message, by the subject that its confirmation goes to:
   $JS.ACK.STREAM.CONSUMER.DELIVERED.SEQUENCE.CONSUMER_SEQUENCE.TIME.PENDING, or with DOMAIN.ACCOUNT before STREAM (and more
   behind). The time stands in it since a stream that is made anew counts from 1 again. False: it is none. */
bool stream_identity (const char *reply, char *identity, size_t size);

#endif
