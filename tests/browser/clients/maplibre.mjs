// SPDX-License-Identifier: Apache-2.0
// Runs in the browser: a layer of the service in MapLibre GL, as its users write it.
import { Map as MapLibre, addProjection, setWorkerUrl } from '/maplibre/maplibre-gl.mjs';

setWorkerUrl('/maplibre/maplibre-gl-worker.mjs');

// Experimental in MapLibre: every source is taken to be cut in the grid told here, so that levels are those of set c.
const same = (position) => position.slice();
addProjection({
  name: 'EPSG:4490',
  projection: { forward: same, inverse: same },
  tileMatrixSet: { origin: [-180, 90], extentAtZoom0: 360 },
});
const PROJECTIONS = { c: 'EPSG:4490', w: 'mercator' };

const ways = {
  XYZ: ({ url, layer, set, style }) => ({
    source: {
      type: 'raster',
      tiles: [`${url}/tiles/${layer}/${style}/${set}/{z}/{x}/{y}.png`],
      tileSize: 256,
      minzoom: 1,
      maxzoom: 18,
    },
    drawn: { type: 'raster', paint: { 'raster-resampling': 'nearest', 'raster-fade-duration': 0 } },
  }),
  TileJSON: ({ url, layer, set, style }) => ({
    source: { type: 'raster', url: `${url}/tiles/${layer}/${style}/${set}.json`, tileSize: 256 },
    drawn: { type: 'raster', paint: { 'raster-resampling': 'nearest', 'raster-fade-duration': 0 } },
  }),
  MVT: ({ url, vector, set, colour }) => ({
    source: { type: 'vector', url: `${url}/vector/${vector}/${set}.json` },
    drawn: {
      type: 'circle',
      'source-layer': vector,
      paint: { 'circle-radius': 5, 'circle-color': colour },
    },
  }),
};

/** Resolves when all is drawn. */
export async function draw(element, job) {
  const { source, drawn } = ways[job.way](job);
  const map = new MapLibre({
    container: element,
    attributionControl: false,
    interactive: false,
    center: job.center,
    // Its levels count tiles of 512 pixels.
    zoom: job.level - 1,
    style: {
      version: 8,
      projection: { type: PROJECTIONS[job.set] },
      sources: { layer: source },
      layers: [{ id: 'drawn', source: 'layer', ...drawn }],
    },
  });
  await new Promise((resolve, reject) => {
    map.on('error', ({ error }) => reject(error));
    map.once('idle', resolve);
  });
}
