// SPDX-License-Identifier: Apache-2.0
// The map: keeps OpenLayers' layers as the store wants them. Reads the store, never the page.
import { ol } from '../lib.js';
import { TIANDITU, baseOf, isPicture, isTimed, servesIt, shownLayers, stepAt, stepsOf, valueOf } from '../model.js';
import { extentOf, fromSet, projectionOf, toSet } from './crs.js';
import { Frames } from './frames.js';
import { baseLayer, featureLayer, pictureLayer, tiandituLayer, wantsWebgl } from './sources.js';
import { featureStyle, webglStyle } from './style.js';

const BASE = '/base/{set}/{z}/{x}/{y}.png';
const BASE_ID = 'base';
// Tianditu's ground lies on ours, which shows where it fails; its names lie on the pictures.
const TIANDITU_SLOTS = { tianditu: 1, names: 450 };

function viewOf(set, center, zoom) {
  return new ol.View({
    projection: projectionOf(set),
    center: toSet(set, center),
    zoom,
    minZoom: 2,
    maxZoom: 18,
    // Whole levels only: a pixel of a tile is a pixel of the screen.
    constrainResolution: true,
    enableRotation: false,
    multiWorld: false,
  });
}

/** Keeps frames for the layers of the store in one set. */
class Layers {
  constructor(map, store, actions) {
    Object.assign(this, { store, set: null });
    this.frames = new Frames(map, { onStatus: actions.status, onWebglSilent: actions.withoutWebgl });
  }

  make(layer, look) {
    if (isPicture(layer)) return pictureLayer(layer, look);
    const theme = this.store.get('theme');
    const useWebgl = wantsWebgl(layer) && this.store.get('webgl') === 'on';
    return featureLayer(layer, look, useWebgl ? webglStyle(layer, theme) : featureStyle(layer, theme), useWebgl);
  }

  prepare(slot, layer, choice, value) {
    const look = { set: this.set, style: choice.style, value };
    const key = [layer.address, look.style, value, look.set, this.store.get('webgl')].join('|');
    this.frames.prepare(slot, key, () => this.make(layer, look));
    return key;
  }

  /** While the film runs the step after the present one loads unseen. */
  prepareNext(slot, layer, choice) {
    const time_s = this.store.get('time_s');
    if (!this.store.get('playing') || !isTimed(layer) || time_s === null) return null;
    const steps = stepsOf(layer);
    const index = stepAt(steps, time_s);
    const next = index < 0 ? undefined : layer.dimension.values[(index + 1) % steps.length];
    return next === undefined ? null : this.prepare(slot, layer, choice, String(next));
  }

  syncOne({ layer, choice }, position) {
    const slot = this.frames.slot(layer.id);
    const value = valueOf(layer, choice, this.store.get('time_s'));
    slot.opacity = choice.opacity;
    slot.z = (isPicture(layer) ? 100 : 500) + position;
    if (value === undefined) {
      this.frames.empty(slot, 'nodata');
      return;
    }
    const key = this.prepare(slot, layer, choice, value);
    this.frames.want(slot, key, this.prepareNext(slot, layer, choice));
  }

  syncBase() {
    const server = this.store.get('server');
    if (!server || !servesIt(server, 'base')) return;
    const slot = this.frames.slot(BASE_ID);
    const key = `${BASE}|${this.set}`;
    this.frames.prepare(slot, key, () => baseLayer(BASE, this.set));
    this.frames.want(slot, key, null);
  }

  syncTianditu() {
    const server = this.store.get('server');
    const base = baseOf(server, this.store.get('base'));
    if (!(base in TIANDITU)) return [];
    const names = { tianditu: base, names: TIANDITU[base] };
    Object.entries(TIANDITU_SLOTS).forEach(([id, z]) => {
      const slot = this.frames.slot(id);
      const key = `${server.tianditu}|${names[id]}|${this.set}`;
      slot.z = z;
      this.frames.prepare(slot, key, () => tiandituLayer(server.tianditu, names[id], this.set));
      this.frames.want(slot, key, null);
    });
    return Object.keys(TIANDITU_SLOTS);
  }

  sync() {
    if (this.set === null) return;
    const shown = shownLayers(this.store.get('catalogue'), this.store.get('layers'));
    const ids = new Set([BASE_ID, ...this.syncTianditu(), ...shown.map(({ layer }) => layer.id)]);
    [...this.frames.slots.keys()].filter((id) => !ids.has(id)).forEach((id) => this.frames.remove(id));
    this.syncBase();
    shown.forEach((one, position) => this.syncOne(one, position));
    this.frames.report();
  }

  /** Nothing is carried over from one set to the other. */
  changeSet(set) {
    [...this.frames.slots.keys()].forEach((id) => this.frames.remove(id));
    this.set = set;
    this.sync();
  }

  restyle() {
    const theme = this.store.get('theme');
    this.store
      .get('catalogue')
      ?.layers.filter((layer) => !isPicture(layer))
      .forEach((layer) =>
        this.frames.restyle(layer.id, (byWebgl) => (byWebgl ? webglStyle(layer, theme) : featureStyle(layer, theme))),
      );
  }
}

function listen(map, layers, actions) {
  const placeOf = (coordinate) => fromSet(layers.set, coordinate);
  map.on('click', ({ coordinate }) => actions.pick(placeOf(coordinate)));
  map.on('pointermove', ({ dragging, coordinate }) => {
    if (!dragging) actions.cursor(placeOf(coordinate));
  });
  map.on('moveend', () => {
    const view = map.getView();
    if (layers.set !== null) actions.moved(placeOf(view.getCenter()), view.getZoom());
  });
}

/** What tests may ask of the map. */
function probesOf(map, layers) {
  const pixelOf = (place) => map.getPixelFromCoordinate(toSet(layers.set, place));
  return {
    isSettled: () => layers.frames.isSettled(),
    frames: () => layers.frames.list(),
    screenPixel: pixelOf,
    featuresAt(place) {
      const found = [];
      const take = (feature, layer) => {
        found.push({ layer: layers.frames.idOf(layer), ...feature.getProperties() });
      };
      map.forEachFeatureAtPixel(pixelOf(place), take, { hitTolerance: 4 });
      return found;
    },
  };
}

/** createMap(element, marker, store, actions): actions = {pick(place), moved(center, zoom), cursor(place), status(states),
    withoutWebgl()} */
export function createMap(element, marker, store, actions) {
  const map = new ol.Map({
    target: element,
    controls: [new ol.control.ScaleLine({ minWidth: 90 })],
    pixelRatio: Math.min(window.devicePixelRatio, 2),
  });
  const overlay = new ol.Overlay({ element: marker, positioning: 'center-center', stopEvent: false });
  const layers = new Layers(map, store, actions);
  map.addOverlay(overlay);
  listen(map, layers, actions);

  const syncPoint = () => {
    const point = store.get('point');
    overlay.setPosition(point && layers.set ? toSet(layers.set, point) : undefined);
  };
  const syncSet = () => {
    const set = store.get('set');
    const center = store.get('center');
    if (set === layers.set || !center) return;
    map.setView(viewOf(set, center, store.get('zoom')));
    layers.changeSet(set);
    syncPoint();
  };
  store.watch(['set', 'center'], syncSet);
  store.watch(['server', 'catalogue', 'layers', 'time_s', 'playing', 'webgl', 'base'], () => layers.sync());
  store.watch(['theme', 'lang'], () => layers.restyle());
  store.watch(['point'], syncPoint);

  return {
    map,
    probes: probesOf(map, layers),
    fit: (bounds) => map.getView().fit(extentOf(layers.set, bounds), { padding: [30, 30, 30, 30], maxZoom: 10 }),
    zoomBy(steps) {
      const view = map.getView();
      view.animate({ zoom: view.getConstrainedZoom(view.getZoom() + steps), duration: 180 });
    },
    center: () => fromSet(layers.set, map.getView().getCenter()),
    retry: (id) => layers.frames.retry(id),
    resize: () => map.updateSize(),
  };
}
