// SPDX-License-Identifier: Apache-2.0
// Reads the server's documents. A reader throws where a field that the page needs is missing: a wrong server is an error, not
// an empty page. Only actions.js calls it.
import { parseIso, setServerNow } from './time.js';

const TIMEOUT_MS = 20000;
const kept = new Map(); // path -> {etag, body}: documents that the server says are unchanged

export class ApiError extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

/** A resource of a pinned snapshot, or of the current one where id is null. */
export const resource = (path, id) => (id ? `/snapshots/${encodeURIComponent(id)}${path}` : path);

async function requestJson(path, signal) {
  const old = kept.get(path);
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await fetch(path, {
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
    headers: old ? { 'If-None-Match': old.etag } : {},
  });
  if (answer.status === 304 && old) return old.body;
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new ApiError(body?.detail ?? `HTTP ${answer.status}`, answer.status);
  if (body === null || typeof body !== 'object') throw new ApiError(`${path}: not JSON`, answer.status);
  const etag = answer.headers.get('ETag');
  if (etag) kept.set(path, { etag, body });
  return body;
}

const wait = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Two more tries where the network or the server failed; a refusal (4xx) is final. */
async function getJson(path, signal) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await requestJson(path, signal);
    } catch (error) {
      const isFinal = signal?.aborted || attempt === 2 || (error.status >= 400 && error.status < 500);
      if (isFinal) throw error;
      await wait(300 * 3 ** attempt);
    }
  }
}

function need(object, name, what) {
  if (object?.[name] === undefined) throw new ApiError(`${what}: no '${name}'`);
  return object[name];
}

/** The server's links carry the host that it was asked by; the page stays with its own. */
export function pathOf(url) {
  if (!url) return null;
  return url.replace(/^[a-z]+:\/\/[^/]+/i, '');
}

/** 'official', 'internal', 'drill', 'hypothetical' beside the words for it. */
const withCode = (authority) => (authority ? { ...authority, code: authority.code ?? authority.en } : null);

/** The server's clock and services, and the current snapshot or that of an id; its snapshot is null where there is none. */
export async function readState(id, signal) {
  const state = await getJson(resource('/v1/state', id), signal);
  const now_s = parseIso(need(state, 'now', '/v1/state'));
  if (now_s !== null) setServerNow(now_s);
  const snapshot = need(state, 'snapshot', '/v1/state');
  return { ...state, snapshot: snapshot && { ...snapshot, authority: withCode(snapshot.authority) } };
}

/** Newest first. A snapshot's name begins with its time. */
export async function readSnapshots(signal) {
  const listed = need(await getJson('/v1/snapshots', signal), 'snapshots', '/v1/snapshots');
  return listed.map(({ id, current }) => ({ id, isCurrent: current }));
}

function readLayer(layer) {
  const what = `/v1/layers: ${layer.id}`;
  ['id', 'kind', 'title', 'bounds', 'dimension', 'styles'].forEach((name) => need(layer, name, what));
  return {
    ...layer,
    address: pathOf(layer.tiles ?? layer.vector),
    uv: pathOf(layer.uv),
    zmin: layer.zmin ?? 1,
    zmax: layer.zmax ?? 18,
    authority: withCode(layer.authority),
    styles: layer.styles.map((style) => ({ ...style, legend: pathOf(style.legend) })),
  };
}

export async function readLayers(id, signal) {
  const answer = await getJson(resource('/v1/layers', id), signal);
  need(answer, 'snapshot', '/v1/layers');
  return { snapshot: answer.snapshot, layers: need(answer, 'layers', '/v1/layers').map(readLayer) };
}

/** What a snapshot can be downloaded as: [{path, href, type, datasets, bytes}] */
export async function readFiles(id, signal) {
  return need(await getJson(resource('/files', id), signal), 'files', '/files');
}

export async function readPoint({ lon, lat, time, id }, signal) {
  const query = new URLSearchParams({ lon: lon.toFixed(5), lat: lat.toFixed(5) });
  if (time) query.set('time', time);
  const answer = await getJson(`${resource('/v1/point', id)}?${query}`, signal);
  need(answer, 'layers', '/v1/point');
  return answer;
}
