// SPDX-License-Identifier: Apache-2.0
// The keys, and what they do: one table for the listener and for the reader.
import { fill, h, icon } from '../h.js';
import { t } from '../i18n.js';

const key = (keys, words, act) => ({ keys, words, act });

export function keyTable(store, actions) {
  const other = (path, a, b) => (store.get(path) === a ? b : a);
  return [
    key(['ArrowLeft'], 'slider.back', () => actions.step(-1)),
    key(['ArrowRight'], 'slider.forward', () => actions.step(1)),
    key([' '], 'slider.play', actions.togglePlay),
    key(['+', '='], 'help.in', () => actions.zoomBy(1)),
    key(['-'], 'help.out', () => actions.zoomBy(-1)),
    key(['Home'], 'help.home', actions.home),
    key(['Enter'], 'help.center', actions.pickCenter),
    key(['Escape'], 'close', () => {
      if (store.get('open')) actions.open(null);
      else actions.closeCard();
    }),
    key(['l'], 'rail.title', actions.toggleRail),
    key(['c'], 'header.set', () => actions.setSet(other('set', 'c', 'w'))),
    key(['k'], 'links.title', () => actions.open('links')),
    key(['g'], 'header.language', () => actions.setLanguage(other('lang', 'zh', 'en'))),
    key(['d'], 'header.theme', () => actions.setTheme(other('theme', 'dark', 'light'))),
    key(['?'], 'help.title', () => actions.open('help')),
  ];
}

/** Keys work where nothing is being typed or chosen. */
export function listenToKeys(store, actions) {
  const table = keyTable(store, actions);
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const at = event.target.closest('input, select, textarea, button, a');
    if (at && event.key !== 'Escape' && (event.key.length > 1 || event.key === ' ' || at.matches('select'))) return;
    const entry = table.find(({ keys }) => keys.includes(event.key.length === 1 ? event.key.toLowerCase() : event.key));
    if (!entry) return;
    event.preventDefault();
    entry.act();
  });
}

const NAMES = { ArrowLeft: '←', ArrowRight: '→', ' ': 'Space', Escape: 'Esc' };

export function createHelp(store, actions) {
  const panel = h('aside', { class: 'panel help' });
  store.watch(['open', 'lang'], () => {
    panel.hidden = store.get('open') !== 'help';
    if (panel.hidden) return;
    fill(
      panel,
      h(
        'div',
        { class: 'cardhead' },
        h('h2', {}, t('help.title')),
        h(
          'button',
          {
            type: 'button',
            class: 'tool',
            'aria-label': t('close'),
            title: t('close'),
            onclick: () => actions.open(null),
          },
          icon('close'),
        ),
      ),
      h(
        'table',
        {},
        h(
          'tbody',
          {},
          keyTable(store, actions).map(({ keys, words }) =>
            h('tr', {}, h('td', {}, h('kbd', {}, NAMES[keys[0]] ?? keys[0].toUpperCase())), h('td', {}, t(words))),
          ),
        ),
      ),
      h('p', { class: 'note' }, t('help.note')),
    );
  });
  return panel;
}
