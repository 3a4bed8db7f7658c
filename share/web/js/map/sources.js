// SPDX-License-Identifier: Apache-2.0
// OpenLayers layers for what /v1/layers describes. A layer is made for one snapshot, style, value and set and never changes
// its address: a change is a new layer, so nothing flickers and nothing of two moments is mixed.
import { ol } from '../lib.js';
import { extentOf, projectionOf, tileGrid } from './crs.js';

// Points from here on are drawn by WebGL: measured, canvas needs 120 ms a frame for 30,000.
const WEBGL_POINTS = 5000;

export function addressOf(layer, { set, style, value }) {
  const address = layer.address.replace('{set}', set).replace('{style}', encodeURIComponent(style ?? 'default'));
  if (!layer.dimension || value === null) return address;
  const joiner = address.includes('?') ? '&' : '?';
  return `${address}${joiner}${encodeURIComponent(layer.dimension.name)}=${encodeURIComponent(value)}`;
}

const boundsOf = (layer, set) => {
  const bounds = layer.bounds;
  if (!bounds || bounds[0] > bounds[2]) return undefined;
  return extentOf(set, bounds);
};

export function baseLayer(address, set) {
  const source = new ol.source.XYZ({
    url: address.replace('{set}', set), projection: projectionOf(set), tileGrid: tileGrid(set), transition: 0, wrapX: false,
  });
  return new ol.layer.Tile({ source, className: 'base-layer', zIndex: 0 });
}

/** A grid or cube as pictures. Not interpolated: a pixel shows its class's colour and no mixture. */
export function pictureLayer(layer, look) {
  const source = new ol.source.XYZ({
    url: addressOf(layer, look), projection: projectionOf(look.set), tileGrid: tileGrid(look.set, layer.zmin, layer.zmax),
    interpolate: false, transition: 0, wrapX: false,
  });
  return new ol.layer.Tile({ source, className: `layer-${layer.id.replace(/\W/g, '-')}`, extent: boundsOf(layer, look.set), preload: 0 });
}

export const wantsWebgl = (layer) => layer.geometry === 'point' && (layer.count ?? 0) >= WEBGL_POINTS;

/** Features from vector tiles; `style` is a function for canvas and a flat style for WebGL. */
export function featureLayer(layer, look, style, useWebgl) {
  const source = new ol.source.VectorTile({
    url: addressOf(layer, look), format: new ol.format.MVT(), projection: projectionOf(look.set),
    tileGrid: tileGrid(look.set, layer.zmin, layer.zmax), transition: 0, wrapX: false,
  });
  const options = { source, extent: undefined };
  if (useWebgl) return new ol.layer.WebGLVectorTile({ ...options, style, className: 'webgl-points' });
  return new ol.layer.VectorTile({ ...options, style, declutter: 'names', renderMode: 'hybrid', className: 'features' });
}
