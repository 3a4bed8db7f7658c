/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_FAKE_INLET_H
#define SF_TESTS_UNIT_FAKE_INLET_H

#include "core/plugin/plugin.h"
#include "tests/unit/base.h"

#include <stdio.h>

/* An inlet in memory: what was delivered, remembered and raised. Nothing is dropped for its identity. */
enum
{
  FAKE_MESSAGES = 64,
  FAKE_MEMORIES = 64,
  FAKE_ALARMS = 8
};

struct fake_message
{
  char source[160], identity[256], text[128];
};

struct fake_memory
{
  char key[160], value[200];
};

struct fake_inlet
{
  struct fake_message messages[FAKE_MESSAGES];
  int count;
  struct fake_memory memories[FAKE_MEMORIES];
  int memories_count, recalls;
  char alarms[FAKE_ALARMS][256]; /* "name: text" */
  int alarms_count;
  int room;                                                          /* messages until SF_EBUSY; -1: no bound */
  const char *refuse;                                                /* messages with this text fail */
  void (*at_delivery) (void *ctx, const struct sf_message *message); /* NULL: nothing else happens */
  void *ctx;
  int64_t now_s, now_ms;
};

static inline enum sf_code
fake_deliver (void *ctx, const struct sf_message *message, struct sf_error *err)
{
  struct fake_inlet *fake = ctx;
  if (fake->refuse && message->length == strlen (fake->refuse)
      && !memcmp (message->bytes, fake->refuse, message->length))
    return sf_fail (err, SF_EIO, "the journal is full");
  if (fake->room == 0)
    return sf_fail (err, SF_EBUSY, "no room");
  if (fake->room > 0)
    fake->room--;
  ck_assert_int_lt (fake->count, FAKE_MESSAGES);
  struct fake_message *kept = &fake->messages[fake->count++];
  snprintf (kept->source, sizeof kept->source, "%s", message->source);
  snprintf (kept->identity, sizeof kept->identity, "%s", message->identity ? message->identity : "");
  snprintf (kept->text, sizeof kept->text, "%.*s", (int) message->length, (const char *) message->bytes);
  if (fake->at_delivery)
    fake->at_delivery (fake->ctx, message);
  return SF_OK;
}

static inline struct fake_memory *
fake_find (struct fake_inlet *fake, const char *key)
{
  for (int i = 0; i < fake->memories_count; i++)
    if (!strcmp (fake->memories[i].key, key))
      return &fake->memories[i];
  return NULL;
}

static inline enum sf_code
fake_remember (void *ctx, const char *key, const char *value, struct sf_error *err)
{
  struct fake_inlet *fake = ctx;
  struct fake_memory *memory = fake_find (fake, key);
  (void) err;
  if (!value && memory)
    *memory = fake->memories[--fake->memories_count];
  if (!value)
    return SF_OK;
  if (!memory)
    {
      ck_assert_int_lt (fake->memories_count, FAKE_MEMORIES);
      memory = &fake->memories[fake->memories_count++];
    }
  snprintf (memory->key, sizeof memory->key, "%s", key);
  snprintf (memory->value, sizeof memory->value, "%s", value);
  return SF_OK;
}

static inline enum sf_code
fake_recall (void *ctx, struct sf_arena *arena, const char *key, const char **ret_value, struct sf_error *err)
{
  struct fake_inlet *fake = ctx;
  const struct fake_memory *memory = fake_find (fake, key);
  fake->recalls++;
  *ret_value = memory ? sf_arena_strdup (arena, memory->value) : NULL;
  return memory && !*ret_value ? sf_fail (err, SF_ENOMEM, "out of memory for what is remembered") : SF_OK;
}

static inline void
fake_trouble (void *ctx, const char *name, const char *text)
{
  struct fake_inlet *fake = ctx;
  size_t length = strlen (name);
  for (int i = 0; i < fake->alarms_count; i++)
    if (!strncmp (fake->alarms[i], name, length) && fake->alarms[i][length] == ':')
      memcpy (fake->alarms[i], fake->alarms[--fake->alarms_count], sizeof fake->alarms[i]);
  if (!text)
    return;
  ck_assert_int_lt (fake->alarms_count, FAKE_ALARMS);
  snprintf (fake->alarms[fake->alarms_count++], sizeof fake->alarms[0], "%s: %s", name, text);
}

static inline void
fake_count (void *ctx, const char *name, long more)
{
  (void) ctx, (void) name, (void) more;
}

/* The text of an alarm with its name before it; NULL: it does not stand. */
static inline const char *
fake_alarm (const struct fake_inlet *fake, const char *name)
{
  for (int i = 0; i < fake->alarms_count; i++)
    if (!strncmp (fake->alarms[i], name, strlen (name)))
      return fake->alarms[i];
  return NULL;
}

static inline struct sf_inlet
fake_view (struct fake_inlet *fake)
{
  return (struct sf_inlet){ .ctx = fake,
                            .now_s = fake->now_s,
                            .now_ms = fake->now_ms,
                            .deliver = fake_deliver,
                            .remember = fake_remember,
                            .recall = fake_recall,
                            .trouble = fake_trouble,
                            .count = fake_count };
}

#endif
