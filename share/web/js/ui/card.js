// SPDX-License-Identifier: Apache-2.0
// The card of a place: every layer's value there, in the server's own words. Layers on the map come first, the ground last.
import { fill, h, icon } from '../h.js';
import { gridText, pick, t } from '../i18n.js';
import { groupOf, unitText } from '../model.js';
import { ageText, clockText, parseIso } from '../time.js';

/** '20.0200°N 110.3500°E' */
export function placeText({ lon, lat }) {
  return `${Math.abs(lat).toFixed(4)}°${lat < 0 ? 'S' : 'N'} ${Math.abs(lon).toFixed(4)}°${lon < 0 ? 'W' : 'E'}`;
}

const isNone = (value) => value === null || value === undefined;

const numberText = (value, unit) => `${value} ${unitText(unit)}`.trim();

/** What stands large and what small. A moment is read as a time; its hours since a reference are for machines. */
function wordsOf(layer, { value, time, meaning }) {
  if (isNone(value)) return [pick(meaning) || t('card.novalue'), ''];
  if (time) return [pick(meaning), numberText(value, layer.unit)];
  return [numberText(value, layer.unit), pick(meaning)];
}

function valueCell(layer, entry) {
  const [large, small] = wordsOf(layer, entry);
  return h(
    'td',
    { class: isNone(entry.value) ? 'none' : '', dataset: { value: String(entry.value) } },
    h('span', { class: 'value' }, large),
    small ? h('small', {}, small) : null,
  );
}

function rowsOf(layer, described) {
  const time_s = parseIso(layer.valid_time);
  const name = [
    pick(layer.title),
    h(
      'small',
      {},
      [gridText(layer), time_s === null ? '' : `${clockText(time_s)} ${t('zone')}`].filter(Boolean).join(' · '),
    ),
  ];
  if (!layer.values)
    return [h('tr', { dataset: { layer: layer.id } }, h('th', { scope: 'row' }, name), valueCell(layer, layer))];
  return [
    h('tr', { class: 'several', dataset: { layer: layer.id } }, h('th', { scope: 'rowgroup', colspan: 2 }, name)),
    ...layer.values.map((entry) =>
      h(
        'tr',
        { class: 'one', dataset: { layer: layer.id } },
        h('th', { scope: 'row' }, `${pick(described?.dimension?.title) || layer.dimension} ${entry[layer.dimension]}`),
        valueCell(layer, entry),
      ),
    ),
  ];
}

function areaWords({ title, properties }) {
  const name = pick({ zh: properties.name_zh, en: properties.name });
  return name || `${pick(title)} ${properties.force ?? ''}`.trim();
}

/** The names of the areas that hold the place, the last named first: a county before the island before the coast. */
function namesOf(answer) {
  const named = (answer.areas ?? []).filter(({ properties }) => properties.name || properties.name_zh);
  return [...new Set(named.reverse().map(areaWords))].join(' · ');
}

function tableOf(answer, shown, catalogue) {
  const rank = (layer) => (groupOf(layer) === 'ground' ? 2 : 1) - (shown.has(layer.id) ? 2 : 0);
  const layers = [...answer.layers].sort((a, b) => rank(a) - rank(b));
  return h(
    'table',
    {},
    h(
      'tbody',
      {},
      layers.map((layer) => rowsOf(layer, catalogue?.byId.get(layer.id))),
    ),
  );
}

export function createCard(store, actions) {
  const head = h('div', { class: 'cardhead' });
  const body = h('div', { class: 'cardbody', tabindex: '0' });
  const card = h('aside', { class: 'card' }, head, body);

  function renderHead(answer) {
    const first = answer?.layers[0];
    const data_s = parseIso(first?.data_time);
    fill(
      head,
      h(
        'div',
        {},
        h('h2', {}, (answer && namesOf(answer)) || t('card.title')),
        h('p', { class: 'mono' }, placeText(store.get('point'))),
        data_s === null
          ? null
          : h(
              'p',
              {},
              t('card.data', { time: clockText(data_s), age: ageText(first.age_s), authority: pick(answer.authority) }),
            ),
      ),
      h(
        'button',
        { type: 'button', class: 'tool', title: t('close'), 'aria-label': t('close'), onclick: actions.closeCard },
        icon('close'),
      ),
    );
  }

  function renderBody(answer) {
    if (answer.status === 'error') {
      fill(
        body,
        h('p', { class: 'trouble error' }, t('card.error', { message: answer.message })),
        h('button', { type: 'button', class: 'retry', onclick: actions.askAgain }, t('layer.retry')),
      );
    } else if (answer.data) {
      const shown = new Set(
        store
          .get('layers')
          .filter(({ on }) => on)
          .map(({ id }) => id),
      );
      fill(body, tableOf(answer.data, shown, store.get('catalogue')), h('p', { class: 'note' }, t('card.note')));
    } else {
      fill(
        body,
        Array.from({ length: 5 }, () => h('div', { class: 'skeleton' })),
      );
    }
  }

  store.watch(['point', 'answer', 'lang'], () => {
    const answer = store.get('answer');
    card.hidden = !store.get('point');
    card.setAttribute('aria-label', t('card.title'));
    if (card.hidden || !answer) return;
    card.classList.toggle('waiting', answer.status === 'loading');
    renderHead(answer.data);
    renderBody(answer);
  });
  return card;
}
