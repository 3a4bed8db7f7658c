/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/map.h"

#include <string.h>
#include <strings.h>

/* What is served, by the first parts of the path; a longer path stands before its beginning, and one that asks for a value
   of the parameter `request` before the one that takes any. */
static const struct sf_map_route routes[] = {
  { "v1/state", sf_map_state, false, SF_MAP_NO_STORE },
  { "v1/snapshots", sf_map_snapshots, false, SF_MAP_NO_STORE },
  { "v1/legend", sf_map_legend, true, SF_MAP_PIXELS },
  { "v1/layers", sf_map_layers, true, SF_MAP_DOCUMENT },
  { "v1/point", sf_map_point_query, true, SF_MAP_NO_STORE },
  { "v1/place", sf_map_place, true, SF_MAP_NO_STORE },
  { "v1/live", sf_map_listen, false, SF_MAP_NO_STORE },
  { "tiles", sf_map_tiles, true, SF_MAP_PIXELS },
  { "vector", sf_map_vector, true, SF_MAP_PIXELS },
  { "uv", sf_map_uv, true, SF_MAP_PIXELS },
  { "base", sf_map_base, true, SF_MAP_PIXELS },
  { "wmts/1.0.0/WMTSCapabilities.xml", sf_map_wmts_metadata, true, SF_MAP_DOCUMENT },
  { "wmts?GetCapabilities", sf_map_wmts, true, SF_MAP_DOCUMENT },
  { "wmts?GetFeatureInfo", sf_map_wmts, true, SF_MAP_DOCUMENT },
  { "wmts", sf_map_wmts, true, SF_MAP_PIXELS },
  { "wms?GetCapabilities", sf_map_wms, true, SF_MAP_DOCUMENT },
  { "wms?GetFeatureInfo", sf_map_wms, true, SF_MAP_DOCUMENT },
  { "wms", sf_map_wms, true, SF_MAP_PIXELS },
  { "ogc", sf_map_ogc, true, SF_MAP_DOCUMENT },
  { "stac", sf_map_stac, true, SF_MAP_DOCUMENT },
  { "files", sf_map_files, true, SF_MAP_DOCUMENT },
  { "web", sf_map_web, false, SF_MAP_FILE },
  { "", sf_map_web, false, SF_MAP_FILE },
};

const struct sf_map_route *
sf_map_routes (size_t *ret_count)
{
  *ret_count = sizeof routes / sizeof *routes;
  return routes;
}

/* Whether the path begins with the parts of `route`, which are counted into *ret_parts, and the request is the one behind
   the question mark where there is one. */
static bool
begins (const struct sf_map_request *request, const char *route, int *ret_parts)
{
  int parts = 0;
  const char *part = route;
  for (; *part && *part != '?'; parts++)
    {
      size_t length = strcspn (part, "/?");
      if (parts >= request->segments_count || strlen (request->segments[parts]) != length
          || strncmp (request->segments[parts], part, length) != 0)
        return false;
      part += length + (part[length] == '/');
    }
  *ret_parts = parts;
  const char *wanted = *part ? sf_map_request_get (request, "request") : NULL;
  return !*part || (wanted && strcasecmp (wanted, part + 1) == 0);
}

const struct sf_map_route *
sf_map_find_route (struct sf_map_request *request)
{
  for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
    {
      int parts;
      if (!begins (request, routes[i].path, &parts) || (parts == 0 && request->segments_count > 0))
        continue;
      sf_map_request_shift (request, parts);
      return &routes[i];
    }
  return NULL;
}
