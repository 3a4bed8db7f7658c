// SPDX-License-Identifier: Apache-2.0
// Elements from code, text only: nothing here can turn a string into markup.

const SVG = 'http://www.w3.org/2000/svg';

function setProperty(element, name, value) {
  if (name === 'style') Object.entries(value).forEach(([key, text]) => element.style.setProperty(key, text));
  else if (name === 'dataset') Object.assign(element.dataset, value);
  else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
  else if (value === false || value === null || value === undefined) element.removeAttribute(name);
  else if (name === 'value' || name === 'checked') element[name] = value;
  else element.setAttribute(name, value === true ? '' : String(value));
}

/** h('button', {class: 'x', onclick: f}, 'text', child, null, [more]) */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  Object.entries(properties).forEach(([name, value]) => setProperty(element, name, value));
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Replaces what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(
    ...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

/** Keeps one child per item, made by create(item) and found by key(item); moves, adds and removes only what changed, so
    that focus and what is typed stay. */
export function patch(parent, items, key, create, update) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const wanted = items.map((item) => {
    const child = old.get(key(item)) ?? create(item);
    child.dataset.key = key(item);
    update(child, item);
    return child;
  });
  wanted.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
  while (parent.children.length > wanted.length) parent.lastElementChild.remove();
}

const ICONS = {
  play: 'M8 5v14l11-7z',
  pause: 'M7 5h4v14H7zM14 5h4v14h-4z',
  back: 'M7 5h2v14H7zM19 5v14L9 12z',
  forward: 'M15 5h2v14h-2zM5 5v14l10-7z',
  chevron: 'M9 6l6 6-6 6-1.400-1.400L12.200 12 7.600 7.400z',
  close:
    'M6.400 5L12 10.600 17.600 5 19 6.400 13.400 12 19 17.600 17.600 19 12 13.400 6.400 19 5 17.600 10.600 12 5 6.400z',
  layers: 'M12 3l10 6-10 6L2 9zM4.200 13.300L12 18l7.800-4.700L22 14.600 12 20.600 2 14.600z',
  link: 'M10 7H7a5 5 0 000 10h3v-2H7a3 3 0 010-6h3zm4 0v2h3a3 3 0 010 6h-3v2h3a5 5 0 000-10zM8 11h8v2H8z',
  moon: 'M20 14.500A8.500 8.500 0 019.500 4 8.500 8.500 0 1020 14.500z',
  sun:
    'M12 7a5 5 0 100 10 5 5 0 000-10zM11 1h2v4h-2zm0 18h2v4h-2zM1 11h4v2H1zm18 0h4v2h-4z' +
    'M4.200 5.600l1.400-1.400 2.800 2.800-1.400 1.400zM15.600 17l1.400-1.400 2.800 2.800-1.400 1.400zM18.400 4.200l1.400 1.400L17 8.400 15.600 7z' +
    'M7 15.600L8.400 17l-2.800 2.800-1.400-1.400z',
  copy: 'M8 3h11v14h-2V5H8zM5 7h10v14H5zm2 2v10h6V9z',
  help: 'M11 17h2v2h-2zm1-12a4 4 0 00-4 4h2a2 2 0 114 0c0 2-3 1.800-3 5.500h2C13 12 16 11.700 16 9a4 4 0 00-4-4z',
  home: 'M12 3l9 8h-2.500v9h-5v-6h-3v6h-5v-9H3z',
};

export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}
