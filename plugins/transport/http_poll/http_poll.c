/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/http_poll/http_poll.h"

#include "core/base/sha256.h"
#include "core/base/time.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

/* Asks one address again and again. What the last answer was is remembered in the commit of its message: a number that rises
   with each new content, the digest of address and content, the conditions for the next request; number and digest before it
   is delivered, so that no commit that comes between and no kill gives them twice. The identity of a message is
   that number with the digest, so that the same answer again is a duplicate, but content that comes back after another is
   new: a gauge that falls to where it was has spoken. */

enum
{
  HURRY_MS = 50,
  EXCERPT_BYTES = 120,
  ECHO_BYTES = 4096, /* of an answer that are looked through for secrets before it is cut */
  REASON_BYTES = EXCERPT_BYTES + CURL_ERROR_SIZE + 64,
  RETRY_AFTER_S_MAX = 86400,
  PARTIAL = 206, /* no part was asked for, and half an answer is none */
  NOT_MODIFIED = 304,
  PATIENCE_FIRST_MS = 2000
};

struct last_answer
{
  int64_t number, since_s;
  char digest[SF_KEY_TEXT_BYTES], address[SF_KEY_TEXT_BYTES];
  char etag[256], modified[64];
};

struct state
{
  const struct sf_host *host;
  struct pull_secrets secrets;
  struct request *request;
  const char *url, *body;
  const char *const *headers, *const *types;
  size_t headers_count, types_count;
  int64_t every_ms, reach_s;
  struct last_answer last;
  bool recalled;
  int64_t next_ms, begun_ms, begun_s;
  char *shown_url; /* of the running or held request, without secrets */
  bool is_conditional;
  char address[SF_KEY_TEXT_BYTES];
  struct request_answer answer;
  bool holds_answer; /* that is to be delivered */
  struct pull_patience patience;
  struct pull_alarm failed;
};

static const char *const addresses[] = { "http://", "https://", "{secret:", NULL };
static const char *const methods[] = { "GET", "POST", NULL };

static const struct sf_option options[]
    = { { .name = "url",
          .type = SF_OPTION_TEXT,
          .choices = addresses,
          .required = true,
          .help_en
          = "what is asked for; {utc-5min/10min:%Y%m%d%H%M%S}, {bjt:...}: the time, moved and rounded down; "
            "{since_utc:...}, {since_bjt:...}: when the last answer was taken; {secret:NAME}: from secret_file",
          .help_zh = "请求的地址；{utc-5min/10min:%Y%m%d%H%M%S}、{bjt:...} 为平移并取整的时间；"
                     "{since_utc:...}、{since_bjt:...} 为上次取得应答的时间；{secret:名称} 取自 secret_file" },
        { .name = "every",
          .type = SF_OPTION_DURATION,
          .unit = "s",
          .fallback = "60s",
          .min = 1,
          .max = 86400,
          .help_en = "how often it is asked",
          .help_zh = "请求间隔" },
        { .name = "reach",
          .type = SF_OPTION_DURATION,
          .unit = "s",
          .fallback = "1d",
          .min = 1,
          .max = 31622400,
          .help_en = "how far back {since_utc:...} reaches at most, and at the first time",
          .help_zh = "{since_utc:...} 最多回溯多久，首次请求亦从此处开始" },
        { .name = "method",
          .type = SF_OPTION_ENUM,
          .fallback = "GET",
          .choices = methods,
          .help_en = "how it is asked",
          .help_zh = "请求方法" },
        { .name = "body",
          .type = SF_OPTION_TEXT,
          .help_en = "what is sent with method POST; may hold the same places as url",
          .help_zh = "POST 请求的正文，可含与 url 相同的占位" },
        { .name = "headers",
          .type = SF_OPTION_TEXTS,
          .help_en = "further header lines, \"Name: value\"; may hold the same places as url",
          .help_zh = "附加的请求头 \"名称: 值\"，可含与 url 相同的占位" },
        { .name = "secret_file",
          .type = SF_OPTION_PATH,
          .help_en
          = "file of lines NAME=VALUE, not readable by everybody: user, password, proxy_user, proxy_password and those "
            "of {secret:NAME}; with a secret among the headers no redirect is followed",
          .help_zh
          = "每行一个 名称=值 的文件，不得对所有人可读：user、password、proxy_user、proxy_password 及 {secret:名称}；"
            "请求头含机密时不跟随重定向" },
        PULL_TLS_OPTIONS ("https", "server"),
        { .name = "proxy",
          .type = SF_OPTION_TEXT,
          .help_en = "proxy to go through, such as http://10.0.0.1:3128; the environment's is not used",
          .help_zh = "经由的代理，例如 http://10.0.0.1:3128；不使用环境变量中的代理" },
        { .name = "timeout",
          .type = SF_OPTION_DURATION,
          .unit = "s",
          .fallback = "60s",
          .min = 1,
          .max = 3600,
          .help_en = "how long a whole request may take",
          .help_zh = "一次请求的最长时间" },
        { .name = "stall",
          .type = SF_OPTION_DURATION,
          .unit = "s",
          .fallback = "20s",
          .min = 1,
          .max = 3600,
          .help_en = "a request that drips, under 16 bytes a second for so long, is given up",
          .help_zh = "低于每秒 16 字节持续多久即放弃请求" },
        { .name = "retry",
          .type = SF_OPTION_DURATION,
          .unit = "s",
          .fallback = "5min",
          .min = 1,
          .max = 86400,
          .help_en
          = "longest wait after failures; the first is 2 s and doubles; a longer Retry-After of the server is obeyed",
          .help_zh = "失败后的最长等待；从 2 秒起逐次加倍；服务器的 Retry-After 更长时从其要求" },
        { .name = "limit",
          .type = SF_OPTION_INT,
          .unit = "byte",
          .fallback = "67108864",
          .min = 1,
          .max = 536870912.0,
          .help_en = "answers with more bytes, unpacked, are refused and reported",
          .help_zh = "解压后超过此大小的应答被拒绝并报告" },
        { .name = "types",
          .type = SF_OPTION_TEXTS,
          .help_en = "glob patterns of content types that are taken, such as application/json*; without it all are",
          .help_zh = "接受的内容类型通配符，例如 application/json*；缺省全部接受" },
        { .name = "redirects",
          .type = SF_OPTION_INT,
          .fallback = "3",
          .min = 0,
          .max = 10,
          .help_en = "so many redirects are followed, to http and https only, from https to https only",
          .help_zh = "最多跟随多少次重定向，仅限 http 与 https，https 只能转到 https" },
        { .name = NULL } };

/* --- opening --- */

static void
close_http (void *opaque)
{
  struct state *state = opaque;
  if (!state)
    return;
  request_free (state->request);
  pull_secrets_finish (&state->secrets);
  sf_mem_free (state->shown_url);
  sf_mem_free (state);
}

/* Fill the url in once, so that a mistake is told when the feed is opened, and look for what must not stand there. */
static enum sf_code
check_url (const struct state *state, struct sf_error *err)
{
  struct template_values values = { .now_s = 0, .since_s = 0, .secrets = &state->secrets, .shows_secrets = true };
  struct sf_strbuf url = { 0 };
  char *user = NULL, *password = NULL;
  enum sf_code code = template_fill (state->url, &values, false, &url, err);
  CURLU *parts = code == SF_OK ? curl_url () : NULL;
  if (code == SF_OK && !parts)
    code = sf_fail (err, SF_ENOMEM, "out of memory");
  if (code == SF_OK && strncmp (url.text, "http://", 7) && strncmp (url.text, "https://", 8))
    code = sf_fail (err, SF_EINVAL, "it must begin with http:// or https://");
  CURLUcode set = code == SF_OK ? curl_url_set (parts, CURLUPART_URL, url.text, 0) : CURLUE_OK;
  if (set != CURLUE_OK)
    code = set == CURLUE_OUT_OF_MEMORY ? sf_fail (err, SF_ENOMEM, "out of memory")
                                       : sf_fail (err, SF_EINVAL, "it is no address");
  if (code == SF_OK
      && (curl_url_get (parts, CURLUPART_USER, &user, 0) == CURLUE_OK
          || curl_url_get (parts, CURLUPART_PASSWORD, &password, 0) == CURLUE_OK))
    code = sf_fail (err, SF_EINVAL, "user and password belong into secret_file");
  curl_free (user);
  curl_free (password);
  curl_url_cleanup (parts);
  sf_strbuf_finish (&url);
  return code == SF_OK ? SF_OK : sf_error_prefix (err, code, "http_poll: url");
}

static bool
headers_hold_secret (const struct state *state)
{
  for (size_t i = 0; i < state->headers_count; i++)
    if (template_holds_secret (state->headers[i]))
      return true;
  return template_holds_secret (state->body);
}

static enum sf_code
prepare (struct state *state, struct sf_error *err)
{
  const struct sf_settings *settings = state->host->settings;
  const char *body = sf_settings_text (settings, "body");
  bool posts = sf_settings_choice (settings, "method") == 1;
  if (body && !posts)
    return sf_fail (err, SF_EINVAL, "http_poll: a body is set, but method is GET");
  state->body = posts ? (body ? body : "") : NULL;
  SF_TRY (pull_secrets_load (&state->secrets, sf_settings_text (settings, "secret_file"), err));
  SF_TRY (check_url (state, err));
  struct request_setup setup
      = { .ca_file = sf_settings_text (settings, "ca_file"),
          .cert_file = sf_settings_text (settings, "cert_file"),
          .key_file = sf_settings_text (settings, "key_file"),
          .proxy = sf_settings_text (settings, "proxy"),
          .agent = "sanfang",
          .secrets = &state->secrets,
          .timeout_s = sf_settings_int (settings, "timeout"),
          .stall_s = sf_settings_int (settings, "stall"),
          .limit_bytes = sf_settings_int (settings, "limit"),
          .redirects = headers_hold_secret (state) ? 0 : sf_settings_int (settings, "redirects") };
  return request_new (&setup, &state->request, err);
}

static enum sf_code
open_http (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  const struct sf_settings *settings = host->settings;
  struct state *state = sf_mem_calloc (1, sizeof *state);
  if (!state)
    return sf_fail (err, SF_ENOMEM, "http_poll: out of memory");
  *state = (struct state){ .host = host,
                           .url = sf_settings_text (settings, "url"),
                           .every_ms = sf_settings_int (settings, "every") * 1000,
                           .reach_s = sf_settings_int (settings, "reach"),
                           .patience = pull_patience_of (settings, PATIENCE_FIRST_MS),
                           .failed = { .name = "http_failed" } };
  state->headers_count = sf_settings_texts (settings, "headers", &state->headers);
  state->types_count = sf_settings_texts (settings, "types", &state->types);
  enum sf_code code = prepare (state, err);
  if (code == SF_OK)
    *ret_state = state;
  else
    close_http (state);
  return code;
}

/* --- what is remembered --- */

static bool
next_text (struct sf_span *rest, long *number, char *text, size_t size)
{
  struct sf_span line;
  if (!sf_text_next_line (rest, &line, number) || line.length >= size)
    return false;
  memcpy (text, line.text, line.length);
  text[line.length] = '\0';
  return true;
}

/* NUMBER, SINCE, DIGEST, ADDRESS, ETAG, MODIFIED: a line each. */
static enum sf_code
recall (struct state *state, const struct sf_inlet *inlet, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct last_answer last = { 0 };
  const char *value = NULL;
  char number[24], since[24];
  long line = 0;
  enum sf_code code = inlet->recall (inlet->ctx, &arena, "answer", &value, err);
  struct sf_span rest = sf_span_of (value ? value : "");
  if (code == SF_OK && value
      && (!next_text (&rest, &line, number, sizeof number) || !next_text (&rest, &line, since, sizeof since)
          || !next_text (&rest, &line, last.digest, sizeof last.digest)
          || !next_text (&rest, &line, last.address, sizeof last.address)
          || !next_text (&rest, &line, last.etag, sizeof last.etag)
          || !next_text (&rest, &line, last.modified, sizeof last.modified)
          || !sf_text_parse_int (sf_span_of (number), &last.number)
          || !sf_text_parse_int (sf_span_of (since), &last.since_s)))
    code = sf_fail (err, SF_EFORMAT, "http_poll: what is remembered of the last answer is damaged");
  sf_arena_finish (&arena);
  if (code != SF_OK)
    return code;
  state->last = last;
  state->recalled = true;
  return SF_OK;
}

static enum sf_code
remember (const struct last_answer *last, const struct sf_inlet *inlet, struct sf_error *err)
{
  char *value = sf_mem_printf ("%lld\n%lld\n%s\n%s\n%s\n%s\n", (long long) last->number, (long long) last->since_s,
                               last->digest, last->address, last->etag, last->modified);
  if (!value)
    return sf_fail (err, SF_ENOMEM, "http_poll: out of memory");
  enum sf_code code = inlet->remember (inlet->ctx, "answer", value, err);
  sf_mem_free (value);
  return code;
}

/* --- asking --- */

static void
fail (struct state *state, const struct sf_inlet *inlet, int64_t retry_after_s, const char *text)
{
  char *url = sf_mem_strdup (state->shown_url ? state->shown_url : state->url), *masked = sf_mem_strdup (text);
  if (url)
    pull_secrets_mask (&state->secrets, url);
  if (masked)
    pull_secrets_mask (&state->secrets, masked);
  pull_patience_lose (&state->patience, inlet->now_ms);
  if (retry_after_s > RETRY_AFTER_S_MAX)
    retry_after_s = RETRY_AFTER_S_MAX;
  state->next_ms = state->patience.until_ms;
  if (state->next_ms < inlet->now_ms + retry_after_s * 1000)
    state->next_ms = inlet->now_ms + retry_after_s * 1000;
  pull_alarm_raise (&state->failed, inlet, "%.100s: %.*s", url ? url : "", REASON_BYTES,
                    masked ? masked : "it failed, and memory is out");
  sf_mem_free (url);
  sf_mem_free (masked);
  inlet->count (inlet->ctx, "failed_requests", 1);
}

static void
succeed (struct state *state, const struct sf_inlet *inlet)
{
  state->patience.wait_ms = 0;
  state->next_ms = state->begun_ms + state->every_ms;
  state->last.since_s = state->begun_s;
  /* What is lost of it costs an answer that is known. */
  struct sf_error why;
  if (remember (&state->last, inlet, &why) != SF_OK)
    sf_host_log (state->host, SF_LOG_DEBUG, "%s", why.message);
  pull_alarm_end (&state->failed, inlet);
}

static char *
fill (const char *text, const struct template_values *values, bool lenient, struct sf_arena *arena,
      struct sf_error *err)
{
  struct sf_strbuf out = { 0 };
  char *filled = NULL;
  if (template_fill (text, values, lenient, &out, err) == SF_OK)
    {
      filled = sf_arena_strdup (arena, out.text ? out.text : "");
      if (!filled)
        sf_fail (err, SF_ENOMEM, "out of memory");
    }
  sf_strbuf_finish (&out);
  return filled;
}

static enum sf_code
fill_ask (struct state *state, const struct template_values *values, struct sf_arena *arena, struct request_ask *ask,
          struct sf_error *err)
{
  ask->headers = sf_arena_calloc (arena, state->headers_count + 1, sizeof *ask->headers);
  if (!ask->headers)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  for (; ask->headers_count < state->headers_count; ask->headers_count++)
    if (!(ask->headers[ask->headers_count] = fill (state->headers[ask->headers_count], values, true, arena, err)))
      return err->code;
  if (!(ask->url = fill (state->url, values, false, arena, err)))
    return err->code;
  if (state->body && !(ask->body = fill (state->body, values, true, arena, err)))
    return err->code;
  return SF_OK;
}

/* Conditions hold for the address they came from, and only where asking changes nothing. */
static void
set_conditions (struct state *state, struct request_ask *ask)
{
  state->is_conditional = !state->body && !strcmp (state->address, state->last.address)
                          && (state->last.etag[0] || state->last.modified[0]);
  if (!state->is_conditional)
    return;
  ask->etag = state->last.etag;
  ask->modified = state->last.modified;
}

static enum sf_code
begin (struct state *state, const struct sf_inlet *inlet, struct sf_arena *arena, struct sf_error *err)
{
  int64_t earliest_s = inlet->now_s - state->reach_s;
  struct template_values values = { .now_s = inlet->now_s,
                                    .since_s = state->last.since_s > earliest_s ? state->last.since_s : earliest_s,
                                    .secrets = &state->secrets };
  struct request_ask ask = { 0 };
  struct sf_key key;
  const char *shown = fill (state->url, &values, false, arena, err);
  if (!shown)
    return err->code;
  sf_mem_free (state->shown_url);
  state->shown_url = sf_mem_strdup (shown);
  if (!state->shown_url)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  SF_TRY (sf_key_of_bytes (shown, strlen (shown), &key, err));
  sf_key_format (&key, state->address);
  values.shows_secrets = true;
  SF_TRY (fill_ask (state, &values, arena, &ask, err));
  set_conditions (state, &ask);
  state->begun_ms = inlet->now_ms;
  state->begun_s = inlet->now_s;
  return request_begin (state->request, &ask, err);
}

static void
ask (struct state *state, const struct sf_inlet *inlet)
{
  struct sf_arena arena = { 0 };
  struct sf_error why = { 0 };
  if (begin (state, inlet, &arena, &why) != SF_OK)
    fail (state, inlet, 0, why.message);
  sf_arena_finish (&arena);
}

/* --- answers --- */

static bool
is_wanted_type (const struct state *state, const char *type)
{
  for (size_t i = 0; i < state->types_count; i++)
    if (!fnmatch (state->types[i], type, FNM_CASEFOLD))
      return true;
  return state->types_count == 0;
}

static void
fail_by_status (struct state *state, const struct sf_inlet *inlet)
{
  const struct request_answer *answer = &state->answer;
  char echo[ECHO_BYTES + 1], text[EXCERPT_BYTES + 32];
  size_t length = answer->bytes ? answer->length : 0;
  length = length < ECHO_BYTES ? length : ECHO_BYTES;
  for (size_t i = 0; i < length; i++)
    echo[i] = answer->bytes[i] < ' ' ? ' ' : (char) answer->bytes[i];
  echo[length] = '\0';
  pull_secrets_mask (&state->secrets, echo);
  length = sf_text_utf8_prefix ((const uint8_t *) echo, length < EXCERPT_BYTES ? length : EXCERPT_BYTES);
  snprintf (text, sizeof text, "status %ld: %.*s", answer->status, (int) length, echo);
  fail (state, inlet, answer->retry_after_s, text);
}

static void
judge (struct state *state, const struct sf_inlet *inlet)
{
  const struct request_answer *answer = &state->answer;
  char text[200];
  if (answer->status == 0)
    fail (state, inlet, 0, answer->failure);
  else if (answer->status == NOT_MODIFIED && state->is_conditional)
    {
      inlet->count (inlet->ctx, "not_modified", 1);
      succeed (state, inlet);
    }
  else if (answer->status < 200 || answer->status > 299 || answer->status == PARTIAL)
    fail_by_status (state, inlet);
  else if (!is_wanted_type (state, answer->content_type))
    {
      snprintf (text, sizeof text, "the answer is of type '%s', which is not wanted", answer->content_type);
      fail (state, inlet, 0, text);
    }
  else
    state->holds_answer = true;
}

/* A new content is remembered before it is delivered, without what would let the server say that we have it: afterwards it
   could be lost, and a return to what was there before would be taken for known. */
static enum sf_code
note_content (struct state *state, const struct sf_inlet *inlet, const char digest[SF_KEY_TEXT_BYTES],
              struct sf_error *err)
{
  struct last_answer last = { .number = state->last.number + 1, .since_s = state->last.since_s };
  if (!strcmp (digest, state->last.digest))
    return SF_OK;
  memcpy (last.digest, digest, sizeof last.digest);
  memcpy (last.address, state->address, sizeof last.address);
  SF_TRY (remember (&last, inlet, err));
  state->last = last;
  return SF_OK;
}

static enum sf_code
deliver (struct state *state, const struct sf_inlet *inlet, struct sf_error *err)
{
  struct last_answer *last = &state->last;
  char digest[SF_KEY_TEXT_BYTES], identity[SF_KEY_TEXT_BYTES + 32];
  SF_TRY (pull_digest (state->address, state->answer.bytes, state->answer.length, digest, err));
  SF_TRY (note_content (state, inlet, digest, err));
  snprintf (identity, sizeof identity, "%lld#%s", (long long) last->number, digest);
  struct sf_message message = { .feed = state->host->component,
                                .source = state->shown_url,
                                .identity = identity,
                                .bytes = state->answer.bytes ? state->answer.bytes : (const uint8_t *) "",
                                .length = state->answer.length,
                                .received_s = inlet->now_s };
  SF_TRY (inlet->deliver (inlet->ctx, &message, err));
  memcpy (last->address, state->address, sizeof last->address);
  memcpy (last->etag, state->answer.etag, sizeof last->etag);
  memcpy (last->modified, state->answer.modified, sizeof last->modified);
  state->holds_answer = false;
  succeed (state, inlet);
  return SF_OK;
}

static enum sf_code
poll_http (void *opaque, const struct sf_inlet *inlet, long *ret_delivered, struct sf_error *err)
{
  struct state *state = opaque;
  long delivered = 0;
  if (!state->recalled)
    SF_TRY (recall (state, inlet, err));
  bool idle = !state->holds_answer && !request_is_running (state->request);
  if (idle && inlet->now_ms >= state->next_ms)
    ask (state, inlet);
  if (request_turn (state->request, &state->answer))
    judge (state, inlet);
  if (state->holds_answer)
    {
      struct sf_error why;
      enum sf_code code = deliver (state, inlet, &why);
      if (code != SF_OK && code != SF_EBUSY)
        return sf_fail (err, code, "%s", why.message);
      delivered = code == SF_OK;
    }
  *ret_delivered = delivered;
  return SF_OK;
}

static int64_t
wait_http (void *opaque, int64_t now_ms, int *ret_fd)
{
  const struct state *state = opaque;
  *ret_fd = request_is_running (state->request) ? request_fd (state->request) : -1;
  if (state->holds_answer || request_is_running (state->request))
    return HURRY_MS;
  return state->next_ms > now_ms ? state->next_ms - now_ms : 0;
}

static const struct sf_transport transport
    = { .open = open_http, .poll = poll_http, .wait_ms = wait_http, .close = close_http };

SF_PLUGIN_EXPORT (http_poll) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_TRANSPORT,
  .name = "http_poll",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "answers of a web address that is asked at intervals",
  .summary_zh = "定时请求网址，取其应答",
  .options = options,
  .as.transport = &transport,
};
