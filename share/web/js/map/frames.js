// SPDX-License-Identifier: Apache-2.0
// Frames: one OpenLayers layer for one snapshot, style, value and set. A slot holds the frames of one layer of the catalogue:
// the one that is shown, the one that is wanted and takes its place when it is drawn, and the next one of a film.
import { ol } from '../lib.js';

const PATIENCE_MS = 5000; // a wanted frame is shown then even if tiles are still due

const isWebgl = (layer) => layer instanceof ol.layer.WebGLVectorTile;

const newSlot = () => ({ shown: null, wanted: null, next: null, note: null, opacity: 1, z: 0, frames: new Map() });

function stateOf({ frames, wanted, note }) {
  const frame = frames.get(wanted);
  if (note) return note;
  if (!frame) return 'ready';
  if (frame.failed > 0) return 'error';
  return frame.isReady ? 'ready' : 'loading';
}

/** Frames of one map. onStatus gets {id: 'ready' | 'loading' | 'error' | note} after each change; onWebglSilent is called when
    points should have been drawn by WebGL and were not. */
export class Frames {
  constructor(map, { onStatus, onWebglSilent }) {
    Object.assign(this, { map, onStatus, onWebglSilent, slots: new Map(), reported: '' });
    map.on('postrender', () => this.each((frame) => Object.assign(frame, { isFresh: false })));
    map.on('rendercomplete', () => {
      this.each((frame, slot) => {
        if (!frame.isReady && !frame.isFresh) this.makeReady(frame, slot);
      });
      this.report();
    });
  }

  each(visit) {
    this.slots.forEach((slot) => slot.frames.forEach((frame) => visit(frame, slot)));
  }

  slot(id) {
    if (!this.slots.has(id)) this.slots.set(id, newSlot());
    return this.slots.get(id);
  }

  report() {
    const states = Object.fromEntries([...this.slots].map(([id, slot]) => [id, stateOf(slot)]));
    const text = JSON.stringify(states);
    if (text === this.reported) return;
    this.reported = text;
    this.onStatus(states);
  }

  drop(slot, key) {
    const frame = slot.frames.get(key);
    if (!frame) return;
    this.map.removeLayer(frame.layer);
    frame.layer.dispose();
    slot.frames.delete(key);
  }

  /** Leaves a slot without frames: note says why. */
  empty(slot, note = null) {
    [...slot.frames.keys()].forEach((key) => this.drop(slot, key));
    Object.assign(slot, { shown: null, wanted: null, next: null, note });
  }

  remove(id) {
    this.empty(this.slots.get(id));
    this.slots.delete(id);
  }

  show(slot) {
    slot.shown = slot.wanted;
    [...slot.frames].forEach(([key, { layer }]) => {
      layer.setOpacity(key === slot.shown ? slot.opacity : 0);
      if (key !== slot.shown && key !== slot.next) this.drop(slot, key);
    });
  }

  makeReady(frame, slot) {
    frame.isReady = true;
    if (slot.frames.get(slot.wanted) === frame) this.show(slot);
  }

  /** Makes sure that a frame exists, unseen unless the slot shows nothing yet. */
  prepare(slot, key, makeLayer) {
    if (slot.frames.has(key)) return;
    const layer = makeLayer();
    const frame = { layer, isFresh: true, isReady: false, pending: 0, failed: 0 };
    slot.frames.set(key, frame);
    layer.setOpacity(slot.shown === null ? slot.opacity : 0);
    const source = layer.getSource();
    source.on('tileloadstart', () => {
      frame.pending += 1;
    });
    source.on('tileloadend', () => {
      frame.pending -= 1;
    });
    source.on('tileloaderror', () => {
      frame.pending -= 1;
      frame.failed += 1;
      this.report();
    });
    this.map.addLayer(layer);
    setTimeout(() => this.waitedEnough(slot, key, frame), PATIENCE_MS);
  }

  /** WebGL whose worker does not answer never gets ready, and no error tells. */
  waitedEnough(slot, key, frame) {
    if (frame.isReady || slot.frames.get(key) !== frame) return;
    if (isWebgl(frame.layer) && frame.pending === 0) {
      this.onWebglSilent();
      return;
    }
    this.makeReady(frame, slot);
    this.report();
  }

  /** Wants a prepared frame: shown now if it is drawn or nothing is shown, else when it is. */
  want(slot, key, next) {
    Object.assign(slot, { wanted: key, next, note: null });
    slot.frames.forEach(({ layer }) => layer.setZIndex(slot.z));
    if (slot.frames.get(key).isReady || slot.shown === null) this.show(slot);
    else slot.frames.get(slot.shown)?.layer.setOpacity(slot.opacity);
  }

  restyle(id, styleFor) {
    this.slots.get(id)?.frames.forEach(({ layer }) => layer.setStyle(styleFor(isWebgl(layer))));
  }

  retry(id) {
    this.slots.get(id)?.frames.forEach((frame) => {
      Object.assign(frame, { failed: 0, pending: 0 });
      frame.layer.getSource().refresh();
    });
    this.report();
  }

  idOf(layer) {
    return [...this.slots].find(([, { frames }]) => [...frames.values()].some((frame) => frame.layer === layer))?.[0];
  }

  isSettled() {
    return [...this.slots.values()].every(({ wanted, frames, note }) => {
      const frame = frames.get(wanted);
      return note || (frame?.isReady && frame.pending === 0);
    });
  }

  list() {
    return [...this.slots].map(([id, { shown, frames }]) => ({
      id,
      shown,
      count: frames.size,
      isWebgl: [...frames.values()].some(({ layer }) => isWebgl(layer)),
    }));
  }
}
