/* SPDX-License-Identifier: Apache-2.0 */
/* Fill the store of a folder with a few known records, for tests of the commands: store_tool DIR [reverse]. */
#include "core/base/time.h"
#include "core/store/store.h"

#include <stdio.h>
#include <string.h>

enum
{
  RECORDS = 9
};

static const int64_t T0 = 1405641600; /* 2014-07-18T00:00Z, 08:00 in Beijing */

static void
fill_observation (struct sf_record *record, int64_t valid_s, double value)
{
  record->valid_s = valid_s;
  record->as.observation.asset = "61800100";
  record->as.observation.quantity = "water_level";
  record->as.observation.value = value;
}

static struct sf_record
record_of (int number)
{
  static const float values[] = { 1, 2, 3, 4, 5, 6 };
  static const enum sf_record_kind kinds[RECORDS]
      = { SF_RECORD_OBSERVATION, SF_RECORD_OBSERVATION, SF_RECORD_OBSERVATION, SF_RECORD_OBSERVATION, SF_RECORD_ASSET,
          SF_RECORD_POSITION,    SF_RECORD_EVENT,       SF_RECORD_TRACK,       SF_RECORD_FIELD };
  struct sf_record record;
  sf_record_init (&record, kinds[number]);
  record.feed = "rivers";
  record.source = "river \"1\".csv";
  record.valid_s = T0;
  record.received_s = T0 + 60 * number;
  switch (number)
    {
    case 0:
    case 1:
      fill_observation (&record, T0 + 300 * number, 10 + number);
      break;
    case 2: /* two steps are missing before it */
      fill_observation (&record, T0 + 1200, 14);
      break;
    case 3: /* a correction of the second */
      fill_observation (&record, T0 + 300, 11.5);
      record.revision = 1;
      record.quality = SF_QUALITY_CORRECTED_DOUBTFUL;
      record.doubt = "by hand, \"about\"";
      break;
    case 4:
      record.as.asset = (struct sf_asset){
        .id = "61800100", .name = "Jiaji", .name_zh = "加积", .lon_deg = 110.46, .lat_deg = 19.24, .elevation_m = 12
      };
      break;
    case 5:
      record.as.position.mover = "413000001";
      record.as.position.lon_deg = 110.5;
      record.as.position.lat_deg = 19.5;
      break;
    case 6:
      record.as.event.id = "W1";
      record.as.event.headline = "台风红色预警";
      break;
    case 7:
      record.as.track.storm = "1409";
      record.as.track.lon_deg = 111;
      record.as.track.lat_deg = 19.9;
      break;
    default:
      record.as.field.quantity = "rain_rate";
      record.as.field.grid
          = (struct sf_gridspec){ .nx = 3, .ny = 2, .affine = { 109, 0.5, 0, 20, 0, -0.25 }, .crs = "EPSG:4490" };
      record.as.field.values = values;
    }
  return record;
}

int
main (int argc, char **argv)
{
  struct sf_error err = { 0 };
  struct sf_store *store = NULL;
  if (argc < 2)
    return 2;
  enum sf_code code = sf_store_open (argv[1], SF_STORE_WRITE, &store, &err);
  for (int i = 0; i < RECORDS && code == SF_OK; i++)
    {
      int number = argc > 2 ? RECORDS - 1 - i : i;
      struct sf_record record = record_of (number);
      struct sf_store_origin origin = { .message_id = argc > 2 ? 100 + i : number + 1 };
      origin.sha256.bytes[0] = (uint8_t) number;
      code = sf_store_put (store, &record, &origin, NULL, &err);
    }
  if (code == SF_OK)
    code = sf_store_commit (store, &err);
  sf_store_close (store);
  if (code != SF_OK)
    fprintf (stderr, "%s\n", err.message);
  return code == SF_OK ? 0 : 1;
}
