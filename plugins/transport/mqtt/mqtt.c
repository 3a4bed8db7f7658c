/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/mqtt/mqtt.h"

#include <string.h>

static const struct sf_option options[]
    = { { .name = "host",
          .type = SF_OPTION_TEXT,
          .required = true,
          .help_en = "the broker's name or address",
          .help_zh = "MQTT 服务器的主机名或地址" },
        { .name = "port",
          .type = SF_OPTION_INT,
          .fallback = "1883",
          .min = 1,
          .max = 65535,
          .help_en = "the broker's port; with TLS usually 8883",
          .help_zh = "MQTT 服务器端口；TLS 通常为 8883" },
        { .name = "topics",
          .type = SF_OPTION_TEXTS,
          .required = true,
          .help_en = "topics to subscribe to; + stands for one level, # at the end for all below",
          .help_zh = "订阅的主题；+ 代表一层，末尾的 # 代表其下所有层" },
        { .name = "qos",
          .type = SF_OPTION_INT,
          .fallback = "1",
          .min = 0,
          .max = 1,
          .help_en
          = "1: each message is confirmed once it is held durably; 0: the broker does not wait and loses what we miss",
          .help_zh = "1：可靠保存之后才逐条确认；0：服务器不等待，漏收即丢失" },
        { .name = "client_id",
          .type = SF_OPTION_TEXT,
          .help_en = "the name the broker keeps our session under, one for each subscriber; without it sanfang-FEED",
          .help_zh = "服务器保存会话所用的客户端标识，每个订阅者须不同；缺省为 sanfang-数据源名" },
        { .name = "retained",
          .type = SF_OPTION_BOOL,
          .fallback = "true",
          .help_en = "take the last message of each topic that the broker keeps for new subscribers",
          .help_zh = "是否接收服务器为新订阅者保留的各主题最后一条消息" },
        { .name = "secret_file",
          .type = SF_OPTION_PATH,
          .help_en = "file with lines user=NAME and password=WORD, not readable by everybody",
          .help_zh = "含 user=用户名 与 password=口令 两行的文件，不得对所有人可读" },
        { .name = "tls",
          .type = SF_OPTION_BOOL,
          .fallback = "false",
          .help_en = "encrypt the connection and verify the broker's certificate and name",
          .help_zh = "加密连接，并校验服务器证书与主机名" },
        PULL_TLS_OPTIONS ("TLS", "broker"),
        { .name = "keepalive",
          .type = SF_OPTION_DURATION,
          .unit = "s",
          .fallback = "60s",
          .min = 5,
          .max = 3600,
          .help_en = "a connection on which nothing came for so long is tested, and given up when no answer comes",
          .help_zh = "多久无数据即探测连接，无应答则断开重连" },
        { .name = "timeout",
          .type = SF_OPTION_DURATION,
          .unit = "s",
          .fallback = "10s",
          .min = 1,
          .max = 600,
          .help_en = "how long a new connection may take until the broker has answered",
          .help_zh = "新连接须在多长时间内得到应答" },
        PULL_RETRY_OPTION ("attempts to connect", "重连"),
        { .name = NULL } };

static void
close_mqtt (void *opaque)
{
  struct mqtt *mqtt = opaque;
  if (!mqtt)
    return;
  mqtt_link_finish (mqtt);
  mqtt_intake_finish (mqtt);
  pull_secrets_finish (&mqtt->secrets);
  sf_mem_free (mqtt->client_id);
  sf_mem_free (mqtt);
}

static enum sf_code
check_topics (const struct mqtt *mqtt, struct sf_error *err)
{
  if (mqtt->topics_count == 0)
    return sf_fail (err, SF_EINVAL, "mqtt: topics names no topic");
  for (size_t i = 0; i < mqtt->topics_count; i++)
    if (mosquitto_sub_topic_check (mqtt->topics[i]) != MOSQ_ERR_SUCCESS)
      return sf_fail (err, SF_EINVAL, "mqtt: '%s' is no topic to subscribe to", mqtt->topics[i]);
  return SF_OK;
}

static enum sf_code
prepare (struct mqtt *mqtt, struct sf_error *err)
{
  const struct sf_settings *settings = mqtt->host->settings;
  const char *id = sf_settings_text (settings, "client_id");
  mqtt->client_id = id ? sf_mem_strdup (id) : sf_mem_printf ("sanfang-%s", mqtt->host->component);
  if (!mqtt->client_id)
    return sf_fail (err, SF_ENOMEM, "mqtt: out of memory");
  SF_TRY (check_topics (mqtt, err));
  SF_TRY (pull_secrets_load (&mqtt->secrets, sf_settings_text (settings, "secret_file"), err));
  return mqtt_link_init (mqtt, err);
}

static enum sf_code
open_mqtt (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  const struct sf_settings *settings = host->settings;
  struct mqtt *mqtt = sf_mem_calloc (1, sizeof *mqtt);
  if (!mqtt)
    return sf_fail (err, SF_ENOMEM, "mqtt: out of memory");
  *mqtt = (struct mqtt){ .host = host,
                         .patience = pull_patience_of (settings, PULL_FIRST_MS),
                         .lost = { .name = "connection_lost" },
                         .refused = { .name = "mqtt_refused" },
                         .server = sf_settings_text (settings, "host"),
                         .port = (int) sf_settings_int (settings, "port"),
                         .qos = (int) sf_settings_int (settings, "qos"),
                         .keepalive_s = (int) sf_settings_int (settings, "keepalive"),
                         .timeout_ms = sf_settings_int (settings, "timeout") * 1000,
                         .takes_retained = sf_settings_bool (settings, "retained") };
  mqtt->topics_count = sf_settings_texts (settings, "topics", &mqtt->topics);
  mqtt_intake_init (mqtt);
  enum sf_code code = prepare (mqtt, err);
  if (code == SF_OK)
    *ret_state = mqtt;
  else
    close_mqtt (mqtt);
  return code;
}

static enum sf_code
poll_mqtt (void *opaque, const struct sf_inlet *inlet, long *ret_delivered, struct sf_error *err)
{
  struct mqtt *mqtt = opaque;
  uint64_t before = mqtt->taken;
  (void) err;
  mqtt->inlet = inlet;
  mqtt_intake_retry (mqtt);
  mqtt_link_turn (mqtt);
  mqtt->inlet = NULL;
  *ret_delivered = (long) (mqtt->taken - before);
  return SF_OK;
}

static void
acknowledge_mqtt (void *opaque, const struct sf_inlet *inlet, uint64_t through)
{
  struct mqtt *mqtt = opaque;
  mqtt->inlet = inlet;
  mqtt->acknowledged = through;
  mqtt_link_confirm (mqtt);
  mqtt->inlet = NULL;
}

static int64_t
wait_mqtt (void *opaque, int64_t now_ms, int *ret_fd)
{
  return mqtt_link_wait_ms (opaque, now_ms, ret_fd);
}

static const struct sf_transport transport = {
  .open = open_mqtt, .poll = poll_mqtt, .acknowledge = acknowledge_mqtt, .wait_ms = wait_mqtt, .close = close_mqtt
};

SF_PLUGIN_EXPORT (mqtt) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_TRANSPORT,
  .name = "mqtt",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "messages of an MQTT broker, confirmed once they are held",
  .summary_zh = "MQTT 消息：可靠保存之后才确认",
  .options = options,
  .as.transport = &transport,
};
