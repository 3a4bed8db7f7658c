/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_COMMAND_MANUAL_H
#define SF_PLUGINS_COMMAND_MANUAL_H

#include "core/feed/journal.h"

/* What the commands enter and correct share: records from what was typed, and their way into the journal as one message that the
   decoder manual reads. */

extern const struct sf_option manual_options[];

/* One typed field: a member of the record ("value"), or time or doubt, and its text. */
struct manual_field
{
  const char *name, *text;
};

/* One record as it was typed. */
struct manual_row
{
  struct manual_field fields[40];
  size_t count;
  const char *where; /* "rows.csv:3", "command line": for errors */
};

struct manual
{
  const struct sf_command_context *context;
  struct sf_arena arena;
  enum sf_record_kind kind;
  const char *feed, *who, *why;
  int64_t now_s;
  bool wrong_words; /* what failed was said on the command line: a mistake of usage */
  struct manual_row *rows;
  size_t rows_count, rows_capacity;
  struct sf_strbuf records; /* JSON, comma separated */
  size_t records_count;
  struct sf_strbuf said; /* a line for each, for the person */
};

/* Run such a command: read the command line and the file of rows, if there is one, and do the work on them; who and why must
   be said, the feed must be known. Returns the exit code. */
typedef enum sf_code (*manual_work) (struct manual *manual, struct sf_error *err);
int manual_run (const struct sf_command_context *context, char **argv, manual_work work, struct sf_error *err);
/* Note that a row was refused for what it says: usage, where it is the command line. Returns code. */
enum sf_code manual_blame (struct manual *manual, enum sf_code code);
/* What a row says under a name; NULL: nothing. */
const char *manual_text (const struct manual_row *row, const char *name);
/* Set what was typed in a record; texts, numbers with units, times with zones are checked. */
enum sf_code manual_set (struct manual *manual, const struct manual_row *row, struct sf_record *record,
                         struct sf_error *err);
/* Check a whole record and add it to the message. */
enum sf_code manual_add (struct manual *manual, const struct manual_row *row, const struct sf_record *record,
                         struct sf_error *err);
/* Write the message into the journal, or with --dry-run only show it. */
enum sf_code manual_send (struct manual *manual, struct sf_error *err);

#endif
