/* SPDX-License-Identifier: Apache-2.0 */
/* Frames and answers of the telemetry protocols, against public frames. */
#include "core/plugin/plugin.h"
#include "tests/unit/telemetry_help.h"

extern const struct sf_plugin sl651_frames_LTX_sanfang_plugin, szy206_frames_LTX_sanfang_plugin,
    jt808_frames_LTX_sanfang_plugin, line_LTX_sanfang_plugin;
#define SL651 (&sl651_frames_LTX_sanfang_plugin)
#define SZY206 (&szy206_frames_LTX_sanfang_plugin)
#define JT808 (&jt808_frames_LTX_sanfang_plugin)
#define LINE (&line_LTX_sanfang_plugin)

struct link
{
  struct sf_arena arena;
  struct sf_protocol_use use;
  struct sf_settings *settings;
  max_align_t state[64];
  struct sf_frame frame;
  uint8_t reply[8192];
  size_t reply_length;
  char hex[16384];
};

static struct link *
link_open (const struct sf_plugin *plugin)
{
  struct link *link = calloc (1, sizeof *link);
  ck_assert_uint_le (plugin->as.protocol->state_bytes, sizeof link->state);
  ck_done (sf_settings_parse (&link->arena, plugin->options, NULL, NULL, &link->settings, err));
  link->use = (struct sf_protocol_use){ plugin->as.protocol, link->settings };
  return link;
}

static void
link_close (struct link *link)
{
  sf_arena_finish (&link->arena);
  free (link);
}

/* The first frame of bytes and the answer to it, as hexadecimal digits. */
static const char *
answer (struct link *link, struct bytes bytes)
{
  const struct sf_protocol *protocol = link->use.protocol;
  protocol->frame (&link->use, link->state, bytes.bytes, bytes.length, true, &link->frame);
  link->reply_length = protocol->reply (&link->use, link->state, bytes.bytes, link->frame.length, 0, link->reply);
  sf_bytes_to_hex (link->reply, link->reply_length, link->hex);
  return link->hex;
}

START_TEST (checks)
{
  /* Check value of CRC-16/MODBUS in the catalogue of CRC algorithms (Greg Cook). */
  ck_assert_uint_eq (sf_bytes_crc16 ((const uint8_t *) "123456789", 9), 0x4b37);
  struct bytes flow = bytes_of_hex (SZY206_FLOW);
  ck_assert_uint_eq (sf_bytes_crc8 (flow.bytes + 3, 26), 0x35);
}
END_TEST

START_TEST (sl651_answers_as_published)
{
  struct link *link = link_open (SL651);
  ck_assert_str_eq (answer (link, bytes_of_hex (SL651_TEST)), SL651_TEST_ANSWER);
  ck_assert_int_eq (link->frame.kind, SF_FRAME_WHOLE);
  ck_assert_str_eq (link->frame.source, "0012345678");
  ck_assert_str_eq (link->frame.identity, "0012345678:30:0003:591011154947:20FA");
  ck_assert_str_eq (answer (link, bytes_of_hex (SL651_TIMED)), SL651_TIMED_ANSWER);
  ck_assert_str_eq (link->frame.source, "0011223344");
  ck_assert_str_eq (answer (link, bytes_of_hex (SL651_HEARTBEAT)), "");
  ck_assert_int_eq (link->frame.kind, SF_FRAME_WHOLE);
  /* The centre's own frame is one too, and nobody is answered. */
  ck_assert_str_eq (answer (link, bytes_of_hex (SL651_TEST_ANSWER)), "");
  ck_assert_int_eq (link->frame.kind, SF_FRAME_WHOLE);
  link_close (link);
}
END_TEST

START_TEST (sl651_options)
{
  struct link *link = link_open (SL651);
  ck_done (sf_settings_set (link->settings, "stay_online", "false", "test", err));
  ck_done (sf_settings_set (link->settings, "password", "ABCD", "test", err));
  answer (link, bytes_of_hex (SL651_TEST));
  ck_assert_int_eq (link->reply[link->reply_length - 3], 0x04); /* EOT */
  ck_assert_int_eq (memcmp (link->hex + 16, "ABCD", 4), 0);
  link_close (link);
}
END_TEST

START_TEST (sl651_wrong_check)
{
  struct link *link = link_open (SL651);
  struct bytes frame = bytes_of_hex (SL651_WRONG);
  const char *said = answer (link, frame);
  ck_assert_int_eq (link->frame.kind, SF_FRAME_BAD);
  ck_assert_uint_eq (link->frame.length, frame.length);
  ck_assert_str_eq (link->frame.identity, "");
  ck_assert_int_eq (link->reply[link->reply_length - 3], 0x15); /* NAK */
  ck_assert_int_eq (memcmp (said, "7E7E0011111112", 14), 0);
  frame.bytes[frame.length - 2] = 0xd0;
  frame.bytes[frame.length - 1] = 0x01;
  answer (link, frame);
  ck_assert_int_eq (link->frame.kind, SF_FRAME_WHOLE);
  link_close (link);
}
END_TEST

/* Parts are frames of their own; the last one is confirmed when none is missing. */
START_TEST (sl651_parts)
{
  struct link *link = link_open (SL651);
  ck_assert_str_eq (answer (link, sl651_frame (0x36, "003001", "0007260821080000F3F3FFD8", 0x17)), "");
  ck_assert_str_eq (link->frame.identity + strlen (link->frame.identity) - 4, ":1/3");
  ck_assert_str_eq (answer (link, sl651_frame (0x36, "003002", "AABBCC", 0x17)), "");
  ck_assert_str_eq (link->frame.identity, "");
  const char *said = answer (link, sl651_frame (0x36, "003003", "DDEEFF", 0x03));
  ck_assert_int_eq (memcmp (said, "7E7E00123456780112343680080200072608210800001B", 46), 0);
  answer (link, sl651_frame (0x36, "003001", "0008260821080000F3F3FFD8", 0x17));
  ck_assert_str_eq (answer (link, sl651_frame (0x36, "003003", "DDEEFF", 0x03)), "");
  link_close (link);
}
END_TEST

START_TEST (sl651_more_to_come)
{
  struct link *link = link_open (SL651);
  answer (link, sl651_frame (0x38, "", "0007260821080000", 0x17));
  ck_assert_int_eq (link->reply[link->reply_length - 3], 0x06); /* ACK */
  link_close (link);
}
END_TEST

/* A wrong length in front, up to the largest, does not swallow what follows. */
START_TEST (sl651_false_start)
{
  struct link *link = link_open (SL651);
  struct bytes stream = bytes_of_hex ("7E7E0100123456781234300FFF02");
  bytes_add (&stream, bytes_of_hex (SL651_TIMED));
  link->use.protocol->frame (&link->use, link->state, stream.bytes, stream.length, false, &link->frame);
  ck_assert_int_eq (link->frame.kind, SF_FRAME_NOISE);
  ck_assert_uint_eq (link->frame.length, 14);
  link->use.protocol->frame (&link->use, link->state, stream.bytes + 14, stream.length - 14, false, &link->frame);
  ck_assert_int_eq (link->frame.kind, SF_FRAME_WHOLE);
  link_close (link);
}
END_TEST

/* A frame whose data are a whole frame cannot be told from a false start before one: in one piece as in many, the inner
   one is taken. */
START_TEST (sl651_frame_in_a_frame)
{
  struct link *link = link_open (SL651);
  struct bytes frame = sl651_frame (0x36, "", "0007260821080000" SL651_TIMED, 0x03);
  link->use.protocol->frame (&link->use, link->state, frame.bytes, frame.length, false, &link->frame);
  ck_assert_int_eq (link->frame.kind, SF_FRAME_NOISE);
  ck_assert_uint_eq (link->frame.length, 14 + 8);
  link_close (link);
}
END_TEST

START_TEST (szy206_confirms)
{
  struct link *link = link_open (SZY206);
  answer (link, bytes_of_hex (SZY206_FLOW));
  ck_assert_int_eq (link->frame.kind, SF_FRAME_WHOLE);
  ck_assert_str_eq (link->frame.source, "5303810D00");
  ck_assert_str_eq (link->frame.identity, "");
  struct bytes reply = { .length = link->reply_length };
  memcpy (reply.bytes, link->reply, reply.length);
  ck_assert_int_eq (memcmp (link->hex,
                            "6807683053"
                            "03810D00C0",
                            20),
                    0);
  /* The confirmation is a sound frame itself, and is not confirmed in turn. */
  ck_assert_str_eq (answer (link, reply), "");
  ck_assert_int_eq (link->frame.kind, SF_FRAME_WHOLE);
  reply = bytes_of_hex (SZY206_FLOW);
  reply.bytes[12] ^= 1;
  ck_assert_str_eq (answer (link, reply), "");
  ck_assert_int_eq (link->frame.kind, SF_FRAME_BAD);
  link_close (link);
}
END_TEST

/* The answer's bytes by hand: 8001, 5 bytes, phone, our serial 0, the terminal's serial, 0200, result 0; XOR of all. */
START_TEST (jt808_answers)
{
  struct link *link = link_open (JT808);
  ck_assert_str_eq (answer (link, bytes_of_hex (JT808_POSITION)), "7E800100051234567890120000007D02020000727E");
  ck_assert_str_eq (link->frame.source, "123456789012");
  ck_assert_int_eq (strncmp (link->frame.identity, "123456789012:0200:126:", 22), 0);
  /* Heartbeat: answered, without identity. */
  const char *said = answer (link, jt808_frame ("000200000123456789010005"));
  ck_assert_int_eq (memcmp (said, "7E8001000501234567890100010005000200", 36), 0);
  ck_assert_str_eq (link->frame.identity, "");
  /* Registration: 8100, the serial, 0, "sanfang". */
  said = answer (link, jt808_frame ("0100000001234567890100FF"));
  ck_assert_int_eq (memcmp (said, "7E8100000A012345678901000200FF0073616E66616E67", 46), 0);
  /* A wrong code, where codes are looked at. */
  ck_done (sf_settings_set (link->settings, "check_code", "true", "test", err));
  said = answer (link, jt808_frame ("010200020123456789010006"
                                    "4142"));
  ck_assert_int_eq (memcmp (said,
                            "7E80010005012345678901000300060102"
                            "01",
                            36),
                    0);
  said = answer (link, jt808_frame ("010200070123456789010006"
                                    "73616E66616E67"));
  ck_assert_int_eq (memcmp (said,
                            "7E80010005012345678901000400060102"
                            "00",
                            36),
                    0);
  /* The platform's own frames are not answered. */
  ck_assert_str_eq (answer (link, jt808_frame ("800100050123456789010000"
                                               "0001020000")),
                    "");
  link_close (link);
}
END_TEST

/* 2019: ten bytes of phone, and a version. */
START_TEST (jt808_of_2019)
{
  struct link *link = link_open (JT808);
  const char *said = answer (link, jt808_frame ("00024000"
                                                "01"
                                                "00000000013800001234"
                                                "0009"));
  ck_assert_int_eq (link->frame.kind, SF_FRAME_WHOLE);
  ck_assert_str_eq (link->frame.source, "13800001234");
  ck_assert_int_eq (memcmp (said,
                            "7E80014005"
                            "01"
                            "00000000013800001234"
                            "0000"
                            "0009000200",
                            46),
                    0);
  link_close (link);
}
END_TEST

START_TEST (jt808_wrong_check)
{
  struct link *link = link_open (JT808);
  struct bytes frame = bytes_of_hex (JT808_POSITION);
  frame.bytes[20] ^= 4;
  ck_assert_str_eq (answer (link, frame), "");
  ck_assert_int_eq (link->frame.kind, SF_FRAME_BAD);
  link_close (link);
}
END_TEST

START_TEST (long_lines_are_noise)
{
  struct link *link = link_open (LINE);
  ck_done (sf_settings_set (link->settings, "max_length", "8", "test", err));
  static const struct
  {
    const char *text;
    bool ended;
    enum sf_frame_kind kind;
    size_t length;
  } cases[] = { { "1234567\n", false, SF_FRAME_WHOLE, 8 }, { "12345678\n", false, SF_FRAME_NOISE, 8 },
                { "1234567", false, SF_FRAME_NONE, 0 },    { "1234567", true, SF_FRAME_NOISE, 7 },
                { "\n", false, SF_FRAME_WHOLE, 1 },        { "", true, SF_FRAME_NONE, 0 } };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
      link->use.protocol->frame (&link->use, link->state, (const uint8_t *) cases[i].text, strlen (cases[i].text),
                                 cases[i].ended, &link->frame);
      ck_assert_int_eq (link->frame.kind, cases[i].kind);
      ck_assert_uint_eq (link->frame.length, cases[i].length);
    }
  link_close (link);
}
END_TEST

/* Protocols find and answer frames when memory is out; all that may be missing is an identity, which costs a repetition. */
START_TEST (memory_runs_out)
{
  static const struct
  {
    const struct sf_plugin *plugin;
    const char *frame;
  } cases[] = { { SL651, SL651_TIMED }, { SZY206, SZY206_FLOW }, { JT808, JT808_POSITION }, { LINE, "6F6E650A" } };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
      struct link *with = link_open (cases[i].plugin), *without = link_open (cases[i].plugin);
      struct bytes frame = bytes_of_hex (cases[i].frame);
      answer (with, frame);
      sf_mem_fail_at (1, 1);
      answer (without, frame);
      sf_mem_fail_at (0, 0);
      ck_assert_int_eq (without->frame.kind, SF_FRAME_WHOLE);
      ck_assert_uint_eq (without->frame.length, with->frame.length);
      ck_assert_str_eq (without->frame.source, with->frame.source);
      ck_assert_str_eq (without->hex, with->hex);
      ck_assert (!without->frame.identity[0] || !strcmp (without->frame.identity, with->frame.identity));
      link_close (with);
      link_close (without);
    }
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { checks,
                                 sl651_answers_as_published,
                                 sl651_options,
                                 sl651_wrong_check,
                                 sl651_parts,
                                 sl651_more_to_come,
                                 sl651_false_start,
                                 sl651_frame_in_a_frame,
                                 szy206_confirms,
                                 jt808_answers,
                                 jt808_of_2019,
                                 jt808_wrong_check,
                                 long_lines_are_noise,
                                 memory_runs_out,
                                 NULL };
  return run_tests ("protocols", tests);
}
