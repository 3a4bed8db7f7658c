/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plugin/plugin.h"

#include <string.h>

/* Lines that end in LF or CR LF. The frame is the line with its end: a line that was cut off by the end of the stream may
   hold half a number, so it is noise, not a line. */

enum
{
  LINE_BYTES_MAX = 65536,
  REPLY_BYTES_MAX = 256
};

static const struct sf_option options[]
    = { { .name = "max_length",
          .type = SF_OPTION_INT,
          .unit = "byte",
          .fallback = "4096",
          .min = 2,
          .max = LINE_BYTES_MAX,
          .help_en = "longest line with its end; so many bytes without an end are noise",
          .help_zh = "一行（含行尾）的最大长度；超过此长度仍无行尾则视为杂讯" },
        { .name = "reply",
          .type = SF_OPTION_TEXT,
          .help_en = "fixed text sent once a line is held durably, at most 256 bytes; not set: no reply",
          .help_zh = "一行落盘后回复的固定文本，最多 256 字节；不设则不回复" },
        { .name = NULL } };

static void
find_line (const struct sf_protocol_use *use, void *state, const uint8_t *bytes, size_t length, bool ended,
           struct sf_frame *ret_frame)
{
  (void) state;
  size_t most = (size_t) sf_settings_int (use->settings, "max_length");
  size_t seen = length < most ? length : most;
  const uint8_t *end = seen ? memchr (bytes, '\n', seen) : NULL;
  *ret_frame = (struct sf_frame){ .kind = SF_FRAME_NONE };
  if (end)
    *ret_frame = (struct sf_frame){ .kind = SF_FRAME_WHOLE, .length = (size_t) (end - bytes) + 1 };
  else if (seen && (ended || seen == most))
    *ret_frame = (struct sf_frame){ .kind = SF_FRAME_NOISE, .length = seen };
}

static size_t
reply_to_line (const struct sf_protocol_use *use, void *state, const uint8_t *frame, size_t length, int64_t now_s,
               uint8_t *reply)
{
  (void) state;
  (void) now_s;
  const char *text = sf_settings_text (use->settings, "reply");
  size_t reply_length = text ? strlen (text) : 0;
  if (!reply_length || reply_length > REPLY_BYTES_MAX || !length || frame[length - 1] != '\n')
    return 0;
  memcpy (reply, text, reply_length);
  return reply_length;
}

static const struct sf_protocol protocol = {
  .formats = "lines of text ended by LF or CR LF",
  .frame_bytes_max = LINE_BYTES_MAX,
  .reply_bytes_max = REPLY_BYTES_MAX,
  .frame = find_line,
  .reply = reply_to_line,
};

SF_PLUGIN_EXPORT (line) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_PROTOCOL,
  .name = "line",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "lines of text, one message each",
  .summary_zh = "文本行，每行一条报文",
  .options = options,
  .as.protocol = &protocol,
};
