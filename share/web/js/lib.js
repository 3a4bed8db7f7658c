// SPDX-License-Identifier: Apache-2.0
// The only file that touches what scripts leave in the window: OpenLayers' global and the browser's Worker.

export const ol = window.ol;

// OpenLayers starts its WebGL worker from a blob, which the page's content security policy forbids: the layer would stay
// empty without a word. The same text lies in a file of our own.
const WORKER_FILE = '/web/lib/ol-webgl-worker.js';
export const WORKER_FAILED = 'workerfailed';

if (window.Worker) {
  const BrowserWorker = window.Worker;
  window.Worker = class extends BrowserWorker {
    constructor(url, options) {
      super(String(url).startsWith('blob:') ? WORKER_FILE : url, options);
      this.addEventListener('error', () => document.dispatchEvent(new Event(WORKER_FAILED)));
    }
  };
}

export const isTest = new URLSearchParams(window.location.search).get('test') === '1';

export function hasWebgl() {
  return Boolean(
    document.createElement('canvas').getContext('webgl2') ?? document.createElement('canvas').getContext('webgl'),
  );
}

export function expose(name, value) {
  window[name] = value;
}
