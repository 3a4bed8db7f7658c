// SPDX-License-Identifier: Apache-2.0
// What can be done on the page. Every change of the store and every question to the server goes through here.
import * as api from './api.js';
import { browserLanguage, setLanguage, t } from './i18n.js';
import { hasWebgl } from './lib.js';
import { firstChoices, homeBounds, timeAxis, zoomFor } from './model.js';
import { clockText, formatIso, parseIso, setServerNow, timeOfId } from './time.js';

const LAST_LOOK = 'sanfang.look';

function rememberLook(look) {
  try {
    localStorage.setItem(LAST_LOOK, JSON.stringify(look));
  } catch {
    // A browser that keeps nothing is fine: the address says it all.
  }
}

export function lastLook() {
  try {
    return JSON.parse(localStorage.getItem(LAST_LOOK)) ?? {};
  } catch {
    return {};
  }
}

export function firstState(address) {
  const look = lastLook();
  const dark = window.matchMedia('(prefers-color-scheme: dark)').matches;
  return {
    lang: address.lang ?? look.lang ?? browserLanguage(), theme: address.theme ?? look.theme ?? (dark ? 'dark' : 'light'),
    set: address.set ?? 'c', center: address.center, zoom: address.zoom ?? 7, time_s: address.time_s, playing: false, speed: 2,
    snapshot: null, pinned: address.snapshot, newer: null, snapshots: [], catalogue: null, layers: address.layers ?? [],
    server: null, files: null, point: address.point, wind: address.wind, answer: null, live: 'connecting', status: {}, cursor: null, webgl: hasWebgl() ? 'on' : 'off', failure: null,
    open: null, toasts: [], isRailOpen: window.innerWidth >= 900,
  };
}

export function createActions(store, address) {
  let map = null;
  let asking = null;
  let askedWaits = 0;

  const toast = (text, kind = 'info') => {
    const entry = { id: `${Date.now()}-${text}`, text, kind };
    store.set('toasts', [...store.get('toasts').slice(-3), entry]);
    setTimeout(() => store.set('toasts', store.get('toasts').filter((other) => other !== entry)), kind === 'error' ? 12000 : 4000);
  };

  // --- snapshots ---

  function takeCatalogue(answer) {
    const byId = new Map(answer.layers.map((layer) => [layer.id, layer]));
    if (store.get('layers').length === 0 && address.layers === null) store.set('layers', firstChoices(answer.layers));
    store.set('catalogue', { snapshot: answer.snapshot, layers: answer.layers, byId });
    keepTime();
  }

  /** The moment on the map stays where it is if the layers have it; else the server's default, else the nearest. */
  function keepTime() {
    const catalogue = store.get('catalogue');
    const axis = timeAxis(catalogue, store.get('layers'));
    if (axis.length === 0 || store.get('time_s') !== null) return;
    const timed = catalogue.layers.find(({ dimension }) => dimension?.name === 'time');
    store.set('time_s', parseIso(timed?.dimension.default) ?? axis.at(-1));
  }

  async function load() {
    try {
      const server = await api.readState();
      const pinned = store.get('pinned');
      const answer = await api.readLayers(pinned ?? server.snapshot.id);
      store.set('server', server);
      store.set('snapshot', pinned ? pinnedSnapshot(pinned, server) : server.snapshot);
      if (!store.get('center')) {
        const choices = store.get('layers').length ? store.get('layers') : firstChoices(answer.layers);
        const [west, south, east, north] = homeBounds(answer.layers, choices);
        store.set('center', { lon: (west + east) / 2, lat: (south + north) / 2 });
        if (address.zoom === null) store.set('zoom', zoomFor([west, south, east, north], window.innerWidth - 330, window.innerHeight - 190));
      }
      takeCatalogue(answer);
      store.set('failure', null);
    } catch (error) {
      store.set('failure', error.message);
      return;
    }
    store.set('snapshots', await api.readSnapshots().catch(() => []));
    if (store.get('point')) ask(store.get('point'));
  }

  function pinnedSnapshot(id, server) {
    if (id === server.snapshot?.id) return server.snapshot;
    const time_s = timeOfId(id);
    return { ...server.snapshot, id, time: time_s === null ? null : formatIso(time_s) };
  }

  async function onSnapshot(id) {
    const shown = store.get('snapshot')?.id;
    if (!id || id === shown || store.get('newer') === id) return;
    if (store.get('pinned')) {
      store.set('newer', id);
      return;
    }
    await load();
    const time_s = parseIso(store.get('snapshot')?.time);
    if (shown && time_s !== null) toast(t('toast.snapshot', { time: clockText(time_s) }));
  }

  function openSnapshot(id) {
    store.set('pinned', id === store.get('server')?.snapshot?.id ? null : id);
    store.set('newer', null);
    return load();
  }

  // --- the place asked for ---

  async function ask(place) {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const time_s = store.get('time_s');
    const time = time_s === null ? null : formatIso(time_s);
    store.set('point', place);
    store.set('answer', { status: 'loading', data: store.get('answer')?.data ?? null, time_s });
    try {
      const data = await api.readPoint({ ...place, time, id: store.get('snapshot')?.id }, signal);
      store.set('answer', { status: 'ready', data, time_s });
    } catch (error) {
      if (!signal.aborted) store.set('answer', { status: 'error', message: error.message, data: null, time_s });
    }
  }

  /** Asks again for the moment that the slider stands at, but not for each that it passes. */
  function askSoon() {
    if (!store.get('point')) return;
    clearTimeout(askedWaits);
    askedWaits = setTimeout(() => ask(store.get('point')), 200);
  }

  async function readFilesOnce() {
    const id = store.get('snapshot')?.id;
    if (!id || store.get('files')?.id === id) return;
    store.set('files', { id, files: await api.readFiles(id).catch(() => []) });
  }

  function changeLayer(id, change) {
    const own = store.get('layers');
    const old = own.find((choice) => choice.id === id);
    const fresh = { id, on: false, opacity: 1, style: null, value: null, ...old, ...change };
    store.set('layers', old ? own.map((choice) => (choice.id === id ? fresh : choice)) : [...own, fresh]);
    keepTime();
  }

  const setTime = (time_s) => {
    store.set('time_s', time_s);
    askSoon();
  };

  return {
    load, onSnapshot, openSnapshot, toast, changeLayer, setTime,
    attachMap(attached) { map = attached; },
    onNow(text) {
      const now_s = parseIso(text);
      if (now_s !== null) setServerNow(now_s);
    },
    onLive(state) { store.set('live', state); },
    currentId: async () => (await api.readState()).snapshot?.id,
    toggleLayer(id) {
      changeLayer(id, { on: !store.get('layers').find((choice) => choice.id === id)?.on });
    },
    pick: (place) => ask(place),
    askAgain: () => store.get('point') && ask(store.get('point')),
    closeCard() {
      asking?.abort();
      store.set('point', null);
      store.set('answer', null);
    },
    moved(center, zoom) {
      store.set('center', center);
      store.set('zoom', zoom);
    },
    cursor(place) { store.set('cursor', place); },
    status(states) { store.set('status', states); },
    withoutWebgl() {
      if (store.get('webgl') === 'off') return;
      store.set('webgl', 'off');
      toast(t('toast.nowebgl'), 'error');
    },
    step(count) {
      const axis = timeAxis(store.get('catalogue'), store.get('layers'));
      if (axis.length === 0) return;
      const at = axis.findLastIndex((time) => time <= (store.get('time_s') ?? axis[0]));
      setTime(axis[(Math.max(at, 0) + count + axis.length) % axis.length]);
    },
    togglePlay() { store.set('playing', !store.get('playing')); },
    setSpeed(speed) { store.set('speed', speed); },
    animateWind(id) { store.set('wind', id); },
    setSet(set) { store.set('set', set); },
    setLanguage(language) {
      setLanguage(language);
      store.set('lang', language);
      rememberLook({ lang: language, theme: store.get('theme') });
    },
    setTheme(theme) {
      document.documentElement.dataset.theme = theme;
      store.set('theme', theme);
      rememberLook({ lang: store.get('lang'), theme });
    },
    toggleRail() { store.set('isRailOpen', !store.get('isRailOpen')); },
    open(what) {
      store.set('open', store.get('open') === what ? null : what);
      if (store.get('open') === 'links') readFilesOnce();
    },
    home() {
      const catalogue = store.get('catalogue');
      if (catalogue) map?.fit(homeBounds(catalogue.layers, store.get('layers').filter(({ on }) => on)));
    },
    zoomBy: (steps) => map?.zoomBy(steps),
    pickCenter: () => map && ask(map.center()),
    retry: (id) => map?.retry(id),
    async copy(text) {
      try {
        await navigator.clipboard.writeText(text);
        toast(t('toast.copied'));
      } catch {
        toast(t('toast.nocopy'), 'error');
      }
    },
  };
}
