// SPDX-License-Identifier: Apache-2.0
// The card of a place: every layer's value there, in the server's own words.
import { fill, h, icon } from '../h.js';
import { pick, t } from '../i18n.js';
import { ageText, clockText, parseIso } from '../time.js';

/** '20.0200°N 110.3500°E' */
export function placeText({ lon, lat }) {
  return `${Math.abs(lat).toFixed(4)}°${lat < 0 ? 'S' : 'N'} ${Math.abs(lon).toFixed(4)}°${lon < 0 ? 'W' : 'E'}`;
}

const valueText = (layer) => pick(layer.text) || (layer.value === null || layer.value === undefined ? t('card.novalue') : `${layer.value}${layer.unit && layer.unit !== '1' ? ` ${layer.unit}` : ''}`);

function row(layer) {
  const isNone = layer.value === null || layer.value === undefined;
  const time_s = parseIso(layer.data_time);
  return h('tr', { class: isNone ? 'none' : '', dataset: { layer: layer.id } },
    h('th', { scope: 'row' }, pick(layer.title), layer.dimension_text ? h('small', {}, pick(layer.dimension_text)) : null),
    h('td', {}, h('span', { class: 'value' }, valueText(layer)), layer.class ? h('small', {}, pick(layer.class)) : null,
      layer.meaning ? h('small', {}, pick(layer.meaning)) : null,
      time_s === null ? null : h('small', { class: 'when' }, `${clockText(time_s)} ${t('zone')}${layer.age_s === undefined ? '' : ` · ${ageText(layer.age_s)}`}`)));
}

export function createCard(store, actions) {
  const head = h('div', { class: 'cardhead' });
  const body = h('div', { class: 'cardbody', 'aria-live': 'polite' });
  const card = h('aside', { class: 'card', tabindex: '-1' }, head, body);

  store.watch(['point', 'answer', 'lang'], () => {
    const point = store.get('point');
    const answer = store.get('answer');
    card.hidden = !point;
    if (!point) return;
    card.setAttribute('aria-label', t('card.title'));
    const inner = answer?.data;
    const time_s = parseIso(inner?.time);
    fill(head, h('div', {}, h('h2', {}, pick(inner?.place) || t('card.title')), h('p', { class: 'mono' }, placeText(point)),
      time_s === null ? null : h('p', {}, t('card.at', { time: clockText(time_s) }))),
    h('button', { type: 'button', class: 'tool', title: t('close'), 'aria-label': t('close'), onclick: actions.closeCard }, icon('close')));
    card.classList.toggle('waiting', answer?.status === 'loading');
    if (answer?.status === 'error') {
      fill(body, h('p', { class: 'trouble error' }, t('card.error', { message: answer.message })),
        h('button', { type: 'button', class: 'retry', onclick: actions.askAgain }, t('layer.retry')));
    } else if (inner) {
      fill(body, h('table', {}, h('tbody', {}, inner.layers.map(row))), h('p', { class: 'note' }, t('card.note')));
    } else fill(body, Array.from({ length: 5 }, () => h('div', { class: 'skeleton' })));
  });
  return card;
}
