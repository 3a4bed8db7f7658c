// SPDX-License-Identifier: Apache-2.0
// openapi.mjs URL MODULES
// The OpenAPI document is valid; each path in it, filled with its own examples, answers what the document says; each service of
// /v1/state is in it. And the catalogue has the members that STAC 1.0.0 requires.
import { pathToFileURL } from 'node:url';

const [, , url, modules] = process.argv;
const { Validator } = await import(pathToFileURL(`${modules}/@seriousme/openapi-schema-validator/index.js`).href);

// Have standards of their own, with capabilities that other tests validate.
const OWN_STANDARDS = ['wmts', 'wms'];
const WAIT_MS = 20000;

let failures = 0;
function check(holds, what, detail = '') {
  if (!holds) console.log(`FAIL ${what}: ${detail}`);
  if (!holds) failures += 1;
}
const json = async (path) => (await fetch(url + path)).json();

const api = await json('/ogc/api');
const verdict = await new Validator().validate(api);
check(verdict.valid, 'OpenAPI', JSON.stringify(verdict.errors));
const ids = Object.values(api.paths).map(({ get }) => get.operationId);
check(new Set(ids).size === ids.length, 'operation ids are unique', ids.join(' '));

function fill(path, parameters) {
  const missing = parameters.filter((one) => one.in === 'path' && one.example === undefined).map(({ name }) => name);
  check(missing.length === 0, `${path} has an example of each part`, missing.join(' '));
  const filled = parameters
    .filter((one) => one.in === 'path')
    .reduce((text, one) => text.replace(`{${one.name}}`, encodeURIComponent(one.example)), path);
  const query = parameters.filter((one) => one.in === 'query' && one.example !== undefined);
  return `${filled}?${new URLSearchParams(query.map(({ name, example }) => [name, example]))}`;
}

/** 204 is a vector tile with nothing in it. */
async function answers(path, { parameters, responses }) {
  const target = fill(path, parameters);
  const stop = new AbortController();
  const due = setTimeout(() => stop.abort(), WAIT_MS);
  const answer = await fetch(url + target, { signal: stop.signal });
  const type = (answer.headers.get('Content-Type') ?? '').split(';')[0];
  const [said] = Object.keys(responses[200].content).map((one) => one.split(';')[0]);
  check(answer.status === 200, target, `HTTP ${answer.status}`);
  check(said === '*/*' || type === said, target, `${type}, the document says ${said}`);
  check(path in api.paths && !/[{}]/.test(target), target, 'a part is not filled');
  clearTimeout(due);
  stop.abort(); // one of them never ends
}
for (const [path, { get }] of Object.entries(api.paths)) {
  await answers(path, get).catch((error) => check(false, path, error.message));
}

const { services } = await json('/v1/state');
const documented = Object.keys(api.paths);
for (const service of services.filter((name) => !OWN_STANDARDS.includes(name.split('/')[0]))) {
  const isThere = documented.some((path) => path === `/${service}` || path.startsWith(`/${service}/`));
  check(isThere, `/${service} is in the document`, documented.join(' '));
}

// --- STAC 1.0.0: the tables of required fields in catalog-spec.md and item-spec.md ---

const need = (object, what, names) =>
  names.forEach((name) => check(object?.[name] !== undefined, `${what}: '${name}'`, 'is not there'));
const checkLinks = (links, what) => links.forEach((link) => need(link, `${what}: a link`, ['href', 'rel']));

const catalog = await json('/stac');
need(catalog, '/stac', ['type', 'stac_version', 'id', 'description', 'links']);
check(catalog.type === 'Catalog' && catalog.description.length > 0, '/stac', `type ${catalog.type}`);
checkLinks(catalog.links, '/stac');
const items = catalog.links.filter(({ rel }) => rel === 'item');
check(items.length === (await json('/v1/layers')).layers.length, '/stac has each layer', `${items.length}`);
for (const { href } of items) {
  const item = await (await fetch(href)).json();
  need(item, href, ['type', 'stac_version', 'id', 'geometry', 'properties', 'links', 'assets']);
  need(item.properties, href, ['datetime']);
  check(item.type === 'Feature' && (item.geometry === null || item.bbox?.length === 4), href, 'bbox beside geometry');
  check(item.stac_version === '1.0.0', href, `STAC ${item.stac_version}`);
  checkLinks(item.links, href);
  Object.entries(item.assets).forEach(([name, asset]) => need(asset, `${href}: ${name}`, ['href']));
}
console.log(`${documented.length} paths, ${services.length} services, ${items.length} items of the catalogue`);
process.exit(failures ? 1 : 0);
