/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_DECODE_MAPPING_TIME_H
#define SF_PLUGINS_DECODE_MAPPING_TIME_H

#include "core/base/text.h"
#include "core/base/yaml.h"

#include <stdint.h>

enum sf_time_form
{
  SF_TIME_FORM_ISO,
  SF_TIME_FORM_COMPACT,
  SF_TIME_FORM_EPOCH_S,
  SF_TIME_FORM_EPOCH_MS,
  SF_TIME_FORM_PATTERN
};

/* How times of a feed are written. */
struct sf_time_format
{
  enum sf_time_form form;
  const char *pattern; /* %Y %y %m %d %H %M %S %f %%; a blank stands for any blanks */
  int32_t offset_s;    /* ahead of UTC; SF_TIME_NO_DEFAULT: the text says its zone */
};

/* Read "format" and "zone" of a mapping. A zone must be given unless the form has one of its own: epochs, and ISO 8601
   with "zone: in_data". */
enum sf_code sf_time_format_parse (const struct sf_yaml *node, struct sf_time_format *ret_format, struct sf_error *err);

/* Read a time; SF_EFORMAT or SF_ERANGE when it is none of this format or lies outside the years 1840 to 2150. 24:00 of
   a pattern is the beginning of the next day (ISO 8601:2004). Fractions of a second are dropped. */
enum sf_code sf_time_format_read (const struct sf_time_format *format, struct sf_span text, int64_t *ret_time_s);

#endif
