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
#define SF_PLUGIN_ABI 4u

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

struct sf_protocol;

/* The protocol that a feed's transport finds its frames by. */
struct sf_protocol_use
{
  const struct sf_protocol *protocol;
  const struct sf_settings *settings; /* of the protocol's option table */
};

struct sf_host
{
  uint32_t struct_size;
  const char *component;              /* the instance's name in logs */
  const struct sf_settings *settings; /* of the plugin's option table */
  struct sf_log *log;
  int64_t clock_s; /* the scenario's clock, UTC; SF_TIME_MISSING for decoders and models, which have
                      none: a stage takes the dataset cycle_time */
  const struct sf_vocabulary *vocabulary;
  const char *share_folder;               /* installed or source share/ */
  const char *data_folder;                /* what set-up made in the build tree (coast, counties); may not exist */
  const struct sf_protocol_use *protocol; /* of a transport whose feed names one, else NULL */
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
  /* The transport's own identity of the message, unique within the feed for ever: file and hash, sequence, key. A second
     message with it is a duplicate and dropped. NULL: there is none, and every message is kept; content is no identity on
     a stream, since a moored vessel repeats itself. */
  const char *identity;
  const uint8_t *bytes;
  size_t length;
  int64_t received_s; /* SF_TIME_MISSING: now */
};

struct sf_inlet
{
  void *ctx;
  int64_t now_s;  /* the clock, UTC; it may jump */
  int64_t now_ms; /* a steady count for waiting and timeouts */
  /* Take a message in; bytes and texts are copied. Messages of an instance are numbered from 1 as they are taken. SF_OK:
     it will be held durably with the next commit, of which `acknowledge` tells. SF_EBUSY: no room now; stop, keep it where
     it came from, and deliver it at a later poll. */
  enum sf_code (*deliver) (void *ctx, const struct sf_message *message, struct sf_error *err);
  /* Remember a value under a key of the feed (NULL: forget it), in the same commit as the messages delivered so far: a
     cursor moves with what it stands behind, or not at all. */
  enum sf_code (*remember) (void *ctx, const char *key, const char *value, struct sf_error *err);
  /* The remembered value, also what is not yet committed, in the arena; NULL when there is none. */
  enum sf_code (*recall) (void *ctx, struct sf_arena *arena, const char *key, const char **ret_value,
                          struct sf_error *err);
  /* Raise a lasting alarm of the feed ("connection_lost", text says what and since when), or end it (text NULL). */
  void (*trouble) (void *ctx, const char *name, const char *text);
  /* Count something for the health board: "noise_bytes", "refused_connections". */
  void (*count) (void *ctx, const char *name, long more);
};

/* All calls of an instance come from one thread; none may block: what waits for a peer is looked at again at a later poll.
   Every wait, queue and buffer has a bound. */
struct sf_transport
{
  bool takes_protocol; /* brings streams or datagrams in which host->protocol finds the frames */
  enum sf_code (*open) (const struct sf_host *host, void **ret_state, struct sf_error *err);
  /* Deliver what is there now and return; *ret_delivered counts messages. One bad message never stops the others. An error
     means that the feed brings nothing for now; poll is called again later, and the transport has its own patience. */
  enum sf_code (*poll) (void *state, const struct sf_inlet *inlet, long *ret_delivered, struct sf_error *err);
  /* All messages up to number `through` are held durably: reply, confirm, put the file away. NULL: nobody is told. */
  void (*acknowledge) (void *state, const struct sf_inlet *inlet, uint64_t through);
  /* What to wait for: *ret_fd (-1: nothing) is readable when poll has work (an epoll descriptor stands for many); returns
     after how many milliseconds poll wants to be called at the latest. NULL: once a second. */
  int64_t (*wait_ms) (void *state, int64_t now_ms, int *ret_fd);
  void (*close) (void *state);
};

/* --- protocol: finds the frames of a stream and forms the reply; pure, with a small state of fixed size --- */

enum sf_frame_kind
{
  SF_FRAME_NONE,  /* no whole frame yet: more bytes are needed */
  SF_FRAME_WHOLE, /* a frame whose check holds */
  SF_FRAME_BAD,   /* a frame by its marks and length whose check fails */
  SF_FRAME_NOISE  /* bytes that belong to no frame */
};

enum
{
  SF_IDENTITY_BYTES = 96,
  SF_FRAME_SOURCE_BYTES = 48
};

struct sf_frame
{
  enum sf_frame_kind kind;
  size_t length;                      /* of the stream's first bytes that it is; 0 with SF_FRAME_NONE */
  char identity[SF_IDENTITY_BYTES];   /* as of a message; "": none */
  char source[SF_FRAME_SOURCE_BYTES]; /* who sent it: station, terminal; "": unknown */
};

struct sf_protocol
{
  const char *formats;    /* what it frames, for people: "SL 651-2014, hexadecimal and ASCII" */
  size_t state_bytes;     /* of one connection: zeroed at its start, forgotten at its end */
  size_t frame_bytes_max; /* a stream without a frame in so many bytes is noise */
  size_t reply_bytes_max; /* 0: it never replies */
  /* Look at the first bytes of a stream; ended: no more will come. Never SF_FRAME_NONE when ended and length > 0, nor with
     frame_bytes_max bytes or more. The same bytes in other pieces give the same frames. */
  void (*frame) (const struct sf_protocol_use *use, void *state, const uint8_t *bytes, size_t length, bool ended,
                 struct sf_frame *ret_frame);
  /* Form the reply to a frame, whole or bad; it is sent once the frame is held. Returns its length, 0: none is due. NULL: never. */
  size_t (*reply) (const struct sf_protocol_use *use, void *state, const uint8_t *frame, size_t length, int64_t now_s,
                   uint8_t *reply);
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
  /* Quantities that it may give as sums of a day, where no mapping says what it gives; ends with NULL. NULL: none. */
  const char *const *daily_sums;
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
