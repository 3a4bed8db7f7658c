/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/base_tile.h"

#include "core/base/mem.h"
#include "geodata/drawn_shapes.h"
#include "geodata/painter_private.h"

#include <math.h>
#include <stdatomic.h>

enum
{
  SEA,
  LAND,
  COAST,
  COUNTY,
  UNKNOWN,
  HATCH,
  ENTRIES,
  HATCH_PX = 8 /* from line to line; a power of two */
};

#define COUNTIES_PX_PER_DEG 40.0

struct sf_base_map
{
  atomic_int references;
  struct sf_base_source source;
  const struct sf_style_entry *entries[ENTRIES];
  struct drawn_shapes *coast, *counties;
  struct sf_bounds known;
};

static struct sf_bounds
common_bounds (const struct sf_table *table)
{
  struct sf_bounds all = { INFINITY, INFINITY, -INFINITY, -INFINITY };
  for (size_t row = 0; table->geometries && row < table->rows; row++)
    {
      struct sf_bounds one;
      if (!table->geometries[row]
          || !sf_geometry_bounds (table->geometries[row], &one.min_x, &one.min_y, &one.max_x, &one.max_y))
        continue;
      all = (struct sf_bounds){ fmin (all.min_x, one.min_x), fmin (all.min_y, one.min_y), fmax (all.max_x, one.max_x),
                                fmax (all.max_y, one.max_y) };
    }
  return all;
}

static enum sf_code
prepare (const struct sf_dataset *dataset, struct drawn_shapes **ret, struct sf_error *err)
{
  const struct sf_table *table = dataset->as.table;
  return sf_drawn_shapes_new ((const struct sf_geometry *const *) table->geometries,
                              table->geometries ? table->rows : 0, ret, err);
}

static enum sf_code
find_entries (struct sf_base_map *map, struct sf_error *err)
{
  static const char *const keys[ENTRIES] = { "sea", "land", "coast", "county", "unknown", "hatch" };
  for (int i = 0; i < ENTRIES; i++)
    {
      map->entries[i] = sf_style_category (map->source.style, keys[i]);
      if (!map->entries[i])
        return sf_fail (err, SF_ENOTFOUND, "base map: style '%s' has no category '%s'", map->source.style->name,
                        keys[i]);
    }
  return SF_OK;
}

enum sf_code
sf_base_map_new (const struct sf_base_source *source, struct sf_base_map **ret_map, struct sf_error *err)
{
  struct sf_base_map *map = sf_mem_calloc (1, sizeof *map);
  if (!map)
    return sf_fail (err, SF_ENOMEM, "base map: out of memory");
  atomic_init (&map->references, 1);
  map->source = *source;
  map->known = common_bounds (source->coast->as.table);
  enum sf_code code = find_entries (map, err);
  if (code == SF_OK && !(map->known.min_x < map->known.max_x))
    code = sf_fail (err, SF_EINVAL, "base map: %s holds no land", source->coast->name);
  if (code == SF_OK)
    code = prepare (source->coast, &map->coast, err);
  if (code == SF_OK && source->counties)
    code = prepare (source->counties, &map->counties, err);
  if (code == SF_OK)
    *ret_map = map;
  else
    sf_base_map_free (map);
  return code;
}

struct sf_base_map *
sf_base_map_ref (struct sf_base_map *map)
{
  atomic_fetch_add_explicit (&map->references, 1, memory_order_relaxed);
  return map;
}

void
sf_base_map_free (struct sf_base_map *map)
{
  if (!map || atomic_fetch_sub_explicit (&map->references, 1, memory_order_acq_rel) != 1)
    return;
  sf_drawn_shapes_free (map->coast);
  sf_drawn_shapes_free (map->counties);
  sf_mem_free (map);
}

struct sf_bounds
sf_base_map_known (const struct sf_base_map *map)
{
  return map->known;
}

static double
pixels_per_deg (const struct drawn_plane *plane)
{
  return (plane->projection == SF_TILE_SET_W ? sf_mercator_x_m (1) : 1) / plane->step_x;
}

/* Thinner where a degree is small, or islands are all outline. */
static double
width_of (const struct drawn_plane *plane, const struct sf_style_entry *entry)
{
  double width = entry->width_px > 0 ? entry->width_px : 1;
  return pixels_per_deg (plane) > COUNTIES_PX_PER_DEG ? width : 0.6 * width;
}

static uint32_t
word_of (const uint8_t rgba[4])
{
  return 0xff000000u | (uint32_t) rgba[0] << 16 | (uint32_t) rgba[1] << 8 | rgba[2];
}

/* Hatch all but the known part, less its outermost pixels, where land that the rim cuts blends with the sea. The hatching
   hangs on the plane. */
static void
draw_unknown (const struct sf_base_map *map, struct drawn_canvas *canvas)
{
  const struct drawn_plane *plane = canvas->plane;
  const uint32_t words[2] = { word_of (map->entries[UNKNOWN]->rgba), word_of (map->entries[HATCH]->rgba) };
  double west = floor (sf_drawn_column (plane, map->known.min_x) - plane->column),
         east = ceil (sf_drawn_column (plane, map->known.max_x) - plane->column) - 1,
         north = floor (sf_drawn_row (plane, map->known.max_y) - plane->row),
         south = ceil (sf_drawn_row (plane, map->known.min_y) - plane->row) - 1;
  int64_t phase = (int64_t) floor (plane->column) + (int64_t) floor (plane->row);
  cairo_surface_flush (canvas->surface);
  for (int y = 0; y < plane->height; y++)
    {
      uint32_t *row = sf_drawn_row_pixels (canvas, y);
      for (int x = 0; x < plane->width; x++)
        if (x <= west || x >= east || y <= north || y >= south)
          row[x] = words[((phase + x + y) & (HATCH_PX - 1)) == 0];
    }
  cairo_surface_mark_dirty (canvas->surface);
}

static int
draw_counties (const struct sf_base_map *map, struct drawn_canvas *canvas, struct drawn_ink *ink)
{
  const struct drawn_choice all = { 0 };
  if (!map->counties || pixels_per_deg (canvas->plane) <= COUNTIES_PX_PER_DEG)
    return 0;
  if (sf_drawn_shapes_add (map->counties, canvas->plane, &all, NULL, ink))
    return -1;
  sf_ink_colour (ink, canvas, map->entries[COUNTY]->rgba, width_of (canvas->plane, map->entries[COUNTY]), 0);
  return 0;
}

static enum sf_code
draw (const struct sf_base_map *map, struct drawn_canvas *canvas, struct sf_error *err)
{
  const struct drawn_plane *plane = canvas->plane;
  const struct drawn_choice all = { 0 }, coast = { .rim = &map->known };
  struct drawn_area land = { .plane = plane };
  struct drawn_ink ink;
  SF_TRY (sf_ink_init (&ink, plane,
                       fmax (width_of (plane, map->entries[COAST]), width_of (plane, map->entries[COUNTY])), 0, err));
  sf_drawn_colour (canvas->cr, map->entries[SEA]->rgba);
  cairo_paint (canvas->cr);
  int status = sf_drawn_shapes_add (map->coast, plane, &all, &land, NULL);
  if (status == 0)
    status = sf_area_colour (&land, canvas, map->entries[LAND]->rgba);
  if (status == 0)
    status = draw_counties (map, canvas, &ink);
  if (status == 0)
    status = sf_drawn_shapes_add (map->coast, plane, &coast, NULL, &ink);
  if (status == 0)
    sf_ink_colour (&ink, canvas, map->entries[COAST]->rgba, width_of (plane, map->entries[COAST]), 0);
  draw_unknown (map, canvas);
  sf_area_finish (&land);
  sf_ink_finish (&ink);
  return status == 0 ? SF_OK : sf_fail (err, SF_ENOMEM, "base map: out of memory");
}

enum sf_code
sf_base_map_paint (const struct sf_base_map *map, const struct sf_window *window, struct sf_strbuf *out,
                   struct sf_error *err)
{
  struct drawn_plane plane;
  struct drawn_canvas canvas = { 0 };
  struct drawn_finish finish = { .window = window, .style = map->source.style, .is_opaque = true };
  bool any;
  SF_TRY (sf_drawn_plane_init (&plane, window, err));
  SF_TRY (sf_drawn_open (&canvas, &plane, 0, err));
  enum sf_code code = draw (map, &canvas, err);
  if (code == SF_OK)
    code = sf_drawn_encode (&canvas, &finish, out, &any, err);
  sf_drawn_close (&canvas);
  return code;
}
