/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/cycle_private.h"

#include "core/base/file.h"

#include <string.h>

/* Where the products of one exporter go. */
struct export_run
{
  struct cycle *cycle;
  const char *below; /* "data" or "products" */
  const char *exporter, *name;
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory writing products");
}

static enum sf_code
take_product (void *ctx, const char *path, const char *media_type, const char *datasets, struct sf_error *err)
{
  const struct export_run *run = ctx;
  struct cycle *cycle = run->cycle;
  if (!sf_snapshot_is_inside (path))
    return sf_fail (err, SF_EPLUGIN, "exporter '%s' wrote outside its folder: %s", run->exporter, path);
  if (sf_mem_grow ((void **) &cycle->products, &cycle->products_capacity, cycle->products_count + 1,
                   sizeof *cycle->products)
      != 0)
    return no_memory (err);
  struct product product = { .path = sf_arena_printf (cycle->arena, "%s/%s", run->below, path),
                             .output = run->name,
                             .media_type = sf_arena_strdup (cycle->arena, media_type),
                             .datasets = sf_arena_strdup (cycle->arena, datasets ? datasets : "") };
  if (!product.path || !product.media_type || !product.datasets)
    return no_memory (err);
  for (size_t i = 0; i < cycle->products_count; i++)
    if (strcmp (cycle->products[i].path, product.path) == 0)
      return sf_fail (err, SF_ECONFLICT, "outputs '%s' and '%s' both write the file %s: give one another name",
                      cycle->products[i].output, run->name, product.path);
  cycle->products[cycle->products_count++] = product;
  return SF_OK;
}

static enum sf_code
run_exporter (struct cycle *cycle, const struct sf_instance *exporter, const char *name, const char *below,
              const struct sf_dataset *const *datasets, size_t count, struct sf_error *err)
{
  struct export_run run = { .cycle = cycle, .below = below, .exporter = exporter->plugin->name, .name = name };
  struct sf_host host;
  SF_TRY (sf_cycle_check_cancelled (cycle, err));
  char *folder = sf_file_join (cycle->arena, cycle->making, below);
  if (!folder)
    return no_memory (err);
  SF_TRY (sf_file_make_folder (folder, err));
  sf_plugin_host_handle (cycle->plugins, name, exporter->settings, cycle->scenario->clock_s, &host);
  struct sf_export job = { .ctx = &run,
                           .datasets = datasets,
                           .datasets_count = count,
                           .folder = folder,
                           .name = name,
                           .scenario = cycle->scenario->name,
                           .title_en = cycle->scenario->title_en,
                           .title_zh = cycle->scenario->title_zh,
                           .product = take_product };
  for (size_t i = 0; i < count; i++)
    {
      if (datasets[i]->authority > job.authority)
        job.authority = datasets[i]->authority;
      job.simulated |= datasets[i]->simulated;
      if (!(exporter->plugin->as.exporter->kinds & (1u << datasets[i]->spec->kind)))
        return sf_fail (err, SF_ETYPE, "output %s: exporter '%s' does not write a %s (%s)", name,
                        exporter->plugin->name, sf_dataset_kind_name (datasets[i]->spec->kind), datasets[i]->name);
    }
  size_t before = cycle->products_count;
  enum sf_code code = exporter->plugin->as.exporter->run (&host, &job, err);
  if (code != SF_OK)
    return sf_error_prefix (err, code, "output %s (%s)", name, exporter->plugin->name);
  sf_log_write (cycle->setup->log, SF_LOG_INFO, name, "%s wrote %zu file%s", exporter->plugin->name,
                cycle->products_count - before, cycle->products_count - before == 1 ? "" : "s");
  return SF_OK;
}

static bool
lists (const char *datasets, const char *name)
{
  struct sf_span rest = sf_span_of (datasets), one;
  while (sf_text_next_field (&rest, ',', &one))
    if (sf_span_equal (sf_span_trim (one), name))
      return true;
  return false;
}

/* Keep the made datasets of some kinds (1 << enum sf_dataset_kind), and remember which file holds which. */
static enum sf_code
keep (struct cycle *cycle, const struct sf_instance *exporter, const char *name, unsigned kinds, struct sf_error *err)
{
  const struct sf_dataset **list = sf_arena_calloc (cycle->arena, cycle->slots_count, sizeof *list);
  size_t count = 0;
  if (!list)
    return no_memory (err);
  for (size_t i = 0; i < cycle->slots_count; i++)
    {
      const struct sf_dataset *dataset = cycle->slots[i].dataset;
      if (dataset && (kinds & 1u << dataset->spec->kind) && sf_cycle_keeps (cycle, dataset->name))
        list[count++] = dataset;
    }
  size_t before = cycle->products_count;
  if (count > 0)
    SF_TRY (run_exporter (cycle, exporter, name, "data", list, count, err));
  for (size_t p = before; p < cycle->products_count; p++)
    for (size_t i = 0; i < cycle->slots_count; i++)
      if (lists (cycle->products[p].datasets, cycle->slots[i].name))
        {
          cycle->slots[i].file = cycle->products[p].path;
          cycle->slots[i].exporter = exporter->plugin->name;
        }
  return SF_OK;
}

static enum sf_code
write_output (struct cycle *cycle, const struct sf_output *output, struct sf_error *err)
{
  const struct sf_dataset **list = sf_arena_calloc (cycle->arena, output->datasets_count, sizeof *list);
  if (!list)
    return no_memory (err);
  for (size_t i = 0; i < output->datasets_count; i++)
    list[i] = sf_cycle_slot (cycle, output->datasets[i])->dataset;
  return run_exporter (cycle, &output->exporter, output->name, "products", list, output->datasets_count, err);
}

static enum sf_code
write_quarantine (struct cycle *cycle, struct sf_error *err)
{
  struct export_run run = { .cycle = cycle, .below = "data", .exporter = "quarantine", .name = "quarantine" };
  if (cycle->ingest.quarantine.length == 0)
    return SF_OK;
  char *folder = sf_file_join (cycle->arena, cycle->making, "data");
  char *path = sf_arena_printf (cycle->arena, "%s/data/quarantine.jsonl", cycle->making);
  if (!folder || !path)
    return no_memory (err);
  SF_TRY (sf_file_make_folder (folder, err));
  SF_TRY (sf_file_write (path, cycle->ingest.quarantine.text, cycle->ingest.quarantine.length, err));
  return take_product (&run, "quarantine.jsonl", "application/jsonl", "", err);
}

enum sf_code
sf_cycle_export (struct cycle *cycle, struct sf_error *err)
{
  const unsigned grids = 1u << SF_DATASET_GRID, cubes = 1u << SF_DATASET_CUBE;
  SF_TRY (keep (cycle, &cycle->scenario->snapshot_grids, "grids", grids, err));
  SF_TRY (keep (cycle, &cycle->scenario->snapshot_grids, "cubes", cubes, err));
  SF_TRY (keep (cycle, &cycle->scenario->snapshot_tables, "tables", ~(grids | cubes), err));
  for (size_t i = 0; i < cycle->scenario->outputs_count; i++)
    SF_TRY (write_output (cycle, &cycle->scenario->outputs[i], err));
  return write_quarantine (cycle, err);
}
