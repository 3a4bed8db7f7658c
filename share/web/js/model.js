// SPDX-License-Identifier: Apache-2.0
// What follows from the state without asking anyone: which layers are seen, at which value of their dimension, on which axis
// of time. Pure functions.
import { parseIso } from './time.js';

export const isPicture = (layer) => layer.kind !== 'features';
export const isTimed = (layer) => layer.dimension?.name === 'time';

const axes = new WeakMap();
/** The times of a layer in seconds, rising; empty without a time dimension. */
export function stepsOf(layer) {
  if (!isTimed(layer)) return [];
  if (!axes.has(layer))
    axes.set(
      layer,
      layer.dimension.values.map(parseIso).filter((time) => time !== null),
    );
  return axes.get(layer);
}

/** The newest step that is not after time_s and not older than the layer's own step; -1 where there is none. */
export function stepAt(steps, time_s) {
  let index = steps.length - 1;
  while (index >= 0 && steps[index] > time_s) index -= 1;
  if (index < 0) return -1;
  const length_s =
    index + 1 < steps.length ? steps[index + 1] - steps[index] : steps[index] - (steps[index - 1] ?? steps[index]);
  return time_s - steps[index] <= length_s ? index : -1;
}

/** The text of the dimension's value that is drawn; null without a dimension, undefined where the layer has nothing at this time. */
export function valueOf(layer, own, time_s) {
  if (!layer.dimension) return null;
  if (!isTimed(layer)) return String(own?.value ?? layer.dimension.default);
  if (time_s === null) return String(layer.dimension.default);
  const index = stepAt(stepsOf(layer), time_s);
  return index < 0 ? undefined : String(layer.dimension.values[index]);
}

/** The switched-on layers of the catalogue, lowest first. */
export function shownLayers(catalogue, own) {
  if (!catalogue) return [];
  return own
    .filter(({ on }) => on)
    .map((choice) => ({ layer: catalogue.byId.get(choice.id), choice }))
    .filter(({ layer }) => layer?.address);
}

/** All steps of the switched-on layers, rising, each once. */
export function timeAxis(catalogue, own) {
  const times = new Set(shownLayers(catalogue, own).flatMap(({ layer }) => stepsOf(layer)));
  return [...times].sort((a, b) => a - b);
}

export function styleOf(layer, choice) {
  return layer.styles?.find(({ name }) => name === choice?.style) ?? layer.styles?.[0] ?? null;
}

export const datasetOf = (layer) => layer.id.split('@')[0];

// What does not change with the weather.
const GROUND = ['coast', 'counties', 'county_seats', 'land_fraction'];
export const groupOf = (layer) => {
  if (GROUND.includes(datasetOf(layer))) return 'ground';
  return isPicture(layer) ? 'pictures' : 'features';
};

/** Pictures, features, then the ground, each in the server's order. */
export function groupsOf(layers) {
  return ['pictures', 'features', 'ground']
    .map((key) => ({ key, layers: layers.filter((layer) => groupOf(layer) === key) }))
    .filter((group) => group.layers.length > 0);
}

// What a visitor sees first: the strongest wind, the ground's lines above it, and where the storm went; lowest first.
const FIRST_PICTURES = ['wind_max'];
const FIRST_FEATURES = ['counties', 'warning_lines', 'track_lines', 'track_points', 'county_seats', 'landfalls'];

/** The layers' choices of a visitor who asked for nothing. */
export function firstChoices(layers) {
  const pictures = layers.filter((layer) => isPicture(layer) && layer.address);
  const wanted = pictures.filter((layer) => FIRST_PICTURES.includes(datasetOf(layer)));
  const finest = (wanted.length ? wanted : pictures).at(0);
  const rank = (layer) => FIRST_FEATURES.indexOf(datasetOf(layer));
  const onTop = layers.filter((layer) => !isPicture(layer) && rank(layer) >= 0).sort((a, b) => rank(a) - rank(b));
  return [finest, ...onTop]
    .filter(Boolean)
    .map((layer) => ({ id: layer.id, on: true, opacity: isPicture(layer) ? 0.85 : 1, style: null, value: null }));
}

/** Where to look first: the ground of the first picture, or of all. */
export function homeBounds(layers, own) {
  const shown = own.map(({ id }) => layers.find((layer) => layer.id === id)).filter(Boolean);
  const first = [...shown.filter(isPicture), ...layers.filter(isPicture), ...layers].find(
    ({ bounds }) => bounds && bounds[0] <= bounds[2],
  );
  return first?.bounds ?? [105, 15, 117, 23];
}

/** The largest whole level of set c at which an extent is seen whole on a map of this size. */
export function zoomFor([west, south, east, north], width, height) {
  const pixels = Math.min(width / Math.max(east - west, 0.01), height / Math.max(north - south, 0.01)); // a degree
  return Math.max(3, Math.min(12, Math.floor(Math.log2((pixels * 360) / 256))));
}

/** UDUNITS as people write it: 'm s-1' is 'm/s'. */
export const unitText = (unit) =>
  !unit || unit === '1' ? '' : unit.replace(/ ?([a-zA-Z]+)-1\b/g, '/$1').replace(/([a-zA-Z])2\b/g, '$1²');

/** Whether the server answers below a path; a server that does not say is believed to. */
export const servesIt = (server, path) => !server?.services || server.services.includes(path);

// Tianditu's base maps, each with its names.
export const TIANDITU = { vec: 'cva', img: 'cia', ter: 'cta' };

/** The base map that is drawn: the one chosen where the server has a cache of Tianditu's, else the coast. */
export const baseOf = (server, chosen) => (server?.tianditu && chosen in TIANDITU ? chosen : 'coast');

export const isUnreal = (thing) =>
  Boolean(thing?.simulated) || ['drill', 'hypothetical'].includes(thing?.authority?.code);
