/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/sha256.h"
#include "plugins/telemetry/jt808_frame.h"

#include <stdio.h>
#include <string.h>

/* Frames of JT/T 808 and the platform's answers. */

enum
{
  REPLY_BYTES = 256,
  CODE_BYTES_MAX = 64,
  FROM_PLATFORM = 0x8000
};

struct state
{
  uint16_t serial; /* of our next answer */
};

static const struct sf_option options[]
    = { { .name = "code",
          .type = SF_OPTION_TEXT,
          .fallback = "sanfang",
          .help_en = "authentication code that a terminal gets when it registers, at most 64 bytes",
          .help_zh = "终端注册时下发的鉴权码，最多 64 字节" },
        { .name = "check_code",
          .type = SF_OPTION_BOOL,
          .fallback = "false",
          .help_en
          = "tell a terminal with another code that its authentication failed; its reports are kept all the same",
          .help_zh = "鉴权码不符时应答失败；其上报数据仍然保存" },
        { .name = NULL } };

/* Serials wrap after 65,536 messages, an afternoon of a busy terminal: only messages that carry the terminal's time and
   the hash of all they say can be told to be repetitions. Others, such as heartbeats, have no identity. */
static void
identify (const struct sf_jt808 *message, struct sf_frame *found)
{
  struct sf_key key;
  char digest[SF_KEY_TEXT_BYTES];
  if ((message->id != SF_JT808_POSITION && message->id != SF_JT808_POSITIONS) || message->is_part
      || sf_key_of_bytes (message->bytes, message->length, &key, NULL) != SF_OK)
    return;
  snprintf (found->identity, sizeof found->identity, "%s:%04X:%u:%.32s", message->phone, message->id, message->serial,
            sf_key_format (&key, digest));
}

static void
find_frame (const struct sf_protocol_use *use, void *state, const uint8_t *bytes, size_t length, bool ended,
            struct sf_frame *ret_frame)
{
  struct sf_jt808 message;
  (void) use;
  (void) state;
  sf_scan (&sf_jt808_rules, bytes, length, ended, ret_frame);
  if (ret_frame->kind != SF_FRAME_WHOLE || !sf_jt808_parse (bytes, ret_frame->length, &message))
    return;
  memcpy (ret_frame->source, message.phone, sizeof message.phone);
  identify (&message, ret_frame);
}

static struct sf_span
code_of (const struct sf_protocol_use *use)
{
  const char *code = sf_settings_text (use->settings, "code");
  size_t length = code ? strlen (code) : 0;
  return (struct sf_span){ code, length < CODE_BYTES_MAX ? length : CODE_BYTES_MAX };
}

/* 2013: the code alone; 2019: its length, the code, and the device's names. */
static bool
is_authentic (const struct sf_jt808 *message, struct sf_span code)
{
  size_t skip = message->is_2019 ? 1 : 0;
  bool fits = message->is_2019 ? message->body_length > code.length && message->body[0] == code.length
                               : message->body_length == code.length;
  return fits && !memcmp (message->body + skip, code.text, code.length);
}

static size_t
answer (const struct sf_protocol_use *use, void *opaque, const uint8_t *bytes, size_t length, int64_t now_s,
        uint8_t *reply)
{
  struct state *state = opaque;
  struct sf_jt808 message;
  struct sf_span code = code_of (use);
  uint8_t body[3 + CODE_BYTES_MAX];
  (void) now_s;
  if (!sf_jt808_parse (bytes, length, &message) || !sf_jt808_check_holds (&message) || (message.id & FROM_PLATFORM)
      || message.id == SF_JT808_TERMINAL_ANSWER)
    return 0;
  body[0] = (uint8_t) (message.serial >> 8);
  body[1] = (uint8_t) message.serial;
  if (message.id == SF_JT808_REGISTER)
    {
      body[2] = 0;
      memcpy (body + 3, code.text, code.length);
      return sf_jt808_write (&message, SF_JT808_REGISTER_ANSWER, state->serial++, body, 3 + code.length, reply);
    }
  bool failed = message.id == SF_JT808_AUTHENTICATE && sf_settings_bool (use->settings, "check_code")
                && !is_authentic (&message, code);
  body[2] = (uint8_t) (message.id >> 8);
  body[3] = (uint8_t) message.id;
  body[4] = failed ? 1 : 0;
  return sf_jt808_write (&message, SF_JT808_PLATFORM_ANSWER, state->serial++, body, 5, reply);
}

static const struct sf_protocol protocol = {
  .formats = "JT/T 808-2013 and -2019",
  .state_bytes = sizeof (struct state),
  .frame_bytes_max = SF_JT808_FRAME_BYTES,
  .reply_bytes_max = REPLY_BYTES,
  .frame = find_frame,
  .reply = answer,
};

SF_PLUGIN_EXPORT (jt808_frames) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_PROTOCOL,
  .name = "jt808_frames",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "frames of moving terminals, JT/T 808-2013 and -2019",
  .summary_zh = "车船终端通信协议 JT/T 808-2013、2019 的帧与应答",
  .options = options,
  .as.protocol = &protocol,
};
