/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/telemetry/bytes.h"

#include "core/base/time.h"

uint16_t
sf_bytes_u16 (const uint8_t *bytes)
{
  return (uint16_t) (bytes[0] << 8 | bytes[1]);
}

uint32_t
sf_bytes_u32 (const uint8_t *bytes)
{
  return (uint32_t) sf_bytes_u16 (bytes) << 16 | sf_bytes_u16 (bytes + 2);
}

void
sf_bytes_to_hex (const uint8_t *bytes, size_t length, char *text)
{
  static const char digits[] = "0123456789ABCDEF";
  for (size_t i = 0; i < length; i++)
    {
      *text++ = digits[bytes[i] >> 4];
      *text++ = digits[bytes[i] & 15];
    }
  *text = '\0';
}

static int
digit_of (char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
sf_bytes_from_hex (const char *digits, size_t length, uint8_t *bytes)
{
  for (size_t i = 0; i < length; i++)
    {
      int high = digit_of (digits[2 * i]), low = high < 0 ? -1 : digit_of (digits[2 * i + 1]);
      if (low < 0)
        return false;
      bytes[i] = (uint8_t) (high << 4 | low);
    }
  return true;
}

bool
sf_bytes_is_bcd (const uint8_t *bytes, size_t length)
{
  for (size_t i = 0; i < length; i++)
    if (bytes[i] >> 4 > 9 || (bytes[i] & 15) > 9)
      return false;
  return true;
}

int64_t
sf_bytes_bcd (const uint8_t *bytes, size_t length)
{
  int64_t value = 0;
  for (size_t i = 0; i < length; i++)
    value = value * 100 + 10 * (bytes[i] >> 4) + (bytes[i] & 15);
  return value;
}

bool
sf_bytes_bcd_time (const uint8_t *bytes, size_t length, int64_t *ret_time_s)
{
  if (!sf_bytes_is_bcd (bytes, length))
    return false;
  struct sf_civil civil = { .year = 2000 + (int) sf_bytes_bcd (bytes, 1),
                            .month = (int) sf_bytes_bcd (bytes + 1, 1),
                            .day = (int) sf_bytes_bcd (bytes + 2, 1),
                            .hour = (int) sf_bytes_bcd (bytes + 3, 1),
                            .minute = (int) sf_bytes_bcd (bytes + 4, 1),
                            .second = length > 5 ? (int) sf_bytes_bcd (bytes + 5, 1) : 0 };
  return sf_time_from_civil (&civil, SF_BEIJING_OFFSET_S, ret_time_s, NULL) == SF_OK;
}

uint16_t
sf_bytes_crc16 (const uint8_t *bytes, size_t length)
{
  /* What four bits that leave the register bring about. */
  static const uint16_t steps[16] = { 0x0000, 0xcc01, 0xd801, 0x1400, 0xf001, 0x3c00, 0x2800, 0xe401,
                                      0xa001, 0x6c00, 0x7800, 0xb401, 0x5000, 0x9c01, 0x8801, 0x4400 };
  unsigned crc = 0xffff;
  for (size_t i = 0; i < length; i++)
    {
      crc ^= bytes[i];
      crc = crc >> 4 ^ steps[crc & 15];
      crc = crc >> 4 ^ steps[crc & 15];
    }
  return (uint16_t) crc;
}

uint8_t
sf_bytes_crc8 (const uint8_t *bytes, size_t length)
{
  unsigned crc = 0;
  for (size_t i = 0; i < length; i++)
    {
      crc ^= bytes[i];
      for (int bit = 0; bit < 8; bit++)
        crc = crc & 0x80 ? crc << 1 ^ 0xe5 : crc << 1;
    }
  return (uint8_t) crc;
}
