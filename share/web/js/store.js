// SPDX-License-Identifier: Apache-2.0
// One tree of state. A path is 'a.b.c'; listeners are called once for all changes made before the next animation frame.

/** @param {object} tree the initial state; it belongs to the store from now on */
export function createStore(tree) {
  const listeners = [];
  const changed = new Set();
  let scheduled = false;

  const parentOf = (path) => {
    const keys = path.split('.');
    const last = keys.pop();
    return [keys.reduce((node, key) => (node[key] ??= {}), tree), last];
  };

  const touches = (watched) =>
    [...changed].some((path) => path === watched || path.startsWith(`${watched}.`) || watched.startsWith(`${path}.`));

  const deliver = () => {
    scheduled = false;
    const due = listeners.filter(({ paths }) => paths.some(touches));
    changed.clear();
    due.forEach(({ listener }) => listener());
  };

  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    // A hidden tab gets no animation frames, but its state must go on.
    if (document.hidden) setTimeout(deliver, 50);
    else requestAnimationFrame(deliver);
  };

  return {
    get: (path) => path.split('.').reduce((node, key) => node?.[key], tree),
    set(path, value) {
      const [parent, key] = parentOf(path);
      if (Object.is(parent[key], value)) return;
      parent[key] = value;
      changed.add(path);
      schedule();
    },
    /** Calls listener after each change at, below or above one of the paths; and once now. */
    watch(paths, listener) {
      listeners.push({ paths, listener });
      listener();
    },
    isQuiet: () => !scheduled,
  };
}
