/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/health.h"

#include <string.h>

/* What alarms are called. Their texts, which hold names and numbers, are English. */
static const struct
{
  const char *name, *title_en, *title_zh;
} WORDS[] = {
  { "board_lost", "the board could not be read and began anew", "健康状况文件无法读取，已重新开始" },
  { "clock_jumped", "the clock jumped", "时钟跳变" },
  { "departments", "a file of the departments is wrong", "部门文件有误" },
  { "duplicate_stations", "two numbers for one station?", "疑似一站两号" },
  { "feeds_gone", "messages wait of feeds that are defined no longer", "已无定义的数据源尚有报文待处理" },
  { "trim_failed", "old messages cannot be dropped", "旧报文无法清理" },
  { "disk_full", "the disk is full: nothing is acknowledged", "磁盘已满：不再确认接收" },
  { "journal_failed", "the journal cannot be written: nothing is acknowledged", "日志无法写入：不再确认接收" },
  { "pipeline_failed", "messages cannot be read or handed on: tried again", "报文暂时无法读取或处理，正在重试" },
  { "store_full", "the disk is full: the store waits", "磁盘已满：暂停入库" },
  { "store_failed", "the store cannot be written", "数据库无法写入" },
  { "store_damaged", "a file of the store is damaged", "数据库文件损坏" },
  { "memory_out", "memory is out", "内存不足" },
  { "transport_failed", "it cannot be opened or asked", "无法打开或读取" },
  { "connection_lost", "the connection is lost", "连接中断" },
  { "database_lost", "the database is out of reach", "数据库连接中断" },
  { "query_failed", "the query fails", "查询失败" },
  { "rows_without_time", "rows without a time are not read", "有无时间的行，未读取" },
  { "keys_not_unique", "rows cannot be told apart by their keys", "主键不唯一，无法区分各行" },
  { "http_failed", "the address does not answer as it should", "网址应答异常" },
  { "mqtt_refused", "the broker refuses", "消息服务器拒绝" },
  { "nats_refused", "the server refuses", "消息服务器拒绝" },
  { "files_not_delivered", "files cannot be read or taken", "有文件无法读取或接收" },
  { "files_not_put_away", "files that were taken cannot be put away", "已接收的文件无法移走" },
  { "links_refused", "symbolic links are not followed", "符号链接不予读取" },
  { "folder_unreadable", "the folder cannot be read", "文件夹无法读取" },
  { "too_many_connections", "all places for connections are taken", "连接数已满" },
  { "decoder_worker", "its decoder broke and was started again", "解码进程中断，已重新启动" },
  { "decoder_memory", "the program lacks memory for what its decoder gives", "本程序没有足够内存接收解码结果" },
  { "decoder_does_not_open", "its decoder cannot be opened: messages wait", "解码器无法打开：报文等待" },
  { "decoding_failed", "messages cannot be decoded now", "暂时无法解码" },
  { "look_back", "earlier messages cannot be read again", "无法回读此前的报文" },
  { "many_days", "its rows name many days: is its clock right?", "数据涉及的日期过多：请检查时钟" },
  { "unjudged", "rows that quality control could not judge", "有数据未能质量控制" },
  { "and_others", "more alarms than are listed", "另有其他告警" },
};

const char *
sf_health_alarm_title (const char *name, int zh)
{
  for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
    if (strcmp (WORDS[i].name, name) == 0)
      return zh ? WORDS[i].title_zh : WORDS[i].title_en;
  return "";
}
