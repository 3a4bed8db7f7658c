// SPDX-License-Identifier: Apache-2.0
// One slider for all layers with time: the valid time of the map, in Beijing time. Steps, plays, and says where now is.
import { fill, h, icon } from '../h.js';
import { t } from '../i18n.js';
import { timeAxis } from '../model.js';
import { beijing, clockText, now, ticksBetween } from '../time.js';

const SPEEDS = [1, 2, 4, 8];
const PATIENCE_MS = 3000; // the film goes on without a frame that does not come

const tickText = (time_s) => {
  const { month, day, hour } = beijing(time_s);
  return hour === 0 ? t('time.day', { month, day }) : `${String(hour).padStart(2, '0')}:00`;
};

export function createSlider(store, actions) {
  const input = h('input', {
    type: 'range',
    min: 0,
    step: 1,
    oninput: () => actions.setTime(axis[Number(input.value)]),
  });
  const ticks = h('div', { class: 'ticks', 'aria-hidden': 'true' });
  const valid = h('div', { class: 'valid' });
  const buttons = h('div', { class: 'buttons' });
  const speed = h('div', { class: 'speed' });
  const none = h('p', { class: 'notime' });
  const bar = h(
    'footer',
    { class: 'timebar' },
    buttons,
    valid,
    h('div', { class: 'scale' }, input, ticks),
    speed,
    none,
  );
  let axis = [];
  let film = 0;

  const button = (name, label, onclick) =>
    h(
      'button',
      { type: 'button', class: 'tool', title: label, 'aria-label': label, onclick, dataset: { tool: name } },
      icon(name),
    );

  function drawTicks() {
    const [from, to] = [axis[0], axis.at(-1)];
    const place = (time_s) => `${((100 * (time_s - from)) / (to - from || 1)).toFixed(3)}%`;
    const now_s = now();
    fill(
      ticks,
      ticksBetween(from, to, Math.max(2, Math.floor((ticks.clientWidth || 700) / 62))).map((time_s) =>
        h(
          'span',
          { class: beijing(time_s).hour === 0 ? 'tick day' : 'tick', style: { left: place(time_s) } },
          tickText(time_s),
        ),
      ),
      now_s >= from && now_s <= to
        ? h('span', { class: 'nowmark', style: { left: place(now_s) } }, t('slider.now'))
        : null,
    );
  }

  function render() {
    axis = timeAxis(store.get('catalogue'), store.get('layers'));
    const time_s = store.get('time_s');
    const at = Math.max(
      0,
      axis.findLastIndex((step) => step <= (time_s ?? 0)),
    );
    bar.classList.toggle('empty', axis.length === 0);
    fill(none, axis.length || !store.get('catalogue') ? '' : t('slider.none'));
    input.max = Math.max(0, axis.length - 1);
    input.value = at;
    input.disabled = axis.length < 2;
    input.setAttribute('aria-label', t('slider.title'));
    input.setAttribute('aria-valuetext', time_s === null ? '' : `${clockText(time_s)} ${t('zone')}`);
    fill(
      valid,
      h('span', { class: 'label' }, t('slider.valid')),
      h('time', {}, time_s === null || axis.length === 0 ? '—' : clockText(time_s)),
      h('span', { class: 'zone' }, t('zone')),
    );
    if (axis.length) drawTicks();
  }

  function renderButtons() {
    const isPlaying = store.get('playing');
    fill(
      buttons,
      button('back', t('slider.back'), () => actions.step(-1)),
      button(isPlaying ? 'pause' : 'play', t(isPlaying ? 'slider.pause' : 'slider.play'), actions.togglePlay),
      button('forward', t('slider.forward'), () => actions.step(1)),
    );
    fill(
      speed,
      h('span', { class: 'label' }, t('slider.speed')),
      h(
        'select',
        { 'aria-label': t('slider.speed'), onchange: (event) => actions.setSpeed(Number(event.target.value)) },
        SPEEDS.map((value) =>
          h('option', { value: String(value), selected: value === store.get('speed') }, t('slider.fps', { n: value })),
        ),
      ),
    );
  }

  /** The next step when the present one is drawn, not before. */
  function play() {
    clearTimeout(film);
    if (!store.get('playing')) return;
    const begun = Date.now();
    const advance = () => {
      const isWaiting = Object.values(store.get('status')).includes('loading') && Date.now() - begun < PATIENCE_MS;
      if (isWaiting) {
        film = setTimeout(advance, 60);
        return;
      }
      actions.step(1);
      play();
    };
    film = setTimeout(advance, 1000 / store.get('speed'));
  }

  store.watch(['catalogue', 'layers', 'time_s', 'lang'], render);
  store.watch(['playing', 'speed', 'lang'], renderButtons);
  store.watch(['playing', 'speed'], play);
  new ResizeObserver(() => axis.length && drawTicks()).observe(ticks);
  return bar;
}
