/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_CYCLE_SCENARIO_H
#define SF_CORE_CYCLE_SCENARIO_H

#include "core/cycle/domain.h"
#include "core/feed/feed.h"

/* Records that enter as a dataset: of one kind, from feeds, narrowed by storm number and time (missing: no bound). */
struct sf_query
{
  const char *dataset;
  enum sf_record_kind kind;
  const char *const *feeds;
  size_t feeds_count;
  const char *storm;
  int64_t from_s, to_s;
  int64_t window_s; /* before the clock, where from_s is missing; 0: no bound */
};

/* An output: an exporter run on some datasets. */
struct sf_output
{
  struct sf_instance exporter;
  const char *name;
  const char *const *datasets;
  size_t datasets_count;
};

/* A table of the answers that the program prints at the end. */
struct sf_answer
{
  const char *dataset;
  const char *const *columns; /* NULL: all */
  size_t columns_count;
};

struct sf_scenario
{
  const char *path, *name, *title_en, *title_zh;
  int64_t clock_s;
  bool live;               /* clock: now; clock_s is then when it was loaded */
  bool from_store;         /* records come from the store that ingest keeps in the output folder; feeds are not read */
  const char *departments; /* the folder or file whose feeds are among feeds; NULL: none */
  int64_t every_s, settle_s;   /* live: a cycle so often, and so long after new records that it takes */
  enum sf_authority authority; /* of what is computed here; the lineage can only make it weaker */
  bool simulated;
  struct sf_domain domain;
  struct sf_feed *feeds;
  size_t feeds_count;
  struct sf_query *queries;
  size_t queries_count;
  struct sf_instance *models;
  size_t models_count;
  struct sf_instance snapshot_grids, snapshot_tables; /* exporters that a snapshot is kept with */
  const char *const *snapshot_cubes; /* kept whole, with the grids' exporter; all others are not kept */
  size_t snapshot_cubes_count;
  struct sf_output *outputs;
  size_t outputs_count;
  struct sf_answer *answers;
  size_t answers_count;
};

/* Load a scenario, load the plugins that it names, and check every setting against their option tables. All in the arena.
   An override's key is a path of keys (or numbers of list items from 0) joined by dots.
   Errors name file, line, column and the nearest valid name. */
enum sf_code sf_scenario_load (struct sf_arena *arena, struct sf_plugin_host *plugins, const char *path,
                               const struct sf_override *overrides, size_t overrides_count,
                               struct sf_scenario *ret_scenario, struct sf_error *err);

/* A setting in force: its dotted key, canonical text (NULL when missing) and where it comes from. */
struct sf_effective
{
  const char *key, *text, *origin;
  enum sf_option_type type;
};
typedef void (*sf_setting_visit) (void *ctx, const struct sf_effective *setting);
/* Call visit for every effective setting. */
void sf_scenario_visit_settings (const struct sf_scenario *scenario, sf_setting_visit visit, void *ctx);

#endif
