/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/http.h"

#include "plugins/service/map/cache.h"
#include "plugins/service/map/gzip.h"
#include "plugins/service/map/http_guard.h"
#include "plugins/service/map/http_stream.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum
{
  HEAD_BYTES_MAX = 16 << 10, /* of a request's head, and of a connection's other buffers */
  FIRST_BYTES = 4 << 10,
  MESSAGE_BYTES = 1 << 10, /* that a message with its headers takes beside its body, about */
  BACKLOG = 1024,
  SPARE_DESCRIPTORS = 128,    /* for files, modules and epoll */
  PACE_BYTES_PER_S = 1 << 10, /* a line by satellite does more */
  LARGE_BYTES = 64 << 10,     /* of an answer that a socket does not take at once */
  HELD_BYTES_MAX = 256 << 20, /* of answers on their way */
  LOOK_MS = 250,
  DRAIN_MS = 3000 /* for answers under way when the server stops */
};

struct sf_map_http
{
  struct sf_map *map;
  struct MHD_Daemon *daemon;
  struct sf_map_cache *cache;
  unsigned silence_s, timeout_s;
  char url[128];
  bool is_public;
};

/* A request on its way: from the first line to the last byte sent. */
struct exchange
{
  struct sf_map_guest *guest; /* on whose connection it came */
  struct sf_arena arena;
  struct sf_map_request request;
  struct sf_error err; /* of parsing */
  struct sf_map_kept *kept;
  bool is_headed; /* its head was shown to us; an answer given then would close the connection */
  _Alignas(16) unsigned char first[FIRST_BYTES]; /* of the arena: most requests need no more */
};

/* An answer that can be sent any number of times. */
struct answer
{
  struct MHD_Response *message;
  unsigned status;
  size_t bytes;
};

static void
free_answer (void *value)
{
  struct answer *answer = value;
  MHD_destroy_response (answer->message);
  sf_mem_free (answer);
}

/* --- who comes --- */

static void
greet (void *ctx, struct MHD_Connection *connection, void **guest, enum MHD_ConnectionNotificationCode what)
{
  const struct sf_map_http *http = ctx;
  if (what == MHD_CONNECTION_NOTIFY_CLOSED)
    {
      sf_map_guard_leave (*guest);
      *guest = NULL;
      return;
    }
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  *guest = info ? sf_map_guard_enter (http->map->guard, info->connect_fd) : NULL;
}

static struct sf_map_guest *
guest_of (struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info ? info->socket_context : NULL;
}

/* --- what comes in --- */

static const char *
find_header (const void *connection, const char *name)
{
  return MHD_lookup_connection_value ((struct MHD_Connection *) connection, MHD_HEADER_KIND, name);
}

/* libmicrohttpd shows the target as it came before it takes it apart itself. */
static void *
begin_exchange (void *ctx, const char *target, struct MHD_Connection *connection)
{
  (void) ctx;
  struct exchange *exchange = sf_mem_alloc (sizeof *exchange);
  if (!exchange)
    return NULL;
  memset (exchange, 0, offsetof (struct exchange, first));
  sf_arena_lend (&exchange->arena, exchange->first, sizeof exchange->first);
  exchange->guest = guest_of (connection);
  struct sf_map_request *request = &exchange->request;
  request->arena = &exchange->arena;
  request->header = find_header;
  request->connection = connection;
  request->now_s = (int64_t) time (NULL);
  const char *copy = sf_arena_strdup (&exchange->arena, target);
  if (!copy)
    sf_fail (&exchange->err, SF_ENOMEM, "out of memory");
  else
    sf_map_request_parse (request, copy, &exchange->err);
  if (!request->rest)
    request->rest = copy ? copy : "";
  return exchange;
}

static void
end_exchange (void *ctx, struct MHD_Connection *connection, void **request_state, enum MHD_RequestTerminationCode why)
{
  struct sf_map_http *http = ctx;
  struct exchange *exchange = *request_state;
  (void) why;
  if (!exchange)
    return;
  sf_map_guard_wait (exchange->guest);
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_TIMEOUT);
  if (info && info->connection_timeout)
    MHD_set_connection_option (connection, MHD_CONNECTION_OPTION_TIMEOUT, 0u);
  sf_map_cache_release (http->cache, exchange->kept);
  sf_map_world_release (exchange->request.world);
  sf_arena_finish (&exchange->arena);
  sf_mem_free (exchange);
  *request_state = NULL;
}

/* Whether a Host header may stand in our links: a name or address and a port. */
static bool
is_host (const char *host)
{
  for (const char *c = host; *c; c++)
    if (!isalnum ((unsigned char) *c) && !strchr (".:-[]_", *c))
      return false;
  return *host && strlen (host) < 256;
}

/* What absolute links begin with: what the operator set, else the way the client came. */
static const char *
base_url (const struct sf_map_http *http, struct sf_map_request *request)
{
  const char *host = sf_map_request_header (request, "Host"),
             *scheme = sf_map_request_header (request, "X-Forwarded-Proto");
  if (http->map->public_url)
    return http->map->public_url;
  if (!host || !is_host (host))
    return sf_arena_strndup (request->arena, http->url, strlen (http->url) - 1);
  return sf_arena_printf (request->arena, "%s://%s", scheme && strcmp (scheme, "https") == 0 ? "https" : "http", host);
}

/* --- what goes out --- */

void
sf_map_http_add_headers (struct MHD_Response *message, const struct sf_map_response *response)
{
  if (response->media_type)
    MHD_add_response_header (message, MHD_HTTP_HEADER_CONTENT_TYPE, response->media_type);
  for (int i = 0; i < response->headers_count; i++)
    MHD_add_response_header (message, response->headers[i].name, response->headers[i].value);
  MHD_add_response_header (message, MHD_HTTP_HEADER_ACCESS_CONTROL_ALLOW_ORIGIN, "*");
  MHD_add_response_header (message, "Access-Control-Expose-Headers", "*"); /* X-Sanfang-Snapshot, ETag, Content-Range */
  MHD_add_response_header (message, "X-Content-Type-Options", "nosniff");
}

static struct MHD_Response *
message_of (struct sf_map_response *response)
{
  struct MHD_Response *message;
  if (response->file >= 0)
    {
      message = MHD_create_response_from_fd_at_offset64 (response->file_bytes, response->file, response->file_offset);
      if (!message)
        close (response->file);
    }
  else
    {
      message = MHD_create_response_from_buffer_with_free_callback (response->body.length, response->body.text,
                                                                    sf_mem_free);
      if (!message)
        sf_strbuf_finish (&response->body);
    }
  if (!message)
    return NULL;
  sf_map_http_add_headers (message, response);
  return message;
}

/* The library closes whom it cannot send anything to for a while. Other silence is the guard's: the library would also
   close those that a busy thread has not come to. */
static void
begin_to_send (const struct sf_map_http *http, struct MHD_Connection *connection, uint64_t bytes, bool is_held)
{
  if (bytes <= LARGE_BYTES)
    return;
  sf_map_guard_send (guest_of (connection), bytes, is_held);
  MHD_set_connection_option (connection, MHD_CONNECTION_OPTION_TIMEOUT, http->timeout_s);
}

static enum MHD_Result
send_once (const struct sf_map_http *http, struct MHD_Connection *connection, struct sf_map_response *response)
{
  bool is_held = response->file < 0;
  uint64_t bytes = is_held ? response->body.length : response->file_bytes;
  struct MHD_Response *message = message_of (response);
  if (!message)
    return MHD_NO;
  begin_to_send (http, connection, bytes, is_held);
  enum MHD_Result result = MHD_queue_response (connection, (unsigned) response->status, message);
  MHD_destroy_response (message);
  return result;
}

static enum MHD_Result
send_kept (const struct sf_map_http *http, struct MHD_Connection *connection, const struct answer *answer)
{
  begin_to_send (http, connection, answer->bytes, true);
  return MHD_queue_response (connection, answer->status, answer->message);
}

/* Send an answer and keep it for the next one who asks. */
static enum MHD_Result
send_and_keep (struct sf_map_http *http, struct MHD_Connection *connection, struct exchange *exchange, const char *key,
               struct sf_map_response *response)
{
  size_t bytes = response->body.capacity + MESSAGE_BYTES;
  struct answer *answer = sf_mem_alloc (sizeof *answer);
  if (!answer)
    return send_once (http, connection, response);
  *answer = (struct answer){ .message = message_of (response), .status = (unsigned) response->status, .bytes = bytes };
  if (!answer->message)
    {
      sf_mem_free (answer);
      return MHD_NO;
    }
  sf_map_cache_put (http->cache, exchange->request.world->serial, key, answer, bytes, &exchange->kept);
  return exchange->kept ? send_kept (http, connection, answer) : MHD_NO;
}

static enum MHD_Result
send_stream (struct sf_map_http *http, struct MHD_Connection *connection, struct sf_map_response *response)
{
  struct MHD_Response *message = NULL;
  struct sf_error err = { 0 };
  if (sf_map_http_stream (connection, http->map->live, http->silence_s, response, &message, &err) != SF_OK)
    {
      sf_map_put_error (response, 503, &err);
      sf_map_response_header (response, MHD_HTTP_HEADER_RETRY_AFTER, "10");
      return send_once (http, connection, response);
    }
  sf_map_guard_stream (guest_of (connection));
  enum MHD_Result result = MHD_queue_response (connection, (unsigned) response->status, message);
  MHD_destroy_response (message);
  return result;
}

/* What tells one kept answer from another of the same world: pinned and current ones differ in their headers. */
static const char *
key_of (const struct sf_map_request *request)
{
  return sf_arena_printf (request->arena, "%c%c%s", request->snapshot_id ? 'p' : 'c',
                          sf_map_accepts_gzip (request) ? 'z' : '-', request->rest);
}

/* Of an address that cannot be taken apart. */
static int
status_of_fault (enum sf_code code)
{
  return code == SF_EINVAL ? 400 : code == SF_ERANGE ? 414 : 503;
}

static enum MHD_Result
answer_request (struct sf_map_http *http, struct MHD_Connection *connection, struct exchange *exchange)
{
  struct sf_map_request *request = &exchange->request;
  struct sf_map_response response = { .file = -1 };
  const struct sf_map_route *route = NULL;
  request->base_url = base_url (http, request);
  if (exchange->err.code == SF_OK && !request->base_url)
    sf_fail (&exchange->err, SF_ENOMEM, "out of memory");
  if (exchange->err.code != SF_OK)
    {
      sf_map_put_error (&response, status_of_fault (exchange->err.code), &exchange->err);
      sf_map_response_header (&response, "Cache-Control", "no-store");
      return send_once (http, connection, &response);
    }
  if (!sf_map_begin (http->map, request, &response, &route))
    return send_once (http, connection, &response);
  const char *key = route->caching == SF_MAP_PIXELS ? key_of (request) : NULL;
  struct answer *known = key ? sf_map_cache_get (http->cache, request->world->serial, key, &exchange->kept) : NULL;
  if (known)
    return send_kept (http, connection, known);
  sf_map_finish (http->map, request, route, &response);
  if (response.is_stream && response.status == 200)
    return send_stream (http, connection, &response);
  if (key && response.status == 200 && response.file < 0 && !response.is_volatile)
    return send_and_keep (http, connection, exchange, key, &response);
  return send_once (http, connection, &response);
}

static enum MHD_Result
refuse_method (const struct sf_map_http *http, struct MHD_Connection *connection, const char *method)
{
  struct sf_map_response response = { .file = -1 };
  struct sf_error err = { 0 };
  bool asks = strcmp (method, MHD_HTTP_METHOD_OPTIONS) == 0;
  if (asks)
    response.status = 204;
  else
    {
      sf_fail (&err, SF_EUNSUPPORTED, "method '%.20s' is not served, only GET, HEAD and OPTIONS", method);
      sf_map_put_error (&response, 405, &err);
    }
  sf_map_response_header (&response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD, OPTIONS");
  sf_map_response_header (&response, "Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
  sf_map_response_header (&response, "Access-Control-Allow-Headers", "*");
  sf_map_response_header (&response, "Cache-Control", "no-store");
  return send_once (http, connection, &response);
}

static enum MHD_Result
take_request (void *ctx, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
              const char *upload, size_t *upload_bytes, void **request_state)
{
  struct exchange *exchange = *request_state;
  (void) url;
  (void) version;
  (void) upload;
  if (*upload_bytes > 0)
    {
      *upload_bytes = 0; /* nobody here wants a body */
      return MHD_YES;
    }
  if (!exchange)
    return MHD_NO;
  if (!exchange->is_headed)
    {
      exchange->is_headed = true;
      return MHD_YES;
    }
  sf_map_guard_serve (exchange->guest);
  if (strcmp (method, MHD_HTTP_METHOD_GET) != 0 && strcmp (method, MHD_HTTP_METHOD_HEAD) != 0)
    return refuse_method (ctx, connection, method);
  exchange->request.method = method;
  return answer_request (ctx, connection, exchange);
}

/* --- the listening socket --- */

/* "HOST:PORT", "[V6]:PORT" or "PORT" in two texts. */
static enum sf_code
split_address (const char *listen_text, char host[256], char port[16], struct sf_error *err)
{
  const char *colon = strrchr (listen_text, ':');
  const char *digits = colon ? colon + 1 : listen_text;
  size_t length = colon ? (size_t) (colon - listen_text) : 0;
  const char *begin = listen_text;
  if (length >= 2 && begin[0] == '[' && begin[length - 1] == ']')
    {
      begin++;
      length -= 2;
    }
  int64_t number;
  if (!sf_text_parse_int (sf_span_of (digits), &number) || number < 0 || number > 65535 || length > 255
      || (colon && length == 0))
    return sf_fail (err, SF_EINVAL, "--listen: '%s' is no address with a port, such as 127.0.0.1:8036 or [::1]:8036",
                    listen_text);
  memcpy (host, colon ? begin : "127.0.0.1", colon ? length : strlen ("127.0.0.1"));
  host[colon ? length : strlen ("127.0.0.1")] = '\0';
  snprintf (port, 16, "%d", (int) number);
  return SF_OK;
}

static bool
is_loopback (const struct sockaddr *address)
{
  if (address->sa_family == AF_INET6)
    return IN6_IS_ADDR_LOOPBACK (&((const struct sockaddr_in6 *) (const void *) address)->sin6_addr);
  uint32_t v4 = ntohl (((const struct sockaddr_in *) (const void *) address)->sin_addr.s_addr);
  return v4 >> 24 == 127;
}

static void
write_url (struct sf_map_http *http, int fd)
{
  struct sockaddr_storage address = { 0 };
  socklen_t length = sizeof address;
  char host[INET6_ADDRSTRLEN] = "", port[16] = "";
  getsockname (fd, (struct sockaddr *) &address, &length);
  getnameinfo ((struct sockaddr *) &address, length, host, sizeof host, port, sizeof port,
               NI_NUMERICHOST | NI_NUMERICSERV);
  snprintf (http->url, sizeof http->url, address.ss_family == AF_INET6 ? "http://[%s]:%s/" : "http://%s:%s/", host,
            port);
  http->is_public = !is_loopback ((struct sockaddr *) &address);
}

static enum sf_code
open_socket (struct sf_map_http *http, const char *listen_text, int *ret_fd, struct sf_error *err)
{
  char host[256], port[16];
  struct addrinfo *found = NULL, hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM };
  SF_TRY (split_address (listen_text, host, port, err));
  int lookup = getaddrinfo (host, port, &hints, &found);
  if (lookup != 0)
    return sf_fail (err, SF_EINVAL, "--listen: '%s': %s", listen_text, gai_strerror (lookup));
  int yes = 1, fd = socket (found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  bool good = fd >= 0 && setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0
              && bind (fd, found->ai_addr, found->ai_addrlen) == 0 && listen (fd, BACKLOG) == 0;
  int number = errno;
  freeaddrinfo (found);
  if (!good)
    {
      if (fd >= 0)
        close (fd);
      return sf_fail (err, SF_EIO, "cannot listen on %s: %s%s", listen_text, strerror (number),
                      number == EADDRINUSE ? " (is another one running? --listen 127.0.0.1:0 takes a free port)" : "");
    }
  write_url (http, fd);
  *ret_fd = fd;
  return SF_OK;
}

int
sf_map_http_places (const struct sf_host *host, int wanted)
{
  struct rlimit files;
  if (getrlimit (RLIMIT_NOFILE, &files) != 0)
    return wanted;
  rlim_t need = (rlim_t) wanted + SPARE_DESCRIPTORS;
  if (files.rlim_cur < need)
    {
      files.rlim_cur = files.rlim_max < need ? files.rlim_max : need;
      setrlimit (RLIMIT_NOFILE, &files);
    }
  if (files.rlim_cur >= need)
    return wanted;
  int possible = files.rlim_cur > 2 * SPARE_DESCRIPTORS ? (int) (files.rlim_cur - SPARE_DESCRIPTORS) : 64;
  sf_host_log (host, SF_LOG_WARNING, "the limit of open files allows %d connections at once, not %d", possible, wanted);
  return possible;
}

static void
log_library (void *ctx, const char *format, va_list args)
{
  const struct sf_map_http *http = ctx;
  char line[512];
  vsnprintf (line, sizeof line, format, args);
  line[strcspn (line, "\n")] = '\0';
  sf_host_log (http->map->host, SF_LOG_DEBUG, "%s", line);
}

static enum sf_code
start_daemon (struct sf_map_http *http, const struct sf_map_http_setup *setup, int fd, struct sf_error *err)
{
  long processors = sysconf (_SC_NPROCESSORS_ONLN);
  unsigned threads = setup->threads > 0 ? (unsigned) setup->threads : processors > 1 ? (unsigned) processors : 1;
  http->daemon = MHD_start_daemon (
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, take_request, http,
      MHD_OPTION_EXTERNAL_LOGGER, log_library, http, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE,
      threads > 1 ? threads : 0, MHD_OPTION_CONNECTION_LIMIT, (unsigned) setup->connections,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) HEAD_BYTES_MAX, MHD_OPTION_STRICT_FOR_CLIENT, 1,
      MHD_OPTION_NOTIFY_CONNECTION, greet, http, MHD_OPTION_URI_LOG_CALLBACK, begin_exchange, http,
      MHD_OPTION_NOTIFY_COMPLETED, end_exchange, http, MHD_OPTION_END);
  if (http->daemon)
    return SF_OK;
  close (fd);
  return sf_fail (err, SF_EIO, "the HTTP server could not be started on %s", setup->listen);
}

enum sf_code
sf_map_http_start (struct sf_map *map, const struct sf_map_http_setup *setup, struct sf_map_http **ret_http,
                   struct sf_error *err)
{
  int fd = -1;
  const struct sf_map_guard_setup guard = { .places = setup->connections,
                                            .patience_s = setup->timeout_s,
                                            .pace_bytes_per_s = PACE_BYTES_PER_S,
                                            .held_bytes_max = HELD_BYTES_MAX,
                                            .look_ms = LOOK_MS };
  struct sf_map_http *http = sf_mem_calloc (1, sizeof *http);
  if (!http)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  http->map = map;
  http->silence_s = (unsigned) setup->silence_s;
  http->timeout_s = (unsigned) setup->timeout_s;
  enum sf_code code = sf_map_cache_new (setup->cache_bytes, free_answer, &http->cache, err);
  if (code == SF_OK)
    code = sf_map_guard_new (&guard, &map->guard, err);
  if (code == SF_OK)
    code = open_socket (http, setup->listen, &fd, err);
  if (code == SF_OK)
    code = start_daemon (http, setup, fd, err);
  if (code != SF_OK)
    {
      sf_map_http_stop (http);
      return code;
    }
  *ret_http = http;
  return SF_OK;
}

const char *
sf_map_http_url (const struct sf_map_http *http)
{
  return http->url;
}

bool
sf_map_http_is_public (const struct sf_map_http *http)
{
  return http->is_public;
}

void
sf_map_http_stop (struct sf_map_http *http)
{
  if (!http)
    return;
  sf_map_live_end (http->map->live); /* the library cannot stop while connections rest */
  if (http->daemon)
    {
      /* Nor while it has something to say itself: libmicrohttpd 0.9.75 then reads an answer that it did not queue. */
      int fd = MHD_quiesce_daemon (http->daemon);
      sf_map_guard_drain (http->map->guard, DRAIN_MS);
      MHD_stop_daemon (http->daemon);
      if (fd >= 0)
        close (fd);
    }
  sf_map_guard_free (http->map->guard);
  http->map->guard = NULL;
  sf_map_cache_free (http->cache);
  sf_mem_free (http);
}
