// SPDX-License-Identifier: Apache-2.0
// Legends drawn from the classes of a style, as the server lists them; its picture where it lists none.
import { h } from '../h.js';
import { language, pick, t } from '../i18n.js';
import { parseIso, shortText } from '../time.js';

function swatch(entry) {
  const line = entry.width_px && !entry.size_px;
  return h('span', {
    class: `swatch ${line ? 'line' : ''} ${line && entry.dash_px?.length ? 'dashed' : ''} ${entry.size_px ? 'dot' : ''}`,
    style: line ? { 'border-top-color': entry.colour } : { 'background-color': entry.colour },
  });
}

function ramp(classes) {
  const first = classes[0].from;
  const span = classes.at(-1).from - first || 1;
  const place = ({ from }) => (100 * (from - first)) / span;
  const stops = classes.map((entry) => `${entry.colour} ${place(entry).toFixed(2)}%`).join(', ');
  return h(
    'div',
    { class: 'ramp' },
    h('div', { class: 'bar', style: { 'background-image': `linear-gradient(to right, ${stops})` } }),
    h(
      'div',
      { class: 'marks' },
      classes.map((entry) =>
        h('span', { style: { left: `${place(entry).toFixed(2)}%` } }, pick(entry.label) || String(entry.from)),
      ),
    ),
  );
}

/** Bounds that count from the earliest value are shown as the moments that they stand for. */
function labelOf(entry, origin_s) {
  return origin_s === null
    ? pick(entry.label)
    : t('legend.from', { time: shortText(origin_s + Math.round(entry.from * 3600)) });
}

const items = (classes, origin_s) =>
  h(
    'ul',
    { class: 'classes' },
    classes.map((entry) => h('li', {}, swatch(entry), h('span', {}, labelOf(entry, origin_s)))),
  );

/** The legend of one style of a layer. */
export function legendOf(layer, style) {
  if (!style) return null;
  const classes = style.classes ?? [];
  const title = h('p', { class: 'legendtitle' }, pick(style.title));
  if (classes.length > 1 && style.kind === 'ramp') return h('div', { class: 'legend' }, title, ramp(classes));
  if (classes.length)
    return h(
      'div',
      { class: 'legend' },
      title,
      items(classes, parseIso(style.origin)),
      style.origin ? h('p', { class: 'note' }, t('zone')) : null,
    );
  if (!style.legend) return null;
  return h('div', { class: 'legend' }, h('img', { src: `${style.legend}?lang=${language()}`, alt: pick(style.title) }));
}
