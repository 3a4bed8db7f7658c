// SPDX-License-Identifier: Apache-2.0
// What can be done on the page. Every change of the store and every question to the server goes through here; snapshots and
// places have files of their own.
import * as api from './api.js';
import { browserLanguage, setLanguage, t } from './i18n.js';
import { hasWebgl } from './lib.js';
import { homeBounds, timeAxis } from './model.js';
import { createPlaces } from './places.js';
import { createSnapshots, keepTime } from './snapshots.js';
import { parseIso, setServerNow } from './time.js';

const LAST_LOOK = 'sanfang.look';
const NEWS_MS = 4000;
const TROUBLE_MS = 12000;

function rememberLook(look) {
  try {
    localStorage.setItem(LAST_LOOK, JSON.stringify(look));
  } catch {
    // A browser that keeps nothing is fine: the address says it all.
  }
}

function lastLook() {
  try {
    return JSON.parse(localStorage.getItem(LAST_LOOK)) ?? {};
  } catch {
    return {};
  }
}

/** The state before the server has answered: the address, else the last look, else what the browser prefers. */
export function firstState(address) {
  const look = lastLook();
  const dark = window.matchMedia('(prefers-color-scheme: dark)').matches;
  return {
    // how the page looks
    lang: address.lang ?? look.lang ?? browserLanguage(),
    theme: address.theme ?? look.theme ?? (dark ? 'dark' : 'light'),
    isRailOpen: window.innerWidth >= 900,
    open: null,
    toasts: [],
    // what the map shows
    set: address.set ?? 'c',
    base: address.base ?? 'coast',
    center: address.center,
    zoom: address.zoom ?? 7,
    layers: address.layers ?? [],
    wind: address.wind,
    webgl: hasWebgl() ? 'on' : 'off',
    time_s: address.time_s,
    playing: false,
    speed: 2,
    status: {},
    cursor: null,
    // what the server said
    server: null,
    snapshot: null,
    pinned: address.snapshot,
    newer: null,
    snapshots: [],
    catalogue: null,
    files: null,
    point: address.point,
    answer: null,
    live: 'connecting',
    failure: null,
  };
}

function createToast(store) {
  return (text, kind = 'info') => {
    const entry = { text, kind };
    const others = () => store.get('toasts').filter((other) => other !== entry);
    store.set('toasts', [...others().slice(-3), entry]);
    setTimeout(() => store.set('toasts', others()), kind === 'error' ? TROUBLE_MS : NEWS_MS);
  };
}

/** Time, and which layers are seen and how. */
function layerActions(store, places) {
  const changeLayer = (id, change) => {
    const own = store.get('layers');
    const old = own.find((choice) => choice.id === id);
    const fresh = { id, on: false, opacity: 1, style: null, value: null, ...old, ...change };
    store.set('layers', old ? own.map((choice) => (choice.id === id ? fresh : choice)) : [...own, fresh]);
    keepTime(store);
  };
  const setTime = (time_s) => {
    store.set('time_s', time_s);
    places.askSoon();
  };
  return {
    changeLayer,
    setTime,
    toggleLayer: (id) => changeLayer(id, { on: !store.get('layers').find((choice) => choice.id === id)?.on }),
    animateWind: (id) => store.set('wind', id),
    step(count) {
      const axis = timeAxis(store.get('catalogue'), store.get('layers'));
      if (axis.length === 0) return;
      const at = axis.findLastIndex((time) => time <= (store.get('time_s') ?? axis[0]));
      setTime(axis[(Math.max(at, 0) + count + axis.length) % axis.length]);
    },
    togglePlay: () => store.set('playing', !store.get('playing')),
    setSpeed: (speed) => store.set('speed', speed),
  };
}

/** How the page looks. */
function lookActions(store) {
  const remember = () => rememberLook({ lang: store.get('lang'), theme: store.get('theme') });
  return {
    setSet: (set) => store.set('set', set),
    setBase: (base) => store.set('base', base),
    setLanguage(language) {
      setLanguage(language);
      store.set('lang', language);
      remember();
    },
    setTheme(theme) {
      document.documentElement.dataset.theme = theme;
      store.set('theme', theme);
      remember();
    },
    toggleRail: () => store.set('isRailOpen', !store.get('isRailOpen')),
    async open(what) {
      store.set('open', store.get('open') === what ? null : what);
      const id = store.get('snapshot')?.id;
      if (store.get('open') !== 'links' || !id || store.get('files')?.id === id) return;
      store.set('files', { id, files: await api.readFiles(id).catch(() => []) });
    },
  };
}

/** What the map reports, and what is asked of it once it is there. */
function mapActions(store, places, toast) {
  let map = null;
  return {
    attachMap(attached) {
      map = attached;
    },
    moved(center, zoom) {
      store.set('center', center);
      store.set('zoom', zoom);
    },
    cursor: (place) => store.set('cursor', place),
    status(states) {
      store.set('status', states);
      if (![states.tianditu, states.names].includes('error') || store.get('base') === 'coast') return;
      store.set('base', 'coast');
      toast(t('toast.notianditu'), 'error');
    },
    withoutWebgl() {
      if (store.get('webgl') === 'off') return;
      store.set('webgl', 'off');
      toast(t('toast.nowebgl'), 'error');
    },
    home() {
      const shown = store.get('layers').filter(({ on }) => on);
      if (store.get('catalogue')) map?.fit(homeBounds(store.get('catalogue').layers, shown));
    },
    zoomBy: (steps) => map?.zoomBy(steps),
    pickCenter: () => map && places.ask(map.center()),
    retry: (id) => map?.retry(id),
  };
}

export function createActions(store, address) {
  const toast = createToast(store);
  const places = createPlaces(store);
  return {
    ...createSnapshots(store, address, { askAgain: places.askAgain, toast }),
    ...layerActions(store, places),
    ...lookActions(store),
    ...mapActions(store, places, toast),
    pick: places.ask,
    askAgain: places.askAgain,
    closeCard: places.close,
    onLive: (state) => store.set('live', state),
    onNow(text) {
      const now_s = parseIso(text);
      if (now_s !== null) setServerNow(now_s);
    },
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
