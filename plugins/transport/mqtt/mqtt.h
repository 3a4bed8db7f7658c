/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_TRANSPORT_MQTT_MQTT_H
#define PLUGINS_TRANSPORT_MQTT_MQTT_H

#include "plugins/transport/pull.h"

#include <mosquitto.h>

/* A message at QoS 1 is confirmed (PUBACK) only when it is held durably. The library queues its confirmations and, told that
   other threads exist (mosquitto_threaded_set), writes them only in mosquitto_loop_write, which is called when everything
   taken is acknowledged; until then nothing more is read. So there is one batch under way at a time. */

enum link
{
  LINK_DOWN,
  LINK_LOOKING_UP,
  LINK_CONNECTING, /* to the answer to CONNECT */
  LINK_UP
};

/* A message that the inlet had no room for. */
struct waiting
{
  struct waiting *next;
  struct mosquitto_message message; /* copied by the library */
  bool is_repeat;
};

struct mqtt
{
  const struct sf_host *host;
  struct mosquitto *client;
  const struct sf_inlet *inlet; /* during a call of ours; the library's callbacks find it here */
  struct pull_secrets secrets;
  struct pull_lookup *lookup;
  struct pull_patience patience;
  struct pull_alarm lost, refused;
  enum link link;
  int64_t since_ms; /* of the link's state */
  char *client_id;

  /* settings */
  const char *server;
  int port, qos, keepalive_s;
  int64_t timeout_ms;
  const char *const *topics;
  size_t topics_count;
  bool takes_retained;

  /* intake.c */
  uint64_t taken, acknowledged;
  struct waiting *first_waiting, **last_waiting;
  size_t waiting_bytes;
  int64_t count,
      reserved; /* of messages at QoS 1, ever: the last given, and how far they are reserved; -1: not yet recalled */
  int announced_packet; /* of the packet that the library announced last; -1: none */
  bool announced_repeat;
  bool recently_connected; /* since the last confirmation was written */
};

/* --- link.c --- */
enum sf_code mqtt_link_init (struct mqtt *mqtt, struct sf_error *err);
void mqtt_link_finish (struct mqtt *mqtt);
/* Do what can be done now about the connection: look up, connect, read, confirm, keep alive. */
void mqtt_link_turn (struct mqtt *mqtt);
/* Write what the library has queued, if everything taken is held. */
void mqtt_link_confirm (struct mqtt *mqtt);
/* End a connection that cannot be used as it is; another one is made after a while. */
void mqtt_link_break_off (const struct mqtt *mqtt, const char *why);
int64_t mqtt_link_wait_ms (const struct mqtt *mqtt, int64_t now_ms, int *ret_fd);

/* --- intake.c --- */
void mqtt_intake_init (struct mqtt *mqtt);
void mqtt_intake_finish (struct mqtt *mqtt);
/* Whether all that was read is held durably. */
bool mqtt_intake_is_settled (const struct mqtt *mqtt);
/* Offer again what there was no room for. */
void mqtt_intake_retry (struct mqtt *mqtt);
/* The library's callbacks. */
void mqtt_intake_message (struct mosquitto *client, void *opaque, const struct mosquitto_message *message);
void mqtt_intake_log (struct mosquitto *client, void *opaque, int level, const char *text);

#endif
