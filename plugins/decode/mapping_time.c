/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/mapping_time.h"

#include "core/base/time.h"

#include <stdbool.h>
#include <string.h>

enum
{
  TIME_BYTES_MAX = 64,
  DAY_S = 86400,
  ZONE_MAX_S = 14 * 3600
};

/* --- settings --- */

static bool
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

/* "+08:00", "Z", "UTC", "BJT". */
static bool
parse_zone (const char *text, int32_t *ret_offset_s)
{
  if (!strcmp (text, "Z") || !strcmp (text, "UTC"))
    *ret_offset_s = 0;
  else if (!strcmp (text, "BJT"))
    *ret_offset_s = SF_BEIJING_OFFSET_S;
  else if (strlen (text) == 6 && (text[0] == '+' || text[0] == '-') && is_digit (text[1]) && is_digit (text[2])
           && text[3] == ':' && is_digit (text[4]) && is_digit (text[5]) && text[4] < '6')
    {
      int32_t hours = (text[1] - '0') * 10 + text[2] - '0', minutes = (text[4] - '0') * 10 + text[5] - '0';
      int32_t offset_s = hours * 3600 + minutes * 60;
      if (offset_s > ZONE_MAX_S)
        return false;
      *ret_offset_s = text[0] == '-' ? -offset_s : offset_s;
    }
  else
    return false;
  return true;
}

static enum sf_code
check_pattern (const struct sf_yaml *node, struct sf_error *err)
{
  bool year = false, month = false, day = false;
  for (const char *c = strchr (node->text, '%'); c; c = strchr (c + 2, '%'))
    {
      if (!c[1] || !strchr ("YymdHMSf%", c[1]))
        return sf_yaml_fail (err, SF_EINVAL, node, "format: '%.2s' is none of %%Y %%y %%m %%d %%H %%M %%S %%f %%%%", c);
      year |= c[1] == 'Y' || c[1] == 'y';
      month |= c[1] == 'm';
      day |= c[1] == 'd';
    }
  if (!year || !month || !day)
    return sf_yaml_fail (err, SF_EINVAL, node,
                         "format: '%s' leaves the date open; use iso, compact, epoch_s, epoch_ms or a pattern with %%Y "
                         "%%m %%d",
                         node->text);
  return SF_OK;
}

static enum sf_code
parse_form (const struct sf_yaml *node, struct sf_time_format *format, struct sf_error *err)
{
  static const char *const names[] = { "iso", "compact", "epoch_s", "epoch_ms" };
  if (!node)
    return SF_OK;
  if (node->kind != SF_YAML_SCALAR)
    return sf_yaml_fail (err, SF_ETYPE, node, "format: expected a text, got %s", sf_yaml_kind_name (node->kind));
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcmp (node->text, names[i]))
      {
        format->form = (enum sf_time_form) i;
        return SF_OK;
      }
  format->form = SF_TIME_FORM_PATTERN;
  format->pattern = node->text;
  return check_pattern (node, err);
}

enum sf_code
sf_time_format_parse (const struct sf_yaml *node, struct sf_time_format *ret_format, struct sf_error *err)
{
  struct sf_time_format format = { .form = SF_TIME_FORM_ISO, .offset_s = SF_TIME_NO_DEFAULT };
  const struct sf_yaml *zone = sf_yaml_get (node, "zone");
  SF_TRY (parse_form (sf_yaml_get (node, "format"), &format, err));
  bool epoch = format.form == SF_TIME_FORM_EPOCH_S || format.form == SF_TIME_FORM_EPOCH_MS;
  if (epoch && zone)
    return sf_yaml_fail (err, SF_EINVAL, zone, "zone: seconds since 1970 are UTC and take none");
  if (!epoch && !zone)
    return sf_yaml_fail (err, SF_EINVAL, node,
                         "'zone' is missing: \"+08:00\" (BJT), Z, or in_data where every ISO time carries its own");
  bool in_data = zone && zone->kind == SF_YAML_SCALAR && !strcmp (zone->text, "in_data");
  if (in_data && format.form != SF_TIME_FORM_ISO)
    return sf_yaml_fail (err, SF_EINVAL, zone, "zone: in_data goes with format iso only");
  if (zone && !in_data && (zone->kind != SF_YAML_SCALAR || !parse_zone (zone->text, &format.offset_s)))
    return sf_yaml_fail (err, SF_EINVAL, zone, "zone: expected \"+08:00\", Z, UTC, BJT or in_data, got '%s'",
                         zone->kind == SF_YAML_SCALAR ? zone->text : sf_yaml_kind_name (zone->kind));
  *ret_format = format;
  return SF_OK;
}

/* --- reading --- */

/* Up to `most` digits off the front; false when there is none. */
static bool
take_digits (struct sf_span *rest, size_t most, int *ret_value)
{
  size_t length = 0;
  int value = 0;
  while (length < most && length < rest->length && is_digit (rest->text[length]))
    value = value * 10 + rest->text[length++] - '0';
  *rest = (struct sf_span){ rest->text + length, rest->length - length };
  *ret_value = value;
  return length > 0;
}

static void
skip_while (struct sf_span *rest, bool (*is_one) (char))
{
  while (rest->length && is_one (rest->text[0]))
    *rest = (struct sf_span){ rest->text + 1, rest->length - 1 };
}

static bool
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

static bool
take_field (char field, struct sf_span *rest, struct sf_civil *civil)
{
  int value;
  switch (field)
    {
    case 'Y':
      return take_digits (rest, 4, &civil->year);
    case 'y':
      if (!take_digits (rest, 2, &value))
        return false;
      civil->year = value < 69 ? 2000 + value : 1900 + value; /* as POSIX strptime */
      return true;
    case 'm':
      return take_digits (rest, 2, &civil->month);
    case 'd':
      return take_digits (rest, 2, &civil->day);
    case 'H':
      return take_digits (rest, 2, &civil->hour);
    case 'M':
      return take_digits (rest, 2, &civil->minute);
    case 'S':
      return take_digits (rest, 2, &civil->second);
    default: /* f */
      if (!rest->length || !is_digit (rest->text[0]))
        return false;
      skip_while (rest, is_digit);
      return true;
    }
}

static bool
take_literal (char c, struct sf_span *rest)
{
  if (c == ' ')
    {
      skip_while (rest, is_blank);
      return true;
    }
  if (!rest->length || rest->text[0] != c)
    return false;
  *rest = (struct sf_span){ rest->text + 1, rest->length - 1 };
  return true;
}

static enum sf_code
read_pattern (const struct sf_time_format *format, struct sf_span text, int64_t *ret_time_s)
{
  struct sf_civil civil = { 0 };
  for (const char *c = format->pattern; *c; c++)
    {
      bool good = *c != '%'     ? take_literal (*c, &text)
                  : *++c == '%' ? take_literal ('%', &text)
                                : take_field (*c, &text, &civil);
      if (!good)
        return SF_EFORMAT;
    }
  if (text.length)
    return SF_EFORMAT;
  bool end_of_day = civil.hour == 24 && !civil.minute && !civil.second;
  if (end_of_day)
    civil.hour = 0;
  int64_t time_s;
  SF_TRY (sf_time_from_civil (&civil, format->offset_s, &time_s, NULL));
  *ret_time_s = end_of_day ? time_s + DAY_S : time_s;
  return SF_OK;
}

static enum sf_code
read_epoch (struct sf_span text, int64_t units_per_s, int64_t *ret_time_s)
{
  int64_t whole;
  double number;
  if (sf_text_parse_int (text, &whole))
    *ret_time_s = whole / units_per_s - (whole % units_per_s < 0);
  else if (sf_text_parse_double (text, &number) && number > -1e15 && number < 1e15)
    {
      double seconds = number / (double) units_per_s;
      int64_t cut = (int64_t) seconds;
      *ret_time_s = cut - ((double) cut > seconds);
    }
  else
    return SF_EFORMAT;
  return SF_OK;
}

static enum sf_code
read_form (const struct sf_time_format *format, struct sf_span text, int64_t *ret_time_s)
{
  char copy[TIME_BYTES_MAX];
  switch (format->form)
    {
    case SF_TIME_FORM_EPOCH_S:
      return read_epoch (text, 1, ret_time_s);
    case SF_TIME_FORM_EPOCH_MS:
      return read_epoch (text, 1000, ret_time_s);
    case SF_TIME_FORM_COMPACT:
      return sf_time_parse_compact (text.text, text.length, format->offset_s, ret_time_s, NULL);
    case SF_TIME_FORM_PATTERN:
      return read_pattern (format, text, ret_time_s);
    default:
      if (text.length >= sizeof copy || memchr (text.text, '\0', text.length))
        return SF_EFORMAT;
      memcpy (copy, text.text, text.length);
      copy[text.length] = '\0';
      return sf_time_parse_iso (copy, format->offset_s, ret_time_s, NULL);
    }
}

enum sf_code
sf_time_format_read (const struct sf_time_format *format, struct sf_span text, int64_t *ret_time_s)
{
  int64_t time_s;
  SF_TRY (read_form (format, sf_span_trim (text), &time_s));
  int year = sf_time_to_civil (time_s, 0).year;
  if (year < 1840 || year > 2150)
    return SF_ERANGE;
  *ret_time_s = time_s;
  return SF_OK;
}
