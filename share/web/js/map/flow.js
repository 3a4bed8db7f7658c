// SPDX-License-Identifier: Apache-2.0
// Wind as moving particles: decoration over an exact picture, in a map of its own with the same view, because OpenLayers' Flow
// redraws its whole map each frame. Nothing is read from it.
import { ol } from '../lib.js';
import { shownLayers, valueOf } from '../model.js';
import { addressOf } from './address.js';
import { extentOf, projectionOf, tileGrid } from './crs.js';

const PARTICLES = 3000;
const MAX_MPS = 80; // Flow keeps 8 bits between plus and minus this
const NO_DATA = -32768;
const PER_MPS = 100;
const TILE = 256;

/** Pairs of int16, least significant byte first, to what Flow wants. Two bands it draws wrongly without a word; the third is
    not used. Flow knows no missing values: there the air stands still. */
function toBands(buffer) {
  const pairs = new DataView(buffer);
  const bands = new Float32Array(TILE * TILE * 3);
  for (let i = 0; i < TILE * TILE; i += 1) {
    const u = pairs.getInt16(4 * i, true);
    const v = pairs.getInt16(4 * i + 2, true);
    if (u !== NO_DATA && v !== NO_DATA) {
      bands[3 * i] = u / PER_MPS;
      bands[3 * i + 1] = v / PER_MPS;
    }
  }
  return bands;
}

/** Outside the grid there must be still air: where Flow has no tile its particles race. */
function windSource(layer, look) {
  const template = addressOf({ ...layer, address: layer.uv }, look);
  const grid = tileGrid(look.set, { zmin: layer.zmin, zmax: layer.zmax });
  const extent = extentOf(look.set, layer.bounds);
  return new ol.source.DataTile({
    bandCount: 3,
    tileSize: TILE,
    projection: projectionOf(look.set),
    wrapX: false,
    transition: 0,
    tileGrid: grid,
    loader: async (z, x, y, { signal }) => {
      if (!ol.extent.intersects(grid.getTileCoordExtent([z, x, y]), extent)) return new Float32Array(TILE * TILE * 3);
      const answer = await fetch(template.replace('{z}', z).replace('{x}', x).replace('{y}', y), { signal });
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      return toBands(await answer.arrayBuffer());
    },
  });
}

function flowLayer(layer, look) {
  return new ol.layer.Flow({
    source: windSource(layer, look),
    maxSpeed: MAX_MPS,
    speedFactor: 0.0005,
    particles: PARTICLES,
    style: {
      color: [
        'interpolate',
        ['linear'],
        ['get', 'speed'],
        0,
        [255, 255, 255, 0],
        5,
        [255, 255, 255, 0.35],
        30,
        [255, 255, 255, 0.8],
      ],
    },
  });
}

/** createFlow(element, mainMap, store): the element lies over the map and takes no clicks. */
export function createFlow(element, mainMap, store) {
  let map = null;
  let shownKey = null;

  function open() {
    map = new ol.Map({ target: element, controls: [], interactions: [], pixelRatio: 1, view: mainMap.getView() });
    mainMap.on('change:view', () => map.setView(mainMap.getView()));
    mainMap.on('movestart', () => {
      element.style.visibility = 'hidden';
    });
    mainMap.on('moveend', () => {
      element.style.visibility = 'visible';
    });
  }

  function sync() {
    const chosen = shownLayers(store.get('catalogue'), store.get('layers')).find(
      ({ layer }) => layer.id === store.get('wind') && layer.uv,
    );
    const value = chosen && valueOf(chosen.layer, chosen.choice, store.get('time_s'));
    const set = store.get('set');
    const key =
      chosen && value !== undefined && store.get('webgl') === 'on' ? `${chosen.layer.uv}|${value}|${set}` : null;
    if (key === shownKey) return;
    shownKey = key;
    if (key !== null && map === null) open();
    map?.getLayers().clear();
    if (key !== null) map.addLayer(flowLayer(chosen.layer, { set, style: null, value }));
  }

  store.watch(['wind', 'catalogue', 'layers', 'time_s', 'set', 'webgl'], sync);
}
