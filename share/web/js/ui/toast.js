// SPDX-License-Identifier: Apache-2.0
// Short news at the foot of the map; and what stands in the map's place when nothing can be shown.
import { fill, h } from '../h.js';
import { t } from '../i18n.js';

export function createToasts(store) {
  const list = h('div', { class: 'toasts', role: 'status' });
  store.watch(['toasts'], () =>
    fill(
      list,
      store.get('toasts').map(({ text, kind }) => h('p', { class: `toast ${kind}` }, text)),
    ),
  );
  return list;
}

export function createFailure(store, actions) {
  const box = h('div', { class: 'failure', role: 'alert' });
  store.watch(['failure', 'status', 'lang'], () => {
    const failure = store.get('failure');
    const base = store.get('status').base === 'error';
    box.hidden = !failure && !base;
    box.classList.toggle('small', !failure);
    if (failure)
      fill(
        box,
        h('p', {}, t('failure.server')),
        h('p', { class: 'mono' }, failure),
        h('button', { type: 'button', class: 'retry', onclick: actions.load }, t('layer.retry')),
      );
    else
      fill(
        box,
        h('p', {}, t('failure.base')),
        h('button', { type: 'button', class: 'retry', onclick: () => actions.retry('base') }, t('layer.retry')),
      );
  });
  return box;
}
