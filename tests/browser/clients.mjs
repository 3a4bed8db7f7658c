// SPDX-License-Identifier: Apache-2.0
// clients.mjs URL BUILD SNAPSHOT PICTURES
// The same layer at the same place in the map clients of other people, in Chromium. What they draw is compared with what GDAL
// makes of the snapshot's files: for each colour the middle of all its pixels, for points the middle of each dot. The clients
// stand on an origin of their own, so that the service must allow them to.
import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readPng } from './png.mjs';

const [, , url, build, snapshot, pictures] = process.argv;
const modules = `${build}/npm-browser/node_modules`;
const { chromium } = await import(pathToFileURL(`${modules}/playwright-core/index.mjs`).href);
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const WAIT_MS = 90000;
const SETTLE_MS = 20000; // a client may say that all is drawn a frame or two before it is
const LOOK_AGAIN_MS = 200;

const LAYER = 'wind_max@province';
const POINTS = 'county_seats';
const POINTS_COLOUR = '#d00000';
const LEVEL = 8;
const WIDTH = 640;
const HEIGHT = 480;
const NEAR = [110, 19.25];
const ENOUGH_PIXELS = 200;
const HALF_PIXEL = 0.5;
const FEW = 0.001; // of the pixels; half a pixel off are 0.003
const HALF_EQUATOR_M = Math.PI * 6378137;

let failures = 0;
function check(holds, what, detail = '') {
  console.log(`${holds ? 'ok' : 'FAIL'} ${what}${holds ? '' : `: ${detail}`}`);
  if (!holds) failures += 1;
}

/** A set's plane in pixels of LEVEL from the upper left corner, by the formulas of the standards, and back. */
const RADIAN = Math.PI / 180;
const PIXELS = 256 * 2 ** LEVEL;
const PLANES = {
  c: {
    crs: 'EPSG:4490',
    fromPlace: ([lon, lat]) => [((lon + 180) / 360) * PIXELS, ((90 - lat) / 360) * PIXELS],
    toPlace: ([x, y]) => [(x / PIXELS) * 360 - 180, 90 - (y / PIXELS) * 360],
    toCrs: ([x, y]) => [(x / PIXELS) * 360 - 180, 90 - (y / PIXELS) * 360],
  },
  w: {
    crs: 'EPSG:3857',
    fromPlace: ([lon, lat]) => [
      ((lon + 180) / 360) * PIXELS,
      (0.5 - Math.asinh(Math.tan(lat * RADIAN)) / (2 * Math.PI)) * PIXELS,
    ],
    toPlace: ([x, y]) => [(x / PIXELS) * 360 - 180, Math.atan(Math.sinh((1 - (2 * y) / PIXELS) * Math.PI)) / RADIAN],
    toCrs: ([x, y]) => [((2 * x) / PIXELS - 1) * HALF_EQUATOR_M, (1 - (2 * y) / PIXELS) * HALF_EQUATOR_M],
  },
};

/** The window around NEAR whose edges are edges of pixels: {left, top} in pixels of the set, center in degrees. */
function windowOf(set) {
  const [x, y] = PLANES[set].fromPlace(NEAR).map(Math.round);
  return { left: x - WIDTH / 2, top: y - HEIGHT / 2, center: PLANES[set].toPlace([x, y]) };
}

/** GDAL's values in the window, from the snapshot's own file. */
function valuesByGdal(set) {
  const { left, top } = windowOf(set);
  const plane = PLANES[set];
  const [west, north] = plane.toCrs([left, top]);
  const [east, south] = plane.toCrs([left + WIDTH, top + HEIGHT]);
  const file = join(process.env.HOME ?? tmpdir(), `expected-${set}.img`);
  execFileSync('gdalwarp', [
    ...['-q', '-overwrite', '-of', 'ENVI', '-ot', 'Float32', '-r', 'bilinear', '-ovr', 'NONE', '-t_srs', plane.crs],
    ...['-te', west, south, east, north, '-te_srs', plane.crs, '-ts', WIDTH, HEIGHT].map(String),
    ...['-dstnodata', 'nan', `${snapshot}/products/wind_max-province.tif`, file],
  ]);
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer, bytes.byteOffset, WIDTH * HEIGHT);
}

const hex = (rgb) => `#${rgb.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
const BLANK = '#ffffff';

/** The colour of each pixel, row by row, as GDAL's values and the style's bounds have it. */
function coloursByGdal(set, classes) {
  return Array.from(valuesByGdal(set), (value) => classes.filter(({ from }) => value >= from).at(-1)?.colour ?? BLANK);
}

const coloursOf = (shot) =>
  Array.from({ length: WIDTH * HEIGHT }, (_, at) => hex(shot.pixel(at % WIDTH, Math.floor(at / WIDTH))));

/** colour -> {count, x, y}: how many pixels, and the sums of where they are */
function sumsOf(colours) {
  const sums = new Map();
  colours.forEach((colour, at) => {
    const sum = sums.get(colour) ?? { count: 0, x: 0, y: 0 };
    const [x, y] = [at % WIDTH, Math.floor(at / WIDTH)];
    sums.set(colour, { count: sum.count + 1, x: sum.x + x + 0.5, y: sum.y + y + 0.5 });
  });
  return sums;
}

const middle = ({ count, x, y }) => [x / count, y / count];
const apart = ([ax, ay], [bx, by]) => Math.hypot(ax - bx, ay - by);

/** The colour that lies farthest from where it should, and what part of the pixels has another colour: bands that cross the
    window do not move their middles much, but their edges tell. */
function compareClasses(shot, set, classes) {
  const [wanted, drawn] = [coloursByGdal(set, classes), coloursOf(shot)];
  const sums = sumsOf(drawn);
  const large = [...sumsOf(wanted)].filter(([, { count }]) => count >= ENOUGH_PIXELS);
  const found = large.filter(([colour]) => sums.has(colour));
  return {
    count: found.length,
    worst: Math.max(...found.map(([colour, sum]) => apart(middle(sum), middle(sums.get(colour))))),
    different: drawn.filter((colour, at) => colour !== wanted[at]).length / drawn.length,
    missing: large.filter(([colour]) => !sums.has(colour)).map(([colour]) => colour),
  };
}

/** Places of the points in pixels of the window, from the snapshot's own file, those that are drawn alone. */
function pointsIn(set) {
  const { left, top } = windowOf(set);
  const file = execFileSync('ogr2ogr', ['-f', 'GeoJSON', '/vsistdout/', `${snapshot}/data/tables.gpkg`, POINTS]);
  const all = JSON.parse(file).features.map(({ geometry }) => {
    const [x, y] = PLANES[set].fromPlace(geometry.coordinates);
    return [x - left, y - top];
  });
  const isAlone = (one) => all.every((other) => other === one || apart(one, other) > 22);
  return all.filter(([x, y]) => x > 12 && y > 12 && x < WIDTH - 12 && y < HEIGHT - 12).filter(isAlone);
}

/** A dot's middle, its pixels weighted by how much of them it covers. */
function dotNear(shot, [near_x, near_y]) {
  let [weight, sum_x, sum_y] = [0, 0, 0];
  for (let y = Math.round(near_y) - 10; y < Math.round(near_y) + 10; y += 1) {
    for (let x = Math.round(near_x) - 10; x < Math.round(near_x) + 10; x += 1) {
      const covered = (255 - shot.pixel(x, y)[1]) / 255;
      weight += covered;
      sum_x += covered * (x + 0.5);
      sum_y += covered * (y + 0.5);
    }
  }
  return weight > 30 ? [sum_x / weight, sum_y / weight] : null;
}

function comparePoints(shot, set) {
  const points = pointsIn(set);
  const dots = points.map((point) => dotNear(shot, point));
  const worst = Math.max(...points.map((point, at) => (dots[at] ? apart(dots[at], point) : 0)));
  return { count: points.length, worst, different: 0, missing: points.filter((_, at) => !dots[at]) };
}

// --- the clients' origin ---

const TYPES = { '.mjs': 'text/javascript', '.js': 'text/javascript', '.css': 'text/css' };
const FOLDERS = {
  ol: `${build}/data/web/lib`,
  maplibre: `${modules}/maplibre-gl/dist`,
  leaflet: `${modules}/leaflet/dist`,
  clients: fileURLToPath(new URL('clients', import.meta.url)),
};
const HEADS = {
  openlayers: '<link rel="stylesheet" href="/ol/ol.css"><script src="/ol/ol.js"></script>',
  maplibre: '<link rel="stylesheet" href="/maplibre/maplibre-gl.css">',
  leaflet: '<link rel="stylesheet" href="/leaflet/leaflet.css"><script src="/leaflet/leaflet.js"></script>',
};
const pageOf = (client) =>
  `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">${HEADS[client]}` +
  `<body style="margin:0;background:#fff"><div id="map" style="width:${WIDTH}px;height:${HEIGHT}px;background:#fff"></div>`;

const server = createServer(({ url: path }, answer) => {
  const [, folder, name] = path.split('/');
  if (HEADS[folder] && !name) {
    answer.writeHead(200, { 'Content-Type': 'text/html' }).end(pageOf(folder));
    return;
  }
  const file = FOLDERS[folder] && join(FOLDERS[folder], name);
  if (!file || !existsSync(file)) {
    answer.writeHead(404).end();
    return;
  }
  answer.writeHead(200, { 'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(answer);
});
await new Promise((resolve) => {
  server.listen(0, '127.0.0.1', resolve);
});
const origin = `http://127.0.0.1:${server.address().port}`;

// --- the tests ---

const style = (await (await fetch(`${url}/v1/layers`)).json()).layers.find(({ id }) => id === LAYER).styles[0];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });

/** What `compare` finds in the client's picture, looked at until it `isRight` or SETTLE_MS have passed. */
async function settledPicture(client, way, set, compare, isRight) {
  const page = await browser.newPage({ viewport: { width: WIDTH, height: HEIGHT } });
  page.setDefaultTimeout(WAIT_MS);
  const bad = [];
  page.on('console', (message) => message.type() === 'error' && bad.push(message.text()));
  page.on('pageerror', (error) => bad.push(error.message));
  page.on('request', (request) => {
    if (!/^(http:\/\/127\.0\.0\.1:|data:|blob:)/.test(request.url())) bad.push(`request to ${request.url()}`);
  });
  await page.goto(`${origin}/${client}/`);
  const { center } = windowOf(set);
  const job = { url, way, set, center, level: LEVEL, layer: LAYER, style: style.name, vector: POINTS };
  await page.evaluate(
    async ([file, wanted]) => {
      const { draw } = await import(file);
      await draw(document.getElementById('map'), wanted);
    },
    [`/clients/${client}.mjs`, { ...job, colour: POINTS_COLOUR }],
  );
  const until = Date.now() + SETTLE_MS;
  let file = await page.screenshot();
  let found = compare(readPng(file));
  while (!isRight(found) && Date.now() < until) {
    await page.waitForTimeout(LOOK_AGAIN_MS);
    file = await page.screenshot();
    found = compare(readPng(file));
  }
  writeFileSync(`${pictures}/${client}-${way.replace(' ', '-')}-${set}.png`, file);
  await page.close();
  if (bad.length) throw new Error(bad.join('; '));
  return found;
}

const CLIENTS = [
  ['openlayers', ['WMTS KVP', 'WMTS REST', 'XYZ', 'MVT']],
  ['maplibre', ['XYZ', 'TileJSON', 'MVT']],
  ['leaflet', ['XYZ']],
];
const LEAST = { dots: 8, colours: 5 };
const jobs = CLIENTS.flatMap(([client, ways]) => ways.flatMap((way) => ['c', 'w'].map((set) => [client, way, set])));
for (const [client, way, set] of jobs) {
  const name = `${client}, ${way}, ${set}`;
  try {
    const isMvt = way === 'MVT';
    const compare = (shot) => (isMvt ? comparePoints(shot, set) : compareClasses(shot, set, style.classes));
    const isRight = ({ count, worst, different, missing }) =>
      count >= LEAST[isMvt ? 'dots' : 'colours'] && missing.length === 0 && worst <= HALF_PIXEL && different <= FEW;
    const found = await settledPicture(client, way, set, compare, isRight);
    const { count, worst, different, missing } = found;
    check(
      isRight(found),
      `${name}: ${count} ${isMvt ? 'dots' : 'colours'} at most ${worst.toFixed(3)} pixels off` +
        (isMvt ? '' : `, ${(100 * different).toFixed(3)} % of the pixels in another colour`),
      `not there: ${JSON.stringify(missing)}`,
    );
  } catch (error) {
    check(false, name, error.message.split('\n')[0]);
  }
}
await browser.close();
server.close();
console.log(`pictures: ${pictures}`);
process.exit(failures ? 1 : 0);
