// SPDX-License-Identifier: Apache-2.0
// Addresses to copy into other programs, for the layer chosen and the set on the map. Only what the server says it serves.
import { fill, h, icon } from '../h.js';
import { pick, t } from '../i18n.js';
import { isPicture, servesIt, shownLayers, styleOf, valueOf } from '../model.js';
import { pathOf } from '../api.js';
import { addressOf } from '../map/address.js';

/** What describes the tiles of an address. */
const tileJsonOf = (address) => address.replace(/\/\{z\}\/\{x\}\/\{y\}\.\w+/, '.json');

/** Rows {key, url} for one layer, or for the whole service where layer is null. */
function rowsFor(state, origin, layer, choice) {
  const serves = (name) => servesIt(state.server, name);
  const general = [
    ['wmts', 'WMTS', '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities&VERSION=1.0.0'],
    ['wmts', 'WMTS REST', '/wmts/1.0.0/WMTSCapabilities.xml'],
    ['wms', 'WMS 1.3.0', '/wms?SERVICE=WMS&REQUEST=GetCapabilities&VERSION=1.3.0'],
    ['ogc', 'OGC API', '/ogc'],
    ['stac', 'STAC', '/stac'],
  ];
  const look = {
    set: state.set,
    style: choice?.style,
    value: layer ? (valueOf(layer, choice, state.time_s) ?? null) : null,
  };
  const [service, format] = layer && isPicture(layer) ? ['tiles', 'XYZ PNG'] : ['vector', 'XYZ MVT'];
  const tiles = layer?.address ? addressOf(layer, look) : null;
  const own = layer
    ? [
        [service, format, tiles],
        [service, 'TileJSON', tiles && tileJsonOf(tiles)],
        ['ogc', 'OGC API', `/ogc/collections/${layer.id}`],
      ]
    : [];
  return [...own, ...general]
    .filter(([name, , path]) => path && serves(name))
    .map(([, title, path]) => ({ title, url: origin + path }));
}

const NAMES = [
  [/netcdf/, 'netCDF'],
  [/cloud-optimized/, 'COG'],
  [/geotiff/, 'GeoTIFF'],
  [/geopackage/, 'GeoPackage'],
  [/geo\+json/, 'GeoJSON'],
  [/html/, 'HTML'],
  [/png/, 'PNG'],
];

/** Files of the snapshot that hold a layer, those of other programs' formats only. */
function filesOf(files, origin, layer) {
  return (files ?? [])
    .filter(({ datasets }) => (datasets ?? '').split(',').includes(layer?.id))
    .map(({ href, type, bytes }) => ({
      title: NAMES.find(([pattern]) => pattern.test(type))?.[1],
      url: origin + pathOf(href),
      bytes,
    }))
    .filter(({ title }) => title);
}

const sizeText = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

export function createLinks(store, actions) {
  const body = h('div', { class: 'linkrows' });
  const chooser = h('select', {});
  const dialog = h('aside', { class: 'panel links' });
  let chosen = null;
  chooser.addEventListener('change', () => {
    chosen = chooser.value;
    render();
  });

  const linkRow = (title, shown, url) =>
    h(
      'div',
      { class: 'linkrow' },
      h('span', { class: 'label' }, title),
      shown,
      h(
        'button',
        {
          type: 'button',
          class: 'tool',
          title: t('links.copy'),
          'aria-label': t('links.copyof', { name: title }),
          onclick: () => actions.copy(url),
        },
        icon('copy'),
      ),
    );

  function render() {
    const isOpen = store.get('open') === 'links';
    dialog.hidden = !isOpen;
    const catalogue = store.get('catalogue');
    if (!isOpen || !catalogue) return;
    const shown = shownLayers(catalogue, store.get('layers'));
    chosen ??= (shown.find(({ layer }) => isPicture(layer)) ?? shown[0])?.layer.id ?? catalogue.layers[0]?.id;
    const layer = catalogue.byId.get(chosen) ?? null;
    const choice = store.get('layers').find(({ id }) => id === chosen) ?? {
      style: layer && styleOf(layer, null)?.name,
      value: null,
    };
    const state = { server: store.get('server'), set: store.get('set'), time_s: store.get('time_s') };
    fill(
      chooser,
      catalogue.layers.map(({ id, title }) =>
        h('option', { value: id, selected: id === chosen }, `${pick(title)} (${id})`),
      ),
    );
    const { origin } = window.location;
    fill(
      body,
      rowsFor(state, origin, layer, choice).map(({ title, url }) => linkRow(title, h('code', {}, url), url)),
      filesOf(store.get('files')?.files, origin, layer).map(({ title, url, bytes }) =>
        linkRow(
          title,
          h('code', {}, h('a', { href: url, download: '' }, `${url.split('/').at(-1)} (${sizeText(bytes)})`)),
          url,
        ),
      ),
    );
    fill(
      dialog,
      h(
        'div',
        { class: 'cardhead' },
        h('h2', {}, t('links.title')),
        h(
          'button',
          {
            type: 'button',
            class: 'tool',
            'aria-label': t('close'),
            title: t('close'),
            onclick: () => actions.open(null),
          },
          icon('close'),
        ),
      ),
      h('label', { class: 'field' }, h('span', { class: 'label' }, t('links.layer')), chooser),
      body,
      h('p', { class: 'note' }, t('links.note')),
      linkRow(t('links.page'), h('code', {}, window.location.href), window.location.href),
    );
  }

  store.watch(['open', 'catalogue', 'layers', 'set', 'time_s', 'lang', 'server', 'files'], render);
  return dialog;
}
