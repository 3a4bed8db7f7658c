// SPDX-License-Identifier: Apache-2.0
// The list of layers: switch, name, data time and age or what is wrong; opened: legend, opacity, value of the dimension, style,
// authority and source.
import { fill, h, icon, patch } from '../h.js';
import { gridText, pick, t } from '../i18n.js';
import { groupsOf, isPicture, isTimed, isUnreal, styleOf, unitText } from '../model.js';
import { ageText, clockText, now, parseIso, shortText } from '../time.js';
import { legendOf } from './legend.js';

const choiceOf = (store, id) =>
  store.get('layers').find((choice) => choice.id === id) ?? { id, on: false, opacity: 1, style: null, value: null };

/** The word that stands where the age would, or null. */
function troubleOf(layer, choice, status) {
  if (!layer.address) return { kind: 'nodata', text: t('layer.nostyle') };
  if (!choice.on) return null;
  if (status === 'error') return { kind: 'error', text: t('layer.error') };
  if (status === 'nodata') return { kind: 'nodata', text: t('layer.nodata') };
  return status === 'loading' ? { kind: 'loading', text: t('layer.loading') } : null;
}

function ageLine(layer) {
  const time_s = parseIso(layer.data_time);
  if (time_s === null) return h('span', { class: 'when' }, t('layer.unknowntime'));
  return h(
    'span',
    { class: 'when', title: t('layer.datatime', { time: clockText(time_s) }) },
    `${shortText(time_s)} ${t('zone.short')} · ${ageText(now() - time_s)}`,
  );
}

function dimensionChoice(layer, choice, actions) {
  if (!layer.dimension || isTimed(layer)) return null;
  const chosen = String(choice.value ?? layer.dimension.default);
  return h(
    'div',
    { class: 'field' },
    h(
      'span',
      { class: 'label' },
      `${pick(layer.dimension.title) || layer.dimension.name} ${unitText(layer.dimension.unit)}`.trim(),
    ),
    h(
      'div',
      { class: 'segments', role: 'group', 'aria-label': pick(layer.dimension.title) || layer.dimension.name },
      layer.dimension.values.map((value) =>
        h(
          'button',
          {
            type: 'button',
            'aria-pressed': String(String(value) === chosen),
            dataset: { value: String(value) },
            onclick: () => actions.changeLayer(layer.id, { value: String(value) }),
          },
          String(value),
        ),
      ),
    ),
  );
}

function styleChoice(layer, choice, actions) {
  if ((layer.styles?.length ?? 0) < 2) return null;
  const chosen = styleOf(layer, choice).name;
  return h(
    'label',
    { class: 'field' },
    h('span', { class: 'label' }, t('layer.style')),
    h(
      'select',
      { onchange: (event) => actions.changeLayer(layer.id, { style: event.target.value }) },
      layer.styles.map((style) =>
        h('option', { value: style.name, selected: style.name === chosen }, pick(style.title)),
      ),
    ),
  );
}

function windSwitch(layer, choice, wind, actions) {
  if (!layer.uv || window.matchMedia('(prefers-reduced-motion: reduce)').matches) return null;
  return h(
    'label',
    { class: 'switch' },
    h('input', {
      type: 'checkbox',
      checked: wind === layer.id,
      disabled: !choice.on,
      onchange: (event) => actions.animateWind(event.target.checked ? layer.id : null),
    }),
    t('layer.wind'),
  );
}

function facts(layer) {
  const time_s = parseIso(layer.data_time);
  const sources = Array.isArray(layer.sources) ? layer.sources.map(pick).join('；') : pick(layer.sources);
  const rows = [
    [
      t('layer.authority'),
      [pick(layer.authority), layer.simulated ? t('authority.simulated') : ''].filter(Boolean).join(' · '),
    ],
    [t('layer.data'), time_s === null ? t('layer.unknowntime') : `${clockText(time_s)} ${t('zone')}`],
    [t('layer.source'), sources],
    [t('layer.id'), layer.id],
  ];
  return h(
    'dl',
    { class: 'facts' },
    rows.filter(([, text]) => text).map(([name, text]) => [h('dt', {}, name), h('dd', {}, text)]),
  );
}

function details(layer, choice, wind, actions) {
  return [
    dimensionChoice(layer, choice, actions),
    styleChoice(layer, choice, actions),
    h(
      'label',
      { class: 'field' },
      h('span', { class: 'label' }, t('layer.opacity')),
      h('input', {
        type: 'range',
        min: 0,
        max: 1,
        step: 0.05,
        value: choice.opacity,
        disabled: !choice.on,
        oninput: (event) => actions.changeLayer(layer.id, { opacity: Number(event.target.value) }),
      }),
    ),
    windSwitch(layer, choice, wind, actions),
    legendOf(layer, styleOf(layer, choice)),
    isPicture(layer) && layer.missing
      ? h('p', { class: 'note' }, t('layer.missing', { words: pick(layer.missing) }))
      : null,
    facts(layer),
  ];
}

export function createRail(store, actions) {
  const opened = new Set();
  const list = h('div', { class: 'groups' });
  const rail = h('nav', { class: 'rail' }, list);

  function createRow({ id }) {
    const box = h('input', { type: 'checkbox', id: `layer-${id}`, onchange: () => actions.toggleLayer(id) });
    const opener = h(
      'button',
      {
        type: 'button',
        class: 'opener',
        onclick: () => {
          if (!opened.delete(id)) opened.add(id);
          render();
        },
      },
      icon('chevron'),
    );
    return h(
      'section',
      { class: 'row', dataset: { layer: id } },
      h(
        'div',
        { class: 'head' },
        box,
        h('label', { for: box.id }, h('span', { class: 'name' }), h('span', { class: 'line' })),
        opener,
      ),
      h('div', { class: 'body', hidden: true }),
    );
  }

  /** What a row's body depends on: it is made anew only then, so that a slider in the hand stays. */
  const bodyKey = (layer, choice) =>
    JSON.stringify([store.get('catalogue').snapshot, store.get('lang'), choice.on, choice.style, choice.value]);

  function updateRow(row, layer) {
    const choice = choiceOf(store, layer.id);
    const [box, label, opener] = row.firstElementChild.children;
    const body = row.lastElementChild;
    const trouble = troubleOf(layer, choice, store.get('status')[layer.id]);
    const isOpen = opened.has(layer.id);
    row.className = `row ${choice.on ? 'on' : ''} ${isUnreal(layer) ? 'unreal' : ''}`;
    box.checked = choice.on && layer.address !== null;
    box.disabled = layer.address === null;
    fill(
      label.firstElementChild,
      pick(layer.title),
      gridText(layer) ? h('small', {}, ` ${gridText(layer)}`) : null,
    );
    fill(
      label.lastElementChild,
      trouble ? h('span', { class: `trouble ${trouble.kind}` }, trouble.text) : ageLine(layer),
      trouble?.kind === 'error'
        ? h(
            'button',
            {
              type: 'button',
              class: 'retry',
              onclick: (event) => {
                event.preventDefault();
                actions.retry(layer.id);
              },
            },
            t('layer.retry'),
          )
        : null,
      isUnreal(layer) || layer.authority?.code === 'official'
        ? h('span', { class: 'tag' }, pick(layer.authority))
        : null,
    );
    opener.setAttribute('aria-expanded', String(isOpen));
    opener.setAttribute('aria-label', t('layer.details', { name: pick(layer.title) }));
    body.hidden = !isOpen;
    const key = bodyKey(layer, choice);
    if (isOpen && body.dataset.made !== key) {
      body.dataset.made = key;
      fill(body, details(layer, choice, store.get('wind'), actions));
    }
  }

  function render() {
    const catalogue = store.get('catalogue');
    rail.hidden = !store.get('isRailOpen');
    rail.setAttribute('aria-label', t('rail.title'));
    if (!catalogue) {
      fill(list, store.get('failure') ? null : Array.from({ length: 8 }, () => h('div', { class: 'skeleton' })));
      return;
    }
    if (list.firstElementChild?.classList.contains('skeleton')) fill(list);
    patch(
      list,
      groupsOf(catalogue.layers),
      ({ key }) => key,
      () => h('div', { class: 'group' }, h('h2'), h('div', { class: 'rows' })),
      (element, group) => {
        fill(element.firstElementChild, t(`rail.${group.key}`));
        patch(element.lastElementChild, group.layers, ({ id }) => id, createRow, updateRow);
      },
    );
  }

  store.watch(['catalogue', 'layers', 'status', 'lang', 'isRailOpen', 'failure'], render);
  setInterval(render, 30000); // ages grow
  return rail;
}
