// SPDX-License-Identifier: Apache-2.0
// preview.mjs URL DRIVER PICTURES SANFANG DATA SCENARIO
// Drives the preview page as a visitor would. Colours are read from pictures of the screen, values from the point query; the
// class bounds and colours come from the style file that the server lists.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { readPng } from './png.mjs';

const [, , url, driver, pictures, sanfang, folder, scenario] = process.argv;
const { chromium } = await import(pathToFileURL(`${driver}/index.mjs`).href);
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const WAIT_MS = 60000;

// In the eye's path, at its side, far off. A place counts where all around it has one class: a pixel's middle is not the place.
const CANDIDATES = [
  [110.9, 19.95],
  [109.5, 19.1],
  [110.35, 20.02],
  [108.2, 20.3],
  [111.5, 18.5],
  [109.0, 18.4],
  [110.0, 19.4],
  [112.2, 20.7],
  [108.6, 19.4],
  [110.6, 18.9],
].map(([lon, lat]) => ({ lon, lat }));
const AROUND_DEG = 0.02;
const EMPTY_PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"/>';
const WIND = 'wind_max@province';

let failures = 0;
function check(holds, what, detail = '') {
  console.log(`${holds ? 'ok' : 'FAIL'} ${what}${holds ? '' : `: ${detail}`}`);
  if (!holds) failures += 1;
}
const same = (got, wanted, what) =>
  check(
    JSON.stringify(got) === JSON.stringify(wanted),
    what,
    `got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`,
  );
const json = async (path) => (await fetch(url + path)).json();

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });

/** A page that notes all that must not happen. */
async function open(query, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, locale: 'zh-CN', ...options });
  const page = await context.newPage();
  const bad = [];
  const origin = new URL(url).origin;
  page.on('request', (request) => {
    const target = request.url();
    if (!target.startsWith(`${origin}/`) && !/^(data|blob):/.test(target)) bad.push(`request to ${target}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error') bad.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => bad.push(`error: ${error.message}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  if (options.before) await options.before(page);
  await page.goto(`${url}/?${query}`);
  return { page, bad, context };
}

const settle = (page) => page.waitForFunction(() => window.__sanfang?.isSettled(), null, { timeout: WAIT_MS });

/** Whether it becomes true: the page draws in the frame after its state has changed. */
const becomes = (page, condition, argument) =>
  page.waitForFunction(condition, argument, { timeout: WAIT_MS }).then(
    () => true,
    () => false,
  );

async function picture(page, name) {
  const file = await page.screenshot();
  writeFileSync(`${pictures}/${name}.png`, file);
  return readPng(file);
}

/** The colour on the screen at a place, away from lines and names because the layer stands alone. */
async function colourAt(page, shot, place) {
  const [x, y] = await page.evaluate((at) => {
    const box = document.querySelector('.ground').getBoundingClientRect();
    const [left, top] = window.__sanfang.screenPixel(at);
    return [Math.floor(left + box.left), Math.floor(top + box.top)];
  }, place);
  return shot.pixel(x, y);
}

const colour = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const valueIn = (answer, id) => answer.layers.find((layer) => layer.id === id);

/** What the point query says of a layer, as a class of the layer's first style. */
function classOf(layer, value) {
  return layer.styles[0].classes.filter(({ from }) => value >= from).at(-1) ?? null;
}

/** {place, value, wanted} where the class of a layer is the same all around. */
async function steadyPlaces(layer, time) {
  const found = [];
  for (const place of CANDIDATES) {
    const corners = [
      [0, 0],
      [1, 1],
      [1, -1],
      [-1, 1],
      [-1, -1],
    ].map(([x, y]) => ({ lon: place.lon + x * AROUND_DEG, lat: place.lat + y * AROUND_DEG }));
    const values = await Promise.all(
      corners.map(async (corner) => valueIn(await pointAt(corner, time), layer.id)?.value ?? null),
    );
    const classes = new Set(values.map((value) => (value === null ? null : classOf(layer, value))));
    if (classes.size === 1 && [...classes][0]) found.push({ place, value: values[0], wanted: [...classes][0] });
  }
  return found;
}

async function pointAt(place, time) {
  return json(`/v1/point?lon=${place.lon}&lat=${place.lat}${time ? `&time=${time}` : ''}`);
}

const only = (id) => `test=1&theme=light&z=7&at=110,19.25&l=${id}`;
const catalogue = (await json('/v1/layers')).layers;
const wind = catalogue.find(({ id }) => id === WIND);

async function drawsItsClasses(set) {
  const { page, bad, context } = await open(`${only(WIND)}&set=${set}`);
  await settle(page);
  const shot = await picture(page, `classes-${set}`);
  const places = await steadyPlaces(wind);
  const different = new Set(places.map(({ wanted }) => wanted.colour)).size;
  check(places.length >= 4 && different >= 3, `${set}: ${places.length} places with ${different} classes`);
  for (const { place, value, wanted } of places) {
    same(
      await colourAt(page, shot, place),
      colour(wanted.colour),
      `${set}: the colour at ${place.lon} ${place.lat} is that of ${value} m/s`,
    );
  }
  same(bad, [], `${set}: nothing that must not happen`);
  await context.close();
}

async function sliderChangesTheMap() {
  const timed = catalogue.find(({ dimension }) => dimension?.name === 'time');
  const chosen = timed ?? catalogue.find(({ dimension }) => dimension && dimension.values.length > 1);
  const { page, bad, context } = await open(only(chosen.id));
  await settle(page);
  const before = await page.screenshot({ clip: { x: 400, y: 150, width: 500, height: 400 } });
  if (timed) {
    await page.locator('.timebar input[type=range]').focus();
    for (let i = 0; i < 24; i += 1) await page.keyboard.press('ArrowLeft');
  } else {
    await page.locator(`[data-layer="${chosen.id}"] .opener`).click();
    await page.locator(`[data-layer="${chosen.id}"] [data-value="${chosen.dimension.values.at(-1)}"]`).click();
  }
  await settle(page);
  const after = await page.screenshot({ clip: { x: 400, y: 150, width: 500, height: 400 } });
  check(
    !before.equals(after),
    `${timed ? 'the slider' : 'the choice of the dimension'} changes what is drawn of ${chosen.id}`,
    'the same picture',
  );
  if (timed) {
    const moment = await page.evaluate(
      () => window.__sanfang.frames().find(({ shown }) => shown?.includes('T'))?.shown,
    );
    const time = new Date((await page.evaluate(() => window.__sanfang.state('time_s'))) * 1000)
      .toISOString()
      .replace('.000', '');
    check(moment?.includes(time), 'the frame shown is that of the slider', `${moment} at ${time}`);
    const shot = await picture(page, 'time');
    const places = await steadyPlaces(chosen, time);
    check(places.length > 0, 'there is wind at that time');
    for (const { place, value, wanted } of places) {
      same(
        await colourAt(page, shot, place),
        colour(wanted.colour),
        `at ${time} the colour at ${place.lon} ${place.lat} is that of ${value} m/s`,
      );
    }
  }
  same(bad, [], 'slider: nothing that must not happen');
  await context.close();
}

async function clickShowsThePointQuery() {
  const { page, bad, context } = await open('test=1&theme=dark');
  await settle(page);
  await picture(page, 'first-look-dark');
  const place = CANDIDATES[1];
  const [x, y] = await page.evaluate((at) => {
    const box = document.querySelector('.ground').getBoundingClientRect();
    const [left, top] = window.__sanfang.screenPixel(at);
    return [left + box.left, top + box.top];
  }, place);
  await page.mouse.click(x, y);
  await page.waitForSelector('.card tr[data-layer]');
  await settle(page);
  const asked = await page.evaluate(() => window.__sanfang.state('point'));
  check(
    Math.abs(asked.lon - place.lon) < 0.01 && Math.abs(asked.lat - place.lat) < 0.01,
    'the click asks for the place clicked',
    JSON.stringify(asked),
  );
  const shown = await page.evaluate(() => window.__sanfang.state('answer').data);
  const time = shown.time ?? '';
  const again = await json(
    `/snapshots/${shown.snapshot}/v1/point?lon=${asked.lon.toFixed(5)}&lat=${asked.lat.toFixed(5)}${time ? `&time=${time}` : ''}`,
  );
  same(
    shown.layers.map(({ id, value }) => [id, value]),
    again.layers.map(({ id, value }) => [id, value]),
    'the card holds the answer of /v1/point',
  );
  const words = await page.locator(`.card tr[data-layer="${WIND}"] .value`).first().textContent();
  check(
    words.includes(String(valueIn(again, WIND).value)),
    'the value is on the card as it came',
    `'${words}' of ${valueIn(again, WIND).value}`,
  );
  const own = execFileSync(
    sanfang,
    ['query', 'point', asked.lon.toFixed(5), asked.lat.toFixed(5), '-o', folder, '--json'],
    { encoding: 'utf8' },
  );
  const file = JSON.parse(own).layers.find(({ dataset, grid }) => `${dataset}@${grid}` === WIND);
  check(
    Math.abs(file.value - valueIn(again, WIND).value) < 0.051,
    'and it is that of sanfang query point',
    `${file.value}`,
  );
  await picture(page, 'card');
  same(bad, [], 'click: nothing that must not happen');
  await context.close();
}

/** Two pictures of the wind differ because it moves; no speed is asked for: software drawing has none. */
async function windMoves() {
  const timed = catalogue.find(({ uv }) => uv);
  if (!timed) {
    check(false, 'a layer with wind components');
    return;
  }
  const { page, bad, context } = await open(`${only(timed.id)}&wind=${timed.id}&t=2014-07-18T06:00:00Z`);
  await settle(page);
  await page.waitForSelector('.wind canvas');
  await page.waitForTimeout(1500);
  const first = await page.locator('.wind').screenshot();
  let isMoving = false;
  for (let i = 0; i < 20 && !isMoving; i += 1) {
    await page.waitForTimeout(500);
    isMoving = !first.equals(await page.locator('.wind').screenshot());
  }
  check(isMoving, 'the wind moves');
  await picture(page, 'wind');
  same(bad, [], 'wind: nothing that must not happen');
  await context.close();
}

async function featuresAreDrawn() {
  const { page, bad, context } = await open('test=1&theme=light&set=w&z=7&at=110,19.25');
  await settle(page);
  const haikou = await page.evaluate(() => window.__sanfang.featuresAt({ lon: 110.33, lat: 20.03 }));
  check(
    haikou.some(({ layer, name }) => layer === 'county_seats' && name === 'Haikou'),
    'the seat of Haikou is drawn where it lies',
    JSON.stringify(haikou),
  );
  same(bad, [], 'features: nothing that must not happen');
  await context.close();
}

/** Few points called many, so that WebGL draws them: with its worker, and without. */
async function manyPoints(isWorkerThere) {
  const before = async (page) => {
    await page.route(/\/v1\/layers$/, async (route) => {
      const answer = await (await route.fetch()).json();
      answer.layers.find(({ id }) => id === 'track_points').count = 100000;
      await route.fulfill({ json: answer });
    });
    if (!isWorkerThere) await page.route('**/ol-webgl-worker.js', (route) => route.abort());
  };
  const { page, bad, context } = await open('test=1&theme=light&z=6&at=112,19&l=track_points', { before });
  if (!isWorkerThere)
    await page.waitForFunction(() => window.__sanfang?.state('webgl') === 'off', null, { timeout: WAIT_MS });
  await settle(page);
  const frame = (await page.evaluate(() => window.__sanfang.frames())).find(({ id }) => id === 'track_points');
  same(
    frame.isWebgl,
    isWorkerThere,
    `points are drawn by ${isWorkerThere ? 'WebGL' : 'canvas where the worker does not come'}`,
  );
  const shot = await picture(page, isWorkerThere ? 'webgl' : 'canvas');
  const fix = { lon: 111.3, lat: 19.9 }; // of the best track, 2014-07-18 14:00 Beijing time
  const bare = await open('test=1&theme=light&z=6&at=112,19&l=');
  await settle(bare.page);
  const without = await picture(bare.page, 'bare');
  const drawn =
    JSON.stringify(await colourAt(page, shot, fix)) !== JSON.stringify(await colourAt(bare.page, without, fix));
  check(drawn, 'the point is on the screen', 'the picture is that without points');
  if (isWorkerThere) same(bad, [], 'WebGL: nothing that must not happen');
  else {
    const isSaid = () => document.querySelector('.toasts').textContent.includes('WebGL');
    check(await becomes(page, isSaid), 'and the page says so');
  }
  await bare.context.close();
  await context.close();
}

async function languageThemeAndAddress() {
  const { page, bad, context } = await open('test=1&theme=light', { locale: 'en-GB' });
  await settle(page);
  same(await page.locator('.rail h2').first().textContent(), 'Fields', "an English browser's page is in English");
  check(
    (await page.locator('.banner').textContent()).includes('Nothing here is an official warning'),
    'the banner says what this is',
  );
  await page.locator('[data-choice="zh"]').click();
  await page.waitForFunction(() => document.documentElement.lang === 'zh-CN');
  await page.waitForFunction(() => document.querySelector('.banner').textContent.includes('官方预警'));
  const says = ([selector, words]) => new RegExp(words).test(document.querySelector(selector).textContent);
  check(await becomes(page, says, ['.rail h2', '^格点场$']), 'the switch turns all to Chinese');
  check(await becomes(page, says, ['.row .name', '[\u4e00-\u9fff]']), 'titles of layers too');
  await page.locator('[data-choice="w"]').click();
  await page.keyboard.press('d');
  await settle(page);
  await page.waitForFunction(
    () => window.location.search.includes('set=w') && window.location.search.includes('theme=dark'),
  );
  const address = await page.evaluate(() => window.location.search);
  const again = await open(address.slice(1));
  await settle(again.page);
  const state = (of) =>
    of.evaluate(() => ['set', 'theme', 'lang', 'layers'].map((name) => window.__sanfang.state(name)));
  same(
    await state(again.page),
    (await state(page)).map((value) => (Array.isArray(value) ? value.filter(({ on }) => on) : value)),
    'the address brings back what was seen',
  );
  await page.locator('[data-tool="link"]').click();
  const shown = () => [...document.querySelectorAll('.links code')].some((code) => code.textContent.includes('/tiles/'));
  check(await becomes(page, shown), 'addresses to copy are shown');
  await picture(page, 'links');
  same(bad, [], 'switches: nothing that must not happen');
  await again.context.close();
  await context.close();
}

async function hooksAreForTestsOnly() {
  const { page, context } = await open('');
  await page.waitForSelector('.row');
  same(await page.evaluate(() => typeof window.__sanfang), 'undefined', 'without ?test=1 the page has no hooks');
  await context.close();
}

async function errorsAreSaid() {
  const before = (page) => page.route('**/tiles/**', (route) => route.fulfill({ status: 500, body: '' }));
  const { page, context } = await open(only(WIND), { before });
  await settle(page);
  same(
    await page.locator(`[data-layer="${WIND}"] .trouble`).textContent(),
    '取不到',
    'a layer that cannot be had says so',
  );
  await page.unroute('**/tiles/**');
  await page.locator(`[data-layer="${WIND}"] .retry`).click();
  await page.waitForFunction((id) => window.__sanfang.state('status')[id] === 'ready', WIND);
  const isWell = (id) => !document.querySelector(`[data-layer="${id}"] .trouble`);
  check(await becomes(page, isWell, WIND), 'and comes when tried again');
  await context.close();
}

const middleOf = (shot) => shot.pixel(Math.round(shot.width / 2), Math.round(shot.height / 2));

/** Tianditu stands behind a cache on the page's own host; a stand-in for it answers in one colour, then with errors. */
async function tiandituAndBack(set) {
  const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGMQatkAAAHyAUetyFDYAAAAAElFTkSuQmCC';
  const asked = [];
  let isBroken = false;
  const before = (page) =>
    page.route('**/tianditu/**', (route) => {
      asked.push(new URL(route.request().url()).pathname);
      const isNames = /\/c[vit]a_/.test(asked.at(-1));
      if (isBroken) return route.fulfill({ status: 502, body: 'no tile' });
      return isNames
        ? route.fulfill({ status: 200, contentType: 'image/svg+xml', body: EMPTY_PICTURE })
        : route.fulfill({ status: 200, contentType: 'image/png', body: Buffer.from(PIXEL, 'base64') });
    });
  const { page, bad, context } = await open(`test=1&theme=light&z=7&at=110,19.25&l=&set=${set}`, { before });
  await settle(page);
  const coast = middleOf(await picture(page, `base-coast-${set}`));
  same(asked, [], `${set}: nothing is asked of Tianditu before it is chosen`);
  await page.locator('[data-base="img"]').click();
  await page.waitForFunction(() => window.__sanfang.frames().some(({ id }) => id === 'tianditu'));
  await settle(page);
  same(middleOf(await picture(page, `base-img-${set}`)), [0x12, 0x84, 0xb0], `${set}: imagery is drawn`);
  const [x, y] = set === 'c' ? [103, 25] : [103, 57];
  ['img', 'cia'].forEach((name) =>
    check(asked.includes(`/tianditu/${name}_${set}/7/${x}/${y}`), `${set}: ${name} of the middle was asked`, `${asked}`),
  );
  await page.waitForURL(/[?&]b=img/);
  same(bad, [], `${set}: nothing that must not happen`);
  isBroken = true;
  await page.locator('[data-base="vec"]').click();
  await page.waitForSelector('.toast.error');
  await settle(page);
  same(await page.evaluate(() => window.__sanfang.state('base')), 'coast', `${set}: an error brings the coast back`);
  same(middleOf(readPng(await page.screenshot())), coast, `${set}: and the ground is never empty`);
  await context.close();
}

async function newSnapshotArrives() {
  const { page, bad, context } = await open(only(WIND));
  await settle(page);
  await page.waitForFunction(() => window.__sanfang.state('live') === 'live', null, { timeout: WAIT_MS });
  const old = await page.evaluate(() => window.__sanfang.state('snapshot').id);
  execFileSync(sanfang, ['run', scenario, '-o', folder, '--set', 'models.typhoon.profile=H10'], { stdio: 'ignore' });
  await page.waitForFunction((id) => window.__sanfang.state('catalogue').snapshot !== id, old, { timeout: WAIT_MS });
  await settle(page);
  const shot = await picture(page, 'new-snapshot');
  const [{ place, wanted }] = await steadyPlaces(wind);
  same(await colourAt(page, shot, place), colour(wanted.colour), 'a new snapshot is drawn by itself');
  same(
    (await page.evaluate(() => window.__sanfang.frames())).find(({ id }) => id === WIND).count,
    1,
    'and the old frame is gone',
  );
  same(bad, [], 'new snapshot: nothing that must not happen');
  await context.close();
}

const tests = [
  () => drawsItsClasses('c'),
  () => drawsItsClasses('w'),
  sliderChangesTheMap,
  clickShowsThePointQuery,
  windMoves,
  featuresAreDrawn,
  () => manyPoints(true),
  () => manyPoints(false),
  languageThemeAndAddress,
  hooksAreForTestsOnly,
  errorsAreSaid,
  () => tiandituAndBack('c'),
  () => tiandituAndBack('w'),
  newSnapshotArrives,
];
for (const test of tests) {
  try {
    await test();
  } catch (error) {
    check(false, test.name || 'a step', error.message.split('\n')[0]);
  }
}
await browser.close();
console.log(`pictures: ${pictures}`);
process.exit(failures ? 1 : 0);
