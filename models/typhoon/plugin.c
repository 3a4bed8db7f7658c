/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/agencies/agency.h"
#include "models/typhoon/averaging.h"
#include "models/typhoon/intensity.h"
#include "models/typhoon/stages.h"
#include "models/typhoon/vortex/surface_wind.h"
#include "models/typhoon/vortex/vortex_rules.h"

#include <math.h>

const int sf_typhoon_forces[SF_TYPHOON_FORCES] = { 7, 8, 10, 12 };

static const char *const profiles[] = { "H08", "H1980", "H10", "ER11", NULL };
static const char *const modes[] = { "fast", "exact", NULL };
static const char *const times[] = { "linear", "step", NULL };
static const char *const paths[] = { "linear", "spline", NULL };
static const char *const minutes[] = { "1", "2", "10", NULL };
static const char *const exposures[] = { "agency", "at-sea", NULL };

static const char *const radii[] = { "none", "envelope", "mean", NULL };
static const char *const roughness_kinds[] = { "classes", "lengths", NULL };
static const char *const inflows[] = { "none", "constant", "mcconochie", NULL };

static const struct sf_option options[] = {
  { .name = "agency",
    .type = SF_OPTION_TEXT,
    .help_en
    = "agency whose track is a storm's (BABJ, RJTD ...): its analysis and then its latest forecast; without it, "
      "or for a storm that it does not speak of, the first in the data",
    .help_zh = "采用哪个机构的路径（BABJ、RJTD 等）：实况接最新预报；不填或该机构未涉及的台风取数据中的第一个" },
  { .name = "path",
    .type = SF_OPTION_ENUM,
    .fallback = "spline",
    .choices = paths,
    .help_en = "how the way between fixes is drawn",
    .help_zh = "定位点之间的插值方式" },
  { .name = "step",
    .type = SF_OPTION_DURATION,
    .unit = "s",
    .fallback = "30min",
    .min = 60,
    .max = 21600,
    .help_en = "time step of the wind field",
    .help_zh = "风场时间步长" },
  { .name = "profile",
    .type = SF_OPTION_ENUM,
    .fallback = "H08",
    .choices = profiles,
    .help_en = "radial profile: Holland 2008, Holland 1980, Holland et al. 2010, Emanuel & Rotunno 2011",
    .help_zh = "径向风廓线：Holland 2008、Holland 1980、Holland 等 2010、Emanuel 与 Rotunno 2011" },
  { .name = "mode",
    .type = SF_OPTION_ENUM,
    .fallback = "fast",
    .choices = modes,
    .help_en = "fast (tables, within 0.01 m/s) or exact (the equations in double)",
    .help_zh = "fast（查表，误差小于0.01米/秒）或 exact（双精度直接计算）" },
  { .name = "times",
    .type = SF_OPTION_ENUM,
    .fallback = "linear",
    .choices = times,
    .help_en = "between steps the speed runs straight (linear) or stays (step)",
    .help_zh = "步与步之间风速线性变化（linear）或保持不变（step）" },
  { .name = "radii",
    .type = SF_OPTION_ENUM,
    .fallback = "envelope",
    .choices = radii,
    .help_en
    = "wind rings of the track: passed over (none), met at their largest extent (envelope), shrunk to their mean "
      "extent (mean); a track without rings has the symmetric profile in any case",
    .help_zh
    = "路径所带风圈：不用（none）、按最大范围拟合（envelope）、折算为平均范围（mean）；无风圈的路径一律用对称风廓线" },
  { .name = "inflow",
    .type = SF_OPTION_ENUM,
    .fallback = "none",
    .choices = inflows,
    .help_en
    = "angle at which the wind blows inward: none, 20 degrees (constant), by radius after McConochie et al. 2004",
    .help_zh = "风向内偏角：无（none）、20度（constant）、随半径变化（McConochie 等 2004）" },
  { .name = "roughness",
    .type = SF_OPTION_PATH,
    .help_en = "raster of land cover or roughness lengths: with it winds over land are those at the place, without it "
               "those over open water",
    .help_zh = "土地覆盖或粗糙度栅格：有则输出地面实际风速，无则为开阔水面风速" },
  { .name = "roughness_kind",
    .type = SF_OPTION_ENUM,
    .fallback = "classes",
    .choices = roughness_kinds,
    .help_en = "what the raster holds: classes of share/typhoon/surface.yaml, or lengths in metres",
    .help_zh = "栅格内容：share/typhoon/surface.yaml 中的类别（classes）或以米计的粗糙度长度（lengths）" },
  { .name = "elevation",
    .type = SF_OPTION_PATH,
    .help_en = "raster of terrain heights in metres: speed-up on hills, shelter in hollows",
    .help_zh = "地形高程栅格（米）：山顶增速、谷地遮蔽" },
  { .name = "nwp",
    .type = SF_OPTION_PATH,
    .help_en = "CF netCDF-4 file with a wind field of weather prediction, blended in outside the storms' cores",
    .help_zh = "数值预报风场文件（CF netCDF-4），在台风核心区外融合" },
  { .name = "nwp_u",
    .type = SF_OPTION_TEXT,
    .fallback = "u10",
    .help_en = "name of its eastward wind",
    .help_zh = "其纬向风变量名" },
  { .name = "nwp_v",
    .type = SF_OPTION_TEXT,
    .fallback = "v10",
    .help_en = "name of its northward wind",
    .help_zh = "其经向风变量名" },
  { .name = "nwp_full",
    .type = SF_OPTION_DOUBLE,
    .unit = "km",
    .fallback = "200",
    .min = 0,
    .max = 2000,
    .help_en = "distance from the centre up to which the storm's own wind counts in full",
    .help_zh = "在此中心距离以内全部采用台风风场" },
  { .name = "nwp_none",
    .type = SF_OPTION_DOUBLE,
    .unit = "km",
    .fallback = "500",
    .min = 0,
    .max = 2000,
    .help_en = "distance from which on only the wind field of weather prediction counts",
    .help_zh = "在此中心距离以外全部采用数值预报风场" },
  { .name = "averaging",
    .type = SF_OPTION_ENUM,
    .unit = "min",
    .fallback = "2",
    .choices = minutes,
    .help_en = "averaging time of all winds that are put out (CMA: 2)",
    .help_zh = "输出风速的平均时段（中国气象局：2分钟）" },
  { .name = "exposure",
    .type = SF_OPTION_ENUM,
    .fallback = "agency",
    .choices = exposures,
    .help_en = "table that converts averaging times",
    .help_zh = "平均时段换算所用的系数表" },
  { .name = "environment_pressure",
    .type = SF_OPTION_DOUBLE,
    .unit = "hPa",
    .fallback = "1005",
    .min = 950,
    .max = 1050,
    .help_en = "pressure around the storm where the track has none",
    .help_zh = "路径未给出时的环境气压" },
  { .name = "reach",
    .type = SF_OPTION_DOUBLE,
    .unit = "km",
    .fallback = "300",
    .min = 50,
    .max = 2000,
    .help_en = "farthest distance from the centre at which wind is computed",
    .help_zh = "计算风场的最大中心距离" },
  { .name = "map_step",
    .type = SF_OPTION_DURATION,
    .unit = "s",
    .fallback = "1h",
    .min = 600,
    .max = 86400,
    .help_en = "time step of the hourly maps, a whole multiple of step",
    .help_zh = "逐小时图的时间步长，须为 step 的整数倍" },
  { .name = "map_hours",
    .type = SF_OPTION_INT,
    .unit = "h",
    .fallback = "72",
    .min = 0,
    .max = 240,
    .help_en = "longest span of the hourly maps, around the hour of the strongest wind on the grid",
    .help_zh = "逐小时图的最长时间跨度，以该格网风力最强的时刻为中心" },
  { .name = "islet_area",
    .type = SF_OPTION_DOUBLE,
    .unit = "km2",
    .fallback = "100",
    .min = 0,
    .max = 1e6,
    .help_en = "smaller islands make no landfall",
    .help_zh = "小于该面积的岛屿不计登陆" },
  { .name = "bay",
    .type = SF_OPTION_DURATION,
    .unit = "s",
    .fallback = "2h",
    .min = 0,
    .max = 86400,
    .help_en = "back on the same land within this time: a bay, no new landfall",
    .help_zh = "离开后在该时间内回到同一陆地视为海湾，不计再次登陆" },
  { .name = "rounding",
    .type = SF_OPTION_DOUBLE,
    .unit = "degree",
    .fallback = "0.05",
    .min = 0,
    .max = 1,
    .help_en = "half a unit of the last digit of the fixes' coordinates (0.05 for tenths)",
    .help_zh = "定位点坐标末位单位的一半（精确到0.1度时取0.05）" },
  { .name = "position_error",
    .type = SF_OPTION_DOUBLE,
    .unit = "km",
    .fallback = "20",
    .min = 0,
    .max = 200,
    .help_en
    = "mean error of analysed positions (CMA 17 to 23 km in 2020-23): widens the ranges of landfalls, finds passes",
    .help_zh = "定位平均误差（中国气象局2020至2023年为17至23公里）：用于登陆时间地点的范围和近岸掠过的判断" },
  { .name = NULL },
};

enum sf_track_path
sf_typhoon_path_kind (const struct sf_host *host)
{
  return sf_settings_choice (host->settings, "path") == 1 ? SF_TRACK_PATH_SPLINE : SF_TRACK_PATH_LINEAR;
}

int
sf_typhoon_averaging_min (const struct sf_host *host)
{
  static const int values[] = { 1, 2, 10 };
  return values[sf_settings_choice (host->settings, "averaging")];
}

static double
wind_over (const struct sf_host *host, const struct sf_fix *fix, int minutes_over)
{
  int from = isnan (fix->averaging_min) ? sf_typhoon_averaging_min (host) : (int) lround (fix->averaging_min);
  int exposure = sf_wind_exposure_find (sf_settings_text (host->settings, "exposure"));
  return sf_wind_convert_averaging (fix->wind_mps, from, minutes_over, (enum sf_wind_exposure) exposure);
}

double
sf_typhoon_house_wind (const struct sf_host *host, const struct sf_fix *fix)
{
  return wind_over (host, fix, sf_typhoon_averaging_min (host));
}

enum sf_grade
sf_typhoon_grade (const struct sf_host *host, const struct sf_fix *fix)
{
  return sf_grade_of_wind (wind_over (host, fix, 2));
}

static double
between_averages (const struct sf_host *host, double wind_mps, int from_min, int to_min)
{
  int exposure = sf_wind_exposure_find (sf_settings_text (host->settings, "exposure"));
  return sf_wind_convert_averaging (wind_mps, from_min, to_min, (enum sf_wind_exposure) exposure);
}

int
sf_typhoon_force (const struct sf_host *host, double wind_mps)
{
  return sf_beaufort_of_wind (between_averages (host, wind_mps, sf_typhoon_averaging_min (host), 2));
}

double
sf_typhoon_force_lower_mps (const struct sf_host *host, int force)
{
  return between_averages (host, sf_beaufort_lower_mps (force), 2, sf_typhoon_averaging_min (host));
}

static bool
is_too_long (const struct sf_track *track)
{
  int64_t first_s = track->fixes[0].valid_s, last_s = first_s;
  for (size_t i = 1; i < track->fixes_count; i++)
    {
      first_s = track->fixes[i].valid_s < first_s ? track->fixes[i].valid_s : first_s;
      last_s = track->fixes[i].valid_s > last_s ? track->fixes[i].valid_s : last_s;
    }
  return last_s - first_s > SF_STORM_PATH_LONGEST_S;
}

enum sf_code
sf_typhoon_open_outlooks (const struct sf_host *host, const struct sf_stage_io *io, struct sf_storm_outlooks *outlooks,
                          struct sf_error *err)
{
  size_t kept = 0;
  SF_TRY (sf_storm_outlooks_init (outlooks, io->input (io, "storm_tracks")->as.tracks,
                                  sf_settings_text (host->settings, "agency"), err));
  bool several = outlooks->count > 1;
  for (size_t s = 0; s < outlooks->count; s++)
    {
      struct sf_track track = outlooks->tracks[s];
      if (!several || !is_too_long (&track))
        {
          outlooks->tracks[kept++] = track;
          continue;
        }
      sf_host_log (host, SF_LOG_WARNING, "storm %s is left out: its fixes lie over %d days apart; is a date wrong?",
                   track.storm, SF_STORM_PATH_LONGEST_S / 86400);
      sf_mem_free (track.fixes);
    }
  outlooks->count = kept;
  return SF_OK;
}

int64_t
sf_typhoon_cycle_s (const struct sf_stage_io *io)
{
  return sf_table_time (io->input (io, "cycle_time")->as.table, "time", 0);
}

static const struct sf_port match_ports[] = {
  { SF_NEEDS, "tracks" }, { SF_NEEDS, "cycle_time" }, { SF_MAKES, "storms" }, { SF_MAKES, "storm_tracks" }, { 0, NULL }
};
static const char *const match_files[] = { SF_AGENCIES_STAGE_FILE, NULL };
static const struct sf_port track_ports[] = { { SF_NEEDS, "storm_tracks" },
                                              { SF_MAKES, "track_hourly" },
                                              { SF_MAKES, "track_points" },
                                              { SF_MAKES, "track_lines" },
                                              { 0, NULL } };
static const struct sf_port lines_ports[]
    = { { SF_NEEDS, "storm_tracks" }, { SF_MAKES, "warning_lines" }, { SF_MAKES, "warning_crossings" }, { 0, NULL } };
static const struct sf_port landfall_ports[]
    = { { SF_NEEDS, "storm_tracks" }, { SF_NEEDS, "coast" },        { SF_USES, "counties" },
        { SF_MAKES, "landfalls" },    { SF_MAKES, "shore_passes" }, { 0, NULL } };
static const struct sf_port closest_ports[]
    = { { SF_NEEDS, "storm_tracks" }, { SF_NEEDS, "county_seats" }, { SF_MAKES, "closest_approach" }, { 0, NULL } };
static const struct sf_port cubes_ports[]
    = { { SF_NEEDS, "storm_tracks" },  { SF_NEEDS, "cycle_time" },    { SF_MAKES, "wind_cube@*" },
        { SF_MAKES, "wind_u_cube@*" }, { SF_MAKES, "wind_v_cube@*" }, { 0, NULL } };
static const struct sf_port hourly_ports[] = { { SF_NEEDS, "storm_tracks" },
                                               { SF_NEEDS, "cycle_time" },
                                               { SF_MAKES, "wind_hourly@*" },
                                               { SF_MAKES, "wind_hourly_eastward@*" },
                                               { SF_MAKES, "wind_hourly_northward@*" },
                                               { 0, NULL } };
static const struct sf_port wind_ports[] = { { SF_NEEDS, "storm_tracks" },
                                             { SF_NEEDS, "cycle_time" },
                                             { SF_MAKES, "wind_max@*" },
                                             { SF_MAKES, "wind_arrival@*" },
                                             { SF_MAKES, "wind_end@*" },
                                             { SF_MAKES, "wind_duration@*" },
                                             { 0, NULL } };
static const char *const wind_files[] = { SF_VORTEX_RULES_STAGE_FILE, SF_SURFACE_RULES_STAGE_FILE, NULL };
static const struct sf_port gust_ports[]
    = { { SF_NEEDS, "wind_max@*" }, { SF_USES, "land_fraction@*" }, { SF_MAKES, "wind_gust@*" }, { 0, NULL } };
static const char *const gust_files[] = { SF_SURFACE_RULES_STAGE_FILE, NULL };
static const struct sf_port rings_ports[] = { { SF_NEEDS, "storm_tracks" }, { SF_MAKES, "ring_fit" }, { 0, NULL } };
static const struct sf_port areas_ports[] = { { SF_NEEDS, "wind_max@*" }, { SF_MAKES, "wind_areas@*" }, { 0, NULL } };
static const struct sf_port counties_ports[] = { { SF_NEEDS, "counties" },
                                                 { SF_NEEDS, "county_weights@home" },
                                                 { SF_NEEDS, "wind_max@home" },
                                                 { SF_NEEDS, "wind_arrival@home" },
                                                 { SF_NEEDS, "wind_end@home" },
                                                 { SF_MAKES, "county_wind" },
                                                 { 0, NULL } };

static const struct sf_stage stages[] = {
  { .name = "match",
    .title_en = "one identity for each storm, whatever feeds call it",
    .title_zh = "台风识别：合并各来源的编号与名称",
    .ports = match_ports,
    .files = match_files,
    .run = sf_typhoon_run_match },
  { .name = "track",
    .title_en = "the storm's way at equal steps, points and lines",
    .title_zh = "台风路径插值、点与线",
    .ports = track_ports,
    .run = sf_typhoon_run_track },
  { .name = "lines",
    .title_en = "crossings of the 24 h and 48 h warning lines",
    .title_zh = "穿越24、48小时警戒线",
    .ports = lines_ports,
    .run = sf_typhoon_run_lines },
  { .name = "landfall",
    .title_en = "where and when the centre comes ashore",
    .title_zh = "登陆地点和时间",
    .ports = landfall_ports,
    .run = sf_typhoon_run_landfall },
  { .name = "closest",
    .title_en = "closest approach to every county seat",
    .title_zh = "台风中心距各市县驻地最近时刻",
    .ports = closest_ports,
    .run = sf_typhoon_run_closest },
  { .name = "cubes",
    .title_en = "wind by time, on request",
    .title_zh = "逐时风场（按需）",
    .ports = cubes_ports,
    .files = wind_files,
    .run = sf_typhoon_run_cubes },
  { .name = "hourly",
    .title_en = "wind hour by hour, on request",
    .title_zh = "逐小时风场（按需）",
    .ports = hourly_ports,
    .files = wind_files,
    .run = sf_typhoon_run_hourly },
  { .name = "wind",
    .title_en = "maximum wind; arrival, end and duration of forces 7, 8, 10, 12",
    .title_zh = "最大风速；7、8、10、12级风的到达、结束与持续时间",
    .ports = wind_ports,
    .files = wind_files,
    .run = sf_typhoon_run_wind },
  { .name = "gust",
    .title_en = "largest gust, by what lies under the wind",
    .title_zh = "最大阵风（按下垫面）",
    .ports = gust_ports,
    .files = gust_files,
    .run = sf_typhoon_run_gust },
  { .name = "rings",
    .title_en = "how the vortex meets the rings of the bulletins",
    .title_zh = "风圈拟合检查",
    .ports = rings_ports,
    .files = wind_files,
    .run = sf_typhoon_run_rings },
  { .name = "areas",
    .title_en = "areas where a force is reached",
    .title_zh = "各级风影响范围",
    .ports = areas_ports,
    .run = sf_typhoon_run_areas },
  { .name = "counties",
    .title_en = "wind by county",
    .title_zh = "市县风力",
    .ports = counties_ports,
    .run = sf_typhoon_run_counties },
  { .name = NULL },
};

static const struct sf_model model = { .stages = stages };

SF_PLUGIN_EXPORT (typhoon) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_MODEL,
  .name = "typhoon",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "how big the typhoon is and which way it goes: track, landfall, wind",
  .summary_zh = "台风有多大、往哪走：路径、登陆、风场",
  .options = options,
  .as.model = &model,
};
