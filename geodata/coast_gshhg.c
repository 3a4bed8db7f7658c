/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/coast_gshhg.h"
#include "core/base/mem.h"
#include "geodata/gshhg_file.h"
#include "geodata/polygon_ops.h"

#include <stdlib.h>
#include <string.h>

/* Inside, places are whole numbers of 1/65535 bin from the box's south-west corner, so that pieces join exactly. */
enum
{
  BIN_UNITS = 65535,
  SIDE_NONE = 4
};

struct place
{
  int32_t x, y;
};

/* A segment of the file that lies in the box. */
struct piece
{
  int32_t id, level;
  size_t segment;
  int32_t bin_x, bin_y; /* from the box's south-west corner */
  struct place first, last;
  bool closed, used;
};

/* A run of places; a ring when its last place is its first. */
struct line
{
  struct place *places;
  size_t count, capacity;
};

struct ring
{
  struct line line;
  int32_t id, level;
  bool cut;
};

struct assembly
{
  const char *path;
  struct sf_gshhg_file file;
  struct sf_gshhg_box box;
  double bin_deg;
  int32_t width, height; /* of the box, in units */
  struct piece *pieces;
  size_t pieces_count, pieces_capacity;
  struct ring *rings;
  size_t rings_count, rings_capacity;
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for the coast");
}

static struct place
place_of (const struct assembly *work, const struct piece *piece, int32_t point)
{
  size_t at = (size_t) (work->file.point_first[piece->segment] + point);
  return (struct place){ piece->bin_x * BIN_UNITS + work->file.dx[at], piece->bin_y * BIN_UNITS + work->file.dy[at] };
}

static int32_t
points_of (const struct assembly *work, const struct piece *piece)
{
  return work->file.info[piece->segment] >> 9;
}

static bool
same_place (struct place a, struct place b)
{
  return a.x == b.x && a.y == b.y;
}

static int
add_place (struct line *line, struct place place)
{
  if (line->count > 0 && same_place (line->places[line->count - 1], place))
    return 0;
  if (sf_mem_grow ((void **) &line->places, &line->capacity, line->count + 1, sizeof *line->places))
    return -1;
  line->places[line->count++] = place;
  return 0;
}

static int
add_piece_places (const struct assembly *work, struct line *line, const struct piece *piece)
{
  for (int32_t i = 0; i < points_of (work, piece); i++)
    if (add_place (line, place_of (work, piece, i)))
      return -1;
  return 0;
}

static enum sf_code
check_box (struct assembly *work, struct sf_error *err)
{
  struct sf_gshhg_box box = work->box;
  int minutes = work->file.bin_minutes;
  if (box.west_deg < 0 || box.west_deg >= box.east_deg || box.east_deg > 360 || box.south_deg < -90
      || box.south_deg >= box.north_deg || box.north_deg > 90)
    return sf_fail (err, SF_EINVAL, "the box %d to %d E, %d to %d N is not within 0 to 360 E, -90 to 90 N",
                    box.west_deg, box.east_deg, box.south_deg, box.north_deg);
  if (box.west_deg * 60 % minutes || box.east_deg * 60 % minutes || (90 - box.south_deg) * 60 % minutes
      || (90 - box.north_deg) * 60 % minutes)
    return sf_fail (err, SF_EINVAL, "the box %d to %d E, %d to %d N does not fit the bins of %d degrees of %s",
                    box.west_deg, box.east_deg, box.south_deg, box.north_deg, minutes / 60, work->path);
  work->bin_deg = minutes / 60.0;
  work->width = (box.east_deg - box.west_deg) * 60 / minutes * BIN_UNITS;
  work->height = (box.north_deg - box.south_deg) * 60 / minutes * BIN_UNITS;
  return SF_OK;
}

static enum sf_code
add_bin (struct assembly *work, int32_t bin_x, int32_t bin_y, struct sf_error *err)
{
  const struct sf_gshhg_file *file = &work->file;
  int32_t column = work->box.west_deg * 60 / file->bin_minutes + bin_x;
  int32_t row = (90 - work->box.south_deg) * 60 / file->bin_minutes - 1 - bin_y;
  size_t bin = (size_t) row * (size_t) file->bins_x + (size_t) column;
  for (int16_t i = 0; i < file->bin_count[bin]; i++)
    {
      size_t segment = (size_t) file->bin_first[bin] + (size_t) i;
      struct piece piece = { .id = file->polygon_id[segment],
                             .level = file->info[segment] >> 6 & 7,
                             .segment = segment,
                             .bin_x = bin_x,
                             .bin_y = bin_y,
                             .closed = (file->info[segment] >> 3 & 7) == SIDE_NONE };
      if (piece.level > 4)
        continue;
      piece.first = place_of (work, &piece, 0);
      piece.last = place_of (work, &piece, points_of (work, &piece) - 1);
      if (sf_mem_grow ((void **) &work->pieces, &work->pieces_capacity, work->pieces_count + 1, sizeof piece))
        return no_memory (err);
      work->pieces[work->pieces_count++] = piece;
    }
  return SF_OK;
}

static int
compare_pieces (const void *a, const void *b)
{
  const struct piece *p = a, *q = b;
  if (p->id != q->id)
    return p->id < q->id ? -1 : 1;
  return p->segment < q->segment ? -1 : p->segment > q->segment;
}

static enum sf_code
collect_pieces (struct assembly *work, struct sf_error *err)
{
  for (int32_t y = 0; y < work->height / BIN_UNITS; y++)
    for (int32_t x = 0; x < work->width / BIN_UNITS; x++)
      SF_TRY (add_bin (work, x, y, err));
  if (work->pieces_count)
    qsort (work->pieces, work->pieces_count, sizeof *work->pieces, compare_pieces);
  return SF_OK;
}

/* Take a line over as a ring; it is closed here. On failure the line stays the caller's. */
static enum sf_code
add_ring (struct assembly *work, struct line *line, const struct piece *piece, bool cut, struct sf_error *err)
{
  if (line->count == 0 || add_place (line, line->places[0])
      || sf_mem_grow ((void **) &work->rings, &work->rings_capacity, work->rings_count + 1, sizeof *work->rings))
    return no_memory (err);
  if (line->count < 4)
    {
      /* Two corners of a sliver that rounding to the file's units has closed up. */
      sf_mem_free (line->places);
      *line = (struct line){ 0 };
      return SF_OK;
    }
  work->rings[work->rings_count++] = (struct ring){ *line, piece->id, piece->level, cut };
  *line = (struct line){ 0 };
  return SF_OK;
}

static struct piece *
find_next (struct piece *begin, struct piece *end, struct place at)
{
  for (struct piece *piece = begin; piece < end; piece++)
    if (!piece->closed && !piece->used && same_place (piece->first, at))
      return piece;
  return NULL;
}

static bool
has_previous (const struct piece *begin, const struct piece *end, const struct piece *piece)
{
  for (const struct piece *other = begin; other < end; other++)
    if (!other->closed && same_place (other->last, piece->first))
      return true;
  return false;
}

/* Follow pieces from one to the next as far as they go. */
static enum sf_code
follow (const struct assembly *work, struct piece *begin, struct piece *end, struct piece *piece, struct line *line,
        struct sf_error *err)
{
  while (piece)
    {
      piece->used = true;
      if (add_piece_places (work, line, piece))
        return no_memory (err);
      piece = find_next (begin, end, piece->last);
    }
  return SF_OK;
}

/* The box's border as a line of positions that starts at the south-west corner. Land (an odd level) lies on the left of
   its shore, so its chains are closed counter-clockwise; a lake lies on the right and is closed clockwise. Going the
   other way round is the same with x and y exchanged. */
struct border
{
  int32_t width, height;
  bool exchanged;
};

static struct border
border_of (const struct assembly *work, const struct piece *piece)
{
  bool land = piece->level % 2 == 1;
  return (struct border){ land ? work->height : work->width, land ? work->width : work->height, land };
}

static struct place
exchange (const struct border *border, struct place place)
{
  return border->exchanged ? (struct place){ place.y, place.x } : place;
}

/* The position of a place; -1 when it is not on the border. */
static int64_t
border_position (const struct border *border, struct place place)
{
  int64_t w = border->width, h = border->height;
  struct place at = exchange (border, place);
  if (at.x == 0)
    return at.y;
  if (at.y == h)
    return h + at.x;
  if (at.x == w)
    return 2 * h + w - at.y;
  return at.y == 0 ? 2 * h + 2 * w - at.x : -1;
}

/* Go along the border from one position to another and add the corners on the way. */
static int
walk_border (const struct border *border, struct line *line, int64_t from, int64_t to)
{
  int64_t w = border->width, h = border->height, round = 2 * (w + h);
  const int64_t at[4] = { h, h + w, 2 * h + w, round };
  const struct place corners[4]
      = { { 0, border->height }, { border->width, border->height }, { border->width, 0 }, { 0, 0 } };
  if (to < from)
    to += round;
  for (int k = 0; k < 8; k++)
    {
      int64_t position = at[k % 4] + k / 4 * round;
      if (position > from && position < to && add_place (line, exchange (border, corners[k % 4])))
        return -1;
    }
  return 0;
}

/* The chain whose beginning comes next after a border position, among those not used and the first. */
static size_t
next_chain (const struct border *border, const struct line *chains, const bool *used, size_t count, size_t first,
            int64_t from)
{
  int64_t round = 2 * ((int64_t) border->width + border->height), best = round;
  size_t found = first;
  for (size_t i = 0; i < count; i++)
    {
      if (used[i] && i != first)
        continue;
      int64_t ahead = border_position (border, chains[i].places[0]) - from;
      ahead = ahead < 0 ? ahead + round : ahead;
      if (ahead < best)
        {
          best = ahead;
          found = i;
        }
    }
  return found;
}

/* Close the chains of one polygon along the border: from an exit go on to the next entry. */
static enum sf_code
close_chains (struct assembly *work, const struct line *chains, size_t count, const struct piece *piece,
              struct sf_error *err)
{
  enum sf_code code = SF_OK;
  struct line line = { 0 };
  struct border border = border_of (work, piece);
  bool *used = sf_mem_calloc (count, sizeof *used);
  if (!used)
    return no_memory (err);
  for (size_t first = 0; first < count && code == SF_OK; first++)
    {
      size_t at = first;
      if (used[first])
        continue;
      do
        {
          used[at] = true;
          for (size_t i = 0; i < chains[at].count && code == SF_OK; i++)
            if (add_place (&line, chains[at].places[i]))
              code = no_memory (err);
          int64_t exit = border_position (&border, chains[at].places[chains[at].count - 1]);
          at = next_chain (&border, chains, used, count, first, exit);
          if (code == SF_OK && walk_border (&border, &line, exit, border_position (&border, chains[at].places[0])))
            code = no_memory (err);
        }
      while (at != first && code == SF_OK);
      if (code == SF_OK)
        code = add_ring (work, &line, piece, true, err);
    }
  sf_mem_free (line.places);
  sf_mem_free (used);
  return code;
}

static enum sf_code
check_chain (const struct assembly *work, const struct line *chain, const struct piece *piece, struct sf_error *err)
{
  struct border border = border_of (work, piece);
  struct place ends[2] = { chain->places[0], chain->places[chain->count - 1] };
  for (int i = 0; i < 2; i++)
    if (border_position (&border, ends[i]) < 0)
      return sf_fail (err, SF_EFORMAT, "%s: the shore of polygon %d breaks off at %.6f E %.6f N", work->path, piece->id,
                      work->box.west_deg + ends[i].x * work->bin_deg / BIN_UNITS,
                      work->box.south_deg + ends[i].y * work->bin_deg / BIN_UNITS);
  return SF_OK;
}

/* The chains of one polygon that come from beyond the box and go there again. */
static enum sf_code
join_chains (struct assembly *work, struct piece *begin, struct piece *end, struct sf_error *err)
{
  enum sf_code code = SF_OK;
  size_t count = 0;
  struct line *chains = sf_mem_calloc ((size_t) (end - begin), sizeof *chains);
  if (!chains)
    return no_memory (err);
  for (struct piece *piece = begin; piece < end && code == SF_OK; piece++)
    {
      if (piece->closed || piece->used || has_previous (begin, end, piece))
        continue;
      if ((code = follow (work, begin, end, piece, &chains[count], err)) == SF_OK)
        code = check_chain (work, &chains[count], piece, err);
      count++;
    }
  if (code == SF_OK && count)
    code = close_chains (work, chains, count, begin, err);
  for (size_t i = 0; i < count; i++)
    sf_mem_free (chains[i].places);
  sf_mem_free (chains);
  return code;
}

/* The rings of one polygon that lie wholly in the box: within one bin, or over several. */
static enum sf_code
join_rings (struct assembly *work, struct piece *begin, struct piece *end, struct sf_error *err)
{
  enum sf_code code = SF_OK;
  struct line line = { 0 };
  for (struct piece *piece = begin; piece < end && code == SF_OK; piece++)
    {
      if (piece->used)
        continue;
      if (piece->closed)
        code = add_piece_places (work, &line, piece) ? no_memory (err) : SF_OK;
      else
        code = follow (work, begin, end, piece, &line, err);
      piece->used = true;
      if (code == SF_OK)
        code = add_ring (work, &line, piece, false, err);
    }
  sf_mem_free (line.places);
  return code;
}

static enum sf_code
join_pieces (struct assembly *work, struct sf_error *err)
{
  for (size_t begin = 0, end = 0; begin < work->pieces_count; begin = end)
    {
      while (end < work->pieces_count && work->pieces[end].id == work->pieces[begin].id)
        end++;
      SF_TRY (join_chains (work, work->pieces + begin, work->pieces + end, err));
      SF_TRY (join_rings (work, work->pieces + begin, work->pieces + end, err));
    }
  return SF_OK;
}

static bool
contains (const struct line *ring, struct place at)
{
  bool inside = false;
  for (size_t i = 0; i + 1 < ring->count; i++)
    {
      struct place a = ring->places[i], b = ring->places[i + 1];
      if ((a.y <= at.y) == (b.y <= at.y))
        continue;
      int64_t side = (int64_t) (b.x - a.x) * (at.y - a.y) - (int64_t) (at.x - a.x) * (b.y - a.y);
      if (b.y > a.y ? side > 0 : side < 0)
        inside = !inside;
    }
  return inside;
}

/* How many of some places spread along a ring lie in another one. */
static int
shared_places (const struct line *outer, const struct line *hole)
{
  int count = 0;
  for (size_t k = 0; k < 16; k++)
    count += contains (outer, hole->places[k * (hole->count - 1) / 16]);
  return count;
}

/* The outer ring that a hole belongs to: of its parent polygon, the one that holds most of it. NULL when there is none.
 */
static const struct ring *
find_outer (const struct assembly *work, const struct ring *hole)
{
  const struct ring *found = NULL;
  int best = -1;
  for (size_t i = 0; i < work->rings_count; i++)
    {
      const struct ring *ring = &work->rings[i];
      if (ring->id != work->file.parent[hole->id] || ring->level % 2 == 0)
        continue;
      int shared = shared_places (&ring->line, &hole->line);
      if (shared > best)
        {
          best = shared;
          found = ring;
        }
    }
  return found;
}

static int
add_part (const struct assembly *work, struct sf_geometry *geometry, const struct ring *ring, bool outer)
{
  if (sf_geometry_begin_part (geometry, outer))
    return -1;
  for (size_t i = 0; i < ring->line.count; i++)
    {
      double lon_deg = work->box.west_deg + ring->line.places[i].x * work->bin_deg / BIN_UNITS;
      double lat_deg = work->box.south_deg + ring->line.places[i].y * work->bin_deg / BIN_UNITS;
      if (sf_geometry_add_point (geometry, lon_deg, lat_deg))
        return -1;
    }
  return 0;
}

/* Add the outer rings of one polygon, each with its holes; parents[h] is the outer ring of ring h. */
static int
add_parts (const struct assembly *work, const struct ring *const *parents, struct sf_geometry *geometry, size_t begin,
           size_t end)
{
  for (size_t i = begin; i < end; i++)
    {
      if (add_part (work, geometry, &work->rings[i], true))
        return -1;
      for (size_t h = 0; h < work->rings_count; h++)
        if (parents[h] == &work->rings[i] && add_part (work, geometry, &work->rings[h], false))
          return -1;
    }
  return 0;
}

static enum sf_code
build_polygon (const struct assembly *work, const struct ring *const *parents, size_t begin, size_t end,
               struct sf_gshhg_polygon *ret, struct sf_error *err)
{
  const struct ring *ring = &work->rings[begin];
  struct sf_gshhg_polygon polygon
      = { .id = ring->id, .level = ring->level, .cut = ring->cut, .whole_area_km2 = work->file.area_km2[ring->id] };
  struct sf_geometry *geometry = sf_geometry_new (SF_GEOMETRY_POLYGON);
  if (!geometry || add_parts (work, parents, geometry, begin, end))
    {
      sf_geometry_free (geometry);
      return no_memory (err);
    }
  polygon.geometry = geometry;
  if (sf_polygon_check (geometry, NULL) != SF_OK)
    {
      enum sf_code code = sf_polygon_make_valid (geometry, &polygon.geometry, err);
      sf_geometry_free (geometry);
      if (code != SF_OK)
        return sf_error_prefix (err, code, "%s: polygon %d", work->path, polygon.id);
      polygon.mended = true;
    }
  *ret = polygon;
  return SF_OK;
}

static enum sf_code
find_parents (const struct assembly *work, const struct ring **parents, struct sf_error *err)
{
  for (size_t h = 0; h < work->rings_count; h++)
    if (work->rings[h].level % 2 == 0 && !(parents[h] = find_outer (work, &work->rings[h])))
      return sf_fail (err, SF_EUNSUPPORTED, "%s: lake %d lies in land that has no shore in the box; take a larger box",
                      work->path, work->rings[h].id);
  return SF_OK;
}

static enum sf_code
build_polygons (const struct assembly *work, struct sf_gshhg *ret, struct sf_error *err)
{
  enum sf_code code = SF_ENOMEM;
  const struct ring **parents = sf_mem_calloc (work->rings_count, sizeof *parents);
  struct sf_gshhg coast = { .polygons = sf_mem_calloc (work->rings_count, sizeof *coast.polygons) };
  if (!parents || !coast.polygons)
    no_memory (err);
  else
    code = find_parents (work, parents, err);
  for (size_t begin = 0, end = 0; begin < work->rings_count && code == SF_OK; begin = end)
    {
      while (end < work->rings_count && work->rings[end].id == work->rings[begin].id)
        end++;
      if (work->rings[begin].level % 2 == 1
          && (code = build_polygon (work, parents, begin, end, &coast.polygons[coast.count], err)) == SF_OK)
        coast.count++;
    }
  sf_mem_free (parents);
  if (code == SF_OK)
    *ret = coast;
  else
    sf_gshhg_finish (&coast);
  return code;
}

/* A box without any shore may be all land; the file tells it by the level of its corner. */
static enum sf_code
check_shore (const struct assembly *work, struct sf_error *err)
{
  size_t column = (size_t) (work->box.west_deg * 60 / work->file.bin_minutes);
  size_t row = (size_t) ((90 - work->box.south_deg) * 60 / work->file.bin_minutes - 1);
  int level = work->file.node_levels[row * (size_t) work->file.bins_x + column] >> 9 & 7;
  for (size_t i = 0; i < work->rings_count; i++)
    if (work->rings[i].cut && work->rings[i].level == 1)
      return SF_OK;
  if (level > 0)
    return sf_fail (err, SF_EUNSUPPORTED, "%s: the box lies wholly in land; take one that has a shore", work->path);
  return SF_OK;
}

enum sf_code
sf_gshhg_load (const char *path, struct sf_gshhg_box box, struct sf_gshhg *ret, struct sf_error *err)
{
  struct assembly work = { .path = path, .box = box };
  SF_TRY (sf_gshhg_file_load (path, &work.file, err));
  enum sf_code code = check_box (&work, err);
  if (code == SF_OK)
    code = collect_pieces (&work, err);
  if (code == SF_OK)
    code = join_pieces (&work, err);
  if (code == SF_OK)
    code = check_shore (&work, err);
  if (code == SF_OK)
    code = build_polygons (&work, ret, err);
  for (size_t i = 0; i < work.rings_count; i++)
    sf_mem_free (work.rings[i].line.places);
  sf_mem_free (work.rings);
  sf_mem_free (work.pieces);
  sf_gshhg_file_finish (&work.file);
  return code;
}

void
sf_gshhg_finish (struct sf_gshhg *coast)
{
  for (size_t i = 0; i < coast->count; i++)
    sf_geometry_free (coast->polygons[i].geometry);
  sf_mem_free (coast->polygons);
  *coast = (struct sf_gshhg){ 0 };
}
