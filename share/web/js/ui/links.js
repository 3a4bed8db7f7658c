// SPDX-License-Identifier: Apache-2.0
// Addresses to copy into other programs, for the layer chosen and the set on the map. Only what the server says it serves.
import { fill, h, icon } from '../h.js';
import { pick, t } from '../i18n.js';
import { isPicture, servesIt, shownLayers, styleOf, valueOf } from '../model.js';
import { addressOf } from '../map/sources.js';

/** Rows {key, url} for one layer, or for the whole service where layer is null. */
function rowsFor(state, origin, layer, choice) {
  const serves = (name) => servesIt(state.server, name);
  const general = [
    ['wmts', 'WMTS', '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities&VERSION=1.0.0'],
    ['wmts', 'WMTS REST', '/wmts/1.0.0/WMTSCapabilities.xml'],
    ['wms', 'WMS 1.3.0', '/wms?SERVICE=WMS&REQUEST=GetCapabilities&VERSION=1.3.0'],
    ['ogc', 'OGC API', '/ogc'],
    ['stac', 'STAC', '/stac'],
  ];
  const look = { set: state.set, style: choice?.style, value: layer ? valueOf(layer, choice, state.time_s) ?? null : null };
  const own = layer ? [
    [isPicture(layer) ? 'tiles' : 'vector', isPicture(layer) ? 'XYZ PNG' : 'XYZ MVT', addressOf(layer, look)],
    ...(layer.links ?? []).map(({ href, title, rel }) => [null, pick(title) || rel, href]),
  ] : [];
  return [...own, ...general].filter(([service, , path]) => path && (service === null || serves(service)))
    .map(([, title, path]) => ({ title, url: `${origin}${path.replace(/^[a-z]+:\/\/[^/]+/i, '')}` }));
}

export function createLinks(store, actions) {
  const body = h('div', { class: 'linkrows' });
  const chooser = h('select', {});
  const dialog = h('aside', { class: 'panel links' });
  let chosen = null;
  chooser.addEventListener('change', () => { chosen = chooser.value; render(); });

  function render() {
    const isOpen = store.get('open') === 'links';
    dialog.hidden = !isOpen;
    const catalogue = store.get('catalogue');
    if (!isOpen || !catalogue) return;
    const shown = shownLayers(catalogue, store.get('layers'));
    chosen ??= (shown.find(({ layer }) => isPicture(layer)) ?? shown[0])?.layer.id ?? catalogue.layers[0]?.id;
    const layer = catalogue.byId.get(chosen) ?? null;
    const choice = store.get('layers').find(({ id }) => id === chosen) ?? { style: layer && styleOf(layer, null)?.name, value: null };
    const state = { server: store.get('server'), set: store.get('set'), time_s: store.get('time_s') };
    fill(chooser, catalogue.layers.map(({ id, title }) => h('option', { value: id, selected: id === chosen }, `${pick(title)} (${id})`)));
    fill(body, rowsFor(state, window.location.origin, layer, choice).map(({ title, url }) => h('div', { class: 'linkrow' },
      h('span', { class: 'label' }, title), h('code', {}, url),
      h('button', { type: 'button', class: 'tool', title: t('links.copy'), 'aria-label': t('links.copyof', { name: title }), onclick: () => actions.copy(url) }, icon('copy')))));
    fill(dialog, h('div', { class: 'cardhead' }, h('h2', {}, t('links.title')),
      h('button', { type: 'button', class: 'tool', 'aria-label': t('close'), title: t('close'), onclick: () => actions.open(null) }, icon('close'))),
    h('label', { class: 'field' }, h('span', { class: 'label' }, t('links.layer')), chooser), body,
    h('p', { class: 'note' }, t('links.note')),
    h('div', { class: 'linkrow' }, h('span', { class: 'label' }, t('links.page')), h('code', {}, window.location.href),
      h('button', { type: 'button', class: 'tool', title: t('links.copy'), 'aria-label': t('links.copyof', { name: t('links.page') }), onclick: () => actions.copy(window.location.href) }, icon('copy'))));
  }

  store.watch(['open', 'catalogue', 'layers', 'set', 'time_s', 'lang', 'server'], render);
  return dialog;
}
