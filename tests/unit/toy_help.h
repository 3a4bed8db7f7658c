/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_TOY_HELP_H
#define SF_TESTS_UNIT_TOY_HELP_H

#include "core/plugin/host.h"
#include "tests/unit/base.h"

/* What plugins that are embedded in a test program are made of and stand in. */

#define TOY(kind_, name_, options_, member_, table_)                                                                   \
  {                                                                                                                    \
    SF_PLUGIN_HEAD, .kind = kind_, .name = name_, .version = "1", .licence = "Apache-2.0", .summary_en = "a toy",      \
                    .summary_zh = "测试用", .options = options_, .as.member_ = &table_                                 \
  }

/* A host with the project's vocabulary and a pool of one thread; what else it needs stands in the setup. */
struct toy_place
{
  struct sf_vocabulary *vocabulary;
  struct sf_pool *pool;
  struct sf_plugin_host *host;
};

static void
toy_place_open (struct toy_place *place, struct sf_plugin_host_setup setup)
{
  ck_done (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &place->vocabulary, err));
  ck_done (sf_pool_new (1, &place->pool, err));
  setup.vocabulary = place->vocabulary;
  setup.pool = place->pool;
  ck_done (sf_plugin_host_new (&setup, &place->host, err));
}

static void
toy_place_close (struct toy_place *place)
{
  sf_plugin_host_free (place->host);
  sf_pool_free (place->pool);
  sf_vocabulary_free (place->vocabulary);
}

#endif
