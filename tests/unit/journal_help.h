/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_JOURNAL_HELP_H
#define SF_TESTS_UNIT_JOURNAL_HELP_H

#include "core/base/file.h"
#include "core/base/time.h"
#include "core/feed/journal.h"
#include "tests/unit/base.h"

#include <stdio.h>
#include <unistd.h>

/* A fresh folder for a journal; removed by drop_folder. */
struct folder
{
  char path[64];
};

static inline struct folder
new_folder (void)
{
  struct folder folder = { "/tmp/sf-journal-XXXXXX" };
  ck_assert_ptr_nonnull (mkdtemp (folder.path));
  return folder;
}

static inline void
drop_folder (const struct folder *folder)
{
  ck_done (sf_file_remove_tree (folder->path, err));
}

static inline struct sf_message
message_of (const char *feed, const char *identity, const char *text, int64_t received_s)
{
  return (struct sf_message){ .feed = feed,
                              .source = "tests",
                              .identity = identity,
                              .bytes = (const uint8_t *) text,
                              .length = strlen (text),
                              .received_s = received_s };
}

/* Append one message; its id, 0 for a duplicate. */
static inline int64_t
append (struct sf_journal *journal, const char *feed, const char *identity, const char *text, int64_t received_s)
{
  struct sf_message message = message_of (feed, identity, text, received_s);
  int64_t id = -1;
  ck_done (sf_journal_append (journal, &message, "moc", &id, err));
  return id;
}

static inline struct sf_journal_range
everything (void)
{
  return (struct sf_journal_range){ .from_s = SF_TIME_MISSING, .to_s = SF_TIME_MISSING };
}

/* What the sqlite3 program answers about DIR/journal/journal.db, in one line. */
static inline void
ask_sqlite (const struct folder *folder, const char *sql, char *answer, size_t answer_bytes)
{
  char command[512];
  snprintf (command, sizeof command, "sqlite3 %s/journal/journal.db \"%s\" | tr '\\n' ' '", folder->path, sql);
  FILE *pipe = popen (command, "r");
  ck_assert_ptr_nonnull (pipe);
  size_t length = fread (answer, 1, answer_bytes - 1, pipe);
  answer[length] = 0;
  ck_assert_int_eq (pclose (pipe), 0);
}

#define ck_sqlite(folder, sql, expected)                                                                               \
  do                                                                                                                   \
    {                                                                                                                  \
      char answer_[1024];                                                                                              \
      ask_sqlite (folder, sql, answer_, sizeof answer_);                                                               \
      ck_assert_str_eq (answer_, expected);                                                                            \
    }                                                                                                                  \
  while (0)

#endif
