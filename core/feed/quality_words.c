/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/quality.h"

#include <string.h>

static const struct
{
  const char *reason, *title_en, *title_zh;
} WORDS[] = {
  { "source_doubt", "doubted by its source", "来源标为可疑" },
  { "hard_range", "not possible: outside the hard limits", "不可能：超出硬限值" },
  { "to_be_verified", "extreme, to be verified", "极端值，待核实" },
  { "unit_suspect", "perhaps read in another unit", "疑似单位有误" },
  { "clock_ahead", "valid after it was received: the sender's clock is ahead", "资料时间晚于接收时间：发送方时钟偏快" },
  { "far_future", "valid far in the future", "资料时间远在将来" },
  { "clock_reset", "the sender's clock began anew", "发送方时钟已复位" },
  { "outside_area", "outside the feed's area", "超出数据源的区域" },
  { "station_moved", "far from where the station stands", "远离测站位置" },
  { "on_land", "a vessel on land", "船位在陆地上" },
  { "at_sea", "a vehicle at sea", "车辆位置在海上" },
  { "jump", "a jump that no two further reports confirm", "突变，未得到另外两次报告证实" },
  { "stuck", "stands still for too long", "数值长时间不变" },
  { "speed", "an impossible speed that no two further reports confirm", "移速不可能，未得到另外两次报告证实" },
  { "level_storage", "level and storage contradict each other", "水位与蓄水量相互矛盾" },
  { "two_places", "reports of one station from two places: two share its number",
    "同一站号来自两个位置：疑似站号重复" },
  { "rain_sum", "the rain of the hours contradicts that of the day", "小时雨量与日雨量相互矛盾" },
};

const char *
sf_quality_reason_title (const char *reason, size_t length, int zh)
{
  for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
    if (strlen (WORDS[i].reason) == length && memcmp (WORDS[i].reason, reason, length) == 0)
      return zh ? WORDS[i].title_zh : WORDS[i].title_en;
  return "";
}
