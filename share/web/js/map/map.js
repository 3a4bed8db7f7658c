// SPDX-License-Identifier: Apache-2.0
// The map: keeps OpenLayers' layers as the store wants them. Reads the store, never the page.
import { ol } from '../lib.js';
import { extentOf, fromSet, projectionOf, toSet } from './crs.js';
import { baseLayer, featureLayer, pictureLayer, wantsWebgl } from './sources.js';
import { featureStyle, webglStyle } from './style.js';
import { isPicture, isTimed, servesIt, shownLayers, stepAt, stepsOf, valueOf } from '../model.js';

const PATIENCE_MS = 5000; // a new frame is shown then even if tiles are still due
const isWebgl = (layer) => layer instanceof ol.layer.WebGLVectorTile;
const BASE = '/base/{set}/{z}/{x}/{y}.png';
const BASE_ID = 'base';

/** createMap(element, marker, store, actions): actions = {pick(place), moved(center, zoom), cursor(place), status(map of id to word)} */
export function createMap(element, marker, store, actions) {
  const slots = new Map(); // id -> {shown, wanted, frames: Map(key -> frame)}
  let set = null;
  const map = new ol.Map({
    target: element, controls: [new ol.control.ScaleLine({ minWidth: 90 })], pixelRatio: Math.min(window.devicePixelRatio, 2),
  });
  const overlay = new ol.Overlay({ element: marker, positioning: 'center-center', stopEvent: false });
  map.addOverlay(overlay);

  // --- frames: one OpenLayers layer for one snapshot, style, value and set ---

  const states = () => Object.fromEntries([...slots].map(([id, { frames, wanted, note }]) => {
    const frame = frames.get(wanted);
    if (note) return [id, note];
    if (!frame) return [id, 'ready'];
    if (frame.failed > 0) return [id, 'error'];
    return [id, frame.isReady ? 'ready' : 'loading'];
  }));
  let reported = '';
  function report() {
    const text = JSON.stringify(states());
    if (text !== reported) actions.status(JSON.parse(text));
    reported = text;
  }

  function drop(slot, key) {
    const frame = slot.frames.get(key);
    if (!frame) return;
    map.removeLayer(frame.layer);
    frame.layer.dispose();
    slot.frames.delete(key);
  }

  function show(slot) {
    const frame = slot.frames.get(slot.wanted);
    if (!frame) return;
    slot.shown = slot.wanted;
    slot.frames.forEach((other, key) => {
      other.layer.setOpacity(key === slot.shown ? slot.opacity : 0);
      if (key !== slot.shown && key !== slot.next) drop(slot, key);
    });
  }

  function makeReady(frame, slot) {
    frame.isReady = true;
    if (slot.frames.get(slot.wanted) === frame) show(slot);
  }

  function addFrame(slot, key, layer) {
    const frame = { layer, isFresh: true, isReady: false, pending: 0, failed: 0 };
    slot.frames.set(key, frame);
    layer.setOpacity(slot.shown === null ? slot.opacity : 0);
    layer.setZIndex(slot.z);
    const source = layer.getSource();
    source.on('tileloadstart', () => { frame.pending += 1; });
    source.on('tileloadend', () => { frame.pending -= 1; });
    source.on('tileloaderror', () => {
      frame.pending -= 1;
      frame.failed += 1;
      report();
    });
    map.addLayer(layer);
    setTimeout(() => waitedEnough(slot, key, frame), PATIENCE_MS);
  }

  /** WebGL whose worker does not answer never gets ready, and no error tells. */
  function waitedEnough(slot, key, frame) {
    if (frame.isReady || slot.frames.get(key) !== frame) return;
    if (isWebgl(frame.layer) && frame.pending === 0) {
      actions.withoutWebgl();
      return;
    }
    makeReady(frame, slot);
    report();
  }

  map.on('postrender', () => slots.forEach(({ frames }) => frames.forEach((frame) => { frame.isFresh = false; })));
  map.on('rendercomplete', () => {
    slots.forEach((slot) => slot.frames.forEach((frame) => { if (!frame.isReady && !frame.isFresh) makeReady(frame, slot); }));
    report();
  });

  // --- what the store wants ---

  function slotOf(id) {
    if (!slots.has(id)) slots.set(id, { shown: null, wanted: null, next: null, note: null, opacity: 1, z: 0, frames: new Map() });
    return slots.get(id);
  }

  function makeLayer(layer, look) {
    if (isPicture(layer)) return pictureLayer(layer, look);
    const theme = store.get('theme');
    const useWebgl = wantsWebgl(layer) && store.get('webgl') !== 'off';
    return featureLayer(layer, look, useWebgl ? webglStyle(layer, theme) : featureStyle(layer, theme), useWebgl);
  }

  const keyOf = (layer, look) => [layer.address, look.style, look.value, look.set, store.get('webgl')].join('|');

  function want(slot, layer, choice, value) {
    const look = { set, style: choice.style, value };
    const key = keyOf(layer, look);
    if (!slot.frames.has(key)) addFrame(slot, key, makeLayer(layer, look));
    return key;
  }

  /** While the film runs the step after the present one loads unseen. */
  function nextOf(slot, layer, choice, time_s) {
    if (!store.get('playing') || !isTimed(layer) || time_s === null) return null;
    const steps = stepsOf(layer);
    const index = stepAt(steps, time_s);
    const next = index < 0 ? undefined : layer.dimension.values[(index + 1) % steps.length];
    return next === undefined ? null : want(slot, layer, choice, String(next));
  }

  function syncOne({ layer, choice }, position) {
    const slot = slotOf(layer.id);
    const time_s = store.get('time_s');
    const value = valueOf(layer, choice, time_s);
    slot.opacity = choice.opacity;
    slot.z = (isPicture(layer) ? 100 : 500) + position;
    slot.note = value === undefined ? 'nodata' : null;
    if (value === undefined) {
      [...slot.frames.keys()].forEach((key) => drop(slot, key));
      slot.shown = slot.wanted = null;
      return;
    }
    slot.wanted = want(slot, layer, choice, value);
    slot.next = nextOf(slot, layer, choice, time_s);
    slot.frames.forEach((frame) => frame.layer.setZIndex(slot.z));
    const wanted = slot.frames.get(slot.wanted);
    if (wanted.isReady || slot.shown === null) show(slot);
    else slot.frames.get(slot.shown)?.layer.setOpacity(slot.opacity);
  }

  function removeSlot(id) {
    const slot = slots.get(id);
    [...slot.frames.keys()].forEach((key) => drop(slot, key));
    slots.delete(id);
  }

  function syncBase() {
    if (!store.get('server') || !servesIt(store.get('server'), 'base')) return;
    const slot = slotOf(BASE_ID);
    slot.wanted = `${BASE}|${set}`;
    if (!slot.frames.has(slot.wanted)) addFrame(slot, slot.wanted, baseLayer(BASE, set));
    if (slot.shown === null) show(slot);
  }

  function syncLayers() {
    if (set === null) return;
    const shown = shownLayers(store.get('catalogue'), store.get('layers'));
    const ids = new Set([BASE_ID, ...shown.map(({ layer }) => layer.id)]);
    [...slots.keys()].filter((id) => !ids.has(id)).forEach(removeSlot);
    syncBase();
    shown.forEach(syncOne);
    report();
  }

  function syncSet() {
    const next = store.get('set');
    const center = store.get('center');
    if (next === set || !center) return;
    set = next;
    [...slots.keys()].forEach(removeSlot);
    map.setView(new ol.View({
      projection: projectionOf(set), center: toSet(set, center), zoom: store.get('zoom'), minZoom: 2, maxZoom: 18,
      constrainResolution: true, enableRotation: false, multiWorld: false, smoothResolutionConstraint: false,
    }));
    syncLayers();
    syncPoint();
  }

  function syncPoint() {
    const point = store.get('point');
    overlay.setPosition(point && set ? toSet(set, point) : undefined);
  }

  function restyle() {
    const theme = store.get('theme');
    slots.forEach(({ frames }, id) => frames.forEach(({ layer }) => {
      const described = store.get('catalogue')?.byId.get(id);
      if (described && !isPicture(described)) layer.setStyle(isWebgl(layer) ? webglStyle(described, theme) : featureStyle(described, theme));
    }));
  }

  store.watch(['set', 'center'], syncSet);
  store.watch(['server', 'catalogue', 'layers', 'time_s', 'playing', 'webgl'], syncLayers);
  store.watch(['theme', 'lang'], restyle);
  store.watch(['point'], syncPoint);

  // --- what the visitor does ---

  map.on('click', (event) => actions.pick(fromSet(set, event.coordinate)));
  map.on('pointermove', (event) => { if (!event.dragging) actions.cursor(fromSet(set, event.coordinate)); });
  map.on('moveend', () => {
    const view = map.getView();
    if (set !== null) actions.moved(fromSet(set, view.getCenter()), view.getZoom());
  });

  return {
    map,
    fit(bounds) {
      map.getView().fit(extentOf(set, bounds), { padding: [30, 30, 30, 30], maxZoom: 10 });
    },
    zoomBy(steps) {
      const view = map.getView();
      view.animate({ zoom: view.getConstrainedZoom(view.getZoom() + steps), duration: 180 });
    },
    center: () => fromSet(set, map.getView().getCenter()),
    retry(id) {
      slots.get(id)?.frames.forEach((frame) => {
        Object.assign(frame, { failed: 0, pending: 0 });
        frame.layer.getSource().refresh();
      });
      report();
    },
    resize: () => map.updateSize(),
    /** For tests: is everything drawn? */
    isSettled: () => [...slots.values()].every(({ wanted, frames, note }) => {
      const frame = frames.get(wanted);
      return note || (frame?.isReady && frame.pending === 0);
    }),
    /** For tests: the colour that a layer has at a place, [r, g, b, a] or null. */
    layerPixel(id, place) {
      const slot = slots.get(id);
      const frame = slot?.frames.get(slot.shown);
      const data = frame?.layer.getData(map.getPixelFromCoordinate(toSet(set, place)));
      return data ? [...data] : null;
    },
    screenPixel: (place) => map.getPixelFromCoordinate(toSet(set, place)),
    featuresAt(place) {
      const found = [];
      map.forEachFeatureAtPixel(map.getPixelFromCoordinate(toSet(set, place)), (feature, layer) => {
        const id = [...slots].find(([, { frames }]) => [...frames.values()].some((frame) => frame.layer === layer))?.[0];
        found.push({ layer: id, ...feature.getProperties() });
      }, { hitTolerance: 4 });
      return found;
    },
    frames: () => [...slots].map(([id, { shown, frames }]) => ({
      id, shown, count: frames.size, isWebgl: [...frames.values()].some(({ layer }) => isWebgl(layer)),
    })),
  };
}
