/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/http_poll/http_poll.h"

#include "core/base/time.h"

#include <string.h>

static bool
begins (const char *text, const char *word)
{
  return !strncmp (text, word, strlen (word));
}

bool
template_holds_secret (const char *text)
{
  return text && strstr (text, "{secret:");
}

static enum sf_code
add_secret (const struct template_values *values, const char *name, size_t length, struct sf_strbuf *out,
            struct sf_error *err)
{
  char key[64] = "";
  if (!values->shows_secrets)
    {
      sf_strbuf_addf (out, "{secret:%.*s}", (int) length, name);
      return SF_OK;
    }
  memcpy (key, name, length < sizeof key ? length : sizeof key - 1);
  const char *value = pull_secret (values->secrets, key);
  if (!value)
    return sf_fail (err, SF_ENOTFOUND, "secret_file has no line %s=", key);
  sf_strbuf_add (out, value);
  return SF_OK;
}

static enum sf_code
read_duration (const char **at, const char *end, int64_t *ret_s, struct sf_error *err)
{
  char text[32] = "";
  size_t length = strcspn (*at, "/:");
  if (length >= sizeof text || *at + length > end)
    return sf_fail (err, SF_EFORMAT, "a duration is missing");
  memcpy (text, *at, length);
  *at += length;
  return sf_time_parse_duration (text, ret_s, err);
}

/* The time that stands before the colon: "-10min/1h". */
static enum sf_code
shift (const char *at, const char *colon, int64_t *time_s, struct sf_error *err)
{
  int64_t duration_s;
  if (*at == '-' || *at == '+')
    {
      bool back = *at++ == '-';
      SF_TRY (read_duration (&at, colon, &duration_s, err));
      *time_s += back ? -duration_s : duration_s;
    }
  if (*at == '/')
    {
      at++;
      SF_TRY (read_duration (&at, colon, &duration_s, err));
      if (duration_s < 1)
        return sf_fail (err, SF_ERANGE, "a time cannot be rounded to nothing");
      *time_s -= ((*time_s % duration_s) + duration_s) % duration_s;
    }
  return at == colon ? SF_OK : sf_fail (err, SF_EFORMAT, "'%.*s' is not understood", (int) (colon - at), at);
}

static enum sf_code
add_time (const char *format, const char *end, const struct sf_civil *civil, int64_t time_s, struct sf_strbuf *out,
          struct sf_error *err)
{
  for (; format < end; format++)
    {
      if (*format != '%')
        {
          sf_strbuf_add_bytes (out, format, 1);
          continue;
        }
      switch (*++format)
        {
        case 'Y':
          sf_strbuf_addf (out, "%04d", civil->year);
          break;
        case 'm':
          sf_strbuf_addf (out, "%02d", civil->month);
          break;
        case 'd':
          sf_strbuf_addf (out, "%02d", civil->day);
          break;
        case 'H':
          sf_strbuf_addf (out, "%02d", civil->hour);
          break;
        case 'M':
          sf_strbuf_addf (out, "%02d", civil->minute);
          break;
        case 'S':
          sf_strbuf_addf (out, "%02d", civil->second);
          break;
        case 's':
          sf_strbuf_addf (out, "%lld", (long long) time_s);
          break;
        default:
          return sf_fail (err, SF_EFORMAT, "%%%c is none of %%Y %%m %%d %%H %%M %%S %%s", *format);
        }
    }
  return SF_OK;
}

/* Fill in the place that begins at its brace; *ret_end after its end, or NULL when it is no place of ours. */
static enum sf_code
fill_place (const char *place, const struct template_values *values, struct sf_strbuf *out, const char **ret_end,
            struct sf_error *err)
{
  const struct
  {
    const char *word;
    int64_t time_s;
    int32_t offset_s;
  } times[] = { { "{utc", values->now_s, 0 },
                { "{bjt", values->now_s, SF_BEIJING_OFFSET_S },
                { "{since_utc", values->since_s, 0 },
                { "{since_bjt", values->since_s, SF_BEIJING_OFFSET_S } };
  const char *end = strchr (place, '}'), *colon = strchr (place, ':');
  *ret_end = NULL;
  if (!end || !colon || colon > end)
    return SF_OK;
  *ret_end = end + 1;
  if (begins (place, "{secret:"))
    return add_secret (values, colon + 1, (size_t) (end - colon - 1), out, err);
  for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
    if (begins (place, times[i].word) && strchr ("+-/:", place[strlen (times[i].word)]))
      {
        int64_t time_s = times[i].time_s;
        SF_TRY (shift (place + strlen (times[i].word), colon, &time_s, err));
        struct sf_civil civil = sf_time_to_civil (time_s, times[i].offset_s);
        return add_time (colon + 1, end, &civil, time_s, out, err);
      }
  *ret_end = NULL;
  return SF_OK;
}

enum sf_code
template_fill (const char *text, const struct template_values *values, bool lenient, struct sf_strbuf *out,
               struct sf_error *err)
{
  while (*text)
    {
      size_t plain = strcspn (text, "{");
      const char *end = NULL;
      sf_strbuf_add_bytes (out, text, plain);
      text += plain;
      if (!*text)
        break;
      struct sf_error why;
      enum sf_code code = fill_place (text, values, out, &end, &why);
      if (code != SF_OK)
        return sf_fail (err, code, "%.*s: %s", (int) strcspn (text, "}") + 1, text, why.message);
      if (!end && !lenient)
        return sf_fail (err, SF_EFORMAT,
                        "%.40s: only {utc:}, {bjt:}, {since_utc:}, {since_bjt:} and {secret:} can be filled in", text);
      if (!end)
        sf_strbuf_add (out, "{");
      text = end ? end : text + 1;
    }
  return out->failed ? sf_fail (err, SF_ENOMEM, "out of memory") : SF_OK;
}
