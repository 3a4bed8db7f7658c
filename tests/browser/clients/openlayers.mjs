// SPDX-License-Identifier: Apache-2.0
// Runs in the browser: a layer of the service in OpenLayers, as its users write it.
const { ol } = window;

// Without the metres of a degree OpenLayers takes a sphere of 6370997 m and reads each scale denominator 0.1 % wrong.
ol.proj.addProjection(
  new ol.proj.Projection({
    code: 'EPSG:4490',
    units: 'degrees',
    metersPerUnit: (Math.PI * 6378137) / 180,
    axisOrientation: 'neu',
    global: true,
    extent: [-180, -90, 180, 90],
  }),
);
const same = (coordinates) => coordinates.slice();
ol.proj.addCoordinateTransforms('EPSG:4326', 'EPSG:4490', same, same);
const CRS = { c: 'EPSG:4490', w: 'EPSG:3857' };

/** Everything that it knows of the tiles is what it reads in the capabilities. */
async function byWmts({ url, layer, set, style }, requestEncoding) {
  const answer = await fetch(`${url}/wmts?SERVICE=WMTS&REQUEST=GetCapabilities`);
  const capabilities = new ol.format.WMTSCapabilities().read(await answer.text());
  const options = ol.source.WMTS.optionsFromCapabilities(capabilities, {
    layer,
    matrixSet: set,
    style,
    requestEncoding,
  });
  return new ol.layer.Tile({ source: new ol.source.WMTS({ ...options, interpolate: false, transition: 0 }) });
}

function tileGridOf(set) {
  const extent = ol.proj.get(CRS[set]).getExtent();
  const width = extent[2] - extent[0];
  return new ol.tilegrid.TileGrid({
    origin: [extent[0], extent[3]],
    minZoom: 1,
    resolutions: Array.from({ length: 19 }, (_, id) => width / 256 / 2 ** id),
  });
}

function byXyz({ url, layer, set, style }) {
  const source = new ol.source.XYZ({
    url: `${url}/tiles/${layer}/${style}/${set}/{z}/{x}/{y}.png`,
    projection: CRS[set],
    tileGrid: tileGridOf(set),
    interpolate: false,
    transition: 0,
  });
  return new ol.layer.Tile({ source });
}

function byMvt({ url, vector, set, colour }) {
  const source = new ol.source.VectorTile({
    url: `${url}/vector/${vector}/${set}/{z}/{x}/{y}.mvt`,
    format: new ol.format.MVT(),
    projection: CRS[set],
    tileGrid: tileGridOf(set),
    transition: 0,
  });
  // By WebGL: on canvas OpenLayers moves every symbol to a whole pixel.
  const style = { 'circle-radius': 5, 'circle-fill-color': colour };
  return new ol.layer.WebGLVectorTile({ source, style });
}

const ways = {
  'WMTS KVP': (job) => byWmts(job, 'KVP'),
  'WMTS REST': (job) => byWmts(job, 'REST'),
  XYZ: byXyz,
  MVT: byMvt,
};

/** Resolves when all is drawn. */
export async function draw(element, job) {
  const map = new ol.Map({
    target: element,
    controls: [],
    layers: [await ways[job.way](job)],
    view: new ol.View({
      projection: CRS[job.set],
      center: ol.proj.transform(job.center, 'EPSG:4326', CRS[job.set]),
      resolution: ol.proj.get(CRS[job.set]).getExtent()[2] / 128 / 2 ** job.level,
    }),
  });
  await new Promise((resolve) => {
    map.once('rendercomplete', resolve);
  });
}
