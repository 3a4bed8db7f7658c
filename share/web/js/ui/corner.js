// SPDX-License-Identifier: Apache-2.0
// What lies on the map: buttons, the legend of the uppermost picture, coordinates, and where the base map comes from.
import { fill, h, icon } from '../h.js';
import { pick, t } from '../i18n.js';
import { TIANDITU, baseOf, isPicture, isTimed, isUnreal, shownLayers, styleOf, unitText, valueOf } from '../model.js';
import { placeText } from './card.js';
import { legendOf } from './legend.js';

function captionOf(layer, choice, time_s) {
  const value = valueOf(layer, choice, time_s);
  if (!layer.dimension || isTimed(layer) || value === undefined) return null;
  return `${pick(layer.dimension.title)} ${value} ${unitText(layer.dimension.unit)}`.trim();
}

export function createMapLegend(store) {
  const box = h('figure', { class: 'maplegend' });
  store.watch(['catalogue', 'layers', 'lang', 'time_s', 'open'], () => {
    const top = shownLayers(store.get('catalogue'), store.get('layers'))
      .filter(({ layer }) => isPicture(layer))
      .at(-1);
    const legend = top && legendOf(top.layer, styleOf(top.layer, top.choice));
    box.hidden = !legend || store.get('open') === 'links'; // the panel would cover half of it
    if (!legend) return;
    const caption = captionOf(top.layer, top.choice, store.get('time_s'));
    box.classList.toggle('unreal', isUnreal(top.layer));
    fill(
      box,
      h('figcaption', {}, pick(top.layer.title), caption ? h('small', {}, caption) : null),
      legend,
      h(
        'p',
        { class: 'note' },
        [pick(top.layer.authority), top.layer.simulated ? t('authority.simulated') : ''].filter(Boolean).join(' · '),
      ),
    );
  });
  return box;
}

export function createCorner(store, actions) {
  const buttons = h('div', { class: 'mapbuttons' });
  const place = h('output', { class: 'mono cursor' });
  const note = h('span', {});
  const bases = h('div', { class: 'segments bases', role: 'group' });
  store.watch(['lang'], () => {
    fill(
      buttons,
      h(
        'button',
        {
          type: 'button',
          class: 'tool',
          title: t('help.in'),
          'aria-label': t('help.in'),
          onclick: () => actions.zoomBy(1),
        },
        '+',
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'tool',
          title: t('help.out'),
          'aria-label': t('help.out'),
          onclick: () => actions.zoomBy(-1),
        },
        '−',
      ),
      h(
        'button',
        { type: 'button', class: 'tool', title: t('help.home'), 'aria-label': t('help.home'), onclick: actions.home },
        icon('home'),
      ),
    );
  });
  store.watch(['lang', 'server', 'base'], () => {
    const server = store.get('server');
    const shown = baseOf(server, store.get('base'));
    fill(note, `${t('map.zone')} · ${t(shown === 'coast' ? 'base.note' : 'base.tianditu')}`);
    bases.hidden = !server?.tianditu;
    bases.setAttribute('aria-label', t('base.title'));
    fill(
      bases,
      ['coast', ...Object.keys(TIANDITU)].map((base) =>
        h(
          'button',
          {
            type: 'button',
            'aria-pressed': String(base === shown),
            dataset: { base },
            onclick: () => actions.setBase(base),
          },
          t(`base.${base}`),
        ),
      ),
    );
  });
  store.watch(['cursor', 'center', 'zoom', 'set'], () => {
    const at = store.get('cursor') ?? store.get('center');
    fill(place, at ? `${placeText(at)} · ${store.get('set')} ${Math.round(store.get('zoom'))}` : '');
  });
  return [buttons, bases, h('div', { class: 'attribution' }, place, note)];
}
