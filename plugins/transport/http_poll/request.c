/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/http_poll/http_poll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum
{
  STALL_BYTES_PER_S = 16,
  CONNECT_S_MAX = 15,
  FIRST_BYTES = 16384,
  KEPT_BYTES = 1 << 20 /* of a buffer, from one answer to the next */
};

struct request
{
  struct request_setup setup;
  CURLM *multi;
  CURL *easy; /* of the running request, NULL: none */
  struct curl_slist *headers;
  uint8_t *bytes;
  size_t length, capacity;
  bool is_too_long, is_out_of_memory;
  char error[CURL_ERROR_SIZE];
};

enum sf_code
request_new (const struct request_setup *setup, struct request **ret_request, struct sf_error *err)
{
  struct request *request = sf_mem_calloc (1, sizeof *request);
  if (!request)
    return sf_fail (err, SF_ENOMEM, "http_poll: out of memory");
  request->setup = *setup;
  if (curl_global_init (CURL_GLOBAL_DEFAULT) != CURLE_OK || !(request->multi = curl_multi_init ()))
    {
      sf_mem_free (request);
      return sf_fail (err, SF_ENOMEM, "http_poll: libcurl cannot be used");
    }
  *ret_request = request;
  return SF_OK;
}

static void
end_running (struct request *request)
{
  if (request->easy)
    {
      curl_multi_remove_handle (request->multi, request->easy);
      curl_easy_cleanup (request->easy);
    }
  curl_slist_free_all (request->headers);
  request->easy = NULL;
  request->headers = NULL;
}

void
request_free (struct request *request)
{
  if (!request)
    return;
  end_running (request);
  curl_multi_cleanup (request->multi);
  curl_global_cleanup ();
  sf_mem_free (request->bytes);
  sf_mem_free (request);
}

static size_t
take_bytes (char *bytes, size_t size, size_t count, void *opaque)
{
  struct request *request = opaque;
  size_t more = size * count;
  request->is_too_long = more > (size_t) request->setup.limit_bytes - request->length;
  if (request->is_too_long)
    return 0;
  request->is_out_of_memory
      = sf_mem_grow ((void **) &request->bytes, &request->capacity, request->length + more + FIRST_BYTES, 1) < 0;
  if (request->is_out_of_memory)
    return 0;
  memcpy (request->bytes + request->length, bytes, more);
  request->length += more;
  return more;
}

static bool
add_header (struct request *request, const char *text)
{
  struct curl_slist *longer = text ? curl_slist_append (request->headers, text) : NULL;
  if (longer)
    request->headers = longer;
  return longer != NULL;
}

static bool
add_condition (struct request *request, const char *name, const char *value)
{
  if (!value || !value[0])
    return true;
  char *line = sf_mem_printf ("%s: %s", name, value);
  bool added = add_header (request, line);
  sf_mem_free (line);
  return added;
}

static bool
add_headers (struct request *request, const struct request_ask *ask)
{
  bool says_packing = false;
  for (size_t i = 0; i < ask->headers_count; i++)
    {
      says_packing |= !strncasecmp (ask->headers[i], "Accept-Encoding:", 16);
      if (!add_header (request, ask->headers[i]))
        return false;
    }
  return (says_packing || add_header (request, "Accept-Encoding: gzip"))
         && add_condition (request, "If-None-Match", ask->etag)
         && add_condition (request, "If-Modified-Since", ask->modified);
}

static CURLcode
set_text (CURL *easy, CURLoption option, const char *text)
{
  return text ? curl_easy_setopt (easy, option, text) : CURLE_OK;
}

/* Where a request may go, and how far it may be led elsewhere. Without a proxy set none is taken from the environment. */
static CURLcode
set_bounds (const struct request *request, const struct request_ask *ask)
{
  const struct request_setup *setup = &request->setup;
  CURL *easy = request->easy;
  bool secure = !strncasecmp (ask->url, "https:", 6);
  long connect_s = setup->timeout_s < CONNECT_S_MAX ? (long) setup->timeout_s : CONNECT_S_MAX;
  CURLcode code = curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "http,https");
  code |= curl_easy_setopt (easy, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
  code |= curl_easy_setopt (easy, CURLOPT_FOLLOWLOCATION, setup->redirects > 0 ? 1L : 0L);
  code |= curl_easy_setopt (easy, CURLOPT_MAXREDIRS, setup->redirects);
  code |= curl_easy_setopt (easy, CURLOPT_TIMEOUT, (long) setup->timeout_s);
  code |= curl_easy_setopt (easy, CURLOPT_CONNECTTIMEOUT, connect_s);
  code |= curl_easy_setopt (easy, CURLOPT_LOW_SPEED_LIMIT, (long) STALL_BYTES_PER_S);
  code |= curl_easy_setopt (easy, CURLOPT_LOW_SPEED_TIME, (long) setup->stall_s);
  code |= curl_easy_setopt (easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t) setup->limit_bytes);
  code |= curl_easy_setopt (easy, CURLOPT_PROXY, setup->proxy ? setup->proxy : "");
  code |= curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  code |= curl_easy_setopt (easy, CURLOPT_QUICK_EXIT, 1L); /* a dead name server's thread is not waited for */
  return code;
}

static CURLcode
set_trust (const struct request *request)
{
  const struct request_setup *setup = &request->setup;
  CURL *easy = request->easy;
  const char *user = pull_secret (setup->secrets, "user");
  CURLcode code = curl_easy_setopt (easy, CURLOPT_SSL_VERIFYPEER, 1L);
  code |= curl_easy_setopt (easy, CURLOPT_SSL_VERIFYHOST, 2L);
  code |= set_text (easy, CURLOPT_CAINFO, setup->ca_file);
  code |= set_text (easy, CURLOPT_SSLCERT, setup->cert_file);
  code |= set_text (easy, CURLOPT_SSLKEY, setup->key_file);
  code |= set_text (easy, CURLOPT_USERNAME, user);
  code |= set_text (easy, CURLOPT_PASSWORD, pull_secret (setup->secrets, "password"));
  code |= curl_easy_setopt (easy, CURLOPT_HTTPAUTH, user ? (long) (CURLAUTH_BASIC | CURLAUTH_DIGEST) : 0L);
  code |= set_text (easy, CURLOPT_PROXYUSERNAME, pull_secret (setup->secrets, "proxy_user"));
  code |= set_text (easy, CURLOPT_PROXYPASSWORD, pull_secret (setup->secrets, "proxy_password"));
  return code;
}

static CURLcode
set_ask (struct request *request, const struct request_ask *ask)
{
  CURL *easy = request->easy;
  CURLcode code = curl_easy_setopt (easy, CURLOPT_URL, ask->url);
  code |= curl_easy_setopt (easy, CURLOPT_HTTPHEADER, request->headers);
  code |= curl_easy_setopt (easy, CURLOPT_USERAGENT, request->setup.agent);
  code |= curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, take_bytes);
  code |= curl_easy_setopt (easy, CURLOPT_WRITEDATA, request);
  code |= curl_easy_setopt (easy, CURLOPT_ERRORBUFFER, request->error);
  code |= set_text (easy, CURLOPT_COPYPOSTFIELDS, ask->body);
  return code;
}

enum sf_code
request_begin (struct request *request, const struct request_ask *ask, struct sf_error *err)
{
  end_running (request);
  request->length = 0;
  if (request->capacity > KEPT_BYTES)
    {
      sf_mem_free (request->bytes);
      request->bytes = NULL;
      request->capacity = 0;
    }
  request->is_too_long = request->is_out_of_memory = false;
  request->error[0] = '\0';
  request->easy = curl_easy_init ();
  if (!request->easy || !add_headers (request, ask))
    {
      end_running (request);
      return sf_fail (err, SF_ENOMEM, "out of memory");
    }
  if ((set_ask (request, ask) | set_bounds (request, ask) | set_trust (request)) != CURLE_OK
      || curl_multi_add_handle (request->multi, request->easy) != CURLM_OK)
    {
      end_running (request);
      return sf_fail (err, SF_EINVAL, "libcurl refuses a setting of the request");
    }
  return SF_OK;
}

bool
request_is_running (const struct request *request)
{
  return request->easy != NULL;
}

static void
copy_header (CURL *easy, const char *name, char *text, size_t size)
{
  struct curl_header *header;
  text[0] = '\0';
  if (curl_easy_header (easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK && strlen (header->value) < size)
    snprintf (text, size, "%s", header->value);
}

/* A server that gives two lengths may mean either: half an answer could be taken for a whole one. */
static bool
has_two_lengths (CURL *easy)
{
  struct curl_header *header;
  long first = -1;
  for (size_t i = 0; curl_easy_header (easy, "Content-Length", i, CURLH_HEADER, -1, &header) == CURLHE_OK; i++)
    {
      long length = strtol (header->value, NULL, 10);
      if (first >= 0 && length != first)
        return true;
      first = length;
    }
  return false;
}

/* Put the unpacked bytes of an answer in place of the packed ones. */
static enum sf_code
unpack (struct request *request, struct sf_error *err)
{
  char packing[32];
  struct unpacked unpacked = { 0 };
  copy_header (request->easy, "Content-Encoding", packing, sizeof packing);
  if (!request->length || !packing[0] || !strcasecmp (packing, "identity"))
    return SF_OK;
  if (strcasecmp (packing, "gzip") && strcasecmp (packing, "x-gzip"))
    return sf_fail (err, SF_EFORMAT, "the answer is packed by '%s', which was not asked for", packing);
  SF_TRY (unpack_gzip (request->bytes, request->length, (size_t) request->setup.limit_bytes, &unpacked, err));
  sf_mem_free (request->bytes);
  request->bytes = unpacked.bytes;
  request->length = unpacked.length;
  request->capacity = unpacked.capacity;
  return SF_OK;
}

static void
read_headers (CURL *easy, struct request_answer *answer)
{
  const char *type = NULL;
  curl_off_t retry_after_s = 0;
  curl_easy_getinfo (easy, CURLINFO_CONTENT_TYPE, &type);
  curl_easy_getinfo (easy, CURLINFO_RETRY_AFTER, &retry_after_s);
  snprintf (answer->content_type, sizeof answer->content_type, "%s", type ? type : "");
  copy_header (easy, "ETag", answer->etag, sizeof answer->etag);
  copy_header (easy, "Last-Modified", answer->modified, sizeof answer->modified);
  answer->retry_after_s = retry_after_s;
}

/* Why there is no answer that can be used, NULL: there is one. */
static const char *
why_not (struct request *request, CURLcode code, struct sf_error *err)
{
  if (request->is_too_long || code == CURLE_FILESIZE_EXCEEDED)
    sf_fail (err, SF_ERANGE, "the answer has more than %lld bytes", (long long) request->setup.limit_bytes);
  else if (request->is_out_of_memory)
    sf_fail (err, SF_ENOMEM, "out of memory for the answer");
  else if (code != CURLE_OK)
    return request->error[0] ? request->error : curl_easy_strerror (code);
  else if (has_two_lengths (request->easy))
    sf_fail (err, SF_EFORMAT, "the answer has two lengths (Content-Length)");
  else if (unpack (request, err) == SF_OK)
    return NULL;
  return err->message;
}

static void
read_answer (struct request *request, CURLcode code, struct request_answer *answer)
{
  struct sf_error err;
  *answer = (struct request_answer){ .status = 0 };
  read_headers (request->easy, answer);
  const char *why = why_not (request, code, &err);
  if (why)
    snprintf (answer->failure, sizeof answer->failure, "%.*s", (int) sizeof answer->failure - 1, why);
  else
    curl_easy_getinfo (request->easy, CURLINFO_RESPONSE_CODE, &answer->status);
  answer->bytes = request->bytes;
  answer->length = request->length;
}

bool
request_turn (struct request *request, struct request_answer *ret_answer)
{
  int running = 0, left;
  CURLMsg *message;
  if (!request->easy)
    return false;
  curl_multi_perform (request->multi, &running);
  while ((message = curl_multi_info_read (request->multi, &left)))
    if (message->msg == CURLMSG_DONE)
      {
        read_answer (request, message->data.result, ret_answer);
        end_running (request);
        return true;
      }
  return false;
}

int
request_fd (const struct request *request)
{
  curl_socket_t socket = CURL_SOCKET_BAD;
  if (request->easy)
    curl_easy_getinfo (request->easy, CURLINFO_ACTIVESOCKET, &socket);
  return socket;
}
