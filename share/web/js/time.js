// SPDX-License-Identifier: Apache-2.0
// Time is seconds since 1970, UTC, as everywhere inside Sanfang; people read Beijing time. No other file parses or formats dates.
import { t } from './i18n.js';

const BEIJING_S = 8 * 3600;
const two = (number) => String(number).padStart(2, '0');

/** Seconds of an ISO time with its zone, or null. */
export function parseIso(text) {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text))
    return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : Math.round(ms / 1000);
}

/** A snapshot's name begins with its time: '20140720T000000Z-...'. */
export function timeOfId(id) {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/.exec(id) ?? [];
  return year ? parseIso(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) : null;
}

export const formatIso = (time_s) => new Date(time_s * 1000).toISOString().replace('.000Z', 'Z');

/** The parts of Beijing's calendar and clock. */
export function beijing(time_s) {
  const date = new Date((time_s + BEIJING_S) * 1000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}

/** '2014-07-18 14:00', without the zone: for places where the zone stands beside it. */
export function clockText(time_s) {
  const at = beijing(time_s);
  return `${at.year}-${two(at.month)}-${two(at.day)} ${two(at.hour)}:${two(at.minute)}`;
}

export const shortText = (time_s) => clockText(time_s).slice(5);

export function secondsText(time_s) {
  return `${clockText(time_s)}:${two(beijing(time_s).second)}`;
}

/** '18日14时' or '18 Jul 14h' for labels on the map. */
export function hourText(time_s) {
  const at = beijing(time_s);
  return t('time.hour', { month: at.month, day: at.day, hour: two(at.hour), minute: two(at.minute) });
}

/** An age in words, rounded down to its largest unit. */
export function ageText(age_s) {
  if (age_s < -59) return t('time.ahead', { age: spanText(-age_s) });
  if (age_s < 60) return t('time.now');
  return t('time.ago', { age: spanText(age_s) });
}

function spanText(span_s) {
  if (span_s < 3600) return t('time.minutes', { n: Math.floor(span_s / 60) });
  if (span_s < 2 * 86400) return t('time.hours', { n: Math.floor(span_s / 3600) });
  if (span_s < 2 * 365 * 86400) return t('time.days', { n: Math.floor(span_s / 86400) });
  return t('time.years', { n: Math.floor(span_s / (365.2425 * 86400)) });
}

/** Seconds to add to this machine's clock to get the server's. */
let skew_s = 0;
export function setServerNow(now_s) {
  skew_s = now_s - Date.now() / 1000;
}
export const now = () => Math.floor(Date.now() / 1000 + skew_s);

/** Midnights and, where they are far enough apart, 6-hour marks of Beijing time in [from, to]. */
export function ticksBetween(from_s, to_s, most) {
  const steps = [3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 2 * 86400, 5 * 86400, 10 * 86400, 30 * 86400];
  const step_s = steps.find((step) => (to_s - from_s) / step <= most) ?? steps.at(-1);
  const ticks = [];
  for (let at = Math.ceil((from_s + BEIJING_S) / step_s) * step_s - BEIJING_S; at <= to_s; at += step_s) ticks.push(at);
  return ticks;
}
