/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_BASE_TILE_H
#define SF_GEODATA_BASE_TILE_H

#include "core/data/dataset.h"
#include "geodata/painter.h"

/* The base map where there is no network: sea, land, coast and county boundaries, in the colours of the style basemap. Where
   the coast is not known it is hatched: an empty sea there would be made up. Prepared once; painting is thread-safe and
   allocates nothing that outlives the call. */
struct sf_base_map;

struct sf_base_source
{
  const struct sf_dataset *coast; /* features, polygons: known within their common bounds, at whose sides land is cut */
  const struct sf_dataset *counties; /* features, polygons; NULL: none. Drawn from 40 pixels a degree */
  const struct sf_style *style;      /* basemap; its entries sea, land, coast, county, unknown and hatch */
};

/* The datasets and the style are borrowed and must outlive the map. SF_EINVAL for a coast without polygons, SF_ENOTFOUND for
   an entry that the style lacks, SF_ENOMEM. */
enum sf_code sf_base_map_new (const struct sf_base_source *source, struct sf_base_map **ret_map, struct sf_error *err);
/* One more holder of the same map, which each gives back with free; any thread. */
struct sf_base_map *sf_base_map_ref (struct sf_base_map *map);
void sf_base_map_free (struct sf_base_map *map);

/* Where the coast is known, degrees. */
struct sf_bounds sf_base_map_known (const struct sf_base_map *map);

/* Append the PNG file of a window, opaque. Neighbouring windows of one resolution meet pixel for pixel. SF_EINVAL for a
   window that no painter takes, SF_ENOMEM. */
enum sf_code sf_base_map_paint (const struct sf_base_map *map, const struct sf_window *window, struct sf_strbuf *out,
                                struct sf_error *err);

#endif
