// SPDX-License-Identifier: Apache-2.0
// Puts the page together: words, state from the address, regions, map, news from the server.
import { WORKER_FAILED, expose, isTest, ol } from './lib.js';
import { createActions, firstState } from './actions.js';
import { h } from './h.js';
import { loadWords, setLanguage, t } from './i18n.js';
import { followLive } from './live.js';
import { servesIt } from './model.js';
import { createStore } from './store.js';
import { createCard } from './ui/card.js';
import { createCorner, createMapLegend } from './ui/corner.js';
import { createHeader } from './ui/header.js';
import { createHelp, listenToKeys } from './ui/help.js';
import { createLinks } from './ui/links.js';
import { createRail } from './ui/rail.js';
import { createSlider } from './ui/slider.js';
import { createFailure, createToasts } from './ui/toast.js';
import { readAddress, writeAddress } from './url.js';

const IN_ADDRESS = ['lang', 'theme', 'set', 'base', 'center', 'zoom', 'time_s', 'point', 'wind', 'pinned', 'layers'];

/** The address follows what is seen, a moment later. */
function keepAddress(store, kept) {
  let due = 0;
  const write = () => {
    if (!store.get('catalogue') || !store.get('center')) return;
    const { layers, pinned, ...state } = Object.fromEntries(IN_ADDRESS.map((name) => [name, store.get(name)]));
    const shown = layers.filter(({ on }) => on);
    window.history.replaceState(null, '', writeAddress({ ...state, kept, snapshot: pinned, layers: shown }));
  };
  store.watch(['catalogue', ...IN_ADDRESS], () => {
    clearTimeout(due);
    due = setTimeout(write, 250);
  });
}

/** What tests may see and nobody else. */
function exposeForTests(store, map) {
  expose('__sanfang', {
    ...map.probes,
    state: (path) => store.get(path),
    isSettled: () =>
      Boolean(store.get('catalogue')) &&
      store.isQuiet() &&
      map.probes.isSettled() &&
      store.get('answer')?.status !== 'loading',
  });
}

/** WebGL fails in silence: where its worker is refused or it has no context, points are drawn on canvas, and the page says so. */
function watchWebgl(actions) {
  document.addEventListener('securitypolicyviolation', (event) => {
    if (event.effectiveDirective.startsWith('worker')) actions.withoutWebgl();
  });
  document.addEventListener(WORKER_FAILED, () => actions.withoutWebgl());
  document.addEventListener('webglcontextlost', () => actions.withoutWebgl(), true);
}

/** The page's regions; {ground, marker, wind} are where the map goes. */
function build(store, actions) {
  const ground = h('div', { class: 'ground', tabindex: '0', role: 'application', 'aria-label': t('map.title') });
  const marker = h('div', { class: 'marker' });
  const wind = h('div', { class: 'wind', 'aria-hidden': 'true' });
  const above = [createMapLegend(store), createCorner(store, actions), createCard(store, actions)];
  const panels = [createLinks(store, actions), createHelp(store, actions)];
  const news = [createToasts(store), createFailure(store, actions)];
  const stage = h('main', { class: 'stage' }, ground, wind, above, panels, news);
  const middle = h('div', { class: 'middle' }, createRail(store, actions), stage);
  document.body.append(h('div', { class: 'page' }, createHeader(store, actions), middle, createSlider(store, actions)));
  return { ground, marker, wind };
}

/** Without its library the page has no map, and says so; all else works. */
async function addMap({ ground, marker, wind }, store, actions) {
  if (!ol) {
    ground.append(h('p', { class: 'nolibrary' }, t('failure.library')));
    return;
  }
  const [{ createMap }, { createFlow }] = await Promise.all([import('./map/map.js'), import('./map/flow.js')]);
  const map = createMap(ground, marker, store, actions);
  createFlow(wind, map.map, store);
  actions.attachMap(map);
  new ResizeObserver(map.resize).observe(ground);
  watchWebgl(actions);
  if (isTest) exposeForTests(store, map);
}

async function start() {
  const address = readAddress(window.location.search);
  await loadWords();
  const store = createStore(firstState(address));
  setLanguage(store.get('lang'));
  document.documentElement.dataset.theme = store.get('theme');
  const actions = createActions(store, address);
  const places = build(store, actions);
  listenToKeys(store, actions);
  await addMap(places, store, actions);
  await actions.load();
  keepAddress(store, address.kept);
  followLive({
    hasStream: servesIt(store.get('server'), 'v1/live'),
    onState: actions.onLive,
    onSnapshot: actions.onSnapshot,
    onNow: actions.onNow,
    poll: actions.currentId,
  });
}

start().catch((error) => {
  // Words may not be there yet: both languages.
  document.body.append(h('p', { class: 'nolibrary' }, `页面无法启动 The page cannot start: ${error.message}`));
});
