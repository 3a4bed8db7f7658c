/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_DEPARTMENT_H
#define SF_CORE_FEED_DEPARTMENT_H

#include "core/feed/feed.h"

/* Departments: one YAML file each, with its feeds (doc/departments.md has every key). */
struct sf_departments
{
  struct sf_feed *feeds;
  size_t feeds_count;
  const char **files; /* that were read, sorted; for noticing a change */
  size_t files_count;
};

/* Read one feed from its mapping: what scenarios and departments have in common. Loads and checks its plugins and every
   setting, those of the decoder by opening it. */
enum sf_code sf_feed_read (struct sf_arena *arena, struct sf_plugin_host *plugins, const char *name,
                           const struct sf_yaml *node, struct sf_feed *ret_feed, struct sf_error *err);

/* Read all *.yaml of a folder, or one file. A feed's name stands once among all, and so do a department's name and number. Errors name file, line, column and the
   nearest valid name; on failure nothing is returned. All in the arena. */
enum sf_code sf_departments_load (struct sf_arena *arena, struct sf_plugin_host *plugins, const char *path,
                                  struct sf_departments *ret_departments, struct sf_error *err);

#endif
