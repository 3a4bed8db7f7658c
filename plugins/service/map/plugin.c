/* SPDX-License-Identifier: Apache-2.0 */
/* Service map: the layers of a snapshot for map clients, and what stands at a place. */
#include "plugins/service/map/events.h"
#include "plugins/service/map/feeds.h"
#include "plugins/service/map/http.h"
#include "plugins/service/map/xml.h"

#include <string.h>
#include <time.h>

enum
{
  POLL_MS = 50, /* how soon a stop is noticed */
  FEEDS_S = 1,  /* between two looks at the board of feeds */
  SILENT_BEATS = 4
};

static const struct sf_option options[] = {
  { .name = "threads",
    .type = SF_OPTION_INT,
    .fallback = "0",
    .min = 0,
    .max = 256,
    .help_en = "threads that answer; 0: one a processor",
    .help_zh = "响应请求的线程数；0 表示每个处理器一个" },
  { .name = "connections",
    .type = SF_OPTION_INT,
    .fallback = "4096",
    .min = 16,
    .max = 100000,
    .help_en = "connections at once",
    .help_zh = "同时连接数上限" },
  { .name = "timeout",
    .type = SF_OPTION_DURATION,
    .fallback = "20s",
    .min = 1,
    .max = 3600,
    .help_en
    = "a connection without a whole request is closed after this time, and one that takes nothing of its answer",
    .help_zh = "在此时间内未收到完整请求，或客户端停止接收应答，则关闭连接" },
  { .name = "cache",
    .type = SF_OPTION_INT,
    .unit = "MiB",
    .fallback = "128",
    .min = 0,
    .max = 65536,
    .help_en = "memory for answers that are kept",
    .help_zh = "缓存应答所用内存" },
  { .name = "earlier",
    .type = SF_OPTION_INT,
    .fallback = "3",
    .min = 0,
    .max = 100,
    .help_en = "earlier snapshots held open at once",
    .help_zh = "同时保持打开的较早快照数" },
  { .name = "picture_side",
    .type = SF_OPTION_INT,
    .fallback = "4096",
    .min = 256,
    .max = 8192,
    .help_en = "largest width and height of a picture by WMS, in pixels",
    .help_zh = "WMS 单幅图片的最大宽度和高度（像素）" },
  { .name = "streams",
    .type = SF_OPTION_INT,
    .fallback = "1000",
    .min = 0,
    .max = 100000,
    .help_en = "streams of live events at once, each of them a connection",
    .help_zh = "同时打开的实时事件流上限，每个占用一个连接" },
  { .name = "heartbeat",
    .type = SF_OPTION_DURATION,
    .fallback = "10s",
    .min = 1,
    .max = 15,
    .help_en = "a sign of life on each stream of live events after this time",
    .help_zh = "实时事件流的心跳间隔" },
  { .name = "public_url",
    .type = SF_OPTION_TEXT,
    .help_en = "what links begin with behind a proxy, without a slash at the end: https://maps.example.cn",
    .help_zh = "位于代理之后时链接的开头，末尾不带斜杠：https://maps.example.cn" },
  { .name = "tianditu",
    .type = SF_OPTION_TEXT,
    .help_en
    = "path of a cache of Tianditu's maps on the page's own host, which answers {path}/vec_c/{z}/{x}/{y}: /tianditu",
    .help_zh = "与页面同源的天地图缓存代理路径，应答 {路径}/vec_c/{z}/{x}/{y}：/tianditu" },
  { .name = NULL },
};

static int64_t
now_s (void)
{
  return (int64_t) time (NULL);
}

static void
announce (void *ctx, const struct sf_map_world *world)
{
  sf_map_announce (ctx, world);
}

/* The page loads nothing from elsewhere, so the cache must be a path. */
static enum sf_code
check_tianditu (const char *path, struct sf_error *err)
{
  size_t length = path ? strlen (path) : 0;
  if (!path || (length > 1 && path[0] == '/' && path[1] != '/' && path[length - 1] != '/' && !strpbrk (path, "?#{}\\")))
    return SF_OK;
  return sf_fail (err, SF_EINVAL, "service.tianditu must be a path such as /tianditu, got '%.200s'", path);
}

/* Streams last, so that they must leave connections for what is asked meanwhile. */
static int
allow_streams (const struct sf_host *host, int connections)
{
  int wanted = (int) sf_settings_int (host->settings, "streams"), possible = connections / 4 * 3;
  if (wanted <= possible)
    return wanted;
  sf_host_log (host, SF_LOG_WARNING, "%d connections allow %d streams of live events at once, not %d", connections,
               possible, wanted);
  return possible;
}

static enum sf_code
open_live (struct sf_map *map, int connections, struct sf_error *err)
{
  const struct sf_settings *settings = map->host->settings;
  struct sf_map_live_setup live = { .streams = allow_streams (map->host, connections),
                                    .heartbeat_s = (int) sf_settings_int (settings, "heartbeat"),
                                    .clock = now_s };
  return sf_map_live_new (&live, &map->live, err);
}

static void
announce_feed (void *ctx, const char *json)
{
  struct sf_map *map = ctx;
  sf_map_live_publish (map->live, "feed", json);
}

/* Meanwhile, listeners are told of feeds that fall silent or come back. */
static void
wait_for_end (struct sf_map *map)
{
  const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
  struct sf_map_feeds *feeds = sf_map_feeds_new (map->folder);
  struct timespec now, next = { 0 };
  while (!map->host->cancelled (map->host))
    {
      clock_gettime (CLOCK_MONOTONIC, &now);
      if (feeds && now.tv_sec >= next.tv_sec)
        {
          sf_map_feeds_look (feeds, now_s (), announce_feed, map);
          next.tv_sec = now.tv_sec + FEEDS_S;
        }
      nanosleep (&pause, NULL);
    }
  sf_map_feeds_free (feeds);
}

/* What every link begins with is looked at before anybody follows one. */
static enum sf_code
check_public_url (const char *url, struct sf_error *err)
{
  const char *host = !url                                ? NULL
                     : strncmp (url, "https://", 8) == 0 ? url + 8
                     : strncmp (url, "http://", 7) == 0  ? url + 7
                                                         : "";
  if (!host || (*host && *host != '/' && !strpbrk (host, " \"<>?#\\") && host[strlen (host) - 1] != '/'))
    return SF_OK;
  return sf_fail (
      err, SF_EINVAL,
      "public_url: '%s' is no beginning of links, such as https://maps.example.cn (without a slash at the end)", url);
}

static enum sf_code
open_map (struct sf_map *map, const struct sf_service_job *job, struct sf_error *err)
{
  const struct sf_settings *settings = map->host->settings;
  struct sf_map_worlds_setup worlds = { .host = map->host,
                                        .plugins = job->plugins,
                                        .folder = job->folder,
                                        .earlier = (int) sf_settings_int (settings, "earlier"),
                                        .published = announce,
                                        .ctx = map };
  char *folder = sf_mem_printf ("%s/styles", map->host->share_folder);
  enum sf_code code = folder ? sf_styles_load (folder, &map->styles, err) : sf_fail (err, SF_ENOMEM, "out of memory");
  sf_mem_free (folder);
  worlds.styles = map->styles;
  return code == SF_OK ? sf_map_worlds_new (&worlds, &map->worlds, err) : code;
}

static enum sf_code
run (const struct sf_host *host, const struct sf_service_job *job, struct sf_error *err)
{
  const struct sf_settings *settings = host->settings;
  struct sf_map map = { .host = host,
                        .folder = job->folder,
                        .public_url = sf_settings_text (settings, "public_url"),
                        .tianditu = sf_settings_text (settings, "tianditu"),
                        .picture_side_max = (int) sf_settings_int (settings, "picture_side") };
  struct sf_map_http_setup setup
      = { .listen = job->listen,
          .threads = (int) sf_settings_int (settings, "threads"),
          .connections = sf_map_http_places (host, (int) sf_settings_int (settings, "connections")),
          .timeout_s = (int) sf_settings_int (settings, "timeout"),
          .silence_s = SILENT_BEATS * (int) sf_settings_int (settings, "heartbeat"),
          .cache_bytes = (size_t) sf_settings_int (settings, "cache") << 20 };
  struct sf_map_http *http = NULL;
  sf_map_xml_set_up ();
  enum sf_code code = check_public_url (map.public_url, err);
  if (code == SF_OK)
    code = check_tianditu (map.tianditu, err);
  if (code == SF_OK)
    code = open_live (&map, setup.connections, err);
  if (code == SF_OK)
    code = open_map (&map, job, err);
  if (code == SF_OK)
    code = sf_map_http_start (&map, &setup, &http, err);
  if (code == SF_OK)
    {
      if (sf_map_http_is_public (http))
        sf_host_log (host, SF_LOG_WARNING, "%s can be reached from other machines, without encryption or login",
                     sf_map_http_url (http));
      job->ready (job->ctx, sf_map_http_url (http));
      wait_for_end (&map);
    }
  sf_map_http_stop (http);
  sf_map_worlds_free (map.worlds);
  sf_map_live_free (map.live);
  sf_styles_free (map.styles);
  return code;
}

static const struct sf_service service = { .run = run };

SF_PLUGIN_EXPORT (map) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_SERVICE,
  .name = "map",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "map layers for every client: WMTS, WMS, XYZ and vector tiles, point query, preview page",
  .summary_zh = "面向各类客户端的地图服务：WMTS、WMS、XYZ 与矢量瓦片、点查询、预览页",
  .options = options,
  .as.service = &service,
};
