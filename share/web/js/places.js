// SPDX-License-Identifier: Apache-2.0
// The place asked for, and what the point query says of it at the map's moment.
import * as api from './api.js';
import { formatIso } from './time.js';

const SETTLE_MS = 200; // a slider passes many moments

export function createPlaces(store) {
  let asking = null;
  let due = 0;

  async function ask(place) {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const time_s = store.get('time_s');
    const question = { ...place, time: time_s === null ? null : formatIso(time_s), id: store.get('snapshot')?.id };
    store.set('point', place);
    store.set('answer', { status: 'loading', data: store.get('answer')?.data ?? null });
    try {
      store.set('answer', { status: 'ready', data: await api.readPoint(question, signal) });
    } catch (error) {
      if (!signal.aborted) store.set('answer', { status: 'error', message: error.message, data: null });
    }
  }

  const askAgain = () => {
    if (store.get('point')) ask(store.get('point'));
  };

  return {
    ask,
    askAgain,
    askSoon() {
      clearTimeout(due);
      due = setTimeout(askAgain, SETTLE_MS);
    },
    close() {
      asking?.abort();
      store.set('point', null);
      store.set('answer', null);
    },
  };
}
