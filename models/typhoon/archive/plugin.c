/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/agencies/storm_names.h"
#include "models/typhoon/archive/similarity.h"
#include "models/typhoon/archive/stages.h"

#include <math.h>

static const char *const exposures[] = { "agency", "at-sea", NULL };
static const char *const moments[] = { "closest", "latest", NULL };
static const char *const grades[] = { "TD", "TS", "STS", "TY", "STY", "SuperTY", NULL };
static const char *const profiles[] = { "H08", "H1980", "H10", "ER11", NULL };

static const struct sf_option options[] = {
  { .name = "agency",
    .type = SF_OPTION_TEXT,
    .help_en = "agency whose track of today's storm is compared (BABJ, RJTD ...); without it the first in the data",
    .help_zh = "采用哪个机构的当前路径进行比较（BABJ、RJTD 等）；不填则取数据中的第一个" },
  { .name = "exposure",
    .type = SF_OPTION_ENUM,
    .fallback = "agency",
    .choices = exposures,
    .help_en = "table that converts averaging times of wind to the 2-minute mean",
    .help_zh = "将各机构风速换算为2分钟平均所用的系数表" },
  { .name = "count",
    .type = SF_OPTION_INT,
    .fallback = "5",
    .min = 1,
    .max = 20,
    .help_en = "similar storms that are listed for each storm",
    .help_zh = "每个台风列出的相似台风个数" },
  { .name = "moment",
    .type = SF_OPTION_ENUM,
    .fallback = "closest",
    .choices = moments,
    .help_en = "compare at the latest fix, or, once the storm has passed it, at the fix closest to home",
    .help_zh = "比较的时刻：最新定位（latest），或经过本地后取最接近本地的定位（closest）" },
  { .name = "ahead",
    .type = SF_OPTION_BOOL,
    .fallback = "true",
    .help_en = "compare the agency's forecast way too, 48 h ahead",
    .help_zh = "同时比较该机构未来48小时的预报路径" },
  { .name = "home",
    .type = SF_OPTION_DOUBLES,
    .unit = "degree",
    .fallback = "109.8, 19.2",
    .help_en = "longitude and latitude of a place on the island whose landfalls are told",
    .help_zh = "本岛上一点的经度、纬度，用于判断登陆" },
  { .name = "circle",
    .type = SF_OPTION_DOUBLES,
    .fallback = "109.8, 19.2, 300",
    .help_en = "search: longitude, latitude, km; the storms whose centre came inside",
    .help_zh = "检索：经度、纬度、半径（公里），列出中心进入该圆的台风" },
  { .name = "months",
    .type = SF_OPTION_DOUBLES,
    .help_en = "search: first and last month (9, 11; over new year 11, 2); without it all",
    .help_zh = "检索：起止月份（如 9, 11；跨年 11, 2）；不填则不限" },
  { .name = "years",
    .type = SF_OPTION_DOUBLES,
    .help_en = "search: first and last year; without it all",
    .help_zh = "检索：起止年份；不填则不限" },
  { .name = "least_grade",
    .type = SF_OPTION_ENUM,
    .fallback = "TD",
    .choices = grades,
    .help_en = "search: the least grade inside the circle; TD takes storms without a wind, too",
    .help_zh = "检索：圆内达到的最低等级；TD 也包括无风速资料者" },
  { .name = "name",
    .type = SF_OPTION_TEXT,
    .help_en = "search: name or number of the storm, in full; the circle is then not asked",
    .help_zh = "检索：台风名称或编号（完整）；此时不限定圆" },
  { .name = "rows",
    .type = SF_OPTION_INT,
    .fallback = "100",
    .min = 0,
    .max = 5000,
    .help_en = "search: most storms listed, the latest first",
    .help_zh = "检索：最多列出的台风数，由近及远" },
  { .name = "periods",
    .type = SF_OPTION_DOUBLES,
    .unit = "year",
    .fallback = "5, 10, 20, 50, 100",
    .help_en = "return periods for which the wind is told",
    .help_zh = "计算风速的重现期" },
  { .name = "threshold",
    .type = SF_OPTION_DOUBLE,
    .unit = "m/s",
    .fallback = "17.2",
    .min = 1,
    .max = 60,
    .help_en = "return periods: a storm counts at a place from this wind on",
    .help_zh = "重现期：风速达到该值的台风计为一次事件" },
  { .name = "least_years",
    .type = SF_OPTION_INT,
    .unit = "year",
    .fallback = "20",
    .min = 2,
    .max = 200,
    .help_en = "return periods: with fewer years of tracks no wind is told",
    .help_zh = "重现期：资料少于该年数则不给出风速" },
  { .name = "least_events",
    .type = SF_OPTION_INT,
    .fallback = "10",
    .min = 3,
    .max = 1000,
    .help_en = "return periods: with fewer storms at a place no wind is told",
    .help_zh = "重现期：某地事件少于该数则不给出风速" },
  { .name = "draws",
    .type = SF_OPTION_INT,
    .fallback = "400",
    .min = 20,
    .max = 10000,
    .help_en = "return periods: draws of the bootstrap for the range",
    .help_zh = "重现期：自助法抽样次数，用于给出区间" },
  { .name = "seed",
    .type = SF_OPTION_INT,
    .fallback = "1",
    .min = 0,
    .max = 2147483647,
    .help_en = "return periods: seed of the bootstrap",
    .help_zh = "重现期：自助法随机种子" },
  { .name = "profile",
    .type = SF_OPTION_ENUM,
    .fallback = "H08",
    .choices = profiles,
    .help_en = "return periods: radial profile of the wind of past storms",
    .help_zh = "重现期：历史台风的径向风廓线" },
  { .name = "environment_pressure",
    .type = SF_OPTION_DOUBLE,
    .unit = "hPa",
    .fallback = "1005",
    .min = 950,
    .max = 1050,
    .help_en = "pressure around past storms",
    .help_zh = "历史台风的环境气压" },
  { .name = "reach",
    .type = SF_OPTION_DOUBLE,
    .unit = "km",
    .fallback = "300",
    .min = 50,
    .max = 2000,
    .help_en = "return periods: farthest distance from the centre at which wind is computed",
    .help_zh = "重现期：计算风速的最大中心距离" },
  { .name = NULL },
};

static const struct sf_port similar_ports[] = { { SF_USES, "storm_tracks" },    { SF_USES, "past_tracks" },
                                                { SF_USES, "cycle_time" },      { SF_USES, "coast" },
                                                { SF_USES, "counties" },        { SF_MAKES, "similar_storms" },
                                                { SF_MAKES, "similar_tracks" }, { 0, NULL } };
static const struct sf_port search_ports[] = {
  { SF_USES, "past_tracks" }, { SF_USES, "coast" }, { SF_USES, "counties" }, { SF_MAKES, "past_storms" }, { 0, NULL }
};
static const struct sf_port returns_ports[] = { { SF_USES, "past_tracks" },
                                                { SF_USES, "county_seats" },
                                                { SF_USES, "places" },
                                                { SF_MAKES, "wind_return" },
                                                { 0, NULL } };

static const char *const similar_files[] = { "share:typhoon/analogues.yaml", "share:" SF_EFFECTS_FILE, NULL };
static const char *const search_files[] = { "share:" SF_EFFECTS_FILE, NULL };

static const struct sf_stage stages[] = {
  { .name = "similar",
    .title_en = "past storms like each of today's: what they did, how they differ",
    .title_zh = "历史相似台风：影响与差异",
    .ports = similar_ports,
    .files = similar_files,
    .run = sf_analogues_run_similar },
  { .name = "search",
    .title_en = "past storms by place, season, strength and name",
    .title_zh = "按地点、季节、强度和名称检索历史台风",
    .ports = search_ports,
    .files = search_files,
    .run = sf_analogues_run_search },
  { .name = "returns",
    .title_en = "return periods of wind at places",
    .title_zh = "重点地点风速重现期",
    .ports = returns_ports,
    .run = sf_analogues_run_returns },
  { .name = NULL },
};

static const struct sf_model model = { .stages = stages };

SF_PLUGIN_EXPORT (analogues) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_MODEL,
  .name = "analogues",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "what past storms tell: similar ones, search, return periods of wind",
  .summary_zh = "历史台风的启示：相似台风、检索、风速重现期",
  .options = options,
  .as.model = &model,
};

enum sf_wind_exposure
sf_analogues_exposure (const struct sf_host *host)
{
  return sf_settings_choice (host->settings, "exposure") == 1 ? SF_WIND_EXPOSURE_AT_SEA : SF_WIND_EXPOSURE_AGENCY;
}

static enum sf_code
read_home (struct sf_analogues *analogues, const struct sf_host *host, struct sf_error *err)
{
  const double *home;
  size_t count = sf_settings_doubles (host->settings, "home", &home);
  if (count != 2 || !(fabs (home[0]) <= 180) || !(fabs (home[1]) <= 90))
    return sf_fail (err, SF_EINVAL, "analogues: home wants a longitude and a latitude, not %zu numbers", count);
  analogues->home_lon_deg = home[0];
  analogues->home_lat_deg = home[1];
  return SF_OK;
}

static const struct sf_table *
table_or_null (const struct sf_stage_io *io, const char *port)
{
  const struct sf_dataset *dataset = io->input (io, port);
  return dataset ? dataset->as.table : NULL;
}

static enum sf_code
open_effects (struct sf_analogues *analogues, const struct sf_host *host, struct sf_error *err)
{
  const char *path = sf_arena_printf (&analogues->arena, "%s/%s", host->share_folder, SF_EFFECTS_FILE);
  if (!path)
    return sf_fail (err, SF_ENOMEM, "out of memory for effects of past storms");
  return sf_effects_load (&analogues->arena, path, &analogues->effects, err);
}

enum sf_code
sf_analogues_open (struct sf_analogues *analogues, const struct sf_host *host, const struct sf_stage_io *io,
                   struct sf_error *err)
{
  const struct sf_dataset *tracks = io->input (io, "past_tracks");
  *analogues = (struct sf_analogues){ 0 };
  SF_TRY (read_home (analogues, host, err));
  if (tracks)
    SF_TRY (sf_past_init (&analogues->past, tracks->as.tracks, sf_analogues_exposure (host), err));
  if (analogues->past.storms_count == 0)
    {
      sf_host_log (host, SF_LOG_INFO, "no past storms: give best tracks as the dataset past_tracks");
      return SF_OK;
    }
  SF_TRY (open_effects (analogues, host, err));
  return sf_home_shore_open (&analogues->shore, table_or_null (io, "coast"), table_or_null (io, "counties"),
                             analogues->home_lon_deg, analogues->home_lat_deg, err);
}

void
sf_analogues_close (struct sf_analogues *analogues)
{
  sf_home_shore_close (&analogues->shore);
  sf_past_finish (&analogues->past);
  sf_arena_finish (&analogues->arena);
}

const char *
sf_analogues_name_zh (const struct sf_analogues *analogues, const struct sf_track *track)
{
  const struct sf_effect *effect = sf_effects_find (&analogues->effects, track->number);
  return track->name_zh ? track->name_zh : effect ? effect->name_zh : NULL;
}

const char *
sf_analogues_name (const struct sf_track *track)
{
  return sf_storm_name_is_own (track->name) ? track->name : NULL;
}

/* The two texts of a pair of columns. */
static enum sf_code
set_pair (struct sf_table *table, const char *column, const char *column_zh, const struct sf_strbuf texts[2],
          struct sf_error *err)
{
  if (texts[0].failed || texts[1].failed)
    return sf_fail (err, SF_ENOMEM, "out of memory for %s", column);
  SF_TRY (sf_table_set_text (table, column, texts[0].text, err));
  return sf_table_set_text (table, column_zh, texts[1].text, err);
}

enum sf_code
sf_analogues_set_effects (const struct sf_analogues *analogues, struct sf_table *table,
                          const struct sf_past_storm *storm, struct sf_error *err)
{
  enum
  {
    FAR_KM = 500
  };
  const struct sf_effect *effect = sf_effects_find (&analogues->effects, storm->track->number);
  struct sf_strbuf landfall[2] = { 0 }, effects[2] = { 0 };
  struct sf_home_meeting meeting;
  enum sf_code code = sf_home_shore_meet (&analogues->shore, storm->track, FAR_KM, &meeting, err);
  if (code == SF_OK)
    {
      sf_home_meeting_say (&analogues->shore, &meeting, &landfall[0], &landfall[1]);
      sf_effects_say (effect, &effects[0], &effects[1]);
      code = set_pair (table, "landfall", "landfall_zh", landfall, err);
    }
  if (code == SF_OK)
    code = set_pair (table, "effects", "effects_zh", effects, err);
  if (code == SF_OK && effect)
    code = sf_table_set_text (table, "effects_source", effect->source, err);
  for (int i = 0; i < 2; i++)
    {
      sf_strbuf_finish (&landfall[i]);
      sf_strbuf_finish (&effects[i]);
    }
  return code;
}

enum sf_code
sf_analogues_give (const struct sf_stage_io *io, const char *port, struct sf_dataset *dataset, enum sf_code code,
                   struct sf_error *err)
{
  if (code == SF_OK)
    return io->output (io, port, dataset, err);
  sf_dataset_unref (dataset);
  return code;
}
