/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/bufr_tracks/members.h"

#include <stdio.h>

/* Tracks of an ensemble's members in BUFR, data category 7, template 3 16 082 or its parts: ECMWF's tropical cyclone tracks and
   what other centres send in the same layout. A file holds any number of messages, between which anything may stand (bulletin
   heads of the GTS); each message is one storm of one forecast, each subset one member. Winds are a model's at 10 m. */

enum
{
  BAD_MESSAGES_MAX = 1000 /* behind so many the rest of a file is left */
};

struct state
{
  struct sf_fix_state base;
  struct bufr_choices choices;
};

static const char *const r34_choices[] = { "drop", "force7", NULL };

static const struct sf_option options[]
    = { { .name = "averaging",
          .type = SF_OPTION_DOUBLE,
          .unit = "min",
          .fallback = "10",
          .min = 1,
          .max = 10,
          .help_en = "minutes that the wind is taken to be averaged over; a global model's wind is like a mean of 10",
          .help_zh = "风速视作多少分钟的平均；全球模式的风近似于10分钟平均" },
        { .name = "r34",
          .type = SF_OPTION_ENUM,
          .fallback = "drop",
          .choices = r34_choices,
          .help_en = "radii of 18 m/s (34 kn, force 8): drop them, or take them for the force 7 ring, which is larger",
          .help_zh = "18米/秒（34节，8级）风圈：舍去，或当作七级风圈（实际七级风圈更大）" },
        { .name = "rmw_limit",
          .type = SF_OPTION_DOUBLE,
          .unit = "km",
          .fallback = "200",
          .min = 1,
          .max = 1000,
          .help_en
          = "strongest winds farther than this from the centre make no radius of maximum wind: they are not the core's",
          .help_zh = "最大风距中心超过此值时不作最大风半径：它不属于台风核心" },
        { .name = NULL } };

static int
identify (const uint8_t *bytes, size_t length)
{
  size_t at = 0, next;
  struct bufr_frame frame;
  if (!bufr_find (bytes, length < 4096 ? length : 4096, &at, &next))
    return 0;
  return bufr_frame_read (bytes + at, length - at, &frame, NULL) == SF_OK ? 95 : 15;
}

static enum sf_code
open_decoder (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  SF_TRY (bufr_walk_prepare (err));
  struct state *state = sf_fix_state_new (sizeof *state, "bufr_tracks", err);
  if (!state)
    return SF_ENOMEM;
  state->choices.averaging_min = sf_settings_double (host->settings, "averaging");
  state->choices.keep_r34 = sf_settings_choice (host->settings, "r34") == 1;
  state->choices.rmw_limit_km = sf_settings_double (host->settings, "rmw_limit");
  *ret_state = state;
  return SF_OK;
}

static enum sf_code
decode_message (struct state *state, const struct bufr_frame *frame, long number, struct sf_error *err)
{
  struct sf_fixes *fixes = &state->base.fixes;
  struct sf_error fault = { 0 };
  sf_arena_reset (&state->base.arena);
  struct bufr_members *members = bufr_members_begin (&state->base.arena, fixes, frame, &state->choices, number);
  if (!members)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory in message %ld", sf_fixes_source (fixes->message), number);
  struct bufr_taker taker = bufr_members_taker (members);
  enum sf_code code = bufr_walk (frame, &taker, &fault);
  if (code == SF_EFORMAT)
    sf_fixes_reject (fixes, number, (struct sf_span){ (const char *) frame->bytes, 8 }, "message %ld: %s", number,
                     fault.message);
  else if (code != SF_OK)
    return sf_fail (err, code, "%s", fault.message);
  SF_TRY (bufr_members_end (members, err));
  return sf_fixes_flush (fixes, err);
}

/* What stands in quarantine for a message: its first bytes. */
static struct sf_span
head_of (const struct sf_message *message, size_t at)
{
  size_t left = message->length - at;
  return (struct sf_span){ (const char *) message->bytes + at, left < 8 ? left : 8 };
}

static enum sf_code
decode (void *opaque, const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  struct state *state = opaque;
  struct sf_fixes *fixes = &state->base.fixes;
  long number = 0, bad = 0;
  size_t at = 0, next;
  sf_fixes_begin (fixes, message, sink);
  for (; bad < BAD_MESSAGES_MAX && bufr_find (message->bytes, message->length, &at, &next); at = next)
    {
      struct bufr_frame frame;
      struct sf_error fault;
      number++;
      if (bufr_frame_read (message->bytes + at, message->length - at, &frame, &fault) == SF_OK)
        SF_TRY (decode_message (state, &frame, number, err));
      else
        {
          bad++;
          sf_fixes_reject (fixes, number, head_of (message, at), "message %ld: %s", number, fault.message);
        }
    }
  if (bad == BAD_MESSAGES_MAX)
    sf_fixes_reject (fixes, number, head_of (message, at < message->length ? at : 0),
                     "%d messages cannot be read: what follows is left", BAD_MESSAGES_MAX);
  return sf_fixes_verdict (fixes, "BUFR messages of category 7, template 3 16 082", err);
}

static const struct sf_decoder decoder = {
  .cage = SF_CAGE_TABLES,
  .formats = "BUFR category 7, tropical cyclone tracks of ensembles (3 16 082)",
  .identify = identify,
  .open = open_decoder,
  .decode = decode,
  .close = sf_fix_state_free,
};

SF_PLUGIN_EXPORT (bufr_tracks) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_DECODER,
  .name = "bufr_tracks",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "tracks of ensemble members in BUFR (ECMWF and others)",
  .summary_zh = "BUFR格式的集合预报台风路径（欧洲中期天气预报中心等）",
  .options = options,
  .as.decoder = &decoder,
};
