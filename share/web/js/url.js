// SPDX-License-Identifier: Apache-2.0
// The address of the page says what is seen: short keys, a version, absolute time. Layers are id~opacity~style~value, in order.
import { TIANDITU } from './model.js';
import { formatIso, parseIso } from './time.js';

const VERSION = '1';

const number = (text, least, most) => {
  const value = text === null || text.trim() === '' ? NaN : Number(text);
  return value >= least && value <= most ? value : null;
};

function place(text) {
  const [lon, lat] = (text ?? '').split(',').map((part) => number(part, -360, 360));
  return lon === null || lat === undefined || lat === null || Math.abs(lat) > 90 ? null : { lon, lat };
}

function layer(text) {
  const [id, opacity, style, value] = text.split('~');
  return { id, on: true, opacity: number(opacity ?? null, 0, 1) ?? 1, style: style || null, value: value || null };
}

/** What an address asks for; null or absent where it does not say. Unknown or broken parts are left out. */
export function readAddress(search) {
  const query = new URLSearchParams(search);
  const known = (name, values) => (values.includes(query.get(name)) ? query.get(name) : null);
  return {
    lang: known('lang', ['zh', 'en']),
    theme: known('theme', ['dark', 'light']),
    set: known('set', ['c', 'w']),
    base: known('b', Object.keys(TIANDITU)),
    center: place(query.get('at')),
    zoom: number(query.get('z'), 1, 18),
    time_s: parseIso(query.get('t')),
    snapshot: query.get('snap'),
    point: place(query.get('p')),
    wind: query.get('wind'),
    layers: query.has('l') ? query.get('l').split(',').filter(Boolean).map(layer) : null,
    kept: ['test', 'motion'].filter((name) => query.has(name)).map((name) => [name, query.get(name)]),
  };
}

const coordinate = (value) => String(Number(value.toFixed(4)));

function layerText({ id, opacity, style, value }) {
  return [id, opacity === 1 ? '' : String(opacity), style ?? '', value ?? ''].join('~').replace(/~+$/, '');
}

/** The address of a state, without origin. */
export function writeAddress(state) {
  const query = new URLSearchParams({ v: VERSION, lang: state.lang, theme: state.theme, set: state.set });
  query.set('at', `${coordinate(state.center.lon)},${coordinate(state.center.lat)}`);
  query.set('z', String(Number(state.zoom.toFixed(2))));
  if (state.base in TIANDITU) query.set('b', state.base);
  if (state.time_s !== null) query.set('t', formatIso(state.time_s));
  if (state.snapshot) query.set('snap', state.snapshot);
  if (state.point) query.set('p', `${coordinate(state.point.lon)},${coordinate(state.point.lat)}`);
  if (state.wind) query.set('wind', state.wind);
  query.set('l', state.layers.map(layerText).join(','));
  state.kept.forEach(([name, value]) => query.set(name, value));
  // Commas, @, ~ and : are legal in a query and read better as they are.
  return `/?${query.toString().replace(/%(2C|40|7E|3A)/g, decodeURIComponent)}`;
}
