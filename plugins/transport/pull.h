/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_TRANSPORT_PULL_H
#define PLUGINS_TRANSPORT_PULL_H

#include "core/base/sha256.h"
#include "core/plugin/plugin.h"

/* What the transports that fetch have in common. */

/* Settings of the table of options. scheme: what stands for encryption, "https"; peer: who is connected to, "server". */
#define PULL_TLS_OPTIONS(scheme, peer)                                                                                 \
  { .name = "ca_file",                                                                                                 \
    .type = SF_OPTION_PATH,                                                                                            \
    .help_en = "certificates of the authorities trusted with " scheme "; without it the system's",                     \
    .help_zh = scheme " 信任的根证书文件；缺省用系统证书" },                                                           \
      { .name = "cert_file",                                                                                           \
        .type = SF_OPTION_PATH,                                                                                        \
        .help_en = "our own certificate, where the " peer " wants one",                                                \
        .help_zh = "本端证书（服务器要求时）" },                                                                       \
  {                                                                                                                    \
    .name = "key_file", .type = SF_OPTION_PATH, .help_en = "the key of our own certificate",                           \
    .help_zh = "本端证书的私钥"                                                                                 \
  }

/* For patience that begins with PULL_FIRST_MS. attempts: "attempts to connect", "重连". */
#define PULL_RETRY_OPTION(attempts_en, attempts_zh)                                                                    \
  {                                                                                                                    \
    .name = "retry", .type = SF_OPTION_DURATION, .unit = "s", .fallback = "60s", .min = 1, .max = 3600,                \
    .help_en = "longest wait between two " attempts_en "; the first is 1 s and doubles",                               \
    .help_zh = "两次" attempts_zh "之间的最长等待；从 1 秒起逐次加倍"                                   \
  }

/* An alarm of the board that is raised when its text changes and ended once. Zero-initialise, set name. */
struct pull_alarm
{
  const char *name;
  char text[256]; /* "": it does not stand */
};

void pull_alarm_raise (struct pull_alarm *alarm, const struct sf_inlet *inlet, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));
void pull_alarm_end (struct pull_alarm *alarm, const struct sf_inlet *inlet);

/* When to try again: the wait doubles with each failure from first_ms up to longest_ms. */
struct pull_patience
{
  int64_t first_ms, longest_ms;
  int64_t wait_ms;  /* of the last failure; 0: none */
  int64_t until_ms; /* by the inlet's steady count */
};

enum
{
  PULL_FIRST_MS = 1000
};

/* As the setting "retry" has it. */
struct pull_patience pull_patience_of (const struct sf_settings *settings, int64_t first_ms);
void pull_patience_lose (struct pull_patience *patience, int64_t now_ms);

/* Names and values that must not stand in settings: a file of lines NAME=VALUE, '#' begins a comment, not readable by everybody.
   Nothing of it is ever put into a message. */
struct pull_secrets
{
  struct sf_arena arena;
  size_t count;
  const char **names, **values;
};

/* path NULL: none. */
enum sf_code pull_secrets_load (struct pull_secrets *secrets, const char *path, struct sf_error *err);
void pull_secrets_finish (struct pull_secrets *secrets);
/* NULL: there is none of this name. */
const char *pull_secret (const struct pull_secrets *secrets, const char *name);

/* Overwrite in a text whatever value of a secret stands in it; also one at its end of which only the beginning (4 bytes or
   more) is there, for others cut texts as well. Mask first, cut then. */
void pull_secrets_mask (const struct pull_secrets *secrets, char *text);

/* The digest of a text, such as an address, and of what came under it. */
enum sf_code pull_digest (const char *about, const void *bytes, size_t length, char digest[SF_KEY_TEXT_BYTES],
                          struct sf_error *err);

/* Ask for a host name without waiting, so that a dead name server holds nobody up; the C library's answer is then near when
   another library asks again. */
struct pull_lookup;
enum pull_lookup_state
{
  PULL_LOOKUP_PENDING,
  PULL_LOOKUP_FOUND,
  PULL_LOOKUP_FAILED
};
/* NULL: memory is out. */
struct pull_lookup *pull_lookup_new (const char *host);
void pull_lookup_free (struct pull_lookup *lookup);
/* *ret_why: in words, when it failed. */
enum pull_lookup_state pull_lookup_look (struct pull_lookup *lookup, const char **ret_why);

#endif
