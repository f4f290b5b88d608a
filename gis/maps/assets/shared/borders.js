// --- communes, districts and the province, all drawn of the lines they share ---------------------

const borders = data.borders;
const drawnLines = once(() => borders.lines.map(lineOf));
const shapeByFeature = new Map(); // as GeoJSON, once it was asked for

// A line as the places it passes; it is told as its first corner and the steps from there.
function lineOf(steps) {
  const places = [];
  for (let at = 0, x = 0, y = 0; at < steps.length; at += 2) {
    x += steps[at];
    y += steps[at + 1];
    places.push([x / borders.unit, y / borders.unit]);
  }
  return places;
}

// A ring without its closing corner: each line but its last place, which the next begins with.
const ringAlong = (ring) => ring.flatMap((line) => (line < 0 ? [...drawnLines()[~line]].reverse() : drawnLines()[line]).slice(0, -1));

// --- drawing

const WORLD_PX = 256; // at zoom 0
const pixels = { zoom: null, lines: [] }; // of every line at the zoom drawn last

// Lines on the map in whole pixels of a zoom, corners that fall together said once; projected a
// single time however many outlines share them.
function pixelsOf(line) {
  pixels.lines[line] ??= inPixels(borders.lines[line], WORLD_PX * 2 ** pixels.zoom);
  return pixels.lines[line];
}

function inPixels(steps, wide) {
  const points = [];
  const radians = Math.PI / 180 / borders.unit;
  let lon = 0;
  let lat = 0;
  let lastX = NaN;
  let lastY = NaN;
  for (let at = 0; at < steps.length; at += 2) {
    lon += steps[at];
    lat += steps[at + 1];
    const sine = Math.sin(lat * radians);
    const x = Math.round(wide * (lon / borders.unit / 360 + 0.5));
    const y = Math.round(wide * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)));
    if (x === lastX && y === lastY) continue;
    points.push(x, y);
    lastX = x;
    lastY = y;
  }
  return points;
}

// One path of many rings, or of many lines each told once; it changes with the zoom alone.
const BorderPath = L.Path.extend({
  initialize(rings, isFilled, options) {
    L.setOptions(this, { interactive: false, fill: isFilled, ...options });
    this.rings = isFilled ? rings : [...new Set(rings.flat().map((line) => (line < 0 ? ~line : line)))].map((line) => [line]);
    this.isFilled = isFilled;
  },
  _project() {},
  _update() {
    const zoom = this._map.getZoom();
    const origin = this._map.getPixelOrigin();
    const drawnFor = `${zoom} ${origin.x} ${origin.y}`;
    if (this.drawnFor === drawnFor) return;
    this.drawnFor = drawnFor;
    if (pixels.zoom !== zoom) Object.assign(pixels, { zoom, lines: [] });
    const words = this.rings.map((ring) => wordsAlong(ring, origin) + (this.isFilled ? "z" : ""));
    this._path.setAttribute("d", words.join(""));
  },
});

function wordsAlong(ring, origin) {
  const words = [];
  for (const line of ring) {
    const points = pixelsOf(line < 0 ? ~line : line);
    const count = points.length / 2;
    for (let step = words.length ? 1 : 0; step < count; step += 1) {
      const at = 2 * (line < 0 ? count - 1 - step : step);
      words.push(`${points[at] - origin.x} ${points[at + 1] - origin.y}`);
    }
  }
  return `M${words.join("L")}`;
}

// A layer of the map: lines alone, or areas; those of a tint together. Always a group: before the
// map has a view, a pane would draw single paths before it is there itself.
function bordersLayer(collection, isFilled, { pane, className }) {
  const together = new Map();
  for (const [feature, polygons] of Object.entries(borders[collection])) {
    const classes = isFilled && collection === "districts" ? `${className} tint-${borders.tints[feature]}` : className;
    together.set(classes, [...(together.get(classes) ?? []), ...polygons.flat()]);
  }
  return L.featureGroup([...together].map(([classes, rings]) => new BorderPath(rings, isFilled, { pane, className: classes })));
}

const collectionOf = (feature) => ["communes", "districts", "province"].find((name) => borders[name]?.[feature]);

// The outline of a commune or district as GeoJSON; nothing where none is drawn.
function shapeOf(feature) {
  if (!shapeByFeature.has(feature)) {
    const collection = collectionOf(feature);
    const coordinates = borders[collection]?.[feature].map((rings) => rings.map(ringAlong));
    shapeByFeature.set(feature, coordinates ? { type: "MultiPolygon", coordinates } : null);
  }
  return shapeByFeature.get(feature);
}

const shapesOf = (collection) => Object.keys(borders[collection] ?? {}).map(shapeOf);

// --- the commune at a place

let communeRings = null;

function communeAt({ lat, lng }) {
  communeRings ??= data.communes.filter(({ feature }) => borders.communes?.[feature]).map((commune) => ringsWithBounds(commune, shapeOf(commune.feature).coordinates.flat()));
  return communeRings.find(({ box, rings }) => lng >= box.west && lng <= box.east && lat >= box.south && lat <= box.north && isWithin(rings, [lng, lat]))?.commune ?? null;
}

function ringsWithBounds(commune, rings) {
  const box = { west: Infinity, east: -Infinity, south: Infinity, north: -Infinity };
  for (const [lon, lat] of rings.flat()) {
    Object.assign(box, { west: Math.min(box.west, lon), east: Math.max(box.east, lon), south: Math.min(box.south, lat), north: Math.max(box.north, lat) });
  }
  return { commune, rings, box };
}

// Inside where a way to the east crosses an odd number of edges.
function isWithin(rings, [x, y]) {
  let isIn = false;
  for (const ring of rings) {
    for (let at = 0, last = ring.length - 1; at < ring.length; last = at, at += 1) {
      const [[x1, y1], [x2, y2]] = [ring[at], ring[last]];
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) isIn = !isIn;
    }
  }
  return isIn;
}
