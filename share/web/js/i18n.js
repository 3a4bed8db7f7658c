// SPDX-License-Identifier: Apache-2.0
// Words of the page itself. What the server says comes in both languages as {en, zh} and goes through `pick`.

export const LANGUAGES = ['zh', 'en'];
const tables = {};
let current = 'zh';

export async function loadWords() {
  await Promise.all(
    LANGUAGES.map(async (language) => {
      const answer = await fetch(`/web/js/i18n/${language}.json`);
      if (!answer.ok) throw new Error(`/web/js/i18n/${language}.json: HTTP ${answer.status}`);
      tables[language] = await answer.json();
    }),
  );
}

export function setLanguage(language) {
  current = LANGUAGES.includes(language) ? language : 'zh';
  document.documentElement.lang = current === 'zh' ? 'zh-CN' : 'en';
}

export const language = () => current;

/** Chinese unless the browser asks for another language first. */
export function browserLanguage() {
  const first = (navigator.languages?.[0] ?? navigator.language ?? 'zh').toLowerCase();
  return first.startsWith('zh') ? 'zh' : 'en';
}

/** The words of a key with its {parameters}. A missing key shows itself. */
export function t(key, parameters = {}) {
  const words = tables[current]?.[key];
  if (words === undefined) return key;
  return words.replace(/\{(\w+)\}/g, (whole, name) => (name in parameters ? String(parameters[name]) : whole));
}

/** The ground that a layer covers, from the grid in its id; the grid's own name where there are no words for it. */
export function gridText({ id }) {
  const name = id.split('@')[1] ?? '';
  return tables[current]?.[`grid.${name}`] ?? name;
}

/** One of {en, zh}; the other where one is missing. */
export function pick(words) {
  if (words === null || words === undefined) return '';
  if (typeof words === 'string') return words;
  return words[current] || words.zh || words.en || '';
}
