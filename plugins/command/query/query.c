/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/command/query/query.h"

#include <string.h>

static const char *const formats[] = { "table", "csv", "json", "geojson", NULL };
static const char *const fills[] = { "none", "linear", NULL };

static const struct sf_option options[] = {
  { .name = "output",
    .type = SF_OPTION_TEXT,
    .fallback = "sanfang-out",
    .help_en = "point: folder of the snapshots (-o DIR)",
    .help_zh = "point：快照所在文件夹（-o DIR）" },
  { .name = "snapshot",
    .type = SF_OPTION_TEXT,
    .help_en = "point: id of an earlier snapshot; without it the current one",
    .help_zh = "point：较早快照的编号；不填则为当前快照" },
  { .name = "time",
    .type = SF_OPTION_TIME,
    .help_en = "point: of layers by time, with its zone; without it the step nearest the snapshot's clock",
    .help_zh = "point：逐时图层的时刻，须带时区；不填则取最接近快照时刻的一步" },
  { .name = "json",
    .type = SF_OPTION_BOOL,
    .fallback = "false",
    .help_en = "print JSON; of rows the same as --format json",
    .help_zh = "以 JSON 输出；查询记录时等同 --format json" },
  { .name = "data",
    .type = SF_OPTION_TEXT,
    .fallback = "sanfang-out",
    .help_en = "rows: folder of live operation, with store/ in it",
    .help_zh = "记录：实时运行的文件夹，其中有 store/" },
  { .name = "feed",
    .type = SF_OPTION_TEXTS,
    .help_en = "rows: only these feeds, with commas",
    .help_zh = "记录：只要这些来源，以逗号分隔" },
  { .name = "subject",
    .type = SF_OPTION_TEXTS,
    .help_en = "rows: only these assets, movers, storms or events",
    .help_zh = "记录：只要这些对象、移动目标、台风或事件" },
  { .name = "asset",
    .type = SF_OPTION_TEXTS,
    .help_en = "rows: another word for --subject",
    .help_zh = "记录：同 --subject" },
  { .name = "quantity",
    .type = SF_OPTION_TEXT,
    .help_en = "obs, fields: only this quantity of the vocabulary",
    .help_zh = "obs、fields：只要词表中的这一要素" },
  { .name = "from",
    .type = SF_OPTION_TIME,
    .help_en = "rows: valid from this time on, with its zone",
    .help_zh = "记录：不早于该时刻（须带时区）" },
  { .name = "to",
    .type = SF_OPTION_TIME,
    .help_en = "rows: valid up to this time, with its zone",
    .help_zh = "记录：不晚于该时刻（须带时区）" },
  { .name = "as-of",
    .type = SF_OPTION_TIME,
    .help_en = "rows: as it was known then: nothing that was received later",
    .help_zh = "记录：按当时所知，不计其后收到的内容" },
  { .name = "area",
    .type = SF_OPTION_DOUBLES,
    .help_en = "rows: west, south, east, north in degrees",
    .help_zh = "记录：西、南、东、北，单位为度" },
  { .name = "latest",
    .type = SF_OPTION_BOOL,
    .fallback = "false",
    .help_en = "rows: only the newest of each series; of tracks and fields the newest run",
    .help_zh = "记录：每个序列只要最新一条；路径和格点场只要最新一次起报" },
  { .name = "all-feeds",
    .type = SF_OPTION_BOOL,
    .fallback = "false",
    .help_en = "rows: with --latest also feeds that are defined no longer, as after a new name",
    .help_zh = "记录：--latest 时也列出已不再定义的来源（例如改名之前的）" },
  { .name = "all-revisions",
    .type = SF_OPTION_BOOL,
    .fallback = "false",
    .help_en = "rows: also what was said before and holds no more",
    .help_zh = "记录：也列出已被取代的旧内容" },
  { .name = "limit",
    .type = SF_OPTION_INT,
    .fallback = "0",
    .min = 0,
    .max = 1000000000,
    .help_en = "rows: at most so many, the newest; 0: all",
    .help_zh = "记录：最多条数，取最新；0 表示全部" },
  { .name = "format",
    .type = SF_OPTION_ENUM,
    .fallback = "table",
    .choices = formats,
    .help_en = "rows: a table for people in Beijing time; csv and json (a line a row) in UTC; geojson",
    .help_zh = "记录：table 为供人阅读的表（北京时间）；csv、json（每行一条）为世界时；geojson" },
  { .name = "fill",
    .type = SF_OPTION_ENUM,
    .fallback = "none",
    .choices = fills,
    .help_en = "obs: add rows in gaps, marked as completed and doubtful; they are never stored",
    .help_zh = "obs：在缺测处插补，标为“插补、可疑”，从不入库" },
  { .name = "gap",
    .type = SF_OPTION_DURATION,
    .unit = "s",
    .fallback = "1h",
    .help_en = "obs: the longest gap that --fill completes",
    .help_zh = "obs：--fill 所插补的最长缺测时段" },
  { .name = NULL },
};

static int
run (const struct sf_command_context *context, int argc, char **argv, struct sf_error *err)
{
  return strcmp (argv[1], "point") == 0 ? query_run_point (context, argc, argv, err)
                                        : query_run_rows (context, argc, argv, err);
}

static const struct sf_command command = {
  .usage = "query point LON LAT [-o DIR] [--time TIME] [--json]\n"
           "       sanfang query obs|positions|events|tracks|assets|fields [--data DIR] [--feed NAME,...]\n"
           "         [--subject ID,...] [--quantity Q] [--from TIME] [--to TIME] [--as-of TIME] [--area W,S,E,N]\n"
           "         [--latest [--all-feeds]] [--all-revisions] [--limit N] [--format table|csv|json|geojson]",
  .more_en = "point: every layer of the current snapshot at a place: values with units, times in Beijing time,\n"
             "and the areas that hold it. Longitude before latitude, degrees. Of a layer by time the step\n"
             "within half a step of --time, with the time for which it holds.\n\n"
             "  sanfang query point 110.35 20.02 -o out --time 2014-07-18T14:00+08:00\n\n"
             "obs, positions, events, tracks, assets, fields: what the feeds of live operation said, from the store.\n"
             "A row is what holds now; --as-of goes back to what was known at a time, --all-revisions shows what was\n"
             "said before. --fill linear adds rows between two neighbours that are at most --gap apart, at the step\n"
             "that the series shows most often, marked as completed and doubtful. --latest leaves out feeds that are\n"
             "defined no longer, and says so. A feed or an asset that nobody has heard of is a mistake (exit code 2);\n"
             "where there is only nothing to show, that is noted on standard error.\n\n"
             "  sanfang query obs --data live --quantity water_level --latest\n"
             "  sanfang query obs --data live --asset 61800100 --from 2026-07-18T00:00+08:00 --format csv\n"
             "  sanfang query positions --data live --latest --area 108,17,112,21 --format geojson",
  .more_zh = "point：当前快照各图层在某地的值：带单位的数值、北京时间，以及包含该点的区域。先经度后纬度，单位为度。\n"
             "逐时图层取与 --time 相差不超过半步的一步，并注明其对应时刻。\n\n"
             "  sanfang query point 110.35 20.02 -o out --time 2014-07-18T14:00+08:00\n\n"
             "obs、positions、events、tracks、assets、fields：实时运行中各来源所报内容，取自数据库。\n"
             "默认给出现行内容；--as-of 回到某一时刻所知，--all-revisions 也列出已被取代的内容。\n"
             "--fill linear 在相距不超过 --gap 的相邻两条之间按序列最常见的间隔线性插补，标为“插补、可疑”。\n"
             "--latest 不含已不再定义的来源，并予说明。从未听说过的来源或对象是用法错误（退出码 2）；\n"
             "只是没有内容时，在标准错误中说明。\n\n"
             "  sanfang query obs --data live --quantity water_level --latest\n"
             "  sanfang query obs --data live --asset 61800100 --from 2026-07-18T00:00+08:00 --format csv\n"
             "  sanfang query positions --data live --latest --area 108,17,112,21 --format geojson",
  .words_min = 1,
  .words_max = 3,
  .run = run,
};

SF_PLUGIN_EXPORT (query) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_COMMAND,
  .name = "query",
  .version = "0.2.0",
  .licence = "Apache-2.0",
  .summary_en = "ask a snapshot at a point, or the store for what feeds said",
  .summary_zh = "查询快照在某点的值，或数据库中各来源所报内容",
  .options = options,
  .as.command = &command,
};
