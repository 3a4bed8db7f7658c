/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_COMMAND_JOURNAL_H
#define SF_PLUGINS_COMMAND_JOURNAL_H

#include "core/feed/journal.h"

/* What the words of the command share. */
struct command
{
  const struct sf_command_context *context;
  struct sf_journal *journal;
  struct sf_journal_range range;
  bool json;
  struct sf_strbuf line; /* for one row at a time */
};

/* A text that may come from a feed, without what could drive a terminal; NULL as "-". In the arena, NULL when memory is out. */
const char *journal_clean (struct sf_arena *arena, const char *text);

enum sf_code journal_list (struct command *command, struct sf_error *err);
enum sf_code journal_show (struct command *command, const char *id, struct sf_error *err);
enum sf_code journal_quarantine (struct command *command, struct sf_error *err);

#endif
