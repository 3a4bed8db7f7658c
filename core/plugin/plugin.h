/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_PLUGIN_PLUGIN_H
#define SF_CORE_PLUGIN_PLUGIN_H

#include "core/base/error.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/data/dataset.h"
#include "core/data/record.h"
#include "core/data/vocabulary.h"
#include "core/plugin/option.h"

#include <stdbool.h>
#include <stdint.h>

/* The plugin ABI. A module exports one symbol, a constant struct sf_plugin; the host checks magic, abi and struct_size, in
   this order, before it looks at anything else. The number goes up with every change that an old module would notice in
   this header, in the records, in the datasets or in the symbols that the two libraries export. */
#define SF_PLUGIN_MAGIC 0x53464e47u /* "SFNG" */
#define SF_PLUGIN_ABI 3u

enum sf_plugin_kind
{
  SF_PLUGIN_TRANSPORT,
  SF_PLUGIN_PROTOCOL,
  SF_PLUGIN_DECODER,
  SF_PLUGIN_MODEL,
  SF_PLUGIN_EXPORTER,
  SF_PLUGIN_SERVICE,
  SF_PLUGIN_COMMAND,
  SF_PLUGIN_KINDS
};

/* What the host gives an instance. Valid from open/run to close/return; all members are the host's.
   parallel runs fn(ctx, block) for every block in [0, blocks) on the host's one pool and returns when all are done; it
   returns SF_ECANCELLED when the work was cancelled (blocks not yet started are then skipped), or the error of the lowest
   failing block. Results must not depend on which thread runs which block. */
struct sf_host;
typedef enum sf_code (*sf_block_fn) (void *ctx, int block, struct sf_error *err);

struct sf_host
{
  uint32_t struct_size;
  const char *component;              /* the instance's name in logs */
  const struct sf_settings *settings; /* of the plugin's option table */
  struct sf_log *log;
  int64_t clock_s; /* the scenario's clock, UTC; SF_TIME_MISSING for decoders and models, which have
                      none: a stage takes the dataset cycle_time */
  const struct sf_vocabulary *vocabulary;
  const char *share_folder; /* installed or source share/ */
  const char *data_folder;  /* what set-up made in the build tree (coast, counties); may not exist */
  enum sf_code (*parallel) (const struct sf_host *host, int blocks, sf_block_fn fn, void *ctx, struct sf_error *err);
  bool (*cancelled) (const struct sf_host *host);
  void *impl;
};

/* Log through the host: sf_host_log (host, SF_LOG_WARNING, "..."). */
void sf_host_log (const struct sf_host *host, enum sf_log_level level, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

/* --- transport: brings raw messages in --- */

struct sf_message
{
  const char *feed;
  const char *source; /* file name, topic, peer ... */
  const uint8_t *bytes;
  size_t length;
  int64_t received_s;
};

struct sf_inlet
{
  void *ctx;
  /* Take a message in; SF_OK means it is held durably (or wholly processed) and may be acknowledged. */
  enum sf_code (*deliver) (void *ctx, const struct sf_message *message, struct sf_error *err);
};

struct sf_transport
{
  enum sf_code (*open) (const struct sf_host *host, void **ret_state, struct sf_error *err);
  /* Deliver what is there now and return; *ret_delivered counts messages. One bad message never stops the others. */
  enum sf_code (*poll) (void *state, const struct sf_inlet *inlet, long *ret_delivered, struct sf_error *err);
  void (*close) (void *state);
};

/* --- decoder: bytes to records; pure: no files, network, clock, globals --- */

struct sf_sink
{
  void *ctx;
  /* Hand a record over; it is copied before emit returns. Anything but SF_OK must be returned by decode at once. */
  enum sf_code (*emit) (void *ctx, const struct sf_record *record, struct sf_error *err);
  /* Quarantine one bad piece: line from 1 (0 where lines make no sense), why, and the piece itself. */
  void (*reject) (void *ctx, long line, const char *reason, const char *bytes, size_t length);
};

enum sf_cage_profile
{
  SF_CAGE_PURE,  /* no file system at all */
  SF_CAGE_TABLES /* read-only access to the library's own tables */
};

struct sf_decoder
{
  enum sf_cage_profile cage;
  int64_t look_back_s; /* how far back a restarted worker must be fed again; 0: state needs nothing */
  const char *formats; /* what it reads, for people: "CMA best track CHyyyyBST.txt" */
  /* How sure it is that bytes are its format, 0..100. */
  int (*identify) (const uint8_t *bytes, size_t length);
  enum sf_code (*open) (const struct sf_host *host, void **ret_state, struct sf_error *err);
  /* Decode one whole message. Bad pieces are rejected one by one and SF_OK returned; SF_EFORMAT means that the message as a
     whole is not what this decoder reads (what was emitted before stands). */
  enum sf_code (*decode) (void *state, const struct sf_message *message, const struct sf_sink *sink,
                          struct sf_error *err);
  void (*close) (void *state);
};

/* --- model: datasets to datasets --- */

enum sf_port_role
{
  SF_NEEDS, /* the stage does not run without it */
  SF_USES,  /* taken when somebody makes it */
  SF_MAKES
};

/* A dataset that a stage takes or makes. "previous:NAME" is the last published one, NULL at a cold start.
   "NAME@*" means one instance per grid of the domain: a stage with such a port is run once per grid, and each "@*" of
   its ports then stands for that grid. "NAME@home" is the instance on the domain's first grid. */
struct sf_port
{
  enum sf_port_role role;
  const char *dataset;
};

struct sf_stage_io
{
  void *ctx;
  const char *grid_name; /* the grid of this run; NULL for a stage that runs once */
  const struct sf_gridspec *grid;
  /* A const view of an input by its port's name as declared ("wind_cube@*"); NULL for an absent SF_USES. */
  const struct sf_dataset *(*input) (const struct sf_stage_io *io, const char *port);
  /* Publish an output; takes the caller's reference over, also when it fails. Every SF_MAKES port must be given. */
  enum sf_code (*output) (const struct sf_stage_io *io, const char *port, struct sf_dataset *dataset,
                          struct sf_error *err);
  /* The vocabulary's entry and instance for one of the stage's ports, as sf_dataset_new_* want them. */
  const struct sf_dataset_spec *(*spec) (const struct sf_stage_io *io, const char *port);
  const char *instance; /* "sea", or NULL */
  int grids_count;      /* all grids of the domain */
  const char *const *grid_names;
  const struct sf_gridspec *grids;
};

struct sf_stage
{
  const char *name; /* ends the table with NULL */
  const char *title_en, *title_zh;
  const struct sf_port *ports; /* ends with dataset NULL */
  /* Files read besides the ports, as "data:coast.gpkg" or "share:places/x.csv"; ends with NULL; NULL: none. Their bytes
     enter the keys of what the stage makes; one that is absent is for the stage to report. */
  const char *const *files;
  enum sf_code (*run) (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
};

struct sf_model
{
  const struct sf_stage *stages;
};

/* --- exporter: datasets to files --- */

struct sf_export
{
  void *ctx;
  const struct sf_dataset *const *datasets;
  size_t datasets_count;
  const char *folder; /* exists; everything goes below it */
  const char *name;   /* base name for single files, from the scenario ("wind"), valid file name */
  const char *scenario, *title_en, *title_zh;
  enum sf_authority authority; /* the weakest of the datasets */
  bool simulated;
  /* Register a finished file (path relative to folder) for the manifest; datasets it holds, comma separated. */
  enum sf_code (*product) (void *ctx, const char *path, const char *media_type, const char *datasets,
                           struct sf_error *err);
};

struct sf_exporter
{
  unsigned kinds; /* bit (1 << enum sf_dataset_kind) for each kind it writes */
  enum sf_code (*run) (const struct sf_host *host, const struct sf_export *job, struct sf_error *err);
  /* NULL, or: read a dataset back from a file that run made in a snapshot; *ret has one reference, key unset. */
  enum sf_code (*load) (const struct sf_host *host, const char *path, const char *dataset_name, struct sf_dataset **ret,
                        struct sf_error *err);
};

/* --- service: published snapshots to the network --- */

struct sf_service_job
{
  void *ctx;
  struct sf_plugin_host *plugins; /* core/plugin/host.h, for reading datasets back */
  const char *folder;             /* of the snapshots; nothing may be published there yet */
  const char *listen;             /* "127.0.0.1:8036", "[::1]:0" */
  /* Call once when requests are answered, with the address as a URL ("http://127.0.0.1:8036/"). */
  void (*ready) (void *ctx, const char *url);
};

struct sf_service
{
  /* Answer requests until host->cancelled, then end what is under way and return SF_OK. A snapshot that is published
     meanwhile is served without a failed request. */
  enum sf_code (*run) (const struct sf_host *host, const struct sf_service_job *job, struct sf_error *err);
};

/* --- protocol: its vtable comes with the first of them --- */

struct sf_protocol;

/* --- command: one more word of the program --- */

struct sf_command_context
{
  const struct sf_host *host;          /* settings: of the command's option table */
  struct sf_plugin_host *plugins;      /* core/plugin/host.h */
  int zh;                              /* speak Chinese */
  const struct sf_override *overrides; /* --set, where the command takes it */
  size_t overrides_count;
  /* Write to standard output. */
  void (*print) (const struct sf_command_context *context, const char *format, ...)
      __attribute__ ((format (printf, 2, 3)));
};

struct sf_command
{
  const char *usage;             /* "query point LON LAT [--json]" */
  const char *more_en, *more_zh; /* a few lines: what it does, an example */
  bool takes_set;                /* knows --set KEY=VALUE */
  int words_min, words_max;      /* of words after the command's name; -1: no bound */
  /* argv[0] is the command's name. Returns an exit code 0..3; with err filled its text is printed. */
  int (*run) (const struct sf_command_context *context, int argc, char **argv, struct sf_error *err);
};

/* --- the descriptor --- */

struct sf_plugin
{
  uint32_t magic, abi, struct_size;
  enum sf_plugin_kind kind;
  const char *name;              /* the module's file name without suffix */
  const char *version, *licence; /* licence: an SPDX expression */
  const char *summary_en, *summary_zh;
  const struct sf_option *options; /* NULL: none */
  union
  {
    const struct sf_transport *transport;
    const struct sf_protocol *protocol;
    const struct sf_decoder *decoder;
    const struct sf_model *model;
    const struct sf_exporter *exporter;
    const struct sf_service *service;
    const struct sf_command *command;
  } as;
};

/* Begin the one exported definition of module NAME, without its suffix; it is visible under -fvisibility=hidden too:
     SF_PLUGIN_EXPORT (cma_bst) = { SF_PLUGIN_HEAD, .kind = SF_PLUGIN_DECODER, .name = "cma_bst", ... }; */
#define SF_PLUGIN_EXPORT(module)                                                                                       \
  extern const struct sf_plugin module##_LTX_sanfang_plugin __attribute__ ((visibility ("default")));                  \
  const struct sf_plugin module##_LTX_sanfang_plugin
#define SF_PLUGIN_HEAD .magic = SF_PLUGIN_MAGIC, .abi = SF_PLUGIN_ABI, .struct_size = sizeof (struct sf_plugin)

#endif
