// SPDX-License-Identifier: Apache-2.0
// Reads the pictures that Chromium takes: 8-bit RGB or RGBA, not interlaced. Another decoder than the browser's, on purpose.
import { inflateSync } from 'node:zlib';

const paeth = (a, b, c) => {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
};

/** {width, height, pixel(x, y) -> [r, g, b]} */
export function readPng(file) {
  const width = file.readUInt32BE(16);
  const height = file.readUInt32BE(20);
  const [depth, kind, , , interlace] = file.subarray(24, 29);
  if (depth !== 8 || (kind !== 2 && kind !== 6) || interlace !== 0) throw new Error('a PNG of another kind');
  const parts = [];
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) {
    if (file.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(file.subarray(at + 8, at + 8 + file.readUInt32BE(at)));
  }
  const raw = inflateSync(Buffer.concat(parts));
  const size = kind === 6 ? 4 : 3;
  const stride = width * size;
  const data = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)];
    for (let i = 0; i < stride; i += 1) {
      const a = i >= size ? data[y * stride + i - size] : 0;
      const b = y > 0 ? data[(y - 1) * stride + i] : 0;
      const c = i >= size && y > 0 ? data[(y - 1) * stride + i - size] : 0;
      const guess = [0, a, b, (a + b) >> 1, paeth(a, b, c)][filter];
      data[y * stride + i] = raw[y * (stride + 1) + 1 + i] + guess;
    }
  }
  return { width, height, pixel: (x, y) => [...data.subarray((y * width + x) * size, (y * width + x) * size + 3)] };
}
