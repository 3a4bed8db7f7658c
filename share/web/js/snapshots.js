// SPDX-License-Identifier: Apache-2.0
// Which snapshot is shown: the current one, followed, or the one that the address pins.
import * as api from './api.js';
import { t } from './i18n.js';
import { firstChoices, homeBounds, timeAxis, zoomFor } from './model.js';
import { clockText, parseIso } from './time.js';

// What of the window is not map, about: a first view need not fit to the pixel.
const RAIL_PX = 330;
const BARS_PX = 190;

/** The moment on the map stays where it is; where none was chosen it is the server's default, else the newest. */
export function keepTime(store) {
  const catalogue = store.get('catalogue');
  const axis = timeAxis(catalogue, store.get('layers'));
  if (axis.length === 0 || store.get('time_s') !== null) return;
  const timed = catalogue.layers.find(({ dimension }) => dimension?.name === 'time');
  store.set('time_s', parseIso(timed?.dimension.default) ?? axis.at(-1));
}

function firstView(store, bounds, isZoomChosen) {
  const [west, south, east, north] = bounds;
  store.set('center', { lon: (west + east) / 2, lat: (south + north) / 2 });
  if (isZoomChosen) return;
  store.set('zoom', zoomFor(bounds, window.innerWidth - RAIL_PX, window.innerHeight - BARS_PX));
}

/** createSnapshots(store, address, {askAgain, toast}) */
export function createSnapshots(store, address, { askAgain, toast }) {
  let expected = null;

  function takeCatalogue({ snapshot, layers }) {
    const isFirst = store.get('catalogue') === null;
    if (isFirst && address.layers === null) store.set('layers', firstChoices(layers));
    if (!store.get('center')) firstView(store, homeBounds(layers, store.get('layers')), address.zoom !== null);
    store.set('catalogue', { snapshot, layers, byId: new Map(layers.map((layer) => [layer.id, layer])) });
    keepTime(store);
  }

  async function readAll(pinned) {
    const server = await api.readState(null);
    const { snapshot } = pinned ? await api.readState(pinned) : server;
    if (!snapshot) throw new Error(t(pinned ? 'failure.gone' : 'failure.nosnapshot'));
    return { server, snapshot, answer: await api.readLayers(snapshot.id) };
  }

  async function load() {
    api.readSnapshots().then(
      (snapshots) => store.set('snapshots', snapshots),
      () => {},
    );
    try {
      const { server, snapshot, answer } = await readAll(store.get('pinned'));
      store.set('server', server);
      store.set('snapshot', snapshot);
      takeCatalogue(answer);
      store.set('failure', null);
    } catch (error) {
      store.set('failure', error.message);
      return;
    }
    askAgain();
  }

  /** Something said that this snapshot is the current one. */
  async function onSnapshot(id) {
    const shown = store.get('snapshot')?.id;
    if (!id || id === shown || id === expected) return;
    if (store.get('pinned')) {
      if (id !== store.get('server')?.snapshot?.id) store.set('newer', id);
      return;
    }
    expected = id;
    await load();
    expected = null;
    const time_s = parseIso(store.get('snapshot')?.time);
    if (shown && store.get('snapshot').id === id && time_s !== null) {
      toast(t('toast.snapshot', { time: clockText(time_s) }));
    }
  }

  /** null: the current one, whichever that is. */
  function openSnapshot(id) {
    const current = store.get('snapshots').find(({ isCurrent }) => isCurrent)?.id;
    store.set('pinned', id === current ? null : id);
    store.set('newer', null);
    store.set('files', null);
    return load();
  }

  return { load, onSnapshot, openSnapshot, currentId: async () => (await api.readState(null)).snapshot?.id };
}
