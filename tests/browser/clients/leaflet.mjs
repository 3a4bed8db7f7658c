// SPDX-License-Identifier: Apache-2.0
// Runs in the browser: a layer of the service in Leaflet, as its users write it.
const { L } = window;

// Leaflet's lon/lat map begins with two tiles: its level is one less than the id of set c.
const SETS = {
  c: { crs: L.CRS.EPSG4326, zoomOffset: 1 },
  w: { crs: L.CRS.EPSG3857, zoomOffset: 0 },
};

/** Resolves when all is drawn. */
export async function draw(element, { url, layer, set, style, center: [lon, lat], level }) {
  const { crs, zoomOffset } = SETS[set];
  const map = L.map(element, {
    crs,
    center: [lat, lon],
    zoom: level - zoomOffset,
    zoomControl: false,
    attributionControl: false,
    fadeAnimation: false,
  });
  const tiles = L.tileLayer(`${url}/tiles/${layer}/${style}/${set}/{z}/{x}/{y}.png`, { zoomOffset, maxZoom: 18 });
  await new Promise((resolve) => {
    tiles.once('load', resolve).addTo(map);
  });
}
