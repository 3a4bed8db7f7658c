// SPDX-License-Identifier: Apache-2.0
// The two tile matrix sets that the page draws: c (EPSG:4490, level ids 1-18 as Tianditu counts them) and w (EPSG:3857).
import { ol } from '../lib.js';

export const SETS = ['c', 'w'];
const MAX_ID = 18;
const TILE = 256;

// CGCS2000 in longitude and latitude. Half a metre from WGS 84 at most, and one datum for all that is drawn here.
const cgcs2000 = new ol.proj.Projection({
  code: 'EPSG:4490',
  units: 'degrees',
  metersPerUnit: (Math.PI * 6378137) / 180,
  axisOrientation: 'neu',
  global: true,
  extent: [-180, -90, 180, 90],
  worldExtent: [-180, -90, 180, 90],
});
ol.proj.addProjection(cgcs2000);
const same = (coordinates) => coordinates.slice();
ol.proj.addCoordinateTransforms('EPSG:4326', cgcs2000, same, same);
ol.proj.addCoordinateTransforms(
  cgcs2000,
  'EPSG:3857',
  (coordinates) => ol.proj.fromLonLat(coordinates),
  (coordinates) => ol.proj.toLonLat(coordinates),
);

const projections = { c: cgcs2000, w: ol.proj.get('EPSG:3857') };
export const projectionOf = (set) => projections[set];

export const toSet = (set, { lon, lat }) => ol.proj.transform([lon, lat], 'EPSG:4326', projections[set]);
export function fromSet(set, coordinate) {
  const [lon, lat] = ol.proj.transform(coordinate, projections[set], 'EPSG:4326');
  return { lon: ((lon + 540) % 360) - 180, lat };
}

export function extentOf(set, [west, south, east, north]) {
  const limit = set === 'w' ? 85.0511 : 90;
  const clamp = (lat) => Math.max(-limit, Math.min(limit, lat));
  const low = toSet(set, { lon: west, lat: clamp(south) });
  const high = toSet(set, { lon: east, lat: clamp(north) });
  return [...low, ...high];
}

/** A tile grid whose z is the level's id. Level 0 of c is half a tile high and is never asked for; nor are tiles outside
    bounds, in degrees. */
export function tileGrid(set, { zmin = 1, zmax = MAX_ID, bounds = null } = {}) {
  const width = set === 'c' ? 360 : 2 * 20037508.342789244;
  const origin = set === 'c' ? [-180, 90] : [-20037508.342789244, 20037508.342789244];
  const last = Math.min(zmax, MAX_ID);
  return new ol.tilegrid.TileGrid({
    origin,
    tileSize: TILE,
    extent: bounds ? extentOf(set, bounds) : undefined,
    minZoom: Math.max(1, Math.min(zmin, last)),
    resolutions: Array.from({ length: last + 1 }, (_, id) => width / TILE / 2 ** id),
  });
}
