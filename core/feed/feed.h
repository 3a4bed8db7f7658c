/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_FEED_H
#define SF_CORE_FEED_FEED_H

#include "core/plugin/host.h"

/* A plugin with the settings a scenario or a department gives it. */
struct sf_instance
{
  const char *name; /* for logs: the model's, output's or feed's name */
  const struct sf_plugin *plugin;
  struct sf_settings *settings;
};

/* Who may see what a feed brings: public; internal (stations, sensors); aggregates of people; personal or security. */
enum sf_sharing
{
  SF_SHARING_PUBLIC,
  SF_SHARING_INTERNAL,
  SF_SHARING_AGGREGATE,
  SF_SHARING_PERSONAL
};

/* Where a feed's decoder runs. */
enum sf_isolation
{
  SF_ISOLATION_CAGE,
  SF_ISOLATION_IN_PROCESS
};

struct sf_box
{
  double west_deg, south_deg, east_deg, north_deg; /* NaN: no bound */
};

/* A feed: a transport brings messages, on streams a protocol finds them, a decoder makes records of them. */
struct sf_feed
{
  const char *name;
  const char *title_en, *title_zh;
  const char *department, *department_en, *department_zh; /* NULL for a feed of the scenario's own */
  struct sf_instance transport, decoder;
  struct sf_instance protocol; /* plugin NULL: none */
  enum sf_authority authority;
  bool simulated;
  int64_t cadence_s;  /* between two of its newest data; 0: it speaks when there is something to say */
  int64_t lateness_s; /* what is allowed beyond the cadence; once makes it late, twice raises the alarm */
  enum sf_sharing sharing;
  enum sf_isolation isolation;
  struct sf_box area;            /* positions and stations outside are doubted */
  const struct sf_yaml *quality; /* the feed's own limits, as core/feed/quality.h reads them; NULL: none */
  const struct sf_yaml *node;    /* where all of this stands; NULL: in no file */
  struct sf_key definition;      /* of all of the above: a feed whose definition is the same goes on undisturbed */
};

#endif
