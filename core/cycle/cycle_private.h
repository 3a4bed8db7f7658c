/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_CYCLE_CYCLE_PRIVATE_H
#define SF_CORE_CYCLE_CYCLE_PRIVATE_H

#include "core/cycle/cycle.h"
#include "core/cycle/ingest.h"

/* A dataset of this cycle, whether it exists yet or not. */
struct slot
{
  const char *name;
  int node; /* that makes it, SF_MAKER_GIVEN for a query's */
  struct sf_key key;
  enum sf_authority authority;
  bool simulated;
  struct sf_dataset *dataset;  /* one reference; NULL until made or loaded */
  const char *exporter, *file; /* where the snapshot keeps it; NULL: not kept */
};

struct node_state
{
  struct sf_key build;
  bool kept;   /* all that is asked of it is kept, under the same keys, in the previous snapshot */
  bool wanted; /* its datasets are needed as values in this cycle */
  bool ran;
};

struct product
{
  const char *path, *media_type, *datasets;
  const char *output; /* that wrote it */
};

struct cycle
{
  struct sf_arena *arena;
  struct sf_plugin_host *plugins;
  const struct sf_plugin_host_setup *setup;
  const struct sf_scenario *scenario;
  const char *dir;
  struct sf_graph graph;
  struct sf_ingest ingest;
  struct sf_snapshot *previous; /* NULL at a cold start */
  struct slot *slots;
  size_t slots_count;
  struct node_state *nodes;
  int lock;      /* the writer's lock of dir, held from before the previous snapshot is opened */
  bool answered; /* a whole snapshot of this id was there already */
  char *id;
  char *making; /* folder of the snapshot being made */
  struct product *products;
  size_t products_count, products_capacity;
};

/* The dataset of one row that the core gives: the scenario's clock, for models, which have none of their own. It is there
   when a stage takes it. */
#define SF_CYCLE_TIME "cycle_time"

/* Whether snapshots of the scenario keep a dataset: all tables and grids, and the cubes that it names. Other cubes are
   computed anew when asked for. */
bool sf_cycle_keeps (const struct cycle *cycle, const char *dataset);
/* Whether they keep anything that a node makes. */
bool sf_cycle_keeps_of (const struct cycle *cycle, const struct sf_node *node);
/* Whether an output writes a dataset. */
bool sf_cycle_writes (const struct cycle *cycle, const char *dataset);
/* Whether a stage takes a dataset of this cycle. */
bool sf_cycle_takes (const struct cycle *cycle, const char *dataset);
/* Whether anybody asks for a dataset: the snapshot, an output or another node. */
bool sf_cycle_asks (const struct cycle *cycle, const char *dataset);
/* SF_ECANCELLED once the run was interrupted. */
enum sf_code sf_cycle_check_cancelled (const struct cycle *cycle, struct sf_error *err);
struct slot *sf_cycle_slot (const struct cycle *cycle, const char *dataset);

/* cycle_keys.c: fill every slot's key, authority and simulated, every node's build and kept, and the snapshot's id. */
enum sf_code sf_cycle_find_keys (struct cycle *cycle, struct sf_error *err);
/* cycle_stages.c: run or load what is wanted. */
enum sf_code sf_cycle_run_stages (struct cycle *cycle, struct sf_error *err);
/* cycle_export.c: keep the datasets in the snapshot, write the outputs. */
enum sf_code sf_cycle_export (struct cycle *cycle, struct sf_error *err);
/* manifest.c: a setting's text as manifests give it: a file by its name without folder, so that manifests compare. */
const char *sf_cycle_setting_text (const struct sf_effective *setting);
/* manifest.c: write manifest.json into the folder being made. */
enum sf_code sf_cycle_write_manifest (struct cycle *cycle, struct sf_error *err);

#endif
