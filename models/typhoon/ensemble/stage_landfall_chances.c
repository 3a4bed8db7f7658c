/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "geodata/polygon_ops.h"
#include "models/typhoon/ensemble/landfall_chance.h"
#include "models/typhoon/ensemble/stages.h"

#include <math.h>
#include <string.h>

enum
{
  BAY_S = 2 * 3600,
  BLOCK = 32,  /* members looked at a time */
  NEAR_KM = 12 /* the counties' drawn coast and the coast differ by less */
};

#define NO_COUNTY SIZE_MAX

/* The first landfall of a member in any county. */
struct ashore
{
  struct sf_entry entry;
  size_t county;       /* row of the counties; NO_COUNTY: none */
  bool begins_on_land; /* of a county: the landfall that people ask about is over */
};

struct run
{
  const struct sf_host *host;
  const struct sf_stage_io *io;
  struct sf_arena arena;
  const struct sf_tracks *members;
  const struct sf_table *coast, *counties;
  struct sf_polygon_index *land, *county_index;
  struct sf_geometry **lands; /* by polygon of the index; owned */
  size_t lands_count;
  struct ashore *ashore; /* by track of members */
  struct sf_table *chances, *stretches;
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for the members' landfalls");
}

/* --- where each member comes ashore --- */

/* Where a landfall in a county can be: a degree around all of them. */
static bool
find_reach (const struct sf_table *counties, double reach[4])
{
  const double rim_deg = 1;
  reach[0] = reach[1] = INFINITY;
  reach[2] = reach[3] = -INFINITY;
  for (size_t row = 0; row < counties->rows; row++)
    {
      double west, south, east, north;
      if (!counties->geometries[row] || !sf_geometry_bounds (counties->geometries[row], &west, &south, &east, &north))
        continue;
      reach[0] = fmin (reach[0], west - rim_deg);
      reach[1] = fmin (reach[1], south - rim_deg);
      reach[2] = fmax (reach[2], east + rim_deg);
      reach[3] = fmax (reach[3], north + rim_deg);
    }
  return reach[0] < reach[2];
}

/* Land that counts, cut to the reach: most of a continent's shore would be looked at for nothing. What the cut adds lies
   a degree off every county. */
static enum sf_code
cut_land (struct run *run, const double reach[4], struct sf_error *err)
{
  double least_km2 = sf_settings_double (run->host->settings, "islet_area");
  for (size_t row = 0; row < run->coast->rows; row++)
    {
      double west, south, east, north;
      const struct sf_geometry *land = run->coast->geometries[row];
      if (!land || sf_table_double (run->coast, "area", row) < least_km2
          || !sf_geometry_bounds (land, &west, &south, &east, &north))
        continue;
      if (west > reach[2] || east < reach[0] || south > reach[3] || north < reach[1])
        continue;
      SF_TRY (sf_polygon_clip_box (land, reach[0], reach[1], reach[2], reach[3], &run->lands[run->lands_count], err));
      run->lands_count++;
    }
  return SF_OK;
}

static enum sf_code
open_land (struct run *run, struct sf_error *err)
{
  double reach[4];
  run->lands = sf_arena_calloc (&run->arena, run->coast->rows, sizeof *run->lands);
  run->ashore = sf_arena_calloc (&run->arena, run->members->count, sizeof *run->ashore);
  if (!run->lands || !run->ashore)
    return no_memory (err);
  if (find_reach (run->counties, reach))
    SF_TRY (cut_land (run, reach, err));
  SF_TRY (sf_polygon_index_new ((const struct sf_geometry *const *) run->lands, run->lands_count, SF_RINGS_OUTER,
                                &run->land, err));
  return sf_polygon_index_new ((const struct sf_geometry *const *) run->counties->geometries, run->counties->rows,
                               SF_RINGS_ALL, &run->county_index, err);
}

static size_t
county_at (const struct run *run, double lon_deg, double lat_deg)
{
  size_t county;
  if (sf_polygon_locate (run->county_index, lon_deg, lat_deg, &county) != SF_SIDE_OUT)
    return county;
  double km = sf_polygon_nearest_km (run->county_index, lon_deg, lat_deg, NULL, NULL, &county);
  return km <= NEAR_KM ? county : NO_COUNTY;
}

/* Whether an entry is in any county; remembers which. */
struct county_search
{
  const struct run *run;
  size_t county;
};

static bool
is_in_county (void *ctx, const struct sf_entry *entry)
{
  struct county_search *search = ctx;
  search->county = county_at (search->run, entry->lon_deg, entry->lat_deg);
  return search->county != NO_COUNTY;
}

static bool
begins_on_land (const struct run *run, const struct sf_track *track)
{
  for (size_t i = 0; i < track->fixes_count; i++)
    {
      const struct sf_fix *fix = &track->fixes[i].as.track;
      if (!isnan (fix->lon_deg) && !isnan (fix->lat_deg))
        return sf_polygon_locate (run->land, fix->lon_deg, fix->lat_deg, NULL) != SF_SIDE_OUT
               && county_at (run, fix->lon_deg, fix->lat_deg) != NO_COUNTY;
    }
  return false;
}

static enum sf_code
find_ashore (const struct run *run, const struct sf_track *track, struct ashore *ashore, struct sf_error *err)
{
  struct county_search search = { .run = run, .county = NO_COUNTY };
  struct sf_ashore_query query = { .land = run->land, .bay_s = BAY_S, .counts = is_in_county, .ctx = &search };
  bool found;
  ashore->county = NO_COUNTY;
  ashore->begins_on_land = begins_on_land (run, track);
  SF_TRY (sf_ashore_first (&query, track, &ashore->entry, &found, err));
  if (found)
    ashore->county = search.county;
  return SF_OK;
}

static enum sf_code
find_block (void *ctx, int block, struct sf_error *err)
{
  struct run *run = ctx;
  size_t first = (size_t) block * BLOCK, last = first + BLOCK;
  for (size_t i = first; i < last && i < run->members->count; i++)
    SF_TRY (find_ashore (run, &run->members->tracks[i], &run->ashore[i], err));
  return SF_OK;
}

/* --- one storm's members: tracks [first, last), since tracks are in order of feed and storm --- */

struct group
{
  struct run *run;
  size_t first, last;
  int64_t *time_s; /* room for last - first each */
  double *wind_mps, *place_km;
};

/* Gather the landfalls in a county, or with NO_COUNTY in any; returns their number. */
static size_t
gather (const struct group *group, size_t county)
{
  size_t n = 0;
  for (size_t i = group->first; i < group->last; i++)
    {
      const struct ashore *ashore = &group->run->ashore[i];
      if (ashore->county == NO_COUNTY || (county != NO_COUNTY && ashore->county != county))
        continue;
      group->time_s[n] = ashore->entry.time_s;
      group->wind_mps[n++] = ashore->entry.wind_mps;
    }
  return n;
}

static enum sf_code
set_times (struct sf_table *table, int64_t *time_s, size_t count, struct sf_error *err)
{
  SF_TRY (sf_table_set_time (table, "earliest", sf_ashore_quantile_s (time_s, count, 0.1), err));
  SF_TRY (sf_table_set_time (table, "likely", sf_ashore_quantile_s (time_s, count, 0.5), err));
  return sf_table_set_time (table, "latest", sf_ashore_quantile_s (time_s, count, 0.9), err);
}

static enum sf_code
add_row (struct sf_table *table, const struct group *group, struct sf_error *err)
{
  const struct sf_track *track = &group->run->members->tracks[group->first];
  if (sf_table_add_row (table) < 0)
    return no_memory (err);
  SF_TRY (sf_table_set_text (table, "storm", track->storm, err));
  SF_TRY (sf_table_set_text (table, "name", track->name, err));
  return sf_table_set_text (table, "name_zh", track->name_zh, err);
}

/* Of a storm over land there is no more landfall to come, or another: a small chance would read like good news. */
static bool
is_ashore (const struct group *group)
{
  size_t on_land = 0;
  for (size_t i = group->first; i < group->last; i++)
    on_land += group->run->ashore[i].begins_on_land;
  return 2 * on_land >= group->last - group->first;
}

static enum sf_code
set_all_counties (struct sf_table *table, const struct group *group, struct sf_error *err)
{
  bool ashore = is_ashore (group);
  SF_TRY (sf_table_set_text (table, "county",
                             ashore ? "All counties (centre already on land: another landfall)" : "All counties", err));
  return sf_table_set_text (table, "county_zh", ashore ? "全部市县（中心已在陆上，指再次登陆）" : "全部市县", err);
}

static enum sf_code
set_county (struct sf_table *table, const struct sf_table *counties, size_t county, struct sf_error *err)
{
  SF_TRY (sf_table_set_text (table, "county_code", sf_table_text (counties, "code", county), err));
  SF_TRY (sf_table_set_text (table, "county", sf_table_text (counties, "name", county), err));
  return sf_table_set_text (table, "county_zh", sf_table_text (counties, "name_zh", county), err);
}

/* How far the members reach: of what comes later no chance says anything. */
static int64_t
reach_s (const struct group *group)
{
  int64_t end_s = SF_TIME_MISSING;
  for (size_t i = group->first; i < group->last; i++)
    for (size_t k = 0; k < group->run->members->tracks[i].fixes_count; k++)
      {
        const struct sf_record *fix = &group->run->members->tracks[i].fixes[k];
        if (!isnan (fix->as.track.lon_deg) && (end_s == SF_TIME_MISSING || fix->valid_s > end_s))
          end_s = fix->valid_s;
      }
  return end_s;
}

/* A county's chance, or that of all together. */
static enum sf_code
add_chance (const struct group *group, size_t county, struct sf_error *err)
{
  struct sf_table *table = group->run->chances;
  bool all = county == NO_COUNTY;
  size_t count = gather (group, county), members = group->last - group->first;
  if (count == 0 && !all)
    return SF_OK;
  SF_TRY (add_row (table, group, err));
  SF_TRY (all ? set_all_counties (table, group, err) : set_county (table, group->run->counties, county, err));
  SF_TRY (sf_table_set_double (table, "probability", (double) count / (double) members, err));
  SF_TRY (sf_table_set_int (table, "members", (int64_t) members, err));
  SF_TRY (sf_table_set_time (table, "end", reach_s (group), err));
  SF_TRY (set_times (table, group->time_s, count, err));
  double likely_mps = sf_ashore_quantile_mps (group->wind_mps, count, 0.5);
  SF_TRY (sf_table_set_double (table, "wind_speed", likely_mps, err));
  return sf_table_set_double (table, "wind_90", sf_ashore_quantile_mps (group->wind_mps, count, 0.9), err);
}

static enum sf_code
add_chances (const struct group *group, struct sf_error *err)
{
  SF_TRY (add_chance (group, NO_COUNTY, err));
  for (size_t county = 0; county < group->run->counties->rows; county++)
    SF_TRY (add_chance (group, county, err));
  return SF_OK;
}

/* --- stretches of the shore that most members come ashore on --- */

/* The polygon of the land with most landfalls; false for none. */
static bool
find_main_land (const struct group *group, size_t *ret_polygon)
{
  size_t most = 0;
  for (size_t i = group->first; i < group->last; i++)
    {
      size_t count = 0;
      for (size_t k = i; k < group->last && group->run->ashore[i].county != NO_COUNTY; k++)
        count += group->run->ashore[k].county != NO_COUNTY
                 && group->run->ashore[k].entry.polygon == group->run->ashore[i].entry.polygon;
      if (count > most)
        {
          most = count;
          *ret_polygon = group->run->ashore[i].entry.polygon;
        }
    }
  return most > 0;
}

static enum sf_code
set_ends (struct sf_table *table, const struct run *run, const struct sf_shore *shore, const struct sf_stretch *stretch,
          struct sf_error *err)
{
  static const char *const columns[2][2] = { { "from_county", "from_county_zh" }, { "to_county", "to_county_zh" } };
  for (int end = 0; end < 2; end++)
    {
      double lon_deg, lat_deg;
      sf_shore_point (shore, end == 0 ? stretch->begin_km : stretch->end_km, &lon_deg, &lat_deg);
      size_t county = county_at (run, lon_deg, lat_deg);
      if (county == NO_COUNTY)
        continue;
      SF_TRY (sf_table_set_text (table, columns[end][0], sf_table_text (run->counties, "name", county), err));
      SF_TRY (sf_table_set_text (table, columns[end][1], sf_table_text (run->counties, "name_zh", county), err));
    }
  return SF_OK;
}

/* The times of the landfalls within a stretch; returns their number. */
static size_t
gather_within (const struct group *group, const struct sf_shore *shore, size_t polygon,
               const struct sf_stretch *stretch)
{
  double length_km = shore->km[shore->points - 1];
  size_t n = 0;
  for (size_t i = group->first; i < group->last; i++)
    {
      const struct ashore *ashore = &group->run->ashore[i];
      if (ashore->county == NO_COUNTY || ashore->entry.polygon != polygon)
        continue;
      double km = sf_shore_locate_km (shore, ashore->entry.lon_deg, ashore->entry.lat_deg);
      km += km < stretch->begin_km ? length_km : 0;
      if (km <= stretch->end_km)
        group->time_s[n++] = ashore->entry.time_s;
    }
  return n;
}

static enum sf_code
add_stretch (const struct group *group, const struct sf_shore *shore, size_t polygon, const struct sf_stretch *stretch,
             double share, double total, struct sf_error *err)
{
  const double margin_km = 0.5; /* so that a single landfall is a line, too */
  struct sf_table *table = group->run->stretches;
  struct sf_stretch drawn = *stretch;
  drawn.begin_km -= margin_km;
  drawn.end_km += margin_km;
  SF_TRY (add_row (table, group, err));
  struct sf_geometry *line = sf_geometry_new (SF_GEOMETRY_LINE);
  if (!line || sf_shore_add_line (shore, &drawn, line) != 0)
    {
      sf_geometry_free (line);
      return no_memory (err);
    }
  SF_TRY (sf_table_set_geometry (table, line, err));
  size_t count = gather_within (group, shore, polygon, stretch);
  SF_TRY (sf_table_set_double (table, "probability", (double) count / (double) (group->last - group->first), err));
  SF_TRY (sf_table_set_double (table, "share", share, err));
  SF_TRY (sf_table_set_double (table, "total_probability", total, err));
  SF_TRY (set_times (table, group->time_s, count, err));
  SF_TRY (sf_table_set_double (table, "length", drawn.end_km - drawn.begin_km, err));
  return set_ends (table, group->run, shore, &drawn, err);
}

/* The longest outer ring of a land's polygons. */
static enum sf_code
open_shore (struct run *run, size_t polygon, struct sf_shore *shore, struct sf_error *err)
{
  const struct sf_geometry *land = run->lands[polygon];
  *shore = (struct sf_shore){ 0 };
  for (size_t part = 0; part < land->parts; part++)
    {
      size_t begin = land->part_start[part], points = land->part_start[part + 1] - begin;
      if (land->part_outer[part] && points > shore->points)
        *shore = (struct sf_shore){ .xy = land->xy + 2 * begin, .points = points };
    }
  shore->km = sf_arena_calloc (&run->arena, shore->points, sizeof *shore->km);
  if (!shore->km)
    return no_memory (err);
  sf_shore_measure (shore);
  return SF_OK;
}

static enum sf_code
add_stretches (const struct group *group, struct sf_error *err)
{
  const double *shares = NULL;
  struct sf_shore shore;
  size_t polygon = 0, on_land = 0, all = gather (group, NO_COUNTY);
  size_t count = sf_settings_doubles (group->run->host->settings, "stretch", &shares);
  if (!find_main_land (group, &polygon))
    return SF_OK;
  SF_TRY (open_shore (group->run, polygon, &shore, err));
  for (size_t i = group->first; i < group->last; i++)
    if (group->run->ashore[i].county != NO_COUNTY && group->run->ashore[i].entry.polygon == polygon)
      group->place_km[on_land++]
          = sf_shore_locate_km (&shore, group->run->ashore[i].entry.lon_deg, group->run->ashore[i].entry.lat_deg);
  bool whole = false; /* all that came to this shore are in a stretch: another share of them would be the same one */
  for (size_t i = 0; i < count && !whole; i++)
    {
      size_t wanted = (size_t) ceil (shares[i] * (double) all - 1e-9);
      struct sf_stretch stretch = sf_shore_shortest (group->place_km, on_land, wanted, shore.km[shore.points - 1]);
      whole = wanted > on_land;
      SF_TRY (add_stretch (group, &shore, polygon, &stretch, whole ? (double) on_land / (double) all : shares[i],
                           (double) all / (double) (group->last - group->first), err));
    }
  return SF_OK;
}

/* --- the stage --- */

static enum sf_code
add_storm (struct run *run, size_t first, size_t last, struct sf_error *err)
{
  size_t room = last - first;
  struct group group = { .run = run,
                         .first = first,
                         .last = last,
                         .time_s = sf_arena_calloc (&run->arena, room, sizeof *group.time_s),
                         .wind_mps = sf_arena_calloc (&run->arena, room, sizeof *group.wind_mps),
                         .place_km = sf_arena_calloc (&run->arena, room, sizeof *group.place_km) };
  if (!group.time_s || !group.wind_mps || !group.place_km)
    return no_memory (err);
  SF_TRY (add_chances (&group, err));
  return add_stretches (&group, err);
}

static enum sf_code
add_storms (struct run *run, struct sf_error *err)
{
  const struct sf_tracks *members = run->members;
  int blocks = (int) ((members->count + BLOCK - 1) / BLOCK);
  SF_TRY (open_land (run, err));
  SF_TRY (run->host->parallel (run->host, blocks, find_block, run, err));
  for (size_t first = 0, last; first < members->count; first = last)
    {
      for (last = first + 1; last < members->count; last++)
        if (strcmp (members->tracks[last].storm, members->tracks[first].storm) != 0)
          break;
      SF_TRY (add_storm (run, first, last, err));
    }
  return SF_OK;
}

static enum sf_code
fill (struct run *run, struct sf_error *err)
{
  const struct sf_dataset *counties = run->io->input (run->io, "counties");
  if (!counties)
    {
      sf_host_log (run->host, SF_LOG_WARNING, "no counties: the chances of landfall are not known");
      return SF_OK;
    }
  run->counties = counties->as.table;
  return run->members->count > 0 ? add_storms (run, err) : SF_OK;
}

enum sf_code
sf_ensemble_run_landfall (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct run run = {
    .host = host, .io = io, .members = io->input (io, "members")->as.tracks, .coast = io->input (io, "coast")->as.table
  };
  struct sf_dataset *chances = NULL, *stretches = NULL;
  sf_arena_init (&run.arena);
  enum sf_code code = sf_dataset_new_table (io->spec (io, "landfall_chances"), NULL, &chances, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "landfall_stretches"), NULL, &stretches, err);
  if (code == SF_OK)
    {
      run.chances = chances->as.table;
      run.stretches = stretches->as.table;
      code = fill (&run, err);
    }
  for (size_t i = 0; i < run.lands_count; i++)
    sf_geometry_free (run.lands[i]);
  sf_polygon_index_free (run.county_index);
  sf_polygon_index_free (run.land);
  sf_arena_finish (&run.arena);
  code = sf_ensemble_give (io, "landfall_chances", chances, code, err);
  return sf_ensemble_give (io, "landfall_stretches", stretches, code, err);
}
