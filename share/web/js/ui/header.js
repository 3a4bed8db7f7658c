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
  return time_s === null ? id : `${clockText(time_s)} · ${id.split('-')[1].slice(0, 4)}`;
}

function choice(label, words, options, chosen, choose) {
  return h('div', { class: 'segments', role: 'group', 'aria-label': label }, options.map((option, index) => h('button', {
    type: 'button', 'aria-pressed': String(option === chosen), onclick: () => choose(option), dataset: { choice: option },
  }, words[index])));
}

const button = (name, label, onclick, pressed) => h('button', {
  type: 'button', class: 'tool', title: label, 'aria-label': label, 'aria-pressed': pressed, onclick, dataset: { tool: name },
}, icon(name));

export function createHeader(store, actions) {
  const brand = h('div', { class: 'brand' });
  const clock = h('div', { class: 'clock' });
  const snapshot = h('div', { class: 'snapshot' });
  const tools = h('div', { class: 'tools' });
  const banner = h('div', { class: 'banner', role: 'note' });

  store.watch(['snapshot', 'lang'], () => {
    const words = store.get('snapshot');
    fill(brand,
      h('span', { class: 'mark' }, t('brand')),
      h('span', { class: 'title' }, pick(words?.title) || t('header.waiting')));
    document.title = [pick(words?.title), t('brand')].filter(Boolean).join(' · ');
  });

  store.watch(['snapshot', 'lang'], () => {
    const words = store.get('snapshot');
    const code = words?.authority?.code ?? 'internal';
    const striped = isUnreal(words);
    banner.className = `banner ${striped ? 'unreal' : code}`;
    fill(banner,
      words?.authority ? h('strong', {}, t(`authority.${code}`)) : null,
      words?.simulated ? h('strong', {}, t('authority.simulated')) : null,
      h('span', {}, code === 'official' && !striped ? t('banner.missing') : t('banner.unofficial')));
  });

  const liveWord = () => t(`live.${store.get('live')}`);
  store.watch(['snapshot', 'snapshots', 'live', 'pinned', 'newer', 'lang'], () => {
    const shown = store.get('snapshot');
    const time_s = parseIso(shown?.time) ?? timeOfId(shown?.id);
    const listed = store.get('snapshots');
    const options = listed.some(({ id }) => id === shown?.id) || !shown ? listed : [shown, ...listed];
    fill(snapshot,
      h('span', { class: `live ${store.get('live')}`, title: liveWord(), role: 'status', 'aria-label': liveWord() }),
      h('label', {}, h('span', { class: 'label' }, t('header.snapshot')),
        h('select', { onchange: (event) => actions.openSnapshot(event.target.value), 'aria-label': t('header.snapshot') },
          options.map(({ id, current }) => h('option', { value: id, selected: id === shown?.id },
            `${nameOf(id)}${current ? ` · ${t('header.current')}` : ''}`)))),
      h('span', { class: 'age' }, time_s === null ? '' : ageText(now() - time_s)),
      store.get('pinned') ? h('button', { type: 'button', class: 'pin', onclick: () => actions.openSnapshot(store.get('newer') ?? store.get('server')?.snapshot?.id) },
        t(store.get('newer') ? 'header.newer' : 'header.pinned')) : null);
  });

  store.watch(['lang', 'theme', 'set', 'open', 'isRailOpen'], () => {
    const theme = store.get('theme');
    fill(tools,
      choice(t('header.set'), SETS.map((set) => t(`set.${set}`)), SETS, store.get('set'), actions.setSet),
      choice(t('header.language'), ['中', 'EN'], ['zh', 'en'], store.get('lang'), actions.setLanguage),
      button(theme === 'dark' ? 'sun' : 'moon', t('header.theme'), () => actions.setTheme(theme === 'dark' ? 'light' : 'dark')),
      button('link', t('links.title'), () => actions.open('links'), String(store.get('open') === 'links')),
      button('help', t('help.title'), () => actions.open('help'), String(store.get('open') === 'help')));
  });

  const tick = () => fill(clock, h('span', { class: 'label' }, t('header.now')), h('time', {}, secondsText(now())), h('span', { class: 'zone' }, t('zone')));
  store.watch(['lang', 'server'], tick);
  setInterval(tick, 1000);

  const rail = h('button', { type: 'button', class: 'tool railbutton', onclick: actions.toggleRail, dataset: { tool: 'layers' } }, icon('layers'));
  store.watch(['lang', 'isRailOpen'], () => {
    rail.setAttribute('aria-expanded', String(store.get('isRailOpen')));
    rail.setAttribute('aria-label', t('rail.title'));
    rail.title = t('rail.title');
  });
  return [h('header', {}, rail, brand, snapshot, clock, tools), banner];
}
