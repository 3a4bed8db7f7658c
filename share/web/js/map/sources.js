// SPDX-License-Identifier: Apache-2.0
// OpenLayers layers for what /v1/layers describes. A layer is made for one snapshot, style, value and set and never changes
// its address: a change is a new layer, so nothing flickers and nothing of two moments is mixed.
import { ol } from '../lib.js';
import { addressOf } from './address.js';
import { projectionOf, tileGrid } from './crs.js';

// Points from here on are drawn by WebGL: measured, canvas needs 120 ms a frame for 30,000.
const WEBGL_POINTS = 5000;

// A symbol reaches over the edge of its tile, so the neighbours' tiles count as well.
const MARGIN_DEG = 0.25;
function gridOf(layer, set) {
  const [west, south, east, north] = layer.bounds ?? [-180, -90, 180, 90];
  const bounds = [west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG];
  return tileGrid(set, { zmin: layer.zmin, zmax: layer.zmax, bounds });
}

/** Not under the filter that darkens our own base map: Tianditu's colours and names stay as approved. */
export function tiandituLayer(path, name, set) {
  const source = new ol.source.XYZ({
    url: `${path}/${name}_${set}/{z}/{x}/{y}`,
    projection: projectionOf(set),
    tileGrid: tileGrid(set),
    transition: 0,
    wrapX: false,
  });
  return new ol.layer.Tile({ source, className: 'tianditu' });
}

export function baseLayer(address, set) {
  const source = new ol.source.XYZ({
    url: address.replace('{set}', set),
    projection: projectionOf(set),
    tileGrid: tileGrid(set),
    transition: 0,
    wrapX: false,
  });
  return new ol.layer.Tile({ source, className: 'base-layer', zIndex: 0 });
}

/** A grid or cube as pictures. Not interpolated: a pixel shows its class's colour and no mixture. */
export function pictureLayer(layer, look) {
  const source = new ol.source.XYZ({
    url: addressOf(layer, look),
    projection: projectionOf(look.set),
    tileGrid: gridOf(layer, look.set),
    interpolate: false,
    transition: 0,
    wrapX: false,
  });
  return new ol.layer.Tile({ source, className: 'picture' });
}

export const wantsWebgl = (layer) => layer.geometry === 'point' && (layer.count ?? 0) >= WEBGL_POINTS;

/** Features from vector tiles; `style` is a function for canvas and a flat style for WebGL. */
export function featureLayer(layer, look, style, useWebgl) {
  const source = new ol.source.VectorTile({
    url: addressOf(layer, look),
    format: new ol.format.MVT(),
    projection: projectionOf(look.set),
    tileGrid: gridOf(layer, look.set),
    transition: 0,
    wrapX: false,
  });
  if (useWebgl) return new ol.layer.WebGLVectorTile({ source, style, className: 'webgl-points' });
  return new ol.layer.VectorTile({ source, style, declutter: 'names', renderMode: 'hybrid', className: 'features' });
}
