/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_TRANSPORT_HTTP_POLL_HTTP_POLL_H
#define PLUGINS_TRANSPORT_HTTP_POLL_HTTP_POLL_H

#include "core/base/text.h"
#include "plugins/transport/pull.h"

#include <curl/curl.h>

/* --- template.c: texts with times and secrets in them --- */

/* {utc:%Y%m%d%H%M%S}, {bjt:...}: the time of the request; {since_utc:...}, {since_bjt:...}: that of the last answer taken.
   Before the colon may stand -10min or +1h, and /10min to round down: {utc-5min/10min:%H%M}. {secret:NAME}: from the file of
   secrets. */
struct template_values
{
  int64_t now_s, since_s;
  const struct pull_secrets *secrets;
  bool shows_secrets; /* false: the place is left in words, for people */
};

/* Fill a template in. Braces that hold none of these stay as they are when lenient (a JSON body), else they are an error. */
enum sf_code template_fill (const char *text, const struct template_values *values, bool lenient, struct sf_strbuf *out,
                            struct sf_error *err);
bool template_holds_secret (const char *text);

/* --- unpack.c --- */

/* Zero-initialise; bytes are the owner's to free. */
struct unpacked
{
  uint8_t *bytes;
  size_t length, capacity;
};

/* Unpack a gzip file, of several members too, to its end and by its checks. SF_EFORMAT: cut off or damaged; SF_ERANGE: more
   than limit_bytes. */
enum sf_code unpack_gzip (const uint8_t *packed, size_t packed_length, size_t limit_bytes,
                          struct unpacked *ret_unpacked, struct sf_error *err);

/* --- request.c: one request after the other, nothing blocks --- */

struct request_setup
{
  const char *ca_file, *cert_file, *key_file, *proxy, *agent;
  const struct pull_secrets *secrets;
  int64_t timeout_s, stall_s, limit_bytes;
  long redirects;
};

/* What a request asks; texts are copied. */
struct request_ask
{
  const char *url, *body; /* body NULL: GET */
  char **headers;         /* "Name: value" */
  size_t headers_count;
  const char *etag, *modified; /* of the last answer; NULL: none */
};

struct request_answer
{
  long status; /* 0: there was none, failure says why */
  char failure[CURL_ERROR_SIZE + 64];
  char content_type[128], etag[256], modified[64];
  int64_t retry_after_s; /* 0: not said */
  uint8_t *bytes;        /* the request's, until the next one begins */
  size_t length;
};

struct request;
enum sf_code request_new (const struct request_setup *setup, struct request **ret_request, struct sf_error *err);
void request_free (struct request *request);
enum sf_code request_begin (struct request *request, const struct request_ask *ask, struct sf_error *err);
bool request_is_running (const struct request *request);
/* Go on; true once the answer is there (or none will be). */
bool request_turn (struct request *request, struct request_answer *ret_answer);
/* The socket that is waited for, -1: none. */
int request_fd (const struct request *request);

#endif
