// SPDX-License-Identifier: Apache-2.0
// How features look. Colours come from the server's styles (categories found by a feature's own attributes); only what no
// style names has the page's quiet default.
import { ol } from '../lib.js';
import { language } from '../i18n.js';
import { datasetOf } from '../model.js';
import { hourText, parseIso } from '../time.js';

const { Style, Fill, Stroke, Circle, RegularShape, Text } = ol.style;
const FONT = '"Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", sans-serif';

const PAPER = {
  dark: { ink: '#eaf1f7', halo: '#0b1622', line: '#a9b8c6', accent: '#56b4e9' },
  light: { ink: '#14202b', halo: '#ffffff', line: '#4d5c6a', accent: '#1668a8' },
};
export const paper = (theme) => PAPER[theme];

const translucent = (colour, alpha) => ol.color.asArray(colour).slice(0, 3).concat(alpha);

/** The category of a style that a feature belongs to: the one whose key is the value of the style's column, or of any. */
export function categoryOf(style, properties) {
  const classes = style?.classes ?? [];
  if (classes.length === 0) return null;
  const values = style.column ? [properties[style.column]] : Object.values(properties);
  const texts = new Set(values.filter((value) => value !== null && value !== undefined).map(String));
  return classes.find(({ key }) => key !== undefined && texts.has(key)) ?? null;
}

const nameOf = (properties) =>
  language() === 'zh' ? properties.name_zh || properties.name : properties.name || properties.name_zh;

function label(text, ink, offsetY, isStrong) {
  return new Text({
    text,
    offsetY,
    font: `${isStrong ? '600 ' : ''}13px ${FONT}`,
    overflow: true,
    padding: [2, 3, 2, 3],
    fill: new Fill({ color: ink.ink }),
    stroke: new Stroke({ color: translucent(ink.halo, 0.85), width: 3 }),
  });
}

function landfallStyle(properties, ink) {
  const place = language() === 'zh' ? properties.place_zh || properties.place : properties.place || properties.place_zh;
  const time_s = parseIso(properties.time);
  const words = [place, time_s === null ? null : hourText(time_s)].filter(Boolean).join(' ');
  return new Style({
    image: new RegularShape({
      points: 5,
      radius: 10,
      radius2: 4.5,
      fill: new Fill({ color: '#ff3b5c' }),
      stroke: new Stroke({ color: '#ffffff', width: 1.5 }),
    }),
    text: words ? label(words, ink, -18, true) : undefined,
    zIndex: 30,
  });
}

/** A place with a name and nothing else: a small dot in ink. */
function placeStyle(properties, ink) {
  return new Style({
    image: new Circle({
      radius: 3,
      fill: new Fill({ color: ink.ink }),
      stroke: new Stroke({ color: ink.halo, width: 1.5 }),
    }),
    text: label(nameOf(properties), ink, 13, false),
    zIndex: 15,
  });
}

function pointStyle(properties, category, ink, resolution) {
  const radius = (category?.size_px ?? 7) / 2 + 1;
  const time_s = parseIso(properties.time);
  const isDetail = resolution < 0.006 || (resolution > 1 && resolution < 700);
  const text = time_s !== null && isDetail ? hourText(time_s) : nameOf(properties);
  return new Style({
    image: new Circle({
      radius,
      fill: new Fill({ color: category?.colour ?? ink.accent }),
      stroke: new Stroke({ color: category ? '#14202b' : ink.halo, width: 1.25 }),
    }),
    text: text && (time_s === null || isDetail) ? label(text, ink, radius + 10, false) : undefined,
    zIndex: 20,
  });
}

function lineStyles(category, ink) {
  const width = category?.width_px ?? 1.6;
  const lineDash = category?.dash_px?.length ? category.dash_px : undefined;
  return [
    new Style({ stroke: new Stroke({ color: translucent(ink.halo, 0.55), width: width + 2.2 }), zIndex: 9 }),
    new Style({ stroke: new Stroke({ color: category?.colour ?? ink.line, width, lineDash }), zIndex: 10 }),
  ];
}

function areaStyle(category, ink) {
  const colour = category?.colour ?? ink.line;
  return new Style({
    fill: category ? new Fill({ color: translucent(colour, 0.08) }) : undefined,
    stroke: new Stroke({ color: colour, width: category?.width_px ?? 1 }),
    zIndex: 5,
  });
}

/** The canvas style of a layer of /v1/layers. */
export function featureStyle(layer, theme) {
  const ink = paper(theme);
  const style = layer.styles?.[0];
  const isLandfall = datasetOf(layer) === 'landfalls';
  return (feature, resolution) => {
    const properties = feature.getProperties();
    const kind = feature.getType();
    const category = categoryOf(style, properties);
    if (kind.endsWith('Point')) {
      if (isLandfall) return landfallStyle(properties, ink);
      const isPlace = !category && nameOf(properties) && !properties.time;
      return isPlace ? placeStyle(properties, ink) : pointStyle(properties, category, ink, resolution);
    }
    return kind.endsWith('Polygon') ? areaStyle(category, ink) : lineStyles(category, ink);
  };
}

/** The same for WebGL: one circle a point, coloured by category where the style names its column. */
export function webglStyle(layer, theme) {
  const ink = paper(theme);
  const style = layer.styles?.[0];
  const keyed = (style?.classes ?? []).filter(({ key }) => key !== undefined);
  const colour =
    style?.column && keyed.length
      ? ['match', ['get', style.column], ...keyed.flatMap(({ key, colour: value }) => [key, value]), ink.accent]
      : ink.accent;
  // Small where many lie on each other, else they hide the coast.
  const radius = ['interpolate', ['linear'], ['zoom'], 6, 2, 9, 3, 12, 5];
  return {
    'circle-radius': radius,
    'circle-fill-color': colour,
    'circle-stroke-color': ink.halo,
    'circle-stroke-width': 0.5,
  };
}
