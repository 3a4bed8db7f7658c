// SPDX-License-Identifier: Apache-2.0
// Whose data these are, of when, and the switches that concern everything. Two clocks, named: now, and the snapshot's.
import { fill, h, icon } from '../h.js';
import { pick, t } from '../i18n.js';
import { isUnreal } from '../model.js';
import { ageText, clockText, now, parseIso, secondsText, timeOfId } from '../time.js';

const SETS = ['c', 'w'];

/** Time, and enough of the key to tell two of one time apart. */
function nameOf(id) {
  const time_s = timeOfId(id);
  return time_s === null ? id : `${clockText(time_s)} ${t('zone.short')} · ${id.split('-')[1].slice(0, 4)}`;
}

function choice(label, words, options, chosen, choose) {
  return h(
    'div',
    { class: 'segments', role: 'group', 'aria-label': label },
    options.map((option, index) =>
      h(
        'button',
        {
          type: 'button',
          'aria-pressed': String(option === chosen),
          onclick: () => choose(option),
          dataset: { choice: option },
        },
        words[index],
      ),
    ),
  );
}

const button = (name, label, onclick, pressed) =>
  h(
    'button',
    {
      type: 'button',
      class: 'tool',
      title: label,
      'aria-label': label,
      'aria-pressed': pressed,
      onclick,
      dataset: { tool: name },
    },
    icon(name),
  );

function snapshotChoice(store, actions) {
  const shown = store.get('snapshot');
  const listed = store.get('snapshots');
  const options = listed.some(({ id }) => id === shown?.id) || !shown ? listed : [shown, ...listed];
  const textOf = ({ id, isCurrent }) => [nameOf(id), isCurrent ? t('header.current') : ''].filter(Boolean).join(' · ');
  const select = h(
    'select',
    { onchange: (event) => actions.openSnapshot(event.target.value), 'aria-label': t('header.snapshot') },
    options.map((option) => h('option', { value: option.id, selected: option.id === shown?.id }, textOf(option))),
  );
  return h('label', {}, h('span', { class: 'label' }, t('header.snapshot')), select);
}

/** A pinned page says so: it does not follow what is published. */
function pinButton(store, actions) {
  if (!store.get('pinned')) return null;
  const words = t(store.get('newer') ? 'header.newer' : 'header.pinned');
  return h('button', { type: 'button', class: 'pin', onclick: () => actions.openSnapshot(null) }, words);
}

function createSnapshot(store, actions) {
  const box = h('div', { class: 'snapshot' });
  const render = () => {
    const word = t(`live.${store.get('live')}`);
    const time_s = parseIso(store.get('snapshot')?.time);
    fill(
      box,
      h('span', { class: `live ${store.get('live')}`, title: word, role: 'status', 'aria-label': word }),
      snapshotChoice(store, actions),
      h('span', { class: 'age' }, time_s === null ? '' : ageText(now() - time_s)),
      pinButton(store, actions),
    );
  };
  store.watch(['snapshot', 'snapshots', 'live', 'pinned', 'newer', 'lang'], render);
  return box;
}

function createTools(store, actions) {
  const tools = h('div', { class: 'tools' });
  const other = { dark: 'light', light: 'dark' };
  store.watch(['lang', 'theme', 'set', 'open'], () => {
    const theme = store.get('theme');
    const isOpen = (what) => String(store.get('open') === what);
    const setWords = SETS.map((set) => t(`set.${set}`));
    fill(
      tools,
      choice(t('header.set'), setWords, SETS, store.get('set'), actions.setSet),
      choice(t('header.language'), ['中', 'EN'], ['zh', 'en'], store.get('lang'), actions.setLanguage),
      button(theme === 'dark' ? 'sun' : 'moon', t('header.theme'), () => actions.setTheme(other[theme])),
      button('link', t('links.title'), () => actions.open('links'), isOpen('links')),
      button('help', t('help.title'), () => actions.open('help'), isOpen('help')),
    );
  });
  return tools;
}

function createClock(store) {
  const clock = h('div', { class: 'clock' });
  const tick = () =>
    fill(
      clock,
      h('span', { class: 'label' }, t('header.now')),
      h('time', {}, secondsText(now())),
      h('span', { class: 'zone' }, t('zone.short')),
    );
  store.watch(['lang', 'server'], tick);
  setInterval(tick, 1000);
  return clock;
}

function createBrand(store) {
  const brand = h('div', { class: 'brand' });
  store.watch(['snapshot', 'lang'], () => {
    const title = pick(store.get('snapshot')?.title);
    fill(brand, h('span', { class: 'mark' }, t('brand')), h('span', { class: 'title', title }, title || t('header.waiting')));
    document.title = [title, t('brand')].filter(Boolean).join(' · ');
  });
  return brand;
}

function createBanner(store) {
  const banner = h('div', { class: 'banner', role: 'note' });
  store.watch(['snapshot', 'lang'], () => {
    const shown = store.get('snapshot');
    const code = shown?.authority?.code ?? 'internal';
    const isReal = !isUnreal(shown);
    banner.className = `banner ${isReal ? code : 'unreal'}`;
    fill(
      banner,
      shown ? h('strong', {}, t(`authority.${code}`)) : null,
      shown?.simulated ? h('strong', {}, t('authority.simulated')) : null,
      h('span', {}, t(code === 'official' && isReal ? 'banner.missing' : 'banner.unofficial')),
    );
  });
  return banner;
}

function createRailButton(store, actions) {
  const opener = button('layers', '', actions.toggleRail);
  store.watch(['lang', 'isRailOpen'], () => {
    opener.setAttribute('aria-expanded', String(store.get('isRailOpen')));
    opener.setAttribute('aria-label', t('rail.title'));
    opener.title = t('rail.title');
  });
  return opener;
}

export function createHeader(store, actions) {
  const header = h(
    'header',
    {},
    createRailButton(store, actions),
    createBrand(store),
    createSnapshot(store, actions),
    createClock(store),
    createTools(store, actions),
  );
  return [header, createBanner(store)];
}
