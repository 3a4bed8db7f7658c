// SPDX-License-Identifier: Apache-2.0
// The address of a layer's tiles in one set, style and value of its dimension.

export function addressOf(layer, { set, style, value }) {
  const address = layer.address.replace('{set}', set).replace('{style}', encodeURIComponent(style ?? 'default'));
  if (!layer.dimension || value === null) return address;
  const joiner = address.includes('?') ? '&' : '?';
  return `${address}${joiner}${encodeURIComponent(layer.dimension.name)}=${encodeURIComponent(value)}`;
}
