/* SPDX-License-Identifier: Apache-2.0 */
/* Small plugins, embedded in a test program, that a whole cycle can be made of: a transport that delivers one file, a
   decoder of lines "STORM LON LAT SECONDS", a model of two stages, an exporter that keeps snapshots and one for outputs. */
#ifndef SF_TESTS_UNIT_TOYS_H
#define SF_TESTS_UNIT_TOYS_H

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/time.h"
#include "core/cycle/cycle.h"
#include "tests/unit/toy_help.h"

#include <stdio.h>
#include <unistd.h>

/* --- transport --- */

static const struct sf_option post_options[]
    = { { .name = "path", .type = SF_OPTION_PATH, .required = true, .help_en = "file", .help_zh = "文件" },
        { .name = NULL } };

static enum sf_code
post_open (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  (void) err;
  *ret_state = (void *) sf_settings_text (host->settings, "path");
  return SF_OK;
}

static enum sf_code
post_poll (void *state, const struct sf_inlet *inlet, long *ret_delivered, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_message message = { .source = state };
  uint8_t *bytes = NULL;
  enum sf_code code = sf_file_read (&arena, state, 1 << 20, &bytes, &message.length, err);
  message.bytes = bytes;
  if (code == SF_OK)
    code = inlet->deliver (inlet->ctx, &message, err);
  if (code == SF_OK)
    *ret_delivered = 1;
  sf_arena_finish (&arena);
  return code;
}

static void
toy_close (void *state)
{
  (void) state;
}

static const struct sf_transport post = { .open = post_open, .poll = post_poll, .close = toy_close };

/* --- decoder --- */

static enum sf_code
line_open (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  (void) host;
  (void) err;
  *ret_state = NULL;
  return SF_OK;
}

/* The record claims to come from another feed, as a broken decoder might. */
static enum sf_code
line_decode (void *state, const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  (void) state;
  struct sf_span rest = { (const char *) message->bytes, message->length }, line;
  long number = 0;
  while (sf_text_next_line (&rest, &line, &number))
    {
      char storm[32];
      double lon, lat, seconds;
      struct sf_record record;
      sf_record_init (&record, SF_RECORD_TRACK);
      if (sf_span_equal (line, "refuse"))
        return sf_fail (err, SF_EFORMAT, "line %ld refuses the message", number);
      if (sf_span_equal (line, "silent"))
        return SF_EFORMAT;
      char copy[128];
      snprintf (copy, sizeof copy, "%.*s", (int) line.length, line.text);
      if (sscanf (copy, "%31s %lf %lf %lf", storm, &lon, &lat, &seconds) != 4)
        {
          sink->reject (sink->ctx, number, "not a fix", line.text, line.length);
          continue;
        }
      record.feed = "forged";
      record.source_line = number;
      record.valid_s = record.as.track.base_s = (int64_t) seconds;
      record.as.track.lead_s = 0;
      record.as.track.storm = record.as.track.number = storm;
      record.as.track.lon_deg = lon;
      record.as.track.lat_deg = lat;
      sink->emit (sink->ctx, &record, err); /* what it returns is dropped, which the core must not do */
    }
  return SF_OK;
}

static const struct sf_decoder line_decoder
    = { .formats = "lines", .open = line_open, .decode = line_decode, .close = toy_close };

/* --- model --- */

static const struct sf_option model_options[]
    = { { .name = "strength", .type = SF_OPTION_DOUBLE, .fallback = "1", .help_en = "wind", .help_zh = "风" },
        { .name = "late",
          .type = SF_OPTION_DOUBLE,
          .fallback = "1",
          .help_en = "of the second stage",
          .help_zh = "第二阶段" },
        { .name = "fail", .type = SF_OPTION_BOOL, .fallback = "false", .help_en = "fail", .help_zh = "失败" },
        { .name = NULL } };

static enum sf_code
make_points (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  const struct sf_dataset *tracks = io->input (io, "tracks");
  struct sf_dataset *made = NULL;
  SF_TRY (sf_dataset_new_table (io->spec (io, "track_points"), NULL, &made, err));
  for (size_t t = 0; t < tracks->as.tracks->count; t++)
    for (size_t f = 0; f < tracks->as.tracks->tracks[t].fixes_count; f++)
      {
        sf_table_add_row (made->as.table);
        sf_table_set_text (made->as.table, "storm", tracks->as.tracks->tracks[t].storm, NULL);
        sf_table_set_double (made->as.table, "wind_speed", sf_settings_double (host->settings, "strength"), NULL);
      }
  return io->output (io, "track_points", made, err);
}

static enum sf_code
make_landfalls (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  const struct sf_dataset *points = io->input (io, "track_points"), *past = io->input (io, "previous:closest_approach");
  struct sf_dataset *made = NULL;
  if (sf_settings_bool (host->settings, "fail"))
    return sf_fail (err, SF_EIO, "told to fail");
  SF_TRY (sf_dataset_new_table (io->spec (io, "landfalls"), NULL, &made, err));
  char clock[SF_TIME_TEXT_BYTES];
  sf_time_format_utc (clock, sf_table_time (io->input (io, "cycle_time")->as.table, "time", 0));
  sf_table_add_row (made->as.table);
  sf_table_set_text (made->as.table, "storm", clock, NULL);
  sf_table_add_row (made->as.table);
  sf_table_set_text (made->as.table, "storm", past ? "with a past" : "cold", NULL);
  sf_table_set_double (
      made->as.table, "wind_speed",
      sf_table_double (points->as.table, "wind_speed", 0) * sf_settings_double (host->settings, "late"), NULL);
  return io->output (io, "landfalls", made, err);
}

static const struct sf_port points_ports[] = { { SF_NEEDS, "tracks" }, { SF_MAKES, "track_points" }, { 0, NULL } };
static const struct sf_port landfall_ports[] = { { SF_NEEDS, "track_points" },
                                                 { SF_NEEDS, "cycle_time" },
                                                 { SF_USES, "previous:closest_approach" },
                                                 { SF_MAKES, "landfalls" },
                                                 { 0, NULL } };
static const struct sf_stage toy_stages[] = {
  { .name = "points", .title_en = "points", .title_zh = "点", .ports = points_ports, .run = make_points },
  { .name = "landfalls", .title_en = "landfalls", .title_zh = "登陆", .ports = landfall_ports, .run = make_landfalls },
  { .name = NULL }
};
static const struct sf_model toy_model = { .stages = toy_stages };

/* --- exporters --- */

/* A file per dataset: of a table, its rows' storm and wind_speed; of tracks, nothing but their name. */
static enum sf_code
keep_run (const struct sf_host *host, const struct sf_export *job, struct sf_error *err)
{
  (void) host;
  for (size_t i = 0; i < job->datasets_count; i++)
    {
      const struct sf_dataset *dataset = job->datasets[i];
      struct sf_strbuf text = { 0 };
      char path[4096], name[300];
      sf_strbuf_addf (&text, "%s\n", dataset->name);
      for (size_t r = 0; dataset->spec->kind != SF_DATASET_TRACKS && r < dataset->as.table->rows; r++)
        sf_strbuf_addf (&text, "%s\t%g\n", sf_table_text (dataset->as.table, "storm", r),
                        sf_table_double (dataset->as.table, "wind_speed", r));
      snprintf (name, sizeof name, "%s-%s.txt", job->name, dataset->name);
      snprintf (path, sizeof path, "%s/%s", job->folder, name);
      enum sf_code code = sf_file_write (path, text.text, text.length, err);
      sf_strbuf_finish (&text);
      SF_TRY (code);
      SF_TRY (job->product (job->ctx, name, "text/plain", dataset->name, err));
    }
  return SF_OK;
}

static enum sf_code
keep_load (const struct sf_host *host, const char *path, const char *name, struct sf_dataset **ret,
           struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  uint8_t *bytes = NULL;
  size_t length = 0;
  long number = 0;
  struct sf_dataset *made = NULL;
  SF_TRY (sf_file_read (&arena, path, 1 << 20, &bytes, &length, err));
  struct sf_span rest = { (const char *) bytes, length }, line;
  sf_text_next_line (&rest, &line, &number);
  char *held = sf_arena_strndup (&arena, line.text, line.length);
  enum sf_code code = sf_dataset_new_table (sf_vocabulary_dataset (host->vocabulary, held), NULL, &made, err);
  while (code == SF_OK && sf_text_next_line (&rest, &line, &number))
    {
      struct sf_span storm, wind;
      double value;
      sf_text_next_field (&line, '\t', &storm);
      sf_text_next_field (&line, '\t', &wind);
      sf_text_parse_double (wind, &value);
      sf_table_add_row (made->as.table);
      sf_table_set_text (made->as.table, "storm", sf_arena_strndup (&arena, storm.text, storm.length), NULL);
      sf_table_set_double (made->as.table, "wind_speed", value, NULL);
    }
  (void) name;
  if (code == SF_OK)
    *ret = made;
  sf_arena_finish (&arena);
  return code;
}

enum
{
  TABLES = 1u << SF_DATASET_TABLE | 1u << SF_DATASET_FEATURES | 1u << SF_DATASET_TRACKS
};
static const struct sf_exporter keep_exporter
    = { .kinds = TABLES | 1u << SF_DATASET_GRID, .run = keep_run, .load = keep_load };

static const struct sf_option out_options[]
    = { { .name = "file", .type = SF_OPTION_TEXT, .fallback = "out.txt", .help_en = "file", .help_zh = "文件" },
        { .name = "style", .type = SF_OPTION_PATH, .help_en = "style", .help_zh = "样式" },
        { .name = "write", .type = SF_OPTION_BOOL, .fallback = "true", .help_en = "write it", .help_zh = "写" },
        { .name = NULL } };

static enum sf_code
out_run (const struct sf_host *host, const struct sf_export *job, struct sf_error *err)
{
  const char *name = sf_settings_text (host->settings, "file");
  char path[4096], text[200];
  int n = snprintf (text, sizeof text, "%s %s %s\n", job->name, sf_authority_name (job->authority, 0),
                    job->simulated ? "simulated" : "real");
  snprintf (path, sizeof path, "%s/%s", job->folder, name);
  if (sf_settings_bool (host->settings, "write") && sf_snapshot_is_inside (name))
    SF_TRY (sf_file_write (path, text, (size_t) n, err));
  return job->product (job->ctx, name, "text/plain", job->datasets[0]->name, err);
}

static const struct sf_exporter out_exporter = { .kinds = TABLES, .run = out_run };
static const struct sf_exporter blind_exporter = { .kinds = TABLES | 1u << SF_DATASET_GRID, .run = keep_run };

static const struct sf_plugin toy_plugins[] = {
  TOY (SF_PLUGIN_TRANSPORT, "post", post_options, transport, post),
  TOY (SF_PLUGIN_DECODER, "line", NULL, decoder, line_decoder),
  TOY (SF_PLUGIN_MODEL, "wind", model_options, model, toy_model),
  TOY (SF_PLUGIN_EXPORTER, "keep", NULL, exporter, keep_exporter),
  TOY (SF_PLUGIN_EXPORTER, "out", out_options, exporter, out_exporter),
  TOY (SF_PLUGIN_EXPORTER, "blind", NULL, exporter, blind_exporter),
};

static const struct sf_preloaded toys[] = { { "post_LTX_sanfang_plugin", (void *) &toy_plugins[0] },
                                            { "line_LTX_sanfang_plugin", (void *) &toy_plugins[1] },
                                            { "wind_LTX_sanfang_plugin", (void *) &toy_plugins[2] },
                                            { "keep_LTX_sanfang_plugin", (void *) &toy_plugins[3] },
                                            { "out_LTX_sanfang_plugin", (void *) &toy_plugins[4] },
                                            { "blind_LTX_sanfang_plugin", (void *) &toy_plugins[5] },
                                            { NULL, NULL } };

/* --- what a test stands in: a temporary folder, a vocabulary, a pool and a host --- */

static char toy_folder[64], toy_share[128];
static struct toy_place toy_place;
static atomic_bool toy_cancel;
static struct sf_arena toy_arena;

static void
toy_write (const char *name, const char *text)
{
  char path[256];
  snprintf (path, sizeof path, "%s/%s", toy_folder, name);
  ck_done (sf_file_write (path, text, strlen (text), err));
}

static char *
toy_path (const char *name)
{
  return sf_arena_printf (&toy_arena, "%s/%s", toy_folder, name);
}

static void
toy_start (void)
{
  snprintf (toy_folder, sizeof toy_folder, "/tmp/sf-toys-XXXXXX");
  ck_assert_ptr_nonnull (mkdtemp (toy_folder));
  snprintf (toy_share, sizeof toy_share, "%s/share", toy_folder);
  ck_done (sf_file_make_folder (toy_path ("share/styles"), err));
  toy_place_open (&toy_place,
                  (struct sf_plugin_host_setup){
                      .share_folder = toy_share, .data_folder = toy_folder, .preloaded = toys, .cancel = &toy_cancel });
}

static void
toy_stop (void)
{
  toy_place_close (&toy_place);
  sf_file_remove_tree (toy_folder, NULL);
  sf_arena_finish (&toy_arena);
}

static inline int
run_toys (const char *name, void (*start) (void), const TTest *const *tests)
{
  return run_fixture (name, start, toy_stop, tests);
}

#define TOY_HEAD                                                                                                       \
  "scenario: toy\nclock: 2020-01-01T00:00:00Z\n"                                                                       \
  "domain: {grids: {near: {crs: \"EPSG:4490\", x: [109, 111], y: [18, 20], cell: 0.5}}}\n"                             \
  "snapshot: {grids: keep, tables: keep}\n"
#define TOY_FEEDS                                                                                                      \
  "feeds:\n  best: {transport: {plugin: post, path: fixes.txt}, decoder: line, authority: official}\n"                 \
  "datasets:\n  tracks: {records: track, feeds: [best]}\n"
#define TOY_MODELS "models: {wind: {}}\n"

#endif
