/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/telemetry/szy206_frame.h"

#include <string.h>

/* Frames of SZY 206 and their confirmations. A frame carries day, hour, minute and second, but no month: two sound frames
   of two months may be the same bytes, so none has an identity and a repeated one is kept. */

static const struct sf_option options[] = { { .name = "confirm",
                                              .type = SF_OPTION_BOOL,
                                              .fallback = "true",
                                              .help_en = "answer self-reports and alarms with a confirmation",
                                              .help_zh = "对自报和报警帧回复确认帧" },
                                            { .name = NULL } };

static void
find_frame (const struct sf_protocol_use *use, void *state, const uint8_t *bytes, size_t length, bool ended,
            struct sf_frame *ret_frame)
{
  struct sf_szy206 frame;
  (void) use;
  (void) state;
  sf_scan (&sf_szy206_rules, bytes, length, ended, ret_frame);
  if (ret_frame->kind == SF_FRAME_WHOLE && sf_szy206_parse (bytes, ret_frame->length, &frame))
    memcpy (ret_frame->source, frame.station, sizeof frame.station);
}

static size_t
confirm (const struct sf_protocol_use *use, void *state, const uint8_t *bytes, size_t length, int64_t now_s,
         uint8_t *reply)
{
  struct sf_szy206 frame;
  (void) state;
  (void) now_s;
  bool is_due = sf_settings_bool (use->settings, "confirm") && sf_szy206_parse (bytes, length, &frame) && frame.is_sound
                && frame.is_up
                && (frame.function == SF_SZY206_REPORT || frame.function == SF_SZY206_ALARM
                    || frame.function == SF_SZY206_MANUAL);
  return is_due ? sf_szy206_write_answer (&frame, reply) : 0;
}

static const struct sf_protocol protocol = {
  .formats = "SZY 206 (68 L 68)",
  .frame_bytes_max = SF_SZY206_FRAME_BYTES,
  .reply_bytes_max = SF_SZY206_FRAME_BYTES,
  .frame = find_frame,
  .reply = confirm,
};

SF_PLUGIN_EXPORT (szy206_frames) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_PROTOCOL,
  .name = "szy206_frames",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "frames of water-resources telemetry, SZY 206",
  .summary_zh = "水资源监测数据传输规约 SZY 206 的帧与确认",
  .options = options,
  .as.protocol = &protocol,
};
