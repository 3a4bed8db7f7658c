/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_BASE_JSON_H
#define SF_CORE_BASE_JSON_H

#include "core/base/text.h"

/* A streaming JSON writer over a strbuf: commas and nesting are kept for you. Reading JSON is jansson's business.
   indent 0 writes one line; 2 writes people-readable text. Zero-initialise and set out and indent. */
struct sf_json
{
  struct sf_strbuf *out;
  int indent;
  int depth;
  uint64_t has_items; /* bit d: the container at depth d has an item already; at most 63 levels */
  bool after_key;
};

void sf_json_begin_object (struct sf_json *json);
void sf_json_end_object (struct sf_json *json);
void sf_json_begin_array (struct sf_json *json);
void sf_json_end_array (struct sf_json *json);
void sf_json_key (struct sf_json *json, const char *key);
void sf_json_string (struct sf_json *json, const char *utf8); /* NULL gives null */
void sf_json_double (struct sf_json *json, double value);     /* as sf_strbuf_add_double; NaN, inf give null */
void sf_json_fixed (struct sf_json *json, double value, int decimals);
void sf_json_int (struct sf_json *json, int64_t value);
void sf_json_bool (struct sf_json *json, bool value);
void sf_json_null (struct sf_json *json);
void sf_json_time (struct sf_json *json, int64_t time_s); /* ISO 8601 UTC, null when missing */

/* Key and value in one call. */
void sf_json_put_string (struct sf_json *json, const char *key, const char *utf8);
void sf_json_put_double (struct sf_json *json, const char *key, double value);
void sf_json_put_int (struct sf_json *json, const char *key, int64_t value);
void sf_json_put_bool (struct sf_json *json, const char *key, bool value);
void sf_json_put_time (struct sf_json *json, const char *key, int64_t time_s);

/* Append the shortest decimal text that strtod reads back as value ("19.9", not "19.899999999999999"); some powers of
   two take one digit more than they need. Finite values only. */
void sf_strbuf_add_double (struct sf_strbuf *buf, double value);

#endif
