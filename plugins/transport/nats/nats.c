/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/nats/subscriber.h"

#include <string.h>

enum
{
  HURRY_MS = 20,
  CONFIRM_FLUSH_MS = 500
};

static const char *const policies[] = { "all", "new", NULL };

static const struct sf_option options[] = {
  { .name = "url",
    .type = SF_OPTION_TEXT,
    .required = true,
    .help_en
    = "the server, nats://HOST:PORT or, encrypted, tls://HOST:PORT; others of its cluster are found through it",
    .help_zh = "服务器地址 nats://主机:端口，加密时为 tls://主机:端口；集群其他节点由其告知" },
  { .name = "stream",
    .type = SF_OPTION_TEXT,
    .required = true,
    .help_en = "name of the JetStream stream",
    .help_zh = "JetStream 流的名称" },
  { .name = "subject",
    .type = SF_OPTION_TEXT,
    .help_en = "only messages of these subjects of the stream; * stands for one word, > for all that follow",
    .help_zh = "仅取流中该主题的消息；* 代表一段，> 代表其后全部" },
  { .name = "consumer",
    .type = SF_OPTION_TEXT,
    .help_en = "the durable name the server keeps our place under; without it sanfang-FEED",
    .help_zh = "服务器保存读取位置所用的持久消费者名称；缺省为 sanfang-数据源名" },
  { .name = "from",
    .type = SF_OPTION_ENUM,
    .fallback = "all",
    .choices = policies,
    .help_en = "where a new consumer begins: with all that the stream holds, or with what is new",
    .help_zh = "新消费者从何处开始：流中全部消息，或仅新消息" },
  { .name = "redeliver",
    .type = SF_OPTION_DURATION,
    .unit = "s",
    .fallback = "60s",
    .min = 1,
    .max = 3600,
    .help_en
    = "how long the server waits for a confirmation before it sends a message again; set when the consumer is made",
    .help_zh = "服务器等待确认多久后重发；创建消费者时设定" },
  { .name = "secret_file",
    .type = SF_OPTION_PATH,
    .help_en = "file of lines user=NAME and password=WORD, or token=WORD, not readable by everybody",
    .help_zh = "含 user=用户名 与 password=口令，或 token=令牌 的文件，不得对所有人可读" },
  { .name = "credentials_file",
    .type = SF_OPTION_PATH,
    .help_en = "the server's file of credentials (JWT and seed)",
    .help_zh = "服务器签发的凭证文件（JWT 与种子）" },
  PULL_TLS_OPTIONS ("tls://", "server"),
  PULL_RETRY_OPTION ("attempts to connect", "连接"),
  { .name = NULL }
};

static void
close_nats (void *opaque)
{
  struct subscriber *subscriber = opaque;
  if (!subscriber)
    return;
  if (subscriber->connection && subscriber->link == LINK_UP && subscriber->taken > 0)
    natsConnection_FlushTimeout (subscriber->connection, CONFIRM_FLUSH_MS);
  stream_forget (subscriber);
  subscriber_finish (subscriber);
  pull_secrets_finish (&subscriber->secrets);
  sf_mem_free (subscriber->consumer);
  sf_mem_free (subscriber);
}

/* What stands in a subject must not have its marks. */
static enum sf_code
check_name (const char *what, const char *name, struct sf_error *err)
{
  return name[0] && !strpbrk (name, " \t.*>/\\")
             ? SF_OK
             : sf_fail (err, SF_EINVAL, "nats: %s '%s' must be one word without . * > / and blanks", what, name);
}

static enum sf_code
prepare (struct subscriber *subscriber, struct sf_error *err)
{
  const struct sf_settings *settings = subscriber->host->settings;
  const char *consumer = sf_settings_text (settings, "consumer");
  subscriber->consumer
      = consumer ? sf_mem_strdup (consumer) : sf_mem_printf ("sanfang-%s", subscriber->host->component);
  if (!subscriber->consumer)
    return sf_fail (err, SF_ENOMEM, "nats: out of memory");
  SF_TRY (check_name ("stream", sf_settings_text (settings, "stream"), err));
  SF_TRY (check_name ("consumer", subscriber->consumer, err));
  SF_TRY (pull_secrets_load (&subscriber->secrets, sf_settings_text (settings, "secret_file"), err));
  return subscriber_init (subscriber, err);
}

static enum sf_code
open_nats (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  struct subscriber *subscriber = sf_mem_calloc (1, sizeof *subscriber);
  if (!subscriber)
    return sf_fail (err, SF_ENOMEM, "nats: out of memory");
  subscriber->host = host;
  subscriber->probe = -1;
  subscriber->patience = pull_patience_of (host->settings, PULL_FIRST_MS);
  subscriber->lost.name = "connection_lost";
  subscriber->refused.name = "nats_refused";
  enum sf_code code = prepare (subscriber, err);
  if (code == SF_OK)
    *ret_state = subscriber;
  else
    close_nats (subscriber);
  return code;
}

static enum sf_code
poll_nats (void *opaque, const struct sf_inlet *inlet, long *ret_delivered, struct sf_error *err)
{
  struct subscriber *subscriber = opaque;
  uint64_t before = subscriber->taken;
  (void) err;
  subscriber->inlet = inlet;
  subscriber_connect (subscriber);
  if (subscriber->link == LINK_UP)
    stream_turn (subscriber);
  subscriber->inlet = NULL;
  *ret_delivered = (long) (subscriber->taken - before);
  return SF_OK;
}

static void
acknowledge_nats (void *opaque, const struct sf_inlet *inlet, uint64_t through)
{
  (void) inlet;
  stream_confirm (opaque, through);
}

/* The library's thread reads the socket, so there is nothing of ours to wait for. */
static int64_t
wait_nats (void *opaque, int64_t now_ms, int *ret_fd)
{
  const struct subscriber *subscriber = opaque;
  *ret_fd = -1;
  if (subscriber->link != LINK_DOWN)
    return HURRY_MS;
  return subscriber->patience.until_ms > now_ms ? subscriber->patience.until_ms - now_ms : 0;
}

static const struct sf_transport transport = {
  .open = open_nats, .poll = poll_nats, .acknowledge = acknowledge_nats, .wait_ms = wait_nats, .close = close_nats
};

SF_PLUGIN_EXPORT (nats) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_TRANSPORT,
  .name = "nats",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "messages of a NATS JetStream stream, confirmed once they are held",
  .summary_zh = "NATS JetStream 消息：可靠保存之后才确认",
  .options = options,
  .as.transport = &transport,
};
