/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_TELEMETRY_BYTES_H
#define SF_PLUGINS_TELEMETRY_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers, times and checks as telemetry frames carry them; pure functions. */

/* Big-endian. */
uint16_t sf_bytes_u16 (const uint8_t *bytes);
uint32_t sf_bytes_u32 (const uint8_t *bytes);

/* Write 2 * length upper-case hexadecimal digits and a terminator. */
void sf_bytes_to_hex (const uint8_t *bytes, size_t length, char *text);
/* Read `length` bytes out of twice as many hexadecimal digits; false at the first that is none. */
bool sf_bytes_from_hex (const char *digits, size_t length, uint8_t *bytes);

/* Packed BCD, two digits a byte: whether all are 0 to 9, and the value of at most nine bytes. */
bool sf_bytes_is_bcd (const uint8_t *bytes, size_t length);
int64_t sf_bytes_bcd (const uint8_t *bytes, size_t length);

/* Seconds UTC of a BCD time in Beijing time: YYMMDDhhmm (length 5) or YYMMDDhhmmss (6), in the years 2000 to 2099. False when
   it is no time. */
bool sf_bytes_bcd_time (const uint8_t *bytes, size_t length, int64_t *ret_time_s);

/* CRC-16/MODBUS: polynomial 0x8005 reflected, start 0xFFFF (SL 651-2014; check value of "123456789": 0x4B37). */
uint16_t sf_bytes_crc16 (const uint8_t *bytes, size_t length);
/* CRC-8: polynomial x7+x6+x5+x2+1 = 0xE5, start 0, highest bit first (SZY 206). */
uint8_t sf_bytes_crc8 (const uint8_t *bytes, size_t length);

#endif
