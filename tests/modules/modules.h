/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_MODULES_H
#define SF_TESTS_MODULES_H

#include "core/plugin/plugin.h"

/* A small decoder for modules that are wrong in one other thing. */
static enum sf_code
toy_open (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  (void) host;
  (void) err;
  *ret_state = NULL;
  return SF_OK;
}

static enum sf_code
toy_decode (void *state, const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  (void) state;
  (void) message;
  (void) sink;
  (void) err;
  return SF_OK;
}

static void
toy_close (void *state)
{
  (void) state;
}

static int
toy_identify (const uint8_t *bytes, size_t length)
{
  (void) bytes;
  return length ? 1 : 0;
}

static const struct sf_decoder toy
    = { .formats = "nothing", .identify = toy_identify, .open = toy_open, .decode = toy_decode, .close = toy_close };

#define TOY_FIELDS                                                                                                     \
  .kind = SF_PLUGIN_DECODER, .version = "1", .licence = "Apache-2.0", .summary_en = "a toy for tests",                 \
  .summary_zh = "测试用", .as.decoder = &toy

#endif
