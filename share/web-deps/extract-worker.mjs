// SPDX-License-Identifier: Apache-2.0
// extract-worker.mjs node_modules/ol/worker/webgl.js >ol-webgl-worker.js
// OpenLayers keeps its worker's program as a string and starts it from a blob, which a strict content security policy forbids.
// This writes that string as a file.
import { readFileSync } from 'node:fs';

const [, , file] = process.argv;
const text = readFileSync(file, 'utf8');
const literal = text.match(/const source = ("(?:[^"\\]|\\.)*");/)?.[1];
if (!literal) {
  console.error(`${file}: no worker text found: this is another version of OpenLayers`);
  process.exit(1);
}
process.stdout.write(JSON.parse(literal));
