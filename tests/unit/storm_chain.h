/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_STORM_CHAIN_H
#define SF_TESTS_UNIT_STORM_CHAIN_H

#include "core/base/time.h"
#include "core/plugin/plugin.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All stages of all models from fixes to answers in one process, as a cycle would run them: a stage runs when what it
   needs is there and nobody is left to make what it uses. One grid, "home"; land and counties are two boxes. Everything
   that comes out is checked: numbers are finite or missing and within the bounds of their quantity, texts are UTF-8. */

extern const struct sf_plugin ground_LTX_sanfang_plugin, typhoon_LTX_sanfang_plugin, agencies_LTX_sanfang_plugin,
    ensemble_LTX_sanfang_plugin, rain_LTX_sanfang_plugin, sea_LTX_sanfang_plugin, analogues_LTX_sanfang_plugin,
    answers_LTX_sanfang_plugin;

enum
{
  CHAIN_MODELS = 8,
  CHAIN_HELD = 96,
  CHAIN_STAGES = 64,
  CHAIN_NAME = 64
};

struct chain
{
  struct sf_arena arena;
  struct sf_vocabulary *vocabulary;
  struct sf_host hosts[CHAIN_MODELS];
  struct sf_stage_io io;
  struct sf_gridspec grid;
  int held_count;
  struct sf_dataset *held[CHAIN_HELD];
  char names[CHAIN_HELD][CHAIN_NAME];
  const struct sf_stage *stage; /* that runs */
  bool starve;                  /* each stage is first tried with memory that ends at many an allocation */
  const char *const
      *refusals; /* NULL, or words, ended by NULL: a stage that says one of them has refused, no failure */
};

static inline const struct sf_plugin *
chain_plugin (int model)
{
  static const struct sf_plugin *const plugins[CHAIN_MODELS]
      = { &ground_LTX_sanfang_plugin,    &typhoon_LTX_sanfang_plugin, &agencies_LTX_sanfang_plugin,
          &ensemble_LTX_sanfang_plugin,  &rain_LTX_sanfang_plugin,    &sea_LTX_sanfang_plugin,
          &analogues_LTX_sanfang_plugin, &answers_LTX_sanfang_plugin };
  return plugins[model];
}

static inline void
chain_claim (const struct chain *chain, bool holds, const char *what, const char *detail)
{
  if (holds)
    return;
  fprintf (stderr, "stage %s: %s: %s\n", chain->stage ? chain->stage->name : "?", what, detail);
  abort ();
}

/* "wind_max@home" and "wind_max@*" are one here. */
static inline int
chain_find (const struct chain *chain, const char *port)
{
  size_t length = strcspn (port, "@");
  for (int i = 0; i < chain->held_count; i++)
    if (strlen (chain->names[i]) == length && !strncmp (chain->names[i], port, length))
      return i;
  return -1;
}

static inline const struct sf_dataset *
chain_take (const struct sf_stage_io *io, const char *port)
{
  const struct chain *chain = io->ctx;
  int at = chain_find (chain, port);
  return at < 0 ? NULL : chain->held[at];
}

/* --- what may come out --- */

static inline void
chain_check_number (const struct chain *chain, const struct sf_quantity *quantity, double value, const char *where)
{
  static const struct
  {
    const char *quantity;
    double low, high;
  } bounds[] /* a likeness is a sum of distances and of winds by kilometres */
      = { { "longitude", -180, 180 }, { "latitude", -90, 90 },  { "probability", 0, 1 }, { "land_fraction", 0, 1 },
          { "wind_speed", 0, 1e9 },   { "gust_speed", 0, 1e9 }, { "distance", 0, 1e9 },  { "rain_amount", 0, 1e9 },
          { "duration", 0, 1e9 },     { "area", 0, 5.2e8 } };
  char text[CHAIN_NAME];
  snprintf (text, sizeof text, "%.40s %g", where, value);
  chain_claim (chain, !isinf (value), "an infinite number", text);
  for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
    if (!strcmp (bounds[i].quantity, quantity->name))
      chain_claim (chain, isnan (value) || (value >= bounds[i].low - 1e-6 && value <= bounds[i].high + 1e-6),
                   "out of bounds", text);
}

static inline void
chain_check_table (const struct chain *chain, const struct sf_table *table)
{
  for (size_t c = 0; c < table->columns_count; c++)
    for (size_t row = 0; row < table->rows; row++)
      {
        const struct sf_column *column = &table->columns[c];
        const char *text = column->spec->quantity->type == SF_COLUMN_TEXT ? column->as.texts[row] : NULL;
        if (column->spec->quantity->type == SF_COLUMN_DOUBLE)
          chain_check_number (chain, column->spec->quantity, column->as.doubles[row], column->spec->name);
        chain_claim (chain, !text || sf_text_is_utf8 ((const uint8_t *) text, strlen (text)), "no UTF-8",
                     column->spec->name);
      }
}

static inline void
chain_check_floats (const struct chain *chain, const struct sf_dataset *dataset, const float *values, size_t count)
{
  for (size_t i = 0; i < count; i++)
    chain_check_number (chain, dataset->spec->quantity, (double) values[i], dataset->spec->name);
}

/* The first, a middle and the last step. */
static inline void
chain_check_cube (const struct chain *chain, const struct sf_dataset *dataset)
{
  const struct sf_cube *cube = dataset->as.cube;
  size_t cells = sf_gridspec_cells (&cube->spec);
  float *values = malloc (cells * sizeof *values);
  for (int i = 0; values && i < 3; i++)
    {
      struct sf_error err = { 0 };
      int step = i * (cube->steps - 1) / 2;
      enum sf_code code = cube->read (cube->impl, step, 0, cube->spec.ny, values, &err);
      chain_claim (chain, code == SF_OK || code == SF_ENOMEM, "a step of a cube", err.message);
      if (code == SF_OK)
        chain_check_floats (chain, dataset, values, cells);
    }
  free (values);
}

static inline void
chain_check (const struct chain *chain, const struct sf_dataset *dataset)
{
  switch (dataset->spec->kind)
    {
    case SF_DATASET_GRID:
      chain_check_floats (chain, dataset, dataset->as.grid->values,
                          sf_gridspec_cells (&dataset->as.grid->spec) * (size_t) dataset->as.grid->bands);
      break;
    case SF_DATASET_CUBE:
      chain_check_cube (chain, dataset);
      break;
    case SF_DATASET_TRACKS:
      for (size_t t = 0; t < dataset->as.tracks->count; t++)
        for (size_t i = 0; i < dataset->as.tracks->tracks[t].fixes_count; i++)
          {
            struct sf_error err = { 0 };
            enum sf_code code = sf_record_check (&dataset->as.tracks->tracks[t].fixes[i], &err);
            chain_claim (chain, code == SF_OK, dataset->spec->name, err.message);
          }
      break;
    default:
      chain_check_table (chain, dataset->as.table);
    }
}

/* --- the ports --- */

static inline void
chain_hold (struct chain *chain, const char *port, struct sf_dataset *dataset)
{
  chain_claim (chain, chain->held_count < CHAIN_HELD, "too many datasets", port);
  snprintf (chain->names[chain->held_count], CHAIN_NAME, "%.*s", (int) strcspn (port, "@"), port);
  chain->held[chain->held_count++] = dataset;
}

static enum sf_code
chain_give (const struct sf_stage_io *io, const char *port, struct sf_dataset *dataset, struct sf_error *err)
{
  (void) err;
  chain_check (io->ctx, dataset);
  chain_hold (io->ctx, port, dataset);
  return SF_OK;
}

static const struct sf_dataset_spec *
chain_spec (const struct sf_stage_io *io, const char *port)
{
  const char *colon = strchr (port, ':');
  return sf_vocabulary_dataset (((const struct chain *) io->ctx)->vocabulary, colon ? colon + 1 : port);
}

static enum sf_code
chain_parallel (const struct sf_host *host, int blocks, sf_block_fn fn, void *ctx, struct sf_error *err)
{
  (void) host;
  for (int block = 0; block < blocks; block++)
    SF_TRY (fn (ctx, block, err));
  return SF_OK;
}

static bool
chain_never (const struct sf_host *host)
{
  (void) host;
  return false;
}

/* --- the world --- */

static inline struct sf_table *
chain_table (struct chain *chain, const char *port)
{
  struct sf_dataset *dataset = NULL;
  if (sf_dataset_new_table (chain_spec (&chain->io, port), NULL, &dataset, NULL) != SF_OK)
    abort ();
  chain_hold (chain, port, dataset);
  return dataset->as.table;
}

static inline struct sf_geometry *
chain_box (double west, double south, double east, double north)
{
  struct sf_geometry *geometry = sf_geometry_new (SF_GEOMETRY_POLYGON);
  if (!geometry || sf_geometry_begin_part (geometry, true) != 0)
    abort ();
  const double corners[5][2] = { { west, south }, { east, south }, { east, north }, { west, north }, { west, south } };
  for (int i = 0; i < 5; i++)
    if (sf_geometry_add_point (geometry, corners[i][0], corners[i][1]) != 0)
      abort ();
  return geometry;
}

static inline void
chain_add_area (struct sf_table *table, struct sf_geometry *geometry, const char *code)
{
  if (sf_table_add_row (table) < 0 || sf_table_set_geometry (table, geometry, NULL) != SF_OK
      || sf_table_set_text (table, "name", code, NULL) != SF_OK)
    abort ();
  if (sf_table_column (table, "code"))
    (void) (sf_table_set_text (table, "code", code, NULL) || sf_table_set_text (table, "name_zh", "县", NULL));
  if (sf_table_column (table, "area"))
    (void) sf_table_set_double (table, "area", 34000, NULL);
}

static inline void
chain_add_ground (struct chain *chain)
{
  static const double boxes[2][4] = { { 108.6, 18.2, 109.8, 20.1 }, { 109.8, 18.2, 111, 20.1 } };
  static const char *const codes[2] = { "469001", "469005" };
  chain_add_area (chain_table (chain, "coast"), chain_box (108.6, 18.2, 111, 20.1), "island");
  struct sf_table *counties = chain_table (chain, "counties"), *seats = chain_table (chain, "county_seats");
  for (int i = 0; i < 2; i++)
    {
      double lon_deg = (boxes[i][0] + boxes[i][2]) / 2;
      chain_add_area (counties, chain_box (boxes[i][0], boxes[i][1], boxes[i][2], boxes[i][3]), codes[i]);
      chain_add_area (seats, sf_geometry_new_point (lon_deg, 19), codes[i]);
      (void) (sf_table_set_double (seats, "longitude", lon_deg, NULL)
              || sf_table_set_double (seats, "latitude", 19, NULL));
    }
}

static inline void
chain_add_tracks (struct chain *chain, const char *port, const struct sf_record *fixes, size_t count)
{
  struct sf_dataset *tracks = NULL;
  struct sf_error err = { 0 };
  enum sf_code code = sf_dataset_new_tracks (chain_spec (&chain->io, port), NULL, fixes, count, &tracks, &err);
  chain_claim (chain, code == SF_OK, port, err.message);
  chain_hold (chain, port, tracks);
}

static inline void
chain_open (struct chain *chain, const char *share)
{
  static const char *const smaller[][3] = { { "ensemble", "members", "12" },
                                            { "analogues", "draws", "20" },
                                            { "analogues", "least_years", "2" },
                                            { "analogues", "least_events", "3" } };
  *chain = (struct chain){ .grid = { 24, 20, { 107, 0.25, 0, 21.5, 0, -0.25 }, "EPSG:4490" } };
  if (sf_vocabulary_load (sf_arena_printf (&chain->arena, "%s/vocabulary", share), &chain->vocabulary, NULL) != SF_OK)
    abort ();
  struct sf_log *log = sf_log_new ();
  for (int m = 0; m < CHAIN_MODELS; m++)
    {
      struct sf_settings *settings = NULL;
      if (sf_settings_parse (&chain->arena, chain_plugin (m)->options, NULL, NULL, &settings, NULL) != SF_OK)
        abort ();
      for (size_t i = 0; i < sizeof smaller / sizeof *smaller; i++)
        if (!strcmp (smaller[i][0], chain_plugin (m)->name)
            && sf_settings_set (settings, smaller[i][1], smaller[i][2], "the test", NULL) != SF_OK)
          abort ();
      chain->hosts[m] = (struct sf_host){ .struct_size = sizeof (struct sf_host),
                                          .component = chain_plugin (m)->name,
                                          .settings = settings,
                                          .log = log,
                                          .clock_s = SF_TIME_MISSING,
                                          .vocabulary = chain->vocabulary,
                                          .share_folder = share,
                                          .parallel = chain_parallel,
                                          .cancelled = chain_never };
    }
  static const char *const grids[] = { "home" };
  chain->io = (struct sf_stage_io){ .ctx = chain,
                                    .grid_name = grids[0],
                                    .grid = &chain->grid,
                                    .instance = grids[0],
                                    .input = chain_take,
                                    .output = chain_give,
                                    .spec = chain_spec,
                                    .grids_count = 1,
                                    .grid_names = grids };
}

/* Forget all but the first `keep` datasets. */
static inline void
chain_forget (struct chain *chain, int keep)
{
  while (chain->held_count > keep)
    sf_dataset_unref (chain->held[--chain->held_count]);
}

static inline void
chain_close (struct chain *chain)
{
  chain_forget (chain, 0);
  sf_log_free (chain->hosts[0].log);
  sf_vocabulary_free (chain->vocabulary);
  sf_arena_finish (&chain->arena);
}

static inline void
chain_set_time (struct chain *chain, int64_t now_s)
{
  struct sf_table *time = chain_table (chain, "cycle_time");
  if (sf_table_add_row (time) < 0 || sf_table_set_time (time, "time", now_s, NULL) != SF_OK)
    abort ();
}

/* --- running --- */

struct chain_job
{
  int model;
  const struct sf_stage *stage;
  bool done;
};

static inline bool
chain_makes (const struct sf_stage *stage, const char *dataset)
{
  size_t length = strcspn (dataset, "@");
  for (const struct sf_port *port = stage->ports; port->dataset; port++)
    if (port->role == SF_MAKES && strcspn (port->dataset, "@") == length && !strncmp (port->dataset, dataset, length))
      return true;
  return false;
}

/* Whether a stage may run now; *ret_never: it never can, since what it needs was refused. */
static inline bool
chain_ready (const struct chain *chain, const struct chain_job *jobs, int count, const struct sf_stage *stage,
             bool *ret_never)
{
  bool ready = true;
  *ret_never = false;
  for (const struct sf_port *port = stage->ports; port->dataset; port++)
    {
      bool coming = false, held = chain_find (chain, port->dataset) >= 0;
      for (int j = 0; port->role != SF_MAKES && j < count; j++)
        coming |= !jobs[j].done && chain_makes (jobs[j].stage, port->dataset);
      ready = ready && !coming && (port->role != SF_NEEDS || held);
      *ret_never |= port->role == SF_NEEDS && !held && !coming;
    }
  return ready;
}

static inline bool
chain_refused (const struct chain *chain, enum sf_code code, const struct sf_error *err)
{
  for (const char *const *words = chain->refusals; words && *words; words++)
    if (code != SF_ENOMEM && strstr (err->message, *words))
      return true;
  return false;
}

/* The stages of all models, but those whose products are held already. */
static inline int
chain_list (const struct chain *chain, struct chain_job jobs[CHAIN_STAGES])
{
  int count = 0;
  for (int m = 0; m < CHAIN_MODELS; m++)
    for (const struct sf_stage *stage = chain_plugin (m)->as.model->stages; stage->name; stage++)
      {
        bool held = false;
        for (const struct sf_port *port = stage->ports; port->dataset; port++)
          held |= port->role == SF_MAKES && chain_find (chain, port->dataset) >= 0;
        chain_claim (chain, count < CHAIN_STAGES, "too many stages", stage->name);
        if (!held)
          jobs[count++] = (struct chain_job){ m, stage, false };
      }
  return count;
}

/* A stage whose memory ends, and never comes back, says so and leaves nothing behind. */
static inline void
chain_starve (struct chain *chain, const struct chain_job *job)
{
  int held = chain->held_count;
  enum sf_code code = SF_ENOMEM;
  for (long n = 1; code != SF_OK; n += 1 + n / 6)
    {
      struct sf_error err = { 0 };
      sf_mem_fail_at (n, 1);
      code = job->stage->run (&chain->hosts[job->model], &chain->io, &err);
      sf_mem_fail_at (0, 0);
      chain_claim (chain, code == SF_OK || (code == SF_ENOMEM && err.code == SF_ENOMEM && err.message[0]),
                   "out of memory", err.message);
      chain_forget (chain, held);
    }
}

/* Run one stage; when it refuses, what it made is dropped, as a cycle would. */
static inline enum sf_code
chain_run_job (struct chain *chain, const struct chain_job *job, struct sf_error *err)
{
  int held = chain->held_count;
  chain->stage = job->stage;
  if (chain->starve)
    chain_starve (chain, job);
  enum sf_code code = job->stage->run (&chain->hosts[job->model], &chain->io, err);
  if (code != SF_OK && chain_refused (chain, code, err))
    {
      chain_forget (chain, held);
      *err = (struct sf_error){ 0 };
      return SF_OK;
    }
  for (const struct sf_port *port = job->stage->ports; code == SF_OK && port->dataset; port++)
    chain_claim (chain, port->role != SF_MAKES || chain_find (chain, port->dataset) >= 0, "does not make",
                 port->dataset);
  return code;
}

/* Run every stage once; the first that fails ends it and is chain->stage. */
static inline enum sf_code
chain_run (struct chain *chain, struct sf_error *err)
{
  struct chain_job jobs[CHAIN_STAGES];
  int count = chain_list (chain, jobs), left = count, waited = 0;
  for (int j = 0; left > 0; j = (j + 1) % count)
    {
      bool never;
      chain_claim (chain, waited++ <= count, "stages wait for each other", jobs[j].stage->name);
      if (jobs[j].done)
        continue;
      bool ready = chain_ready (chain, jobs, count, jobs[j].stage, &never);
      chain_claim (chain, !never || chain->refusals, "nobody makes what it needs", jobs[j].stage->name);
      if (!ready && !never)
        continue;
      if (ready)
        SF_TRY (chain_run_job (chain, &jobs[j], err));
      waited = 0;
      jobs[j].done = true;
      left--;
    }
  return SF_OK;
}

#endif
